"""What a `src` points at, and the part that it may have meant."""

from __future__ import annotations

import functools
import re
from urllib.parse import unquote

from mmspack.bundle.manifest import NAME
from mmspack.bundle.opened import Opened
from mmspack.facts.pairing import folded
from mmspack.media.formats import by_ending

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_external(opened: Opened, src: str) -> bool:
    """True for an address instead of a name: a scheme other than `cid:`, or another host.

    A path is none, be it absolute or with a drive: the file that it ends in may be there.
    """
    if src in opened.names or is_cid(src) or _DRIVE.match(src):
        return False
    return bool(_SCHEME.match(src)) or src.startswith("//")


def is_cid(src: str) -> bool:
    """True for a Content-Id, though phones know the scheme in lower case alone."""
    return src[:4].lower() == "cid:"


def beside_the_parts(opened: Opened) -> set[str | None]:
    """Names of the files that no slide can show."""
    return {NAME, opened.misnamed_manifest, opened.smil.name if opened.smil else None}


def nearest(opened: Opened, src: str) -> str | None:
    """The part that `src` means but for how it is written.

    Case, accents, blanks around it, brackets, percent-encoding, a path, backslashes, a fragment, a missing
    ending and another ending of the same type do not matter. None where there is no such part, and where
    several would do.
    """
    name = (src[4:].strip("<>") if is_cid(src) else src).strip()
    wanted = folded(unquote(name).replace("\\", "/").rpartition("/")[2])
    by_name, by_stem = _by_last_step(opened.names)
    beside = beside_the_parts(opened)
    for last in filter(None, (wanted, wanted.partition("#")[0], wanted.partition("?")[0])):
        parts = [name for name in by_name.get(last, ()) if name not in beside]
        if not parts:
            parts = [name for name in by_stem.get(_stem_and_type(last), ()) if name not in beside]
        if parts:
            return parts[0] if len(parts) == 1 else None
    return None


def _stem_and_type(name: str) -> tuple[str, str]:
    """The name without its ending, and the type that the extension implies; empty where it has none."""
    stem, dot, ending = name.rpartition(".")
    row = by_ending(ending)
    return (stem, row.key if row else f".{ending}") if dot else (name, "")


@functools.lru_cache(maxsize=1)
def _by_last_step(names: frozenset[str]) -> tuple[dict[str, list[str]], dict[tuple[str, str], list[str]]]:
    """The names without their folders and in one case of letters, and by stem and type; found once."""
    by_name: dict[str, list[str]] = {}
    by_stem: dict[tuple[str, str], list[str]] = {}
    for name in sorted(names):
        last = folded(name.rpartition("/")[2])
        stem, type_ = _stem_and_type(last)
        by_name.setdefault(last, []).append(name)
        for key in {(stem, type_), (stem, "")}:
            by_stem.setdefault(key, []).append(name)
    return by_name, by_stem
