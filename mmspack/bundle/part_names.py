"""Names of the parts: short ASCII, no escaping, every stem its own.

Tizen's reader falls back to a file's stem, so `slide1.jpg` and `slide1.txt` would be mixed up
(`handsets.md`); the operator's successor recommends letters and digits, under 20 characters (`gateway.md`).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

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


_AT_ROOT = re.compile(r"/[^/.][^/]*")


_DRIVE = re.compile(r"[A-Za-z]:")


_VERSION = re.compile(r";[0-9]*$")
"""What VMS appends to a name; Info-ZIP's `unzip` takes it off, whatever system made the zip."""


LONGEST_STEP = 255
"""Bytes of a name between two slashes that file systems take."""


def meant(name: str) -> str:
    """The name as its packer meant it: PowerShell 5 writes `folder\\image1.jpg`, bsdtar `./image1.jpg`.

    A slash in front of a name without folders is left out; `/etc/passwd` stays what it is.
    """
    path = _HERE.sub("", name.replace("\\", "/"))
    return path[1:] if _AT_ROOT.fullmatch(path) else path


def name_fault(name: str) -> tuple[str, str] | None:
    """Kind (of `zip_defects.KINDS`) and phrase of what is wrong with a name, or None.

    A `name-path` or a `name-control` must not be unpacked; a `name-backslash`, a `name-dot` and a
    `name-root` may, as what is `meant` (APPNOTE 4.4.17.1: "all slashes MUST be forward slashes").
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
        if name.startswith("/"):
            return "name-root", f"{name!r} starts with '/'"
        return "name-dot", f"{name!r} starts with './'"
    return _changed_name(name)


def _changed_name(name: str) -> tuple[str, str] | None:
    """Kind and phrase where some reader unpacks the file under another name, or not at all."""
    if _VERSION.search(name):
        return "name-version", f"{name!r} ends like a VMS version number, which unzip removes"
    # libarchive composes letters and accents, and so does a Mac's disk.
    if len(unicodedata.normalize("NFC", name)) < len(name):
        return "name-form", f"{name!r} has decomposed accents (NFD), which some readers compose"
    longest = max(len(step.encode("utf-8", "replace")) for step in name.split("/"))
    if longest > LONGEST_STEP:
        return (
            "name-long",
            f"{name[:40]!r}... has {longest:,} bytes, more than file systems allow ({LONGEST_STEP})",
        )
    return None


def clashes(names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Kind (`duplicate` or `case`), name and phrase for each name that another one shadows."""
    listed = list(names)
    for name, times in Counter(listed).items():
        if times > 1:
            yield "duplicate", name, f"{name!r} occurs {times} times in the zip"
    distinct: dict[str, str] = {}
    for name in dict.fromkeys(listed):
        other = distinct.setdefault(unicodedata.normalize("NFC", meant(name)).casefold(), name)
        if meant(other) == meant(name) and other != name:
            yield "duplicate", name, f"{name!r} and {other!r} are the same name to half of the readers"
        elif other != name:
            how = (
                "in case"
                if other.casefold() == name.casefold()
                else "in case or in the form of their accents"
            )
            yield "case", name, f"{name!r} and {other!r} differ only {how}"
    yield from _files_and_folders({meant(name): name for name in listed})


def _files_and_folders(names: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """A clash for each file that is a folder too; keys are names as they are meant."""
    ordered = sorted(names)
    for name, told in names.items():
        below = bisect_left(ordered, f"{name}/")
        if name and below < len(ordered) and ordered[below].startswith(f"{name}/"):
            words = f"{told!r} is a file, and {names[ordered[below]]!r} makes a folder of it"
            yield "duplicate", told, words
