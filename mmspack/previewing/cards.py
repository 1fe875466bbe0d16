"""Contacts (vCard) and calendar entries (iCalendar) as phones list them.

The libraries that read them (vobject, icalendar) refuse a whole card for one bad line. A preview shows what
can be read, so this reads line by line, in time that grows with the length and no faster. RFC 6350 and
RFC 5545 share the form of their lines; quoted-printable values are vCard 2.1's, which older address books
still write.
"""

from __future__ import annotations

import datetime
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_ROWS = 8
"""Rows that are shown; a contact of an address book can have dozens."""
_MAX_LINES = 2000
_MAX_VALUE = 400
_LABELS = {
    "TEL": "phone", "EMAIL": "email", "ADR": "address", "URL": "web", "BDAY": "birthday", "NOTE": "note",
    "DTSTART": "starts", "DTEND": "ends", "LOCATION": "place", "DESCRIPTION": "notes",
}  # fmt: skip
_PHONES = {"CELL": "mobile", "WORK": "work phone", "HOME": "home phone", "FAX": "fax"}
"""By the type of a number (RFC 6350, 6.4.1)."""
_MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d))?")


class CardKind(StrEnum):
    """What a card describes."""

    CONTACT = "contact"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A contact or a calendar entry in words."""

    kind: CardKind
    title: str
    """The name or the summary; empty where the card has none."""
    under: str = ""
    """Job and organisation, or when the event takes place."""
    rows: tuple[tuple[str, str], ...] = ()
    """A label and a value each: `("phone", "020 7946 0000")`."""

    @property
    def initials(self) -> str:
        """One or two letters for a face."""
        words = [word for word in self.title.split() if word[0].isalnum()]
        return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()


def read_card(text: str) -> Card:
    """The card in a text, whatever else is in it. Of several, the first."""
    values: dict[str, list[tuple[str, str]]] = {}
    kind = CardKind.EVENT if "BEGIN:VCALENDAR" in text[:200].upper() else CardKind.CONTACT
    inside = kind is CardKind.CONTACT
    for name, parameters, value in _lines(text):
        if kind is CardKind.EVENT and name in ("BEGIN", "END"):
            inside = name == "BEGIN" and value.upper() in ("VEVENT", "VTODO")
            if not inside and values:
                break
        elif name == "END" and kind is CardKind.CONTACT:
            break
        elif inside and value and len(values.setdefault(name, [])) < MAX_ROWS:
            label = _PHONES.get(_kind_of(parameters), "phone") if name == "TEL" else _LABELS.get(name, "")
            values[name].append((label, _value(name, parameters, value)))
    first = {name: found[0][1] for name, found in values.items() if found}
    rows = tuple(row for name in _LABELS for row in values.get(name, ()) if row[1])[:MAX_ROWS]
    if kind is CardKind.EVENT:
        begin, end = first.get("DTSTART", ""), first.get("DTEND", "")
        day = begin.partition(", ")[0]
        when = " – ".join(filter(None, (begin, end.removeprefix(f"{day}, "))))
        rows = tuple(row for row in rows if row[0] not in ("starts", "ends"))
        return Card(kind=kind, title=first.get("SUMMARY", ""), under=when, rows=rows)
    title = first.get("FN") or " ".join(reversed(first.get("N", "").split(", ")[:2]))
    under = ", ".join(first[name] for name in ("TITLE", "ORG") if first.get(name, title) != title)
    return Card(kind=kind, title=title, under=under, rows=rows)


def _kind_of(parameters: Mapping[str, str]) -> str:
    """The type of a number that phones show: `CELL` of `TYPE=VOICE,CELL`, and of vCard 2.1's `;CELL`."""
    said = {*parameters, *parameters.get("TYPE", "").strip('"').upper().split(",")}
    return next((kind for kind in _PHONES if kind in said), "")


def _lines(text: str) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """Name, parameters and value of each line; folded lines are joined."""
    joined: list[list[str]] = []
    for line in text.splitlines()[:_MAX_LINES]:
        if line[:1] in (" ", "\t") and joined:
            joined[-1].append(line[1:])
        elif joined and joined[-1][-1].endswith("=") and "QUOTED-PRINTABLE" in joined[-1][0].upper():
            joined[-1][-1] = joined[-1][-1][:-1]
            joined[-1].append(line)
        else:
            joined.append([line])
    for pieces in joined:
        head, colon, value = "".join(pieces).partition(":")
        name, *given = head.split(";")
        if colon:
            parameters = {key.upper(): said for key, _, said in (one.partition("=") for one in given)}
            yield name.rpartition(".")[2].strip().upper(), parameters, value.strip()


def _value(name: str, parameters: Mapping[str, str], value: str) -> str:
    if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        value = quopri.decodestring(value[: 4 * _MAX_VALUE].encode()).decode("utf-8", "replace")
    value = value[: 2 * _MAX_VALUE]
    if name in ("DTSTART", "DTEND", "BDAY"):
        return _moment(value)
    if name in ("N", "ADR", "ORG"):
        value = ", ".join(part.strip() for part in value.split(";") if part.strip())
    value = value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")
    return value.removeprefix("tel:").removeprefix("mailto:")[:_MAX_VALUE]


def _moment(value: str) -> str:
    """`Sat 12 December 2026, 09:00`; the value itself where it is none."""
    found = _MOMENT.match(value)
    if found is None:
        return value[:_MAX_VALUE]
    year, month, day = (int(part) for part in found.groups()[:3])
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        return value[:_MAX_VALUE]
    clock = f", {found[4]}:{found[5]}" if found[4] else ""
    return f"{date:%a} {day} {date:%B %Y}{clock}"
