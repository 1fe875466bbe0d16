"""A strict zip reader for files from anywhere: it believes nothing that it has not compared.

Every byte must belong to exactly one entry, the central directory or the end record; both headers of
an entry must agree; counts, names, sizes and ratios are bounded before a byte is inflated. What is
wrong is reported as data, entry by entry, so that one bad entry does not hide the others.
"""

from __future__ import annotations

import os
import stat
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from mmspack.bundle.binary.reader import is_mms, read_mms
from mmspack.bundle.bundle import Bundle
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.manifest import parse_manifest, subject_of
from mmspack.bundle.part_names import UNSAFE_NAMES, clashes, name_fault
from mmspack.bundle.zip_records import (
    CENTRAL,
    CENTRAL_SIGNATURE,
    DEFLATED,
    DESCRIPTOR_FLAG,
    DESCRIPTOR_SIGNATURE,
    END,
    END_SIGNATURE,
    LOCAL,
    LOCAL_SIGNATURE,
    STORED,
    UTF8_FLAG,
    ZIP64_LOCATOR,
    Header,
    contradicts,
    decoded,
    differences,
    extra_ids,
    inflated,
    legible,
)
from mmspack.errors import BundleError, InputError
from mmspack.media.formats import named, spelled
from mmspack.media.sniffing import sniff
from mmspack.model import Part
from mmspack.problem import Place, Problem
from mmspack.source import stored
from mmspack.words import count as counted

MAX_ARCHIVE_BYTES = 16_000_000
"""Bytes of a zip that is read at all: three times the largest message that any provider takes (5 MB)."""
MAX_TOTAL_BYTES = 16_000_000
"""Uncompressed bytes of all entries together."""
MAX_RATIO = 100
"""Uncompressed to compressed size of an entry: XML deflates to a twentieth at best, media hardly."""
MAX_ENTRIES = 256
RATIO_FREE_BYTES = 100_000
"""Entries below this size may have any ratio: a blank bitmap does deflate to nothing."""

_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_UNIX = 3
_ZIP64_EXTRA = 0x0001


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with the archive; `kind` is a stable word, `entry` the name that it concerns."""

    kind: str
    message: str
    entry: str | None = None


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
    data = zipped(source if isinstance(source, bytes) else load(Path(source)), name)
    return bundle_in(read_archive(data), data, name)


def zipped(data: bytes, name: str = "bundle") -> bytes:
    """A bundle's bytes as they are; those of a binary message (`.mms`) as a bundle. Raises `BundleError`."""
    return read_mms(data, name).bundle().data if is_mms(data) else data


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
    for line in {line.name: line for line in parse_manifest(listing.data).entries}.values():
        entry = archive.entry(line.name)
        if entry is not None and entry.data is not None and line.name != MANIFEST:
            parts.append(Part(line.name, spelled(line.essence), entry.data))
    if not parts:
        raise BundleError("the manifest lists no part that is in the zip", where=where)
    return Bundle(tuple(parts), data, subject_of(listing.data))


def load(path: Path) -> bytes:
    """The bytes of a zip file. Raises `InputError`, for one beyond `MAX_ARCHIVE_BYTES` unread."""
    from mmspack.files import read_bytes

    if path.is_file() and path.stat().st_size > MAX_ARCHIVE_BYTES:
        raise InputError(f"{path.stat().st_size:,} bytes: no message is larger than 5 MB", where=path)
    return read_bytes(path, what="bundle")


class _Reader:
    def __init__(self, data: bytes, renamed: Mapping[str, str]) -> None:
        self.data = data
        self.renamed = renamed
        self.defects: list[Defect] = []
        self.bad: set[int] = set()
        self.directory_start = self.shift = 0

    def note(self, kind: str, message: str, header: Header | None = None, at: int | None = None) -> None:
        self.defects.append(Defect(kind, message, header.name if header else None))
        if at is not None:
            self.bad.add(at)

    def read(self) -> Archive:
        end = self.find_end()
        headers = self.directory(end) if end is not None else []
        spans = [self.check_entry(at, header) for at, header in enumerate(headers)]
        # What a broken directory does not list is reported as the directory's defect.
        if not any(defect.kind == "directory" for defect in self.defects):
            self.check_coverage(headers, spans, self.directory_start)
        self.check_names(headers)
        self.check_sizes(headers)
        entries = tuple(
            ZipEntry(
                name=header.name,
                data=None if at in self.bad else self.content(at, header, spans[at]),
                method=header.method,
                size=header.size,
                compressed_size=header.compressed,
                offset=header.offset,
            )
            for at, header in enumerate(headers)
        )
        return Archive(entries, tuple(self.defects), len(self.data))

    # -- the end record and the directory ---------------------------------------------------------

    def find_end(self) -> int | None:
        """Offset of the end record; None, with a defect, where the file cannot be read as a zip."""
        data = self.data
        if len(data) > MAX_ARCHIVE_BYTES:
            self.note("huge", f"{len(data):,} bytes: more than {MAX_ARCHIVE_BYTES:,} are not read")
            return None
        whole: list[tuple[int, int]] = []
        short: list[tuple[int, int]] = []
        at = data.find(END_SIGNATURE, max(0, len(data) - END.size - 0xFFFF))
        while at >= 0:
            if at + END.size <= len(data):
                over = len(data) - at - END.size - int.from_bytes(data[at + 20 : at + 22], "little")
                (whole if over == 0 else short).append((over, at))
            at = data.find(END_SIGNATURE, at + 1)
        # Readers that look from the end take a later record, in the comment, for the true one.
        if len(whole) > 1 or (whole and any(at > whole[0][1] for _, at in short)):
            self.note("directory", "it has two end records, and readers disagree about which one counts")
            return None
        if whole:
            return whole[0][1]
        behind = [(over, at) for over, at in short if over > 0]
        if behind:
            over, at = behind[-1]
            self.note("suffix", f"{counted(over, 'byte')} after the end of the zip")
            return at
        self.note(*self.why_no_end())
        return None

    def why_no_end(self) -> tuple[str, str]:
        if not self.data:
            return "not-zip", "the file is empty"
        if self.data.startswith(LOCAL_SIGNATURE) or LOCAL_SIGNATURE.startswith(self.data[:4]):
            return "truncated", f"the zip is truncated after {len(self.data):,} bytes, before its directory"
        found = sniff(self.data)
        if found == "application/zip":
            return "not-zip", "it starts like a zip, but its end record is incomplete"
        if found is None:
            return "not-zip", "it is not a zip, nor any other known type of file"
        return "not-zip", f"it is not a zip: it looks like {named(found)}"

    def directory(self, end: int) -> list[Header]:
        record = END.unpack_from(self.data, end)
        disk, first_disk, here, count, size, offset = record[1:7]
        if self.data[max(0, end - 20) : end].startswith(ZIP64_LOCATOR) or 0xFFFFFFFF in (size, offset):
            self.note("zip64", "it is a zip64 archive")
            return []
        if disk or first_disk or here != count:
            self.note("zip64", "it is one volume of a multi-volume archive")
            return []
        if count > MAX_ENTRIES:
            self.note("count", f"{count:,} entries, more than {MAX_ENTRIES}")
            return []
        start = end - size
        shift = start - offset
        if shift < 0:
            self.note("directory", f"the directory should be at byte {offset:,}, beyond byte {start:,}")
            return []
        if shift:
            self.note("prefix", f"{counted(shift, 'byte')} before the zip{self.also_archive(shift)}")
        self.directory_start = start
        self.shift = shift
        return self.headers(start, end, count)

    def also_archive(self, length: int) -> str:
        return ", including another archive" if END_SIGNATURE in self.data[:length] else ""

    def headers(self, at: int, end: int, count: int) -> list[Header]:
        found: list[Header] = []
        while at + CENTRAL.size <= end and len(found) <= MAX_ENTRIES:
            record = CENTRAL.unpack_from(self.data, at)
            if record[0] != CENTRAL_SIGNATURE:
                break
            lengths = record[10:13]
            stop = at + CENTRAL.size + sum(lengths)
            if stop > end:
                break
            name_end = at + CENTRAL.size + lengths[0]
            found.append(self.header(record, at, name_end, lengths[1]))
            at = stop
        if at != end or len(found) != count:
            words = f"the directory has {len(found)} readable entries, but declares {count}"
            self.note("directory", words if len(found) != count else "the directory contains stray bytes")
        return found

    def header(self, record: tuple[int, ...], at: int, name_end: int, extra_length: int) -> Header:
        raw = self.data[at + CENTRAL.size : name_end]
        name = decoded(raw)
        return Header(
            raw=raw,
            name=self.renamed.get(name, name),
            system=record[1] >> 8,
            flags=record[3],
            method=record[4],
            crc=record[7],
            compressed=record[8],
            size=record[9],
            attributes=record[15],
            offset=record[16] + self.shift,
            extra=self.data[name_end : name_end + extra_length],
        )

    # -- one entry --------------------------------------------------------------------------------

    def check_entry(self, at: int, header: Header) -> tuple[int, int, int] | None:
        """Start of the local header, of the data, and end of all; None where they cannot be determined."""
        if _ZIP64_EXTRA in extra_ids(header.extra) or 0xFFFFFFFF in (header.size, header.compressed):
            self.note("zip64", f"{header.name!r} uses zip64 sizes", header, at)
            return None
        if header.flags & _ENCRYPTED or header.method == 99:
            self.note("encrypted", f"{header.name!r} is encrypted", header, at)
        elif header.method not in (STORED, DEFLATED):
            self.note("method", f"{header.name!r} uses compression method {header.method}", header, at)
        mode = header.attributes >> 16
        if header.system == _UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            self.note("link", f"{header.name!r} is a link or a device, not a file", header, at)
        return self.check_local(at, header)

    def check_local(self, at: int, header: Header) -> tuple[int, int, int] | None:
        data, offset = self.data, header.offset
        if offset + LOCAL.size > self.directory_start or data[offset : offset + 4] != LOCAL_SIGNATURE:
            self.note(
                "mismatch", f"{header.name!r}: no entry at the place given in the directory", header, at
            )
            return None
        local = LOCAL.unpack_from(data, offset)
        begin = offset + LOCAL.size + local[9] + local[10]
        stop = begin + header.compressed
        raw = data[offset + LOCAL.size : offset + LOCAL.size + local[9]]
        extra = data[offset + LOCAL.size + local[9] : begin]
        differs = differences(header, local, raw)
        if header.flags & DESCRIPTOR_FLAG:
            length, agrees = self.descriptor(header, stop)
            stop += length
            if not agrees:
                differs.append("data descriptor")
        if contradicts(extra, header) or contradicts(header.extra, header):
            differs.append("Unicode name")
        if stop > self.directory_start:
            differs.append("length")
        if differs and header.name.find("\0") < 0:
            words = ", ".join(differs)
            self.note("mismatch", f"{header.name!r}: its two headers differ in: {words}", header, at)
        return None if stop > self.directory_start else (offset, begin, stop)

    def descriptor(self, header: Header, at: int) -> tuple[int, bool]:
        """Length of the data descriptor at `at`, and whether it agrees with the directory."""
        body = struct.pack("<3L", header.crc, header.compressed, header.size)
        if self.data[at : at + 16] == DESCRIPTOR_SIGNATURE + body:
            return 16, True
        if self.data[at : at + 12] == body:
            return 12, True
        return (16 if self.data[at : at + 4] == DESCRIPTOR_SIGNATURE else 12), False

    def check_coverage(
        self, headers: list[Header], spans: list[tuple[int, int, int] | None], start: int
    ) -> None:
        """Every byte before the directory belongs to exactly one entry."""
        known = sorted((span[0], span[2], at) for at, span in enumerate(spans) if span)
        if len(known) < len(headers):
            return
        reached, owner = self.shift, -1
        for begin, stop, at in known:
            if begin < reached:
                words = f"{headers[at].name!r} shares its bytes with {headers[owner].name!r}"
                self.note("overlap", words, headers[at], at)
                self.bad.add(owner)
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

    def check_names(self, headers: list[Header]) -> None:
        for at, header in enumerate(headers):
            fault = name_fault(header.name)
            if fault:
                self.note(*fault, header, at if fault[0] in UNSAFE_NAMES else None)
            elif not legible(header):
                said = bool(header.flags & UTF8_FLAG)
                says = "marked as UTF-8 but is not" if said else "not marked as UTF-8"
                words = f"the name {header.name!r} is not ASCII, and {says}"
                self.note("name-bytes", words, header)
        for kind, name, words in clashes(header.name for header in headers):
            self.defects.append(Defect(kind, words, name))

    def check_sizes(self, headers: list[Header]) -> None:
        """Refuse bombs by what the headers promise; `content` then holds them to the promise."""
        total = 0
        for at, header in enumerate(headers):
            if at in self.bad:
                continue
            if header.size > RATIO_FREE_BYTES and header.size > MAX_RATIO * max(header.compressed, 1):
                ratio = header.size // max(header.compressed, 1)
                words = f"{header.name!r} unpacks to {ratio:,} times its size ({header.size:,} bytes)"
                self.note("bomb", words, header, at)
                continue
            total += header.size
            if total > MAX_TOTAL_BYTES:
                words = f"with {header.name!r} it unpacks to more than {MAX_TOTAL_BYTES:,} bytes"
                self.note("bomb", words, header, at)
                total -= header.size

    def content(self, at: int, header: Header, span: tuple[int, int, int] | None) -> bytes | None:
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
