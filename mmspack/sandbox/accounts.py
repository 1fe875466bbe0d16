"""The sandbox's accounts: who may send, from where, and how much."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from hmac import compare_digest
from pathlib import Path
from types import NoneType

from mmspack.arguments import mistyped
from mmspack.errors import ConfigError
from mmspack.files import read_bytes
from mmspack.gateway.secrets import Secret
from mmspack.problem import Place, Problem
from mmspack.sandbox.refusing import Refused, Why
from mmspack.words import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Messages that an account has sent."""

    day: int
    month: int
    ever: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxAccount:
    """An account on the sandbox. Limits are in messages; None: no limit."""

    user: str
    password: Secret
    mms: bool = True
    """Without it every message is refused (at SendMMS with code 11)."""
    ips: tuple[str, ...] = ()
    """Addresses that may send (at SendMMS code 12 for others); empty: all."""
    per_day: int | None = None
    per_month: int | None = None
    credit: int | None = None
    """Prepaid messages."""

    def __post_init__(self) -> None:
        """Raises `ConfigError`; a password may be given as text."""
        if isinstance(self.password, str):
            object.__setattr__(self, "password", Secret(self.password))
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        limits = dict.fromkeys(("per_day", "per_month", "credit"), (int, NoneType))
        problems = mistyped(values, {"user": str, "password": Secret, "mms": bool, "ips": tuple, **limits})
        if problems:
            raise ConfigError(problems=problems)

    def require_login(self, password: str, ip: str) -> None:
        """Raises `Refused`."""
        if not compare_digest(password.encode(), self.password.reveal().encode()):
            raise Refused(Why.LOGIN)
        if self.ips and ip not in self.ips:
            raise Refused(Why.ADDRESS)
        if not self.mms:
            raise Refused(Why.NO_MMS)

    def require_allowance(self, used: Usage) -> None:
        """Raises `Refused` when `used` leaves no room for one more."""
        if self.per_day is not None and used.day >= self.per_day:
            raise Refused(Why.DAY)
        if self.per_month is not None and used.month >= self.per_month:
            raise Refused(Why.MONTH)
        if self.credit is not None and used.ever >= self.credit:
            raise Refused(Why.CREDIT)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts by user. Without any, every user and password is welcome."""

    by_user: Mapping[str, SandboxAccount] = field(default_factory=dict)

    @classmethod
    def of(cls, accounts: Sequence[SandboxAccount]) -> Accounts:
        """The accounts of a list."""
        return cls({account.user: account for account in accounts})

    def login(self, user: str, password: str, ip: str) -> SandboxAccount | None:
        """The account, or None where all are welcome. Raises `Refused`."""
        if not self.by_user:
            return None
        account = self.by_user.get(user)
        if account is None:
            raise Refused(Why.LOGIN)
        account.require_login(password, ip)
        return account


def readable_by_others(path: Path) -> bool:
    """Whether other users of this machine can read a file. On Windows nothing is known: False."""
    return os.name != "nt" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


_TYPES = {"mms": bool, "ips": list, "per_day": int, "per_month": int, "credit": int, "password": str}


def read_accounts(path: Path) -> tuple[SandboxAccount, ...]:
    """Accounts from a TOML file, one table a user. Raises `ConfigError` with all that is wrong.

    ::

        [acme]
        password = "test"
        per_day = 100
    """
    try:
        data = tomllib.loads(read_bytes(path, what="accounts file").decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"not TOML: {error}", where=path) from None
    known = {item.name for item in fields(SandboxAccount)} - {"user"}
    problems: list[Problem] = []
    for user, values in data.items():
        if not isinstance(values, dict):
            problems.append(Problem(f"expected a table [{user}]", Place(key=user)))
            continue
        problems += [
            Problem("unknown key", Place(key=f"{user}.{key}"), did_you_mean(key, known))
            for key in values
            if key not in known
        ]
        problems += [
            Problem("wrong type", Place(key=f"{user}.{key}"))
            for key, value in values.items()
            if key in _TYPES and type(value) is not _TYPES[key]
        ]
        if not values.get("password"):
            problems.append(Problem("missing", Place(key=f"{user}.password")))
    if problems:
        raise ConfigError(problems=[problem.within(path) for problem in problems])
    return tuple(_account(user, dict(values)) for user, values in data.items())


def _account(user: str, values: dict[str, object]) -> SandboxAccount:
    password = Secret(str(values.pop("password")))
    ips = values.pop("ips", [])
    addresses = tuple(str(item) for item in ips) if isinstance(ips, list) else ()
    return SandboxAccount(user=user, password=password, ips=addresses, **values)  # type: ignore[arg-type]
