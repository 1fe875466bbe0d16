"""What all messages of a campaign have in common: fitted once, frozen in the ledger when it is planned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Self, cast

from mmspack.errors import InputError
from mmspack.model import BuildNotes
from mmspack.profiles import Profile

_HEAD = "message.json"


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a shape: kept bytes by their key, or a slide's personal text or picture."""

    name: str
    type: str
    key: str
    """`smil/…`, `kept/…`, `text/0`, `drawn/0`."""

    @property
    def personal(self) -> bool:
        """Whether its bytes differ between recipients."""
        return self.key.startswith(("text/", "drawn/"))


@dataclass(frozen=True, kw_only=True)
class Base:
    """What all of a campaign's messages have in common."""

    subject: str
    """A template."""
    fallback: str = ""
    """A template: the text for a phone that cannot receive picture messages."""
    texts: Mapping[int, str]
    """Templates by slide, from 0."""
    defaults: Mapping[str, object]
    """The `[variables]`: the values for empty or missing columns."""
    columns: tuple[str, ...]
    """Names of the values that each recipient's row holds, in order."""
    profiles: tuple[Profile, ...]
    shapes: Mapping[str, tuple[Slot, ...]]
    """The parts in order, by the slides that have a text: `"0,2"`."""
    blobs: Mapping[str, bytes] = field(repr=False)
    """Media and presentations by key."""
    drawings: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """How personal pictures are drawn, by slide."""
    notes: Mapping[str, BuildNotes] = field(default_factory=dict)
    """What the build knows of the media that are the same for all, by the keys of their bytes."""
    head: bytes = field(default=b"", repr=False)
    """What an earlier version wrote of all but the blobs. It is kept as it is, since the digest of each
    message rests on it: a key that profiles have gained since must not make a campaign another one."""

    @cached_property
    def digest(self) -> bytes:
        """16 bytes that change when anything in here does."""
        digest = hashlib.blake2b(digest_size=16)
        for name, data in sorted(self.to_blobs().items()):
            digest.update(b"%d:%d:" % (len(name), len(data)) + name.encode())
            digest.update(data)
        return digest.digest()

    def to_blobs(self) -> dict[str, bytes]:
        """All of it as named bytes."""
        head = {
            "subject": self.subject,
            "fallback": self.fallback,
            "texts": {str(slide): text for slide, text in self.texts.items()},
            "defaults": dict(self.defaults),
            "columns": self.columns,
            # Where a profile's file is does not matter to the message, and differs between machines.
            "profiles": [asdict(replace(profile, origin="")) for profile in self.profiles],
            "shapes": {
                name: [[slot.name, slot.type, slot.key] for slot in slots]
                for name, slots in self.shapes.items()
            },
            "drawings": {str(slide): dict(drawing) for slide, drawing in self.drawings.items()},
            "notes": {key: asdict(notes) for key, notes in self.notes.items()},
        }
        return {_HEAD: self.head or json.dumps(head, sort_keys=True).encode(), **self.blobs}

    @classmethod
    def from_blobs(cls, blobs: Mapping[str, bytes]) -> Self:
        """The base that `to_blobs` wrote. Raises `InputError`."""
        try:
            head = json.loads(blobs[_HEAD])
            return cls(
                subject=head["subject"],
                fallback=head.get("fallback", ""),  # ledgers of earlier versions have none
                texts={int(slide): text for slide, text in head["texts"].items()},
                defaults=head["defaults"],
                columns=tuple(head["columns"]),
                profiles=tuple(_profile(values) for values in head["profiles"]),
                shapes={name: tuple(Slot(*slot) for slot in slots) for name, slots in head["shapes"].items()},
                blobs={name: data for name, data in blobs.items() if name != _HEAD},
                drawings={int(slide): drawing for slide, drawing in head["drawings"].items()},
                notes={key: _build_notes(values) for key, values in _noted(head).items()},
                head=blobs[_HEAD],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"the campaign's frozen message cannot be read: {error!r}") from error


def _noted(head: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """What is known of the media by key; earlier versions wrote the qualities and the lost codes apart."""
    if "notes" in head:
        return cast(Mapping[str, Mapping[str, Any]], head["notes"])
    qualities, codes = head.get("qualities", {}), head.get("lost_codes", {})
    keys = dict.fromkeys((*qualities, *codes))
    return {key: {"quality": qualities.get(key), "lost_codes": codes.get(key, ())} for key in keys}


def _build_notes(values: Mapping[str, Any]) -> BuildNotes:
    return BuildNotes(
        quality=values["quality"],
        lost_codes=tuple(values["lost_codes"]),
        damage=tuple(values.get("damage", ())),
    )


def _profile(values: Mapping[str, Any]) -> Profile:
    known = {one.name for one in fields(Profile)}
    kept = {name: value for name, value in values.items() if name in known}
    clean = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return Profile(**clean)  # type: ignore[arg-type]
