"""Addresses of gateways: what may be sent to, and how one is shown."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from mmspack.errors import ConfigError


def gateway_address(address: str, *, path: str, allow_http: bool = False) -> str:
    """`address` as it is asked for, with `path` where it has none. Raises `ConfigError`.

    https is required, unless the host is this machine or `allow_http` is set: every request carries the
    account's password.
    """
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError as error:
        raise ConfigError(f"{address!r} is not a valid URL: {error}", where="gateway") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            "the URL contains a user name or password",
            where="gateway",
            hint="set MMSPACK_USER and MMSPACK_PASSWORD",
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ConfigError(
            f"{address!r} is not an http or https URL",
            where="gateway",
            hint=f"such as https://mms.example.com{path}",
        )
    if parts.query or parts.fragment:
        raise ConfigError(
            "the URL has a query or fragment; mmspack adds the parameters itself", where="gateway"
        )
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname):
        raise ConfigError(
            f"the password would be sent to {parts.hostname} over plain http",
            where="gateway",
            hint="use https, or allow it with allow_http = true",
        )
    return parts._replace(path=parts.path if parts.path.strip("/") else path).geturl()


def is_loopback(host: str) -> bool:
    """True for this machine: `localhost`, 127.0.0.0/8 and ::1."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def login_for(address: str) -> str:
    """User and password where none are given: `sandbox` on this machine, empty elsewhere."""
    return "sandbox" if is_loopback(urlsplit(address).hostname or "") else ""


def is_web_address(text: str) -> bool:
    """Whether a provider could post to `text`, or fetch from it: http or https, with a host."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_address(text: str) -> bool:
    """True where `text` means an address and not a gateway's name."""
    return "://" in text
