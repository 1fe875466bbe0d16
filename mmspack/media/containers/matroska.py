"""Matroska and WebM: what the tracks are, and whether all that is promised is there (RFC 8794, RFC 9559)."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import NamedTuple

from mmspack.media.containers.walk import Track, Walk

_HEAD, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_DOC_TYPE = 0x4282
_INFO, _TIME_SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _ENTRY, _KIND, _CODEC, _FRAME_NS = 0x1654AE6B, 0xAE, 0x83, 0x86, 0x23E383
_VIDEO, _WIDTH, _HEIGHT = 0xE0, 0xB0, 0xBA
_AUDIO, _RATE, _CHANNELS = 0xE1, 0xB5, 0x9F
_KINDS = {1: "vide", 2: "soun"}
_CODECS = {
    "V_MPEG4/ISO/AVC": "avc1", "V_MPEGH/ISO/HEVC": "hvc1", "V_VP8": "vp08", "V_VP9": "vp09", "V_AV1": "av01",
    "V_MPEG4/ISO/SP": "mp4v", "V_MPEG4/ISO/ASP": "mp4v", "V_MPEG4/ISO/AP": "mp4v", "A_AAC": "mp4a",
    "A_OPUS": "Opus", "A_VORBIS": "Vorbis", "A_AC3": "ac-3", "A_EAC3": "ec-3", "A_FLAC": "fLaC",
    "A_ALAC": "alac", "A_MPEG/L3": ".mp3",
}  # fmt: skip
"""Codecs by the names that ISO containers have for them."""
_OF_WEBM = {"vp08", "vp09", "av01", "Vorbis", "Opus"}
"""All that a WebM holds, whatever its head says (webmproject.org, container guidelines)."""
_MOST_ELEMENTS = 2_000
"""Elements of one level that are looked at: a film has as many clusters as it has seconds, or fewer."""
_USUAL_SCALE = 1_000_000
_LONGEST_MS = 10**10


class _Element(NamedTuple):
    """An element: what it is, where its content begins and ends; None: its length is not known."""

    kind: int
    body: int
    end: int | None


def walk(data: bytes) -> Walk:
    """Duration, picture size and tracks; an error where the one segment ends beyond the data.

    What is recorded live does not know its length, and promises nothing.
    """
    found = Walk()
    for one in _elements(data, 0, len(data)):
        if one.kind == _SEGMENT:
            if one.end is not None and one.end > len(data):
                found.error = f"truncated: the file promises {one.end:,} bytes, {len(data):,} are there"
            _describe(data, one, found)
        if one.kind != _HEAD:
            break
    return found


def type_of(data: bytes) -> str:
    """WebM is Matroska that says so in its head and holds the codecs of the web alone; sound, or a film."""
    head = next(_elements(data, 0, len(data)), None)
    says_webm = head is not None and _text(data, _children(data, head).get(_DOC_TYPE)) == "webm"
    tracks = walk(data).tracks
    is_webm = says_webm and all(track.codec in _OF_WEBM for track in tracks if track.kind)
    is_sound = any(track.is_sound for track in tracks) and not any(track.is_film for track in tracks)
    return f"{'audio' if is_sound else 'video'}/{'webm' if is_webm else 'x-matroska'}"


def _describe(data: bytes, segment: _Element, found: Walk) -> None:
    """What precedes the samples; of a file that was written in one go also what follows them."""
    scale, length, tracks = _USUAL_SCALE, 0.0, None
    for one in _elements(data, segment.body, min(segment.end or len(data), len(data))):
        if one.kind == _INFO:
            told = _children(data, one)
            scale = _number_in(data, told.get(_TIME_SCALE)) or _USUAL_SCALE
            length = _float_in(data, told.get(_DURATION))
        elif one.kind == _TRACKS and tracks is None:
            tracks = one
        elif one.kind == _CLUSTER and (tracks is not None or one.end is None):
            break
    milliseconds = length * scale / 1e6
    found.duration_ms = round(milliseconds) if 0 < milliseconds < _LONGEST_MS else None
    if tracks is None or tracks.end is None:
        return
    entries = (one for one in _elements(data, tracks.body, min(tracks.end, len(data))) if one.kind == _ENTRY)
    found.tracks = tuple(_track(data, one, milliseconds) for one in entries)
    found.codecs = tuple(track.codec for track in found.tracks if track.codec)
    film = next((track for track in found.tracks if track.is_film and track.width and track.height), None)
    if film is not None:
        found.width, found.height = film.width, film.height
        found.frames = max(1, film.samples)


def _track(data: bytes, entry: _Element, milliseconds: float) -> Track:
    told = _children(data, entry)
    kind = _KINDS.get(_number_in(data, told.get(_KIND)), "")
    codec = _text(data, told.get(_CODEC))
    video, audio = _children(data, told.get(_VIDEO)), _children(data, told.get(_AUDIO))
    frame_ms = _number_in(data, told.get(_FRAME_NS)) / 1e6
    rate = _float_in(data, audio.get(_RATE))
    return Track(
        kind,
        _CODECS.get(codec, _CODECS.get(codec.partition("/")[0], codec)),
        _number_in(data, video.get(_WIDTH)),
        _number_in(data, video.get(_HEIGHT)),
        samples=round(milliseconds / frame_ms) if kind == "vide" and frame_ms >= 1 else 0,
        rate=round(rate) if rate < _LONGEST_MS else 0,
        channels=_number_in(data, audio.get(_CHANNELS)),
    )


def _elements(data: bytes, at: int, end: int) -> Iterator[_Element]:
    """The elements between two places; the last one is that whose length is not known, or is too long."""
    for _ in range(_MOST_ELEMENTS):
        if at >= end:
            return
        kind, at = _number(data, at, keep=True)
        size, at = _number(data, at)
        if kind is None:
            return
        yield _Element(kind, at, None if size is None else at + size)
        if size is None:
            return
        at += size


def _children(data: bytes, outer: _Element | None) -> dict[int, _Element]:
    """The elements in one, by their kind; the first of each."""
    found: dict[int, _Element] = {}
    if outer is not None and outer.end is not None:
        for one in _elements(data, outer.body, min(outer.end, len(data))):
            found.setdefault(one.kind, one)
    return found


def _bytes(data: bytes, one: _Element | None, most: int) -> bytes:
    return data[one.body : min(one.end, one.body + most)] if one is not None and one.end is not None else b""


def _text(data: bytes, one: _Element | None) -> str:
    return "".join(filter(str.isprintable, _bytes(data, one, 64).decode("ascii", "ignore")))


def _number_in(data: bytes, one: _Element | None) -> int:
    return int.from_bytes(_bytes(data, one, 8), "big")


def _float_in(data: bytes, one: _Element | None) -> float:
    """A number of four or eight bytes; 0 where there is none that is one."""
    raw = _bytes(data, one, 8)
    form = {4: ">f", 8: ">d"}.get(len(raw))
    value: float = struct.unpack(form, raw)[0] if form else 0.0
    return value if math.isfinite(value) and value > 0 else 0.0


def _number(data: bytes, at: int, *, keep: bool = False) -> tuple[int | None, int]:
    """A number of one to eight bytes, of which the first tells how many, and the place behind it.

    `keep`: with the bit that tells it, as identifiers are written. None where all others are set: unknown.
    """
    first = data[at] if at < len(data) else 0
    length = 9 - first.bit_length()
    if not first or at + length > len(data):
        return None, len(data)
    number = int.from_bytes(data[at : at + length], "big")
    if keep:
        return number, at + length
    number &= (1 << 7 * length) - 1
    return None if number == (1 << 7 * length) - 1 else number, at + length
