"""Personalised messages checked by the same rules, without checking again what they all share.

A rule is a pure function of the opened bundle and of what it is judged against, and it declares what it
reads (`Reads`). A rule that reads nothing personal answers the same for every recipient: it is asked once,
about a sample. The others are asked about each recipient, unless it is known that they have nothing to say.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mmspack.bundle.bundle import Bundle
from mmspack.bundle.found import Content
from mmspack.bundle.opened import open_source
from mmspack.bundle.zip_reader import Archive
from mmspack.campaign.build.plain_texts import Lengths, Plain, plain
from mmspack.media.texts import BEYOND_ASCII, ODD
from mmspack.model import Budget, Finding, Kind, Part, Report
from mmspack.profiles.budget import measure
from mmspack.rules import Reads, Rule, all_rules
from mmspack.rules.checking import check_each, in_reading_order, judge
from mmspack.rules.terms import Terms

_ALWAYS = Reads.SUBJECT | Reads.SIZES | Reads.TYPES
"""What differs between any two recipients, whatever is personal in their messages."""
_WORDS = Reads.TEXT | Reads.SUBJECT


class Judge:
    """Judges the messages of one shape: the same parts by name and type, some of other bytes."""

    def __init__(self, sample: Bundle, personal: Sequence[str], terms: Terms) -> None:
        """`sample` is one message of the shape as `pack` made it; `personal` names the parts that differ.

        `terms` say what is known of the pictures that are the same for all.
        """
        self._terms = terms
        self._opened = open_source(sample)
        self._parts = {part.name: part for part in self._opened.parts if part.name in set(personal)}
        self._types = {name: part.probe.type for name, part in self._parts.items()}
        self._only_texts = all(part.kind is Kind.TEXT for part in self._parts.values())
        kept = [part for part in self._opened.parts if part.name not in self._parts]
        self._kept_bytes = sum(len(part.data) for part in kept)
        self._budget = measure([Part(p.name, p.type, p.data) for p in self._opened.parts], "", terms.profile)
        self.moving = moving_rules({part.kind for part in self._parts.values()})
        """The rules that read something personal."""
        self._worded = tuple(rule for rule in self.moving if rule.depends_on & _WORDS)
        self._measured = tuple(rule for rule in self.moving if rule.depends_on & Reads.SIZES)
        self._told_of_all = self._judged_but(self.moving)
        # A plain text is a text like the sample's: rules that look at types say the same of both, and so do
        # rules about words whose own expression finds nothing in either.
        self._told_of_plain = self._judged_but(self._measured)
        self._gates = _worded_rules(self._worded)
        self._signs = _shortest(sign for gate in self._gates for sign in gate.signs)
        forms = [gate.form.pattern for gate in self._gates if not gate.signs]
        # In ASCII one by one, as each is looked for by its first character: one expression of them all takes
        # twice as long. Those beyond ASCII all begin alike.
        self._forms_in_ascii = [re.compile(form) for form in forms if not form.startswith(BEYOND_ASCII)]
        beyond = _any_of(form for form in forms if form.startswith(BEYOND_ASCII))
        self._forms = [*self._forms_in_ascii, beyond]
        self._silent: dict[str, Lengths] = {}
        self._all_silent: Lengths | None = None

    def report(self, contents: Mapping[str, bytes], bundle: Bundle) -> Report:
        """As a check of the bundle on those terms with its subject reports.

        `contents` are the personal parts' bytes by name. The bundle is judged whole where a part turns out
        to be of another kind than in the sample.
        """
        subject = bundle.subject
        size = self._kept_bytes + sum(map(len, contents.values())) + len(subject.encode())
        simple = plain(tuple(contents.values()), subject, len(bundle.data)) if self._only_texts else None
        if simple is not None:
            findings = self._findings_of_plain(simple, contents, subject)
        else:
            self._give(contents, len(bundle.data))
            if any(part.probe.type != self._types[name] for name, part in self._parts.items()):
                (report,) = check_each(bundle, [replace(self._terms, subject=subject)])
                return report
            findings = self._merged(self._told_of_all, self._ask(self.moving, subject))
        return Report(
            file="bundle",
            profile=self._terms.profile.name,
            findings=findings,
            budget=self._budget_of(size),
        )

    def _budget_of(self, content_bytes: int) -> Budget:
        """The budget of a message of that size; spelt out, as `replace` takes a tenth of a merge's time."""
        of_sample = self._budget
        return Budget(
            profile=of_sample.profile,
            content_bytes=content_bytes,
            header_bytes=of_sample.header_bytes,
            max_bytes=of_sample.max_bytes,
            warn_bytes=of_sample.warn_bytes,
        )

    def _findings_of_plain(
        self, simple: Plain, contents: Mapping[str, bytes], subject: str
    ) -> tuple[Finding, ...]:
        asked = self._asked_about(simple.words)
        lengths = simple.lengths
        if self._all_silent is None or not lengths.within(self._all_silent):
            measured = [rule for rule in self._measured if not self._is_silent(rule, lengths)]
        else:
            measured = []
        if not asked and not measured:
            return self._told_of_plain
        self._give(contents, lengths.zip_bytes)
        said = self._ask(asked, subject)
        found = [(rule, self._ask((rule,), subject)) for rule in measured]
        self._learn([rule for rule, told in found if not told], lengths)
        again = {rule.id for rule in asked}
        kept = [finding for finding in self._told_of_plain if finding.id not in again]
        return self._merged(kept, (*said, *(finding for _, told in found for finding in told)))

    def _asked_about(self, words: str) -> list[Rule]:
        """The rules about words that may have something to say about these."""
        forms = self._forms_in_ascii if words.isascii() else self._forms
        if any(map(words.__contains__, self._signs)) or _any_in(words, forms):
            return [gate.rule for gate in self._gates if gate.lets_through(words)]
        return []

    def _give(self, contents: Mapping[str, bytes], zip_bytes: int) -> None:
        """Put a recipient's bytes in the place of the last one's."""
        for name, data in contents.items():
            self._parts[name].content = Content(data, keeps_small_copy=False)
        if self._opened.archive is not None:
            entries, defects = self._opened.archive.entries, self._opened.archive.defects
            self._opened.archive = Archive(entries, defects, zip_bytes)

    def _ask(self, rules: Sequence[Rule], subject: str) -> tuple[Finding, ...]:
        return judge(self._opened, replace(self._terms, subject=subject), rules) if rules else ()

    def _judged_but(self, moving: Iterable[Rule]) -> tuple[Finding, ...]:
        left_out = {rule.id for rule in moving}
        return judge(self._opened, self._terms, [rule for rule in all_rules() if rule.id not in left_out])

    def _learn(self, rules: Sequence[Rule], lengths: Lengths) -> None:
        """Ask the silent rules about a message that is as long as all of which they were silent so far."""
        for rule in rules:
            known = self._silent.get(rule.id)
            wanted = lengths if known is None else known.together(lengths)
            texts = dict(zip(self._parts, wanted.texts(), strict=True))
            self._give(texts, wanted.zip_bytes)
            if not self._ask((rule,), "x" * wanted.subject):
                self._silent[rule.id] = wanted
        if all(rule.id in self._silent for rule in self._measured):
            known_lengths = [self._silent[rule.id] for rule in self._measured]
            self._all_silent = functools.reduce(Lengths.shorter, known_lengths) if known_lengths else None

    def _is_silent(self, rule: Rule, lengths: Lengths) -> bool:
        """Whether a message at least as long in everything has been asked about, without a finding."""
        known = self._silent.get(rule.id)
        return known is not None and lengths.within(known)

    def _merged(self, fixed: Sequence[Finding], found: Sequence[Finding]) -> tuple[Finding, ...]:
        return in_reading_order((*fixed, *found), self._opened) if found else tuple(fixed)


def moving_rules(kinds: Iterable[Kind]) -> tuple[Rule, ...]:
    """The rules that must be asked about each recipient, where parts of these kinds are personal."""
    of_kind = {Kind.TEXT: Reads.TEXT, Kind.IMAGE: Reads.PICTURE}
    personal = functools.reduce(lambda reads, kind: reads | of_kind[kind], kinds, _ALWAYS)
    return tuple(rule for rule in all_rules() if rule.depends_on & personal and not rule.reads & Reads.LOOKS)


@dataclass(frozen=True, slots=True)
class _Worded:
    """When a rule about words may have something to say about a plain text."""

    rule: Rule
    signs: tuple[str, ...]
    form: re.Pattern[str]

    def lets_through(self, words: str) -> bool:
        """Whether the rule must be asked about these words."""
        seen = not self.signs or any(map(words.__contains__, self.signs))
        return seen and self.form.search(words) is not None


def _shortest(signs: Iterable[str]) -> tuple[str, ...]:
    """The signs without those that hold another one: where they stand, that one does too."""
    different = tuple(dict.fromkeys(signs))
    return tuple(sign for sign in different if not any(one in sign for one in different if one != sign))


def _any_in(words: str, forms: Iterable[re.Pattern[str]]) -> bool:
    for form in forms:  # noqa: SIM110 - the generator of `any` takes as long as a search
        if form.search(words):
            return True
    return False


def _any_of(forms: Iterable[str]) -> re.Pattern[str]:
    """Finds what any of the expressions finds; nothing where there is none."""
    return re.compile("|".join(f"(?:{form})" for form in dict.fromkeys(forms)) or r"(?!)")


def _worded_rules(rules: Iterable[Rule]) -> tuple[_Worded, ...]:
    """The gates of the rules; a rule about odd characters has none, since a plain text holds none."""
    return tuple(
        _Worded(rule, rule.only_with, re.compile(rule.only_if or r"[\s\S]"))
        for rule in rules
        if rule.only_if != ODD
    )
