"""The doors: their registry and their page."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmspack.errors import ConfigError, ParameterError
from mmspack.gateway import Gateway, doors, find_account, show_config
from mmspack.gateway.door import Can, Door
from mmspack.gateway.explaining import page
from mmspack.gateway.sendmms.door import SendMMS
from tests.sources import PACKAGE

ROOT = Path(__file__).resolve().parents[2]


def test_the_default_comes_first() -> None:
    assert doors.names()[0] == doors.DEFAULT == "sendmms"
    assert doors.get("sendmms") is SendMMS
    assert doors.make() == SendMMS()


def test_a_door_that_there_is_not_is_one_clear_line() -> None:
    with pytest.raises(ConfigError, match=r"no door 'sendmss'.*did you mean 'sendmms'"):
        Gateway("http://127.0.0.1:1/", door="sendmss")


@pytest.mark.parametrize("door", doors.every(), ids=lambda door: door.name)
def test_every_door_declares_itself(door: type[Door]) -> None:
    assert door.title
    assert door.path.startswith("/")
    assert set(door.needs) <= {"user", "password"}
    assert all(one.help.endswith(".") for one in door.settings())
    assert Path(PACKAGE / "gateway" / door.name / "door.md").is_file()


def test_the_page_of_doors_is_the_one_that_the_doors_declare() -> None:
    told = (ROOT / "docs" / "doors.md").read_text("utf-8")
    assert told == page(doors.every()), "run: mmspack doors --page > docs/doors.md"


def test_settings_of_a_door_come_from_file_and_environment(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[gateways.mx]\nurl = "https://a.example/"\nuser = "a"\ncharset = "latin-1"\n')
    environ = {"MMSPACK_PASSWORD": "x"}
    account = find_account(config=config, environ=environ)
    assert account is not None
    assert account.door == SendMMS(charset="latin-1")
    shown = {one.name: (one.value, one.source) for one in show_config(config=config, environ=environ)}
    assert shown["charset"] == ("latin-1", str(config))
    environ["MMSPACK_SENDMMS_CHARSET"] = "utf-16"
    shown = {one.name: (one.value, one.source) for one in show_config(config=config, environ=environ)}
    assert shown["charset"] == ("utf-16", "MMSPACK_SENDMMS_CHARSET")


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[gateways.mx]\ncharset = 5\n[gateways.my]\ndoor = "sendmss"\n')
    with pytest.raises(ConfigError) as error:
        find_account("mx", config=config, environ={})
    assert [line.removeprefix(f"{config}: ") for line in error.value.lines] == [
        "gateways.mx.charset: expected text",
        "gateways.my.door: no door 'sendmss' (did you mean 'sendmms'?)",
    ]


class Narrow(SendMMS):
    can = frozenset({Can.SMIL})


def test_what_a_door_cannot_do_is_said_before_anything_is_sent() -> None:
    gateway = Gateway("http://127.0.0.1:1/", door=Narrow())
    asked = {"to": "447911123456", "sender": "447911123457", "url": "https://a.example/a.zip"}
    with pytest.raises(ParameterError) as error:
        gateway.request(**asked, readreport=True, method="GET")
    assert [problem.where.key for problem in error.value.problems] == ["readreport", "url", "method"]
