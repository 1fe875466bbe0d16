"""Where the gateway and the account come from."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mmspack.errors import ConfigError
from mmspack.gateway import Gateway, Secret, find_account, read_config, show_config, store_password
from mmspack.gateway.addresses import gateway_address

CONFIG = """
default = "mx"

[gateways.mx]
url = "https://mms.example.com/SendMMS"
user = "acme"
password = "open sesame"
from = "447700900111"

[gateways.test]
url = "https://test.example.com/SendMMS"
user = "tester"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return path


def test_nothing_configured_is_no_account(tmp_path: Path) -> None:
    assert find_account(environ={"MMSPACK_CONFIG": ""}) is None


def test_the_environment_alone_is_enough(tmp_path: Path) -> None:
    environ = {
        "MMSPACK_GATEWAY": "https://mms.example.com/SendMMS",
        "MMSPACK_USER": "acme",
        "MMSPACK_PASSWORD": "open sesame",
        "MMSPACK_FROM": "447700900111",
    }
    account = find_account(environ=environ)
    assert account is not None
    assert (account.name, account.url, account.user) == (
        "mms.example.com",
        "https://mms.example.com/SendMMS",
        "acme",
    )
    assert account.password.reveal() == "open sesame"
    assert account.sender == "447700900111"
    assert account.sources["password"] == "MMSPACK_PASSWORD"
    assert "open sesame" not in repr(account)


def test_gateways_by_name(config: Path) -> None:
    account = find_account(config=config, environ={})
    assert account is not None
    assert (account.name, account.user, account.sources["user"]) == ("mx", "acme", str(config))
    environ = {"MMSPACK_PASSWORD": "from the environment", "MMSPACK_CONFIG": str(config)}
    account = find_account("test", environ=environ)
    assert account is not None
    assert (account.name, account.user, account.password.reveal()) == (
        "test",
        "tester",
        "from the environment",
    )
    with Gateway.from_account(account) as gateway:
        assert (gateway.url, gateway.name, gateway.sender) == (
            "https://test.example.com/SendMMS",
            "test",
            None,
        )


def test_the_environment_stands_before_the_file(config: Path) -> None:
    environ = {"MMSPACK_CONFIG": str(config), "MMSPACK_GATEWAY": "mx", "MMSPACK_USER": "other"}
    account = find_account(environ=environ)
    assert account is not None
    assert (account.user, account.sources["user"], account.password.reveal()) == (
        "other",
        "MMSPACK_USER",
        "open sesame",
    )


@pytest.mark.parametrize(
    ("gateway", "says"),
    [
        ("mxx", "no gateway 'mxx'.*did you mean 'mx'"),
        ("zzz", "no gateway 'zzz'.*mx, test"),
        ("test", "no password.*MMSPACK_PASSWORD"),
    ],
)
def test_a_wrong_name_or_a_missing_password(config: Path, gateway: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        find_account(gateway, config=config, environ={})


def test_a_sandbox_on_this_machine_needs_no_login() -> None:
    account = find_account("http://127.0.0.1:8025", environ={})
    assert account is not None
    assert (account.url, account.user) == ("http://127.0.0.1:8025/SendMMS", "sandbox")
    with pytest.raises(ConfigError, match="no user name and no password"):
        find_account("https://mms.example.com", environ={})


def test_several_gateways_and_no_default(config: Path) -> None:
    config.write_text(CONFIG.replace('default = "mx"', ""))
    with pytest.raises(ConfigError, match=r"several gateways and no default.*mx, test"):
        find_account(config=config, environ={})


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_password_that_others_can_read_is_refused(config: Path, mode: int) -> None:
    config.chmod(mode)
    with pytest.raises(ConfigError, match=rf"mode {mode:04o}\).*chmod 600"):
        read_config(config)


def test_a_file_without_a_password_may_be_read_by_others(config: Path) -> None:
    config.write_text(CONFIG.replace('password = "open sesame"', ""))
    config.chmod(0o644)
    assert set(read_config(config).gateways) == {"mx", "test"}


def test_all_that_is_wrong_in_the_file_is_told_at_once(config: Path) -> None:
    config.write_text('defualt = "mx"\n[gateways.mx]\nurl = 5\npasword = "open sesame"\n')
    with pytest.raises(ConfigError) as error:
        read_config(config)
    assert [line.removeprefix(f"{config}: ") for line in error.value.lines] == [
        "defualt: unknown key (did you mean 'default'?)",
        "gateways.mx.url: expected text",
        "gateways.mx.pasword: unknown key (did you mean 'password'?)",
    ]
    assert "open sesame" not in str(error.value)


@pytest.mark.parametrize("text", ["default = ", "gateways = 5", "[gateways]\nmx = 5", "default = 5"])
def test_a_broken_file_is_one_clear_line(config: Path, text: str) -> None:
    config.write_text(text)
    with pytest.raises(ConfigError, match=r"config\.toml: "):
        read_config(config)


def test_a_named_config_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such config file"):
        find_account(environ={"MMSPACK_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://mms.example.com/SendMMS", "https://mms.example.com/SendMMS"),
        ("https://mms.example.com/other/path", "https://mms.example.com/other/path"),
        ("https://mms.example.com", "https://mms.example.com/SendMMS"),
        ("https://mms.example.com/", "https://mms.example.com/SendMMS"),
        ("http://127.0.0.1:8025", "http://127.0.0.1:8025/SendMMS"),
        ("http://localhost:8025/SendMMS", "http://localhost:8025/SendMMS"),
        ("http://[::1]:8025/SendMMS", "http://[::1]:8025/SendMMS"),
    ],
)
def test_addresses(written: str, asked: str) -> None:
    assert gateway_address(written, path="/SendMMS") == asked


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://mms.example.com/SendMMS", "over plain http.*https"),
        ("http://10.0.0.1/SendMMS", "over plain http"),
        ("http://127.0.0.1.example.com/SendMMS", "over plain http"),
        ("https://acme:geheim@mms.example.com/SendMMS", "contains a user name or password"),
        ("https://mms.example.com/SendMMS?user=x", "query"),
        ("ftp://mms.example.com", "not an http or https URL"),
        ("https://", "not an http or https URL"),
        ("https://[::1", "not a valid URL"),
        ("https://mms.example.com:0/", "not an http or https URL"),
    ],
)
def test_addresses_that_are_refused(address: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as error:
        gateway_address(address, path="/SendMMS")
    assert "geheim" not in str(error.value)


def test_plain_http_when_it_is_asked_for() -> None:
    assert (
        gateway_address("http://10.0.0.1/SendMMS", path="/SendMMS", allow_http=True)
        == "http://10.0.0.1/SendMMS"
    )


def test_a_gateway_elsewhere_needs_a_login() -> None:
    with pytest.raises(ConfigError, match="user name and password are missing"):
        Gateway("https://mms.example.com/SendMMS")
    assert Gateway("http://127.0.0.1:1/SendMMS").user == "sandbox"


class _Errors:
    class KeyringError(Exception):
        pass


class _Keyring:
    """Stands for the system's keyring, which a test must not touch."""

    errors = _Errors

    def __init__(self, locked: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = locked

    def get_password(self, service: str, user: str) -> str | None:
        if self.locked:
            raise _Errors.KeyringError("locked")
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, password: str) -> None:
        if self.locked:
            raise _Errors.KeyringError("locked")
        self.kept[service, user] = password


def test_a_key_without_a_user_may_be_in_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = _Keyring()
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    store_password("ib", "", Secret("the key"))
    config = tmp_path / "config.toml"
    config.write_text('[gateways.ib]\ndoor = "infobip"\nurl = "https://x.api.infobip.com"\n')
    account = find_account("ib", environ={}, config=config)
    assert account is not None
    assert (account.password.reveal(), account.user) == ("the key", "")


def test_a_password_in_the_keyring_stands_between_environment_and_file(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = _Keyring()
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    store_password("mx", "acme", Secret("from the keyring"))
    account = find_account("mx", config=config, environ={})
    assert account is not None
    assert (account.password.reveal(), account.sources["password"]) == ("from the keyring", "keyring")
    account = find_account("mx", config=config, environ={"MMSPACK_PASSWORD": "from the environment"})
    assert account is not None
    assert account.password.reveal() == "from the environment"
    keyring.locked = True
    account = find_account("mx", config=config, environ={})
    assert account is not None
    assert account.password.reveal() == "open sesame"
    with pytest.raises(ConfigError, match="locked") as error:
        store_password("mx", "acme", Secret("x"))
    assert "MMSPACK_PASSWORD" in error.value.hint
    assert "config file" in error.value.hint


def test_without_the_extra_the_file_is_read(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    account = find_account("mx", config=config, environ={})
    assert account is not None
    assert account.sources["password"] == str(config)
    with pytest.raises(ConfigError, match=r"mmspack\[keyring\]"):
        store_password("mx", "acme", Secret("x"))


def test_the_configuration_is_shown_with_its_sources_and_without_secrets(config: Path) -> None:
    shown = show_config(config=config, environ={"MMSPACK_USER": "other"})
    values = {setting.name: (setting.value, setting.source) for setting in shown}
    assert values["gateway"] == ("mx", str(config))
    assert values["url"] == ("https://mms.example.com/SendMMS", str(config))
    assert values["user"] == ("other", "MMSPACK_USER")
    assert values["password"] == ("***", str(config))
    assert values["charset"] == ("utf-8", "default")
    assert "open sesame" not in repr(shown)
    assert show_config(environ={})[-1].value == "sandbox"


def test_a_host_in_place_of_an_address_is_told_how_an_address_begins():
    with pytest.raises(ConfigError, match=r"an address begins with https://.*does not exist"):
        find_account(environ={"MMSPACK_GATEWAY": "mms.example.com", "MMSPACK_CONFIG": ""}, config=None)
