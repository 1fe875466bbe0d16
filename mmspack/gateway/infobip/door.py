"""The Infobip door: uploads, messages, logs and reports of its MMS API, version 2."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from mmspack.errors import InputError
from mmspack.gateway.addresses import is_web_address
from mmspack.gateway.basic import basic
from mmspack.gateway.door import Can, Door, Letter, Login, Pushed, PushedEvent, setting
from mmspack.gateway.infobip.outcomes import MAX_ID, classify, read_answer, read_object
from mmspack.gateway.infobip.pushes import read_inbound, read_push, read_report, read_reports
from mmspack.gateway.infobip.writing import MAX_MESSAGE, MAX_TITLE, media_of, segments
from mmspack.gateway.inquiring import Fate, Memory, Trace
from mmspack.gateway.mime import printable
from mmspack.gateway.observed import Observed, Verdict
from mmspack.gateway.placing import Hosting, Upload
from mmspack.gateway.requests import HttpRequest, MediaPart, Preview, SendRequest
from mmspack.gateway.rows import redirects
from mmspack.outcome import Result
from mmspack.problem import Place, Problem
from mmspack.words import counted

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.gateway.inbound import InboundMessage
    from mmspack.gateway.reports import DeliveryReport

_HOUR = 3600
_DAY = 24 * _HOUR
_AT_ONCE = 50
"""Reports that are fetched at once: an answer that is longer than we read would lose those in it."""
_WINDOW = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")
MAX_VALIDITY = 48 * 60
"""Minutes: Infobip cuts anything longer down to it (the API's specification)."""
MAX_CAMPAIGN = 255
"""Characters of a `campaignReferenceId` (likewise)."""
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


@dataclass(frozen=True, kw_only=True)
class Infobip(Door):
    """Infobip's MMS API."""

    name: ClassVar = "infobip"
    title: ClassVar = "Infobip"
    needs: ClassVar = ("password",)
    can: ClassVar = frozenset({Can.SMIL, Can.SUBJECT, Can.NOTE, Can.DELIVERY_REPORT, Can.FALLBACK})
    longest: ClassVar = {"subject": MAX_TITLE, "note": MAX_ID}
    short_senders: ClassVar = True
    references: ClassVar = True
    pushes: ClassVar = {"/infobip/report": "Infobip", "/infobip/inbound": "Infobip"}

    report_url: str = setting(
        "", "Where Infobip posts reports: `mmspack listen` there, at /infobip/report. Without, it is asked."
    )
    validity_minutes: int = setting(0, "For how long Infobip tries; 0: as the account has it.")
    window: str = setting("", "Hours in UTC in which phones get messages, such as 08:00-20:00.")
    campaign: str = setting("", "A name by which Infobip's own reports group messages.")

    @property
    def memory(self) -> Memory:
        """The log has 48 hours, and 120 questions a minute.

        What waits for its window may be in no log until then, and each day has one.
        """
        waits = _DAY if self.window else 0
        return Memory(at_once=50, settles_after=waits + _HOUR // 4, forgets_after=47 * _HOUR, pause=0.6)

    def setting_problems(self) -> Iterable[Problem]:
        """What Infobip would refuse."""
        if self.report_url and not is_web_address(self.report_url):
            yield Problem(
                f"{self.report_url!r} is not an http or https URL",
                Place(key="infobip.report_url"),
                "such as https://mms.example.com/infobip/report",
            )
        if not 0 <= self.validity_minutes <= MAX_VALIDITY:
            yield Problem(
                f"{self.validity_minutes} is not between 0 and {MAX_VALIDITY:,}",
                Place(key="infobip.validity_minutes"),
                "48 hours at most",
            )
        if self.window and not (match := _WINDOW.fullmatch(self.window)):
            yield Problem(
                f"{self.window!r} is not hours", Place(key="infobip.window"), "such as 08:00-20:00, in UTC"
            )
        elif self.window and match and not 60 <= _minutes_of(match) <= 23 * 60:
            yield Problem(
                f"{self.window!r}: an hour at least is needed between the two times",
                Place(key="infobip.window"),
                "leave it out to send at any time",
            )
        if len(self.campaign) > MAX_CAMPAIGN:
            yield Problem(
                f"has {counted(self.campaign)}; at most {MAX_CAMPAIGN} are allowed",
                Place(key="infobip.campaign"),
            )

    def encode(self, letter: Letter, login: Login) -> SendRequest:
        """The media to upload, and the message that refers to them. Raises `ParameterError`."""
        asked = letter.parameters
        media = media_of(letter.parts)
        size = sum(len(part.data) for part in letter.parts)
        if size > MAX_MESSAGE:
            warning = f"size: {size:,} bytes, and Infobip takes {MAX_MESSAGE:,} in most countries"
            asked = dataclasses.replace(asked, warnings=(*asked.warnings, warning))

        def write(places: Mapping[str, str]) -> HttpRequest:
            body = json.dumps({"messages": [self._message(letter, places)]}, ensure_ascii=False)
            return HttpRequest(
                method="POST",
                url=f"{login.address.rstrip('/')}/mms/2/messages",
                headers={"Content-Type": "application/json", **_headers(login)},
                blocks=(body.encode(),),
            )

        return SendRequest(
            parameters=asked,
            sha256=letter.sha256,
            reference=letter.reference,
            media=media,
            write=write,
            preview=lambda: self._preview(letter, login, asked.remarks),
        )

    def _message(self, letter: Letter, places: Mapping[str, str]) -> dict[str, Any]:
        asked = letter.parameters
        content: dict[str, Any] = {"messageSegments": segments(letter.parts, places)}
        if asked.subject:
            content["title"] = asked.subject
        message: dict[str, Any] = {
            "sender": asked.sender,
            "destinations": [{"to": asked.to, "messageId": letter.reference}],
            "content": content,
        }
        if options := self._options(letter):
            message["options"] = options
        if asked.deliveryreport and self.report_url:
            message["webhooks"] = {"delivery": {"url": self.report_url}, "contentType": "application/json"}
        return message

    def _options(self, letter: Letter) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if self.validity_minutes:
            options["validityPeriod"] = {"amount": self.validity_minutes, "timeUnit": "MINUTES"}
        if match := _WINDOW.fullmatch(self.window):
            begin, end = ({"hour": int(match[at]), "minute": int(match[at + 1])} for at in (1, 3))
            options["deliveryTimeWindow"] = {"days": list(_DAYS), "from": begin, "to": end}
        if letter.parameters.fallback:
            options["smsFailover"] = {"sender": letter.parameters.sender, "text": letter.parameters.fallback}
        if self.campaign:
            options["campaignReferenceId"] = self.campaign
        return options

    def _preview(self, letter: Letter, login: Login, warnings: tuple[str, ...]) -> Preview:
        asked = letter.parameters
        fields = [
            ("messageId", letter.reference),
            ("sender", asked.sender),
            ("to", asked.to),
            ("title", asked.subject),
            ("smsFailover", asked.fallback),
            ("window", self.window),
            *((part.name, f"<{len(part.data):,} bytes, {part.type}>") for part in letter.parts),
        ]
        return Preview(
            method="POST",
            address=f"{login.address.rstrip('/')}/mms/2/messages",
            fields=tuple((name, login.password.blot(value)) for name, value in fields if value),
            headers={"Content-Type": "application/json"},
            warnings=warnings,
        )

    def placing(self, medium: MediaPart, login: Login) -> Upload | Hosting:
        """An upload."""
        headers = {
            "Content-Type": "application/octet-stream",
            "X-Content-Id": medium.name if printable(medium.name) else medium.sha256,
            "X-Media-Type": medium.type if printable(medium.type) else "application/octet-stream",
            **_headers(login),
        }
        return Upload(
            HttpRequest(
                method="POST",
                url=f"{login.address.rstrip('/')}/mms/1/content",
                headers=headers,
                blocks=(medium.data,),
                payload=(0, len(medium.data)),
            )
        )

    def placed(self, medium: MediaPart, seen: Observed) -> str | Verdict:
        """The uploaded content's id."""
        found = read_object(seen).get("uploadedContentId")
        if seen.status == 200 and isinstance(found, str) and found:
            return found
        if seen.status in (401, 403) or redirects(seen):
            # An upload sends no message, so nothing can have been taken.
            return self.classify(dataclasses.replace(seen, whole=False))
        why = seen.fault or f"HTTP {seen.status} {read_answer(seen).words}".strip()
        return Verdict(
            result=Result.NOT_SENT,
            summary=f"not sent: {medium.name} could not be uploaded: {why}",
            advice="Nothing was sent; it is safe to try again.",
        )

    def classify(self, seen: Observed) -> Verdict:
        """The outcome table."""
        return classify(seen)

    def inquiry(self, letters: Sequence[Letter], login: Login) -> HttpRequest:
        """The logs of these messages."""
        ids = ",".join(letter.reference for letter in letters)
        query = urlencode({"messageId": ids, "limit": 1000})
        return HttpRequest(
            method="GET", url=f"{login.address.rstrip('/')}/mms/2/logs?{query}", headers=_headers(login)
        )

    def read_inquiry(self, letters: Sequence[Letter], seen: Observed, since: Sequence[float]) -> list[Trace]:
        """What the logs say: no reference is used twice. Raises `InputError`."""
        del since
        results = read_object(seen).get("results")
        if seen.status != 200 or not isinstance(results, list):
            why = seen.fault or f"HTTP {seen.status} {read_answer(seen).words}".strip()
            raise InputError(f"the logs cannot be read: {why}", where="infobip")
        known = {one.get("messageId") for one in results if isinstance(one, dict)}
        return [
            Trace(Fate.ARRIVED, letter.reference) if letter.reference in known else Trace(Fate.ABSENT)
            for letter in letters
        ]

    async def receive(self, request: Request, login: Login | None = None) -> Pushed:
        """Reports, or messages from phones. Raises `InputError`."""
        from starlette.concurrency import run_in_threadpool

        from mmspack.gateway.forms import words_of

        del login
        return await run_in_threadpool(read_push, request.url.path, await words_of(request))

    def polling(self, login: Login) -> HttpRequest | None:
        """The reports that nobody has fetched yet, where none are pushed."""
        if self.report_url:
            return None
        url = f"{login.address.rstrip('/')}/mms/2/reports?{urlencode({'limit': _AT_ONCE})}"
        return HttpRequest(method="GET", url=url, headers=_headers(login))

    def read_polled(self, seen: Observed) -> Sequence[PushedEvent]:
        """As they would have been pushed. Raises `InputError`."""
        if seen.status != 200 or not seen.complete:
            why = seen.fault or f"HTTP {seen.status} {read_answer(seen).words}".strip()
            raise InputError(f"the reports cannot be fetched: {why}", where="infobip")
        return read_reports(seen.body)

    def read_report(self, fields: Sequence[tuple[str, str]]) -> DeliveryReport:
        """The report of an event."""
        return read_report(fields)

    def read_inbound(self, fields: Sequence[tuple[str, str]], data: bytes | None) -> InboundMessage:
        """The message from a phone of an event."""
        return read_inbound(fields, data)


def _minutes_of(match: re.Match[str]) -> int:
    """From a window's first time to its second, over midnight where that is earlier."""
    begin, end = (int(match[at]) * 60 + int(match[at + 1]) for at in (1, 3))
    return (end - begin) % (24 * 60)


def _headers(login: Login) -> dict[str, str]:
    """The login: an API key, or user and password."""
    own = basic(login.user, login.password) or {"Authorization": f"App {login.password.reveal()}"}
    return {"Accept": "application/json", **own}


DOOR = Infobip
