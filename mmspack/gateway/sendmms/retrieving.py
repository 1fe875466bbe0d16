"""Fetching an inbound message's zip from the operator, by `RetrieveMMS`. It may be repeated."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from mmspack.bundle.bundle import Bundle
from mmspack.errors import InputError, ParameterError
from mmspack.gateway.observed import Observed
from mmspack.gateway.outcomes import error_of
from mmspack.gateway.requests import HttpRequest
from mmspack.gateway.secrets import Secret
from mmspack.gateway.sendmms.outcomes import classify
from mmspack.outcome import Outcome

MAX_ZIP = 64 * 1024 * 1024
"""Bytes of a zip that are read; phones send a few hundred thousand."""


def retrieve_url(address: str, user: str, password: Secret, identifier: str) -> str:
    """The address that is asked for: `RetrieveMMS` beside `SendMMS`. Raises `ParameterError`."""
    if not identifier.strip() or not identifier.isprintable():
        raise ParameterError(f"{identifier[:40]!r} is not the id of an inbound message", where="id")
    parts = urlsplit(address)
    path = parts.path.rstrip("/").rpartition("/")[0] + "/RetrieveMMS"
    query = urlencode({"user": user, "pass": password.reveal(), "id": identifier.strip()})
    return urlunsplit(parts._replace(path=path, query=query))


class Retrieved:
    """Asks for a zip, and collects the answer."""

    def __init__(self, address: str, user: str, password: Secret, identifier: str) -> None:
        """Raises `ParameterError` for what is not an id."""
        self.http = HttpRequest(method="GET", url=retrieve_url(address, user, password, identifier))
        self.what = f"RetrieveMMS {identifier}"
        self._password = password
        self._body = bytearray()

    def add(self, block: bytes) -> None:
        """One block of the answer. Raises `InputError` above `MAX_ZIP`."""
        self._body += block
        if len(self._body) > MAX_ZIP:
            raise InputError(f"{self.what}: the answer is longer than {MAX_ZIP} bytes")

    def bundle(self, status: int) -> Bundle:
        """The zip, opened by the strict reader.

        Raises the `SendError` of a 403, `BundleError` for an invalid zip, `InputError` for anything else.
        """
        from mmspack.bundle.zip_reader import open_bundle

        if status == 200:
            return open_bundle(bytes(self._body))
        if status != 403:
            raise InputError(f"{self.what}: the gateway answered HTTP {status}")
        seen = Observed(whole=True, status=403, body=bytes(self._body), complete=True, secret=self._password)
        verdict = classify(seen)
        raise error_of(
            Outcome(
                result=verdict.result,
                summary=f"{self.what}: {verdict.summary}",
                advice=verdict.advice,
                code=verdict.code,
                reason=verdict.reason,
                http_status=403,
                pause=verdict.pause,
            )
        )
