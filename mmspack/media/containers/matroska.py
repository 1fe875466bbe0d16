"""Matroska and WebM: whether all that the file promises is there (RFC 8794, RFC 9559)."""

from __future__ import annotations

from mmspack.media.containers.walk import Walk

_HEAD, _SEGMENT = 0x1A45DFA3, 0x18538067


def walk(data: bytes) -> Walk:
    """An error where the one segment, which holds all samples, ends beyond the data.

    What is recorded live does not know its length, and promises nothing.
    """
    at = 0
    while at < len(data):
        kind, at = _number(data, at, keep=True)
        size, at = _number(data, at)
        if kind == _SEGMENT and size is not None and at + size > len(data):
            return Walk(error=f"truncated: the file promises {at + size:,} bytes, {len(data):,} are there")
        if kind != _HEAD or size is None:
            break
        at += size
    return Walk()


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
