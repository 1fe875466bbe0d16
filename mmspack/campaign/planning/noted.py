"""Rows that are sent to and yet worth a look: kept by number, counted when it is known who is left."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

from mmspack.authoring.compiling import Filler, compiled, names_in
from mmspack.campaign.planning.reasons import FIRST_LINES
from mmspack.message import Message
from mmspack.problem import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultUse:
    """A variable whose default is sent, and to whom."""

    variable: str
    value: str
    rows: int
    """Recipients who get it."""
    lines: list[int]
    """The first lines; empty where the table has no such column, so that everybody gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedCode:
    """A QR code or barcode that is drawn alike for several recipients, though a column fills it."""

    slide: int
    overlay: int
    kind: str
    """`qr` or `barcode`."""
    rows: int
    """Recipients whose code somebody else has, too."""
    lines: list[int]
    """The first lines of them, those with the same code side by side; empty where no column fills it."""


class Noted:
    """Rows of the ledger by what is notable in them: 8 bytes a row and kind."""

    def __init__(self) -> None:
        self._rows: dict[str, array[int]] = {}

    def note(self, row: int, kinds: Sequence[str]) -> None:
        """Keep the row under each of the kinds."""
        for kind in kinds:
            self._rows.setdefault(kind, array("Q")).append(row)

    def among(self, kind: str, left_out: Collection[int]) -> tuple[int, list[int]]:
        """How many rows of that kind are not among those `left_out`, and the first of them."""
        rows = [row for row in self._rows.get(kind, ()) if row not in left_out]
        return len(rows), rows[:FIRST_LINES]


class DrawnCodes:
    """The codes that overlays draw for each recipient, remembered by an 8-byte hash of their text."""

    def __init__(self, message: Message, columns: Collection[str]) -> None:
        """Only codes with variables: any other is the same for everybody on purpose."""
        filled = [
            (Place(slide=at, overlay=number, key=key), text, names)
            for at, slide in enumerate(message.slides, 1)
            for number, overlay in enumerate(slide.overlay, 1)
            for key, text in (("qr", overlay.qr), ("barcode", overlay.barcode))
            if (names := names_in(text))
        ]
        self._codes: list[tuple[Place, Filler]] = [
            (place, compiled(text, where=place)) for place, text, names in filled if names & set(columns)
        ]
        self.alike = [place for place, _, names in filled if not names & set(columns)]
        """Codes of whose variables the table has none: everybody gets the same."""
        self._hashes = [array("Q") for _ in self._codes]
        self._rows = array("Q")

    def add(self, row: int, values: Mapping[str, object]) -> None:
        """Remember a recipient's codes. Raises `AuthoringError` where a template cannot be filled in."""
        if not self._codes:
            return
        self._rows.append(row)
        for hashes, (_, fill) in zip(self._hashes, self._codes, strict=True):
            hashes.append(int.from_bytes(blake2b(fill(values).encode(), digest_size=8).digest(), "big"))

    def repeated(self, left_out: Collection[int]) -> list[tuple[Place, int, list[int]]]:
        """Where codes occur more than once: the overlay, how many rows share one, and the first rows."""
        found = []
        for hashes, (place, _) in zip(self._hashes, self._codes, strict=True):
            kept = [(each, row) for each, row in zip(hashes, self._rows, strict=True) if row not in left_out]
            groups = [
                rows
                for _, same in groupby(sorted(kept), key=lambda pair: pair[0])
                if len(rows := [row for _, row in same]) > 1
            ]
            if groups:
                groups.sort()
                rows = [row for group in groups for row in group]
                found.append((place, len(rows), rows[:FIRST_LINES]))
        return found
