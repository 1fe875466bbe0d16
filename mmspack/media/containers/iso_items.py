"""The pictures in a HEIC: where they are in the file (ISO/IEC 14496-12, 8.11), and whether they are whole.

Decoders of HEVC hide what they cannot read, and half a file becomes half a picture in green.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mmspack.media.containers.iso import BoxReader
from mmspack.media.containers.iso_tracks import number

_MOST = 20_000
"""Items and parts of items that are looked at."""
_SHARED = 2
"""Times that the bytes of a file may be those of its pictures: each has its own."""
_NEVER = (b"\0\0\0", b"\0\0\1", b"\0\0\2")
"""What no unit of HEVC has inside: an encoder puts a 3 between (ITU-T H.265, 7.4.2.1)."""


class _Item(NamedTuple):
    """Where the parts of an item lie: each with its first byte and the one after its last."""

    number: int
    parts: tuple[tuple[int, int], ...]


def fault(data: bytes, name: str) -> str:
    """`truncated HEIC` or `damaged HEIC` where a picture is cut off or broken; empty for all else."""
    reader = BoxReader(data)
    kinds: dict[int, bytes] = {}
    items: list[_Item] = []
    wide = 4
    for box in reader.boxes(0, len(data)):
        if box.kind != b"meta":
            continue
        for inner in reader.boxes(box.body + 4, min(box.end, len(data))):
            body = data[inner.body : inner.end]
            if inner.kind == b"iloc":
                items += _located(body)
            elif inner.kind == b"iinf":
                first = inner.body + (6 if body[:1] == b"\0" else 8)
                for entry in reader.boxes(first, inner.end):
                    kinds |= _kind(data[entry.body : entry.end])
            elif inner.kind == b"iprp":
                wide = _length_bytes(body) or wide
    if any(end > len(data) for item in items for _, end in item.parts):
        return f"truncated {name}"
    left = _SHARED * len(data)
    for item in items:
        if kinds.get(item.number) != b"hvc1":
            continue
        left -= sum(end - start for start, end in item.parts)
        # A file whose items share its bytes over and over would take for ever to look through.
        if left < 0 or not _is_whole(b"".join(data[start:end] for start, end in item.parts), wide):
            return f"damaged {name}"
    return ""


def _kind(entry: bytes) -> dict[int, bytes]:
    """The number and the type of an item, from versions 2 and 3 of its entry."""
    if entry[:1] == b"\2":
        return {number(entry, 4, 2): entry[8:12]}
    return {number(entry, 4): entry[10:14]} if entry[:1] == b"\3" else {}


def _length_bytes(properties: bytes) -> int:
    """Bytes of the length before each unit of HEVC, from the decoder's configuration; 0 for none."""
    at = properties.find(b"hvcC")
    return (properties[at + 4 + 21] & 3) + 1 if 0 <= at < len(properties) - 26 else 0


def _located(body: bytes) -> Iterator[_Item]:
    """The items of an `iloc` box whose bytes are in the file itself."""
    if len(body) < 8 or body[0] > 2:
        return
    version = body[0]
    offset_wide, length_wide = body[4] >> 4, body[4] & 15
    base_wide, index_wide = body[5] >> 4, body[5] & 15 if version else 0
    number_wide = 2 if version < 2 else 4
    count, at = number(body, 6, number_wide), 6 + number_wide
    left = _MOST
    for _ in range(min(count, _MOST)):
        told = number(body, at, number_wide)
        at += number_wide
        method = number(body, at, 2) & 15 if version else 0
        at += 2 if version else 0
        elsewhere = number(body, at, 2)
        base = number(body, at + 2, base_wide)
        extents = number(body, at + 2 + base_wide, 2)
        at += 4 + base_wide
        parts = []
        for _ in range(extents):
            left -= 1
            if left < 0 or at + index_wide + offset_wide + length_wide > len(body):
                return
            start = base + number(body, at + index_wide, offset_wide)
            length = number(body, at + index_wide + offset_wide, length_wide)
            at += index_wide + offset_wide + length_wide
            parts.append((start, start + length))
        if not method and not elsewhere:
            yield _Item(told, tuple(parts))


def _is_whole(coded: bytes, wide: int) -> bool:
    """True for units of HEVC, each after its length, and nothing in them that cannot be."""
    at = 0
    while at < len(coded):
        start = at + wide
        at = start + number(coded, at, wide)
        if at <= start or at > len(coded) or coded[start] & 0x80:
            return False
        if any(coded.find(never, start, at) >= 0 for never in _NEVER):
            return False
    return True
