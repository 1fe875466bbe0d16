"""`mmspack check` at the command line: what a script gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mmspack.bundle.bundle import pack
from mmspack.cli import app
from mmspack.model import Part

runner = CliRunner()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return pack([Part("text1.txt", "text/plain", b"Hello")]).save(tmp_path / "good.zip")


def checked(*arguments: object) -> tuple[int, dict[str, object]]:
    result = runner.invoke(app, ["check", *map(str, arguments), "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_a_file_that_cannot_be_read_is_in_the_document(good: Path) -> None:
    code, document = checked("gone.zip", good)
    assert (code, document["exit_code"], document["ok"]) == (3, 3, False)
    assert [report["file"] for report in document["reports"]] == [str(good)]
    (error,) = document["errors"]
    assert (error["file"], error["kind"]) == ("gone.zip", "InputError")
    assert "gone.zip" in error["problems"][0]
    assert "error" not in document


def test_no_file_at_all_is_an_error_like_that_of_any_command(good: Path) -> None:
    code, document = checked("gone.zip")
    assert (code, document["error"]["kind"]) == (3, "InputError")
    assert "ok" not in document
    assert "reports" not in document


def test_nothing_checked_does_not_read_like_success(good: Path) -> None:
    alone = runner.invoke(app, ["check", "gone.zip"]).stdout
    assert alone.strip() == "Nothing checked: 1 file could not be read"
    beside = runner.invoke(app, ["check", "gone.zip", str(good)]).stdout
    assert beside.splitlines()[-1].startswith("1 file checked: ")
    assert beside.splitlines()[-1].endswith("; 1 file could not be read")


@pytest.mark.parametrize("output", ["text", "sarif", "github"])
def test_two_formats_at_once_contradict_each_other(good: Path, output: str) -> None:
    result = runner.invoke(app, ["check", str(good), "--format", output, "--json"])
    assert result.exit_code == 2
    assert f"--json and --format {output}" in result.stderr
    assert json.loads(result.stdout)["error"]["kind"] == "UsageError"
    assert runner.invoke(app, ["check", str(good), "--format", "json", "--json"]).exit_code < 2


def test_nothing_wrong_has_no_errors(good: Path) -> None:
    code, document = checked(good)
    assert (code, document["ok"], document["errors"]) == (0, True, [])


@pytest.mark.parametrize("given", [["--ignore", "MMS2,MMS3, mms5"], ["--ignore", "MMS2", "--ignore", "MMS5"]])
def test_ids_may_stand_behind_one_option(tmp_path: Path, given: list[str]) -> None:
    (tmp_path / "text1.txt").write_text("Hello")
    assert checked(tmp_path)[0] == 1
    assert checked(tmp_path, *given)[0] == 0


def test_an_id_that_no_rule_has_is_named(good: Path) -> None:
    result = runner.invoke(app, ["check", str(good), "--select", "MMS2,MMS999"])
    assert result.exit_code == 2
    assert "MMS999" in result.output


@pytest.mark.parametrize("command", [["inspect"], ["diff", "good"]])
def test_what_is_no_bundle_is_an_error_with_exit_code_3(
    good: Path, tmp_path: Path, command: list[str]
) -> None:
    other = tmp_path / "passwd"
    other.write_text("root:x:0:0::/root:/bin/sh")
    first = [str(good) if word == "good" else word for word in command]
    result = runner.invoke(app, [*first, str(other), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["error"]["kind"]) == (3, "BundleError")
    assert "it is not a zip" in result.stderr


def test_a_pointer_in_a_pictures_place_is_not_to_be_declared_as_what_it_is(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    path = pack([Part("image1.jpg", "image/jpeg", pointer)]).save(tmp_path / "lfs.zip")
    _, document = checked(path)
    (finding,) = [one for one in document["reports"][0]["findings"] if one["id"] == "MMS401"]
    assert "git lfs pull" in finding["fix"]
    assert "Declare" not in finding["fix"]


def test_a_part_with_a_false_type_is_to_be_declared_as_what_it_is(tmp_path: Path) -> None:
    path = pack([Part("image1.jpg", "image/jpeg", b"GIF89a\x01\0\x01\0\0\0\0;")]).save(tmp_path / "gif.zip")
    _, document = checked(path)
    (finding,) = [one for one in document["reports"][0]["findings"] if one["id"] == "MMS410"]
    assert finding["fix"].startswith("Declare the actual type")
