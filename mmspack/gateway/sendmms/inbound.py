"""Messages from phones, as the operator pushes them: a GET, or a multipart POST with the zip in `mms.zip`."""

from __future__ import annotations

from collections.abc import Iterable

from mmspack.errors import InputError
from mmspack.gateway.inbound import InboundKind, InboundMessage
from mmspack.gateway.sendmms.dates import read_date

_KINDS = {"2": InboundKind.MMS, "6": InboundKind.SMS}
_NUMBERS = {kind: number for number, kind in _KINDS.items()}


def write_inbound(message: InboundMessage) -> list[tuple[str, str]]:
    """Names and values as the operator pushes them, without the zip."""
    pairs = [
        ("id", message.id),
        ("from", message.sender),
        *(("to", number) for number in message.to),
        *(("cc", number) for number in message.cc),
        ("date", message.date.strftime("%Y-%m-%d %H:%M:%S") if message.date else ""),
        ("type", _NUMBERS.get(message.kind, message.type)),
        ("network", message.network),
        ("subject", message.subject),
        ("expiry", message.expiry),
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
