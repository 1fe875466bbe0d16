"""What tests gave to the code under mutation, kept so that a mutant can be asked about it again, fast."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import time
import types
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from mutating import Mutant, plain

from mmspack import rules
from mmspack.bundle import zip_reader
from mmspack.bundle.opened import Opened
from mmspack.rules import Rule
from mmspack.rules.terms import Terms


@dataclass
class Call:
    """An input, the tests that it comes from, and the answer of the code as it is."""

    given: Any
    tests: list[pytest.Item] = field(default_factory=list)
    answer: Any = None
    seconds: float = 0


def answer(function: Callable[[], Any]) -> Any:
    """What it returns, or the exception that it raises, as a value."""
    try:
        return function()
    except Exception as error:  # noqa: BLE001 - whatever a mutant raises is a difference
        return f"{type(error).__name__}: {error}"


class Replay(ABC):
    """The calls of a target."""

    def __init__(self) -> None:
        self.item: pytest.Item | None = None
        self.calls: dict[Hashable, Call] = {}

    def begin(self, item: pytest.Item) -> None:
        """A test begins."""
        self.item = item

    def knows(self, item: pytest.Item) -> bool:
        """Whether a test needs not be run to know where it comes."""
        del item
        return False

    def leave_out(self, item: pytest.Item) -> None:
        """Forget a test."""
        for call in self.calls.values():
            call.tests = [test for test in call.tests if test is not item]
        self.item = None

    def keep(self, key: Hashable, given: Any) -> None:
        """Note a call of the test that is running."""
        call = self.calls.setdefault(key, Call(given))
        if self.item is not None and self.item not in call.tests:
            call.tests.append(self.item)

    def settle(self) -> None:
        """Ask the code as it is, and begin with what is quick from now on."""
        for key, call in self.calls.items():
            began = time.process_time()
            call.answer = self.asked(key, call.given)
            call.seconds = time.process_time() - began
        self.calls = dict(sorted(self.calls.items(), key=lambda pair: pair[1].seconds))

    def differing(self, mutant: Mutant) -> Iterator[pytest.Item]:
        """The tests on whose inputs the mutant answers otherwise, its own first."""
        seen = set()
        for key in self.reached(mutant):
            call = self.calls[key]
            if self.asked(key, call.given) != call.answer:
                for item in call.tests:
                    if item not in seen:
                        seen.add(item)
                        yield item

    def allowed(self, item: pytest.Item) -> float:
        """Seconds of CPU after which a test counts as one that does not end."""
        del item
        return 20.0

    def made(self) -> dict[Any, Callable[..., Any]]:
        """Functions that may have been returned by a mutated one."""
        return {}

    def made_anew(self, functions: dict[Any, Callable[..., Any]]) -> None:  # noqa: B027 - most return none
        """Use these in their place."""

    @abstractmethod
    def recording(self) -> contextlib.AbstractContextManager[None]:
        """Keep every call made within."""

    @abstractmethod
    def asked(self, key: Hashable, given: Any) -> Any:
        """The answer of the code as it is now."""

    @abstractmethod
    def reached(self, mutant: Mutant) -> list[Hashable]:
        """The calls that come to the mutated function."""

    @abstractmethod
    def others(self, mutant: Mutant, items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
        """Tests that come to it, or measure it, in another way."""


class RulesReplay(Replay):
    """Bundles as the rules were asked about them."""

    def __init__(self) -> None:
        super().__init__()
        self.rules: dict[str, Rule] = {rule.id: rule for rule in rules.all_rules()}
        self.asked_about: dict[Hashable, tuple[Opened, Terms | None]] = {}
        self.called = {id_: _closure(rule.asks or rule.asks_terms) for id_, rule in self.rules.items()}

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        asking = {id_: (rule.asks, rule.asks_terms) for id_, rule in self.rules.items()}
        for id_, (asks, asks_terms) in asking.items():
            _set_asking(
                self.rules[id_], asks and self._kept(id_, asks), asks_terms and self._kept(id_, asks_terms)
            )
        yield
        for id_, (asks, asks_terms) in asking.items():
            _set_asking(self.rules[id_], asks, asks_terms)

    def _kept(self, id_: str, asks: Callable[..., Any]) -> Callable[..., Any]:
        def asked(opened: Opened, terms: Terms | None = None) -> Any:
            key = (opened.source or id(opened), opened.reads_manifest, repr(terms))
            self.keep((id_, key), self.asked_about.setdefault(key, (opened, terms)))
            return asks(opened) if terms is None else asks(opened, terms)

        return asked

    def asked(self, key: Any, given: Any) -> Any:
        opened, terms = given
        rule = self.rules[key[0]]
        if rule.asks is not None:
            return answer(lambda: list(rule.asks(opened)))
        return answer(lambda: list(rule.asks_terms(opened, terms)))

    def reached(self, mutant: Mutant) -> list[Hashable]:
        function = plain(mutant.module, mutant.function)
        name, module = function.__qualname__, function.__module__
        ids = {id_ for id_, called in self.called.items() if name in called[module]}
        mine = [key for key in self.calls if isinstance(key, tuple) and key[0] in ids]
        return sorted(mine, key=lambda key: not self._own(key))

    def _own(self, key: Any) -> bool:
        """True for a bundle that is a case of the rule itself."""
        return any(f"[{key[0]}-" in item.name for item in self.calls[key].tests)

    def others(self, mutant: Mutant, items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
        plainly = ("test_explaining.py", *(() if self.reached(mutant) else ("test_checking.py",)))
        return (item for name in plainly for item in items if item.path.name == name)

    def made(self) -> dict[Any, Callable[..., Any]]:
        asking = {id_: rule.asks or rule.asks_terms for id_, rule in self.rules.items()}
        return {id_: asks for id_, asks in asking.items() if "<locals>" in asks.__qualname__}

    def made_anew(self, functions: dict[Any, Callable[..., Any]]) -> None:
        for id_, asks in functions.items():
            of_terms = self.rules[id_].asks is None
            _set_asking(self.rules[id_], None if of_terms else asks, asks if of_terms else None)


def _set_asking(rule: Rule, asks: Callable[..., Any] | None, asks_terms: Callable[..., Any] | None) -> None:
    object.__setattr__(rule, "asks", asks)
    object.__setattr__(rule, "asks_terms", asks_terms)


class _Names(dict[str, set[str]]):
    def __missing__(self, module: str) -> set[str]:
        return set()


def _closure(asks: Any) -> _Names:
    """By module: the functions of the rules that one of them may come to, itself among them."""
    found = _Names()
    waiting = [asks]
    while waiting:
        function = waiting.pop()
        name = function.__qualname__.partition(".<locals>.")[0]
        if name in found[function.__module__]:
            continue
        found[function.__module__] = found[function.__module__] | {name}
        space = vars(importlib.import_module(function.__module__))
        for word in _words(function.__code__):
            other = space.get(word)
            if isinstance(other, types.FunctionType) and other.__module__.startswith("mmspack.rules"):
                waiting.append(other)
    return found


def _words(code: types.CodeType) -> set[str]:
    inner = [const for const in code.co_consts if isinstance(const, types.CodeType)]
    return set(code.co_names).union(*map(_words, inner))


class ZipReplay(Replay):
    """Zips as the reader was given them, with the bounds of that moment."""

    BOUNDS = ("MAX_ARCHIVE_BYTES", "MAX_TOTAL_BYTES", "MAX_RATIO", "MAX_ENTRIES", "RATIO_FREE_BYTES")

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        read = zip_reader._Reader.read

        def kept(reader: zip_reader._Reader) -> zip_reader.Archive:
            bounds = tuple(getattr(zip_reader, name) for name in self.BOUNDS)
            self.keep((hashlib.sha256(reader.data).digest(), bounds), reader.data)
            return read(reader)

        zip_reader._Reader.read = kept  # type: ignore[method-assign]
        yield
        zip_reader._Reader.read = read  # type: ignore[method-assign]

    def asked(self, key: Any, given: Any) -> Any:
        before = {name: getattr(zip_reader, name) for name in self.BOUNDS}
        vars(zip_reader).update(zip(self.BOUNDS, key[1], strict=True))
        found = answer(lambda: zip_reader.read_archive(given))
        vars(zip_reader).update(before)
        return found

    def reached(self, mutant: Mutant) -> list[Hashable]:
        own = mutant.module != zip_reader.__name__ or mutant.function.startswith("_Reader.")
        return list(self.calls) if own or mutant.function == "read_archive" else []

    def others(self, mutant: Mutant, items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
        single = [item for item in items if "[" not in item.name]
        return iter(single if self.reached(mutant) else [*single, *(i for i in items if i not in single)])
