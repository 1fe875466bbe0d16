"""The table of formats: each fact once, and the page that is made of it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from mmspack.media.format_page import page
from mmspack.media.formats import (
    CARDS,
    FORMATS,
    by_ending,
    canonical,
    format_of,
    kind_of_type,
    named,
    spelled,
)
from mmspack.model import Kind

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {
    "mmspack/profiles/__init__.py",  # which types a carrier takes is a fact of the carrier
    "mmspack/bundle/binary/tokens.py",  # the numbers of well-known types are facts of the binary encoding
    "mmspack/media/formats.py",
    "mmspack/fitting/film_codings.py",  # which codec is made for which type
}


def test_the_page_is_what_the_table_says():
    assert (ROOT / "docs" / "formats.md").read_text("utf-8") == page(), (
        "run: python -m mmspack.media.format_page"
    )


def test_no_type_or_alias_is_in_two_rows():
    names = [name for row in FORMATS for name in (row.key, *row.aliases)]
    assert [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.name)
def test_a_row_is_found_by_its_type_its_aliases_and_what_it_writes(row):
    assert format_of(row.type) is format_of(row.type.upper()) is row
    assert all(canonical(alias) == row.key for alias in row.aliases)
    assert kind_of_type(row.type) is row.kind
    found = by_ending("." + row.ending.upper()) if row.ending else row
    assert found is row or row.key in found.passes_for


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.name)
def test_a_row_is_whole(row):
    assert row.type.partition("/")[0] in ("image", "audio", "video", "text", "application")
    assert not row.checked or row.pillow
    assert not row.made or (row.taken and row.checked)
    assert all(ending == ending.lower() and "." not in ending for ending in row.endings)
    assert row.taken or row.pillow == ""


def test_types_are_spelled_as_phones_compare_them_and_aliases_stay_what_they_are():
    assert spelled("TEXT/X-VCARD") == "text/x-vCard"
    assert spelled("Image/JPG") == "image/jpg"
    assert canonical("text/vcard") == "text/x-vcard"
    assert canonical("Image/X-Unknown") == "image/x-unknown"


def test_a_type_that_is_not_known_has_the_kind_of_its_first_word():
    assert kind_of_type("image/x-unknown") is Kind.IMAGE
    assert kind_of_type("text/x-unknown") is Kind.ATTACHMENT
    assert named("image/x-unknown") == "image/x-unknown"


def test_a_card_is_an_attachment_though_its_type_is_text():
    assert {"text/x-vcard", "text/x-vcalendar", "text/calendar"} == CARDS
    assert {kind_of_type(card) for card in CARDS} == {Kind.ATTACHMENT}


def test_no_other_module_holds_a_table_of_formats():
    tables = []
    for path in sorted((ROOT / "mmspack").rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        types = set(re.findall(r'"((?:image|audio|video)/[a-z0-9.+-]+)"', path.read_text("utf-8")))
        if len(types) > 3 and where not in ELSEWHERE:
            tables.append((where, sorted(types)))
    assert tables == []
