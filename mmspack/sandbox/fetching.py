"""Fetching a hosted zip as a gateway does: from listed hosts alone, bounded, without redirects."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from mmspack.errors import UsageError
from mmspack.gateway.sendmms.forms import MAX_BODY
from mmspack.sandbox.contract import Refused

_SECONDS = 15.0


def checked_hosts(hosts: Sequence[str]) -> tuple[str, ...]:
    """Hosts to fetch from, as `name` or `name:port`. Raises `UsageError`."""
    for host in hosts:
        if not host or "/" in host or "@" in host or "*" in host:
            raise UsageError(
                f"{host!r} is not a host", where="fetch", hint="such as cdn.example.com or 127.0.0.1:8000"
            )
    return tuple(host.lower() for host in hosts)


async def fetch(url: str, hosts: Sequence[str]) -> bytes:
    """The zip at `url`. Raises `Refused` with code 5 where its host is not listed, or it cannot be had."""
    import httpx2

    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if not hosts:
        raise Refused(5, "url: this sandbox does not fetch hosted bundles")
    if host not in hosts and f"{host}:{parts.port}" not in hosts:
        raise Refused(5, f"url: this sandbox does not fetch from {host}")
    data = bytearray()
    client = httpx2.AsyncClient(follow_redirects=False, trust_env=False, timeout=_SECONDS)
    try:
        async with client, client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as answer:
            if answer.status_code != 200:
                raise Refused(5, f"url: {host} answered HTTP {answer.status_code}")
            async for block in answer.aiter_raw():
                data += block
                if len(data) > MAX_BODY:
                    raise Refused(5, f"url: the bundle is larger than {MAX_BODY} bytes")
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise Refused(5, f"url: cannot be fetched from {host}") from None
    return bytes(data)
