"""One thing that changed between two bundles."""

from __future__ import annotations

from dataclasses import dataclass

from mmspack.bundle.found import FoundPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that changed."""

    kind: str
    """`added`, `removed`, `renamed`, `changed`, `order`, `time`, `subject`, `fallback`, `slides`, `shows`,
    `element`, `layout`, `presentation`, `reader` or `unreadable`."""
    part: str | None
    what: str
    look: float | None = None
    """For a picture: mean difference of the pixels, 0 (none) to 1."""


def declaration(part: FoundPart) -> str:
    """The type with its parameters, as the manifest has them; without a line there, what it is."""
    written = part.entry.type if part.entry and part.declared else part.type
    return "; ".join(piece.strip() for piece in written.split(";")) or "no type"


def declared_anew(old: FoundPart, new: FoundPart) -> str:
    """The words for a type or parameter that changed; empty where none did."""
    was, now = declaration(old), declaration(new)
    return f"declared as {now}, was {was}" if was.lower() != now.lower() else ""
