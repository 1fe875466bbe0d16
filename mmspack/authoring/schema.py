"""The JSON Schema of `message.toml`, for editors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mmspack.authoring.keys import MESSAGE, OVERLAY, SLIDE, Key


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `message.toml`, for editors."""
    overlay = _table("Something personal drawn into the slide's picture.", OVERLAY.values())
    overlay["oneOf"] = [{"required": [name]} for name in ("text", "qr", "barcode")]
    slide = _table("One slide: a picture, a text, a sound; or a video and a text.", SLIDE.values())
    slide["properties"]["overlay"]["items"] = {"$ref": "#/$defs/OverlayTable"}
    slide["anyOf"] = [{"required": [name]} for name in ("image", "video", "audio", "text")]
    slide["not"] = {"anyOf": [{"required": ["video", "image"]}, {"required": ["video", "audio"]}]}
    slide["dependentRequired"] = {"overlay": ["image"], "focus": ["crop"]}
    slide["dependentSchemas"] = {"alt": {"anyOf": [{"required": [name]} for name in ("image", "video")]}}
    message = _table("A multimedia message for mmspack.", MESSAGE.values())
    message["properties"]["slides"]["items"] = {"$ref": "#/$defs/SlideTable"}
    message["anyOf"] = [{"required": ["slides"]}, {"required": ["attachments"]}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "message.toml",
        **message,
        "$defs": {"SlideTable": slide, "OverlayTable": overlay},
    }


def _table(says: str, keys: Iterable[Key]) -> dict[str, Any]:
    each = list(keys)
    made: dict[str, Any] = {
        "type": "object",
        "description": says,
        "properties": {key.name: key.schema() for key in each},
        "additionalProperties": False,
    }
    required = [key.name for key in each if key.required]
    return {**made, "required": required} if required else made
