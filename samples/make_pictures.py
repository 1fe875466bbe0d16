"""Draw the samples' pictures again: `python samples/make_pictures.py [name ...]`.

Pillow and NumPy are all it needs; no photo and no downloaded file goes in. The same versions of both give the
same bytes, so a second run changes nothing. A name is a part of a path: `beach`, `voucher/`; none means all.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PIL import Image

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from drawing import beach, cabin, coffee, hat, ice_cream, lanterns, offer, voucher  # noqa: E402

HERE = Path(__file__).resolve().parent


def photo(draw: Callable[[], Image.Image], quality: int, path: Path) -> None:
    """Save as a JPEG, the way a camera would: one step below 4:4:4."""
    draw().save(path, quality=quality, subsampling="4:2:0", optimize=True)


def artwork(draw: Callable[[], Image.Image], path: Path) -> None:
    """Save as a PNG with its transparency."""
    draw().save(path, optimize=True)


def animation(draw: Callable[[], Sequence[Image.Image]], path: Path) -> None:
    """Save as a GIF that loops: a rest on the first frame, then 90 ms a frame."""
    first, *others = draw()
    times = [900] + [90] * (len(others) - 2) + [240, 240]
    first.save(path, save_all=True, append_images=others, duration=times, loop=0, optimize=True)


PICTURES: dict[str, Callable[[Path], None]] = {
    "one-picture/cabin.jpg": partial(photo, cabin.cabin, 84),
    "summer-sale/beach.jpg": partial(photo, beach.beach, 86),
    "summer-sale/hat.jpg": partial(photo, hat.hat, 86),
    "summer-sale/offer.gif": partial(animation, offer.offer),
    "voucher/voucher.png": partial(artwork, voucher.voucher),
    "greetings/lanterns.jpg": partial(photo, lanterns.lanterns, 88),
    "bare-folder/01-ice-cream.jpg": partial(photo, ice_cream.ice_cream, 86),
    "bare-folder/03-coffee.jpg": partial(photo, coffee.coffee, 86),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the pictures that were asked for, and say how large they became."""
    parser = argparse.ArgumentParser(description="Draw the samples' pictures.")
    parser.add_argument("names", nargs="*", help="parts of paths, such as beach or voucher/ (default: all)")
    names = parser.parse_args(arguments).names
    for name, save in PICTURES.items():
        if not names or any(part in name for part in names):
            path = HERE / name
            path.parent.mkdir(exist_ok=True)
            save(path)
            print(f"{name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
