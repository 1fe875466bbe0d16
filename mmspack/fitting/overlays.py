"""Overlays of a single message drawn into its pictures before they are fitted."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from mmspack.errors import AuthoringError, MmspackError
from mmspack.fitted import FittedMessage, FittedPart, FittedSlide
from mmspack.fitting.geometry import crop_box, inside
from mmspack.message import Message, Slide
from mmspack.model import Kind
from mmspack.problem import Place
from mmspack.profiles import Profile
from mmspack.source import read_source
from mmspack.words import count, keyed


def draw_overlays(message: Message, profile: Profile) -> Message:
    """`message`, filled in, with each picture that has overlays in the place of the author's.

    The picture is drawn into at the size that the profile takes, losslessly. Raises what is wrong,
    with its place.
    """
    if not any(slide.overlay for slide in message.slides):
        return message
    return replace(
        message, slides=tuple(_drawn(at, slide, message, profile) for at, slide in enumerate(message.slides))
    )


def with_history(fitted: FittedMessage, message: Message) -> FittedMessage:
    """The fitted message with the name and the facts of the author's pictures that overlays were drawn into.

    `message` is the one whose overlays were drawn: what was fitted of it was a picture of ours.
    """
    pairs = zip(fitted.slides, message.slides, strict=True)
    return replace(fitted, slides=tuple(_slide_with_history(*pair) for pair in pairs))


def _slide_with_history(fitted: FittedSlide, slide: Slide) -> FittedSlide:
    if not slide.overlay or slide.image is None:
        return fitted
    parts = tuple(
        _part_with_history(part, slide) if part.kind is Kind.IMAGE else part for part in fitted.parts
    )
    return replace(fitted, parts=parts)


def _part_with_history(part: FittedPart, slide: Slide) -> FittedPart:
    from mmspack.fitting.account import facts_of, metadata_words, without_detour
    from mmspack.media.pictures import read_picture

    picture = read_picture(read_source(slide.image, what="picture"))
    label = part.label if isinstance(slide.image, bytes) else Path(os.fspath(slide.image or "")).name
    actions = [
        *(["turned upright"] if picture.is_turned else []),
        *([f"cropped to {slide.crop}"] if slide.crop else []),
        *metadata_words(picture),
        f"{count(len(slide.overlay), 'overlay')} drawn",
    ]
    before = facts_of(picture)
    done = without_detour(part.actions, before, part.before.format, part.after)
    return replace(part, label=label, before=before, actions=(*actions, *done))


def _drawn(at: int, slide: Slide, message: Message, profile: Profile) -> Slide:
    if not slide.overlay or slide.image is None:
        return slide
    from mmspack.media.drawing import Raster
    from mmspack.media.pictures import read_picture

    source = read_source(slide.image, what="picture")
    picture = read_picture(source)
    if picture.frames > 1 and not slide.still:
        raise AuthoringError(
            "the picture is animated",
            where=Place(slide=at + 1, key="overlay"),
            hint=f"{keyed('still = true')} uses its first frame",
        )
    box = crop_box(picture.size, slide.crop, slide.focus) if slide.crop else None
    shown = (int(box[2] - box[0]), int(box[3] - box[1])) if box else picture.size
    size = inside(shown, (profile.max_width, profile.max_height), turn=profile.turn)
    raster = Raster.fitted(source, size, box=box, background=message.background)
    for number, overlay in enumerate(slide.overlay, 1):
        data = None if overlay.font is None else read_source(overlay.font, what="font")
        try:
            raster.draw(overlay, data)
        except MmspackError as error:
            raise error.within(Place(slide=at + 1, overlay=number)) from error
    return replace(slide, image=raster.png(), overlay=(), crop=None, focus=None)
