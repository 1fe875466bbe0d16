"""Messages from phones, as the operator pushes them: a GET, or a multipart POST with the zip in `mms.zip`.

The zip is the operator's and not ours: it is opened by the strict reader alone, and only when asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mmspack.errors import InputError
from mmspack.gateway.sendmms.dates import read_date
from mmspack.model import Bundle


class InboundKind(StrEnum):
    """What came in."""

    MMS = "mms"
    SMS = "sms"
    UNDOCUMENTED = "undocumented"
    """A type that no page explains; the message is kept all the same."""


_KINDS = {"2": InboundKind.MMS, "6": InboundKind.SMS}
_NUMBERS = {kind: number for number, kind in _KINDS.items()}


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

    def fields(self) -> list[tuple[str, str]]:
        """Names and values as the operator pushes them, without the zip."""
        pairs = [
            ("id", self.id),
            ("from", self.sender),
            *(("to", number) for number in self.to),
            *(("cc", number) for number in self.cc),
            ("date", self.date.strftime("%Y-%m-%d %H:%M:%S") if self.date else ""),
            ("type", _NUMBERS.get(self.kind, self.type)),
            ("network", self.network),
            ("subject", self.subject),
            ("expiry", self.expiry),
        ]
        return [(name, value) for name, value in pairs if value]


def read_inbound(fields: Iterable[tuple[str, str]], data: bytes | None = None) -> InboundMessage:
    """The message that a request holds: its fields, and the content of `mms.zip`.

    Of a name that is given twice the first value counts, except that `to` and `cc` are lists.
    Raises `InputError` that names what is missing or wrong. The zip is not opened here.
    """
    pairs = [(name, value.strip()) for name, value in fields]
    values = dict(reversed(pairs))
    missing = [name for name in ("id", "from") if not values.get(name)]
    if missing:
        raise InputError(f"no {' and no '.join(missing)}", where="inbound message")
    number = values.get("type", "") or "2"
    return InboundMessage(
        id=values["id"],
        sender=values["from"],
        to=tuple(value for name, value in pairs if name == "to" and value),
        cc=tuple(value for name, value in pairs if name == "cc" and value),
        kind=_KINDS.get(number, InboundKind.UNDOCUMENTED),
        type="" if number in _KINDS else number,
        date=read_date(values.get("date", "")),
        expiry=values.get("expiry", ""),
        network=values.get("network", ""),
        subject=values.get("subject", ""),
        data=data,
    )
