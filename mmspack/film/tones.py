"""High dynamic range brought to the range of ordinary screens, by a table that any engine applies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmspack.film.clip import Filter

_STEPS = 33
"""Entries of the table along each colour, as most published ones have."""
_WHITE = 203.0
"""Brightness of white paper in HDR, cd/m² (ITU-R BT.2408)."""
_PEAK = 1000.0
"""Brightness above which all is white: phones grade to it."""
_TO_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
"""BT.2020 to BT.709 in linear light (ITU-R BT.2087)."""

Levels = NDArray[np.float64]


def sdr_filters(kind: str, folder: Path) -> tuple[Filter, ...]:
    """The filters from `pq` or `hlg` to BT.709; their table is written into `folder`."""
    path = folder / f"{kind}.cube"
    path.write_text(cube(kind), encoding="ascii")
    return (
        ("scale", "in_color_matrix=bt2020:in_range=tv"),
        ("format", "gbrp16"),
        ("lut3d", f"file={_escaped(path)}:interp=tetrahedral"),
        ("format", "gbrp"),
        ("setparams", "colorspace=gbr:color_primaries=bt709:color_trc=bt709:range=pc"),
    )


def _escaped(path: Path) -> str:
    """The path inside the arguments of a filter, where colons and backslashes mean something."""
    return path.as_posix().replace(":", "\\:")


def cube(kind: str) -> str:
    """The table as text in the form of Adobe's `.cube`: red runs fastest."""
    axis = np.linspace(0.0, 1.0, _STEPS)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    signal = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    rows = _shown(_linear(signal, kind))
    lines = "\n".join(f"{r:.5f} {g:.5f} {b:.5f}" for r, g, b in rows)
    return f"LUT_3D_SIZE {_STEPS}\n{lines}\n"


def _linear(signal: Levels, kind: str) -> Levels:
    """Light in cd/m² (ITU-R BT.2100, tables 4 and 5)."""
    if kind == "pq":
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        power = signal ** (1 / m2)
        light: Levels = 10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
        return light
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luma = scene @ np.array([0.2627, 0.678, 0.0593])
    shown: Levels = 1000 * scene * np.maximum(luma, 1e-6)[:, None] ** 0.2
    return shown


def _shown(light: Levels) -> Levels:
    """BT.709 from 0 to 1: highlights above white paper are rolled off, the rest keeps its brightness."""
    relative = np.maximum((light / _WHITE) @ _TO_709.T, 0)
    top = np.maximum(relative.max(axis=1, keepdims=True), 1e-6)
    most = _PEAK / _WHITE
    rolled = top * (1 + top / most**2) / (1 + top)  # Reinhard's curve with a white point
    # Its middle is darker than the source: grey (0.26 of white paper) is brought back to where it was.
    grey = 0.26
    gain = grey / (grey * (1 + grey / most**2) / (1 + grey))
    toned = np.clip(relative * np.minimum(gain * rolled, 1.0) / top, 0, 1)
    coded: Levels = np.where(toned < 0.018, 4.5 * toned, 1.099 * toned**0.45 - 0.099)
    return coded
