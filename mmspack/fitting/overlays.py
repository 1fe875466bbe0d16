"""Overlays of a single message drawn into its pictures before they are fitted."""

from __future__ import annotations

from dataclasses import replace

from mmspack.errors import AuthoringError, MmspackError
from mmspack.fitting.geometry import crop_box, inside
from mmspack.model import Message, Slide
from mmspack.problem import Place
from mmspack.profiles import Profile
from mmspack.source import read_source
from mmspack.words import keyed


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
