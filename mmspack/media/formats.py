"""What a medium is, told by its first bytes and never by its name: one row a format, and what is asked of it.

A format is added by a row in `FORMATS`; everything that knows formats asks this table.

>>> sniff(b"Hello"), named("image/jpg"), canonical("image/jpg"), spelled("text/x-vcard")
('text/plain', 'JPEG', 'image/jpeg', 'text/x-vCard')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mmspack.media.containers import gif, iso, jpeg, png, sounds, wbmp
from mmspack.media.containers.walk import Walk
from mmspack.model import SMIL_TYPE, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """All that is known of a format, in one place."""

    type: str
    """MIME type in the letters that phones compare it in."""
    name: str
    """Short name for a person."""
    kind: Kind
    """What a part of it is to a slide."""
    endings: tuple[str, ...] = ()
    """Endings of its files, in lower case and without the dot. The first is the one that is written."""
    aliases: tuple[str, ...] = ()
    """Types in lower case that are used for it and are not the one that phones know."""
    passes_for: tuple[str, ...] = ()
    """Other types in lower case that may be declared for the same bytes, and are true."""

    signature: bytes = b""
    """A regular expression, without groups that capture, that its first bytes match."""
    brands: tuple[bytes, ...] = ()
    """How the major brand of an ISO container begins (ISO/IEC 14496-12, 4.3)."""
    shape: Callable[[bytes], bool] | None = None
    """Whether bytes without a signature are it."""
    opening: str = ""
    """Of a text: a regular expression for how it begins, in any case of letters."""
    root: str = ""
    """Of XML: the root element's name in lower case."""

    walk: Callable[[bytes], Walk] | None = None
    """Finds sizes, times and damage without decoding."""
    stripped: Callable[[bytes], bytes | None] | None = None
    """A copy without metadata and with the same pixels; None where that cannot be had."""
    pillow: str = ""
    """Pillow's name for it where `build` reads it; the decoder of HEIF is an extra."""
    checked: bool = False
    """`check` decodes it, too."""
    lossy: bool = False
    """A picture that has lost detail already: more bytes than it had show nothing more."""
    made: bool = False
    """A picture that `build` writes."""
    taken: bool = False
    """A file of it may stand in a message's folder: it becomes a part, as it is or converted."""
    in_browsers: bool = False
    """Browsers show or play it."""
    card: str = ""
    """Of a contact or an appointment, which goes beside the slides: the word of its BEGIN line."""
    cure: str = ""
    """What to do with a file that is not taken."""

    @property
    def key(self) -> str:
        """The type in lower case, as it is compared here."""
        return self.type.lower()

    @property
    def is_card(self) -> bool:
        """True for a contact or an appointment."""
        return bool(self.card)

    @property
    def ending(self) -> str:
        """The ending that is written; empty where none is usual."""
        return self.endings[0] if self.endings else ""


_XML_TYPES = ("text/xml", "application/xhtml+xml", "application/vnd.wap.xhtml+xml")
_ISO_TYPES = (
    *("audio/mp4", "audio/3gpp", "audio/3gpp2"),
    *("video/mp4", "video/3gpp", "video/3gpp2", "video/quicktime"),
)

FORMATS: tuple[Format, ...] = (
    # -- pictures, the ones that are made first
    Format(
        type="image/jpeg", name="JPEG", kind=Kind.IMAGE, endings=("jpg", "jpeg", "jpe", "jfif"),
        aliases=("image/jpg", "image/pjpeg"), signature=rb"\xff\xd8\xff", walk=jpeg.walk,
        stripped=jpeg.stripped, pillow="JPEG",
        checked=True, lossy=True, made=True, taken=True, in_browsers=True,
    ),
    Format(
        type="image/gif", name="GIF", kind=Kind.IMAGE, endings=("gif",), signature=rb"GIF8[79]a",
        walk=gif.walk, stripped=gif.stripped, pillow="GIF", checked=True, made=True, taken=True,
        in_browsers=True,
    ),
    Format(
        type="image/png", name="PNG", kind=Kind.IMAGE, endings=("png",), aliases=("image/x-png",),
        signature=rb"\x89PNG\r\n\x1a\n", walk=png.walk, stripped=png.stripped, pillow="PNG", checked=True,
        made=True, taken=True, in_browsers=True,
    ),
    Format(
        type="image/webp", name="WebP", kind=Kind.IMAGE, endings=("webp",), signature=rb"RIFF....WEBP",
        pillow="WEBP", checked=True, lossy=True, taken=True, in_browsers=True,
    ),
    Format(
        type="image/bmp", name="BMP", kind=Kind.IMAGE, endings=("bmp",), signature=rb"BM", pillow="BMP",
        checked=True, taken=True, in_browsers=True,
    ),
    Format(
        type="image/tiff", name="TIFF", kind=Kind.IMAGE, endings=("tif", "tiff"),
        signature=rb"II\*\0|MM\0\*", pillow="TIFF", taken=True,
    ),
    Format(
        type="image/avif", name="AVIF", kind=Kind.IMAGE, endings=("avif",), brands=(b"avi",), pillow="AVIF",
        lossy=True, taken=True, in_browsers=True,
    ),
    Format(
        type="image/heic", name="HEIC", kind=Kind.IMAGE, endings=("heic", "heif"), passes_for=("image/heif",),
        brands=(b"hei", b"hev", b"mif1", b"msf1"), pillow="HEIF", lossy=True, taken=True,
    ),
    Format(
        type="image/vnd.wap.wbmp", name="WBMP", kind=Kind.IMAGE, endings=("wbmp",), aliases=("image/wbmp",),
        shape=wbmp.is_wbmp, walk=wbmp.walk, cure="save it as PNG",
    ),
    Format(
        type="image/svg+xml", name="SVG", kind=Kind.IMAGE, endings=("svg",), root="svg",
        cure="export it as PNG",
    ),
    # -- sounds
    Format(
        type="audio/amr-wb", name="AMR-WB", kind=Kind.AUDIO, endings=("awb",), signature=rb"#!AMR-WB",
        taken=True,
    ),
    Format(
        type="audio/amr", name="AMR", kind=Kind.AUDIO, endings=("amr",), signature=rb"#!AMR",
        aliases=("audio/x-amr", "audio/3gpp"), walk=sounds.walk_amr, taken=True,
    ),
    Format(
        type="audio/midi", name="MIDI", kind=Kind.AUDIO, endings=("mid", "midi"),
        aliases=("audio/mid", "audio/x-midi", "audio/x-mid"), passes_for=("audio/sp-midi",),
        signature=rb"MThd", walk=sounds.walk_midi, taken=True,
    ),
    Format(
        # Scalable polyphony: a MIDI file by its bytes (RFC 4723).
        type="audio/sp-midi", name="SP-MIDI", kind=Kind.AUDIO, endings=("mid",), passes_for=("audio/midi",),
    ),
    Format(
        type="audio/mpeg", name="MP3", kind=Kind.AUDIO, endings=("mp3",), signature=rb"ID3",
        aliases=("audio/mp3", "audio/x-mp3", "audio/mpeg3"), passes_for=("audio/aac",),
        shape=sounds.is_mpeg, taken=True, in_browsers=True,
    ),
    Format(
        type="audio/aac", name="AAC", kind=Kind.AUDIO, endings=("aac",), passes_for=("audio/mpeg",),
        shape=sounds.is_aac, taken=True, in_browsers=True,
    ),
    Format(
        type="audio/mp4", name="M4A", kind=Kind.AUDIO, endings=("m4a", "mp4"), passes_for=_ISO_TYPES,
        brands=(b"M4A", b"M4B"), walk=iso.walk, taken=True, in_browsers=True,
    ),
    Format(
        type="audio/wav", name="WAV", kind=Kind.AUDIO, endings=("wav",), aliases=("audio/x-wav",),
        signature=rb"RIFF....WAVE", taken=True, in_browsers=True,
    ),
    Format(
        type="audio/ogg", name="Ogg", kind=Kind.AUDIO, endings=("ogg",), signature=rb"OggS", taken=True,
        in_browsers=True,
    ),
    # -- films
    Format(
        type="video/3gpp", name="3GP", kind=Kind.VIDEO, endings=("3gp", "3gpp", "3g2"),
        aliases=("video/3gp",), passes_for=_ISO_TYPES, brands=(b"3gp", b"3gr", b"3ge"), walk=iso.walk,
        taken=True,
    ),
    Format(
        type="video/3gpp2", name="3G2", kind=Kind.VIDEO, endings=("3g2", "3gp", "3gpp"),
        passes_for=_ISO_TYPES, brands=(b"3g2",), walk=iso.walk, taken=True,
    ),
    Format(
        type="video/quicktime", name="QuickTime", kind=Kind.VIDEO, endings=("mov",), passes_for=_ISO_TYPES,
        brands=(b"qt  ",), walk=iso.walk, cure="phones other than iPhones may not play it; export it as MP4",
    ),
    Format(
        # The last of the ISO containers: it takes the brands that no other row names.
        type="video/mp4", name="MP4", kind=Kind.VIDEO, endings=("mp4", "m4v", "m4a"),
        aliases=("video/x-mp4",), passes_for=_ISO_TYPES, brands=(b"",), walk=iso.walk, taken=True,
        in_browsers=True,
    ),
    Format(
        type="video/webm", name="WebM", kind=Kind.VIDEO, endings=("webm",), signature=rb"\x1aE\xdf\xa3",
        in_browsers=True, cure="export it as MP4",
    ),
    Format(
        type="video/x-msvideo", name="AVI", kind=Kind.VIDEO, endings=("avi",), signature=rb"RIFF....AVI ",
        cure="export it as MP4",
    ),
    # -- texts and cards
    Format(type="text/plain", name="text", kind=Kind.TEXT, endings=("txt",), taken=True),
    Format(
        type="text/x-vCard", name="vCard", kind=Kind.ATTACHMENT, endings=("vcf",), card="VCARD", taken=True,
        aliases=("text/vcard", "text/directory"), opening="BEGIN:VCARD",
    ),
    Format(
        type="text/x-vCalendar", name="vCalendar", kind=Kind.ATTACHMENT, endings=("vcs",), card="VCALENDAR",
        aliases=("text/x-vcalender",), passes_for=("text/calendar",), taken=True,
        opening=r"BEGIN:VCALENDAR(?s:.*?)\nVERSION:1\.0",
    ),
    Format(
        type="text/calendar", name="iCalendar", kind=Kind.ATTACHMENT, endings=("ics",), card="VCALENDAR",
        passes_for=("text/x-vcalendar",), opening="BEGIN:VCALENDAR", taken=True,
    ),
    Format(
        type=SMIL_TYPE, name="SMIL", kind=Kind.ATTACHMENT, endings=("smil", "sml", "smi"), root="smil",
        passes_for=("application/xml", "text/xml"), cure="mmspack writes the presentation itself",
    ),
    Format(
        type="text/html", name="HTML", kind=Kind.ATTACHMENT, endings=("html", "htm"), root="html",
        passes_for=("application/xml", *_XML_TYPES), cure="a web page: save its text as .txt",
    ),
    Format(
        type="application/xml", name="XML", kind=Kind.ATTACHMENT,
        passes_for=(SMIL_TYPE, "text/html", *_XML_TYPES),
    ),
    # -- others
    Format(
        type="application/pdf", name="PDF", kind=Kind.ATTACHMENT, endings=("pdf",), signature=rb"%PDF-",
        taken=True, cure="export its pages as JPEG or PNG",
    ),
    Format(
        type="application/zip", name="ZIP", kind=Kind.ATTACHMENT, signature=rb"PK\x03\x04|PK\x05\x06",
    ),
    Format(
        type="application/x-msdownload", name="Windows program", kind=Kind.ATTACHMENT,
        shape=lambda data: data[:2] == b"MZ" and b"PE\0\0" in data[:_SNIFFED_BYTES],
    ),
    Format(
        type="application/x-elf", name="Linux program", kind=Kind.ATTACHMENT, signature=rb"\x7fELF",
    ),
)  # fmt: skip
"""Every format that is known, each once. Where two rows suit the same bytes, the first one counts."""

_SNIFFED_BYTES = 4096
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_XML_PROLOGUE = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")

_BY_TYPE = {alias: row for row in FORMATS for alias in row.aliases} | {row.key: row for row in FORMATS}
# An ending that two formats share is that of the one which writes it.
_BY_ENDING = {ending: row for row in reversed(FORMATS) for ending in row.endings} | {
    row.ending: row for row in reversed(FORMATS) if row.endings
}
_BY_PILLOW = {row.pillow: row for row in FORMATS if row.pillow}
_SIGNED = tuple(row for row in FORMATS if row.signature)
_SIGNATURES = re.compile(b"|".join(b"(%s)" % row.signature for row in _SIGNED), re.DOTALL)
_BRANDS = tuple((brand, row) for row in FORMATS for brand in row.brands)
_SHAPED = tuple((row.shape, row) for row in FORMATS if row.shape is not None)
_OPENINGS = tuple((re.compile(row.opening, re.IGNORECASE), row) for row in FORMATS if row.opening)
_BY_ROOT = {row.root: row for row in FORMATS if row.root}

MADE = tuple(row.key for row in FORMATS if row.made)
"""The types of the pictures that are written, the usual one first."""
CHECKED = frozenset(row.key for row in FORMATS if row.checked)
"""The types of the pictures that `check` decodes."""
CARDS = frozenset(row.key for row in FORMATS if row.is_card)
"""The types of contacts and appointments."""


def format_of(type_: str | None) -> Format | None:
    """The row of a type or of an alias, in any case of letters; None for a type that is not known."""
    return _BY_TYPE.get(type_.lower()) if type_ else None


def by_ending(ending: str) -> Format | None:
    """The row of a file's ending, with its dot or without, in any case of letters."""
    return _BY_ENDING.get(ending.lower().removeprefix("."))


def by_pillow(name: str) -> Format | None:
    """The row of a format that Pillow calls `name`."""
    return _BY_PILLOW.get(name)


def canonical(type_: str) -> str:
    """The type, in lower case, that an alias stands for; any other type in lower case."""
    row = format_of(type_)
    return row.key if row else type_.lower()


def spelled(type_: str) -> str:
    """The type as phones spell it: lower case, but for vCard and vCalendar.

    The OMA class tables and Android's stock reader write `text/x-vCard` and `text/x-vCalendar`.
    """
    row = format_of(type_)
    return row.type if row and row.key == type_.lower() else type_.lower()


def named(type_: str, default: str | None = None) -> str:
    """The name of the type's format for a person; of one that is not known `default`, or the type itself."""
    row = format_of(type_)
    return row.name if row else type_ if default is None else default


def kind_of_type(type_: str) -> Kind:
    """What a part of that type is to a slide: a card is an attachment, though its type is `text/`."""
    row = format_of(type_)
    major = type_.partition("/")[0].lower()
    if row is not None:
        return row.kind
    return Kind(major) if major in ("image", "audio", "video") else Kind.ATTACHMENT


def sniff(data: bytes) -> str | None:
    """The MIME type in lower case that the bytes show, or None. Never raises."""
    row = recognise(data)
    return row.key if row else None


def recognise(data: bytes) -> Format | None:
    """The format that the bytes show, or None. Never raises."""
    signed = _SIGNATURES.match(data)
    if signed is not None and signed.lastindex is not None:
        return _SIGNED[signed.lastindex - 1]
    if data[4:8] == b"ftyp":
        return next(row for brand, row in _BRANDS if data[8:12].startswith(brand))
    shaped = next((row for is_shaped, row in _SHAPED if is_shaped(data)), None)
    return shaped or _textual(data)


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
    return _BY_TYPE["application/xml" if root and start.startswith("<?xml") else "text/plain"]


def _as_text(head: bytes) -> str | None:
    if not head:
        return None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if _CONTROLS.search(head):
        return None
    return head.decode("utf-8", "replace")
