"""Keys of a slide that mean nothing for the media that are on it, and those that rule out one another.

A key that is passed over without a word is taken for one that works.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mmspack.message import Slide
from mmspack.problem import Place, Problem
from mmspack.words import keyed

MEDIA = ("image", "video", "audio")
_NEEDED = {
    "start": ("video", "audio"), "end": ("video", "audio"), "mute": ("video",), "poster": ("video",),
    "as": ("video",), "still": ("image",), "crop": ("image", "video"), "weight": MEDIA,
    "min_quality": MEDIA, "keep": MEDIA,
}  # fmt: skip
"""The media of which each key needs one."""
_CLASHING = "cannot be combined with {}"
_ONE_OF_THEM = "remove one of them"
_SQUARE = 'crop = "4:5"'
_KEEP, _POSTER, _GIF = "keep = true", "poster = true", 'as = "gif"'


def combined_wrongly(slide: Slide) -> Iterator[Problem]:
    """A key that has nothing to work on, or another one against it; one problem for each key."""
    media = [name for name in MEDIA if getattr(slide, name) is not None]
    given = _given(slide)
    lacking = list(_without_medium(given, media))
    yield from lacking
    named = {problem.where.key for problem in lacking}
    for problem in (*picture_clashes(slide), *_with_keep(slide, given, media), *_of_film(slide, given)):
        if problem.where.key not in named:
            named.add(problem.where.key)
            yield problem


def picture_clashes(wish: Any) -> Iterator[Problem]:
    """What keys of a picture rule out in one another: a slide's, or those of a `Wish`."""
    for name, is_given in (("crop", wish.crop is not None), ("still", wish.still is True)):
        if wish.keep is True and is_given:
            yield Problem(_CLASHING.format(keyed(_KEEP)), Place(key=name), _ONE_OF_THEM)
    if wish.focus is not None and wish.crop is None:
        yield Problem("there is no crop to centre", Place(key="focus"), f"add one, such as {keyed(_SQUARE)}")


def _given(slide: Slide) -> list[str]:
    """The keys that ask for something: one that says what goes without saying does not."""
    asked = {
        "start": bool(slide.start), "end": slide.end is not None, "mute": slide.mute is True,
        "poster": slide.poster is True, "as": slide.as_ is not None, "still": slide.still is True,
        "crop": slide.crop is not None, "weight": slide.weight != 1,
        "min_quality": slide.min_quality is not None, "keep": slide.keep is True,
    }  # fmt: skip
    return [name for name, is_asked in asked.items() if is_asked]


def _without_medium(given: list[str], media: list[str]) -> Iterator[Problem]:
    for name in given:
        needed = _NEEDED[name]
        if set(needed) & set(media):
            continue
        cure = "remove it"
        if name == "still" and "video" in media and "poster" not in given:
            cure = f"{keyed(_POSTER)} sends a still of the video"
        yield Problem(f"there is no {_either(needed)} on this slide", Place(key=name), cure)


def _either(names: tuple[str, ...]) -> str:
    return " or ".join((", ".join(names[:-1]), names[-1]) if len(names) > 1 else names)


def _with_keep(slide: Slide, given: list[str], media: list[str]) -> Iterator[Problem]:
    """What cannot be asked of bytes that stay as they are. Of a picture with a sound, the picture does."""
    ruled_out = ["mute", "poster", "as", "min_quality"]
    if media != ["image", "audio"]:
        ruled_out += ["start", "end", "weight"]
    if slide.keep is True:
        for name in given:
            if name in ruled_out:
                yield Problem(_CLASHING.format(keyed(_KEEP)), Place(key=name), _ONE_OF_THEM)
        if slide.overlay and slide.image is not None:
            yield Problem(_CLASHING.format(keyed(_KEEP)), Place(key="overlay"), _ONE_OF_THEM)


def _of_film(slide: Slide, given: list[str]) -> Iterator[Problem]:
    """What means nothing for a still of a film, or a GIF of one; and an end before the start."""
    if "poster" in given and "as" in given:
        yield Problem(_CLASHING.format(keyed(_POSTER)), Place(key="as"), _ONE_OF_THEM)
    if "mute" in given and ("poster" in given or "as" in given):
        what = keyed(_POSTER if "poster" in given else _GIF)
        yield Problem(f"{what} sends no sound anyway", Place(key="mute"), "remove it")
    if "end" in given and "poster" in given:
        cure = f"remove it; {keyed('start = …')} says where the still is taken"
        yield Problem("a still has no end", Place(key="end"), cure)
    numbers = isinstance(slide.start, int | float) and isinstance(slide.end, int | float)
    if numbers and slide.end is not None and slide.start >= slide.end:
        yield Problem(f"{slide.end:g} is not after {keyed(f'start = {slide.start:g}')}", Place(key="end"))
