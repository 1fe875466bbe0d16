"""How films and sounds are coded for a profile: by the types that it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from mmspack.film.clip import TrackCoding
from mmspack.fitting.geometry import Size
from mmspack.fitting.studio import Screen
from mmspack.model import Effort

if TYPE_CHECKING:
    from mmspack.profiles import Profile

QCIF = 176, 144


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmCoding:
    """A codec, its container, and the knob from fine to coarse that trades quality for bytes.

    One step of the knob more is about a sixth of a halving of the bytes, as a step of x264's crf is.
    """

    type: str
    container: str
    ending: str
    words: str
    """As a report has it: `H.264`."""
    codec: str
    options: tuple[tuple[str, str], ...]
    knobs: tuple[float, ...]
    """Where it is probed."""
    finest: float
    coarsest: float
    most_bits: int = 0
    """Bits a second that are not passed, where the knob is a bit rate; 0 where it is a constant quality."""
    level_bits: int = 0
    """Bits a second that the codec's level lets through; 0 where nothing is held against it."""
    slowest: float
    """Frames a second to which frames may be left out."""
    screen: Screen
    sounds: tuple[SoundCoding, ...]
    quick: tuple[tuple[str, str], ...] = ()
    """Options that replace others in a first pass; none where the codec has one pass alone."""
    drawn: tuple[tuple[str, str], ...] = ()
    """Options that replace others where what is drawn, and not filmed, is encoded a second time."""
    patient: tuple[tuple[str, str], ...] = ()
    """Options that replace others with effort `best`: more time, more quality."""

    def at(self, effort: str) -> FilmCoding:
        """The same, as patient as an effort is."""
        if effort != Effort.BEST:
            return self
        return replace(self, options=tuple((dict(self.options) | dict(self.patient)).items()))

    @property
    def for_drawn(self) -> FilmCoding | None:
        """The same for what is drawn; None where it makes no difference."""
        if not self.drawn:
            return None
        return replace(self, options=tuple((dict(self.options) | dict(self.drawn)).items()))

    @property
    def fixed(self) -> bool:
        """One size alone."""
        return self.screen.padded

    def coding(self, knob: float, size: Size, every: int) -> TrackCoding:
        """The request to an engine."""
        scale = (("scale", f"{size[0]}:{size[1]}:flags=lanczos+accurate_rnd"),)
        rate = round(self.most_bits * 2 ** (-knob / 6)) if self.most_bits else 0
        options = self.options if rate else (*self.options, ("crf", f"{knob:.2f}"))
        return TrackCoding(
            codec=self.codec, container=self.container, options=options, bit_rate=rate, every=every,
            filters=() if self.fixed else scale,
        )  # fmt: skip

    def first_pass(self, knob: float, size: Size, every: int, log: str) -> TrackCoding:
        """The same frames in less time; the encoder notes what each of them takes."""
        notes = (("x264-params", f"{_COLOURS}:pass=1:stats={log}"),)
        quick = self._replaced(self.coding(knob, size, every), self.quick, notes)
        # Nobody sees them: scaling takes half the time without Lanczos and exact rounding.
        return replace(quick, filters=(("scale", f"{size[0]}:{size[1]}:flags=bicubic"),))

    def trial(self, knob: float, size: Size, every: int) -> TrackCoding:
        """What a sketch and a few pieces are encoded with to see what bytes would buy."""
        return self._replaced(self.coding(knob, size, every), self.quick)

    @staticmethod
    def _replaced(coding: TrackCoding, *others: Iterable[tuple[str, str]]) -> TrackCoding:
        options = dict(coding.options)
        for one in others:
            options |= dict(one)
        return replace(coding, options=tuple(options.items()))

    def second_pass(self, bit_rate: int, size: Size, every: int, log: str) -> TrackCoding:
        """So many bits a second, shared out by the notes of the first pass."""
        # By itself x264 makes up for lost bytes late, and misses by 3 to 8 % with notes of another size or
        # quality. With a stricter 0.05 the last frames sway between fine and coarse, and miss again.
        options = (*self.options, ("x264-params", f"{_COLOURS}:pass=2:stats={log}:ratetol=0.2"))
        return replace(self.coding(0, size, every), options=options, bit_rate=bit_rate)

    def shares(self, rate: Fraction) -> tuple[int, ...]:
        """Which shares of the frames may be taken: all, each second one, and so on."""
        return tuple(n for n in (1, 2, 3, 4) if n == 1 or rate / n >= self.slowest)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundCoding:
    """A codec at one bit rate. Hertz, bits a second."""

    type: str
    container: str
    ending: str
    words: str
    codec: str
    bit_rate: int
    rate: int
    channels: int = 1
    total: int = 0
    """Beside a film: bits a second of both together from which it is worth its bytes."""

    @property
    def coding(self) -> TrackCoding:
        """The request to an engine."""
        return TrackCoding(codec=self.codec, container=self.container, bit_rate=self.bit_rate)

    @property
    def told(self) -> str:
        """What it is, for a report: `AAC, 32 kbit/s, mono`."""
        kilobits = f"{self.bit_rate / 1000:.3g} kbit/s"
        return f"{self.words}, {kilobits}, {'stereo' if self.channels == 2 else 'mono'}"


def _aac(bit_rate: int, rate: int, total: int, channels: int = 1) -> SoundCoding:
    return SoundCoding(
        type="audio/mp4", container="ipod", ending=".m4a", words="AAC", codec="aac", bit_rate=bit_rate,
        rate=rate, channels=channels, total=total,
    )  # fmt: skip


def _mp3(bit_rate: int, rate: int) -> SoundCoding:
    return SoundCoding(
        type="audio/mpeg", container="mp3", ending=".mp3", words="MP3", codec="libmp3lame",
        bit_rate=bit_rate, rate=rate,
    )  # fmt: skip


def _amr(bit_rate: int, total: int = 0, *, film: bool = False) -> SoundCoding:
    return SoundCoding(
        type="audio/3gpp" if film else "audio/amr", container="3gp" if film else "amr",
        ending=".3gp" if film else ".amr", words="AMR", codec="libopencore_amrnb", bit_rate=bit_rate,
        rate=8000, total=total,
    )  # fmt: skip


_AAC = (
    _aac(96_000, 44_100, 1_100_000, 2), _aac(64_000, 44_100, 500_000), _aac(48_000, 44_100, 330_000),
    _aac(32_000, 32_000, 150_000), _aac(24_000, 22_050, 80_000), _aac(16_000, 16_000, 0),
)  # fmt: skip
_AMR_RATES = (12_200, 10_200, 7_950, 6_700, 5_900, 4_750)
_AMR_FILM = (_amr(12_200, 64_000, film=True), _amr(7_950, 40_000, film=True), _amr(4_750, 0, film=True))

_COLOURS = "colorprim=bt709:transfer=bt709:colormatrix=smpte170m"
"""What the film says of its colours, which are BT.601's of pictures in BT.709: players that are not told
guess by the size of the picture, and each in its own way (H.264, annex E)."""

MP4 = FilmCoding(
    type="video/mp4", container="mp4", ending=".mp4", words="H.264", codec="libx264",
    # Baseline and 8 bits are what every phone plays; four threads whatever the machine, for the same bytes.
    # At the same bytes eight references instead of three gain 3 to 4 points of SSIMULACRA2 on clips with
    # noise and hand shake, finer motion (`subq`) half a point to one, less deblocking 1, scaling with Lanczos
    # 0.5, no mbtree, which takes noise for motion, 1.5. The first two add a tenth to a fifth to the time.
    options=(
        ("preset", "medium"), ("profile", "baseline"), ("threads", "4"), ("g", "300"), ("mbtree", "0"),
        ("psy-rd", "0.4:0.0"), ("refs", "8"), ("subq", "8"), ("deblock", "-1:-1"), ("x264-params", _COLOURS),
    ),
    knobs=(24.0, 31.0, 38.0), finest=17.0, coarsest=48.0, slowest=11.9, screen=Screen(), sounds=_AAC,
    # x264 declares the level that twice the bit rate asks for; 3.1 ends at 14 Mbit/s (H.264, table A-1).
    level_bits=7_000_000,
    # A fifth to a half of the time, and within 5 % of the bytes that `medium` takes at the same quality.
    # Five references: with one, a first pass costs the film 1 to 1.5 points, and a forecast takes a size that
    # does not suit the motion (of a clip of cuts 640 pixels instead of 480, which look 2 points better).
    quick=(("preset", "veryfast"), ("refs", "5"), ("subq", "2")),
    # Whether they gain depends on the picture: on a player and on typed words 3 to 13 points, on flat shapes
    # none, and they cost 5 where a screen rests most of the time. The better film of the two is kept.
    drawn=(("mbtree", "1"), ("psy-rd", "0.0:0.0")),
    # As many as level 3.1 has room for at 480p: 0.9 and 1.5 points on two clips; preset `slow` gained none.
    patient=(("refs", "11"),),
)  # fmt: skip
H263 = FilmCoding(
    # H.263 profile 0 at level 10 is QCIF, 15 frames and 64 kbit/s a second; level 45, which later phones have
    # too, twice the bits (TS 26.234, 7.4). The first is aimed at; what is hard to code may take the second.
    type="video/3gpp", container="3gp", ending=".3gp", words="H.263", codec="h263",
    options=(("g", "150"),), knobs=(0.0, 6.0, 12.0), finest=0.0, coarsest=18.0, most_bits=62_000,
    level_bits=126_000, slowest=4.9, screen=Screen(size=QCIF, rate=15, padded=True), sounds=_AMR_FILM,
)  # fmt: skip


def film_coding(profile: Profile) -> FilmCoding | None:
    """What is made of a film: H.263 for the OMA classes, H.264 for smartphones; None where none is taken."""
    types = profile.video_types
    if "video/mp4" in types and not profile.content_class:
        return MP4
    return H263 if "video/3gpp" in types else None


def sound_codings(types: Sequence[str]) -> tuple[SoundCoding, ...]:
    """What may be made of a sound, the best first of each codec."""
    found: list[SoundCoding] = []
    if "audio/mp4" in types:
        found += _AAC
    elif "audio/mpeg" in types:
        found += [_mp3(96_000, 44_100), _mp3(64_000, 44_100), _mp3(40_000, 24_000), _mp3(24_000, 16_000)]
    if "audio/amr" in types:
        found += [_amr(rate) for rate in _AMR_RATES]
    elif "audio/3gpp" in types:
        found += [_amr(rate, film=True) for rate in _AMR_RATES]
    return tuple(found)
