"""`mmspack campaign pause`: ask a run to stop."""

from __future__ import annotations

import typer

from mmspack.cli import options
from mmspack.cli.campaign.options import Name
from mmspack.cli.shell import emit_json, guarded


@guarded
def campaign_pause(name: Name = "", as_json: options.Json = False) -> None:
    """Stop a running campaign cleanly; `run` resumes it."""
    from mmspack.campaign import find_campaign
    from mmspack.campaign.ledger.lease import Lease
    from mmspack.cli.campaign.view import run_command

    path = find_campaign(name)
    running = Lease.is_held(path)
    if running:
        path.with_name(f"{path.name}.pause").touch(mode=0o600)
    if as_json:
        emit_json("campaign_pause", 0, running=running)
    elif not running:
        typer.echo(f"{path.stem}: no run is in progress. Start one with: {run_command(path)}")
    else:
        typer.echo(f"{path.stem}: will stop after the requests in progress. Resume with: {run_command(path)}")
