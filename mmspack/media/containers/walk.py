"""What one walk through a container finds, before a pixel or a sample is decoded.

Each format's walk is in the module of its name. All are bounded by the data's length, and end with what they
have found where the data end early.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

_LEVEL = 40
"""Level 4 of H.264: 1080p at 30 frames a second, the most that every decoder of a smartphone takes."""


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
    rotation: int = 0
    """Degrees clockwise by which a film is turned when it is shown: 0, 90, 180, 270."""
    duration_ms: int = 0
    samples: int = 0
    """Frames of a film, packets of a sound."""
    sample_bytes: int = 0
    """Bytes of all of them."""
    profile: int = 0
    """Of H.264 its profile_idc (66 baseline, 77 main, 100 high), of MPEG-4 sound its object type (2: AAC-LC);
    0 where it is not told."""
    level: int = 0
    """Of H.264, ten times its level: 30 for level 3."""
    rate: int = 0
    """Samples a second of a sound."""
    channels: int = 0

    @property
    def is_film(self) -> bool:
        """True for moving pictures."""
        return self.kind == "vide"

    @property
    def frames_a_second(self) -> float:
        """Of a film, on average; 0 where it is not known."""
        return self.samples * 1000 / self.duration_ms if self.duration_ms else 0.0

    @property
    def bits_a_second(self) -> int:
        """On average; 0 where it is not known."""
        return self.sample_bytes * 8000 // self.duration_ms if self.duration_ms else 0

    @property
    def is_demanding(self) -> bool:
        """True for H.264 at a level that many decoders of phones stop below."""
        return self.is_film and self.codec == "avc1" and self.level > _LEVEL

    @property
    def is_sound(self) -> bool:
        """True for sound."""
        return self.kind == "soun"


HEARD_CODECS = frozenset({"mp4a", "samr", "sawb", "sawp"})
"""Sample entries of sound that phones play in MP4 and 3GP files: AAC and AMR (3GPP TS 26.140)."""


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
    lossless: bool = False
    """Of a JPEG: coded by prediction, without a transform (ITU-T T.81, annex H)."""
    jfif: bool = False
    interlaced: bool = False
    alpha: bool = False
    components: int = 3
    bits: int = 8
    exif: bytes = field(default=b"", repr=False)
    metadata_bytes: int = 0
    trailing_bytes: int = 0
    tracks: tuple[Track, ...] = ()
    index_last: bool = False
    """Of an MP4 or 3GP: its index follows the samples, and it plays only once it is there as a whole."""
    codecs: tuple[str, ...] = ()
    delays_ms: tuple[int, ...] = ()
    loops: int | None = None
    channels: int | None = None
