"""The quality that is told is that of what was made, as the metric sees all of it."""

import io
import random

import pytest
from PIL import Image, ImageDraw, ImageFont

from mmspack.fitting import fit_picture
from mmspack.media.ssimulacra import Reference
from tests.fitting.drawn import clouds, saved

pytestmark = pytest.mark.slow
NEAR = 2.0
"""Points that a report may be off. The metric of a few tiles was off by up to 17."""


def lines(size=(900, 1200), height=26, seed=3):
    """A page of small print with coloured lines: every tile is unlike the others."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for top in range(0, size[1], height):
        ink = tuple(chance.randrange(0, 160) for _ in range(3))
        words = " ".join("".join(chance.choices("aeinorstul", k=chance.randint(2, 9))) for _ in range(14))
        draw.text((12, top), words, fill=ink, font=ImageFont.load_default(chance.choice((13, 17, 21))))
    return image


def framed(size=(1100, 1500), seed=5):
    """A photo on a page with a dark edge, as in a screenshot of an application."""
    image = lines(size, 40, seed)
    image.paste(clouds((size[0], size[1] // 3), seed), (0, size[1] // 3))
    ImageDraw.Draw(image).rectangle((0, 0, size[0] - 1, 90), fill="#102030")
    return image


def seen(source, fitted, size):
    wanted = source.convert("RGB")
    wanted.thumbnail(size, Image.Resampling.LANCZOS, reducing_gap=None)
    with Image.open(io.BytesIO(fitted.data)) as shown:
        return Reference(wanted).score(shown.convert("RGB"))


@pytest.mark.parametrize("limit", [25_000, 60_000, 150_000])
@pytest.mark.parametrize("drawn", [lines, framed])
def test_what_is_told_of_a_drawing_is_what_is_seen(drawn, limit):
    source, size = drawn(), (1600, 1200)
    fitted = fit_picture(saved(source), max_bytes=limit, max_size=size)
    assert fitted.quality == pytest.approx(max(0.0, seen(source, fitted, size)), abs=NEAR)


def dithered(frames=8, size=(330, 420)):
    """A film of few colours whose shades are stippled, around a player of one colour."""
    shown = []
    for index in range(frames):
        frame = clouds(size, 4)
        draw = ImageDraw.Draw(frame)
        draw.rectangle((30, 40, 300, 380), fill="#303050")
        draw.rectangle((60 + 9 * index, 160, 100 + 9 * index, 220), fill="#ffcc00")
        shown.append(frame.quantize(16, dither=Image.Dither.FLOYDSTEINBERG))
    return saved(shown[0], "GIF", save_all=True, append_images=shown[1:], duration=100, loop=0)


@pytest.mark.parametrize("share", [0.7, 0.85])
def test_what_is_told_of_a_stippled_film_is_what_is_seen(share):
    source = dithered()
    fitted = fit_picture(source, max_bytes=int(share * len(source)), max_size=(480, 640))
    found = []
    with Image.open(io.BytesIO(source)) as wanted, Image.open(io.BytesIO(fitted.data)) as shown:
        assert wanted.n_frames == shown.n_frames
        for at in range(wanted.n_frames):
            wanted.seek(at)
            shown.seek(at)
            found.append(Reference(wanted.convert("RGB")).score(shown.convert("RGB")))
    assert fitted.quality == pytest.approx(sum(found) / len(found), abs=NEAR)
