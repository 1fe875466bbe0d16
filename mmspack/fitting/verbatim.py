"""Parts that are packed as they are: copy, sound, video, vCards and calendar entries."""

from __future__ import annotations

from pathlib import PurePath

from mmspack.errors import MediaError
from mmspack.fitting.sources import SourceMedium
from mmspack.media.probing import Probe, probe
from mmspack.media.texts import to_utf8
from mmspack.model import Facts, FittedPart, Kind

_BY_ENDING = {
    ".vcf": ("text/x-vCard", "vCard"),
    ".vcs": ("text/x-vCalendar", "vCalendar"),
    ".ics": ("text/calendar", "iCalendar"),
}
_BY_START = (
    (b"BEGIN:VCARD", ".vcf"),
    (b"BEGIN:VCALENDAR\r\nVERSION:1.0", ".vcs"),
    (b"BEGIN:VCALENDAR", ".ics"),
)
_EXTENSIONS = {
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/midi": "mid",
    "audio/sp-midi": "mid",
    "video/3gpp": "3gp",
    "video/3gpp2": "3g2",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "application/pdf": "pdf",
    "text/plain": "txt",
}


def fit_text(medium: SourceMedium) -> FittedPart:
    """Copy in UTF-8."""
    data, actions = to_utf8(medium.data)
    return FittedPart(
        kind=Kind.TEXT,
        slide=medium.slide,
        label=medium.label,
        type="text/plain",
        extension="txt",
        data=data,
        before=Facts(bytes=len(medium.data), format="text"),
        after=Facts(bytes=len(data), format="text"),
        actions=actions,
    )


def keep_timed(medium: SourceMedium) -> FittedPart:
    """Sound or video, byte for byte. Raises `MediaError` when it is something else or broken."""
    found = probe(medium.data)
    family = medium.kind.value
    if found.type is None or found.facts is None or not found.type.startswith(f"{family}/"):
        what = f": it is {found.type}" if found.type else ""
        raise MediaError(found.error or f"not {'a sound' if family == 'audio' else 'a video'}{what}")
    if found.error:
        raise MediaError(found.error)
    return _whole(medium, found.type, _EXTENSIONS.get(found.type, "bin"), found)


def keep_attachment(medium: SourceMedium) -> FittedPart:
    """An attachment, byte for byte, with the type that its name or its first line shows."""
    ending = PurePath(medium.label).suffix.lower()
    if ending not in _BY_ENDING:
        head = medium.data.lstrip(b"\xef\xbb\xbf\r\n \t")[:64].upper()
        ending = next((name for start, name in _BY_START if head.startswith(start)), ending)
    found = probe(medium.data)
    if ending in _BY_ENDING:
        return _whole(medium, _BY_ENDING[ending][0], ending[1:], found, _BY_ENDING[ending][1])
    type_ = found.type or "application/octet-stream"
    return _whole(medium, type_, _EXTENSIONS.get(type_) or ending[1:4] or "bin", found)


def _whole(medium: SourceMedium, type_: str, extension: str, found: Probe, name: str = "") -> FittedPart:
    known = found.facts if found.facts is not None and not name else None
    facts = known or Facts(bytes=len(medium.data), format=name or "file")
    return FittedPart(
        kind=medium.kind,
        slide=medium.slide,
        label=medium.label,
        type=type_,
        extension=extension,
        data=medium.data,
        before=facts,
        after=facts,
    )
