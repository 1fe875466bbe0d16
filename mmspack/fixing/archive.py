"""What the zip holds beside its parts: it is removed, and no stray file is promoted to a part."""

from __future__ import annotations

from mmspack.bundle.opened import Opened
from mmspack.facts.lookup import nearest
from mmspack.facts.names import empty_folders
from mmspack.facts.pairing import pairs
from mmspack.fixing.bench import Bench, Piece
from mmspack.fixing.registry import Stage, repairs

_UNCLEAR = ("utf-16", "escape", "nul", "huge")
"""Defects of a manifest after which it is unclear which names it lists."""


@repairs(
    *("MMS103", "MMS104", "MMS108", "MMS115", "MMS122", "MMS123", "MMS124", "MMS125"),
    *("MMS126", "MMS127", "MMS128", "MMS129", "MMS130"),
    stage=Stage.ZIP,
)
def note_packing(bench: Bench) -> None:
    """Say what the new zip no longer has."""
    opened = bench.opened
    defects = opened.archive.defects if opened.archive else ()
    for words in dict.fromkeys(defect.rewriting for defect in defects):
        if words:
            bench.did(None, words)
    if opened.folder:
        bench.did(None, f"parts taken out of the folder {opened.folder!r}")
    if opened.junk:
        count = f"{len(opened.junk)} files" if len(opened.junk) > 1 else "a file"
        bench.did(None, f"{count} left by a file manager removed: {', '.join(opened.junk[:3])}")


@repairs("MMS122", "MMS204", stage=Stage.ZIP)
def leave_strays_out(bench: Bench) -> None:
    """Leave out what neither the manifest nor a slide names, where both are there to name it.

    Without slides a file that the manifest forgot is a part like the others; the folder of a Java archive
    never is.
    """
    for folder in empty_folders(bench.opened):
        bench.did(None, f"empty folder {folder!r} removed")
    meant = _meant(bench.opened)
    smil = bench.smil
    strays = [piece for piece in bench.pieces if _is_stray(bench, piece, meant, smil)]
    if not strays or len(strays) == len(bench.pieces):
        return
    gone = {piece.old_name for piece in strays}
    bench.pieces = [piece for piece in bench.pieces if piece.old_name not in gone]
    names = ", ".join(repr(piece.old_name) for piece in strays[:5])
    bench.did(None, f"removed, as neither the manifest nor a slide refers to {_them(strays)}: {names}")


def _them(strays: list[Piece]) -> str:
    return "it" if len(strays) == 1 else "them"


def _is_stray(bench: Bench, piece: Piece, meant: set[str] | None, smil: Piece | None) -> bool:
    if piece.old_name.casefold().startswith("meta-inf/"):
        return piece.old_name not in bench.opened.referenced
    if meant is None or piece is smil or piece.old_name in meant:
        return False
    part = bench.opened.part(piece.old_name)
    return part is not None and part.entry is None


def _meant(opened: Opened) -> set[str] | None:
    """The files that a slide means, or a line that names none; None where neither can say it."""
    manifest = opened.manifest
    if manifest is None or not manifest.entries or not opened.slides:
        return None
    if any(defect.kind in _UNCLEAR for defect in manifest.defects):
        return None
    names = {*pairs(opened).values()}
    for slide in opened.slides:
        for shown in slide.media:
            near = shown.part.name if shown.part else nearest(opened, shown.src)
            if near is not None:
                names.add(near)
    return names
