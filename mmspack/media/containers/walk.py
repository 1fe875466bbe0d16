"""What one walk through a container finds, before a pixel or a sample is decoded.

Each format's walk is in the module of its name. All are bounded by the data's length, and end with what they
have found where the data end early.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Walk:
    """What one walk found; `error` is a phrase for a person, empty when the container is whole."""

    width: int | None = None
    height: int | None = None
    frames: int = 1
    duration_ms: int | None = None
    error: str = ""
    progressive: bool = False
    several_scans: bool = False
    """Of a JPEG: its decoder holds all coefficients of the whole picture at once, at any scale."""
    arithmetic: bool = False
    jfif: bool = False
    interlaced: bool = False
    alpha: bool = False
    components: int = 3
    bits: int = 8
    exif: bytes = b""
    metadata_bytes: int = 0
    trailing_bytes: int = 0
    codecs: tuple[str, ...] = ()
    delays_ms: tuple[int, ...] = ()
    loops: int | None = None
    channels: int | None = None
