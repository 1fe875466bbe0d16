"""MP4, 3GP and QuickTime, box by box (ISO/IEC 14496-12): what the tracks are, and whether the file is whole.

A box says how long it is, and a file that was cut off, or made to mislead, says more than it holds. So no box
may be longer than the one that it lies in, and every chunk of samples must lie in the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from mmspack.media.containers.walk import Track, Walk

MAX_BOXES = 20_000
"""Boxes that are looked at; hostile files hold millions of empty ones."""
_MAX_BRANDS = 32
_TOP = {
    *(b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"meta", b"uuid", b"free", b"skip", b"wide"),
    *(b"udta", b"pdin", b"sidx", b"ssix", b"prft", b"emsg", b"pnot"),
}
"""Boxes outside all others. What does not begin as one of them is no box, but bytes after the last one."""
_VISUAL_ENTRY, _ENTRY = 86, 16
"""Bytes of a visual sample entry before the boxes in it, and the fewest that any entry has."""
_SOUNDS = {"samr", "sawb", "sawp", "mp4a", "ac-3", "ec-3", "Opus", "fLaC", "alac", "sevc", "sqcp", ".mp3"}
_FILMS = {
    *("s263", "h263", "H263", "mp4v", "avc1", "avc3", "hvc1", "hev1", "dvh1", "dvhe"),
    *("vp08", "vp09", "av01", "jpeg"),
}
_HIGH_10 = 110


class IsoBox(NamedTuple):
    """A box: its name, and where its content begins and ends, by its own account."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(slots=True)
class _BoxReader:
    """The data with the number of boxes that may still be looked at, and the first thing that was wrong."""

    data: bytes = field(repr=False)
    left: int = MAX_BOXES
    error: str = ""

    def note(self, words: str) -> None:
        self.error = self.error or words

    def boxes(self, start: int, end: int) -> Iterator[IsoBox]:
        """The boxes between two places. One that is longer than its room is noted, and is the last."""
        data, at = self.data, start
        while at + 8 <= end and self.left:
            self.left -= 1
            size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
            if size == 1:
                size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
            elif size == 0:  # up to the end of the file
                size = end - at
            if size < head:
                self.note(f"broken: {_name(kind)} says that it has {size} bytes")
                return
            yield IsoBox(kind, at, at + head, at + size)
            if at + size > end:
                return
            at += size

    def inside(self, box: IsoBox) -> Iterator[IsoBox]:
        """The boxes in a box, none of which is longer than it."""
        end = min(box.end, len(self.data))
        for inner in self.boxes(box.body, end):
            if inner.end > box.end:
                self.note(f"broken: {_name(inner.kind)} is longer than {_name(box.kind)}, in which it lies")
                return
            if inner.end > end:
                return  # cut off, as has been noted of the box outside
            yield inner

    def child(self, box: IsoBox, *path: bytes) -> IsoBox | None:
        """The first box below `box` by the names of the ones on the way."""
        found: IsoBox | None = box
        for kind in path:
            found = next((one for one in self.inside(found) if one.kind == kind), None) if found else None
        return found

    def bytes_of(self, box: IsoBox | None, most: int = 4096) -> bytes:
        return self.data[box.body : min(box.end, box.body + most)] if box else b""


def brands(data: bytes) -> tuple[bytes, ...]:
    """The major brand of a container, then the ones that it says it is compatible with."""
    end = min(int.from_bytes(data[:4], "big"), 16 + 4 * _MAX_BRANDS, len(data))
    return (data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4)))


def type_of(data: bytes, *, sound: str = "", film: str = "") -> str:
    """`sound` where sound is all that the tracks hold, `film` where one of them is a film; else empty.

    The brand says which program wrote a file; recorders of speech and of films write the same one.
    """
    tracks = walk(data).tracks
    if any(track.is_film for track in tracks):
        return film
    return sound if any(track.is_sound for track in tracks) else ""


def walk(data: bytes) -> Walk:
    """Duration, picture size and tracks, and whether all that is promised is there."""
    reader, found, tracks = _BoxReader(data), Walk(), []
    movie = None
    for box in reader.boxes(0, len(data)):
        if box.end > len(data) and box.kind in _TOP:
            there = len(data) - box.start
            reader.note(
                f"truncated: {_name(box.kind)} promises {box.end - box.start:,} bytes, {there:,} are there"
            )
        if box.kind == b"moov" and movie is None:
            movie = box
    for box in reader.inside(movie) if movie else ():
        if box.kind == b"mvhd":
            found.duration_ms = _movie_ms(reader.bytes_of(box))
        elif box.kind == b"trak":
            tracks.append(_track(reader, box))
    if movie is None:
        reader.error = reader.error or "truncated or empty video: no movie header"
    film = next((track for track in tracks if track.is_film and track.width), None)
    if film is not None:
        found.width, found.height = film.width, film.height
    found.tracks = tuple(tracks)
    found.codecs = tuple(track.codec for track in tracks if track.codec)
    found.error = reader.error
    return found


def _track(reader: _BoxReader, trak: IsoBox) -> Track:
    header = reader.bytes_of(reader.child(trak, b"tkhd"))
    handler = reader.bytes_of(reader.child(trak, b"mdia", b"hdlr"))[8:12].decode("latin-1")
    table = reader.child(trak, b"mdia", b"minf", b"stbl")
    codec, bits = "", 8
    for box in reader.inside(table) if table else ():
        if box.kind == b"stsd":
            codec, bits = _sample_entry(reader, box)
        elif box.kind in (b"stco", b"co64"):
            _prove_chunks(reader, box)
        elif box.kind in (b"stsz", b"stz2"):
            _prove_samples(reader, box)
    base = 88 if header[:1] == b"\1" else 76
    width, height = (int.from_bytes(header[at : at + 4], "big") >> 16 for at in (base, base + 4))
    is_shown = codec in _FILMS or (width and height)
    kind = handler or ("soun" if codec in _SOUNDS else "vide" if is_shown else "")
    return Track(kind, codec, width, height, bits)


def _sample_entry(reader: _BoxReader, box: IsoBox) -> tuple[str, int]:
    """Codec and bits a channel by the first entry of a sample description."""
    start = box.body + 8
    size, kind = int.from_bytes(reader.data[start : start + 4], "big"), reader.data[start + 4 : start + 8]
    if start + size > box.end or size < _ENTRY:
        if box.end <= len(reader.data):
            reader.note("broken: the sample description is longer than its box")
        return kind.decode("latin-1").strip(), 8
    entry = IsoBox(kind, start, start + _VISUAL_ENTRY, start + size)
    codec, bits = kind.decode("latin-1").strip(), 8
    if codec in _FILMS and size > _VISUAL_ENTRY:
        for inner in reader.inside(entry):
            depth = _DEPTHS.get(inner.kind)
            bits = depth(reader.bytes_of(inner)) if depth else bits
    return codec, bits


def avc_bits(body: bytes) -> int:
    """By the extension that follows the parameter sets (ISO/IEC 14496-15, 5.3.3), else by the profile."""
    at = 5
    for mask in (31, 255):
        count, at = (body[at] & mask if at < len(body) else 0), at + 1
        for _ in range(count):
            at += 2 + int.from_bytes(body[at : at + 2], "big")
    if at + 1 < len(body):
        return 8 + (body[at + 1] & 7)
    return 10 if body[1:2] == bytes([_HIGH_10]) else 8


def _hevc_bits(body: bytes) -> int:
    return 8 + (body[17] & 7) if len(body) > 17 else 8


def _vp_bits(body: bytes) -> int:
    return body[6] >> 4 if len(body) > 6 else 8


def _av1_bits(body: bytes) -> int:
    high, twelve = (body[2] & 0x40, body[2] & 0x20) if len(body) > 2 else (0, 0)
    return 12 if high and twelve else 10 if high else 8


_DEPTHS = {b"avcC": avc_bits, b"hvcC": _hevc_bits, b"vpcC": _vp_bits, b"av1C": _av1_bits}


def _prove_chunks(reader: _BoxReader, box: IsoBox) -> None:
    """Every chunk must begin inside the file."""
    wide = 8 if box.kind == b"co64" else 4
    offsets = _table(reader, box, box.body + 4, wide)
    if offsets and max(offsets) >= len(reader.data):
        reader.note(f"truncated: a chunk of samples lies at byte {max(offsets):,} of {len(reader.data):,}")


def _prove_samples(reader: _BoxReader, box: IsoBox) -> None:
    """All samples together cannot be longer than the file."""
    if box.kind == b"stz2":
        return
    size = int.from_bytes(reader.data[box.body + 4 : box.body + 8], "big")
    count = int.from_bytes(reader.data[box.body + 8 : box.body + 12], "big")
    total = size * count if size else sum(_table(reader, box, box.body + 8, 4))
    if total > len(reader.data):
        reader.note(f"truncated: the samples take {total:,} bytes, the file has {len(reader.data):,}")


def _table(reader: _BoxReader, box: IsoBox, at: int, wide: int) -> tuple[int, ...]:
    """The numbers of `wide` bytes after their count, as many as the box has room for."""
    count = int.from_bytes(reader.data[at : at + 4], "big")
    room = (min(box.end, len(reader.data)) - at - 4) // wide
    if count > room and box.end <= len(reader.data):
        reader.note(f"broken: {_name(box.kind)} counts {count:,} entries and has room for {max(0, room):,}")
    return struct.unpack_from(f">{max(0, min(count, room))}{'Q' if wide == 8 else 'L'}", reader.data, at + 4)


def _movie_ms(body: bytes) -> int | None:
    if body[:1] == b"\1":
        scale, length = body[20:24], body[24:32]
    else:
        scale, length = body[12:16], body[16:20]
    ticks = int.from_bytes(scale, "big")
    return int.from_bytes(length, "big") * 1000 // ticks if ticks else None


def _name(kind: bytes) -> str:
    return repr(kind.decode("latin-1"))
