"""Encoders compete; with `best` what is reported is what a reader of the file measures."""

import io

import pytest
from PIL import Image

from mmspack.fitting import cache, fit_picture
from mmspack.media import jpegli
from mmspack.media.probing import probe
from mmspack.media.ssimulacra import Reference
from tests.fitting.drawn import clouds, net, noise, ramp, saved

BOX = (320, 240)
BUDGETS = (4_000, 12_000, 40_000)
WORDS = "encoded by jpegli, which looks best"


@pytest.fixture(scope="module")
def photo():
    """Soft in one half and grainy in the other: what jpegli quantises in two ways."""
    image = clouds((480, 360), 5)
    image.paste(ramp((240, 360)), (0, 0))
    return image


def fitted(photo, limit, effort="best"):
    return fit_picture(saved(photo, "JPEG", quality=96), max_bytes=limit, max_size=BOX, effort=effort)


def seen(photo, made):
    wanted = Image.open(io.BytesIO(saved(photo, "JPEG", quality=96))).resize(BOX, Image.Resampling.LANCZOS)
    return Reference(wanted).score(Image.open(io.BytesIO(made.data)))


@pytest.fixture
def alone(monkeypatch):
    """As where the extra is not installed."""
    monkeypatch.setattr(jpegli, "installed", lambda: "")


@pytest.mark.slow
@pytest.mark.parametrize("limit", BUDGETS)
def test_the_quality_of_best_is_measured(photo, limit):
    made = fitted(photo, limit)
    assert made.quality == pytest.approx(max(0.0, seen(photo, made)), abs=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("limit", BUDGETS)
def test_best_never_looks_worse_than_good(photo, limit):
    assert seen(photo, fitted(photo, limit)) >= seen(photo, fitted(photo, limit, "good")) - 0.3


@pytest.mark.slow
def test_best_never_looks_worse_than_good_where_a_palette_pays_for_noise():
    """Decoded more coarsely, as `good` does, the paper has less of it."""
    ink = ((20, 20, 30), (180, 30, 30), (40, 60, 150))
    drawing = net((2400, 1600), 60, ink, (240, 238, 230))
    source = saved(Image.blend(drawing, noise(drawing.size, 2), 0.02), "JPEG", quality=95)
    made = {
        effort: fit_picture(source, max_bytes=20_000, max_size=(600, 400), effort=effort)
        for effort in ("good", "best")
    }
    wanted = Reference(Image.open(io.BytesIO(source)).resize((600, 400), Image.Resampling.LANCZOS))
    good, best = (wanted.score(Image.open(io.BytesIO(made[effort].data))) for effort in ("good", "best"))
    assert {fitted.type for fitted in made.values()} == {"image/png"}
    assert best >= good - 0.05
    assert made["best"].quality == pytest.approx(best, abs=0.3)


@pytest.mark.slow
def test_a_net_of_thin_lines_keeps_its_size_where_a_smaller_one_loses_them():
    threads = ((255, 255, 255), (200, 210, 240), (90, 120, 180))
    drawing = net((3640, 2400), 400, threads, (30, 60, 120), widths=(6, 12, 20))
    source = saved(drawing, "JPEG", quality=90)
    made = fit_picture(source, max_bytes=30_000, max_size=(640, 480))
    wanted = Reference(Image.open(io.BytesIO(source)).resize((640, 422), Image.Resampling.LANCZOS))
    assert wanted.score(Image.open(io.BytesIO(made.data))) >= 36


def test_a_fit_is_kept_apart_by_the_version_of_the_encoder(monkeypatch):
    keys = set()
    for version in ("", "1.0.0", "1.1.0"):
        cache._versions.cache_clear()
        monkeypatch.setattr(jpegli, "installed", lambda version=version: version)
        keys.add(cache.key_of([b"photo"], "wish"))
    cache._versions.cache_clear()
    assert len(keys) == 3


@pytest.mark.slow
def test_jpegli_is_tried_with_good_and_named_where_it_is_taken(photo):
    pytest.importorskip("ajpegli")
    made = fitted(photo, BUDGETS[1], "good")
    found = probe(made.data)
    assert len(made.data) <= BUDGETS[1]
    assert WORDS in made.actions
    assert found.jfif
    assert not found.progressive
    assert WORDS not in fitted(photo, BUDGETS[1], "fast").actions


@pytest.mark.slow
def test_without_the_extra_best_uses_our_own_encoder_and_says_nothing(photo, alone):
    for limit in BUDGETS:
        made = fitted(photo, limit)
        assert len(made.data) <= limit
        assert not any("jpegli" in action for action in made.actions)


@pytest.mark.slow
@pytest.mark.parametrize("limit", BUDGETS)
def test_an_encode_of_jpegli_is_baseline_with_a_jfif_header_within_the_budget_and_named(photo, limit):
    pytest.importorskip("ajpegli")
    made = fitted(photo, limit)
    found = probe(made.data)
    assert len(made.data) <= limit
    assert not found.progressive
    assert found.jfif
    assert WORDS in made.actions
    assert fitted(photo, limit) == made
