"""An animated GIF as a candidate. Frames are left out only where size alone does not do."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from mmspack.errors import DoesNotFit
from mmspack.fitting import account, animation_search, quality
from mmspack.fitting.animation_forecast import EACH, ONE
from mmspack.fitting.animation_search import FLOOR, SMALLEST, Motion, Moved
from mmspack.fitting.budget import QualityCurve
from mmspack.fitting.effort import EFFORTS, MOVING_SLACK
from mmspack.fitting.geometry import crop_box, inside
from mmspack.fitting.kept import AsItIs
from mmspack.fitting.picture import FittedPicture, Wish
from mmspack.fitting.searching import next_that_does, smallest
from mmspack.media.animation import read_animation, still_instead
from mmspack.model import BuildNotes

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture

_STEPS = 16
_SLOW_MS = 100
"""Least time that a frame stands once frames are left out: ten pictures a second still move. That is the last
resort: it cost 20 to 33 points (docs/fitting.md)."""
_NEAR = 0.5
_MOST = 1 << 26


class Moving:
    """An animation that is to keep moving."""

    def __init__(self, picture: Picture, wish: Wish, cure: str = "") -> None:
        """`cure` is that of a film of which the GIF was made: its author knows of no GIF."""
        self._picture = picture
        self._cure = cure
        self._wish = wish
        self._same = AsItIs(picture, wish)
        self._lock = threading.RLock()
        self._motions: dict[bool, Motion] = {}

    def settled(self, limit: int) -> FittedPicture | None:
        """The source without its comments, where it fits and nothing in it is transparent."""
        return self._same.within(limit)

    def curve(self, limit: int, near: int, *, encode: bool) -> QualityCurve | None:  # noqa: ARG002 - one for all
        """Predicted from one encode, in the colours that look best in `near` bytes.

        The unchanged source is its last point.
        """
        same = self.settled(limit)
        top = len(same.data) if same is not None else limit
        points: list[tuple[int, float]] = []
        if same is None and not self._motion(False).promises(int(_NEAR * limit)):
            points += self._points(True, near, top)
        points += self._points(False, near, top)
        for size, value in self._unscaled(top):  # more bytes than it takes buy nothing
            points = [*(point for point in points if point[0] < size and point[1] < value), (size, value)]
        if same is not None:
            points.append((top, 100.0))
        rising = [
            point for at, point in enumerate(points) if all(point[1] > other[1] for other in points[:at])
        ]
        return QualityCurve(tuple(sorted(rising)), weight=self._wish.weight) if rising else None

    def attempt(self, limit: int) -> FittedPicture | None:
        """The unchanged source where it fits, else the best animation, with all frames where that goes."""
        found = self._tried(limit)
        if found is None and (least := self.least()) is not None and least <= limit:
            # Forecasts lead elsewhere at another limit: what fits in fewer bytes is not refused in more.
            return self._afresh()._tried(least)
        return found

    def _tried(self, limit: int) -> FittedPicture | None:
        """What the search for that limit finds."""
        same = self.settled(limit)
        if same is not None:
            return same
        for thinned in (False, True):
            motion = self._motion(thinned)
            if not motion.promises(limit):
                continue
            made = motion.best(limit)
            if made is not None and made.quality >= self._asked:
                return self._fitted(made, motion)
        return None

    @property
    def _asked(self) -> float:
        """The quality below which nothing does."""
        return FLOOR if self._wish.min_quality is None else self._wish.min_quality

    def _points(self, thinned: bool, near: int, top: int) -> list[tuple[int, float]]:
        motion = self._motion(thinned)
        points: list[tuple[int, float]] = []
        # Where the source is likely to stay as it is, little time is spent on what is smaller.
        stays = self.settled(min(near, top)) is not None
        colours, frames = (None, ONE) if stays else (motion.learnt_for(min(near, top)), EACH)
        for step in range(_STEPS + 1):
            factor = SMALLEST ** (1 - step / _STEPS)
            size = motion.sizes.bytes_for(factor, colours)
            value = motion.prospect.at(factor, colours, frames)
            if size <= top and value >= self._asked and (not points or size > points[-1][0]):
                points.append((size, value))
        return points

    def _unscaled(self, top: int) -> list[tuple[int, float]]:
        """The point of the full size where that was tried and fits."""
        motion = self._motion(False)
        made = motion.unscaled(top)
        good = made is not None and made.quality >= self._asked
        return [(len(made.data), made.quality)] if made is not None and good else []

    def _fitted(self, made: Moved, motion: Motion) -> FittedPicture:
        from mmspack.media.pictures import is_see_through

        picture = self._picture
        before = account.facts_of(picture)
        actions = list(account.actions_of(picture, self._wish, "GIF", made.size, still=False))
        if picture.has_alpha and is_see_through(picture):
            actions.append(f"transparency replaced by {self._wish.background}")
        if made.frames != picture.frames:
            actions.append(f"{picture.frames} → {made.frames} frames with the same duration")
        return FittedPicture(
            data=made.data,
            type="image/gif",
            before=before,
            after=replace(
                before,
                bytes=len(made.data),
                width=made.size[0],
                height=made.size[1],
                frames=made.frames,
                duration_ms=sum(motion.animation.delays_ms),
            ),
            actions=(*actions, "animation kept"),
            quality_words=quality.in_words(made.quality),
            notes=BuildNotes(quality=quality.shown(made.quality)),
        )

    def _motion(self, thinned: bool) -> Motion:
        from mmspack.media.colour import colour

        with self._lock:
            if thinned not in self._motions:
                wish = self._wish
                if thinned:
                    taken = animation_search.thin(self._motion(False).animation, _SLOW_MS)
                else:
                    taken = read_animation(self._picture.data, colour(wish.background))
                    if wish.crop:
                        taken = animation_search.cropped(taken, crop_box(taken.size, wish.crop, wish.focus))
                self._motions[thinned] = Motion(
                    taken,
                    inside(taken.size, wish.max_size, turn=wish.turn),
                    filled=EFFORTS[wish.effort].filled - MOVING_SLACK,
                    source_bytes=len(self._picture.data),
                    before=self._motion(False).animation if thinned else None,
                )
            return self._motions[thinned]

    def least(self) -> int | None:
        """The smallest limit that does, within 3 %, found by trying; None where none does."""
        return self._least

    @cached_property
    def _least(self) -> int | None:
        motion = self._motion(False)
        factor = max(SMALLEST, motion.prospect.factor_for(self._asked))
        found = smallest(
            lambda limit: self._tried(limit) is not None, motion.sizes.bytes_for(factor), most=_MOST
        )
        # The forecasts learnt on the way find more than a fresh fit at that limit would: verify with one.
        return found and next_that_does(
            lambda limit: self._afresh()._tried(limit) is not None, found, most=_MOST
        )

    def _afresh(self) -> Moving:
        """The same without what was learned from encodes."""
        fresh = Moving(self._picture, self._wish, self._cure)
        fresh._motions = {thinned: motion.afresh() for thinned, motion in self._motions.items()}
        return fresh

    def refusal(self, limit: int) -> DoesNotFit:
        """Why `limit` bytes do not do."""
        needed, wanted = self.least(), self._wish.min_quality
        what = f"min_quality {wanted:g}" if wanted else "an acceptable quality"
        called = f"the animated GIF of {len(self._picture.data):,} bytes"
        if self._cure:
            called = "the video as an animated GIF"
        cure = self._cure or still_instead()
        if needed is None:
            return DoesNotFit(f"{called} cannot reach {what} at any size", hint=cure)
        return DoesNotFit(
            f"{called} needs {needed:,} bytes for {what}, but only {max(0, limit):,} are left", hint=cure
        )
