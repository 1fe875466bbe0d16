"""A campaign of a few recipients in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mmspack.campaign import Order, Plan, Rules, plan
from mmspack.campaign.build.local import LocalEngine

MESSAGE = """
subject = "For {{ name }}"
layout = "text-only"

[variables]
city = "London"

[[slides]]
text = "Dear {{ name }}, your voucher is {{ code }}."

[[slides]]
text = "See you in {{ city }}."
"""


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def people(tmp_path: Path) -> Callable[..., Path]:
    """A table of so many recipients, whose numbers ask the sandbox for nothing special."""

    def write(count: int = 10, *, first: int = 447700901000, extra: str = "") -> Path:
        path = tmp_path / "people.csv"
        rows = "".join(f"{first + at},Ada {at},V{at:04},London\n" for at in range(count))
        path.write_text(f"msisdn,Name,code,city\n{rows}{extra}", "utf-8")
        return path

    return write


@pytest.fixture
def planned(tmp_path: Path, people: Callable[..., Path]) -> Callable[..., Plan]:
    """Plan a campaign: `planned(20, rules=Rules(rate=100))`."""

    def make(
        count: int = 10, *, text: str = MESSAGE, extra: str = "", rules: Rules | None = None, **order: object
    ) -> Plan:
        message = tmp_path / "message.toml"
        message.write_text(text, "utf-8")
        table = order.pop("recipients", None) or people(count, extra=extra)
        order.setdefault("default_if_blank", ("city",) if "city =" in text else ())
        wanted = rules or Rules(rate=5000, sender="447700900111")
        made = Order(message=message, recipients=table, name="spring", rules=wanted, **order)  # type: ignore[arg-type]
        return plan(made, engine=LocalEngine(1))

    return make
