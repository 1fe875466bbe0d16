"""Rows built and checked in one go: a pure function of the frozen message and the rows, wherever it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mmspack.campaign.build.press import Merged, Press
from mmspack.errors import MmspackError
from mmspack.model import Severity

RowFields = tuple[int, tuple[object, ...]]
"""A row's number and its values, in the order of the base's columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The row in which something is largest."""

    row: int = 0
    size: int = 0

    def beside(self, other: Worst) -> Worst:
        """The larger; of equal ones the first."""
        return other if other.size > self.size else self


@dataclass(slots=True, kw_only=True)
class Built:
    """What came of a shard's rows."""

    digests: list[tuple[int, bytes]] = field(repr=False, default_factory=list)
    spoiled: list[tuple[int, str]] = field(default_factory=list)
    """Rows of which no message can be sent, and why."""
    largest: Worst = field(default_factory=Worst)
    """Bytes held against the profile's limit."""
    longest: Worst = field(default_factory=Worst)
    """Characters of all texts of a message."""
    findings: Counter[str] = field(default_factory=Counter)
    """How many messages have a warning or a note, by `id severity`."""
    examples: dict[str, tuple[int, str]] = field(default_factory=dict)
    """The first row of each, and what was said of it."""
    media: str = ""
    """Name in the shared store of the pictures that were drawn, or empty."""

    def add(self, other: Built) -> None:
        """Join what came of another shard."""
        self.digests += other.digests
        self.spoiled += other.spoiled
        self.count(other)

    def count(self, other: Built) -> None:
        """Join the counts alone."""
        self.largest = self.largest.beside(other.largest)
        self.longest = self.longest.beside(other.longest)
        self.findings += other.findings
        for name, example in other.examples.items():
            self.examples.setdefault(name, example)


Keep = Callable[[int, Merged], None]


def build_rows(press: Press, rows: Sequence[RowFields], keep: Keep | None = None) -> Built:
    """Render, assemble and check each row's message; `keep` is called with each that is fit to be sent."""
    done = Built()
    for row, fields in rows:
        try:
            merged = press.merge(fields)
        except MmspackError as error:
            done.spoiled.append((row, reason_with_cure(error)))
            continue
        reports = press.check(merged)
        errors = [finding for report in reports for finding in report.errors]
        if errors:
            done.spoiled.append((row, f"{errors[0].id}: {errors[0].message}"))
            continue
        done.digests.append((row, merged.digest))
        if keep is not None:
            keep(row, merged)
        size = max((report.budget.total_bytes for report in reports if report.budget), default=0)
        done.largest = done.largest.beside(Worst(row=row, size=size))
        if merged.copy.code_points > done.longest.size:  # never more characters than code points
            done.longest = done.longest.beside(Worst(row=row, size=merged.copy.characters))
        found: dict[str, str] = {}  # the first of each rule: it is messages that are counted
        for finding in (finding for report in reports for finding in report.findings):
            if finding.severity is not Severity.ERROR:
                found.setdefault(f"{finding.id} {finding.severity.value}", finding.message)
        for name, said in found.items():
            done.findings[name] += 1
            done.examples.setdefault(name, (row, said))
    return done


def reason_with_cure(error: MmspackError) -> str:
    """Why no message can be made of a row: the first problem, and what to do about it."""
    return str(error.problems[0])
