"""The arithmetic of films: quality as loss and back, and how patient an effort is."""

from __future__ import annotations

import pytest

from mmspack.fitting import quality
from mmspack.fitting.film_codings import H263, MP4
from mmspack.media.containers.iso_index import frame_sizes
from tests.fitting.clips import make_film


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


@pytest.mark.slow
def test_the_sizes_of_frames_add_up_to_the_samples_of_a_film():
    data = make_film(seconds=1, sound=False)
    sizes = frame_sizes(data)
    samples = data.index(b"mdat")
    assert len(sizes) == 30
    assert sum(sizes) == int.from_bytes(data[samples - 4 : samples], "big") - 8
    assert frame_sizes(b"not a film") == []
