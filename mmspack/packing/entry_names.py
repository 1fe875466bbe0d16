"""What can be wrong with a name in a zip from somewhere else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")


def with_slashes(name: str) -> str:
    """The name as its packer meant it: Windows PowerShell 5 writes `folder\\image1.jpg`."""
    return name.replace("\\", "/")


def name_fault(name: str) -> tuple[str, str] | None:
    """Kind and phrase of what is wrong with a name, or None.

    A `name-path` or a `name-control` must not be unpacked; a `name-backslash` may, `with_slashes`
    (APPNOTE 4.4.17.1: "all slashes MUST be forward slashes").
    """
    if not name:
        return "name-path", "an entry has no name"
    if match := _CONTROL.search(name):
        return "name-control", f"{name!r} holds the control character 0x{ord(match[0]):02x}"
    path = with_slashes(name)
    if path.startswith("/"):
        return "name-path", f"{name!r} is an absolute path"
    if _DRIVE.match(path):
        return "name-path", f"{name!r} begins with a drive letter"
    if any(step in (".", "..") for step in path.split("/")) or "//" in path:
        return "name-path", f"{name!r} leads out of its folder or through it"
    if path != name:
        return "name-backslash", f"{name!r} holds a backslash"
    return None


def clashes(names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Kind (`duplicate` or `case`), name and phrase for each name that another one shadows."""
    listed = list(names)
    for name, times in Counter(listed).items():
        if times > 1:
            yield "duplicate", name, f"{name!r} is in the zip {times} times"
    distinct: dict[str, str] = {}
    for name in dict.fromkeys(listed):
        other = distinct.setdefault(with_slashes(name).casefold(), name)
        if with_slashes(other) == with_slashes(name) and other != name:
            yield "duplicate", name, f"{name!r} and {other!r} are one name to half of the readers"
        elif other != name:
            yield "case", name, f"{name!r} and {other!r} differ in case alone"
