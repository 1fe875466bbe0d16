"""What a `src` points at, and the part that it may have meant."""

from __future__ import annotations

import functools
import re
from urllib.parse import unquote

from mmspack.bundle.manifest import NAME
from mmspack.bundle.opened import Opened
from mmspack.facts.pairing import folded

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_external(opened: Opened, src: str) -> bool:
    """True for an address instead of a name: a scheme other than `cid:`, or an absolute path."""
    if src in opened.names:
        return False
    return (bool(_SCHEME.match(src)) and not is_cid(src)) or src.startswith("/")


def is_cid(src: str) -> bool:
    """True for a Content-Id, though phones know the scheme in lower case alone."""
    return src[:4].lower() == "cid:"


def beside_the_parts(opened: Opened) -> set[str | None]:
    """Names of the files that no slide can show."""
    return {NAME, opened.misnamed_manifest, opened.smil.name if opened.smil else None}


def nearest(opened: Opened, src: str) -> str | None:
    """The part that `src` means but for case, accents, brackets, percent-encoding, a path or its ending.

    None where there is no such part, and where several would do.
    """
    name = src[4:].strip("<>") if is_cid(src) else src
    wanted = folded(unquote(name).rpartition("/")[2])
    known = _by_last_step(opened.names)
    found = known.get(wanted, [])
    if not found and wanted and "." not in wanted:
        found = [name for last, names in known.items() if last.rpartition(".")[0] == wanted for name in names]
    parts = [name for name in found if name not in beside_the_parts(opened)]
    return parts[0] if len(parts) == 1 else None


@functools.lru_cache(maxsize=1)
def _by_last_step(names: frozenset[str]) -> dict[str, list[str]]:
    """The names without their folders and in one case of letters, found once for all slides."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(folded(name.rpartition("/")[2]), []).append(name)
    return found
