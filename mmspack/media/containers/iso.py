"""MP4, 3GP and QuickTime, box by box (ISO/IEC 14496-12): what the tracks are, and whether the file is whole.

A box says how long it is, and a file that was cut off, or made to mislead, says more than it holds. So no box
may be longer than the box around it, and every chunk of samples must be inside the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mmspack.media.containers import iso_tracks
from mmspack.media.containers.walk import Track, Walk

MAX_BOXES = 20_000
"""Boxes that are looked at; hostile files hold millions of empty ones."""
_MAX_BRANDS = 32
_TOP = {
    *(b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"meta", b"uuid", b"free", b"skip", b"wide"),
    *(b"udta", b"pdin", b"sidx", b"ssix", b"prft", b"emsg", b"pnot"),
}
"""Boxes outside all others. What does not begin as one of them is not a box, but bytes after the last one."""
_VISUAL_ENTRY, _SOUND_ENTRY, _ENTRY = 86, 36, 16
"""Bytes of a visual sample entry and of a sound's before the boxes in them, and the fewest that any has."""
_SOUNDS = {"samr", "sawb", "sawp", "mp4a", "ac-3", "ec-3", "Opus", "fLaC", "alac", "sevc", "sqcp", ".mp3"}
_FILMS = {
    *("s263", "h263", "H263", "mp4v", "avc1", "avc3", "hvc1", "hev1", "dvh1", "dvhe"),
    *("vp08", "vp09", "av01", "jpeg"),
}
_HIGH_10 = 110
_QUICKTIME_MORE = {1: 16}
"""Bytes that a sound's sample entry of another version has besides (QuickTime File Format, sound media)."""


class IsoBox(NamedTuple):
    """A box: its name, and where its content begins and ends, by its own account."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(slots=True)
class BoxReader:
    """The data with the number of boxes that may still be looked at, and the first thing that was wrong."""

    data: bytes = field(repr=False)
    left: int = MAX_BOXES
    error: str = ""

    def note(self, words: str) -> None:
        """Keep the first thing that was wrong."""
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
        """The content of a box, at most so much of it."""
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
    reader, found, tracks = BoxReader(data), Walk(), []
    movie, samples_seen = None, False
    for box in reader.boxes(0, len(data)):
        if box.end > len(data) and box.kind in _TOP:
            there = len(data) - box.start
            reader.note(
                f"truncated: {_name(box.kind)} promises {box.end - box.start:,} bytes, {there:,} are there"
            )
        if box.kind == b"moov" and movie is None:
            movie = box
            found.index_last = samples_seen
        samples_seen = samples_seen or box.kind == b"mdat"
    for box in reader.inside(movie) if movie else ():
        if box.kind == b"mvhd":
            found.duration_ms = iso_tracks.length_ms(reader.bytes_of(box)) or None
        elif box.kind == b"trak":
            tracks.append(_track(reader, box))
    if movie is None:
        reader.error = reader.error or "truncated or empty video: no movie header"
    film = next((track for track in tracks if track.is_film and track.width), None)
    if film is not None:
        found.width, found.height = film.width, film.height
        found.frames = max(1, film.samples)
    found.tracks = tuple(tracks)
    found.codecs = tuple(track.codec for track in tracks if track.codec)
    found.error = reader.error
    return found


def sequence_in(tracks: Sequence[Track]) -> Track | None:
    """The track of a picture that moves (ISO/IEC 23008-12, 7); None for a still."""
    return next((track for track in tracks if track.kind == "pict" and track.samples > 1), None)


def _track(reader: BoxReader, trak: IsoBox) -> Track:
    header = reader.bytes_of(reader.child(trak, b"tkhd"))
    handler = reader.bytes_of(reader.child(trak, b"mdia", b"hdlr"))[8:12].decode("latin-1")
    table = reader.child(trak, b"mdia", b"minf", b"stbl")
    entry, samples = _Entry(), (0, 0)
    for box in reader.inside(table) if table else ():
        if box.kind == b"stsd":
            entry = _sample_entry(reader, box)
        elif box.kind in (b"stco", b"co64"):
            _prove_chunks(reader, box)
        elif box.kind in (b"stsz", b"stz2"):
            samples = _samples(reader, box)
    base = 88 if header[:1] == b"\1" else 76
    width, height = (int.from_bytes(header[at : at + 4], "big") >> 16 for at in (base, base + 4))
    is_shown = entry.codec in _FILMS or (width and height)
    kind = handler or ("soun" if entry.codec in _SOUNDS else "vide" if is_shown else "")
    return Track(
        kind,
        entry.codec,
        width,
        height,
        entry.bits,
        rotation=iso_tracks.rotation(header),
        duration_ms=iso_tracks.length_ms(reader.bytes_of(reader.child(trak, b"mdia", b"mdhd"))),
        samples=samples[0],
        sample_bytes=samples[1],
        profile=entry.profile,
        level=entry.level,
        rate=entry.rate,
        channels=entry.channels,
    )


class _Entry(NamedTuple):
    """What the first entry of a sample description says."""

    codec: str = ""
    bits: int = 8
    profile: int = 0
    level: int = 0
    channels: int = 0
    rate: int = 0


def _sample_entry(reader: BoxReader, box: IsoBox) -> _Entry:
    start = box.body + 8
    size, kind = int.from_bytes(reader.data[start : start + 4], "big"), reader.data[start + 4 : start + 8]
    codec = kind.decode("latin-1").strip()
    if start + size > box.end or size < _ENTRY:
        if box.end <= len(reader.data):
            reader.note("broken: the sample description is longer than its box")
        return _Entry(codec)
    if codec in _FILMS and size > _VISUAL_ENTRY:
        return _film_entry(reader, codec, IsoBox(kind, start, start + _VISUAL_ENTRY, start + size))
    if codec in _SOUNDS and size >= _SOUND_ENTRY:
        channels, rate = iso_tracks.sound_format(reader.data[start + 8 : start + _SOUND_ENTRY])
        version = iso_tracks.number(reader.data[start + 16 : start + 18], 0, 2)
        own = IsoBox(kind, start, start + _SOUND_ENTRY + _QUICKTIME_MORE.get(version, 0), start + size)
        # QuickTime's newer entries may wrap what is wanted in other boxes: it is not looked for there.
        described = reader.child(own, b"esds") if codec == "mp4a" and version < 2 else None
        profile = iso_tracks.sound_object(reader.bytes_of(described)) if described else 0
        return _Entry(codec, profile=profile, channels=channels, rate=rate)
    return _Entry(codec)


def _film_entry(reader: BoxReader, codec: str, entry: IsoBox) -> _Entry:
    bits, profile, level = 8, 0, 0
    for inner in reader.inside(entry):
        depth = _DEPTHS.get(inner.kind)
        bits = depth(reader.bytes_of(inner)) if depth else bits
        if inner.kind == b"avcC":
            profile, level = iso_tracks.avc_profile(reader.bytes_of(inner))
    return _Entry(codec, bits, profile, level)


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
    # VP9 has 8, 10 or 12 (its binding to ISO files, 2.2): other numbers are damage, and no depth.
    bits = body[6] >> 4 if len(body) > 6 else 8
    return bits if bits in (8, 10, 12) else 8


def _av1_bits(body: bytes) -> int:
    high, twelve = (body[2] & 0x40, body[2] & 0x20) if len(body) > 2 else (0, 0)
    return 12 if high and twelve else 10 if high else 8


_DEPTHS = {b"avcC": avc_bits, b"hvcC": _hevc_bits, b"vpcC": _vp_bits, b"av1C": _av1_bits}


def _prove_chunks(reader: BoxReader, box: IsoBox) -> None:
    """Every chunk must begin inside the file."""
    wide = 8 if box.kind == b"co64" else 4
    offsets = _table(reader, box, box.body + 4, wide)
    if offsets and max(offsets) >= len(reader.data):
        reader.note(f"truncated: a chunk of samples lies at byte {max(offsets):,} of {len(reader.data):,}")


def _samples(reader: BoxReader, box: IsoBox) -> tuple[int, int]:
    """How many samples there are, and their bytes, which cannot be more than the file's."""
    count = int.from_bytes(reader.data[box.body + 8 : box.body + 12], "big")
    if box.kind == b"stz2":
        return count, 0
    size = int.from_bytes(reader.data[box.body + 4 : box.body + 8], "big")
    total = size * count if size else sum(_table(reader, box, box.body + 8, 4))
    if total > len(reader.data):
        reader.note(f"truncated: the samples take {total:,} bytes, the file has {len(reader.data):,}")
    return count, total


def _table(reader: BoxReader, box: IsoBox, at: int, wide: int) -> tuple[int, ...]:
    """The numbers of `wide` bytes after their count, as many as the box has room for."""
    count = int.from_bytes(reader.data[at : at + 4], "big")
    room = (min(box.end, len(reader.data)) - at - 4) // wide
    if count > room and box.end <= len(reader.data):
        reader.note(f"broken: {_name(box.kind)} counts {count:,} entries and has room for {max(0, room):,}")
    return struct.unpack_from(f">{max(0, min(count, room))}{'Q' if wide == 8 else 'L'}", reader.data, at + 4)


def _name(kind: bytes) -> str:
    return repr(kind.decode("latin-1"))
