"""`inspect()`: what is inside a bundle, as a person would tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mmspack import profiles
from mmspack.bundle import dialects
from mmspack.bundle.dialects import Dialect
from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened, Source
from mmspack.facts.times import android_ms
from mmspack.facts.tracks import track_words
from mmspack.inspecting.opening import open_readable, unreadable
from mmspack.inspecting.readers import PhoneReading, readings
from mmspack.media.formats import named
from mmspack.model import Kind, Severity
from mmspack.profiles import Profile
from mmspack.rules import checking
from mmspack.rules.terms import terms_of
from mmspack.smil.tree import reference
from mmspack.words import count, length_words, printable

__all__ = [
    "Inspection",
    "PartSummary",
    "PhoneReading",
    "SlideSummary",
    "Unreadable",
    "document",
    "inspect",
    "lines",
]

_TEXT_SHOWN = 300
"""Characters of a text, and below its lines, that a person needs to recognise it."""
_LINES_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSummary:
    """A part as a person sees it."""

    name: str
    type: str
    what: str
    """`JPEG 640x480`, `text, 34 characters`, `AMR, 12.0 s`."""
    bytes: int
    slides: tuple[int, ...]
    """Numbers of the slides that show it, from 1."""
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideSummary:
    """A slide: how long it is shown, and what it shows."""

    number: int
    written: str
    """Its `dur`, as written."""
    milliseconds: int
    """How long old Android shows it."""
    parts: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file that is there and cannot be read."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What is inside."""

    file: str
    form: str
    subject: str
    fallback: str
    file_bytes: int | None
    content_bytes: int
    presentation: str | None
    display: str | None
    slides: tuple[SlideSummary, ...]
    parts: tuple[PartSummary, ...]
    readers: tuple[PhoneReading, ...]
    errors: int
    warnings: int
    unreadable: tuple[Unreadable, ...] = ()


def inspect(
    source: Source | Opened,
    *,
    profile: Profile | str = profiles.DEFAULT,
    dialect: Dialect | str = dialects.SENDMMS,
    name: str = "",
) -> Inspection:
    """Look into a zip, a folder or a SMIL file.

    Raises `InputError` for a file that cannot be read, and `BundleError` where no part in it can be.
    """
    terms = terms_of(profile, dialect=dialect)
    opened = open_readable(source, terms.dialect, name)
    findings = checking.judge(opened, terms)
    presentation = opened.presentation
    size = f"{presentation.width}x{presentation.height}" if presentation and presentation.width else None
    return Inspection(
        file=name or opened.called,
        form="binary message" if opened.binary is not None else opened.form.value,
        subject=opened.noted_subject,
        fallback=opened.noted_fallback,
        file_bytes=opened.binary or (opened.archive.size if opened.archive else None),
        content_bytes=sum(len(part.data) for part in opened.parts),
        presentation=opened.smil.name if opened.smil else None,
        display=size,
        slides=tuple(_slide_summaries(opened)),
        parts=tuple(_part_summaries(opened)),
        readers=readings(opened),
        errors=sum(finding.severity is Severity.ERROR for finding in findings),
        warnings=sum(finding.severity is Severity.WARNING for finding in findings),
        unreadable=tuple(Unreadable(name=name, reason=why) for name, why in unreadable(opened).items()),
    )


def document(inspection: Inspection) -> dict[str, Any]:
    """The inspection as JSON-ready data."""
    return asdict(inspection)


def lines(inspection: Inspection, *, whole: bool = False) -> list[str]:
    """The inspection as a person reads it, a paragraph a line; `whole` shows long texts to their end."""
    return [printable(line) for line in _lines(inspection, whole=whole)]


def _slide_summaries(opened: Opened) -> Iterator[SlideSummary]:
    for slide in opened.slides:
        yield SlideSummary(
            number=slide.number,
            written=slide.node.attributes.get("dur", ""),
            milliseconds=android_ms(slide),
            parts=tuple(shown.part.name for shown in slide.media if shown.part),
            missing=tuple(shown.src for shown in slide.media if not shown.part),
        )


def _part_summaries(opened: Opened) -> Iterator[PartSummary]:
    numbers: dict[FoundPart | None, list[int]] = {}
    for slide in opened.slides:
        for part in dict.fromkeys(shown.part for shown in slide.media):
            numbers.setdefault(part, []).append(slide.number)
    return (_part_summary(part, numbers.get(part, [])) for part in opened.parts)


def _part_summary(part: FoundPart, numbers: Sequence[int]) -> PartSummary:
    is_copy = part.kind is Kind.TEXT and part.text is not None
    return PartSummary(
        name=part.name,
        type=part.type,
        what=describe(part),
        bytes=len(part.data),
        slides=tuple(numbers),
        text=part.text if is_copy else None,
    )


def describe(part: FoundPart) -> str:
    """The part in a few words: `JPEG 640x480`, `GIF 80x60, 12 frames, 3.6 s`, `text, 34 characters`."""
    found = part.probe
    words = [named(found.type or part.type) or "unknown"]
    facts = found.facts
    if facts and facts.width:
        words[0] += f" {facts.width}×{facts.height}"
    frames = facts.frames if facts else found.unread_frames
    if frames > 1 and part.kind is Kind.IMAGE:
        words.append(f"{frames} frames")
    if facts and facts.duration_ms:
        words.append(length_words(facts.duration_ms))
    words += track_words(found)
    if part.kind is Kind.TEXT and part.text is not None:
        words.append(count(len(part.text), "character"))
    if found.error and not found.unread and part.data:
        words.append(found.error)
    return ", ".join(words)


def _lines(inspection: Inspection, *, whole: bool) -> Iterator[str]:
    file_bytes = f", {inspection.file_bytes:,} bytes" if inspection.file_bytes is not None else ""
    yield f"{inspection.file}: {inspection.form}{file_bytes}; {inspection.content_bytes:,} bytes of content"
    if inspection.subject:
        yield f"Subject: {inspection.subject}"
    if inspection.fallback:
        yield f"Fallback text, for phones without MMS: {inspection.fallback}"
    if inspection.presentation:
        display = f", display {inspection.display.replace('x', '×')}" if inspection.display else ""
        yield f"Slide layout: {inspection.presentation}{display}"
    parts = {part.name: part for part in inspection.parts}
    unread = {one.name for one in inspection.unreadable}
    for slide in inspection.slides:
        yield ""
        yield f"Slide {slide.number}, {slide.milliseconds / 1000:g} s"
        for name in slide.parts:
            yield from _part_lines(parts[name], whole=whole)
        for src in slide.missing:
            why = "cannot be read" if reference(src) in unread else "is not in the bundle"
            yield f"  {src}: {why}"
    rest = [part for part in inspection.parts if not part.slides and part.name != inspection.presentation]
    if rest:
        yield from ("", "Not in any slide" if inspection.slides else "Parts in order")
    for part in rest:
        yield from _part_lines(part, whole=whole)
    if unread:
        yield from ("", "Unreadable", *(f"  {one.reason}" for one in inspection.unreadable))
    yield from ("", "What each phone displays" + (", without the unreadable parts" if unread else ""))
    for reading in inspection.readers:
        yield f"  {reading.reader}: {reading.shows}"
        for lost in reading.loses:
            yield f"    loses {lost}" + (f" in line {reading.line}" if reading.line else "")
    numbers = {"error": inspection.errors, "warning": inspection.warnings}
    found = [count(number, word) for word, number in numbers.items() if number]
    if found:
        yield from ("", f"mmspack check reports {' and '.join(found)}.")


def _part_lines(part: PartSummary, *, whole: bool) -> Iterator[str]:
    yield f"  {part.name}: {part.what}, {part.bytes:,} bytes"
    shown = (part.text or "") if whole else (part.text or "")[:_TEXT_SHOWN]
    kept = shown.splitlines() if whole else shown.splitlines()[:_LINES_SHOWN]
    for line in kept:
        yield f"      | {line}"
    if len("\n".join(kept)) < len(part.text or "") - 1:
        yield "      | … (--verbose shows all of it)"
