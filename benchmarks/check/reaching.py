"""Which tests come to which lines, and with them the choice of the tests that a mutant meets."""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import os
import sys
import threading
import time
import types
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from mutating import Mutant
from replaying import Replay

ROOT = Path(__file__).resolve().parents[2]


class ReachReplay(Replay):
    """Which tests come to which lines: in most wings nothing can be asked again on its own."""

    BUDGET = 30.0
    """Seconds of tests that come to a mutant and are run until one fails, at least `LEAST` of them: in turn
    the quickest of those test functions that have had the fewest cases run, and the one that is most about
    the mutated function."""
    LEAST = 5

    def __init__(self, folder: Path, file: Path | None = None) -> None:
        """Lines below `folder` alone are recorded: all others cost most of the time, and are never asked for.

        `file` keeps what was recorded, so that a further run records new tests alone.
        """
        super().__init__()
        self._folder = f"{folder}{os.sep}"
        self._file = file
        self.tests: dict[str, dict[int, set[str]]] = {}
        """By file and line."""
        self.seconds: dict[str, float] = {}
        if file is not None and file.exists():
            kept = json.loads(file.read_text("utf-8"))
            self.seconds = kept["seconds"]
            self.tests = {
                name: {int(line): set(tests) for line, tests in lines.items()}
                for name, lines in kept["tests"].items()
            }
        self._seen: set[tuple[types.CodeType, int]] = set()
        self._wanted: dict[types.CodeType, bool] = {}
        self._began = 0.0

    def knows(self, item: pytest.Item) -> bool:
        return item.nodeid in self.seconds

    def begin(self, item: pytest.Item) -> None:
        self._end()
        super().begin(item)
        # What an earlier test has asked would not be asked again, and this test seem not to come there.
        forget()
        self._seen.clear()
        self._began = time.process_time()
        sys.settrace(self._called)  # for each test: some set one of their own, and take it away
        threading.settrace(self._called)

    def _end(self) -> None:
        if self.item is not None:
            self.seconds[self.item.nodeid] = time.process_time() - self._began

    def _called(self, frame: types.FrameType, _event: str, _argument: object) -> Any:
        code = frame.f_code
        wanted = self._wanted.get(code)
        if wanted is None:
            wanted = self._wanted[code] = code.co_filename.startswith(self._folder)
        if not wanted:
            return None
        self._line(frame, "line", None)
        return self._line

    def _line(self, frame: types.FrameType, _event: str, _argument: object) -> Any:
        place = (frame.f_code, frame.f_lineno)
        if place not in self._seen:
            self._seen.add(place)
            lines = self.tests.setdefault(frame.f_code.co_filename, {})
            if self.item is not None:
                lines.setdefault(frame.f_lineno, set()).add(self.item.nodeid)
        return self._line

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            self._end()
        if self._file is not None:
            tests = {
                name: {line: sorted(found) for line, found in lines.items()}
                for name, lines in self.tests.items()
            }
            self._file.write_text(json.dumps({"seconds": self.seconds, "tests": tests}), "utf-8")

    def asked(self, key: Any, given: Any) -> Any:
        del key, given

    def reached(self, mutant: Mutant) -> list[Hashable]:
        del mutant
        return []

    def made(self) -> dict[Any, Callable[..., Any]]:
        """What decorators have returned, by module and name."""
        below = ".".join(Path(self._folder).relative_to(ROOT).parts)
        return {
            (module, name): one
            for module in [*sys.modules.values()]
            if module.__name__.startswith(below)
            for name, one in vars(module).items()
            if isinstance(one, types.FunctionType) and one.__closure__ and one.__module__ == module.__name__
        }

    def made_anew(self, functions: dict[Any, Callable[..., Any]]) -> None:
        for (module, name), function in functions.items():
            # Mutants are made without decorators, and `functools.wraps` is one.
            if within := vars(vars(module)[name]).get("__wrapped__"):
                functools.update_wrapper(function, within, assigned=("__module__", "__name__", "__doc__"))
            setattr(module, name, function)

    def others(self, mutant: Mutant, items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
        mine = self._coming(mutant)
        found = [item for item in items if item.nodeid in mine]
        special = self._special(mutant)
        width = self._width
        gain = {one.nodeid: width[one.nodeid] / (0.5 + self._seconds(one)) for one in found}
        apt = sorted(found, key=lambda one: (-round(special[one.nodeid], 6), -gain[one.nodeid]))
        quick = self._quickest(found)
        spent, tried = 0.0, set[str]()
        for item in chain.from_iterable(zip(apt, quick, strict=True)):
            if item.nodeid in tried:
                continue
            tried.add(item.nodeid)
            spent += self._seconds(item)
            if spent > self.BUDGET and len(tried) > self.LEAST:
                break
            yield item

    @functools.cached_property
    def _width(self) -> Counter[str]:
        """Lines to which each test comes: of those as special, the one that sees most a second is best."""
        return Counter(test for lines in self.tests.values() for tests in lines.values() for test in tests)

    def _quickest(self, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """The quickest case of each test function, then the second of each: cases of one are much alike."""
        earlier, turns = Counter[str](), dict[str, int]()
        quick = sorted(items, key=self._seconds)
        for item in quick:
            function = _function_of(item)
            turns[item.nodeid] = earlier[function]
            earlier[function] += 1
        return sorted(quick, key=lambda item: turns[item.nodeid])

    def allowed(self, item: pytest.Item) -> float:
        """Seconds of CPU after which a test that takes so long as it is counts as one that does not end."""
        return 20 + 5 * self._seconds(item)

    def _coming(self, mutant: Mutant) -> set[str]:
        """The tests that come to what is changed, or to the function where no such line is known."""
        file = importlib.import_module(mutant.module).__file__ or ""
        lines = self.tests.get(file, {})
        changed = [lines.get(line, set()) for line in mutant.changed]
        whole = [lines.get(line, set()) for line in mutant.lines]
        return set().union(*changed) or set().union(*whole[1:])

    def _special(self, mutant: Mutant) -> Counter[str]:
        """How special each test is to the mutated function: whether it comes where few others come."""
        found = Counter[str]()
        lines = self.tests.get(importlib.import_module(mutant.module).__file__ or "", {})
        for tests in (lines.get(line, set()) for line in mutant.lines):
            found.update(dict.fromkeys(tests, 1 / max(1, len(tests))))  # type: ignore[arg-type]
        return found

    def _seconds(self, item: pytest.Item) -> float:
        return self.seconds.get(item.nodeid, 9.0)


def _function_of(item: pytest.Item) -> str:
    """What a case is a case of: in pages of words the function that tells a section, or the command."""
    if hasattr(getattr(item, "module", None), "SECTIONS"):
        return item.nodeid.partition(", ")[0]
    return item.nodeid.partition(" " if " " in item.nodeid else "[")[0]


def forget() -> None:
    """Empty the caches of mmspack: what they hold was answered by the code without the mutant."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "mmspack":
            continue
        for one in list(vars(module).values()):
            inner = vars(one).values() if isinstance(one, type) and one.__module__ == name else ()
            for function in (one, *inner):
                clear = getattr(function, "cache_clear", None)
                if callable(clear) and getattr(function, "__module__", "") == name:
                    clear()
