"""One message for many recipients: planned, sent at most once to each, none lost.

plan(Order(message=Path("message.toml"), recipients=Path("people.csv")))
with Ledger.open(find_campaign()) as ledger:
    run = Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger))
    for delivery in run:
        ...
    run.ending, run.reason
"""

from mmspack.campaign.ledger.database import find_campaign
from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.ledger.states import RecipientRecord, State
from mmspack.campaign.planning.order import Order, Plan, Rules, rules_of
from mmspack.campaign.planning.planner import plan
from mmspack.campaign.report.asking import Asked, ask
from mmspack.campaign.report.settling import drop, reconcile, resend, write_csv
from mmspack.campaign.run.endings import Delivery, Ending
from mmspack.campaign.run.forewarning import forewarnings
from mmspack.campaign.run.running import Run

__all__ = [
    "Asked",
    "Delivery",
    "Ending",
    "Ledger",
    "Order",
    "Plan",
    "RecipientRecord",
    "Rules",
    "Run",
    "State",
    "ask",
    "drop",
    "find_campaign",
    "forewarnings",
    "plan",
    "reconcile",
    "resend",
    "rules_of",
    "write_csv",
]
