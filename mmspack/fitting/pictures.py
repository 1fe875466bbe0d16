"""All pictures, films and sounds of a message within one number of bytes."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from mmspack.errors import DoesNotFit, MmspackError
from mmspack.fitting.budget import QualityCurve, share
from mmspack.fitting.cache import Cache, key_of
from mmspack.fitting.candidate import Candidate, open_candidate
from mmspack.fitting.effort import EFFORTS, MOVING_SLACK
from mmspack.fitting.picture import FittedPicture, MadeOf, Wish
from mmspack.fitting.searching import next_that_does
from mmspack.fitting.sources import Problems
from mmspack.model import Effort
from mmspack.problem import NOWHERE, Place, Problem

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture

_GRAIN = 128
"""Budgets are rounded down to it, so that a word more in a text does not miss the cache."""
_ATTEMPTS = 4
_MOST = 1 << 26
_LOOKS = 2
"""Times that the pictures are looked at again, each around its share of the bytes."""
_SPARE = 0.015
"""Share of the budget that may remain unused."""
_OPEN, _FILLED = 0.005, 2
"""The same where it costs an encode or two of a photo to use it, and for how many photos: what six leave open
at 300 kB is 2 points of the worst."""


_T = TypeVar("_T")
_R = TypeVar("_R")


class Job(Protocol):
    """A medium of a message that shares in its bytes, and where the author wrote it."""

    @property
    def where(self) -> Place:
        """For problems."""

    @property
    def data(self) -> bytes:
        """The source."""

    @property
    def request(self) -> object:
        """All else that decides the result: its `repr` is part of the key of the cache."""

    @property
    def effort(self) -> str:
        """How much time may be spent."""

    @property
    def cost(self) -> int:
        """Pixels that are gone through: what decides how long it takes."""

    def open(self) -> Candidate:
        """A candidate that knows nothing of other limits, or whose answers do not depend on them."""

    def close(self) -> None:
        """Give back what it holds: a process, files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureJob:
    """One picture of a message."""

    where: Place
    picture: Picture
    wish: Wish
    made_of: MadeOf | None = None

    @property
    def data(self) -> bytes:
        """The file of the picture."""
        return self.picture.data

    @property
    def request(self) -> object:
        """What is asked of it."""
        return self.wish, self.made_of

    @property
    def effort(self) -> str:
        """How much time may be spent."""
        return self.wish.effort

    @property
    def cost(self) -> int:
        """Pixels of all frames."""
        return self.picture.size[0] * self.picture.size[1] * self.picture.frames

    def open(self) -> Candidate:
        """A fresh candidate."""
        return open_candidate(self.picture, self.wish, self.made_of)

    def close(self) -> None:
        """It holds nothing."""


def fit_together(
    jobs: Sequence[Job], left: int, problems: Problems, *, limit: int, cache: bool, explain: bool = True
) -> list[FittedPicture | None]:
    """The pictures in the order of `jobs`, together at most `left` bytes; None where a problem was added.

    `limit` is what the whole message may take, `left` included: problems name the limit that would do, which
    takes time to find; without `explain` they only say that this one does not.
    """
    if not jobs:
        return []
    taken = limit - left
    left -= left % _GRAIN
    store = Cache.of_user() if cache else None
    key = key_of((job.data for job in jobs), (left, [job.request for job in jobs]))
    found = store.get(key) if store is not None else None
    if found is not None:
        return list(found)
    try:
        fit = _Fit(jobs, left, problems)
        made = fit.run()
        if fit.refused is not None:
            problems.add(NOWHERE, fit.explained(taken) if explain else DoesNotFit("the media do not fit"))
    finally:
        for job in jobs:
            job.close()
    if store is not None and all(picture is not None for picture in made):
        store.put(key, [picture for picture in made if picture is not None])
    return made


class _Fit:
    """The steps of one fit. `made` fills up as pictures are decided."""

    def __init__(self, jobs: Sequence[Job], left: int, problems: Problems) -> None:
        self.jobs = jobs
        self.total = left
        self.left = left
        self.problems = problems
        self.failed = False
        self.refused: list[int] | None = None
        """Where the bytes do not do: the pictures for which not even all of them would."""
        self.made: list[FittedPicture | None] = [None] * len(jobs)
        self.candidates: list[Candidate] = [job.open() for job in jobs]

    def run(self) -> list[FittedPicture | None]:
        self._settle()
        open_ones = [index for index, picture in enumerate(self.made) if picture is None]
        if not open_ones or self.failed:
            return self.made
        even = [self.left // len(open_ones)] * len(open_ones)
        found = self._curves(open_ones, even, encode=False)
        curves = [curve for curve in found if curve is not None]
        if self.failed:
            return self.made
        if len(curves) < len(found):
            self.refused = [index for index, curve in zip(open_ones, found, strict=True) if curve is None]
        else:
            self._make(open_ones, self._looked(open_ones, curves))
        return self.made

    def _looked(self, indices: list[int], curves: list[QualityCurve]) -> list[QualityCurve]:
        """The curves predicted again, each around the share that it got by the last prediction."""
        for _ in range(_LOOKS):
            shares = share(curves, self.left)
            if shares is None or len(curves) < 2:
                return curves
            found = self._curves(indices, shares, encode=True)
            curves = [new or old for new, old in zip(found, curves, strict=True)]
        return curves

    def _curves(self, indices: list[int], shares: list[int], *, encode: bool) -> list[QualityCurve | None]:
        near = dict(zip(indices, shares, strict=True))
        return self._each(
            indices, lambda index: self.candidates[index].curve(self.left, near[index], encode=encode)
        )

    def _settle(self) -> None:
        """Sources that may stay as they are: all when all fit, else those of at most half an even share."""
        whole = self._each(
            list(range(len(self.jobs))), lambda index: self.candidates[index].settled(self.left)
        )
        if all(whole) and sum(len(picture.data) for picture in whole if picture) <= self.left:
            self.made = list(whole)
            return
        even = self.left // max(1, 2 * len(whole))
        for index, picture in enumerate(whole):
            if picture is not None and len(picture.data) <= even:
                self.made[index] = picture
                self.left -= len(picture.data)

    def _make(self, indices: list[int], curves: list[QualityCurve]) -> None:
        """Share and make; a picture whose share turns out too small for its wishes gets a larger one."""
        outcomes: list[FittedPicture | None] = []
        shares: list[int] | None = []
        for _ in range(_ATTEMPTS):
            shares = share(curves, self.left)
            if shares is None:
                self.refused = []
                return
            outcomes = self._attempts(indices, shares)
            raised = [_raised(*one) for one in zip(curves, shares, outcomes, strict=True)]
            if self.failed or raised == curves:
                break
            curves = raised
        if self.failed:
            return
        if None in outcomes:
            self.refused = [index for index, made in zip(indices, outcomes, strict=True) if made is None]
            return
        spare = 0
        for index, picture, given in zip(indices, outcomes, shares or (), strict=True):
            self.made[index] = picture
            left = given - len(picture.data) if picture is not None else 0
            # What a search leaves open is not handed on, or a hasty one would end above a patient one.
            spare += left if left > _open_share(self.jobs[index].effort) * given else 0
        self._hand_on(indices, spare)
        self._fill([index for index in indices if _is_quick(self.jobs[index])])

    def _attempts(self, indices: list[int], shares: list[int]) -> list[FittedPicture | None]:
        limits = dict(zip(indices, shares, strict=True))
        return self._each(indices, lambda index: self.candidates[index].attempt(limits[index]))

    def _hand_on(self, indices: list[int], spare: int) -> None:
        """What is left over goes to the pictures that look worst, one after the other."""
        for index in sorted(indices, key=self._quality):
            before = self.made[index]
            if before is None or spare <= _SPARE * self.left or (before.quality or 0) >= 100:
                continue
            spare -= self._enlarge(index, spare)

    def _enlarge(self, index: int, spare: int) -> int:
        """Give one picture `spare` bytes more where it looks better with them; how many it took."""
        before = self.made[index]
        after = self.candidates[index].attempt(len(before.data) + spare) if before is not None else None
        if before is None or after is None or (after.quality or 0) <= (before.quality or 0):
            return 0
        self.made[index] = after
        return len(after.data) - len(before.data)

    def _fill(self, indices: list[int]) -> None:
        """What all searches together have left open goes to the still pictures that look worst."""
        spare = self.left - sum(len(made.data) for made in self.made if made is not None)
        for index in sorted(indices, key=self._quality)[:_FILLED]:
            if spare > _OPEN * self.left and self._quality(index) < 100:
                spare -= self._enlarge(index, spare)

    def _quality(self, index: int) -> float:
        picture = self.made[index]
        return (picture.quality if picture else None) or 0.0

    def _each(self, indices: list[int], work: Callable[[int], _R]) -> list[_R | None]:
        """`work` for each picture, on as many threads as there are processors; problems are collected."""
        costs = [self.jobs[index].cost for index in indices]
        return self._collected(indices, _in_threads(_caught(work), indices, costs))

    def _collected(self, indices: list[int], outcomes: Sequence[_R | MmspackError]) -> list[_R | None]:
        results: list[_R | None] = []
        for index, outcome in zip(indices, outcomes, strict=True):
            if isinstance(outcome, MmspackError):
                self.failed = True
                self.problems.add(self.jobs[index].where, outcome)
                results.append(None)
            else:
                results.append(outcome)
        return results

    def explained(self, taken: int) -> DoesNotFit:
        """What prevents it, and the limit that would be enough where everything else takes `taken` bytes."""
        alone = [
            (self.jobs[at].where, self.candidates[at].refusal(self.total))
            for at in self.refused or ()
            if (self.candidates[at].least() or _MOST) > self.total
        ]
        problems = [problem.within(where) for where, error in alone for problem in error.problems]
        needed = self._enough()
        if not problems:
            least = "more" if needed is None else f"{needed:,} bytes"
            problems = [Problem(f"the pictures need {least} together, but only {self.total:,} are left")]
        if needed is not None:
            enough = f"a limit of {needed + taken:,} bytes would be enough"
            problems = [replace(one, cure="; ".join(filter(None, (one.cure, enough)))) for one in problems]
        return DoesNotFit(problems=problems)

    def _enough(self) -> int | None:
        """Bytes that are enough for the pictures, verified by a fit; None where unknown."""
        wanted = [candidate.least() for candidate in self.candidates]
        if None in wanted:
            return None
        start = max(self.total + _GRAIN, sum(size for size in wanted if size is not None))
        found = next_that_does(self._does, -(-start // _GRAIN), most=_MOST // _GRAIN)
        return None if found is None else found * _GRAIN

    def _does(self, grains: int) -> bool:
        other = _Fit(self.jobs, grains * _GRAIN, Problems())
        return None not in other.run()


def _is_quick(job: Job) -> bool:
    """True where another attempt takes an instant, and was not to be spared."""
    return isinstance(job, PictureJob) and job.picture.frames == 1 and job.effort != Effort.FAST


def _open_share(effort: str) -> float:
    """The share of its bytes that a search at this effort may leave unused."""
    return 1 - EFFORTS[effort].filled + MOVING_SLACK


def _raised(curve: QualityCurve, limit: int, made: FittedPicture | None) -> QualityCurve:
    """The curve without the points that did not do; itself where they did or nothing would be left."""
    points = tuple(point for point in curve.points if point[0] > limit)
    return QualityCurve(points, curve.weight) if made is None and points else curve


def _caught(work: Callable[[_T], _R]) -> Callable[[_T], _R | MmspackError]:
    def run(task: _T) -> _R | MmspackError:
        try:
            return work(task)
        except MmspackError as error:
            return error

    return run


def _in_threads(work: Callable[[_T], _R], tasks: Sequence[_T], costs: Sequence[int]) -> list[_R]:
    """`work` on each task, in their order. The longest begin first, so that no thread ends alone."""
    workers = min(len(tasks), os.cpu_count() or 1)
    if workers < 2:
        return [work(task) for task in tasks]
    pool = ThreadPoolExecutor(workers)
    try:
        order = sorted(range(len(tasks)), key=lambda at: -costs[at])
        # Cures are worded for whom the context names, in the threads, too.
        begun = {at: pool.submit(contextvars.copy_context().run, work, tasks[at]) for at in order}
        return [begun[at].result() for at in range(len(tasks))]
    finally:
        # After Ctrl-C nobody waits: the jobs are closed, which ends what their threads are waiting for.
        pool.shutdown(wait=False, cancel_futures=True)
