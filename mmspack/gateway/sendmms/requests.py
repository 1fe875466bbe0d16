"""A SendMMS request: a multipart POST with the zip, or a GET or POST with the address of a hosted one."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from urllib.parse import urlencode

from mmspack.errors import ParameterError
from mmspack.gateway.door import Letter, Login
from mmspack.gateway.parameters import Parameters
from mmspack.gateway.requests import MAX_REQUEST_LINE, HttpRequest, Preview, Same
from mmspack.gateway.secrets import BLOT

ZIP_FIELD = "mms.zip"
"""Name of the file field (the SendMMS document)."""
ZIP_TYPE = "application/zip"
MAX_NOTE = 160
"""Characters in `note` (the SendMMS document)."""
MAX_SUBACCOUNT = 10
"""Characters in `subaccount` (the SendMMS document)."""
_FILE_HEAD = (
    f'\r\nContent-Disposition: form-data; name="{ZIP_FIELD}"; filename="{ZIP_FIELD}"'
    f"\r\nContent-Type: {ZIP_TYPE}\r\n\r\n"
).encode()
_ACCEPT = {"Accept": "text/plain, */*;q=0.1"}


def fields_of(parameters: Parameters) -> Iterator[tuple[str, str]]:
    """The documented names and values, in the document's order; optional ones only when set."""
    yield "to", parameters.to
    yield "from", parameters.sender
    for name in ("subject", "note", "subaccount"):
        if value := str(getattr(parameters, name)):
            yield name, value
    for name in ("deliveryreport", "readreport"):
        if getattr(parameters, name):
            yield name, "true"
    if parameters.url is not None:
        yield "url", parameters.url


def written(letter: Letter, login: Login, charset: str) -> HttpRequest:
    """The request. Raises `ParameterError` for what cannot be written."""
    if letter.method == "GET" and letter.bundle is not None:
        raise ParameterError(
            "a GET cannot carry a bundle", hint="send it by POST, or give the URL of a hosted one"
        )
    fields = [*_login(login, charset), *_encoded(letter.parameters, charset)]
    if letter.method == "GET":
        return HttpRequest(method="GET", url=_address(login.address, fields), headers=_ACCEPT)
    boundary = boundary_of(letter.sha256)
    zip_data = letter.bundle.data if letter.bundle is not None else None
    blocks, payload = multipart(boundary, fields, zip_data)
    headers = {**_ACCEPT, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    return HttpRequest(method="POST", url=login.address, headers=headers, blocks=blocks, payload=payload)


def _login(login: Login, charset: str) -> list[tuple[str, bytes]]:
    try:
        return [
            ("user", login.user.encode(charset)),
            ("pass", login.password.reveal().encode(charset)),
        ]
    except UnicodeEncodeError:
        raise ParameterError(f"user or password: cannot be encoded in {charset}") from None
    except LookupError as error:
        raise ParameterError(f"{error}", where="charset") from None


def _encoded(parameters: Parameters, charset: str) -> list[tuple[str, bytes]]:
    try:
        return [(name, value.encode(charset)) for name, value in fields_of(parameters)]
    except UnicodeEncodeError as error:
        missing = error.object[error.start]
        raise ParameterError(f"subject or note: {missing!r} cannot be encoded in {charset}") from None
    except LookupError as error:
        raise ParameterError(f"{error}", where="charset") from None


def _address(address: str, fields: list[tuple[str, bytes]]) -> str:
    """The address of a GET, with the whole request in it."""
    full = f"{address}?{urlencode(fields)}"
    if len(full) > MAX_REQUEST_LINE:
        raise ParameterError(
            f"the GET request's URL has {len(full)} bytes; servers accept {MAX_REQUEST_LINE}"
        )
    return full


def boundary_of(sha256: str) -> str:
    """A multipart boundary that follows from the zip: same input, same bytes.

    No zip holds its own digest, and the other fields have no line that could begin with it.
    """
    return f"mmspack-{hashlib.sha256(sha256.encode()).hexdigest()[:32]}"


def multipart(
    boundary: str, fields: list[tuple[str, bytes]], zip_data: bytes | None
) -> tuple[tuple[bytes, ...], tuple[int, int]]:
    """The form (RFC 7578) in blocks, and where the zip is in it. No field's name needs an escape.

    Written here, since the HTTP client's own encoder costs a tenth of a send.
    """
    line = f"--{boundary}".encode()
    pieces: list[bytes] = []
    for name, value in fields:
        head = f'\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        pieces += [line, head, value, b"\r\n"]
    if zip_data is None:
        return (b"".join([*pieces, line, b"--\r\n"]),), (0, 0)
    head = b"".join([*pieces, line, _FILE_HEAD])
    return (head, _file(Same(zip_data), boundary)), (len(head), len(head) + len(zip_data))


@functools.lru_cache(maxsize=1)
def _file(same: Same[bytes], boundary: str) -> bytes:
    """The zip with the form's end. One goes to many recipients: the last is remembered, and copied once."""
    return b"".join([same.value, f"\r\n--{boundary}--\r\n".encode()])


def shown(letter: Letter, login: Login) -> Preview:
    """What a request holds, without the password."""
    fields = [("user", login.user), ("pass", BLOT), *fields_of(letter.parameters)]
    headers = {}
    if letter.bundle is not None:
        size = f"{len(letter.bundle.data):,} bytes, {ZIP_TYPE}, sha256 {letter.sha256}"
        fields.append((ZIP_FIELD, f"<{size}>"))
    if letter.method == "POST":
        boundary = boundary_of(letter.sha256)
        headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
    return Preview(
        method=letter.method,
        address=login.address,
        fields=tuple(
            (name, value if name == "pass" else login.password.blot(value)) for name, value in fields
        ),
        headers=headers,
        warnings=letter.parameters.remarks,
    )
