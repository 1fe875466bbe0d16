"""Pictures of high dynamic range as sRGB, which is what phones show of an MMS: highlights are rolled off.

Code points are of ITU-T H.273, transfer functions of ITU-R BT.2100, reference white (203 cd/m²) of BT.2408.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from mmspack.media.containers import png

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

PQ, HLG = 16, 18
_PNG = b"\x89PNG\r\n"
_SEARCHED = 1 << 16
"""Bytes at the beginning of an AVIF or HEIC that are searched for its colour box."""
_WHITE = 203.0
_HLG_PEAK, _HLG_GAMMA = 1000.0, 1.2
_KNEE = 0.5
"""Share of reference white up to which light stays as it is; all above it shares what is left."""
_TO_SRGB = {
    9: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),  # BT.2020
    12: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),  # Display P3
}


class LightCoding(NamedTuple):
    """How the light of a picture is coded: primaries and transfer function."""

    primaries: int
    transfer: int


def coding_of(data: bytes) -> LightCoding | None:
    """The coding of a PNG, AVIF or HEIC in PQ or HLG; None for all others."""
    coding = None
    if data.startswith(_PNG):
        chunk = next((one for one in png.chunks(data) if one.kind in (b"cICP", b"IDAT")), None)
        found = chunk.body(data) if chunk is not None and chunk.kind == b"cICP" else b""
        coding = LightCoding(found[0], found[1]) if len(found) >= 4 else None
    elif data[4:8] == b"ftyp":
        at = data.find(b"colrnclx", 0, _SEARCHED)
        found = data[at + 8 : at + 12] if at >= 0 else b""
        whole = len(found) == 4
        coding = (
            LightCoding(int.from_bytes(found[:2], "big"), int.from_bytes(found[2:], "big")) if whole else None
        )
    return coding if coding is not None and coding.transfer in (PQ, HLG) else None


def to_sdr(image: Image.Image, coding: LightCoding) -> Image.Image:
    """An RGB picture in that coding as sRGB."""
    levels = np.arange(256, dtype=np.float64) / 255
    table = (_of_pq(levels) if coding.transfer == PQ else _of_hlg(levels)).astype(np.float32)
    light = [table[np.asarray(band)] for band in image.convert("RGB").split()]
    if coding.transfer == HLG:
        luma = 0.2627 * light[0] + 0.6780 * light[1] + 0.0593 * light[2]
        gain = np.maximum(luma, 1e-6) ** np.float32(_HLG_GAMMA - 1) * np.float32(_HLG_PEAK / _WHITE)
        light = [plane * gain for plane in light]
    matrix = _TO_SRGB.get(coding.primaries)
    if matrix is not None:
        red, green, blue = light
        light = [red * np.float32(r) + green * np.float32(g) + blue * np.float32(b) for r, g, b in matrix]
    light = [np.maximum(plane, 0) for plane in light]
    most = np.maximum(np.maximum(light[0], light[1]), light[2])
    above = np.maximum(most - np.float32(_KNEE), 0)
    rolled = np.minimum(most, _KNEE) + (1 - _KNEE) * (1 - np.exp(-above / np.float32(1 - _KNEE)))
    share = rolled / np.maximum(most, 1e-6)
    bands = [Image.fromarray(_coded(plane * share)) for plane in light]
    return Image.merge("RGB", bands)


def _of_pq(coded: NDArray[np.float64]) -> NDArray[np.float64]:
    """PQ as multiples of reference white."""
    power = coded ** (32 / 2523)
    light = np.maximum(power - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * power)
    return light ** (16384 / 2610) * 10_000 / _WHITE


def _of_hlg(coded: NDArray[np.float64]) -> NDArray[np.float64]:
    """HLG as light of the scene, 0 to 1."""
    bright = (np.exp((coded - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return np.where(coded <= 0.5, coded * coded / 3, bright)


def _coded(light: Plane) -> NDArray[np.uint8]:
    bent = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-6) ** (1 / 2.4) - 0.055)
    return (bent.clip(0, 1) * 255 + 0.5).astype(np.uint8)
