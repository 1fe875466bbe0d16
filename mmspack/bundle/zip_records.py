"""The records of a zip (APPNOTE 4.3) and how two records of one entry are compared."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from mmspack.bundle.zip_extras import HIDDEN, Extras

END, END_SIGNATURE = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
CENTRAL, CENTRAL_SIGNATURE = struct.Struct("<4s6H3L5H2L"), b"PK\x01\x02"
LOCAL, LOCAL_SIGNATURE = struct.Struct("<4s5H3L2H"), b"PK\x03\x04"
DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
SHORT_DESCRIPTOR = 16
"""Bytes of a data descriptor with its signature; 24 under zip64."""
STORED, DEFLATED = 0, 8
DESCRIPTOR_FLAG, UTF8_FLAG = 0x0008, 0x0800


class Header(NamedTuple):
    """An entry as the central directory has it, with what it leaves to zip64 filled in."""

    raw: bytes
    name: str
    host: int
    """The system by which it was made, whose attributes it has (APPNOTE 4.4.2)."""
    need: int
    """Version needed; readers look at its lower byte."""
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    disk: int
    attributes: int
    offset: int
    extras: Extras
    hidden: tuple[str, ...]
    """The fields that the record leaves to zip64."""

    @property
    def has_descriptor(self) -> bool:
        """True where a data descriptor is promised behind the data."""
        return bool(self.flags & DESCRIPTOR_FLAG)


class Local(NamedTuple):
    """An entry as the header before its data has it."""

    raw: bytes
    need: int
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    extras: Extras
    begin: int
    """Of the data, in bytes from the start of the file."""

    @property
    def hides_sizes(self) -> bool:
        """True where a size is left to zip64."""
        return HIDDEN in (self.compressed, self.size)


def local_at(data: bytes, offset: int) -> Local:
    """The local header at `offset`; there must be as many bytes as it needs, but for name and extra field."""
    fields = LOCAL.unpack_from(data, offset)
    name_at = offset + LOCAL.size
    begin = name_at + fields[9] + fields[10]
    return Local(
        raw=data[name_at : name_at + fields[9]],
        need=fields[1],
        flags=fields[2],
        method=fields[3],
        crc=fields[6],
        compressed=fields[7],
        size=fields[8],
        extras=Extras(data[name_at + fields[9] : begin]),
        begin=begin,
    )


def inflated(packed: bytes, size: int) -> tuple[str, bytes]:
    """A fault, or an empty phrase and the bytes; never more than `size` + 1 bytes are made."""
    # Negative: a raw deflate stream, without the header and checksum of zlib.
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        # One byte more than declared tells that there are more, and bounds a bomb.
        data = inflater.decompress(packed, size + 1)
    except zlib.error as error:
        return f"cannot be inflated ({error})", b""
    if len(data) != size:
        more = "more than " if len(data) > size else ""
        return f"inflates to {more}{min(len(data), size):,} bytes, but {size:,} are declared", b""
    # Bytes behind the stream's end are where a second message hides from readers that trust the end.
    if not inflater.eof or inflater.unused_data:
        return "its compressed data does not end where it should", b""
    return "", data


def decoded(raw: bytes) -> str:
    """The name in UTF-8 where it is, flag or not; else in the code page that old zips use."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # APPNOTE appendix D: the original code page of the IBM PC, which gives each byte a letter.
        return raw.decode("cp437")


def legible(header: Header) -> bool:
    """True where every reader decodes the name alike: ASCII, or UTF-8 that says so."""
    if header.raw.isascii():
        return True
    try:
        header.raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(header.flags & UTF8_FLAG)


def differences(header: Header, local: Local) -> list[str]:
    """Names of the fields in which the local header contradicts the directory."""
    pairs = {
        "name": (local.raw, header.raw),
        "flags": (local.flags, header.flags),
        "method": (local.method, header.method),
    }
    sizes = {
        "checksum": (local.crc, header.crc),
        "compressed size": (local.compressed, header.compressed),
        "size": (local.size, header.size),
    }
    if local.hides_sizes and local.extras.holds_sizes(header.size, header.compressed):
        sizes = {"checksum": sizes["checksum"]}
    # With a descriptor they are 0 here (APPNOTE 4.4.4, bit 3); writers that fill them in must be right.
    elif header.has_descriptor:
        sizes = {name: pair for name, pair in sizes.items() if pair[0]}
    return [name for name, (here, there) in {**pairs, **sizes}.items() if here != there]


def descriptor_at(data: bytes, at: int, header: Header) -> tuple[int, bool]:
    """Length of the data descriptor at `at`, and whether it agrees with the directory.

    Its signature is optional (APPNOTE 4.3.9.3), and its sizes are longer under zip64.
    """
    # Tried by content: no field says which of the four forms a descriptor has.
    for sizes in ("<3L", "<L2Q"):
        body = struct.pack(sizes, header.crc, header.compressed, header.size)
        for whole in (DESCRIPTOR_SIGNATURE + body, body):
            if data[at : at + len(whole)] == whole:
                return len(whole), True
    return (16 if data[at : at + 4] == DESCRIPTOR_SIGNATURE else 12), False
