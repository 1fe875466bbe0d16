"""A message of which every part is in its final bytes, with the account of what was done to each."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmspack.model import NO_NOTES, BuildNotes, Facts, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPart:
    """A medium as it will be packed, with the account of what was done to it."""

    kind: Kind
    slide: int | None
    """Index of its slide from 0; None for an attachment."""
    label: str
    """What the author called it: the file's name, or `text`."""
    type: str
    """MIME type."""
    extension: str
    """Three letters, without the dot."""
    data: bytes = field(repr=False)
    before: Facts
    after: Facts
    actions: tuple[str, ...] = ()
    """What was done and why, as short phrases for a person; empty: untouched."""
    quality_words: str = ""
    notes: BuildNotes = NO_NOTES
    """How it compares with its source."""

    @property
    def quality(self) -> float | None:
        """Predicted quality at display size, 0 to 100 (100: no visible difference)."""
        return self.notes.quality


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedSlide:
    """A slide whose media are ready to pack."""

    parts: tuple[FittedPart, ...]
    duration_ms: int
    alt: str = ""
    """What its picture or video shows."""

    def part(self, kind: Kind) -> FittedPart | None:
        """The slide's part of that kind, or None."""
        return next((part for part in self.parts if part.kind is kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedMessage:
    """A message of which every part is in its final bytes."""

    slides: tuple[FittedSlide, ...]
    attachments: tuple[FittedPart, ...] = ()
    subject: str = ""

    @property
    def parts(self) -> tuple[FittedPart, ...]:
        """All parts, slide by slide, the attachments last."""
        return tuple(part for slide in self.slides for part in slide.parts) + self.attachments
