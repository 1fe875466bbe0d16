"""The same findings for a person, a script, an editor and a pipeline."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mmspack.cli import shell
from mmspack.cli.findings import show_reports
from mmspack.model import Report
from mmspack.rules.checking import check
from mmspack.rules.reporting import github_lines, json_document, place, sarif_document, summary
from tests.rules.cases import LISTED
from tests.rules.scenes import SMIL, broken, packed, scene

Shown = Callable[[list[Report]], list[str]]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    """What `check` prints about some reports, line by line."""

    def lines(reports: list[Report]) -> list[str]:
        show_reports(reports)
        return capsys.readouterr().out.splitlines()

    return lines


def test_lines_tell_place_words_and_cure(shown: Shown) -> None:
    report = check(broken("4000ms", "00:04").data, name="summer.zip")
    lines = shown([report])
    assert lines[0] == "summer.zip/message.smil:11:5: error: slide 1 has dur='00:04' [MMS342]"
    assert any(line.startswith("    why: Old Android multiplies") for line in lines)
    assert any(line.startswith("    fix: Write whole milliseconds") for line in lines)
    assert re.fullmatch(r"✗ summer\.zip: [\d,]+ of 300,000 bytes \(uk\), 1 error", lines[-1])


def test_a_clean_bundle_says_so(shown: Shown) -> None:
    report = check(scene().data, name="summer.zip")
    lines = shown([report])
    (line,) = lines
    assert re.fullmatch(r"✓ summer\.zip: [\d,]+ of 300,000 bytes \(uk\), no findings", line)


@pytest.mark.slow
@pytest.mark.parametrize("width", [30, 40, 60, 80, 100])
def test_a_narrow_terminal_cuts_no_number_off(
    shown: Shown, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(shell, "PIPE_WIDTH", width)
    made = scene(add={"text2.txt": b"x" * 5_000_000}).data
    reports = [check(made, profile=name, name="summer.zip") for name in ("uk", "oma-image-basic")]
    lines = shown(reports)
    told = "\n".join(lines)
    for report in reports:
        assert report.budget is not None
        assert f"{report.budget.spare_bytes:,}" in told
        assert f"{report.budget.content_bytes:,}" in told.split("summer.zip: warning")[-1]
    assert "…" not in told
    assert all(len(line) <= width for line in lines if line.startswith("    "))


def test_a_finding_that_two_profiles_share_counts_once() -> None:
    made = broken("4000ms", "00:04").data
    assert (
        summary([check(made, profile=name, name="a.zip") for name in ("uk", "us")])
        == "1 file checked: 1 error"
    )


def test_hostile_names_cannot_steer_a_terminal(shown: Shown) -> None:
    evil = "a\x1b[2Jb.txt"
    report = check(packed({evil: b"x", "manifest": LISTED.encode()}), name="x.zip")
    text = "\n".join(shown([report]) + github_lines([report]))
    assert "\x1b" not in text
    assert "\\x1b[2J" in text


def test_json_holds_everything() -> None:
    document = json.loads(json.dumps(json_document([check(broken("4000ms", "00:04").data, name="a.zip")])))
    assert document["ok"] is False
    (finding,) = document["reports"][0]["findings"]
    assert (finding["id"], finding["part"], finding["line"], finding["column"]) == (
        "MMS342",
        "message.smil",
        11,
        5,
    )
    assert document["reports"][0]["counts"] == {"error": 1, "warning": 0, "info": 0}


def test_sarif_names_each_rule_once_and_points_at_it() -> None:
    reports = [check(broken("4000ms", "00:04").data, name=name) for name in ("a.zip", "b.zip")]
    run = sarif_document(reports)["runs"][0]
    assert [one["id"] for one in run["tool"]["driver"]["rules"]] == ["MMS342"]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 0]
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "a.zip"}}


def test_sarif_and_github_give_lines_only_of_the_file_itself(tmp_path: Path) -> None:
    path = tmp_path / "message.smil"
    path.write_text(SMIL.replace("4000ms", "00:04"))
    report = check(path, name="slides/message.smil")
    physical = sarif_document([report])["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert physical["region"] == {"startLine": 11, "startColumn": 5}
    assert place(report, report.findings[0]) == "slides/message.smil:11:5"
    assert github_lines([report])[0].startswith(
        "::error file=slides/message.smil,title=MMS342 Duration in minutes and seconds,line=11::"
    )
    inside = check(broken("4000ms", "00:04").data, name="a.zip")
    assert ",line=" not in github_lines([inside])[0]


def test_github_escapes_what_would_end_a_command() -> None:
    report = check(scene().data, subject="a\nb", name="a,b:c.zip")
    (line,) = github_lines([report])
    assert "file=a%2Cb%3Ac.zip" in line


def monstrous() -> Report:
    """A message of 30 slides that show what is not there."""
    par = '<par dur="4000ms"><img src="gone{0}.jpg" region="Image"/></par>'
    pars = "".join(par.format(number) for number in range(30))
    return check(scene(smil=SMIL[: SMIL.index("<par")] + pars + "</body></smil>").data, name="a.zip")


def test_of_many_alike_twenty_are_told_and_the_others_counted(shown: Shown) -> None:
    report = monstrous()
    assert [finding.id for finding in report.findings].count("MMS361") == 30
    lines = shown([report])
    assert sum("[MMS361]" in line for line in lines) == 20
    assert lines.count("    and 10 more like this") == 1
    assert lines[-1] == "✗ a.zip: 4,272 of 300,000 bytes (uk), 30 errors, 1 warning"
    (document,) = json_document([report])["reports"]
    assert len(document["findings"]) == 21
    assert document["more"] == {"MMS361": 10}
    assert document["counts"] == {"error": 30, "warning": 1, "info": 0}
    results = sarif_document([report])["runs"][0]["results"]
    assert len(results) == len(github_lines([report])) == 21
    for told in ([result["message"]["text"] for result in results], github_lines([report])):
        assert sum("(and 10 more like this)" in line for line in told) == 1


def test_twenty_of_a_kind_in_each_of_two_files_are_all_told(shown: Shown) -> None:
    report = monstrous()
    twenty = replace(report, findings=tuple(f for f in report.findings if f.id == "MMS361")[:20])
    lines = shown([twenty, replace(twenty, file="b.zip")])
    assert sum("[MMS361]" in line for line in lines) == 40
    assert not any("more like this" in line for line in lines)
    assert json_document([twenty])["reports"][0]["more"] == {}


@pytest.mark.slow
def test_a_monstrous_message_is_told_in_a_moment(shown: Shown) -> None:
    began = time.process_time()
    par = '<par dur="4000ms"><img src="a{0}.jpg" region="Image"/><text src="b{0}.txt" region="Text"/></par>'
    pars = "".join(par.format(number) for number in range(3000))
    report = check(scene(smil=SMIL[: SMIL.index("<par")] + pars + "</body></smil>").data)
    assert len(shown([report])) < 200
    assert len(report.findings) > 5_990
    assert time.process_time() - began < 3
