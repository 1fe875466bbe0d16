"""What can be checked, by which rules, and how strictly."""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from mmspack import profiles, rules
from mmspack.errors import ConfigError, InputError, UsageError
from mmspack.fixing import fix, repaired_ids
from mmspack.model import Report, Severity
from mmspack.rules.checking import check
from mmspack.rules.declaring import Evidence, Needs, Source, rule
from mmspack.rules.explaining import explanation
from mmspack.rules.terms import Mode
from tests.fitting.clips import make_film
from tests.rules.cases import CASES, unslid
from tests.rules.scenes import SMIL, TWO_SLIDES, broken, drawn, noise, packed, photo, saved, scene, swapped

ROOT = Path(__file__).parents[2]
WRITE_THE_PAGE = (
    "from mmspack import fixing, rules; "
    "open('docs/rules.md', 'w', encoding='utf-8').write(rules.page(fixing.repaired_ids()))"
)


def ids(report: Report) -> list[str]:
    return [finding.id for finding in report.findings]


def test_a_folder_is_checked_like_its_zip(tmp_path: Path) -> None:
    for name, data in {"message.smil": SMIL.encode(), "image1.jpg": photo(), "text1.txt": b"Caf\xe9"}.items():
        (tmp_path / name).write_bytes(data)
    assert ids(check(tmp_path)) == ["MMS201", "MMS441"]
    (tmp_path / "manifest").write_text(
        "message.smil=application/smil\nimage1.jpg=image/jpeg\ntext1.txt=text/plain\n"
    )
    (tmp_path / "text1.txt").write_bytes(b"Cafe")
    assert ids(check(tmp_path)) == []


def test_a_link_or_a_pipe_in_a_folder_is_refused_and_an_editors_lock_is_not(tmp_path: Path) -> None:
    (tmp_path / ".#text1.txt").symlink_to("user@host.1234")
    (tmp_path / "text1.txt").write_text("Hello")
    assert ids(check(tmp_path)) == ["MMS201"]
    (tmp_path / "image1.jpg").symlink_to("/etc/passwd")
    for ask in (check, fix):
        with pytest.raises(InputError, match=r"image1\.jpg: a link"):
            ask(tmp_path)
    (tmp_path / "image1.jpg").unlink()
    os.mkfifo(tmp_path / "image1.jpg")
    for ask in (check, fix):
        with pytest.raises(InputError, match=r"image1\.jpg: not a regular file"):
            ask(tmp_path)


def test_a_bare_presentation_is_checked_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "slides.smil"
    path.write_text(SMIL)
    assert ids(check(path)) == []
    path.write_text(swapped("4000ms", "5S"))
    (finding,) = check(path).findings
    assert (finding.id, finding.part, finding.line) == ("MMS344", "slides.smil", 11)


def test_a_file_that_is_missing_is_an_error_and_no_finding() -> None:
    with pytest.raises(InputError, match=r"nowhere\.zip"):
        check("nowhere.zip")


def test_rules_are_chosen_by_id_and_by_family() -> None:
    made = scene(smil=swapped("4000ms", "5S"), manifest="# nothing\n").data
    assert ids(check(made)) == ["MMS212", "MMS344"]
    assert ids(check(made, select=["MMS2"])) == ["MMS212"]
    assert ids(check(made, ignore=["mms212"])) == ["MMS344"]
    assert ids(check(made, select=["MMS"], ignore=["MMS2", "MMS344"])) == []


@pytest.mark.parametrize(
    "wrong", [{"select": ["MMS999"]}, {"ignore": ["X"]}, {"mode": "harsh"}, {"dialect": "mm7"}]
)
def test_names_that_do_not_exist_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        check(scene().data, **wrong)
    with pytest.raises(ConfigError):
        check(scene().data, profile="mars")


def test_strict_makes_warnings_errors_and_leaves_notes() -> None:
    made = broken("4000ms", "4.5s", subject="x").data
    assert check(made).ok
    assert not check(made, strict=True).ok
    assert check(broken("4000ms", "4s").data, strict=True).ok


@pytest.mark.parametrize(
    ("mode", "severity"),
    [("restricted", Severity.ERROR), ("warning", Severity.WARNING), ("free", Severity.INFO)],
)
def test_a_limit_of_the_standard_weighs_by_the_creation_mode(mode: str, severity: Severity) -> None:
    made = scene(files={"image1.jpg": photo(progressive=True), "text1.txt": b"Hello"}).data
    (finding,) = check(made, mode=mode).findings
    assert (finding.id, finding.severity) == ("MMS422", severity)


@pytest.mark.parametrize(
    ("mode", "severity"),
    [("restricted", Severity.ERROR), ("warning", Severity.WARNING), ("free", Severity.INFO)],
)
def test_a_content_class_weighs_by_mode_and_a_carrier_does_not(mode: str, severity: Severity) -> None:
    made = scene(files={"image1.jpg": noise(300, 200), "text1.txt": b"Hello"}).data
    (finding,) = check(made, profile="oma-image-basic", mode=mode, select=["MMS501"]).findings
    assert finding.severity is severity
    tight = replace(profiles.get("uk"), max_bytes=30_000)
    (finding,) = check(made, profile=tight, mode=mode, select=["MMS501"]).findings
    assert finding.severity is Severity.ERROR


def test_a_profile_gives_its_own_weights() -> None:
    made = broken("4000ms", "4.5s").data
    for weights, expected in (
        (["MMS345=error"], [Severity.ERROR]),
        (["MMS3=error", "MMS345=info"], [Severity.INFO]),
        (["mms34 = off"], []),
    ):
        profile = replace(profiles.get("uk"), severities=tuple(weights))
        assert [finding.severity for finding in check(made, profile=profile).findings] == expected


@pytest.mark.parametrize("wrong", ["MMS345", "MMS345=fatal", "=info", "MMS999=info"])
def test_weights_that_cannot_be_read_are_refused(wrong: str) -> None:
    with pytest.raises(ConfigError, match="severities"):
        check(scene().data, profile=replace(profiles.get("uk"), severities=(wrong,)))


def test_what_phones_lose_is_an_error_in_every_mode() -> None:
    for mode in Mode:
        assert not check(broken("4000ms", "00:04").data, mode=mode).ok


def test_findings_come_in_the_order_of_the_parts() -> None:
    made = scene(
        smil=TWO_SLIDES.replace("4000ms", "5S"),
        files={"image1.jpg": photo()[:-9], "text1.txt": b"\xe9", "image2.jpg": photo(), "text2.txt": b"x"},
        subject="x" * 50,
    ).data
    found = check(made, subject="x" * 50).findings
    assert [finding.part for finding in found] == [
        None,
        "message.smil",
        "message.smil",
        "image1.jpg",
        "text1.txt",
    ]
    assert found[1].line < found[2].line  # type: ignore[operator]


def test_one_broken_part_does_not_hide_the_others() -> None:
    made = scene(
        smil=TWO_SLIDES,
        files={
            "image1.jpg": photo()[:-40],
            "text1.txt": b"Caf\xe9",
            "image2.jpg": photo(progressive=True),
            "text2.txt": b"\0" * 9,
        },
    ).data
    assert sorted(ids(check(made))) == ["MMS421", "MMS422", "MMS441", "MMS443"]


@pytest.mark.parametrize("name", ["message.smil", "image1.jpg", "text1.txt", "manifest"])
def test_a_damaged_part_has_one_finding(name: str) -> None:
    made = bytearray(scene(smil=TWO_SLIDES, files=unslid()).data)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        at = archive.getinfo(name).header_offset + 30 + len(name)
    made[at] ^= 1
    assert ids(check(bytes(made))) == ["MMS118"]


def test_the_real_zip_of_a_mac_is_told_whole() -> None:
    made = packed(
        {
            "summer/beach.jpg": photo(),
            "summer/text.txt": b"\xef\xbb\xbfHello",
            "summer/more.txt": b"Caf\xe9",
            "__MACOSX/summer/._beach.jpg": b"\0\5\x16\7",
            "summer/.DS_Store": b"\0\0\0\1Bud1",
        }
    )
    assert sorted(ids(check(made))) == ["MMS122", "MMS123", "MMS201", "MMS441", "MMS442"]


def test_pictures_by_type_belong_to_the_profile() -> None:
    png = scene(smil=None, files={"image1.png": saved(drawn(64, 48), "PNG")}).data
    assert ids(check(png, profile="uk")) == []
    assert ids(check(png, profile="oma-image-rich")) == ["MMS405"]


# -- the rules as declared ------------------------------------------------------------------------


def test_ids_are_found_in_any_case_and_near_misses_are_named() -> None:
    assert rules.get("mms203").title == "Listed part is missing"
    with pytest.raises(UsageError, match="did you mean 'MMS2"):
        rules.get("MMS2033")


def test_a_rule_that_is_not_whole_cannot_be_declared() -> None:
    whole = {
        "title": "t", "severity": Severity.INFO, "source": Source("s", Evidence.ADVICE),
        "reason": "r", "fix": "f", "bad": "b", "good": "g", "needs": Needs.ZIP,
    }  # fmt: skip
    for missing in ("title", "reason", "fix", "bad", "good"):
        with pytest.raises(ValueError, match="MMS199"):
            rule("MMS199", **{**whole, missing: ""})(lambda opened: iter(()))
    with pytest.raises(ValueError, match="not a new id"):
        rule("MMS203", **whole)(lambda opened: iter(()))


def test_what_is_only_remembered_or_advised_is_no_error() -> None:
    for one in rules.all_rules():
        if one.source.evidence in (Evidence.MEMORY, Evidence.ADVICE):
            assert all(one.severity_in(mode) is not Severity.ERROR for mode in Mode), one.id


def test_rules_about_the_zip_cite_no_oma_document() -> None:
    for one in rules.all_rules():
        if one.id.startswith("MMS1"):
            assert "OMA" not in one.source.text, one.id


def test_every_rule_is_explained_whole() -> None:
    for one in rules.all_rules():
        text = explanation(one, repaired_ids())
        for piece in (one.id, one.title, one.fix.split()[0], one.good.split("\n")[0]):
            assert piece in text
        assert one.bad != one.good, one.id
        assert re.search(r"[.!?]$", one.reason), one.id
        assert re.search(r"[.!?]$", one.fix), one.id
        assert set(rules.document(one, repaired_ids())) >= {
            "id",
            "title",
            "severity",
            "reason",
            "source",
            "fix",
            "bad",
            "good",
        }


def test_the_page_of_rules_is_the_declarations() -> None:
    page = rules.page(repaired_ids())
    assert (ROOT / "docs/rules.md").read_text("utf-8") == page, f'run: python -c "{WRITE_THE_PAGE}"'


def test_every_rule_of_the_cases_exists() -> None:
    assert set(CASES) <= {one.id for one in rules.all_rules()}


@pytest.mark.parametrize(
    ("turned", "lies"), [(90, "on its left side"), (180, "upside down"), (270, "on its right side")]
)
def test_of_a_rotated_video_it_is_said_how_phones_show_it_that_ignore_its_rotation(turned, lies):
    data = make_film(size=(96, 64), seconds=0.2, turned=turned, sound=False)
    smil = swapped("image1.jpg", "video1.mp4").replace("<img", "<video")
    report = check(scene(files={"video1.mp4": data, "text1.txt": b"Hello"}, smil=smil).data, profile="uk")
    (found,) = (one for one in report.findings if one.id == "MMS471")
    assert found.message == (
        f"'video1.mp4' is stored {lies}; phones that ignore its rotation show it that way"
    )
