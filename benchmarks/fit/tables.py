"""Tables for the terminal and for docs/fitting.md."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "fitting.md"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def publish(name: str, text: str, *, write: bool) -> None:
    """Print a result; with `write`, put it between its marks in docs/fitting.md, with the date."""
    print(f"\n## {name}\n\n{text}\n", flush=True)
    if not write:
        return
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    page = DOCS.read_text("utf-8")
    if start not in page:
        raise SystemExit(f"docs/fitting.md has no place for {name!r}")
    day = datetime.datetime.now(tz=datetime.UTC).date()
    text = f"{start}\nMeasured on {day}.\n\n{text}\n{end}"
    page = re.sub(re.escape(start) + ".*?" + re.escape(end), lambda _: text, page, flags=re.S)
    DOCS.write_text(page, "utf-8")
