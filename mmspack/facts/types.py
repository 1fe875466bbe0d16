"""What a part's declared type says of it, and whether its bytes agree."""

from __future__ import annotations

from mmspack.bundle.found import FoundPart
from mmspack.facts.names import PARAMETER
from mmspack.media.formats import CARDS, by_ending, canonical, format_of, kind_of_type
from mmspack.media.texts import charset_of
from mmspack.model import Kind

IANA_UTF8 = ("utf-8", "csutf8")
IANA_ASCII = (
    *("us-ascii", "us", "iso646-us", "iso_646.irv:1991", "ansi_x3.4-1968", "ansi_x3.4-1986", "iso-ir-6"),
    *("ibm367", "cp367", "csascii"),
)
"""What IANA registers for the two charsets that a text may be declared in (Character Sets, 2024-06-06)."""
_UTF8 = (*IANA_UTF8, "utf8")
_ASCII = (*IANA_ASCII, "ascii")
DRM = "application/vnd.oma.drm."
"""How the types of protected content begin."""


def disagrees(part: FoundPart) -> bool:
    """True where the bytes are of another type than the manifest says."""
    if part.declared is None or not part.data or part.is_smil or part.declared.startswith(DRM):
        return False
    found = part.probe.type
    meant, row = canonical(part.declared), format_of(found)
    if found == meant or (row is not None and meant in row.passes_for):
        return False
    if meant.startswith("text/") and found == "text/plain":
        return meant in CARDS
    if meant == "text/plain":
        # Text that cannot be decoded is reported as text.
        plain = ("text/", "application/xml", "application/smil")
        return found in CARDS or not (found or "text/").startswith(plain)
    return format_of(meant) is not None


_SHOWN_ALIKE = ("image/jpeg", "image/png", "image/gif")
"""Pictures that every reader which was tried recognises by their bytes, whatever they are declared as."""


def is_like_declared(part: FoundPart) -> bool:
    """True for a JPEG, PNG or GIF that is declared as another of them: all readers show it."""
    return part.probe.type in _SHOWN_ALIKE and canonical(part.declared or "") in _SHOWN_ALIKE


def moves_unseen(part: FoundPart) -> bool:
    """True for an animation that phones show the first frame of at most: one that is not a GIF."""
    return part.probe.animated and part.probe.type != "image/gif"


def sent_as(part: FoundPart) -> str:
    """The type by which a profile takes a part or does not, in lower case."""
    row = format_of(part.type)
    if row is not None and row.moving_type and part.probe.type == row.key and moves_unseen(part):
        return row.moving_type
    return canonical(part.type)


def holds_no_medium(part: FoundPart) -> bool:
    """True for bytes in a medium's place that are none: an error page or a git-lfs pointer in image1.jpg.

    A text that is named as one is a text, whatever it is declared as.
    """
    row = by_ending(part.suffix)
    by_name = row.key if row else ""
    if kind_of_type(part.declared or by_name) not in (Kind.IMAGE, Kind.AUDIO, Kind.VIDEO):
        return False
    found = kind_of_type(part.probe.type or "")
    return found is Kind.ATTACHMENT or (found is Kind.TEXT and kind_of_type(by_name) is not Kind.TEXT)


def is_sound_as_film(part: FoundPart) -> bool:
    """True for sound alone that is declared as a film: phones open a black player for it."""
    tracks = part.probe.tracks if part.kind is Kind.VIDEO and not part.probe.error else ()
    return any(track.is_sound for track in tracks) and not any(track.is_film for track in tracks)


def other_charset(part: FoundPart) -> str | None:
    """The charset that the manifest declares for a text, where it is not UTF-8, nor ASCII and true."""
    is_text = part.is_smil or (part.declared or "").startswith("text/")
    charset = charset_of(part.entry.type) if part.entry and is_text else None
    if charset in _ASCII:
        # Bytes that are neither are reported as such.
        return charset if not part.data.isascii() and part.text is not None else None
    return None if charset in _UTF8 else charset


def parameter_fault(part: FoundPart) -> str | None:
    """What is wrong with the parameters of a part's declared type, in words; None where nothing is."""
    if part.entry is None or part.declared is None:
        return None
    _, semicolon, rest = part.entry.type.partition(";")
    known = PARAMETER.findall(semicolon + rest)
    if PARAMETER.sub("", semicolon + rest).strip():
        return "has a stray semicolon"
    charsets = [value.strip().strip('"') for name, value in known if name.lower() == "charset"]
    for charset in charsets:
        if not charset:
            return "has an empty charset"
        if charset.lower() in ("*", "utf8", "ascii"):
            return f"has the charset {charset!r}, which IANA does not register"
    return "has two charsets" if len(charsets) > 1 else None
