"""The phones of the preview page in a real browser: skins, tabs, links to a slide, sizes, directions."""

from __future__ import annotations

import io
import wave

import pytest
from PIL import Image

from mmspack import Message, Slide, build
from mmspack.previewing.composing import view_of
from mmspack.previewing.rendering import page
from mmspack.profiles import get
from tests.previewing.preview_tools import Tab, serious_faults, zipped
from tests.previewing.test_conversation import CARD, EVENT

pytestmark = pytest.mark.slow

UK = get("uk")
COPY = "Saturday at 9am: call 020 7946 0145, see www.shop.example/sale or shop.co.uk."
LONG = "Terms apply to every order. " * 60


@pytest.fixture(scope="module")
def rich(scene) -> str:
    """A page of three slides and two cards, from a shop with an Arabic subject."""
    smil = (
        b'<smil><head/><body><par dur="5s"><img src="a.jpg" alt="A hat"/><text src="a.txt"/></par>'
        b'<par dur="5s"><text src="b.txt"/></par><par dur="5s"><text src="c.txt"/></par></body></smil>'
    )
    parts = [
        ("m.smil", "application/smil", smil),
        ("a.jpg", "image/jpeg", scene()),
        ("a.txt", "text/plain", COPY.encode()),
        ("b.txt", "text/plain", LONG.encode()),
        ("c.txt", "text/plain", "مرحبا بكم".encode()),
        ("c.vcf", "text/x-vCard", CARD.encode()),
        ("d.ics", "text/calendar", EVENT.encode()),
    ]
    return page(view_of(zipped(parts), UK, name="rich.zip", subject="عرض خاص 2", sender="Riverside Books"))


def shown(opened: Tab) -> list[str]:
    return opened.page.locator(".reading:visible h2").all_inner_texts()


def test_a_name_from_right_to_left_stays_beside_its_face(tab):
    opened = tab(page(view_of(zipped([("a.txt", "text/plain", b"Hello")]), UK, sender="متجر النهر")))
    face = opened.page.locator("#google .gm-bar .face").bounding_box()
    name = opened.page.locator("#google .gm-bar bdi").bounding_box()
    assert 0 < name["x"] - face["x"] - face["width"] < 12


def test_a_card_with_a_tail_is_as_wide_as_one_without(tab):
    cards = [(name, "text/x-vCard", CARD.encode()) for name in ("a.vcf", "b.vcf")]
    opened = tab(page(view_of(zipped(cards), UK)))
    first, last = (one.bounding_box() for one in opened.page.locator("#iphone .contact").all())
    assert first["x"] + first["width"] == pytest.approx(last["x"] + last["width"], abs=0.5)


def test_both_conversations_are_with_the_sender(tab, rich):
    opened = tab(rich)
    for name in ("#iphone", "#google", "#glanced"):
        assert "Riverside Books" in opened.page.locator(name).inner_text()
        assert "RB" in opened.page.locator(f"{name} .face").first.inner_text()


@pytest.mark.parametrize(
    ("sender", "offered"), [("Riverside Books", 0), ("60777", 0), ("+44 7700 900123", 1), ("", 1)]
)
def test_a_call_is_offered_only_to_a_number_that_can_be_called(tab, scene, sender, offered):
    opened = tab(page(view_of(zipped([("t.txt", "text/plain", b"Hi")]), UK, sender=sender)))
    assert opened.page.locator("#iphone .ios-call svg").count() == offered
    assert opened.page.locator("#google .gm-bar .icon-call").count() == offered


def test_a_stack_of_photos_of_mixed_shapes_is_one_box_with_a_count(tab, scene):
    shapes = [(400, 300), (300, 400), (400, 400), (500, 200)]
    parts = [(f"{at}.jpg", "image/jpeg", scene(*size)) for at, size in enumerate(shapes)]
    opened = tab(page(view_of(zipped(parts), UK)))
    assert opened.page.locator("#iphone .pile-count").inner_text() == "4 Photos"
    sizes = opened.page.locator("#iphone .stack .picture").evaluate_all(
        "(all) => all.slice(0, 3).map((one) => `${one.offsetWidth} × ${one.offsetHeight}`)"
    )
    assert len(set(sizes)) == 1


RED = Image.new("RGB", (600, 400), (230, 20, 20))


@pytest.mark.parametrize("rtl", [False, True])
def test_a_picture_that_ends_the_conversation_runs_into_the_tail(tab, rtl):
    stream = io.BytesIO()
    RED.save(stream, "JPEG")
    opened = tab(page(view_of(zipped([("a.jpg", "image/jpeg", stream.getvalue())]), UK)))
    opened.page.get_by_role("button", name="iPhone").click()
    opened.page.locator("#rtl").set_checked(rtl)
    seen = Image.open(io.BytesIO(opened.page.locator("#iphone .picture").screenshot())).convert("RGB")

    def is_red(from_end: int, from_bottom: int) -> bool:
        across = seen.width - 1 - from_end if rtl else from_end
        red, green, _ = seen.getpixel((across, seen.height - 1 - from_bottom))
        return red > 200 and green < 80

    assert is_red(3, 1), "the tip"
    assert not is_red(3, 14), "beside the bubble, above the tip"
    assert not is_red(12, 1), "the notch between tail and bubble"
    assert is_red(9, 14)
    assert all(is_red(at, 60) for at in range(8, 60)), "no seam between the pieces of the mask"


def test_a_pile_of_photos_has_no_tail_but_each_can_be_saved(tab, scene):
    parts = [(f"{at}.jpg", "image/jpeg", scene()) for at in range(3)]
    opened = tab(page(view_of(zipped(parts), UK)))
    assert opened.page.locator("#iphone .tail").count() == 0
    assert opened.page.locator("#iphone .saved .save").count() == 1


def test_a_number_that_is_not_a_contact_can_be_reported(tab):
    parts = [("t.txt", "text/plain", b"Hi")]
    assert "Report Junk" in tab(page(view_of(zipped(parts), UK, sender="60777"))).page.inner_text("#iphone")
    named = tab(page(view_of(zipped(parts), UK, sender="Riverside Books")))
    assert "Report Junk" not in named.page.inner_text("#iphone")


def test_the_conversation_begins_and_ends_clear_of_the_bars_that_lie_over_it(tab, rich):
    opened = tab(rich)
    thread = opened.page.locator("#iphone .thread")
    bar, foot = (opened.page.locator(f"#iphone .ios-{name}").bounding_box() for name in ("bar", "foot"))
    assert opened.page.locator("#iphone .day").bounding_box()["y"] >= bar["y"] + bar["height"]
    thread.evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
    last = thread.locator("> *").last.bounding_box()
    assert last["y"] + last["height"] <= foot["y"]
    middle = bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] - 3
    lies = "([x, y]) => document.elementsFromPoint(x, y).some((one) => one.matches('#iphone .thread'))"
    assert opened.page.evaluate(lies, middle), "the conversation runs below the bar"


def test_no_sharp_text_shows_through_the_bar_on_a_dense_screen(browser, tmp_path):
    text = "\n".join(["HHHHHHHHHHHHHH"] * 80)
    html = page(view_of(zipped([("a.txt", "text/plain", text.encode())]), UK, sender="Marlowe’s"))
    (tmp_path / "p.html").write_text(html, "utf-8")
    made = Tab(browser, offline=True, device_scale_factor=2)
    made.page.goto(f"{(tmp_path / 'p.html').as_uri()}#view=iphone")
    made.page.locator(".unfold").click()
    made.page.locator("#iphone .thread").evaluate("(thread) => { thread.scrollTop = 300; }")
    made.page.wait_for_timeout(200)
    bar = Image.open(io.BytesIO(made.page.locator(".ios-bar").screenshot())).convert("L")
    # Beside the name at the bar's foot, where a blur that ends with the bar lets letters through.
    strip = bar.crop((40, bar.height - 44, 200, bar.height - 6))
    darkest, lightest = strip.getextrema()
    assert lightest - darkest < 12
    made.context.close()


def test_a_sound_has_a_button_of_the_phones_and_not_of_the_browser(tab):
    stream = io.BytesIO()
    with wave.open(stream, "wb") as made:
        made.setparams((1, 2, 8000, 0, "NONE", ""))
        made.writeframes(bytes(16000))
    opened = tab(page(view_of(zipped([("s.wav", "audio/wav", stream.getvalue())]), UK)))
    for name in ("#iphone", "#google"):
        sound = opened.page.locator(f"{name} .sound-bubble")
        assert "0:01" in sound.inner_text()
        sound.get_by_role("button", name="Play s.wav").click()
        sound.locator("xpath=self::*[contains(@class, 'running')]").wait_for()
    assert opened.page.locator("audio[controls]").count() == 0


def test_a_feature_phone_is_the_slide_players_alone(tab, rich):
    opened = tab(rich)
    opened.page.get_by_label("Screen").select_option(label="Feature phone, 240 × 320")
    wide = "(screen) => screen.clientWidth"
    assert opened.page.locator("#played").evaluate(wide) == 240
    assert (
        opened.page.locator("#iphone").evaluate(wide) == opened.page.locator("#glanced").evaluate(wide) == 360
    )


def test_a_text_that_goes_on_below_fades_out_until_its_end_is_seen(tab, rich):
    opened = tab(rich)
    opened.page.get_by_role("button", name="Next slide").click()
    text = opened.page.locator("#surface .medium.text:visible")
    faded = "(one) => getComputedStyle(one).maskImage !== 'none'"
    assert text.evaluate(faded)
    text.evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
    opened.page.wait_for_function(
        "() => !document.querySelector('#surface .slide:not([hidden]) .medium.text').matches('.more')"
    )
    assert not text.evaluate(faded)


def test_within_another_page_the_theme_is_the_phones_alone(tab, scene):
    parts = [("t.txt", "text/plain", b"Hi")]
    opened = tab(page(view_of(zipped(parts), UK), framed=True), color_scheme="light")
    ground = "(one) => getComputedStyle(one).backgroundColor"
    before = opened.page.locator("body").evaluate(ground)
    opened.page.get_by_label("Theme").select_option("dark")
    assert opened.page.locator("body").evaluate(ground) == before
    assert opened.page.locator("#iphone").evaluate(ground) == "rgb(0, 0, 0)"
    assert serious_faults(opened) == []


def test_a_narrow_window_folds_the_settings_away(tab, rich):
    opened = tab(rich, viewport={"width": 390, "height": 844})
    assert opened.page.locator(".phone:visible").bounding_box()["y"] < 420
    assert not opened.page.get_by_label("Theme").is_visible()
    opened.page.get_by_role("button", name="Display").click()
    opened.page.get_by_label("Theme").select_option("dark")
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 14, 18)"


def test_parts_that_google_messages_groups_are_equally_wide(tab, rich):
    opened = tab(rich)
    wide = opened.page.locator("#google .gm-group > :not(.bubble:has(> .words))").evaluate_all(
        "(all) => all.map((one) => one.offsetWidth)"
    )
    assert len(wide) > 1
    assert max(wide) - min(wide) <= 1


@pytest.mark.parametrize("rtl", [False, True])
def test_a_contact_that_ends_the_conversation_has_the_tail(tab, rich, rtl):
    opened = tab(rich)
    opened.page.locator("#rtl").set_checked(rtl)
    assert "tail" in (opened.page.locator("#iphone .thread > *").last.get_attribute("class") or "")


def test_addresses_numbers_and_dates_look_like_links_and_lead_nowhere(tab, rich):
    opened = tab(rich)
    found = opened.page.locator("#iphone .link").all_inner_texts()
    assert found[:4] == ["Saturday at 9am", "020 7946 0145", "www.shop.example/sale", "shop.co.uk"]
    assert opened.page.locator(".screen a").count() == 0


def test_cards_show_what_is_in_them(tab, rich):
    opened = tab(rich)
    for name in ("#iphone", "#google"):
        contact, event = opened.page.locator(f"{name} .contact").all()
        assert "Amira Okafor" in contact.inner_text()
        assert "020 7946 0000" in contact.inner_text()
        assert "12 December 2026" in event.inner_text()


def test_what_is_attached_stands_beside_the_phones_with_its_content(tab, rich):
    card = tab(rich).page.locator("#attachments").inner_text()
    assert {"c.vcf", "d.ics"} <= set(card.split())
    assert "work phone 020 7946 0000" in card


LEFT_OF_WORDS = """(words) => {
  const range = document.createRange();
  range.selectNodeContents(words);
  const line = [...range.getClientRects()].find((box) => box.width > 1);
  return [line.left - words.getBoundingClientRect().left, words.getBoundingClientRect().right - line.right];
}"""


def test_each_paragraph_stands_on_the_side_where_it_begins(tab, scene):
    smil = b'<smil><head/><body><par dur="5s"><text src="a.txt"/></par></body></smil>'
    copy = "مرحبا\nA line of English that is long enough to be the widest one here"
    parts = [("m.smil", "application/smil", smil), ("a.txt", "text/plain", copy.encode())]
    opened = tab(page(view_of(zipped(parts), UK)))
    for name in ("#iphone", "#google"):
        left, right = opened.page.locator(f"{name} .words").first.evaluate(LEFT_OF_WORDS)
        assert right < 2 < left, name


@pytest.mark.parametrize("size", [(1440, 900), (1366, 768), (1280, 720), (1024, 768), (390, 844)])
def test_the_controls_cover_no_phone(tab, rich, size):
    opened = tab(rich, viewport={"width": size[0], "height": size[1]})
    bottom = max(
        one.bounding_box()["y"] + one.bounding_box()["height"]
        for one in opened.page.locator(".phone:visible").all()
    )
    assert opened.page.locator(".transport").bounding_box()["y"] >= bottom - 1


def test_a_finding_says_what_it_is_about(tab, rich):
    first = tab(rich).page.locator(".finding .what").first
    assert first.locator("b").inner_text()


def test_a_long_text_is_folded_and_unfolds(tab, rich):
    opened = tab(rich)
    words = opened.page.locator("#iphone .words.long")
    folded = words.bounding_box()["height"]
    opened.page.get_by_role("button", name="Show the whole text").click()
    assert words.bounding_box()["height"] > 1.5 * folded
    assert words.inner_text().strip() == LONG.strip()


def test_an_authors_alternative_text_is_what_a_screen_reader_says(tab, rich):
    assert tab(rich).page.locator("#iphone img").get_attribute("alt") == "A hat"


@pytest.mark.parametrize("place", ["", "#slide=99&view=nonsense"])
def test_all_phones_are_shown_where_there_is_room(tab, rich, place):
    opened = tab(rich, place)
    assert shown(opened) == ["iPhone", "Google Messages", "Slide player", "Lock screen"]


def test_a_link_leads_to_a_slide_and_a_phone_and_follows_what_is_chosen(tab, rich):
    opened = tab(rich, "#slide=2&view=google")
    assert shown(opened) == ["Google Messages"]
    assert opened.page.locator("#now").inner_text() == "0:05.0"
    opened.page.get_by_role("button", name="iPhone").click()
    opened.page.get_by_role("button", name="Next slide").click()
    assert opened.page.url.endswith("#slide=3&view=iphone")
    opened.page.get_by_role("button", name="All", exact=True).click()
    opened.page.keyboard.press("Home")
    assert opened.page.url.endswith("preview.html")
    assert opened.complaints == []


def test_a_phone_alone_is_shown_at_its_full_size(tab, rich):
    opened = tab(rich, "#view=iphone")
    assert opened.page.locator("#iphone").bounding_box()["width"] == pytest.approx(360, abs=0.5)


def test_a_narrow_window_shows_one_phone_with_tabs(tab, rich):
    opened = tab(rich, viewport={"width": 390, "height": 844})
    assert shown(opened) == ["iPhone"]
    tabs = opened.page.locator(".views button:visible").all_inner_texts()
    assert tabs == ["iPhone", "Google Messages", "Slide player", "Lock screen"]
    opened.page.get_by_role("button", name="Lock screen").click()
    assert shown(opened) == ["Lock screen"]
    frame = opened.page.locator(".phone:visible").bounding_box()
    assert frame["x"] >= 0
    assert frame["x"] + frame["width"] <= 390
    assert frame["x"] + frame["width"] / 2 == pytest.approx(195, abs=1)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_right_to_left_subject_and_the_counter_stay_in_place(tab, rich):
    opened = tab(rich)
    title = opened.page.locator("h1 bdi").bounding_box()
    assert title["x"] == pytest.approx(opened.page.locator(".brand").bounding_box()["x"], abs=1)
    opened.page.get_by_label("Right to left").check()
    assert opened.page.locator("#count").inner_text() == "1 / 3"
    assert opened.page.locator("#count").evaluate("(count) => getComputedStyle(count).direction") == "ltr"
    bubble, screen = (
        opened.page.locator(f"#iphone {name}").first for name in (".bubble:has(.words)", ".thread")
    )
    right = screen.bounding_box()["x"] + screen.bounding_box()["width"]
    assert right - (bubble.bounding_box()["x"] + bubble.bounding_box()["width"]) < 20


def test_a_message_of_one_slide_has_no_strip(tab, scene):
    result = build(Message(subject="One", slides=[Slide(image=scene(), text="words")]), "uk")
    opened = tab(page(view_of(result.bundle, UK)))
    assert opened.page.locator(".strip").count() == 0
    assert opened.page.locator("#scrub").is_visible()
    assert opened.complaints == []


def test_player_and_slider_stay_in_view_with_twenty_slides(tab):
    pars = "".join('<par dur="2s"><text src="t.txt"/></par>' for _ in range(20))
    smil = f"<smil><head/><body>{pars}</body></smil>".encode()
    opened = tab(
        page(view_of(zipped([("a.smil", "application/smil", smil), ("t.txt", "text/plain", b"x")]), UK))
    )
    last = opened.page.locator(".card[data-slide='19'] .jump")
    last.scroll_into_view_if_needed()
    last.click()
    for name in ("#scrub", "#played", ".cell[aria-current]"):
        box = opened.page.locator(name).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 1000
    strip, cell = (opened.page.locator(name).bounding_box() for name in (".strip", ".cell[aria-current]"))
    assert strip["x"] <= cell["x"]
    assert cell["x"] + cell["width"] <= strip["x"] + strip["width"] + 4


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1024, "dark"), (390, "dark")])
def test_axe_finds_no_serious_fault_on_the_phones_in_either_direction(tab, rich, width, theme):
    opened = tab(rich, viewport={"width": width, "height": 900}, color_scheme=theme)
    assert serious_faults(opened) == []
    if width == 390:
        opened.page.get_by_role("button", name="Display").click()
    opened.page.get_by_label("Right to left").check()
    assert serious_faults(opened) == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    opened.page.get_by_role("button", name="Google Messages").click()
    assert serious_faults(opened) == []
