"""The extra fields of an entry (APPNOTE 4.5): which of them rename, link, encrypt or hide something.

Held against eleven readers: a field that the one obeys and the other skips makes two entries of one.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cached_property

HIDDEN, HIDDEN_DISK = 0xFFFFFFFF, 0xFFFF
"""The value of a field that is left to zip64 (APPNOTE 4.4.8)."""

_HEAD = struct.Struct("<2H")
_ZIP64 = 0x0001
_UNICODE_NAME = 0x7075
_TIMESTAMP = 0x5455
_NAME_AT = 5
"""Version and checksum of the plain name stand before the Unicode name."""

MEANINGS = {
    0x0007: "of PKWARE's authenticity check",
    0x0008: "of names in another language",
    0x000C: "of a VMS file",
    0x000D: "of a Unix link or device (PKWARE)",
    0x000E: "of streams and forks",
    0x000F: "of a patch",
    0x0014: "of certificates",
    0x0015: "of certificates",
    0x0016: "of certificates",
    0x0017: "of strong encryption",
    0x0018: "of rights management",
    0x0019: "of encryption certificates",
    0x0021: "of encryption policies",
    0x0022: "of encryption keys",
    0x0023: "of encryption policies",
    0x0065: "of an IBM file",
    0x0066: "of an IBM file, compressed",
    0x07C8: "of a Macintosh file",
    0x2605: "of another name (ZipIt for Macintosh)",
    0x2705: "of another name (ZipIt for Macintosh)",
    0x2805: "of another name (ZipIt for Macintosh)",
    0x334D: "of another name (Info-ZIP for Macintosh)",
    0x4154: "of a Tandem file",
    0x4341: "of an Acorn file",
    0x4704: "of a VM/CMS file",
    0x470F: "of an MVS file",
    0x4854: "of a Theos file",
    0x4D49: "of a VMS file",
    0x4D63: "of another name (SmartZip for Macintosh)",
    0x4F4C: "of another place (Xceed)",
    0x554E: "of another name (Xceed)",
    0x6542: "of a BeOS file",
    0x6854: "of a Theos file",
    0x6C78: "of what the entry is (libarchive)",
    0x7441: "of an AtheOS file",
    0x756E: "of a Unix link or device (ASi)",
    0x9901: "of AES encryption",
    0xE57A: "of the code page of the name (ALZip)",
    0xFB4A: "of a QDOS file",
    0xFD4A: "of a QDOS file",
}
"""Extra fields by which a reader may take the entry for another one, by their ids."""


class Extras:
    """The extra fields of one header, in their order."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _read(self) -> tuple[tuple[tuple[int, bytes], ...], bool]:
        """The fields, and whether they fill the bytes exactly."""
        found, at, data = [], 0, self._data
        while at + _HEAD.size <= len(data):
            kind, length = _HEAD.unpack_from(data, at)
            # Some readers take what is left as the field, others none of it; `fault` reports it.
            if at + _HEAD.size + length > len(data):
                break
            found.append((kind, data[at + _HEAD.size : at + _HEAD.size + length]))
            at += _HEAD.size + length
        return tuple(found), at == len(data)

    def _of(self, kind: int) -> list[bytes]:
        return [body for one, body in self._read[0] if one == kind]

    # -- zip64 --------------------------------------------------------------------------------------

    @property
    def has_zip64(self) -> bool:
        """True where a zip64 field is there, needed or not."""
        return bool(self._of(_ZIP64))

    def resolved(self, values: dict[str, int], widths: dict[str, str]) -> dict[str, int] | None:
        """The hidden fields of `values` from zip64, which has the order of `widths`; None without them."""
        layout = "<" + "".join(width for name, width in widths.items() if name in values)
        bodies = self._of(_ZIP64)
        # Of two zip64 fields one reader takes the first and another the last.
        if len(bodies) != 1 or len(bodies[0]) < struct.calcsize(layout):
            return None
        names = [name for name in widths if name in values]
        return dict(zip(names, struct.unpack_from(layout, bodies[0]), strict=True))

    def holds_sizes(self, size: int, compressed: int) -> bool:
        """True where zip64 gives both sizes of a local header, and gives these."""
        bodies = self._of(_ZIP64)
        return len(bodies) == 1 and bodies[0][:16] == struct.pack("<2Q", size, compressed)

    def idle_zip64_lies(self, *truth: int) -> bool:
        """True where a zip64 field that nothing is left to says anything but the true values, in order."""
        bodies = self._of(_ZIP64)
        whole = struct.pack(f"<{len(truth)}Q", *truth)
        return len(bodies) > 1 or any(not whole.startswith(body) or len(body) % 8 for body in bodies)

    # -- names --------------------------------------------------------------------------------------

    @property
    def unicode_names(self) -> Iterator[bytes]:
        """The names that Unicode fields give, in UTF-8; those that are cut off give none."""
        return (body[_NAME_AT:] for body in self._of(_UNICODE_NAME) if len(body) >= _NAME_AT)

    def true_name(self, raw: bytes) -> str | None:
        """The name from the one Unicode field that has the checksum of a plain name in some code page.

        None where there is none, and where it differs in more than the letters beyond ASCII.
        """
        bodies = self._of(_UNICODE_NAME)
        # Without letters beyond ASCII no Unicode name is needed, and one that is there renames.
        if (
            raw.isascii()
            or len(bodies) != 1
            or bodies[0][:_NAME_AT] != struct.pack("<BL", 1, zlib.crc32(raw))
        ):
            return None
        try:
            name = bodies[0][_NAME_AT:].decode("utf-8")
        except UnicodeDecodeError:
            return None
        # The checksum alone proves little: whoever renames on purpose computes it, too.
        plain = bytes(byte for byte in raw if byte < 0x80)
        return name if name.encode("ascii", "ignore") == plain else None

    # -- what is wrong ------------------------------------------------------------------------------

    @property
    def fault(self) -> str:
        """What some reader stumbles over, as the end of a sentence about the entry; else empty."""
        fields, whole = self._read
        if not whole:
            return "has a truncated extra field"
        if any(len(body) < _NAME_AT for body in self._of(_UNICODE_NAME)):
            return "has a truncated Unicode name"
        if b"" in self._of(_TIMESTAMP):
            return "has an empty timestamp: bsdtar stops there"
        told = next((kind for kind, _ in fields if kind in MEANINGS), None)
        return "" if told is None else f"has the extra field {MEANINGS[told]}, 0x{told:04x}"
