"""A refusal names a limit, and the same request with that limit succeeds."""

import re
from dataclasses import replace

import pytest

from mmspack import profiles
from mmspack.errors import DoesNotFit
from mmspack.fitting import fit, fit_picture
from mmspack.message import Message, Slide
from tests.fitting.drawn import clouds, flat, moving, noise, saved

pytestmark = pytest.mark.slow

ROOM = profiles.Profile(
    name="room", title="", max_bytes=4_000, max_width=200, max_height=150, source="", date="2026-01-01"
)


def number_in(text, pattern):
    found = re.search(pattern, text)
    assert found, text
    return int(found[1].replace(",", ""))


def photo(seed=1, size=(260, 200)):
    return saved(clouds(size, seed), "JPEG", quality=95)


@pytest.mark.parametrize("least", [60, 75, 88])
@pytest.mark.parametrize("kind", [clouds, flat])
def test_a_picture_reaches_its_quality_within_the_limit_that_is_named(kind, least):
    source = saved(kind((260, 200)))
    options = {"max_size": (200, 150), "min_quality": least}
    with pytest.raises(DoesNotFit) as caught:
        fit_picture(source, max_bytes=1_000 if kind is clouds else 200, **options)
    needed = number_in(str(caught.value), r"needs ([\d,]+) bytes")
    assert fit_picture(source, max_bytes=needed, **options).quality >= least
    with pytest.raises(DoesNotFit):
        fit_picture(source, max_bytes=int(needed * 0.9), **options)


def test_a_quality_that_no_size_reaches_is_told_with_the_best_there_is():
    source = saved(noise((260, 200)), "JPEG", quality=10)
    with pytest.raises(DoesNotFit, match="cannot reach min_quality 99 at any size") as caught:
        fit_picture(source, max_bytes=90_000, max_size=(200, 150), min_quality=99)
    best = float(re.search(r"the best possible is ([\d.]+)", str(caught.value))[1])
    asked = best - 0.1
    assert 99 > fit_picture(source, max_bytes=10**7, max_size=(200, 150), min_quality=asked).quality >= asked


WISHES = {
    "one quality": [Slide(image=photo(), min_quality=80), Slide(image=photo(2))],
    "two qualities": [Slide(image=photo(n), min_quality=70 + 5 * n) for n in range(2)],
    "kept and a quality": [
        Slide(image=photo(1, (150, 120)), keep=True),
        Slide(image=photo(2), min_quality=70),
    ],
    "a graphic and a photo": [
        Slide(image=saved(flat((260, 200))), min_quality=95),
        Slide(image=photo(3), min_quality=75),
        Slide(image=photo(4)),
    ],
    "an animation and a photo": [
        Slide(image=moving((100, 75), frames=6), min_quality=60),
        Slide(image=photo(3), min_quality=60),
    ],
}


@pytest.mark.parametrize("name", WISHES)
def test_a_message_fits_within_the_limit_that_is_named(name):
    message = Message(slides=WISHES[name])
    with pytest.raises(DoesNotFit) as caught:
        fit(message, ROOM, reserved_bytes=1_234, cache=False)
    limit = number_in(caught.value.hint, r"a limit of ([\d,]+) bytes would be enough")
    assert limit > ROOM.max_bytes
    fitted = fit(message, replace(ROOM, max_bytes=limit), reserved_bytes=1_234, cache=False)
    assert sum(len(part.data) for part in fitted.parts) + 1_234 <= limit
    for slide, part in zip(WISHES[name], fitted.parts, strict=True):
        assert part.quality >= (slide.min_quality or 0)
    with pytest.raises(DoesNotFit):
        fit(message, replace(ROOM, max_bytes=int(limit * 0.8)), reserved_bytes=1_234, cache=False)
