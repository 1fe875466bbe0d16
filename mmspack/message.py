"""What an author wants to send: a message of slides. All values are frozen.

Nothing is read or judged here: what is wrong with a value is said by the build, with its place.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mmspack.problem import Written
from mmspack.source import Brief, Source, StoredSource, kept

LayoutName = Literal["full-screen", "image-above-text", "image-only", "text-above-image", "text-only"]
"""The layouts that come with the package."""
Symbology = Literal["code128", "code39", "ean13", "ean8"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False)
class Overlay(Brief):
    """Something personal drawn into a slide's picture: one of `text`, `qr` and `barcode`, each a template."""

    box: tuple[float, float, float, float]
    """Left, top, width and height as fractions of the picture."""
    text: str
    qr: str
    barcode: str
    symbology: str
    """Kind of the barcode: `code128`, `code39`, `ean13`, `ean8`."""
    font: StoredSource | None
    """A TrueType or OpenType file; None: the one that Pillow brings, which knows ASCII alone."""
    color: str
    background: str | None
    """Colour behind a text; codes are always on white."""
    align: str
    """`left`, `center` or `right`."""

    def __init__(
        self,
        *,
        box: Iterable[float],
        text: str = "",
        qr: str = "",
        barcode: str = "",
        symbology: Symbology = "code128",
        font: Source | None = None,
        color: str = "black",
        background: str | None = None,
        align: Align = "center",
    ) -> None:
        """What is wrong with a value is said by the build, with the slide that the overlay is on."""
        _fill(
            self, box=_together(box), text=text, qr=qr, barcode=barcode, symbology=symbology,
            font=kept(font), color=color, background=background, align=align,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False)
class Slide(Brief):
    """One slide: at most one image, one text, one audio; or a video in place of image and audio.

    Open files, arrays and PIL images are read when the slide is made.
    """

    image: StoredSource | None
    text: str | os.PathLike[str] | None
    """A `str` is the copy itself, however it ends; a `Path` names a UTF-8 file."""
    audio: StoredSource | None
    video: StoredSource | None
    seconds: float | None
    """How long the slide is shown, and its video at most. None: as long as its video or sound, else 5 s."""
    start: float
    """Where the part of the video or sound that is sent begins, in seconds."""
    end: float | None
    """Where it ends, in seconds from the beginning of the file."""
    mute: bool
    """Send the video without its sound."""
    poster: bool
    """Send a still of the video instead."""
    as_: str | None
    """`gif`: send the video as an animated GIF. In `message.toml` it is `as`."""
    weight: float
    """Share in the byte budget against the other slides."""
    min_quality: float | None
    """Lowest acceptable quality of the picture, video or sound, 0 to 100; below it the build refuses."""
    keep: bool
    """Pack the picture or video, or a sound without one, as it is, byte for byte."""
    still: bool
    """Send the first frame of an animated GIF."""
    crop: str | None
    """Aspect ratio to crop to, such as `"4:5"`."""
    focus: tuple[float, float] | None
    """Centre of the crop as fractions of width and height, (0, 0) being the top left."""
    alt: str
    """What the picture or video shows, for those who do not see it."""
    overlay: tuple[Overlay, ...]
    """What a campaign draws into the picture for each recipient."""

    def __init__(
        self,
        *,
        image: Source | None = None,
        text: str | os.PathLike[str] | None = None,
        audio: Source | None = None,
        video: Source | None = None,
        seconds: float | None = None,
        start: float = 0.0,
        end: float | None = None,
        mute: bool = False,
        poster: bool = False,
        as_: Literal["gif"] | None = None,
        weight: float = 1.0,
        min_quality: float | None = None,
        keep: bool = False,
        still: bool = False,
        crop: str | None = None,
        focus: Iterable[float] | None = None,
        alt: str = "",
        overlay: Iterable[Overlay] = (),
    ) -> None:
        """What is wrong with a value is said by the build, with the number of the slide."""
        _fill(
            self, image=kept(image), text=text, audio=kept(audio), video=kept(video), seconds=seconds,
            start=start, end=end, mute=mute, poster=poster, as_=as_, weight=weight, min_quality=min_quality,
            keep=keep, still=still, crop=crop, focus=_together(focus), alt=alt, overlay=_together(overlay),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False)
class Message(Brief):
    """A multimedia message before it is fitted."""

    slides: tuple[Slide, ...]
    subject: str
    fallback: str
    """The text for a phone without MMS, where the door sends one; a template."""
    layout: str
    attachments: tuple[StoredSource, ...]
    """Parts that belong to the whole message: a vCard, a calendar entry."""
    background: str
    """Colour behind transparent pictures, as CSS names or `#rrggbb`."""
    min_quality: float | None
    """Lowest acceptable quality of every picture whose slide has none of its own, 0 to 100."""
    profile: str | None
    """The profile that the author chose, if any; several with commas."""
    written: Written | None = field(repr=False, compare=False)
    """Where the message was written, so that errors of its build name file and line."""

    def __init__(
        self,
        *,
        slides: Iterable[Slide] = (),
        subject: str = "",
        fallback: str = "",
        layout: LayoutName | str | None = "image-above-text",
        attachments: Iterable[Source] = (),
        background: str = "white",
        min_quality: float | None = None,
        profile: str | Iterable[str] | None = None,
        written: Written | None = None,
    ) -> None:
        """`slides` and `attachments` may be generators. What is wrong with a value is said by the build.

        A `layout` of None is chosen by what the slides hold.
        """
        together = _together(slides)
        if layout is None:
            layout = layout_for(together)
        held = _together(attachments)
        if isinstance(held, tuple):
            held = tuple(map(kept, held))
        _fill(
            self, slides=together, subject=subject, fallback=fallback, layout=layout, attachments=held,
            background=background, min_quality=min_quality, profile=_joined(profile), written=written,
        )  # fmt: skip


DEFAULT_SECONDS = 5.0
"""How long a slide is shown that has neither a time of its own nor a video or a sound."""


def _fill(made: object, **values: object) -> None:
    """Set the fields of a frozen value."""
    for name, value in values.items():
        object.__setattr__(made, name, value)


def layout_for(slides: object) -> str:
    """The layout where none is chosen: text alone, or the picture above its text."""
    each = slides if isinstance(slides, tuple | list) else ()
    pictures = any(isinstance(one, Slide) and (one.image or one.video) is not None for one in each)
    return "image-above-text" if pictures else "text-only"


def _joined(names: object) -> object:
    """Several names as one text with commas between them."""
    found = _together(names)
    if isinstance(found, tuple) and found and all(isinstance(name, str) for name in found):
        return ",".join(found)
    return found


def _together(values: object) -> object:
    """What a caller gave one after the other, as a tuple; a text, and anything but a sequence, unchanged."""
    if isinstance(values, Iterable) and not isinstance(values, str | bytes | Mapping | os.PathLike):
        return tuple(values)
    return values
