"""What can be wrong with a zip: each kind once, with what it leaves of the entry and what a rewrite cures."""

from __future__ import annotations

from typing import NamedTuple


class DefectKind(NamedTuple):
    """A kind of defect, as readers meet it."""

    leaves_bytes: bool = False
    """True where the entry's own bytes are beyond doubt, so that they may be judged and written again."""
    rewriting: str | None = None
    """What writing the zip again does about it, or an empty phrase where another change tells; None: the zip
    is not to be written again, since it is unknown which of its readings was meant."""


_REFUSED = DefectKind()
_RENAMED = DefectKind(leaves_bytes=True, rewriting="")

KINDS = {
    "not-zip": _REFUSED,
    "huge": _REFUSED,
    "truncated": _REFUSED,
    "directory": _REFUSED,
    "volumes": _REFUSED,
    "count": _REFUSED,
    "prefix": DefectKind(rewriting="bytes before the zip removed"),
    "suffix": DefectKind(rewriting="bytes after the zip removed"),
    "hidden": DefectKind(rewriting="hidden bytes removed"),
    "comment": DefectKind(rewriting="zip comment removed"),
    # -- of one entry
    "mismatch": _REFUSED,
    "overlap": _REFUSED,
    "damaged": _REFUSED,
    "bomb": _REFUSED,
    "encrypted": _REFUSED,
    "method": _REFUSED,
    "link": _REFUSED,
    "folder-bytes": _REFUSED,
    "folder": DefectKind(
        True, "ambiguous zip rewritten: files that some readers take for folders marked as files"
    ),
    "descriptor": DefectKind(True, "ambiguous zip rewritten without data descriptors"),
    "extra": DefectKind(True, "ambiguous zip rewritten without extra fields"),
    "flags": DefectKind(True, "ambiguous zip rewritten without unsupported flags"),
    "version": DefectKind(True, "ambiguous zip rewritten for readers of any version"),
    "disk": DefectKind(True, "ambiguous zip rewritten as one file"),
    "zip64": DefectKind(True, "ambiguous zip rewritten without zip64"),
    # -- of names
    "duplicate": _REFUSED,
    "name-path": _REFUSED,
    "name-control": _REFUSED,
    "name-version": _RENAMED,
    "name-long": _RENAMED,
    "name-bytes": _RENAMED,
    "name-form": _RENAMED,
    "case": _RENAMED,
    "name-backslash": DefectKind(True, "backslashes in names replaced by slashes"),
    "name-root": DefectKind(True, "'/' removed from the beginning of names"),
    "name-dot": DefectKind(True, "'./' removed from names"),
}


class Defect(NamedTuple):
    """Something wrong with the archive; `kind` is a key of `KINDS`, `entry` the name it is about."""

    kind: str
    message: str
    entry: str | None = None

    @property
    def leaves_bytes(self) -> bool:
        """True where the entry's own bytes are beyond doubt."""
        return KINDS[self.kind].leaves_bytes

    @property
    def rewriting(self) -> str | None:
        """What writing the zip again does about it; None where that would be a guess."""
        return KINDS[self.kind].rewriting
