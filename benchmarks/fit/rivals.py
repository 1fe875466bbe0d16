"""What else can put a picture into N bytes, each as its documentation says, all made baseline."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageOps

os.environ.setdefault("VIPS_CONCURRENCY", "1")
Size = tuple[int, int]
Fit = Callable[[Path, Size, int], bytes]
Moving = Callable[[Path, int], bytes]
CONVERT = "/usr/bin/convert"


def imagemagick(path: Path, size: Size, limit: int) -> bytes:
    with tempfile.NamedTemporaryFile(suffix=".jpg") as out:
        box, extent = f"{size[0]}x{size[1]}", f"jpeg:extent={limit}b"
        options = ["-auto-orient", "-resize", box, "-strip", "-interlace", "none", "-define", extent]
        subprocess.run([CONVERT, str(path), *options, out.name], check=True)
        return Path(out.name).read_bytes()


def vips_mozjpeg(path: Path, size: Size, limit: int) -> bytes:
    import pyvips

    image = pyvips.Image.thumbnail(str(path), size[0], height=size[1], size="down").copy_memory()
    options = {"optimize_coding": True, "trellis_quant": True, "overshoot_deringing": True, "quant_table": 3}
    return _bisect(lambda quality: image.jpegsave_buffer(Q=quality, keep="none", **options), limit)


def jpegli(path: Path, size: Size, limit: int) -> bytes:
    """Baseline 4:2:0 with adaptive quantisation, the distance found by bisection in ten encodes."""
    import ajpegli
    import numpy as np

    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail(size, Image.Resampling.LANCZOS, reducing_gap=None)
    pixels, low, high, best = np.asarray(image), 0.05, 25.0, b""
    for _ in range(10):
        middle = (low * high) ** 0.5
        data = ajpegli.encode(pixels, distance=middle, subsampling="420", progressive=0)
        if len(data) <= limit:
            best, high = data, middle
        else:
            low = middle
    return best or ajpegli.encode(pixels, distance=high, subsampling="420", progressive=0)


def naive_pillow(path: Path, size: Size, limit: int) -> bytes:
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail(size)
    for quality in range(95, 4, -5):
        data = _saved(image, quality)
        if len(data) <= limit:
            break
    return data


def _saved(image: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality, optimize=True)
    return stream.getvalue()


def _bisect(encode: Callable[[int], bytes], limit: int) -> bytes:
    low, high, best = 1, 100, b""
    while low <= high:
        middle = (low + high) // 2
        data = encode(middle)
        if len(data) <= limit:
            best, low = data, middle + 1
        else:
            high = middle - 1
    return best or encode(1)


IMAGEMAGICK, MOZJPEG, JPEGLI = "ImageMagick `jpeg:extent`", "libvips + mozjpeg", "jpegli"
PHOTOS: dict[str, Fit] = {
    IMAGEMAGICK: imagemagick,
    MOZJPEG: vips_mozjpeg,
    JPEGLI: jpegli,
    "Pillow, quality 95 down by 5": naive_pillow,
}
"""The last is what a script of ten lines does."""


# -- graphics -------------------------------------------------------------------------------------

Draw = Callable[[Image.Image, int], bytes]
_COLOURS = (256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4)


def _jpeg(subsampling: str) -> Draw:
    def run(image: Image.Image, limit: int) -> bytes:
        def encode(quality: int) -> bytes:
            stream = io.BytesIO()
            image.save(stream, "JPEG", quality=quality, subsampling=subsampling, optimize=True)
            return stream.getvalue()

        return _bisect(encode, limit)

    return run


def _most_colours(encode: Callable[[int], bytes], limit: int) -> bytes:
    """The palette of most colours that fits; nothing where four do not."""
    low, high, best = 0, len(_COLOURS), b""
    while low < high:
        middle = (low + high) // 2
        data = encode(_COLOURS[middle])
        if len(data) <= limit:
            best, high = data, middle
        else:
            low = middle + 1
    return best


def _median_cut(dither: Image.Dither) -> Draw:
    def run(image: Image.Image, limit: int) -> bytes:
        def encode(colours: int) -> bytes:
            palette = image.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            stream = io.BytesIO()
            image.quantize(palette=palette, dither=dither).save(stream, "PNG", optimize=True)
            return stream.getvalue()

        return _most_colours(encode, limit)

    return run


def _pngquant(*options: str) -> Draw:
    def run(image: Image.Image, limit: int) -> bytes:
        stream = io.BytesIO()
        image.save(stream, "PNG", compress_level=1)

        def encode(colours: int) -> bytes:
            order = ["pngquant", *options, str(colours), "-"]
            return subprocess.run(order, input=stream.getvalue(), capture_output=True, check=True).stdout

        return _most_colours(encode, limit)

    return run


GRAPHICS: dict[str, Draw] = {
    "JPEG 4:4:4": _jpeg("4:4:4"),
    "JPEG 4:2:0": _jpeg("4:2:0"),
    "median cut": _median_cut(Image.Dither.NONE),
    "median cut, dithered": _median_cut(Image.Dither.FLOYDSTEINBERG),
    "pngquant": _pngquant("--nofs"),
    "pngquant, dithered": _pngquant(),
}


# -- animations -----------------------------------------------------------------------------------


def _gifsicle(*options: str) -> Moving:
    def run(path: Path, limit: int) -> bytes:
        low, high, best = 0.05, 1.0, b""
        for _ in range(7):
            scale = (low + high) / 2
            order = ["gifsicle", "-O3", "--no-warnings", *options, "--scale", f"{scale:.4f}", str(path)]
            data = subprocess.run(order, capture_output=True, check=True).stdout
            if len(data) <= limit:
                best, low = data, scale
            else:
                high = scale
        return best

    return run


GIFSICLE, LOSSY = "gifsicle -O3", "gifsicle -O3 --lossy=80"
GIFS: dict[str, Moving] = {GIFSICLE: _gifsicle(), LOSSY: _gifsicle("--lossy=80")}
"""Each with the scale found by bisection in seven runs."""
