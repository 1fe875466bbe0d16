"""A still picture as a candidate: a photo, a graphic, or the first frame of an animation."""

from __future__ import annotations

import math
import sys
import threading
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from PIL import Image

from mmspack.errors import DoesNotFit
from mmspack.fitting import account, quality
from mmspack.fitting.account import honest
from mmspack.fitting.budget import QualityCurve
from mmspack.fitting.codes import SourceCodes
from mmspack.fitting.contest import Contest
from mmspack.fitting.geometry import Box, Size, crop_box, inside
from mmspack.fitting.graphic import Drawn, Graphic
from mmspack.fitting.kept import AsItIs
from mmspack.fitting.photo import OWN, SMALL, Encoded, Photo
from mmspack.fitting.picture import FittedPicture, Wish
from mmspack.fitting.searching import next_that_does, smallest
from mmspack.fitting.steps import promised_step
from mmspack.media import graphics
from mmspack.media.decoders import open_own
from mmspack.media.formats import MADE
from mmspack.media.pictures import WHOLE, Picture, decode, eighths_of
from mmspack.media.tiles import Tiles
from mmspack.model import BuildNotes, Effort, Facts

_LEAST_BYTES = 1500
_STEP = 1.12
_ENOUGH = 1.25
"""Times the bytes of a lossy source that its copy may take: the source holds all that there is to see."""
_ROOM = 1.25
"""Bytes over those predicted for a quality that was asked for, so that it is reached."""
_QUICK = 1.0
"""Times the shown size at which `fast` has a JPEG decoded: that costs 0.2 to 4.5 points at 300 kB."""
_ROOMS = ((-1.6, 1.25), (-3.0, 1.5))
"""Steps down to which each is enough, by what the header promises: it costs less than a point. Below them all
pixels are decoded, which takes twice the time (docs/fitting.md)."""
_SMALL_ROOMS = ((-1.6, 1.5), (-3.0, 2.5))
"""The same of what is shown small, where fine detail is more of a picture and costs less time."""
_MANY = 300_000
"""Bytes from which the second of two is not enough: a noisy photo promises coarser steps than it is given,
and lost 0.7 points at 600 kB, 1.4 at 1 MB."""
_MOST_WHOLE = 24_000_000
"""Pixels up to which all are decoded unasked: each takes up to seven bytes, for each of two threads."""
_FORESEEN = 88.0
"""Quality from which a picture is decoded again, finer, where the header promised less."""
_BLURRED, _BLURRED_UP_TO = 8.5, 1.7
"""What a decode at the very size loses of quality, and the room from which on nothing more is lost."""
_MOST_BYTES = 1 << 24
"""More than any picture of a message takes."""
_SHARPER = 0.8
"""Points that a palette may look worse than a JPEG: its edges are sharper, and text is read by them."""
_FLAT, _FLAT_IF_LOSSY = 0.15, 0.45
"""Share of equal neighbours from which palettes are tried; a smooth photo from a codec has 30 % and more."""
_PAPER = 0.6
"""Share of two colours from which palettes are tried too: 0.85 in a scanned page, 0.05 to 0.3 in photos."""
_GOOD_ENOUGH = 85.0
"""Quality of a JPEG from which a lossy source needs no palette."""
_HOPELESS = 4.0
"""Points by which a way of encoding is expected to fall behind the other and is not made."""


class _Opened(NamedTuple):
    """A decoded still, as a photo and as a graphic where it is one; `room` is that of its decode."""

    photo: Photo
    room: float
    graphic: Graphic | None
    contest: Contest | None
    """Where encodes are measured by all their pixels, and not only tried."""
    tiles: Tiles | None
    """Of a graphic."""

    def measured(self, data: bytes, expected: float) -> float:
        """How an encode looks: measured, or in a photo as is expected by trials."""
        if self.contest is not None:
            return self.contest.quality(data)
        if self.tiles is None:
            return expected
        with open_own(data) as opened:
            return self.tiles.measured(opened)


class Still:
    """A photo or a graphic, or the first frame of an animation."""

    def __init__(self, picture: Picture, wish: Wish) -> None:
        self._picture = picture
        self._wish = wish
        self._same = AsItIs(picture, wish)
        self._lock = threading.Lock()
        self._ready: _Opened | None = None
        self._found_codes: SourceCodes | None = None

    def settled(self, limit: int) -> FittedPicture | None:
        """The source with no pixel changed but transparent ones, where that may be shown and fits."""
        return self._same.within(limit)

    def curve(self, limit: int, near: int, *, encode: bool) -> QualityCurve | None:
        """Predicted from trials, most exactly around `near` bytes; the unchanged source is its last point."""
        opened = self._open(min(limit, near))
        if self._takes("image/jpeg"):
            if encode and (self._is_lossy or opened.graphic is None):
                opened.photo.begin(min(limit, near, self._enough(opened.photo.size)))
            opened.photo.look(min(limit, near))
        same = self.settled(limit)
        top = len(same.data) if same is not None else min(limit, self._enough(opened.photo.size))
        found = [] if not self._takes("image/jpeg") else _photo_points(opened.photo, top)
        if opened.graphic is not None and not self._needs_no_palette(opened, near):
            found += opened.graphic.points(limit)
        if same is not None:
            found.append((len(same.data), 100.0))
        points: list[tuple[int, float]] = []
        for size, value in sorted(found):
            if value >= (self._wish.min_quality or quality.WORST) and (not points or value > points[-1][1]):
                points.append((size, value))
        return QualityCurve(tuple(points), weight=self._wish.weight) if points else None

    def attempt(self, limit: int) -> FittedPicture | None:
        """The unchanged source where it fits, else the best of a JPEG and a palette."""
        result = self._best(limit)
        return result if result is not None and (result.quality or 0.0) >= self._asked else None

    def _best(self, limit: int) -> FittedPicture | None:
        """The same, whatever quality comes of it."""
        same = self.settled(limit)
        if same is not None:
            return same
        made = self._anew(limit)
        return made and honest(made, self._picture, self._wish)

    def _anew(self, limit: int) -> FittedPicture | None:
        """The best of a JPEG and a palette, in which codes scan."""
        opened = self._open(limit)
        result, enough = self._made(opened, limit)
        return result and self._scannable(self._or_calmer(result, opened, limit), opened, enough)

    def _made(self, opened: _Opened, limit: int) -> tuple[FittedPicture | None, int]:
        """The best of a JPEG and a palette, and how many bytes were enough for it."""
        enough = min(limit, self._enough(opened.photo.size))
        result = self._better(opened, limit, enough)
        if enough < limit and (result is None or (result.quality or 0.0) < self._asked):
            enough = limit  # what was asked for goes before what is enough
            result = self._better(opened, limit, limit)
        return result, enough

    def _or_calmer(self, made: FittedPicture, opened: _Opened, limit: int) -> FittedPicture:
        """With `best`, what `good` makes, where that looks better than a palette of all pixels.

        A coarser decode loses the noise of a lossy source, for which a palette pays dearly.
        """
        if opened.contest is None or made.type == "image/jpeg" or not self._is_lossy:
            return made
        usual = Still(self._picture, replace(self._wish, effort=Effort.GOOD))
        calm, _ = usual._made(usual._open(limit), limit)
        value = opened.contest.quality(calm.data) if calm is not None else quality.WORST
        if calm is None or value <= (made.quality or 0.0):
            return made
        notes = replace(calm.notes, quality=quality.shown(value))
        return replace(calm, quality_words=quality.in_words(value), notes=notes)

    def _better(self, opened: _Opened, limit: int, enough: int) -> FittedPicture | None:
        """The best palette, unless the best JPEG of at most `enough` bytes looks clearly better."""
        graphic, photo = opened.graphic, opened.photo
        if not self._takes("image/jpeg"):
            return self._graphic(graphic.best(limit) if graphic else None, opened)
        drawn: FittedPicture | None = None
        if graphic is not None and not self._needs_no_palette(opened, enough):
            photo.look(enough)
            jpeg_at = photo.quality_at(enough)
            drawn_at = graphic.expected_at(limit) if graphic.ceiling > jpeg_at - _HOPELESS else None
            if drawn_at is not None and drawn_at > jpeg_at - _HOPELESS:
                best = graphic.best(limit)
                drawn = self._graphic(best, opened)
                if best is not None and best.quality > jpeg_at + _HOPELESS and opened.contest is None:
                    return drawn
        made = (opened.contest or photo).best(enough)
        if made is None:
            return drawn
        if opened.contest is None:
            made = made._replace(quality=opened.measured(made.data, made.quality))
        least = made.quality - (0.0 if self._is_lossy else _SHARPER)
        if drawn is not None and (drawn.quality or 0.0) >= least:
            return drawn
        return self._jpeg(made)

    def _scannable(self, made: FittedPicture, opened: _Opened, limit: int) -> FittedPicture:
        """The same, or a JPEG of full size where one of its codes would no longer scan."""
        codes = self._codes(opened.photo)
        lost = codes.lost(made.data)
        if not lost:
            return made
        larger = opened.photo.unscaled(limit) if self._takes("image/jpeg") and not codes.too_small else None
        if larger is not None and not codes.lost(larger.data):
            kept = self._jpeg(larger._replace(quality=opened.measured(larger.data, larger.quality)))
            return replace(kept, actions=(*kept.actions, account.kept_large_for(lost)))
        return replace(
            made,
            actions=(*made.actions, account.no_longer_scans(lost)),
            notes=replace(made.notes, lost_codes=lost),
        )

    def _codes(self, photo: Photo) -> SourceCodes:
        with self._lock:
            if self._found_codes is None:
                self._found_codes = SourceCodes(self._picture, self._shown(), photo.shown)
            return self._found_codes

    def _jpeg(self, made: Encoded) -> FittedPicture:
        result = self._result(made.data, "JPEG", made.size, made.quality)
        if made.encoder == OWN:
            return result
        return replace(result, actions=(*result.actions, account.encoded_by(made.encoder)))

    def _needs_no_palette(self, opened: _Opened, near: int) -> bool:
        """True for what comes from a codec and is well served by one."""
        if not self._is_lossy or not self._takes("image/jpeg"):
            return False
        opened.photo.look(near)
        return opened.photo.quality_at(near) >= _GOOD_ENOUGH

    def _enough(self, size: Size) -> int:
        """Bytes beyond which a JPEG of `size` shows no more than its lossy source, or than was requested."""
        picture = self._picture
        if not self._is_lossy or min(size) > min(picture.size):
            return sys.maxsize
        room = _ENOUGH if size == picture.size else 1.0
        asked = self._open().photo.bytes_for(self._asked) * _ROOM if self._asked else 0
        return max(int(len(picture.data) * room) + _LEAST_BYTES, int(asked))

    @property
    def _asked(self) -> float:
        """The quality below which nothing does."""
        return self._wish.min_quality or 0.0

    @property
    def _is_lossy(self) -> bool:
        return self._picture.format.lossy

    def _takes(self, kind: str) -> bool:
        return kind in self._wish.types

    def _open(self, near: int = 0) -> _Opened:
        """The decoded picture, fine enough for `near` bytes."""
        with self._lock:
            opened = self._ready
            if opened is None:
                opened = self._ready = self._opened(self._room_for(near))
            if near and opened.graphic is None and self._wish.effort != Effort.FAST:
                room, fine = self._room_for(near), self._rooms[-1][1]
                if room < fine and opened.room < fine:
                    opened.photo.look(near)
                    room = fine if opened.photo.quality_at(near) >= _FORESEEN else room
                if self._eighths(room) > self._eighths(opened.room):
                    self._ready = self._opened(room)
            return self._ready or opened

    def _opened(self, room: float) -> _Opened:
        full = self._decode(room)
        effort, blurred = self._wish.effort, self._blurred(room)
        sure = self._wish.min_quality is not None
        palette = self._takes("image/png") or self._takes("image/gif")
        graphic = tiles = None
        if palette and not (self._takes("image/jpeg") and not self._may_be_drawn(full)):
            tiles, blurred = Tiles(full, drawn=True), 0.0
            graphic = Graphic(full, self._palette_format(), tiles, lossy=self._is_lossy, sure=sure)
        photo = Photo(full, effort=effort, blurred=blurred, tiles=tiles, sure=sure)
        return _Opened(photo, room, graphic, Contest(photo) if effort == Effort.BEST else None, tiles)

    def _may_be_drawn(self, full: Image.Image) -> bool:
        """True where a palette is worth trying: equal neighbours, or a page of text, noisy or not."""
        least = _FLAT_IF_LOSSY if self._is_lossy else _FLAT
        return graphics.flatness(full) >= least or graphics.dominance(full) >= _PAPER

    def _room_for(self, near: int) -> float:
        """How finely the picture has to be decoded for `near` bytes, by its header."""
        if self._wish.effort == Effort.BEST:
            return WHOLE
        if self._wish.effort == Effort.FAST or not near:
            return _QUICK
        width, height = self._target()
        step = promised_step(self._picture, near * 8 / (width * height))
        rooms = self._rooms
        whole = WHOLE if math.prod(self._picture.size) <= _MOST_WHOLE else rooms[-1][1]
        return next((room for least, room in rooms[: 1 if near > _MANY else None] if step > least), whole)

    @property
    def _rooms(self) -> tuple[tuple[float, float], ...]:
        return _SMALL_ROOMS if math.prod(self._target()) <= SMALL else _ROOMS

    def _blurred(self, room: float) -> float:
        """What the decode has lost of a quality, of 100."""
        eighths = self._eighths(room)
        if eighths == 8:
            return 0.0
        shown, target = self._shown()[1], self._target()
        ratio = eighths / 8 * math.sqrt(shown[0] * shown[1] / (target[0] * target[1]))
        return max(0.0, _BLURRED * (_BLURRED_UP_TO - ratio) / (_BLURRED_UP_TO - 1))

    def _eighths(self, room: float) -> int:
        return eighths_of(self._picture, self._target(), box=self._shown()[0], room=room)

    def _decode(self, room: float) -> Image.Image:
        box, _ = self._shown()
        return decode(self._picture, self._target(), box=box, background=self._wish.background, room=room)

    def _target(self) -> Size:
        """The size at which the picture is shown."""
        return inside(self._shown()[1], self._wish.max_size, turn=self._wish.turn)

    def _shown(self) -> tuple[Box | None, Size]:
        """The part of the source that is to be seen, if not all, and its size in pixels."""
        if not self._wish.crop:
            return None, self._picture.size
        box = crop_box(self._picture.size, self._wish.crop, self._wish.focus)
        return box, (int(box[2] - box[0]), int(box[3] - box[1]))

    def _palette_format(self) -> str:
        return "PNG" if self._takes("image/png") else "GIF"

    def _graphic(self, drawn: Drawn | None, opened: _Opened) -> FittedPicture | None:
        if drawn is None:
            return None
        value = drawn.quality if drawn.exact else opened.measured(drawn.data, drawn.quality)
        made = self._result(drawn.data, self._palette_format(), opened.photo.size, value)
        if not drawn.colours:
            return replace(made, actions=(*made.actions, "all colours kept"))
        words = f"{drawn.colours} colours, all of them" if drawn.exact else f"{drawn.colours} colours"
        if drawn.colours == 1:
            words = "a single colour"
        return replace(made, actions=(*made.actions, words))

    def _result(self, data: bytes, made: str, size: Size, value: float) -> FittedPicture:
        return FittedPicture(
            data=data,
            type=f"image/{made.lower()}",
            before=account.facts_of(self._picture),
            after=Facts(bytes=len(data), format=made, width=size[0], height=size[1]),
            actions=account.actions_of(self._picture, self._wish, made, size),
            quality_words=quality.in_words(value),
            notes=BuildNotes(quality=quality.shown(value)),
        )

    def least(self) -> int | None:
        """The smallest limit that does, within 3 %, found by trying; None where none does."""
        return self._least

    @cached_property
    def _least(self) -> int | None:
        if not set(self._wish.types) & set(MADE):
            return None
        least = self._wish.min_quality
        start = self._open().photo.bytes_for(least) if least else _LEAST_BYTES
        found = smallest(lambda limit: self.attempt(limit) is not None, start, most=_MOST_BYTES)
        # The forecasts learnt on the way find more than a fresh fit at that limit would: verify with one.
        return found and next_that_does(self._does_anew, found, most=_MOST_BYTES)

    def _does_anew(self, limit: int) -> bool:
        return Still(self._picture, self._wish).attempt(limit) is not None

    def refusal(self, limit: int) -> DoesNotFit:
        """Why `limit` bytes do not do."""
        if not set(self._wish.types) & set(MADE):
            return DoesNotFit("the profile does not allow pictures", hint="choose another profile")
        wanted, needed, left = self._wish.min_quality, self.least(), max(0, limit)
        what = "the smallest picture that can be made" if wanted is None else f"min_quality {wanted:g}"
        if needed is None and wanted is None:
            return DoesNotFit("cannot be encoded at any size")
        if needed is None:
            best = self._unbounded()
            if best is not None and best.quality_words == quality.NOTHING_TO_SEE:
                return DoesNotFit(best.actions[-1])
            reached = f": the best possible is {best.quality:g}" if best is not None and best.quality else ""
            return DoesNotFit(f"cannot reach {what} at any size{reached}", hint="lower min_quality")
        return DoesNotFit(
            f"{what} needs {needed:,} bytes, but only {left:,} are left",
            hint="raise the limit, or remove a slide"
            if wanted is None
            else "lower min_quality, remove a slide, or choose a larger profile",
        )

    def _unbounded(self) -> FittedPicture | None:
        """The best that any number of bytes makes, whatever quality was requested."""
        return Still(self._picture, self._wish)._best(_MOST_BYTES)


def _photo_points(photo: Photo, top: int) -> list[tuple[int, float]]:
    points = []
    size = float(_LEAST_BYTES)
    while size <= top:
        points.append((int(size), photo.quality_at(size)))
        size *= _STEP
    return points
