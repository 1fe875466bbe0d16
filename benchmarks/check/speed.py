"""How long a check takes, against Pillow decoding the same pictures in the same run.

    python benchmarks/check/speed.py            four photos of 1600x1200, about 600 kB in all

Exits with 1 where a check takes longer than is asked for.
"""

from __future__ import annotations

import argparse
import io
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from PIL import Image, ImageFilter

from benchmarks.goals import Goals, add_room
from mmspack import profiles, rules
from mmspack.bundle import found
from mmspack.bundle.bundle import pack
from mmspack.bundle.zip_reader import read_archive
from mmspack.model import Part
from mmspack.rules import checking

RUNS = 15
GOAL = 1.6
"""A check, in times of decoding."""
PAR = (
    '<par dur="5000ms"><img src="image{0}.jpg" region="Image"/><text src="text{0}.txt" region="Text"/></par>'
)
SMIL = (
    '<smil><head><layout><root-layout width="480" height="640"/>'
    '<region id="Image" left="0" top="0" width="480" height="480" fit="meet"/>'
    '<region id="Text" left="0" top="480" width="480" height="160" fit="scroll"/>'
    "</layout></head><body>" + "".join(PAR.format(n) for n in range(1, 5)) + "</body></smil>"
)


def picture(seed: int) -> bytes:
    """A JPEG of about 150 kB with detail at several scales, as photos have it."""
    chance = random.Random(seed)
    image = Image.new("L", (1600, 1200), 128)
    for size in (8, 40, 200):
        noise = Image.frombytes("L", (size, size * 3 // 4), chance.randbytes(size * (size * 3 // 4)))
        image = Image.blend(image, noise.resize((1600, 1200), Image.Resampling.BICUBIC), 0.45)
    image = image.filter(ImageFilter.GaussianBlur(1))
    colours = Image.merge("RGB", (image, image.rotate(180), image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    stream = io.BytesIO()
    colours.save(stream, "JPEG", quality=46)
    return stream.getvalue()


def median_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_room(options)
    goals = Goals(options.parse_args().room)
    pictures = [picture(seed) for seed in range(4)]
    parts = [Part("message.smil", "application/smil", SMIL.encode())]
    for number, data in enumerate(pictures, 1):
        parts += [
            Part(f"image{number}.jpg", "image/jpeg", data),
            Part(f"text{number}.txt", "text/plain", b"Hello"),
        ]
    bundle = pack(parts)
    profile = profiles.get("us")
    checking.check(bundle.data, profile=profile)

    def decode() -> None:
        for data in pictures:
            Image.open(io.BytesIO(data)).load()

    def check_anew() -> None:
        # A picture that was examined a moment ago is not decoded again: here each check is somebody's first.
        found._remembered.cache_clear()
        checking.check(bundle.data, profile=profile)

    bound = median_ms(decode)
    whole = median_ms(check_anew)
    again = median_ms(lambda: checking.check(bundle.data, profile=profile))
    reading = median_ms(lambda: read_archive(bundle.data))
    print(f"bundle of {len(bundle.data):,} bytes, {len(rules.all_rules())} rules, medians of {RUNS} runs")
    asked = goals.at_most("a check, × decoding", whole / bound, GOAL)
    print(f"check                      {whole:7.1f} ms   {whole / bound:5.2f} x decoding   ({asked})")
    print(f"  once more                {again:7.1f} ms")
    print(f"  of that, the zip reader  {reading:7.1f} ms")
    print(f"Pillow decodes the four    {bound:7.1f} ms")
    goals.finish()


if __name__ == "__main__":
    main()
