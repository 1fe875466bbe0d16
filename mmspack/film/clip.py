"""The values that pass between the fitter and an engine: what a clip is, and what is to be made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from mmspack.errors import MediaError

MAX_SIDE_PIXELS = 36_000_000
"""Pixels of a frame above which a film is refused: 8K (7,680 × 4,320) has 33 million."""
MAX_FRAMES = 200_000
"""Frames that are decoded at most, whatever a file claims: an hour at 50 a second."""


class UndecodedClip(MediaError):
    """Nothing of a clip can be decoded although its codecs are known: it is damaged."""


Filter = tuple[str, str]
"""A filter of libavfilter: its name and its arguments."""
Tick = Callable[[int], None]
"""Called while a request is served, with the frames that it has gone through since the last call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """What an engine found in a source. Pixels as shown, that is upright and square; seconds."""

    seconds: float
    """0 where the file does not say."""
    played_seconds: float = 0.0
    """How long the pictures or the sound play, whichever is longer; 0 where that is not known."""
    width: int = 0
    """0 where there is no picture."""
    height: int = 0
    rotation: int = 0
    """Degrees clockwise by which the stored picture is turned when it is shown: 0, 90, 180, 270."""
    rate: Fraction = Fraction(0)
    """Frames a second; of a variable rate the one that its times are made of, as far as can be guessed."""
    video: str = ""
    """Name of the codec, as libavcodec has it: `h264`, `hevc`, `vp9`."""
    deep: bool = False
    """More than 8 bits a channel."""
    hdr: str = ""
    """`pq` or `hlg` for high dynamic range; else empty."""
    audio: str = ""
    sample_rate: int = 0
    channels: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spool:
    """Frames of a film as they were asked for: yuv420p, one after the other, in a file."""

    path: Path
    width: int
    height: int
    rate: Fraction
    frames: int
    damaged: tuple[float, ...] = ()
    """Where pictures of the source are missing or wrong, in its own seconds, as far as the engine tells."""

    @property
    def seconds(self) -> float:
        """How long they play."""
        return float(self.frames / self.rate)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame: luma, and two planes of a quarter each."""
        return self.width * self.height * 3 // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Sound as it was asked for: 16 bits, channels interleaved, in a file."""

    path: Path
    rate: int
    channels: int
    count: int
    damaged: tuple[float, ...] = ()
    """Where sound of the source is missing or wrong, in its own seconds, as far as the engine tells."""

    @property
    def seconds(self) -> float:
        """How long they play."""
        return self.count / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackCoding:
    """How a track is encoded: names as libavcodec and libavformat have them."""

    codec: str
    container: str
    """`mp4`, `3gp`, `ipod` (M4A), `amr`, `mp3`."""
    options: tuple[tuple[str, str], ...] = ()
    bit_rate: int = 0
    """Bits a second; 0 where the options say how good it is to be."""
    filters: tuple[Filter, ...] = ()
    """Applied to the frames on their way."""
    every: int = 1
    """Take each n-th frame."""
