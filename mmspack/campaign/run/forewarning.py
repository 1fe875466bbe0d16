"""What a door will leave out of a campaign's messages: said once, before the first of them is sent."""

from __future__ import annotations

from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.press import Press
from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.ledger.states import State
from mmspack.campaign.planning.order import Rules
from mmspack.gateway import Gateway


def forewarnings(ledger: Ledger, gateway: Gateway, rules: Rules) -> tuple[str, ...]:
    """The warnings about the first waiting recipient's message that hold for all, one line each.

    Empty where nobody is waiting. Raises `ParameterError` for what the door cannot carry.
    """
    waiting = (one for one in ledger.accounts(State.BUILT) if one.is_known and one.is_sendable)
    first = next(waiting, None)
    if first is None:
        return ()
    merged = Press(Base.from_blobs(ledger.base())).merge(ledger.row(first.row)[1])
    request = gateway.request(
        merged.bundle,
        to=str(first.msisdn),
        sender=rules.sender or None,
        deliveryreport=rules.deliveryreport,
    )
    return request.parameters.warnings
