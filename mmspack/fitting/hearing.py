"""How unlike two recordings are to the ear, cheaply: loudness in the bands of hearing, moment by moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 32_000
"""Samples a second at which recordings are compared."""
_WINDOW, _HOP = 1024, 512
_BANDS = 24
_LAG = 2400
"""Samples by which a codec may delay what it plays."""
_QUIET = 1e-7
"""Power, of full scale, below which nothing is heard."""

Sound = NDArray[np.float64]


def distance(wanted: bytes, made: bytes) -> float:
    """Mean difference of loudness over bands and moments that are heard; 0: the same, about 1: nothing alike.

    Both are samples of 16 bits, one channel, at `RATE`.
    """
    one, other = (np.frombuffer(raw, np.int16).astype(np.float64) / 32768 for raw in (wanted, made))
    if not one.size or not other.size:
        return 1.0
    other = _aligned(one, other)
    first, second = _loudness(one), _loudness(other)
    length = min(len(first), len(second))
    first, second = first[:length], second[:length]
    heard = np.maximum(first, second)
    total = float(heard.sum())
    return float(np.abs(first - second).sum()) / total if total else 0.0


def _aligned(one: Sound, other: Sound) -> Sound:
    """The second, moved to where it is most like the first."""
    length = min(one.size, other.size, RATE * 20)
    size = 1 << (2 * length - 1).bit_length()
    both = np.fft.irfft(np.fft.rfft(other[:length], size) * np.conj(np.fft.rfft(one[:length], size)), size)
    lags = np.concatenate([both[: _LAG + 1], both[-_LAG:]])
    at = int(np.argmax(lags))
    lag = at if at <= _LAG else at - lags.size
    return other[lag:] if lag >= 0 else np.concatenate([np.zeros(-lag), other])


def _loudness(sound: Sound) -> Sound:
    """Moments by bands: the cube root of power, as the ear has it."""
    if sound.size < _WINDOW:
        sound = np.pad(sound, (0, _WINDOW - sound.size))
    starts = range(0, sound.size - _WINDOW + 1, _HOP)
    window = np.hanning(_WINDOW)
    bands = _bands()
    found = [bands @ (np.abs(np.fft.rfft(sound[at : at + _WINDOW] * window)) ** 2) for at in starts]
    power = np.array(found) / (_WINDOW**2 / 8)
    loud: Sound = np.cbrt(np.maximum(power - _QUIET, 0))
    return loud


def _bands() -> Sound:
    """Which frequencies each band holds: as wide as those of the ear (Bark), to 14 kHz."""
    frequency = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    bark = 13 * np.arctan(0.00076 * frequency) + 3.5 * np.arctan((frequency / 7500) ** 2)
    return np.array([(bark >= at) & (bark < at + 1) for at in range(_BANDS)], dtype=np.float64)
