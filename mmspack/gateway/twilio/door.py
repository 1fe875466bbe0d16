"""The Twilio door: a form whose media are addresses, and status callbacks."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from mmspack.errors import ParameterError
from mmspack.gateway.addresses import is_web_address
from mmspack.gateway.basic import basic
from mmspack.gateway.door import (
    Can,
    Door,
    Letter,
    Login,
    NotAuthentic,
    Pushed,
    not_a_text,
    parameter_of,
    setting,
    text_in,
)
from mmspack.gateway.inquiring import Fate, Memory, Trace
from mmspack.gateway.observed import Observed, Verdict
from mmspack.gateway.placing import Hosting, Upload
from mmspack.gateway.requests import HttpRequest, MediaPart, Preview, SendRequest
from mmspack.gateway.secrets import Secret
from mmspack.gateway.twilio.outcomes import classify, is_same_text, listed
from mmspack.gateway.twilio.pushes import fields_of, read_inbound, read_push, read_report
from mmspack.gateway.twilio.signing import HEADER, is_signed
from mmspack.model import SMIL_TYPE, Part
from mmspack.problem import Place, Problem
from mmspack.words import counted

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.gateway.inbound import InboundMessage
    from mmspack.gateway.reports import DeliveryReport

MAX_BODY = 1600
"""Characters of the text (the API's specification)."""
MAX_MEDIA = 10
"""Addresses of a message (likewise)."""
MAX_PICTURES = 5 * 1024 * 1024
MAX_OTHER = 500 * 1024
"""Bytes of the pictures together, and of any other part (Twilio's page on media types)."""


_CLOCKS = 120
"""Seconds by which our clock and Twilio's may differ."""
_DAY = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Twilio(Door):
    """Twilio's message resource."""

    name: ClassVar = "twilio"
    title: ClassVar = "Twilio"
    host: ClassVar = "https://api.twilio.com"
    can: ClassVar = frozenset({Can.DELIVERY_REPORT})
    short_senders: ClassVar = True
    signs: ClassVar = True
    pushes: ClassVar = {"/twilio/status": "Twilio", "/twilio/inbound": "Twilio"}

    account: str = setting("", "The account's SID, where the user is an API key's.")
    messaging_service: str = setting(
        "", "A messaging service's SID, which chooses the sender: `from` can be left out."
    )
    status_callback: str = setting(
        "", "Where Twilio posts what becomes of a message: `mmspack listen` there."
    )
    public_url: str = setting(
        "", "The listener's address as Twilio calls it, such as https://hooks.example.com: it is signed."
    )
    auth_token: str = setting(
        "", "The account's auth token, where the password is an API key's.", secret=True
    )
    store: str = setting("", "Where media are put for Twilio to fetch: a folder, or s3://bucket/path.")
    store_url: str = setting("", "The public address of that store.")

    @property
    def memory(self) -> Memory:
        """The account's list of messages."""
        return Memory(needs_message=True, settles_after=3600, forgets_after=30 * _DAY)

    def setting_problems(self) -> Iterable[Problem]:
        """What Twilio could not post to, or not fetch from."""
        for name in ("status_callback", "public_url", "store_url"):
            value = getattr(self, name)
            if value and not is_web_address(value):
                yield Problem(f"{value!r} is not an http or https URL", Place(key=f"twilio.{name}"))
        if self.store and not self.store_url and not is_web_address(self.store):
            yield Problem(
                "missing", Place(key="twilio.store_url"), "the public address at which the store is served"
            )

    @property
    def picks_sender(self) -> bool:
        """Where a messaging service does."""
        return bool(self.messaging_service)

    def encode(self, letter: Letter, login: Login) -> SendRequest:
        """The text of the slides, and the media in their order. Raises `ParameterError`."""
        texts, media = self._sorted(letter.parts)
        asked = letter.parameters
        if any(_media_type(part) == SMIL_TYPE for part in letter.parts):
            warning = "smil: Twilio has none: the text comes first, the media follow in their order"
            asked = dataclasses.replace(asked, warnings=(*asked.warnings, warning))
        fields = [
            ("To", f"+{asked.to}"),
            *([("MessagingServiceSid", self.messaging_service)] if self.messaging_service else []),
            *([("From", _address(asked.sender))] if asked.sender else []),
            *([("Body", "\n".join(texts))] if texts else []),
            *([("StatusCallback", self.status_callback)] if asked.deliveryreport else []),
        ]
        if login.user.startswith("SK") and not self.account:
            what = "the user is an API key, which does not say whose it is"
            raise ParameterError(what, where="account", hint="set account to the account's SID, AC…")
        if asked.deliveryreport and not self.status_callback:
            what = "needs status_callback in the account"
            raise ParameterError(what, where=parameter_of(Can.DELIVERY_REPORT))
        if media and not self.store:
            raise ParameterError(
                "Twilio fetches media from addresses", where="store", hint="set store and store_url"
            )

        def write(places: Mapping[str, str]) -> HttpRequest:
            pairs = [*fields, *(("MediaUrl", places[one.sha256]) for one in media)]
            return HttpRequest(
                method="POST",
                url=messages_url(login, self.account),
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Accept": "application/json",
                    **basic(login.user, login.password),
                },
                blocks=(urlencode(pairs).encode(),),
            )

        return SendRequest(
            parameters=asked,
            sha256=letter.sha256,
            media=media,
            write=write,
            preview=lambda: self._preview(fields, media, login, asked.remarks),
        )

    def _sorted(self, parts: Sequence[Part]) -> tuple[list[str], tuple[MediaPart, ...]]:
        """The texts and the media. Raises `ParameterError` for what Twilio would refuse."""
        written = [part for part in parts if _media_type(part) == "text/plain"]
        problems = [not_a_text(part) for part in written if text_in(part) is None]
        texts = [text for part in written if (text := (text_in(part) or "").strip())]
        media = tuple(
            MediaPart(
                name=part.name,
                type=_media_type(part),
                data=part.data,
                sha256=hashlib.sha256(part.data).hexdigest(),
            )
            for part in parts
            if _media_type(part) not in (SMIL_TYPE, "text/plain")
        )
        if len(body := "\n".join(texts)) > MAX_BODY:
            what = f"the texts have {counted(body)}, and Twilio takes {MAX_BODY:,}"
            problems.append(Problem(what, Place(key="text")))
        if len(media) > MAX_MEDIA:
            what = f"the message has {len(media)} media, and Twilio takes {MAX_MEDIA}"
            problems.append(Problem(what, Place(key="media")))
        if sum(len(one.data) for one in media if one.type.startswith("image/")) > MAX_PICTURES:
            problems.append(Problem("Twilio takes 5 MB of pictures", Place(key="media")))
        problems += [
            Problem("Twilio takes 500 kB of anything but pictures", Place(key="media", name=one.name))
            for one in media
            if not one.type.startswith("image/") and len(one.data) > MAX_OTHER
        ]
        if not texts and not media and not problems:
            problems.append(Problem("nothing that Twilio carries: neither text nor media"))
        if problems:
            raise ParameterError(problems=problems)
        return texts, media

    def _preview(
        self,
        fields: Sequence[tuple[str, str]],
        media: Sequence[MediaPart],
        login: Login,
        warnings: tuple[str, ...],
    ) -> Preview:
        shown = [
            *((name, login.password.blot(value)) for name, value in fields),
            *(("MediaUrl", f"<{one.name}: {len(one.data):,} bytes, {one.type}>") for one in media),
        ]
        return Preview(
            method="POST",
            address=messages_url(login, self.account),
            fields=tuple(shown),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            warnings=warnings,
        )

    def placing(self, _medium: MediaPart, _login: Login) -> Upload | Hosting:
        """In the team's own store."""
        return Hosting(self.store, self.store_url)

    def classify(self, seen: Observed) -> Verdict:
        """The outcome table."""
        return classify(seen)

    def inquiry(self, letters: Sequence[Letter], login: Login) -> HttpRequest:
        """The messages to this recipient.

        Of any sender: another `from` than it was sent with would find nothing, which counts as proof.
        """
        asked = letters[0].parameters
        pairs = {"To": f"+{asked.to}", "PageSize": 1000}
        headers = {"Accept": "application/json", **basic(login.user, login.password)}
        url = f"{messages_url(login, self.account)}?{urlencode(pairs)}"
        return HttpRequest(method="GET", url=url, headers=headers)

    def read_inquiry(self, letters: Sequence[Letter], seen: Observed, since: Sequence[float]) -> list[Trace]:
        """Ours is the one with our text and as many media. Raises `InputError`."""
        texts, media = self._sorted(letters[0].parts)
        found = listed(seen)
        mine = [
            one
            for one in found
            if is_same_text(one.body, "\n".join(texts))
            and one.media == len(media)
            and one.created >= since[0] - _CLOCKS
        ]
        return [Trace(Fate.ARRIVED, mine[0].sid) if mine else Trace(Fate.ABSENT)]

    def _token(self, login: Login | None) -> Secret:
        """What Twilio signs with: the account's auth token, which an API key does not know."""
        if self.auth_token:
            return Secret(self.auth_token)
        whole = login is not None and not self.account
        return login.password if login is not None and whole else Secret("")

    def verifies(self, login: Login | None) -> bool:
        """With the account's auth token."""
        return bool(self._token(login))

    def _called(self, url: str, path: str) -> str:
        """The address that Twilio posted to, as Twilio has it."""
        query = url.partition("?")[2]
        wanted = next((one for one in self.pushes if path.endswith(one)), path)
        base = self.public_url.rstrip("/")
        if not base and self.status_callback.endswith("/twilio/status"):
            base = self.status_callback.removesuffix("/twilio/status")
        if not base:
            return url
        return f"{base}{wanted}" + (f"?{query}" if query else "")

    async def receive(self, request: Request, login: Login | None = None) -> Pushed:
        """A status callback, or a message from a phone. Raises `InputError`, `NotAuthentic`."""
        from starlette.concurrency import run_in_threadpool

        from mmspack.gateway.forms import words_of

        body = await words_of(request)
        token = self._token(login)
        given, url = request.headers.get(HEADER, ""), self._called(str(request.url), request.url.path)
        if token and not is_signed(given, url, fields_of(body), token):
            raise NotAuthentic("not signed with the account's auth token", where="twilio")
        return await run_in_threadpool(read_push, request.url.path, body)

    def read_report(self, fields: Sequence[tuple[str, str]]) -> DeliveryReport:
        """The report of an event."""
        return read_report(fields)

    def read_inbound(self, fields: Sequence[tuple[str, str]], data: bytes | None) -> InboundMessage:
        """The message from a phone of an event."""
        return read_inbound(fields, data)


def _address(number: str) -> str:
    return number if len(number) <= 8 else f"+{number}"


def messages_url(login: Login, account: str) -> str:
    """Where messages are created and listed."""
    return f"{login.address.rstrip('/')}/2010-04-01/Accounts/{account or login.user}/Messages.json"


def _media_type(part: Part) -> str:
    return part.type.split(";")[0].strip().lower()


DOOR = Twilio
