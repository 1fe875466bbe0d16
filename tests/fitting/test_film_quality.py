"""The arithmetic of films: quality as loss and back, and how patient an effort is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mmspack import Message, Slide, build
from mmspack.fitting import quality
from mmspack.fitting.clips import ClipWish
from mmspack.fitting.film import Film
from mmspack.fitting.film_codings import H263, MP4
from mmspack.fitting.film_forecast import spread_pieces
from mmspack.fitting.film_sizes import in_blocks
from mmspack.fitting.studio import ClipCut, Screen, Studio
from mmspack.media.containers.iso_index import frame_sizes
from mmspack.media.probing import probe
from tests.fitting.clips import frame, make_film, screen


@pytest.mark.parametrize("value", [100.0, 71.5, 30.0, -20.0])
def test_what_was_lost_gives_the_quality_back(value):
    assert quality.of_film(quality.loss(value), 30, 30) == pytest.approx(value)


def test_half_the_frames_cost_thirty_points_below_24_a_second():
    assert quality.of_film(0, 12, 30) == pytest.approx(70)
    assert quality.of_film(0, 24, 30) == pytest.approx(100)
    assert quality.of_film(0, 12, 12) == pytest.approx(100)


def test_effort_best_takes_more_references_and_the_others_what_is_usual():
    assert MP4.at("good") == MP4.at("fast") == MP4
    assert int(dict(MP4.at("best").options)["refs"]) > int(dict(MP4.options)["refs"])
    assert set(dict(MP4.at("best").options)) == set(dict(MP4.options))
    assert H263.at("best").options == H263.options


def test_pieces_are_spread_evenly_over_a_film_that_takes_its_bytes_evenly():
    starts, weights = spread_pieces([9000] + [1000] * 299)
    assert all(abs(start - wanted) <= 2 for start, wanted in zip(starts, (33, 108, 183, 258), strict=True))
    assert weights == pytest.approx((0.25,) * 4, abs=0.01)


def test_half_of_the_pieces_show_a_moment_that_takes_the_bytes_and_count_for_its_time_alone():
    sizes = [9000] + [10] * 149 + [2000] * 30 + [10] * 120
    starts, weights = spread_pieces(sizes)
    busy = [at for at, start in enumerate(starts) if 145 <= start + 4 < 185]
    assert len(busy) in (2, 3)
    assert 0.03 < sum(weights[at] for at in busy) < 0.25
    assert sum(weights) == pytest.approx(1)


@pytest.mark.parametrize("count", [65, 66, 90])
def test_pieces_of_a_short_film_do_not_overlap(count):
    starts, _ = spread_pieces([0] * (count - 20) + [5000] * 20)
    assert starts[-1] + 8 <= count
    assert all(later - earlier >= 8 for earlier, later in itertools.pairwise(starts))


@pytest.mark.parametrize(("size", "wanted"), [((640, 360), (656, 368)), ((480, 270), (480, 272))])
def test_films_are_made_of_whole_blocks(size, wanted):
    assert in_blocks(size) == wanted


@pytest.mark.parametrize("size", [(202, 114), (854, 20), (20, 700), (234, 176)])
def test_a_size_without_whole_blocks_near_it_keeps_its_proportions(size):
    assert in_blocks(size) == size


@pytest.mark.slow
def test_the_sizes_of_frames_add_up_to_the_samples_of_a_film():
    data = make_film(seconds=1, sound=False)
    sizes = frame_sizes(data)
    samples = data.index(b"mdat")
    assert len(sizes) == 30
    assert sum(sizes) == int.from_bytes(data[samples - 4 : samples], "big") - 8
    assert frame_sizes(b"not a film") == []


@pytest.mark.slow
@pytest.mark.parametrize(("shown", "drawn"), [(screen, True), (frame, False)])
def test_a_recorded_screen_is_told_from_what_a_camera_saw(shown, drawn):
    studio = Studio(make_film(seconds=1, sound=False, shown=shown), "mov", ClipCut(), Screen())
    assert studio.drawn is drawn
    studio.close()


@pytest.mark.slow
def test_of_two_ways_to_encode_a_recorded_screen_the_better_is_kept():
    data = make_film(size=(320, 180), sound=False, shown=screen, options={"crf": "1"})
    looks = []
    for effort in ("fast", "good"):  # the first has one way alone
        film = Film(data, probe(data), ClipWish(types=("video/mp4",), effort=effort, crop="1:1"), MP4)
        made = film.attempt(10_000)
        film.close()
        assert len(made.data) <= 10_000
        looks.append(made.quality)
    assert looks[1] >= looks[0]


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [2, 3], ids=["coded whole", "sketched"])
def test_a_film_at_the_finest_quality_takes_no_more_bytes_and_one_just_below_it_fits(seconds):
    data = make_film(size=(192, 108), seconds=seconds, sound=False, options={"crf": "1"})
    film = Film(data, probe(data), ClipWish(types=("video/mp4",), crop="1:1"), MP4)
    finest = film.attempt(2_000_000)
    assert len(finest.data) < 1_000_000, "more bytes show nothing more"
    for share in (0.9, 0.97, 1.0, 1.01, 1.03):
        limit = round(len(finest.data) * share)
        made = film.attempt(limit)
        assert 0.95 * min(limit, len(finest.data)) <= len(made.data) <= limit
        assert made.quality >= finest.quality - 3
    film.close()


def test_a_short_film_with_more_bytes_than_it_can_use_stays_at_level_3_1():
    grain = np.random.default_rng(5).integers(0, 256, (360, 640, 3), dtype=np.uint8) // 20
    data = make_film(
        size=(640, 360),
        seconds=0.3,
        options={"crf": "10"},
        shown=lambda at, _: np.roll(grain, 9 * (at // 5), 1),
    )
    made = build(Message(slides=[Slide(video=data, crop="16:9")]), "uk", cache=False)
    film = next(track for track in probe(made.message.slides[0].parts[0].data).tracks if track.is_film)
    assert film.level <= 31
    assert not made.report.findings
