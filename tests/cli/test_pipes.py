"""Standard input and output in this process: bytes, a reader that has gone, a full disk, other encodings."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmspack.__main__ import main
from mmspack.cli.shell import console, note, pipe_width, text_width
from tests.cli.desk import furnish
from tests.conftest import Ran

FULL = Path("/dev/full")


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    furnish()
    return tmp_path


def run(monkeypatch, arguments: str, output, data: bytes = b"") -> tuple[int, str]:
    """The exit code, and what standard error got; `output` is standard output."""
    errors = io.StringIO()
    monkeypatch.setattr(sys, "argv", ["mmspack", *arguments.split()])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "stderr", errors)
    code = 0
    try:
        main()
    except SystemExit as done:
        code = int(done.code or 0)
    return code, errors.getvalue()


@contextlib.contextmanager
def broken(kind: str) -> Iterator[io.TextIOWrapper]:
    """A pipe whose reader has gone, or a full disk."""
    if kind == "full":
        stream = FULL.open("w")
    else:
        ours, theirs = os.pipe()
        os.close(ours)
        stream = os.fdopen(theirs, "w")
    try:
        yield stream
    finally:
        with contextlib.suppress(OSError):
            stream.close()


SENT = "send good.zip --to 447700900999 --from 447700900111"
REFUSED = "send good.zip --to 447700900005 --from 447700900111"


@pytest.mark.skipif(not FULL.is_char_device(), reason="no /dev/full here")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("check good.zip", 3), ("check bad.zip", 1), ("check good.zip --json", 3), ("inspect good.zip", 3),
        ("diff good.zip other.zip", 3), ("build letter", 3), ("fix good.zip -o a.zip", 3), (SENT, 0),
        (f"{SENT} --json", 0), (f"{SENT} --dry-run", 3), ("build letter -o -", 3),
        ("export good.zip -o -", 3),
        ("layouts", 3), ("profiles uk", 3), ("explain --json", 3), ("init new --yes", 3), ("doors", 3),
        ("preview good.zip -o -", 3), ("fix good.zip -o -", 3), ("preview good.zip -o p.html --json", 3),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_said_and_what_was_sent_was_sent(monkeypatch, arguments, code):
    with broken("full") as output:
        found, errors = run(monkeypatch, arguments, output)
    assert found == code
    assert errors.splitlines()[-1].startswith("mmspack: cannot write to standard output: ")
    assert "no space left" in errors.lower()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("check good.zip", 0), ("check bad.zip", 1), ("layouts", 0), ("layouts --json", 0), ("explain", 0),
        ("build letter --plan --effort fast", 0), ("inspect good.zip", 0), ("check good.zip bad.zip", 1),
        ("build letter -o -", 0), ("export good.zip -o -", 0), ("doors sendmms", 0), (f"{SENT} --dry-run", 0),
    ],
)  # fmt: skip
def test_a_reader_that_has_gone_is_no_error(monkeypatch, arguments, code):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with broken("pipe") as output:
        found, errors = run(monkeypatch, arguments, output)
    assert (found, "cannot write" in errors) == (code, False)


class Lost(io.StringIO):
    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_note_that_nobody_can_read_stops_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Lost())
    note("hello")
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    note("hello")


@pytest.mark.parametrize(
    ("arguments", "begins", "said"),
    [
        ("build letter -o -", b"PK", "Wrote the bundle to standard output"),
        ("build letter -o - --quiet", b"PK", ""),
        ("fix - -o -", b"PK", "Nothing to repair.\nWrote the bundle to standard output\n"),
        ("fix - -o - -q", b"PK", ""),
        ("preview - -o -", b"<!doctype html>", ""),
        ("export - -o -", b"\x8c\x80", ""),
        ("export letter -o -", b"\x8c\x80", ""),
    ],
)
def test_bytes_go_to_standard_output_and_words_to_standard_error(monkeypatch, arguments, begins, said):
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    code, errors = run(monkeypatch, arguments, output, Path("good.zip").read_bytes())
    assert code == 0, errors
    assert output.buffer.getvalue().lstrip().replace(b"DOCTYPE", b"doctype").startswith(begins)
    assert said in errors
    assert bool(said) == bool(errors)


@pytest.mark.parametrize(
    "arguments", ["build letter -o - --json", "fix - -o - --json", "export - -o - --json"]
)
def test_bytes_and_a_document_do_not_share_standard_output(monkeypatch, arguments):
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    code, errors = run(monkeypatch, arguments, output, Path("good.zip").read_bytes())
    said = "--json and -o - both write to standard output"
    assert (code, errors) == (2, f"mmspack: {said} (name a file: -o summer.zip)\n")
    document = json.loads(output.buffer.getvalue())
    assert document["error"] == {
        "kind": "UsageError", "problems": [said], "hint": "name a file: -o summer.zip",
    }  # fmt: skip


@pytest.mark.parametrize(("over", "code"), [(0, 0), (1, 2)])
def test_standard_input_is_bounded(monkeypatch, over, code):
    data = Path("good.zip").read_bytes()
    monkeypatch.setattr("mmspack.bundle.zip_reader.MAX_ARCHIVE_BYTES", len(data) - over)
    found, errors = run(monkeypatch, "check -", io.StringIO(), data)
    assert found == code
    assert errors == (
        "" if not over else f"mmspack: standard input holds more than {len(data) - 1:,} bytes\n"
    )


def test_a_missing_standard_input_is_said(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["mmspack", "check", "-"])
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SystemExit, match="2"):
        main()


@pytest.mark.parametrize(("encoding", "mark"), [("latin-1", "? 2"), ("cp1252", "? 2"), ("utf-8", "✓ 2")])
def test_what_an_encoding_lacks_becomes_a_question_mark_and_json_is_escaped(monkeypatch, encoding, mark):
    output = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert run(monkeypatch, "build letter -o a.zip", output)[0] == 0
    assert output.buffer.getvalue().decode(encoding).startswith(mark)
    output = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert run(monkeypatch, "build letter -o a.zip --subject Füße✿ --json", output)[0] == 0
    text = output.buffer.getvalue().decode(encoding)
    assert json.loads(text)["subject"] == "Füße✿"
    assert ("✿" in text) is (encoding == "utf-8")


def test_an_output_of_no_known_encoding_gets_escapes(monkeypatch):
    output = io.StringIO()  # its encoding is None
    run(monkeypatch, "build letter -o a.zip --subject Füße --json", output)
    assert '"F\\u00fc\\u00dfe"' in output.getvalue()


def test_the_width_of_a_pipe_is_140_or_what_is_asked_for(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert (pipe_width(), text_width(), console().width, console(stderr=True).width) == (140, None, 140, 140)
    for asked, pipe, text in (("90", 90, 90), ("200", 200, 100)):
        monkeypatch.setenv("COLUMNS", asked)
        assert (pipe_width(), text_width(), console().width) == (pipe, text, int(asked))
        assert console(stderr=True).width == int(asked)
    for asked in ("0", "wide"):
        monkeypatch.setenv("COLUMNS", asked)
        assert pipe_width() == 140


@pytest.mark.parametrize(
    ("variable", "value", "coloured"),
    [
        ("FORCE_COLOR", "1", True),
        ("TTY_COMPATIBLE", "1", True),
        ("TTY_COMPATIBLE", "0", False),
        (None, None, False),
    ],
)
def test_colours_in_a_pipe_are_asked_for(monkeypatch, variable, value, coloured):
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    if variable:
        monkeypatch.setenv(variable, value)
    output = io.StringIO()
    run(monkeypatch, "check good.zip", output)
    assert ("\x1b[32m" in output.getvalue()) is coloured
    output = io.StringIO()
    run(monkeypatch, "check good.zip --no-color", output)
    assert "\x1b[32m" not in output.getvalue()


def test_streams_are_as_before_when_a_command_has_ended(mmspack):
    before = sys.stdout
    for arguments in (
        ("check", "good.zip", "--quiet"),
        ("check", "gone.zip", "-q"),
        ("build", "letter", "-o", "-"),
    ):
        ran = mmspack(*arguments) if arguments[-1] != "-" else Ran(0, "", "")
        assert sys.stdout is before, ran


def test_ctrl_c_in_any_command_is_said_in_one_line(mmspack, monkeypatch):
    def stopped(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mmspack.smil.layouts.layouts", stopped)
    ran = mmspack("layouts")
    assert (ran.code, ran.out, ran.err) == (130, "", "mmspack: interrupted\n")


def test_an_error_of_several_problems_has_a_line_for_each_and_its_cure_once(mmspack):
    Path("none").mkdir()
    Path("none/message.toml").write_text(
        '[[slides]]\nimage = "a.png"\n[[slides]]\nimage = "b.png"\n', "utf-8"
    )
    ran = mmspack("build", "none")
    lines = ran.err.splitlines()
    assert ran.code == 3
    assert lines == [
        "mmspack: none/message.toml:2: slide 1, image: no file 'a.png'",
        "mmspack: none/message.toml:4: slide 2, image: no file 'b.png'",
        "mmspack: → looked for in the folder of message.toml",
    ]
    error = json.loads(mmspack("build", "none", "--json").out)["error"]
    assert error["problems"] == [line.removeprefix("mmspack: ") for line in lines[:2]]
    assert error["hint"] == "looked for in the folder of message.toml"


def test_an_exception_in_the_middle_of_sending_leaves_the_outcome_unknown(mmspack, monkeypatch):
    def broken(*_args: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("mmspack.gateway.Gateway.deliver", broken)
    ran = mmspack(*SENT.split())
    assert ran.code == 5
    assert ran.err.splitlines()[:2] == [
        "✗ 447700900999: outcome unknown: internal error while sending: ZeroDivisionError",
        "  → Do not send it again until the operator's record shows that it did not arrive.",
    ]
    document = json.loads(mmspack(*SENT.split(), "--json").out)["outcome"]
    assert (document["result"], document["hold"], document["to"]) == ("unknown", True, "447700900999")


def test_ctrl_c_before_anything_was_sent_is_130_and_unknown_after(mmspack, monkeypatch):
    from mmspack.gateway import SendInterrupted
    from mmspack.outcome import Outcome, Result

    for result, code in ((Result.NOT_SENT, 130), (Result.UNKNOWN, 5)):

        def stopped(*_args: object, result: Result = result) -> None:
            raise SendInterrupted(Outcome(result=result, summary="stopped", to="447700900999"))

        monkeypatch.setattr("mmspack.gateway.Gateway.deliver", stopped)
        ran = mmspack(*SENT.split())
        assert (ran.code, ran.err.splitlines()[0]) == (code, "✗ 447700900999: stopped")
