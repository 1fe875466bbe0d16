"""Tables, rows and verdicts to the column, at widths on both sides of each edge."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table

from mmspack.cli.findings import limits_table, print_rows, print_table, show_findings, show_verdict
from mmspack.cli.wrapping import rewrapped, say, wrapped
from mmspack.model import Budget, Finding, Report, Severity


def shown(width: int, show) -> list[str]:
    out = Console(file=io.StringIO(), width=width, color_system=None, highlight=False, emoji=False)
    show(out)
    return [line.rstrip() for line in out.file.getvalue().splitlines()]


def finding(severity: Severity, message: str, part: str = "a.txt", id_: str = "MMS501") -> Finding:
    words = {"title": "A title", "reason": "A reason.", "source": "A source", "fix": "A cure."}
    return Finding(id=id_, severity=severity, message=message, part=part, **words)


def report(file: str, profile: str, content: int, limit: int, *severities: Severity) -> Report:
    findings = tuple(finding(one, f"too much ({at})") for at, one in enumerate(severities))
    budget = (
        Budget(profile=profile, content_bytes=content, header_bytes=1024, max_bytes=limit) if limit else None
    )
    return Report(file=file, profile=profile, findings=findings, budget=budget)


GOOD = report("good.zip", "uk", 1_521, 300_000)
POOR = report("a [b].zip", "us-att", 1_234_567, 1_000_000, Severity.ERROR, Severity.ERROR, Severity.WARNING)
WARNED = report("good.zip", "fr", 99, 200_000, Severity.WARNING, Severity.INFO)
UNLIMITED = report("shown.smil", "uk", 0, 0, Severity.INFO)


def test_the_limits_of_several_files_stand_in_columns():
    assert shown(100, lambda out: print_table(out, limits_table([GOOD, POOR, UNLIMITED]))) == [
        "File       Profile      Total      Limit     Spare    Content  Headers",
        "good.zip   uk           2,545    300,000   297,455      1,521    1,024  ✓ fits",
        "a [b].zip  us-att   1,235,591  1,000,000  -235,591  1,234,567    1,024  ✗ 2 errors",
    ]


def test_the_limits_of_one_file_do_not_repeat_its_name():
    assert shown(100, lambda out: print_table(out, limits_table([GOOD, WARNED]))) == [
        "Profile  Total    Limit    Spare  Content  Headers",
        "uk       2,545  300,000  297,455    1,521    1,024  ✓ fits",
        "fr       1,123  200,000  198,877       99    1,024  ✓ 1 warning",
    ]


WIDE = [
    "Profile  Total    Limit    Spare  Content  Headers",
    "uk       2,545  300,000  297,455    1,521    1,024  ✓ fits",
]
CLOSE = [
    "Profile Total   Limit   Spare Content Headers",
    "uk      2,545 300,000 297,455   1,521   1,024 ✓ fits",
]
LISTED = [
    "Profile: uk", "  Total: 2,545", "  Limit: 300,000", "  Spare: 297,455", "  Content: 1,521",
    "  Headers: 1,024", "  ✓ fits",
]  # fmt: skip


@pytest.mark.parametrize(
    ("width", "lines"), [(58, WIDE), (57, CLOSE), (52, CLOSE), (51, LISTED), (20, LISTED)]
)
def test_a_table_that_is_too_wide_comes_closer_and_then_becomes_a_list(width, lines):
    assert shown(width, lambda out: print_table(out, limits_table([GOOD]))) == lines


def test_a_cell_that_may_be_folded_is_folded_and_an_empty_one_is_left_out_of_a_list():
    def table() -> Table:
        made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        made.add_column("Name", no_wrap=True)
        made.add_column("Words")
        made.add_column("Note")
        made.add_row("one", "several words that are long", "")
        return made

    assert shown(30, lambda out: print_table(out, table())) == [
        "Name  Words               Note", "one   several words that", "      are long",
    ]  # fmt: skip
    assert shown(15, lambda out: print_table(out, table())) == [
        "Name: one", "  Words: several words that are long",
    ]  # fmt: skip


ROWS = [
    ("1", "beach with friends.jpg", "JPEG 640×480 → 320×240", "[red]poor (9)[/]"),
    ("10", "a.png", "", "good"),
    ("", "text", "two words", ""),
]
IN_COLUMNS = [
    "1   beach with friends.jpg  JPEG 640×480 → 320×240  poor (9)",
    "10  a.png                                           good",
    "    text                    two words",
]
IN_TWO_LINES = [
    "1   beach with friends.jpg", "    JPEG 640×480 → 320×240, poor (9)",
    "10  a.png", "    good",
    "    text", "    two words",
]  # fmt: skip
FOLDED = [
    "1   beach with friends.jpg", "    JPEG 640×480 →", "    320×240, poor (9)",
    "10  a.png", "    good",
    "    text", "    two words",
]  # fmt: skip
NARROW = [
    "1   beach with friends.jpg", "    JPEG 640×480", "    → 320×240,", "    poor (9)",
    "10  a.png", "    good",
    "    text", "    two words",
]  # fmt: skip


@pytest.mark.parametrize(
    ("width", "lines"), [(60, IN_COLUMNS), (59, IN_TWO_LINES), (36, IN_TWO_LINES), (24, FOLDED), (9, NARROW)]
)
def test_rows_that_do_not_fit_take_two_lines_and_no_name_is_broken(width, lines):
    assert shown(width, lambda out: print_rows(out, ROWS)) == lines


def test_rows_without_a_number_begin_where_others_do():
    rows = [("", "a.png", "PNG"), ("", "bc.png", "PNG")]
    assert shown(40, lambda out: print_rows(out, rows)) == ["   a.png   PNG", "   bc.png  PNG"]
    assert shown(8, lambda out: print_rows(out, rows)) == ["   a.png", "   PNG", "   bc.png", "   PNG"]


@pytest.mark.parametrize(
    ("reports", "line"),
    [
        ([GOOD], "✓ it: 2,545 of 300,000 bytes (uk), 2 slides, no findings"),
        ([POOR], "✗ it: 1,235,591 of 1,000,000 bytes (us-att), 2 slides, 2 errors, 1 warning"),
        ([WARNED], "✓ it: 1,123 of 200,000 bytes (fr), 2 slides, 1 warning, 1 note"),
        ([GOOD, WARNED], "✓ it: fits uk and fr, 2 slides, 1 warning, 1 note"),
        ([GOOD, POOR], "✗ it: fits uk, 2 slides, 2 errors, 1 warning"),
        ([POOR, POOR], "✗ it: fits none of the profiles, 2 slides, 2 errors, 1 warning"),
        ([UNLIMITED], "✓ it: 2 slides, 1 note"),
    ],
)
def test_a_verdict_is_one_line(capsys, reports, line):
    show_verdict(None, reports, name="it", more=["2 slides"])
    assert capsys.readouterr().out == f"{line}\n"
    show_verdict(None, reports, more=["2 slides"])
    assert capsys.readouterr().out == f"{line.replace('it: ', '')}\n"


@pytest.mark.parametrize(
    ("report", "code"), [(GOOD, "32"), (POOR, "1;31"), (WARNED, "33"), (UNLIMITED, "32")]
)
def test_a_verdict_has_the_colour_of_its_worst_finding(report, code):
    out = Console(
        file=io.StringIO(), width=200, color_system="standard", force_terminal=True, highlight=False
    )
    show_verdict(out, [report], name="it")
    assert out.file.getvalue().startswith(f"\x1b[{code}m")


def test_many_findings_that_are_alike_are_counted(capsys):
    findings = tuple(finding(Severity.WARNING, "stray", f"part {at}.txt") for at in range(30))
    show_findings(None, [Report(file="a.zip", profile="uk", findings=findings)])
    heads = capsys.readouterr().out.splitlines()
    assert heads[0].startswith("a.zip/part 0.txt, a.zip/part 1.txt, ")
    assert heads[0].endswith("a.zip/part 29.txt: warning: stray [MMS501]")
    different = tuple(finding(Severity.WARNING, f"stray {at}") for at in range(30))
    show_findings(None, [Report(file="a.zip", profile="uk", findings=different)])
    heads = capsys.readouterr().out.splitlines()
    told = [line for line in heads if line.startswith("a.zip")]
    assert told[0] == "a.zip/a.txt: warning: stray 0 [MMS501]"
    assert heads[len(told)].startswith("    ")
    assert str(30 - len(told)) in heads[len(told)]


def test_text_is_wrapped_at_blanks_only_and_names_and_long_words_stay_whole():
    text = "Wrote well-known-name.zip beside Ice cream.jpg for a-very-long-word-that-has-no-blank-in-it now"
    assert wrapped(text, 30, first="  ", further="    ", names=["Ice cream.jpg"]) == [
        "  Wrote well-known-name.zip",
        "    beside Ice cream.jpg for",
        "    a-very-long-word-that-has-no-blank-in-it",
        "    now",
    ]
    assert wrapped("one two three four five six", 5) == ["one two three four", "five six"]
    assert wrapped("two  blanks", None, first="> ") == ["> two  blanks"]
    assert wrapped("", 30, first="  ") == [""]


def test_lines_are_wrapped_below_their_own_beginning():
    assert list(rewrapped(["", "    a word and another one", "  | quoted words go on here"], 20)) == [
        "", "    a word and", "      another one", "  | quoted words go", "  | on here",
    ]  # fmt: skip


def test_what_is_said_is_wrapped_in_a_terminal_and_keeps_its_names(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "24")
    say("Wrote Ice cream.jpg and more of it", first="  ", further="    ", names=["Ice cream.jpg"])
    assert capsys.readouterr().out == "  Wrote Ice cream.jpg\n    and more of it\n"
    say("one two three four five", err=True)
    ran = capsys.readouterr()
    assert (ran.out, ran.err) == ("", "one two three four five\n")
    say("one two three four five six", err=True)
    assert capsys.readouterr().err == "one two three four five\n  six\n"
    monkeypatch.delenv("COLUMNS")
    say("word " * 40)
    assert capsys.readouterr().out == ("word " * 40).rstrip() + "\n"


def test_a_verdict_and_what_is_found_are_wrapped_below_their_beginning(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    show_verdict(None, [WARNED], name="good.zip")
    assert capsys.readouterr().out.splitlines() == [
        "✓ good.zip: 1,123 of 200,000", "  bytes (fr), 1 warning, 1", "  note",
    ]  # fmt: skip
    name = "Ice cream at the pier.jpg"
    found = Report(file="a.zip", profile="uk", findings=(finding(Severity.ERROR, "is too large", name),))
    show_findings(None, [found])
    assert capsys.readouterr().out.splitlines() == [
        f"a.zip/{name}:", "  error: is too large [MMS501]", "    why: A reason.", "    fix: A cure.",
        "    source: A source",
    ]  # fmt: skip
