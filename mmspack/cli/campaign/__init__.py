"""`mmspack campaign`: one message for many recipients, one file a command."""

from __future__ import annotations

import typer

from mmspack.cli.campaign.pause import campaign_pause
from mmspack.cli.campaign.plan import campaign_plan
from mmspack.cli.campaign.reconcile import campaign_reconcile
from mmspack.cli.campaign.report import campaign_report
from mmspack.cli.campaign.resolve import campaign_resolve
from mmspack.cli.campaign.run import campaign_run
from mmspack.cli.campaign.status import campaign_status

app = typer.Typer(no_args_is_help=True, help="Send one message to many recipients, each at most once.")
app.command("plan")(campaign_plan)
app.command("run")(campaign_run)
app.command("status")(campaign_status)
app.command("pause")(campaign_pause)
app.command("resolve")(campaign_resolve)
app.command("reconcile")(campaign_reconcile)
app.command("report")(campaign_report)
