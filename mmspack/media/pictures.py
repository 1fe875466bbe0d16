"""Still pictures from any source: read the header, refuse what is too large, decode upright sRGB pixels."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image, ImageFile

from mmspack.errors import MediaError
from mmspack.media import damage
from mmspack.media.allowance import SLOW_PIXELS, is_run_length_bmp
from mmspack.media.colour import eight_bits, is_srgb, to_rgb
from mmspack.media.containers import jpeg
from mmspack.media.decoders import open_as
from mmspack.media.format import Format
from mmspack.media.formats import FORMATS, described
from mmspack.media.hdr import LightCoding, coding_of, to_sdr
from mmspack.media.probing import Probe, probe
from mmspack.media.sniffing import recognise
from mmspack.media.strips import shrink_uncompressed, strips
from mmspack.model import Kind

PIXEL_LIMIT = 100_000_000
"""Largest picture that is decoded whole: 400 MB in Pillow, which keeps four bytes a pixel."""
SCALED_PIXEL_LIMIT = 250_000_000
"""Largest JPEG whose decoder can scale while it reads (phones take pictures of up to 200 megapixels)."""

WHOLE_PIXEL_LIMIT = 24_000_000
"""Largest WebP or AVIF: their decoders hold a picture more than once, 16 bytes a pixel as measured."""

WHOLE = 8.0
"""The `room` of a decode at full size: no decoder scales by more."""

Box = tuple[float, float, float, float]
Size = tuple[int, int]

_ORIENTATION = 0x0112
_GPS = 0x8825
_CAMERA = {0x010F, 0x0110, 0x8769, _GPS}
"""Maker, model and the EXIF directories: the other tags of a TIFF say how its pixels are stored."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_POINTER = b"version https://git-lfs.github.com/spec/"
"""How a file begins that stands for another one in a clone without git-lfs."""
_TURNED_BY_DECODER = ("TIFF", "HEIF")
_LARGE = 8_000_000
_LEFT = 2.5
"""Times the shown size that a large picture still has when it is filtered: shrunk further by whole pixels,
one of twelve photos lost 5.5 points of 97 at 640 × 480."""
_DRAFT_ALWAYS = 50_000_000
_NEARLY = 0.975
"""Share of the room at which a decode is taken as having it: the next eighth takes much longer."""
_PROVED_PIXELS = 24_000_000
"""Pixels up to which a JPEG is proved while it is decoded: seven bytes each, where Pillow takes four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that can be decoded: what its bytes tell, and what its decoder adds to that.

    `size` is as seen: turned upright.
    """

    data: bytes = field(repr=False)
    format: Format
    probe: Probe = field(repr=False)
    mode: str
    size: Size
    orientation: int = 1
    """How the decoded pixels are to be turned (EXIF); 1 also where the decoder turns them itself."""
    is_turned: bool = False
    """True when the file asks for a turn, whoever does it."""
    icc: bytes | None = field(default=None, repr=False)
    has_exif: bool = False
    has_gps: bool = False
    has_alpha: bool = False
    bits: int = 8
    """Bits a channel as stored, where they are more than 8."""
    hdr: LightCoding | None = None
    """How its light is coded, where that is of high dynamic range."""
    pages: int = 1
    """Of a TIFF: a scan or a fax may have several, of which the first is shown."""
    coarseness: float = 0.0
    """Of a JPEG: mean log2 of its quantisation of luma, which says with its bytes how much detail it has."""

    @property
    def decodable(self) -> bytes:
        """The bytes for a decoder: with the end marker that a JPEG lacks."""
        return jpeg.ended(self.data) if self.probe.unended else self.data

    @property
    def frames(self) -> int:
        """How many frames it has; 1 for a still."""
        if self.probe.facts is None:  # a HEIC shows its still here, and moves as a film
            return self.probe.unread_frames if self.format.moving == "pillow" else 1
        return max(1, self.probe.facts.frames)

    @property
    def duration_ms(self) -> int | None:
        """How long an animation takes, where it says so."""
        return self.probe.facts.duration_ms if self.probe.facts else None

    @property
    def colours_are_srgb(self) -> bool:
        """True when the pixels need no colour conversion."""
        return self.hdr is None and is_srgb(self.icc, self.mode)


def read_picture(data: bytes) -> Picture:
    """Read a picture's header. Raises `MediaError` for what is not a picture, broken or too large."""
    about = probe(data)
    _refuse(about.extent, PIXEL_LIMIT)
    image, row = _open(data)
    _refuse_large(image, about, SLOW_PIXELS if is_run_length_bmp(row, data) else _limit(image))
    proved = row.key == "image/jpeg" or (row.brands and not about.unread)
    if proved and about.error and not about.refused:
        raise MediaError(about.error, hint=damage.CURE)
    exif = _exif(image, data)
    told = image.info.get("original_orientation") or exif.get(_ORIENTATION, 1)
    orientation = 1 if image.format in _TURNED_BY_DECODER else exif.get(_ORIENTATION, 1)
    turned = orientation in (5, 6, 7, 8)
    return Picture(
        data=data,
        format=row,
        probe=about,
        mode=image.mode,
        size=(image.height, image.width) if turned else image.size,
        orientation=orientation if orientation in _TURNS else 1,
        is_turned=told in _TURNS,
        icc=image.info.get("icc_profile") or None,
        has_exif=bool(exif) if image.format != "TIFF" else not _CAMERA.isdisjoint(exif),
        has_gps=_GPS in exif,
        has_alpha=_may_be_see_through(image, row),
        bits=_bits(image, data),
        hdr=None if image.info.get("icc_profile") else coding_of(data),
        pages=getattr(image, "n_frames", 1) if row.pillow == "TIFF" else 1,
        coarseness=_coarseness(image),
    )


def decode(
    picture: Picture, size: Size, *, box: Box | None = None, background: str = "white", room: float = 1.0
) -> Image.Image:
    """The picture as RGB pixels of `size`, upright, in sRGB, transparency laid on `background`.

    `box` is the part to show in upright pixels (left, top, right, bottom); None is all of it. `room` is how
    many times as wide as `size` a JPEG is decoded at least, where memory allows: 1 is fastest, 1.5 loses
    hardly any detail, and with `WHOLE` all its pixels are decoded and filtered once.
    Raises `MediaError` when the data is damaged.
    """
    part = _unturn(box or (0, 0, *picture.size), picture.size, picture.orientation)
    target = (size[1], size[0]) if picture.orientation >= 5 else size
    eighths = eighths_of(picture, size, box=box, room=room)
    scale = eighths / 8
    image = _proved_jpeg(picture, eighths)
    if image is None:
        image, _ = _open(picture.decodable)
        if eighths < 8:
            image.draft(None, (image.width * eighths // 8, image.height * eighths // 8))
            scale = image.width / _stored(picture)[0]
    part = (part[0] * scale, part[1] * scale, part[2] * scale, part[3] * scale)
    exact = room >= WHOLE and image.width * image.height <= _PROVED_PIXELS
    small, part = (image, part) if exact else _pre_shrink(image, picture.decodable, part, target)
    _load(small)
    try:
        rgb = to_rgb(small, picture.icc, background, lambda layer: _resize(layer, target, part, exact=exact))
    except (AssertionError, ValueError, IndexError) as error:  # a palette that is missing or too short
        raise MediaError(f"damaged {picture.format.name}", hint=damage.CURE) from error
    if picture.hdr is not None:
        rgb = to_sdr(rgb, picture.hdr)
    turn = _TURNS.get(picture.orientation)
    return rgb if turn is None else rgb.transpose(turn)


def eighths_of(picture: Picture, size: Size, *, box: Box | None = None, room: float = 1.0) -> int:
    """The fraction of its size, in eighths, at which `decode` has a JPEG decoded; 8 for everything else."""
    width, height = picture.size
    if picture.format.key != "image/jpeg" or (room >= WHOLE and width * height <= _DRAFT_ALWAYS):
        return 8
    part = _unturn(box or (0, 0, *picture.size), picture.size, picture.orientation)
    quick = 8 // _scale(picture, part, (size[1], size[0]) if picture.orientation >= 5 else size)
    share = max(size[0] * size[1] / ((part[2] - part[0]) * (part[3] - part[1])), 0.0) ** 0.5
    fine = max(quick, min(8, math.ceil(8 * share * room * _NEARLY)))
    fine = fine if fine < 7 else 8  # seven eighths take longer than all of it
    return fine if room > 1 and width * height * fine * fine <= 64 * _PROVED_PIXELS else quick


def prove_sound(picture: Picture) -> None:
    """Raise `MediaError` when the pixels cannot be decoded."""
    if picture.format.key == "image/jpeg":
        # A decoder goes on after what is damaged, and warns nobody.
        error = probe(picture.data, whole=True).error
        if error and not picture.probe.refused:
            raise MediaError(error)
        return
    image, _ = _open(picture.decodable)
    _load(image)


def is_see_through(picture: Picture) -> bool:
    """True when a pixel of the (first) picture is not opaque. Raises `MediaError` when it is damaged."""
    image, row = _open(picture.decodable)
    if not _may_be_see_through(image, row):
        return False
    _load(image)
    shown = image if image.mode in ("LA", "RGBA") else image.convert("RGBA")
    lowest, _ = shown.getchannel("A").getextrema()
    return isinstance(lowest, int | float) and lowest < 255


def _may_be_see_through(image: ImageFile.ImageFile, row: Format) -> bool:
    try:
        return image.has_transparency_data
    except AssertionError as error:  # a palette picture without its palette
        raise MediaError(f"damaged {row.name}", hint=damage.CURE) from error


def _open(data: bytes) -> tuple[ImageFile.ImageFile, Format]:
    """The unread picture, by the reader that its first bytes name, else by any that can open it."""
    if not data:
        raise MediaError("the file is empty", hint=damage.CURE)
    if data.startswith(_POINTER):
        raise MediaError("not a picture: it is a git-lfs pointer", hint="fetch the picture: git lfs pull")
    known = recognise(data)
    fault: MediaError | None = None
    if known is not None and known.cure:
        # Before any reader: a raw file holds a TIFF's thumbnail.
        raise MediaError(f"not a picture: it is {described(known)}", hint=known.cure)
    for row in _readers(known):
        try:
            image = open_as(row, data, asked=row is not known)
        except MediaError as error:
            fault = fault or error
        except Exception as error:  # noqa: BLE001 - codecs raise anything on hostile bytes
            fault = fault or MediaError(_damage(row.name, data, error), hint=damage.CURE)
        else:
            if image is not None:
                return image, row
    if fault is not None:
        raise fault
    if known is not None and known.kind is not Kind.IMAGE:
        raise MediaError(f"not a picture: it is {described(known)}", hint="name a picture")
    found = f"not a picture: it is {described(known)}" if known else "not a picture"
    raise MediaError(found, hint="open it in an image editor, and save it as JPEG or PNG")


def _readers(known: Format | None) -> Iterator[Format]:
    if known is not None and known.pillow:
        yield known
    yield from (row for row in FORMATS if row.pillow and row.pillow != "HEIF" and row is not known)


def _damage(name: str, data: bytes, error: Exception) -> str:
    words = str(error).lower()
    if "truncat" in words or "eof" in words or isinstance(error, EOFError):
        return f"truncated {name}"
    if name == "JPEG" and not data.rstrip(b"\0\r\n").endswith(b"\xff\xd9"):
        return "truncated JPEG"
    return f"damaged {name}"


def _refuse_large(image: ImageFile.ImageFile, about: Probe, limit: int) -> None:
    if about.scans > jpeg.MAX_SCANS:
        raise MediaError(
            f"{about.scans:,} scans of one picture are more than the {jpeg.MAX_SCANS}"
            " that can be opened safely",
            hint="save it again as a baseline JPEG",
        )
    if min(image.size) < 1:
        raise MediaError("the picture has no pixels")
    _refuse(image.size, limit)


def _refuse(size: Size, limit: int) -> None:
    width, height = size
    if width * height > limit:
        raise MediaError(
            f"{width:,} × {height:,} pixels are more than the {limit // 1_000_000} megapixels"
            " that can be opened safely",
            hint="scale it down first",
        )


def _limit(image: ImageFile.ImageFile) -> int:
    if image.format in ("WEBP", "AVIF"):
        return WHOLE_PIXEL_LIMIT
    scales = image.format == "JPEG" and "progressive" not in image.info
    return SCALED_PIXEL_LIMIT if scales else PIXEL_LIMIT


_EXIF_IN_PNG = (b"eXIf", b"Raw profile type ", b"adobe.xmp")
"""A chunk's name, and keywords of texts: in one of these a PNG holds what Pillow takes for EXIF."""


def _exif(image: ImageFile.ImageFile, data: bytes) -> dict[int, int]:
    # Pillow decodes a whole PNG to see whether EXIF follows its pixels: a quarter of what a screenshot takes.
    if image.format == "PNG" and not any(name in data for name in _EXIF_IN_PNG):
        return {}
    try:
        return dict(image.getexif())
    except Exception:  # noqa: BLE001 - Pillow raises many kinds on broken EXIF, which is not a reason to stop
        return {}


def _bits(image: ImageFile.ImageFile, data: bytes) -> int:
    if image.format == "PNG":
        return max(8, data[24])  # the header chunk's depth
    return 16 if image.mode.startswith("I;16") else 8


def _scale(picture: Picture, part: Box, target: Size) -> int:
    """By how much the decoder can make a JPEG smaller so that `part` still has the pixels of `target`."""
    ratio = max(target[0] / (part[2] - part[0]), target[1] / (part[3] - part[1]))
    width, height = _stored(picture)
    wanted = (max(1, int(width * ratio)), max(1, int(height * ratio)))
    room = min(width // wanted[0], height // wanted[1])
    return next(scale for scale in (8, 4, 2, 1) if room >= scale or scale == 1)


def _stored(picture: Picture) -> Size:
    return picture.size[::-1] if picture.orientation >= 5 else picture.size


def _proved_jpeg(picture: Picture, eighths: int) -> Image.Image | None:
    """The pixels of a JPEG by the decoder that hears what is damaged; None where it does not read it.

    Raises `MediaError` for a damaged one.
    """
    width, height = (-(-side * eighths // 8) for side in _stored(picture))
    is_jpeg = picture.format.key == "image/jpeg"
    if not is_jpeg or width * height > _PROVED_PIXELS or picture.mode not in ("L", "RGB"):
        return None
    walk = jpeg.walk(picture.data)
    if walk.arithmetic or walk.bits != 8 or walk.components not in (1, 3):
        return None
    found, fault = damage.pixels(picture.data, walk, (width, height))
    if fault or found is None:
        raise MediaError(fault or "damaged JPEG", hint=damage.CURE)
    image = Image.fromarray(found[..., 0] if found.shape[2] == 1 else found)
    return image if image.size == (width, height) else None


def _coarseness(image: ImageFile.ImageFile) -> float:
    luma = getattr(image, "quantization", {}).get(0, ()) if image.format == "JPEG" else ()
    return sum(math.log2(max(1, value)) for value in luma) / len(luma) if luma else 0.0


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except Exception as error:
        stream = image.fp if isinstance(image, ImageFile.ImageFile) else None
        data = stream.getvalue() if isinstance(stream, io.BytesIO) else jpeg.END
        raise MediaError(_damage(image.format or "picture", data, error), hint=damage.CURE) from error


def _pre_shrink(image: Image.Image, data: bytes, part: Box, target: Size) -> tuple[Image.Image, Box]:
    """The pixels, of a large picture shrunk by a whole factor: conversions never see it whole."""
    factor = int(min((part[2] - part[0]) / target[0], (part[3] - part[1]) / target[1]) / _LEFT)
    if factor < 2 or image.width * image.height < _LARGE or image.mode in ("I", "F", "P", "PA", "1"):
        _load(image)
        return image, part
    inside = (part[0] / factor, part[1] / factor, part[2] / factor, part[3] / factor)
    uncompressed = (
        shrink_uncompressed(image, data, factor) if isinstance(image, ImageFile.ImageFile) else None
    )
    if uncompressed is not None:
        return uncompressed, inside
    _load(image)
    mode = "L" if image.mode.startswith("I;16") else image.mode
    small = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for top, bottom in strips(image.height, factor):
        strip = image.crop((0, top, image.width, bottom))
        small.paste((eight_bits(strip) if mode != image.mode else strip).reduce(factor), (0, top // factor))
    return small, inside


def _resize(layer: Image.Image, target: Size, part: Box, *, exact: bool) -> Image.Image:
    part = (part[0], part[1], min(part[2], layer.width), min(part[3], layer.height))
    if layer.size == target and part == (0, 0, *target):
        return layer
    gap = None if exact else 3.0
    return layer.resize(target, Image.Resampling.LANCZOS, box=part, reducing_gap=gap)


def _unturn(box: Box, size: Size, orientation: int) -> Box:
    """A box in upright pixels as the box in the pixels as stored."""
    width, height = size
    left, top, right, bottom = box
    mirrored = {
        1: (left, top, right, bottom),
        2: (width - right, top, width - left, bottom),
        3: (width - right, height - bottom, width - left, height - top),
        4: (left, height - bottom, right, height - top),
        5: (top, left, bottom, right),
        6: (top, width - right, bottom, width - left),
        7: (height - bottom, width - right, height - top, width - left),
        8: (height - bottom, left, height - top, right),
    }
    return mirrored[orientation]
