"""Broken copies of good bytes: what random bytes alone never reach."""

from __future__ import annotations

import functools
import io
import zipfile
from pathlib import Path

from hypothesis import strategies as st

from mmspack.bundle.binary.writer import write_mms
from mmspack.bundle.zip_reader import open_bundle

HERE = Path(__file__).parent

TOKENS = [
    b"PK\1\2", b"PK\3\4", b"PK\5\6", b"\xff\xd9", b"\xff\xda", b"\0", b"\xff" * 4, b"\xff\xff\xff\x7f",
    b"<!DOCTYPE a [", b"<seq>", b"</par>", b"&a;", b"<par dur='", b"\\u", b"=", b"\r", b"../",
    b"\xef\xbb\xbf", b"\xff\xfe", b"IDAT", b"Exif\0\0", b"moov", b"stsd", b"\xed\xa0\x80",
]  # fmt: skip


RETRIEVED = (
    b"\x8c\x84\x98T1\0\x8d\x93\x85\x04\x60\x00\x00\x00\x89\x0f\x80+4477009001/X\0"
    b"\x96\x09\x02\x03\xf7\xff\xfe\xe9\x00\0\0X-Own\0value\0\x84\xb3\x01\x0b\x02\x9e\x85name.jpg\0Hi"
)
"""An M-Retrieve.conf as a centre writes it."""


@functools.cache
def seeds(target: str) -> list[bytes]:
    """Good inputs of a target, made here, and the kept ones that once broke it."""
    from tests.bundle.hostile_zips import HOSTILE
    from tests.fitting.clips import make_wav
    from tests.media import films
    from tests.rules.scenes import (
        AMR,
        MIDI,
        SMIL,
        TWO_SLIDES,
        drawn,
        exif,
        film,
        gif,
        logo,
        photo,
        saved,
        scene,
    )

    made = {
        "zip": [
            scene().data, deflated(),
            *(build() for name, (_, build) in HOSTILE.items() if "bomb" not in name
                and "promised" not in name),
        ],
        "manifest": [b"a.jpg=image/jpeg\n# c\nb\\ c.txt : text/plain\\\n  more\ncaf\\u00e9=x\n"],
        "binary": [write_mms(open_bundle(scene().data), to=["447700900999"]), RETRIEVED],
        "smil": [SMIL.encode(), TWO_SLIDES.encode("utf-16"), b"<s:smil xmlns:s='u'><s:body/></s:smil>"],
        "film": [
            films.film(brand, *tracks, first=first, wide=wide)
            for brand, tracks in (
                (b"mp42", (films.H264, films.MUSIC)), (b"3gp4", (films.SPEECH,)),
                (b"isom", (films.hevc(10), films.av1(8), films.vp9(10), films.avc(10))),
            )
            for first in (True, False)
            for wide in (True, False)
        ],
        "media": [
            photo(exif=exif(orientation=6, gps=(1.0, 2.0, 3.0))), photo(progressive=True),
            gif("red", "blue", "red"),
            logo("black", (0, 0, 0, 0)), AMR[:200], MIDI, film(b"3gp4", (b"s263", b"samr"), (176, 144)),
            saved(drawn(16, 12), "WEBP"), saved(drawn(16, 12), "BMP"),
            films.mp3(3, xing=True), films.ogg(), films.wav(0.01), films.aac(3), films.amr_wb(3),
            films.midi(),
            b"\0\0\x09\x02" + b"\xff" * 4, b"BEGIN:VCARD\r\nVERSION:2.1\r\nEND:VCARD\r\n",
        ],
        "copy": [
            b"Hi {{ name }}, [First Name] %CODE% *|A|* $first_name <<b>> NULL! TODO: lorem ipsum",
            "See htp://a.b, www.shop,com https://c.d/e. It\u00e2\u20ac\u2122s \u0152 \ufeff\u2028".encode(),
        ],
        "check": [scene().data, scene(smil=TWO_SLIDES).data, SMIL.encode()],
    }  # fmt: skip
    made["fix"] = made["check"]
    if target == "decode":
        made["decode"] = [*_small_films(), make_wav()[:20_000], AMR[:200], films.ogg(), films.aac(3)]
    kept = sorted((HERE / "corpus" / target).glob("*")) if (HERE / "corpus" / target).is_dir() else []
    return made[target] + [path.read_bytes() for path in kept]


def _small_films() -> list[bytes]:
    """Films that are decoded, as an encoder makes them."""
    from tests.fitting.clips import make_film

    kinds = (
        ("mp4", "libx264", True, "yuv420p"), ("mov", "libx264", True, "yuv420p10le"),
        ("webm", "libvpx", True, "yuv420p"), ("webm", "libvpx-vp9", False, "yuv420p"),
        ("avi", "mpeg4", False, "yuv420p"), ("avi", "mjpeg", False, "yuvj420p"),
    )  # fmt: skip
    return [
        make_film(size=(64, 48), seconds=0.4, container=container, codec=codec, sound=sound, pixels=pixels)
        for container, codec, sound, pixels in kinds
    ]


def deflated() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "copy " * 100)
    return stream.getvalue()


@st.composite
def mutated(draw: st.DrawFn, target: str) -> bytes:
    data = bytearray(draw(st.sampled_from(seeds(target))))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        what = draw(st.integers(0, 4))
        if what == 0 and at < len(data):
            data[at] ^= draw(st.integers(1, 255))
        elif what == 1:
            data[at:at] = draw(st.sampled_from(TOKENS) | st.binary(max_size=8))
        elif what == 2:
            del data[at : at + draw(st.integers(1, 64))]
        elif what == 3:
            data[at : at + 4] = draw(st.sampled_from(TOKENS))
        else:
            stop = draw(st.integers(at, len(data)))
            data[at:at] = data[at : min(stop, at + 256)]
    return bytes(data)


@st.composite
def rezipped(draw: st.DrawFn) -> bytes:
    """A good message in a good zip, of which one part is broken: reaches the rules about parts."""
    from tests.rules.scenes import TWO_SLIDES, gif, packed, photo, scene

    with zipfile.ZipFile(io.BytesIO(scene(smil=TWO_SLIDES).data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["image1.jpg"] = draw(st.sampled_from([photo(), gif("red", "blue")]))
    name = draw(st.sampled_from(sorted(parts)))
    kind = {"manifest": "manifest", "message.smil": "smil"}.get(name, "media")
    parts[name] = draw(mutated(kind))
    return packed(parts)
