"""How Twilio signs what it posts: HMAC-SHA1 of the address and the sorted form, by the account's auth token.

(Twilio, "Security", "Validating requests"; the test holds it to Twilio's own library.)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from mmspack.gateway.secrets import Secret

HEADER = "X-Twilio-Signature"
_PORTS = {"http": 80, "https": 443}


def signature(url: str, fields: Sequence[tuple[str, str]], token: Secret) -> str:
    """The signature of a form that is posted to `url`; a value that is given twice counts once."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(token.reveal().encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_signed(given: str, url: str, fields: Sequence[tuple[str, str]], token: Secret) -> bool:
    """Whether `given` is the signature. Twilio may or may not write the port that is usual."""
    return any(
        hmac.compare_digest(given.encode(), signature(one, fields, token).encode()) for one in _spellings(url)
    )


def _spellings(url: str) -> Iterable[str]:
    parts = urlsplit(url)
    usual = _PORTS.get(parts.scheme)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    yield url
    if parts.port is None and usual:
        yield parts._replace(netloc=f"{host}:{usual}").geturl()
    elif parts.port == usual:
        yield parts._replace(netloc=host).geturl()
