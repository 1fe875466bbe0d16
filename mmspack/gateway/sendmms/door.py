"""The SendMMS door: a zipped bundle by multipart POST, or the address of one (the SendMMS document)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mmspack.errors import InputError
from mmspack.gateway.door import Can, Door, Letter, Login, Pushed, PushedEvent, setting
from mmspack.gateway.observed import Observed, Verdict
from mmspack.gateway.requests import SendRequest
from mmspack.gateway.sendmms.outcomes import classify
from mmspack.gateway.sendmms.requests import MAX_NOTE, MAX_SUBACCOUNT, ZIP_FIELD, shown, written

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.gateway.inbound import InboundMessage
    from mmspack.gateway.reports import DeliveryReport
    from mmspack.gateway.sendmms.retrieving import Retrieved


@dataclass(frozen=True, kw_only=True)
class SendMMS(Door):
    """The gateway of the SendMMS document."""

    name: ClassVar = "sendmms"
    title: ClassVar = "SendMMS"
    path: ClassVar = "/SendMMS"
    can: ClassVar = frozenset(Can) - {Can.FALLBACK}
    longest: ClassVar = {"note": MAX_NOTE, "subaccount": MAX_SUBACCOUNT}
    pushes: ClassVar = {"/report": "Reports", "/inbound": "Messages"}

    charset: str = setting("utf-8", "How text is encoded; the document does not say.")

    def encode(self, letter: Letter, login: Login) -> SendRequest:
        """One request. Raises `ParameterError`."""
        http = written(letter, login, self.charset)
        return SendRequest(
            parameters=letter.parameters,
            sha256=letter.sha256,
            write=lambda _places: http,
            preview=lambda: shown(letter, login),
        )

    def classify(self, seen: Observed) -> Verdict:
        """The outcome table."""
        return classify(seen)

    def retrieval(self, identifier: str, login: Login) -> Retrieved:
        """`RetrieveMMS`."""
        from mmspack.gateway.sendmms.retrieving import Retrieved

        return Retrieved(login.address, login.user, login.password, identifier)

    async def receive(self, request: Request, login: Login | None = None) -> Pushed:
        """A report by GET, or a message from a phone by GET or multipart POST."""
        from mmspack.gateway.forms import read_form

        del login
        form = await read_form(request, ZIP_FIELD)
        if request.url.path.endswith("/report"):
            report = self.read_report(form.fields)
            return Pushed(events=[PushedEvent(kind="report", id=report.id, fields=form.fields)])
        if len(form.files) > 1:
            raise InputError(f"several files {ZIP_FIELD}", where="inbound message")
        data = form.files[0] if form.files else None
        message = self.read_inbound(form.fields, data)
        return Pushed(events=[PushedEvent(kind="inbound", id=message.id, fields=form.fields, data=data)])

    def read_report(self, fields: Sequence[tuple[str, str]]) -> DeliveryReport:
        """The report that a query holds. Raises `InputError`."""
        from mmspack.gateway.sendmms.reports import read_report

        return read_report(fields)

    def read_inbound(self, fields: Sequence[tuple[str, str]], data: bytes | None) -> InboundMessage:
        """The message that a push holds. Raises `InputError`."""
        from mmspack.gateway.sendmms.inbound import read_inbound

        return read_inbound(fields, data)


DOOR = SendMMS
