"""A film or a sound under work: decoded once into a folder, encoded from there as often as it takes."""

from __future__ import annotations

import contextlib
import hashlib
import math
import shutil
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from mmspack.errors import MediaError
from mmspack.film.clip import ClipFacts, Filter, Samples, Spool, Tick, TrackCoding, UndecodedClip
from mmspack.film.engine import FilmEngine, open_engine
from mmspack.film.tones import sdr_filters
from mmspack.fitting.film_frames import frame_at
from mmspack.fitting.film_sizes import even
from mmspack.fitting.geometry import Size, crop_box
from mmspack.fitting.quality import WORST
from mmspack.media import damage
from mmspack.media.ssimulacra import BELL, Reference
from mmspack.words import keyed, length_words

DISPLAY = 854
"""Pixels of the longer side of 480p: films are compared with their sources at it, and none is made larger."""
_SPOOL_BYTES = 400_000_000
"""Bytes of decoded frames that are kept in the folder: a minute of 512 × 288."""
_USUAL_RATE = Fraction(30)
"""Of a source that does not say."""
_SAMPLES = 8
"""Frames that are compared."""
_MISSING = 1.0
"""Seconds that may be missing at the end: containers round, and count the longest of their tracks."""
_MIDDLE = 1
"""Quarters of a frame above its middle half."""
_BLOCK, _DRAWN = 8, 0.4
"""Pixels of the side of a block, and the share of blocks without any texture from which a film counts as
drawn: 0.6 of two recorded screens, at most 0.06 of what was filmed."""
Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipCut:
    """The part of a clip that is sent: in seconds, and an aspect ratio with its centre."""

    start: float = 0.0
    end: float | None = None
    crop: str | None = None
    focus: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a film is made for and looked at on: pixels and frames a second that are not passed."""

    size: Size = (DISPLAY, DISPLAY)
    rate: int = 30
    frames: int | None = None
    """Frames of the source that are looked at; None: all."""
    padded: bool = False
    """The film has that very size, with black at its sides."""


class Studio:
    """One source, its engine and its folder. Methods raise `MediaError`; safe for several threads.

    `others` have the same source, start and screen: their engine is used, and what they have decoded.
    """

    def __init__(
        self,
        data: bytes,
        demuxer: str,
        cut: ClipCut,
        screen: Screen,
        tick: Tick | None = None,
        others: Sequence[Studio] = (),
    ) -> None:
        self.cut = cut
        self._tick = tick
        self._others = tuple(others)
        self.screen = screen
        self._lock = threading.RLock()
        self._folder = Path(tempfile.mkdtemp(prefix="mmspack-film-"))
        # Ctrl-C may come before anybody knows of this studio: what `close` leaves goes with the process.
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._samples: dict[tuple[int, int], Samples] = {}
        self._encoded: dict[object, Path] = {}
        try:
            self.engine: FilmEngine = others[0].engine if others else self._opened(data, demuxer)
            self.facts: ClipFacts = others[0].facts if others else self.engine.facts()
            self._prove_cut()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Delete the folder, and end the engine where it is its own."""
        engine = getattr(self, "engine", None)
        if engine is not None and not self._others:
            engine.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _opened(self, data: bytes, demuxer: str) -> FilmEngine:
        source = self._folder / "source"
        source.write_bytes(data)
        return open_engine(source, demuxer)

    def _prove_cut(self) -> None:
        known = self.facts.seconds
        if known and self.cut.start >= known:
            asked = keyed(f"start = {self.cut.start:g}")
            what = f"it ends after {length_words(1000 * known)}: nothing is left from {asked}"
            raise MediaError(what, where="start", hint="choose an earlier start")

    def _nothing(self, what: str) -> MediaError:
        """Why there is none of `what`: the part that was asked for has none, or it is damaged."""
        start, end = self.cut.start, self.cut.end
        if not start and end is None:
            return UndecodedClip(f"no {what} of it can be decoded", hint=damage.CURE)
        part = f"after {start:g} s" if end is None else f"between {start:g} s and {end:g} s"
        return MediaError(
            f"it has no {what} {part}", where="start" if start else "end", hint="choose another part"
        )

    def prove_film(self) -> None:
        """Raise `MediaError` where there is no picture: some containers tell it only once they are open."""
        if self.facts.audio and not self.facts.width:
            raise MediaError("not a video: it is sound alone", hint="export it as M4A or WAV")
        if not self.facts.width:
            raise MediaError("not a video: there is no picture in it", hint="export it again")

    @property
    def seconds(self) -> float:
        """How long the part that is sent plays, by the file's own account; 0 where it does not say."""
        end = min(self.cut.end or math.inf, self.facts.seconds or math.inf)
        return max(0.0, end - self.cut.start) if end < math.inf else 0.0

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of what is shown of the upright picture, in its pixels."""
        wide, high = self.facts.width, self.facts.height
        if self.cut.crop is None:
            return 0, 0, wide, high
        left, top, right, bottom = crop_box((wide, high), self.cut.crop, self.cut.focus)
        return round(left), round(top), max(2, round(right - left)), max(2, round(bottom - top))

    # -- pictures ---------------------------------------------------------------------------------

    @cached_property
    def rate(self) -> Fraction:
        """Frames a second of the spool: the source's own, or a half or a third of it and so on."""
        rate = self.facts.rate if 1 <= self.facts.rate <= 240 else _USUAL_RATE
        rate /= max(1, math.ceil(rate / (self.screen.rate + 0.5)))
        return rate.limit_denominator(1001)

    @cached_property
    def spool(self) -> Spool:
        """The decoded frames: as large as they are looked at, or smaller where they are many."""
        with self._lock:
            return self._spooled()

    def _spooled(self) -> Spool:
        size = self._size
        length = ((self.cut.end or math.inf) - self.cut.start) * self.rate
        for other in self._others:
            known = other.spool
            if (known.width, known.height) == size and other.cut.start == self.cut.start:
                return replace(known, frames=max(1, min(known.frames, round(min(length, known.frames)))))
        made = self.engine.spool(
            self._folder / "frames.yuv",
            size=size,
            rate=self.rate,
            filters=self._filters(size),
            rotation=self.facts.rotation,
            start=self.cut.start,
            end=self.cut.end,
            most=self.screen.frames or max(1, int(_SPOOL_BYTES // (size[0] * size[1] * 1.5))),
            tick=self._tick,
        )
        if not made.frames:
            raise self._nothing("frame")
        return made

    @property
    def _size(self) -> Size:
        """Pixels of the spool."""
        if self.screen.padded:
            return self.screen.size
        frames = self.screen.frames or max(1, math.ceil((self.seconds or 600) * self.rate) + 2)
        area = _SPOOL_BYTES / 1.5 / frames
        return self._scaled(math.sqrt(area / (self.box[2] * self.box[3])))

    def _scaled(self, most: float = 1.0) -> Size:
        """What is shown, on the screen and at most so many times as large."""
        _, _, wide, high = self.box
        factor = min(1.0, self.screen.size[0] / wide, self.screen.size[1] / high, most)
        return even((wide * factor, high * factor))

    def _filters(self, size: Size) -> list[Filter]:
        """From an upright frame of the source to one of the spool."""
        left, top, wide, high = self.box
        # A film that is shorter than one frame of the spool has that frame all the same.
        short = ":eof_action=pass" if 0 < self.seconds * self.rate < 1 else ""
        chain: list[Filter] = [("fps", f"fps={self.rate}{short}")]
        if self.cut.crop is not None:
            chain.append(("crop", f"{wide}:{high}:{left}:{top}"))
        shown = self._scaled() if self.screen.padded else size
        # Without accurate_rnd, which would take a tenth of the time to decode, and changes no score.
        scale = f"{shown[0]}:{shown[1]}:flags=bicubic"
        if self.facts.hdr:
            chain += [("scale", scale), *sdr_filters(self.facts.hdr, self._folder)]
            scale = f"{shown[0]}:{shown[1]}"
        chain += [("scale", f"{scale}:out_color_matrix=bt601:out_range=tv"), ("format", "yuv420p")]
        chain.append(("setsar", "1"))
        if self.screen.padded:
            chain.append(("pad", f"{size[0]}:{size[1]}:(ow-iw)/2:(oh-ih)/2"))
        return chain

    def film(self, coding: TrackCoding, size: Size, ranges: tuple[tuple[int, int], ...] = ()) -> Path:
        """A film without sound; made once for the same request."""
        return self._made(
            ("film", coding, size, ranges),
            ".mp4" if coding.container == "mp4" else ".3gp",
            lambda path: self.engine.encode(self.spool, path, coding, size, ranges, self._tick),
        )

    def log(self, name: str) -> str:
        """The file in which a first pass leaves notes for the second, as an option of libavcodec has it."""
        path = (self._folder / name).as_posix()  # a drive's colon would end the value, but not in quotes
        return "'" + path.replace("'", "'\\''") + "'"

    def _made(self, key: object, ending: str, make: object) -> Path:
        with self._lock:
            found = self._encoded.get(key)
            if found is None:
                name = hashlib.sha256(repr(key).encode()).hexdigest()[:24]
                found = self._folder / (name + ending)
                make(found)  # type: ignore[operator]
                self._encoded[key] = found
            return found

    def joined(self, parts: tuple[Path, ...], container: str, ending: str) -> bytes:
        """The tracks of files made here as the bytes of one file."""
        with self._lock:
            target = self._folder / f"joined{ending}"
            self.engine.mux(parts, target, container)
            return target.read_bytes()

    def rewrapped(self, made: Path | None, container: str, ending: str, *, mute: bool) -> bytes:
        """The source's pictures as they are in another container, with its sound, one made here, or none."""
        with self._lock:
            target = self._folder / f"rewrapped{ending}"
            self.engine.rewrap(made, target, container, mute=mute)
            return target.read_bytes()

    def looks(
        self,
        film: Path,
        pairs: Pairs,
        references: Mapping[int, Reference] | None = None,
        weights: Sequence[float] = (),
    ) -> float:
        """How a film looks on this screen (SSIMULACRA2), compared with the spool: the mean over some frames.

        `references` are frames of the spool whose middle is compared with more than once; without them the
        upper and the lower halves are compared by turns. `weights` are what each pair counts for.
        """
        with self._lock:
            size = self.spool.width, self.spool.height
            raw = self._folder / "compared.yuv"
            count = self.engine.frames(film, raw, size=size, numbers=[own for own, _ in pairs])
            found = []
            for at, (_, number) in enumerate(pairs[:count]):
                half = _MIDDLE if references else at % 2 * 2
                wanted = references[number] if references else self._reference(number, half)
                found.append(wanted.score(frame_at(raw, size, at, half)))
        counted = list(zip(found, weights or [1.0] * len(found), strict=False))
        total = sum(weight for _, weight in counted)
        return sum(score * weight for score, weight in counted) / total if total else WORST

    def reference(self, number: int) -> Reference:
        """The middle of a frame of the spool, to compare others with: 6 MB."""
        return self._reference(number, _MIDDLE)

    def _reference(self, number: int, half: int) -> Reference:
        size = self.spool.width, self.spool.height
        return Reference(frame_at(self.spool.path, size, number, half), window=BELL)

    def pairs(self, every: int = 1) -> Pairs:
        """Frames spread over a film of each `every`-th frame: numbers in the film, and in the spool."""
        count = self.spool.frames
        step = max(1.0, count / _SAMPLES)
        found = {min(count - 1, int((at + 0.5) * step)) // every for at in range(_SAMPLES)}
        return tuple((number, number * every) for number in sorted(found))

    @cached_property
    def drawn(self) -> bool:
        """Whether much of it is quite flat, as on a screen and never before a camera."""
        wide, high = self.spool.width // _BLOCK * _BLOCK, self.spool.height // _BLOCK * _BLOCK
        flat = []
        for _, number in self.pairs()[::3]:
            shown = self.picture(number).convert("L").crop((0, 0, wide, high))
            blocks = np.asarray(shown).reshape(high // _BLOCK, _BLOCK, wide // _BLOCK, _BLOCK)
            flat.append(float((np.ptp(blocks, axis=(1, 3)) <= 2).mean()))
        return sum(flat) >= _DRAWN * len(flat)

    def picture(self, number: int) -> Image.Image:
        """One frame of the spool in colour."""
        return frame_at(self.spool.path, (self.spool.width, self.spool.height), number)

    # -- sound ------------------------------------------------------------------------------------

    def samples(self, rate: int, channels: int) -> Samples:
        """The decoded sound at a rate."""
        with self._lock:
            found = self._samples.get((rate, channels))
            if found is None:
                path = self._folder / f"sound-{rate}-{channels}.pcm"
                found = self.engine.sound(
                    path, rate=rate, channels=channels, start=self.cut.start, end=self.cut.end
                )
                if not found.count:
                    raise self._nothing("sound")
                self._samples[rate, channels] = found
            return found

    @property
    def sound_damage(self) -> tuple[float, ...]:
        """Where the sound that was decoded is damaged, in seconds of the source."""
        return max((samples.damaged for samples in self._samples.values()), key=len, default=())

    @property
    def lost_after(self) -> float | None:
        """The second after which neither pictures nor sound could be decoded; None where that is the end."""
        lengths = [samples.seconds for samples in self._samples.values()]
        if (self.facts.audio and not lengths) or self.screen.frames is not None:
            return None  # not all of it has been decoded
        if self.facts.width:
            lengths.append(self.spool.seconds)
        reached = self.cut.start + max(lengths)
        ends = min(self.cut.end or math.inf, self.facts.played_seconds)
        return reached if ends - reached > _MISSING else None

    def sound(self, coding: TrackCoding, rate: int, channels: int, ending: str) -> Path:
        """A file with sound alone; made once for the same request."""
        return self._made(
            ("sound", coding, rate, channels),
            ending,
            lambda path: self.engine.encode_sound(self.samples(rate, channels), path, coding),
        )

    def heard(self, made: Path, rate: int) -> Samples:
        """A sound that was made here, decoded again."""
        with self._lock, contextlib.suppress(FileNotFoundError):
            return self.engine.heard(made, self._folder / "heard.pcm", rate=rate)
        raise MediaError("no sound was made")
