"""Parts repaired one by one: types, texts, pictures; then all of them fitted to the limit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Opened
from mmspack.errors import DoesNotFit, MediaError, MmspackError
from mmspack.facts.types import disagrees, holds_no_medium, is_sound_as_film, moves_unseen
from mmspack.fixing.bench import Bench, Piece
from mmspack.fixing.films import clips_of, obstacle
from mmspack.fixing.registry import Stage, repairs
from mmspack.media.containers.iso_index import index_first
from mmspack.media.formats import by_ending, canonical, named, spelled
from mmspack.media.texts import charset_of, signs_restored, to_utf8
from mmspack.message import Message, Slide
from mmspack.model import SMIL_TYPE, Facts, Kind
from mmspack.problem import Place, Problem

if TYPE_CHECKING:
    from mmspack.fitting import FittedPicture

_REENCODED = {
    "MMS405": "had a type that the profile does not allow",
    "MMS422": "was progressive",
    "MMS423": "could not be decoded by phones",
    "MMS424": "was rotated by metadata only",
    "MMS425": "contained its GPS location",
    "MMS426": "carried bytes that no phone displays",
    "MMS428": "had no end marker",
    "MMS503": "exceeded the profile's pixel size",
}
"""Rules about a picture that is repaired by encoding it again, and the reason that `fix` gives."""
_LEAST_BYTES = 12_000
_UNKNOWN = "application/octet-stream"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85]")
_CONVERTED = ("MMS403", "MMS441", "MMS442")
"""Rules that say that a text is not plain UTF-8."""


def true_type(part: FoundPart, opened: Opened) -> str:
    """The MIME type that the part should be declared as, in lower case."""
    if part is opened.smil:
        return SMIL_TYPE
    if part.declared and not disagrees(part) and part.declared != _UNKNOWN:
        return part.probe.type if is_sound_as_film(part) and part.probe.type else canonical(part.declared)
    row = by_ending(part.suffix)
    by_name = row.key if row else None
    found = part.probe.type
    if holds_no_medium(part):
        return part.declared or by_name or _UNKNOWN
    if found == "text/plain" and by_name and by_name.startswith("text/"):
        return "text/plain"
    return found or by_name or part.declared or _UNKNOWN


@repairs("MMS220", "MMS401", "MMS402", "MMS405", "MMS410", "MMS435", stage=Stage.PARTS)
def note_types(bench: Bench) -> None:
    """Say where a declared type was wrong."""
    for piece in bench.pieces:
        part = bench.opened.part(piece.old_name)
        if part is not None and disagrees(part) and holds_no_medium(part) and not piece.is_smil:
            found = named(part.probe.type or "", "of an unknown type")
            bench.leave(piece, f"the data is {found}: the {part.kind} itself is missing", *sorted(piece.ids))
        if part is not None and part.declared and part.declared != piece.type:
            bench.did(piece, f"declared as {spelled(piece.type)} (was {part.declared})")


@repairs(*_CONVERTED, "MMS443", "MMS457", "MMS458", stage=Stage.PARTS)
def repair_texts(bench: Bench) -> None:
    """UTF-8 without marks, controls or odd line breaks, where the charset is declared or certain."""
    for piece in bench.pieces:
        if not piece.ids.isdisjoint(_CONVERTED) and not piece.is_smil:
            _convert(bench, piece)
        if "MMS443" in piece.ids:
            _take_controls_out(bench, piece)
        if "MMS457" in piece.ids:
            _replace(bench, piece, "\ufeff", "", "byte order marks removed from its middle")
        if "MMS458" in piece.ids:
            _replace(bench, piece, "[\u2028\u2029]", "\n", "line separators replaced by line breaks")


def _replace(bench: Bench, piece: Piece, form: str, by: str, words: str) -> None:
    text = piece.data.decode()  # the rules that ask for it look into UTF-8 alone
    clean = re.sub(form, by, text)
    if clean != text:
        piece.data = clean.encode()
        bench.did(piece, words)


def _convert(bench: Bench, piece: Piece) -> None:
    try:
        piece.data, actions = to_utf8(piece.data, charset_of(piece.given))
    except MediaError:
        return  # any guess would be a wrong text that passes for a right one: the finding stays
    for action in actions:
        bench.did(piece, action)


def _take_controls_out(bench: Bench, piece: Piece) -> None:
    text = piece.data.decode()
    restored = signs_restored(text)
    if restored is not None:
        piece.data = restored.encode()
        bench.did(piece, "control characters replaced by Windows-1252 punctuation")
        return
    clean = _CONTROLS.sub(lambda match: "\n" if match[0] in "\x0b\x0c\x85" else "", text)
    if clean != text:
        piece.data = clean.encode()
        bench.did(piece, "control characters removed")


@repairs(*_REENCODED, stage=Stage.PARTS)
def repair_pictures(bench: Bench) -> None:
    """Pictures that phones show wrongly, re-encoded in about their own bytes."""
    for piece in bench.pieces:
        causes = [words for id_, words in _REENCODED.items() if id_ in piece.ids]
        fitted = _refitted(bench, piece) if piece.kind is Kind.IMAGE and causes else None
        if fitted is not None and fitted.data != piece.data:
            before = f"animated {fitted.before.format}" if _moves(bench, piece) else named(piece.type)
            piece.data, piece.type = fitted.data, fitted.type
            frames = f"{fitted.after.frames} frames, " if fitted.after.frames > 1 else ""
            size = f"{fitted.size[0]}×{fitted.size[1]}, {frames}{len(fitted.data):,} bytes"
            bench.did(piece, f"{before} converted to {fitted.format}, {size}: it {', '.join(causes)}")


def _refitted(bench: Bench, piece: Piece) -> FittedPicture | None:
    """The re-encoded picture; None where it cannot be read and stays unchanged, with its findings."""
    from mmspack.fitting import fit_picture

    profile = bench.profile
    causes = sorted(piece.ids & _REENCODED.keys())
    moves = _moves(bench, piece)
    if moves and not _may_move(bench):
        # To make a still of it is a choice.
        bench.leave(piece, f"{profile.name} takes no GIF: save it as a still picture", *causes)
        return None
    if moves and "MMS501" in bench.ids:
        return None  # all media are fitted together, which makes a GIF of it, too
    best, refusal = None, None
    own = (len(piece.data) * 11 // 10, max(2 * len(piece.data), _LEAST_BYTES))
    # A GIF takes several times the bytes of what it is made of: it gets what a build would give it.
    for most in bench.rooms(_moving(bench)) if moves else own:
        try:
            best = fit_picture(
                piece.data,
                max_bytes=most,
                max_size=(profile.max_width, profile.max_height),
                turn=profile.turn,
                types=profile.image_types,
                progress=bench.meter.clip(),
            )
        except DoesNotFit as error:
            refusal = error
            continue
        except MmspackError as error:
            bench.leave(piece, _why(error), *causes)
            return None
        if moves or "MMS503" in piece.ids or _area(best.after) >= _area(best.before):
            break
    if best is None and refusal is not None:
        bench.leave(piece, _why(refusal), *causes)
    return best


def _moves(bench: Bench, piece: Piece) -> bool:
    """True for an animation that is to become a GIF, and is none yet."""
    part = bench.opened.part(piece.old_name)
    return part is not None and moves_unseen(part) and piece.type != "image/gif"


def _moving(bench: Bench) -> list[Piece]:
    return [piece for piece in bench.pieces if piece.data and _moves(bench, piece)]


def _may_move(bench: Bench) -> bool:
    return "image/gif" in bench.profile.image_types


def _why(error: MmspackError, pictures: Sequence[Piece] = ()) -> str:
    """The error's text; a slide of the message that was made of `pictures` is called by its part's name."""

    def place(problem: Problem) -> Place:
        slide = problem.where.slide
        known = slide is not None and slide <= len(pictures)
        return Place(name=pictures[slide - 1].name) if known and slide else problem.where

    return str(error.of([replace(problem, where=place(problem)) for problem in error.problems]))


def _area(facts: Facts) -> int:
    return (facts.width or 0) * (facts.height or 0)


@repairs("MMS501", stage=Stage.PARTS, last=True)
def repair_size(bench: Bench) -> None:
    """Fit pictures, videos and sounds together into what the other parts leave of the limit.

    Other repairs add bytes, to the slide layout most of all: media that had been fitted before would be
    fitted once more, from what the first time had left of them.
    """
    budget = bench.budget
    if budget.spare_bytes >= 0:
        return
    pictures = [
        piece
        for piece in bench.pieces
        if piece.kind is Kind.IMAGE and piece.data and (_may_move(bench) or not _moves(bench, piece))
    ]
    clips = [piece for piece in clips_of(bench) if not obstacle(bench, piece)]
    refusal = "; ".join(
        f"{piece.name}: {why}" for piece in clips_of(bench) if (why := obstacle(bench, piece))
    )
    for media in filter(None, (pictures + clips, pictures if clips else [])):
        try:
            _fit_together(bench, media, budget.total_bytes)
        except MediaError as error:  # of a clip that nothing decodes: the pictures may do alone
            refusal = _why(error, media)
        except MmspackError as error:
            refusal = _why(error, media)
            break
        else:
            return
    if refusal:
        bench.leave(None, refusal, "MMS501")
        for piece in (*clips, *pictures):
            if "MMS405" in piece.ids and (piece in clips or _moves(bench, piece)):
                bench.leave(piece, "it is re-encoded together with all that has to fit", "MMS405")


@repairs("MMS439", stage=Stage.PARTS, last=True)
def repair_indices(bench: Bench) -> None:
    """Indices in front of the samples, every sample as it was, of films that nothing else has changed."""
    for piece in bench.pieces:
        moved = index_first(piece.data) if "MMS439" in piece.ids else None
        if moved is not None:
            piece.data = moved
            bench.did(piece, "index moved to the front")


def _slide(piece: Piece) -> Slide:
    """A piece as a slide of its own."""
    if piece.kind is Kind.VIDEO:
        return Slide(video=piece.data)
    return Slide(audio=piece.data) if piece.kind is Kind.AUDIO else Slide(image=piece.data)


def _fit_together(bench: Bench, media: Sequence[Piece], total_bytes: int) -> None:
    from mmspack.fitting.recommended import fit_to_profile

    other = total_bytes - sum(len(piece.data) for piece in media)
    slides = [_slide(piece) for piece in media]
    fitted = fit_to_profile(
        Message(slides=slides), bench.profile, reserved_bytes=other, meter=bench.meter
    ).message
    for piece, part in zip(media, fitted.parts, strict=True):
        # A film that fits as it is has its index moved by its own repair, which says so.
        if part.data not in (piece.data, index_first(piece.data)):
            words = f"{len(piece.data):,} bytes reduced to {len(part.data):,} so that the message fits"
            if part.type != piece.type and piece.kind is not Kind.IMAGE:
                words = f"{named(piece.type)} re-encoded as {named(part.type)}: {words}"
            piece.data, piece.type = part.data, part.type
            bench.did(piece, words)
