"""The message on the bench: its parts while they are repaired, and the account of what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mmspack.bundle.opened import Opened
from mmspack.film.progress import ProgressMeter
from mmspack.model import Budget, Finding, Kind, Part
from mmspack.profiles import Profile
from mmspack.profiles.budget import measure
from mmspack.rules.terms import Terms
from mmspack.smil.tree import Node, Presentation, reference

TAGS = {Kind.IMAGE: "img", Kind.TEXT: "text", Kind.AUDIO: "audio", Kind.VIDEO: "video"}
"""The element of each kind of medium."""
_RENAMED = 200
"""Bytes by which the presentation and the headers may grow where parts get other names."""


def source_of(node: Node) -> str:
    """The name of the part that a medium names; empty where it names none."""
    return reference(node.attributes.get("src", ""))


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done, or why it was not; `part` is the part's new name, None for the zip itself."""

    part: str | None
    what: str


@dataclass(frozen=True, slots=True)
class Left:
    """Why findings stay; `part` is the part's name, None for the message itself."""

    part: str | None
    what: str
    ids: tuple[str, ...]
    """Ids of the rules whose findings stay for that reason."""


@dataclass(slots=True, eq=False)
class Piece:
    """A part that is being repaired."""

    name: str
    """Its name now."""
    old_name: str
    type: str
    data: bytes = field(repr=False)
    kind: Kind
    is_smil: bool
    ids: frozenset[str]
    """Ids of the findings about it."""
    given: str = ""
    """Its content type as the manifest had it, parameters and all; empty where it had none."""


@dataclass(eq=False)
class Bench:
    """Everything that the repairs share."""

    opened: Opened
    terms: Terms
    findings: tuple[Finding, ...]
    pieces: list[Piece]
    changes: list[Change] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    """What a repair could not do, and why."""
    doubtful: set[str] = field(default_factory=set)
    """Sources that meant no part, or several, before anything was renamed: nobody may guess at them later."""
    meter: ProgressMeter = field(default_factory=ProgressMeter)
    """Follows the clips that are re-encoded."""
    presentation: Presentation | None = None
    """Its tree while it is edited; None where there is none, or none that can be read."""

    @property
    def profile(self) -> Profile:
        """The profile that it is repaired for."""
        return self.terms.profile

    @property
    def budget(self) -> Budget:
        """The size of the message as it is by now."""
        parts = [Part(piece.name, piece.type, piece.data) for piece in self.pieces]
        return measure(parts, self.terms.subject_of(self.opened), self.profile)

    def rooms(self, pieces: Sequence[Piece]) -> list[int]:
        """Bytes for each of some re-encoded pieces: within the recommended size, then within the limit."""
        others = self.budget.total_bytes + _RENAMED - sum(len(piece.data) for piece in pieces)
        sizes = (self.profile.warn_bytes, self.profile.max_bytes)
        return [max(1, (size - others) // len(pieces)) for size in sizes if size]

    @cached_property
    def ids(self) -> frozenset[str]:
        """Ids of all findings."""
        return frozenset(finding.id for finding in self.findings)

    @property
    def smil(self) -> Piece | None:
        """The presentation."""
        return next((piece for piece in self.pieces if piece.is_smil), None)

    def did(self, piece: Piece | None, what: str) -> None:
        """Note a change."""
        self.changes.append(Change(piece.name if piece else None, what))

    def leave(self, piece: Piece | None, why: str, *ids: str) -> None:
        """Note why findings of these rules cannot be repaired."""
        self.left.append(Left(piece.name if piece else None, why, ids))

    def named(self, old_name: str) -> Piece | None:
        """The piece that had this name."""
        return self._by_old_name.get(old_name)

    @cached_property
    def _by_old_name(self) -> dict[str, Piece]:
        return {piece.old_name: piece for piece in self.pieces}

    @cached_property
    def _by_name(self) -> dict[str, Piece]:
        # Asked for once the names are final: the presentation is edited last.
        return {piece.name: piece for piece in self.pieces}

    def shown(self, node: Node) -> Piece | None:
        """The piece that a medium of the presentation names by now."""
        return self._by_name.get(source_of(node))

    def kind_of(self, node: Node) -> Kind | str:
        """The kind of what a medium shows, or its tag where that is nothing of a slide."""
        piece = self.shown(node)
        return piece.kind if piece and piece.kind in TAGS else node.name
