"""What a person can see of a message: its parts, slides and boxes, findings and sizes, ready to be drawn.

The page, the storyboard and the sandbox's inbox all draw from these values.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum

from mmspack.media.formats import format_of
from mmspack.model import Budget, Facts, Finding, Kind, Severity
from mmspack.previewing.cards import Card
from mmspack.previewing.inscriptions import Inscriptions


class Look(StrEnum):
    """How a part can be shown."""

    PICTURE = "picture"
    SOUND = "sound"
    FILM = "film"
    TEXT = "text"
    CARD = "card"
    """A contact or a calendar entry."""
    FILE = "file"
    """Named, never opened: SVG, HTML, PDF and whatever else no phone shows."""
    PRESENTATION = "presentation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The author's picture as it was before the fit, scaled to the pixels of the fitted one."""

    label: str
    type: str
    data: bytes = field(repr=False)
    before: Facts
    after: Facts
    actions: tuple[str, ...]
    quality: float | None
    quality_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part in the manifest's order."""

    name: str
    label: str = ""
    """What the author called it: the name of the file it was made from; empty where that is not known."""
    look: Look
    type: str
    """MIME type by the bytes where they tell, else by the manifest."""
    declared: str
    """MIME type by the manifest; empty where it is not listed."""
    data: bytes = field(repr=False)
    text: str = ""
    """What a text says, decoded; the title of a card."""
    card: Card | None = None
    """A contact or calendar entry, as far as it can be read."""
    facts: Facts | None = None
    problem: str = ""
    """Why it cannot be shown, as a phrase."""
    original: Original | None = None
    slides: tuple[int, ...] = ()
    """Numbers (from 1) of the slides that show it."""
    drawn: Inscriptions = ()
    """What overlays drew into it, where that is known."""
    url: str = ""
    """Where the page that shows it has it, and of a film its still; empty: in the page itself."""

    @property
    def playable(self) -> bool:
        """True where browsers play it: AMR, MIDI and H.263 sound on phones alone."""
        row = format_of(self.type)
        return row is not None and row.in_browsers and row.kind in (Kind.AUDIO, Kind.VIDEO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A part in its place on a slide: pixels of the root-layout, milliseconds from the slide's start."""

    part: int | None
    """Index in `View.parts`; None where nothing answers to the `src`."""
    src: str
    left: int
    top: int
    width: int
    height: int
    fit: str
    alt: str = ""
    """What is said where it cannot be seen."""
    begin_ms: int = 0
    end_ms: int | None = None
    """None: until the slide ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideView:
    """A slide with its time."""

    number: int
    start_ms: int
    duration_ms: int
    timed: bool
    """False where the SMIL gives no time that can be read, and `duration_ms` is a stand-in."""
    media: tuple[Placed, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def end_ms(self) -> int:
        """When the next slide begins."""
        return self.start_ms + self.duration_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientCase:
    """A recipient whose message is worth reading before it is approved."""

    title: str
    """What is special: `Longest text`."""
    where: str
    """The line of the table, and figures."""
    words: str
    """Subject and texts as that recipient gets them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Who a campaign goes to, as its approval sheet says it."""

    number: int
    undrawn: int = 0
    """Rows that get nothing, since no font here has a letter that would be drawn for them."""
    cases: tuple[RecipientCase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A message as phones will show it."""

    name: str
    """What was opened, as the caller called it."""
    sender: str = ""
    """Who the conversation is with: a name, or a number as it is shown; empty where that is not known."""
    built: datetime.datetime | None = None
    """When the bundle was built; None where that is not known."""
    subject: str = ""
    fallback: str = ""
    """The text for a phone that cannot receive picture messages."""
    width: int
    height: int
    """Root-layout, pixels."""
    parts: tuple[PartView, ...] = ()
    slides: tuple[SlideView, ...] = ()
    note: str = ""
    """Why the slides are not those of a SMIL; empty where they are."""
    profile: str = ""
    profile_title: str = ""
    budget: Budget | None = None
    sha256: str = ""
    """Of the zip, in hexadecimal digits; empty for a folder."""
    findings: tuple[Finding, ...] = ()
    """All of them; those of a slide stand with it as well."""
    recipients: Recipients | None = None
    """Of a campaign's message; None for one that stands alone."""

    @property
    def total_ms(self) -> int:
        """How long the message plays."""
        return self.slides[-1].end_ms if self.slides else 0

    @property
    def shown(self) -> tuple[tuple[int, PartView], ...]:
        """The parts without the presentation, each with its index: the thread of a phone that ignores it."""
        return tuple(pair for pair in enumerate(self.parts) if pair[1].look is not Look.PRESENTATION)

    @property
    def attachments(self) -> tuple[PartView, ...]:
        """The parts that no slide shows."""
        numbers = {slide.number for slide in self.slides}
        return tuple(part for _, part in self.shown if not numbers.intersection(part.slides))

    @property
    def general(self) -> tuple[Finding, ...]:
        """The findings that concern no slide in particular."""
        placed = {finding for slide in self.slides for finding in slide.findings}
        return tuple(finding for finding in self.findings if finding not in placed)

    def count(self, severity: Severity) -> int:
        """How many findings are of that severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def first(self, look: Look) -> int | None:
        """Index of the first part with that look."""
        return next((at for at, part in self.shown if part.look == look), None)
