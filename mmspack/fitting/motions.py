"""An animated GIF as a candidate. Frames are left out only where size alone does not do."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from mmspack.errors import DoesNotFit
from mmspack.fitting import describing, moving, quality
from mmspack.fitting.geometry import crop_box, inside
from mmspack.fitting.moving import Motion, Moved
from mmspack.fitting.photo import EFFORTS
from mmspack.fitting.picture import FittedPicture, Wish
from mmspack.fitting.sharing import Curve
from mmspack.fitting.untouched import unchanged

if TYPE_CHECKING:
    from mmspack.media.pictures import Picture

_STEPS = 16
_SLOW_MS = 100
"""Least time that a frame stands once frames are left out: ten pictures a second still move."""
_NEAR = 0.5
_HOPELESS = 0.9


class Moving:
    """An animation that is to keep moving."""

    def __init__(self, picture: Picture, wish: Wish) -> None:
        self._picture = picture
        self._wish = wish
        self._same = unchanged(picture, wish)
        self._lock = threading.RLock()
        self._motions: dict[bool, Motion] = {}

    def settled(self, limit: int) -> FittedPicture | None:
        """The source with its comments taken out, where it fits."""
        return self._same if self._same is not None and len(self._same.data) <= limit else None

    def curve(self, limit: int) -> Curve:
        """Predicted from one encode; the unchanged source is its last point."""
        same = self.settled(limit)
        top = len(same.data) if same is not None else limit
        points: list[tuple[int, float]] = []
        if self._motion(False).factor_for(_NEAR * limit) < moving.FLOOR:
            points += self._points(True, top)
        points += self._points(False, top)
        if same is not None:
            points.append((top, 100.0))
        rising = [
            point for at, point in enumerate(points) if all(point[1] > other[1] for other in points[:at])
        ]
        if not rising:
            raise self._too_few(limit)
        return Curve(tuple(sorted(rising)), weight=self._wish.weight)

    def make(self, limit: int) -> FittedPicture:
        """The unchanged source where it fits, else the largest animation, with all frames where that goes."""
        same = self.settled(limit)
        if same is not None:
            return same
        for thinned in (False, True):
            motion = self._motion(thinned)
            if motion.factor_for(limit) < _HOPELESS * moving.FLOOR:
                continue
            made = motion.best(limit)
            if made is not None and quality.of_motion(made.factor, thinned) >= (self._wish.min_quality or 0):
                return self._fitted(made, motion, thinned)
        raise self._too_few(limit)

    def _points(self, thinned: bool, top: int) -> list[tuple[int, float]]:
        motion = self._motion(thinned)
        points: list[tuple[int, float]] = []
        for step in range(_STEPS + 1):
            factor = moving.FLOOR ** (1 - step / _STEPS)
            size, value = motion.bytes_for(factor), quality.of_motion(factor, thinned)
            if (
                size <= top
                and value >= (self._wish.min_quality or 0)
                and (not points or size > points[-1][0])
            ):
                points.append((size, value))
        return points

    def _fitted(self, made: Moved, motion: Motion, thinned: bool) -> FittedPicture:
        picture = self._picture
        before = describing.facts_of(picture)
        actions = list(describing.actions_of(picture, self._wish, "GIF", made.size, still=False))
        if thinned:
            actions.append(f"{picture.frames} → {made.frames} frames in the same time")
        value = quality.of_motion(made.factor, thinned)
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
            actions=(*actions, "kept moving"),
            quality=round(value, 1),
            quality_words=quality.in_words(value),
        )

    def _motion(self, thinned: bool) -> Motion:
        from mmspack.media.animation import read_animation
        from mmspack.media.colour import colour

        with self._lock:
            if thinned not in self._motions:
                wish = self._wish
                if thinned:
                    taken = moving.thin(self._motion(False).animation, _SLOW_MS)
                else:
                    taken = read_animation(self._picture.data, colour(wish.background))
                    if wish.crop:
                        taken = moving.cropped(taken, crop_box(taken.size, wish.crop, wish.focus))
                size = inside(taken.size, wish.max_size, turn=wish.turn)
                filled = EFFORTS[wish.effort].filled - 0.03
                self._motions[thinned] = Motion(
                    taken, size, filled=filled, source_bytes=len(self._picture.data)
                )
            return self._motions[thinned]

    def _too_few(self, limit: int) -> DoesNotFit:
        least = self._wish.min_quality
        factor = max(moving.FLOOR, quality.factor_of_motion(least) if least else 0.0)
        needed = min(
            self._motion(thinned).bytes_for(factor) for thinned in ((False,) if least else (False, True))
        )
        return DoesNotFit(
            f"the animated GIF of {len(self._picture.data):,} bytes takes about {needed:,} to be worth"
            f" looking at, and {max(0, limit):,} are left for it",
            hint="still = true sends its first frame",
        )
