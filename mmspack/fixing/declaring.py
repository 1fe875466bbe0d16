"""The manifest of the repaired message: its lines, and what changed in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.manifest import Entry
from mmspack.facts.names import PARAMETER
from mmspack.fixing.bench import Bench, Change, Piece
from mmspack.media.formats import spelled
from mmspack.model import Part

_TRUE_OF_ASCII = ("us-ascii", "ascii")


def declared_type(piece: Piece) -> str:
    """The content type for the manifest, with the parameters that were given and are still true."""
    essence, semicolon, rest = piece.given.partition(";")
    if essence.strip().partition("/")[0].lower() != piece.type.partition("/")[0]:
        return spelled(piece.type)
    told = (semicolon + rest).rstrip()
    return spelled(piece.type) + PARAMETER.sub(lambda match: _parameter(piece, match), told)


def _parameter(piece: Piece, match: re.Match[str]) -> str:
    name, value = match[1].lower(), match[2].strip().strip('"')
    if name == "charset" and (piece.is_smil or piece.type.startswith("text/")):
        return match[0] if _is_true(value.lower(), piece.data) else "; charset=utf-8"
    if name == "name" and value != piece.name:
        return f"; name={piece.name}"
    return match[0]


def _is_true(charset: str, data: bytes) -> bool:
    """False where the text is UTF-8 by now, and its charset says otherwise."""
    if charset in ("utf-8", "utf8") or (charset in _TRUE_OF_ASCII and data.isascii()):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True  # it could not be converted: what is said of it stays
    return False


def note_manifest(bench: Bench, parts: Sequence[Part]) -> None:
    """Say what the new manifest has that the old one had not. `parts` carry their types as declared."""
    opened = bench.opened
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
