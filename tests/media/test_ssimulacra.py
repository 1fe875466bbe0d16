"""Our own SSIMULACRA2: 100 where nothing changed, lower the more is lost, for pictures of any size."""

import io
import itertools

import pytest
from PIL import Image

from mmspack.media.ssimulacra import BELL, BOX, GAUSS, Reference
from mmspack.media.tiles import Tiles
from tests.fitting.drawn import KINDS, clouds


def saved_as_jpeg(image, quality):
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize("window", [GAUSS, BELL, BOX])
def test_the_same_picture_is_perfect_and_a_worse_copy_is_worse(window):
    wanted = clouds((300, 220))
    reference = Reference(wanted, window=window)
    assert reference.score(wanted) == 100
    scores = [reference.score(opened(saved_as_jpeg(wanted, quality))) for quality in (92, 70, 40, 15)]
    assert all(finer > coarser for finer, coarser in itertools.pairwise(scores)), scores


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (7, 5), (40, 9), (130, 131)])
def test_a_picture_of_any_size_has_a_quality(size):
    for kind in KINDS.values():
        wanted = kind(size, 1)
        assert Reference(wanted, window=BOX).score(wanted) == 100
        assert Reference(wanted, window=BOX).score(Image.new("RGB", size, "red")) <= 100


def test_a_copy_at_another_size_is_compared_as_a_screen_shows_it():
    wanted = clouds((300, 220))
    small = wanted.resize((150, 110), Image.Resampling.LANCZOS)
    assert 0 < Reference(wanted).score(small) < 100


@pytest.mark.slow
def test_the_tiles_of_a_photo_show_what_the_whole_of_it_does():
    wanted = clouds((900, 700))
    tiles, reference = Tiles(wanted), Reference(wanted)
    for quality in (90, 75):
        of_tiles = tiles.score(saved_as_jpeg(tiles.at(1.0), quality))
        of_all = reference.score(opened(saved_as_jpeg(wanted, quality)))
        assert of_tiles == pytest.approx(of_all, abs=4)
