"""The MM7 door: SubmitReq out, and what the operator pushes in."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from mmspack.gateway.basic import basic
from mmspack.gateway.door import Can, Door, Letter, Login, Pushed, setting
from mmspack.gateway.mm7.codes import PAIRS
from mmspack.gateway.mm7.outcomes import classify
from mmspack.gateway.mm7.pushes import read_inbound, read_push, read_report
from mmspack.gateway.mm7.soap import NAMESPACE, VERSION, Spoken, is_namespace
from mmspack.gateway.mm7.submitting import SubmitForm, address, written
from mmspack.gateway.observed import Observed, Verdict
from mmspack.gateway.parameters import Parameters
from mmspack.gateway.requests import HttpRequest, Method, Preview, SendRequest
from mmspack.problem import Place, Problem

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.gateway.inbound import InboundMessage
    from mmspack.gateway.reports import DeliveryReport


_WRITTEN = {
    "version": (re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}"), "is not a version", "such as 6.8.0"),
    "namespace": (
        re.compile(r"""[^\x00-\x20"<>\\^`{|}\x7f-\U0010ffff]+"""),
        "is not a namespace",
        "such as " + NAMESPACE,
    ),
    "prefix": (re.compile(r"(?!(?i:xml))[A-Za-z_][A-Za-z0-9_.-]*|"), "is not a prefix", "such as mm7"),
}
"""How XML and the standard write three of the settings."""


@dataclass(frozen=True, kw_only=True)
class MM7(Door):
    """An operator's own message centre."""

    name: ClassVar = "mm7"
    title: ClassVar = "MM7"
    path: ClassVar = "/mm7"
    needs: ClassVar = ()
    can: ClassVar = frozenset({Can.SMIL, Can.SUBJECT, Can.NOTE, Can.DELIVERY_REPORT, Can.READ_REPORT})
    longest: ClassVar = {"note": 160}
    short_senders: ClassVar = True
    references: ClassVar = True
    pushes: ClassVar = {"/mm7": "MM7"}

    vaspid: str = setting("", "The operator's name for the company (VASPID).")
    vasid: str = setting("", "The operator's name for the service (VASID).")
    service_code: str = setting("", "For the bill (ServiceCode); `{note}` in it is the message's note.")
    version: str = setting(VERSION, "MM7Version: 5.3.0, 5.6.0 or 6.8.0, as the operator's contract has it.")
    namespace: str = setting(NAMESPACE, "XML namespace, which goes with the version.")
    prefix: str = setting("", "Prefix of MM7's elements; some operators read `mm7` alone.")
    numbers: str = setting("plain", "How numbers are written.", choices=("plain", "plus"))
    soap_action: str = setting(
        "empty",
        'The SOAPAction header: `""`, the namespace, or none.',
        choices=("empty", "namespace", "none"),
    )
    adaptations: bool = setting(True, "Whether the operator may adapt the pictures to the phone.")

    def setting_problems(self) -> Iterable[Problem]:
        """What XML could not hold."""
        for name, (pattern, what, cure) in _WRITTEN.items():
            value = getattr(self, name)
            if not pattern.fullmatch(value) or (name == "namespace" and not is_namespace(value)):
                yield Problem(f"{value!r} {what}", Place(key=f"{self.name}.{name}"), cure)

    def narrowed(self, parameters: Parameters, method: Method) -> Parameters:
        """With a warning where version and namespace are not known to go together."""
        found = super().narrowed(parameters, method)
        if self.namespace in PAIRS.get(self.version, ()):
            return found
        # An operator may well have agreed on this, so it is sent.
        line = f"version: {self.version} is not known to be used with namespace {self.namespace}"
        return dataclasses.replace(found, warnings=(*found.warnings, line))

    @cached_property
    def _form(self) -> SubmitForm:
        return SubmitForm(
            spoken=Spoken(self.namespace, self.prefix, self.version),
            vaspid=self.vaspid,
            vasid=self.vasid,
            plus=self.numbers == "plus",
            service_code=self.service_code,
            adaptations=self.adaptations,
        )

    @cached_property
    def _asking(self) -> dict[str, str]:
        """The headers that are the same for all messages."""
        action = {"empty": '""', "namespace": f'"{self.namespace}"'}.get(self.soap_action)
        return {"Accept": "text/xml, */*;q=0.1", **({"SOAPAction": action} if action else {})}

    def encode(self, letter: Letter, login: Login) -> SendRequest:
        """One SubmitReq with the message's parts beside it."""
        made = written(letter, self._form)
        headers = {"Content-Type": made.type, **self._asking, **basic(login.user, login.password)}
        http = HttpRequest(
            method="POST", url=login.address, headers=headers, blocks=made.blocks, payload=made.payload
        )
        return SendRequest(
            parameters=letter.parameters,
            sha256=letter.sha256,
            reference=letter.reference,
            write=lambda _places: http,
            preview=lambda: self._preview(letter, login, made.type),
        )

    def _preview(self, letter: Letter, login: Login, type_: str) -> Preview:
        asked = letter.parameters
        sender = address(asked.sender, plus=self.numbers == "plus")
        plus = "+" if self.numbers == "plus" else ""
        fields = [
            ("TransactionID", letter.reference),
            ("VASPID", self.vaspid),
            ("VASID", self.vasid),
            (f"SenderAddress/{sender[0]}", sender[1]),
            ("To/Number", plus + asked.to),
            ("ServiceCode", self.service_code.replace("{note}", asked.note)),
            ("DeliveryReport", "true" if asked.deliveryreport else ""),
            ("ReadReply", "true" if asked.readreport else ""),
            ("Subject", asked.subject),
            *((part.name, f"<{len(part.data):,} bytes, {part.type}>") for part in letter.parts),
        ]
        return Preview(
            method="POST",
            address=login.address,
            fields=tuple((name, login.password.blot(value)) for name, value in fields if value),
            headers={"Content-Type": type_},
            warnings=asked.remarks,
        )

    def classify(self, seen: Observed) -> Verdict:
        """The outcome table."""
        return classify(seen)

    async def receive(self, request: Request, login: Login | None = None) -> Pushed:
        """DeliverReq, DeliveryReportReq or ReadReplyReq. Raises `InputError`."""
        from starlette.concurrency import run_in_threadpool

        del login
        type_ = request.headers.get("Content-Type", "")
        return await run_in_threadpool(read_push, await request.body(), type_)

    def read_report(self, fields: Sequence[tuple[str, str]]) -> DeliveryReport:
        """The report of an event."""
        return read_report(fields)

    def read_inbound(self, fields: Sequence[tuple[str, str]], data: bytes | None) -> InboundMessage:
        """The message from a phone of an event."""
        return read_inbound(fields, data)


DOOR = MM7
