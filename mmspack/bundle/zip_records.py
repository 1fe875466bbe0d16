"""The records of a zip (APPNOTE 4.3) and how two records of one entry are compared."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

END, END_SIGNATURE = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
CENTRAL, CENTRAL_SIGNATURE = struct.Struct("<4s6H3L5H2L"), b"PK\x01\x02"
LOCAL, LOCAL_SIGNATURE = struct.Struct("<4s5H3L2H"), b"PK\x03\x04"
DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
ZIP64_LOCATOR = b"PK\x06\x07"
STORED, DEFLATED = 0, 8
DESCRIPTOR_FLAG, UTF8_FLAG = 0x0008, 0x0800
_UNICODE_NAME_EXTRA = 0x7075


@dataclass(frozen=True, slots=True)
class Header:
    """An entry as the central directory has it."""

    raw: bytes = field(repr=False)
    name: str
    system: int
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    attributes: int
    offset: int
    extra: bytes = field(repr=False)


def inflated(packed: bytes, size: int) -> tuple[str, bytes]:
    """A fault, or an empty phrase and the bytes; never more than `size` + 1 bytes are made."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(packed, size + 1)
    except zlib.error as error:
        return f"cannot be inflated ({error})", b""
    if len(data) != size:
        more = "more than " if len(data) > size else ""
        return f"inflates to {more}{min(len(data), size):,} bytes, but {size:,} are declared", b""
    if not inflater.eof or inflater.unused_data:
        return "its compressed data does not end where it should", b""
    return "", data


def decoded(raw: bytes) -> str:
    """The name in UTF-8 where it is, flag or not; else in the code page that old zips use."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
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


def differences(header: Header, local: tuple[int, ...], raw: bytes) -> list[str]:
    """Names of the fields in which the local header contradicts the directory."""
    pairs = {
        "name": (raw, header.raw),
        "flags": (local[2], header.flags),
        "method": (local[3], header.method),
    }
    sizes = {
        "checksum": (local[6], header.crc),
        "compressed size": (local[7], header.compressed),
        "size": (local[8], header.size),
    }
    if header.flags & DESCRIPTOR_FLAG:
        sizes = {name: pair for name, pair in sizes.items() if pair[0]}
    return [name for name, (here, there) in {**pairs, **sizes}.items() if here != there]


def extra_ids(extra: bytes) -> dict[int, bytes]:
    """The extra fields by their ids."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        found[kind] = extra[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def contradicts(extra: bytes, header: Header) -> bool:
    """True where an Info-ZIP Unicode name says another name than the header."""
    body = extra_ids(extra).get(_UNICODE_NAME_EXTRA)
    return body is not None and len(body) > 5 and body[5:].decode("utf-8", "replace") != header.name
