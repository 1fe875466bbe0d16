"""The shape of `message.toml`, declared once: read by the reader and by `mmspack schema`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    field_validator,
    model_validator,
)

from mmspack.errors import UsageError
from mmspack.model import Slide
from mmspack.problem import Place, Problem
from mmspack.words import did_you_mean

DEFAULTS = Slide()
MAX_SECONDS = 3600.0
"""Longest time of a slide, seconds: past it a slip of units is likelier than a wish."""


class Wrong(ValueError):
    """What a validator of several keys refuses: the key at fault, if it is one, and the cure."""

    def __init__(self, what: str, key: str = "", cure: str = "") -> None:
        super().__init__(what)
        self.what, self.key, self.cure = what, key, cure


class TextFile(BaseModel):
    """The file that holds a slide's text, where its name does not end in `.txt`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    file: str = Field(description="A UTF-8 text file, relative to message.toml.")


def _text(value: object) -> object:
    """Checked by hand: a union would tell a wrong type once for each branch."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dict) and set(value) == {"file"} and isinstance(value["file"], str):
        return TextFile(file=value["file"])
    raise ValueError(f'expected text in quotes, or {{ file = "…" }}, found {_shown(value)}')


def _joined(value: object) -> object:
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return ",".join(value)
    return value


Text = Annotated[Any, BeforeValidator(_text, json_schema_input_type=str | TextFile | None)]
Profiles = Annotated[str | None, BeforeValidator(_joined, json_schema_input_type=str | list[str])]
Fraction = Annotated[float, Field(ge=0, le=1)]
_COLOUR = r"^(#[0-9a-fA-F]{6}|[a-zA-Z]+)$"


class OverlayTable(BaseModel):
    """Something personal that a campaign draws into the slide's picture: a text, a QR code or a barcode."""

    model_config = ConfigDict(extra="forbid", strict=True)

    box: list[Fraction] = Field(
        min_length=4, max_length=4, description="[left, top, width, height] as fractions of the picture."
    )
    text: str = Field("", description="A text, a Jinja2 template; drawn as large as the box allows.")
    qr: str = Field("", description="Content of a QR code, a Jinja2 template.")
    barcode: str = Field("", description="Content of a barcode, a Jinja2 template.")
    symbology: Literal["code128", "code39", "ean13", "ean8"] = Field(
        "code128", description="Kind of the barcode."
    )
    font: str | None = Field(None, description="A TrueType or OpenType file, relative to message.toml.")
    color: str = Field("black", pattern=_COLOUR, description="Colour of the text.")
    background: str | None = Field(None, pattern=_COLOUR, description="Colour behind the text.")
    align: Literal["left", "center", "right"] = Field(
        "center", description="Alignment of the text in its box."
    )

    @model_validator(mode="after")
    def _one(self) -> OverlayTable:
        if sum(map(bool, (self.text, self.qr, self.barcode))) != 1:
            raise ValueError("an overlay needs exactly one of text, qr and barcode")
        left, top, width, height = self.box
        if width <= 0 or height <= 0 or left + width > 1 or top + height > 1:
            raise Wrong("not within the picture", "box", "[left, top, width, height], each from 0 to 1")
        return self


class SlideTable(BaseModel):
    """One slide: at most one image, one text and one audio; or a video in place of image and audio."""

    model_config = ConfigDict(extra="forbid", strict=True)

    image: str | None = Field(None, description="A picture, relative to message.toml.")
    video: str | None = Field(None, description="A video, instead of image and audio.")
    audio: str | None = Field(None, description="A sound.")
    text: Text = Field(
        None,
        description="The text, a Jinja2 template. A single line that ends in .txt names a UTF-8 file.",
    )
    seconds: float = Field(
        DEFAULTS.seconds, gt=0, le=MAX_SECONDS, description="How long the slide is shown, seconds."
    )
    weight: float = Field(
        DEFAULTS.weight,
        gt=0,
        le=100,
        description="The slide's share of the byte budget, relative to the other slides.",
    )
    min_quality: float | None = Field(
        None,
        ge=0,
        le=100,
        description="Lowest acceptable picture quality; the build fails below it.",
    )
    keep: StrictBool = Field(DEFAULTS.keep, description="Pack the picture as it is, byte for byte.")
    still: StrictBool = Field(DEFAULTS.still, description="Send the first frame of an animated GIF.")
    crop: str | None = Field(
        None,
        pattern=r"^[1-9]\d{0,3}(\.\d+)?:[1-9]\d{0,3}(\.\d+)?$",
        description="Aspect ratio to crop to: 4:5.",
    )
    focus: list[Fraction] | None = Field(
        None, min_length=2, max_length=2, description="Centre of the crop: [x, y] from 0 (left, top) to 1."
    )

    overlay: list[OverlayTable] = Field(
        default_factory=list, description="What a campaign draws into the picture for each recipient."
    )

    @model_validator(mode="after")
    def _media(self) -> SlideTable:
        if self.video is not None and (self.image is not None or self.audio is not None):
            raise ValueError("a slide with a video cannot have an image or audio")
        if self.overlay and self.image is None:
            raise ValueError("an overlay needs an image, and the slide has none")
        if self.keep and self.crop is not None:
            raise Wrong("cannot be combined with keep = true", "crop", "remove one of them")
        if self.keep and self.still:
            raise Wrong("cannot be combined with keep = true", "still", "remove one of them")
        if self.focus is not None and self.crop is None:
            raise Wrong("there is no crop to centre", "focus", 'add one, such as crop = "4:5"')
        if not any((self.image, self.video, self.audio, self.text)):
            raise Wrong("the slide is empty", cure="add an image, a text, a sound or a video")
        return self


class MessageTable(BaseModel):
    """A multimedia message for mmspack."""

    model_config = ConfigDict(extra="forbid", strict=True, title="message.toml")

    subject: str = Field("", description="The subject, one line, a Jinja2 template.")
    profile: Profiles = Field(
        None, description="The carrier limits to fit to: one or more names from `mmspack profiles`."
    )
    layout: str | None = Field(None, description="The slide layout: a name from `mmspack layouts`.")
    background: str = Field("white", pattern=_COLOUR, description="Colour behind transparent pictures.")
    attachments: list[str] = Field(
        default_factory=list, description="Files that belong to the whole message: a vCard, a calendar entry."
    )
    variables: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="Default values of the template variables; --set overrides them."
    )
    slides: list[SlideTable] = Field(default_factory=list, description="The slides in order.")

    @field_validator("background")
    @classmethod
    def _colour(cls, name: str) -> str:
        if name != MessageTable.model_fields["background"].default:
            from mmspack.media.colour import colour

            try:
                colour(name)
            except UsageError as error:
                raise Wrong(error.problems[0].what, cure=error.hint) from error
        return name

    @model_validator(mode="after")
    def _something(self) -> MessageTable:
        if not self.slides and not self.attachments:
            raise ValueError("no [[slides]]: a message needs at least one")
        return self


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `message.toml`, for editors."""
    schema = MessageTable.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def problems_of(data: Mapping[str, object]) -> tuple[MessageTable | None, list[Problem]]:
    """The table, or every problem of `data` with its slide and key."""
    try:
        return MessageTable.model_validate(data), []
    except ValidationError as error:
        return None, [_problem(item["loc"], item["type"], item) for item in error.errors()]


_KEYS = {
    "": list(MessageTable.model_fields),
    "slides": list(SlideTable.model_fields),
    "text": ["file"],
    "overlay": list(OverlayTable.model_fields),
}

_EXPECTED = {
    "string_type": "text in quotes",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def _problem(loc: tuple[int | str, ...], kind: str, item: Mapping[str, Any]) -> Problem:
    where = place_in(loc)
    value = item.get("input")
    if kind == "extra_forbidden":
        family = next((str(key) for key in reversed(loc[:-1]) if isinstance(key, str)), "")
        return Problem("unknown key", where, did_you_mean(str(loc[-1]), _KEYS.get(family, [])))
    if kind in _EXPECTED:
        return Problem(f"expected {_EXPECTED[kind]}, found {_shown(value)}", where)
    if kind == "value_error":
        error = item["ctx"]["error"]
        if isinstance(error, Wrong):
            return Problem(error.what, Place(key=error.key).within(where), error.cure)
        return Problem(str(error), where)
    if kind == "string_pattern_mismatch":
        example = "4:5" if loc[-1] == "crop" else "white or #ffcc00"
        return Problem(f"{_shown(value)} does not have the form {example}", where)
    message = str(item["msg"]).replace("Input should", "should")
    return Problem(f"{message}, found {_shown(value)}", where)


_COUNTED = {"slides": "slide", "overlay": "overlay", "attachments": "attachment"}
"""The tables' lists whose items a person counts, and the word for one of them."""


def place_in(loc: Sequence[int | str]) -> Place:
    """The place of a path of keys and indices: `("slides", 1, "image")` is slide 2, image.

    Whatever is counted is counted from 1.
    """
    counted: dict[str, Any] = {}
    keys: list[str] = []
    for step in loc:
        if isinstance(step, str):
            keys.append(step)
        elif keys and keys[-1] in _COUNTED:
            counted[_COUNTED[keys.pop()]] = step + 1
        elif keys:
            keys[-1] += f", value {step + 1}"
    return Place(**counted, key=".".join(keys))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "…"
