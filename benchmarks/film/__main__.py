"""Clips made to fit, rivals in the same run: `python -m benchmarks.film [--clips 4]`.

The clips are drawn from photos by pans, zooms and cuts, with noise and hand shake. Exits with 1 where a goal
is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.film import rivals
from benchmarks.film.clips import KINDS, make_clip
from benchmarks.film.judging import Judge
from benchmarks.goals import Goals, add_room
from mmspack.fitting.clips import ClipWish
from mmspack.fitting.film import Film
from mmspack.fitting.film_codings import MP4
from mmspack.media.probing import probe

SHARED = Path(__file__).parents[2].parent / "shared"
_WISH = ClipWish(types=("video/mp4",))


@dataclass(frozen=True)
class Row:
    """One clip in one budget."""

    name: str
    limit: int
    bytes: int
    ours: float
    ours_vmaf: float
    two_pass: float
    two_pass_vmaf: float
    two_pass_width: int
    advice: float
    seconds: float
    bound: float
    rival_seconds: float
    made: str

    @property
    def line(self) -> str:
        """A line of the table."""
        return (
            f"| {self.name} | {self.limit:,} | {self.bytes / self.limit:.1%} | {self.made} |"
            f" {self.ours:.1f} ({self.ours_vmaf:.0f}) |"
            f" {self.two_pass:.1f} ({self.two_pass_vmaf:.0f}) at {self.two_pass_width} |"
            f" {self.advice:.1f} | {self.seconds / self.bound:.2f} |"
            f" {self.seconds / self.rival_seconds:.2f} |"
        )


def measure(clip: Path, limit: int, judge: Judge, folder: Path) -> Row:
    """Ours and the rivals on one clip."""
    data = clip.read_bytes()
    begun = time.perf_counter()
    film = Film(data, probe(data), _WISH, MP4)
    made = film.attempt(limit)
    film.close()
    seconds = time.perf_counter() - begun
    if made is None:
        raise SystemExit(f"{clip.name} was refused for {limit:,} bytes")
    ours = folder / "ours.mp4"
    ours.write_bytes(made.data)
    tracks = probe(made.data).tracks
    sound = next((track for track in tracks if track.is_sound), None)
    audio_bits = sound.bits_a_second if sound else 16_000
    length = next(track.duration_ms for track in tracks if track.is_film) / 1000
    video_bits = round((limit * 8 * 0.985 - 8 * 6000) / length - audio_bits)
    tries = [rivals.two_pass(clip, folder, width, video_bits, audio_bits) for width in rivals.SIZES]
    # Two passes end a little above their rate as often as below it: the rival may be 2 % over the budget.
    fitting = [one for one in tries if one.bytes <= limit * 1.02] or tries
    judged = [(judge.ssimulacra2(one.path), one) for one in fitting]
    best, which = max(judged, key=lambda pair: pair[0])
    advised = rivals.advice(clip, folder, limit, audio_bits)
    width, height = made.after.width or 2, made.after.height or 2
    return Row(
        name=clip.stem,
        limit=limit,
        bytes=len(made.data),
        ours=judge.ssimulacra2(ours),
        ours_vmaf=judge.vmaf(ours, folder),
        two_pass=best,
        two_pass_vmaf=judge.vmaf(which.path, folder),
        two_pass_width=which.width,
        advice=judge.ssimulacra2(advised.path),
        seconds=seconds,
        bound=rivals.one_encode(clip, folder, width, height, 30),
        rival_seconds=sum(one.seconds for one in tries),
        made=f"{width} × {height}, {next(t.frames_a_second for t in tracks if t.is_film):.0f}/s",
    )


def report(rows: list[Row], goals: Goals) -> None:
    """The table, and what was asked for."""
    print(
        "| clip | budget | filled | ours is | ours (VMAF) | two passes (VMAF) | advice | × bound | × rival |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(row.line)
    against = [row.ours - row.two_pass for row in rows]
    print(goals.at_most("films over their budget", sum(row.bytes > row.limit for row in rows), 0))
    filled = [row.bytes / row.limit for row in rows]
    print(f"least filled {min(filled):.1%}:", goals.at_least("least filled, %", 100 * min(filled), 97))
    mean, worst = statistics.fmean(against), min(against)
    print(f"against two passes: mean {mean:+.1f}:", goals.at_least("mean against two passes", mean, 0))
    print(f"worst {worst:+.1f}:", goals.at_least("worst against two passes", worst, -1.5))
    advised = statistics.fmean(row.ours - row.advice for row in rows)
    print(f"against common advice {advised:+.1f}:", goals.at_least("mean against common advice", advised, 5))
    bound = statistics.median(row.seconds / row.bound for row in rows)
    print(f"time, × bound {bound:.2f}:", goals.at_most("time, × one decode and encode", bound, 2.0))
    rival = statistics.median(row.seconds / row.rival_seconds for row in rows)
    print(f"time, × two passes at four sizes {rival:.2f}:", goals.at_most("time, × two passes", rival, 0.5))


def main() -> None:
    """Draw the clips, measure, and hold the figures to the goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--budgets", default="300000,600000,1000000")
    parser.add_argument("--looked-at", type=int, default=30, help="frames that are compared")
    parser.add_argument("--photos", type=Path, default=SHARED / "photos")
    parser.add_argument("--keep", type=Path, help="a folder where the drawn clips stay")
    add_room(parser)
    chosen = parser.parse_args()
    goals, photos = Goals(chosen.room), sorted(chosen.photos.glob("*.jpg"))
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number in range(chosen.clips):
            kind = KINDS[number % len(KINDS)]
            clip = (chosen.keep or folder) / f"{kind}-{number}.mp4"
            if not clip.is_file():
                make_clip(photos, clip, kind=kind, seed=number + 1, seconds=chosen.seconds)
            judge = Judge(clip, every=chosen.seconds / chosen.looked_at, count=chosen.looked_at)
            for limit in map(int, chosen.budgets.split(",")):
                rows.append(measure(clip, limit, judge, folder))
                print(rows[-1].line, flush=True)
    print(f"\nload {os.getloadavg()[0]:.1f}\n")
    report(rows, goals)
    goals.finish()


if __name__ == "__main__":
    main()
