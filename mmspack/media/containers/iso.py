"""MP4, 3GP and QuickTime, box by box (ISO/IEC 14496-12)."""

from __future__ import annotations

from collections.abc import Iterator

from mmspack.media.containers.walk import Walk

MAX_BOXES = 20_000
"""Boxes that are looked at; hostile files hold millions of empty ones."""


def walk(data: bytes) -> Walk:
    """Duration, picture size and codecs of an MP4 or 3GP."""
    found = Walk()
    codecs = []
    complete = False
    for kind, body in _boxes(data):
        if kind == b"mvhd":
            complete = True
            found.duration_ms = _movie_ms(body)
        elif kind == b"tkhd" and len(body) >= 84:
            width, height = (int.from_bytes(body[at : at + 4], "big") >> 16 for at in _tkhd_size(body))
            if width and height:
                found.width, found.height = width, height
        elif kind == b"stsd" and len(body) >= 16:
            codecs.append(body[12:16].decode("latin-1").strip())
    found.codecs = tuple(codecs)
    if not complete:
        found.error = "truncated or empty film: no movie header"
    return found


def _tkhd_size(body: bytes) -> tuple[int, int]:
    base = 88 if body[0] == 1 else 76
    return base, base + 4


def _movie_ms(body: bytes) -> int | None:
    if body[:1] == b"\1":
        scale, length = body[20:24], body[24:32]
    else:
        scale, length = body[12:16], body[16:20]
    ticks = int.from_bytes(scale, "big")
    return int.from_bytes(length, "big") * 1000 // ticks if ticks else None


_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Leaf boxes that matter, in file order; containers are entered, never recursed into twice."""
    at = 0
    for _ in range(MAX_BOXES):
        if at + 8 > len(data):
            return
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if kind in _CONTAINERS:
            at += head
            continue
        end = len(data) if size == 0 else at + max(size, head)
        if kind in (b"mvhd", b"tkhd", b"stsd"):
            yield kind, data[at + head : min(end, at + 4096)]
        at = end
