"""One message made into many: the media fitted once, the personal texts filled in for each recipient.

The bundle is, byte for byte, what `mmspack.build` gives for the recipient's values when the media are
already fitted (`keep = true`), and its report is what `mmspack.check` says of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mmspack.authoring.compiling import Filler, compiled
from mmspack.authoring.keys import MESSAGE
from mmspack.bundle.bundle import Bundle, pack
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.manifest import format_manifest
from mmspack.bundle.zip_template import Skeleton
from mmspack.campaign.build.drawing import Drawer, drawers
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.judging import Judge
from mmspack.errors import AuthoringError
from mmspack.model import MAX_FALLBACK, Part, Report
from mmspack.problem import Place
from mmspack.rules.terms import Terms
from mmspack.words import characters

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class PersonalTexts:
    """What is personal in one recipient's message."""

    subject: str
    texts: tuple[tuple[int, bytes], ...] = field(repr=False)
    """Slide and UTF-8 bytes, of the slides that have a text."""
    code_points: int
    """Of all texts."""
    fallback: str = ""

    @property
    def characters(self) -> int:
        """Of all texts, as a person counts them."""
        return sum(characters(data.decode()) for _, data in self.texts)

    @property
    def bytes(self) -> int:
        """Of subject and texts in UTF-8."""
        return len(self.subject.encode()) + sum(len(data) for _, data in self.texts)

    @property
    def shape(self) -> str:
        """The slides that have a text."""
        return ",".join([str(slide) for slide, _ in self.texts])


def values_of(
    columns: Sequence[str], fields: Sequence[object], defaults: Mapping[str, object]
) -> dict[str, object]:
    """A row's values by name; an empty one is replaced by its default, or by an empty text."""
    values = dict(defaults)
    for name, value in zip(columns, fields, strict=True):
        if value not in ("", None):
            values[name] = value
        else:
            values.setdefault(name, "")
    return values


class Copywriter:
    """Fills in the templates for one recipient after the other."""

    def __init__(self, base_subject: str, texts: Mapping[int, str], fallback: str = "") -> None:
        self._subject = compiled(base_subject, where="subject")
        self._fallback = compiled(fallback, where="fallback")
        self._texts: list[tuple[int, Filler]] = [
            (slide, compiled(text, where=Place(slide=slide + 1, key="text")))
            for slide, text in sorted(texts.items())
        ]

    def write(self, values: Mapping[str, object]) -> PersonalTexts:
        """The recipient's subject and texts. Raises `AuthoringError` for what no message can hold."""
        subject = self._subject(values)
        if not subject.isprintable() and any(ord(letter) < 32 or ord(letter) == 127 for letter in subject):
            raise AuthoringError("contains a line break or another control character", where="subject")
        texts = []
        code_points = 0
        for slide, fill in self._texts:
            text = fill(values)
            code_points += len(text)
            if data := _encoded(slide, text):
                texts.append((slide, data))
        return PersonalTexts(subject, tuple(texts), code_points, self._fallback_of(values))

    def _fallback_of(self, values: Mapping[str, object]) -> str:
        text = self._fallback(values)
        if len(text) > MAX_FALLBACK and (fault := MESSAGE["fallback"].fault(text)):
            raise AuthoringError(fault[0], where="fallback", hint=fault[1])
        return text


def _encoded(slide: int, text: str) -> bytes:
    try:
        return text.removeprefix(_BOM).encode()
    except UnicodeEncodeError as error:
        raise AuthoringError(
            f"contains half a character (U+{ord(error.object[error.start]):04X})",
            where=Place(slide=slide + 1, key="text"),
        ) from None


@dataclass(frozen=True, slots=True)
class Merged:
    """One recipient's message, ready to send."""

    bundle: Bundle
    digest: bytes
    """16 bytes that stand for the bundle's: cheaper than a SHA-256 of media that are the same for all."""
    shape: str
    contents: tuple[bytes, ...] = field(repr=False)
    """The personal parts, in the shape's order."""
    copy: PersonalTexts = field(repr=False)


class Press:
    """Makes recipients' messages of a `Base`. Not to be shared between threads."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._writer = Copywriter(base.subject, base.texts, base.fallback)
        self._shapes: dict[str, _Shape] = {}
        self._drawers: dict[int, Drawer] = {}
        if base.drawings:
            self._drawers = drawers(base)

    def values(self, fields: Sequence[object]) -> dict[str, object]:
        """A row's values by name; an empty one is replaced by the message's `[variables]`."""
        return values_of(self.base.columns, fields, self.base.defaults)

    def merge(self, fields: Sequence[object], pictures: Mapping[int, bytes] | None = None) -> Merged:
        """The message of one row, with `pictures` (by slide) where they were drawn before.

        Raises `AuthoringError` for a row of which no message can be made.
        """
        values = self.values(fields)
        copy = self._writer.write(values)
        name = copy.shape
        shape = self._shape(name)
        own = {f"text/{slide}": data for slide, data in copy.texts}
        for slide, draw in self._drawers.items():
            own[f"drawn/{slide}"] = pictures[slide] if pictures and slide in pictures else draw(values)
        contents = tuple(map(own.__getitem__, shape.keys))
        data = shape.skeleton.fill((*contents, shape.manifest(copy.subject, copy.fallback)))
        bundle = Bundle(shape.parts(own), data, copy.subject, copy.fallback)
        # A message without a fallback keeps the digest that earlier versions wrote into ledgers.
        more = (copy.fallback.encode(),) if copy.fallback else ()
        digest = self._digest(name, copy.subject, (*contents, *more))
        return Merged(bundle, digest, name, contents, copy)

    def pictures(self, merged: Merged) -> dict[int, bytes]:
        """The pictures that were drawn for the recipient, by slide."""
        pairs = zip(self._shapes[merged.shape].keys, merged.contents, strict=True)
        return {int(key.removeprefix("drawn/")): data for key, data in pairs if key.startswith("drawn/")}

    def check(self, merged: Merged) -> tuple[Report, ...]:
        """What the rules say of it, profile by profile."""
        shape = self._shapes[merged.shape]
        named = dict(zip(shape.names, merged.contents, strict=True))
        judges = shape.judges(bool(merged.bundle.subject), bool(merged.bundle.fallback))
        return tuple(judge.report(named, merged.bundle) for judge in judges)

    def _digest(self, shape: str, subject: str, contents: Sequence[bytes]) -> bytes:
        pieces = [self.base.digest]
        for piece in (shape.encode(), subject.encode(), *contents):
            pieces += (len(piece).to_bytes(4, "big"), piece)
        return hashlib.blake2b(b"".join(pieces), digest_size=16).digest()

    def _shape(self, name: str) -> _Shape:
        found = self._shapes.get(name)
        if found is None:
            if name not in self.base.shapes:
                raise AuthoringError("a slide would be empty: it has no picture, and its text is empty")
            found = self._shapes[name] = _Shape(self.base, name)
        return found


class _Shape:
    """The messages that have the same parts."""

    def __init__(self, base: Base, name: str) -> None:
        slots = base.shapes[name]
        self._base = base
        self.keys = tuple(slot.key for slot in slots if slot.personal)
        self.names = tuple(slot.name for slot in slots if slot.personal)
        self._kept = [
            None if slot.personal else Part(slot.name, slot.type, base.blobs[slot.key]) for slot in slots
        ]
        self._own = [(at, slot.name, slot.type, slot.key) for at, slot in enumerate(slots) if slot.personal]
        self._rest = format_manifest([(slot.name, slot.type) for slot in slots])
        sample = {
            slot.key: b"Text" if slot.key.startswith("text/") else base.blobs[slot.key] for slot in slots
        }
        self._sample = self.parts(sample)
        self._known = Terms(
            notes={slot.name: base.notes[slot.key] for slot in slots if slot.key in base.notes},
        )
        self._judges: dict[tuple[bool, bool], tuple[Judge, ...]] = {}
        self.skeleton = Skeleton(pack(self._sample).data, (*self.names, MANIFEST))

    def parts(self, own: Mapping[str, bytes]) -> tuple[Part, ...]:
        """All parts in order, the personal ones with their bytes of `own`."""
        parts: list[Any] = self._kept.copy()
        for at, name, type_, key in self._own:
            parts[at] = Part(name, type_, own[key])
        return tuple(parts)

    def manifest(self, subject: str, fallback: str) -> bytes:
        """The manifest; subject and fallback are lines of their own before the parts."""
        return format_manifest((), subject, fallback) + self._rest if subject or fallback else self._rest

    def judges(self, with_subject: bool, with_fallback: bool) -> tuple[Judge, ...]:
        """One for each profile; subject and fallback move the manifest's lines."""
        lines = (with_subject, with_fallback)
        if lines not in self._judges:
            sample = pack(self._sample, "Subject" if with_subject else "", "Text" if with_fallback else "")
            self._judges[lines] = tuple(
                Judge(sample, self.names, replace(self._known, profile=profile))
                for profile in self._base.profiles
            )
        return self._judges[lines]
