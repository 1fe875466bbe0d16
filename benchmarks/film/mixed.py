"""A message of a film, three pictures and texts: bytes shared by worth against a quarter for each."""

from __future__ import annotations

import io
import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageOps

from benchmarks.film.against import WISH
from benchmarks.film.clips import Drawn, make_clip
from benchmarks.film.judging import Judge
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack import profiles
from mmspack.fitting import fit
from mmspack.fitting.candidate import fit_picture
from mmspack.fitting.film import Film
from mmspack.fitting.film_codings import MP4
from mmspack.media.probing import probe
from mmspack.media.ssimulacra import Reference
from mmspack.message import Message, Slide
from mmspack.model import Kind

_LIMITS = 300_000, 600_000
_TEXTS = ("We are here!", "The garden", "Our stand", "See you on Saturday")
_NOTHING = -20.0
"""For a film that is refused in its share: about what a stamp of it would look like."""


def mix(clips: Sequence[Drawn], shared: Path, folder: Path, goals: Goals) -> dict[str, str]:
    """The worst part of each message, both ways."""
    gains, rows = [], []
    for drawn in clips:
        clip = folder / f"{drawn.name}.mp4"
        if not clip.is_file():
            make_clip(drawn, shared, clip)
        judge = Judge(clip, every=1 / 3, count=30)
        pictures = drawn_pictures(shared)
        for limit in _LIMITS:
            ours = _shared(clip, pictures, limit)
            even = _even(clip, pictures, sum(map(len, ours)) // len(ours))
            looks = [_looks(made, judge, pictures, folder) for made in (ours, even)]
            gains.append(min(looks[0]) - min(looks[1]))
            words = [", ".join(f"{value:.0f}" for value in one) for one in looks]
            rows.append((drawn.name, f"{limit:,}", *words, f"{gains[-1]:+.1f}"))
            print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
    mean = statistics.fmean(gains)
    asked = goals.at_least("worst part of a mixed message", mean, 8)
    head = "message", "budget", "shared by worth: film, pictures", "even split", "worst part"
    return {"mixed": f"{table(head, rows)}\n\nThe worst part gains {mean:+.1f} on average ({asked})."}


def drawn_pictures(shared: Path) -> list[Path]:
    """Three photos that no clip of the tuning shows."""
    return sorted((shared / "photos").glob("*.jpg"))[1::2][:3]


def _shared(clip: Path, pictures: Sequence[Path], limit: int) -> list[bytes | None]:
    slides = [Slide(video=clip, text=_TEXTS[0])]
    slides += [Slide(image=path, text=text) for path, text in zip(pictures, _TEXTS[1:], strict=True)]
    profile = replace(profiles.get("uk"), max_bytes=limit, warn_bytes=None)
    fitted = fit(Message(slides=slides), profile, reserved_bytes=3000, cache=False)
    return [part.data for part in fitted.parts if part.kind in (Kind.VIDEO, Kind.IMAGE)]


def _even(clip: Path, pictures: Sequence[Path], share: int) -> list[bytes | None]:
    data = clip.read_bytes()
    film = Film(data, probe(data), replace(WISH, min_quality=0.0), MP4)
    made = film.attempt(share)
    film.close()
    size = profiles.get("uk").max_width, profiles.get("uk").max_height
    stills = [fit_picture(path.read_bytes(), max_bytes=share, max_size=size).data for path in pictures]
    return [made.data if made is not None else None, *stills]


def _looks(made: Sequence[bytes | None], judge: Judge, pictures: Sequence[Path], folder: Path) -> list[float]:
    film, *stills = made
    found = [_NOTHING]
    if film is not None:
        (folder / "mixed.mp4").write_bytes(film)
        found = [judge.ssimulacra2(folder / "mixed.mp4")]
    size = profiles.get("uk").max_width, profiles.get("uk").max_height
    for path, still in zip(pictures, stills, strict=True):
        with Image.open(path) as opened:
            wanted = ImageOps.contain(ImageOps.exif_transpose(opened).convert("RGB"), size)
        found.append(Reference(wanted).score(Image.open(io.BytesIO(still or b""))))
    return found
