"""What one walk through a container finds, before a pixel or a sample is decoded.

Each format's walk is in the module of its name. All are bounded by the data's length, and end with what they
have found where the data end early.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Track(NamedTuple):
    """One track of a film or a recording. Pixels."""

    kind: str
    """`vide`, `soun`, or the name of another handler; empty where it is not known."""
    codec: str
    """The name of its sample entry, such as `avc1`, `s263`, `samr`, `mp4a`."""
    width: int = 0
    height: int = 0
    bits: int = 8
    """Bits a channel of a film."""

    @property
    def is_film(self) -> bool:
        """True for moving pictures."""
        return self.kind == "vide"

    @property
    def is_sound(self) -> bool:
        """True for sound."""
        return self.kind == "soun"


@dataclass(slots=True)
class Walk:
    """What one walk found; `error` is a phrase for a person, empty when the container is whole."""

    width: int | None = None
    height: int | None = None
    frames: int = 1
    duration_ms: int | None = None
    error: str = ""
    progressive: bool = False
    several_scans: bool = False
    """Of a JPEG: its decoder holds all coefficients of the whole picture at once, at any scale."""
    scans: int = 0
    """Of a JPEG: how often its decoder goes over the picture."""
    unended: bool = False
    """The end marker alone is missing, as far as the walk can tell."""
    extent: tuple[int, int] = (0, 0)
    """Of a GIF: right and lower end of all frames, which may lie beyond the screen."""
    arithmetic: bool = False
    jfif: bool = False
    interlaced: bool = False
    alpha: bool = False
    components: int = 3
    bits: int = 8
    exif: bytes = field(default=b"", repr=False)
    metadata_bytes: int = 0
    trailing_bytes: int = 0
    tracks: tuple[Track, ...] = ()
    codecs: tuple[str, ...] = ()
    delays_ms: tuple[int, ...] = ()
    loops: int | None = None
    channels: int | None = None
