"""A deadline for an exchange as a whole, kept by each read and write of its connection.

The HTTP client's own timeouts hold for one read or one write: a server that sends a byte of its head a
minute, or one `100 Continue` after another, is never late for it. Both clients use these connections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

from mmspack.gateway.gathering import Gathered

MAX_HEAD = 256 * 1024
"""Bytes of an answer before its body: h11 bounds one head, but not how many informational ones precede it."""


class ExchangeEnded(OSError):
    """The exchange took too long, or its answer's head is endless; the text says which."""


class Deadline:
    """Until when the present stage of an exchange must have ended."""

    def __init__(self, clock: Callable[[], float], seconds: float, what: str) -> None:
        self._clock = clock
        self._head: int | None = 0
        self.renew(seconds, what)

    def renew(self, seconds: float, what: str) -> None:
        """A new stage begins: `what` is its subject, such as "the answer"."""
        self._until = self._clock() + seconds
        self._what = what

    def head_is_over(self) -> None:
        """The answer's body begins, which has a bound of its own."""
        self._head = None

    def left(self) -> float:
        """Seconds that are left, more than 0. Raises `ExchangeEnded`."""
        left = self._until - self._clock()
        if left <= 0:
            raise ExchangeEnded(f"{self._what} took too long")
        return left

    def took(self, data: bytes) -> bytes:
        """Count what was read. Raises `ExchangeEnded`."""
        if self._head is not None:
            self._head += len(data)
            if self._head > MAX_HEAD:
                raise ExchangeEnded(f"the answer's head is longer than {MAX_HEAD} bytes")
        return data

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Inside, every read and write of this thread or task keeps to this deadline."""
        token = _PRESENT.set(self)
        try:
            yield
        finally:
            _PRESENT.reset(token)


_PRESENT: ContextVar[Deadline | None] = ContextVar("present", default=None)
_BLOCK = 512 * 1024
"""Bytes of a request between two looks at the deadline: httpcore2 starts its timeout again for each send of
the system's, and the asynchronous one once for all."""


class _Turn:
    """One read or write: with what timeout it waits, and what ended it."""

    def __init__(self, timeout: float | None) -> None:
        self._deadline = _PRESENT.get()
        self.timeout = timeout
        if self._deadline is not None:
            left = self._deadline.left()
            self.timeout = left if timeout is None else min(timeout, left)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _traceback: object) -> None:
        if self._deadline is not None and kind is not None and issubclass(kind, Exception):
            self._deadline.left()  # raises where it was the deadline that ended it

    def took(self, data: bytes) -> bytes:
        return data if self._deadline is None else self._deadline.took(data)


class _Stream:
    """One connection. It has the methods of httpcore2's `NetworkStream`."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._gathered = Gathered()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.write(b"", timeout)
        with _Turn(timeout) as turn:
            data: bytes = self._inner.read(max_bytes, turn.timeout)
        return turn.took(data)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for piece in self._gathered.add(buffer):
            for at in range(0, len(piece), _BLOCK):
                with _Turn(timeout) as turn:
                    self._inner.write(piece[at : at + _BLOCK], turn.timeout)

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: Any = None) -> _Stream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend:
    """Opens connections. It has the methods of httpcore2's `NetworkBackend`."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def connect_tcp(self, *args: Any, **options: Any) -> _Stream:
        return _Stream(self._inner.connect_tcp(*args, **options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _AsyncStream:
    """As `_Stream`, awaited."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._gathered = Gathered()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        await self.write(b"", timeout)
        with _Turn(timeout) as turn:
            data: bytes = await self._inner.read(max_bytes, turn.timeout)
        return turn.took(data)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for piece in self._gathered.add(buffer):
            with _Turn(timeout) as turn:
                await self._inner.write(piece, turn.timeout)

    async def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: Any = None
    ) -> _AsyncStream:
        return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    async def aclose(self) -> None:
        await self._inner.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _AsyncBackend:
    """As `_Backend`, awaited."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def connect_tcp(self, *args: Any, **options: Any) -> _AsyncStream:
        return _AsyncStream(await self._inner.connect_tcp(*args, **options))

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def keep_deadlines(transport: Any) -> Any:
    """`transport`, of httpx2, with connections that keep deadlines.

    httpx2 has no parameter for what opens the connections of its own pool; httpcore2 has one.
    """
    pool = transport._pool
    inner = pool._network_backend
    pool._network_backend = _AsyncBackend(inner) if hasattr(transport, "aclose") else _Backend(inner)
    return transport
