"""The files of a message in a zip or a folder: what they are called, which are junk, which to trust."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.manifest import parse_manifest
from mmspack.bundle.part_names import meant
from mmspack.bundle.zip_reader import MAX_ENTRIES, MAX_TOTAL_BYTES, Archive, load, read_archive
from mmspack.errors import InputError
from mmspack.media.sniffing import sniff
from mmspack.model import SMIL_TYPE
from mmspack.smil.gate import SmilError
from mmspack.smil.tree import parse, reference

_JUNK_NAMES = {".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db"}


def folder_files(folder: Path) -> list[tuple[str, bytes | None]]:
    """The files below `folder` by name. `InputError` for links, pipes and devices, and beyond the bounds.

    A link may lead to a private file, and a file that is left out would be reported as missing.
    """
    paths = []
    for path in _regular_files(folder):
        paths.append(path)
        if len(paths) > MAX_ENTRIES:
            raise InputError(f"more than {MAX_ENTRIES} files: not a message", where=folder)
    if sum(path.stat().st_size for path in paths) > MAX_TOTAL_BYTES:
        raise InputError(f"more than {MAX_TOTAL_BYTES:,} bytes: not a message", where=folder)
    return [(path.relative_to(folder).as_posix(), load(path)) for path in sorted(paths)]


def _regular_files(folder: Path) -> Iterable[Path]:
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in names:
            path = Path(parent) / name
            if path.is_file() and not path.is_symlink():
                yield path
            elif not name.startswith("."):  # an editor's lock
                kind = "a link" if path.is_symlink() else "not a regular file"
                raise InputError(kind, where=path, hint="put the file itself there, or remove it")


def read_as_listed(data: bytes) -> Archive:
    """A zip with names in ISO-8859-1 read as such, where the manifest or a slide says them so.

    Old packers wrote the bytes of a name without stating the charset; the reader decodes them as
    code page 437, and the manifest is ISO-8859-1.
    """
    archive = read_archive(data)
    odd = {defect.entry for defect in archive.defects if defect.kind == "name-bytes" and defect.entry}
    said = _names_said(archive) if odd else set()
    reread = {
        name: read
        for name in odd
        if (read := _in_latin_1(name)) not in archive.names and meant(read).rpartition("/")[2] in said
    }
    return read_archive(data, reread) if reread else archive


def _in_latin_1(name: str) -> str:
    """A name that was read in code page 437, in ISO-8859-1; the name itself where it holds other letters."""
    try:
        return name.encode("cp437").decode("iso-8859-1")
    except UnicodeEncodeError:
        return name


def _names_said(archive: Archive) -> set[str]:
    """The names beyond ASCII that a manifest lists or a presentation shows."""
    said: set[str] = set()
    for entry in archive.entries:
        if entry.data and meant(entry.name).rpartition("/")[2] == MANIFEST:
            said |= {line.name for line in parse_manifest(entry.data).entries}
        elif entry.data and sniff(entry.data) == SMIL_TYPE:
            with contextlib.suppress(SmilError):
                said |= {reference(src) for src in parse(entry.data).sources}
    return {name for name in said if not name.isascii()}


def trusted(archive: Archive) -> list[tuple[str, bytes | None]]:
    """The files of a zip; without bytes where the zip is wrong about them, or has two of one name.

    None at all where the directory is broken: what else should be there is unknown then.
    """
    if any(defect.kind == "directory" for defect in archive.defects):
        return []
    doubted = {defect.entry for defect in archive.defects if not defect.leaves_bytes}
    return [
        (meant(entry.name), None if entry.name in doubted else entry.data)
        for entry in archive.entries
        if not entry.is_folder
    ]


def sorted_out(
    files: Sequence[tuple[str, bytes | None]],
) -> tuple[tuple[tuple[str, bytes | None], ...], str, tuple[str, ...]]:
    """The files without junk and without a folder that holds them all; the folder; the junk."""
    junk = tuple(name for name, _ in files if is_junk(name))
    kept = [(name, data) for name, data in files if not is_junk(name)]
    folder = _common_folder([name for name, _ in kept])
    return tuple((name.removeprefix(folder), data) for name, data in kept), folder, junk


def _common_folder(names: Sequence[str]) -> str:
    if not names or any("/" not in name or name.startswith(("/", ".")) for name in names):
        return ""
    first = names[0].partition("/")[0] + "/"
    return first if all(name.startswith(first) for name in names) else ""


def is_junk(name: str) -> bool:
    """True for what file managers and packers leave: `__MACOSX`, `.DS_Store`, `._a.jpg`, `META-INF/...`."""
    steps = name.split("/")
    return (
        bool({"__MACOSX", "META-INF"} & {*steps[:-1]})
        or steps[-1].lower() in _JUNK_NAMES
        or steps[-1].startswith("._")
    )
