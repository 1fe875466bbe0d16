"""SSIMULACRA2: the PyPI package of that name, its filters done by OpenCV in single precision.

So a table takes minutes; `check` holds it to the package itself.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from ssimulacra2 import compute_ssimulacra2
from ssimulacra2.ssimulacra2 import kC2, kOpsinAbsorbanceBias, kOpsinAbsorbanceMatrix, weights

from mmspack.media import ssimulacra

cv2.setNumThreads(1)
Plane = NDArray[np.float32]
_MATRIX = kOpsinAbsorbanceMatrix.reshape(3, 3).astype(np.float32)
_BIAS = np.float32(kOpsinAbsorbanceBias[0])
_LEVELS = np.arange(256) / 255
_LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _xyb(linear: Plane) -> Plane:
    mixed = np.cbrt(np.maximum(cv2.transform(linear, _MATRIX) + _BIAS, 0)) - np.cbrt(_BIAS)
    x, y = (mixed[..., 0] - mixed[..., 1]) / 2, (mixed[..., 0] + mixed[..., 1]) / 2
    return np.dstack([x * 14 + np.float32(0.42), y + np.float32(0.01), mixed[..., 2] - y + np.float32(0.55)])


def _blur(plane: Plane) -> Plane:
    padded = cv2.copyMakeBorder(plane, 0, 0, 5, 5, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return np.ascontiguousarray(
        cv2.GaussianBlur(padded, (11, 11), 1.5, borderType=cv2.BORDER_REFLECT)[:, 5:-5]
    )


def _halve(linear: Plane) -> Plane:
    height, width = linear.shape[:2]
    even = cv2.copyMakeBorder(linear, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    return cv2.resize(even, (even.shape[1] // 2, even.shape[0] // 2), interpolation=cv2.INTER_AREA)


def _moments(plane: Plane) -> tuple[list[float], list[float]]:
    fourth = plane * plane
    fourth *= fourth
    return list(cv2.mean(plane)[:3]), [value**0.25 for value in cv2.mean(fourth)[:3]]


class Reference:
    """A picture to compare others with."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self._scales = []
        linear = _LINEAR[np.asarray(image)]
        while len(self._scales) < 6 and min(linear.shape[:2]) >= 8:
            plane = _xyb(linear)
            mean = _blur(plane)
            self._scales.append((plane, mean, _blur(plane * plane), 1 / (1 + np.abs(plane - mean))))
            linear = _halve(linear)

    def ssimulacra2(self, shown: Image.Image) -> float:
        linear = _LINEAR[np.asarray(self._sized(shown))]
        found = []
        for plane, mean, square, edges in self._scales:
            other = _xyb(linear)
            mean2 = _blur(other)
            apart = 1 - (mean - mean2) ** 2
            both = 2 * (_blur(plane * other) - mean * mean2) + np.float32(kC2)
            spread = (square - mean * mean) + (_blur(other * other) - mean2 * mean2) + np.float32(kC2)
            loss = np.maximum(1 - apart * both / spread, 0)
            ratio = (1 + np.abs(other - mean2)) * edges - 1
            found.append((_moments(loss), _moments(np.maximum(ratio, 0)), _moments(np.maximum(-ratio, 0))))
            linear = _halve(linear)
        return _score(found)

    def _sized(self, shown: Image.Image) -> Image.Image:
        shown = shown.convert("RGB")
        return (
            shown
            if shown.size == self.image.size
            else shown.resize(self.image.size, Image.Resampling.BICUBIC)
        )


def _score(found: list[tuple[tuple[list[float], list[float]], ...]]) -> float:
    total, at = 0.0, 0
    for channel in range(3):
        for scale in found:
            for norm in range(2):
                for kind in range(3):
                    total += weights[at] * abs(scale[kind][norm][channel])
                    at += 1
    total *= 0.9562382616834844
    total = 2.326765642916932 * total - 0.020884521182843837 * total**2 + 6.248496625763138e-05 * total**3
    return 100.0 - 10.0 * total**0.6276336467831387 if total > 0 else 100.0


def check(image: Image.Image) -> float:
    """How far this is from the package on one picture, in points."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, shown = Path(folder, "wanted.png"), Path(folder, "shown.jpg")
        image.save(wanted)
        image.save(shown, quality=50)
        with Image.open(shown) as opened:
            ours = (Reference(image).ssimulacra2(opened), ssimulacra.Reference(image).score(opened))
            told = compute_ssimulacra2(str(wanted), str(shown))
            return max(abs(one - told) for one in ours)
