"""`mmspack campaign resolve`: decide about recipients whose outcome is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.campaign.opening import DespiteDamage, TakeOver, open_campaign
from mmspack.cli.campaign.options import Name
from mmspack.cli.shell import emit_json, guarded, note
from mmspack.errors import UsageError

if TYPE_CHECKING:
    from mmspack.campaign import Ledger, State


@guarded
def campaign_resolve(
    name: Name = "",
    resend: Annotated[
        bool,
        typer.Option(
            "--resend", metavar="", help="Send to held recipients again: some may receive it twice."
        ),
    ] = False,
    drop: Annotated[
        bool,
        typer.Option("--drop", metavar="", help="Give up on held recipients: some may never receive it."),
    ] = False,
    rejected: Annotated[
        bool,
        typer.Option(
            "--rejected", metavar="", help="With --resend: rejected recipients instead of held ones."
        ),
    ] = False,
    to: Annotated[
        list[str] | None, typer.Option(metavar="NUMBER", help="Only this recipient; may be repeated.")
    ] = None,
    despite_damage: DespiteDamage = False,
    take_over: TakeOver = False,
    as_json: options.Json = False,
) -> None:
    """Send again or give up on recipients whose outcome is unknown. Nothing else ever sends to them again."""
    from mmspack.campaign import State
    from mmspack.campaign import drop as give_up
    from mmspack.campaign import resend as send_again
    from mmspack.campaign.planning.numbers import read_number

    if resend == drop:
        raise UsageError("choose one of --resend and --drop")
    if rejected and drop:
        raise UsageError("--rejected requires --resend")
    with open_campaign(name, despite_damage=despite_damage, take_over=take_over) as ledger:
        read = {text: read_number(text, ledger.setting("country")) for text in to or []}
        for text, number in read.items():
            if number.problem:
                raise UsageError(f"{number.problem}", where=f"--to {text!r}")
        numbers = {number.msisdn: text for text, number in read.items()}
        state = State.REJECTED if rejected else State.HELD
        others = _others(ledger, numbers, state)
        done = give_up(ledger, numbers) if drop else send_again(ledger, state, numbers)
    for line in others:
        note(line)
    if as_json:
        emit_json("campaign_resolve", 0, dropped=done if drop else 0, returned=0 if drop else done)
    else:
        typer.echo(f"{done:,} {'dropped' if drop else 'put back into the queue'}.")


def _others(ledger: Ledger, numbers: Mapping[int, str], state: State) -> list[str]:
    """Why some of `numbers` are left unchanged: a line each."""
    from mmspack.campaign.report.page import words_of

    known = {one.msisdn: one.state for one in ledger.accounts() if one.msisdn in numbers}
    return [
        f"--to {text}: {words_of(known[number]) if number in known else 'not in this campaign'}, "
        f"so nothing was changed (this command is for: {words_of(state)})"
        for number, text in numbers.items()
        if known.get(number) is not state
    ]
