"""Every key of a message, of a slide and of an overlay, declared once.

`message.toml` and the Python API are held to the same declarations, and the JSON Schema for editors is made
of them.
"""

from __future__ import annotations

import functools
import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from mmspack.authoring.file_values import Copy, File
from mmspack.authoring.values import (
    Choice,
    Colour,
    Fallback,
    Fault,
    Flag,
    Fractions,
    KindOfValue,
    Named,
    Numeric,
    Ratio,
    Several,
    Variables,
    Words,
)
from mmspack.message import Align, Symbology
from mmspack.model import Kind

MAX_SECONDS = 3600.0
"""Longest time of a slide: past it a slip of units is likelier than a wish."""
MAX_START = 36_000.0
"""Ten hours: longer recordings are not cut here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key and what it may hold. None, in Python, is the same as leaving the key out."""

    name: str
    holds: KindOfValue
    says: str
    """What it is for, as editors show it."""
    default: object = None
    required: bool = False

    @property
    def attribute(self) -> str:
        """The name in Python, where a word of the language gets an underscore: `as_`."""
        return f"{self.name}_" if keyword.iskeyword(self.name) else self.name

    def fault(self, value: object) -> Fault:
        """What is wrong with `value`."""
        if value is None and self.default is None and not self.required:
            return None
        return self.holds.fault(value)

    def item_fault(self, value: object) -> Fault:
        """What is wrong with one value of a list."""
        of = self.holds.of if isinstance(self.holds, Several) else None
        return of.fault(value) if of is not None else None

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the key."""
        made = {**self.holds.schema(), "description": self.says}
        return made if self.default in (None, (), {}) else {**made, "default": self.default}


@functools.cache
def _profile_names() -> tuple[str, ...]:
    from mmspack.profiles import load

    return tuple(load())


@functools.cache
def _layout_names() -> tuple[str, ...]:
    from mmspack.smil.layouts import layouts

    return tuple(layouts())


def _by_name(keys: Iterable[Key]) -> dict[str, Key]:
    return {key.name: key for key in keys}


OVERLAY = _by_name([
    Key(name="box", required=True,
        holds=Fractions(("left", "top", "width", "height"), "such as box = [0.1, 0.7, 0.5, 0.2]"),
        says="[left, top, width, height] as fractions of the picture."),
    Key(name="text", holds=Words('text = "…"'), default="",
        says="A text, a Jinja2 template; drawn as large as the box allows."),
    Key(name="qr", holds=Words('qr = "…"'), default="", says="Content of a QR code, a Jinja2 template."),
    Key(name="barcode", holds=Words('barcode = "…"'), default="",
        says="Content of a barcode, a Jinja2 template."),
    Key(name="symbology", holds=Choice(get_args(Symbology)), default="code128", says="Kind of the barcode."),
    Key(name="font", holds=File(None), says="A TrueType or OpenType file, relative to message.toml."),
    Key(name="color", holds=Colour(), default="black", says="Colour of the text."),
    Key(name="background", holds=Colour(), says="Colour behind the text."),
    Key(name="align", holds=Choice(get_args(Align)), default="center",
        says="Alignment of the text in its box."),
])  # fmt: skip
SLIDE = _by_name([
    Key(name="image", holds=File(Kind.IMAGE), says="A picture, relative to message.toml."),
    Key(name="video", holds=File(Kind.VIDEO), says="A video, instead of image and audio."),
    Key(name="audio", holds=File(Kind.AUDIO), says="A sound."),
    Key(name="text", holds=Copy(),
        says='The text, a Jinja2 template; or a UTF-8 file: "hello.txt", { file = "hello.md" }.'),
    Key(name="seconds", holds=Numeric(above=0, most=MAX_SECONDS, example="seconds = 5"),
        says="How long the slide is shown, and its video at most. Without it: as long as its video or sound, "
        "else 5 seconds."),
    Key(name="start", holds=Numeric(least=0, most=MAX_START, example="start = 2.5"), default=0.0,
        says="Where the part of the video or sound that is sent begins, in seconds."),
    Key(name="end", holds=Numeric(above=0, most=MAX_START, example="end = 12"),
        says="Where it ends, in seconds from the beginning of the file."),
    Key(name="mute", holds=Flag(), default=False, says="Send the video without its sound."),
    Key(name="poster", holds=Flag(), default=False, says="Send a still of the video instead."),
    Key(name="as", holds=Choice(("gif",)), says="Send the video as an animated GIF, without sound."),
    Key(name="weight", holds=Numeric(above=0, most=100, example="weight = 2"), default=1.0,
        says="The slide's share of the byte budget, relative to the other slides."),
    Key(name="min_quality", holds=Numeric(least=0, most=100, example="min_quality = 60"),
        says="Lowest acceptable quality of the picture, video or sound; the build fails below it."),
    Key(name="keep", holds=Flag(), default=False,
        says="Pack the picture or video, or a sound without one, as it is, byte for byte."),
    Key(name="still", holds=Flag(), default=False, says="Send the first frame of an animated GIF."),
    Key(name="crop", holds=Ratio(), says="Aspect ratio to crop to: 4:5."),
    Key(name="focus", holds=Fractions(("x", "y"), "such as focus = [0.5, 0.3]"),
        says="Centre of the crop: [x, y] from 0 (left, top) to 1."),
    Key(name="alt", holds=Words('alt = "A red tent by a lake"', one_line=True), default="",
        says="What the picture or video shows, for those who do not see it; the same for all recipients."),
    Key(name="overlay", default=(),
        holds=Several(None, "[[slides.overlay]], with two brackets on each side", "overlay=[Overlay(…)]"),
        says="What a campaign draws into the picture for each recipient."),
])  # fmt: skip
MESSAGE = _by_name([
    Key(name="subject", holds=Words('subject = "Hello"', one_line=True), default="",
        says="The subject, one line, a Jinja2 template."),
    Key(name="profile", holds=Named(_profile_names, several=True, example='profile = "uk"'),
        says="The carrier limits to fit to: one or more names from `mmspack profiles`."),
    Key(name="layout", holds=Named(_layout_names, example='layout = "image-above-text"'),
        says="The slide layout: a name from `mmspack layouts`."),
    Key(name="background", holds=Colour(), default="white", says="Colour behind transparent pictures."),
    Key(name="min_quality", holds=Numeric(least=0, most=100, example="min_quality = 60"),
        says="Lowest acceptable quality of every picture; a slide's own min_quality takes precedence."),
    Key(name="attachments", holds=Several(File(Kind.ATTACHMENT), 'such as attachments = ["shop.vcf"]'),
        default=(), says="Files that belong to the whole message: a vCard, a calendar entry."),
    Key(name="fallback", holds=Fallback(), default="",
        says="Sent to phones without MMS instead of the message, where the gateway sends texts."),
    Key(name="variables", holds=Variables(), default={},
        says="Default values of the template variables; --set overrides them."),
    Key(name="slides", holds=Several(None, "[[slides]], with two brackets on each side", "slides=[Slide(…)]"),
        default=(),
        says="The slides in order."),
])  # fmt: skip
FAMILIES: Mapping[str, Mapping[str, Key]] = {"message": MESSAGE, "slide": SLIDE, "overlay": OVERLAY}
