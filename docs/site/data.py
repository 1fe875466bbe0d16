"""The reference of what is data: the keys of `message.toml`, from its schema, and the profiles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mmspack import profiles
from mmspack.authoring.schema import json_schema
from mmspack.profiles import Profile

_KINDS = {"string": "text", "boolean": "`true` or `false`", "object": "a table", "array": "a list"}


def data_pages() -> dict[str, str]:
    """The pages by name, in Markdown."""
    return {"keys": "\n".join(_keys()) + "\n", "profiles": "\n".join(_profiles()) + "\n"}


def _keys() -> Iterator[str]:
    schema = json_schema()
    yield from ("# All keys of message.toml", "")
    yield "What the schema says that `mmspack schema` prints; [message.toml](message-toml.md) has examples."
    yield from _table("The message", schema)
    yield from _table("`[fallback]`", schema["properties"]["fallback"])
    yield from _table("`[[slides]]`", schema["$defs"]["SlideTable"])
    yield from _table("`[[slides.overlay]]`", schema["$defs"]["OverlayTable"])


def _table(title: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"## {title}", "", table["description"], "")
    yield from ("| key | value | default | what it is |", "|---|---|---|---|")
    for name, one in table["properties"].items():
        default = "**required**" if name in table.get("required", ()) else ""
        if one.get("default", "") != "":
            value = one["default"]
            default = f"`{value if isinstance(value, str) else json.dumps(value)}`"
        says = one["description"].replace("|", "\\|")
        yield f"| `{name}` | {_value(one)} | {default} | {says} |"


def _value(one: Mapping[str, Any]) -> str:
    """What may be written, in words."""
    if "anyOf" in one:
        return " or ".join(dict.fromkeys(_value(choice) for choice in one["anyOf"] if "enum" not in choice))
    if "enum" in one:
        return ", ".join(f"`{choice}`" for choice in one["enum"])
    if one["type"] != "number":
        return _KINDS[one["type"]]
    low = f"above {one['exclusiveMinimum']:g}" if "exclusiveMinimum" in one else f"from {one['minimum']:g}"
    return f"a number {low}, at most {one['maximum']:,g}"


def _profiles() -> Iterator[str]:
    found = profiles.load().values()
    yield from ("# Profiles", "")
    yield "The limits that are built in, with their sources. `mmspack profiles NAME` shows one, and"
    yield from ("[your own](message-toml.md#your-own-profiles) can be added.", "")
    yield from ("| profile | what it is | limit, bytes | recommended | pictures |", "|---|---|---:|---:|---|")
    for one in found:
        recommended = f"{one.warn_bytes:,}" if one.warn_bytes else ""
        pictures = f"{one.max_width} × {one.max_height}"
        yield f"| `{one.name}` | {one.title} | {one.max_bytes:,} | {recommended} | {pictures} |"
    for one in found:
        yield from _profile(one)


def _profile(one: Profile) -> Iterator[str]:
    yield from ("", f"## {one.name}", "", f"{one.title}. As of {one.date}.", "", f"Source: {one.source}.")
    if one.note:
        yield from ("", f"Note: {one.note}")
