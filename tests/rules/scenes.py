"""Small real messages to judge: one good one, and ways to break it."""

from __future__ import annotations

import functools
import io
import random
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from mmspack.media.formats import by_ending

SMIL = """<?xml version="1.0" encoding="UTF-8"?>
<smil>
  <head>
    <layout>
      <root-layout width="480" height="640"/>
      <region id="Image" left="0" top="0" width="480" height="480" fit="meet"/>
      <region id="Text" left="0" top="480" width="480" height="160" fit="scroll"/>
    </layout>
  </head>
  <body>
    <par dur="4000ms">
      <img src="image1.jpg" region="Image"/>
      <text src="text1.txt" region="Text"/>
    </par>
  </body>
</smil>
"""
MEDIA = '<img src="image1.jpg" region="Image"/>\n      <text src="text1.txt" region="Text"/>'
TWO_SLIDES = SMIL.replace(
    "    </par>\n",
    '    </par>\n    <par dur="4000ms">\n      <img src="image2.jpg" region="Image"/>\n'
    '      <text src="text2.txt" region="Text"/>\n    </par>\n',
)
AMR = b"#!AMR\n" + bytes([0x3C, *[0] * 31]) * 100
MIDI = b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f\0"


@functools.cache
def photo(width: int = 64, height: int = 48, **options: object) -> bytes:
    """A baseline JPEG that looks like something."""
    return saved(drawn(width, height), "JPEG", quality=80, **options)


@functools.cache
def drawn(width: int, height: int, mode: str = "RGB") -> Image.Image:
    image = Image.radial_gradient("L").resize((width, height))
    return Image.merge("RGB", (image, image.rotate(90), image.rotate(180))).convert(mode)


def saved(image: Image.Image, format_: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def noise(width: int, height: int) -> bytes:
    """A JPEG of many bytes a pixel."""
    pixels = random.Random(1).randbytes(width * height * 3)
    return saved(Image.frombytes("RGB", (width, height), pixels), "JPEG", quality=95)


def gif(*colours: str, written: int = 1) -> bytes:
    """An animation of plain frames; from frame `written` on there is something drawn on them."""
    frames = []
    for number, colour in enumerate(colours):
        frame = Image.new("RGB", (80, 60), colour)
        if number >= written:
            ImageDraw.Draw(frame).rectangle((10 + number, 10, 60, 50), fill="navy")
        frames.append(frame)
    stream = io.BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], duration=300, loop=0)
    return stream.getvalue()


def logo(ink: str, background: tuple[int, int, int, int]) -> bytes:
    """A PNG with letters of `ink` on a background that may be see-through."""
    image = Image.new("RGBA", (80, 60), background)
    ImageDraw.Draw(image).rectangle((10, 20, 70, 40), fill=ink)
    return saved(image, "PNG")


def poster(bar_top: int) -> bytes:
    """A tall drawing whose words, as bars, stand at `bar_top` pixels of 640."""
    image = Image.new("RGB", (360, 640), "white")
    for x in range(60, 300, 12):
        ImageDraw.Draw(image).rectangle((x, bar_top, x + 5, bar_top + 40), fill="black")
    return saved(image, "PNG")


@functools.cache
def plain_png(side: int) -> bytes:
    """A square picture of few bytes and many pixels."""
    image = Image.new("L", (side, side), "white")
    ImageDraw.Draw(image).rectangle((side // 4, side // 4, side // 2, side // 2), fill="black")
    return saved(image, "PNG")


def flyer(height: int) -> bytes:
    """A drawing of 1600x1200 with a block of words, `height` pixels high, in its middle."""
    image = Image.new("L", (1600, 1200), "white")
    words = "\n".join(["Everything must go on Saturday"[: 1000 // height]] * (700 // height))
    font = ImageFont.load_default(height)
    ImageDraw.Draw(image).multiline_text((250, 220), words, fill="black", font=font)
    return saved(image.quantize(4), "PNG")


def film(brand: bytes, codecs: tuple[bytes, ...], size: tuple[int, int]) -> bytes:
    """The boxes of a film, with no frame in them."""

    def box(kind: bytes, *bodies: bytes) -> bytes:
        body = b"".join(bodies)
        return struct.pack(">L4s", len(body) + 8, kind) + body

    movie = box(b"mvhd", bytes(12), struct.pack(">LL", 1000, 3000), bytes(80))
    tracks = b""
    for codec in codecs:
        shown = size if codec not in (b"samr", b"mp4a") else (0, 0)
        header = box(b"tkhd", bytes(76), struct.pack(">LL", shown[0] << 16, shown[1] << 16))
        table = box(b"stsd", bytes(4), struct.pack(">L", 1), box(codec, bytes(16)))
        tracks += box(b"trak", header, box(b"mdia", box(b"minf", box(b"stbl", table))))
    return box(b"ftyp", brand, bytes(4), brand) + box(b"moov", movie, tracks)


def exif(**tags: object) -> bytes:
    """An EXIF block; `orientation` and `gps` are known."""
    block = Image.Exif()
    if "orientation" in tags:
        block[0x0112] = tags["orientation"]
    if "gps" in tags:
        block.get_ifd(0x8825)[2] = tags["gps"]
    return block.tobytes()


@dataclass(frozen=True)
class Scene:
    """A bundle and how it is to be judged."""

    data: bytes
    options: Mapping[str, object] = field(default_factory=dict)


def scene(
    *,
    smil: str | bytes | None = SMIL,
    add: Mapping[str, bytes] | None = None,
    files: Mapping[str, bytes] | None = None,
    manifest: bytes | str | None = "",
    types: Mapping[str, str] | None = None,
    smil_name: str = "message.smil",
    **options: object,
) -> Scene:
    """The good message with changes; `manifest` empty: written from the names, None: left out."""
    parts: dict[str, bytes] = {}
    if smil is not None:
        parts[smil_name] = smil.encode() if isinstance(smil, str) else smil
    parts.update({"image1.jpg": photo(), "text1.txt": b"Hello"} if files is None else files)
    parts.update(add or {})
    if manifest == "":
        rows = {name: by_ending(name.rpartition(".")[2]) for name in parts}
        known = {name: row.key if row else "text/plain" for name, row in rows.items()}
        lines = {**known, **(types or {})}
        manifest = "".join(f"{name}={type_}\n" for name, type_ in lines.items())
    if manifest is not None:
        parts["manifest"] = manifest.encode() if isinstance(manifest, str) else manifest
    return Scene(packed(parts), options)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Equal parts give equal bytes at any time of the day, so that what is made of them can be kept."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 11, 1, 12, 0, 0))
            entry.external_attr = (0o40775 << 16 | 0x10) if name.endswith("/") else 0o600 << 16
            archive.writestr(entry, data)
    return stream.getvalue()


def swapped(old: str, new: str, smil: str = SMIL) -> str:
    """The presentation with `old` replaced; it must be there."""
    assert old in smil
    return smil.replace(old, new)


def broken(old: str, new: str, **changes: object) -> Scene:
    """The good message whose presentation has `new` in place of `old`."""
    return scene(smil=swapped(old, new), **changes)


def encrypted(made: Scene, *names: str) -> Scene:
    """The same zip, in which the entries of `names`, or all, say that they are encrypted."""
    data = bytearray(made.data)
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        at = archive.start_dir
        for entry in archive.infolist():
            if entry.filename in names or not names:
                data[at + 8] |= 1
                data[entry.header_offset + 6] |= 1
            at += 46 + sum(struct.unpack_from("<3H", data, at + 28))
    return Scene(bytes(data))
