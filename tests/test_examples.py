"""Every fenced example in README.md and docs/ runs here, as a reader would run it.

Console blocks run as commands and python blocks as programs, page by page and in order, in a folder that
holds what the reader of that page has. A toml or json block is read by what reads such a file. An example
that cannot run is in `NOT_RUN`, with the reason.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import tomllib
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import ImageFont

import mmspack
from mmspack.campaign.planning.intake import is_in_shard
from tests.conftest import ROOT, Ran
from tests.fitting.clips import make_film, make_wav

PAGES = ("README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = {
    ".venv/bin/ruff": "what CI runs beside the tests",
    "python3 -m venv": "installs from the registry; its last command is run below",
    "bash tests/run": "is this run",
    "mmspack preview --watch": "serves until Ctrl-C: tests/previewing/test_watch.py",
    "mmspack campaign reconcile --ask": "needs a provider's log: tests/campaign/test_asking.py",
    "stateDiagram": "a drawing; the state table is tested in tests/campaign/test_states.py",
    "from mmspack.gateway import publish": "needs a public address: tests/gateway/test_hosting.py",
    "from mmspack.gateway.listener": "serves until Ctrl-C: tests/gateway/test_listening.py",
}
"""What an example, or a line of a console block, begins with; and why it is not run."""
RECIPIENTS = 12
"""Enough that each of four shards has one, whichever of `DAYTIME` the numbers begin at."""
DAYTIME = {447700900100: "Europe/London", 819012345600: "Asia/Tokyo", 12025550100: "America/New_York"}
"""Numbers of which one is always in daytime, and where they are."""
GATEWAY = "https://mms.example.com/SendMMS"
"""In examples; here it is the sandbox."""


@dataclass
class Scene:
    """The folder of a page's reader, the names that her programs know, and what lasts until the page ends."""

    folder: Path
    run: Callable[..., Ran]
    picture: bytes
    setenv: Callable[[str, str], None]
    names: dict[str, object] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)
    before: Callable[[str], None] = lambda _command: None
    """Called before each command and program, for what the world has done in between."""
    gateway: str = GATEWAY
    before_toml: str = ""
    """What stands before a fragment of a message.toml."""

    def text(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def pictures(self, *names: str) -> None:
        for name in names:
            (self.folder / name).write_bytes(self.picture)

    def font(self, name: str) -> None:
        """Pillow's own, as a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ImageFont.load_default(12).font_bytes)

    def bundle(self, name: str) -> mmspack.Bundle:
        message = mmspack.Message(slides=[mmspack.Slide(image=self.picture, text=f"Hello from {name}")])
        built = mmspack.build(message, profile="uk")
        built.save(self.folder / name)
        return built.bundle


def daytime_number() -> int:
    """A recipient for whom it is daytime, so that a campaign with quiet hours sends at once."""
    for number, zone in DAYTIME.items():
        if 9 <= datetime.now(UTC).astimezone(ZoneInfo(zone)).hour < 19:
            return number
    raise AssertionError("it is night everywhere")


def for_campaigns(scene: Scene) -> None:
    first = daytime_number()
    rows = "".join(f"+{first + at},Ada,V-{at}\n" for at in range(RECIPIENTS))
    scene.text("people.csv", f"msisdn,name,code\n{rows}")
    scene.text("message.toml", 'layout = "text-only"\n[[slides]]\ntext = "Dear {{ name }}: {{ code }}"\n')
    scene.pictures("card.jpg")
    scene.font("fonts/Inter.ttf")

    def bill(command: str) -> None:
        """The operator's record: the campaign's report has the same columns."""
        if "reconcile" in command:
            (report,) = scene.folder.glob("*.report.csv")
            shutil.copy(report, scene.folder / "billing.csv")
        elif "plan(order)" in command:  # the program begins where the commands began
            (planned,) = scene.folder.glob("*.campaign")
            planned.unlink()

    scene.before = bill


def for_films(scene: Scene) -> None:
    (scene.folder / "holiday.mov").write_bytes(make_film(seconds=14, size=(320, 180), container="mov"))
    (scene.folder / "voice.wav").write_bytes(make_wav())


def for_gateways(scene: Scene) -> None:
    scene.bundle("summer.zip")
    scene.names["password"] = "demo"


def for_messages(scene: Scene) -> None:
    scene.pictures("beach.jpg", "offer.gif")
    scene.text("copy/offer.txt", "20 % off")
    scene.text("shop.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Shop\r\nEND:VCARD\r\n")
    scene.font("brand.ttf")
    scene.before_toml = '[[slides]]\nimage = "beach.jpg"\n'


def for_previews(scene: Scene) -> None:
    for name in ("summer-sale.zip", "old.zip", "new.zip"):
        scene.bundle(name)
    scene.pictures("blossom.jpg")


def for_the_sandbox(scene: Scene) -> None:
    message = mmspack.Message(slides=[mmspack.Slide(text="Hello")], layout="text-only")
    bundle = mmspack.build(message).bundle
    part = mmspack.model.Part("hello.txt", "text/plain", b"Hello")
    scene.names["bundle"] = mmspack.bundle.bundle.pack([*bundle.parts, part])


def for_binary_messages(scene: Scene) -> None:
    scene.names["bundle"] = scene.bundle("summer-sale.zip")


def for_checks(scene: Scene) -> None:
    scene.bundle("summer.zip")


SCENES: dict[str, Callable[[Scene], None]] = {
    "docs/binary.md": for_binary_messages,
    "docs/campaign.md": for_campaigns,
    "docs/checking.md": for_checks,
    "docs/scale.md": for_campaigns,
    "docs/film.md": for_films,
    "docs/gateway.md": for_gateways,
    "docs/message-toml.md": for_messages,
    "docs/preview.md": for_previews,
    "docs/sandbox.md": for_the_sandbox,
}


def examples(page: str) -> list[tuple[str, str]]:
    """The language and the text of each fenced block of a page. Those without a language are no programs."""
    return [found for found in FENCE.findall((ROOT / page).read_text("utf-8")) if found[0]]


def reason(text: str) -> str:
    """Why an example is not run; empty where it is."""
    return next((why for begin, why in NOT_RUN.items() if text.startswith(begin)), "")


def run_console(scene: Scene, text: str) -> None:
    for line in text.splitlines():
        prompt, _, command = line.partition("$ ")
        assert re.fullmatch(r"[\w-]*", prompt), f"{line!r}: no prompt"
        if reason(command):
            continue
        scene.before(command)
        name, *arguments = shlex.split(command, comments=True)
        assert name == "mmspack", line
        ran = scene.run(*arguments)
        assert ran.code == 0, f"{line}\n{ran.out}{ran.err}"


def run_python(scene: Scene, text: str) -> None:
    scene.before(text)
    exec(compile(text.replace(GATEWAY, scene.gateway), "example", "exec"), scene.names)


def run_toml(scene: Scene, text: str) -> None:
    """As a message, a configuration or a file of profiles: what its keys say."""
    keys = tomllib.loads(text)
    if "gateways" in keys:
        scene.text("config.toml", text)
        (scene.folder / "config.toml").chmod(0o600)
        scene.setenv("MMSPACK_CONFIG", str(scene.folder / "config.toml"))
        ran = scene.run("config", "show", "--gateway", keys.get("default", ""))
    elif "slides" in keys:
        whole = text if "image =" in text or "video =" in text else scene.before_toml + text
        scene.text("example/message.toml", whole)
        for path in scene.folder.iterdir():
            if path.name != "example":
                copy = shutil.copytree if path.is_dir() else shutil.copy
                if not (scene.folder / "example" / path.name).exists():
                    copy(path, scene.folder / "example" / path.name)
        names = sorted(set(re.findall(r"\{\{ (\w+) \}\}", str(keys))))
        ran = scene.run("build", "example", *(f"--set={name}=V1" for name in names), "-o", "example.zip")
    else:
        scene.text("profiles.toml", text)
        ran = scene.run("profiles", "--profiles", "profiles.toml")
    assert ran.code == 0, ran.err


def run_json(_scene: Scene, text: str) -> None:
    assert json.loads(text)


def check_imports(_scene: Scene, text: str) -> None:
    """Of a program that is not run: at least what it imports is there."""
    imports = [node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(imports, []), "example", "exec"), {})


RUNNERS = {"console": run_console, "python": run_python, "toml": run_toml, "json": run_json}


@pytest.fixture
def scene(tmp_path, monkeypatch, mmspack, scene) -> Iterator[Scene]:
    monkeypatch.setattr(webbrowser, "open", lambda _address: True)
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "state"))
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    made = Scene(tmp_path, mmspack, scene(), monkeypatch.setenv)
    with made.stack:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)])
def test_every_example_of_a_page_runs(page, scene):
    SCENES.get(page, lambda _scene: None)(scene)
    if any(GATEWAY in text for language, text in examples(page) if language == "python"):
        scene.gateway = scene.stack.enter_context(mmspack.Sandbox()).url
    for language, text in examples(page):
        if reason(text):
            if language == "python":
                check_imports(scene, text)
        else:
            RUNNERS[language](scene, text)


def test_whatever_the_hour_each_of_four_shards_has_a_recipient():
    for first in DAYTIME:
        for shard in (1, 2, 3, 4):
            assert any(is_in_shard(first + at, (shard, 4)) for at in range(RECIPIENTS)), (first, shard)


def test_every_exception_is_needed():
    texts = [text for page in PAGES for _, text in examples(page)]
    lines = [line.partition("$ ")[2] for text in texts for line in text.splitlines()]
    for begin in NOT_RUN:
        assert any(text.startswith(begin) for text in (*texts, *lines)), begin


@pytest.mark.slow
def test_the_first_command_builds_and_delivers(scene):
    (first, *_) = [text for language, text in examples("README.md") if language == "sh"]
    last = first.strip().split(" && ")[-1]
    ran = scene.run(*shlex.split(last.removeprefix(".venv/bin/python -m mmspack ")))
    assert ran.code == 0, ran.err
    assert "nothing left this machine" in ran.out


@pytest.mark.parametrize("page", PAGES)
def test_every_page_and_picture_that_a_page_names_is_there(page):
    for target in re.findall(r"\]\(([^)#:]+)[)#]", (ROOT / page).read_text("utf-8")):
        assert (ROOT / page).parent.joinpath(target).exists(), target
