"""Films of 1080p, made to fit and compared with what rivals make of the same bytes."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.film import rivals
from benchmarks.film.clips import Drawn, make_clip
from benchmarks.film.judging import Judge
from benchmarks.fit.memory import Memory
from benchmarks.fit.tables import table
from benchmarks.goals import Goals
from mmspack.fitting.clips import ClipWish
from mmspack.fitting.film import Film
from mmspack.fitting.film_codings import MP4
from mmspack.media.probing import probe

WISH = ClipWish(types=("video/mp4",))
_SECONDS, _LOOKED_AT = 10.0, 30
_HEAD = (
    *("clip", "budget", "filled", "ours is", "ours (VMAF)", "two passes (VMAF)", "advice"),
    *("× one decode and encode", "× two passes"),
)


@dataclass(frozen=True)
class Row:
    """One clip in one budget. Seconds are of the processor."""

    name: str
    limit: int
    bytes: int
    ours: float
    ours_vmaf: float
    rival: rivals.Rivals
    seconds: float
    bound: float
    made: str

    @property
    def cells(self) -> tuple[str, ...]:
        """A line of the table."""
        rival = self.rival
        return (
            self.name, f"{self.limit:,}", f"{self.bytes / self.limit:.1%}", self.made,
            f"{self.ours:.1f} ({self.ours_vmaf:.0f})",
            f"{rival.two_pass:.1f} ({rival.two_pass_vmaf:.0f}) at {rival.width:.0f}",
            f"{rival.advice:.1f}", f"{self.seconds / self.bound:.2f}", f"{self.seconds / rival.seconds:.2f}",
        )  # fmt: skip


def compare(
    clips: Sequence[Drawn],
    limits: Sequence[int],
    shared: Path,
    folder: Path,
    goals: Goals,
    memory: Memory,
) -> dict[str, str]:
    """A table for each limit, with what was asked for."""
    rows = []
    for drawn in clips:
        clip = folder / f"{drawn.name}.mp4"
        if not clip.is_file():
            make_clip(drawn, shared, clip, seconds=_SECONDS)
        judge = Judge(clip, every=_SECONDS / _LOOKED_AT, count=_LOOKED_AT)
        for limit in limits:
            rows.append(_measured(clip, limit, judge, folder, memory))
            print(*rows[-1].cells, sep=" | ", file=sys.stderr, flush=True)
    found = {}
    for limit in limits:
        own = [row for row in rows if row.limit == limit]
        tables = table(_HEAD, [row.cells for row in own]), _judge(own, goals)
        found[f"quality in {limit:,} bytes"] = "\n\n".join(tables)
    return found


def _measured(clip: Path, limit: int, judge: Judge, folder: Path, memory: Memory) -> Row:
    data = clip.read_bytes()
    begun = rivals.processor_seconds()
    film = Film(data, probe(data), WISH, MP4)
    made = film.attempt(limit)
    film.close()
    seconds = rivals.processor_seconds() - begun
    if made is None:
        raise SystemExit(f"{clip.name} was refused for {limit:,} bytes")
    ours = folder / "ours.mp4"
    ours.write_bytes(made.data)
    tracks = probe(made.data).tracks
    sound = next(track for track in tracks if track.is_sound)
    picture = next(track for track in tracks if track.is_film)
    # The rivals get the rate that ours asked for, which is what comes out to within a few per cent.
    audio_bits = round(sound.bits_a_second / 8000) * 8000
    width, height = made.after.width or 2, made.after.height or 2
    return Row(
        name=clip.stem,
        limit=limit,
        bytes=len(made.data),
        ours=judge.ssimulacra2(ours),
        ours_vmaf=judge.vmaf(ours, folder),
        rival=rivals.measured(clip, limit, audio_bits, picture.duration_ms / 1000, judge, folder, memory),
        seconds=seconds,
        bound=rivals.one_encode(clip, folder, (width, height), picture.bits_a_second),
        made=f"{width} × {height}, {picture.frames_a_second:.0f}/s",
    )


def _judge(rows: Sequence[Row], goals: Goals) -> str:
    against = [row.ours - row.rival.two_pass for row in rows]
    mean, worst = statistics.fmean(against), min(against)
    filled = [100 * row.bytes / row.limit for row in rows]
    advised = statistics.fmean(row.ours - row.rival.advice for row in rows)
    bound = statistics.median(row.seconds / row.bound for row in rows)
    rival = statistics.median(row.seconds / row.rival.seconds for row in rows)
    over = sum(row.bytes > row.limit for row in rows)
    words = f"{statistics.fmean(filled):.1f} % ({min(filled):.1f} %)"
    asked = (
        ("films over their budget", over, goals.at_most("films over their budget", over, 0)),
        ("filled, mean (least)", words, goals.at_least("mean filled, %", statistics.fmean(filled), 97)),
        ("against two passes, mean", f"{mean:+.1f}", goals.at_least("mean against two passes", mean, 0)),
        ("worst", f"{worst:+.1f}", goals.at_least("worst against two passes", worst, -1.5)),
        ("against the advice, mean", f"{advised:+.1f}", goals.at_least("mean against advice", advised, 5)),
        ("time, × one decode and encode", f"{bound:.2f}", goals.at_most("time, × one encode", bound, 2.0)),
        ("time, × two passes at four sizes", f"{rival:.2f}", goals.at_most("time, × two passes", rival, 0.5)),
    )
    return table(("all rows; times are medians", "", ""), asked)
