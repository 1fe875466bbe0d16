"""The report as a page: counts, how it went over time, and what was refused and why. It shows no number."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.ledger.states import State
from mmspack.campaign.planning.write_tables import written_whole
from mmspack.words import count

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 50rem; padding: 0 1rem;
       color: #1a1a1a; background: #fff }
table { border-collapse: collapse; margin: 1rem 0 }
td { padding: .3rem .9rem; border-bottom: 1px solid #ddd; text-align: left }
td.n { text-align: right; font-variant-numeric: tabular-nums }
.bar { background: #2a6fb0; height: .8rem; min-width: 1px }
@media (prefers-color-scheme: dark) { body { background: #16181b; color: #e8e8e8 } td { border-color: #444 } }
"""
_NUMBER = re.compile(r"\d{6,}")
_WORDS = {
    State.PLANNED: "not built yet",
    State.BUILT: "waiting",
    State.RESERVED: "in progress",
    State.ACCEPTED: "accepted",
    State.REJECTED: "refused",
    State.HELD: "held: outcome unknown",
    State.DROPPED: "dropped by the operator",
    State.SUPPRESSED: "suppressed",
    State.UNFIT: "message cannot be sent",
}


def words_of(state: State) -> str:
    """A state as a person reads it."""
    return _WORDS[state]


def left_out_of(ledger: Ledger) -> str:
    """How many rows of the tables are in no account of recipients, and where they are; empty for none."""
    planned = ledger.setting("plan", {})
    rows = planned.get("rows", 0) - planned.get("elsewhere", 0)
    left_out = rows - sum(ledger.counts().values())
    if left_out <= 0:
        return ""
    verb = "was" if left_out == 1 else "were"
    file = f"{ledger.setting('name', ledger.path.stem)}.bad-rows.csv"
    return f"{left_out:,} of {count(rows, 'row')} {verb} left out: see {file}"


def write_html(ledger: Ledger, path: Path) -> None:
    """Write the page. Raises `OutputError`."""
    reasons: Counter[tuple[str, str]] = Counter()
    hours: Counter[str] = Counter()
    for one in ledger.accounts():
        if one.at and one.state is State.ACCEPTED:
            hours[datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%d %H:00")] += 1
        if one.state in (State.REJECTED, State.HELD, State.UNFIT, State.DROPPED):
            reasons[_WORDS[one.state], _NUMBER.sub("…", one.why)] += 1
    name = escape(str(ledger.setting("name", "campaign")))
    counts = ledger.counts()
    pieces = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{name}</title><style>{_STYLE}</style>",
        f"<h1>{name}</h1><p>Campaign {escape(str(ledger.setting('campaign')))}. Times are UTC.</p>",
        _table("Recipients", [(_WORDS[state], number) for state, number in counts.items() if number]),
        f"<p>{escape(left_out)}.</p>" if (left_out := left_out_of(ledger)) else "",
        _bars("Accepted by hour", sorted(hours.items())),
        _table("Why", [(f"{words}: {why}", number) for (words, why), number in reasons.most_common(200)]),
    ]
    with written_whole(path) as stream:
        stream.write("\n".join(pieces) + "\n")


def _table(title: str, rows: list[tuple[str, int]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<tr><td>{escape(words)}<td class=n>{number:,}" for words, number in rows)
    return f"<h2>{title}</h2><table>{cells}</table>"


def _bars(title: str, rows: list[tuple[str, int]]) -> str:
    most = max((number for _, number in rows), default=0)
    cells = "".join(
        f"<tr><td>{escape(hour)}<td class=n>{number:,}<td style='width:20rem'>"
        f"<div class=bar style='width:{100 * number / most:.1f}%'></div>"
        for hour, number in rows
    )
    return f"<h2>{title}</h2><table>{cells}</table>" if rows else ""
