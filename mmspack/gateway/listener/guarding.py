"""uvicorn's HTTP protocol with a clock for each stage of a request."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from mmspack.gateway.listener.lobby import Lobby


def guarded(lobby: Lobby, base: type[H11Protocol] = H11Protocol) -> type[H11Protocol]:
    """`base` whose connections keep to the rules of `lobby`."""

    class Guarded(base):  # type: ignore[valid-type,misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._entered = False
            self._stage = ""
            self._timer: asyncio.TimerHandle | None = None
            self._unread: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._entered = lobby.enter(self, self.client[0] if self.client else "")
            if self._entered:
                self._enter_stage("head", lobby.patience.head)
            else:
                transport.abort()

        def data_received(self, data: bytes) -> None:
            if self._entered and not self.transport.is_closing():
                super().data_received(data)
                self._look()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._look()

        def _look(self) -> None:
            """Notice which stage the connection is in now, and start its clock once."""
            state = self.conn.their_state
            if state is h11.IDLE:
                if self._stage not in ("head", "between"):
                    lobby.waits(self)
                # Between two requests uvicorn's own clock runs, until the next one begins.
                idle = self.timeout_keep_alive_task is not None
                if idle or self._stage != "head":
                    self._enter_stage("between" if idle else "head", None if idle else lobby.patience.head)
                return
            lobby.spoke(self)
            if state is h11.SEND_BODY:
                if self._stage != "body":
                    self._enter_stage("body", lobby.patience.body)
            elif self._stage != "served":
                self._enter_stage("served", None)

        def _enter_stage(self, stage: str, seconds: float | None) -> None:
            self._stage = stage
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None if seconds is None else self.loop.call_later(seconds, self.cut)

        def cut(self) -> None:
            self.transport.abort()

        def pause_writing(self) -> None:
            super().pause_writing()
            if self._unread is None:
                self._unread = self.loop.call_later(lobby.patience.answer, self.cut)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._unread is not None:
                self._unread.cancel()
                self._unread = None

        def connection_lost(self, error: Exception | None) -> None:
            for timer in (self._timer, self._unread):
                if timer is not None:
                    timer.cancel()
            self._timer = self._unread = None
            lobby.leave(self)
            super().connection_lost(error)

    return Guarded
