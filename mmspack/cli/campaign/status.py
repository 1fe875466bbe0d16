"""`mmspack campaign status`: where a campaign stands."""

from __future__ import annotations

from mmspack.cli import options
from mmspack.cli.campaign.options import Name
from mmspack.cli.shell import emit_json, guarded


@guarded
def campaign_status(name: Name = "", as_json: options.Json = False) -> None:
    """Show the status of a campaign, also while it is running."""
    from mmspack.campaign import Ledger, find_campaign
    from mmspack.campaign.ledger.lease import Lease
    from mmspack.cli.campaign.view import show_life, show_status, status_document

    path = find_campaign(name)
    running = Lease.is_held(path)
    with Ledger.look(path, trusting=running) as ledger:
        if as_json:
            waits = ledger.setting("waiting_for", "") if running else ""
            emit_json("campaign_status", 0, **status_document(ledger), running=running, waiting_for=waits)
        else:
            show_status(ledger)
            show_life(ledger, running)
