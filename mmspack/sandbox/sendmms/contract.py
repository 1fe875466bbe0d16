"""What the sandbox answers to a SendMMS request: the documented codes for the documented reasons. Pure."""

from __future__ import annotations

from collections.abc import Callable

from mmspack.errors import ParameterError
from mmspack.gateway.forms import PostedForm
from mmspack.gateway.parameters import Parameters, hosted_url, msisdn, one_line
from mmspack.gateway.sendmms.codes import CODES
from mmspack.gateway.sendmms.requests import MAX_NOTE, MAX_SUBACCOUNT
from mmspack.sandbox.refusing import Refused, Why

FIELDS = (
    "user",
    "pass",
    "to",
    "from",
    "subject",
    "note",
    "subaccount",
    "deliveryreport",
    "readreport",
    "url",
)

REASONS = {
    Why.LOGIN: 8,
    Why.ADDRESS: 12,
    Why.NO_MMS: 11,
    Why.DAY: 9,
    Why.MONTH: 10,
    Why.CREDIT: 15,
    Why.CONTENT: 5,
}
"""The documented codes of the common reasons."""


def refusal(code: int, reason: str = "") -> bytes:
    """The answer's body: the reason in line 1, the code in line 2."""
    return f"{reason or CODES[code].meaning}\n{code}\n".encode()


def one(form: PostedForm, name: str) -> str:
    """The value of a field, empty where there is none. Raises `Refused` for several."""
    values = form.all(name)
    if len(values) > 1:
        raise Refused(5, f"{name}: given {len(values)} times")
    return values[0] if values else ""


def required(form: PostedForm, name: str) -> str:
    """The value of a field. Raises `Refused` with code 4 where there is none."""
    value = one(form, name)
    if not value:
        raise Refused(4, f"the parameter {name} is missing")
    return value


def read_parameters(form: PostedForm) -> Parameters:
    """The request's parameters. Raises `Refused` with the code that is documented for what is wrong."""
    recipients = form.all("to")
    if not recipients:
        raise Refused(4, "the parameter to is missing")
    sender = required(form, "from")
    sender = _or_refuse(18, lambda: msisdn("from", sender))
    numbers = [_or_refuse(5, lambda value=value: msisdn("to", value)) for value in recipients]  # type: ignore[misc]
    if len(set(numbers)) < len(numbers):
        raise Refused(14)
    if len(numbers) > 1:
        raise Refused(5, "to: one recipient a request")
    url = one(form, "url") or None
    if url is None and not form.files:
        raise Refused(4, "the parameter mms.zip or url is missing")
    if (url is not None and form.files) or len(form.files) > 1:
        raise Refused(5, "give exactly one of mms.zip and url")
    return Parameters(
        to=numbers[0],
        sender=sender,
        subject=_or_refuse(5, lambda: one_line("subject", one(form, "subject"))),
        note=_or_refuse(5, lambda: one_line("note", one(form, "note"), MAX_NOTE)),
        subaccount=_or_refuse(5, lambda: one_line("subaccount", one(form, "subaccount"), MAX_SUBACCOUNT)),
        deliveryreport=_flag(form, "deliveryreport"),
        readreport=_flag(form, "readreport"),
        url=_or_refuse(5, lambda: hosted_url(url)) if url is not None else None,
    )


def _flag(form: PostedForm, name: str) -> bool:
    value = one(form, name).lower()
    if value not in ("", "true", "false"):
        raise Refused(5, f"{name}: neither true nor false")
    return value == "true"


def _or_refuse(code: int, read: Callable[[], str]) -> str:
    try:
        return read()
    except ParameterError as error:
        raise Refused(code, error.message) from None
