"""One defect, one rule: what used to be told twice, and where a finding points."""

from __future__ import annotations

import pytest
from scenes import Scene, broken, scene

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
