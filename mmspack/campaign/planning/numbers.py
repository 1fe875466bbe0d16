"""Phone numbers as people write them, made into MSISDNs, and the time zones in which they are."""

from __future__ import annotations

import functools
import re
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers

from mmspack.campaign.planning.number_types import type_of
from mmspack.errors import UsageError
from mmspack.words import cleaned, either

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_JUNK = re.compile(r"[\s().\-/\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2066-\u2069'\ufeff]+")
_KEPT_DIGITS = 15
"""Of a spreadsheet's number: a double holds no more (E.164 has none longer, either)."""
_ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_FRACTION = re.compile(r"(?<=\d{6})\.0$")
"""What a table of floating-point numbers makes of a whole one."""
_SYSTEM_ZONES = Path("/usr/share/zoneinfo/zone.tab")


LANDLINE = "landline"
_KINDS = phonenumbers.PhoneNumberType
_WITHOUT_MMS = {
    _KINDS.FIXED_LINE: LANDLINE,
    _KINDS.TOLL_FREE: "toll-free number",
    _KINDS.PREMIUM_RATE: "premium-rate number",
    _KINDS.SHARED_COST: "shared-cost number",
    _KINDS.UAN: "company's access number",
    _KINDS.VOICEMAIL: "voicemail box",
    _KINDS.PAGER: "pager",
}
"""Types of numbers that no picture phone has. Where landlines and mobiles look alike (US, Canada), the type
is another one, and such a number is kept."""
_OLD_FORMS = (
    # Mexico dropped the 1 after +52, and the prefixes 01, 044 and 045, in August 2019 and 2020 (IFT).
    (None, re.compile(r"\+?521(\d{10})"), r"+52\1"),
    ("MX", re.compile(r"(?:01|04[45])(\d{10})"), r"+52\1"),
    # Brazil's mobile numbers have had a ninth digit, a 9 before the other eight, since 2016 (Anatel).
    (None, re.compile(r"\+?55([1-9]\d)([6-9]\d{7})"), r"+55\g<1>9\2"),
    ("BR", re.compile(r"0?([1-9]\d)([6-9]\d{7})"), r"+55\g<1>9\2"),
)
"""Forms of numbers that a country has given up, with the country that must be known, and those of today."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in international format, or the reason why it is none."""

    msisdn: int = 0
    problem: str = ""
    doubtful: bool = False
    """It has a possible length, but no such number is in use."""
    renewed: bool = False
    """It was written as its country no longer writes numbers, and was made into the form of today."""
    kind: str = ""
    """What it is, where that gets no MMS: `landline`, `toll-free number`, `premium-rate number`."""
    either: tuple[int, ...] = ()
    """Both meanings of digits that have two, whether one is likelier or not."""

    def refusal(self, *, landlines: bool = False) -> str:
        """Why a plan leaves it out; empty where it does not. `landlines`: they are sent to as well."""
        if self.kind and not self.problem and not (self.kind == LANDLINE and landlines):
            return f"the number is a {self.kind}, which cannot receive MMS"
        return self.problem


def country_of(text: str | None) -> str | None:
    """A country's two letters as numbers are read by, in upper case. Raises `UsageError`."""
    country = (text or "").strip().upper()
    if not country:
        return None
    if country not in phonenumbers.SUPPORTED_REGIONS:
        hint = "the United Kingdom is GB" if country == "UK" else "two letters, such as GB, DE or US"
        raise UsageError("not a country", where=f"{either('--country', 'country')} {text!r}", hint=hint)
    return country


def read_number(value: object, country: str | None = None) -> Number:
    """What `value` means. `country` (two letters) reads national numbers such as `07700 900123`.

    Without a country, a number without `+` or `00` is taken to begin with its country code. With one, such
    a number may be meant either way: it is the one that is in use. Where both are, it is the country's in
    one that writes no 0 before its numbers, else the mobile one; none where both may be so.
    """
    text, problem = _cleaned(value)
    if problem:
        return Number(problem=problem)
    if text.startswith("00"):
        text = f"+{text[2:]}"
    newer = _renewed(text, country)
    if newer is not None:
        return replace(read_number(newer, country), renewed=True)
    if country is not None and not text.startswith("+"):
        return _either_way(text, country)
    number = _parsed(f"+{text.removeprefix('+')}", None)
    if number:
        return _number(number)
    cure = f" (a national number needs {either('--country', 'country=')})" if country is None else ""
    return Number(problem=f"the number does not start with a country code{cure}")


def _renewed(text: str, country: str | None) -> str | None:
    """The number in the form of today; None where it has it already."""
    for needed, form, newer in _OLD_FORMS:
        found = form.fullmatch(text) if needed in (None, country) else None
        if found is not None and (needed or text.startswith("+") or country in (None, "MX", "BR")):
            return found.expand(newer)
    return None


def _either_way(digits: str, country: str) -> Number:
    """Digits that are a national number, or an international one that has lost its `+`."""
    national = _parsed(digits, country)
    full = None if digits.startswith("0") else _parsed(f"+{digits}", None)
    if national is None or full is None or full == national:
        known = national or full
        if known is None:
            return Number(problem="not a number")
        return _number(known) if full == national or _begins_national(digits, country) else _in_use(known)
    possible = phonenumbers.is_possible_number
    valid = [number for number in (full, national) if type_of(number) != _KINDS.UNKNOWN]
    if len(valid) == 2:
        return _likelier(full, national, country)
    if valid == [national] and not _may_be_mobile(national) and possible(full):
        return _two(full, national)  # a landline gets no message: a mobile of a newer plan, perhaps
    if not valid and _begins_national(digits, country):
        valid = [number for number in (full, national) if possible(number)] or [national]
        if len(valid) == 2:
            return _two(full, national)
    if valid:
        return _number(valid[0])
    return _in_use(full if possible(full) else national)


def _likelier(full: PhoneNumber, national: PhoneNumber, country: str) -> Number:
    """What is meant by digits that are in use both ways."""
    two = _two(full, national)
    mobile = [number for number in (full, national) if _may_be_mobile(number)]
    if not _has_trunk_prefix(country):
        return replace(_number(national), either=two.either)
    return replace(_number(mobile[0]), either=two.either) if len(mobile) == 1 else two


def _two(full: PhoneNumber, national: PhoneNumber) -> Number:
    """No number, since it may be either."""
    style = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    meant = " or ".join(phonenumbers.format_number(number, style) for number in (full, national))
    return Number(
        problem=f"the number could be {meant}: write it with a leading +",
        either=(_digits(full), _digits(national)),
    )


def _has_trunk_prefix(country: str) -> bool:
    """Whether people there write something before a national number, as the 0 of 07700 900123."""
    code, trunk = _prefixes(country)
    return trunk not in ("", code)


@functools.cache
def _prefixes(country: str) -> tuple[str, str]:
    """The country's code, and what is written before a national number there, or nothing."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    trunk = metadata.national_prefix if metadata else None
    return str(phonenumbers.country_code_for_region(country)), trunk or ""


def _in_use(number: PhoneNumber) -> Number:
    """A number with no evidence except that it is valid."""
    found = _number(number)
    if found.doubtful:
        full = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        return Number(problem=f"no such number is known to be in use: if it is correct, write it as {full}")
    return found


def _begins_national(digits: str, country: str) -> bool:
    """Whether digits begin with what only national numbers begin with, or with the country's own code."""
    return digits.startswith(tuple(filter(None, _prefixes(country))))


def _may_be_mobile(number: PhoneNumber) -> bool:
    kinds = phonenumbers.PhoneNumberType
    return type_of(number) in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE)


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _number(number: PhoneNumber) -> Number:
    """A number by its length."""
    reason = phonenumbers.is_possible_number_with_reason(number)
    results = phonenumbers.ValidationResult
    if reason != results.IS_POSSIBLE:
        words = {
            results.TOO_LONG: "is too long",
            results.INVALID_LENGTH: "has a length that is not used in that country",
        }
        return Number(problem=f"the number {words.get(reason, 'is too short')}")
    kind = type_of(number)
    unknown = kind == phonenumbers.PhoneNumberType.UNKNOWN
    if unknown and _keeps_zero(number):
        return Number(problem="the number is too short")
    return Number(_digits(number), doubtful=unknown, kind=_WITHOUT_MMS.get(kind, ""))


def _keeps_zero(number: PhoneNumber) -> bool:
    """Whether the 0 that is only written before a national number was taken for its first digit.

    phonenumbers does so where no number in use is left without it: 077009004 of GB became +44 077009004.
    """
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    national: str = phonenumbers.national_significant_number(number)
    return _prefixes(region)[1] == "0" and national.startswith("0")


def _digits(number: PhoneNumber) -> int:
    return int(f"{number.country_code}{phonenumbers.national_significant_number(number)}")


def _cleaned(value: object) -> tuple[str, str]:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None:
        return "", "the number is missing"
    if isinstance(value, bool) or not isinstance(value, str | int):
        return "", "the number is neither text nor a whole number"
    written = _FRACTION.sub("", str(value).strip())
    if _ROUNDED.fullmatch(written):
        written = _every_digit(written)
        if not written:
            return "", (
                "a spreadsheet has rounded the number, and its last digits are gone: take it from the source "
                "into a column that is formatted as text"
            )
    text = _JUNK.sub("", written).removesuffix(";")
    text = text[4:] if text[:4].lower() == "tel:" else text
    if not text.isascii():  # digits of other scripts, and full-width ones, are digits
        text = "".join(str(unicodedata.decimal(char, char)) for char in text).replace("\uff0b", "+")
    if text in ("", "+"):
        return "", "the number is missing"
    if not re.fullmatch(r"\+?[0-9]+", text):
        strange = next(char for char in text.removeprefix("+") if char not in string.digits)
        shown = "a letter" if strange.isalpha() else "not a digit"
        return "", f"the number contains {cleaned(strange)!r}, {shown}"
    return text, ""


def _every_digit(written: str) -> str:
    """The whole number of `4.47911123459E+11`, which still has each of its digits; else an empty text."""
    mantissa, exponent = re.split("[eE]", written.replace(",", "."))
    digits = mantissa.replace(".", "")
    whole = len(mantissa.partition(".")[0]) + int(exponent)
    return digits if len(digits) == whole <= _KEPT_DIGITS else ""


@functools.lru_cache(maxsize=65_536)
def _zones_of_prefix(prefix: str) -> str:
    # Only the North American plan has countries of their own time behind one code: three digits tell which.
    number = phonenumbers.parse(f"+{prefix[:4]}5550123" if prefix.startswith("1") else f"+{prefix}00000")
    region = phonenumbers.region_code_for_number(number)
    if region is None:
        region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return " ".join(sorted(zones_by_country().get(region, ())))


def zones_of(msisdn: int) -> str:
    """Names of the time zones in which the number may be, separated by blanks; empty where none is known.

    By the country, and in the North American plan by the area code's country: all zones of the country,
    since a mobile number does not tell the place.
    """
    return _zones_of_prefix(str(msisdn)[:7])


@functools.cache
def zones_by_country() -> Mapping[str, tuple[str, ...]]:
    """Time zones by country (ISO 3166), from the system's `zone.tab` or the package `tzdata`."""
    if _SYSTEM_ZONES.is_file():
        text = _SYSTEM_ZONES.read_text("utf-8")
    else:
        text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}
