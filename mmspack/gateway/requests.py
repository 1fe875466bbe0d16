"""A request that is ready to go out, whatever door it goes to, and the same as a person may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

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
    """The body: what all recipients of a message share is a block of its own, which nobody copies."""
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


T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Same(Generic[T]):
    """A value that equals itself alone, for a cache's key: to compare or hash a message takes too long."""

    value: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


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
