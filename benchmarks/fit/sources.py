"""The photos of the benchmark: which of them served to tune the fitter, and which it had never seen."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

_TUNED_ON = (
    "backgrounds/2004default.jpg",
    "backgrounds/rhythm.jpg",
    "backgrounds/Fossa_by_Jasper_Roks.jpg",
    "backgrounds/Infinite-Sea_by_Aury88.jpg",
    "backgrounds/Kleiber_by_Lukas_Baubkus.jpg",
    "backgrounds/Painting-Colors_by__herobrine7gamer.jpg",
)
"""Of Debian's lomiri-wallpapers-20.04; the first two of ukui-wallpapers."""
_HELD_OUT = (
    "backgrounds/firstgeneration.jpg",
    "backgrounds/string.jpg",
    "backgrounds/the-mouse.jpg",
    *(
        f"wallpapers/{name}/contents/images/2560x1600.jpg"
        for name in (
            "Autumn",
            "BytheWater",
            "ColdRipple",
            "ColorfulCups",
            "EveningGlow",
            "FallenLeaf",
            "OneStandsOut",
            "Path",
        )
    ),
)
"""Of Debian's ukui-wallpapers and plasma-workspace-wallpapers."""
_DARKENED = ("string", "Path", "FallenLeaf")
"""Made dark, and noisy, as at night: held out as well."""
_GRAIN = {"night": (0.12, 0.02), "noisy": (0.6, 0.06)}
"""Share of the light that is left, and how noisy it is."""


class Photo(NamedTuple):
    """A photo, and whether the fitter was tuned without it."""

    path: Path
    held_out: bool

    @property
    def name(self) -> str:
        parts = self.path.parts
        return parts[-4] if "wallpapers" in parts else self.path.stem


def photos(camera: Path, debian: Path) -> list[Photo]:
    """Camera files and desktop backgrounds, as many as there are on this machine."""
    found = [Photo(path, False) for path in sorted(camera.glob("*.jpg"))]
    found += [Photo(debian / name, False) for name in _TUNED_ON if (debian / name).exists()]
    held = [Photo(debian / name, True) for name in _HELD_OUT if (debian / name).exists()]
    dark = [made for photo in held if photo.name in _DARKENED for made in _darkened(photo)]
    return found + held + dark


def _darkened(photo: Photo) -> list[Photo]:
    return [Photo(_grainy(photo.path, photo.name, kind), True) for kind in _GRAIN]


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _grainy(path: Path, name: str, kind: str) -> Path:
    """The photo with little light: less signal, and noise of the sensor on top of it."""
    made = Path(_folder().name, f"{kind}_{name}.jpg")
    if made.exists():
        return made
    gain, noise = _GRAIN[kind]
    chance = np.random.default_rng(3)
    with Image.open(path) as opened:
        light = (np.asarray(opened.convert("RGB"), dtype=np.float32) / 255) ** 2.2 * gain
    spread = noise * np.sqrt(light + 0.002)
    shared = chance.normal(size=(*light.shape[:2], 1)).astype(np.float32)
    light += (shared + 0.5 * chance.normal(size=light.shape).astype(np.float32)) * spread
    levels = (np.clip(light, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
    Image.fromarray(levels).save(made, quality=92)
    return made
