"""A SendMMS request, ready to go out, and the same request as a person may see it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

from mmspack.errors import ParameterError
from mmspack.gateway.secrets import BLOT, Secret
from mmspack.gateway.sendmms.parameters import Parameters

Method = Literal["POST", "GET"]

ZIP_FIELD = "mms.zip"
"""Name of the file field (the SendMMS document)."""
MAX_REQUEST_LINE = 8000
"""Bytes of a GET's address: RFC 9110 4.1 asks servers for 8,000; many refuse more."""


@dataclass(frozen=True, kw_only=True)
class SendRequest:
    """One request to `…/SendMMS`: where to, with which parameters, and the zip."""

    address: str
    user: str
    password: Secret
    parameters: Parameters
    method: Method = "POST"
    data: bytes | None = field(default=None, repr=False)
    """The zip, or None in hosted mode."""
    sha256: str = ""
    """SHA-256 of the zip in hexadecimal, empty in hosted mode."""
    charset: str = "utf-8"
    """How text is encoded; the document does not say, and UTF-8 is what the zip's own text must be."""

    def __post_init__(self) -> None:
        if self.method not in ("POST", "GET"):
            raise ParameterError(f"{self.method!r} is neither POST nor GET", where="method")
        if self.method == "GET" and self.data is not None:
            raise ParameterError(
                "a GET cannot carry a bundle", hint="send it by POST, or give the URL of a hosted one"
            )
        try:
            self._encoded_parameters  # noqa: B018
        except UnicodeEncodeError as error:
            missing = error.object[error.start]
            raise ParameterError(
                f"subject or note: {missing!r} cannot be encoded in {self.charset}"
            ) from None
        except LookupError as error:
            raise ParameterError(f"{error}", where="charset") from None
        try:
            self.url()
            self.encoded_fields()
        except UnicodeEncodeError:
            raise ParameterError(f"user or password: cannot be encoded in {self.charset}") from None

    def encoded_fields(self) -> list[tuple[str, bytes]]:
        """Names and values as they go on the wire, user and password first."""
        user, password = self.user.encode(self.charset), self.password.reveal().encode(self.charset)
        return [("user", user), ("pass", password), *self._encoded_parameters]

    @functools.cached_property
    def _encoded_parameters(self) -> list[tuple[str, bytes]]:
        return [(name, value.encode(self.charset)) for name, value in self.parameters.fields()]

    def url(self) -> str:
        """The address that is asked for: with the whole request in it for a GET."""
        if self.method == "POST":
            return self.address
        address = f"{self.address}?{urlencode(self.encoded_fields())}"
        if len(address) > MAX_REQUEST_LINE:
            raise ParameterError(
                f"the GET request's URL has {len(address)} bytes; servers accept {MAX_REQUEST_LINE}"
            )
        return address

    @functools.cached_property
    def boundary(self) -> str:
        """A multipart boundary that follows from the content: same input, same bytes."""
        digest = hashlib.sha256(self.sha256.encode())
        for name, value in self._encoded_parameters:
            digest.update(b"\0%s\0%s" % (name.encode(), value))
        return f"mmspack-{digest.hexdigest()[:32]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A request as a person may see it: the password is blotted out. `str()` of it is a short text."""

    method: str
    address: str
    fields: tuple[tuple[str, str], ...]
    """Names and values in order; the zip as its size and hash."""
    headers: Mapping[str, str]
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.method} {self.address}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        width = max(len(name) for name, _ in self.fields)
        lines += [f"    {name:<{width}} = {value}" for name, value in self.fields]
        return "\n".join(lines)


def describe_request(request: SendRequest) -> Preview:
    """What `request` would send, for `--dry-run`."""
    fields = [("user", request.user), ("pass", BLOT), *request.parameters.fields()]
    headers = {}
    if request.data is not None:
        size = f"{len(request.data):,} bytes, application/zip, sha256 {request.sha256}"
        fields.append((ZIP_FIELD, f"<{size}>"))
    if request.method == "POST":
        headers["Content-Type"] = f"multipart/form-data; boundary={request.boundary}"
    return Preview(
        method=request.method,
        address=request.address,
        fields=tuple(
            (name, value if name == "pass" else request.password.blot(value)) for name, value in fields
        ),
        headers=headers,
        warnings=request.parameters.warnings,
    )
