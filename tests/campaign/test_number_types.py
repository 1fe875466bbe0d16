"""The type of a number is what the library says of it, in every country and for numbers that nobody has."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberType

from mmspack.campaign.planning.number_types import type_of

CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def numbers_of(code: int) -> list[PhoneNumber]:
    """Examples of every type in the code's countries, and others a digit or a length away from them."""
    chance, found = random.Random(code), []
    for region in phonenumbers.region_codes_for_country_code(code):
        if region == "001":
            found.append(phonenumbers.example_number_for_non_geo_entity(code))
        else:
            found += [phonenumbers.example_number_for_type(region, kind) for kind in PhoneNumberType.values()]
            found.append(phonenumbers.invalid_example_number(region))
    made = [number for number in found if number is not None]
    for number in [*made]:
        digits = phonenumbers.national_significant_number(number)
        for _ in range(4):
            at = chance.randrange(len(digits))
            changed = digits[:at] + str(chance.randrange(10)) + digits[at + chance.choice((0, 1, 1, 1, 2)) :]
            made.append(PhoneNumber(country_code=code, national_number=int(changed)))
    return made


@pytest.mark.slow
@pytest.mark.parametrize("code", CODES)
def test_a_number_has_the_type_that_the_library_gives_it(code: int) -> None:
    for number in numbers_of(code):
        assert type_of(number) == phonenumbers.number_type(number), number
        assert (type_of(number) != PhoneNumberType.UNKNOWN) == phonenumbers.is_valid_number(number), number


def test_a_code_that_no_country_has_makes_no_type() -> None:
    assert type_of(PhoneNumber(country_code=999, national_number=123456789)) == PhoneNumberType.UNKNOWN
    assert type_of(PhoneNumber(national_number=1)) == PhoneNumberType.UNKNOWN
