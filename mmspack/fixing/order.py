"""The order of the parts: phones that ignore the presentation show them as they are stored."""

from __future__ import annotations

import sys

from mmspack.facts.meaning import order_meant
from mmspack.fixing.bench import Bench, Piece, source_of
from mmspack.fixing.registry import Stage, repairs
from mmspack.smil.tree import MEDIA

_MISPLACED = ("MMS215", "MMS216")


@repairs(*_MISPLACED, stage=Stage.ORDER)
def put_in_order(bench: Bench) -> None:
    """The presentation first, then the parts as the slides show them, then the rest."""
    first = [bench.smil] if bench.smil else []
    ordered = [*first, *_shown_order(bench)]
    listed = {entry.name for entry in bench.opened.manifest.entries} if bench.opened.manifest else set()
    forgotten = any(piece.old_name not in listed for piece in bench.pieces)
    if not bench.ids.isdisjoint(_MISPLACED) or forgotten:
        rest = [piece for piece in bench.pieces if piece not in ordered]
        if forgotten:
            meant = order_meant(bench.opened)
            rest.sort(key=lambda piece: meant.get(piece.old_name, sys.maxsize))
        bench.pieces = [*ordered, *rest]


def _shown_order(bench: Bench) -> list[Piece]:
    """The pieces in the order in which the slides show them."""
    if bench.presentation is None:
        return []
    body = bench.presentation.root.child("body")
    names = map(source_of, body.all(*MEDIA)) if body is not None else ()
    by_name = {piece.name: piece for piece in bench.pieces}
    return list({name: by_name[name] for name in names if name in by_name}.values())
