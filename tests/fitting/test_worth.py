"""A part of a film takes what its source's own rate is worth, and not all the bytes that there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmspack import Message, Slide, build, profiles
from mmspack.media.containers.iso_index import film_frame_sizes
from tests.fitting.clips import make_film, pictures

pytestmark = pytest.mark.slow


def part(data: bytes, max_bytes: int = 250_000, **keys):
    room = replace(profiles.get("uk"), max_bytes=max_bytes, warn_bytes=None)
    return build(Message(slides=[Slide(video=data, **keys)]), room, cache=False).message.slides[0].parts[0]


@pytest.fixture(scope="module")
def coarse() -> bytes:
    """Five seconds of few bytes."""
    return make_film(size=(192, 108), seconds=5, rate=15, sound=False, options={"crf": "36"})


def test_a_part_of_a_small_clip_takes_what_its_source_is_worth(coarse):
    cut = part(coarse, start=2, end=3)
    own = film_frame_sizes(coarse)
    assert cut.after.bytes < 5 * (sum(own) / 5 + max(own)) + 2_000  # and 250,000 there are
    assert cut.quality > 70
    assert part(coarse, start=1, end=3).after.bytes > cut.after.bytes


def test_it_takes_more_where_a_quality_is_asked_for(coarse):
    cut = part(coarse, start=2, end=3)
    better = part(coarse, start=2, end=3, min_quality=cut.quality + 1)
    assert better.quality >= cut.quality + 1


def test_a_part_of_a_large_clip_fills_the_bytes_as_ever():
    fine = make_film(size=(192, 108), seconds=3, rate=15, sound=False, options={"crf": "8"})
    assert part(fine, 25_000, start=1, end=2).after.bytes > 0.9 * 25_000


@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_the_frames_of_the_film_are_counted_and_not_those_of_its_sound(container):
    data = make_film(size=(96, 64), seconds=1, container=container)
    assert sorted(film_frame_sizes(data)) == sorted(map(len, pictures(data)))
    for length in range(0, len(data), 97):
        film_frame_sizes(data[:length])
