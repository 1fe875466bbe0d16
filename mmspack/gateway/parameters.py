"""The parameters of one message, as far as they are the same at every door."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from urllib.parse import urlsplit

from mmspack.arguments import Kinds, mistyped
from mmspack.errors import ParameterError
from mmspack.model import MAX_FALLBACK
from mmspack.problem import Problem
from mmspack.words import counted, either

MAX_URL = 2048
"""Characters in the address of a hosted zip: beyond it, servers and proxies cut request lines."""

_SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015]+")
_DIGITS = re.compile(r"[0-9]+")
_PRINTABLE = re.compile(r"[!-~]+")
_NO_LIMITS: Mapping[str, int] = {}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Checked parameters of one message, without the account's user and password."""

    to: str
    """Recipient: an MSISDN in international format, digits alone."""
    sender: str
    """The `from` field: an MSISDN in international format, digits alone; empty if the provider picks it."""
    subject: str = ""
    note: str = ""
    subaccount: str = ""
    deliveryreport: bool = False
    readreport: bool = False
    url: str | None = None
    """Address of a hosted zip, in place of the zip itself."""
    fallback: str = ""
    """The text for a phone that cannot receive picture messages."""
    doubts: tuple[str, ...] = ()
    """What looks wrong about one of the two numbers, one line each."""
    warnings: tuple[str, ...] = ()
    """What the door leaves out of the message or may not take, one line each: the same for all recipients."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """Doubts and warnings."""
        return (*self.doubts, *self.warnings)


def checked(
    *,
    to: str,
    sender: str,
    subject: str = "",
    note: str = "",
    subaccount: str = "",
    deliveryreport: bool = False,
    readreport: bool = False,
    url: str | None = None,
    fallback: str = "",
    has_bundle: bool = False,
    longest: Mapping[str, int] = _NO_LIMITS,
    short_senders: bool = False,
    needs_sender: bool = True,
) -> Parameters:
    """The parameters in the form in which they are sent.

    `longest` has the most characters of a parameter, where a door limits it; `short_senders` lets a short
    code send; without `needs_sender` it may be empty. Raises one `ParameterError` that lists every parameter
    which breaks a rule.
    """
    sender_name = either("--from", "sender")
    # Each send comes here: one look at all of them, and words only where one is wrong.
    seen = {type(one) for one in (to, sender, subject, note, subaccount, fallback)}
    if not (seen == {str} and isinstance(url, str | None)):
        given = {
            either("--to", "to"): to, sender_name: sender, "subject": subject, "note": note,
            "subaccount": subaccount, "fallback": fallback,
        }  # fmt: skip
        kinds: dict[str, Kinds] = {**dict.fromkeys(given, str), "url": (str, NoneType)}
        if wrong := mistyped({**given, "url": url}, kinds):  # a class of its own below str is as good
            raise ParameterError(problems=wrong)
    problems: list[Problem] = []
    doubts: list[str] = []
    recipient = _try(problems, lambda: msisdn(either("--to", "to"), to, doubts))
    if not (short_senders and is_short(sender)) and (sender or needs_sender):
        sender = _try(problems, lambda: msisdn(sender_name, sender, doubts))
    subject = _try(problems, lambda: one_line("subject", subject, longest.get("subject")))
    note = _try(problems, lambda: one_line("note", note, longest.get("note")))
    subaccount = _try(problems, lambda: one_line("subaccount", subaccount, longest.get("subaccount")))
    fallback = _try(problems, lambda: fallback_text(fallback))
    _try(problems, lambda: _one_source(url, has_bundle))
    if url is not None:
        _try(problems, lambda: hosted_url(url))
    if problems:
        raise ParameterError(problems=problems)
    return Parameters(
        to=recipient,
        sender=sender,
        subject=subject,
        note=note,
        subaccount=subaccount,
        deliveryreport=deliveryreport,
        readreport=readreport,
        url=url,
        fallback=fallback,
        doubts=tuple(doubts),
    )


def _try(problems: list[Problem], check: Callable[[], str]) -> str:
    try:
        return check()
    except ParameterError as error:
        problems += error.problems
        return ""


def _one_source(url: str | None, has_bundle: bool) -> str:
    if has_bundle == (url is not None):
        found = "both a bundle and a URL" if has_bundle else "neither"
        raise ParameterError(f"give either a bundle or the URL of a hosted one, found {found}")
    return ""


def msisdn(name: str, value: str, doubts: list[str] | None = None) -> str:
    """The number's digits in international format, without `+`, blanks and brackets.

    A number must be *possible* in its country's plan. One that is possible and not *valid*, such as
    the document's own 447700900999, is sent, and a line is added to `doubts`. Raises `ParameterError`.
    """
    if not value.strip():
        raise ParameterError(
            "missing", where=name, hint="a phone number in international format, such as 447700900999"
        )
    digits = _SEPARATORS.sub("", value).removeprefix("+")
    if not _DIGITS.fullmatch(digits) or value.count("+") > 1:
        raise ParameterError(
            f"{_shown(value)} is not a phone number",
            where=name,
            hint="international format, digits only, such as 447700900999",
        )
    reason, valid = _judge_number(digits)
    if reason:
        raise ParameterError(
            f"{_shown(value)} {reason}",
            where=name,
            hint="international format starts with the country code, not with 0, such as 447700900999",
        )
    if not valid and doubts is not None:
        doubts.append(f"{name.lstrip('-')}: {digits} has a valid length but is not known to be in use")
    return digits


@functools.lru_cache(maxsize=1024)
def _judge_number(digits: str) -> tuple[str, bool]:
    """Why the number is impossible (empty: it is not), and whether it is valid."""
    import phonenumbers

    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            return "does not start with a country code", False
        long = error.error_type == phonenumbers.NumberParseException.TOO_LONG
        return ("is too long" if long else "is too short"), False
    if f"{number.country_code}{phonenumbers.national_significant_number(number)}" != digits:
        return "is not in international format", False
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason in (
        phonenumbers.ValidationResult.TOO_SHORT,
        phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
    ):
        return "is too short", False
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        return "is too long", False
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return "has a length that is not used in that country", False
    return "", phonenumbers.is_valid_number(number)


def is_short(value: str) -> bool:
    """Whether this is a short code: three to eight digits."""
    return 3 <= len(value) <= 8 and _DIGITS.fullmatch(value) is not None


def one_line(name: str, value: str, longest: int | None = None) -> str:
    """`value` as it is. Raises `ParameterError` for line breaks, control characters and excess length."""
    found = _CONTROL.search(value)
    if found:
        what = "a line break" if found.group() in "\r\n\u2028\u2029" else f"U+{ord(found.group()):04X}"
        raise ParameterError(f"contains {what} at character {found.start() + 1}", where=name)
    if longest is not None and len(value) > longest:
        raise ParameterError(f"has {counted(value)}; at most {longest} are allowed", where=name)
    return value


def fallback_text(value: str) -> str:
    """`value` without blanks around it. Raises `ParameterError` for what is longer than a text message."""
    text = value.strip()
    if len(text) > MAX_FALLBACK:
        what = f"has {len(text):,} characters; a text message has at most {MAX_FALLBACK:,}"
        raise ParameterError(what, where="fallback", hint="shorten it")
    return text


def hosted_url(value: str) -> str:
    """`value` as it is. Raises `ParameterError` where no gateway could fetch it."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise ParameterError(f"{_shown(value)}: {error}", where="url") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ParameterError(f"{_shown(value)} is not an http or https URL", where="url")
    if parts.username is not None or parts.password is not None:
        raise ParameterError("contains a user name or password, which the gateway would see", where="url")
    if parts.fragment or not _PRINTABLE.fullmatch(value):
        raise ParameterError(
            f"{_shown(value)}: must be percent-encoded, without spaces or a fragment", where="url"
        )
    if len(value) > MAX_URL:
        raise ParameterError(f"has {len(value)} characters; at most {MAX_URL} are safe", where="url")
    return value


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:37] + "...")
