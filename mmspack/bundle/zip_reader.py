"""A strict zip reader for files from anywhere: it believes nothing that it has not compared.

Every byte must belong to exactly one entry, the central directory or the end record; both headers of
an entry must agree; counts, names, sizes and ratios are bounded before a byte is inflated. Whatever two
readers could read differently is a defect. Defects are data, entry by entry, so that one bad entry does not
hide the others.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from mmspack.bundle.binary.tokens import is_mms
from mmspack.bundle.bundle import Bundle
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.manifest import fallback_of, parse_manifest, subject_of
from mmspack.bundle.part_names import clashes, name_fault
from mmspack.bundle.zip_defects import Defect
from mmspack.bundle.zip_directory import MAX_ARCHIVE_BYTES, MAX_ENTRIES, MAX_VERSION, Notes, read_directory
from mmspack.bundle.zip_faults import descriptor_fault, has_odd_zip64, is_renamed, kind_fault
from mmspack.bundle.zip_records import (
    DEFLATED,
    DESCRIPTOR_FLAG,
    LOCAL,
    LOCAL_SIGNATURE,
    STORED,
    UTF8_FLAG,
    Header,
    Local,
    descriptor_at,
    differences,
    inflated,
    legible,
    local_at,
)
from mmspack.errors import BundleError, InputError
from mmspack.media.formats import spelled
from mmspack.model import Part
from mmspack.problem import Place, Problem
from mmspack.source import stored
from mmspack.words import count as counted
from mmspack.words import either

__all__ = ["MAX_ARCHIVE_BYTES", "MAX_ENTRIES", "Archive", "Defect", "ZipEntry", "open_bundle", "read_archive"]

MAX_TOTAL_BYTES = 16_000_000
"""Uncompressed bytes of all entries together."""
MAX_RATIO = 100
"""Uncompressed to compressed size of an entry: XML deflates to a twentieth at best, media hardly."""
RATIO_FREE_BYTES = 100_000
"""Entries below this size may have any ratio: a blank bitmap does deflate to nothing."""

# Bit 0 traditional encryption, bit 6 strong encryption, bit 13 masked headers (APPNOTE 4.4.4).
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
# Not a compression: the method that marks AES, with the true one in an extra field (APPNOTE 4.4.5, WinZip).
_AES = 99
_KNOWN_FLAGS = 0x0002 | 0x0004 | DESCRIPTOR_FLAG | UTF8_FLAG
"""How hard the deflater tried, and the two flags that every reader knows (APPNOTE 4.4.4)."""
_Span = tuple[int, int, int]
"""Of an entry: start of its local header, of its data, and end of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """An entry of the central directory, and its bytes where they could be trusted."""

    name: str
    data: bytes | None = field(repr=False)
    """None: not read, and a defect says why."""
    method: int
    """0 stored, 8 deflated."""
    size: int
    """Uncompressed bytes as declared."""
    compressed_size: int
    offset: int
    """Of the local header, in bytes from the start of the file."""

    @property
    def is_folder(self) -> bool:
        """True for a folder's entry."""
        return self.name.endswith(("/", "\\"))


@dataclass(frozen=True, slots=True)
class Archive:
    """What a zip holds, in the central directory's order, and all that is wrong with it as a zip."""

    entries: tuple[ZipEntry, ...]
    defects: tuple[Defect, ...]
    size: int
    """Bytes of the file."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all entries."""
        return tuple(entry.name for entry in self.entries)

    def entry(self, name: str) -> ZipEntry | None:
        """The first entry of that name, or None."""
        return next((entry for entry in self.entries if entry.name == name), None)


def read_archive(data: bytes, renamed: Mapping[str, str] | None = None) -> Archive:
    """Read a zip. Never raises on content: what is wrong is in `Archive.defects`.

    `renamed` gives the entries that were decoded wrongly their real names.
    """
    return _Reader(data, renamed or {}).read()


def open_bundle(source: str | os.PathLike[str] | bytes | IO[bytes]) -> Bundle:
    """A bundle from a file, its bytes or an open file, whoever built it: the parts in the manifest's order.

    A binary message (M-Send.req, M-Retrieve.conf) is taken as a bundle of its parts.

    Raises `InputError` where the file cannot be read, and `BundleError`, with every problem named,
    where no gateway would accept it: a damaged or hostile zip, no manifest, no part.
    """
    source = stored(source, what="bundle")
    name = "bundle" if isinstance(source, bytes) else str(source)
    if not isinstance(source, bytes) and Path(source).is_dir():
        hint = either("name the zip of its parts", "name the zip; check() reads a folder of parts")
        raise InputError("cannot read the bundle: is a directory", where=Path(source), hint=hint)
    data = zipped(source if isinstance(source, bytes) else load(Path(source)), name)
    return bundle_in(read_archive(data), data, name)


def zipped(data: bytes, name: str = "bundle") -> bytes:
    """A bundle's bytes as they are; those of a binary message (`.mms`) as a bundle. Raises `BundleError`."""
    if not is_mms(data):
        return data
    from mmspack.bundle.binary.reader import read_mms

    return read_mms(data, name).bundle().data


def bundle_in(archive: Archive, data: bytes, name: str) -> Bundle:
    """The bundle in an archive that was read already. Raises `BundleError` as `open_bundle` does."""
    where = Place(file=name)
    problems = [defect.message for defect in archive.defects]
    listing = archive.entry(MANIFEST)
    if not problems and (listing is None or listing.data is None):
        problems = ["no file named 'manifest' in it"]
    if problems or listing is None or listing.data is None:
        cure = "mmspack check reports more"
        raise BundleError(problems=[Problem(what, where, cure) for what in problems])
    parts = []
    # Of two lines of one name the last counts, as in java.util.Properties, which the gateway reads it with.
    for line in {line.name: line for line in parse_manifest(listing.data).entries}.values():
        entry = archive.entry(line.name)
        if entry is not None and entry.data is not None and line.name != MANIFEST:
            parts.append(Part(line.name, spelled(line.essence), entry.data))
    if not parts:
        raise BundleError("the manifest lists no part that is in the zip", where=where)
    return Bundle(tuple(parts), data, subject_of(listing.data), fallback_of(listing.data))


def load(path: Path) -> bytes:
    """The bytes of a zip file. Raises `InputError`, for one beyond `MAX_ARCHIVE_BYTES` unread."""
    from mmspack.files import read_bytes

    # Asked before it is read: a file of gigabytes would fill the memory before it could be refused.
    if path.is_file() and path.stat().st_size > MAX_ARCHIVE_BYTES:
        raise InputError(f"{path.stat().st_size:,} bytes: no message is larger than 5 MB", where=path)
    return read_bytes(path, what="bundle")


class _Reader:
    def __init__(self, data: bytes, renamed: Mapping[str, str]) -> None:
        self.data = data
        self.notes = Notes()
        self.directory = read_directory(data, self.notes, renamed)
        self.headers = self.directory.headers

    def note(self, kind: str, message: str, header: Header | None = None, at: int | None = None) -> None:
        self.notes.note(kind, message, header, at)

    def read(self) -> Archive:
        # Headers first: a damaged entry is reported by what is wrong with them, before anything is inflated.
        spans = [self.check_entry(at, header) for at, header in enumerate(self.headers)]
        # What a broken directory does not list is reported as the directory's defect.
        if not self.directory.broken:
            self.check_coverage(spans)
        self.check_names()
        self.check_sizes()
        entries = tuple(
            ZipEntry(
                name=header.name,
                data=None if at in self.notes.bad else self.content(at, header, spans[at]),
                method=header.method,
                size=header.size,
                compressed_size=header.compressed,
                offset=header.offset,
            )
            for at, header in enumerate(self.headers)
        )
        return Archive(entries, tuple(self.notes.defects), len(self.data))

    # -- one entry --------------------------------------------------------------------------------

    def check_entry(self, at: int, header: Header) -> _Span | None:
        """Where the entry lies; None where that cannot be determined."""
        # Encryption first: its method says nothing about the data.
        if header.flags & _ENCRYPTED or header.method == _AES:
            self.note("encrypted", f"{header.name!r} is encrypted", header, at)
        elif header.method not in (STORED, DEFLATED):
            self.note("method", f"{header.name!r} uses compression method {header.method}", header, at)
        if fault := kind_fault(header):
            self.note(*fault, header, at)
        if odd := header.flags & ~_KNOWN_FLAGS & ~_ENCRYPTED:
            self.note("flags", f"{header.name!r} has the unsupported flag 0x{odd:04x}", header, at)
        if header.disk:
            self.note("disk", f"{header.name!r} claims to be on disk {header.disk + 1}", header, at)
        return self.check_local(at, header)

    def check_local(self, at: int, header: Header) -> _Span | None:
        data, offset = self.data, header.offset
        limit = self.directory.start
        if offset + LOCAL.size > limit or data[offset : offset + 4] != LOCAL_SIGNATURE:
            self.note(
                "mismatch", f"{header.name!r}: no entry at the place given in the directory", header, at
            )
            return None
        local = local_at(data, offset)
        stop = local.begin + header.compressed
        differs = differences(header, local)
        if header.has_descriptor and stop <= limit:
            length, agrees = descriptor_at(data, stop, header)
            if not agrees:
                differs.append("data descriptor")
            elif fault := descriptor_fault(header, local, data[stop : stop + length]):
                self.note("descriptor", f"{header.name!r} {fault}", header, at)
            stop += length
        if is_renamed(header, local):
            differs.append("Unicode name")
        if stop > limit:
            differs.append("length")
        # A NUL ends the name for readers written in C: it is reported as such, by name.
        if differs and header.name.find("\0") < 0:
            words = ", ".join(differs)
            self.note("mismatch", f"{header.name!r}: its two headers differ in: {words}", header, at)
        self.check_extensions(at, header, local)
        return None if stop > limit else (offset, local.begin, stop)

    def check_extensions(self, at: int, header: Header, local: Local) -> None:
        """What younger versions of the format have added, and what not every reader knows of."""
        need = max(header.need & 0xFF, local.need & 0xFF)
        if need > MAX_VERSION:
            self.note("version", f"{header.name!r} requires zip version {need / 10:.1f}", header, at)
        if fault := header.extras.fault or local.extras.fault:
            self.note("extra", f"{header.name!r} {fault}", header, at)
        if has_odd_zip64(header, local):
            words = f"{header.name!r} has zip64 fields that readers interpret differently"
            self.note("zip64", words, header, at)

    def check_coverage(self, spans: list[_Span | None]) -> None:
        """Every byte before the directory belongs to exactly one entry."""
        headers, start = self.headers, self.directory.start
        known = sorted((span[0], span[2], at) for at, span in enumerate(spans) if span)
        # An entry that cannot be placed would make gaps of its own bytes.
        if len(known) < len(headers):
            return
        reached, owner = self.directory.shift, -1
        for begin, stop, at in known:
            if begin < reached:
                words = f"{headers[at].name!r} shares its bytes with {headers[owner].name!r}"
                self.note("overlap", words, headers[at], at)
                # Both are in doubt: which of the two owns the bytes depends on the reader.
                self.notes.bad.add(owner)
            elif begin > reached:
                self.gap(reached, begin, first=owner < 0)
            if stop > reached:
                reached, owner = stop, at
        if reached < start:
            self.gap(reached, start, first=owner < 0)

    def gap(self, begin: int, stop: int, *, first: bool) -> None:
        between = self.data[begin:stop]
        if first and not between.startswith(LOCAL_SIGNATURE):
            self.note("prefix", f"{counted(len(between), 'byte')} before the zip")
        elif between.startswith(LOCAL_SIGNATURE):
            self.note("hidden", f"the entry at byte {begin:,} is not listed in the directory")
        else:
            self.note("hidden", f"{counted(len(between), 'byte')} outside any entry at byte {begin:,}")

    # -- all entries ------------------------------------------------------------------------------

    def check_names(self) -> None:
        for at, header in enumerate(self.headers):
            fault = name_fault(header.name)
            if fault:
                self.note(*fault, header, at)
            elif not legible(header):
                said = bool(header.flags & UTF8_FLAG)
                says = "marked as UTF-8 but is not" if said else "not marked as UTF-8"
                words = f"the name {header.name!r} is not ASCII, and {says}"
                self.note("name-bytes", words, header)
        for kind, name, words in clashes(header.name for header in self.headers):
            self.notes.defects.append(Defect(kind, words, name))

    def check_sizes(self) -> None:
        """Refuse bombs by what the headers promise; `content` then holds them to the promise."""
        total = 0
        for at, header in enumerate(self.headers):
            if at in self.notes.bad:
                continue
            # By the declared sizes, before anything is inflated; `inflated` makes at most one byte more.
            if header.size > RATIO_FREE_BYTES and header.size > MAX_RATIO * max(header.compressed, 1):
                ratio = header.size // max(header.compressed, 1)
                words = f"{header.name!r} unpacks to {ratio:,} times its size ({header.size:,} bytes)"
                self.note("bomb", words, header, at)
                continue
            total += header.size
            if total > MAX_TOTAL_BYTES:
                words = f"with {header.name!r} it unpacks to more than {MAX_TOTAL_BYTES:,} bytes"
                self.note("bomb", words, header, at)
                # The others may still fit.
                total -= header.size

    def content(self, at: int, header: Header, span: _Span | None) -> bytes | None:
        if span is None:
            return None
        packed = self.data[span[1] : span[1] + header.compressed]
        fault, data = "", packed
        if header.method == DEFLATED:
            fault, data = inflated(packed, header.size)
        elif len(packed) != header.size:
            fault = f"{counted(len(packed), 'byte')} stored, but {header.size:,} declared"
        if not fault and zlib.crc32(data) != header.crc:
            fault = "its checksum is wrong"
        if fault:
            self.note("damaged", f"{header.name!r} is damaged: {fault}", header, at)
            return None
        return data
