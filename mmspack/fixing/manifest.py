"""The manifest of the repaired message: its lines, and what changed in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.manifest import Entry
from mmspack.facts.names import PARAMETER
from mmspack.facts.types import IANA_ASCII, IANA_UTF8
from mmspack.fixing.bench import Bench, Change, Piece
from mmspack.fixing.registry import Stage, repairs
from mmspack.media.formats import spelled
from mmspack.model import Part

_REWRITTEN = (
    *("MMS201", "MMS202", "MMS203", "MMS204", "MMS205", "MMS206", "MMS207", "MMS208", "MMS209", "MMS210"),
    *("MMS211", "MMS212", "MMS213", "MMS219", "MMS220", "MMS221", "MMS222", "MMS402", "MMS403", "MMS404"),
    "MMS409",
)
"""Rules about a manifest, or a line of it, that is written from the parts."""


def declared_parts(bench: Bench) -> list[Part]:
    """The parts, each with its content type as the manifest declares it."""
    return [Part(piece.name, _declared_type(piece), piece.data) for piece in bench.pieces]


def _declared_type(piece: Piece) -> str:
    """The content type for the manifest, with the parameters that were given and are still true."""
    essence, semicolon, rest = piece.given.partition(";")
    if essence.strip().partition("/")[0].lower() != piece.type.partition("/")[0]:
        return spelled(piece.type)
    told: dict[str, str] = {}
    for match in PARAMETER.finditer((semicolon + rest).rstrip()):
        told.setdefault(match[1].lower(), _parameter(piece, match))
    return spelled(piece.type) + "".join(told.values())


def _parameter(piece: Piece, match: re.Match[str]) -> str:
    name, value = match[1].lower(), match[2].strip().strip('"')
    if name == "charset" and (piece.is_smil or piece.type.startswith("text/")):
        return match[0] if _is_true(value.lower(), piece.data) else "; charset=utf-8"
    if name == "name" and value != piece.name:
        return f"; name={piece.name}"
    return match[0]


def _is_true(charset: str, data: bytes) -> bool:
    """False where the text is UTF-8 by now, and its charset says otherwise or nothing that IANA registers."""
    if charset in IANA_UTF8 or (charset in IANA_ASCII and data.isascii()):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True  # it could not be converted: what is said of it stays
    return False


@repairs(*_REWRITTEN, stage=Stage.MANIFEST)
def note_manifest(bench: Bench) -> None:
    """Say what the new manifest has that the old one had not."""
    opened, parts = bench.opened, declared_parts(bench)
    if not opened.reads_manifest:
        if MANIFEST in opened.names:
            bench.did(None, f"manifest left out: {bench.terms.dialect.name} reads none")
        if [part.name for part in opened.parts] != [piece.old_name for piece in bench.pieces]:
            bench.did(None, "parts stored in the order of the slides")
        return
    if opened.manifest is None:
        bench.changes.append(Change(MANIFEST, "created from the parts"))
        return
    entries = opened.manifest.entries
    _note_types(bench, entries, parts)
    _note_lines(bench, entries, [part.name for part in parts])
    if opened.manifest.defects:
        bench.changes.append(Change(MANIFEST, "rewritten"))


def _note_types(bench: Bench, entries: Sequence[Entry], parts: Sequence[Part]) -> None:
    given = {entry.name: entry for entry in entries}
    for piece, part in zip(bench.pieces, parts, strict=True):
        entry = given.get(piece.old_name)
        if entry is None or _same(entry.type, part.type):
            continue
        told = piece.given and entry.essence != piece.type and entry.type == entry.spelling
        if not told:
            bench.did(piece, f"declared as {part.type} (was {entry.type!r})")


def _same(given: str, declared: str) -> bool:
    """True for types that are written alike; a vCard's may be in lower case."""
    essence, semicolon, rest = declared.partition(";")
    return given in (declared, essence.lower() + semicolon + rest)


def _note_lines(bench: Bench, entries: Sequence[Entry], new: Sequence[str]) -> None:
    renamed = {piece.old_name: piece.name for piece in bench.pieces}
    old = [renamed.get(entry.name, entry.name) for entry in entries]
    gone = sorted(set(old) - set(new))
    added = [name for name in new if name not in old]
    for words, names in (("lines removed", gone), ("lines added", added)):
        if names:
            bench.changes.append(Change(MANIFEST, f"{words}: {', '.join(map(repr, names[:5]))}"))
    if gone or added or old == list(new):
        return
    words = "one line per part" if len(old) != len(new) else "lines in the order of the slides"
    bench.changes.append(Change(MANIFEST, words))
