"""What a `src` points at, and the part that it may have meant."""

from __future__ import annotations

import functools
import re

from mmspack.bundle.manifest import NAME
from mmspack.bundle.opened import Opened
from mmspack.facts.spelling import Spellings

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_external(opened: Opened, src: str) -> bool:
    """True for an address instead of a name: a scheme other than `cid:`, or another host.

    A path is none, be it absolute, with a drive or as `file:///`: the file that it ends in may be there.
    """
    if src in opened.names or is_cid(src) or _DRIVE.match(src) or src[:5].lower() == "file:":
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
    name = src[4:].strip("<>") if is_cid(src) else src
    return _spellings(opened.names).meant(name, without=beside_the_parts(opened))


@functools.lru_cache(maxsize=1)
def _spellings(names: frozenset[str]) -> Spellings:
    """The names of a bundle, put in order once for all slides."""
    return Spellings(names)
