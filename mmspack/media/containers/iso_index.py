"""An MP4 or 3GP edited: its index read, and brought to the front, so that it plays before all has arrived."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_INSIDE = (b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl")
_PRIMING = 0.1
"""Seconds: AAC has 0.02 to 0.05 of them, three reordered frames at 30 a second take 0.1."""
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


def plain_edits(data: bytes) -> bool:
    """True where every track is shown from its beginning to its end (ISO/IEC 14496-12, 8.6.6).

    What a decoder needs before the first frame (reordered frames, the priming of AAC) may be left out.
    """
    for kind, start, end in _boxes(data, 0, len(data)):
        if kind != b"moov":
            continue
        scale = next(
            (_scale(data, at) for name, at, _ in _boxes(data, start + 8, end) if name == b"mvhd"), (1, 0)
        )
        for name, at, after in _boxes(data, start + 8, end):
            if name == b"trak" and not _plain_track(data, at + 8, after, scale[0]):
                return False
    return True


def _plain_track(data: bytes, start: int, end: int, movie_scale: int) -> bool:
    found = {kind: at for kind, at, _ in _tables(data, start, end, (b"elst", b"mdhd"))}
    if b"elst" not in found or b"mdhd" not in found:
        return True
    at = found[b"elst"]
    wide = data[at + 8 : at + 9] == b"\1"
    if int.from_bytes(data[at + 12 : at + 16], "big") != 1:
        return False
    shown, first = struct.unpack_from(">Qq" if wide else ">Li", data.ljust(at + 32, b"\0"), at + 16)
    scale, length = _scale(data, found[b"mdhd"])
    left_out = length / scale - first / scale - shown / movie_scale if shown else 0.0
    return 0 <= first <= _PRIMING * scale and left_out <= _PRIMING


def _scale(data: bytes, at: int) -> tuple[int, int]:
    """Units a second, and how many there are, by a `mvhd` or a `mdhd`."""
    form, place = (">LQ", at + 28) if data[at + 8 : at + 9] == b"\1" else (">LL", at + 20)
    if place + struct.calcsize(form) > len(data):
        return 1, 0
    scale, length = struct.unpack_from(form, data, place)
    return max(1, scale), length


def hidden(data: bytes, kind: bytes) -> bytes:
    """The same file with the outer boxes of a kind marked as free space, which readers pass over."""
    made = bytearray(data)
    for name, start, _ in _boxes(data, 0, len(data)):
        if name == kind:
            made[start + 4 : start + 8] = b"free"
    return bytes(made)


def at_level_45(data: bytes) -> bytes:
    """H.263 of level 45: libavformat declares level 10, whatever the bit rate (TS 26.244, 6.8: `d263`)."""
    at = data.find(b"d263", 0, 4096)
    return data if at < 0 else data[: at + 9] + bytes([45]) + data[at + 10 :]


def frame_sizes(data: bytes) -> list[int]:
    """Bytes of each frame of a film with one track, made here."""
    sizes: list[int] = []
    for _, at, _ in _tables(data, 0, len(data), (b"stsz",)):
        count = int.from_bytes(data[at + 16 : at + 20], "big")
        sizes += struct.unpack_from(f">{count}L", data, at + 20)
    return sizes


def film_frame_sizes(data: bytes) -> list[int]:
    """Bytes of each frame of the first film among the tracks; none where they are not told one by one."""
    for kind, start, end in _boxes(data, 0, len(data)):
        for name, at, after in _boxes(data, start + 8, end) if kind == b"moov" else ():
            tables = _tables(data, at + 8, after, (b"hdlr", b"stsz")) if name == b"trak" else ()
            found: dict[bytes, int] = {}
            for table, place, _ in tables:
                found.setdefault(table, place)  # QuickTime has a second handler, that of the data
            if b"stsz" in found and data[found.get(b"hdlr", 0) + 16 :][:4] == b"vide":
                return _told_sizes(data, found[b"stsz"])
    return []


def _told_sizes(data: bytes, at: int) -> list[int]:
    alike, count = struct.unpack_from(">LL", data.ljust(at + 20, b"\0"), at + 12)
    room = max(0, len(data) - at - 20) // 4
    return [] if alike or count > room else list(struct.unpack_from(f">{count}L", data, at + 20))


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
