"""How a rule is declared: once, with all that the command line, the docs and the tests need of it."""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeVar, cast

from mmspack.bundle.opened import Form, Opened
from mmspack.model import Severity
from mmspack.rules.terms import Mode, Terms


class Evidence(enum.StrEnum):
    """How well a source is known."""

    CONTRACT = "gateway documentation"
    CLAUSE = "clause read"
    IMPLEMENTED = "as implemented"
    MEMORY = "from memory, not verified"
    OBSERVED = "observed"
    PUBLISHED = "published recommendation"
    ADVICE = "our recommendation"


class Remains(enum.StrEnum):
    """Why `fix` leaves a finding of a rule: what a repair would have to guess."""

    CHOICE = "what was meant is for its author to say"
    WORDS = "only its author knows the right words"
    MEDIUM = "what is wrong with it cannot be put right from its bytes: export it again"
    LOOK = "how it should look is for its author to decide"
    ZIP = "readers differ about what the zip contains: build it again from its sources"
    UNCERTAIN = "no repair is certain to be what was meant"


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so."""

    text: str
    evidence: Evidence

    def __str__(self) -> str:
        return f"{self.text} ({self.evidence})"


class Hit(NamedTuple):
    """One place where a rule is broken: what is wrong here, in one line, and where."""

    message: str
    part: str | None = None
    line: int | None = None
    column: int | None = None
    about: str | None = None
    """Name of the part that it concerns, where that is not `part`."""
    fix: str = ""
    """The cure, where it is another one than the rule's."""


class Needs(enum.Enum):
    """What must be readable before a rule is asked; otherwise another rule has already spoken."""

    ZIP = "zip"
    CONTENT = "content"
    MANIFEST = "manifest"
    TREE = "tree"
    SMIL = "smil"
    SLIDES = "slides"


class Reads(enum.Flag):
    """What a rule looks at of that which can differ from recipient to recipient in a campaign.

    A campaign judges one sample, and asks a rule again only where what it reads has changed. A test watches
    every rule at work and holds these declarations to the truth, in both directions.
    """

    NOTHING = 0
    TYPES = enum.auto()
    """What a part's bytes are (a text, a JPEG, nothing at all): the same for every plain text."""
    TEXT = enum.auto()
    """The letters of texts."""
    SUBJECT = enum.auto()
    """The letters of the subject."""
    SIZES = enum.auto()
    """Bytes, characters, lines. Such a rule must be monotone: where it is silent about a message, it is
    silent about every message that is nowhere longer."""
    PICTURE = enum.auto()
    """The bytes and pixels of pictures."""
    LOOKS = enum.auto()
    """How a picture is composed: slow, and asked of a campaign's sample alone, since the same boxes are drawn
    into the same picture."""


Asks = Callable[[Opened], Iterator[Hit]]
"""A rule that asks of the bundle alone: its answer is the same for every profile."""
AsksTerms = Callable[[Opened, Terms], Iterator[Hit]]
"""A rule that asks of the profile, the dialect or the subject as well."""
_Asked = TypeVar("_Asked", bound=Asks | AsksTerms)

_LADDER = (Severity.INFO, Severity.WARNING, Severity.ERROR)
_ID = re.compile(r"MMS[1-5]\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that can be wrong with a message."""

    id: str
    title: str
    severity: Severity
    source: Source
    reason: str
    """What readers do about the defect."""
    fix: str
    bad: str
    """A snippet that breaks the rule."""
    good: str
    """The same, corrected."""
    asks: Asks | None
    asks_terms: AsksTerms | None
    needs: Needs
    reads: Reads = Reads.NOTHING
    only_if: str = ""
    """A regular expression, for a rule that reads `TEXT` or `SUBJECT`: of two plain messages in which it
    finds nothing, the rule says the same. Empty: the rule must be asked about every message."""
    only_with: tuple[str, ...] = ()
    """One of these is in every text in which `only_if` finds something. Plain words are looked for a hundred
    times as fast as an expression that begins with no certain letter, and a campaign looks for them in every
    message."""
    remains: Remains = Remains.CHOICE
    """Why a finding stays where `fix` does not repair it."""
    yields_to: tuple[str, ...] = ()
    """Ids of rules that say it better: where one of them has a finding about the same part, or at the same
    place, this rule has none. It holds whether those rules were selected or not."""
    by_class: bool = False
    """A limit of the conformance document alone: an error in restricted mode, free to break in free mode."""
    class_limit: bool = False
    """The same, where the profile is a content class and not a carrier."""

    @property
    def family(self) -> str:
        """What it is about: the name of its hundred."""
        return FAMILIES[self.id[3]]

    def severity_in(self, mode: Mode, *, of_class: bool = False) -> Severity:
        """Its severity in a creation mode; `of_class`: the profile is a content class."""
        if of_class and self.class_limit and mode is Mode.WARNING:
            return Severity.WARNING
        if mode is Mode.WARNING or not (self.by_class or (of_class and self.class_limit)):
            return self.severity
        if mode is Mode.RESTRICTED:
            return _LADDER[-1] if self.source.evidence is not Evidence.MEMORY else Severity.WARNING
        return Severity.INFO

    def applies(self, opened: Opened) -> bool:
        """True when what it asks about is there to be judged."""
        return _AVAILABLE[self.needs](opened)

    @property
    def depends_on(self) -> Reads:
        """What its findings depend on: what it reads itself, and what the rules read to which it yields."""
        return functools.reduce(lambda reads, id_: reads | REGISTRY[id_].reads, self.yields_to, self.reads)

    def hits(self, opened: Opened, terms: Terms) -> Iterator[Hit]:
        """Where the bundle breaks it; `applies` has been asked before."""
        if self.asks is not None:
            yield from self.asks(opened)
        if self.asks_terms is not None:
            yield from self.asks_terms(opened, terms)


FAMILIES = {
    "1": "archive",
    "2": "manifest",
    "3": "presentation",
    "4": "parts and text",
    "5": "limits and advice for handsets",
}

_AVAILABLE: dict[Needs, Callable[[Opened], bool]] = {
    Needs.ZIP: lambda opened: opened.form is Form.ZIP,
    Needs.CONTENT: lambda opened: opened.has_content,
    Needs.MANIFEST: lambda opened: opened.manifest is not None,
    Needs.TREE: lambda opened: opened.smil is not None,
    Needs.SMIL: lambda opened: opened.presentation is not None,
    Needs.SLIDES: lambda opened: opened.has_content and opened.presentation is not None,
}

REGISTRY: dict[str, Rule] = {}


def rule(
    id: str,
    *,
    title: str,
    severity: Severity,
    source: Source,
    reason: str,
    fix: str,
    bad: str,
    good: str,
    needs: Needs,
    reads: Reads = Reads.NOTHING,
    only_if: str = "",
    only_with: tuple[str, ...] = (),
    remains: Remains = Remains.CHOICE,
    yields_to: tuple[str, ...] = (),
    by_class: bool = False,
    class_limit: bool = False,
) -> Callable[[_Asked], _Asked]:
    """Declare the decorated function as a rule. `ValueError` for a rule that is not whole.

    The function takes the opened bundle; one that asks of the profile, the dialect or the subject takes the
    `Terms` as well.
    """

    def declare(asked: _Asked) -> _Asked:
        takes_terms = asked.__code__.co_argcount == 2
        if not _ID.fullmatch(id) or id in REGISTRY:
            raise ValueError(f"{id}: not a new id of the form MMS101")
        if not all((title, reason, fix, bad, good)):
            raise ValueError(f"{id}: a rule needs title, reason, fix, a bad and a good snippet")
        REGISTRY[id] = Rule(
            id=id,
            title=title,
            severity=severity,
            source=source,
            reason=reason,
            fix=fix,
            bad=bad,
            good=good,
            asks=None if takes_terms else cast(Asks, asked),
            asks_terms=cast(AsksTerms, asked) if takes_terms else None,
            needs=needs,
            reads=reads,
            only_if=only_if,
            only_with=only_with,
            remains=remains,
            yields_to=yields_to,
            by_class=by_class,
            class_limit=class_limit,
        )
        return asked

    return declare
