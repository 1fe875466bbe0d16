"""Films and sounds that phones do not play, re-encoded."""

from __future__ import annotations

from collections.abc import Sequence

from mmspack.errors import DoesNotFit, MmspackError
from mmspack.fixing.bench import Bench, Piece
from mmspack.fixing.registry import Stage, repairs
from mmspack.media.formats import format_of, named
from mmspack.model import Kind

_CAUSES = {
    "MMS405": "the profile does not allow its type",
    "MMS434": "it is outside the content class",
    "MMS437": "not every phone plays its codec",
    "MMS438": "not every phone plays its level",
    "MMS471": "it was not stored upright",
    "MMS472": "not every phone plays the codec of its sound",
}


@repairs(*_CAUSES, stage=Stage.PARTS)
def repair_clips(bench: Bench) -> None:
    """Films and sounds re-encoded as a build does it, in what the other parts leave."""
    waiting: list[Piece] = []
    for piece in clips_of(bench):
        causes = _causes(piece)
        why_not = obstacle(bench, piece) if causes else ""
        if why_not:
            bench.leave(piece, why_not, *causes)
        elif causes and "MMS501" not in bench.ids:  # else all media are fitted together, for the profile, too
            waiting.append(piece)
    for at, piece in enumerate(waiting):
        _refit(bench, piece, waiting[at:], _causes(piece))


def _causes(piece: Piece) -> dict[str, str]:
    return {id_: words for id_, words in _CAUSES.items() if id_ in piece.ids}


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


def _refit(bench: Bench, piece: Piece, waiting: Sequence[Piece], causes: dict[str, str]) -> None:
    """Re-encode one in its share of what the message has for all that are `waiting` for it."""
    from mmspack.fitting.timed import refit_clip

    why = " and ".join(causes.values())
    made, refusal = None, ""
    for room in bench.rooms(waiting):
        try:
            made = refit_clip(piece.data, piece.kind, bench.profile, room, bench.meter.clip())
        except DoesNotFit as error:
            refusal = str(error)
            continue
        except MmspackError as error:
            refusal = str(error)
        break
    if made is None:
        bench.leave(piece, f"{why}, and re-encoding it is not possible: {refusal}", *causes)
        return
    before = named(piece.type)
    piece.data, piece.type = made.data, made.type
    bench.did(piece, f"{before} → {made.format}, {len(made.data):,} bytes ({', '.join(made.actions)}): {why}")
