"""SSIMULACRA2: how unlike two pictures are to the eye, as one number (100: the same, 70 high, 30 low).

After Cloudinary's reference and its Python port (ssimulacra2 on PyPI, BSD-3). Of its 108 weights all but
about twenty vanish: what counts is structure and lost detail of luma at five scales, and colour at coarse
ones. Only those terms are computed here, which makes it several times as fast; `benchmarks.fit` holds it to
the port.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from mmspack.media import scaling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_LINEAR = scaling.light(np.arange(256) / 255).astype(np.float32)
_BIAS = np.float32(0.0037930732552754493)
_MIX = (
    (0.30, 0.622, 0.078),
    (0.23, 0.692, 0.078),
    (0.24342268924547819, 0.20476744424496821, 0.5518128665078130),
)
_C2 = np.float32(0.0009)
_RADIUS = 5
_TAPS = tuple(np.float32(tap) for tap in np.exp(-0.5 * (np.arange(_RADIUS + 1) / 1.5) ** 2))
_TAPS_SUM = np.float32(_TAPS[0] + 2 * sum(_TAPS[1:]))
X, Y, B = 0, 1, 2
LOSS, RING, BLUR = 0, 1, 2


class _Term(NamedTuple):
    kind: int
    mean: float
    """Weight of the mean."""
    fourth: float
    """Weight of the fourth root of the mean of fourth powers: the worst places."""


# For each scale (each half of the one before), what is weighed of each channel.
_TERMS: tuple[dict[int, tuple[_Term, ...]], ...] = (
    {Y: (_Term(LOSS, 0.0, 7.466890328078848), _Term(BLUR, 0.0, 17.445833984131262))},
    {
        X: (_Term(LOSS, 0.0, 1.1041726426657346),),
        Y: (_Term(LOSS, 0.0, 6.683678146179332), _Term(BLUR, 0.0, 1.027889937768264)),
    },
    {
        X: (_Term(LOSS, 0.0, 1.8422455520539298), _Term(RING, 0.0, 11.441172603757666)),
        Y: (_Term(LOSS, 225.20515300849274, 19.213238186143016),),
    },
    {
        X: (_Term(LOSS, 0.0, 1.8787594979546387), _Term(RING, 0.0, 10.94906990605142)),
        Y: (_Term(LOSS, 176.39317598450694, 24.43300999870476), _Term(RING, 0.0, 0.28520802612117757)),
        B: (_Term(LOSS, 0.0, 8.826982764996862), _Term(RING, 0.0, 23.19243343998926)),
    },
    {
        X: (_Term(RING, 0.9677938067062683, 0.9981766977854967),),
        Y: (_Term(LOSS, 0.0, 34.77906344483772), _Term(RING, 0.0, 44.835625328877896)),
        B: (
            _Term(LOSS, 95.1080498811086, 0.0),
            _Term(RING, 0.9863978034400682, 171.2667255897307),
            _Term(BLUR, 0.9834382792465353, 0.9807858872435379),
        ),
    },
)
SCALES = range(len(_TERMS))
_THIRD = np.float32(1 / 3)
_TWO_THIRDS = np.float32(2 / 3 * float(np.float32(1).view(np.int32)))
_LEAST = 8
GAUSS, BELL, BOX = "gauss", "bell", "box"


class _Known(NamedTuple):
    """What is kept of a channel of the wanted picture at one scale."""

    plane: Plane
    mean: Plane
    spread: Plane
    edges: Plane | None


class Reference:
    """A picture that others are compared with.

    `share` is what of the whole it is, where all that is left out cannot change. `window` is `GAUSS`, as the
    metric has it, `BELL`, twice as fast, or `BOX`, faster again, which makes too much of hard edges; both
    leave out the border. `scales` are those that are looked at, by the halvings from the size of the picture.
    """

    def __init__(
        self, image: Image.Image, *, window: str = GAUSS, share: float = 1.0, scales: range = SCALES
    ) -> None:
        self._share = share
        self._terms = [terms if at in scales else {} for at, terms in enumerate(_TERMS[: scales.stop])]
        self._size = image.size
        # A line of pixels has no structure: it is shown so many times as large that it has.
        self._larger = max(1, -(-_LEAST // min(image.size)))
        self.image = self._enlarged(image.convert("RGB"))
        small = min(self.image.size) < _LEAST << (len(_TERMS) - 1)
        self._blur, self._seen = _WINDOWS[GAUSS if small else window]
        self._scales: list[dict[int, _Known]] = []
        for channels, planes in zip(self._terms, self._pyramid(self.image), strict=False):
            known = {}
            for channel, terms in channels.items():
                plane = planes[channel]
                mean = self._blur(plane)
                spread = self._blur(plane * plane) - mean * mean
                edged = any(term.kind != LOSS for term in terms)
                seen = plane[self._seen, self._seen]
                edges = np.float32(1) + np.abs(seen - mean) if edged else None
                known[channel] = _Known(plane, mean, spread, edges)
            self._scales.append(known)

    def score(self, shown: Image.Image) -> float:
        """How `shown`, brought to the same size as a screen does, looks: 100 and less."""
        return score_of(self.unlike(shown))

    def unlike(self, shown: Image.Image) -> float:
        """What is seen to differ at the scales that are looked at, weighed: sums are scored by `score_of`."""
        shown = shown.convert("RGB")
        if shown.size != self._size:
            shown = shown.resize(self._size, Image.Resampling.BICUBIC)
        shown = self._enlarged(shown)
        total = 0.0
        for terms, known, planes in zip(self._terms, self._scales, self._pyramid(shown), strict=False):
            for channel, one in known.items():
                total += self._weighed(terms[channel], one, planes[channel])
        return total

    def _enlarged(self, image: Image.Image) -> Image.Image:
        size = (self._size[0] * self._larger, self._size[1] * self._larger)
        return image if size == image.size else image.resize(size, Image.Resampling.NEAREST)

    def _weighed(self, terms: tuple[_Term, ...], wanted: _Known, plane: Plane) -> float:
        mean = self._blur(plane)
        total = 0.0
        edges = wanted.edges
        ratio = mean if edges is None else (1 + np.abs(plane[self._seen, self._seen] - mean)) / edges - 1
        for kind, weight, weight4 in terms:
            if kind == LOSS:
                found = self._loss(wanted, plane, mean)
            else:
                found = np.maximum(ratio if kind == RING else -ratio, 0)
            if weight:
                total += weight * float(found.mean()) * self._share
            if weight4:
                squared = found * found
                squared *= squared  # not a dot product: its rounding depends on the processor
                total += weight4 * (float(squared.mean()) * self._share) ** 0.25
        return total

    def _loss(self, wanted: _Known, plane: Plane, mean: Plane) -> Plane:
        apart = wanted.mean - mean
        both = self._blur(wanted.plane * plane) - wanted.mean * mean
        spread = self._blur(plane * plane)
        spread -= mean * mean
        spread += wanted.spread
        spread += _C2
        both *= 2
        both += _C2
        both /= spread
        apart *= apart
        both *= 1 - apart
        both *= -1
        both += 1
        return np.maximum(both, 0, out=both)

    def _pyramid(self, image: Image.Image) -> list[dict[int, Plane]]:
        """The channels that are weighed, at each scale."""
        found: list[dict[int, Plane]] = []
        linear = [_LINEAR.take(np.asarray(band)) for band in image.split()]  # twice as fast as an index
        for channels in self._terms:
            if min(linear[0].shape) < _LEAST:
                break
            if found:
                linear = [_halved(plane) for plane in linear]
            found.append(_channels(linear, channels) if channels else {})
        return found


def _channels(linear: list[Plane], wanted: dict[int, tuple[_Term, ...]]) -> dict[int, Plane]:
    """Linear red, green and blue as the channels of XYB that are wanted."""
    root = np.cbrt(_BIAS)
    first, second = (_cone(linear, row) - root for row in _MIX[:2])
    luma = (first + second) * np.float32(0.5)
    found: dict[int, Plane] = {Y: luma + np.float32(0.01)}
    if X in wanted:
        found[X] = (first - second) * np.float32(7) + np.float32(0.42)
    if B in wanted:
        found[B] = _cone(linear, _MIX[2]) - root - luma + np.float32(0.55)
    return found


def _cone(linear: list[Plane], mix: tuple[float, float, float]) -> Plane:
    mixed = linear[0] * np.float32(mix[0])
    mixed += linear[1] * np.float32(mix[1])
    mixed += linear[2] * np.float32(mix[2])
    mixed += _BIAS
    return _cube_root(mixed)


def _cube_root(plane: Plane) -> Plane:
    """As near to it as `np.cbrt` (one in ten million) in a sixth of the time, and alike on every processor.

    A third of a float's bits, as a number, has about a third of its exponent. Halley's step makes that exact
    to one in 30,000, Newton's to the last bit but one.
    """
    third = plane.view(np.int32).astype(np.float32)
    third *= _THIRD
    third += _TWO_THIRDS
    rooted: Plane = third.astype(np.int32).view(np.float32)
    cubed = rooted * rooted
    cubed *= rooted
    above = cubed + plane
    above += plane
    cubed += cubed
    cubed += plane
    above /= cubed
    rooted *= above
    np.divide(plane, rooted * rooted, out=above)
    above -= rooted
    above *= _THIRD
    rooted += above
    return rooted


def _halved(plane: Plane) -> Plane:
    """Half the size, each pixel the mean of four; an odd edge is repeated."""
    height, width = plane.shape
    if height % 2 or width % 2:
        plane = np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge")
    rows = plane[::2] + plane[1::2]
    return (rows[:, ::2] + rows[:, 1::2]) * np.float32(0.25)


def _gauss(plane: Plane) -> Plane:
    """The Gaussian window of the port: mirrored above and below, dark at the sides."""
    tall = np.pad(plane, ((_RADIUS, _RADIUS), (0, 0)), mode="symmetric")
    down = _along(tall, plane.shape[0])
    wide = np.pad(down, ((0, 0), (_RADIUS, _RADIUS)))
    return np.ascontiguousarray(_along(wide.T, plane.shape[1]).T)


def _along(padded: Plane, length: int) -> Plane:
    centre = padded[_RADIUS : _RADIUS + length] * (_TAPS[0] / _TAPS_SUM)
    for away, tap in enumerate(_TAPS[1:], 1):
        before = padded[_RADIUS - away : _RADIUS - away + length]
        pair = before + padded[_RADIUS + away : _RADIUS + away + length]
        pair *= tap / _TAPS_SUM
        centre += pair
    return centre


def _box(plane: Plane) -> Plane:
    """A mean of five by five; where it would reach over the edge there is none."""
    rows = plane[:-4] + plane[1:-3]
    rows += plane[2:-2]
    rows += plane[3:-1]
    rows += plane[4:]
    both = rows[:, :-4] + rows[:, 1:-3]
    both += rows[:, 2:-2]
    both += rows[:, 3:-1]
    both += rows[:, 4:]
    both *= np.float32(1 / 25)
    return both


def _bell(plane: Plane) -> Plane:
    """Nearly the Gaussian window, as three means of three by three; none where it would be cut off."""
    for _ in range(3):
        rows = plane[:-2] + plane[1:-1]
        rows += plane[2:]
        plane = rows[:, :-2] + rows[:, 1:-1]
        plane += rows[:, 2:]
    plane *= np.float32(1 / 9**3)
    return plane


_WINDOWS = {GAUSS: (_gauss, slice(None)), BELL: (_bell, slice(3, -3)), BOX: (_box, slice(2, -2))}
"""What weighs the neighbours of a pixel, and the part of a plane that it leaves."""


def score_of(total: float) -> float:
    """The score of what is seen to differ at all scales together."""
    total *= 0.9562382616834844
    total = 2.326765642916932 * total - 0.020884521182843837 * total**2 + 6.248496625763138e-05 * total**3
    return 100.0 - 10.0 * total**0.6276336467831387 if total > 0 else 100.0
