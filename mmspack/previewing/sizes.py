"""What each part takes of the byte budget, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass

from mmspack.model import Budget, Severity
from mmspack.previewing.view import View
from mmspack.words import count


@dataclass(frozen=True, slots=True)
class Share:
    """One stretch of the size bar."""

    name: str
    look: str
    bytes: int
    percent: str


@dataclass(frozen=True, slots=True)
class SizeVerdict:
    """The message against its profile in a few words."""

    tone: str
    """`good`, `warning` or `error`."""
    words: str
    more: str


def shares(view: View) -> tuple[Share, ...]:
    """The parts in order, the subject, the allowance for headers, and what is left."""
    whole = max(view.budget.max_bytes, view.budget.total_bytes) if view.budget else 0
    whole = whole or sum(len(part.data) for part in view.parts) or 1
    rows = [(part.name, part.look.value, len(part.data)) for part in view.parts]
    rows.append(("subject", "subject", len(view.subject.encode())))
    if view.budget:
        rows.append(("headers (estimate)", "headers", view.budget.header_bytes))
        rows.append(("unused", "spare", max(0, view.budget.spare_bytes)))
    return tuple(Share(name, look, size, _percent(size, whole)) for name, look, size in rows if size)


def verdict(view: View) -> SizeVerdict:
    """Whether it fits, and what the check found."""
    budget = view.budget
    if budget is None:
        return SizeVerdict("warning", "Unknown size", "")
    more = f"{budget.total_bytes / 1000:,.0f} of {budget.max_bytes / 1000:,.0f} kB"
    over = -budget.spare_bytes
    if over > 0:
        return SizeVerdict(
            "error", f"Too large for {_limits(budget.profile)}", f"{more}, {over:,} bytes over"
        )
    limits = _limits(view.profile)
    errors, warnings = view.count(Severity.ERROR), view.count(Severity.WARNING)
    if errors:
        return SizeVerdict("error", f"{count(errors, 'error')} ({limits})", more)
    if warnings:
        return SizeVerdict("warning", f"{count(warnings, 'warning')} ({limits})", more)
    return SizeVerdict("good", f"Fits {limits}", more)


def share_of_limit(size: int, budget: Budget) -> float:
    """Percent of the bar at which `size` bytes stand."""
    return round(100 * size / max(budget.max_bytes, budget.total_bytes, 1), 2)


def _limits(profiles: str) -> str:
    """`UK, US limits` of `uk, us`: the names of countries are codes, others stay as they are."""
    names = profiles.split(", ")
    return ", ".join(name.upper() if len(name) == 2 else name for name in names) + " limits"


def _percent(size: int, whole: int) -> str:
    value = 100 * size / whole
    return f"{value:.0f}%" if value >= 10 else f"{value:.1f}%"
