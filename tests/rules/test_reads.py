"""Each rule declares what it reads of a message, and reads just that: a campaign's short cut rests on it."""

from __future__ import annotations

import functools
import re
from dataclasses import fields, replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from mmspack import rules
from mmspack.bundle.found import Content
from mmspack.bundle.opened import Opened, open_source
from mmspack.errors import MmspackError
from mmspack.media.probing import Probe
from mmspack.model import Kind
from mmspack.profiles import Profile
from mmspack.rules import Reads, Rule
from mmspack.rules.checking import check
from mmspack.rules.terms import Terms, terms_of
from tests.rules.edges import EVERY
from tests.rules.scenes import photo, scene

ANY_TEXT = Reads.TEXT | Reads.SIZES | Reads.TYPES
ANY_PICTURE = Reads.PICTURE | Reads.SIZES | Reads.TYPES
ALLOWED = {
    ("text", "data"): ANY_TEXT,
    ("text", "text"): Reads.TEXT | Reads.SIZES,
    ("text", "sniffed"): Reads.TYPES,
    ("text", "type"): Reads.TYPES,
    ("text", "probe"): Reads.TYPES | Reads.TEXT,
    ("picture", "data"): ANY_PICTURE,
    ("picture", "text"): Reads.PICTURE | Reads.TYPES,
    ("picture", "sniffed"): Reads.TYPES | Reads.PICTURE,
    ("picture", "type"): Reads.TYPES | Reads.PICTURE,
    ("picture", "probe"): Reads.PICTURE,
    ("picture", "looks"): Reads.LOOKS,
    ("subject", "subject"): Reads.SUBJECT | Reads.SIZES,
    ("message", "budget"): Reads.SIZES,
    ("message", "zip bytes"): Reads.SIZES,
}
"""What was looked at, and the declarations of which any one accounts for it."""
ANSWERS = {
    Reads.TYPES: {("text", "sniffed"), ("text", "type"), ("text", "data"), ("picture", "type"),
                  ("picture", "data")},
    Reads.TEXT: {("text", "text"), ("text", "data"), ("text", "probe")},
    Reads.SUBJECT: {("subject", "subject")},
    Reads.SIZES: {("text", "text"), ("text", "data"), ("message", "budget"), ("message", "zip bytes"),
                  ("subject", "subject"), ("picture", "data")},
    Reads.PICTURE: {("picture", "probe"), ("picture", "data")},
    Reads.LOOKS: {("picture", "looks")},
}  # fmt: skip
"""What a rule of that declaration must have looked at, in one of the scenes at least."""

TERMS = ("profile", "mode", "dialect", "subject")
Seen = set[tuple[str, str]]


def watched_content(content: Content, kind: str, seen: Seen) -> Content:
    """A content that writes down what is asked of it; what a probe says of the type counts apart."""
    known = content.probe

    class WatchedProbe(Probe):
        def __getattribute__(self, name: str) -> object:
            if name in _PROBED:
                seen.add((kind, "type" if name == "type" else "probe"))
            return super().__getattribute__(name)

    class Watched(Content):
        def __getattribute__(self, name: str) -> object:
            if name == "probe":
                return WatchedProbe(*known)
            if name in ("data", "text", "looks", "sniffed"):
                seen.add((kind, name))
                return getattr(content, name)
            return super().__getattribute__(name)

    return Watched(b"")


_PROBED = {*Probe._fields, "animated"}


class WatchedTerms(Terms):
    seen: Seen

    def subject_of(self, opened: Opened) -> str:
        self.seen.add(("subject", "subject"))
        return super().subject_of(opened)

    def budget_of(self, opened: Opened) -> object:
        before = set(self.seen)
        found = super().budget_of(opened)
        self.seen.clear()
        self.seen.update(before | {("message", "budget")})
        return found


def watch(opened: Opened, terms: Terms) -> tuple[Opened, Terms, Seen]:
    """The same bundle and terms, and what a rule will have looked at that may be personal."""
    seen: Seen = set()
    for part in opened.parts:  # what follows from names and declarations is known before a recipient is
        _ = (part.declared, part.type, part.kind, part.is_smil)
    structure = (
        "names",
        "manifest",
        "misnamed_manifest",
        "parts",
        "media",
        "smil",
        "_parsed",
        "slides",
        "referenced",
    )
    for name in structure:
        getattr(opened, name)
    personal = {Kind.TEXT: "text", Kind.IMAGE: "picture"}
    kept = {}
    for part in opened.parts:
        if part.kind in personal and part is not opened.smil:
            kept[part] = part.content
            part.content = watched_content(part.content, personal[part.kind], seen)
    archive = opened.archive
    if archive is not None:

        class WatchedArchive(type(archive)):  # type: ignore[misc]
            def __getattribute__(self, name: str) -> object:
                if name == "size":
                    seen.add(("message", "zip bytes"))
                return super().__getattribute__(name)

        opened.archive = WatchedArchive(archive.entries, archive.defects, archive.size)
    watched = WatchedTerms(**{one.name: getattr(terms, one.name) for one in fields(Terms)})
    object.__setattr__(watched, "seen", seen)
    seen.clear()
    return opened, watched, seen


@functools.cache
def looked_at() -> dict[str, set[tuple[str, str]]]:
    """What each rule looked at, over every bad and good case of every rule."""
    found: dict[str, Seen] = {rule.id: set() for rule in rules.all_rules()}
    for cases in EVERY.values():
        for make, *_ in cases:
            made = make()
            options = {
                k: v for k, v in made.options.items() if k in ("profile", "mode", "dialect", "subject")
            }
            terms = terms_of(**options)
            try:
                opened = open_source(made.data, terms.dialect)
            except MmspackError:
                continue
            opened, terms, seen = watch(opened, terms)
            for rule in rules.all_rules():
                seen.clear()
                if rule.applies(opened):
                    list(rule.hits(opened, terms))
                found[rule.id] |= seen
    return found


@pytest.mark.slow
@pytest.mark.parametrize("rule", rules.all_rules(), ids=lambda rule: rule.id)
def test_a_rule_looks_at_what_it_declares_and_at_nothing_else(rule: Rule) -> None:
    seen = looked_at()[rule.id]
    beyond = {look for look in seen if not ALLOWED[look] & rule.reads}
    assert not beyond, f"{rule.id} looks at {sorted(beyond)}: declare it with reads="
    unused = [flag for flag in rule.reads if not ANSWERS[flag] & seen]
    assert not unused, f"{rule.id} declares {unused} and never looks at it"


WORDED = [rule for rule in rules.all_rules() if rule.only_if]
letters = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], max_codepoint=0xFFFF),
    min_size=1,
    max_size=80,
)
slips = st.lists(st.sampled_from(
    ["{name}", "[Name]", "%NAME%", "*|", "|*", "Hi ", "NULL", "None", "nan", "undefined", "#N/A", "#REF!",
     "[object Object]", "<NA>", "TODO", ": ", "lorem", "Ipsum", "your text", " here", "://", "http", "s:/",
     "www", ",com", ". ", "\n", "\u00e2\u20ac", "\u00c3", "\u0152 ", "{\\rtf1", "offer.md", "\u2028",
     "\ufeff", "\u202e", " ", "a", "$name"]
), max_size=8).map("".join)  # fmt: skip
words = st.one_of(letters, slips.filter(bool), st.text("ab <&;=#\\u0{}[]%$NULL", min_size=1, max_size=40))


def about(text: str, subject: str, rule: Rule) -> list[str]:
    opened = open_source(scene(files={"image1.jpg": photo(), "text1.txt": text.encode()}).data)
    terms = replace(terms_of(), subject=subject)
    return [hit.message for hit in rule.hits(opened, terms)] if rule.applies(opened) else []


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(text=words, subject=letters)
@example(text="TODO", subject="0")  # the whole of one text, but not of the texts together
def test_a_rule_says_nothing_new_where_its_own_expression_finds_nothing(text: str, subject: str) -> None:
    assume(Content(text.encode()).probe.type == "text/plain")
    for rule in WORDED:
        found = re.search(rule.only_if, f"{subject}\n{text}")
        assert not found or not rule.only_with or any(sign in f"{subject}\n{text}" for sign in rule.only_with)
        if not found:
            assert about(text, subject, rule) == about("Hello", "Hello", rule), rule.id


def test_a_profile_that_weighs_a_rule_otherwise_does_not_change_what_it_reads() -> None:
    """Severities belong to the judge: a rule that asks of the profile takes the terms and says so by that."""
    asking = {rule.id for rule in rules.all_rules() if rule.asks_terms is not None}
    assert {"MMS501", "MMS405", "MMS503"} <= asking
    assert not {"MMS203", "MMS441"} & asking
    assert isinstance(terms_of().profile, Profile)


def test_a_rule_yields_to_rules_that_exist_and_never_in_a_circle() -> None:
    by_id = {rule.id: rule for rule in rules.all_rules()}
    for rule in by_id.values():
        assert set(rule.yields_to) <= set(by_id)
        seen, above = {rule.id}, list(rule.yields_to)
        while above:
            elder = above.pop()
            assert elder not in seen, f"{rule.id} yields to itself by way of {elder}"
            above += by_id[elder].yields_to


def test_a_rule_yields_whether_the_better_one_was_selected_or_not() -> None:
    made = scene(files={"image1.jpg": photo(), "text1.txt": photo()})
    assert {finding.id for finding in check(made.data).findings} >= {"MMS401"}
    assert not check(made.data, select=["MMS441"]).findings
