"""What a part's declared type says of it, and whether its bytes agree."""

from __future__ import annotations

from mmspack.bundle.opened import FoundPart
from mmspack.media.formats import FORMATS
from mmspack.media.texts import charset_of

ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/vnd.wap.wbmp ": "image/vnd.wap.wbmp",
    "image/wbmp": "image/vnd.wap.wbmp",
    "audio/mp3": "audio/mpeg",
    "audio/x-mp3": "audio/mpeg",
    "audio/mpeg3": "audio/mpeg",
    "audio/mid": "audio/midi",
    "audio/x-midi": "audio/midi",
    "audio/x-mid": "audio/midi",
    "audio/x-amr": "audio/amr",
    "audio/3gpp": "audio/amr",
    "audio/x-wav": "audio/wav",
    "video/3gp": "video/3gpp",
    "video/x-mp4": "video/mp4",
    "text/vcard": "text/x-vcard",
    "text/directory": "text/x-vcard",
    "text/x-vcalender": "text/x-vcalendar",
    "text": "text/plain",
}
"""Names that are used for a type and are not the one that phones know."""


_SAME = (
    {"audio/midi", "audio/sp-midi"},
    {"audio/mp4", "video/mp4", "audio/3gpp", "video/3gpp", "video/3gpp2", "audio/3gpp2", "video/quicktime"},
    {"audio/aac", "audio/mpeg"},
    {"text/x-vcalendar", "text/calendar"},
    {"image/heic", "image/heif"},
    {"application/smil", "application/xml", "text/xml"},
    {"application/xml", "text/xml", "text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"},
)
"""Types that the first bytes do not tell apart."""


_CARDS = ("text/x-vcard", "text/x-vcalendar", "text/calendar")


_UTF8 = ("utf-8", "utf8")


_ASCII = ("us-ascii", "ascii")


_SPELLED = {"text/x-vcard": "text/x-vCard", "text/x-vcalendar": "text/x-vCalendar"}


_DRM = "application/vnd.oma.drm."


def spelled(type_: str) -> str:
    """A type in lower case as phones spell it: `text/x-vCard`."""
    return _SPELLED.get(type_, type_)


def disagrees(part: FoundPart) -> bool:
    """True where the bytes are of another type than the manifest says."""
    if part.declared is None or not part.data or part.is_smil or part.declared.startswith(_DRM):
        return False
    found = part.probe.type
    meant = ALIASES.get(part.declared, part.declared)
    if found == meant or any(found in same and meant in same for same in _SAME):
        return False
    if meant.startswith("text/") and found == "text/plain":
        return meant in ("text/x-vcard", "text/x-vcalendar", "text/calendar")
    if meant == "text/plain":
        # Text that cannot be decoded is reported as text.
        plain = ("text/", "application/xml", "application/smil")
        return found in _CARDS or not (found or "text/").startswith(plain)
    return meant in FORMATS


def other_charset(part: FoundPart) -> str | None:
    """The charset that the manifest declares for a text, where it is not UTF-8, nor ASCII and true."""
    is_text = part.is_smil or (part.declared or "").startswith("text/")
    charset = charset_of(part.entry.type) if part.entry and is_text else None
    if charset in _ASCII:
        # Bytes that are neither are reported as such.
        return charset if not part.data.isascii() and part.text is not None else None
    return None if charset in _UTF8 else charset
