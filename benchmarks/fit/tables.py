"""Tables for the terminal and for pages of the documentation."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

FITTING = Path(__file__).parents[2] / "docs" / "fitting.md"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def publish(name: str, text: str, *, write: bool, docs: Path = FITTING) -> None:
    """Print a result; with `write`, put it between its marks in a page, with the date."""
    print(f"\n## {name}\n\n{text}\n", flush=True)
    if not write:
        return
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    page = docs.read_text("utf-8")
    if start not in page:
        raise SystemExit(f"{docs.name} has no place for {name!r}")
    day = datetime.datetime.now(tz=datetime.UTC).date()
    text = f"{start}\nMeasured on {day}.\n\n{text}\n{end}"
    page = re.sub(re.escape(start) + ".*?" + re.escape(end), lambda _: text, page, flags=re.S)
    docs.write_text(page, "utf-8")
