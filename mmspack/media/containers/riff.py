"""RIFF: a form with chunks in it (WAV, WebP, AVI)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mmspack.media.containers.walk import Walk

_UNKNOWN_FROM = 0x7FFFF000
"""Programs that write into a pipe do not know the length: ffmpeg says 4 GB, SoX and espeak-ng 2 GB, or a
little less, with or without the header. No clip is so large."""


class RiffChunk(NamedTuple):
    """A chunk by its own account."""

    kind: bytes
    body: int
    end: int


def chunks(data: bytes) -> Iterator[RiffChunk]:
    """The chunks of the form; the last one may end beyond the data."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield RiffChunk(data[at : at + 4], at + 8, at + 8 + size)
        at += 8 + size + (size & 1)


def fault(data: bytes) -> str:
    """What is missing of a form, as a phrase; empty where all that it promises is there."""
    size = int.from_bytes(data[4:8], "little")
    if _is_known(size) and size + 8 > len(data):
        return f"truncated: the file promises {size + 8:,} bytes, {len(data):,} are there"
    for chunk in chunks(data):
        if chunk.end > len(data) and _is_known(chunk.end - chunk.body) and chunk.kind == b"data":
            there = len(data) - chunk.body
            return f"truncated: the sound promises {chunk.end - chunk.body:,} bytes, {there:,} are there"
    return ""


def _is_known(size: int) -> bool:
    return 0 < size < _UNKNOWN_FROM


def walk_avi(data: bytes) -> Walk:
    """Whether all of an AVI is there, and what its main header says (`avih`); the rest is for a demuxer."""
    found = Walk(error=fault(data))
    first = next(chunks(data), None)
    # The list of headers comes first, and the main one first in it.
    if first is None or first.kind != b"LIST" or data[first.body : first.body + 8] != b"hdrlavih":
        return found
    body = data[first.body + 12 : first.body + 52]
    if len(body) == 40:
        microseconds, frames, width, height = (
            int.from_bytes(body[at : at + 4], "little") for at in (0, 16, 32, 36)
        )
        found.frames = max(1, frames)
        found.duration_ms = microseconds * frames // 1000 or None
        if width and height:
            found.width, found.height = width, height
    return found


def walk_wav(data: bytes) -> Walk:
    """Channels and duration of a WAV, by the bytes that it plays a second."""
    found, rate = Walk(error=fault(data)), 0
    for chunk in chunks(data):
        if chunk.kind == b"fmt ":
            found.channels = int.from_bytes(data[chunk.body + 2 : chunk.body + 4], "little")
            rate = int.from_bytes(data[chunk.body + 8 : chunk.body + 12], "little")
        elif chunk.kind == b"data" and rate:
            found.duration_ms = (min(chunk.end, len(data)) - chunk.body) * 1000 // rate
            return found
    found.error = found.error or "broken WAV: no sound in it"
    return found
