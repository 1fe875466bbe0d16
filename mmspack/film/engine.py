"""What decodes and encodes, and the seam: PyAV in a child process, else an `ffmpeg` on the PATH."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from mmspack.errors import MediaError
from mmspack.film.clip import ClipFacts, Filter, Samples, Spool, Tick, TrackCoding
from mmspack.film.ffmpeg import FfmpegEngine, ffmpeg_version
from mmspack.film.pyav import PyavEngine, pyav_version

INSTALL = "pip install 'mmspack[video]', or put ffmpeg on the PATH"


class FilmEngine(Protocol):
    """One source under work. Every call raises `MediaError`, one phrase, for what cannot be done with it.

    Paths are files in a folder of the caller's. `close` ends whatever runs; `close` twice is harmless.
    """

    def facts(self) -> ClipFacts:
        """What the source is; its first frame has been decoded."""

    def spool(
        self,
        to: Path,
        *,
        size: tuple[int, int],
        rate: Fraction,
        filters: Sequence[Filter],
        rotation: int,
        start: float,
        end: float | None,
        most: int,
        tick: Tick | None = None,
    ) -> Spool:
        """The frames from `start` to `end` in seconds, at most `most`, upright, in `size` and at `rate`."""

    def sound(self, to: Path, *, rate: int, channels: int, start: float, end: float | None) -> Samples:
        """The sound from `start` to `end`."""

    def encode(
        self,
        spool: Spool,
        to: Path,
        coding: TrackCoding,
        size: tuple[int, int],
        ranges: Sequence[tuple[int, int]] = (),
        tick: Tick | None = None,
    ) -> int:
        """A film without sound, of all frames or of some ranges of them; its bytes.

        `tick` counts frames of the spool, whether they are taken or left out.
        """

    def encode_sound(self, samples: Samples, to: Path, coding: TrackCoding) -> int:
        """A file with sound alone; its bytes."""

    def mux(self, parts: Sequence[Path], to: Path, container: str) -> int:
        """The tracks of several files in one, its index in front; its bytes."""

    def rewrap(self, sound: Path | None, to: Path, container: str, *, mute: bool) -> int:
        """The source's pictures as they are, with its sound, another one or none, index in front; its bytes.

        Nothing of its metadata comes along.
        """

    def frames(self, film: Path, to: Path, *, size: tuple[int, int], numbers: Sequence[int]) -> int:
        """Some frames of what `encode` made, as yuv420p of `size` in a file; how many there are."""

    def heard(self, made: Path, to: Path, *, rate: int) -> Samples:
        """What `encode_sound` made, decoded again to one channel."""

    def close(self) -> None:
        """End the child process."""


def available() -> str:
    """The name of the engine that there is: `pyav`, `ffmpeg`, or nothing.

    `MMSPACK_FILM_ENGINE` chooses one; the tests and the benchmarks try both.
    """
    wanted = os.environ.get("MMSPACK_FILM_ENGINE", "")
    if wanted != "ffmpeg" and importlib.util.find_spec("av") is not None and wanted in ("", "pyav"):
        return "pyav"
    return "ffmpeg" if wanted in ("", "ffmpeg") and shutil.which("ffmpeg") else ""


@functools.cache
def version() -> str:
    """What encodes, with its version; empty where there is nothing."""
    name = available()
    return pyav_version() if name == "pyav" else ffmpeg_version() if name else ""


def open_engine(source: Path, demuxer: str) -> FilmEngine:
    """An engine for a source, whose demuxer its format names (`Format.demuxer`). Raises `MediaError`.

    It is never guessed, so that no playlist can pass for a film.
    """
    if not demuxer:
        raise MediaError("is not a kind of sound or video that can be re-encoded")
    name = available()
    if not name:
        raise MediaError("re-encoding a sound or a video needs the extra 'video'", hint=INSTALL)
    return PyavEngine(source, demuxer) if name == "pyav" else FfmpegEngine(source, demuxer)
