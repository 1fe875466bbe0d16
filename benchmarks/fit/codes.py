"""Codes in photos: does what scans before a fit scan after it, and if not, is it said?"""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from unittest import mock

import barcode
import numpy as np
import segno
import zxingcpp
from PIL import Image

from benchmarks.fit.sources import Photo
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting import fit_picture
from mmspack.media import scanning

_FITS = (((640, 480), 30_000), ((1080, 1080), 100_000), ((1600, 1200), 300_000))
_SHARES = (0.06, 0.1, 0.15, 0.25)
"""Of the photo's width: from a poster on a wall to a voucher in the hand."""
_TURNS = (0, 8, 37)
_WIDEST = 3000


def tables(photos: Sequence[Photo], goals: Goals) -> dict[str, str]:
    """The table `codes`, with the package zxing-cpp and without it."""
    with_extra, without = Counter[str](), Counter[str]()
    for number, photo in enumerate(photos):
        for at, source in enumerate(_with_codes(photo, random.Random(number))):
            size, limit = _FITS[(number + at) % len(_FITS)]
            with_extra += _outcome(source, size, limit)
            with mock.patch.object(scanning, "installed", return_value=""):
                without += _outcome(source, size, limit)
    goals.at_most("codes that are lost without a word", with_extra["lost without a word"], 0)
    rows = [
        (name, with_extra[name], without[name])
        for name in (
            "codes that scan in the source",
            "scan after the fit",
            "lost, and said so",
            "of these, not to be read at that size without any compression",
            "lost without a word",
            "said to be lost, and scan",
        )
    ]
    return {"codes": table(("", "with the extra `codes`", "without"), rows)}


def _with_codes(photo: Photo, chance: random.Random) -> Iterator[bytes]:
    """The photo with a code in it, as a camera would have taken it: a QR code, and bars of two kinds."""
    with Image.open(photo.path) as image:
        image.draft("RGB", (_WIDEST, _WIDEST))
        image = image.convert("RGB")
    for drawn in (
        _qr(chance),
        _bars("code128", f"MMS-{chance.randrange(10**6)}"),
        _bars("ean13", "5901234123457"),
    ):
        for share in _SHARES:
            code = drawn.resize(
                (int(image.width * share), int(image.width * share * drawn.height / drawn.width)),
                Image.Resampling.BOX if drawn.width > image.width * share else Image.Resampling.NEAREST,
            )
            turned = code.convert("RGBA").rotate(chance.choice(_TURNS), Image.Resampling.BICUBIC, expand=True)
            shown = image.copy()
            room = (max(1, image.width - turned.width), max(1, image.height - turned.height))
            shown.paste(turned, (chance.randrange(room[0]), chance.randrange(room[1])), turned)
            levels = np.asarray(shown, dtype=np.float32)
            grain = np.random.default_rng(chance.randrange(2**32)).normal(0, 3, levels.shape[:2])
            noisy = np.clip(levels * 0.92 + grain[..., None], 0, 255).astype(np.uint8)
            stream = io.BytesIO()
            Image.fromarray(noisy).save(stream, "JPEG", quality=90)
            yield stream.getvalue()


def _qr(chance: random.Random) -> Image.Image:
    stream = io.BytesIO()
    segno.make_qr(f"https://example.com/v/{chance.randrange(10**8)}", error="m").save(
        stream, kind="png", scale=12
    )
    return Image.open(stream).convert("RGB")


def _bars(kind: str, content: str) -> Image.Image:
    stream = io.BytesIO()
    barcode.get(kind, content, writer=barcode.writer.ImageWriter()).write(stream)
    return Image.open(stream).convert("RGB")


def _outcome(source: bytes, size: tuple[int, int], limit: int) -> Counter[str]:
    with Image.open(io.BytesIO(source)) as image:
        before = _read(image)
        small = image.convert("RGB")
        small.thumbnail(size, Image.Resampling.LANCZOS)
    if not before:
        return Counter()
    found = Counter({"codes that scan in the source": 1})
    fitted = fit_picture(source, max_bytes=limit, max_size=size)
    with Image.open(io.BytesIO(fitted.data)) as image:
        scans = before <= _read(image)
    if scans:
        found["scan after the fit"] += 1
        found["said to be lost, and scan"] += bool(fitted.notes.lost_codes)
    elif fitted.notes.lost_codes:
        found["lost, and said so"] += 1
        found["of these, not to be read at that size without any compression"] += not before <= _read(small)
    else:
        found["lost without a word"] += 1
    return found


def _read(image: Image.Image) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(image.convert("RGB"))}
