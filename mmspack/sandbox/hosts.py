"""Hosts: the names that the sandbox answers to, and those from which it may fetch."""

from __future__ import annotations

from collections.abc import Sequence

from mmspack.errors import UsageError

HOSTS = ("127.0.0.1", "localhost")
"""Names that the sandbox binds and answers to; others would let a web page elsewhere reach it."""


def checked_hosts(hosts: Sequence[str]) -> tuple[str, ...]:
    """Hosts to fetch from, as `name` or `name:port`. Raises `UsageError`."""
    for host in hosts:
        if not host or "/" in host or "@" in host or "*" in host:
            raise UsageError(
                f"{host!r} is not a host", where="fetch", hint="such as cdn.example.com or 127.0.0.1:8000"
            )
    return tuple(host.lower() for host in hosts)
