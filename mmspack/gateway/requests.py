"""A request that is ready to go out, whatever door it goes to, and the same as a person may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mmspack.gateway.parameters import Parameters

Method = Literal["POST", "GET"]

MAX_REQUEST_LINE = 8000
"""Bytes of a GET's address: RFC 9110 4.1 asks servers for 8,000; many refuse more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request over HTTP. Its `repr` shows neither address, headers nor body, which hold the login."""

    method: Method
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    blocks: tuple[bytes, ...] = field(default=(), repr=False)
    """The body, one block after the other: see `in_blocks`."""
    payload: tuple[int, int] = (0, 0)
    """Where in the body the message itself begins and ends: what progress counts."""

    @property
    def body(self) -> bytes:
        """The blocks as one."""
        return b"".join(self.blocks)

    @property
    def length(self) -> int:
        """Bytes of the body."""
        return sum(map(len, self.blocks))


_LARGE = 16 * 1024
"""Bytes from which a block goes out by itself: to copy it would take longer than to write once more."""


def in_blocks(pieces: Iterable[bytes]) -> tuple[bytes, ...]:
    """A body as few blocks in which no large piece is copied."""
    found: list[bytes] = []
    small: list[bytes] = []
    for piece in pieces:
        if len(piece) < _LARGE:
            small.append(piece)
        else:
            found += [b"".join(small), piece]
            small.clear()
    return tuple(block for block in (*found, b"".join(small)) if block)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A request as a person may see it: the password is blotted out. `str()` of it is a short text."""

    method: str
    address: str
    fields: tuple[tuple[str, str], ...]
    """Names and values in order; the message as its size and hash."""
    headers: Mapping[str, str]
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.method} {self.address}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        width = max(len(name) for name, _ in self.fields)
        lines += [f"    {name:<{width}} = {value}" for name, value in self.fields]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPart:
    """A part that must lie where the provider can reach it before the message is handed over."""

    name: str
    type: str
    data: bytes = field(repr=False)
    sha256: str


@dataclass(frozen=True, kw_only=True)
class SendRequest:
    """One message for one recipient as a door has encoded it."""

    parameters: Parameters
    sha256: str = ""
    """SHA-256 of the zip in hexadecimal, empty in hosted mode."""
    reference: str = ""
    """What the account calls this request, where the door takes such a name."""
    media: tuple[MediaPart, ...] = ()
    """What is placed first; placing it sends nothing, so it may be repeated."""
    write: Callable[[Mapping[str, str]], HttpRequest] = field(repr=False)
    """The request, given where each of `media` lies (by its SHA-256)."""
    preview: Callable[[], Preview] = field(repr=False)


def describe_request(request: SendRequest) -> Preview:
    """What `request` would send, for `--dry-run`."""
    return request.preview()
