"""Names of parts as readers compare them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from mmspack.bundle.files import is_junk
from mmspack.bundle.opened import Opened
from mmspack.bundle.part_names import meant
from mmspack.media.formats import by_ending, format_of
from mmspack.model import SMIL_TYPE


def empty_folders(opened: Opened) -> list[str]:
    """The entries of a zip that stand for a folder in which nothing lies."""
    entries = opened.archive.entries if opened.archive else ()
    folders = [meant(entry.name) for entry in entries if entry.is_folder and not is_junk(entry.name)]
    files = [opened.folder + name for name in opened.names]
    return [folder for folder in folders if not any(file.startswith(folder) for file in files)]


PARAMETER = re.compile(r";\s*([\w.-]+)\s*=\s*(\"[^\"]*\"|[^;\"]*?)\s*(?=;|$)")
"""Name and value of a parameter of a content type."""


def odd_characters(name: str) -> list[str]:
    """The characters of a name that need an escape in the manifest, the SMIL or a header."""
    return sorted({c for c in name if c in " =:#!<>\t\"'&%?;,()[]{}|*" or ord(c) > 126})


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
