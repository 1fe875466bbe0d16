"""A newcomer adds a format with one row, and build, check, inspect, fix and the docs know it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
ROW = """    Format(
        type="image/x-portable-pixmap", name="PPM", kind=Kind.IMAGE, endings=("ppm", "pnm"),
        signature=rb"P6\\s", pillow="PPM", checked=True, taken=True,
    ),
"""
"""The newcomer's only edit: a format that Pillow reads and that the table does not have."""
FIRST = "FORMATS: tuple[Format, ...] = (\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the package with one row more."""
    house = tmp_path_factory.mktemp("house")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "mmspack", house / "mmspack", ignore=ignored)
    shutil.copytree(ROOT / "templates", house / "templates", ignore=ignored)
    table = house / "mmspack" / "media" / "formats.py"
    text = table.read_text("utf-8")
    assert text.count(FIRST) == 1
    table.write_text(text.replace(FIRST, FIRST + ROW), "utf-8")
    return house


def run(house: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=house,
        env={
            **os.environ,
            "PYTHONPATH": str(house),
            "XDG_CACHE_HOME": str(house / "cache"),
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def mmspack(house: Path, *arguments: str) -> str:
    return run(house, "-m", "mmspack", *arguments)


def pixmap() -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(stream, "PPM")
    return stream.getvalue()


def bundle(path: Path, name: str, type_: str) -> Path:
    smil = (
        '<smil><head><layout><root-layout width="320" height="480"/>'
        '<region id="Image" left="0" top="0" width="320" height="480" fit="meet"/></layout></head>'
        f'<body><par dur="4000ms"><img src="{name}" region="Image"/></par></body></smil>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("message.smil", smil)
        archive.writestr(name, pixmap())
        archive.writestr("manifest", f"message.smil=application/smil\n{name}={type_}\n")
    return path


def test_build_reads_the_new_format_from_a_loose_file(house, tmp_path):
    (tmp_path / "photo.ppm").write_bytes(pixmap())
    told = mmspack(house, "build", str(tmp_path / "photo.ppm"), "-o", str(tmp_path / "out.zip"))
    assert "PPM" in told
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert "image1.png" in archive.namelist() or "image1.jpg" in archive.namelist()


def test_check_knows_the_new_format_by_its_bytes_its_ending_and_its_damage(house, tmp_path):
    as_jpeg = mmspack(house, "check", str(bundle(tmp_path / "a.zip", "image1.jpg", "image/jpeg")))
    assert "its bytes are PPM" in as_jpeg
    as_itself = mmspack(
        house, "check", str(bundle(tmp_path / "b.zip", "image1.ppm", "image/x-portable-pixmap"))
    )
    assert "MMS401" not in as_itself
    assert "'image1.ppm' is PPM" in as_itself  # MMS405: the profile does not take it
    misnamed = mmspack(
        house, "check", str(bundle(tmp_path / "c.zip", "image1.txt", "image/x-portable-pixmap"))
    )
    assert "image1.txt" in misnamed


def test_inspect_describes_a_picture_of_the_new_format(house, tmp_path):
    told = mmspack(house, "inspect", str(bundle(tmp_path / "a.zip", "image1.ppm", "image/x-portable-pixmap")))
    assert "PPM 256x256" in told


def test_fix_declares_and_converts_the_new_format(house, tmp_path):
    mended = tmp_path / "mended.zip"
    told = mmspack(
        house, "fix", str(bundle(tmp_path / "a.zip", "image1.jpg", "image/jpeg")), "-o", str(mended)
    )
    assert "PPM converted to" in told
    with zipfile.ZipFile(mended) as archive:
        name = next(name for name in archive.namelist() if name.startswith("image1"))
        assert Image.open(archive.open(name)).format in ("JPEG", "PNG")


def test_the_page_of_formats_has_a_line_for_it(house):
    page = run(house, "-c", "from mmspack.media.format_page import page; print(page())")
    assert "| PPM | `image/x-portable-pixmap` | .ppm, .pnm | reads it | decodes it |" in page
