"""An MP4 or 3GP edited: its index read, and brought to the front, so that it plays before all has arrived."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_INSIDE = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_MOST = 0xFFFFFFFF


def index_first(data: bytes) -> bytes | None:
    """The same file with `moov` before its samples; None where it is there, or cannot be moved safely.

    Every byte but the places in the chunk tables stays as it is.
    """
    top = list(_boxes(data, 0, len(data)))
    kinds = [kind for kind, _, _ in top]
    if kinds.count(b"moov") != 1 or b"mdat" not in kinds or b"moof" in kinds:
        return None
    index = kinds.index(b"moov")
    first = kinds.index(b"mdat")
    if index < first or top[-1][2] != len(data):
        return None
    start, end = top[index][1:]
    place = top[first][1]
    moved = _shifted(bytearray(data[start:end]), place, start, end - start)
    if moved is None:
        return None
    return data[:place] + moved + data[place:start] + data[end:]


def _shifted(index: bytearray, place: int, start: int, by: int) -> bytes | None:
    """The index with every chunk between `place` and `start` further on by its own length."""
    for kind, at, end in _tables(index, 0, len(index), (b"stco", b"co64")):
        wide = 8 if kind == b"co64" else 4
        count = int.from_bytes(index[at + 12 : at + 16], "big")
        if at + 16 + count * wide > end:
            return None
        form = f">{count}{'Q' if wide == 8 else 'L'}"
        chunks = struct.unpack_from(form, index, at + 16)
        moved = [chunk + by if place <= chunk < start else chunk for chunk in chunks]
        if wide == 4 and max(moved, default=0) > _MOST:
            return None
        struct.pack_into(form, index, at + 16, *moved)
    return bytes(index)


def hidden(data: bytes, kind: bytes) -> bytes:
    """The same file with the outer boxes of a kind marked as free space, which readers pass over."""
    made = bytearray(data)
    for name, start, _ in _boxes(data, 0, len(data)):
        if name == kind:
            made[start + 4 : start + 8] = b"free"
    return bytes(made)


def frame_sizes(data: bytes) -> list[int]:
    """Bytes of each frame of a film with one track, made here."""
    sizes: list[int] = []
    for _, at, _ in _tables(data, 0, len(data), (b"stsz",)):
        count = int.from_bytes(data[at + 16 : at + 20], "big")
        sizes += struct.unpack_from(f">{count}L", data, at + 20)
    return sizes


def _tables(
    data: bytes | bytearray, start: int, end: int, wanted: tuple[bytes, ...]
) -> Iterator[tuple[bytes, int, int]]:
    for kind, at, after in _boxes(data, start, end):
        if kind in _INSIDE:
            yield from _tables(data, at + 8, after, wanted)
        elif kind in wanted:
            yield kind, at, after


def _boxes(data: bytes | bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each box; stops at what is not one."""
    at = start
    while at + 8 <= end:
        size, kind = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            size = end - at
        if size < 8 or at + size > end:
            return
        yield kind, at, at + size
        at += size
