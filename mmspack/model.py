"""The values that flow from an author's message to a delivered one. All are frozen.

`message.Message` → `fitted.FittedMessage` → `Bundle` → `Report` → `Outcome`: what several of these stages
share, and the report. Sizes are in bytes, lengths in pixels, times in milliseconds unless a name says
otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mmspack.errors import UsageError
from mmspack.words import choose_from, did_you_mean

SMIL_TYPE = "application/smil"
MAX_FALLBACK = 1600
"""Characters of a fallback text, about ten joined SMS: what Infobip and Twilio take as one text."""


class Kind(StrEnum):
    """What a part is to the presentation."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"
    ATTACHMENT = "attachment"


class Effort(StrEnum):
    """How much time a build may spend on looks."""

    FAST = "fast"
    GOOD = "good"
    BEST = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a medium is: enough to tell before from after."""

    bytes: int
    format: str
    """Short name: JPEG, PNG, GIF, text, AMR, 3GP, vCard ..."""
    width: int | None = None
    height: int | None = None
    frames: int = 1
    """Of an animation or a film; 1 where a film does not say."""
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildNotes:
    """What a build knows of a part, and a bundle alone does not tell: how it compares with its source."""

    quality: float | None = None
    """Predicted quality at display size, 0 to 100 (100: no visible difference)."""
    lost_codes: tuple[str, ...] = ()
    """The kinds of codes that scan in the source and no longer in the part: `("QR code",)`."""
    damage: tuple[str, ...] = ()
    """What of the source is missing or wrong, as phrases for a person: it could not be decoded."""


NO_NOTES = BuildNotes()
"""Of a part that was not compared, such as a text."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bundle: its Content-Id (its name in the zip), MIME type and bytes."""

    name: str
    type: str
    data: bytes = field(repr=False)


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect in one place, with what a person needs to understand and fix it."""

    id: str
    severity: Severity
    message: str
    """What is wrong here, with the numbers."""
    part: str | None = None
    """Name of the zip entry, or None for the whole bundle."""
    line: int | None = None
    """Line in the part, from 1."""
    column: int | None = None
    about: str | None = None
    """Name of the part that it concerns: `part` itself, or the part listed where `part` is the manifest."""
    title: str
    reason: str
    """Why it matters on a phone."""
    source: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A message's size against one profile's limit, all in bytes."""

    profile: str
    content_bytes: int
    """The uncompressed parts, SMIL included, and the subject in UTF-8 (TS 23.140 4.4)."""
    header_bytes: int
    """Allowance for the headers that the operator adds and counts; 0 where the profile counts none."""
    max_bytes: int
    warn_bytes: int | None = None

    @property
    def total_bytes(self) -> int:
        """What is held against the limit."""
        return self.content_bytes + self.header_bytes

    @property
    def spare_bytes(self) -> int:
        """Bytes left below the limit; negative when over it."""
        return self.max_bytes - self.total_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The findings of one check, in the order in which the parts are read."""

    file: str
    """What was checked, as the caller called it."""
    profile: str
    findings: tuple[Finding, ...]
    budget: Budget | None = None

    def of(self, severity: Severity | str) -> tuple[Finding, ...]:
        """The findings of one severity, such as `"warning"`. Raises `UsageError` for a name that is none."""
        try:
            wanted = Severity(severity)
        except ValueError:
            hint = did_you_mean(str(severity), [one.value for one in Severity], choose_from(Severity))
            raise UsageError(f"no severity {severity!r}", hint=hint) from None
        return tuple(finding for finding in self.findings if finding.severity is wanted)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a message."""
        return self.of(Severity.ERROR)

    @property
    def ok(self) -> bool:
        """True when no finding is an error."""
        return not self.findings or not self.errors
