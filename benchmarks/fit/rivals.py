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


def opencv(path: Path, size: Size, limit: int) -> bytes:
    import cv2

    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    ratio = min(1.0, size[0] / image.shape[1], size[1] / image.shape[0])
    target = (round(image.shape[1] * ratio), round(image.shape[0] * ratio))
    small = cv2.resize(image, target, interpolation=cv2.INTER_AREA)

    def encode(quality: int) -> bytes:
        flags = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
        return cv2.imencode(".jpg", small, flags)[1].tobytes()

    return _bisect(encode, limit)


def naive_pillow(path: Path, size: Size, limit: int) -> bytes:
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail(size)
    for quality in range(95, 4, -5):
        data = _saved(image, quality)
        if len(data) <= limit:
            break
    return data


def pillow_bisection(path: Path, size: Size, limit: int) -> bytes:
    image = _thumbnail(path, size)
    return _bisect(lambda quality: _saved(image, quality), limit)


def pillow_jpegoptim(path: Path, size: Size, limit: int) -> bytes:
    image = _thumbnail(path, size)
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=95)
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        Path(file.name).write_bytes(stored.getvalue())
        order = ["jpegoptim", "--quiet", "--strip-all", "--all-normal", f"--size={limit // 1000}k", file.name]
        subprocess.run(order, check=True)
        return Path(file.name).read_bytes()


def _thumbnail(path: Path, size: Size) -> Image.Image:
    with Image.open(path) as opened:
        opened.draft("RGB", (max(size), max(size)))
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail(size, Image.Resampling.LANCZOS)
    return image


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


PHOTOS: dict[str, Fit] = {
    "ImageMagick `jpeg:extent`": imagemagick,
    "libvips + mozjpeg, bisection": vips_mozjpeg,
    "jpegli, bisection": jpegli,
    "OpenCV, bisection": opencv,
    "naive Pillow, quality 95 down by 5": naive_pillow,
    "Pillow thumbnail, bisection": pillow_bisection,
    "Pillow + jpegoptim": pillow_jpegoptim,
}


# -- animations -----------------------------------------------------------------------------------


def gifsicle(path: Path, limit: int) -> bytes:
    """-O3, the scale found by bisection in seven runs."""
    low, high, best = 0.05, 1.0, b""
    for _ in range(7):
        scale = (low + high) / 2
        order = ["gifsicle", "-O3", "--no-warnings", "--scale", f"{scale:.4f}", str(path)]
        data = subprocess.run(order, capture_output=True, check=True).stdout
        if len(data) <= limit:
            best, low = data, scale
        else:
            high = scale
    return best


def naive_gif(path: Path, limit: int) -> bytes:
    """Every frame thumbnailed, the scale found by bisection in seven runs."""
    low, high, best = 0.05, 1.0, b""
    for _ in range(7):
        scale = (low + high) / 2
        data = _thumbnailed(path, scale)
        if len(data) <= limit:
            best, low = data, scale
        else:
            high = scale
    return best


def _thumbnailed(path: Path, scale: float) -> bytes:
    frames, delays = [], []
    with Image.open(path) as image:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        for index in range(image.n_frames):
            image.seek(index)
            delays.append(image.info["duration"])
            frames.append(image.convert("RGB").resize(size))
    stream = io.BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], duration=delays, loop=0)
    return stream.getvalue()


GIFS: dict[str, Callable[[Path, int], bytes]] = {
    "gifsicle -O3, scale by bisection": gifsicle,
    "naive Pillow, scale by bisection": naive_gif,
}
