"""The config file: gateways by name, with what every account has and what its door declares of its own."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mmspack.errors import ConfigError
from mmspack.files import read_bytes
from mmspack.gateway import doors
from mmspack.gateway.connecting import proxy_password
from mmspack.gateway.door import setting_problem
from mmspack.problem import Place, Problem
from mmspack.words import did_you_mean

_KEYS = {
    "door": str,
    "url": str,
    "user": str,
    "password": str,
    "from": str,
    "allow_http": bool,
    "proxy": str,
    "ca": str,
    "cert": str,
    "key": str,
}
"""What every account may have."""
_TOP = ("default", "gateways", "allow_outside")
_WORDS = {str: "text", bool: "true or false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the config file holds."""

    default: str = ""
    gateways: Mapping[str, Mapping[str, object]] = field(default_factory=dict, repr=False)
    allow_outside: bool = False
    """Messages may use files outside their own folder and the current one."""


def read_config(path: Path, *, required: bool = False) -> Config:
    """The config file, empty where there is none.

    Raises `ConfigError` for all that is wrong in it at once, and where it holds a password that other
    users of the machine can read.
    """
    if not path.exists():
        if required:
            raise ConfigError(
                "no such config file", where=path, hint="set it with MMSPACK_CONFIG or --config"
            )
        return Config()
    try:
        data = tomllib.loads(read_bytes(path, what="config file").decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"not TOML: {error}", where=path) from None
    problems = _problems(data)
    if problems:
        raise ConfigError(problems=[problem.within(path) for problem in problems])
    gateways = data.get("gateways", {})
    if any(_holds_secret(values) for values in gateways.values()):
        _refuse_readable(path)
    return Config(
        default=data.get("default", ""), gateways=gateways, allow_outside=data.get("allow_outside", False)
    )


def _problems(data: Mapping[str, object]) -> list[Problem]:
    problems = [_unknown(key, _TOP) for key in data if key not in _TOP]
    if not isinstance(data.get("allow_outside", False), bool):
        problems.append(Problem("expected true or false", Place(key="allow_outside")))
    if not isinstance(data.get("default", ""), str):
        problems.append(Problem("expected the name of a gateway", Place(key="default")))
    gateways = data.get("gateways", {})
    if not isinstance(gateways, dict) or not all(isinstance(values, dict) for values in gateways.values()):
        return [*problems, Problem("expected tables such as [gateways.mx]", Place(key="gateways"))]
    for name, values in gateways.items():
        problems += _account_problems(f"gateways.{name}", values)
    return problems


def _account_problems(account: str, values: Mapping[str, object]) -> Iterator[Problem]:
    """What is wrong with one account."""
    own = {}
    name = values.get("door", doors.DEFAULT)
    if name in doors.names():
        own = {one.name: one for one in doors.get(str(name)).settings()}
    elif isinstance(name, str):
        yield Problem(f"no door {name!r}", Place(key=f"{account}.door"), did_you_mean(name, doors.names()))
    for key, value in values.items():
        where = Place(key=f"{account}.{key}")
        if key in own:
            if problem := setting_problem(own[key], value):
                yield Problem(problem, where)
        elif key not in _KEYS:
            yield _unknown(f"{account}.{key}", (*_KEYS, *own))
        elif not isinstance(value, _KEYS[key]):
            yield Problem(f"expected {_WORDS[_KEYS[key]]}", where)


def _unknown(key: str, known: tuple[str, ...]) -> Problem:
    return Problem("unknown key", Place(key=key), did_you_mean(key.rsplit(".", 1)[-1], known))


def _holds_secret(values: Mapping[str, object]) -> bool:
    own = doors.get(str(values.get("door", doors.DEFAULT))).settings()
    secret = any(name in values for name in ("password", *(one.name for one in own if one.secret)))
    return secret or bool(proxy_password(str(values.get("proxy", ""))))


def _refuse_readable(path: Path) -> None:
    if os.name == "nt":
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise ConfigError(
            f"contains a password and is readable by other users (mode {mode:04o})",
            where=path,
            hint=f"chmod 600 {path}",
        )
