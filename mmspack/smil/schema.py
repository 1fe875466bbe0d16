"""The RELAX NG schema of MMS SMIL, for editors: `mms-smil.rng`."""

from __future__ import annotations

from pathlib import Path

PATH = Path(__file__).with_name("mms-smil.rng")


def text() -> str:
    """The schema as it is printed."""
    return PATH.read_text("utf-8")
