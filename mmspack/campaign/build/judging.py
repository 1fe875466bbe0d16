"""Personalised messages judged by the same rules, without judging again what is the same in all of them.

A rule is a pure function of the message laid open. Each rule is run once over a message whose personal
bytes, subject and sizes are watched: a rule that read none of them gives the same answer for every
recipient, and is not asked again. The others are asked each time.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from mmspack.bundle.opened import FoundPart, Opened, unpack
from mmspack.bundle.zip_reader import Archive
from mmspack.campaign.build.silence import BY_CHARACTERS, BY_LENGTH, Lengths, lengths_of
from mmspack.media.probing import probe
from mmspack.model import Budget, Bundle, Finding, Kind, Part, Report
from mmspack.profiles import Profile
from mmspack.profiles.budget import measure
from mmspack.rules import Rule, all_rules
from mmspack.rules.checking import check, judge

_LOOKS = "looks"
"""How a picture is composed. Advice that rests on it is given once, on the sample: it takes longer than all
the rest, and the same boxes are drawn into the same picture."""
_PERSONAL_PART = frozenset({"data", "probe", _LOOKS})
_PERSONAL_MESSAGE = frozenset({"subject", "budget"})
_KEPT_OF_PART = frozenset({"name", "data", "entry", "declared", "type", "kind", "is_smil"})
"""What a part keeps from recipient to recipient, `data` apart; all else is looked up anew."""
_KEPT_OF_MESSAGE = frozenset(
    {field.name for field in fields(Opened)}
    | {"names", "manifest", "misnamed_manifest", "parts", "media", "smil", "_parsed", "slides", "referenced"}
)
_PERSONAL_ENTRY = frozenset({"data", "size", "compressed_size", "offset"})


class Judge:
    """Judges the messages of one shape: the same parts by name and type, some of other bytes."""

    def __init__(self, sample: Bundle, personal: Sequence[str], profile: Profile) -> None:
        """`sample` is one message of the shape as `pack` made it; `personal` names the parts that differ."""
        self._profile = profile
        self._opened = unpack(sample, profile)
        self._parts = {part.name: part for part in self._opened.parts if part.name in set(personal)}
        self._types = {name: part.probe.type for name, part in self._parts.items()}
        self._only_texts = all(part.kind is Kind.TEXT for part in self._parts.values())
        kept = [part for part in self._opened.parts if part.name not in self._parts]
        self._kept_bytes = sum(len(part.data) for part in kept)
        self._budget = measure([Part(p.name, p.type, p.data) for p in self._opened.parts], "", profile)
        _warm(self._opened)
        reads = {rule.id: _personal_reads(rule, self._opened, personal) for rule in all_rules()}
        self.moving = tuple(rule for rule in all_rules() if reads[rule.id] and _LOOKS not in reads[rule.id])
        """The rules that look at what is personal."""
        self._fixed = judge(self._opened, [rule for rule in all_rules() if rule not in self.moving])
        self._silent: dict[str, Lengths] = {}
        self._all_silent: Lengths | None = None

    def report(self, contents: Mapping[str, bytes], bundle: Bundle) -> Report:
        """As `check(bundle, profile=…, subject=…)` reports.

        `contents` are the personal parts' bytes by name. The bundle is judged whole where a part turns out
        to be of another kind than in the sample.
        """
        subject = bundle.subject
        lengths = None
        if self._only_texts:
            lengths = lengths_of(tuple(contents.values()), subject, len(bundle.data))
        size = self._kept_bytes + sum(map(len, contents.values())) + len(subject.encode())
        budget = replace(self._budget, content_bytes=size)
        if lengths is not None and self._all_silent is not None and lengths.within(self._all_silent):
            return Report(file="bundle", profile=self._profile.name, findings=self._fixed, budget=budget)
        asked = [rule for rule in self.moving if lengths is None or not self._is_silent(rule, lengths)]
        if not asked:
            return Report(file="bundle", profile=self._profile.name, findings=self._fixed, budget=budget)
        for name, data in contents.items():
            part = self._parts[name]
            _give(part, data)
            if lengths is None:
                # As the part itself would, without the small copy that nobody is going to look at.
                found = vars(part)["probe"] = probe(data, whole=True)
                if found.type != self._types[name]:
                    return check(bundle, profile=self._profile, subject=subject)
        said = self._ask(asked, subject, budget, len(bundle.data), lengths)
        return Report(file="bundle", profile=self._profile.name, findings=self._ordered(said), budget=budget)

    def _ask(
        self, asked: Sequence[Rule], subject: str, budget: Budget, zip_bytes: int, lengths: Lengths | None
    ) -> tuple[Finding, ...]:
        self._set(subject, budget, zip_bytes)
        if lengths is None:
            return judge(self._opened, asked)
        found: list[Finding] = []
        silent = []
        for rule in asked:
            said = judge(self._opened, (rule,))
            found += said
            if not said:
                silent.append(rule)
        self._learn(silent, lengths)
        return tuple(found)

    def _set(self, subject: str, budget: Budget, zip_bytes: int) -> None:
        opened = self._opened
        _forget(opened, _KEPT_OF_MESSAGE)
        vars(opened).update(subject=subject, budget=budget)
        if opened.archive is not None:
            opened.archive = Archive(opened.archive.entries, opened.archive.defects, zip_bytes)

    def _learn(self, rules: Sequence[Rule], lengths: Lengths) -> None:
        """Ask the silent rules about a message that is as long as all of which they were silent so far."""
        for rule in rules:
            known = self._silent.get(rule.id)
            wanted = lengths if known is None else known.together(lengths)
            if rule.id in BY_CHARACTERS:
                self._silent[rule.id] = wanted
            elif rule.id in BY_LENGTH:
                for part, text in zip(self._parts.values(), wanted.texts(), strict=True):
                    _give(part, text)
                size = self._kept_bytes + wanted.own_bytes
                self._set("x" * wanted.subject, replace(self._budget, content_bytes=size), wanted.zip_bytes)
                if not judge(self._opened, (rule,)):
                    self._silent[rule.id] = wanted
        if all(rule.id in self._silent for rule in self.moving):
            by_length = [self._silent[rule.id] for rule in self.moving if rule.id in BY_LENGTH]
            self._all_silent = functools.reduce(Lengths.shorter, by_length) if by_length else None

    def _is_silent(self, rule: Rule, lengths: Lengths) -> bool:
        """Whether a message at least as long in everything has been asked about, without a finding."""
        known = self._silent.get(rule.id)
        if known is None:
            return False
        return rule.id in BY_CHARACTERS or (rule.id in BY_LENGTH and lengths.within(known))

    def _ordered(self, found: Sequence[Finding]) -> tuple[Finding, ...]:
        names = (None, "manifest", *(part.name for part in self._opened.parts))
        places = {name: at for at, name in enumerate(names)}
        return tuple(
            sorted(
                (*self._fixed, *found),
                key=lambda f: (places.get(f.part, len(places)), f.line or 0, f.column or 0, f.id),
            )
        )


def _give(part: FoundPart, data: bytes) -> None:
    part.data = data
    _forget(part, _KEPT_OF_PART)


def _forget(thing: object, kept: frozenset[str]) -> None:
    """Drop what was worked out of an earlier recipient's bytes."""
    held = vars(thing)
    for name in [name for name in held if name not in kept]:
        del held[name]


def _warm(opened: Opened) -> None:
    """Have everything ready that does not change from recipient to recipient."""
    for part in opened.parts:
        _ = (part.probe, part.declared, part.type, part.kind, part.is_smil)
    _ = (opened.names, opened.manifest, opened.smil, opened.media, opened.slides, opened.budget)
    _ = (opened.referenced, opened.smil_fault)


def _personal_reads(rule: Rule, opened: Opened, personal: Sequence[str]) -> set[str]:
    """What a rule, run over `opened`, reads of that which differs between recipients."""
    seen: list[str] = []
    watched = _watched(opened, frozenset(personal), seen)
    if rule.applies(watched):
        list(rule.judge(watched))
    return set(seen)


def _watched(opened: Opened, personal: frozenset[str], seen: list[str]) -> Opened:
    """A copy of `opened` that writes down in `seen` each look at something personal."""

    class WatchedPart(FoundPart):
        def __getattribute__(self, name: str) -> Any:
            if name in _PERSONAL_PART:
                seen.append(name)
            return super().__getattribute__(name)

    class WatchedMessage(Opened):
        def __getattribute__(self, name: str) -> Any:
            if name in _PERSONAL_MESSAGE:
                seen.append(name)
            return super().__getattribute__(name)

    twins: dict[int, FoundPart] = {}
    for part in opened.parts:
        twin = WatchedPart.__new__(WatchedPart) if part.name in personal else part
        if twin is not part:
            vars(twin).update(vars(part))
            _forget(twin, _KEPT_OF_PART)
        twins[id(part)] = twin
    message = WatchedMessage.__new__(WatchedMessage)
    vars(message).update(vars(opened))
    _forget(message, _KEPT_OF_MESSAGE)
    held = vars(message)
    held["parts"] = tuple(twins[id(part)] for part in opened.parts)
    held["media"] = tuple(twins[id(part)] for part in opened.media)
    held["smil"] = twins[id(opened.smil)] if opened.smil else None
    held["slides"] = tuple(
        replace(
            slide,
            media=tuple(
                replace(shown, part=twins[id(shown.part)] if shown.part else None) for shown in slide.media
            ),
        )
        for slide in opened.slides
    )
    held["files"] = _WatchedFiles(opened.files, seen)
    if opened.archive is not None:
        held["archive"] = _WatchedArchive(opened.archive, personal, seen)
    return message


class _WatchedFiles(tuple[tuple[str, bytes | None], ...]):
    """That there are files is no secret; what is in them is."""

    def __new__(cls, files: Sequence[tuple[str, bytes | None]], seen: list[str]) -> _WatchedFiles:
        made = super().__new__(cls, files)
        made._seen = seen
        return made

    _seen: list[str]

    def __iter__(self) -> Iterator[tuple[str, bytes | None]]:
        self._seen.append("files")
        return super().__iter__()

    def __getitem__(self, at: Any) -> Any:
        self._seen.append("files")
        return super().__getitem__(at)


class _WatchedArchive:
    def __init__(self, archive: Archive, personal: frozenset[str], seen: list[str]) -> None:
        self._archive, self._seen = archive, seen
        self.entries = tuple(_WatchedEntry(entry, entry.name in personal, seen) for entry in archive.entries)

    def __getattr__(self, name: str) -> Any:
        if name == "size":
            self._seen.append(name)
        return getattr(self._archive, name)


class _WatchedEntry:
    def __init__(self, entry: object, personal: bool, seen: list[str]) -> None:
        self._entry, self._personal, self._seen = entry, personal, seen

    def __getattr__(self, name: str) -> Any:
        if name == "offset" or (self._personal and name in _PERSONAL_ENTRY):
            self._seen.append(name)
        return getattr(self._entry, name)
