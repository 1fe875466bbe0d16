"""Reading the form of a request that may carry a file: shared by the sandbox and the receiver. Bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mmspack.errors import InputError
from mmspack.gateway import mime  # noqa: F401 - silences the library that reads forms

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a request; a message has a few hundred thousand."""
_MAX_FIELDS = 64
_MAX_FIELD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class PostedForm:
    """The fields of a request, and the contents of the file fields that were asked for."""

    fields: Sequence[tuple[str, str]]
    files: Sequence[bytes] = field(default=(), repr=False)

    def all(self, name: str) -> list[str]:
        """Every value of a field that is not blank."""
        return [value for key, value in self.fields if key == name and value.strip()]


async def read_form(request: Request, file: str) -> PostedForm:
    """The form of a GET or a multipart POST, with the contents of the file fields of the name `file`.

    Raises `InputError` where it cannot be read.
    """
    from starlette.datastructures import UploadFile
    from starlette.formparsers import MultiPartException, MultiPartParser

    if request.method in ("GET", "HEAD"):
        return PostedForm(request.query_params.multi_items())
    if not request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
        raise InputError("a POST must have the type multipart/form-data")
    parser = MultiPartParser(
        request.headers, request.stream(), max_files=2, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES
    )
    try:
        items = (await parser.parse()).multi_items()
    except MultiPartException as error:
        raise InputError(f"the multipart body cannot be read: {error.message}") from None
    files: list[bytes] = []
    for name, value in items:
        if isinstance(value, UploadFile):
            if name == file:
                files.append(await value.read())
            await value.close()
    if any(name == file and isinstance(value, str) for name, value in items):
        raise InputError(f"{file} is not a file field")
    return PostedForm([(name, value) for name, value in items if isinstance(value, str)], files)


MAX_WORDS = 2 * 1024 * 1024
"""Bytes of a request that is words alone (JSON, a form): Infobip's largest has 1,000 results."""


async def words_of(request: Request) -> bytes:
    """The body of a request that holds no media. Raises `InputError` for a long one."""
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > MAX_WORDS:
            raise InputError(f"more than {MAX_WORDS} bytes")
    return bytes(body)


class BodyLimit:
    """Answers 413 to a body that is announced or grows beyond `max_bytes`, before it is read."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY) -> None:
        self._app = app
        self._max = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        from starlette.exceptions import HTTPException
        from starlette.responses import PlainTextResponse

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = f"more than {self._max} bytes"
        if _announced(scope) > self._max:
            answer = PlainTextResponse(refusal + "\n", 413, headers={"Connection": "close"})
            await answer(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max:
                raise HTTPException(413, refusal, headers={"Connection": "close"})
            return message

        await self._app(scope, counted, send)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
