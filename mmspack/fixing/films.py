"""Films and sounds that phones do not play, re-encoded."""

from __future__ import annotations

from mmspack.errors import MmspackError
from mmspack.fixing.bench import Bench, Piece
from mmspack.fixing.registry import Stage, repairs
from mmspack.media.formats import format_of, named
from mmspack.model import Kind

_CAUSES = {
    "MMS405": "the profile does not allow its type",
    "MMS434": "it is outside the content class",
    "MMS437": "few phones play its codec",
    "MMS438": "few phones play its level",
    "MMS471": "it lay on its side",
}
_LEAST_BYTES = 30_000
"""A film of fewer bytes may take as many: what was coded for few of them may need more in an older codec."""
_CONTAINER = 4_096
"""Bytes by which another container may be larger."""


@repairs(*_CAUSES, stage=Stage.PARTS)
def repair_clips(bench: Bench) -> None:
    """Films and sounds re-encoded for the profile in about their own bytes, or in what the limit leaves."""
    for piece in clips_of(bench):
        causes = {id_: words for id_, words in _CAUSES.items() if id_ in piece.ids}
        why_not = obstacle(bench, piece) if causes else ""
        if why_not:
            bench.leave(piece, why_not, *causes)
        elif causes and "MMS501" not in bench.ids:  # else all media are fitted together, for the profile, too
            _refit(bench, piece, causes)


def clips_of(bench: Bench) -> list[Piece]:
    """The videos and the sounds."""
    return [piece for piece in bench.pieces if piece.kind in (Kind.VIDEO, Kind.AUDIO) and piece.data]


def obstacle(bench: Bench, piece: Piece) -> str:
    """Why a video or a sound cannot be re-encoded for the profile; empty where nothing prevents it."""
    is_film = piece.kind is Kind.VIDEO
    row = format_of(piece.type)
    if "MMS431" in piece.ids:
        return "it is damaged: export it again"
    if row is None or not row.demuxer:
        return f"{named(piece.type)} is not re-encoded: export it in another format"
    if not (bench.profile.video_types if is_film else bench.profile.audio_types):
        return f"{bench.profile.name} does not take {'videos' if is_film else 'sounds'}: remove it"
    return ""


def _refit(bench: Bench, piece: Piece, causes: dict[str, str]) -> None:
    from mmspack.fitting.timed import refit_clip

    why = " and ".join(causes.values())
    others = sum(len(one.data) for one in bench.pieces if one is not piece)
    left = bench.profile.max_bytes - others - 2_000
    try:
        made = refit_clip(
            piece.data,
            piece.kind,
            bench.profile,
            min(left, max(len(piece.data) + _CONTAINER, _LEAST_BYTES)),
            bench.meter.clip(),
            rewrap=set(causes) == {"MMS405"},
        )
    except MmspackError as error:
        bench.leave(piece, f"{why}, and re-encoding it is not possible: {error}", *causes)
        return
    before = named(piece.type)
    piece.data, piece.type = made.data, made.type
    bench.did(piece, f"{before} → {made.format}, {len(made.data):,} bytes ({', '.join(made.actions)}): {why}")
