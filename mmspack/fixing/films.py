"""Films that phones do not play, re-encoded; their indices brought to the front."""

from __future__ import annotations

from mmspack.errors import MmspackError
from mmspack.fixing.bench import Bench, Piece
from mmspack.fixing.registry import Stage, repairs
from mmspack.media.containers.iso_index import index_first
from mmspack.media.formats import named
from mmspack.model import Kind

_CAUSES = {
    "MMS434": "it is outside the content class",
    "MMS437": "few phones play its codec",
    "MMS438": "few phones play its level",
    "MMS471": "it lay on its side",
}
_LEAST_BYTES = 30_000
"""A film of fewer bytes may take as many: what was coded for few of them may need more in an older codec."""


@repairs(*_CAUSES, stage=Stage.PARTS)
def repair_films(bench: Bench) -> None:
    """Films re-encoded for the profile in about their own bytes, or in what the limit leaves."""
    for piece in bench.pieces:
        causes = [words for id_, words in _CAUSES.items() if id_ in piece.ids]
        if piece.kind is Kind.VIDEO and causes:
            _refit(bench, piece, " and ".join(causes))


@repairs("MMS439", stage=Stage.PARTS)
def repair_indices(bench: Bench) -> None:
    """Indices in front of the samples, every sample as it was."""
    for piece in bench.pieces:
        moved = index_first(piece.data) if "MMS439" in piece.ids else None
        if moved is not None:
            piece.data = moved
            bench.did(piece, "index moved to the front")


def _refit(bench: Bench, piece: Piece, causes: str) -> None:
    from mmspack.fitting.timed import refit_film

    others = sum(len(one.data) for one in bench.pieces if one is not piece)
    left = bench.profile.max_bytes - others - 2_000
    try:
        made = refit_film(piece.data, bench.profile, min(left, max(len(piece.data), _LEAST_BYTES)))
    except MmspackError as error:
        bench.leave(piece, f"{causes}, and re-encoding it is not possible: {error.message}")
        return
    before = named(piece.type)
    piece.data, piece.type = made.data, made.type
    bench.did(piece, f"{before} re-encoded as {made.format}, {len(made.data):,} bytes: {causes}")
