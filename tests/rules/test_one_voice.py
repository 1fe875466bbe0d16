"""One defect, one rule: what used to be told twice, and where a finding points."""

from __future__ import annotations

import pytest
from scenes import SMIL, Scene, broken, scene

from mmspack.checking import check


def told(made: Scene, **options: object) -> list[str]:
    return [finding.id for finding in check(made.data, **{**made.options, **options}).findings]


@pytest.mark.parametrize(
    ("doctype", "line", "column"),
    [
        ("<!DOCTYPE smil>", 2, 1),
        ("<!-- a --><!DOCTYPE smil\n  PUBLIC '-//W3C//DTD SMIL 1.0//EN'\n  'http://localhost/a.dtd'>", 2, 11),
        ("\n\n  <!DOCTYPE smil [<!ENTITY a 'b'>]>", 4, 3),
    ],
)
def test_a_doctype_is_shown_where_it_begins(doctype: str, line: int, column: int) -> None:
    found = check(broken("<smil>", f"{doctype}<smil>").data).findings
    assert [(one.line, one.column) for one in found if "document type" in one.message] == [(line, column)]


def test_an_empty_presentation_is_an_empty_part_and_no_broken_xml() -> None:
    assert told(scene(smil="")) == ["MMS406"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<layout>", "<!--", ["MMS321"]),  # an empty head: no second word about each medium's region
        ('<root-layout width="480" height="640"/>', '<root-layout width="0" height="0"/>', ["MMS321"]),
        ("region id=", "region regionName=", ["MMS323", "MMS323"]),
    ],
)
def test_a_layout_is_told_of_once(old: str, new: str, expected: list[str]) -> None:
    smil = SMIL.replace(old, new)
    assert told(scene(smil=smil.replace("</layout>", "-->") if new == "<!--" else smil)) == expected
