"""What is known of a format: the columns of the table in `formats`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mmspack.media.containers.walk import Walk
from mmspack.model import Kind


class Format(NamedTuple):
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
    refine: Callable[[bytes], str] | None = None
    """The type in lower case that the structure of such bytes shows where it is another one; else empty."""
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
    moving_type: str = ""
    """The type in lower case of one that moves, where that is a type of its own."""
    moving: str = ""
    """What reads the frames of one that moves, of which a GIF is made: `pillow`, or the reader of films."""
    demuxer: str = ""
    """What libavformat calls its reader, where a sound or a film of it can be re-encoded."""
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
