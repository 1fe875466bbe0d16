"""What a medium is, determined by its first bytes and never by its name."""

from __future__ import annotations

import re

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/vnd.wap.wbmp": "WBMP",
    "image/bmp": "BMP",
    "image/webp": "WebP",
    "image/tiff": "TIFF",
    "image/heic": "HEIC",
    "image/avif": "AVIF",
    "image/svg+xml": "SVG",
    "audio/amr": "AMR",
    "audio/amr-wb": "AMR-WB",
    "audio/midi": "MIDI",
    "audio/mpeg": "MP3",
    "audio/aac": "AAC",
    "audio/mp4": "M4A",
    "audio/wav": "WAV",
    "audio/ogg": "Ogg",
    "video/3gpp": "3GP",
    "video/3gpp2": "3G2",
    "video/mp4": "MP4",
    "video/quicktime": "QuickTime",
    "video/webm": "WebM",
    "video/x-msvideo": "AVI",
    "text/x-vcard": "vCard",
    "text/x-vcalendar": "vCalendar",
    "text/calendar": "iCalendar",
    "text/plain": "text",
    "text/html": "HTML",
    "application/smil": "SMIL",
    "application/xml": "XML",
    "application/pdf": "PDF",
    "application/zip": "ZIP",
    "application/x-msdownload": "Windows program",
    "application/x-elf": "Linux program",
}
"""Short names for a person, by MIME type in lower case."""

TYPES_BY_SUFFIX = {
    ".smil": "application/smil",
    ".sml": "application/smil",
    ".smi": "application/smil",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpe": "image/jpeg",
    ".gif": "image/gif",
    ".png": "image/png",
    ".wbmp": "image/vnd.wap.wbmp",
    ".bmp": "image/bmp",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".amr": "audio/amr",
    ".awb": "audio/amr-wb",
    ".mid": "audio/midi",
    ".midi": "audio/midi",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".wav": "audio/wav",
    ".3gp": "video/3gpp",
    ".3gpp": "video/3gpp",
    ".3g2": "video/3gpp2",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".txt": "text/plain",
    ".vcf": "text/x-vcard",
    ".vcs": "text/x-vcalendar",
    ".ics": "text/calendar",
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".htm": "text/html",
}
"""MIME types in lower case by the end of a name."""

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"#!AMR-WB", "audio/amr-wb"),
    (b"#!AMR", "audio/amr"),
    (b"MThd", "audio/midi"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x7fELF", "application/x-elf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = (
    (b"3g2", "video/3gpp2"),
    (b"3gp", "video/3gpp"),
    (b"3gr", "video/3gpp"),
    (b"3ge", "video/3gpp"),
    (b"M4A", "audio/mp4"),
    (b"M4B", "audio/mp4"),
    (b"qt  ", "video/quicktime"),
    (b"hei", "image/heic"),
    (b"hev", "image/heic"),
    (b"mif1", "image/heic"),
    (b"msf1", "image/heic"),
    (b"avi", "image/avif"),
)
_XML_PROLOGUE = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SNIFFED_BYTES = 4096


def sniff(data: bytes) -> str | None:
    """The MIME type in lower case that the bytes show, or None. Never raises."""
    for magic, type_ in _MAGIC:
        if data.startswith(magic):
            return type_
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _iso_type(data[8:12])
    if data[:2] == b"MZ" and b"PE\0\0" in data[:_SNIFFED_BYTES]:
        return "application/x-msdownload"
    if _is_adts(data):
        return "audio/aac" if data[1] & 0x06 == 0 else "audio/mpeg"
    if _is_wbmp(data):
        return "image/vnd.wap.wbmp"
    return _textual_type(data)


def _iso_type(brand: bytes) -> str:
    return next((type_ for start, type_ in _BRANDS if brand.startswith(start)), "video/mp4")


def _is_adts(data: bytes) -> bool:
    """An MPEG audio frame: eleven bits set, then a layer and rates that are not reserved."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    if data[1] & 0xF6 == 0xF0:
        return True
    # Layer I (both layer bits set) is never met, and its two bytes are the byte order mark of UTF-16.
    return data[1] & 0x06 in (0x02, 0x04) and data[1] & 0x18 != 0x08 and data[2] & 0xF0 not in (0x00, 0xF0)


def _is_wbmp(data: bytes) -> bool:
    """Type 0, fixed header 0, and exactly as many bytes as width and height require."""
    size = wbmp_size(data)
    if size is None:
        return False
    width, height, offset = size
    return width > 0 and height > 0 and len(data) - offset == (width + 7) // 8 * height


def wbmp_size(data: bytes) -> tuple[int, int, int] | None:
    """Width, height and the offset of the pixels of a type-0 WBMP, or None."""
    if data[:2] != b"\0\0":
        return None
    numbers, at = [], 2
    for _ in range(2):
        value = 0
        for byte in data[at : at + 4]:
            value, at = value << 7 | byte & 0x7F, at + 1
            if not byte & 0x80:
                break
        else:
            return None
        numbers.append(value)
    return numbers[0], numbers[1], at


def _textual_type(data: bytes) -> str | None:
    text = _as_text(data[:_SNIFFED_BYTES])
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")
    folded = start[:200].upper()
    if folded.startswith("BEGIN:VCARD"):
        return "text/x-vcard"
    if folded.startswith("BEGIN:VCALENDAR"):
        return "text/x-vcalendar" if re.search(r"(?m)^VERSION:1\.0", start) else "text/calendar"
    prologue = _XML_PROLOGUE.match(start)
    root = _ROOT.match(start, prologue.end() if prologue else 0)
    if root is None:
        return "text/plain"
    name = root[2].lower()
    known = {"smil": "application/smil", "html": "text/html", "svg": "image/svg+xml"}.get(name)
    return known or ("application/xml" if start.startswith("<?xml") else "text/plain")


def _as_text(head: bytes) -> str | None:
    if not head:
        return None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if _CONTROLS.search(head):
        return None
    return head.decode("utf-8", "replace")
