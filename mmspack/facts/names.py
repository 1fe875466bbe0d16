"""Names of parts as readers compare them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import PurePosixPath

from mmspack.bundle.files import is_junk
from mmspack.bundle.opened import Opened
from mmspack.bundle.part_names import meant
from mmspack.media.formats import by_ending, format_of
from mmspack.model import SMIL_TYPE


def empty_folders(opened: Opened) -> list[str]:
    """The entries of a zip that stand for an empty folder, and that no rule reports for more than that."""
    entries = opened.archive.entries if opened.archive else ()
    reported = (
        {one.entry for one in opened.archive.defects if one.kind in _FOLDERS} if opened.archive else set()
    )
    named = [entry.name for entry in entries if entry.is_folder and entry.name not in reported]
    files = sorted(opened.folder + name for name in opened.names)
    return [folder for name in named if not is_junk(name) and not _starts_one(folder := meant(name), files)]


_FOLDERS = ("folder", "folder-bytes")


def _starts_one(folder: str, ordered: Sequence[str]) -> bool:
    """True where one of the ordered names begins with that of the folder."""
    at = bisect_left(ordered, folder)
    return at < len(ordered) and ordered[at].startswith(folder)


PARAMETER = re.compile(r";\s*+([\w.-]++)\s*+=\s*+(\"[^\"]*+\"|[^;\"]*+)\s*+(?=;|$)")
"""Name and value of a parameter of a content type; the value may end in blanks: a lazy expression without
them takes the square of their number."""


def odd_characters(name: str) -> list[str]:
    """The characters of a name that need an escape in the manifest, the SMIL or a header."""
    return sorted({c for c in name if c in " =:#!<>\t\"'&%?;,()[]{}|*" or ord(c) > 126})


_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])(?: *\..*)?", re.IGNORECASE
)
"""Names of devices, with any ending (Microsoft, "Naming Files, Paths, and Namespaces")."""


NAME_DEFECTS = ("name-bytes", "name-form", "name-version", "name-long")
"""Defects of a zip by which readers unpack a file under different names: one finding is enough for it."""


def windows_fault(name: str) -> str:
    """Why Windows cannot unpack a file of that name, as the end of a sentence about it; empty where it can.

    >>> windows_fault("aux.jpg"), windows_fault("image1."), windows_fault("image1.jpg")
    ('is a device name on Windows', "ends with '.', which Windows strips", '')
    """
    for step in name.split("/"):
        if _RESERVED.fullmatch(step):
            return "is a device name on Windows"
        if found := _FORBIDDEN.search(step):
            return f"contains {found[0]!r}, which Windows does not allow in names"
        if step.endswith((".", " ")):
            return f"ends with {step[-1]!r}, which Windows strips"
    return ""


def defects_of(opened: Opened, *kinds: str) -> frozenset[str]:
    """The files of whose names the zip reader tells defects of these kinds."""
    defects = opened.archive.defects if opened.archive else ()
    entries = (meant(defect.entry) for defect in defects if defect.entry and defect.kind in kinds)
    return frozenset(entry.removeprefix(opened.folder) for entry in entries)


def ends_wrongly(name: str, type_: str) -> bool:
    """True where the name has no ending, or that of another type; a vCard has a rule of its own."""
    suffix = PurePosixPath(name).suffix.lower()
    row = format_of(type_)
    if row is None or row.ending == "vcf":
        return False
    if not suffix:
        return type_ != SMIL_TYPE  # the gateway takes a presentation of any name
    return by_ending(suffix) is not None and suffix[1:] not in row.endings


def stem(name: str) -> str:
    """What readers that fall back to a stem compare: the name up to its first dot, in one case of letters.

    >>> stem("Photo.1.JPG")
    'photo'
    """
    folder, slash, last = name.rpartition("/")
    return (folder + slash + (last.partition(".")[0] or last)).casefold()
