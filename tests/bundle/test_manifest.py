"""The manifest is read as Java's Properties.load reads it."""

from __future__ import annotations

import time

import javaproperties
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmspack.bundle.manifest import format_manifest, parse_manifest
from mmspack.model import Part


def pairs(data: bytes) -> list[tuple[str, str]]:
    return [(entry.name, entry.type) for entry in parse_manifest(data).entries]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a.gif=image/gif\n", [("a.gif", "image/gif")]),
        (
            b"# c\n! c\n\n a.gif : image/gif\r\nb.txt text/plain",
            [("a.gif", "image/gif"), ("b.txt", "text/plain")],
        ),
        (b"long\\\n  name.txt=text/plain", [("longname.txt", "text/plain")]),
        (b"caf\\u00e9.txt=text/plain", [("café.txt", "text/plain")]),
        (b"caf\xe9.txt=text/plain", [("café.txt", "text/plain")]),
        (b"my\\ file.jpg=image/jpeg", [("my file.jpg", "image/jpeg")]),
        (b"my file.jpg=image/jpeg", [("my", "file.jpg=image/jpeg")]),
        (b"a=1\na=2", [("a", "1"), ("a", "2")]),
        (b"lonely", [("lonely", "")]),
        (b"", []),
    ],
)
def test_reads_the_whole_format(data: bytes, expected: list[tuple[str, str]]) -> None:
    assert pairs(data) == expected


def test_knows_the_line_of_each_entry() -> None:
    manifest = parse_manifest(b"# c\r\n\r\na=b\\\r\n c\r\nd=e\r\n")
    assert [(entry.name, entry.line) for entry in manifest.entries] == [("a", 3), ("d", 5)]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xef\xbb\xbfa=b", "bom"),
        ("a=b".encode("utf-16"), "utf-16"),
        (b"a=\\u12", "escape"),
        (b"a\0=b", "nul"),
        (b"a=b\n" * 60_000, "huge"),
    ],
)
def test_reports_what_is_wrong_with_the_file(data: bytes, kind: str) -> None:
    assert [defect.kind for defect in parse_manifest(data).defects] == [kind]


def test_reads_on_after_a_broken_escape() -> None:
    assert pairs(b"a=\\uZZ\nb=c") == [("a", "uZZ"), ("b", "c")]


NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@settings(deadline=None)
@given(st.lists(st.tuples(NAME, NAME), max_size=5))
def test_what_is_written_is_read_back(lines: list[tuple[str, str]]) -> None:
    assert pairs(format_manifest(lines)) == lines


SUBJECT = st.text("Ab1 ,.;'\"()?/+*&%@$-_=:#!\\é£\t", min_size=1)


@settings(deadline=None)
@given(SUBJECT)
def test_a_subject_is_written_as_a_java_library_writes_it(subject: str) -> None:
    written = javaproperties.join_key_value("Subject", subject, separator=": ")
    assert format_manifest((), subject) == f"# {written}\n".encode("iso-8859-1")


def test_plain_names_are_written_plainly_in_part_order() -> None:
    parts = [Part("message.smil", "application/smil", b""), Part("image1.jpg", "image/jpeg", b"")]
    assert format_manifest(parts) == b"message.smil=application/smil\nimage1.jpg=image/jpeg\n"


def test_thousands_of_broken_escapes_take_no_time() -> None:
    began = time.process_time()
    manifest = parse_manifest(b"a\\u12\n" * 30_000)
    assert len(manifest.defects) == len(manifest.entries) == 30_000
    assert manifest.defects[-1].line == 30_000
    assert time.process_time() - began < 1
