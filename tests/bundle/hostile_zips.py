"""Zips that nobody should believe, made by hand: each field of each header can be set."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from PIL import Image

LOCAL, CENTRAL, END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")


@dataclass(frozen=True, kw_only=True)
class Entry:
    name: bytes = b"image1.jpg"
    data: bytes = b"picture"
    method: int = 0
    flags: int = 0
    packed: bytes | None = None
    """Bytes to lie in the zip in place of the packed data."""
    local: dict[str, object] = field(default_factory=dict)
    """Fields of the local header that differ from the directory's."""
    central: dict[str, object] = field(default_factory=dict)
    extra: bytes = b""
    attributes: int = 0o100644 << 16
    host: int = 3
    need: int = 20
    descriptor: bytes | None = None
    listed: bool = True

    def fields(self) -> dict[str, object]:
        body = self.body
        return {
            "name": self.name,
            "flags": self.flags,
            "method": self.method,
            "crc": zlib.crc32(self.data),
            "compressed": len(body),
            "size": len(self.data),
            "extra": self.extra,
            "need": self.need,
        }

    @property
    def body(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method == 8:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            return packer.compress(self.data) + packer.flush()
        return self.data


def local_header(fields: dict[str, object]) -> bytes:
    head = LOCAL.pack(
        b"PK\3\4", fields["need"], fields["flags"], fields["method"], 0, 33, fields["crc"],
        fields["compressed"], fields["size"], len(fields["name"]), len(fields["extra"]),
    )  # fmt: skip
    return head + fields["name"] + fields["extra"]


def central_header(entry: Entry, offset: int) -> bytes:
    given = {"disk": 0, "internal": 0, "comment": b"", "offset": offset, "made": entry.host << 8 | 20}
    fields = {**entry.fields(), **given, **entry.central}
    head = CENTRAL.pack(
        b"PK\1\2", fields["made"], fields["need"], fields["flags"], fields["method"], 0, 33, fields["crc"],
        fields["compressed"], fields["size"], len(fields["name"]), len(fields["extra"]),
        len(fields["comment"]), fields["disk"], fields["internal"], entry.attributes, fields["offset"],
    )  # fmt: skip
    return head + fields["name"] + fields["extra"] + fields["comment"]


def make(
    entries: Sequence[Entry],
    *,
    between: bytes = b"",
    end: dict[str, int] | None = None,
    comment: bytes = b"",
    before_end: bytes = b"",
) -> bytes:
    body, offsets = b"", []
    for entry in entries:
        offsets.append(len(body))
        body += (
            local_header({**entry.fields(), **entry.local}) + entry.body + (entry.descriptor or b"") + between
        )
    listed = [(entry, offset) for entry, offset in zip(entries, offsets, strict=True) if entry.listed]
    directory = b"".join(central_header(entry, offset) for entry, offset in listed)
    fields = {
        "disk": 0,
        "here": len(listed),
        "count": len(listed),
        "size": len(directory),
        "offset": len(body),
    }
    fields.update(end or {})
    record = END.pack(
        b"PK\5\6", fields["disk"], fields["disk"], fields["here"], fields["count"], fields["size"],
        fields["offset"], len(comment),
    )  # fmt: skip
    return body + directory + before_end + record + comment


def _picture() -> bytes:
    stream = io.BytesIO()
    Image.radial_gradient("L").resize((24, 16)).save(stream, "JPEG")
    return stream.getvalue()


_PICTURE = _picture()
GOOD = (
    Entry(name=b"image1.jpg", data=_PICTURE),
    Entry(name=b"text1.txt", data=b"copy " * 40, method=8),
    Entry(name=b"manifest", data=b"image1.jpg=image/jpeg\ntext1.txt=text/plain\n"),
)


def with_first(**changes: object) -> bytes:
    return make([replace(GOOD[0], **changes), *GOOD[1:]])


def named(name: bytes, **changes: object) -> Callable[[], bytes]:
    return lambda: make([*GOOD, Entry(name=name, **changes)])


def _lies(where: str, **fields: object) -> Callable[[], bytes]:
    return lambda: with_first(**{where: fields})


def _quoted_overlap() -> bytes:
    """The second entry's local header lies inside the first one's data."""
    body, directory = _bodies(GOOD)
    inner = Entry(name=b"text2.txt", data=b"kernel")
    quoted = local_header(inner.fields()) + inner.body
    outer = Entry(name=b"text3.txt", data=quoted)
    directory += central_header(outer, len(body))
    body += local_header(outer.fields()) + quoted
    directory += central_header(inner, len(body) - len(quoted))
    return body + directory + END.pack(b"PK\5\6", 0, 0, 5, 5, len(directory), len(body), 0)


def _bodies(entries: Sequence[Entry], prefix: bytes = b"") -> tuple[bytes, bytes]:
    """Entries and their directory, with bytes in front that every offset accounts for."""
    body, directory = prefix, b""
    for entry in entries:
        directory += central_header(entry, len(body))
        body += local_header(entry.fields()) + entry.body
    return body, directory


def _bomb() -> bytes:
    return make([*GOOD, Entry(name=b"bomb.txt", data=bytes(20_000_000), method=8)])


def _total_bomb() -> bytes:
    """Each part has an innocent ratio; together they are too much."""
    block = b"".join(b"%06d" % (n * n) for n in range(1500)) + b"a" * 40_000
    parts = [Entry(name=b"t%d.txt" % n, data=block * 50, method=8) for n in range(8)]
    lines = GOOD[2].data + b"".join(entry.name + b"=text/plain\n" for entry in parts)
    return make([*GOOD[:2], replace(GOOD[2], data=lines), *parts])


def _lying_bomb() -> bytes:
    bomb = Entry(name=b"bomb.txt", data=bytes(20_000_000), method=8)
    small = {"size": 1000}
    return make([*GOOD, replace(bomb, local=small, central=small)])


def _lying_small() -> bytes:
    part = Entry(name=b"a.txt", data=b"copy", method=8)
    return make([*GOOD, replace(part, local={"size": 9}, central={"size": 9})])


def _descriptor(crc_of: bytes) -> bytes:
    first = replace(GOOD[0], method=8, flags=8, local={"crc": 0, "compressed": 0, "size": 0})
    body = struct.pack("<4s3L", b"PK\7\x08", zlib.crc32(crc_of), len(first.body), len(first.data))
    return make([replace(first, descriptor=body), *GOOD[1:]])


def _stored_descriptor() -> bytes:
    data = GOOD[0].data
    body = struct.pack("<4s3L", b"PK\7\x08", zlib.crc32(data), len(data), len(data))
    return with_first(flags=8, local={"crc": 0, "compressed": 0, "size": 0}, descriptor=body)


def _unicode_name(name: bytes) -> bytes:
    body = b"\1" + struct.pack("<L", zlib.crc32(b"image1.jpg")) + name
    return struct.pack("<2H", 0x7075, len(body)) + body


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty file": ("not-zip", lambda: b""),
    "text": ("not-zip", lambda: b"hello"),
    "jpeg": ("not-zip", lambda: b"\xff\xd8\xff\xe0" + bytes(100)),
    "truncated": ("truncated", lambda: make(GOOD)[:200]),
    "prefix": ("prefix", lambda: b"MZ junk" + make(GOOD)),
    "prefix with offsets that know it": ("prefix", lambda: _shifted(b"#!/bin/sh\n")),
    "prefix of an empty zip": ("prefix", lambda: b"\0" + make([])[:16] + b"\1" + make([])[17:]),
    "hidden entry of an empty zip": ("hidden", lambda: _listing_nothing()),
    "suffix": ("suffix", lambda: make(GOOD) + b"trailing junk"),
    "two archives": ("prefix", lambda: make(GOOD) + make(GOOD)),
    "two end records": ("directory", lambda: make(GOOD, comment=make([]))),
    "end record in the comment": ("directory", lambda: make(GOOD, comment=b"PK\5\6" + bytes(30))),
    "second end record, directory and all, in the comment": (
        "directory",
        lambda: make(GOOD, comment=make([Entry(name=b"other.txt", data=b"other")])),
    ),
    "count too high": ("directory", lambda: make(GOOD, end={"count": 4, "here": 4})),
    "count too low": ("directory", lambda: make(GOOD, end={"count": 2, "here": 2})),
    "broken record in the directory": ("directory", lambda: _broken_directory()),
    "entry that leaves the directory": ("directory", lambda: _broken_directory(28, b"\xff\xff")),
    "directory beyond the file": ("directory", lambda: make(GOOD, end={"offset": 90_000})),
    "stray bytes in the directory": ("directory", lambda: _stray()),
    "several volumes": ("volumes", lambda: make(GOOD, end={"disk": 1})),
    "zip64 end that is not there": ("directory", lambda: make(GOOD, end={"offset": 0xFFFFFFFF})),
    "zip64 locator": ("directory", lambda: make(GOOD, before_end=b"PK\6\7" + bytes(16))),
    "zip64 extra that lies": ("zip64", lambda: with_first(extra=struct.pack("<2HQ", 1, 8, 7))),
    "zip64 extra behind another": (
        "zip64",
        lambda: with_first(extra=struct.pack("<2HB2HQ", 0x5455, 1, 0, 1, 8, 7)),
    ),
    "zip64 size that is not there": ("mismatch", _lies("central", size=0xFFFFFFFF)),
    "zip64 offset": (
        "zip64",
        _lies("central", offset=0xFFFFFFFF, extra=struct.pack("<2HQ", 1, 8, 0), need=45),
    ),
    "many entries": ("count", lambda: make([Entry(name=b"%d" % n) for n in range(257)])),
    "hidden local entry": ("hidden", lambda: make([*GOOD, Entry(name=b"evil.exe", listed=False)])),
    "bytes between entries": ("hidden", lambda: make(GOOD, between=b"gap")),
    "overlap": ("overlap", _quoted_overlap),
    "local name": ("mismatch", _lies("local", name=b"imageX.jpg")),
    "local method": ("mismatch", _lies("local", method=8)),
    "local name and method": ("mismatch", _lies("local", name=b"imageX.jpg", method=8)),
    "compressed size beyond the directory": ("mismatch", _lies("central", compressed=1 << 20)),
    "data descriptor without a signature": (
        "mismatch",
        lambda: with_first(
            method=8, flags=8, local={"crc": 0, "compressed": 0, "size": 0}, descriptor=bytes(12)
        ),
    ),
    "local sizes left blank": ("mismatch", _lies("local", crc=0, compressed=0, size=0)),
    "local flags": ("mismatch", _lies("local", flags=0x800)),
    "local checksum": ("mismatch", _lies("local", crc=1)),
    "local size": ("mismatch", _lies("local", size=1)),
    "local compressed size": ("mismatch", _lies("local", compressed=1)),
    "offset into nothing": ("mismatch", _lies("central", offset=5)),
    "offset beyond the file": ("mismatch", _lies("central", offset=1 << 30)),
    "data descriptor": ("mismatch", lambda: _descriptor(b"another")),
    "second name in UTF-8": ("mismatch", lambda: with_first(extra=_unicode_name(b"evil.exe"))),
    "second name that is no UTF-8": ("mismatch", lambda: with_first(extra=_unicode_name(b"\xff\xfe"))),
    "second name in the local header": ("mismatch", _lies("local", extra=_unicode_name(b"evil.exe"))),
    "bad checksum": ("damaged", lambda: with_first(packed=bytes([*_PICTURE[:-3], 1, 2, 3]))),
    "broken deflate": ("damaged", lambda: with_first(method=8, packed=b"\xff" * 20)),
    "deflate that goes on": ("damaged", lambda: with_first(method=8, packed=_deflated_and(b"more"))),
    "less than promised": ("damaged", _lying_small),
    "more than promised": ("damaged", _lying_bomb),
    "bomb by ratio": ("bomb", _bomb),
    "bomb by total": ("bomb", _total_bomb),
    "encrypted": ("encrypted", lambda: with_first(flags=1)),
    "strongly encrypted": ("encrypted", lambda: with_first(flags=0x41)),
    "AES": ("encrypted", lambda: with_first(method=99)),
    "bzip2": ("method", lambda: with_first(method=12)),
    "zstd": ("method", lambda: with_first(method=93)),
    "symlink": ("link", named(b"a.txt", data=b"/etc/passwd", attributes=0o120777 << 16)),
    "device": ("link", named(b"a.txt", attributes=0o020644 << 16)),
    "symlink of another host": ("link", named(b"a.txt", attributes=0o120777 << 16, host=16)),
    "junction": ("link", named(b"a.txt", attributes=0x400, host=11)),
    "folder with bytes": ("folder-bytes", named(b"a/")),
    "folder by its mode": ("folder", named(b"a.txt", attributes=0o040755 << 16)),
    "folder by MS-DOS": ("folder", named(b"a.txt", attributes=0x10, host=0)),
    "label of a disk": ("folder", named(b"a.txt", attributes=0x08, host=0)),
    "folder marked as a file": ("folder", named(b"a/", data=b"", attributes=0o100644 << 16)),
    "drawer of an Amiga": ("folder", named(b"a.txt", attributes=0o4644 << 16, host=1)),
    "stored with a data descriptor": ("descriptor", lambda: _stored_descriptor()),
    "extra field that is cut off": ("extra", lambda: with_first(extra=b"\x99\x99\xff\xff")),
    "extra field of AES": (
        "extra",
        _lies("local", extra=struct.pack("<2HH2sBH", 0x9901, 7, 2, b"AE", 3, 0)),
    ),
    "flag": ("flags", lambda: with_first(flags=0x20)),
    "version": ("version", lambda: with_first(need=99)),
    "another disk": ("disk", _lies("central", disk=1)),
    "comment without end": ("comment", lambda: make(GOOD, comment=b"x" * 0xFFFF)),
    "piece of an end record in the comment": ("directory", lambda: make(GOOD, comment=b"aPK\5\6z")),
    "version of VMS": ("name-version", named(b"a.txt;1")),
    "accent apart": ("name-form", named("cafe\u0301.txt".encode(), flags=0x800)),
    "name of 256 bytes": ("name-long", named(b"x" * 256)),
    "file and folder": ("duplicate", named(b"image1.jpg/a.txt")),
    "duplicate": ("duplicate", named(b"image1.jpg", data=b"another")),
    "case clash": ("case", named(b"TEXT1.TXT", data=b"another")),
    "traversal": ("name-path", named(b"../../etc/passwd")),
    "inner traversal": ("name-path", named(b"a/../../b")),
    "dot": ("name-path", named(b"a/./b")),
    "empty step": ("name-path", named(b"a//b")),
    "absolute": ("name-path", named(b"/etc/passwd")),
    "drive": ("name-path", named(b"C:evil.exe")),
    "traversal by backslash": ("name-path", named(b"..\\evil.exe")),
    "absolute by backslash": ("name-path", named(b"\\host\\a.txt")),
    "drive with a backslash": ("name-path", named(b"C:\\evil.exe")),
    "backslash": (
        "name-backslash",
        lambda: make([replace(entry, name=b"a\\" + entry.name) for entry in GOOD]),
    ),
    "here": ("name-dot", lambda: make([replace(entry, name=b"./" + entry.name) for entry in GOOD])),
    "slash in front": ("name-root", lambda: make([replace(entry, name=b"/" + entry.name) for entry in GOOD])),
    "no name": ("name-path", named(b"")),
    "NUL": ("name-control", named(b"a.smil\0.exe")),
    "line break": ("name-control", named(b"a\nb.txt")),
    "latin-1 name": ("name-bytes", named(b"caf\xe9.txt")),
    "UTF-8 name without the flag": ("name-bytes", named("café.txt".encode())),
    "flag without UTF-8": ("name-bytes", named(b"caf\xe9.txt", flags=0x800)),
}


def _deflated_and(more: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(GOOD[0].data) + packer.flush() + more


def _listing_nothing() -> bytes:
    """A zip with an entry and an empty directory."""
    whole = make([GOOD[0]])
    start = whole.index(b"PK\1\2")
    return whole[:start] + END.pack(b"PK\5\6", 0, 0, 0, 0, 0, start, 0)


def _shifted(prefix: bytes) -> bytes:
    body, directory = _bodies(GOOD, prefix)
    return body + directory + END.pack(b"PK\5\6", 0, 0, 3, 3, len(directory), len(body), 0)


def _broken_directory(at: int = 0, instead: bytes = b"PK\0\0") -> bytes:
    """Bytes of the second central record replaced."""
    whole = make(GOOD)
    second = whole.index(b"PK\1\2", whole.index(b"PK\1\2") + 1) + at
    return whole[:second] + instead + whole[second + len(instead) :]


def _stray() -> bytes:
    whole = make(GOOD, before_end=b"stray")
    at = whole.rfind(b"PK\5\6")
    size = int.from_bytes(whole[at + 12 : at + 16], "little") + 5
    return whole[: at + 12] + struct.pack("<L", size) + whole[at + 16 :]
