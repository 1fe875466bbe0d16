"""The end of a zip and its directory: where they lie, and whether every reader finds the same ones."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mmspack.bundle.zip_defects import Defect
from mmspack.bundle.zip_extras import HIDDEN, HIDDEN_DISK, Extras
from mmspack.bundle.zip_records import (
    CENTRAL,
    CENTRAL_SIGNATURE,
    END,
    END_SIGNATURE,
    LOCAL_SIGNATURE,
    Header,
    decoded,
)
from mmspack.media.formats import named
from mmspack.media.sniffing import sniff
from mmspack.words import count as counted

MAX_ARCHIVE_BYTES = 16_000_000
"""Bytes of a zip that is read at all: three times the largest message that any provider takes (5 MB)."""
MAX_ENTRIES = 256
MAX_VERSION = 45
"""The version of zip64 (APPNOTE 4.4.3.2): nothing that a message needs is newer. `unzip` stops at 46."""
LONGEST_COMMENT = 60_000
"""Bytes of a comment before which every reader finds the end record:
Archive::Zip 1.68 does not find it before the longest that the format allows (65,535)."""

_ZIP64_END, _ZIP64_END_SIGNATURE = struct.Struct("<4sQ2H2L4Q"), b"PK\x06\x06"
_LOCATOR, _LOCATOR_SIGNATURE = struct.Struct("<4sLQL"), b"PK\x06\x07"
# In this order alone: a field has no name, and is there only where the record has the highest value.
_WIDTHS = {"size": "Q", "compressed": "Q", "offset": "Q", "disk": "L"}
"""The fields that zip64 may hold, in the order in which it holds them (APPNOTE 4.5.3)."""


@dataclass
class Notes:
    """The defects that were found so far, and the entries whose bytes are in doubt, by number."""

    defects: list[Defect] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)

    def note(self, kind: str, message: str, header: Header | None = None, at: int | None = None) -> None:
        """Add a defect, about an entry where there is one; its bytes are doubted where the kind says so."""
        defect = Defect(kind, message, header.name if header else None)
        self.defects.append(defect)
        if at is not None and not defect.leaves_bytes:
            self.bad.add(at)


class Directory(NamedTuple):
    """The headers in their order, and where the directory lies."""

    headers: tuple[Header, ...] = ()
    start: int = 0
    """Offset of the directory."""
    shift: int = 0
    """Bytes before the zip that its own offsets do not count."""
    broken: bool = False
    """True where the zip has no directory that can be read whole: what else it contains is not known."""


@dataclass(frozen=True)
class _End:
    """What the end record says, with what it leaves to zip64."""

    count: int
    size: int
    offset: int
    begin: int
    """Of the end records, in bytes from the start of the file: the directory ends there."""


def read_directory(data: bytes, notes: Notes, renamed: Mapping[str, str]) -> Directory:
    """Find the end record and read the directory before it; what is wrong is noted.

    `renamed` gives the entries that were decoded wrongly their real names.
    """
    at = _find_end(data, notes)
    end = _end(data, at, notes) if at is not None else None
    if end is None:
        return Directory(broken=True)
    if end.count > MAX_ENTRIES:
        notes.note("count", f"{end.count:,} entries, more than {MAX_ENTRIES}")
        return Directory(broken=True)
    start = end.begin - end.size
    shift = start - end.offset
    if start < 0 or shift < 0:
        notes.note("directory", f"the directory should be at byte {end.offset:,}, beyond byte {start:,}")
        return Directory(broken=True)
    if shift:
        also = ", including another archive" if END_SIGNATURE in data[:shift] else ""
        notes.note("prefix", f"{counted(shift, 'byte')} before the zip{also}")
    found, broken = _headers(data, start, end, shift, notes)
    headers = tuple(one._replace(name=renamed.get(one.name, one.name)) for one in found)
    return Directory(headers, start, shift, broken)


def _find_end(data: bytes, notes: Notes) -> int | None:
    """Offset of the end record; None, with a defect, where the file cannot be read as a zip."""
    # Also for bytes that came from no file, and so were not held back by their size.
    if len(data) > MAX_ARCHIVE_BYTES:
        notes.note("huge", f"{len(data):,} bytes: more than {MAX_ARCHIVE_BYTES:,} are not read")
        return None
    whole: list[int] = []
    behind: list[tuple[int, int]] = []
    last = data.rfind(END_SIGNATURE)
    # A comment has 65,535 bytes at most (APPNOTE 4.4.12): no end record lies before that.
    at = data.find(END_SIGNATURE, max(0, len(data) - END.size - 0xFFFF))
    while at >= 0:
        if at + END.size <= len(data):
            over = len(data) - at - END.size - int.from_bytes(data[at + 20 : at + 22], "little")
            if over == 0:
                whole.append(at)
            elif over > 0:
                behind.append((over, at))
        # One byte further and not past the record: signatures in a comment may overlap.
        at = data.find(END_SIGNATURE, at + 1)
    # Readers that look from the end take a later signature, in the comment, for the true record.
    if whole and last > whole[0]:
        notes.note("directory", "it has two end records, and readers disagree about which one counts")
        return None
    if whole:
        _check_comment(data, whole[0], notes)
        return whole[0]
    if behind:
        over, at = behind[-1]
        notes.note("suffix", f"{counted(over, 'byte')} after the end of the zip")
        return at
    notes.note(*_why_no_end(data))
    return None


def _check_comment(data: bytes, end: int, notes: Notes) -> None:
    length = len(data) - end - END.size
    if length > LONGEST_COMMENT:
        notes.note(
            "comment", f"the zip comment has {length:,} bytes: some readers do not find the end of the zip"
        )


def _why_no_end(data: bytes) -> tuple[str, str]:
    if not data:
        return "not-zip", "the file is empty"
    if data.startswith(LOCAL_SIGNATURE) or LOCAL_SIGNATURE.startswith(data[:4]):
        return "truncated", f"the zip is truncated after {len(data):,} bytes, before its directory"
    found = sniff(data)
    if found == "application/zip":
        return "not-zip", "it starts like a zip, but its end record is incomplete"
    if found is None:
        return "not-zip", "it is not a zip, nor any other known type of file"
    return "not-zip", f"it is not a zip: it looks like {named(found)}"


# -- the end records ---------------------------------------------------------------------------------


def _end(data: bytes, at: int, notes: Notes) -> _End | None:
    disk, first_disk, here, count, size, offset = END.unpack_from(data, at)[1:7]
    if data[max(0, at - _LOCATOR.size) : at].startswith(_LOCATOR_SIGNATURE):
        return _zip64_end(data, at, (disk, first_disk, here, count, size, offset), notes)
    if HIDDEN in (size, offset) or count == HIDDEN_DISK:
        notes.note("directory", "its end record leaves numbers to a zip64 record that is not there")
        return None
    # The two counts differ only where there are entries on other disks.
    if disk or first_disk or here != count:
        notes.note("volumes", "it is one volume of a multi-volume archive")
        return None
    return _End(count, size, offset, at)


def _zip64_end(data: bytes, at: int, plain: tuple[int, ...], notes: Notes) -> _End | None:
    """The numbers of a zip64 end record that every reader finds and that contradicts nothing.

    Readers differ on which of two numbers counts, on records of another length, and on those that do not lie
    right before their locator.
    """
    begin = at - _LOCATOR.size - _ZIP64_END.size
    _, locator_disk, place, disks = _LOCATOR.unpack_from(data, at - _LOCATOR.size)
    if begin < 0 or place != begin or data[begin : begin + 4] != _ZIP64_END_SIGNATURE:
        notes.note("directory", "its zip64 end record is not where its locator says")
        return None
    _, length, _, need, disk, first_disk, here, count, size, offset = _ZIP64_END.unpack_from(data, begin)
    if locator_disk or disks != 1 or disk or first_disk or here != count:
        notes.note("volumes", "it is one volume of a multi-volume archive")
        return None
    told = (disk, first_disk, here, count, size, offset)
    limits = (HIDDEN_DISK, HIDDEN_DISK, HIDDEN_DISK, HIDDEN_DISK, HIDDEN, HIDDEN)
    # What is not left to zip64 must be the same in both: some readers never look at the first record.
    agree = all(one in (true, limit) for one, true, limit in zip(plain, told, limits, strict=True))
    if not agree or length != _ZIP64_END.size - 12 or need > MAX_VERSION:
        notes.note("directory", "its two end records disagree")
        return None
    return _End(count, size, offset, begin)


# -- the directory -----------------------------------------------------------------------------------


def _headers(data: bytes, at: int, end: _End, shift: int, notes: Notes) -> tuple[list[Header], bool]:
    """The headers, and whether the directory is broken."""
    found: list[Header] = []
    # One header more than may be: enough to see that there are too many, however many follow.
    while at + CENTRAL.size <= end.begin and len(found) <= MAX_ENTRIES:
        record = CENTRAL.unpack_from(data, at)
        stop = at + CENTRAL.size + sum(record[10:13])
        # A digital signature (APPNOTE 4.3.13) would stop here, too: nothing that writes messages makes one.
        if record[0] != CENTRAL_SIGNATURE or stop > end.begin:
            break
        found.append(_header(data, record, at, shift))
        at = stop
    if len(found) != end.count:
        words = f"the directory has {len(found)} readable entries, but declares {end.count}"
        notes.note("directory", words)
    elif at != end.begin:
        notes.note("directory", "the directory contains stray bytes")
    else:
        return found, False
    return found, True


def _header(data: bytes, record: tuple[int, ...], at: int, shift: int) -> Header:
    name_end = at + CENTRAL.size + record[10]
    raw = data[at + CENTRAL.size : name_end]
    extras = Extras(data[name_end : name_end + record[11]])
    told = {"size": record[9], "compressed": record[8], "offset": record[16], "disk": record[13]}
    hidden = {
        name: value for name, value in told.items() if value == (HIDDEN_DISK if name == "disk" else HIDDEN)
    }
    resolved = (extras.resolved(hidden, _WIDTHS) if hidden else None) or {}
    fields = told | resolved
    return Header(
        raw=raw,
        name=extras.true_name(raw) or decoded(raw),
        host=record[1] >> 8,
        need=record[2],
        flags=record[3],
        method=record[4],
        crc=record[7],
        compressed=fields["compressed"],
        size=fields["size"],
        disk=fields["disk"],
        attributes=record[15],
        offset=fields["offset"] + shift,
        extras=extras,
        hidden=tuple(hidden),
    )
