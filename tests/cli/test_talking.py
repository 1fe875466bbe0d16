"""Commands that talk with a person: questions, terminals of any width, colours, servers until Ctrl-C.

After a change: python -m tests.cli.test_talking, and read what `git diff` says of talked.txt. As in
`said.txt`, numbers and hashes are not compared.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.desk import furnish
from tests.cli.terminal import PROMPT, Step, in_terminal, interrupt
from tests.cli.test_said import normal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals here"),
]
PAGE = Path(__file__).with_name("talked.txt")
FROM_TO = "--to 447700900999 --from 447700900111"


@dataclass(frozen=True)
class Session:
    """Command lines, each in a terminal of each width and in a folder of its own, or all in one folder."""

    lines: tuple[str, ...]
    widths: tuple[int, ...] = (80,)
    colour: bool = False
    steps: Callable[[], Sequence[Step]] = tuple
    """Made for each command line."""
    together: bool = False

    def parts(self) -> list[tuple[tuple[str, ...], int]]:
        """The command lines that share a folder, and the width of their terminal."""
        groups = [self.lines] if self.together else [(line,) for line in self.lines]
        return [(group, width) for width in self.widths for group in groups]


def answers(*typed: str) -> Callable[[], Sequence[Step]]:
    """One answer to each question."""
    return lambda: [(PROMPT, f"{one}\n") for one in typed]


def _spoil(_shown: str) -> None:
    Path("letter/message.toml").write_text("[[slides]]\nimage = 'gone.png'\n", "utf-8")


LISTS = ("layouts", "profiles", "profiles uk", "profiles ca", "explain MMS203", "doors sendmms")
FINDINGS = (
    "check good.zip", "check bad.zip", "check warned.zip", "check large.zip --verbose", "check letter many",
    "check message.smil",
    "check good.zip --profile ca", "check large.zip other.zip --profile uk,oma-image-basic",
    "check good.zip gone.zip", "fix bad.zip -o repaired.zip", "inspect two.zip", "diff good.zip other.zip",
)  # fmt: skip
BUILDS = (
    "build letter", "build letter --verbose --profile uk,us-att", "build many",
    "build own --profiles own.toml",
    "build letter --plan --effort fast --profile uk,oma-text", "build letter --plan --effort fast --verbose",
    f"send good.zip {FROM_TO} --dry-run", f"send bad.zip {FROM_TO}",
)  # fmt: skip
CAMPAIGN = (
    "campaign plan letter -r two.csv --name two --rate 25/s --price 0.04",
    # Never run: whether it waits depends on the time of day at which the tests are.
    "campaign plan coded -r alike.csv --name coded --set town=Ayr --default-if-blank name"
    " --quiet-hours 20:00-09:00",
    "campaign run letter/two.campaign --connections 1",
    "campaign status letter/two.campaign",
)
SESSIONS = {
    "lists": Session(LISTS, widths=(30, 60, 130)),
    "lists-coloured": Session(LISTS, colour=True),
    "findings": Session(FINDINGS, widths=(30, 60, 130)),
    "findings-coloured": Session(FINDINGS, colour=True),
    "uncoloured": Session(("check bad.zip --no-color", "build letter --no-color"), colour=True),
    "quiet": Session(("check bad.zip --quiet", "build letter --quiet", "check gone.zip -q"), colour=True),
    "builds": Session(BUILDS, widths=(30, 60, 130)),
    "builds-coloured": Session(BUILDS, colour=True),
    "bytes": Session(("check -", "build letter -o -", "export good.zip -o -", "diff good.zip -")),
    "init": Session(
        ("init",),
        steps=answers(
            "spring", "Hi", "ukk", "us-att", "gone.jpg", "'picture.jpg'", "One", "", "Two", "", "",
            "image-onyl", "image-only", "soon", "0", "3",
        ),
    ),
    "init-defaults": Session(("init",), steps=answers("", "", "", "", "", "")),
    "init-slides-given": Session(("init summer -t One --seconds 4",), steps=answers("Hi", "uk")),
    "init-pictures-given": Session(
        ("init autumn -i picture.jpg --subject Leaves --profile uk",), steps=answers("", "7")
    ),
    "init-all-given": Session(
        ("init winter -i picture.jpg --subject Snow --profile uk --layout image-only --seconds 2",)
    ),
    "init-unasked": Session(("init spring --yes", "init mist --template voucher", "init fog --json")),
    "init-given-up": Session(("init", "init spring"), steps=lambda: [(PROMPT, "\x04")]),
    "init-interrupted": Session(("init spring",), steps=lambda: [(PROMPT, interrupt)]),
    "watch": Session(
        ("preview letter --watch --no-open",),
        steps=lambda: [(r"\nBuilt\.\n", _spoil), (r"Build failed: .*\n", interrupt)],
    ),
    "watch-a-file": Session(
        ("preview letter/message.toml --watch --no-open --theme dark",),
        steps=lambda: [(r"\nBuilt\.\n", interrupt)],
    ),
    "servers": Session(
        ("sandbox --port 0", "sandbox --port 0 --inbox box --profile us-att --strict --chaos drop=0.1"),
        steps=lambda: [("Ctrl-C to stop", interrupt)],
    ),
    "listening": Session(
        ("listen --port 0", "listen --port 0 --folder post --allow 0.0.0.0/0 --webhook http://127.0.0.1:9/x"),
        steps=lambda: [("Stored in: .*\n", interrupt)],
    ),
    "campaign": Session(CAMPAIGN, widths=(130,), colour=True, together=True),
    "plan-narrow": Session(
        ("campaign plan letter -r crowd.csv --name crowd --country GB --price 0.04",), widths=(40, 70)
    ),
    "names-narrow": Session(
        ("build mixed", "build own --profiles own.toml", "send good.zip --to 12", f"send many {FROM_TO}"),
        widths=(30, 50),
    ),
    "campaign-narrow": Session((*CAMPAIGN[:2], CAMPAIGN[3]), widths=(40, 70), together=True),
    "campaign-stopped": Session(
        ("campaign plan letter -r two.csv --name s", "campaign run letter/s.campaign --start 2099-01-02"),
        steps=lambda: [("waiting for its start", interrupt)],
        together=True,
    ),
}  # fmt: skip


def talked(name: str, group: Sequence[str], width: int) -> list[str]:
    """What the terminal shows to these lines of a session, in the present folder."""
    session, lines = SESSIONS[name], []
    furnish()
    for one in group:
        steps = [] if one.startswith("campaign plan") else session.steps()
        code, shown = in_terminal(*one.split(), width=width, steps=steps, colour=session.colour)
        lines += [f"$ {one}", f"{width} columns, exit {code}", *map(normal, _last(shown))]
    return lines


def _last(shown: str) -> list[str]:
    """The lines; of a progress bar the last state alone, and nothing after a path, whose length differs."""
    lines: list[str] = []
    passing = False
    for line in shown.partition("Nothing has been sent. Campaign:")[0].splitlines():
        moving = re.match(r"(<[\d;]*>)*([⠁-⣿]|━| *[\d,]+ of )", line)
        if moving and passing:
            lines.pop()
        passing = moving is not None
        lines.append(re.sub("[⠁-⣿]", "…", line))
    return lines


def kept() -> dict[str, list[str]]:
    """What the page has, by session."""
    pages = PAGE.read_text("utf-8").split("\n== ")
    return {name: lines for name, *lines in (page.removeprefix("== ").splitlines() for page in pages)}


def kept_of(name: str, group: Sequence[str], width: int) -> list[str]:
    """What the page has of these lines."""
    found: list[str] = []
    answers = "\n".join(kept()[name]).removeprefix("$ ").split("\n$ ")
    for one in group:
        begin = f"{one}\n{width} columns,"
        found += f"$ {next(answer for answer in answers if answer.startswith(begin))}".split("\n")
    return found


CASES = [(name, *part) for name, session in SESSIONS.items() for part in session.parts()]


@pytest.mark.parametrize(
    ("name", "group", "width"), CASES, ids=[f"{name}: {group[0]} ({width})" for name, group, width in CASES]
)
def test_a_person_reads_what_is_written(
    name: str, group: tuple[str, ...], width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("MMSPACK_INBOX", "inbox")
    assert talked(name, group, width) == kept_of(name, group, width)


def test_what_was_answered_is_in_the_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tomllib

    monkeypatch.chdir(tmp_path)
    furnish()
    in_terminal("init", steps=SESSIONS["init"].steps())
    made = tomllib.loads(Path("spring/message.toml").read_text("utf-8"))
    assert (made["subject"], made["profile"], made["layout"]) == ("Hi", "us-att", "image-only")
    one, two = made["slides"]
    assert ((one["image"], one["text"]), (two.get("image"), two["text"])) == (
        ("picture.jpg", "One"),
        (None, "Two"),
    )
    assert {slide.get("seconds", made.get("seconds")) for slide in (one, two)} == {3}


@pytest.mark.parametrize("user", ["", "acme"])
def test_a_password_is_asked_for_and_kept(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = []
    # It would read from the terminal that the tests were started in.
    monkeypatch.setattr("typer._click.termui.hidden_prompt_func", lambda _question: "hunter2")
    monkeypatch.setattr("mmspack.gateway.store_password", lambda *given: stored.append(given))
    code, shown = in_terminal("config", "password", "mx", *(("--user", user) if user else ()))
    whose = "acme on mx" if user else "mx"
    assert (code, shown) == (0, f"Password:The password of {whose} is stored in the keyring.")
    ((gateway, name, secret),) = stored
    assert (gateway, name, secret.reveal()) == ("mx", user, "hunter2")


def main() -> None:
    """Write the page again."""
    old = kept() if PAGE.exists() else {}
    wanted = sys.argv[1:] or list(SESSIONS)
    xdg = (f"XDG_{name}_HOME" for name in ("CONFIG", "DATA", "CACHE", "STATE"))
    names = ("HOME", "MMSPACK_STATE", *xdg)
    for name in wanted:
        old[name] = []
        for part in SESSIONS[name].parts():
            with (
                tempfile.TemporaryDirectory() as home,
                mock.patch.dict(os.environ, dict.fromkeys(names, home)),
            ):
                os.environ["MMSPACK_INBOX"] = "inbox"
                Path(home, "desk").mkdir()
                os.chdir(Path(home, "desk"))
                old[name] += talked(name, *part)
                os.chdir("/")
    lines = [line for name in SESSIONS if name in old for line in (f"== {name}", *old[name])]
    PAGE.write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    main()
