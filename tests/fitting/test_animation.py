"""Animations keep moving, keep their time, and their first frame stands alone."""

import io
import itertools
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps

from mmspack.errors import DoesNotFit, MediaError
from mmspack.fitting import fit_picture
from mmspack.fitting.animation_search import Motion
from mmspack.fitting.candidate import open_candidate
from mmspack.fitting.picture import Wish
from mmspack.media.animation import read_animation
from mmspack.media.pictures import read_picture
from mmspack.media.ssimulacra import Reference
from tests.fitting.drawn import KINDS, moving, saved

pytestmark = pytest.mark.slow


def frames_of(data):
    with Image.open(io.BytesIO(data)) as image:
        found = []
        for index in range(image.n_frames):
            image.seek(index)
            found.append((image.convert("RGB"), image.info["duration"]))
        return found, image.info.get("loop")


def shrunk(data, share=0.5, **options):
    return fit_picture(data, max_bytes=int(len(data) * share), max_size=(640, 480), **options)


@pytest.mark.slow
@pytest.mark.parametrize("loop", [0, 3, None])
def test_time_and_loop_are_kept(loop):
    source = moving((100, 75), frames=7, delay=70, loop=loop)
    fitted = shrunk(source)
    frames, found = frames_of(fitted.data)
    assert sum(delay for _, delay in frames) == 7 * 70
    assert fitted.after.duration_ms == 7 * 70
    assert found == loop
    assert len(fitted.data) <= len(source) // 2


def test_the_first_frame_is_whole():
    fitted = shrunk(moving())
    with Image.open(io.BytesIO(fitted.data)) as image:
        assert image.tile[0][1] == (0, 0, *image.size)
        assert "transparency" not in image.info


def test_every_frame_shows_what_it_should():
    source = moving(size=(200, 150), frames=10)
    fitted = shrunk(source, 0.45)
    wanted, _ = frames_of(source)
    found, _ = frames_of(fitted.data)
    assert len(found) == len(wanted)
    for (want, _), (got, _) in zip(wanted, found, strict=True):
        small = want.resize((20, 15), Image.Resampling.BOX)
        seen = got.resize((20, 15), Image.Resampling.BOX)
        pairs = zip(small.tobytes(), seen.tobytes(), strict=True)
        assert sum(abs(a - b) for a, b in pairs) / len(small.tobytes()) < 12


def test_a_still_is_made_only_when_asked():
    source = moving()
    still = shrunk(source, still=True)
    assert still.after.frames == 1
    assert "first of 12 frames" in still.actions
    assert shrunk(source).after.frames > 1


@pytest.mark.slow
def test_too_small_a_budget_asks_for_a_still():
    source = moving((120, 90))
    with pytest.raises(DoesNotFit) as caught:
        shrunk(source, 0.01)
    assert caught.value.hint == "still=True uses its first frame"
    needed = int(re.search(r"needs ([\d,]+) bytes for", str(caught.value))[1].replace(",", ""))
    fitted = fit_picture(source, max_bytes=needed, max_size=(640, 480))
    assert fitted.after.frames > 1
    with pytest.raises(DoesNotFit):
        fit_picture(source, max_bytes=needed * 3 // 4, max_size=(640, 480))


def test_a_gif_that_fits_stays_byte_for_byte():
    source = moving()
    fitted = fit_picture(source, max_bytes=len(source), max_size=(640, 480))
    assert fitted.data == source
    assert fitted.actions == ()


def test_comments_are_taken_out():
    image = KINDS["flat"]((40, 30)).quantize(16)
    source = saved(image, "GIF", comment=b"shot at 51.5N 0.1W")
    fitted = fit_picture(source, max_bytes=len(source), max_size=(640, 480))
    assert b"51.5N" not in fitted.data
    with Image.open(io.BytesIO(fitted.data)) as shown:
        assert shown.convert("RGB").tobytes() == image.convert("RGB").tobytes()


def test_a_crop_applies_to_every_frame():
    fitted = shrunk(moving(size=(200, 100)), 0.4, crop="1:1")
    assert abs(fitted.size[0] - fitted.size[1]) <= 1
    assert fitted.format == "GIF"


@pytest.mark.parametrize("disposal", [0, 1, 2, 3])
def test_all_disposals_are_drawn_as_decoders_draw_them(disposal):
    frames = []
    for index in range(4):
        frame = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
        frame.paste((200, 30 * index, 40, 255), (index * 10, 5, index * 10 + 12, 30))
        frames.append(frame)
    source = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50, disposal=disposal)
    taken = read_animation(source, (255, 255, 255))
    for index, (want, _) in enumerate(flattened(source)):
        assert Image.fromarray(taken.palette[taken.frames[index]]).tobytes() == want.tobytes()


def flattened(source):
    with Image.open(io.BytesIO(source)) as image:
        for index in range(image.n_frames):
            image.seek(index)
            frame = image.convert("RGBA")
            ground = Image.new("RGBA", frame.size, "white")
            ground.alpha_composite(frame)
            yield ground.convert("RGB"), image.info["duration"]


@pytest.mark.parametrize("cut", [12, 14, 200, 900])
def test_cut_gifs_are_refused(cut):
    with pytest.raises(MediaError, match="GIF"):
        shrunk(moving()[:cut], 0.9)


def ball():
    """A flat animation on transparent ground: three colours, and edges without shades."""
    frames = []
    for index in range(10):
        frame = Image.new("RGBA", (360, 270), (0, 0, 0, 0))
        draw = ImageDraw.Draw(frame)
        draw.fontmode = "1"
        draw.ellipse((20 + index * 15, 80, 90 + index * 15, 150), fill=(220, 30, 30, 255))
        draw.text((80, 190), f"Frame {index}", fill=(0, 0, 0, 255), font=ImageFont.load_default(40))
        frames.append(frame)
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0, disposal=2)


@pytest.mark.slow
def test_more_bytes_never_look_worse_for_a_flat_animation():
    source = ball()
    whole = fit_picture(source, max_bytes=10**6, max_size=(1600, 1200))
    assert whole.size == (360, 270)
    limits = [len(whole.data) * percent // 100 for percent in (60, 75, 90, 100, 105, 120, 140, 170, 200, 300)]
    made = [fit_picture(source, max_bytes=limit, max_size=(1600, 1200)) for limit in limits]
    assert all(len(one.data) <= limit for one, limit in zip(made, limits, strict=True))
    qualities = [one.quality for one in made]
    assert all(more >= less - 2 for less, more in itertools.pairwise(qualities)), qualities
    assert [one.size for one in made[3:]] == [(360, 270)] * 7
    assert made[2].size < (360, 270)


def test_a_shared_budget_spends_no_more_on_a_flat_animation_than_it_takes_whole():
    source = ball()
    whole = fit_picture(source, max_bytes=10**6, max_size=(1600, 1200))
    wish = Wish(max_size=(1600, 1200))
    curve = open_candidate(read_picture(source), wish).curve(
        3 * len(whole.data), len(whole.data), encode=False
    )
    assert curve.points[-1][0] == len(whole.data)
    assert curve.points[-1][1] == pytest.approx(whole.quality, abs=0.1)


def panned(frames=14, size=(300, 220)):
    """A camera that moves over a picture in shades of brown: every pixel changes in every frame."""
    grey = KINDS["clouds"]((size[0] * 2, size[1] * 2), 7).convert("L")
    ground = ImageOps.colorize(grey, "#201408", "#f8e8d0")
    boxes = [(at * 11, at * 7, at * 11 + size[0], at * 7 + size[1]) for at in range(frames)]
    return [ground.crop(box) for box in boxes]


def as_gif(frames, colours, **options):
    palette = frames[0].quantize(colours)
    drawn = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    return saved(drawn[0], "GIF", save_all=True, append_images=drawn[1:], duration=80, loop=0, **options)


def looks(data, frames):
    shown, _ = frames_of(data)
    scores = [Reference(frame).score(image) for frame, (image, _) in zip(frames, shown, strict=True)]
    return sum(scores) / len(scores)


def scaled_by_hand(frames, colours, limit):
    """The largest scale of so many colours that fits, as a tool makes it that chooses the scale alone."""
    low, high, best = 0.1, 1.0, b""
    for _ in range(7):
        scale = (low + high) / 2
        size = round(frames[0].width * scale), round(frames[0].height * scale)
        data = as_gif([frame.resize(size, Image.Resampling.LANCZOS) for frame in frames], colours)
        if len(data) <= limit:
            best, low = data, scale
        else:
            high = scale
    return best


def test_the_number_of_colours_is_the_one_that_looks_best():
    source = as_gif(panned(), 255)
    frames = [frame for frame, _ in frames_of(source)[0]]
    limit = len(source) // 8
    fitted = fit_picture(source, max_bytes=limit, max_size=(640, 480))
    assert len(fitted.data) <= limit
    by_hand = [looks(scaled_by_hand(frames, colours, limit), frames) for colours in (16, 64, 255)]
    assert looks(fitted.data, frames) > max(by_hand) + 0.5


def scrolled(frames=10, size=(320, 240)):
    """A page of words that moves up: dark strokes as thin as a pixel on white."""
    page = Image.new("RGB", (size[0], size[1] + frames * 7), "white")
    draw = ImageDraw.Draw(page)
    for top in range(4, page.height - 12, 13):
        draw.text((6, top), "packs of my box with five dozen jugs " * 3, "black", ImageFont.load_default(11))
    return [page.crop((0, at * 7, size[0], at * 7 + size[1])) for at in range(frames)]


def light(image):
    """The mean light of a picture: 1 is white."""
    levels = np.asarray(image.convert("RGB"), dtype=np.float64) / 255
    return float(np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4).mean())


def test_words_that_scroll_do_not_become_darker_where_they_become_smaller():
    source = as_gif(scrolled(), 16)
    fitted = shrunk(source, 0.4, min_quality=None)
    assert fitted.size[0] < 320
    frames = frames_of(source)[0]
    made = frames_of(fitted.data)[0]
    for (want, _), (got, _) in zip(frames, made, strict=True):
        assert light(got) == pytest.approx(light(want), abs=0.03)


def test_at_the_display_size_a_larger_animation_looks_as_any_viewer_shows_it():
    source = as_gif(scrolled(), 16)
    box = (160, 120)
    fitted = fit_picture(source, max_bytes=10**6, max_size=box)
    assert fitted.size == box
    for (want, _), (got, _) in zip(frames_of(source)[0], frames_of(fitted.data)[0], strict=True):
        shown = np.asarray(want.resize(box, Image.Resampling.LANCZOS), dtype=np.float64)
        assert np.abs(np.asarray(got) - shown).mean() < 5


def test_below_the_display_size_it_keeps_the_light_that_the_display_shows():
    source = as_gif(scrolled(), 16)
    box = (200, 150)
    whole = fit_picture(source, max_bytes=10**6, max_size=box)
    fitted = fit_picture(source, max_bytes=len(whole.data) // 4, max_size=box)
    assert fitted.size < box
    for (want, _), (got, _) in zip(frames_of(source)[0], frames_of(fitted.data)[0], strict=True):
        shown = want.resize(box, Image.Resampling.LANCZOS)
        assert light(got) == pytest.approx(light(shown), abs=0.03)


def test_what_fits_in_fewer_bytes_is_not_refused_in_more(monkeypatch):
    source = as_gif(panned(), 255)
    limit = len(source) // 8
    best = Motion.best

    def unlucky(self, asked):
        return None if asked > 0.9 * limit else best(self, asked)

    monkeypatch.setattr(Motion, "best", unlucky)
    fitted = fit_picture(source, max_bytes=limit, max_size=(640, 480))
    assert len(fitted.data) <= 0.9 * limit


def test_frames_of_no_time_and_few_bytes_are_refused_or_made_and_raise_nothing_else():
    shown = [Image.new("RGB", (90, 60), "white") for _ in range(20)]
    for at, frame in enumerate(shown):
        ImageDraw.Draw(frame).ellipse((at * 3, at, at * 3 + 14, at + 14), fill=(200, 30, 30))
    source = saved(shown[0], "GIF", save_all=True, append_images=shown[1:], duration=0, loop=0)
    for limit in (300, 500, 700, 900):
        try:
            fitted = fit_picture(source, max_bytes=limit, max_size=(80, 50))
        except DoesNotFit:
            continue
        assert len(fitted.data) <= limit
        assert fitted.after.frames > 1


@pytest.mark.parametrize("durations", [[400_000, 400_000], [655_350] * 5])
def test_frames_that_become_equal_keep_a_time_that_no_single_frame_can_have(durations):
    shown = [Image.new("RGB", (50, 40), (9, 9, 8 + at % 2)) for at in range(len(durations))]
    source = saved(shown[0], "GIF", save_all=True, append_images=shown[1:], duration=durations, loop=0)
    fitted = fit_picture(source, max_bytes=500, max_size=(40, 30))
    frames, _ = frames_of(fitted.data)
    assert sum(delay for _, delay in frames) == sum(durations)
    assert all(max(abs(value - 9) for value in image.getpixel((5, 5))) <= 1 for image, _ in frames)


def test_two_colours_made_slightly_smaller_get_the_shades_that_filtering_makes():
    shown = []
    for at in range(8):
        frame = Image.new("1", (160, 40), 1)
        ImageDraw.Draw(frame).text((120 - 12 * at, 12), "SALE 50 %", fill=0)
        shown.append(frame)
    source = saved(shown[0], "GIF", save_all=True, append_images=shown[1:], duration=100, loop=0)
    fitted = fit_picture(source, max_bytes=20_000, max_size=(156, 39))
    wanted = [frame.convert("RGB").resize(fitted.size, Image.Resampling.LANCZOS) for frame in shown]
    assert fitted.size == (156, 39)
    assert looks(fitted.data, wanted) > 80


def test_dots_of_single_pixels_keep_the_full_size_in_as_many_greys_as_fit():
    """A stippled pan, a pixel larger than it is displayed: any smaller size has lost its dots."""
    ground = KINDS["clouds"]((320, 220), 9).convert("L")
    shown = [ground.crop((at * 7, at * 4, at * 7 + 160, at * 4 + 120)).convert("1") for at in range(12)]
    source = saved(shown[0], "GIF", save_all=True, append_images=shown[1:], duration=100, loop=0)
    wanted = [frame.convert("RGB").resize((159, 119), Image.Resampling.LANCZOS) for frame in shown]
    for limit in (70_000, 100_000):
        fitted = fit_picture(source, max_bytes=limit, max_size=(159, 119))
        assert len(fitted.data) <= limit
        assert looks(fitted.data, wanted) > 35
