"""What pages and sheets say of messages, and what previews do that are served; in `told_previews.txt`.

After a change: python -m tests.previewing.test_told_previews, and read what `git diff` says.
"""

from __future__ import annotations

import base64
import datetime
import functools
import http.client
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from lxml import html
from PIL import Image
from PIL.JpegImagePlugin import get_sampling
from starlette.requests import Request

from mmspack import Message, Slide, build
from mmspack.bundle.manifest import format_manifest
from mmspack.errors import UsageError
from mmspack.message import Overlay
from mmspack.model import Budget, Facts, Finding, Severity
from mmspack.pipeline import Build
from mmspack.previewing import frames, rendering
from mmspack.previewing.approval import setting
from mmspack.previewing.approval.facts import facts_of
from mmspack.previewing.cards import read_card
from mmspack.previewing.compared_page import compare_page
from mmspack.previewing.composing import view_of
from mmspack.previewing.contacts import Contact, _facts, contact_sheet
from mmspack.previewing.conversation import on_google, on_iphone
from mmspack.previewing.frames import own_frames
from mmspack.previewing.inscriptions import inscriptions_of
from mmspack.previewing.linking import stretches
from mmspack.previewing.matching import changes, rows_of, text_of
from mmspack.previewing.originals import originals_of
from mmspack.previewing.outputs import Style, output_of
from mmspack.previewing.posters import poster_of
from mmspack.previewing.preview import preview
from mmspack.previewing.serving import Document, PageServer, refusal
from mmspack.previewing.sizes import share_of_limit, shares, verdict
from mmspack.previewing.stepping import stepping_page
from mmspack.previewing.thumbnails import thumbnail
from mmspack.previewing.view import Look, Original, RecipientCase, Recipients, View
from mmspack.previewing.watching import Made, Workbench, below, files_of, folders_of, stamp_of, watch
from mmspack.profiles import get
from mmspack.recipe import Recipe
from tests.previewing.test_told_shapes import film, flat, part, placed, view
from tests.previewing.test_words import seen, sized
from tests.rules.scenes import AMR, SMIL, Scene, gif, logo, photo, saved, scene
from tests.telling import answer, each, kept, said, sections_of, told, write
from tests.waiting import until

TOLD = Path(__file__).with_name("told_previews.txt")
WHEN = datetime.datetime(2026, 3, 2, 9, 5, 7, 999, tzinfo=datetime.UTC)
UK = get("uk")
_ADDRESS = re.compile(r"data:([a-z/0-9.+-]+);base64,([A-Za-z0-9+/=]+)")
_DIGEST = re.compile(r"(?:'|&#39;)sha256-[A-Za-z0-9+/=]+(?:'|&#39;)|\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b")


def finding(id_: str, severity: Severity, message: str, **more: Any) -> Finding:
    given = {
        "title": f"Title of {id_}",
        "reason": f"Why {id_}",
        "source": "A source",
        "fix": f"Cure {id_}",
        **more,
    }
    return Finding(id=id_, severity=severity, message=message, **given)


ERROR, WARNING, NOTE = (
    finding("MMS101", Severity.ERROR, "first", part="a.smil", line=3),
    finding("MMS202", Severity.WARNING, "second"),
    finding("MMS303", Severity.INFO, "third"),
)
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Amira Okafor\r\nORG:Riverside Books;Events\r\nTITLE:Manager\r\n"
    "TEL;TYPE=work:020 7946 0000\r\nEND:VCARD\r\n"
)


@functools.cache
def rich() -> View:
    """A message of everything, whose sizes are the same on every machine."""
    facts = Facts(format="JPEG", bytes=1500, width=64, height=48)
    original = Original(
        label="holiday.jpg",
        type="image/webp",
        data=b"w",
        before=replace(facts, bytes=95_061, width=1600, height=1200),
        after=facts,
        actions=("scaled", "re-encoded"),
        quality=81.4,
        quality_words="good",
    )
    parts = (
        part(
            Look.PRESENTATION,
            b"<smil/>",
            name="a.smil",
            type="application/smil",
            declared="application/smil",
            text="<smil/>",
        ),
        part(
            Look.PICTURE,
            bytes(1500),
            name="p.jpg",
            label="holiday.jpg",
            type="image/jpeg",
            facts=facts,
            original=original,
            drawn=(("QR code", "https://x.example"),),
        ),
        part(
            Look.TEXT,
            b"Call 020 7946 0958",
            name="t.txt",
            text="Call 020 7946 0958",
            type="text/plain",
            facts=replace(facts, format="text"),
        ),
        part(
            Look.SOUND,
            bytes(900),
            name="s.mp3",
            type="audio/mpeg",
            facts=replace(facts, width=None, height=None, duration_ms=2600),
        ),
        part(Look.SOUND, bytes(700), name="s.amr", type="audio/amr", facts=replace(facts, duration_ms=400)),
        part(Look.FILM, bytes(800), name="f.mp4", type="video/mp4", facts=replace(facts, duration_ms=61_500)),
        part(
            Look.CARD,
            CARD.encode(),
            name="c.vcf",
            label="shop.vcf",
            type="text/x-vcard",
            card=read_card(CARD),
            text="Amira Okafor",
        ),
        part(Look.FILE, bytes(60), name="m.pdf", type="application/pdf", declared="application/pdf"),
        part(
            Look.PICTURE,
            bytes(50),
            name="b.jpg",
            type="image/jpeg",
            problem="cannot be read",
            facts=replace(facts, frames=3),
        ),
        part(
            Look.PICTURE,
            bytes(70),
            name="q.png",
            type="image/png",
            facts=replace(facts, frames=4, duration_ms=1200),
        ),
        part(Look.TEXT, b"\xd7\xa9", name="u.txt", text="\u05e9 " * 500, type="text/plain"),
    )
    whole = view(*parts, slides=0)
    first = (
        placed(1, (0, 0, 400, 200), alt="A tent"),
        placed(2, (0, 200, 400, 100), "scroll"),
        placed(3, (0, 0, 0, 0), begin_ms=500, end_ms=900),
    )
    second = (placed(5, (0, 0, 400, 300)), placed(None, (0, 0, 9, 9)), placed(9, (5, 6, 7, 8), "fill"))
    slides = (
        replace(view(slides=1).slides[0], media=first, findings=(ERROR, NOTE)),
        replace(
            view(slides=1).slides[0],
            number=2,
            start_ms=4000,
            duration_ms=2500,
            timed=False,
            media=second,
            findings=(WARNING,),
        ),
    )
    parts = tuple(
        replace(
            one,
            slides=tuple(slide.number for slide in slides if at in [medium.part for medium in slide.media]),
        )
        for at, one in enumerate(parts)
    )
    return replace(
        whole,
        parts=parts,
        slides=slides,
        subject="Summer sale",
        sender="Ada Lovelace",
        built=WHEN,
        sha256="ab" * 32,
        fallback="Short",
        note="",
        profile="uk",
        profile_title="United Kingdom",
        findings=(NOTE, ERROR, WARNING, replace(WARNING, message="again")),
        budget=Budget(
            profile="uk", content_bytes=4300, header_bytes=1024, max_bytes=30_000, warn_bytes=20_000
        ),
    )


# -- cards, links and bubbles ---------------------------------------------------------------------


def about_cards() -> Iterator[str]:
    contact, event = (
        "BEGIN:VCARD\r\n{}\r\nEND:VCARD\r\nFN:after",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    )
    contacts = (
        "",
        "FN:Ada",
        "fn:ada lovelace",
        "FN:",
        "N:Lovelace;Ada;King",
        "N:Lovelace",
        "N:;Ada",
        "FN: \r\nN:B;A",
        "FN:A\r\nFN:B",
        "FN:A\r\nORG:Works",
        "FN:A\r\nTITLE:Boss",
        "FN:A\r\nORG:A",
        "FN:A\r\nTITLE:A\r\nORG:Works;Dept",
        "ORG:Works",
        "FN:9 lives (cat)",
        'FN:A\r\nTEL:1\r\nTEL;CELL:2\r\nTEL;TYPE=WORK,VOICE:3\r\nTEL;TYPE="home":4\r\nTEL;type=fax:5\r\nTEL;TYPE=x:6',
        "FN:A\r\nTEL;WORK;FAX:1\r\nTEL;VALUE=uri:tel:+44\r\nEMAIL:mailto:a@b.c\r\nNOTE:tel:x",
        "FN:A\r\n" + "\r\n".join(f"TEL:{at}" for at in range(12)),
        "FN:A\r\n" + "\r\n".join(f"NOTE:{at}\r\nEMAIL:{at}" for at in range(6)),
        "FN:A\r\nADR:;;1 High St;Bath;;BA1;UK\r\nURL:http://x\r\nBDAY:19991231\r\nNOTE:a\\nb\\, c\\; d\\Ne",
        "FN:A\r\nBDAY:--1231\r\nBDAY:2026-02-30\r\nBDAY:2026-12-01T10:20:30Z",
        "FN:A\r\n B\r\n\tC",
        "\tFN:A\r\n\tB",
        "item1.FN:A\r\nitem1.TEL:2",
        " FN : A ",
        "FN;ENCODING=QUOTED-PRINTABLE:Zo=C3=AB",
        "FN;ENCODING=quoted-printable:Zo=C3=\r\n=AB b",
        "FN:Zo=C3=\r\nTEL:1",
        "FN;ENCODING=QUOTED-PRINTABLE:=FF=\r\n",
        "FN;ENCODING=QUOTED-PRINTABLE;X=1:a=3D=\r\nb=\r\nc",
        f"FN:A\r\nNOTE:{'n' * 900}",
        f"FN:A\r\nNOTE;ENCODING=QUOTED-PRINTABLE:{'=41' * 900}",
        f"FN:A\r\nADR:{';' * 500}{'a' * 500};b",
        f"FN:A\r\nBDAY:{'x' * 900}",
        "FN:A\r\nX-OTHER:1\r\nPHOTO:zzz",
        "FN:A\r\nEND:VCARD\r\nTEL:1",
        "FN:A\r\nTEL",
        ":1\r\nFN:A",
    )
    events = (
        "",
        "SUMMARY:Fair",
        "SUMMARY:Fair\r\nDTSTART:20261205",
        "SUMMARY:Fair\r\nDTSTART:20261205T100000Z\r\nDTEND:20261205T113000Z",
        "SUMMARY:Fair\r\nDTSTART:20261205T100000\r\nDTEND:20261206T090000",
        "DTEND:20261205T100000",
        "SUMMARY:Fair\r\nDTSTART:2026-12-05T10:00\r\nDTEND:2026-12-05",
        "SUMMARY:Fair\r\nDTSTART:soon\r\nDTEND:late\r\nLOCATION:The mill\r\nDESCRIPTION:Come\\, all\r\nURL:x",
        "SUMMARY:A\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:B",
        "DTSTART:99999999",
        "BEGIN:VALARM\r\nSUMMARY:Alarm\r\nEND:VALARM\r\nSUMMARY:Fair",
        "SUMMARY:A\r\nBEGIN:VALARM\r\nSUMMARY:Alarm\r\nEND:VALARM\r\nLOCATION:B",
    )
    texts = [
        *(contact.format(one) for one in contacts),
        *(event.format(one) for one in events),
        event.format("SUMMARY:Do").replace("VEVENT", "VTODO"),
        event.format("SUMMARY:Do").replace("VEVENT", "vevent"),
        event.format("SUMMARY:No").replace("VEVENT", "VJOURNAL"),
        "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nDTSTART:19700101\nEND:VTIMEZONE\nBEGIN:VEVENT\nSUMMARY:A\nEND:VEVENT",
        "begin:vcalendar\nbegin:vevent\nsummary:a\nend:vevent",
        f"{' ' * 190}BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:A",
        f"{' ' * 180}BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:A",
        "FN:A\n" * 2500,
        "X:1\n" * 1999 + "FN:A",
        "X:1\n" * 2000 + "FN:A",
    ]
    for text in texts:
        card = read_card(text)
        shown = f"{card.kind} {card.title!r} {card.under!r} {card.rows!r} {card.initials!r}"
        yield f"{text[:120]!r}: {shown if len(shown) < 900 else f'{shown[:60]} … {len(shown)}'}"


def about_links() -> Iterator[str]:
    texts = (
        "",
        "plain",
        "See http://x.example/a?b=c, or https://y.example.",
        "www.x.example!",
        "x.co.uk/path) and y.com",
        "mail a.b+c@x.example.",
        "@x.com",
        "x.comet",
        "a-b.com-c",
        "Call 020 7946 0958.",
        "Call +44 20 7946 0958 or (0)20 7946",
        "1234567",
        "0123456",
        "012345",
        "0123456789012345",
        "01234567890123456",
        "0 1 2 3 4 5 6 %",
        "0 123 456 7x",
        "+1 (202) 555-0143",
        "202-555-0143",
        "202.555.0143",
        "(202)555-0143",
        "\u00a30207 946 0958",
        "today",
        "Tomorrow at 9",
        "tonight, 8pm",
        "Friday 4 December 2026 from 3pm",
        "3:30 pm on Friday",
        "9.30am",
        "9:30",
        "4th May",
        "May 4th, 2026",
        "4/5/26",
        "2026-12-04",
        "2026-12-045",
        "12 High Street",
        "12a Old Mill Lane, Bath, BA1 1AA",
        "1 the street",
        "Mon",
        "monday, may 4",
        "a@b",
        "https://",
        "x@y.z.",
        "end 020 7946 0958",
        "020 7946 0958 http://x.example a@b.example 4 May",
    )
    for text in texts:
        yield f"{text!r}: {[(one.text, str(one.link)) for one in stretches(text)]}"


def about_bubbles() -> Iterator[str]:
    def shown(kinds: str, subject: str = "") -> View:
        looks = {
            "p": Look.PICTURE,
            "x": Look.PICTURE,
            "t": Look.TEXT,
            "e": Look.TEXT,
            "s": Look.SOUND,
            "f": Look.FILM,
            "c": Look.CARD,
            "d": Look.FILE,
            "m": Look.PRESENTATION,
            "l": Look.TEXT,
            "k": Look.TEXT,
            "w": Look.TEXT,
        }
        texts = {
            "t": "words\n",
            "e": " \n",
            "l": "l" * 901,
            "k": "k" * 900,
            "w": "\U0001f44b\U0001f44b\U0001f44b",
        }
        parts = [part(looks[kind], text=texts.get(kind, ""), problem="bad" * (kind == "x")) for kind in kinds]
        return replace(view(*parts, slides=0), subject=subject)

    for kinds in (
        "",
        "p",
        "t",
        "e",
        "pp",
        "ppt",
        "ptp",
        "pxp",
        "xx",
        "tt",
        "ptpt",
        "sfcd",
        "dcsfptx",
        "mpt",
        "ptm",
        "lk",
        "w",
        "ttpp",
        "etp",
    ):
        for subject in ("", "Sale"):
            one = shown(kinds, subject)
            for name, found in (("iphone", on_iphone(one)), ("google", on_google(one))):
                said_ = [
                    (str(b.look), b.parts, b.subject, "".join(w.text for w in b.words)[:12], b.long, b.emoji)
                    for b in found
                ]
                yield f"{kinds} {subject} {name}: {said_}"
    for text in (
        "\U0001f44b",
        "\u2764\ufe0f\u2b50",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 3,
        "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 4,
        "\U0001f44b" * 4,
        "1\ufe0f",
        "\U0001f44b x",
        "\U0001f468" + "\u200d\U0001f469" * 30,
    ):
        one = replace(view(part(Look.TEXT, text=text), slides=0))
        yield f"{text!r} {[b.emoji for b in on_iphone(one)]}"


def _seen(address: re.Match[str]) -> str:
    """The type of a `data:` address; of a drawn picture its size and whether its ground is light, too."""
    if address[1] != "image/webp" or len(address[2]) < 40:
        return f"data:{address[1]}"
    image = Image.open(io.BytesIO(base64.b64decode(address[2]))).convert("L")
    ground = "light" if image.getpixel((9, 9)) > 127 else "dark"
    return f"data:{address[1]} {image.width}x{image.height} {ground}"


# -- pages ----------------------------------------------------------------------------------------


def lines_of(page: str) -> Iterator[str]:
    """The elements of a page with their attributes and words; media by type, our own files by name."""
    page = _DIGEST.sub("#", _ADDRESS.sub(_seen, page))
    tree = html.fromstring(page)
    for gone in tree.xpath("//svg"):
        gone.drop_tree()
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        words = " ".join((node.text or "").split())
        if node.tag in ("style", "script") and node.get("type") is None:
            words = f"{len(words) > 100}"
        attributes = "".join(f' {name}="{value}"' for name, value in node.items())
        tail = " ".join((node.tail or "").split())
        yield f"<{node.tag}{attributes}> {words}{f' | {tail}' if tail else ''}"


def _pages() -> dict[str, Callable[[], str]]:
    one = rich()
    over = replace(
        one, budget=replace(one.budget, max_bytes=5000), subject="", sender="", sha256="", built=None, name=""
    )
    return {
        "dark": lambda: rendering.page(one, theme="dark"),
        "watched": lambda: rendering.page(one, version="7"),
        "framed": lambda: rendering.page(one, framed=True),
        "over": lambda: rendering.page(over),
        "no budget": lambda: rendering.page(replace(one, budget=None)),
        "nothing": lambda: rendering.page(replace(view(slides=0), name="")),
        "short code": lambda: rendering.page(replace(one, sender="81234")),
        "number": lambda: rendering.page(replace(one, sender="+447700900111")),
        "no warning": lambda: rendering.page(replace(one, budget=replace(one.budget, warn_bytes=None))),
        "trouble": lambda: rendering.trouble_page("message", ["one", "two <b>"], "a cure"),
        "trouble watched": lambda: rendering.trouble_page("message", ["one"], theme="dark", version="3"),
    }


@functools.cache
def usual() -> tuple[str, ...]:
    """The page of a message of everything."""
    return tuple(lines_of(rendering.page(rich())))


def about_a_page() -> Iterator[str]:
    yield from lines_of(rendering.page(rich()))


@each("dark", "watched", "framed", "over", "no budget", "nothing", "short code", "number", "no warning",
      "trouble", "trouble watched")  # fmt: skip
def about_pages(name: str) -> Iterator[str]:
    page = _pages()[name]()
    lines = list(lines_of(page))
    known, here = set(usual()), set(lines)
    yield from (line for line in lines if line not in known)
    yield f"without {sum(line not in here for line in usual())}, scripts {page.count('<script>')}"


def about_policies_of_pages() -> Iterator[str]:
    """A page of watch mode may ask its server for news; no other asks for anything."""
    for version in ("", "7"):
        lines = lines_of(rendering.page(view(slides=0), version=version))
        yield from (line for line in lines if "Content-Security-Policy" in line or line.startswith("<html"))


def about_first_phones() -> Iterator[str]:
    one, whole = rich(), usual()
    first = rendering.first_phone(one, {"p.jpg": "/p", "f.mp4": "/f"})
    yield from (f"first: {line}" for line in lines_of(first) if line not in whole)
    plain = rendering.first_phone(replace(one, sender=""), {})
    yield from (f"first without addresses: {line}" for line in lines_of(plain) if line not in whole)
    style = rendering.page_assets()[0]
    yield f"styles {[rendering.asset(f'{name}.css') in style for name in ('tokens', 'page', 'phones')]}"
    style = rendering.first_style()
    yield (
        f"style {style[:16]!r} {style[-3:]!r} {style.count('@container first (max-width')} "
        f"{'@media (max-width' in style}"
    )
    yield f"style {rendering.asset('first.css') in style} {rendering.page_assets()[0][:200] in style}"
    style, scripts = rendering.page_assets()
    yield f"assets {[rendering.asset(f'{name}.css') in style for name in ('tokens', 'page', 'phones')]}"
    yield f"scripts {[rendering.asset(f'{name}.js') in scripts for name in ('timing', 'player', 'phones')]}"
    for live in (False, True):
        policy = rendering.policy(("a", "b"), ("c",), live=live)
        yield f"policy {policy}"
    yield f"policy {rendering.policy((), (), live=False)}"


def about_words() -> Iterator[str]:
    for name in ("", "447", "Ada", "ada king lovelace", "(x) y", "\u00e9 & z", "1 a"):
        yield (
            f"{name!r}: {rendering.initials(name)!r} {rendering.is_number(name)} "
            f"{rendering.can_be_called(name)}"
        )
    for name in ("+44 7700 900111", "123456", "1234567", "+1-2", "12 34 567", "++1"):
        yield f"{name!r}: {rendering.is_number(name)} {rendering.can_be_called(name)}"
    for ms in (
        0,
        49,
        50,
        100,
        499,
        500,
        999,
        1000,
        1499,
        1500,
        2500,
        59_950,
        60_000,
        61_001,
        3_600_000,
        3_661_540,
    ):
        yield (
            f"{ms}: {rendering.seconds(ms)} {rendering.clock(ms)} {rendering.short_clock(ms)} "
            f"{rendering.minutes(ms)}"
        )
    one = rich()
    for at, item in enumerate(one.parts):
        yield (
            f"{item.name}: {rendering.part_facts(item)} | {rendering.kind_words(item)} | "
            f"{rendering.glyph(item)} | {rendering.alt_of(one, at)} | {rendering.address(item)[:24]} | "
            f"{item.playable}"
        )
    yield (
        f"elsewhere {rendering.address(replace(one.parts[1], url='/x'))} "
        f"{rendering.address(replace(one.parts[7], url='/x'))!r}"
    )
    yield f"original {rendering.address(one.parts[1].original)[:30]}"
    for facts in (
        Facts(format="JPEG", bytes=95061, width=9, height=8),
        Facts(format="AMR", bytes=1),
        Facts(format="x", bytes=1, width=3),
    ):
        yield rendering.measures(facts)
    for found in ((NOTE,), (NOTE, WARNING), (WARNING, ERROR, NOTE)):
        yield f"worst {rendering.worst(found)}"
    yield (
        f"poster {rendering.poster_address(one.parts[5])!r} "
        f"{rendering.poster_address(part(Look.FILM, film()))[:23]}"
    )
    for look in Look:
        yield f"first {look} {one.first(look)}"
    yield (
        f"{one.total_ms} {one.count(Severity.ERROR)} {one.count(Severity.WARNING)} "
        f"{[item.name for item in one.attachments]} {[item.id for item in one.general]}"
    )


def about_sizes() -> Iterator[str]:
    budget = Budget(profile="uk", content_bytes=9000, header_bytes=500, max_bytes=10_000)
    parts = (
        part(Look.PICTURE, bytes(8000), name="p"),
        part(Look.TEXT, bytes(995), name="t"),
        part(Look.FILE, name="none"),
    )
    one = replace(view(*parts, slides=0), profile="uk", budget=budget, subject="caf\u00e9")
    kinds = {
        "fits": one,
        "without headers": replace(one, budget=replace(budget, header_bytes=0)),
        "full": replace(one, budget=replace(budget, max_bytes=9500)),
        "one over": replace(one, budget=replace(budget, max_bytes=9499)),
        "over": replace(one, budget=replace(budget, profile="us, world", max_bytes=2000)),
        "no budget": replace(one, budget=None),
        "nothing": view(slides=0),
        "two": replace(one, profile="uk, us"),
        "named": replace(one, profile="oma-image-basic"),
        "an error": replace(one, findings=(ERROR,)),
        "errors": replace(one, findings=(ERROR, WARNING, replace(ERROR, message="x"))),
        "warnings": replace(one, findings=(WARNING, replace(WARNING, message="x"), NOTE)),
        "a note": replace(one, findings=(NOTE,)),
        "large": replace(one, budget=replace(budget, content_bytes=1_234_567, max_bytes=2_000_000)),
    }
    for name, item in kinds.items():
        yield f"{name}: {asdict(verdict(item))}"
        yield f"{name}: {[(s.name, s.look, s.bytes, s.percent) for s in shares(item)]}"
    for size in (0, 1, 500, 9500, 10_000, 12_345):
        yield (
            f"{size}: {share_of_limit(size, budget)} "
            f"{share_of_limit(size, replace(budget, max_bytes=0, content_bytes=0, header_bytes=0))}"
        )


@functools.cache
def several() -> list[Contact]:
    one = rich()
    return [
        Contact(caption="Line 2", view=one),
        Contact(caption="Line <3>", warning="no number \U0003fffd"),
        Contact(caption="Line 4", view=replace(one, subject="", slides=one.slides[:1]), warning="left out"),
    ]


@each("three", "one", "none")
def about_several_recipients(name: str) -> Iterator[str]:
    page = {
        "three": lambda: stepping_page(several(), theme="dark", title="Sale", source="people.csv"),
        "one": lambda: stepping_page(several()[1:2]),
        "none": lambda: stepping_page([], source="x"),
    }[name]()
    for line in lines_of(page):
        if line.startswith('<script type="application/json"'):
            for item in json.loads(line.partition("> ")[2]):
                page = item.pop("page")
                inner = list(lines_of(page)) if page else []
                yield f"{item} {inner[:1]} {len(inner)}"
        else:
            yield line


@each("one", "one slide", "three", "a warning", "many", "one more")
def about_printed_contacts(name: str) -> Iterator[str]:
    kept_: list[tuple[Any, ...]] = []

    def keep(data: bytes, ending: str) -> str:
        image = Image.open(io.BytesIO(data))
        # Halved colours would smear the words that are drawn in colour.
        kept_.append((image.format, image.size, get_sampling(image), ending))
        return f"picture{len(kept_)}{ending}"

    contacts = several()
    found = _facts(
        {
            "one": [contacts[0]],
            "one slide": [contacts[2]],
            "three": contacts,
            "a warning": [contacts[1]],
            "many": [Contact(caption="many", view=replace(rich(), slides=rich().slides * 4))],
            "one more": [Contact(caption="seven", view=replace(rich(), slides=rich().slides[1:] * 7))],
        }[name],
        keep,
        "Title",
        "facts",
    )
    tiles = found.pop("tiles")
    yield f"{found}"
    for tile in tiles:
        slides = tile.pop("slides")
        yield f"  {tile}"
        yield from (f"    {str(slide)[:400]}" for slide in slides)
    yield f"kept {kept_}"


def _texts(*texts: str, **more: Any) -> View:
    parts = [part(Look.TEXT, text.encode(), text=text, name=f"{at}.txt") for at, text in enumerate(texts)]
    shown = view(*parts, slides=len(texts))
    slides = tuple(
        replace(slide, media=(placed(at, (0, 0, 400, 300)),)) for at, slide in enumerate(shown.slides)
    )
    return replace(shown, slides=slides, **more)


@functools.cache
def _versions() -> dict[str, tuple[View, View]]:
    base = _texts("Straw hats now 18", "Second", "Third words here")
    others = {
        "the same": base,
        "another subject": replace(base, subject="New"),
        "a word": _texts("Straw hats now 16", "Second", "Third words here"),
        "moved": _texts("Third words here", "Straw hats now 18", "Second"),
        "gone": _texts("Straw hats now 18", "Third words here"),
        "new": _texts("Straw hats now 18", "Second", "Fourth", "Third words here", subject="S"),
        "all other": _texts("a", "b", "c"),
        "none": _texts(),
        "several": _texts("Second", "Straw hats now 17", "Third words there", "x"),
        "long": _texts("a b " * 1001, "Second"),
        "longer": _texts("a c " * 1001, "Second"),
        "slower": replace(base, slides=tuple(replace(one, duration_ms=5000) for one in base.slides)),
        "blank": _texts("", "Second", "Third words here"),
    }
    both, reworded = (
        view(*(part(Look.TEXT, text.encode(), text=text) for text in texts))
        for texts in (("Hats", "now 18"), ("Hats", "now 16"))
    )
    crowded = (
        _texts("the " * 150 + "one two the three " * 20),
        _texts("the " * 149 + "one the two three " * 20),
    )
    return {
        **{name: (base, one) for name, one in others.items()}, "from none": (others["none"], base),
        "long texts": (others["long"], others["longer"]),
        "the same long text": (others["long"], others["long"]),
        "crowded texts": crowded, "two texts on a slide": (both, reworded), "rich": (rich(), rich()),
        "another": (base, rich()),
    }  # fmt: skip


@each(*_versions())
def about_compared_pages(name: str) -> Iterator[str]:
    old, new = _versions()[name]
    for row in rows_of(old, new):
        before, after = row.before and row.before.number, row.after and row.after.number
        marks = row.old_mark if row.before else "", row.new_mark if row.after else ""
        yield f"row {before} {after} {row.moved} {row.changed} {row.is_same} {marks}"
    known = set(lines_of(compare_page(*_versions()["the same"]))) if name != "the same" else set()
    for line in lines_of(compare_page(old, new, theme="dark" if name == "a word" else "auto")):
        if line not in known:
            yield line if len(line) < 400 else f"{line[:60]} … {len(line)}"


@each("auto", "light", "dark")
def about_pages_as_an_output(theme: str) -> Iterator[str]:
    """The page and the comparison, as they are written into a file."""
    old, new = _versions()["a word"]
    output = output_of(".html")
    for data in (output.render(new, Style(theme=theme)), output.compare(old, new, Style(theme=theme))):
        lines = list(lines_of(data.decode()))
        yield from (line for line in lines if line.startswith(("<html", "<title", "<ins", "<del", "<h1")))


def about_texts_of_slides() -> Iterator[str]:
    for name in ("two texts on a slide", "rich", "from none"):
        yield from (f"{name}: {text_of(one, slide)!r}" for one in _versions()[name] for slide in one.slides)


def about_matches() -> Iterator[str]:
    def one(*parts: Any, **more: Any) -> View:
        return replace(view(*parts), **more)

    picture = part(Look.PICTURE, photo(64, 48), facts=Facts(format="JPEG", bytes=1, width=64, height=48))
    again = part(
        Look.PICTURE, photo(64, 48, optimize=True), facts=Facts(format="JPEG", bytes=1, width=32, height=24)
    )
    other = part(Look.PICTURE, flat(64, 48), facts=Facts(format="PNG", bytes=1, width=64, height=48))
    broken = part(Look.PICTURE, b"broken")
    text, reworded = part(Look.TEXT, b"a", text="a b c d"), part(Look.TEXT, b"b", text="a b c x")
    sound = part(Look.SOUND, b"s")
    kinds = {
        "picture": one(picture),
        "again": one(again),
        "other": one(other),
        "broken": one(broken),
        "both": one(picture, text),
        "reworded": one(picture, reworded),
        "sound": one(picture, text, sound),
        "two": one(picture, other),
        "swapped": one(other, picture),
        "text": one(text),
        "other text": one(part(Look.TEXT, b"z", text="q r s t")),
        "missing": replace(one(), slides=(replace(one().slides[0], media=(placed(None, (0, 0, 1, 1)),)),)),
    }
    for name, old in kinds.items():
        for other_name, new in kinds.items():
            yield f"{name}, {other_name}: {changes(old, new, old.slides[0], new.slides[0])}"
    slide = kinds["picture"].slides[0]
    for change in (
        {"left": 1},
        {"top": 2},
        {"width": 3},
        {"height": 4},
        {"fit": "fill"},
        {"alt": "x"},
        {"begin_ms": 5},
    ):
        moved = replace(
            kinds["picture"], slides=(replace(slide, media=(replace(slide.media[0], **change),)),)
        )
        yield f"{change}: {changes(kinds['picture'], moved, slide, moved.slides[0])}"
    for name, item in kinds.items():
        yield f"text of {name}: {text_of(item, item.slides[0])!r}"
    many = view(*(part(Look.TEXT, bytes([at]), text=f"w{at}") for at in range(45)), slides=0)
    slides = tuple(replace(slide, number=at + 1, media=(placed(at, (0, 0, 1, 1)),)) for at in range(45))
    long = replace(many, slides=slides)
    for order in (range(44, -1, -1), (*range(10, 45), *range(10)), range(0, 45, 2)):
        new = replace(many, slides=tuple(slides[at] for at in order))
        found = rows_of(long, new)
        pairs = [
            (row.before and row.before.number, row.after and row.after.number, row.moved) for row in found
        ]
        yield f"{list(order)[:3]}: {pairs}"


# -- sheets ---------------------------------------------------------------------------------------


@each("rich", "pictures", "nothing", "recipients", "one recipient", "undrawn", "untitled",
      "thin pictures")  # fmt: skip
def about_printed_facts(name: str) -> Iterator[str]:
    kept_: list[str] = []

    def keep(data: bytes, ending: str) -> str:
        image = Image.open(io.BytesIO(data))
        ground = image.convert("RGB").getpixel((0, 0))
        kept_.append(f"{image.format} {image.size} {ending} {[one // 64 for one in ground]}")
        return f"picture{len(kept_)}{ending}"

    moving, plain = gif("red", "blue", "lime"), photo(1600, 1200)
    facts = Facts(format="GIF", bytes=5, width=80, height=60, frames=3, duration_ms=900)
    parts = (
        part(Look.PICTURE, plain, name="p.jpg", facts=replace(facts, frames=1, duration_ms=None)),
        part(Look.PICTURE, moving, name="m.gif", facts=facts),
        part(Look.PICTURE, gif("red", "red"), name="r.gif", facts=replace(facts, frames=2)),
        part(Look.PICTURE, b"bad", name="bad.jpg", problem="broken"),
        part(Look.PICTURE, photo(40, 30), name="s.jpg", label="small.jpg", facts=None),
        part(Look.PICTURE, logo("red", (0, 0, 0, 0)), name="logo.png"),
    )
    who = Recipients(
        number=1200, undrawn=2, cases=(RecipientCase(title="Longest", where="line 2", words="Hi \U0003fffd"),)
    )
    views = {
        "rich": rich(),
        "pictures": view(*parts),
        "nothing": view(slides=0),
        "recipients": replace(rich(), recipients=who, note="A note"),
        "one recipient": replace(view(slides=0), recipients=Recipients(number=1)),
        "undrawn": replace(view(slides=0), recipients=Recipients(number=2, undrawn=1)),
        "untitled": replace(rich(), subject="", profile_title="", name="m.zip"),
        "thin pictures": view(
            part(Look.PICTURE, flat(3000, 1), name="flat.png"),
            part(Look.PICTURE, flat(1, 3000), name="tall.png"),
        ),
    }
    one = views[name]
    for paper, found in (("a4", True), ("letter", False)) if name == "rich" else (("a4", True),):
        facts_ = facts_of(one, keep, when=WHEN, paper=paper, with_findings=found)
        for key, value in facts_.items():
            for item in value if isinstance(value, list) and value else [value]:
                shown = re.sub(r"\d[\d,]* (?=bytes)|'bytes': '[\d,]+'", "#", str(item))
                yield f"{paper} {key}: {shown if len(shown) < 1500 else f'{shown[:200]} … {len(shown)}'}"
    yield from kept_


def about_dates_without_a_zone() -> Iterator[str]:
    naive = facts_of(
        view(slides=0), lambda *_: "", when=WHEN.replace(tzinfo=None), paper="a4", with_findings=False
    )
    yield f"{naive['date']!r}"


def about_frames() -> Iterator[str]:
    def shown(data: bytes) -> str:
        found, more = own_frames(data)
        pictures = [(begin, Image.open(io.BytesIO(frame))) for begin, frame in found]
        seen = [(begin, image.size, image.getpixel((1, 1))[0] // 64) for begin, image in pictures]
        return f"{seen} {more}"

    def moving(*greys: int, size: tuple[int, int] = (80, 60), times: Any = 300) -> bytes:
        images = [Image.new("L", size, grey) for grey in greys]
        for at, image in enumerate(images):
            image.putpixel((0, 0), at)  # Pillow leaves frames out that are the same
        return saved(images[0], "GIF", save_all=True, append_images=images[1:], duration=times, loop=0)

    yield f"gif {shown(gif('red', 'blue', 'lime'))}"
    yield f"the same twice {shown(moving(0, 200, 0, 200, 100))}"
    yield f"nearly the same {shown(moving(100, 101, 103, 104))}"
    yield f"times {shown(moving(0, 100, 200, times=[100, 250, 50]))}"
    yield f"large {shown(moving(0, 200, size=(900, 300)))}"
    yield f"not moving {shown(photo())} {shown(b'x')} {shown(moving(9))}"
    yield f"many {shown(moving(*range(0, 250, 8)))}"
    cut = gif("red", "blue", "lime")
    yield f"cut {shown(cut[: len(cut) // 2])}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "_LOOKED_AT", 3)
        yield f"looked at {shown(moving(0, 50, 100, 150, 200))}"
    see_through = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    data = saved(
        see_through,
        "WEBP",
        save_all=True,
        append_images=[Image.new("RGBA", (20, 20), "black")],
        duration=100,
        lossless=True,
    )
    yield f"see-through {shown(data)}"


@functools.cache
def _built() -> tuple[Build, Message]:
    tall = Slide(image=photo(300, 900), crop="1:1", focus=(0.5, 0.0), text="x")
    message = Message(
        subject="S",
        slides=[
            Slide(image=photo(1800, 1200)),
            tall,
            Slide(text="words"),
            Slide(image=photo(64, 48)),
            Slide(image=gif("red", "blue")),
        ],
    )
    built = build(message, "uk")
    return built, message


@each("200000", "9000", "3000", "300", "10")
def about_originals(case: str) -> Iterator[str]:
    (built, message), most = _built(), int(case)
    found = originals_of(built, message, max_bytes=most)
    for name, one in found.items():
        image = Image.open(io.BytesIO(one.data))
        fitted = Image.open(io.BytesIO(built.bundle.part(name).data))
        grey = [np.asarray(each_.convert("L").resize((16, 16))).astype(int) for each_ in (image, fitted)]
        yield f"{most} {name}: shows the same {np.abs(grey[0] - grey[1]).mean() < 8}"
        yield (
            f"{most} {name}: {one.label} {one.type} {image.format} {image.size} "
            f"{len(one.data) <= most} {one.before.width}x{one.before.height} "
            f"{one.after.width}x{one.after.height} {len(one.actions) > 0} {one.quality is not None} "
            f"{one.quality_words}"
        )
    yield f"{most}: {sorted(found)}"


def about_originals_that_are_gone() -> Iterator[str]:
    path = Path("p.jpg")
    path.write_bytes(photo(1800, 1200))
    message = Message(slides=[Slide(image=path)])
    built = build(message, "uk")
    path.unlink()
    yield f"gone {originals_of(built, message)}"


def about_small_pictures() -> Iterator[str]:
    def zipped(**files: bytes) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("manifest", format_manifest([(name, "image/png") for name in files]))
            for name, data in files.items():
                archive.writestr(name, data)
        return stream.getvalue()

    halves = Image.new("RGB", (300, 100), "red")
    halves.paste("blue", (100, 0, 200, 100))
    for name, data in {
        "a picture": zipped(a=saved(halves, "PNG")),
        "after a text": zipped(t=b"text", a=flat(9, 9)),
        "after a broken one": zipped(b=flat(9, 9)[:30], a=flat(9, 9, "cyan")),
        "none": zipped(t=b"text"),
        "an empty one": zipped(e=b"", s=AMR),
    }.items():
        small = thumbnail(data)
        image = Image.open(io.BytesIO(small)) if small else None
        colour = [one // 32 for one in image.convert("RGB").getpixel((56, 56))] if image else []
        yield f"{name}: {image and (image.format, image.size)} {colour}"
    still = poster_of(film())
    yield (
        f"poster {Image.open(io.BytesIO(still)).format} {Image.open(io.BytesIO(still)).size} "
        f"{poster_of(b'no film')!r} {poster_of(photo())[:3]!r}"
    )
    message = Message(
        slides=[
            Slide(text="a"),
            Slide(
                image=photo(),
                overlay=[
                    Overlay(box=(0, 0, 1, 1), text="A"),
                    Overlay(box=(0, 0, 1, 1), qr="B"),
                    Overlay(box=(0, 0, 1, 1), barcode="C"),
                ],
            ),
        ]
    )
    yield f"drawn {inscriptions_of(message)}"


@each("{}", '{"paper": "letter"}', '{"with_findings": false}')
def about_approval_sheets(case: str) -> Iterator[str]:
    options = json.loads(case)
    pypdf, _ = pytest.importorskip("pypdf"), pytest.importorskip("typst")
    one = rich()
    parts = tuple(replace(item, data=photo()) if item.name == "p.jpg" else item for item in one.parts)
    one = replace(one, parts=parts)
    data = setting.approval_sheet(one, when=WHEN, **options)
    reader = pypdf.PdfReader(io.BytesIO(data))
    yield (
        f"{[[round(float(x)) for x in page.mediabox[2:]] for page in reader.pages]} "
        f"{reader.metadata.title} {'/MarkInfo' in reader.trailer['/Root']} "
        f"{reader.metadata.get('/CreationDate')}"
    )
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    yield re.sub(r"\d[\d,]* (?=bytes)", "# ", text)


@each("letter", "a4")
def about_the_approval_sheet_as_an_output(paper: str) -> Iterator[str]:
    pypdf, _ = pytest.importorskip("pypdf"), pytest.importorskip("typst")
    data = output_of(".pdf").render(rich(), Style(paper=paper, findings=paper == "a4"))
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    text = " ".join(page.extract_text() for page in pages)
    yield f"{[[round(float(x)) for x in page.mediabox[2:]] for page in pages]} {'Why MMS101' in text}"


def about_contact_sheets_in_type() -> Iterator[str]:
    """What can be searched for in them."""
    pypdf, _ = pytest.importorskip("pypdf"), pytest.importorskip("typst")
    data = contact_sheet(several(), ".pdf", title="Sale", source="people.csv", when=WHEN)
    reader = pypdf.PdfReader(io.BytesIO(data))
    yield f"{[[round(float(x)) for x in page.mediabox[2:]] for page in reader.pages]} {reader.metadata.title}"
    yield " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def about_setting() -> Iterator[str]:
    pytest.importorskip("typst")
    one = rich()
    again = [setting.approval_sheet(one, when=WHEN) for _ in range(2)]
    yield f"again {again[0] == again[1]}"
    yield (
        f"when {setting.printed_moment(WHEN)} {setting.printed_moment(None).microsecond} "
        f"{setting.printed_moment(None).tzinfo is not None}"
    )
    yield f"can {setting.can_set()}"
    wrong = answer(lambda: setting.set_in_type("sheet.typ", lambda keep: {}, WHEN.replace(microsecond=0)))
    yield from (re.sub(r"[\d:]+", "#", line) for line in wrong)
    names: list[str] = []
    answer(
        lambda: setting.set_in_type(
            "sheet.typ",
            lambda keep: {"a": names.extend([keep(b"1", ".jpg"), keep(b"2", ".png")])},
            WHEN.replace(microsecond=0),
        )
    )
    yield f"{names}"


# -- what is served -------------------------------------------------------------------------------


WAYS = ("a message", "a message with a profile", "a message for a profile", "a build", "a build with names",
        "a bundle", "a path", "bytes", "a profile of one's own", "a build for a smaller profile", "a recipe",
        "a wrong theme", "a wrong value", "no file", "no profile", "a layout")  # fmt: skip


@each(*WAYS)
def about_previews(name: str) -> Iterator[str]:
    message = Message(
        subject="Hi {{ name }}",
        slides=[
            Slide(
                image=photo(900, 700),
                text="Dear {{ name }}",
                overlay=[Overlay(box=(0, 0, 1, 0.3), text="{{ name }}")],
            )
        ],
    )
    built = build(Message(subject="Built", slides=[Slide(text="Words")], layout="text-only"), "uk")
    Path("m.zip").write_bytes(built.bundle.data)
    Path("own.toml").write_text(
        '[own]\ntitle = "My own"\nmax_bytes = 90000\nmax_width = 640\nmax_height = 480\n'
        'source = "x"\ndate = "2026-11-26"\n'
        '[tiny]\ntitle = "Tiny"\nmax_bytes = 200\nmax_width = 640\nmax_height = 480\n'
        'source = "x"\ndate = "2026-11-26"\n',
        "utf-8",
    )
    ways: dict[str, Any] = {
        "a message": lambda: preview(message, values={"name": "Ada"}),
        "a message for a profile": lambda: preview(
            message, "us", values={"name": "Ada"}, theme="dark", name="Spring", subject="Other"
        ),
        "a message with a profile": lambda: preview(
            Message(slides=[Slide(text="x")], layout="text-only", profile="us")
        ),
        "a build": lambda: preview(built),
        "a build with names": lambda: preview(built, ("uk", "us"), name="Spring", subject="", theme="light"),
        "a bundle": lambda: preview(built.bundle),
        "a path": lambda: preview("m.zip", "us", subject="Else", theme="dark"),
        "bytes": lambda: preview(built.bundle.data, name="b.zip"),
        "a profile of one's own": lambda: preview(Path("m.zip"), "own", profile_files="own.toml"),
        "a build for a smaller profile": lambda: preview(built, "tiny", profile_files="own.toml"),
        "a recipe": lambda: preview(built, recipe=Recipe(profile="us")),
        "a wrong theme": lambda: preview(built, theme="blue"),
        "a wrong value": lambda: preview(message, values={"nme": "x"}),
        "no file": lambda: preview("gone.zip"),
        "no profile": lambda: preview(built, "ku"),
        "a layout": lambda: preview(Message(slides=[Slide(text="x")]), layout_folders="nowhere"),
    }
    lines = answer(ways[name])
    if not lines[0].startswith("<!doctype"):
        yield from (line[:300] for line in said(name, ways[name]))
        return
    for line in lines_of(lines[0]):
        line = re.sub(r"\d[\d,.]*( of [\d,.]+)? ?(bytes|kB|B|%)", "#", line)
        if line.startswith(("<html", "<title", "<h1", "<bdi", "<strong", "<p", "<small", "<dd", "<img")):
            yield line[:300]


OWN, LOCAL = "127.0.0.1:{port}", "localhost:{port}"
ASKED = {
    "our own": (("Host", OWN),),
    "localhost": (("Host", LOCAL),),
    "in capitals": (("Host", "LOCALHOST:{port}"),),
    "without a port": (("Host", "127.0.0.1"),),
    "another host": (("Host", "evil.example:{port}"),),
    "another port": (("Host", "127.0.0.1:{next}"),),
    "two hosts": (("Host", OWN), ("Host", OWN)),
    "no host": (),
    "our own origin": (("Host", OWN), ("Origin", f"http://{OWN}")),
    "localhost as origin": (("Host", OWN), ("Origin", f"http://{LOCAL}")),
    "localhost and its origin": (("Host", LOCAL), ("Origin", f"http://{LOCAL}")),
    "another scheme": (("Host", OWN), ("Origin", f"https://{OWN}")),
    "no origin": (("Host", OWN), ("Origin", "null")),
    "two origins": (("Host", OWN), ("Origin", f"http://{OWN}"), ("Origin", "http://x.example")),
    **{
        f"from {site or 'nowhere'}": (("Host", OWN), ("Sec-Fetch-Site", site))
        for site in ("none", "same-origin", "same-site", "cross-site", "")
    },
}
"""Headers of requests to the server of a preview."""


def _headers(name: str, port: int) -> tuple[tuple[str, str], ...]:
    return tuple((header, value.format(port=port, next=port + 1)) for header, value in ASKED[name])


@each(*ASKED)
def about_requests(name: str) -> Iterator[str]:
    """What is answered over a socket, by the page and by all that belongs to it."""
    with PageServer(Document("<p>hello", "1", b"PK", lambda: b"%PDF")) as server:
        headers = _headers(name, server.port)
        for path in ("/", "/events", "/bundle.zip", "/approval.pdf"):
            yield _asked(server.port, "GET", path, headers)


def about_refused_requests() -> Iterator[str]:
    """The same, without what the HTTP library refuses before us."""
    for name in ASKED:
        found = [(key.lower().encode(), value.encode()) for key, value in _headers(name, 8000)]
        scope = {"type": "http", "server": ("127.0.0.1", 8000), "headers": found}
        answer_ = refusal(Request(scope))
        yield f"{name}: {answer_ and answer_.status_code}"


def about_what_is_served() -> Iterator[str]:
    document = Document("<p>hello", "1")
    yield PageServer(document, port=8123).url
    with PageServer(document) as server:
        port = server.port
        own = (("Host", f"127.0.0.1:{port}"),)
        for method, path in (("POST", "/"), ("HEAD", "/"), ("GET", "/x"), ("PUT", "/bundle.zip")):
            yield _asked(port, method, path, own)
        yield _asked(port, "GET", "/bundle.zip", own)
        yield _asked(port, "GET", "/approval.pdf", own)
        yield f"{server.url == f'http://127.0.0.1:{port}/'}"
        with pytest.raises(UsageError) as caught, PageServer(Document(), port=port):
            pass
        yield str(caught.value).replace(str(port), "#")
    with pytest.raises(ConnectionRefusedError):
        _asked(port, "GET", "/", own)


def about_a_server_without_its_packages() -> Iterator[str]:
    def served() -> None:
        with PageServer(Document("<p>hello", "1")):
            pass

    with mock.patch("mmspack.gateway.listener.packages.PACKAGES", ("starlette", "no_such_package")):
        yield from answer(served)


def about_the_stream_of_versions() -> Iterator[str]:
    document = Document("<p>hello")
    with mock.patch("mmspack.previewing.serving._BEAT_SECONDS", 0.3), PageServer(document) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", "/events")
        stream = connection.getresponse()
        for version in "12":
            yield f"quiet {[stream.readline() for _ in range(4)]}"
            document.version = version
            lines = [stream.readline() for _ in range(8)]
            said_ = [line for line in lines if not line.startswith((b":", b"\n"))]
            yield f"events {said_}"
    yield f"ended {stream.read().replace(b': still here', b'').strip()!r}"
    connection.close()


def _asked(port: int, method: str, path: str, headers: tuple[tuple[str, str], ...]) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    found = connection.getresponse()
    given = {
        name: value
        for name, value in found.getheaders()
        if name not in ("allow", "date", "server", "content-length", "connection", "transfer-encoding")
    }
    body = b"" if path == "/events" and found.status == 200 else found.read()  # the stream has no end
    connection.close()
    return f"{method} {path} {headers}: {found.status} {given} {body!r}".replace(str(port + 1), "$").replace(
        str(port), "#"
    )


def about_watching() -> Iterator[str]:
    folder = Path("message").resolve()
    (folder / "in" / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "link").symlink_to(folder / "in")
    (folder / "a.txt").write_text("a")
    outside = Path("outside").resolve()
    outside.mkdir()
    (outside / "b.txt").write_text("b")
    file = folder / "message.toml"
    file.write_text("x")
    failing: list[BaseException] = []

    def make() -> Made:
        if failing:
            raise failing[0]
        return Made(replace(rich(), name="m"), (file, outside / "b.txt"), b"PK")

    bench = Workbench(
        make,
        name="message",
        folder=folder,
        files=[file],
        theme="dark",
        sheet=lambda one: one.subject.encode(),
    )

    def state() -> str:
        one = bench.document
        page = list(lines_of(one.html)) if one.html else []
        words = [
            line
            for line in page
            if "problem" in line or "cure" in line or "<html" in line or "<title" in line
        ]
        sheet = one.sheet() if one.sheet else None
        return (
            f"{bench.problem!r} {one.version!r} {one.bundle!r} {sheet!r} {bench.is_stale} "
            f"{sorted(bench.folders)} {words}"
        )

    yield f"before {state()}"
    bench.rebuild()
    yield f"built {state()}"
    (outside / "b.txt").write_text("changed")
    yield f"changed {bench.is_stale}"
    bench.rebuild()
    yield f"rebuilt {state()}"
    failing.append(UsageError("wrong", where=file, hint="do that"))
    bench.rebuild()
    yield f"failed {state()}"
    failing[0] = RuntimeError("oh")
    bench.rebuild()
    yield f"a bug {state()}"
    failing.clear()
    (outside / "b.txt").unlink()
    yield f"gone {bench.is_stale} {stamp_of([outside / 'b.txt'])}"
    plain = Workbench(make, name="message", folder=folder, files=[file])
    plain.rebuild()
    yield f"without a sheet {plain.document.sheet} {next(iter(lines_of(plain.document.html)))}"
    message = Message(
        slides=[
            Slide(image=folder / "p.jpg", text=folder / "a.txt", audio=b"x"),
            Slide(video=Path("v.mp4"), text="t"),
        ],
        attachments=[Path("c.vcf"), b"BEGIN:VCARD"],
    )
    yield f"files {files_of(message)}"
    yield f"folders {sorted(folders_of([folder, file, outside / 'x', Path('message')]))}"
    yield f"below {sorted(below(folder))}"
    stamp = stamp_of([file])[file]
    yield f"stamp {stamp[1]} {stamp[0] == file.stat().st_mtime_ns}"
    stop, heard = threading.Event(), []
    watcher = threading.Thread(
        target=lambda: watch(bench, stop=stop, told=lambda: heard.append(bench.document.version))
    )
    bench.rebuild()
    watcher.start()
    try:
        file.write_text("saved")
        until(lambda: len(heard) >= 1)
        (outside / "b.txt").write_text("again")
        until(lambda: len(heard) >= 2)
    finally:
        stop.set()
        watcher.join(30)
    yield f"watched {heard[0] == '6'} {watcher.is_alive()} {bench.is_stale}"


def about_saves_that_are_not_reported() -> Iterator[str]:
    """On some network file systems there are no events: every half second somebody looks."""
    folder, outside = Path("message").resolve(), Path("outside").resolve()
    folder.mkdir()
    outside.mkdir()
    file, further = folder / "message.toml", outside / "p.jpg"
    file.write_text("x")
    further.write_text("x")
    files = [file]
    bench = Workbench(
        lambda: Made(replace(rich(), name="m"), tuple(files)), name="m", folder=folder, files=[file]
    )
    bench.rebuild()
    stop, heard = threading.Event(), []

    def silent(*folders: Path, **_options: Any) -> Iterator[set[Any]]:
        heard.append(f"watched {[one.name for one in folders]}")
        yield set()
        if further in files:
            stop.set()
            return
        file.write_text("saved")
        yield set()
        files.append(further)
        file.write_text("saved again")
        yield set()
        heard.append("not asked for again, although a file elsewhere is read now")

    with mock.patch("watchfiles.watch", silent):
        watch(bench, stop=stop, told=lambda: heard.append(f"version {bench.document.version}"))
    yield from heard


@each("plain", "a path", "named", "known", "no file")
def about_views(name: str) -> Iterator[str]:
    """What is made of a bundle, with all that a caller knows of it."""
    built = build(
        Message(subject="Noted", slides=[Slide(image=photo(), text="Hi", seconds=3), Slide(text="More")]),
        "uk",
    )
    Path("m.zip").write_bytes(built.bundle.data)
    originals = {"image1.jpg": rich().parts[1].original}
    ways: dict[str, Any] = {
        "plain": lambda: view_of(built.bundle, UK),
        "a path": lambda: view_of("m.zip", (UK, get("us"))),
        "named": lambda: view_of(Path("m.zip"), [UK], name="n", subject="s", sender="me", built=WHEN),
        "known": lambda: view_of(
            built.opened,
            UK,
            reports=built.reports,
            originals=originals,
            labels={"image1.jpg": "p.jpg", "x": "y"},
            drawn={1: (("QR code", "z"),), 9: (("a", "b"),)},
        ),
        "no file": lambda: view_of("gone.zip", UK),
    }
    if name == "no file":
        yield from said(name, ways[name])
        return
    found = ways[name]()
    yield (
        f"{found.name!r} {found.subject!r} {found.sender!r} {found.built} "
        f"{found.width}x{found.height} {found.note!r} {found.profile!r} {found.profile_title!r} "
        f"{found.budget and found.budget.profile} {len(found.sha256)} "
        f"{[one.id for one in found.findings]}"
    )
    for item in found.parts:
        yield (
            f"{item.name} {item.label!r} {item.look} {item.original is not None} "
            f"{item.slides} {item.drawn} {item.text[:20]!r}"
        )


def _foreign() -> dict[str, Callable[[], Scene]]:
    """Messages that other programs made, by what is special in them."""
    two = {
        "image1.jpg": photo(),
        "text1.txt": b"Hello",
        "b.gif": gif("red", "blue"),
        "t2.txt": b"More",
        "t3.txt": b"Last",
    }
    timed = '<par><audio src="s.amr" begin="1s"/><text src="text1.txt" begin="500ms" dur="2s"/></par>'
    ends = (
        '<par><text src="text1.txt" end="7s"/><img src="image1.jpg" begin="x" end="2s" dur="9s"/></par><par/>'
    )
    places = (
        '<par dur="2s"><ref src="cid:image1.jpg" alt="A"/><text src="gone.txt"/><text/>'
        '<audio src="s.amr"/></par>'
        '<par dur="1s"><text src="text1.txt"/></par>'
    )

    def body(pars: str) -> str:
        return SMIL[: SMIL.index("    <par")] + pars + SMIL[SMIL.index("  </body>") :]

    return {
        "no presentation": lambda: scene(
            smil=None, files=two, add={"s.amr": AMR, "c.vcf": CARD.encode(), "m.pdf": b"%PDF"}
        ),
        "texts alone": lambda: scene(smil=None, files={"a.txt": b"A", "b.txt": b"B"}),
        "no slides": lambda: scene(smil=body("")),
        "no XML": lambda: scene(smil="<smil><body>"),
        "times of media": lambda: scene(smil=body(timed), add={"s.amr": AMR}),
        "ends of media": lambda: scene(smil=body(ends)),
        "places": lambda: scene(smil=body(places), add={"s.amr": AMR}),
        "no layout": lambda: scene(
            smil='<smil><head/><body><par dur="2s"><img src="image1.jpg"/></par></body></smil>'
        ),
        "charsets": lambda: scene(
            smil=None,
            files={
                "a.txt": "Zo\u00eb".encode("utf-16-le"),
                "b.txt": b"Zo\xeb",
                "c.txt": b"Zo\xeb",
                "d.txt": b"\xff\xfeA\0",
            },
            types={
                "a.txt": "text/plain; charset=utf-16le",
                "b.txt": "text/plain; charset=iso-8859-1",
                "c.txt": "text/plain",
            },
        ),
        "types": lambda: scene(
            smil=None,
            files={
                "a.jpg": saved(Image.new("RGB", (9, 9)), "TIFF"),
                "b.jpg": b"<svg/>",
                "c.bin": photo(),
                "d.txt": b"plain",
                "e.htm": b"<html>",
                "f.ics": b"BEGIN:VCALENDAR",
                "g": b"x",
            },
            types={
                "a.jpg": "image/jpeg",
                "b.jpg": "image/jpeg",
                "e.htm": "text/html",
                "f.ics": "text/calendar",
                "g": "",
            },
        ),
        "findings": lambda: scene(
            smil=SMIL.replace("4000ms", "4sec").replace("text1.txt", "text2.txt"), add={"z.bin": b"z"}
        ),
    }


@each(*_foreign())
def about_foreign_messages(name: str) -> Iterator[str]:
    shown = view_of(_foreign()[name]().data, UK, built=WHEN)
    yield from map(sized, seen(shown))


def about_messages_that_are_too_large() -> Iterator[str]:
    one = scene(
        smil=None, files={f"{at}.jpg": photo() for at in range(3)}, add={"t.txt": b"Hello world"}
    ).data
    pars = "".join(f'<par dur="{at}s"><text src="text1.txt"/></par>' for at in range(1, 5))
    slides = scene(smil=SMIL[: SMIL.index("    <par")] + pars + SMIL[SMIL.index("  </body>") :]).data
    size = len(photo())
    for most, label in ((size - 1, "a byte less"), (size, "one"), (2 * size, "two"), (3 * size, "three")):
        with mock.patch("mmspack.previewing.composing.MAX_BYTES", most):
            yield f"room for {label}: {[item.problem for item in view_of(one, UK).parts]}"
    beside = scene(smil=None, files={"t.txt": bytes(size), "0.jpg": photo()}).data
    with mock.patch("mmspack.previewing.composing.MAX_BYTES", size):
        yield f"beside a text: {[item.problem for item in view_of(beside, UK).parts]}"
    for most in (2, 3, 4):
        with mock.patch("mmspack.previewing.composing.MAX_SLIDES", most):
            found = view_of(slides, UK)
            yield f"{most} slides: {[(slide.number, slide.start_ms) for slide in found.slides]} {found.note}"
            found = view_of(one, UK)
            yield f"{most} made: {[(slide.number, slide.start_ms) for slide in found.slides]} {found.note}"
    with mock.patch("mmspack.previewing.composing.MAX_TEXT", 5):
        yield f"text {[one.text for one in view_of(one, UK).parts]}"


SECTIONS = sections_of(globals())


@pytest.mark.slow
@pytest.mark.parametrize("name", SECTIONS)
def test_a_preview_says_and_does_what_is_written(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert told(SECTIONS[name]) == kept(TOLD, name)


if __name__ == "__main__":
    write(TOLD, SECTIONS)
