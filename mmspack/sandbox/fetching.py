"""Fetching what is hosted as a gateway does: from listed hosts alone, bounded, without redirects."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from mmspack.gateway.forms import MAX_BODY
from mmspack.sandbox.refusing import Refused, Why

_SECONDS = 15.0


async def fetch(url: str, hosts: Sequence[str]) -> bytes:
    """The bytes at `url`; as `fetch_typed`."""
    return (await fetch_typed(url, hosts))[0]


async def fetch_typed(url: str, hosts: Sequence[str]) -> tuple[bytes, str]:
    """The bytes at `url`, and the media type that they are served with.

    Raises `Refused` where its host is not listed, or it cannot be had.
    """
    import httpx2

    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if not hosts:
        raise Refused(Why.CONTENT, "url: this sandbox does not fetch hosted bundles")
    if host not in hosts and f"{host}:{parts.port}" not in hosts:
        raise Refused(Why.CONTENT, f"url: this sandbox does not fetch from {host}")
    data = bytearray()
    client = httpx2.AsyncClient(follow_redirects=False, trust_env=False, timeout=_SECONDS)
    try:
        async with client, client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as answer:
            if answer.status_code != 200:
                raise Refused(Why.CONTENT, f"url: {host} answered HTTP {answer.status_code}")
            type_ = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
            async for block in answer.aiter_raw():
                data += block
                if len(data) > MAX_BODY:
                    raise Refused(Why.CONTENT, f"url: the bundle is larger than {MAX_BODY} bytes")
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise Refused(Why.CONTENT, f"url: cannot be fetched from {host}") from None
    return bytes(data), type_
