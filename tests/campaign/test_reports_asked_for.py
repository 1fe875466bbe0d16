"""A campaign that asks for delivery reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mmspack.campaign import Ledger, Run, forewarnings, rules_of
from mmspack.errors import ParameterError
from mmspack.gateway import Gateway
from mmspack.gateway.infobip.door import Infobip
from mmspack.sandbox import Sandbox

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("asks", [False, True])
def test_each_message_asks_for_a_report_where_the_campaign_does(planned: Any, asks: bool) -> None:
    made = planned(2)
    door = Infobip(report_url="http://127.0.0.1:9/infobip/report")
    with Sandbox() as sandbox, Ledger.open(made.path) as ledger:
        rules = replace(rules_of(ledger), deliveryreport=asks)
        with Gateway(sandbox.origin, door=door, password="key") as gateway:
            list(Run(ledger=ledger, gateway=gateway, rules=rules))
        assert [message.deliveryreport for message in sandbox.messages()] == [asks, asks]


def test_the_option_is_kept_in_the_plan(planned: Any, mmspack: Any) -> None:
    made = planned(1)
    table = made.path.parent / "people.csv"
    ran = mmspack("campaign", "plan", made.path.parent, "-r", table, "--name", "asking", "--delivery-report")
    assert ran.code == 0, ran.err
    with Ledger.open(made.path.parent / "asking.campaign") as ledger:
        assert rules_of(ledger).deliveryreport


def test_an_account_that_does_not_say_where_reports_go_sends_nothing(planned: Any) -> None:
    made = planned(1)
    with Ledger.open(made.path) as ledger:
        rules = replace(rules_of(ledger), deliveryreport=True)
        gateway = Gateway("https://x.example", door="twilio", user="AC1", password="key")
        with pytest.raises(ParameterError, match="needs status_callback"):
            forewarnings(ledger, gateway, rules)
