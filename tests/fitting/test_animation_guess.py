"""How large an animation will be is known before it is encoded, so that one or two encodes do."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from mmspack.fitting.animation_search import Motion
from mmspack.media.animation import read_animation
from tests.fitting.drawn import KINDS
from tests.fitting.test_animation import as_gif, panned, shrunk

pytestmark = pytest.mark.slow


def a_dot(size=(300, 220), frames=40):
    """A dot that wanders over a page; the page is turned at the tenth and the thirtieth frame."""
    shown = []
    for at in range(frames):
        frame = KINDS["flat"](size, 3 + at // 10 % 3).copy()
        ImageDraw.Draw(frame).ellipse((at * 5, 60, at * 5 + 40, 100), fill="#d02040")
        shown.append(frame)
    return shown


def drifting(size=(300, 220), frames=40):
    """A gradient that grows lighter, by less from frame to frame than is drawn again."""
    ramp = Image.linear_gradient("L").resize(size)
    return [
        Image.merge("RGB", [ramp.point(lambda level, at=at: min(255, level + 3 * at))] * 3)
        for at in range(frames)
    ]


FILMS = {"panned": panned, "a dot": a_dot, "drifting": drifting}


@pytest.mark.parametrize("factor", [0.4, 0.7])
@pytest.mark.parametrize("colours", [None, 16])
@pytest.mark.parametrize("film", FILMS)
def test_bytes_are_known_before_an_encode(film, colours, factor):
    source = as_gif(FILMS[film](), 255)
    animation = read_animation(source, (255, 255, 255))
    motion = Motion(animation, animation.size, filled=0.94, source_bytes=len(source))
    guessed = motion.sizes.bytes_for(factor, colours)
    made = len(motion.encode(factor, colours, learn=False).data)
    assert 0.75 < guessed / made < 1.33


def test_few_encodes_find_the_size(monkeypatch):
    made = []
    encode = Motion.encode

    def counted(self, *args, **options):
        made.append(args)
        return encode(self, *args, **options)

    monkeypatch.setattr(Motion, "encode", counted)
    shrunk(as_gif(panned(), 255), 0.2)
    assert len(made) <= 3


def lines(size=(400, 160), frames=10, step=8):
    """A grid of thin lines, sharp only where they fall on pixels, and clouds that pass over a part of it."""
    clouds = ImageOps.colorize(KINDS["clouds"]((size[0], size[1]), 5).convert("L"), "#405060", "#f0f4ff")
    shown = []
    for at in range(frames):
        frame = Image.new("RGB", size, "#fffaf0")
        draw = ImageDraw.Draw(frame)
        for x in range(0, size[0], step):
            draw.line((x, 0, x, size[1]), fill="#203060")
        for y in range(0, size[1], step):
            draw.line((0, y, size[0], y), fill="#203060")
        frame.paste(clouds.crop((at * 20, 30, at * 20 + 70, 110)), (at * 30, 40))
        shown.append(frame)
    return shown


def test_of_sizes_that_fit_the_one_is_taken_at_which_lines_are_clearest():
    source = as_gif(lines(), 128)
    animation = read_animation(source, (255, 255, 255))
    motion = Motion(animation, animation.size, filled=0.94, source_bytes=len(source))
    gains = []
    for most in (0.45, 0.55, 0.65, 0.7, 0.75, 0.8):
        taken = motion._clearest(most, None)
        assert 0.95 * most <= taken <= most
        largest, clearest = (motion.encode(size, learn=False).quality for size in (most, taken))
        gains.append(clearest - largest)
    assert min(gains) > -0.1  # of two that look the same, either may be taken
    assert sum(gains) / len(gains) > 4


def test_the_full_size_in_few_colours_is_taken_where_that_fits():
    source = as_gif(lines(), 128)
    fitted = shrunk(source, 0.43)
    assert (fitted.after.width, fitted.after.height) == (400, 160)
    assert fitted.quality > 80


def scrolled(size=(240, 320), frames=12, step=24):
    """A page of words that moves up: what is white before and after is not what stays."""
    tall = Image.new("RGB", (size[0], size[1] + frames * step), "white")
    draw = ImageDraw.Draw(tall)
    for y in range(6, tall.height - 10, 14):
        draw.text((8 + y % 9, y), f"order {y * 7919 % 997} ships on Saturday at {y % 12}", fill="#202030")
    return [tall.crop((0, at * step, size[0], at * step + size[1])) for at in range(frames)]


def test_what_is_written_takes_fewer_bytes_than_by_pillow_and_shows_the_same():
    """Nothing is to be left out of a page that scrolls: words repeat, what is left of them does not."""
    shown = [frame.quantize(16).convert("RGB") for frame in scrolled()]
    source = as_gif(shown, 32)
    animation = read_animation(source, (255, 255, 255))
    motion = Motion(animation, animation.size, filled=0.94, source_bytes=len(source))
    made = motion.encode(1.0, learn=False).data
    with Image.open(io.BytesIO(made)) as opened:
        assert opened.n_frames == len(shown)
        for at, wanted in enumerate(animation.frames):
            opened.seek(at)
            apart = np.abs(np.asarray(opened.convert("RGB"), int) - animation.palette[wanted])
            assert apart.mean() < 2
    assert len(made) < 0.75 * len(source)
