"""The seam between the client and whoever takes a message: what a door declares, writes and reads.

A door is one folder of this wing whose module `door` names its class `DOOR`. Everything else (transport,
retry budget, accounts, secrets, hosting, mailbox, ledger, sandbox) is shared and knows doors by this class
alone. A door does no input and no output of its own.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from mmspack.errors import ConfigError, InputError, ParameterError, UsageError
from mmspack.gateway.inquiring import Memory, Trace
from mmspack.gateway.observed import Observed, Verdict
from mmspack.gateway.parameters import Parameters
from mmspack.gateway.placing import Hosting, Upload
from mmspack.gateway.requests import HttpRequest, MediaPart, Method, SendRequest
from mmspack.gateway.secrets import Secret
from mmspack.problem import Place, Problem
from mmspack.words import either

if TYPE_CHECKING:
    from starlette.requests import Request

    from mmspack.bundle.bundle import Bundle
    from mmspack.gateway.inbound import InboundMessage
    from mmspack.gateway.reports import DeliveryReport
    from mmspack.model import Part


class Can(StrEnum):
    """What a door may be able to do with a message."""

    SMIL = "smil"
    """Carry the presentation."""
    SUBJECT = "subject"
    NOTE = "note"
    SUBACCOUNT = "subaccount"
    DELIVERY_REPORT = "deliveryreport"
    READ_REPORT = "readreport"
    URL = "url"
    """Fetch a zip that lies at an address."""
    GET = "get"
    """Be asked by GET."""
    FALLBACK = "fallback"
    """Send a text to a phone that cannot receive picture messages."""
    RETRIEVE = "retrieve"
    """Hand over a message from a phone when it is asked for."""


_LACKS = {
    Can.DELIVERY_REPORT: "sends no delivery reports",
    Can.READ_REPORT: "sends no read reports",
    Can.URL: "fetches no bundle from a URL",
    Can.GET: "takes no message by GET",
    Can.FALLBACK: "sends no text to phones without MMS",
}
"""What a door does not do, where leaving it out would break what was asked for."""
_OPTIONS = {Can.DELIVERY_REPORT: "--delivery-report", Can.READ_REPORT: "--read-report"}


def parameter_of(can: Can) -> str:
    """What asks for it: an option at the command line, a parameter in a program."""
    return either(_OPTIONS.get(can, f"--{can.value}"), "method" if can is Can.GET else can.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where requests go, and as whom."""

    address: str
    user: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message for one recipient, checked as far as all doors agree."""

    parameters: Parameters
    bundle: Bundle | None = None
    """None where the message lies at `parameters.url`."""
    sha256: str = ""
    method: Method = "POST"
    reference: str = ""
    """What the account calls this request, where the door wants a name: the note, or what chance made."""

    @property
    def parts(self) -> Sequence[Part]:
        """The parts in their order. Raises `BundleError` for a zip that cannot be read."""
        if self.bundle is None:
            return ()
        if self.bundle.parts:
            return self.bundle.parts
        from mmspack.bundle.zip_reader import open_bundle

        return open_bundle(self.bundle.data).parts


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedEvent:
    """One report or one message from a phone, as it is kept until it is handed on."""

    kind: str
    """`report` or `inbound`."""
    id: str
    """Unlike that of every other event of the kind at this door: what is pushed twice is kept once."""
    fields: Sequence[tuple[str, str]]
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What one push held, and what it is answered with once the events are on disk."""

    events: Sequence[PushedEvent]
    answer: bytes = field(default=b"OK\n", repr=False)
    type: str = "text/plain; charset=utf-8"


class NotAuthentic(InputError):
    """A push that its provider did not sign."""


class Retrieval(Protocol):
    """Fetching a message from a phone; it sends nothing, and may be repeated."""

    @property
    def what(self) -> str:
        """What is fetched, for errors."""

    @property
    def http(self) -> HttpRequest:
        """The request."""

    def add(self, block: bytes) -> None:
        """Take one block of the answer. Raises `InputError` for one that is too long."""

    def bundle(self, status: int) -> Bundle:
        """The message, opened by the strict reader. Raises `SendError`, `BundleError`, `InputError`."""


def setting(
    default: Any, help: str, *, secret: bool = False, choices: Sequence[str] = (), needed: bool = False
) -> Any:
    """A setting of a door: a field of its class, which the config file, the environment and Python set."""
    return field(
        default=default,
        metadata={"help": help, "choices": tuple(choices), "needed": needed, "secret": secret},
        repr=not secret,
    )


@dataclass(frozen=True, slots=True)
class DoorSetting:
    """A setting as a door declares it."""

    name: str
    kind: type
    """`str`, `bool` or `int`."""
    default: object
    help: str
    secret: bool
    choices: tuple[str, ...]
    needed: bool


@dataclass(frozen=True, kw_only=True)
class Door(ABC):
    """One way in which a message is handed over. The fields of a subclass are its settings."""

    name: ClassVar[str]
    """As the config file has it."""
    title: ClassVar[str]
    """As a person has it, in one line."""
    host: ClassVar[str] = ""
    """The address where the provider has one for all; else the account gives it."""
    path: ClassVar[str] = "/"
    """For an address without one."""
    needs: ClassVar[tuple[str, ...]] = ("user", "password")
    """What of an account's login must be given."""
    can: ClassVar[frozenset[Can]] = frozenset()
    longest: ClassVar[Mapping[str, int]] = {}
    """Most characters of a parameter."""
    short_senders: ClassVar[bool] = False
    """Whether a short code may send."""
    references: ClassVar[bool] = False
    """Whether each request bears a reference of the account's own (`Letter.reference`)."""
    signs: ClassVar[bool] = False
    """Whether the provider signs what it pushes, which it does from addresses that it does not publish."""
    pushes: ClassVar[Mapping[str, str]] = {}
    """Paths below a listener's address at which `receive` takes pushes, and what a person calls them."""

    def __post_init__(self) -> None:
        """Raises `ConfigError` with all that is wrong or missing."""
        found = {one: getattr(self, one.name) for one in self.settings()}
        wrong = [(one, setting_problem(one, value)) for one, value in found.items()]
        problems = [Problem(what, Place(key=f"{self.name}.{one.name}")) for one, what in wrong if what]
        problems += [
            Problem("missing", Place(key=f"{self.name}.{one.name}"), one.help)
            for one, value in found.items()
            if one.needed and not value
        ]
        if not any(what for _, what in wrong):
            problems += self.setting_problems()
        if problems:
            raise ConfigError(problems=problems)

    def setting_problems(self) -> Iterable[Problem]:
        """What is wrong with settings whose kinds are right: how they are written, what they need."""
        return ()

    @property
    def memory(self) -> Memory | None:
        """What the provider's log of messages is good for, where it can be asked."""
        return None

    @property
    def picks_sender(self) -> bool:
        """Whether the provider chooses the sender, so that a message may go without one."""
        return False

    @classmethod
    def settings(cls) -> tuple[DoorSetting, ...]:
        """The settings that the door declares, in order."""
        return tuple(
            DoorSetting(name=one.name, kind=type(one.default), default=one.default, **one.metadata)
            for one in dataclasses.fields(cls)
        )

    @abstractmethod
    def encode(self, letter: Letter, login: Login) -> SendRequest:
        """The request for one message. Raises `ParameterError` for what the door cannot carry."""

    @abstractmethod
    def classify(self, seen: Observed) -> Verdict:
        """What an answer means. Pure, and one table: what may have been accepted is never `retry`."""

    def narrowed(self, parameters: Parameters, method: Method) -> Parameters:
        """`parameters` as far as this door carries them, with a warning for each that is left out.

        Raises `ParameterError` where leaving it out would break what was asked for.
        """
        asked = (
            (Can.DELIVERY_REPORT, parameters.deliveryreport),
            (Can.READ_REPORT, parameters.readreport),
            (Can.URL, parameters.url is not None),
            (Can.GET, method == "GET"),
            (Can.FALLBACK, bool(parameters.fallback)),
        )
        refused = [can for can, wanted in asked if wanted and can not in self.can]
        if refused:
            cure = "leave it out, or send through another door"
            problems = [
                Problem(f"{self.title} {_LACKS[can]}", Place(key=parameter_of(can)), cure) for can in refused
            ]
            raise ParameterError(problems=problems)
        left_out = [
            can
            for can in (Can.SUBJECT, Can.NOTE, Can.SUBACCOUNT)
            if can not in self.can and getattr(parameters, can.value)
        ]
        if not left_out:
            return parameters
        lines = [f"{can.value}: {self.title} has none, so it is left out" for can in left_out]
        kept: dict[str, Any] = {can.value: "" for can in left_out}
        return dataclasses.replace(parameters, **kept, warnings=(*parameters.warnings, *lines))

    def inquiry(self, letters: Sequence[Letter], login: Login) -> HttpRequest:
        """The request that asks what became of messages, `memory.at_once` of them at most."""
        raise NotImplementedError

    def read_inquiry(self, letters: Sequence[Letter], seen: Observed, since: Sequence[float]) -> list[Trace]:
        """What the answer says of each, of which none was sent before its time in `since`.

        Raises `InputError` for an answer that says nothing.
        """
        raise NotImplementedError

    def placing(self, medium: MediaPart, login: Login) -> Upload | Hosting:
        """How a medium of `SendRequest.media` is placed. Raises `ConfigError` where nothing says where."""
        raise NotImplementedError

    def placed(self, medium: MediaPart, seen: Observed) -> str | Verdict:
        """Where an uploaded medium lies; or why it does not, as a verdict that nothing was sent."""
        raise NotImplementedError

    def retrieval(self, identifier: str, login: Login) -> Retrieval:
        """How a message from a phone is fetched. Raises `UsageError` where it cannot be."""
        del login
        raise UsageError(f"{self.title} has no way to fetch a message from a phone", where=identifier)

    async def receive(self, request: Request, login: Login | None = None) -> Pushed:
        """Read a push to one of `pushes`, by what the account of `login` says of itself.

        Raises `InputError` for what is none, `NotAuthentic` for one that the provider did not sign.
        """
        raise NotImplementedError

    def verifies(self, login: Login | None) -> bool:
        """Whether `receive` would notice a forged push, as far as the provider signs what it pushes."""
        del login
        return not self.signs

    def polling(self, login: Login) -> HttpRequest | None:
        """The request that fetches reports, where the provider is asked for them; else None."""
        del login
        return None

    def read_polled(self, seen: Observed) -> Sequence[PushedEvent]:
        """The reports of an answer to `polling`. Raises `InputError` for an answer that is none."""
        raise NotImplementedError

    def read_report(self, fields: Sequence[tuple[str, str]]) -> DeliveryReport:
        """The report of an event that `receive` read."""
        raise NotImplementedError

    def read_inbound(self, fields: Sequence[tuple[str, str]], data: bytes | None) -> InboundMessage:
        """The message from a phone of an event that `receive` read."""
        raise NotImplementedError


def text_in(part: Part) -> str | None:
    """The text of a part without its byte order mark; None where it is not UTF-8."""
    try:
        return part.data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def not_a_text(part: Part) -> Problem:
    """A door that takes texts as characters would send others than the author's."""
    return Problem("the text is not UTF-8", Place(name=part.name), "mmspack fix converts it")


_WORDS = {str: "text", bool: "true or false", int: "a whole number"}


def setting_problem(one: DoorSetting, value: object) -> str:
    """Why `value` cannot be that setting's, or an empty text."""
    if type(value) is not one.kind:
        return f"expected {_WORDS[one.kind]}"
    if one.choices and value not in one.choices:
        return f"{value!r} is not one of {', '.join(one.choices)}"
    return ""
