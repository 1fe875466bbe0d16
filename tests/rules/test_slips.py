"""Slips in the copy: where they are, what `fix` does about them, and that no text makes the search slow."""

from __future__ import annotations

import io
import zipfile

import pytest

from mmspack.fixing import fix
from mmspack.media import slips
from mmspack.media.mojibake import mojibake
from mmspack.rules.checking import check
from mmspack.rules.slips import MOST_READ
from tests.rules.cases import words
from tests.rules.scenes import scene

HOSTILE = [
    form * (200_000 // len(form))
    for form in (
        *(
            "a_",
            "{{",
            "{ ",
            "%a_",
            "<<",
            "\u00aba_a",
            "$a_",
            "%%",
            "*|",
            "[",
            "[[a ",
            "[a_",
            "##A",
            "#name",
            "{name|",
            "[name of ",
            "||name",
            "__",
            "<%a",
            "@AAA_",
            "www.",
            "a.",
        ),
        *(
            "http://",
            "https://a.",
            "NULL ",
            "Hi, Mr ",
            "TODO  ",
            "[TODO",
            " ",
            "\n",
            "\u00c5\u201c",
            "\\n",
            "\u2568x",
            "Hi ,",
            "a.a",
            "a@",
            "https://a..",
            "\u0420\u0402",
            "\xe9\xe8",
            "a\u8305",
            "\u3002",
            "order no. ",
            "a\\",
        ),
    )
]


def found(text: str, **options: object) -> list[tuple[str, int | None, int | None]]:
    made = words(text.encode(), **options)
    return [(one.id, one.line, one.column) for one in check(made.data, **made.options).findings]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:6]))
@pytest.mark.timeout(20)
def test_no_text_makes_the_search_slow(text):
    """A search whose steps grow with the square of the text would take hours for these."""
    for find in (
        slips.placeholders,
        slips.blanks,
        slips.drafts,
        slips.broken_addresses,
        slips.running_addresses,
    ):
        list(find(text))
    for ask in (slips.is_file_name, slips.shows_nothing, mojibake):
        ask(text)
    list(slips.template_fields(text))


def test_a_slip_is_reported_with_its_line_and_column():
    assert found("Summer sale\nHi {name}, come in") == [("MMS450", 2, 4)]
    assert found("Open daily\n\nHi NULL, come in") == [("MMS451", 3, 1)]


@pytest.mark.parametrize(
    ("subject", "id_"), [("Hi {{ name }}", "MMS450"), ("Dear None!", "MMS451"), ("TODO: subject", "MMS452")]
)
def test_the_subject_is_read_too(subject, id_):
    made = scene(subject=subject)
    (one,) = check(made.data, **made.options).findings
    assert (one.id, one.part) == (id_, None)
    assert one.message.startswith("the subject contains")


def test_many_slips_of_one_text_are_one_finding_that_counts_them():
    (one,) = check(words(" ".join(f"{{{name}}}" for name in "abcdefghijkl").encode()).data).findings
    assert one.message.startswith("'text1.txt' contains '{a}', '{b}', '{c}', '{d}',")
    assert one.message.endswith("'{j}' and 2 more")


def test_slips_are_looked_for_as_far_as_anybody_writes():
    one = "Hi {name}. "
    (many,) = [one for one in check(words((one * 20_000).encode()).data).findings if one.id == "MMS450"]
    assert many.message.endswith("and at least 990 more")
    filler = "x" * (MOST_READ - len(one))
    assert "MMS450" in {one.id for one in check(words(f"{filler}{one}".encode()).data).findings}
    assert "MMS450" not in {one.id for one in check(words(f"{filler}    {one}".encode()).data).findings}


@pytest.mark.parametrize(
    ("broken", "whole"),
    [("Hello\ufeff there\ufeff", "Hello there"), ("one\u2028two\u2029three", "one\ntwo\nthree")],
)
def test_marks_and_separators_are_repaired_without_a_judgement_call(broken, whole):
    fixed = fix(words(broken.encode()).data)
    with zipfile.ZipFile(io.BytesIO(fixed.bundle.data)) as archive:
        assert archive.read("text1.txt").decode() == whole
    assert not fixed.report.findings


@pytest.mark.parametrize(
    "text", ["Hi {name}", "Hi NULL,", "Pay \u202egpj.exe", "Line\\nLine", "It\u201a\u00c4\u00f4s"]
)
def test_what_needs_a_judgement_call_is_left_as_it_is(text):
    fixed = fix(words(text.encode()).data)
    with zipfile.ZipFile(io.BytesIO(fixed.bundle.data)) as archive:
        assert archive.read("text1.txt").decode() == text
    assert fixed.report.findings
