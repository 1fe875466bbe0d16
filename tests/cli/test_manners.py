"""What every command takes: standard input and output, silence, colours, completion, JSON always."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest
from PIL import Image

from mmspack.bundle.bundle import pack
from mmspack.model import Part

TO = ("--to", "447700900999", "--from", "447700900111")


@pytest.fixture
def zipped(tmp_path) -> bytes:
    bundle = pack([Part("text1.txt", "text/plain", b"Hello Ada")], "Hi")
    bundle.save(tmp_path / "a.zip")
    return bundle.data


@pytest.fixture
def fed(monkeypatch):
    """Put bytes on standard input."""

    def feed(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return feed


@pytest.mark.parametrize(
    "arguments", [("check", "-"), ("inspect", "-"), ("diff", "a.zip", "-"), ("send", "-", *TO, "--dry-run")]
)
def test_a_bundle_comes_from_standard_input(zipped, mmspack, fed, arguments):
    fed(zipped)
    ran = mmspack(*arguments)
    assert ran.code == 0, ran.err


def test_what_comes_from_standard_input_has_a_name(zipped, mmspack, fed):
    fed(zipped)
    assert mmspack("check", "-").out.startswith("✓ standard input: ")
    fed(b"no zip")
    assert "standard input" in mmspack("send", "-", *TO).err


def test_json_holds_no_character_that_a_terminal_obeys(tmp_path, mmspack):
    words = "Pay \u202egpj.exe \x7f\x9b31m \U000e0041"
    pack([Part("text1.txt", "text/plain", words.encode())], "Hi").save(tmp_path / "b.zip")
    ran = mmspack("inspect", tmp_path / "b.zip", "--json")
    assert words not in ran.out
    assert all(character.isprintable() or character == "\n" for character in ran.out)
    assert json.loads(ran.out)["parts"][0]["text"] == words


def test_two_bundles_cannot_both_come_from_standard_input(mmspack):
    ran = mmspack("diff", "-", "-")
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)


def test_json_and_bytes_do_not_share_standard_output(tmp_path, mmspack):
    (tmp_path / "hello.txt").write_text("Hello")
    ran = mmspack("build", "hello.txt", "-o", "-", "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["error"]["kind"] == "UsageError"


def test_quiet_leaves_errors_and_the_exit_code(zipped, mmspack):
    good = mmspack("check", "a.zip", "--quiet")
    assert (good.code, good.out, good.err) == (0, "", "")
    bad = mmspack("check", "gone.zip", "-q")
    assert (bad.code, bad.out) == (3, "")
    assert "gone.zip" in bad.err


def test_quiet_does_not_silence_a_document(zipped, mmspack):
    assert json.loads(mmspack("check", "a.zip", "--quiet", "--json").out)["ok"] is True


def test_colours_are_forced_and_forbidden(tmp_path, mmspack, monkeypatch):
    (tmp_path / "hello.txt").write_text("Hello")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m✓" in mmspack("build", "hello.txt").out
    assert "\x1b[3" not in mmspack("build", "hello.txt", "--no-color").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in mmspack("build", "hello.txt").out


@pytest.mark.slow
def test_a_poor_picture_is_coloured(tmp_path, mmspack, monkeypatch):
    Image.effect_noise((640, 480), 120).convert("RGB").save(tmp_path / "noise.png")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    (tmp_path / "message.toml").write_text('[[slides]]\nimage = "noise.png"\n' * 12)
    out = mmspack("build", "message.toml", "-p", "oma-image-basic", "-o", "a.zip").out
    assert "\x1b[33m" in out or "\x1b[1;31m" in out


def test_force_overwrites_what_is_not_a_bundle_but_no_folder(tmp_path, mmspack):
    (tmp_path / "hello.txt").write_text("Hello")
    (tmp_path / "notes").write_text("mine")
    assert mmspack("build", "hello.txt", "-o", "notes").code == 3
    assert mmspack("build", "hello.txt", "-o", "notes", "--force").code == 0
    assert (tmp_path / "notes").read_bytes().startswith(b"PK")
    assert mmspack("build", "hello.txt", "-o", ".", "--force").code == 3


def test_build_says_what_it_replaces(tmp_path, mmspack):
    (tmp_path / "message.toml").write_text('variables.name = "you"\n[[slides]]\ntext = "Hi {{ name }}"\n')
    assert mmspack("build", "message.toml", "-o", "a.zip").out.splitlines()[-1] == "Wrote a.zip"
    again = mmspack("build", "message.toml", "-o", "a.zip")
    assert again.out.splitlines()[-1] == "Wrote a.zip (the same bytes as before)"
    ada = mmspack("build", "message.toml", "-o", "a.zip", "--set", "name=Ada").out
    assert "Wrote a.zip, replacing a different bundle of " in ada
    assert ada.splitlines()[-1] == "Everyone who receives this bundle sees name = Ada"
    document = json.loads(mmspack("build", "message.toml", "-o", "a.zip", "--json").out)
    assert document["bundle"]["replaced"] not in (None, document["bundle"]["sha256"])


@pytest.mark.slow
def test_send_shows_what_the_recipient_reads(tmp_path, mmspack):
    (tmp_path / "message.toml").write_text('variables.name = "you"\n[[slides]]\ntext = "Hi {{ name }}"\n')
    mmspack("build", "message.toml", "-o", "a.zip", "--set", "name=Ada")
    sent = mmspack("send", "a.zip", *TO)
    assert "Text: Hi Ada" in sent.out
    assert "Filled in: name = Bo" in mmspack("send", ".", *TO, "--set", "name=Bo", "--dry-run").out
    document = json.loads(mmspack("send", "a.zip", *TO, "--json").out)
    assert document["texts"] == ["Hi Ada"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_has_a_script_for_each_shell(mmspack, shell):
    ran = mmspack("completion", shell)
    assert ran.code == 0
    assert "_MMSPACK_COMPLETE" in ran.out


def test_a_profile_is_completed(mmspack, monkeypatch):
    monkeypatch.setenv("_MMSPACK_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "mmspack build --profile uk,au-t")
    monkeypatch.setenv("COMP_CWORD", "3")
    assert mmspack().out.split() == ["uk,au-telstra"]


@pytest.mark.parametrize(
    ("arguments", "named", "said"),
    [
        (("check",), "mmspack.check", "missing argument"),
        (("campaign", "plan", "x"), "mmspack.campaign_plan", "missing option"),
        (("biuld",), "mmspack.usage", "no such command 'biuld'"),
        (("build", "--sujbect", "x"), "mmspack.build", "no such option: --sujbect"),
    ],
)
def test_a_usage_error_is_one_line_and_data(mmspack, arguments, named, said):
    ran = mmspack(*arguments, "--json")
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert said in ran.err
    document = json.loads(ran.out)
    assert (document["format"], document["exit_code"]) == (named, 2)
    assert said in document["error"]["problems"][0]


def test_a_preview_is_data(zipped, mmspack, tmp_path):
    document = json.loads(mmspack("preview", "a.zip", "-o", "p.html", "--json").out)
    assert document["path"] == "p.html"
    assert document["bytes"] == (tmp_path / "p.html").stat().st_size


@pytest.mark.parametrize(
    "command", ["campaign plan", "campaign run", "campaign preview", "sandbox", "preview"]
)
def test_help_calls_a_value_by_its_meaning(mmspack, command):
    said = mmspack(*command.split(), "--help").out
    assert "range>" not in said
    assert not re.search(r"<(int|str|float|path)>", said)
