"""Pixels of every mode and colour space brought to 8-bit sRGB without transparency."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable

from PIL import Image, ImageCms, ImageColor

from mmspack.errors import MediaError, UsageError

NAMES = tuple(ImageColor.colormap)
"""The colours that have a name."""
Resize = Callable[[Image.Image], Image.Image]


def colour(name: str) -> tuple[int, int, int]:
    """A CSS name or `#rrggbb` as red, green, blue. Raises `UsageError`."""
    try:
        red, green, blue = ImageColor.getrgb(name)[:3]
    except ValueError as error:
        raise UsageError(
            f"{name!r} is not a colour", where="background", hint="a CSS name such as white, or #rrggbb"
        ) from error
    return red, green, blue


def is_srgb(icc: bytes | None, mode: str) -> bool:
    """True when pixels of `mode` with that ICC profile can be taken as sRGB."""
    if mode in ("CMYK", "LAB"):
        return False
    return icc is None or _describes_srgb(icc)


def to_rgb(image: Image.Image, icc: bytes | None, background: str, resize: Resize) -> Image.Image:
    """The picture in sRGB after `resize`, which is called once on every layer that has to be resized."""
    if image.mode in ("P", "PA", "1") or image.mode.startswith(("I", "F")):
        image = _expand(image)
    elif image.mode in ("L", "RGB") and "transparency" in image.info:
        image = image.convert("LA" if image.mode == "L" else "RGBA")
    if image.mode in ("RGBA", "LA", "RGBa", "La"):
        return _flatten(resize(image), icc, background)
    return _convert(resize(image), icc)


def _expand(image: Image.Image) -> Image.Image:
    """Modes that cannot be resized smoothly, as ones that can."""
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode == "1":
        return image.convert("L")
    return eight_bits(image)


def eight_bits(image: Image.Image) -> Image.Image:
    """16-bit, 32-bit and float greys as 8-bit ones: by the width that their values need."""
    import numpy as np

    if image.mode == "L":
        return image
    values = np.asarray(image)
    if values.dtype.itemsize == 2:
        return Image.fromarray((values.astype(np.int32).clip(0, 65535) // 257).astype(np.uint8))
    if not np.isfinite(values).all():
        raise MediaError("the picture contains values that are not numbers")
    low, high = float(values.min()), float(values.max())
    if low < 0 or high > 65535 or high <= 1:
        offset, span = low, (high - low) or 1.0
    else:
        offset, span = 0.0, 255.0 if high <= 255 else 65535.0
    return Image.fromarray(((values - offset) * (255.0 / span)).astype(np.uint8))


def _flatten(image: Image.Image, icc: bytes | None, background: str) -> Image.Image:
    image = image.convert("RGBA")
    opaque = _convert(image.convert("RGB"), icc)
    canvas = Image.new("RGB", image.size, colour(background))
    canvas.paste(opaque, mask=image.getchannel("A"))
    return canvas


def _convert(image: Image.Image, icc: bytes | None) -> Image.Image:
    if icc is not None and not is_srgb(icc, image.mode):
        converted = _by_profile(image, icc)
        if converted is not None:
            return converted
    if image.mode == "LAB":
        return _by_profile(image, None) or image.convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _by_profile(image: Image.Image, icc: bytes | None) -> Image.Image | None:
    """The picture through its ICC profile to sRGB; None where the profile does not suit its mode."""
    try:
        source = ImageCms.createProfile("LAB") if icc is None else ImageCms.ImageCmsProfile(io.BytesIO(icc))
        return ImageCms.profileToProfile(
            image,
            source,
            _srgb(),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@functools.lru_cache(maxsize=16)
def _describes_srgb(icc: bytes) -> bool:
    try:
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(icc)))
    except (ImageCms.PyCMSError, OSError):
        return True
    return "srgb" in name.lower()
