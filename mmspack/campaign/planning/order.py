"""What a campaign is made of, and what its plan came to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import NoneType

from mmspack.arguments import Kinds, is_of, mistyped
from mmspack.authoring.finding import FILE_NAME
from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.planning.noted import DefaultUse, RepeatedCode
from mmspack.campaign.planning.read_tables import NUMBER_COLUMN
from mmspack.campaign.planning.spooling import Rows
from mmspack.campaign.run.hours import QuietHours, parse_span
from mmspack.campaign.run.pacing import FASTEST
from mmspack.errors import UsageError
from mmspack.gateway.parameters import is_short, msisdn
from mmspack.message import Message
from mmspack.problem import Place, Problem
from mmspack.recipe import Recipe
from mmspack.words import either

_NAME_BYTES = 200
"""File systems allow 255, including the suffixes of the campaign's files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When and how fast a campaign may send. Times are ISO 8601; hours are the recipient's own."""

    rate: float = 10.0
    """Messages a second."""
    quiet: str = ""
    """Hours in which nothing is sent, such as `20:00-09:00`."""
    start: str = ""
    """When sending begins, such as `2026-12-01T09:00`: without a zone (`+01:00`), this machine's."""
    end: str = ""
    """When it ends, likewise."""
    per_day: int = 0
    """Messages of the account a day (UTC); 0: no limit."""
    per_month: int = 0
    sender: str = ""
    """The `from` field; empty: the account's own."""
    price: float = 0.0
    """Of one message, for the estimate."""
    deliveryreport: bool = False
    """Whether each message asks for a delivery report, which goes to the account's listener."""


@dataclass(slots=True, kw_only=True)
class Plan:
    """The result of a plan."""

    path: Path
    name: str
    ready: int = 0
    """Recipients who will be sent to."""
    rows: int = 0
    bad: int = 0
    duplicates: int = 0
    suppressed: int = 0
    elsewhere: int = 0
    """Rows that belong to another shard."""
    doubtful: int = 0
    """Numbers of a possible length that are not in use, as far as is known."""
    renewed: int = 0
    """Numbers in a format that their country has given up, converted to the current one."""
    first_lines: dict[str, list[int]] = field(default_factory=dict)
    """Of `doubtful` and `renewed`: the first lines of the recipients' table."""
    defaults: list[DefaultUse] = field(default_factory=list)
    """Variables whose default is sent, since their cells are blank or the table has no such column."""
    repeated_codes: list[RepeatedCode] = field(default_factory=list)
    """QR codes and barcodes that several recipients share, though a column fills them."""
    reasons: dict[str, tuple[int, list[int]]] = field(default_factory=dict)
    """Why rows were left out: how many for each reason, and the first lines; the most frequent first."""
    profiles: list[str] = field(default_factory=list)
    """The profiles that the message was fitted to and checked against."""
    test_group: int = 0
    bad_rows: Path | None = None
    """The file of rows that were left out, with the reason for each."""
    largest: tuple[int, int] = (0, 0)
    """Line of the table and bytes of the largest message."""
    longest: tuple[int, int] = (0, 0)
    """Line and characters of the longest copy."""
    limit: int = 0
    """Bytes that the tightest profile takes."""
    findings: dict[str, int] = field(default_factory=dict)
    """Warnings and notes: messages that have them, by id."""
    examples: dict[str, tuple[int, str]] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    """Of which table the line is: of `largest`, `longest` and each finding's example."""
    seconds: float = 0.0
    """Time that sending takes at the rate, quiet hours and limits a day apart."""
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The input of a plan."""

    message: Path | Message
    """The message.toml, or its folder; or a message whose texts are templates. Paths may be text."""
    recipients: Path | Rows
    """A table (CSV, JSON lines, Parquet), or any iterable of mappings: dictionaries, a cursor's rows."""
    name: str = ""
    folder: Path | None = None
    """Where the ledger is written; by default beside the message's file, else in the current folder."""
    to_column: str = NUMBER_COLUMN
    country: str | None = None
    landlines: bool = False
    """Landlines are sent to as well: in some countries they look like mobiles."""
    allowed_words: tuple[str, ...] = ()
    """Values such as `NULL` or `None` that are meant as they stand; otherwise such rows are left out."""
    default_if_blank: tuple[str, ...] = ()
    """Variables whose default replaces a blank cell; otherwise such rows are left out."""
    suppression: Path | None = None
    test_group: Path | Rows | None = None
    recipe: Recipe = field(default_factory=Recipe)
    """How each message is built. A campaign's zips are SendMMS's."""
    values: Mapping[str, str] = field(default_factory=dict)
    allow_outside: bool = False
    """The message may use files outside its own folder and the current one."""
    rules: Rules = field(default_factory=Rules)
    replace: bool = False
    """A campaign of that name, of which nothing was sent, gives way to the new plan."""
    shard: tuple[int, int] = (1, 1)
    """Which of how many ledgers this is: numbers are shared out by their hash."""

    def __post_init__(self) -> None:
        """Raises `UsageError` with every value that is not of its kind."""
        for name in ("message", "recipients", "folder", "suppression", "test_group"):
            value = getattr(self, name)
            if isinstance(value, str):
                object.__setattr__(self, name, Path(value))
        for name in ("allowed_words", "default_if_blank"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value or ()))
        problems = mistyped({one.name: getattr(self, one.name) for one in fields(self)}, _KINDS)
        if not problems and not _is_shard(self.shard):
            what = f"{self.shard!r} is not one of several parts"
            problems = [Problem(what, Place(key=either("--shard", "shard")), "(2, 4) is the second of four")]
        if problems:
            raise UsageError(problems=problems)


_KINDS: dict[str, Kinds] = {
    "message": (Path, Message), "recipients": (Path, Iterable), "name": str, "folder": (Path, NoneType),
    "to_column": str, "country": (str, NoneType), "suppression": (Path, NoneType),
    "test_group": (Path, Iterable, NoneType), "recipe": Recipe, "values": Mapping, "rules": Rules,
    "shard": tuple,
}  # fmt: skip


def _is_shard(shard: tuple[object, ...]) -> bool:
    if len(shard) != 2 or not all(is_of(one, (int,)) for one in shard):
        return False
    part, parts = shard
    return isinstance(part, int) and isinstance(parts, int) and 1 <= part <= parts


def prove_rules(rules: Rules) -> None:
    """Refuse rules by which nothing can be sent. Raises `UsageError`."""
    problems = mistyped({one.name: getattr(rules, one.name) for one in fields(rules)}, _RULES)
    if problems:
        raise UsageError(problems=problems)
    if not 0 < rules.rate < FASTEST:
        raise UsageError("not a rate", where=f"rate {rules.rate!r}", hint="messages a second, such as 25")
    for name in ("per_day", "per_month", "price"):
        if not getattr(rules, name) >= 0:
            raise UsageError(
                f"{name} {getattr(rules, name)!r}: less than 0", hint="0 means no limit and no cost"
            )
    QuietHours.parse(rules.quiet)
    parse_span(rules.start, rules.end)
    if rules.sender and not is_short(rules.sender):
        msisdn(either("--from", "sender"), rules.sender)


_RULES: dict[str, Kinds] = {
    "rate": float, "quiet": str, "start": str, "end": str, "per_day": int, "per_month": int, "sender": str,
    "price": float, "deliveryreport": bool,
}  # fmt: skip


def rules_of(ledger: Ledger) -> Rules:
    """The rules that a campaign was planned with."""
    known = {one.name for one in fields(Rules)}
    return Rules(**{name: value for name, value in ledger.setting("rules", {}).items() if name in known})


def file_name(name: str, toml: Path) -> str:
    """A campaign's name, which its files bear; else the message's. Raises `UsageError` for a path."""
    if name and (set(name) & set('/\\:*?"<>|') or not name.isprintable() or name.strip(" .") != name):
        raise UsageError(
            "must be a name, not a path",
            where=f"{either('--name', 'name')} {name!r}",
            hint="the campaign is stored next to the message",
        )
    name = name or (toml.resolve().parent.name if toml.name == FILE_NAME else toml.stem)
    size = len(os.fsencode(name))
    if size > _NAME_BYTES:
        raise UsageError(
            f"is {size:,} bytes long; the maximum is {_NAME_BYTES}",
            where=f"{either('--name', 'name')} {name[:20] + '…'!r}",
        )
    return name
