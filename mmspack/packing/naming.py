"""Names of the parts: short ASCII, no escaping, every stem its own.

Tizen's reader falls back to a file's stem, so `slide1.jpg` and `slide1.txt` would be mixed up
(`handsets.md`); the operator's successor advises letters and digits, under 20 characters (`gateway.md`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

SMIL_NAME = "message.smil"

_STEMS = {"vcf": "contact", "vcs": "event", "ics": "event"}


def slide_part_name(kind: str, slide: int, extension: str) -> str:
    """Name of a slide's part; `slide` counts from 0, the name from 1: `image1.jpg`."""
    return f"{kind}{slide + 1}.{extension}"


def attachment_names(extensions: Sequence[str]) -> list[str]:
    """Names of the attachments in order: `contact1.vcf`, `event1.ics`, `file1.pdf`."""
    seen: Counter[str] = Counter()
    names = []
    for extension in extensions:
        stem = _STEMS.get(extension, "file")
        seen[stem] += 1
        names.append(f"{stem}{seen[stem]}.{extension}")
    return names
