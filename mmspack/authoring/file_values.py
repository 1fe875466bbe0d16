"""A file as the value of a key of a message: what is wrong with it, and its schema (`values`)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from mmspack.authoring.loose import kind_of
from mmspack.authoring.misnamed import held_in, renaming
from mmspack.authoring.showing import shown
from mmspack.authoring.values import Fault, half_letter
from mmspack.media.formats import by_ending, described
from mmspack.model import Kind
from mmspack.source import fault as source_fault
from mmspack.words import keyed, table

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_TEXT = 'text = "…"'
_KEY_OF = {Kind.IMAGE: "image", Kind.VIDEO: "video", Kind.AUDIO: "audio", Kind.TEXT: "text"}
_CALLED = {
    Kind.IMAGE: "a picture", Kind.VIDEO: "a video", Kind.AUDIO: "a sound", Kind.TEXT: "a text",
    Kind.ATTACHMENT: "a contact card, a calendar entry or a document", None: "a font",
}  # fmt: skip


_DOCUMENTS = {
    ".vcf": "a contact card", ".vcs": "a calendar entry", ".ics": "a calendar entry", ".pdf": "a document",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A file of one kind: its path, or in Python what a program holds in memory. None: a font."""

    kind: Kind | None

    def fault(self, value: object) -> Fault:
        """No source at all, an address, or by its name a file of another kind."""
        called = _CALLED[self.kind]
        why = source_fault(value)
        if why is not None:
            if isinstance(value, list | Mapping | date | time) and value:
                first = value[0] if isinstance(value, list) and isinstance(value[0], str) else "…"
                right = f"one file, in quotes: {self._line(first)}"
                return f"expected {called}, found {shown(value)}", right
            found = shown(value) if isinstance(value, bool) else why.what
            return f"expected {called}, found {found}", why.cure or f"such as {self._line('…')}"
        if isinstance(value, bytes):
            return None
        name = os.fspath(value) if isinstance(value, str | os.PathLike) else ""
        if not isinstance(name, str):
            return f"expected {called}, found a path in bytes", "os.fsdecode(path)"
        if any(ord(letter) < 32 for letter in name):
            cure = r"in quotes, \ begins an escape: write / in a path"
            return f"the name {shown(name)} contains a control character", cure
        if name.lower().startswith("file:///"):
            return f"{shown(name)} is an address, not a path", f"the path alone: {self._line(name[7:])}"
        if ADDRESS.match(name):
            return f"{shown(name)} is an address, not a file", "download it, and name the file"
        return self._kind_fault(name)

    def _line(self, name: str) -> str:
        """How a file of this kind is named."""
        if self.kind is Kind.ATTACHMENT:
            return keyed(f"attachments = [{_quoted(name)}]")
        return keyed(f"{_KEY_OF[self.kind] if self.kind else 'font'} = {_quoted(name)}")

    def _kind_fault(self, name: str) -> Fault:
        path = Path(name)
        found = kind_of(path)
        row = by_ending(path.suffix)
        if row is not None and row.cure and found in (None, Kind.ATTACHMENT) and self.kind is not found:
            called = _DOCUMENTS.get(path.suffix.lower(), described(row))
            why = "which cannot be sent" if row.kind is self.kind else f"not {_CALLED[self.kind]}"
            return f"{path.name!r} is {called} by its name, {why}", row.cure
        if found is None or self.kind in (None, Kind.ATTACHMENT, found):
            return None
        if (self.kind, found) == (Kind.AUDIO, Kind.VIDEO):
            # Recorders write sound alone into .3gp and .mp4 files (RFC 3839): the tracks decide.
            return None
        if found is Kind.ATTACHMENT:
            right = keyed(f"attachments = [{_quoted(path.name)}]")
            cure = f"it goes with the whole message, {table('above the first slide: ', '')}{right}"
        else:
            cure = keyed(f"{_KEY_OF[found]} = {_quoted(path.name)}")
        called = _DOCUMENTS.get(path.suffix.lower(), _CALLED[found])
        held = held_in(path)
        if held is not None and held.kind is not found:
            held_as = f"{_CALLED[held.kind]} ({held.name})"
            return f"{path.name!r} is {called} by its name, but holds {held_as}", renaming(path.name, held)
        return f"{path.name!r} is {called} by its name, not {_CALLED[self.kind]}", cure

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {"type": "string", "minLength": 1}


COPY_FILE = File(Kind.TEXT)
"""The file of a slide's text."""


def _quoted(name: str) -> str:
    return f'"{name}"'


class Copy:
    """A slide's text: the copy itself, or a text file."""

    def fault(self, value: object) -> Fault:
        """Neither a text nor a file that may hold one."""
        if isinstance(value, str):
            return half_letter(value)
        if isinstance(value, os.PathLike):
            return COPY_FILE.fault(value)
        return f"expected text, found {shown(value)}", f"{keyed(_TEXT)}, in quotes"

    def schema(self) -> dict[str, Any]:
        """A string, or a table that names a file."""
        file = {"type": "string", "description": "A UTF-8 text file, relative to message.toml."}
        table = {
            "type": "object", "properties": {"file": file}, "required": ["file"],
            "additionalProperties": False,
        }  # fmt: skip
        return {"anyOf": [{"type": "string"}, table]}
