"""Made smaller, a fine pattern gives as much light as before."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mmspack.media import scaling
from mmspack.media.tiles import Tiles
from tests.fitting.drawn import clouds, noise

MEAN_LIGHT = 188
"""The grey that gives half of white's light (sRGB)."""


def stripes(size=(96, 64), colours=("black", "white")):
    image = Image.new("RGB", size, colours[0])
    draw = ImageDraw.Draw(image)
    for left in range(1, size[0], 2):
        draw.line((left, 0, left, size[1]), fill=colours[1])
    return image


def page(size=(700, 900)):
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for top in range(10, size[1] - 20, 18):
        draw.text(
            (14, top),
            "The quick brown fox jumps over the lazy dog, " * 3,
            "black",
            ImageFont.load_default(13),
        )
    return image


def inner(image):
    """The pixels that no edge reaches."""
    pixels = np.asarray(image).astype(int)
    return pixels[8:-8, 8:-8]


def test_black_and_white_stripes_become_the_grey_that_they_look_like():
    half = scaling.resized(stripes(), (48, 32), lit=True)
    assert half.mode == "RGB"
    assert np.abs(inner(half) - MEAN_LIGHT).max() <= 3
    assert np.abs(inner(scaling.resized(stripes(), (48, 32), lit=False)) - 128).max() <= 3


def test_each_channel_has_its_own_light():
    half = scaling.resized(stripes(colours=("red", "blue")), (48, 32), lit=True)
    assert np.abs(inner(half) - (MEAN_LIGHT, 0, MEAN_LIGHT)).max() <= 3


def test_in_8_bits_most_of_the_light_is_kept():
    half = inner(scaling.quickly(stripes(), (48, 32)))
    assert 170 <= half.min() <= half.max() <= MEAN_LIGHT


@pytest.mark.parametrize("level", range(0, 256, 5))
def test_one_colour_stays_what_it_was(level):
    flat = Image.new("RGB", (40, 30), (level, 255 - level, 128))
    for small in (scaling.resized(flat, (17, 13), lit=True), scaling.quickly(flat, (17, 13))):
        assert np.abs(np.asarray(small).astype(int) - np.asarray(flat)[0, 0]).max() <= 2


def test_a_picture_of_that_size_already_keeps_its_pixels():
    image = noise((40, 30))
    assert scaling.quickly(image, (40, 30)).tobytes() == image.tobytes()


def test_a_box_of_a_picture_is_made_as_the_same_part_of_all_of_it():
    image = clouds((160, 120))
    whole = scaling.resized(image, (80, 60), lit=True)
    part = scaling.resized(image, (30, 20), (40, 40, 100, 80), lit=True)
    assert np.abs(np.asarray(part).astype(int) - np.asarray(whole.crop((20, 20, 50, 40)))).max() <= 1


def test_tiles_are_made_as_the_same_places_of_the_whole():
    image = noise((900, 700))
    lit, plain = (Tiles(image, pixels=60_000).at(0.5, lit=lit) for lit in (True, False))
    assert np.asarray(lit).mean() - np.asarray(plain).mean() > 15
    whole = scaling.resized(image, (450, 350), lit=True)
    assert abs(np.asarray(lit).mean() - np.asarray(whole).mean()) < 1.5


def test_words_gain_by_light_and_soft_shapes_do_not():
    assert Tiles(page()).gain_by_light
    assert not Tiles(clouds((700, 900))).gain_by_light
