"""A campaign's message frozen: fitted once, with room for what is personal."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmspack.authoring.templating import variables_in
from mmspack.bundle.assembling import assemble
from mmspack.campaign.build.drawing import Drawing, prepare, shared
from mmspack.campaign.build.frozen import Base, Slot
from mmspack.errors import DoesNotFit
from mmspack.film.progress import Progress
from mmspack.fitted import FittedMessage, FittedPart, FittedSlide
from mmspack.message import Message
from mmspack.model import NO_NOTES, SMIL_TYPE, BuildNotes, Facts, Kind
from mmspack.pipeline import build
from mmspack.profiles import Profile, tightest
from mmspack.profiles.budget import header_bytes
from mmspack.recipe import Recipe


def freeze(
    message: Message,
    *,
    defaults: Mapping[str, object],
    columns: Sequence[str],
    worst: Mapping[str, object],
    shapes: Sequence[str],
    recipe: Recipe | None = None,
    progress: Progress | None = None,
) -> Base:
    """Fit `message`, whose texts are templates, once for all recipients.

    The media get what the row `worst`, the one whose copy takes the most bytes, leaves them. `shapes` are the
    sets of slides that have a text. Takes `progress` and raises what `build` does.
    """
    texts = {at: slide.text for at, slide in enumerate(message.slides) if isinstance(slide.text, str)}
    bare = replace(message, slides=tuple(replace(slide, overlay=()) for slide in message.slides))
    recipe = recipe or Recipe()
    profiles = recipe.profiles_of(message.profile)
    used = variables_in(bare)
    values = {name: worst[name] for name in worst if name in used}
    built = build(bare, recipe=recipe, values=values, progress=progress)
    target = tightest(profiles)
    blobs: dict[str, bytes] = {}
    pictures = {
        at: (part, prepare(at, slide, part, background=message.background, worst=worst, blobs=blobs))
        for at, slide in enumerate(message.slides)
        if slide.overlay and (part := built.message.slides[at].part(Kind.IMAGE)) is not None
    }
    fitted = _with_drawn(built.message, {at: part.data for at, (part, _) in pictures.items()})
    made = {
        shape: _slots(fitted, shape, message.layout, target, recipe.layout_folders, set(pictures), blobs)
        for shape in shapes
    }
    copy = sum(len(part.data) for part in built.message.parts if part.kind is Kind.TEXT)
    taken = copy + len(built.bundle.subject.encode())
    limits = [built.fitted_to, target.max_bytes]
    rooms = [_room(limit, taken, made, profiles, blobs) for limit in dict.fromkeys(limits)]
    drawings, drawn = _coded({at: drawing for at, (_, drawing) in pictures.items()}, rooms)
    blobs |= {f"drawn/{at}": data for at, data in drawn.items()}
    made = {
        shape: tuple(_kept_where_constant(slot, texts, blobs) for slot in slots)
        for shape, slots in made.items()
    }
    return Base(
        subject=message.subject,
        fallback=message.fallback,
        texts=texts,
        defaults=dict(defaults),
        columns=tuple(columns),
        profiles=profiles,
        shapes=made,
        blobs=blobs,
        drawings=drawings,
        notes=_notes(fitted, blobs),
    )


def _notes(fitted: FittedMessage, blobs: Mapping[str, bytes]) -> dict[str, BuildNotes]:
    """What the build knows of the media that are the same for all, by their keys in place of their bytes."""
    known = {part.data: part.notes for part in fitted.parts if part.notes != NO_NOTES}
    return {key: known[data] for key, data in blobs.items() if key.startswith("kept/") and data in known}


def _room(
    limit: int,
    copy: int,
    shapes: Mapping[str, Sequence[Slot]],
    profiles: Sequence[Profile],
    blobs: Mapping[str, bytes],
) -> int:
    """Bytes that all personal pictures together may take in a message of any shape with so much `copy`.

    `limit` is that of the tightest profile.
    """

    def kept(slots: Sequence[Slot]) -> int:
        return sum(len(blobs[slot.key]) for slot in slots if not slot.personal)

    rooms = [
        min(limit, profile.max_bytes)
        - header_bytes([(slot.name, slot.type) for slot in slots], profile)
        - kept(slots)
        - copy
        for profile in profiles
        for slots in shapes.values()
    ]
    return min(rooms, default=0)


def _coded(
    drawings: Mapping[int, Drawing], rooms: Sequence[int]
) -> tuple[dict[int, dict[str, Any]], dict[int, bytes]]:
    """How the pictures are drawn and what they are for the worst row, in the first room in which they fit."""
    fitted = sum(drawing.fitted for drawing in drawings.values())
    made: dict[int, tuple[dict[str, Any], bytes]] = {}
    for room in rooms if drawings else ():
        limits = shared(max(0, room - fitted), list(drawings.values()))
        try:
            made = {
                at: drawing.coded(limit)
                for (at, drawing), limit in zip(drawings.items(), limits, strict=True)
            }
            break
        except DoesNotFit:
            if room == rooms[-1]:
                raise
    return {at: how for at, (how, _) in made.items()}, {at: data for at, (_, data) in made.items()}


def _with_drawn(fitted: FittedMessage, drawn: Mapping[int, bytes]) -> FittedMessage:
    """The message with the pictures that are drawn into, all JPEG, in the place of the fitted ones."""
    slides = []
    for at, slide in enumerate(fitted.slides):
        parts = tuple(
            replace(part, type="image/jpeg", extension="jpg", data=drawn[at])
            if at in drawn and part.kind is Kind.IMAGE
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
    drawn: Container[int],
    blobs: dict[str, bytes],
) -> tuple[Slot, ...]:
    """The parts of one shape in order; the bytes of those that are the same for all are put into `blobs`."""
    with_text = {int(slide) for slide in shape.split(",") if slide}
    slides = tuple(
        replace(slide, parts=_parts(slide, at, with_text)) for at, slide in enumerate(fitted.slides)
    )
    shaped = replace(fitted, slides=slides)
    assembly = assemble(shaped, layout, target, folders)
    keys = {name: _key(part, name, drawn) for name, part in zip(assembly.names, shaped.parts, strict=True)}
    slots = []
    for part in assembly.parts:
        key = f"smil/{shape}" if part.type == SMIL_TYPE else keys[part.name]
        slots.append(Slot(part.name, part.type, key))
        if not slots[-1].personal:
            blobs[key] = part.data
    return tuple(slots)


def _key(part: FittedPart, name: str, drawn: Container[int]) -> str:
    if part.kind is Kind.TEXT:
        return f"text/{part.slide}"
    return f"drawn/{part.slide}" if part.kind is Kind.IMAGE and part.slide in drawn else f"kept/{name}"


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
