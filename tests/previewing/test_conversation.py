"""What iPhones and Google Messages make of a message, and what they underline."""

from __future__ import annotations

import pytest

from mmspack.previewing.cards import CardKind, read_card
from mmspack.previewing.composing import view_of
from mmspack.previewing.conversation import on_google, on_iphone
from mmspack.previewing.linking import Link, stretches
from mmspack.previewing.view import Look
from mmspack.profiles import get
from tests.previewing.preview_tools import zipped

UK = get("uk")
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Amira Okafor\r\nORG:Riverside Books;Events\r\nTITLE:Manager\r\n"
    "item1.TEL;TYPE=work:020 7946 0000\r\nEMAIL:amira@riverside.exam\r\n ple\r\n"
    "ADR;TYPE=work:;;12 High Street;Reading;;RG1 1AA;UK\r\nEND:VCARD\r\n"
)
EVENT = (
    "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
    "SUMMARY:Late night\\, at the shop\r\nDTSTART;TZID=Europe/London:20261212T180000\r\n"
    "DTEND:20261212T210000Z\r\nLOCATION:12 High Street\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def view(scene, names: str, **options):
    """A message of pictures (p), texts (t) and cards (c) in that order."""
    kinds = {
        "p": ("{}.jpg", "image/jpeg", scene()),
        "t": ("{}.txt", "text/plain", b"text {}"),
        "c": ("{}.vcf", "text/x-vCard", CARD.encode()),
        "l": ("{}.txt", "text/plain", b"word " * 400),
    }
    parts = []
    for at, kind in enumerate(names):
        name, type_, data = kinds[kind]
        parts.append((name.format(at), type_, data.replace(b"{}", b"%d" % at)))
    return view_of(zipped(parts), UK, **options)


def shape(bubbles) -> list[tuple[str, int]]:
    return [(bubble.look.value, len(bubble.parts)) for bubble in bubbles]


def said(bubble) -> str:
    return "".join(stretch.text for stretch in bubble.words)


def test_an_iphone_keeps_the_order_and_puts_the_subject_above_the_first_text(scene):
    bubbles = on_iphone(view(scene, "ptpt", subject="Sale"))
    assert shape(bubbles) == [("picture", 1), ("text", 1), ("picture", 1), ("text", 1)]
    assert [bubble.subject for bubble in bubbles] == ["", "Sale", "", ""]


def test_an_iphone_piles_pictures_that_follow_each_other(scene):
    assert shape(on_iphone(view(scene, "pptp"))) == [("picture", 2), ("text", 1), ("picture", 1)]


def test_a_subject_without_text_has_a_bubble_of_its_own(scene):
    bubbles = on_iphone(view(scene, "p", subject="Sale"))
    assert [(bubble.look, bubble.subject) for bubble in bubbles] == [(Look.TEXT, "Sale"), (Look.PICTURE, "")]


@pytest.mark.parametrize(
    ("text", "large"),
    [
        ("👋", True),
        ("❤️⭐🎉\n", True),
        ("👨‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿👍🏽", True),
        ("👋👋👋👋", False),
        ("👋 hi", False),
        ("★", False),
        ("7", False),
    ],
)
def test_an_iphone_draws_up_to_three_emoji_large(text, large):
    shown = view_of(zipped([("t.txt", "text/plain; charset=utf-8", text.encode())]), UK)
    assert [bubble.emoji for bubble in on_iphone(shown)] == [large]


def test_google_messages_shows_all_pictures_and_then_all_texts_in_one_bubble(scene):
    bubbles = on_google(view(scene, "tptpc", subject="Sale"))
    assert shape(bubbles) == [("card", 1), ("picture", 2), ("text", 0)]
    assert said(bubbles[-1]) == "text 0\ntext 2"
    assert bubbles[-1].subject == "Sale"


def test_a_long_text_is_shortened_on_an_iphone_alone(scene):
    long = view(scene, "tl")
    assert [bubble.long for bubble in on_iphone(long)] == [False, True]
    assert not any(bubble.long for bubble in on_google(long))


@pytest.mark.parametrize(
    ("text", "link", "found"),
    [
        ("See https://shop.example/sale?x=1.", Link.WEB, "https://shop.example/sale?x=1"),
        ("Visit riverside.co.uk/sale, today", Link.WEB, "riverside.co.uk/sale"),
        ("Write to help@shop.example!", Link.MAIL, "help@shop.example"),
        ("Call 020 7946 0958 now", Link.PHONE, "020 7946 0958"),
        ("Call (202) 555-0143 now", Link.PHONE, "(202) 555-0143"),
        ("Text +447700900123.", Link.PHONE, "+447700900123"),
        ("Doors open Saturday at 9am", Link.DATE, "Saturday at 9am"),
        ("From 12 March 2027 on", Link.DATE, "12 March 2027"),
        ("Friday 4 December 2026 from 3pm!", Link.DATE, "Friday 4 December 2026 from 3pm"),
        ("On Friday, December 4, 2026 we open", Link.DATE, "Friday, December 4, 2026"),
        ("Ends 8pm tonight", Link.DATE, "8pm tonight"),
        ("Come at 9:30 on Saturday 5 December.", Link.DATE, "9:30 on Saturday 5 December"),
        ("4 December 2000s style", Link.DATE, "4 December"),
        ("Ends 31/12/2026", Link.DATE, "31/12/2026"),
        ("We are at 12 High Street, Reading, RG1 1AA", Link.STREET, "12 High Street, Reading, RG1 1AA"),
    ],
)
def test_what_phones_underline(text, link, found):
    assert [(one.link, one.text) for one in stretches(text) if one.link is link] == [(link, found)]
    assert "".join(one.text for one in stretches(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "Straw hats £18",
        "Order 12345",
        "20% off, 3 for 2",
        "See you.Then",
        "v1.2.3",
        "£1,000,000 prize",
        "maybe",
    ],
)
def test_what_phones_leave_alone(text):
    assert [one for one in stretches(text) if one.link] == []


@pytest.mark.parametrize(
    "piece", ["1 ", "a.", "a@", "0-", "www.", "12 Aa ", "1:", "(", "\n", "sun", "3pm on ", "monday 4 may "]
)
def test_a_hostile_text_costs_no_more_than_a_long_one(piece):
    """Quadratic patterns would take minutes here, and end at the time limit of a test."""
    text = piece * (50_000 // len(piece))
    assert "".join(one.text for one in stretches(text)) == text


def test_a_contact_is_read_with_its_folded_lines():
    card = read_card(CARD)
    assert (card.kind, card.title, card.under) == (
        CardKind.CONTACT,
        "Amira Okafor",
        "Manager, Riverside Books, Events",
    )
    assert card.initials == "AO"
    assert card.rows == (
        ("work phone", "020 7946 0000"),
        ("email", "amira@riverside.example"),
        ("address", "12 High Street, Reading, RG1 1AA, UK"),
    )


def test_a_contact_of_an_old_address_book_is_decoded():
    text = "BEGIN:VCARD\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:B=C3=A9zier;Zo=\n=C3=AB\nEND:VCARD"
    assert read_card(text).title == "Zoë Bézier"


def test_an_event_is_read_past_its_time_zone():
    card = read_card(EVENT)
    assert (card.kind, card.title) == (CardKind.EVENT, "Late night, at the shop")
    assert card.under == "Sat 12 December 2026, 18:00 – 21:00"
    assert card.rows == (("place", "12 High Street"),)


@pytest.mark.parametrize("text", ["", "BEGIN:VCARD", ":::", "FN\n FN", "BEGIN:VCALENDAR\nDTSTART:99999999"])
def test_a_broken_card_is_shown_as_far_as_it_can_be_read(text):
    assert read_card(text).rows == ()
