"""What `build` shows of fitted parts and plans, from given facts; and the manners of every command."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mmspack.cli import tables
from mmspack.cli.findings import limits_table, print_table
from mmspack.cli.send import Readable
from mmspack.cli.shell import error_document, finish
from mmspack.cli.wrapping import wrapped
from mmspack.fitted import FittedPart
from mmspack.fitting.account import encoded_by
from mmspack.fitting.planning import Planned
from mmspack.gateway import error_of
from mmspack.media import jpegli
from mmspack.model import NO_NOTES, BuildNotes, Facts, Kind
from mmspack.outcome import Outcome, Result
from tests.cli.desk import furnish
from tests.cli.terminal import in_terminal
from tests.cli.test_tables import report, shown

LARGE = Facts(bytes=427_000, format="JPEG", width=2048, height=1536)
SMALL = Facts(bytes=104_400, format="JPEG", width=1600, height=1200)
PART = FittedPart(
    kind=Kind.IMAGE, slide=0, label="a [b].jpg", type="image/jpeg", extension="jpg", data=b"", before=LARGE,
    after=SMALL, actions=("2048 × 1536 → 1600 × 1200",), quality_words="very good",
    notes=BuildNotes(quality=83.4),
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (LARGE, LARGE, "JPEG 2048×1536"),
        (LARGE, SMALL, "JPEG 2048×1536 → 1600×1200"),
        (replace(LARGE, format="PNG"), SMALL, "PNG 2048×1536 → JPEG 1600×1200"),
        (
            Facts(bytes=9, format="GIF", width=9, height=8, frames=12, duration_ms=900),
            Facts(bytes=9, format="GIF", width=9, height=8, frames=1),
            r"GIF 9×8 (12 frames) → 9×8",
        ),
        (
            Facts(bytes=9, format="3GP", width=9, height=8, duration_ms=12_340),
            Facts(bytes=9, format="3GP", duration_ms=1_000),
            "3GP 9×8 (12.3 s) → (1.0 s)",
        ),
        (
            Facts(bytes=9, format="MP4", width=9, height=8, duration_ms=40),
            Facts(bytes=9, format="MP4", width=9, height=8, duration_ms=100),
            "MP4 9×8 (40 ms) → 9×8 (0.1 s)",
        ),
        (Facts(bytes=9, format="text", width=9), Facts(bytes=9, format="text"), "text"),
        (Facts(bytes=9, format="GIF", frames=2), Facts(bytes=9, format="GIF", height=2), "GIF (2 frames) → "),
    ],
)
def test_looks_name_what_changed_once(before, after, words):
    assert tables._looks(before, after) == words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (427_000, 104_400, "427 → 104 kB"), (104_400, 104_000, "104 kB"),
        (1_500_000, 104_000, "1.5 MB → 104 kB"),
        (52_000, 950, "52 kB → 950 B"), (950, 90, "950 → 90 B"), (5, 5, "5 B"),
    ],
)  # fmt: skip
def test_sizes_name_the_unit_once(before, after, words):
    part = replace(PART, before=replace(LARGE, bytes=before), after=replace(SMALL, bytes=after))
    assert tables._sizes(part) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "very good (83)"),
        (
            {"notes": BuildNotes(quality=49.8), "quality_words": "visibly reduced"},
            "[yellow]visibly reduced (49)[/]",
        ),
        ({"notes": BuildNotes(quality=50.0), "quality_words": "fair"}, "fair (50)"),
        (
            {"notes": BuildNotes(quality=30.0), "quality_words": "visibly reduced"},
            "[yellow]visibly reduced (30)[/]",
        ),
        ({"notes": BuildNotes(quality=29.0), "quality_words": "poor"}, "[bold red]poor (29)[/]"),
        ({"notes": BuildNotes(quality=None), "quality_words": "[as it was]"}, r"\[as it was]"),
        ({"after": LARGE, "actions": ()}, "[dim]unchanged[/]"),
        ({"after": LARGE}, "very good (83)"),
        ({"actions": ()}, "very good (83)"),
    ],
)
def test_a_quality_is_coloured_where_a_person_should_look(change, words):
    assert tables._quality(replace(PART, **change)) == words


def test_what_was_done_is_said_once_with_its_slides_and_without_what_the_table_shows():
    parts = [
        replace(PART, actions=("2048 × 1536 → 1600 × 1200", "turned upright", encoded_by(jpegli.NAME))),
        replace(PART, slide=1, actions=("turned upright", "cut to 30 s")),
        replace(PART, slide=3, actions=("turned upright",)),
        replace(PART, slide=None, label="shop.vcf", actions=("turned upright", "renamed")),
        replace(PART, slide=4, actions=()),
    ]
    assert list(tables._actions(parts)) == [
        "slides 1, 2, 4, shop.vcf: turned upright", "slide 2: cut to 30 s", "shop.vcf: renamed",
    ]  # fmt: skip


def planned(profile: str, effort: str, total: int, *parts: FittedPart, **more: object) -> Planned:
    return Planned(profile=profile, effort=effort, max_bytes=300_000, total_bytes=total, parts=parts, **more)


TEXT = replace(
    PART,
    kind=Kind.TEXT,
    label="text",
    notes=NO_NOTES,
    before=Facts(bytes=3, format="text"),
    after=Facts(bytes=3, format="text"),
)
PLANS = [
    planned("uk", "fast", 104_500, PART, TEXT),
    planned("uk", "good", 104_500, PART, TEXT),
    planned(
        "uk",
        "best",
        99_500,
        replace(PART, after=replace(SMALL, bytes=99_000)),
        replace(PART, notes=BuildNotes(quality=12.0)),
        TEXT,
    ),
    planned("plain", "fast", 4, TEXT),
    planned(
        "small", "fast", 0, problem="slide 1: too large\nslide 2: far too large", hint="take a smaller one"
    ),
    planned("tiny", "fast", 0, problem="no"),
]


def test_a_plan_folds_efforts_that_come_to_the_same_and_says_why_what_does_not_fit(capsys):
    tables.show_plan(PLANS)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "Profile  Effort        Total  Fitted to  Worst picture",
        "uk       fast, good  104,500    300,000  a [b].jpg, very good (83)",
        "uk       best         99,500    300,000  a [b].jpg, very good (12)",
        "plain    fast              4    300,000",
        "small    fast              –    300,000  does not fit",
        "tiny     fast              –    300,000  does not fit",
        "small: slide 1: too large",
        "small: slide 2: far too large",
        "  → take a smaller one",
        "tiny: no",
    ]


def test_a_plan_shows_every_picture_when_asked(capsys):
    tables.show_plan(PLANS[1:4], verbose=True)
    assert capsys.readouterr().out.splitlines()[4:] == [
        "uk, good:", "  a [b].jpg: JPEG 1600×1200, 104,400 B",
        "uk, best:", "  a [b].jpg: JPEG 1600×1200, 99,000 B", "  a [b].jpg: JPEG 1600×1200, 104,400 B",
        "plain, fast:",
    ]  # fmt: skip


def test_a_name_is_measured_however_long_it_is():
    long = report("x" * 90 + ".zip", "uk", 1_521, 300_000)
    short = report("a.zip", "uk", 1_521, 300_000)
    lines = shown(140, lambda out: print_table(out, limits_table([long, short])))
    assert lines[0] == f"File: {'x' * 90}.zip"
    assert len(shown(160, lambda out: print_table(out, limits_table([long, short])))) == 3


@pytest.mark.parametrize("number", [0, 1, 3, 4, 5])
def test_the_first_texts_are_shown_and_the_others_counted(number):
    content = Readable(
        subject="Hi", texts=[f"text {at}\nof  " + "words " * 20 for at in range(number)],
        values={"a": "1", "b": "2"}, fallback="short",
    )  # fmt: skip
    lines = content.lines
    excerpts = [f"Text: text {at} of {'words ' * 9}…" for at in range(min(number, 3))]
    more = {4: ["… and 1 more text"], 5: ["… and 2 more texts"]}.get(number, [])
    assert [re.sub(r"(words ){9,}…", "words " * 9 + "…", line) for line in lines] == [
        "Subject: Hi", *excerpts, *more, "Fallback text: short", "Filled in: a = 1, b = 2",
    ]  # fmt: skip
    assert all(len(line) <= 66 + len("Text: ") for line in lines)
    assert Readable(subject="", texts=[], values={}).lines == []


def test_an_error_of_sending_says_its_outcome_as_data():
    outcome = Outcome(result=Result.REJECTED, summary="refused with code 5", to="447700900999")
    assert error_document(error_of(outcome))["outcome"] == "rejected"


def test_names_with_blanks_stay_whole_among_others():
    assert wrapped("see a b.jpg, c d.txt and e f", 20, names=["a b.jpg", "c d.txt"]) == [
        "see a b.jpg, c d.txt", "and e f",
    ]  # fmt: skip


def test_every_manner_of_a_command_at_once(tmp_path, mmspack, monkeypatch):
    """Quiet, data, colours, an error, Ctrl-C and a pipe that is closed, in turn, in one process."""
    furnish()
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32m✓ good.zip" in mmspack("check", "good.zip").out
    assert mmspack("check", "good.zip", "--no-color").out.startswith("✓ good.zip")
    assert "\x1b[32m✓ good.zip" in mmspack("check", "good.zip").out
    monkeypatch.delenv("FORCE_COLOR")
    ran = mmspack("check", "bad.zip", "--quiet")
    assert (ran.code, ran.out, ran.err) == (1, "", "")
    ran = mmspack("check", "bad.zip", "-q", "--json")
    assert (json.loads(ran.out)["exit_code"], ran.err) == (1, "")
    ran = mmspack("layouts", "--layouts", "gone", "-q")
    assert (ran.code, ran.out, ran.err) == (2, "", "mmspack: no layout folder at gone\n")
    ran = mmspack("layouts", "--layouts", "gone", "--json")
    document = json.loads(ran.out)
    assert (document["format"], document["exit_code"]) == ("mmspack.layouts", 2)
    assert document["error"]["problems"] == ["no layout folder at gone"]
    assert "campaign" in mmspack("campaign", "plan", "letter", "-r", "gone.csv", "--json").out
    remark = mmspack("campaign", "plan", "letter", "-r", "tests.csv", "--name", "a").err
    assert "warning" in remark
    assert mmspack("campaign", "plan", "letter", "-r", "tests.csv", "--name", "b", "-q").err == ""
    with monkeypatch.context() as patch:
        patch.setattr("mmspack.smil.layouts.layouts", interrupted)
        ran = mmspack("layouts", "--quiet")
        assert (ran.code, ran.out, ran.err) == (130, "", "mmspack: interrupted\n")
    if Path("/dev/full").is_char_device():
        for kind, code in (("/dev/full", 3), ("pipe", 0)):
            assert written_to(kind, ("layouts",), monkeypatch) == code
            assert written_to(kind, ("check", "good.zip"), monkeypatch) == code
            assert written_to(kind, ("check", "bad.zip"), monkeypatch) == 1


def interrupted(*_args: object) -> None:
    raise KeyboardInterrupt


def written_to(kind: str, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of a command whose output nobody takes; what it fails with goes to the test's own."""
    from mmspack.__main__ import main

    if kind == "pipe":
        ours, theirs = os.pipe()
        os.close(ours)
    else:
        theirs = os.open(kind, os.O_WRONLY)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["mmspack", *arguments])
        patch.setattr(sys, "stdout", os.fdopen(theirs, "w"))
        with pytest.raises(SystemExit) as ended:
            main()
        with contextlib.suppress(OSError):
            sys.stdout.close()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(("code", "sure", "ends"), [(0, False, 3), (0, True, 0), (4, False, 4), (4, True, 4)])
def test_a_result_that_cannot_be_shown_ends_with_its_own_code_or_3(capsys, code, sure, ends):
    def lost() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(Exception, match=str(ends)) as ended:
        finish(code, lost, sure=sure)
    assert ended.value.exit_code == ends
    assert (
        capsys.readouterr().err
        == "mmspack: cannot write to standard output: [Errno 28] No space left on device\n"
    )
    with pytest.raises(Exception, match=str(code)) as ended:
        finish(code, lambda: None, sure=sure)
    assert ended.value.exit_code == code

    def gone() -> None:
        raise BrokenPipeError

    with pytest.raises(Exception, match=str(code)) as ended:
        finish(code, gone, sure=sure)
    assert (ended.value.exit_code, capsys.readouterr().err) == (code, "")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals here")
def test_clips_show_a_bar_in_a_terminal_and_nothing_in_a_pipe(capsys, monkeypatch):
    from mmspack.cli import clip_progress

    with clip_progress.bar("Fitting 2 clips") as report_to:
        assert report_to is None
    assert capsys.readouterr() == ("", "")

    def layouts(*_args: object) -> dict[str, object]:
        with clip_progress.bar("Fitting 2 clips") as report_to:
            if report_to is not None:
                report_to(1, 4)
                report_to(4, 4)
        return {}

    monkeypatch.setattr("mmspack.smil.layouts.layouts", layouts)
    _, seen = in_terminal("layouts")
    last = [line for line in seen.splitlines() if "%" in line][-1]
    assert re.fullmatch(r" *Fitting 2 clips ━{24} 100% 0:00:0\d", last)
    assert in_terminal("layouts", "--quiet")[1].strip() == ""
