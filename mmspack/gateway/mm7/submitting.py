"""A SubmitReq: the envelope, and the message's parts as they are beside it."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from mmspack.errors import InputError, ParameterError
from mmspack.gateway.door import Letter, text_in
from mmspack.gateway.mime import multipart_blocks, parse_type, printable, quotable
from mmspack.gateway.mm7.soap import Spoken, Tree, write_soap
from mmspack.gateway.parameters import Parameters
from mmspack.gateway.requests import Same
from mmspack.model import SMIL_TYPE, Part

START = "mm7-start"
CONTENT = "mm7-content"
"""Content-IDs of the envelope and of the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitForm:
    """What an account bends of a SubmitReq."""

    spoken: Spoken
    vaspid: str
    vasid: str
    plus: bool
    """Numbers begin with `+`."""
    service_code: str
    adaptations: bool


@dataclass(frozen=True, slots=True)
class SubmitBody:
    """A request's body, its Content-Type, and where the message is in it."""

    blocks: tuple[bytes, ...] = field(repr=False)
    type: str
    payload: tuple[int, int]


def address(number: str, *, plus: bool) -> tuple[str, str]:
    """An address as the element that holds it: a short code, or a number."""
    return ("ShortCode", number) if len(number) <= 8 else ("Number", f"+{number}" if plus else number)


def written(letter: Letter, form: SubmitForm) -> SubmitBody:
    """The whole body of a SubmitReq. The same letter gives the same bytes."""
    return attached(_envelope(letter, form), letter.parts, letter.sha256)


_SOMEBODY, _SOMETHING = "\ue000to\ue000", "\ue000transaction\ue000"
"""Stand for recipient and transaction in the envelope that all recipients share."""
_PLAIN = re.compile(r"[A-Za-z0-9._-]+")
"""What XML holds as it is."""


def _envelope(letter: Letter, form: SubmitForm) -> bytes:
    """The envelope: of one message's recipients, all but two texts are written once."""
    asked = letter.parameters
    if "{note}" not in form.service_code and _PLAIN.fullmatch(letter.reference):
        shared = _shared(form, asked.sender, asked.subject, asked.deliveryreport, asked.readreport)
        if shared is not None:
            before, between, after = shared
            return b"".join((before, letter.reference.encode(), between, asked.to.encode(), after))
    return _soap(asked, letter.reference, form)


@functools.lru_cache(maxsize=8)
def _shared(
    form: SubmitForm, sender: str, subject: str, deliveryreport: bool, readreport: bool
) -> tuple[bytes, ...] | None:
    """What is before, between and after transaction and recipient; None where the rest has these words."""
    asked = Parameters(
        to=_SOMEBODY, sender=sender, subject=subject, deliveryreport=deliveryreport, readreport=readreport
    )
    before, *rest = _soap(asked, _SOMETHING, form).split(_SOMETHING.encode())
    pieces = (before, *(piece for one in rest for piece in one.split(_SOMEBODY.encode())))
    return pieces if len(pieces) == 3 else None


def _soap(asked: Parameters, transaction: str, form: SubmitForm) -> bytes:
    try:
        return write_soap("SubmitReq", transaction, _submission(asked, form), form.spoken)
    except InputError as error:
        raise ParameterError(f"subject or a setting: {error.message}") from None


def _submission(asked: Parameters, form: SubmitForm) -> Tree:
    """The content of SubmitReq, in the schema's order."""
    sender: list[tuple[str, str | Tree]] = []
    if form.vaspid:
        sender.append(("VASPID", form.vaspid))
    if form.vasid:
        sender.append(("VASID", form.vasid))
    sender.append(("SenderAddress", [address(asked.sender, plus=form.plus)]))
    # Never a short code, however few digits: a recipient has a country code.
    recipient = ("Number", f"+{asked.to}" if form.plus else asked.to)
    content: list[tuple[str, str | Tree | dict[str, str]]] = [
        ("MM7Version", form.spoken.version),
        ("SenderIdentification", sender),
        ("Recipients", [("To", [recipient])]),
    ]
    if form.service_code:
        content.append(("ServiceCode", form.service_code.replace("{note}", asked.note)))
    if asked.deliveryreport:
        content.append(("DeliveryReport", "true"))
    if asked.readreport:
        content.append(("ReadReply", "true"))
    if asked.subject:
        content.append(("Subject", asked.subject))
    adaptations = {} if form.adaptations else {"allowAdaptations": "false"}
    content.append(("Content", {"href": f"cid:{CONTENT}", **adaptations}))
    return content


def attached(soap: bytes, parts: Sequence[Part], seed: str) -> SubmitBody:
    """An envelope with a message beside it."""
    around = _around(Same(parts), seed)
    head = around.before + soap
    begin, end = around.payload
    return SubmitBody((head, around.after), around.type, (len(head) + begin, len(head) + end))


def boundary_of(what: str, seed: str) -> str:
    """A boundary that follows from the content: same input, same bytes."""
    return f"{what}-{hashlib.sha256(f'{what} {seed}'.encode()).hexdigest()[:32]}"


Piece = tuple[Mapping[str, str], Sequence[bytes]]
"""Headers of a part of a body, and the blocks below them."""


@dataclass(frozen=True, slots=True)
class _Around:
    """All of a body but the envelope: what is before it, and what is after it."""

    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    type: str
    payload: tuple[int, int]
    """Where the message is in `after`."""


@functools.lru_cache(maxsize=1)
def _around(same: Same[Sequence[Part]], seed: str) -> _Around:
    """One message goes to many recipients, so the last one is remembered, and copied only once."""
    boundary = boundary_of("mm7", seed)
    head = {"Content-Type": "text/xml; charset=utf-8", "Content-ID": f"<{START}>"}
    message = _message(same.value, seed)
    before, _, *after = multipart_blocks(boundary, [(head, (b"",)), message])
    end = sum(map(len, after)) - len(boundary) - 8  # CRLF--boundary--CRLF
    type_ = f'multipart/related; boundary="{boundary}"; type="text/xml"; start="<{START}>"'
    return _Around(before, b"".join(after), type_, (end - sum(map(len, message[1])), end))


def _message(parts: Sequence[Part], seed: str) -> Piece:
    """The parts as one nested multipart: related with the presentation first, else mixed."""
    boundary = boundary_of("mms", seed)
    smil = next((part for part in parts if _media(part.type) == SMIL_TYPE), None)
    ordered = [*([smil] if smil else []), *(part for part in parts if part is not smil)]
    kind = f'multipart/mixed; boundary="{boundary}"'
    if smil is not None:
        start = f'start="<{_reference(smil.name)}>"'
        kind = f'multipart/related; boundary="{boundary}"; type="{SMIL_TYPE}"; {start}'
    blocks = multipart_blocks(boundary, [_piece(part) for part in ordered])
    return {"Content-Type": kind, "Content-ID": f"<{CONTENT}>"}, blocks


def _piece(part: Part) -> Piece:
    reference = _reference(part.name)
    type_ = part.type if printable(part.type) and part.type.strip() else "application/octet-stream"
    media, options = parse_type(type_)
    # A charset that is wrong is worse than none, which a phone may guess.
    if media.startswith("text/") and "charset" not in options and text_in(part) is not None:
        type_ += "; charset=utf-8"
    if "name" not in options and quotable(part.name):
        type_ += f'; name="{part.name}"'
    headers = {"Content-Type": type_, "Content-ID": f"<{reference}>", "Content-Location": reference}
    return headers, (part.data,)


def _media(type_: str) -> str:
    return type_.split(";")[0].strip().lower()


def _reference(name: str) -> str:
    """A name as a Content-ID and a location hold it: what SMIL refers to by the same characters."""
    return quote(name, safe="!#$&'*+-./=?^_`{|}~@:,()")
