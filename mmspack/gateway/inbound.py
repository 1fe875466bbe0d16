"""Messages from phones, in words that are the same at every door.

A zip that comes with one is the operator's and not ours: it is opened by the strict reader alone, and only
when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mmspack.bundle.bundle import Bundle
from mmspack.errors import InputError


class InboundKind(StrEnum):
    """What came in."""

    MMS = "mms"
    SMS = "sms"
    UNDOCUMENTED = "undocumented"
    """A type that no page explains; the message is kept all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """One message from a phone."""

    id: str
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    kind: InboundKind = InboundKind.MMS
    date: datetime | None = None
    """Without zone where the operator gave none; None where it cannot be read."""
    expiry: str = ""
    """As the operator wrote it; the form is not documented."""
    network: str = ""
    subject: str = ""
    type: str = ""
    """What the operator gave as `type`, where that is undocumented; else empty."""
    media: tuple[str, ...] = ()
    """Addresses of parts that the operator keeps, to be fetched with the account's login."""
    data: bytes | None = field(default=None, repr=False)
    """The zip, or None where it is to be fetched (`Gateway.retrieve`)."""

    @property
    def bundle(self) -> Bundle:
        """The zip, opened by the strict reader. Raises `BundleError`; `InputError` where there is none."""
        from mmspack.bundle.zip_reader import open_bundle

        if self.data is None:
            raise InputError(
                f"inbound message {self.id}: arrived without its zip", hint="fetch it with RetrieveMMS"
            )
        return open_bundle(self.data)
