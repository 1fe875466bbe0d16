"""The values that a ledger gives and takes."""

from __future__ import annotations

from dataclasses import dataclass

from mmspack.campaign.states import Event, State


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient as a sender needs it."""

    row: int
    msisdn: int
    digest: bytes
    fields: tuple[object, ...]
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """An event with what is known of it, for one reserved or held recipient."""

    row: int
    event: Event
    id: str | None = None
    code: int | None = None
    sha256: str = ""
    why: str = ""
    due: int = 0
    """Not before this time (seconds since 1970), for what goes back into the queue."""
    tries: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is known of one recipient."""

    row: int
    msisdn: int
    state: State
    at: int | None = None
    """Seconds since 1970."""
    code: int | None = None
    id: str | None = None
    sha256: str = ""
    why: str = ""
    tries: int = 0
    """Requests that were answered, or may have been, since it last was put into the queue."""
