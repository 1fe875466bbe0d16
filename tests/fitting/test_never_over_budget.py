"""The promise that a message rests on: whatever the picture and the budget, never one byte over.

`MMSPACK_PAIRS=5000 pytest tests/fitting/test_never_over_budget.py` runs as many pairs as are wanted,
`MMSPACK_LARGE=1` also larger pictures; the suite runs a hundred and some of the smaller ones.
"""

import io
import os
import random

import pytest
from PIL import Image

from mmspack import profiles
from mmspack.errors import DoesNotFit
from mmspack.fitting import fit, fit_picture
from mmspack.message import Message, Slide
from tests.fitting.drawn import KINDS, moving, saved

pytestmark = pytest.mark.slow

PAIRS = int(os.environ.get("MMSPACK_PAIRS", "120"))
LARGE = "MMSPACK_LARGE" in os.environ


def pairs():
    chance = random.Random(20261101)
    for number in range(PAIRS):
        kind = chance.choice(list(KINDS))
        longest = chance.choice((1, 7, 33, 160, 320, 640 if LARGE else 200, 1600 if LARGE else 120))
        size = (max(1, int(longest * chance.uniform(0.02, 1))), longest)
        size = size if chance.random() < 0.5 else size[::-1]
        mode = chance.choice(("RGB", "RGB", "L", "P", "RGBA", "CMYK"))
        budget = int(2 ** chance.uniform(7, 17.5))
        yield number, kind, size, mode, budget


def picture_of(kind, size, mode, seed):
    image = KINDS[kind](size, seed)
    if mode == "P":
        return saved(image.quantize(64))
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(size))
        return saved(image)
    return saved(image.convert(mode), "JPEG" if mode == "CMYK" else "PNG")


@pytest.mark.timeout(3600)
def test_a_picture_is_never_over_its_budget():
    made = refused = 0
    for number, kind, size, mode, budget in pairs():
        data = picture_of(kind, size, mode, number)
        box = (200, 150) if number % 3 else (1600, 1200)
        effort = ("fast", "good", "best")[number % 3]
        try:
            fitted = fit_picture(data, max_bytes=budget, max_size=box, effort=effort)
        except DoesNotFit:
            refused += 1
            assert budget < 9000, f"pair {number}: {kind} {size} {mode} refused {budget} bytes"
            continue
        made += 1
        assert len(fitted.data) <= budget, f"pair {number}: {kind} {size} {mode} at {budget}"
        with Image.open(io.BytesIO(fitted.data)) as image:
            image.load()
            assert image.size == fitted.size
            assert image.width <= box[0]
            assert image.height <= box[1]
    assert made > 3 * refused


@pytest.mark.parametrize("budget", [6_000, 15_000, 30_000])
def test_a_message_is_never_over_its_budget(budget):
    profile = profiles.Profile(
        name="test", title="", max_bytes=budget, max_width=160, max_height=120, source="", date="2026-01-01"
    )
    chance = random.Random(budget)
    for round_ in range(4):
        slides = [
            Slide(image=picture_of(chance.choice(list(KINDS)), (200, 150), "RGB", round_ * 10 + n), text="Hi")
            for n in range(chance.randrange(1, 6))
        ]
        if round_ == 3 and budget > 12_000:
            slides.append(Slide(image=moving((120, 90), frames=6)))
        fitted = fit(Message(slides=slides), profile, reserved_bytes=1500, cache=False)
        assert sum(len(part.data) for part in fitted.parts) + 1500 <= budget


@pytest.mark.parametrize("budget", [6_000, 15_000, 40_000, 90_000])
def test_the_budget_is_filled(budget):
    fitted = fit_picture(saved(KINDS["noise"]((640, 480))), max_bytes=budget, max_size=(640, 480))
    assert 0.97 * budget <= len(fitted.data) <= budget
