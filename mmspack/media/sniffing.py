"""What a medium is, told by its bytes and never by its name.

>>> sniff(b"Hello"), sniff(b"GIF89a")
('text/plain', 'image/gif')
"""

from __future__ import annotations

import re

from mmspack.media.containers import iso
from mmspack.media.format import Format
from mmspack.media.formats import FORMATS, format_of

_SNIFFED_BYTES = 4096
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_XML_PROLOGUE = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")

_SIGNED = tuple(row for row in FORMATS if row.signature)
_SIGNATURES = re.compile(b"|".join(b"(%s)" % row.signature for row in _SIGNED), re.DOTALL)
_BRANDS = tuple((brand, row) for row in FORMATS for brand in row.brands)
_PICTURE_BRANDS = (b"mif1", b"msf1", b"miaf")
"""Brands of pictures in any codec (ISO/IEC 23008-12, 10.2)."""
_SHAPED = tuple((row.shape, row) for row in FORMATS if row.shape is not None)
_OPENINGS = tuple((re.compile(row.opening, re.IGNORECASE), row) for row in FORMATS if row.opening)
_BY_ROOT = {row.root: row for row in FORMATS if row.root}


def sniff(data: bytes) -> str | None:
    """The MIME type in lower case that the bytes show, or None. Never raises."""
    row = recognise(data)
    return row.key if row else None


def recognise(data: bytes) -> Format | None:
    """The format that the bytes show, or None. Never raises."""
    row = _by_first_bytes(data)
    other = row.refine(data) if row is not None and row.refine is not None else ""
    return format_of(other) if other else row


def _by_first_bytes(data: bytes) -> Format | None:
    signed = _SIGNATURES.match(data)
    if signed is not None and signed.lastindex is not None:
        return _SIGNED[signed.lastindex - 1]
    if data[4:8] == b"ftyp":
        return _branded(data)
    shaped = next((row for is_shaped, row in _SHAPED if is_shaped(data)), None)
    return shaped or _textual(data)


def _branded(data: bytes) -> Format | None:
    """By the major brand of an ISO container; of a picture's that fits any codec, by the compatible ones."""
    told = iso.brands(data)
    is_picture = told[0] in _PICTURE_BRANDS
    for one in told if is_picture else told[:1]:
        for brand, row in _BRANDS:
            if one.startswith(brand) and (brand or not is_picture):
                return row
    return format_of("image/heic")


def _textual(data: bytes) -> Format | None:
    text = _as_text(data[:_SNIFFED_BYTES])
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")
    opened = next((row for opening, row in _OPENINGS if opening.match(start)), None)
    if opened is not None:
        return opened
    prologue = _XML_PROLOGUE.match(start)
    root = _ROOT.match(start, prologue.end() if prologue else 0)
    known = _BY_ROOT.get(root[2].lower()) if root else None
    if known is not None:
        return known
    return format_of("application/xml" if root and start.startswith("<?xml") else "text/plain")


def _as_text(head: bytes) -> str | None:
    if not head:
        return None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if _CONTROLS.search(head):
        return None
    return head.decode("utf-8", "replace")
