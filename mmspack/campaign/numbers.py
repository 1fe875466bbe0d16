"""Phone numbers as people write them, made into MSISDNs, and the time zones in which they are."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

_JUNK = re.compile(r"[\s().\-/\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2066-\u2069'\ufeff]+")
_ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_SYSTEM_ZONES = Path("/usr/share/zoneinfo/zone.tab")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in international format, or the reason why it is none."""

    msisdn: int = 0
    problem: str = ""
    doubtful: bool = False
    """It has a possible length, but no such number is in use."""


def read_number(value: object, country: str | None = None) -> Number:
    """What `value` means. `country` (two letters) reads national numbers such as `07700 900123`.

    Without a country, a number without `+` or `00` is taken to begin with its country code.
    """
    import phonenumbers

    text, problem = _cleaned(value)
    if problem:
        return Number(problem=problem)
    if text.startswith("00"):
        text = f"+{text[2:]}"
    international = text.startswith("+") or country is None
    try:
        number = phonenumbers.parse(f"+{text.removeprefix('+')}" if international else text, country)
    except phonenumbers.NumberParseException:
        return Number(
            problem="the number does not begin with a country code" if international else "not a number"
        )
    reason = phonenumbers.is_possible_number_with_reason(number)
    results = phonenumbers.ValidationResult
    if reason != results.IS_POSSIBLE:
        words = {
            results.TOO_LONG: "is too long",
            results.INVALID_LENGTH: "has a length that no number there has",
        }
        return Number(problem=f"the number {words.get(reason, 'is too short')}")
    digits = f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    return Number(int(digits), doubtful=not phonenumbers.is_valid_number(number))


def _cleaned(value: object) -> tuple[str, str]:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return "", "the number is missing" if value in (
            "",
            None,
        ) else "the number is neither text nor a whole number"
    text = _JUNK.sub("", str(value)).removesuffix(";")
    if _ROUNDED.fullmatch(str(value).strip()):
        return "", "a spreadsheet has rounded the number: format the column as text"
    if not text:
        return "", "the number is missing"
    if not re.fullmatch(r"\+?[0-9]+", text):
        return "", "the number holds something other than digits"
    return text, ""


@functools.lru_cache(maxsize=65_536)
def _zones_of_prefix(prefix: str) -> str:
    import phonenumbers

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
