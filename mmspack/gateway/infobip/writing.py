"""A message as Infobip's JSON: segments in the parts' order, media by reference."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from mmspack.errors import ParameterError
from mmspack.gateway.door import not_a_text, text_in
from mmspack.gateway.requests import MediaPart
from mmspack.model import SMIL_TYPE, Part
from mmspack.problem import Place, Problem
from mmspack.words import counted

MAX_TITLE = 66
MAX_TEXT = 4096
"""Characters of a title and of a text segment (the API's specification)."""
MAX_MESSAGE = 300 * 1024
"""Bytes of a whole message (likewise; some networks take less, those of the US about 1 MB)."""


def media_of(parts: Sequence[Part]) -> tuple[MediaPart, ...]:
    """What is uploaded. Raises `ParameterError` for what Infobip would refuse."""
    problems = []
    for part in parts:
        where = Place(name=part.name)
        if any(c.isspace() for c in part.name):
            problems.append(Problem("Infobip takes no blank in a name", where, "rename the file"))
        if media_type(part) in (SMIL_TYPE, "text/plain") and text_in(part) is None:
            problems.append(not_a_text(part))
        elif media_type(part) == "text/plain" and len(text := _text(part)) > MAX_TEXT:
            problems.append(Problem(f"has {counted(text)}, and Infobip takes {MAX_TEXT:,}", where))
        if media_type(part) in ("text/x-vcard", "text/vcard") and not part.name.lower().endswith(".vcf"):
            problems.append(Problem("the name of a card ends in .vcf", where))
    if problems:
        raise ParameterError(problems=problems)
    return tuple(
        MediaPart(
            name=part.name,
            type=media_type(part),
            data=part.data,
            sha256=hashlib.sha256(part.data).hexdigest(),
        )
        for part in parts
        if media_type(part) not in (SMIL_TYPE, "text/plain")
    )


def segments(parts: Sequence[Part], places: Mapping[str, str]) -> list[dict[str, Any]]:
    """The segments; `places` are the uploaded ids by SHA-256."""
    found: list[dict[str, Any]] = []
    for part in parts:
        kind = media_type(part)
        if kind == SMIL_TYPE:
            found.append({"type": "SMIL", "smil": _text(part), "contentType": kind, "contentId": part.name})
        elif kind == "text/plain":
            found.append({"type": "TEXT", "text": _text(part), "contentId": part.name})
        else:
            place = places[hashlib.sha256(part.data).hexdigest()]
            found.append({"type": "UPLOADED_REFERENCE", "uploadedContentId": place, "contentId": part.name})
    return found


def media_type(part: Part) -> str:
    """The type without parameters, in lower case."""
    return part.type.split(";")[0].strip().lower()


def _text(part: Part) -> str:
    return text_in(part) or ""
