"""One message for many recipients: planned, sent at most once to each, none lost.

plan(Order(message=Path("message.toml"), recipients=Path("people.csv")))
with Ledger.open(find_campaign()) as ledger:
    run = Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger))
    for delivery in run:
        ...
    run.ending, run.reason
"""

from mmspack.campaign.ledger import Ledger
from mmspack.campaign.opening import find_campaign
from mmspack.campaign.order import Order, Plan, Rules, rules_of
from mmspack.campaign.planning import plan
from mmspack.campaign.records import Account
from mmspack.campaign.running import Delivery, Ending, Run
from mmspack.campaign.settling import drop, reconcile, resend, write_csv
from mmspack.campaign.states import State

__all__ = [
    "Account",
    "Delivery",
    "Ending",
    "Ledger",
    "Order",
    "Plan",
    "Rules",
    "Run",
    "State",
    "drop",
    "find_campaign",
    "plan",
    "reconcile",
    "resend",
    "rules_of",
    "write_csv",
]
