"""How connections are made: whom they trust, with which certificate, through which proxy."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from mmspack.errors import ConfigError
from mmspack.gateway.addresses import is_loopback
from mmspack.gateway.deadlines import keep_deadlines
from mmspack.gateway.observed import SANDBOX_HEADER
from mmspack.gateway.secrets import BLOT
from mmspack.version import VERSION

if TYPE_CHECKING:
    from mmspack.gateway.wire import Timeouts

ENVIRONMENT = "environment"
"""As a proxy: the one that HTTPS_PROXY and NO_PROXY name, which is used only where an account asks for it."""
AGENT = f"mmspack/{VERSION}"

PathLike = str | os.PathLike[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What an account's connections have in common."""

    proxy: str = field(default="", repr=False)
    """Such as `http://proxy.example.com:3128`, `environment`, or empty: none. It may hold a password."""
    ca: PathLike | None = None
    """Certificates of authorities to trust in place of the system's."""
    cert: PathLike | None = None
    """A certificate of the client's own, with its chain (PEM)."""
    key: PathLike | None = None
    """The certificate's key, where it is not in the same file."""


def is_sandbox(url: str) -> bool:
    """Whether the sandbox answers at an address of this machine. It asks; elsewhere, nothing is asked."""
    import httpx2

    if not is_loopback(urlsplit(url).hostname or ""):
        return False
    try:
        answer = httpx2.get(urljoin(url, "/livez"), timeout=2.0, trust_env=False)
    except httpx2.HTTPError:
        return False
    return SANDBOX_HEADER in answer.headers


def trust(url: str, line: Line) -> ssl.SSLContext | None:
    """The TLS settings; None for the HTTP client's own. Raises `ConfigError` with what cannot be used."""
    if line.key and not line.cert:
        raise ConfigError("there is a key and no certificate", where="key", hint="set cert as well")
    if not line.ca and not line.cert:
        # Reading the system's certificates takes 50 ms, and plain http needs none: this trusts no one.
        plain = url.startswith("http:") and not line.proxy
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else None
    context = _trusting(line.ca)
    if line.cert:
        try:
            context.load_cert_chain(Path(line.cert), Path(line.key) if line.key else None, password=_refuse)
        except (OSError, ssl.SSLError, ValueError) as error:
            files = f"{line.cert}, {line.key}" if line.key else f"{line.cert}"
            raise ConfigError(f"{files}: cannot be used: {_reason(error)}", where="cert") from None
    return context


def _trusting(ca: PathLike | None) -> ssl.SSLContext:
    if not ca:
        import httpx2

        return httpx2.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=Path(ca))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"{ca}: cannot be used: {_reason(error)}", where="ca") from None


def _refuse() -> str:
    """In place of OpenSSL's own question, which would wait for a terminal."""
    raise ValueError("the key is encrypted, and there is nobody to ask for its password")


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not PEM").replace("_", " ").lower()
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def proxy_for(url: str, proxy: str) -> str:
    """The proxy's address, or an empty text. Raises `ConfigError`, which does not show its password."""
    where = "proxy"
    if proxy == ENVIRONMENT:
        proxy, where = _of_environment(url)
    if not proxy:
        return ""
    try:
        parts = urlsplit(proxy)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigError(
            f"{shown_proxy(proxy)!r} is not the address of a proxy",
            where=where,
            hint="such as http://proxy.example.com:3128",
        )
    return proxy


def _of_environment(url: str) -> tuple[str, str]:
    """The proxy that the environment names for `url`, and the variable."""
    import urllib.request  # 20 ms at every start, for a rare setting

    asked = urlsplit(url)
    if urllib.request.proxy_bypass(asked.netloc):
        return "", ""
    found = urllib.request.getproxies_environment()
    return found.get(asked.scheme, found.get("all", "")), f"{asked.scheme}_proxy".upper()


def proxy_password(proxy: str) -> str:
    """The password in a proxy's address, or an empty text."""
    return unquote(urlsplit(proxy).password or "") if "@" in proxy else ""


def shown_proxy(proxy: str) -> str:
    """A proxy's address without its login."""
    before, mark, after = proxy.rpartition("@")
    if not mark:
        return proxy
    scheme, slashes, _ = before.partition("://")
    return f"{scheme}://{BLOT}@{after}" if slashes else f"{BLOT}@{after}"


def transport_for(*, connections: int, verify: ssl.SSLContext | None, proxy: str, asynchronous: bool) -> Any:
    """httpx2's transport, whose connections keep deadlines."""
    import httpx2

    kind = httpx2.AsyncHTTPTransport if asynchronous else httpx2.HTTPTransport
    limits = httpx2.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=2.0
    )
    through = httpx2.Proxy(proxy) if proxy else None
    return keep_deadlines(
        kind(verify=verify if verify is not None else True, trust_env=False, limits=limits, proxy=through)
    )


def client_options(timeouts: Timeouts) -> dict[str, Any]:
    """Settings shared by the synchronous and the asynchronous client."""
    import httpx2

    return {
        "follow_redirects": False,
        "trust_env": False,
        "timeout": httpx2.Timeout(
            connect=timeouts.connect, write=timeouts.write, read=timeouts.read, pool=timeouts.connect
        ),
        "headers": {"User-Agent": AGENT, "Accept-Encoding": "identity"},
    }
