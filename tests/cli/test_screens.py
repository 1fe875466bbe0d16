"""What commands look like in terminals of 80 and 120 columns, held as text that a person has read.

`python -m tests.cli.test_screens` writes the screens again; read the difference before it is committed.
Sizes and qualities depend on the JPEG library, so numbers and the blanks beside them are not compared.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from mmspack.bundle.bundle import pack
from mmspack.model import Part
from tests.cli.terminal import in_terminal

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENS = Path(__file__).resolve().parent / "screens"
WIDTHS = (80, 120)
TO = ("--to", "447700900999", "--from", "447700900111")
COMMANDS = {
    "build": ("build", "summer-sale"),
    "build-six-photos": ("build", "holiday"),
    "build-verbose": ("build", "summer-sale", "--verbose"),
    "build-for-two": ("build", "voucher", "--profile", "uk,us-att"),
    "build-replacing": ("build", "summer-sale", "--set", "name=Ada"),
    "build-plan": ("build", "summer-sale", "--plan", "--profile", "uk,oma-image-basic"),
    "check-good": ("check", "sale.zip"),
    "check-bad": ("check", "foreign.zip"),
    "check-several": ("check", "sale.zip", "foreign.zip"),
    "diff": ("diff", "sale.zip", "foreign.zip"),
    "doors": ("doors", "sendmms"),
    "explain": ("explain", "MMS203"),
    "help": ("--help",),
    "fix": ("fix", "foreign.zip", "-o", "repaired.zip"),
    "inspect": ("inspect", "sale.zip"),
    "layouts": ("layouts",),
    "profiles": ("profiles",),
    "profiles-uk": ("profiles", "uk"),
    "send": ("send", "sale.zip", *TO),
    "send-help": ("send", "--help"),
    "usage-error": ("build", "--sujbect", "Hello"),
}
NAMES = (
    "IMG_20260718_142355_beach-with-friends.jpg",
    "IMG_20260718_142401.jpg",
    "Ice cream at the pier.jpg",
    "sunset.jpg",
    "IMG_20260719_090112_breakfast-by-the-harbour.jpg",
    "last day.jpg",
)


@pytest.fixture(scope="session")
def desk(tmp_path_factory, scene) -> Path:
    """A folder with messages and bundles, ready for every command."""
    folder = tmp_path_factory.mktemp("desk")
    furnish(folder, scene)
    return folder


def furnish(folder: Path, scene) -> None:
    for sample in ("summer-sale", "voucher"):
        shutil.copytree(ROOT / "samples" / sample, folder / sample)
    (folder / "holiday").mkdir()
    slides = []
    for number, name in enumerate(NAMES):
        (folder / "holiday" / name).write_bytes(scene(1600 + 80 * number, 1200, quality=97))
        slides.append(f'[[slides]]\nimage = "{name}"\ntext = "Day {number + 1}"\n')
    (folder / "holiday" / "message.toml").write_text('subject = "Holiday"\n' + "\n".join(slides), "utf-8")
    parts = [
        Part("Beach photo.jpg", "image/jpeg", scene(640, 480)),
        Part("logo.png", "image/png", scene(300, 200, "PNG")),
        Part("text1.txt", "text/plain", "Sale at Marlowe’s until Sunday".encode("cp1252")),
    ]
    pack(parts, "Sale").save(folder / "foreign.zip")
    subprocess.run(
        [sys.executable, "-m", "mmspack", "build", "summer-sale", "-o", "sale.zip"],
        cwd=folder, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def screen(folder: Path, width: int, arguments: tuple[str, ...]) -> str:
    """What a terminal of that width shows."""
    for left in ("summer-sale.zip", "holiday.zip", "voucher.zip", "repaired.zip"):
        (folder / left).unlink(missing_ok=True)
    if "--set" in arguments:
        shutil.copy(folder / "sale.zip", folder / "summer-sale.zip")
        os.utime(folder / "summer-sale.zip", (1_795_000_000, 1_795_000_000))
    with contextlib.chdir(folder):
        _, shown = in_terminal(*arguments, width=width)
    return f"$ mmspack {' '.join(arguments)}\n{shown}\n"


def compared(text: str) -> list[str]:
    """The words of a screen, line by line, without what depends on the JPEG library or the clock."""
    text = re.sub(r"\d[\d,.]*", "0", text)
    text = re.sub(r"sha0 [0-9a-f]+", "sha0 0", text)
    words = ("poor", "visibly reduced", "fair", "very good", "good", "no visible difference")
    text = re.sub(rf"\b({'|'.join(words)}) \(", "good (", text)
    return [re.sub(r" +", " ", line) for line in text.splitlines()]


@pytest.mark.slow
@pytest.mark.usefixtures("fitted_once")
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals here")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_screen_reads_as_it_was_reviewed(desk, name, width):
    shown = screen(desk, width, COMMANDS[name])
    kept = (SCREENS / f"{name}-{width}.txt").read_text("utf-8")
    assert compared(shown) == compared(kept)


@pytest.mark.parametrize("path", sorted(SCREENS.glob("*.txt")), ids=lambda path: path.stem)
def test_no_line_is_wider_than_the_terminal(path):
    width = int(path.stem.rpartition("-")[2])
    for line in path.read_text("utf-8").splitlines()[1:]:
        columns = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)
        whole_word = not line.strip().count(" ")
        assert columns <= width or whole_word, line


@pytest.mark.parametrize("width", WIDTHS)
def test_six_photos_take_at_most_twenty_lines_and_no_name_is_broken(width):
    lines = (SCREENS / f"build-six-photos-{width}.txt").read_text("utf-8").splitlines()[1:]
    assert len(lines) <= 20
    for name in NAMES:
        assert any(name in line for line in lines), name


def test_every_command_has_its_screens():
    assert {path.stem for path in SCREENS.glob("*.txt")} == {
        f"{name}-{width}" for name in COMMANDS for width in WIDTHS
    }


def main() -> None:
    """Write the screens again."""
    import tempfile

    from tests.conftest import scene

    with tempfile.TemporaryDirectory() as home:
        os.environ.update(dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), home))
        folder = Path(home) / "desk"
        folder.mkdir()
        furnish(folder, scene.__wrapped__())
        for name, arguments in COMMANDS.items():
            for width in WIDTHS:
                text = screen(folder, width, arguments)
                (SCREENS / f"{name}-{width}.txt").write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
