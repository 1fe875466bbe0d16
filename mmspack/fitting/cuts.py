"""Which part of its video or sound a slide asks for, and what of that the file does not have."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.message import Slide
from mmspack.model import Facts, Kind
from mmspack.words import keyed, length_words

OVER = 0.25
"""Seconds by which a clip may be longer or shorter than was asked: a length is written in whole ones."""


def end_of(slide: Slide, kind: Kind) -> float | None:
    """The second at which the clip is cut off. A video is not shown for longer than its slide."""
    if kind is not Kind.VIDEO or slide.seconds is None:
        return slide.end
    last = slide.start + slide.seconds
    return last if slide.end is None else min(slide.end, last)


def missing_end(slide: Slide, kind: Kind, source: Facts) -> Iterator[str]:
    """A phrase where the slide asks for more than its video or sound, which `source` describes, has."""
    end, length = end_of(slide, kind), (source.duration_ms or 0) / 1000
    is_still = slide.poster or (source.frames == 1 and kind is Kind.VIDEO)
    if kind not in (Kind.VIDEO, Kind.AUDIO) or is_still or not length or end is None or end <= length + OVER:
        return
    called = "video" if kind is Kind.VIDEO else "sound"
    if end == slide.end:
        yield f"{keyed(f'end = {end:g}')}, but the {called} ends after {length_words(1000 * length)}"
    else:
        since = f" from {keyed(f'start = {slide.start:g}')} on" if slide.start else ""
        plays = f"the {called} plays for {length_words(1000 * (length - slide.start))}"
        yield f"{keyed(f'seconds = {slide.seconds:g}')}, but {plays}{since}"
