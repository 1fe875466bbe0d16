"""The formats: one row each, and what is asked of them.

A format is added by a row in `FORMATS`; everything that knows formats asks this table.

>>> named("image/jpg"), canonical("image/jpg"), spelled("text/x-vcard")
('JPEG', 'image/jpeg', 'text/x-vCard')
"""

from __future__ import annotations

from functools import partial

from mmspack.media.containers import gif, iso, jpeg, matroska, ogg, png, riff, sounds, tiff, wbmp
from mmspack.media.format import Format
from mmspack.model import SMIL_TYPE, Kind

_XML_TYPES = ("text/xml", "application/xhtml+xml", "application/vnd.wap.xhtml+xml")
_ISO_TYPES = (
    *("audio/mp4", "audio/3gpp", "audio/3gpp2", "audio/x-quicktime"),
    *("video/mp4", "video/3gpp", "video/3gpp2", "video/quicktime"),
)

_OFFICE = "application/vnd.openxmlformats-officedocument"
_OFFICE_FOLDERS = {
    b"word/": "wordprocessingml.document", b"xl/": "spreadsheetml.sheet",
    b"ppt/": "presentationml.presentation",
}  # fmt: skip


def _office_type(data: bytes) -> str:
    """The type of an Office document, which is a zip: its list of types comes first (ECMA-376, part 2)."""
    if data[30:49] != b"[Content_Types].xml":
        return ""
    # The directory at the end has every name; the folder of the document itself is in it.
    known = (kind for folder, kind in _OFFICE_FOLDERS.items() if b"PK\x01\x02" in data and folder in data)
    return f"{_OFFICE}.{kind}" if (kind := next(known, "")) else ""


_AS_MP4 = "export it as MP4"
_AS_WAV = "export it as WAV, M4A or MP3"
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
        made=True, taken=True, in_browsers=True, moving="pillow", moving_type="image/apng",
    ),
    Format(
        type="image/webp", name="WebP", kind=Kind.IMAGE, endings=("webp",), signature=rb"RIFF....WEBP",
        pillow="WEBP", checked=True, lossy=True, taken=True, in_browsers=True, moving="pillow",
    ),
    Format(
        type="image/bmp", name="BMP", kind=Kind.IMAGE, endings=("bmp",), signature=rb"BM", pillow="BMP",
        checked=True, taken=True, in_browsers=True,
    ),
    Format(
        # By their first bytes most of them are TIFF, and what lies there is a thumbnail.
        type="image/x-raw", name="camera raw file", kind=Kind.IMAGE,
        endings=("dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2", "pef", "srw", "raw"),
        signature=rb"FUJIFILMCCD-RAW|IIR[OS]|MMOR|IIU\0|\0MRM|FOVb", brands=(b"crx ",),
        cure="develop it, and save it as JPEG",
    ),
    Format(
        type="image/jp2", name="JPEG 2000", kind=Kind.IMAGE, endings=("jp2", "j2k", "jpf", "jpx"),
        aliases=("image/jpx", "image/jpeg2000"), cure="save it as JPEG or PNG",
        signature=rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51",
    ),
    Format(
        type="image/jxl", name="JPEG XL", kind=Kind.IMAGE, endings=("jxl",),
        cure="save it as JPEG, or as GIF if it moves",
        signature=rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n",
    ),
    Format(
        type="image/vnd.microsoft.icon", name="ICO", kind=Kind.IMAGE, endings=("ico", "cur"),
        aliases=("image/x-icon", "image/ico"), signature=rb"\0\0[\1\2]\0[\1-\x40]\0", cure="save it as PNG",
    ),
    Format(
        type="image/tiff", name="TIFF", kind=Kind.IMAGE, endings=("tif", "tiff"),
        signature=rb"II\*\0|MM\0\*",
        refine=lambda data: "image/x-raw" if tiff.is_raw(data) else "", pillow="TIFF", taken=True,
    ),
    Format(
        type="image/avif", name="AVIF", kind=Kind.IMAGE, endings=("avif",), brands=(b"avi",), pillow="AVIF",
        lossy=True, taken=True, in_browsers=True, moving="pillow",
    ),
    Format(
        type="image/heic", name="HEIC", kind=Kind.IMAGE, endings=("heic", "heif"), passes_for=("image/heif",),
        brands=(b"hei", b"hev"), pillow="HEIF", lossy=True, taken=True, moving="film",
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
        walk=sounds.walk_amr_wb, demuxer="amr", taken=True,
    ),
    Format(
        type="audio/amr", name="AMR", kind=Kind.AUDIO, endings=("amr",), signature=rb"#!AMR",
        aliases=("audio/x-amr",), walk=sounds.walk_amr, demuxer="amr", taken=True,
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
        shape=sounds.is_mpeg, walk=sounds.walk_mpeg, demuxer="mp3", taken=True, in_browsers=True,
    ),
    Format(
        type="audio/aac", name="AAC", kind=Kind.AUDIO, endings=("aac",), passes_for=("audio/mpeg",),
        shape=sounds.is_aac, walk=sounds.walk_aac, demuxer="aac", taken=True, in_browsers=True,
    ),
    Format(
        type="audio/mp4", name="M4A", kind=Kind.AUDIO, endings=("m4a", "mp4"), passes_for=_ISO_TYPES,
        brands=(b"M4A", b"M4B"), walk=iso.walk, demuxer="mov", taken=True, in_browsers=True,
        refine=partial(iso.type_of, film="video/mp4"),
    ),
    Format(
        type="audio/wav", name="WAV", kind=Kind.AUDIO, endings=("wav",), aliases=("audio/x-wav",),
        signature=rb"RIFF....WAVE", walk=riff.walk_wav, demuxer="wav", taken=True, in_browsers=True,
    ),
    Format(
        type="audio/flac", name="FLAC", kind=Kind.AUDIO, endings=("flac",), aliases=("audio/x-flac",),
        signature=rb"fLaC", cure=_AS_WAV,
    ),
    Format(
        type="audio/aiff", name="AIFF", kind=Kind.AUDIO, endings=("aiff", "aif", "aifc"),
        aliases=("audio/x-aiff",), signature=rb"FORM....AIF[FC]", cure=_AS_WAV,
    ),
    Format(
        type="audio/ogg", name="Ogg", kind=Kind.AUDIO, endings=("ogg",), signature=rb"OggS", walk=ogg.walk,
        demuxer="ogg", taken=True, in_browsers=True,
    ),
    # -- films
    Format(
        type="video/3gpp", name="3GP", kind=Kind.VIDEO, endings=("3gp", "3gpp", "3g2"),
        aliases=("video/3gp",), passes_for=_ISO_TYPES, brands=(b"3gp", b"3gr", b"3ge"), walk=iso.walk,
        refine=partial(iso.type_of, sound="audio/3gpp"), demuxer="mov", taken=True,
    ),
    Format(
        type="video/3gpp2", name="3G2", kind=Kind.VIDEO, endings=("3g2", "3gp", "3gpp"),
        passes_for=_ISO_TYPES, brands=(b"3g2",), refine=partial(iso.type_of, sound="audio/3gpp2"),
        walk=iso.walk, demuxer="mov", taken=True,
    ),
    Format(
        # Sound alone in the container of films (RFC 3839); its files end as films do.
        type="audio/3gpp", name="3GP sound", kind=Kind.AUDIO, endings=("3gp", "3gpp", "3ga"),
        passes_for=_ISO_TYPES, walk=iso.walk, demuxer="mov", taken=True,
    ),
    Format(
        type="audio/3gpp2", name="3G2 sound", kind=Kind.AUDIO, endings=("3g2", "3gp"), passes_for=_ISO_TYPES,
        walk=iso.walk, demuxer="mov", taken=True,
    ),
    Format(
        type="video/quicktime", name="QuickTime", kind=Kind.VIDEO, endings=("mov",), passes_for=_ISO_TYPES,
        brands=(b"qt  ",), walk=iso.walk, refine=partial(iso.type_of, sound="audio/x-quicktime"),
        demuxer="mov", taken=True,
    ),
    Format(
        # Sound alone in the container of films. It has no registered type: with one of its own it is always
        # re-encoded, since no profile takes it.
        type="audio/x-quicktime", name="QuickTime sound", kind=Kind.AUDIO, endings=("mov",),
        passes_for=_ISO_TYPES, walk=iso.walk, demuxer="mov", taken=True,
    ),
    Format(
        # The last of the ISO containers: it takes the brands that no other row names.
        type="video/mp4", name="MP4", kind=Kind.VIDEO, endings=("mp4", "m4v", "m4a"),
        aliases=("video/x-mp4",), passes_for=_ISO_TYPES, brands=(b"",), walk=iso.walk,
        refine=partial(iso.type_of, sound="audio/mp4"), demuxer="mov", taken=True, in_browsers=True,
    ),
    Format(
        type="video/webm", name="WebM", kind=Kind.VIDEO, endings=("webm",), signature=rb"\x1aE\xdf\xa3",
        passes_for=("audio/webm",), refine=matroska.type_of, walk=matroska.walk, in_browsers=True,
        demuxer="matroska", taken=True,
    ),
    Format(
        # Told from WebM by its head and its codecs, and named otherwise: what plays WebM may not play these.
        type="video/x-matroska", name="Matroska", kind=Kind.VIDEO, endings=("mkv",),
        aliases=("video/matroska",), passes_for=("audio/x-matroska",), walk=matroska.walk,
        demuxer="matroska", taken=True,
    ),
    Format(
        type="audio/webm", name="WebM sound", kind=Kind.AUDIO, endings=("weba", "webm"),
        passes_for=("video/webm",), walk=matroska.walk, in_browsers=True, demuxer="matroska", taken=True,
    ),
    Format(
        type="audio/x-matroska", name="Matroska sound", kind=Kind.AUDIO, endings=("mka", "mkv"),
        aliases=("audio/matroska",), passes_for=("video/x-matroska",), walk=matroska.walk,
        demuxer="matroska", taken=True,
    ),
    Format(
        type="video/x-msvideo", name="AVI", kind=Kind.VIDEO, endings=("avi",), signature=rb"RIFF....AVI ",
        walk=riff.walk_avi, demuxer="avi", taken=True,
    ),
    Format(
        type="video/x-ms-wmv", name="Windows Media file", kind=Kind.VIDEO, endings=("wmv", "asf", "wma"),
        signature=rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", cure=f"{_AS_MP4}, or as MP3 if it is sound alone",
    ),
    Format(
        type="video/mpeg", name="MPEG video", kind=Kind.VIDEO, endings=("mpg", "mpeg", "vob"),
        signature=rb"\0\0\x01[\xba\xb3]", cure=_AS_MP4,
    ),
    Format(
        type="video/mp2t", name="MPEG transport stream", kind=Kind.VIDEO, endings=("ts", "mts", "m2ts"),
        cure=_AS_MP4,
    ),
    Format(
        type="video/x-flv", name="Flash video", kind=Kind.VIDEO, endings=("flv",), signature=rb"FLV\x01",
        cure=_AS_MP4,
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
    # -- documents of other programs, which no phone opens
    Format(
        type=f"{_OFFICE}.wordprocessingml.document", name="Word document", kind=Kind.ATTACHMENT,
        endings=("docx", "doc"), aliases=("application/msword",), cure="save its text as .txt",
    ),
    Format(
        type=f"{_OFFICE}.spreadsheetml.sheet", name="Excel workbook", kind=Kind.ATTACHMENT,
        endings=("xlsx", "xls"), aliases=("application/vnd.ms-excel",),
        cure="save its text as .txt, or export it as PNG",
    ),
    Format(
        type=f"{_OFFICE}.presentationml.presentation", name="PowerPoint presentation", kind=Kind.ATTACHMENT,
        endings=("pptx", "ppt"), aliases=("application/vnd.ms-powerpoint",), cure="export its slides as PNG",
    ),
    Format(
        type="application/vnd.oasis.opendocument.text", name="OpenDocument file", kind=Kind.ATTACHMENT,
        endings=("odt", "ods", "odp", "odg"), cure="save its text as .txt, or export it as PNG",
        signature=rb"PK\x03\x04.{26}mimetypeapplication/vnd\.oasis",
    ),
    Format(
        type="application/rtf", name="RTF", kind=Kind.ATTACHMENT, endings=("rtf",), aliases=("text/rtf",),
        cure="save its text as .txt",
    ),
    Format(
        type="application/vnd.apple.pages", name="Pages document", kind=Kind.ATTACHMENT, endings=("pages",),
        cure="save its text as .txt, or export it as PNG",
    ),
    Format(
        type="image/vnd.adobe.photoshop", name="Photoshop document", kind=Kind.ATTACHMENT,
        endings=("psd", "psb"), signature=rb"8BPS\0", cure="export it as PNG",
    ),
    Format(
        type="application/postscript", name="PostScript", kind=Kind.ATTACHMENT, endings=("ai", "eps", "ps"),
        signature=rb"%!PS", cure="export it as PNG",
    ),
    # -- others
    Format(
        type="application/pdf", name="PDF", kind=Kind.ATTACHMENT, endings=("pdf",), signature=rb"%PDF-",
        taken=True, cure="export its pages as JPEG or PNG",
    ),
    Format(
        type="application/zip", name="ZIP", kind=Kind.ATTACHMENT, endings=("zip",),
        signature=rb"PK\x03\x04|PK\x05\x06", refine=_office_type,
        cure="extract it, and name the files in it",
    ),
    Format(
        type="application/x-msdownload", name="Windows program", kind=Kind.ATTACHMENT,
        shape=lambda data: data[:2] == b"MZ" and b"PE\0\0" in data[:4096],
    ),
    Format(
        type="application/x-elf", name="Linux program", kind=Kind.ATTACHMENT, signature=rb"\x7fELF",
    ),
)  # fmt: skip
"""Every format that is known, each once. Where two rows suit the same bytes, the first one counts."""

_BY_TYPE = {alias: row for row in FORMATS for alias in row.aliases} | {row.key: row for row in FORMATS}
# An ending that two formats share is that of the one which writes it.
_BY_ENDING = {ending: row for row in reversed(FORMATS) for ending in row.endings} | {
    row.ending: row for row in reversed(FORMATS) if row.endings
}
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


def described(row: Format) -> str:
    """What a file is, in a sentence: `JPEG`, `a Word document`."""
    is_noun = " " in row.name and row.name.rpartition(" ")[2].islower()
    article = "an" if row.name[0] in "AEIO" else "a"
    return f"{article} {row.name}" if is_noun else row.name


def several(row: Format) -> str:
    """Files of that format, in a sentence: `SVG files`, `Word documents`."""
    return f"{row.name}s" if described(row) != row.name else f"{row.name} files"


def kind_of_type(type_: str) -> Kind:
    """What a part of that type is to a slide: a card is an attachment, though its type is `text/`."""
    row = format_of(type_)
    major = type_.partition("/")[0].lower()
    if row is not None:
        return row.kind
    return Kind(major) if major in ("image", "audio", "video") else Kind.ATTACHMENT
