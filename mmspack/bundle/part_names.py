"""Names of the parts: short ASCII, no escaping, every stem its own.

Tizen's reader falls back to a file's stem, so `slide1.jpg` and `slide1.txt` would be mixed up
(`handsets.md`); the operator's successor recommends letters and digits, under 20 characters (`gateway.md`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

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


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


_HERE = re.compile(r"^(?:\./)+")


_DRIVE = re.compile(r"[A-Za-z]:")


UNSAFE_NAMES = ("name-path", "name-control")
"""Kinds of faults of names under which nothing is unpacked."""


def meant(name: str) -> str:
    """The name as its packer meant it: PowerShell 5 writes `folder\\image1.jpg`, bsdtar `./image1.jpg`."""
    return _HERE.sub("", name.replace("\\", "/"))


def name_fault(name: str) -> tuple[str, str] | None:
    """Kind and phrase of what is wrong with a name, or None.

    A `name-path` or a `name-control` must not be unpacked; a `name-backslash` and a `name-dot` may, as what
    is `meant` (APPNOTE 4.4.17.1: "all slashes MUST be forward slashes").
    """
    if not name:
        return "name-path", "an entry has no name"
    if match := _CONTROL.search(name):
        return "name-control", f"{name!r} contains the control character 0x{ord(match[0]):02x}"
    path = meant(name)
    if path.startswith("/"):
        return "name-path", f"{name!r} is an absolute path"
    if _DRIVE.match(path):
        return "name-path", f"{name!r} starts with a drive letter"
    if any(step in (".", "..") for step in path.split("/")) or "//" in path:
        return "name-path", f"{name!r} points outside its folder"
    if "\\" in name:
        return "name-backslash", f"{name!r} contains a backslash"
    if path and path != name:
        return "name-dot", f"{name!r} starts with './'"
    return None


def clashes(names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Kind (`duplicate` or `case`), name and phrase for each name that another one shadows."""
    listed = list(names)
    for name, times in Counter(listed).items():
        if times > 1:
            yield "duplicate", name, f"{name!r} occurs {times} times in the zip"
    distinct: dict[str, str] = {}
    for name in dict.fromkeys(listed):
        other = distinct.setdefault(meant(name).casefold(), name)
        if meant(other) == meant(name) and other != name:
            yield "duplicate", name, f"{name!r} and {other!r} are the same name to half of the readers"
        elif other != name:
            yield "case", name, f"{name!r} and {other!r} differ only in case"
