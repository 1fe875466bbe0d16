"""What all messages of a campaign have in common: fitted once, frozen in the ledger when it is planned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from mmspack.assembling import assemble
from mmspack.campaign.drawing import prepare
from mmspack.errors import InputError
from mmspack.model import SMIL_TYPE, Facts, FittedMessage, FittedPart, FittedSlide, Kind, Message
from mmspack.pipeline import build
from mmspack.profiles import Profile, tightest

_HEAD = "message.json"


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a shape: kept bytes by their key, or a slide's personal text or picture."""

    name: str
    type: str
    key: str
    """`smil/…`, `kept/…`, `text/0`, `drawn/0`."""

    @property
    def personal(self) -> bool:
        """Whether its bytes differ between recipients."""
        return self.key.startswith(("text/", "drawn/"))


@dataclass(frozen=True, kw_only=True)
class Base:
    """What all of a campaign's messages have in common."""

    subject: str
    """A template."""
    texts: Mapping[int, str]
    """Templates by slide, from 0."""
    defaults: Mapping[str, object]
    """The `[variables]`: what an empty or missing column is filled with."""
    columns: tuple[str, ...]
    """Names of the values that each recipient's row holds, in order."""
    profiles: tuple[Profile, ...]
    shapes: Mapping[str, tuple[Slot, ...]]
    """The parts in order, by the slides that have a text: `"0,2"`."""
    blobs: Mapping[str, bytes] = field(repr=False)
    """Media and presentations by key."""
    drawings: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """How personal pictures are drawn, by slide."""

    @cached_property
    def digest(self) -> bytes:
        """16 bytes that change when anything in here does."""
        digest = hashlib.blake2b(digest_size=16)
        for name, data in sorted(self.to_blobs().items()):
            digest.update(b"%d:%d:" % (len(name), len(data)) + name.encode())
            digest.update(data)
        return digest.digest()

    def to_blobs(self) -> dict[str, bytes]:
        """All of it as named bytes."""
        head = {
            "subject": self.subject,
            "texts": {str(slide): text for slide, text in self.texts.items()},
            "defaults": dict(self.defaults),
            "columns": self.columns,
            "profiles": [asdict(profile) for profile in self.profiles],
            "shapes": {
                name: [[slot.name, slot.type, slot.key] for slot in slots]
                for name, slots in self.shapes.items()
            },
            "drawings": {str(slide): dict(drawing) for slide, drawing in self.drawings.items()},
        }
        return {_HEAD: json.dumps(head, sort_keys=True).encode(), **self.blobs}

    @classmethod
    def from_blobs(cls, blobs: Mapping[str, bytes]) -> Self:
        """The base that `to_blobs` wrote. Raises `InputError`."""
        try:
            head = json.loads(blobs[_HEAD])
            return cls(
                subject=head["subject"],
                texts={int(slide): text for slide, text in head["texts"].items()},
                defaults=head["defaults"],
                columns=tuple(head["columns"]),
                profiles=tuple(_profile(values) for values in head["profiles"]),
                shapes={name: tuple(Slot(*slot) for slot in slots) for name, slots in head["shapes"].items()},
                blobs={name: data for name, data in blobs.items() if name != _HEAD},
                drawings={int(slide): drawing for slide, drawing in head["drawings"].items()},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"the campaign's frozen message cannot be read: {error!r}") from error


def _profile(values: Mapping[str, Any]) -> Profile:
    known = {one.name for one in fields(Profile)}
    kept = {name: value for name, value in values.items() if name in known}
    clean = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Profile(**clean)  # type: ignore[arg-type]


def freeze(
    message: Message,
    *,
    defaults: Mapping[str, object],
    columns: Sequence[str],
    profiles: Sequence[Profile],
    worst: Mapping[str, object],
    shapes: Sequence[str],
    layout_folders: Sequence[Path] = (),
    effort: str = "good",
) -> Base:
    """Fit `message`, whose texts are templates, once for all recipients.

    The media get what the row `worst`, the one whose copy takes the most bytes, leaves them. `shapes` are the
    sets of slides that have a text. Raises what `build` raises.
    """
    texts = {at: slide.text for at, slide in enumerate(message.slides) if isinstance(slide.text, str)}
    bare = replace(message, slides=tuple(replace(slide, overlay=()) for slide in message.slides))
    built = build(bare, list(profiles), values=worst, layout_folders=layout_folders, effort=effort)
    target = tightest(profiles)
    blobs: dict[str, bytes] = {}
    drawings = {
        at: prepare(at, slide, part, background=message.background, worst=worst, blobs=blobs)
        for at, slide in enumerate(message.slides)
        if slide.overlay and (part := built.message.slides[at].part(Kind.IMAGE)) is not None
    }
    fitted = _with_drawn(built.message, blobs)
    made = {shape: _slots(fitted, shape, message.layout, target, layout_folders, blobs) for shape in shapes}
    made = {
        shape: tuple(_kept_where_constant(slot, texts, blobs) for slot in slots)
        for shape, slots in made.items()
    }
    return Base(
        subject=message.subject,
        texts=texts,
        defaults=dict(defaults),
        columns=tuple(columns),
        profiles=tuple(profiles),
        shapes=made,
        blobs=blobs,
        drawings=drawings,
    )


def _with_drawn(fitted: FittedMessage, blobs: Mapping[str, bytes]) -> FittedMessage:
    """The message with the pictures that were drawn into, all JPEG, in the place of the fitted ones."""
    slides = []
    for at, slide in enumerate(fitted.slides):
        data = blobs.get(f"drawn/{at}")
        parts = tuple(
            replace(part, type="image/jpeg", extension="jpg", data=data)
            if data is not None and part.kind is Kind.IMAGE
            else part
            for part in slide.parts
        )
        slides.append(replace(slide, parts=parts))
    return replace(fitted, slides=tuple(slides))


def _slots(
    fitted: FittedMessage,
    shape: str,
    layout: str,
    target: Profile,
    folders: Sequence[Path],
    blobs: dict[str, bytes],
) -> tuple[Slot, ...]:
    """The parts of one shape in order; their bytes are put into `blobs`."""
    with_text = {int(slide) for slide in shape.split(",") if slide}
    slides = tuple(
        replace(slide, parts=_parts(slide, at, with_text)) for at, slide in enumerate(fitted.slides)
    )
    shaped = replace(fitted, slides=slides)
    assembly = assemble(shaped, layout, target, folders)
    keys = {name: _key(part, name, blobs) for name, part in zip(assembly.names, shaped.parts, strict=True)}
    slots = []
    for part in assembly.parts:
        key = f"smil/{shape}" if part.type == SMIL_TYPE else keys[part.name]
        slots.append(Slot(part.name, part.type, key))
        if not key.startswith("text/"):
            blobs[key] = part.data
    return tuple(slots)


def _key(part: FittedPart, name: str, blobs: Mapping[str, bytes]) -> str:
    if part.kind is Kind.TEXT:
        return f"text/{part.slide}"
    drawn = part.kind is Kind.IMAGE and f"drawn/{part.slide}" in blobs
    return f"drawn/{part.slide}" if drawn else f"kept/{name}"


def _kept_where_constant(slot: Slot, texts: Mapping[int, str], blobs: dict[str, bytes]) -> Slot:
    """A text without a template's place in it is the same for all."""
    text = texts[int(slot.key.removeprefix("text/"))] if slot.key.startswith("text/") else "{"
    if "{" in text:
        return slot
    blobs[f"kept/{slot.name}"] = text.removeprefix("\ufeff").encode()
    return Slot(slot.name, slot.type, f"kept/{slot.name}")


def _parts(slide: FittedSlide, at: int, with_text: set[int]) -> tuple[FittedPart, ...]:
    media = tuple(part for part in slide.parts if part.kind is not Kind.TEXT)
    return (*media, _text_part(at)) if at in with_text else media


def _text_part(slide: int) -> FittedPart:
    facts = Facts(bytes=4, format="text")
    return FittedPart(
        kind=Kind.TEXT, slide=slide, label="text", type="text/plain", extension="txt",
        data=b"Text", before=facts, after=facts,
    )  # fmt: skip
