"""Ogg, page by page (RFC 3533)."""

from __future__ import annotations

from mmspack.media.containers.walk import Walk

_PAGE = b"OggS"
_HEADER = 27
_NO_PACKET_ENDS = (1 << 64) - 1
_OPUS_RATE = 48_000
"""Opus counts in samples of 48 kHz whatever was recorded (RFC 7845, 4)."""

_TRUNCATED = "truncated Ogg: the last page is incomplete"


def walk(data: bytes) -> Walk:
    """Duration, channels, and whether the last page is whole."""
    found, at, rate, samples = Walk(), 0, 0, 0
    while data[at : at + 4] == _PAGE:
        count = data[at + 26] if at + _HEADER <= len(data) else 0
        body = at + _HEADER + count
        end = body + sum(data[at + _HEADER : body])
        if end > len(data) or body > len(data):
            found.error = _TRUNCATED
            break
        if not at:
            found.channels, rate = _identity(data[body:end])
        granule = int.from_bytes(data[at + 6 : at + 14], "little")
        samples = samples if granule == _NO_PACKET_ENDS else granule
        at = end
    if rate:
        found.duration_ms = samples * 1000 // rate
    if not found.error and at < len(data) and data[at : at + 4] in (b"O", b"Og", b"Ogg"):
        found.error = _TRUNCATED
    if at and data.find(_PAGE, at + len(_PAGE)) > 0:
        found.error = f"damaged Ogg: the page at byte {at:,} is broken, and others follow it"
    return found


def _identity(body: bytes) -> tuple[int | None, int]:
    """Channels and samples a second, of Vorbis or Opus."""
    if body[:7] == b"\x01vorbis":
        return body[11] if len(body) > 11 else None, int.from_bytes(body[12:16], "little")
    if body[:8] == b"OpusHead":
        return body[9] if len(body) > 9 else None, _OPUS_RATE
    return None, 0
