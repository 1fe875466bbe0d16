"""Opening a campaign for the commands that write to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli.shell import note

if TYPE_CHECKING:
    from mmspack.campaign import Ledger

DespiteDamage = Annotated[
    bool,
    typer.Option(
        "--despite-damage",
        metavar="",
        help="In a damaged campaign, hold all doubtful recipients and continue with the rest.",
    ),
]
TakeOver = Annotated[
    bool,
    typer.Option(
        "--take-over", metavar="", help="Continue a campaign that was last used on another machine."
    ),
]


def open_campaign(name: str, *, despite_damage: bool, take_over: bool) -> Ledger:
    """The campaign's ledger for writing. Prints a line for everything that was wrong with it."""
    from mmspack.campaign import Ledger, find_campaign

    path = find_campaign(name)
    ledger = Ledger.open(path, despite_damage=despite_damage, take_over=take_over)
    if ledger.found.updated:
        note(f"{path}: upgraded: its pages and indexes agree, and from now on it has checksums")
    for line in ledger.found.notes:
        note(line)
    if ledger.found.kept is not None:
        note(f"{path}: all of these recipients are held; the damaged file was kept as {ledger.found.kept}")
    return ledger
