"""Writing an M-Send.req. The same bundle gives the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from mmspack.arguments import shown
from mmspack.bundle.binary import tokens as t
from mmspack.bundle.bundle import Bundle
from mmspack.errors import ParameterError
from mmspack.model import SMIL_TYPE, Part
from mmspack.problem import Place, Problem

_MMS_VERSION = 0x12
"""1.2: what every operator takes."""
_NUMBER = re.compile(r"\d{3,15}", re.ASCII)
"""A short code, or an MSISDN (E.164: 15 digits at most)."""
_LINE_BREAK = re.compile(r"[\r\n]")
"""It would begin a header of its own where a gateway turns the message into lines."""
_YES, _NO, _INSERT, _PRESENT = 0x80, 0x81, 0x81, 0x80


def write_mms(
    bundle: Bundle,
    *,
    to: str | Sequence[str] = (),
    sender: str = "",
    subject: str | None = None,
    deliveryreport: bool = False,
    readreport: bool = False,
) -> bytes:
    """The message as an M-Send.req, its parts in the bundle's order.

    `to` (one or several) and `sender` are numbers in international format, digits alone; without `sender` the
    operator puts it in. Without `subject` the bundle's own counts. Raises `ParameterError` for wrong
    numbers and for text that cannot be written.
    """
    if not isinstance(bundle, Bundle):
        hint = "give its .bundle" if hasattr(bundle, "bundle") else "open_bundle(…) opens a file or bytes"
        raise ParameterError(f"expected a Bundle, found {shown(bundle)}", where="bundle", hint=hint)
    if to is not None and not isinstance(to, Iterable):
        raise ParameterError(f"expected one number or several, found {shown(to)}", where="to")
    to = (to,) if isinstance(to, str) else tuple(to or ())
    title = bundle.subject if subject is None else subject
    _prove(to, sender, title)
    transaction = hashlib.sha256(f"{title}\0{','.join(to)}\0".encode() + bundle.data).hexdigest()[:16]
    head = [
        _field(t.MESSAGE_TYPE, bytes([t.SEND_REQ])),
        _field(t.TRANSACTION_ID, _text(transaction)),
        _field(t.VERSION, bytes([t.SHORT | _MMS_VERSION])),
        _field(t.FROM, _from(sender)),
        *(_field(t.TO, _text(f"+{number}/TYPE=PLMN")) for number in to),
        *([_field(t.SUBJECT, _encoded(title))] if title else []),
        _field(t.DELIVERY_REPORT, bytes([_YES if deliveryreport else _NO])),
        _field(t.READ_REPORT, bytes([_YES if readreport else _NO])),
        _field(t.CONTENT_TYPE, _message_type(bundle.parts)),
    ]
    parts = [_part(part) for part in bundle.parts]
    return b"".join([*head, _uintvar(len(parts)), *parts])


def _prove(to: Sequence[object], sender: object, title: object) -> None:
    """Refuse what would be another field, or another recipient, once it is written."""
    problems = [
        Problem(f"{str(number)[:40]!r} is not a phone number", Place(key=name), "digits alone: 447700900999")
        for name, number in [*(("to", one) for one in to), *([("sender", sender)] if sender else [])]
        if not (isinstance(number, str) and _NUMBER.fullmatch(number))
    ]
    if not isinstance(title, str):
        problems.append(Problem(f"expected a text, found {shown(title)}", Place(key="subject")))
    elif _LINE_BREAK.search(title):
        problems.append(Problem("contains a line break", Place(key="subject"), "write it on one line"))
    if problems:
        raise ParameterError(problems=problems)


def _field(number: int, value: bytes) -> bytes:
    return bytes([t.SHORT | number]) + value


def _from(sender: str) -> bytes:
    if not sender:
        return _long(bytes([_INSERT]))
    return _long(bytes([_PRESENT]) + _text(f"+{sender}/TYPE=PLMN"))


def _message_type(parts: Sequence[Part]) -> bytes:
    """Related with its start where there is a presentation, else mixed."""
    smil = next((part for part in parts if _media(part.type) == SMIL_TYPE), None)
    if smil is None:
        return _token(t.MIXED)
    start = _parameter(t.P_START, _text(f"<{smil.name}>"))
    return _long(_token(t.RELATED) + _parameter(t.P_TYPE, _text(SMIL_TYPE)) + start)


def _part(part: Part) -> bytes:
    media, charset = _media(part.type), _charset(part.type)
    if media.startswith("text/") and media not in ("text/x-vcard", "text/x-vcalendar"):
        charset = charset or "utf-8"
    parameters = _parameter(t.P_NAME, _text(part.name))
    if charset:
        parameters = _parameter(t.P_CHARSET, _mib(charset, part)) + parameters
    headers = (
        _long(_token(media) + parameters)
        + _field(t.PART_ID, b'"' + _text(f"<{part.name}>", quote=False))
        + _field(t.PART_LOCATION, _text(part.name))
    )
    return _uintvar(len(headers)) + _uintvar(len(part.data)) + headers + part.data


def _parameter(number: int, value: bytes) -> bytes:
    return bytes([t.SHORT | number]) + value


def _mib(charset: str, part: Part) -> bytes:
    """A character set by its number (WSP 8.4.2.8: Well-known-charset, an Integer-value)."""
    number = t.MIBS.get(charset.lower())
    if number is None:
        raise ParameterError(f"the character set {charset!r} has no number", where=part.name)
    return _integer(number)


def _token(media: str) -> bytes:
    """A media type by its number, or by its name where it has none."""
    number = t.NUMBERS.get(media)
    return bytes([t.SHORT | number]) if number is not None else _text(media)


def _integer(number: int) -> bytes:
    """Integer-value: short below 128, else long with its length."""
    if number < t.SHORT:
        return bytes([t.SHORT | number])
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes([len(data)]) + data


def _text(text: str, *, quote: bool = True) -> bytes:
    """Text-string: ended by a zero, quoted where its first octet could be taken for something else."""
    data = text.encode()
    if b"\0" in data:
        raise ParameterError(f"{text[:40]!r} holds a NUL, which ends a text")
    octets = (b"\x7f" if quote and data[:1] >= b"\x80" else b"") + data
    if len(octets) > t.MAX_TEXT:
        what = f"{text[:40]!r}… is {len(data):,} bytes long; a name or a subject has {t.MAX_TEXT:,} at most"
        raise ParameterError(what)
    return octets + b"\0"


def _encoded(text: str) -> bytes:
    """Encoded-string: with its character set where it is not ASCII.

    A first octet below 32 would be taken for a length (WSP 8.4.1.2), so such a text has one as well.
    """
    if text.isascii() and text >= " ":
        return _text(text)
    return _long(_integer(t.UTF_8) + _text(text))


def _long(data: bytes) -> bytes:
    """A value with its length before it (WSP 8.4.2.2)."""
    length = bytes([len(data)]) if len(data) <= 30 else b"\x1f" + _uintvar(len(data))
    return length + data


def _uintvar(number: int) -> bytes:
    """Seven bits an octet, the highest first; all but the last have the top bit (WSP 8.1.2)."""
    octets = [number & 0x7F]
    while number := number >> 7:
        octets.append(number & 0x7F | 0x80)
    return bytes(reversed(octets))


def _media(type_: str) -> str:
    return type_.split(";")[0].strip().lower()


def _charset(type_: str) -> str:
    for parameter in type_.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')
    return ""
