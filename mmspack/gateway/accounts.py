"""Which gateway, and as whom: from the environment and from a config file with gateways by name.

::

    default = "mx"                              # config.toml, mode 0600

    [gateways.mx]
    url = "https://mms.example.com/SendMMS"
    user = "acme"
    password = "..."
    from = "447700900111"

The environment comes first: MMSPACK_GATEWAY (a name or an address), MMSPACK_DOOR, MMSPACK_USER,
MMSPACK_PASSWORD, MMSPACK_FROM, MMSPACK_PROXY, MMSPACK_CA, MMSPACK_CERT, MMSPACK_KEY, and
MMSPACK_<DOOR>_<SETTING> for what a door declares of its own. The password of a gateway by name may be in
the system's keyring (extra `keyring`), which takes precedence over the file. There is no option for the
password on purpose: other users can read a command line.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mmspack.errors import ConfigError
from mmspack.files import config_path
from mmspack.gateway import doors
from mmspack.gateway.addresses import gateway_address, is_address, login_for
from mmspack.gateway.config_file import Config, read_config
from mmspack.gateway.connecting import Line, shown_proxy
from mmspack.gateway.door import Door, DoorSetting
from mmspack.gateway.secrets import BLOT, Secret
from mmspack.words import did_you_mean, either

_VARIABLES = {
    "door": "MMSPACK_DOOR",
    "user": "MMSPACK_USER",
    "password": "MMSPACK_PASSWORD",
    "from": "MMSPACK_FROM",
    "proxy": "MMSPACK_PROXY",
    "ca": "MMSPACK_CA",
    "cert": "MMSPACK_CERT",
    "key": "MMSPACK_KEY",
}
KEYRING_SERVICE = "mmspack"
OTHER_PLACES = "set MMSPACK_PASSWORD, or put the password in the config file and chmod 600 it"
"""Where a password can be put without a keyring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A gateway and the account on it."""

    name: str
    """The gateway's name in the config file, or its host."""
    door: Door = field(default_factory=doors.make)
    """How the gateway is spoken to, with the door's own settings."""
    url: str
    user: str
    password: Secret
    sender: str | None = None
    """The `from` of messages that name none."""
    allow_http: bool = False
    line: Line = field(default_factory=Line, repr=False)
    """Proxy, authorities to trust, and a certificate of the client's own."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each value came from."""


def find_account(
    gateway: str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
    needs_sender: bool = False,
) -> Account | None:
    """The account to send with, or None where no gateway is configured at all.

    `gateway` is a name in the config file or an address; without it MMSPACK_GATEWAY, the config file's
    `default` or its only gateway. Raises `ConfigError` for what is set up wrongly or not whole, with all that
    is missing; with `needs_sender` also `from`.
    """
    environ = os.environ if environ is None else environ
    path = config if config is not None else config_path(environ)
    file = read_config(path, required=config is not None or bool(environ.get("MMSPACK_CONFIG")))
    wanted, source = _wanted(gateway, environ, file, path)
    if not wanted:
        return None
    if is_address(wanted):
        values: dict[str, object] = {"url": wanted}
        sources = {"url": source}
        name = ""
    else:
        values = dict(_named(wanted, file, path))
        sources = dict.fromkeys(values, str(path))
        name = wanted
    for key, variable in _VARIABLES.items():
        if environ.get(variable):
            values[key], sources[key] = environ[variable], variable
    if sources.get("password") != "MMSPACK_PASSWORD" and (stored := _from_keyring(name, values)):
        values["password"], sources["password"] = stored, "keyring"
    door = doors.get(str(values.get("door", doors.DEFAULT)))
    _take_environment(door, environ, values, sources)
    return _account(name, door, values, sources, needs_sender)


def setting_variable(door: type[Door], one: DoorSetting) -> str:
    """The environment's name for a setting of a door: `MMSPACK_SENDMMS_CHARSET`."""
    return f"MMSPACK_{door.name}_{one.name}".upper()


def _take_environment(
    door: type[Door], environ: Mapping[str, str], values: dict[str, object], sources: dict[str, str]
) -> None:
    """Let the environment's settings of the door stand before the file's. Raises `ConfigError`."""
    for one in door.settings():
        variable = setting_variable(door, one)
        text = environ.get(variable, "")
        if text:
            values[one.name], sources[one.name] = _read(one, variable, text), variable


def _read(one: DoorSetting, variable: str, text: str) -> object:
    if one.kind is bool:
        if text.lower() not in ("true", "false"):
            raise ConfigError("expected true or false", where=variable)
        return text.lower() == "true"
    if one.kind is int:
        if not text.isdecimal():
            raise ConfigError("expected a whole number", where=variable)
        return int(text)
    return text


def _from_keyring(name: str, values: Mapping[str, object]) -> str | None:
    """The password that the system's keyring holds for a gateway by name, where the extra is installed."""
    if not name:
        return None
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        return None
    try:
        found = keyring.get_password(f"{KEYRING_SERVICE}:{name}", str(values.get("user") or name))
    except keyring.errors.KeyringError:
        return None
    return str(found) if found else None


def store_password(name: str, user: str, password: Secret) -> None:
    """Put the password of a gateway by name into the system's keyring. Raises `ConfigError`.

    Where an account has a key and no user, as at Infobip, `user` is empty and the key is kept under the name.
    """
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        hint = f"pip install 'mmspack[keyring]', or {OTHER_PLACES}"
        raise ConfigError("the keyring package is not installed", hint=hint) from None
    try:
        keyring.set_password(f"{KEYRING_SERVICE}:{name}", user or name, password.reveal())
    except keyring.errors.KeyringError as error:
        why = " ".join(str(error).split())
        raise ConfigError(f"{password.blot(why)}", where="keyring", hint=OTHER_PLACES) from None


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of the configuration, and where it came from. A password is shown as `***`."""

    name: str
    value: str
    source: str


def show_config(
    gateway: str | None = None, *, environ: Mapping[str, str] | None = None, config: Path | None = None
) -> tuple[Setting, ...]:
    """Every value that a send would use, with its source, and never a secret. Raises `ConfigError`."""
    environ = os.environ if environ is None else environ
    path = config if config is not None else config_path(environ)
    settings = [Setting("config", str(path), "found" if path.exists() else "does not exist")]
    account = find_account(gateway, environ=environ, config=config)
    if account is None:
        return (*settings, Setting("gateway", "sandbox", "none configured"))
    default = "default"
    settings.append(Setting("gateway", account.name, account.sources.get("url", default)))
    shown = {
        "door": account.door.name,
        "url": account.url,
        "user": account.user,
        "password": BLOT if account.password else "",
        "from": account.sender or "",
        "allow_http": _shown(account.allow_http),
        "proxy": shown_proxy(account.line.proxy),
        **{name: str(getattr(account.line, name) or "") for name in ("ca", "cert", "key")},
    }
    for one in account.door.settings():
        value = getattr(account.door, one.name)
        shown[one.name] = BLOT if one.secret and value else _shown(value)
    return (
        *settings,
        *(Setting(name, value, account.sources.get(name, default)) for name, value in shown.items()),
    )


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wanted(gateway: str | None, environ: Mapping[str, str], file: Config, path: Path) -> tuple[str, str]:
    if gateway:
        return gateway, "--gateway"
    if environ.get("MMSPACK_GATEWAY"):
        return environ["MMSPACK_GATEWAY"], "MMSPACK_GATEWAY"
    if file.default:
        return file.default, str(path)
    if len(file.gateways) == 1:
        return next(iter(file.gateways)), str(path)
    if file.gateways:
        names = ", ".join(sorted(file.gateways))
        raise ConfigError("several gateways and no default", where=path, hint=f"choose one: {names}")
    return "", ""


def _named(name: str, file: Config, path: Path) -> Mapping[str, object]:
    if name in file.gateways:
        return file.gateways[name]
    held = f"{path} has {', '.join(sorted(file.gateways))}" if file.gateways else f"there is none in {path}"
    if not path.exists():
        held = f"{path} does not exist"
    if "." in name or ":" in name:
        held = f"an address begins with https:// ({held})"
    raise ConfigError(f"no gateway {name!r}", hint=did_you_mean(name, file.gateways, held))


def _account(
    name: str,
    door: type[Door],
    values: Mapping[str, object],
    sources: Mapping[str, str],
    needs_sender: bool,
) -> Account:
    values = {**values, "url": values.get("url") or door.host}
    login = login_for(str(values["url"]))
    for key in ("user", "password"):
        values = {**values, key: values.get(key) or (login if key in door.needs else "")}
    made = door(**{one.name: values[one.name] for one in door.settings() if one.name in values})
    needed = ("url", *door.needs, *(["from"] if needs_sender and not made.picks_sender else []))
    missing = [key for key in needed if not values.get(key)]
    if missing:
        cures = {
            "url": "MMSPACK_GATEWAY",
            **_VARIABLES,
            "from": f"MMSPACK_FROM or {either('--from', 'sender=')}",
        }
        called = {"url": "address", "user": "user name", "from": "sender's number"}
        where = f"gateway {name!r}" if name else "gateway"
        hint = "set " + " and ".join(cures[key] for key in missing)
        raise ConfigError(
            f"no {' and no '.join(called.get(key, key) for key in missing)}", where=where, hint=hint
        )
    allow_http = bool(values.get("allow_http", False))
    url = gateway_address(str(values["url"]), path=door.path, allow_http=allow_http)
    return Account(
        name=name or url.split("//", 1)[1].split("/", 1)[0],
        door=made,
        url=url,
        user=str(values["user"]),
        password=Secret(str(values["password"])),
        sender=str(values["from"]) if values.get("from") else None,
        allow_http=allow_http,
        line=_line(values),
        sources=sources,
    )


def _line(values: Mapping[str, object]) -> Line:
    named = {name: Path(str(values[name])) for name in ("ca", "cert", "key") if values.get(name)}
    return Line(proxy=str(values.get("proxy") or ""), **named)
