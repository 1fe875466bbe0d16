"""The options of the campaign's commands as rules, shards and the account to send with."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mmspack.cli.shell import note, remark
from mmspack.errors import UsageError
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.campaign import Ledger, Rules
    from mmspack.gateway import Gateway


def rules_from(
    base: Rules,
    sender: str | None,
    rate: str | None,
    quiet: str | None,
    start: str | None,
    end: str | None,
    limits: tuple[int | None, int | None],
    price: float | None,
    *,
    reports: bool = False,
) -> Rules:
    """`base` with the command line's overrides; everything is validated here."""
    from mmspack.campaign.planning.order import prove_rules
    from mmspack.campaign.run.pacing import parse_rate

    given = {"sender": sender, "quiet": quiet, "start": start, "end": end, "price": price}
    given |= {"per_day": limits[0], "per_month": limits[1]}
    set_here: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    rules = replace(base, **set_here, deliveryreport=base.deliveryreport or reports)
    if rate is not None:
        rules = replace(rules, rate=parse_rate(rate))
    prove_rules(rules)
    return rules


def prove_future(rules: Rules) -> None:
    """Refuse to plan what could never be sent, and warn about a start that holds nothing back."""
    from datetime import UTC, datetime

    from mmspack.campaign.run.hours import parse_span

    start, end = parse_span(rules.start, rules.end)
    now = datetime.now(UTC)
    if end is not None and end <= now:
        raise UsageError("is in the past", where=f"--end {rules.end!r}")
    if start is not None and start <= now:
        remark(f"warning: --start {rules.start!r} is in the past: `campaign run` will send at once")


def tell_missing(rules: Rules) -> None:
    """Warn about what `run` will refuse to start without."""
    from mmspack.errors import ConfigError
    from mmspack.gateway import find_account

    try:
        find_account(None, needs_sender=not rules.sender)
    except ConfigError as error:
        note(f"warning: cannot be sent yet: {error}")


def shard_of(text: str) -> tuple[int, int]:
    """Which of how many ledgers `2/4` means. Raises `UsageError`."""
    index, _, shards = text.partition("/")
    if index.isdecimal() and shards.isdecimal() and 1 <= int(index) <= int(shards) <= 1024:
        return int(index), int(shards)
    raise UsageError("does not have the form K/N", where=f"--shard {text!r}", hint="such as 2/4")


@dataclass(frozen=True, slots=True)
class FailingNumbers:
    """Recipients for whom the sandbox fails on purpose."""

    numbers: int
    lines: list[int]
    """The first lines of the recipients' table."""

    def __str__(self) -> str:
        from mmspack.campaign.planning.reasons import in_lines

        whose = "these numbers" if self.numbers != 1 else "this number"
        return (
            f"the sandbox will fail on purpose for {count(self.numbers, 'recipient')} "
            f"({in_lines(self.numbers, self.lines)}): the last four digits of {whose} are a test number; "
            "see docs/sandbox.md"
        )


def failing_numbers(ledger: Ledger, gateway: str | None = None) -> FailingNumbers | None:
    """The waiting recipients with a test number, where the campaign goes to the sandbox; else None."""
    from mmspack.campaign.ledger.opening import place_of
    from mmspack.campaign.planning.reasons import FIRST_LINES
    from mmspack.errors import ConfigError
    from mmspack.gateway import doors, find_account
    from mmspack.gateway.connecting import is_sandbox

    try:
        account = find_account(gateway, needs_sender=False)
        if account is not None and not is_sandbox(account.url):
            return None
        from mmspack.sandbox.desks import failing_endings  # needs the extra
    except (ConfigError, ImportError):
        return None
    door = doors.DEFAULT if account is None else account.door.name
    endings = {int(ending) for ending in failing_endings(door)}
    number, rows = ledger.ending_in(endings, first=FIRST_LINES)
    tables, test_rows = ledger.setting("tables", [""]), ledger.setting("test_rows", 0)
    return FailingNumbers(number, [place_of(tables, test_rows, row)[1] for row in rows]) if number else None


def gateway_for(
    stack: ExitStack, name: str | None, connections: int, *, needs_sender: bool
) -> tuple[Gateway, str]:
    """The account's gateway, or the sandbox on this machine until `stack` closes; and the account's name.

    The name is empty where the address will do. Raises `ConfigError`.
    """
    from mmspack.gateway import Gateway, Retry, find_account

    account = find_account(name, needs_sender=needs_sender)
    if account is not None:
        # The campaign tries again itself, with its tries written down.
        return Gateway.from_account(account, connections=connections, retry=Retry(times=0)), ""
    from mmspack.sandbox import Sandbox, inbox_path

    remark("no gateway is configured: messages go to the sandbox, and nothing leaves this machine")
    sandbox = stack.enter_context(Sandbox(inbox=inbox_path()))
    client = Gateway(
        sandbox.url,
        name="sandbox",
        sender="447700900111",
        connections=connections,
        retry=Retry(times=0),
        sandbox=True,
    )
    return client, "sandbox"  # its port is another one each time
