"""A campaign's text for phones without MMS: personal, checked when planned, and sent with each message."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from mmspack.authoring.reading import from_toml
from mmspack.campaign import Ledger, Run, State, forewarnings, rules_of
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.press import Press
from mmspack.gateway import Gateway
from mmspack.pipeline import build
from mmspack.sandbox import Sandbox
from tests.campaign.conftest import MESSAGE

pytestmark = pytest.mark.slow

TEXT = MESSAGE.replace(
    "[variables]", '[fallback]\ntext = "{{ name }}: use {{ code }} in {{ shop }}"\n\n[variables]'
)
TEXT = TEXT.replace('city = "London"', 'city = "London"\nshop = "the shop"')


def test_each_recipient_s_own_text_goes_through_infobip(planned: Any) -> None:
    made = planned(5, text=TEXT)
    with Sandbox() as sandbox, Ledger.open(made.path) as ledger:
        origin = sandbox.url.removesuffix("/SendMMS")
        with Gateway(origin, door="infobip", password="key") as gateway:
            assert forewarnings(ledger, gateway, rules_of(ledger)) == ()
            assert len(list(Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger)))) == 5
        texts = {int(message.to): message.bundle.fallback for message in sandbox.messages()}
        assert ledger.counts()[State.ACCEPTED] == 5
    assert texts == {447700901000 + at: f"Ada {at}: use V{at:04} in the shop" for at in range(5)}


def test_a_door_without_texts_is_named_before_anything_is_sent(planned: Any, mmspack: Any) -> None:
    made = planned(3, text=TEXT)
    ran = mmspack("campaign", "run", made.path)
    assert ran.code == 0
    assert "warning: fallback: SendMMS sends no text to phones without MMS, so it is left out" in ran.err


def test_the_presentation_that_a_door_loses_is_named_as_well(planned: Any) -> None:
    made = planned(3)
    with Ledger.open(made.path) as ledger:
        gateway = Gateway("https://x.example", door="twilio", user="AC1", password="key")
        (smil, subject) = sorted(forewarnings(ledger, gateway, rules_of(ledger)))
    assert smil.startswith("smil: Twilio has none")
    assert subject.startswith("subject: Twilio has none")


def test_a_text_that_becomes_too_long_for_one_row_makes_that_row_a_bad_one(
    planned: Any, tmp_path: Path
) -> None:
    made = planned(3, text=TEXT, extra=f"447700901900,{'x' * 1600},V1,\n")
    assert (made.ready, made.bad) == (3, 1)
    with made.bad_rows.open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert "fallback: has 1,6" in json.dumps(row)


def test_a_merged_message_is_byte_for_byte_the_built_one(planned: Any, tmp_path: Path) -> None:
    made = planned(2, text=TEXT)
    with Ledger.look(made.path) as ledger:
        merged = Press(Base.from_blobs(ledger.base())).merge(ledger.row(2)[1])
    values = {"name": "Ada 0", "code": "V0000", "city": "London"}
    assert merged.bundle.data == build(from_toml(tmp_path / "message.toml", values)).bundle.data
