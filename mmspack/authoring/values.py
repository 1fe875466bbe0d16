"""The kinds of value that a key of a message may hold: what is wrong with one, and its schema.

Each knows what is wrong with a value, in TOML and in Python alike (`fault`), and the JSON Schema of those
that are right (`schema`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Protocol

from mmspack.authoring.amounts import plain_number
from mmspack.authoring.showing import shown
from mmspack.errors import UsageError
from mmspack.model import MAX_FALLBACK
from mmspack.words import choose_from, did_you_mean, keyed, table

RATIO = re.compile(r"\s*(\d{1,4}(?:\.\d{1,4})?)\s*[:/x]\s*(\d{1,4}(?:\.\d{1,4})?)\s*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEXT = 'text = "…"'
_CROP = 'crop = "4:5"'


Fault = tuple[str, str] | None
"""What is wrong with a value and the cure; None: nothing."""


class KindOfValue(Protocol):
    """What a key may hold."""

    def fault(self, value: object) -> Fault:
        """What is wrong with `value`."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the values that are right."""


def half_letter(text: str) -> Fault:
    """Half of a character (a surrogate alone): programs make them by cutting a text of UTF-16."""
    found = _SURROGATE.search(text)
    if found is None:
        return None
    at = found.start() + 1
    return f"character {at:,} is half of one (U+{ord(found[0]):04X})", "cut the text between whole characters"


@dataclass(frozen=True, slots=True)
class Words:
    """A text; with `one_line`, without line breaks and other control characters."""

    example: str
    one_line: bool = False

    def fault(self, value: object) -> Fault:
        """Not a text, or not one line."""
        if not isinstance(value, str):
            return f"expected text, found {shown(value)}", f"{keyed(self.example)}, in quotes"
        if self.one_line and any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
            return "contains a line break or another control character", "write it on one line"
        return half_letter(value)

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string"}


class Fallback:
    """The text of `[fallback]`: a table in TOML, the text itself in Python."""

    def fault(self, value: object) -> Fault:
        """Not a text, or longer than what is sent as one."""
        cure = table('a table of its own: [fallback], and below it text = "…"', 'fallback="…"')
        if not isinstance(value, str):
            return f"expected text, found {shown(value)}", cure
        if len(value) > MAX_FALLBACK:
            what = f"has {len(value):,} characters; a text message has at most {MAX_FALLBACK:,}"
            return what, "shorten it: phones get more than 160 as several SMS, and each is charged"
        return half_letter(value)

    def schema(self) -> dict[str, Any]:
        """A table with the text."""
        says = "The text, a Jinja2 template."
        text = {"type": "string", "minLength": 1, "maxLength": MAX_FALLBACK, "description": says}
        return {
            "type": "object", "properties": {"text": text}, "required": ["text"],
            "additionalProperties": False,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric:
    """A number within bounds."""

    above: float | None = None
    least: float | None = None
    most: float
    example: str

    def fault(self, value: object) -> Fault:
        """Not a number, or out of bounds."""
        if isinstance(value, str) and (meant := plain_number(value)):
            unit = "" if meant == value else " and without a unit"
            right = keyed(f"{self.example.partition(' = ')[0]} = {meant}")
            return f"expected a number, found {shown(value)}", f"{right}, without quotes{unit}"
        if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
            return f"expected a number, found {shown(value)}", f"such as {keyed(self.example)}"
        number = float(value)
        low = number > self.above if self.above is not None else number >= (self.least or 0)
        if low and number <= self.most:
            return None
        bound = f"above {self.above:g}" if self.above is not None else f"at least {self.least:g}"
        what = f"must be {bound} and at most {self.most:,g}, found {shown(value)}"
        return what, f"such as {keyed(self.example)}"

    def schema(self) -> dict[str, Any]:
        """A number with its bounds."""
        low = {"minimum": self.least} if self.above is None else {"exclusiveMinimum": self.above}
        return {"type": "number", **low, "maximum": self.most}


class Flag:
    """True or false."""

    def fault(self, value: object) -> Fault:
        """Neither."""
        if isinstance(value, bool):
            return None
        cure = table("true or false, without quotes", "True or False") if isinstance(value, str) else ""
        return f"expected true or false, found {shown(value)}", cure

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few names."""

    names: tuple[str, ...]

    def fault(self, value: object) -> Fault:
        """None of them."""
        if isinstance(value, str) and value in self.names:
            return None
        near = did_you_mean(value, self.names) if isinstance(value, str) else ""
        return f"{shown(value)} is not one of its values", near or choose_from(self.names)

    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"enum": list(self.names)}


@dataclass(frozen=True, slots=True)
class Named:
    """A name that is looked up later, such as a layout's; editors are offered the built-in ones."""

    known: Callable[[], Iterable[str]]
    """The built-in names."""
    several: bool = False
    example: str = ""

    def fault(self, value: object) -> Fault:
        """Not a name. That the name exists is for whoever knows the author's own layouts and profiles."""
        if isinstance(value, str) and value:
            return None
        return f"expected a name, found {shown(value)}", f"such as {keyed(self.example)}"

    def schema(self) -> dict[str, Any]:
        """A string; the built-in names are suggestions."""
        one = {"anyOf": [{"enum": list(self.known())}, {"type": "string", "minLength": 1}]}
        return (
            {"anyOf": [*one["anyOf"], {"type": "array", "items": one, "minItems": 1}]}
            if self.several
            else one
        )


class Colour:
    """A colour as CSS names it, or `#rrggbb`."""

    def fault(self, value: object) -> Fault:
        """No colour."""
        cure = "a CSS name such as white, or #rrggbb"
        if not isinstance(value, str):
            return f"expected a colour, found {shown(value)}", cure
        if value in ("white", "black"):  # the defaults, without loading Pillow
            return None
        from mmspack.media.colour import NAMES, colour

        try:
            colour(value)
        except UsageError:
            return f"{shown(value)} is not a colour", did_you_mean(value.lower(), NAMES, cure)
        return None

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "pattern": r"^(#([0-9a-fA-F]{3,4}){1,2}|[a-zA-Z]+|(rgb|hs[lv])a?\(.*\))$"}


class Ratio:
    """An aspect ratio such as `4:5`."""

    def fault(self, value: object) -> Fault:
        """No ratio."""
        cure = f"width:height, such as {keyed(_CROP)}" + (
            ', or "1:1" for a square' if value == "square" else ""
        )
        if not isinstance(value, str):
            return f"expected an aspect ratio, found {shown(value)}", cure
        found = RATIO.fullmatch(value)
        if found and float(found[1]) and float(found[2]):
            return None
        return f"{shown(value)} is not an aspect ratio", cure

    def schema(self) -> dict[str, Any]:
        """A string of that form."""
        return {"type": "string", "pattern": f"^{RATIO.pattern}$"}


@dataclass(frozen=True, slots=True)
class Fractions:
    """Numbers from 0 to 1: a place or a box in a picture, however large it is."""

    names: tuple[str, ...]
    example: str

    def fault(self, value: object) -> Fault:
        """Not so many numbers, or not fractions."""
        many = ", ".join(self.names)
        if not isinstance(value, list | tuple) or len(value) != len(self.names):
            return f"expected [{many}], found {shown(value)}", keyed(self.example)
        for one in value:
            if not isinstance(one, Real) or isinstance(one, bool) or not math.isfinite(one):
                return f"expected [{many}] as numbers, found {shown(one)} among them", keyed(self.example)
        outside = next((one for one in value if not 0 <= one <= 1), None)
        if outside is None:
            return None
        cure = f"fractions of the picture, not pixels: {keyed(self.example)}"
        return f"{shown(outside)} in {shown(value)} is not from 0 to 1", cure

    def schema(self) -> dict[str, Any]:
        """An array of so many numbers."""
        fraction = {"type": "number", "minimum": 0, "maximum": 1}
        return {"type": "array", "items": fraction, "minItems": len(self.names), "maxItems": len(self.names)}


@dataclass(frozen=True, slots=True)
class Several:
    """A list; what is in it is looked at one by one."""

    of: KindOfValue | None
    example: str
    python: str = ""
    """The cure in a program, where it is not the line of message.toml in the notation of Python."""

    def fault(self, value: object) -> Fault:
        """No list."""
        if isinstance(value, list | tuple):
            return None
        return f"expected a list, found {shown(value)}", table(
            self.example, self.python or keyed(self.example)
        )

    def schema(self) -> dict[str, Any]:
        """An array."""
        return {"type": "array", "items": self.of.schema() if self.of else {}}


class Variables:
    """Values by name, for the templates."""

    def fault(self, value: object) -> Fault:
        """No table."""
        if isinstance(value, Mapping):
            return None
        return f"expected a table, found {shown(value)}", table(
            '[variables], and below it name = "friend"', '{"name": "friend"}'
        )

    def schema(self) -> dict[str, Any]:
        """A table of plain values."""
        values = {"type": ["string", "number", "boolean"]}
        names = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
        return {"type": "object", "propertyNames": names, "additionalProperties": values}
