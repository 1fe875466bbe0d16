"""`mmspack sandbox`: the local gateway and its inbox page, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli.shell import guarded, note


@guarded
def sandbox(
    port: Annotated[
        int, typer.Option(metavar="PORT", help="The port to listen on; 0 picks a free one.")
    ] = 8025,
    inbox: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder that stores messages. Default: your own inbox.")
    ] = None,
    host: Annotated[str, typer.Option(metavar="HOST", help="127.0.0.1 or localhost.")] = "127.0.0.1",
    accounts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Accounts that may send, and their limits. Default: anyone may."),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Check each message on arrival against this profile. Default: uk."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", metavar="", help="Reject messages in which the check finds an error.")
    ] = False,
    chaos: Annotated[
        list[str] | None,
        typer.Option(metavar="MODE=CHANCE", help="Simulate failures: drop=0.1, stall=0.05; may be repeated."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Make the simulated failures reproducible.")
    ] = None,
    no_magic: Annotated[
        bool,
        typer.Option("--no-magic", metavar="", help="Ignore the special test numbers (such as ...0008)."),
    ] = False,
    fetch: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A host from which hosted bundles may be fetched."),
    ] = None,
    reports: Annotated[
        str, typer.Option(metavar="URL", help="URL that receives delivery and read reports.")
    ] = "",
    inbound: Annotated[str, typer.Option(metavar="URL", help="URL that receives messages from phones.")] = "",
    print_setup: Annotated[
        str,
        typer.Option(metavar="DOOR", help="Print what points your own code at the sandbox, and exit."),
    ] = "",
) -> None:
    """Run a local test gateway with an inbox, reachable only from this machine.

    \b
    mmspack sandbox
    mmspack sandbox --port 8031 --chaos drop=0.1 --chaos stall=0.05 --seed 7
    mmspack sandbox --print-setup twilio
    mmspack sandbox --accounts accounts.toml --reports http://127.0.0.1:8026/report
    """
    from mmspack.files import exposed
    from mmspack.profiles import DEFAULT
    from mmspack.sandbox import Sandbox, inbox_path
    from mmspack.sandbox.accounts import read_accounts, readable_by_others
    from mmspack.sandbox.chaos import parse_chaos

    if print_setup:
        typer.echo(_setup(print_setup, f"http://{host}:{port}"))
        return
    folder = inbox or inbox_path()
    known = read_accounts(accounts) if accounts else ()
    if accounts and readable_by_others(accounts):
        note(f"warning: {accounts} holds passwords and can be read by other users (chmod 600 {accounts})")
    running = Sandbox(
        inbox=folder,
        host=host,
        port=port,
        accounts=known,
        profile=profile or DEFAULT,
        strict=strict,
        chaos=parse_chaos(chaos or ()),
        seed=seed,
        magic=not no_magic,
        fetch=fetch or (),
        report_url=reports,
        inbound_url=inbound,
        campaign_name=_campaign_name,
    )
    if warning := exposed(folder):
        note(f"warning: {warning}")
    with running:
        typer.echo(f"Inbox:    {running.origin}/")
        typer.echo(f"Gateway:  {running.url}")
        typer.echo(f"Messages: {folder}")
        typer.echo("Nothing sent here leaves this machine. Press Ctrl-C to stop.")
        running.wait()


def _campaign_name(campaign: str) -> str:
    """What a campaign of this machine is called, asked when a message of one is shown."""
    from mmspack.campaign.ledger.witness import remembered_name

    return remembered_name(campaign)


def _setup(door: str, origin: str) -> str:
    """The lines that turn a team's own code to the sandbox. Raises `ConfigError`."""
    from mmspack.gateway import doors
    from mmspack.sandbox import desks

    return desks.get(doors.get(door).name).setup(origin)
