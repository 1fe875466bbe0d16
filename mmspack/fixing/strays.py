"""Files in the zip that were not meant to be sent: they are removed, never promoted to parts."""

from __future__ import annotations

from mmspack.bundle.opened import Opened
from mmspack.facts.lookup import nearest
from mmspack.facts.names import empty_folders
from mmspack.facts.pairing import pairs
from mmspack.fixing.bench import Bench, Piece

_UNCLEAR = ("utf-16", "escape", "nul", "huge")
"""Defects of a manifest after which it is unclear which names it lists."""


def leave_strays_out(bench: Bench) -> None:
    """Leave out what neither the manifest nor a slide names, where both are there to name it.

    Without slides a file that the manifest forgot is a part like the others; the folder of a Java archive
    never is.
    """
    for folder in empty_folders(bench.opened):
        bench.did(None, f"empty folder {folder!r} removed")
    meant = _meant(bench.opened)
    strays = [piece for piece in bench.pieces if _is_stray(bench, piece, meant)]
    if not strays or len(strays) == len(bench.pieces):
        return
    bench.pieces = [piece for piece in bench.pieces if piece not in strays]
    names = ", ".join(repr(piece.old_name) for piece in strays[:5])
    bench.did(None, f"removed, as neither the manifest nor a slide refers to {_them(strays)}: {names}")


def _them(strays: list[Piece]) -> str:
    return "it" if len(strays) == 1 else "them"


def _is_stray(bench: Bench, piece: Piece, meant: set[str] | None) -> bool:
    if piece.old_name.casefold().startswith("meta-inf/"):
        return piece.old_name not in bench.opened.referenced
    if meant is None or piece is bench.smil or piece.old_name in meant:
        return False
    part = bench.opened.part(piece.old_name)
    return part is not None and part.entry is None


def _meant(opened: Opened) -> set[str] | None:
    """The files that a line or a slide means, however it writes them; None where neither can say it."""
    manifest = opened.manifest
    if manifest is None or not manifest.entries or not opened.slides:
        return None
    if any(defect.kind in _UNCLEAR for defect in manifest.defects):
        return None
    names = {entry.name for entry in manifest.entries} | {*pairs(opened).values()}
    for slide in opened.slides:
        for shown in slide.media:
            names.add(shown.part.name if shown.part else nearest(opened, shown.src) or "")
    return names
