"""The zip of one shape of message, of which only what differs is written again.

A skeleton is cut out of what `pack` wrote for one message of the shape: its bytes for another message are
those that `pack` would write, and nothing is known here about how `pack` writes them, but that it stores.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from mmspack.bundle.zip_records import CENTRAL, END, END_SIGNATURE, LOCAL

_SIZES = struct.Struct("<3L")
_OFFSET = struct.Struct("<L")


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Entries that stay as they are, one after the other."""

    length: int
    offsets: tuple[tuple[int, int], ...]
    """Of each entry: the piece of the directory that holds its offset, and where it begins in the block."""


@dataclass(frozen=True, slots=True)
class _Open:
    """An entry whose bytes are still to come, by the pieces that wait for them."""

    index: int
    """Of its bytes among the contents."""
    header: int
    """Bytes of its local header."""
    piece: int
    """That of checksum and sizes; its bytes are the one after the next."""
    listed: int
    """The piece of the directory with checksum and sizes; its offset is the one after the next."""


class Skeleton:
    """Fills in the entries that differ: about 15 µs for a zip of 300 kB, most of it the copying."""

    def __init__(self, data: bytes, names: Sequence[str]) -> None:
        """`data` is a zip that `pack` wrote; `names` are the entries to be filled in, in the zip's order."""
        entries = _entries(data)
        self._blocks: list[_Fixed | _Open] = []
        # The zip from its first byte to its last; the pieces that differ are empty here.
        self._pieces: list[bytes] = []
        self._directory: list[bytes] = []
        run: list[tuple[int, int]] = []
        start = end = 0
        for name, offset, stop, line in entries:
            listed = len(self._directory) + 1
            if name not in names:
                self._directory += (line[:42], b"", line[46:])
                run.append((listed, offset - start))
                end = stop
                continue
            self._close(data[start:end], run)
            run, start, end = [], stop, stop
            body = offset + LOCAL.size + len(name.encode())
            self._blocks.append(_Open(names.index(name), body - offset, len(self._pieces) + 1, listed))
            self._pieces += (data[offset : offset + 14], b"", data[offset + 26 : body], b"")
            self._directory += (line[:16], b"", line[28:42], b"", line[46:])
        self._close(data[start:end], run)
        self._listed_bytes = sum(len(line) for *_, line in entries)
        self._count = len(entries)

    def _close(self, data: bytes, run: list[tuple[int, int]]) -> None:
        if run:
            self._pieces.append(data)
            self._blocks.append(_Fixed(len(data), tuple(run)))

    def fill(self, contents: Sequence[bytes]) -> bytes:
        """The zip with `contents` in the place of the open entries."""
        pieces, directory = self._pieces.copy(), self._directory.copy()
        at = 0
        for block in self._blocks:
            if isinstance(block, _Fixed):
                for listed, offset in block.offsets:
                    directory[listed] = _OFFSET.pack(at + offset)
                at += block.length
                continue
            body = contents[block.index]
            size = len(body)
            sizes = _SIZES.pack(zlib.crc32(body), size, size)
            pieces[block.piece], pieces[block.piece + 2] = sizes, body
            directory[block.listed], directory[block.listed + 2] = sizes, _OFFSET.pack(at)
            at += block.header + size
        end = END.pack(END_SIGNATURE, 0, 0, self._count, self._count, self._listed_bytes, at, 0)
        return b"".join((*pieces, *directory, end))


def _entries(data: bytes) -> list[tuple[str, int, int, bytes]]:
    """Name, offset, end and directory line of each entry, in the order in which they lie."""
    end = END.unpack_from(data, len(data) - END.size)
    count, at = end[4], end[6]
    found = []
    for _ in range(count):
        record = CENTRAL.unpack_from(data, at)
        stop = at + CENTRAL.size + sum(record[10:13])
        name = data[at + CENTRAL.size : at + CENTRAL.size + record[10]].decode()
        found.append((name, record[16], data[at:stop]))
        at = stop
    stops = [offset for _, offset, _ in found[1:]] + [end[6]]
    return [(name, offset, stop, line) for (name, offset, line), stop in zip(found, stops, strict=True)]
