"""A format: one row in `media/formats.py`, and its line in `docs/formats.md`, which a command writes."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

pytestmark = pytest.mark.slow

TABLE = "mmspack/media/formats.py"
FIRST = "FORMATS: tuple[Format, ...] = (\n"
ROW = """    Format(
        type="image/x-portable-pixmap", name="PPM", kind=Kind.IMAGE, endings=("ppm", "pnm"),
        signature=rb"P6\\s", pillow="PPM", checked=True, taken=True,
    ),
"""
"""A format that Pillow reads and that the table does not have."""


def pixmap() -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(stream, "PPM")
    return stream.getvalue()


def bundle(name: str, type_: str) -> bytes:
    smil = (
        '<smil><head><layout><root-layout width="320" height="480"/>'
        '<region id="Image" left="0" top="0" width="320" height="480" fit="meet"/></layout></head>'
        f'<body><par dur="4000ms"><img src="{name}" region="Image"/></par></body></smil>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("message.smil", smil)
        archive.writestr(name, pixmap())
        archive.writestr("manifest", f"message.smil=application/smil\n{name}={type_}\n")
    return stream.getvalue()


def picture_in(path) -> tuple[str, str]:
    """The name of the only picture in a zip, and what Pillow calls it."""
    with zipfile.ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if name.startswith("image1"))
        return name, Image.open(archive.open(name)).format


def test_a_format_takes_one_row_and_its_line_in_the_docs(checkout):
    checkout.edit(TABLE, FIRST, FIRST + ROW)
    checkout.add("photo.ppm", pixmap())
    called, itself = bundle("image1.jpg", "image/jpeg"), bundle("image1.ppm", "image/x-portable-pixmap")
    checkout.add("called.zip", called)
    checkout.add("itself.zip", itself)

    # build reads it, from a file that is merely named
    ran = checkout.mmspack("build", "photo.ppm", "-o", "out.zip")
    assert ran.code == 0, ran.err
    assert "PPM" in ran.out + ran.err
    assert picture_in(checkout.root / "out.zip")[1] in ("JPEG", "PNG")

    # check knows it by its bytes, and its profile by its type
    assert "PPM" in (told := checkout.mmspack("check", "called.zip").out)
    assert "MMS401" in told
    assert "'image1.ppm' is PPM" in (told := checkout.mmspack("check", "itself.zip").out)
    assert "MMS401" not in told

    # inspect names and measures it
    assert "PPM 256×256" in checkout.mmspack("inspect", "itself.zip").out

    # fix declares it as what it is, and converts it
    ran = checkout.mmspack("fix", "called.zip", "-o", "mended.zip")
    assert "PPM converted to" in ran.out + ran.err
    assert picture_in(checkout.root / "mended.zip")[1] in ("JPEG", "PNG")

    # The tests ask for its line in the docs, which a command writes.
    page = ("tests/media/test_formats.py", "-k", "page")
    assert checkout.tests(*page).code == 1
    assert checkout.script("-m", "mmspack.media.format_page").code == 0
    assert "| PPM | `image/x-portable-pixmap` | .ppm, .pnm |" in checkout.read("docs/formats.md")
    assert checkout.tests("tests/media/test_formats.py").code == 0
    assert [path for path in checkout.touched if path.endswith((".py", ".md"))] == [TABLE]
