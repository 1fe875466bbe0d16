"""Zips that usual readers read differently, and their siblings which they read alike, by family.

Each is a good message in which one entry, or the end of the zip, is written in an unusual way.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace

from tests.bundle.hostile_zips import GOOD, Entry, central_header, local_header, make, with_first

PICTURE = GOOD[0].data
NAME = GOOD[0].name
SUMS = struct.pack("<3L", zlib.crc32(PICTURE), len(PICTURE), len(PICTURE))
BLANK = {"crc": 0, "compressed": 0, "size": 0}
HIDDEN = {"compressed": 0xFFFFFFFF, "size": 0xFFFFFFFF}

REGULAR, FOLDER, LINK = 0o100644, 0o040755, 0o120777
OTHERS = {"fifo": 0o010644, "character device": 0o020644, "block device": 0o060644, "socket": 0o140644}
HOSTS = {
    "MS-DOS": 0,
    "Amiga": 1,
    "VMS": 2,
    "Unix": 3,
    "VM/CMS": 4,
    "Atari": 5,
    "OS/2": 6,
    "Macintosh": 7,
    "Z-System": 8,
    "CP/M": 9,
    "TOPS-20": 10,
    "NTFS": 11,
    "QDOS": 12,
    "Acorn": 13,
    "VFAT": 14,
    "MVS": 15,
    "BeOS": 16,
    "Tandem": 17,
    "Theos": 18,
    "OS X": 19,
    "nobody": 200,
}
DOS_BITS = {
    "read-only": 1,
    "hidden": 2,
    "system": 4,
    "volume": 8,
    "folder": 16,
    "archive": 32,
    "device": 64,
    "normal": 128,
    "temporary": 256,
    "sparse": 512,
    "reparse": 1024,
    "compressed": 2048,
    "offline": 4096,
    "unindexed": 8192,
    "encrypted": 16384,
    "unix": 32768,
}


def field(kind: int, body: bytes) -> bytes:
    return struct.pack("<2H", kind, len(body)) + body


def unicode_name(name: bytes, *, of: bytes = NAME, version: int = 1, kind: int = 0x7075) -> bytes:
    return field(kind, struct.pack("<BL", version, zlib.crc32(of)) + name)


def _in_turn(extra: bytes) -> Iterator[tuple[str, bytes]]:
    yield "both", with_first(extra=extra)
    yield "directory", with_first(central={"extra": extra})
    yield "local", with_first(local={"extra": extra})


def attributes() -> Iterator[tuple[str, bytes]]:
    """What an entry is, by the attributes of each host."""
    for host, number in HOSTS.items():
        modes = {"regular": REGULAR, "folder": FOLDER, "link": LINK}
        for what, mode in (modes | OTHERS if host in ("MS-DOS", "Unix", "OS X") else modes).items():
            yield f"{host}, {what}", with_first(host=number, attributes=mode << 16)
    for host in ("MS-DOS", "Unix", "OS/2", "NTFS", "VFAT", "Macintosh", "BeOS"):
        for what, bit in DOS_BITS.items():
            yield f"{host}, bit {what}", with_first(host=HOSTS[host], attributes=bit)
    for what, mode in {
        "Amiga folder": 0o4644,
        "Amiga file": 0o2644,
        "plain bits": 0o644,
        "setuid": 0o104755,
    }.items():
        yield what, with_first(host=1 if "Amiga" in what else 3, attributes=mode << 16)
    yield "regular and folder bit", with_first(attributes=REGULAR << 16 | 16)
    yield "all bits", with_first(attributes=0xFFFFFFFF)
    yield (
        "folder with bytes",
        make([*GOOD, Entry(name=b"pictures/", data=b"x", attributes=FOLDER << 16 | 16)]),
    )
    yield "regular folder", make([*GOOD, Entry(name=b"pictures/", data=b"", attributes=REGULAR << 16)])
    yield "link named folder", make([*GOOD, Entry(name=b"pictures/", data=b"", attributes=LINK << 16)])
    yield "folder", make([*GOOD, Entry(name=b"pictures/", data=b"", attributes=FOLDER << 16 | 16)])


def flags() -> Iterator[tuple[str, bytes]]:
    """Every general-purpose flag, of a stored and of a deflated entry."""
    for bit, method in itertools.product(range(16), (0, 8)):
        flag = 1 << bit
        yield f"bit {bit}, method {method}", with_first(flags=flag, method=method)


def versions() -> Iterator[tuple[str, bytes]]:
    """Version needed and version made by."""
    for need in (
        0,
        10,
        20,
        21,
        25,
        27,
        45,
        46,
        50,
        51,
        52,
        61,
        62,
        63,
        64,
        90,
        99,
        255,
        0x0314,
        0x0A14,
        0x0214,
        0xFFFF,
    ):
        yield f"both need {need}", with_first(need=need)
        yield f"directory needs {need}", with_first(central={"need": need})
        yield f"local header needs {need}", with_first(local={"need": need})
    for made in (0, 0x0300, 0x0363, 0x03FF, 0x0014, 0x0B3F, 0xFFFF):
        yield f"made by {made:#x}", with_first(central={"made": made})


def disks() -> Iterator[tuple[str, bytes]]:
    """Entries on another disk, and comments and text marks of entries."""
    for disk in (1, 2, 0xFFFE, 0xFFFF):
        yield f"disk {disk}", with_first(central={"disk": disk})
    for internal in (1, 2, 4, 0xFFFF):
        yield f"internal {internal}", with_first(central={"internal": internal})
    yield "comment of an entry", with_first(central={"comment": b"made by hand"})
    yield "comment of an entry with a record", with_first(central={"comment": b"PK\1\2" + bytes(50)})


_SYMLINK = b"/etc/passwd"
EXTRAS = {
    "an unknown field": field(0x9999, b"abc"),
    "an empty unknown field": field(0x9999, b""),
    "timestamp": field(0x5455, struct.pack("<BL", 1, 0)),
    "timestamp of nothing": field(0x5455, b""),
    "NTFS times": field(0x000A, struct.pack("<L2H3Q", 0, 1, 24, 0, 0, 0)),
    "Unix times": field(0x5855, struct.pack("<2L", 0, 0)),
    "Unix owner": field(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0"),
    "Unix owner of old": field(0x7855, bytes(4)),
    "Java's mark": field(0xCAFE, b""),
    "padding of packages": field(0xA220, struct.pack("<2H", 0xA028, 4) + bytes(4)),
    "alignment": field(0xD935, bytes(6)),
    "alignment of commons": field(0xA11E, bytes(4)),
    "strong encryption": field(0x0017, struct.pack("<4H", 2, 0x6601, 128, 1)),
    "AES": field(0x9901, struct.pack("<H2sBH", 2, b"AE", 3, 0)),
    "PKCS 7": field(0x0014, bytes(4)),
    "PKWARE Unix": field(0x000D, struct.pack("<2L2H", 0, 0, 0, 0) + _SYMLINK),
    "ASi Unix link": field(0x756E, struct.pack("<LHL2H", 0, LINK, len(_SYMLINK), 0, 0) + _SYMLINK),
    "ASi Unix link with its sum": field(
        0x756E,
        struct.pack("<L", zlib.crc32(struct.pack("<HL2H", LINK, len(_SYMLINK), 0, 0) + _SYMLINK))
        + struct.pack("<HL2H", LINK, len(_SYMLINK), 0, 0)
        + _SYMLINK,
    ),
    "libarchive's link": field(0x6C78, struct.pack("<BHHL", 7, 0x0314, 0, LINK << 16)),
    "libarchive's folder": field(0x6C78, struct.pack("<BHHL", 7, 0x0314, 0, FOLDER << 16)),
    "libarchive's file": field(0x6C78, struct.pack("<BHHL", 7, 0x0314, 0, REGULAR << 16)),
    "name of Macintosh": field(0x2605, b"ZPIT\x08evil.exe" + bytes(8)),
    "name of Info-ZIP for Macintosh": field(0x334D, struct.pack("<LHLL", 8, 1, 0, 0) + b"evil.exe\0"),
    "old Macintosh": field(0x07C8, b"JLEE" + bytes(24)),
    "SmartZip": field(0x4D63, b"dZip" + bytes(56) + b"\x08evil.exe"),
    "Xceed's name": field(0x554E, struct.pack("<LH", 0x5843554E, 8) + "evil.exe".encode("utf-16-le")),
    "Xceed's place": field(0x4F4C, b"C:\\evil.exe"),
    "Acorn": field(0x4341, b"ARC0" + bytes(16)),
    "OS/2 attributes": field(0x0009, struct.pack("<L", 0)),
    "OS/2 rights": field(0x4C41, struct.pack("<L", 0)),
    "NT rights": field(0x4453, struct.pack("<LBHL", 0, 0, 0, 0)),
    "VMS": field(0x000C, bytes(12)),
    "Info-ZIP VMS": field(0x4D49, b"VFAB" + bytes(12)),
    "BeOS": field(0x6542, struct.pack("<LB", 0, 1)),
    "AtheOS": field(0x7441, struct.pack("<LB", 0, 1)),
    "QDOS": field(0xFB4A, b"QDOS02" + bytes(66)),
    "Theos": field(0x6854, bytes(6)),
    "IBM": field(0x0065, bytes(4)),
    "VM/CMS": field(0x4704, bytes(8)),
    "MVS": field(0x470F, bytes(8)),
    "ALZip's code page": field(0xE57A, struct.pack("<L", 949)),
    "language": field(0x0008, bytes(4)),
    "patch": field(0x000F, bytes(16)),
    "forks": field(0x000E, bytes(6)),
    "Unicode comment": unicode_name("café".encode(), of=b"", kind=0x6375),
    "Unicode comment with a wrong sum": unicode_name("café".encode(), of=b"x", kind=0x6375),
    "the name again": unicode_name(NAME),
    "the name again, twice": unicode_name(NAME) * 2,
    "the name again with a wrong sum": unicode_name(NAME, of=b"x"),
    "the name again in version 2": unicode_name(NAME, version=2),
    "another name": unicode_name(b"evil.exe"),
    "another name with a wrong sum": unicode_name(b"evil.exe", of=b"x"),
    "another name in version 2": unicode_name(b"evil.exe", version=2),
    "two names, the first lies": unicode_name(b"evil.exe") + unicode_name(NAME),
    "two names, the second lies": unicode_name(NAME) + unicode_name(b"evil.exe"),
    "no name": unicode_name(b""),
    "a name and a NUL": unicode_name(NAME + b"\0"),
    "a name that is cut off": field(0x7075, b"\1\0"),
    "a name that is cut off in its sum": field(0x7075, b"\1"),
    "an empty name field": field(0x7075, b""),
    "a field that is too long": b"\x99\x99\xff\xff",
    "a timestamp that is too long": b"UT\x05\x00\x01",
    "half a head": b"UT\x05",
    "one byte": b"\0",
    "two bytes": b"\0\0",
    "three bytes": b"\0\0\0",
    "four zeros": bytes(4),
    "a field and a byte": field(0x5455, struct.pack("<BL", 1, 0)) + b"\0",
    "a field and a head without a body": field(0x5455, struct.pack("<BL", 1, 0)) + b"\x99\x99\x01\0",
    "a field and a name without an end": field(0x5455, struct.pack("<BL", 1, 0)) + unicode_name(NAME)[:-1],
}


def extras() -> Iterator[tuple[str, bytes]]:
    """Extra fields, in both headers and in each."""
    for name, extra in EXTRAS.items():
        for where, data in _in_turn(extra):
            yield f"{name}: {where}", data


def descriptors() -> Iterator[tuple[str, bytes]]:
    """Data descriptors: stored and deflated, with a signature and without, short and long."""
    size = len(PICTURE)
    for method, name in ((0, "stored"), (8, "deflated")):
        plain = replace(GOOD[0], method=method, flags=8)
        packed = len(plain.body)
        sums = struct.pack("<3L", zlib.crc32(PICTURE), packed, size)
        long = struct.pack("<L2Q", zlib.crc32(PICTURE), packed, size)
        wide = field(1, struct.pack("<2Q", 0, 0))
        for what, body in {
            "with a signature": b"PK\7\x08" + sums,
            "without a signature": sums,
            "long": b"PK\7\x08" + long,
            "long without a signature": long,
            "none": b"",
        }.items():
            for told, local in {
                "": BLANK,
                ", and sizes": {},
                ", and zip64": {**BLANK, "extra": wide, "need": 45},
            }.items():
                first = replace(plain, local=local, descriptor=body)
                yield f"{name} {what}{told}", make([first, *GOOD[1:]])
    empty = replace(GOOD[0], name=b"pictures/", data=b"", flags=8, local=BLANK, attributes=FOLDER << 16)
    yield "of a folder", make([replace(empty, descriptor=b"PK\7\x08" + bytes(12)), *GOOD])
    yield (
        "of a stored empty file",
        make(
            [
                replace(
                    empty, name=b"empty.txt", attributes=REGULAR << 16, descriptor=b"PK\7\x08" + bytes(12)
                ),
                *GOOD,
            ]
        ),
    )


def _zip64_end(
    entries: int,
    size: int,
    offset: int,
    at: int,
    *,
    length: int = 44,
    need: int = 45,
    disks: int = 1,
    here: int | None = None,
) -> bytes:
    record = struct.pack(
        "<4sQ2H2L4Q",
        b"PK\6\6",
        length,
        45,
        need,
        0,
        0,
        entries if here is None else here,
        entries,
        size,
        offset,
    )
    return record + struct.pack("<4sLQL", b"PK\6\7", 0, at, disks)


def zip64_end(*, hide: str = "", extra: bytes = b"", **changes: int) -> bytes:
    """The good message with a zip64 end; `hide` names the fields that the old end record leaves to it."""
    plain = make(GOOD)
    start = plain.index(b"PK\1\2")
    end = plain.rindex(b"PK\5\6")
    told = {"entries": len(GOOD), "size": end - start, "offset": start, "at": end, **changes}
    hidden = {"count": 0xFFFF, "here": 0xFFFF, "size": 0xFFFFFFFF, "offset": 0xFFFFFFFF}
    return make(GOOD, before_end=_zip64_end(**told) + extra, end={key: hidden[key] for key in hide.split()})


def zip64() -> Iterator[tuple[str, bytes]]:
    """Zip64 where readers agree and where they do not."""
    size = len(PICTURE)
    both = field(1, struct.pack("<2Q", size, size))
    yield "local alone", with_first(local={**HIDDEN, "extra": both, "need": 45})
    yield "local alone, version 20", with_first(local={**HIDDEN, "extra": both})
    yield (
        "local size alone",
        with_first(local={"size": 0xFFFFFFFF, "extra": field(1, struct.pack("<Q", size))}),
    )
    yield (
        "both headers",
        with_first(local={**HIDDEN, "extra": both}, central={**HIDDEN, "extra": both}, need=45),
    )
    yield "directory alone", with_first(central={**HIDDEN, "extra": both}, need=45)
    one = {"size": 0xFFFFFFFF, "extra": field(1, struct.pack("<Q", size))}
    yield "directory, size alone", with_first(local={**HIDDEN, "extra": both}, central=one, need=45)
    yield "directory, size alone, local plain", with_first(central=one, need=45)
    other = {"compressed": 0xFFFFFFFF, "extra": field(1, struct.pack("<Q", size))}
    yield "directory, packed size alone", with_first(local={**HIDDEN, "extra": both}, central=other, need=45)
    place = field(1, struct.pack("<3Q", size, size, 0))
    everything = {**HIDDEN, "offset": 0xFFFFFFFF, "extra": place}
    yield (
        "directory with the offset",
        with_first(local={**HIDDEN, "extra": both}, central=everything, need=45),
    )
    offset = {"offset": 0xFFFFFFFF, "extra": field(1, struct.pack("<Q", 0))}
    yield "directory, offset alone", with_first(central=offset, need=45)
    disk = {**everything, "disk": 0xFFFF, "extra": field(1, struct.pack("<3QL", size, size, 0, 0))}
    yield "directory with the disk", with_first(local={**HIDDEN, "extra": both}, central=disk, need=45)
    yield "field that nothing needs", with_first(extra=both)
    yield "field that nothing needs, local", with_first(local={"extra": both})
    yield "field that nothing needs, directory", with_first(central={"extra": both})
    yield "empty field", with_first(extra=field(1, b""))
    yield "empty field, local", with_first(local={"extra": field(1, b"")})
    yield "empty field, directory", with_first(central={"extra": field(1, b"")})
    yield (
        "longer than needed",
        with_first(central={**HIDDEN, "extra": place}, local={**HIDDEN, "extra": both}),
    )
    yield "local longer than needed", with_first(local={**HIDDEN, "extra": place})
    yield "too short", with_first(central={**HIDDEN, "extra": field(1, struct.pack("<Q", size))})
    yield "local too short", with_first(local={**HIDDEN, "extra": field(1, struct.pack("<Q", size))})
    yield "none", with_first(central=HIDDEN)
    yield "local none", with_first(local=HIDDEN)
    wrong = field(1, struct.pack("<2Q", size + 1, size + 1))
    yield "local lies", with_first(local={**HIDDEN, "extra": wrong})
    yield "directory lies", with_first(local={**HIDDEN, "extra": both}, central={**HIDDEN, "extra": wrong})
    yield "unneeded field lies", with_first(extra=wrong)
    yield "unneeded local field lies", with_first(local={"extra": wrong})
    yield "twice", with_first(local={**HIDDEN, "extra": both + wrong})
    yield "twice, the first lies", with_first(local={**HIDDEN, "extra": wrong + both})
    yield (
        "twice in the directory",
        with_first(local={**HIDDEN, "extra": both}, central={**HIDDEN, "extra": both + wrong}),
    )
    yield "behind a timestamp", with_first(local={**HIDDEN, "extra": EXTRAS["timestamp"] + both})
    deflated = replace(GOOD[0], method=8)
    sizes = field(1, struct.pack("<2Q", size, len(deflated.body)))
    yield (
        "deflated, both",
        make(
            [
                replace(
                    deflated, need=45, local={**HIDDEN, "extra": sizes}, central={**HIDDEN, "extra": sizes}
                ),
                *GOOD[1:],
            ]
        ),
    )
    yield "end", zip64_end()
    for hide in ("offset", "size", "count here", "offset size", "count here size offset"):
        yield f"end that hides {hide}", zip64_end(hide=hide)
    yield "end hides nothing and lies about the offset", zip64_end(offset=0)
    yield "end hides all and lies about the offset", zip64_end(hide="count here size offset", offset=0)
    yield "end lies about the entries", zip64_end(hide="count here", entries=2)
    yield "end lies about the entries, nothing hidden", zip64_end(entries=2)
    yield "end lies about the size", zip64_end(hide="size", size=46)
    yield "end at a wrong place", zip64_end(hide="offset", at=0)
    yield "end at a wrong place, nothing hidden", zip64_end(at=0)
    yield "end with more in it", zip64_end(hide="offset", length=45)
    yield "end with less in it", zip64_end(hide="offset", length=43)
    yield "end on two disks", zip64_end(hide="offset", disks=2)
    yield "end on no disk", zip64_end(hide="offset", disks=0)
    yield "end needs 99", zip64_end(hide="offset", need=99)
    yield "end counts otherwise", zip64_end(hide="count here", here=2)
    yield "bytes after the end", zip64_end(hide="offset", extra=b"abc")
    yield "locator alone", make(GOOD, before_end=b"PK\6\7" + bytes(16))
    yield "locator alone in a comment", with_first(central={"comment": b"PK\6\7" + bytes(16)})
    last = replace(GOOD[-1], central={"comment": b"PK\6\7" + bytes(16)})
    yield "locator in the last comment", make([*GOOD[:-1], last])
    yield "offset without zip64", make(GOOD, end={"offset": 0xFFFFFFFF})
    yield "count without zip64", make(GOOD, end={"count": 0xFFFF, "here": 0xFFFF})


def ends() -> Iterator[tuple[str, bytes]]:
    """End records, their comments, and what lies around them."""
    whole = make(GOOD)
    for name, comment in {
        "words": b"made by hand",
        "a NUL": b"\0",
        "long": b"x" * 0xFFFF,
        "longer than libarchive looks": b"x" * 20_000,
        "a local header": b"PK\3\4" + bytes(40),
        "a central header": b"PK\1\2" + bytes(60),
        "a descriptor": b"PK\7\x08" + bytes(12),
        "a locator": b"PK\6\7" + bytes(16),
        "a zip64 end": b"PK\6\6" + bytes(60),
        "an end signature": b"PK\5\6",
        "an end signature and some": b"aPK\5\6zzzzzzzzzz",
        "an end signature at its end": b"made by handPK\5\6",
        "half an end signature": b"PK\5",
        "a whole end record": b"PK\5\6" + bytes(18),
        "a whole end record and more": b"PK\5\6" + bytes(18) + b"more",
        "an end record with a long comment": b"PK\5\6" + bytes(16) + b"\xff\xff",
        "another zip": make([Entry(name=b"other.txt", data=b"other")]),
    }.items():
        yield f"comment: {name}", make(GOOD, comment=comment)
    at = whole.rindex(b"PK\5\6")
    for words, field_at, value in (
        ("disk", 4, 1),
        ("disk of the directory", 6, 1),
        ("count here", 8, 2),
        ("count", 10, 2),
        ("size", 12, 46),
        ("size too large", 12, 4000),
        ("offset", 16, 0),
        ("offset too large", 16, 9_999_999),
        ("comment", 20, 5),
    ):
        changed = bytearray(whole)
        struct.pack_into("<H", changed, at + field_at, value & 0xFFFF)
        yield f"end record: {words}", bytes(changed)
    yield "bytes behind", whole + b"\0"
    yield "bytes before", b"\0" + whole
    yield "a self-extractor", b"MZ" + bytes(500) + whole
    yield "a signature of many disks before", b"PK\7\x08" + whole
    yield "a signature of one disk before", b"PK00" + whole
    yield "a digital signature", make(GOOD, before_end=b"PK\5\5\3\0abc")
    signed = b"PK\5\5\3\0abc"
    size = at - whole.index(b"PK\1\2") + len(signed)
    yield "a digital signature that counts", make(GOOD, before_end=signed, end={"size": size})
    yield (
        "extra data before the directory",
        _before_the_directory(b"PK\6\x08" + struct.pack("<L", 3) + b"abc"),
    )
    yield "a zip within", make([*GOOD, Entry(name=b"inner.zip", data=whole)])
    yield "a deflated zip within", make([*GOOD, Entry(name=b"inner.zip", data=whole, method=8)])


def _before_the_directory(between: bytes) -> bytes:
    body, directory = b"", b""
    for entry in GOOD:
        directory += central_header(entry, len(body))
        body += local_header(entry.fields()) + entry.body
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(directory), len(body + between), 0)
    return body + between + directory + end


def orders() -> Iterator[tuple[str, bytes]]:
    """Directories in another order than the entries, entries that repeat, files that are folders too."""
    body, directory = b"", []
    for entry in GOOD:
        directory.append(central_header(entry, len(body)))
        body += local_header(entry.fields()) + entry.body
    turned = b"".join(reversed(directory))
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(turned), len(body), 0)
    yield "directory turned round", body + turned + end
    for name, entries in {
        "a file and a folder": [Entry(name=b"image1.jpg/", data=b"", attributes=FOLDER << 16)],
        "a file below a file": [Entry(name=b"image1.jpg/a.txt", data=b"a")],
        "a file twice": [Entry(name=NAME, data=b"other")],
        "the same twice": [GOOD[0]],
        "a folder twice": [Entry(name=b"a/", data=b"", attributes=FOLDER << 16)] * 2,
    }.items():
        yield name, make([*GOOD, *entries])


NAMES = {
    "plain": b"text2.txt",
    "blank inside": b"text 2.txt",
    "blank at the end": b"text2.txt ",
    "blank before": b" text2.txt",
    "dot at the end": b"text2.",
    "dots at the end": b"text2...",
    "only dots": b"...",
    "hidden": b".text2",
    "colon": b"ab:c.txt",
    "stream": b"text2.txt:evil",
    "star": b"te*t.txt",
    "question": b"te?t.txt",
    "bar": b"a|b.txt",
    "less": b"a<b.txt",
    "quote": b'a"b.txt',
    "version": b"text2.txt;1",
    "percent": b"text%32.txt",
    "tilde": b"~text2.txt",
    "tab": b"a\tb.txt",
    "NUL": b"a.txt\0.exe",
    "NUL at the end": b"text2.txt\0",
    "DEL": b"a\x7f.txt",
    "backspace": b"evil\x08\x08.txt",
    "reserved": b"con.txt",
    "reserved alone": b"NUL",
    "reserved with a number": b"COM1.jpg",
    "reserved console": b"CONIN$",
    "latin-1": b"caf\xe9.txt",
    "utf-8 unsaid": "café.txt".encode(),
    "cp437": b"caf\x82.txt",
    "long": b"x" * 251 + b".txt",
    "too long": b"x" * 256,
    "very long": b"x" * 5000,
    "backslash": b"a\\text2.txt",
    "backslash at the end": b"text2\\",
    "comma": b"te,xt,.txt",
    "slash at the start": b"/text2.txt",
    "slashes": b"a//text2.txt",
    "dot slash": b"./text2.txt",
    "dots slash": b"../text2.txt",
    "dots inside": b"a/../text2.txt",
    "dot inside": b"a/./text2.txt",
    "dots last": b"a/..",
    "dot alone": b".",
    "two dots alone": b"..",
    "drive": b"C:text2.txt",
    "share": b"//host/text2.txt",
    "empty": b"",
    "deep": b"a/" * 60 + b"text2.txt",
    "hash": b"#Uc4e9.txt",
    "hash code": b"caf#U00e9.txt",
}
UTF8_NAMES = {
    "said": "café.txt",
    "decomposed": "cafe\u0301.txt",
    "two accents": "e\u0327\u0301.txt",
    "hangul": "\u1112\u1161\u11ab.txt",
    "composed hangul": "\ud55c.txt",
    "compatibility": "\ufb01.txt",
    "singleton": "\u212b.txt",
    "private": "\ue000.txt",
    "emoji": "\U0001f600.txt",
    "right to left": "\u202etxt.exe",
    "zero width": "a\u200bb.txt",
    "mark": "\ufeffa.txt",
    "line": "a\u2028b.txt",
    "C1": "a\x85b.txt",
    "replacement": "a\ufffdb.txt",
    "dotless": "\u0131.txt",
    "sharp s": "\u1e9e.txt",
    "noncharacter": "a\uffff.txt",
    "full width": "\uff41.txt",
    "slash alike": "a\u2215b.txt",
    "exclusion": "\u0958.txt",
    "exclusion taken apart": "\u0915\u093c.txt",
}


def names() -> Iterator[tuple[str, bytes]]:
    """Names of a further entry, with and without the UTF-8 flag."""
    for host in (0, 3):
        for name, raw in NAMES.items():
            yield f"{name}, host {host}", make([*GOOD, Entry(name=raw, data=b"more", host=host)])
    for name, text in UTF8_NAMES.items():
        raw = text.encode()
        yield f"UTF-8: {name}", make([*GOOD, Entry(name=raw, data=b"more", flags=0x800)])
        extra = unicode_name(raw, of=b"a.txt")
        yield (
            f"UTF-8 in an extra field: {name}",
            make([*GOOD, Entry(name=b"a.txt", data=b"more", extra=extra)]),
        )
        try:
            old = text.encode("cp437")
        except UnicodeEncodeError:
            continue
        extra = unicode_name(raw, of=old)
        yield f"cp437 and UTF-8: {name}", make([*GOOD, Entry(name=old, data=b"more", extra=extra, host=0)])
    yield "UTF-8 flag on Latin-1", make([*GOOD, Entry(name=b"caf\xe9.txt", data=b"more", flags=0x800)])
    yield "overlong UTF-8", make([*GOOD, Entry(name=b"a\xc0\xafb.txt", data=b"more", flags=0x800)])
    yield "surrogates in UTF-8", make([*GOOD, Entry(name=b"a\xed\xa0\x80b.txt", data=b"more", flags=0x800)])
    yield "UTF-8 flag on ASCII", make([*GOOD, Entry(name=b"text2.txt", data=b"more", flags=0x800)])


def bodies() -> Iterator[tuple[str, bytes]]:
    """Packed bytes, sizes and sums."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(PICTURE) + packer.flush()
    yield "deflate and more", with_first(method=8, packed=packed + b"more")
    yield "deflate cut off", with_first(method=8, packed=packed[:-5])
    yield "two deflate streams", with_first(method=8, packed=packed + packed)
    yield "deflate in one stored block", with_first(method=8, packed=_stored_block(PICTURE))
    yield "zlib head", with_first(method=8, packed=zlib.compress(PICTURE))
    yield "checksum", with_first(packed=PICTURE[:-1] + b"\1")
    yield "empty deflate", make([*GOOD, Entry(name=b"e.txt", data=b"", method=8)])
    yield "deflated to nothing", make([*GOOD, Entry(name=b"e.txt", data=b"", method=8, packed=b"")])
    for method in (1, 6, 9, 12, 14, 20, 93, 95, 97, 98, 99):
        yield f"method {method}", with_first(method=method)
        yield f"method {method} in the local header", with_first(local={"method": method})
    for key, value in {"crc": 1, "size": 1, "compressed": 1, "name": b"imageX.jpg"}.items():
        yield f"local {key}", with_first(local={key: value})
        yield f"directory's {key}", with_first(central={key: value})
    yield "local sizes blank", with_first(local=BLANK)
    yield "gap", make(GOOD, between=b"gap")
    yield "unlisted entry", make([*GOOD, Entry(name=b"evil.exe", listed=False)])


def _stored_block(data: bytes) -> bytes:
    return b"\1" + struct.pack("<2H", len(data), len(data) ^ 0xFFFF) + data


FAMILIES = {
    made.__name__: made
    for made in (attributes, flags, versions, disks, extras, descriptors, zip64, ends, orders, names, bodies)
}


def siblings() -> dict[str, bytes]:
    """Every zip by family and name."""
    return {f"{family}: {name}": data for family, made in FAMILIES.items() for name, data in made()}
