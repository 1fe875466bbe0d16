"""What can be wrong with a name in a zip from somewhere else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")


def name_fault(name: str) -> tuple[str, str] | None:
    """Kind (`name-path` or `name-control`) and phrase for a name that must not be unpacked, or None."""
    if not name:
        return "name-path", "an entry has no name"
    if match := _CONTROL.search(name):
        return "name-control", f"{name!r} holds the control character 0x{ord(match[0]):02x}"
    if "\\" in name:
        return "name-path", f"{name!r} holds a backslash"
    if name.startswith("/"):
        return "name-path", f"{name!r} is an absolute path"
    if _DRIVE.match(name):
        return "name-path", f"{name!r} begins with a drive letter"
    if any(step in (".", "..") for step in name.split("/")) or "//" in name:
        return "name-path", f"{name!r} leads out of its folder or through it"
    return None


def clashes(names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Kind (`duplicate` or `case`), name and phrase for each name that another one shadows."""
    listed = list(names)
    for name, times in Counter(listed).items():
        if times > 1:
            yield "duplicate", name, f"{name!r} is in the zip {times} times"
    distinct: dict[str, str] = {}
    for name in dict.fromkeys(listed):
        other = distinct.setdefault(name.casefold(), name)
        if other != name:
            yield "case", name, f"{name!r} and {other!r} differ in case alone"
