"""A SubmitReq: the envelope, and the message's parts as they are beside it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from mmspack.errors import InputError, ParameterError
from mmspack.gateway.door import Letter
from mmspack.gateway.mime import multipart_blocks, parse_type, printable, quotable
from mmspack.gateway.mm7.soap import Spoken, Tree, write_soap
from mmspack.gateway.requests import in_blocks
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


def submission(letter: Letter, form: SubmitForm) -> Tree:
    """The content of SubmitReq, in the schema's order."""
    asked = letter.parameters
    sender: list[tuple[str, str | Tree]] = []
    if form.vaspid:
        sender.append(("VASPID", form.vaspid))
    if form.vasid:
        sender.append(("VASID", form.vasid))
    sender.append(("SenderAddress", [address(asked.sender, plus=form.plus)]))
    content: list[tuple[str, str | Tree | dict[str, str]]] = [
        ("MM7Version", form.spoken.version),
        ("SenderIdentification", sender),
        ("Recipients", [("To", [address(asked.to, plus=form.plus)])]),
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


def written(letter: Letter, form: SubmitForm) -> SubmitBody:
    """The whole body of a SubmitReq. The same letter gives the same bytes."""
    try:
        soap = write_soap("SubmitReq", letter.reference, submission(letter, form), form.spoken)
    except InputError as error:
        raise ParameterError(f"subject or a setting: {error.message}") from None
    message = message_piece(letter.parts, letter.sha256, CONTENT)
    return attached(soap, message, letter.sha256)


Piece = tuple[Mapping[str, str], Sequence[bytes]]
"""Headers of a part of a body, and the blocks below them."""


def attached(soap: bytes, message: Piece, seed: str) -> SubmitBody:
    """An envelope with a message beside it."""
    boundary = boundary_of("mm7", seed)
    head = {"Content-Type": "text/xml; charset=utf-8", "Content-ID": f"<{START}>"}
    blocks = in_blocks(multipart_blocks(boundary, [(head, (soap,)), message]))
    end = sum(map(len, blocks)) - len(boundary) - 8  # CRLF--boundary--CRLF
    type_ = f'multipart/related; boundary="{boundary}"; type="text/xml"; start="<{START}>"'
    return SubmitBody(blocks, type_, (end - sum(map(len, message[1])), end))


def boundary_of(what: str, seed: str) -> str:
    """A boundary that follows from the content: same input, same bytes."""
    return f"{what}-{hashlib.sha256(f'{what} {seed}'.encode()).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """Parts that are the same only where they are the same objects: to compare them would take too long."""

    parts: Sequence[Part]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.parts is self.parts

    def __hash__(self) -> int:
        return id(self.parts)


def message_piece(parts: Sequence[Part], seed: str, identifier: str) -> Piece:
    """The parts as one nested multipart: related with the presentation first, else mixed."""
    return _message_piece(_Same(parts), seed, identifier)


@functools.lru_cache(maxsize=1)
def _message_piece(same: _Same, seed: str, identifier: str) -> Piece:
    """As `message_piece`. One message goes to many recipients, so the last one is remembered."""
    parts = same.parts
    boundary = boundary_of("mms", seed)
    smil = next((part for part in parts if _media(part.type) == SMIL_TYPE), None)
    ordered = [*([smil] if smil else []), *(part for part in parts if part is not smil)]
    kind = f'multipart/mixed; boundary="{boundary}"'
    if smil is not None:
        start = f'start="<{_reference(smil.name)}>"'
        kind = f'multipart/related; boundary="{boundary}"; type="{SMIL_TYPE}"; {start}'
    blocks = in_blocks(multipart_blocks(boundary, [_piece(part) for part in ordered]))
    return {"Content-Type": kind, "Content-ID": f"<{identifier}>"}, blocks


def _piece(part: Part) -> Piece:
    reference = _reference(part.name)
    type_ = part.type if printable(part.type) and part.type.strip() else "application/octet-stream"
    media, options = parse_type(type_)
    if media.startswith("text/") and "charset" not in options:
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
