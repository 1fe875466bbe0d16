"""Names that every reader takes alike: letters, digits, one stem a part, the ending of the type."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from mmspack.facts.names import ends_wrongly, odd_characters, stem, windows_fault
from mmspack.fixing.bench import Bench, Piece
from mmspack.fixing.registry import Stage, repairs
from mmspack.media.formats import format_of
from mmspack.model import Kind

_RENAMED = (
    "MMS110",
    "MMS113",
    "MMS131",
    "MMS132",
    "MMS214",
    "MMS448",
    "MMS461",
    "MMS462",
    "MMS463",
    "MMS466",
)
"""Rules that say that a part of this name is lost or mistaken for another."""
_LONGEST_STEM = 14


@repairs(*_RENAMED, "MMS122", "MMS124", "MMS218", "MMS221", stage=Stage.NAMES)
def repair_names(bench: Bench) -> None:
    """Rename what a different name would cure, and whatever is in a folder or has a new type."""
    wanted, smil = bench.terms.dialect.smil_name, bench.smil
    if wanted is None and smil is not None and "MMS218" in smil.ids:
        wanted = f"{PurePosixPath(smil.name).stem}.smil"
    taken = {stem(wanted)} if wanted and smil else set()
    moving = []
    for piece in bench.pieces:
        if wanted and piece is smil:
            _rename(bench, piece, wanted)
            continue
        if _must_move(bench, piece) or (stem(piece.name) in taken and piece is not smil):
            moving.append(piece)
        elif piece is not smil:
            # Readers that go by stems have taken the presentation out of the list by then.
            taken.add(stem(piece.name))
    for piece in moving:
        name = _free_name(piece, taken)
        taken.add(stem(name))
        _rename(bench, piece, name)


def _must_move(bench: Bench, piece: Piece) -> bool:
    if not piece.ids.isdisjoint(_RENAMED) or "/" in piece.name or odd_characters(piece.name):
        return True
    part = bench.opened.part(piece.old_name)
    if part is not None and part.type == piece.type:
        return False
    # It has got another type on the bench.
    return not piece.is_smil and bool(piece.data) and ends_wrongly(piece.name, piece.type)


def _rename(bench: Bench, piece: Piece, name: str) -> None:
    if name != piece.name:
        piece.name = name
        bench.did(piece, f"renamed from {piece.old_name!r}")


def _free_name(piece: Piece, taken: set[str]) -> str:
    ascii_name = (
        unicodedata.normalize("NFKD", piece.name.rpartition("/")[2]).encode("ascii", "ignore").decode()
    )
    first, dot, ending = ascii_name.rpartition(".")
    clean = re.sub(r"[^A-Za-z0-9_-]+", "-", first if dot else ascii_name).strip("-_")[:_LONGEST_STEM]
    clean = clean or ("text" if piece.kind is Kind.TEXT else piece.kind.value)
    row = format_of(piece.type)
    ending = (row and row.ending) or (re.sub(r"[^A-Za-z0-9]", "", ending)[:4].lower() if dot else "")
    candidate, number = clean, 1
    while candidate.casefold() in (*taken, "manifest") or windows_fault(candidate):
        number += 1
        candidate = f"{clean}-{number}"
    return f"{candidate}.{ending}" if ending else candidate
