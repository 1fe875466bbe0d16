"""What a medium is, determined by its bytes: type, size, frames, duration, and what else it contains.

>>> probe(b"Hello").type
'text/plain'
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mmspack.media.allowance import SLOW_PIXELS, DecodingAllowance, decoding_cost, is_run_length_bmp
from mmspack.media.containers import iso, iso_items
from mmspack.media.containers.jpeg import MAX_SCANS
from mmspack.media.containers.walk import Track, Walk
from mmspack.media.format import Format
from mmspack.media.sniffing import recognise
from mmspack.model import Facts, Kind

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 210_000_000
"""Pixels above which a picture is refused unopened: more than the largest phone camera (200 megapixels)."""
MAX_DECODED_PIXELS = 12_000_000
"""Pixels above which `probe(whole=True)` decodes no picture: 12 million in RGBA are 48 MB of memory."""
MAX_SCALED_PIXELS = 80_000_000
"""The same for a JPEG in one scan, of which the decoder keeps a sixteenth at most; Pillow warns from 89
million on. One in several scans (every progressive one) is held whole, at two bytes a sample."""
MAX_DECODED_WEBP = 7_000_000
"""The same for a WebP, whose decoder holds it more than once: 16 bytes a pixel as measured."""
MAX_DECODED_FRAMES = 64
"""Frames of an animation that `probe(whole=True)` decodes at most."""

SCALED_SIDE = 192
"""Pixels that the shorter side of a JPEG keeps when it is decoded for a check."""

_ORIENTATION, _GPS = 0x0112, 0x8825


class Probe(NamedTuple):
    """What the bytes of a medium tell. Pixels and milliseconds."""

    type: str | None
    """MIME type in lower case by magic bytes; None when unknown."""
    facts: Facts | None
    """None when the medium cannot be read."""
    error: str = ""
    """Why it cannot be read, or what is broken in it, as a phrase for a person."""
    refused: bool = False
    """It is larger than is opened safely; whether it is sound is not known."""
    cost: int = 0
    """What decoding it was reckoned at (`mmspack.media.allowance`); 0 where nothing was to be decoded."""
    undecoded: str = ""
    """Why a picture was not decoded that was to be, as a phrase: whether it is sound is not known."""
    unread: bool = False
    """A picture of a format that is known and not read here: nothing is known to be wrong with it."""
    unended: bool = False
    """A JPEG whose picture is whole and that has no end marker."""
    progressive: bool = False
    scans: int = 0
    """Of a JPEG: the passes in which its picture is stored."""
    arithmetic: bool = False
    jfif: bool = False
    interlaced: bool = False
    orientation: int = 1
    """EXIF orientation, 1 (upright) to 8."""
    has_exif: bool = False
    has_gps: bool = False
    has_alpha: bool = False
    animated: bool = False
    """A picture that moves, whether it is read here or not."""
    unread_frames: int = 1
    """Frames of a picture that is not analysed, and has no facts: an AVIF, a HEIC."""
    components: int = 3
    """Colour components of a JPEG: 1 grey, 3 colour, 4 CMYK."""
    metadata_bytes: int = 0
    """Bytes of EXIF, ICC, XMP, comments and the like."""
    trailing_bytes: int = 0
    """Bytes after the end of the picture."""
    extent: tuple[int, int] = (0, 0)
    """Right and lower end of all frames of a GIF, which may lie beyond its screen."""
    delays_ms: tuple[int, ...] = ()
    """How long each frame of a GIF stands."""
    loops: int | None = None
    """Repetitions of an animated GIF: 0 for ever, None once."""
    tracks: tuple[Track, ...] = ()
    """Of an MP4, 3GP or QuickTime."""
    codecs: tuple[str, ...] = ()
    """The tracks' codecs, such as `s263`, `samr`, `avc1`, `mp4a`."""
    channels: int | None = None
    index_last: bool = False
    """Of an MP4 or 3GP: its index follows the samples."""


def probe(
    data: bytes,
    *,
    whole: bool = False,
    keep: Callable[[Image.Image], None] | None = None,
    allowance: DecodingAllowance | None = None,
) -> Probe:
    """Say what `data` is. Never raises because the content is bad.

    By default the container is walked and nothing is decoded. `whole=True` also decodes pictures,
    within `MAX_DECODED_PIXELS` and `MAX_DECODED_FRAMES`, and reports what a decoder stumbles over;
    `keep` is then given the first frame, a JPEG's scaled down to no less than `SCALED_SIDE` pixels, so that
    it need not be decoded twice. What all parts of a message may cost together is taken from `allowance`.
    """
    row = recognise(data)
    if row is None:
        why = "it is empty" if not data else "unknown type of file"
        return Probe(type=None, facts=None, error=why)
    walk = _walk(row, data)
    if row.kind is Kind.IMAGE and walk.width is None:
        why = walk.error or f"{row.name} is not analysed"
        return Probe(
            type=row.key,
            facts=None,
            error=why,
            unread=not walk.error,
            animated=walk.frames > 1,
            unread_frames=walk.frames,
        )
    excess = "" if walk.error else _excess(walk)
    told = _told(row, data, walk, walk.error or excess, refused=bool(excess))
    if told.error or not row.checked or not (whole or walk.unended):
        return told
    area = max(walk.width or 0, walk.extent[0]) * max(walk.height or 0, walk.extent[1])
    most, frames = _most(row, walk, data), _decoded_frames(walk, area)
    cost = decoding_cost(row, walk, area * frames, data)
    if area > most:
        undecoded = f"{area:,} pixels are more than the {most:,} that are decoded of such a picture"
    elif allowance is not None and not allowance.take(cost):
        undecoded = "the pictures before it used up what is decoded of one message"
    else:
        fault = _decoding_fault(data, row, walk, frames, keep)
        return told._replace(error=fault, unended=told.unended and not fault, cost=cost)
    # That the end marker alone is missing is for a decoder to say.
    return told._replace(undecoded=undecoded, unended=False)


def _told(row: Format, data: bytes, walk: Walk, error: str, *, refused: bool) -> Probe:
    orientation, has_gps = _exif(walk.exif)
    picture = row.kind is Kind.IMAGE
    facts = Facts(
        bytes=len(data),
        format=row.name,
        width=walk.width,
        height=walk.height,
        frames=walk.frames if row.kind in (Kind.IMAGE, Kind.VIDEO) else 1,
        duration_ms=walk.duration_ms,
    )
    return Probe(
        type=row.key,
        facts=facts,
        error=error,
        refused=refused,
        extent=walk.extent,
        unended=walk.unended and not error,
        progressive=walk.progressive,
        scans=walk.scans,
        arithmetic=walk.arithmetic,
        jfif=walk.jfif,
        interlaced=walk.interlaced,
        orientation=orientation,
        has_exif=bool(walk.exif),
        has_gps=has_gps,
        has_alpha=walk.alpha,
        animated=picture and walk.frames > 1,
        components=walk.components,
        metadata_bytes=walk.metadata_bytes,
        trailing_bytes=walk.trailing_bytes,
        delays_ms=walk.delays_ms,
        loops=walk.loops,
        tracks=walk.tracks,
        codecs=walk.codecs,
        channels=walk.channels,
        index_last=walk.index_last,
    )


def _walk(row: Format, data: bytes) -> Walk:
    if row.walk is not None:
        return row.walk(data)
    if row.checked:
        return _opened(data, row)
    if not row.brands:
        return Walk()
    sequence = iso.sequence_in(iso.walk(data).tracks) if row.moving else None
    return Walk(frames=sequence.samples if sequence is not None else 1, error=iso_items.fault(data, row.name))


def _excess(walk: Walk) -> str:
    width, height = max(walk.width or 0, walk.extent[0]), max(walk.height or 0, walk.extent[1])
    if width * height > MAX_PIXELS:
        return f"refused: {width}×{height} are {width * height:,} pixels, more than {MAX_PIXELS:,}"
    if walk.scans > MAX_SCANS:
        return f"refused: {walk.scans:,} scans of one picture, more than {MAX_SCANS}"
    return ""


def _opened(data: bytes, row: Format) -> Walk:
    """Size by Pillow, for the formats that have no walk of their own."""
    from mmspack.media.decoders import open_as

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = open_as(row, data)
            if image is None:
                return Walk(error=f"damaged {row.name}")
            frames = getattr(image, "n_frames", 1)
            alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
            exif = image.info.get("exif", b"")
            return Walk(width=image.width, height=image.height, frames=frames, alpha=alpha, exif=exif)
    except Exception as error:  # noqa: BLE001 - codecs raise anything on hostile bytes
        return Walk(error=_phrase(row.name, error))


def _most(row: Format, walk: Walk, data: bytes) -> int:
    if row.pillow == "JPEG" and not walk.several_scans:
        return MAX_SCALED_PIXELS
    if is_run_length_bmp(row, data):
        return SLOW_PIXELS
    return MAX_DECODED_WEBP if row.pillow == "WEBP" else MAX_DECODED_PIXELS


def _decoded_frames(walk: Walk, area: int) -> int:
    return min(walk.frames, MAX_DECODED_FRAMES, 1 + MAX_DECODED_PIXELS // max(area, 1))


def _decoding_fault(
    data: bytes, row: Format, walk: Walk, frames: int, keep: Callable[[Image.Image], None] | None
) -> str:
    """What a decoder stumbles over, as a phrase; empty when the picture decodes."""
    if row.pillow == "JPEG" and walk.bits == 8 and walk.components in (1, 3) and not walk.arithmetic:
        return _jpeg_fault(data, walk, keep)
    return _pillow_fault(data, row, frames, keep)


def _jpeg_fault(data: bytes, walk: Walk, keep: Callable[[Image.Image], None] | None) -> str:
    from PIL import Image

    from mmspack.media.damage import pixels

    image, fault = pixels(data, walk, (SCALED_SIDE, SCALED_SIDE))
    if keep is not None and image is not None:
        keep(Image.fromarray(image[..., 0] if image.shape[2] == 1 else image))
    return fault


def _pillow_fault(data: bytes, row: Format, frames: int, keep: Callable[[Image.Image], None] | None) -> str:
    from mmspack.media.decoders import open_as

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = open_as(row, data)
            if image is None:
                return f"damaged {row.name}"
            image.draft(image.mode, (SCALED_SIDE, SCALED_SIDE))
            for frame in range(frames):
                image.seek(frame)
                image.load()
                if frame == 0 and keep is not None:
                    keep(image)
    except Exception as error:  # noqa: BLE001 - codecs raise anything on hostile bytes
        return _phrase(row.name, error)
    return ""


def _phrase(name: str, error: Exception) -> str:
    words = " ".join(str(error).split())[:120]
    if isinstance(error, OSError) and ("truncated" in words or "Truncated" in words):
        return f"truncated {name}"
    return f"damaged {name}: {words}" if words else f"damaged {name}"


def _exif(block: bytes) -> tuple[int, bool]:
    """Orientation (1 when absent or out of range) and whether a place is in it."""
    if not block:
        return 1, False
    from PIL import Image

    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            exif.load(block)
            orientation, gps = exif.get(_ORIENTATION, 1), exif.get_ifd(_GPS)
    except Exception:  # noqa: BLE001 - a broken EXIF block is ignored
        return 1, False
    upright = orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1
    return upright, any(tag in gps for tag in (2, 4))
