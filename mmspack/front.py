"""The commands by name, and the first page of the help, made without loading typer, rich or any command.

Loading them takes 0.2 to 0.3 s of the processor's time; with what is here, `--help` and `--version` answer at
once. A test holds every line here to the command's own help.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator

MAKE, LOOK = "Make and send", "Look up"
COMMANDS = {
    "init": (MAKE, "Create a message folder that builds, as a starting point for your own."),
    "build": (
        MAKE,
        "Build a message: fit pictures, videos and sounds, write layout (SMIL) and bundle (zip), check it.",
    ),
    "check": (
        MAKE,
        "Check a message, whoever built it: archive, manifest, slide layout (SMIL), parts, limits.",
    ),
    "fix": (
        MAKE,
        "Repair whatever can be repaired without a judgement call, and report what changed and what remains.",
    ),
    "preview": (
        MAKE,
        "Show a message as phones display it: on an iPhone, in Google Messages, as slides, on a lock screen.",
    ),
    "export": (MAKE, "Write a message in the binary form (M-Send.req) that phones, modems and mmsd accept."),
    "send": (MAKE, "Send a message to one recipient; without a gateway, to the sandbox on this machine."),
    "publish": (
        MAKE,
        "Upload a bundle where a gateway can fetch it, under a name derived from its content.",
    ),
    "sandbox": (MAKE, "Run a local test gateway with an inbox, reachable only from this machine."),
    "listen": (MAKE, "Receive delivery reports and messages from phones until Ctrl-C."),
    "campaign": (MAKE, "Send one message to many recipients, each at most once."),
    "inspect": (
        LOOK,
        "Show what is inside a bundle: slides, parts, times, sizes, and what each phone displays.",
    ),
    "diff": (
        LOOK,
        "Show what changed between two bundles, part by part; pictures are compared by how they look.",
    ),
    "config": (LOOK, "Show the gateway and account in use, and store a password in the keyring."),
    "explain": (LOOK, "Explain a rule of `check`: why it matters, its source, and how to fix it."),
    "doors": (LOOK, "List the doors that an account can name, or explain one: settings, abilities, quirks."),
    "layouts": (LOOK, "List the available slide layouts."),
    "profiles": (
        LOOK,
        "List the profiles, which hold the limits of a carrier or a class; or show one with its source.",
    ),
    "schema": (LOOK, "Print the JSON Schema of message.toml, for editors; or another schema."),
    "completion": (LOOK, "Print the script for tab completion; the shell's start-up file runs it."),
}
"""Each command, which is a file of that name in `mmspack/cli/`, with its panel and its line in the help."""
_ABOUT = "Package a picture message (MMS): fit it to a carrier's limit, check it, send it."
_TRY = "Try it: a first message that never leaves this machine:"
_EXAMPLE = "mmspack send samples/summer-sale --to 447700900999 --from 447700900111"
_OPTIONS = {"--version": "Show the version and exit.", "--help -h": "Show this message and exit."}
_NARROWEST, _WIDEST = 40, 120
_BOLD, _DIM, _NAME, _END = "\x1b[1m", "\x1b[2m", "\x1b[1;36m", "\x1b[0m"


def first_page(program: str) -> str:
    """What `mmspack --help` says, as wide as the terminal."""
    width = min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)
    panels = {"Options": _OPTIONS}
    for name, (panel, words) in COMMANDS.items():
        panels.setdefault(panel, {})[name] = words
    ink = _ink()
    lines = [
        "",
        f" {ink(_BOLD, 'Usage:')} {program} [OPTIONS] COMMAND [ARGS]...",
        "",
        *textwrap.wrap(_ABOUT, width - 2, initial_indent=" ", subsequent_indent=" "),
        "",
        f" {_TRY}",
        f" {_EXAMPLE}",
        f" {program} COMMAND --help explains a command.",
        "",
    ]
    column = max(map(len, COMMANDS)) + 2
    for title, rows in panels.items():
        lines += _panel(title, rows, column, width)
    return "\n".join(lines) + "\n"


def _panel(title: str, rows: dict[str, str], column: int, width: int) -> Iterator[str]:
    """A box with a row for each name, drawn in ASCII where the terminal knows no lines."""
    ink = _ink()
    corners = "╭╮╰╯─│" if "utf" in (getattr(sys.stdout, "encoding", "") or "").lower() else "++++-|"
    side = ink(_DIM, corners[5])
    head = f"{corners[4]} {title} "
    yield ink(_DIM, f"{corners[0]}{head}{corners[4] * (width - 2 - len(head))}{corners[1]}")
    for name, words in rows.items():
        for at, line in enumerate(textwrap.wrap(words, width - 4 - column)):
            label = ink(_NAME, name) + " " * (column - len(name)) if at == 0 else " " * column
            yield f"{side} {label}{line.ljust(width - 4 - column)} {side}"
    yield ink(_DIM, f"{corners[2]}{corners[4] * (width - 2)}{corners[3]}")


class _Ink:
    """Colours a text, or leaves it as it is."""

    def __init__(self, coloured: bool) -> None:
        self._coloured = coloured

    def __call__(self, style: str, text: str) -> str:
        return f"{style}{text}{_END}" if self._coloured else text


def _ink() -> _Ink:
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return _Ink(not plain and (bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()))
