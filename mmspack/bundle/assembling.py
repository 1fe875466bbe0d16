"""A fitted message made into the parts of a bundle: named, laid out, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmspack.bundle.dialects import SENDMMS, Dialect
from mmspack.bundle.part_names import SMIL_NAME, attachment_names, slide_part_name
from mmspack.fitted import FittedMessage
from mmspack.media.formats import FORMATS
from mmspack.message import DEFAULT_SECONDS, Message, Slide
from mmspack.model import SMIL_TYPE, Kind, Part
from mmspack.profiles import Profile
from mmspack.profiles.budget import header_bytes
from mmspack.smil.layouts import SlideNames, render
from mmspack.smil.tree import parse, reference

_SLIDE_KINDS = (Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.TEXT)
_LONGEST_TYPE = "text/x-vCalendar"
_ENDING, _LONGEST_ENDING = "xxx", "x" * max(len(row.ending) for row in FORMATS)
"""Of what is made, and of what may be packed as it is (`webm`, `html`)."""

_LONGEST_MS = 9_999_999
"""Nearly three hours."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """The parts in the manifest's order, and the name of each of the fitted message's parts."""

    parts: tuple[Part, ...]
    names: tuple[str, ...]


def reserved_bytes(
    message: Message, profile: Profile, folders: Sequence[Path] = (), dialect: Dialect = SENDMMS
) -> int:
    """Bytes that everything but the media takes: SMIL, subject, header allowance.

    Known before anything is fitted, since names have one length whatever format a part ends in.
    Raises `AuthoringError` where the layout cannot show the message.
    """
    names = [
        [slide_part_name(kind, at, _ending(slide, kind)) for kind in _SLIDE_KINDS if _has(slide, kind)]
        for at, slide in enumerate(message.slides)
    ]
    slides = [
        _slide_names(at, own, _longest_ms(slide), slide.alt, dialect)
        for at, (own, slide) in enumerate(zip(names, message.slides, strict=True))
    ]
    smil = _presentation(message.layout, slides, profile, folders)
    everything = [SMIL_NAME, *(name for own in names for name in own)]
    everything += attachment_names([_LONGEST_ENDING] * len(message.attachments))
    headers = header_bytes([(name, _LONGEST_TYPE) for name in everything], profile)
    return len(smil) + len(message.subject.encode()) + headers


def assemble(
    fitted: FittedMessage,
    layout: str,
    profile: Profile,
    folders: Sequence[Path] = (),
    dialect: Dialect = SENDMMS,
) -> Assembly:
    """Name and order the parts and write their presentation, as the dialect wants its name and references.

    The order is the SMIL's: phones that ignore the SMIL show the parts as they are stored.
    """
    names = [
        [slide_part_name(part.kind, at, part.extension) for part in slide.parts]
        for at, slide in enumerate(fitted.slides)
    ]
    slides = [
        _slide_names(at, own, slide.duration_ms, slide.alt, dialect)
        for at, (own, slide) in enumerate(zip(names, fitted.slides, strict=True))
    ]
    extra = attachment_names([part.extension for part in fitted.attachments])
    smil = _presentation(layout, slides, profile, folders)
    in_order = [name for own in names for name in own] + extra
    packed = {
        name: Part(name, part.type, part.data) for name, part in zip(in_order, fitted.parts, strict=True)
    }
    shown = map(reference, parse(smil).sources) if slides else ()
    parts = [Part(dialect.smil_name or SMIL_NAME, SMIL_TYPE, smil)] if smil else []
    parts += [packed[name] for name in (*shown, *extra)]
    return Assembly(tuple(parts), tuple(in_order))


def _presentation(
    layout: str, slides: Sequence[SlideNames], profile: Profile, folders: Sequence[Path]
) -> bytes:
    if not slides:
        return b""
    return render(
        layout, slides, width=profile.screen_width, height=profile.screen_height, folders=tuple(folders)
    )


def _slide_names(at: int, names: Sequence[str], dur: int, alt: str, dialect: Dialect) -> SlideNames:
    scheme = "cid:" if dialect.cid else ""
    by_kind = {
        kind.value: f"{scheme}{name}"
        for kind in _SLIDE_KINDS
        for name in names
        if name.startswith(kind.value)
    }
    return SlideNames(number=at + 1, dur=dur, alt=alt, **by_kind)


def _longest_ms(slide: Slide) -> int:
    """A time with as many digits as the slide's can have: how long a clip plays is not known yet."""
    if slide.seconds is not None:
        return round(slide.seconds * 1000)
    plays = slide.video is not None or slide.audio is not None
    return _LONGEST_MS if plays else round(DEFAULT_SECONDS * 1000)


def _ending(slide: Slide, kind: Kind) -> str:
    """As many letters as the part's ending can have: three, but for what is packed as it is."""
    as_it_is = kind is Kind.VIDEO or (kind in (Kind.IMAGE, Kind.AUDIO) and slide.keep)
    return _LONGEST_ENDING if as_it_is else _ENDING


def _has(slide: Slide, kind: Kind) -> bool:
    value = getattr(slide, kind.value)
    return value is not None and value != ""
