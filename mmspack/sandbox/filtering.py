"""What the inbox is narrowed to: words, read or new, the worst finding, a campaign, a day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields

from mmspack.bundle.bundle import Bundle
from mmspack.media.texts import charset_of, read_text

MAX_TEXT = 4_000
"""Characters of a message's texts that are searched."""
_MAX_WORDS = 8
_CAMPAIGN_NOTE = "mp1:"
"""How a campaign marks its messages: `mp1:<campaign>:<hmac>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty strings leave everything in."""

    q: str = ""
    """Words that all are in an address, subject, note, account or text; letters count whatever their case."""
    state: str = ""
    """`new` or `read`."""
    found: str = ""
    """The worst finding of the check: `error`, `warning`, `none`."""
    campaign: str = ""
    """The campaign's id, or a note of one's own."""
    since: str = ""
    """A day as `2026-11-26`, in UTC."""

    @property
    def narrow(self) -> bool:
        """True where something is left out."""
        return any(getattr(self, one.name) for one in fields(self))

    def where(self) -> tuple[str, str, list[str]]:
        """The tables that are needed, the condition in SQL, and its values.

        A join of both tables takes twice as long as the words alone.
        """
        wanted = self.q.casefold().split()[:_MAX_WORDS]
        conditions = ["instr(words, ?)"] * len(wanted)
        values = list(wanted)
        if self.state in ("new", "read"):
            conditions.append(f"opened = {int(self.state == 'read')}")
        for column, value in (("worst", self.found), ("campaign", self.campaign)):
            if value:
                conditions.append(f"{column} = ?")
                values.append(value)
        if self.since:
            conditions.append("received >= ?")
            values.append(self.since)
        tables = "words join facts using (id)" if wanted else "facts"
        if len(conditions) == len(wanted):
            tables = "words"
        return tables, " and ".join(conditions) or "1", values


def campaign_of(note: str) -> str:
    """The campaign's id in the note that it set, or the note itself."""
    return note.split(":")[1] if is_of_campaign(note) else note


def is_of_campaign(note: str) -> bool:
    """Whether a campaign set the note."""
    return note.startswith(_CAMPAIGN_NOTE) and note.count(":") == 2


def worst_of(findings: str | None) -> str:
    """`error`, `warning` or `none` by findings as JSON; empty where the check was not asked."""
    if findings is None:
        return ""
    return worst(one.get("severity") for one in json.loads(findings))


def worst(severities: Iterable[object]) -> str:
    """`error`, `warning` or `none`."""
    seen = set(severities)
    return next((one for one in ("error", "warning") if one in seen), "none")


def text_in(bundle: Bundle) -> str:
    """What the message says, for the search; shortened."""
    found: list[str] = []
    left = MAX_TEXT
    for part in bundle.parts:
        if left > 0 and part.type.lower().startswith("text/plain"):
            read = read_text(part.data, charset_of(part.type))
            found.append(read.text[:left] if read else "")
            left -= len(found[-1])
    return "\n".join(found)
