"""Reading an M-Send.req or M-Retrieve.conf strictly: every length must agree, and every octet is used.

A hostile message is as dangerous as a zip. Counts and sizes are bounded, nothing is read beyond what a length
says, no offset goes back, and each octet is looked at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mmspack.bundle.binary import tokens as t
from mmspack.bundle.bundle import Bundle, pack
from mmspack.errors import BundleError
from mmspack.media.formats import spelled
from mmspack.model import Part
from mmspack.words import count

MAX_BYTES = 16_000_000
"""As of a zip: three times the largest message that any provider takes."""
MAX_PARTS = 256
MAX_HEADERS = 200
_TYPES = {t.SEND_REQ: "m-send-req", t.RETRIEVE_CONF: "m-retrieve-conf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryMessage:
    """A binary message: what it says of itself, and its parts."""

    kind: str
    """`m-send-req` or `m-retrieve-conf`."""
    transaction: str = ""
    version: str = ""
    sender: str = ""
    """Without `/TYPE=PLMN`; empty where the operator is to put it in."""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str = ""
    date: int | None = None
    """Seconds since 1970."""
    deliveryreport: bool = False
    readreport: bool = False
    type: str = ""
    """Of the message's body."""
    start: str = ""
    """The Content-ID of the presentation, without brackets."""
    parts: tuple[Part, ...] = ()

    def bundle(self) -> Bundle:
        """The same as a zipped bundle."""
        return pack(self.parts, self.subject)


def read_mms(data: bytes, where: str = "message") -> BinaryMessage:
    """A binary message. Raises `BundleError` for one whose lengths disagree, or that holds too much."""
    if len(data) > MAX_BYTES:
        raise BundleError(f"{len(data):,} bytes: no message is larger than 5 MB", where=where)
    reader = _Octets(data, where)
    try:
        return _message(reader)
    except _Broken as error:
        raise BundleError(f"byte {error.at:,}: {error.what}", where=where) from None


class _Broken(Exception):
    def __init__(self, at: int, what: str) -> None:
        super().__init__(what)
        self.at, self.what = at, what


@dataclass(slots=True)
class _Octets:
    """Reads forwards between `at` and `end`."""

    data: bytes = field(repr=False)
    where: str
    at: int = 0
    end: int = field(default=-1)

    def __post_init__(self) -> None:
        if self.end < 0:
            self.end = len(self.data)

    def octet(self) -> int:
        if self.at >= self.end:
            raise _Broken(self.at, "ends in the middle")
        self.at += 1
        return self.data[self.at - 1]

    def peek(self) -> int:
        if self.at >= self.end:
            raise _Broken(self.at, "ends in the middle")
        return self.data[self.at]

    def take(self, length: int) -> bytes:
        if length > self.end - self.at:
            raise _Broken(self.at, f"a length of {length:,} goes beyond the end")
        self.at += length
        return self.data[self.at - length : self.at]

    def within(self, length: int) -> _Octets:
        """A reader of the next octets alone; this one goes on behind them."""
        begin = self.at
        self.take(length)
        return _Octets(self.data, self.where, begin, begin + length)

    def uintvar(self) -> int:
        begin, number = self.at, 0
        for _ in range(5):
            octet = self.octet()
            number = number << 7 | octet & 0x7F
            if octet < t.SHORT:
                return number
        raise _Broken(begin, "a number of more than five octets")

    def length(self) -> int:
        """Value-length."""
        octet = self.octet()
        if octet <= 30:
            return octet
        if octet == 31:
            return self.uintvar()
        raise _Broken(self.at - 1, "expected a length")

    def text(self) -> bytes:
        """Text-string, without its quote and its end."""
        begin = self.at
        stop = self.data.find(b"\0", begin, min(self.end, begin + t.MAX_TEXT + 1))
        if stop < 0:
            raise _Broken(begin, "a text without an end")
        self.at = stop + 1
        return self.data[begin + (self.data[begin] == 0x7F) : stop]

    def integer(self) -> int:
        """Integer-value: short, or long with its length."""
        octet = self.octet()
        if octet >= t.SHORT:
            return octet & 0x7F
        if octet > 8:
            raise _Broken(self.at - 1, "expected a number")
        return int.from_bytes(self.take(octet), "big")

    def value(self) -> bytes:
        """Any value, as its form says (WSP 8.4.1.2); what it holds is not looked at."""
        octet = self.peek()
        if octet <= 31:
            return self.take(self.length())
        if octet < t.SHORT:
            return self.text()
        return self.take(1)

    def finished(self, what: str) -> None:
        if self.at != self.end:
            raise _Broken(self.at, f"{count(self.end - self.at, 'byte')} after {what}")


def _message(reader: _Octets) -> BinaryMessage:
    kind, fields = _headers(reader)
    type_, parameters = fields.type
    if not type_.startswith(("application/vnd.wap.multipart.", "multipart/")):
        data = reader.take(reader.end - reader.at)
        parts: tuple[Part, ...] = (_named(Part("", _typed(type_, parameters), data), 1, set()),)
    else:
        parts = _parts(reader)
    found = fields.found
    return BinaryMessage(
        kind=_TYPES[kind],
        transaction=fields.one(t.TRANSACTION_ID),
        version=fields.version,
        sender=fields.sender,
        to=tuple(found.get(t.TO, ())),
        cc=tuple(found.get(t.CC, ())),
        bcc=tuple(found.get(t.BCC, ())),
        subject=fields.one(t.SUBJECT),
        date=fields.date,
        deliveryreport=fields.flags.get(t.DELIVERY_REPORT, False),
        readreport=fields.flags.get(t.READ_REPORT, False),
        type=type_,
        start=parameters.get("start", "").removeprefix("<").removesuffix(">"),
        parts=parts,
    )


@dataclass(slots=True)
class _Fields:
    found: dict[int, list[str]] = field(default_factory=dict)
    flags: dict[int, bool] = field(default_factory=dict)
    version: str = ""
    sender: str = ""
    date: int | None = None
    type: tuple[str, Mapping[str, str]] = ("", {})

    def one(self, number: int) -> str:
        return next(iter(self.found.get(number, ())), "")


def _headers(reader: _Octets) -> tuple[int, _Fields]:
    """The fields up to Content-Type, which is the last one (MMS_ENC 7.1)."""
    fields = _Fields()
    if reader.octet() != t.SHORT | t.MESSAGE_TYPE or (kind := reader.octet()) not in _TYPES:
        raise _Broken(0, "not an M-Send.req or M-Retrieve.conf")
    for _ in range(MAX_HEADERS):
        octet = reader.peek()
        if octet < t.SHORT:  # Application-header: a name and a text
            reader.text()
            reader.text()
            continue
        reader.octet()
        number = octet & 0x7F
        if number == t.CONTENT_TYPE:
            fields.type = _type(reader)
            return kind, fields
        _take(reader, number, fields)
    raise _Broken(reader.at, f"more than {MAX_HEADERS} fields, and no Content-Type")


def _take(reader: _Octets, number: int, fields: _Fields) -> None:
    if number in (t.TO, t.CC, t.BCC, t.SUBJECT, t.TRANSACTION_ID):
        text = _encoded(reader)
        known = fields.found.setdefault(number, [])
        known.append(text if number in (t.SUBJECT, t.TRANSACTION_ID) else _address(text))
    elif number in (t.DELIVERY_REPORT, t.READ_REPORT):
        fields.flags[number] = reader.octet() == 0x80
    elif number == t.VERSION:
        octet = reader.integer()
        fields.version = f"{octet >> 4}.{octet & 0x0F}" if octet < t.SHORT else ""
    elif number == t.DATE:
        fields.date = reader.integer()
    elif number == t.FROM:
        inner = reader.within(reader.length())
        if inner.octet() == 0x80:
            fields.sender = _address(_encoded(inner))
        inner.finished("the sender")
    else:
        reader.value()


def _address(text: str) -> str:
    return text.partition("/")[0].removeprefix("+")


def _encoded(reader: _Octets) -> str:
    """Encoded-string: a text, or a length, a character set and a text."""
    if reader.peek() > 31:
        return reader.text().decode("utf-8", "replace")
    inner = reader.within(reader.length())
    charset = t.CHARSETS.get(inner.integer(), "utf-8")
    if charset.startswith("utf-16"):  # a zero is half of a letter there: the length alone ends the text
        return _utf_16(inner.take(inner.end - inner.at), charset)
    text = inner.text().decode(charset, "replace")
    inner.finished("a text")
    return text


def _utf_16(data: bytes, charset: str) -> str:
    """UTF-16 with or without its end; without a mark of its order the high octet comes first (RFC 2781)."""
    data = data[:-1] if len(data) % 2 and data.endswith(b"\0") else data.removesuffix(b"\0\0")
    if charset == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        charset = "utf-16be"
    return data.decode(charset, "replace")


def _type(reader: _Octets) -> tuple[str, dict[str, str]]:
    """Content-type-value: a number, a name, or either with parameters."""
    octet = reader.peek()
    if octet >= t.SHORT:
        return _by_number(reader.octet() & 0x7F), {}
    if octet > 31:
        return _media(reader.text()), {}
    inner = reader.within(reader.length())
    if inner.peek() >= t.SHORT or inner.peek() <= 31:
        media = _by_number(inner.integer())
    else:
        media = _media(inner.text())
    parameters: dict[str, str] = {}
    while inner.at < inner.end:
        _parameter(inner, parameters)
    return media, parameters


def _by_number(number: int) -> str:
    return t.TYPES.get(number, "application/octet-stream")


def _media(text: bytes) -> str:
    """A media type by name; one that no manifest could list is unknown."""
    media = text.decode("ascii", "replace").split(";")[0].strip().lower()
    return media if "/" in media and media.isprintable() and media.isascii() else "application/octet-stream"


def _parameter(reader: _Octets, parameters: dict[str, str]) -> None:
    """One parameter: known ones are kept, the others passed over."""
    if reader.peek() < t.SHORT:
        name = reader.text().decode("ascii", "replace").lower()
        value = reader.value()
        parameters.setdefault(name, value.decode("utf-8", "replace").strip('"'))
        return
    number = reader.octet() & 0x7F
    if number == t.P_CHARSET:
        if reader.peek() in range(32, t.SHORT):
            parameters["charset"] = reader.text().decode("ascii", "replace")
        else:
            parameters["charset"] = t.CHARSETS.get(reader.integer(), "")
    elif number in (t.P_NAME, t.P_NAME_TEXT, t.P_FILENAME, t.P_FILENAME_TEXT):
        parameters["name"] = _parameter_text(reader)
    elif number in (t.P_START, t.P_START_TEXT):
        parameters["start"] = _parameter_text(reader)
    elif number == t.P_TYPE:
        octet = reader.peek()
        short = octet >= t.SHORT
        parameters["type"] = _by_number(reader.octet() & 0x7F) if short else _parameter_text(reader)
    else:
        reader.value()


def _parameter_text(reader: _Octets) -> str:
    return reader.value().decode("utf-8", "replace").strip('"')


def _parts(reader: _Octets) -> tuple[Part, ...]:
    begin = reader.at
    count = reader.uintvar()
    if count > MAX_PARTS:
        raise _Broken(begin, f"{count:,} parts; at most {MAX_PARTS} are read")
    names: set[str] = set()
    parts = []
    for number in range(1, count + 1):
        header_length, data_length = reader.uintvar(), reader.uintvar()
        headers = reader.within(header_length)
        part = _part(headers, reader.take(data_length))
        parts.append(_named(part, number, names))
    reader.finished("the last part")
    return tuple(parts)


def _part(headers: _Octets, data: bytes) -> Part:
    type_, parameters = _type(headers)
    location = identifier = ""
    for _ in range(MAX_HEADERS):
        if headers.at == headers.end:
            break
        octet = headers.peek()
        if octet < t.SHORT:
            headers.text()
            headers.value()
            continue
        headers.octet()
        number = octet & 0x7F
        if number == t.PART_LOCATION:
            location = _parameter_text(headers)
        elif number == t.PART_ID:
            identifier = _parameter_text(headers).removeprefix("<").removesuffix(">")
        else:
            headers.value()
    headers.finished(f"{MAX_HEADERS} fields of a part")
    return Part(location or parameters.get("name", "") or identifier, _typed(type_, parameters), data)


def _typed(type_: str, parameters: Mapping[str, str]) -> str:
    """The type as a manifest has it: a text's character set is UTF-8 unless the message says otherwise."""
    media, charset = spelled(type_), parameters.get("charset", "").lower()
    plain = not media.startswith("text/") or charset in ("", "utf-8", "us-ascii")
    safe = charset.isascii() and charset.replace("-", "").replace("_", "").isalnum()
    return media if plain or not safe else f"{media}; charset={charset}"


def _named(part: Part, number: int, names: set[str]) -> Part:
    """The part under a name that a zip can hold, and that no other part has."""
    name = part.name.replace("\\", "/").rpartition("/")[2].removeprefix("cid:")
    if not name or not name.isprintable() or name in (".", "..") or name.lower() == "manifest":
        name = f"part{number}"
    if name.casefold() in names:
        name = f"{number}-{name}"
    names.add(name.casefold())
    return Part(name, part.type, part.data)
