"""`mmspack sandbox`: the local gateway and its inbox page, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli.shell import guarded, note


@guarded
def sandbox(
    port: Annotated[int, typer.Option(metavar="PORT", help="The port to serve; 0 takes a free one.")] = 8025,
    inbox: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where messages are kept; else the user's own inbox.")
    ] = None,
    host: Annotated[str, typer.Option(metavar="HOST", help="127.0.0.1 or localhost.")] = "127.0.0.1",
    accounts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who may send, and how much; else everybody may.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Check each message on arrival by this profile; uk if none."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", metavar="", help="Refuse a message in which the check finds an error.")
    ] = False,
    chaos: Annotated[
        list[str] | None,
        typer.Option(metavar="MODE=CHANCE", help="Misbehave: drop=0.1, stall=0.05; may be repeated."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Draw the same misbehaviour each time.")
    ] = None,
    no_magic: Annotated[
        bool, typer.Option("--no-magic", metavar="", help="Treat recipients such as ...0008 as any other.")
    ] = False,
    fetch: Annotated[
        list[str] | None, typer.Option(metavar="HOST", help="A host from which a hosted zip may be fetched.")
    ] = None,
    reports: Annotated[str, typer.Option(metavar="URL", help="Where delivery and read reports go.")] = "",
    inbound: Annotated[str, typer.Option(metavar="URL", help="Where messages from phones go.")] = "",
) -> None:
    """Serve a local gateway and its inbox, on this machine alone.

    \b
    mmspack sandbox
    mmspack sandbox --port 8031 --chaos drop=0.1 --chaos stall=0.05 --seed 7
    mmspack sandbox --accounts accounts.toml --reports http://127.0.0.1:8026/report
    """
    from mmspack.profiles import DEFAULT
    from mmspack.sandbox import Sandbox, inbox_path
    from mmspack.sandbox.accounts import read_accounts, readable_by_others
    from mmspack.sandbox.chaos import parse_chaos

    folder = inbox or inbox_path()
    known = read_accounts(accounts) if accounts else ()
    if accounts and readable_by_others(accounts):
        note(f"warning: {accounts} holds passwords, and other users can read it (chmod 600 {accounts})")
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
    )
    with running:
        typer.echo(f"Inbox:    {running.origin}/")
        typer.echo(f"Gateway:  {running.url}")
        typer.echo(f"Messages: {folder}")
        typer.echo("Nothing that is sent here leaves this machine. Ctrl-C stops it.")
        running.wait()
