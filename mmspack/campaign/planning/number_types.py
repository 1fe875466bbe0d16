"""The type of a phone number, from the library's own patterns, made ready once for each country.

`phonenumbers.number_type` asks up to twenty patterns and takes two thirds of the time in which a table is
read; most of them are ruled out here by the length of the number. What it says is the same
(`tests/campaign/test_number_types.py`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import phonenumbers

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_KINDS = phonenumbers.PhoneNumberType
_SPECIAL = (
    (_KINDS.PREMIUM_RATE, "premium_rate"), (_KINDS.TOLL_FREE, "toll_free"),
    (_KINDS.SHARED_COST, "shared_cost"), (_KINDS.VOIP, "voip"),
    (_KINDS.PERSONAL_NUMBER, "personal_number"), (_KINDS.PAGER, "pager"), (_KINDS.UAN, "uan"),
    (_KINDS.VOICEMAIL, "voicemail"),
)  # fmt: skip
"""In the order in which the library asks for them."""
_Test = Callable[[str], object]
_Tests = tuple[Sequence[tuple[int, _Test]], _Test | None, _Test | None]


@dataclass(frozen=True, slots=True)
class _Country:
    """The patterns of a country, or of a code that belongs to none."""

    leading: _Test | None
    """How its numbers begin, where that alone tells it from others of the same code."""
    by_length: Mapping[int, _Tests]
    """Of numbers of a length: the special types, landlines and mobiles."""
    general: _Test

    def type_of(self, digits: str) -> int:
        """The type of a national number."""
        special, landline, mobile = self.by_length.get(len(digits), ((), None, None))
        if not self.general(digits):
            return _KINDS.UNKNOWN
        for kind, fits in special:
            if fits(digits):
                return kind
        is_mobile = mobile is not None and mobile(digits)
        if landline is not None and landline(digits):
            return _KINDS.FIXED_LINE_OR_MOBILE if is_mobile else _KINDS.FIXED_LINE
        return _KINDS.MOBILE if is_mobile else _KINDS.UNKNOWN


def type_of(number: PhoneNumber) -> int:
    """What `phonenumbers.number_type` says of a number."""
    digits = phonenumbers.national_significant_number(number)
    countries = _countries(number.country_code or 0)
    if len(countries) == 1:
        return countries[0].type_of(digits)
    for country in countries:
        if country.leading is not None:
            if country.leading(digits):
                return country.type_of(digits)
        elif (kind := country.type_of(digits)) != _KINDS.UNKNOWN:
            return kind
    return _KINDS.UNKNOWN


@functools.cache
def _countries(code: int) -> tuple[_Country, ...]:
    """The countries of a code, the main one first."""
    metadata = phonenumbers.PhoneMetadata
    regions = phonenumbers.region_codes_for_country_code(code)
    found = [metadata.metadata_for_region_or_calling_code(code, region) for region in regions]
    return tuple(_country(one) for one in found if one is not None)


def _country(metadata: Any) -> _Country:
    general = _test(metadata.general_desc)
    leading = re.compile(metadata.leading_digits).match if metadata.leading_digits else None
    if general is None:
        return _Country(leading, {}, lambda _digits: None)
    wanted = [(kind, getattr(metadata, name)) for kind, name in _SPECIAL]
    lengths = metadata.general_desc.possible_length
    by_length: dict[int, _Tests] = {
        length: (
            [(kind, test) for kind, one in wanted if (test := _test(one, length)) is not None],
            _test(metadata.fixed_line, length),
            _test(metadata.mobile, length),
        )
        for length in lengths or range(2, 18)
    }
    return _Country(leading, by_length, general)


def _test(description: Any, length: int = 0) -> _Test | None:
    """Whether digits are a number of a kind; None where no number of that length is."""
    pattern = description.national_number_pattern if description is not None else None
    if not pattern:
        return None
    lengths = description.possible_length
    return None if length and lengths and length not in lengths else re.compile(pattern).fullmatch
