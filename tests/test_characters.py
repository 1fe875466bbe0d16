"""Characters as a person counts them, beside the unit in which a provider has its limit."""

from __future__ import annotations

import pytest

from mmspack.errors import ParameterError
from mmspack.gateway.parameters import one_line
from mmspack.words import characters, counted


@pytest.mark.parametrize(
    "text", ["a", "é", "e\u0301", "🎉", "👍🏽", "👨\u200d👩\u200d👧", "🇬🇧", "❤\ufe0f", "नि"]
)
def test_what_looks_like_one_character_counts_as_one(text):
    assert characters(text) == 1
    assert characters(text * 3) == 3


def test_a_limit_is_said_in_the_providers_unit_and_in_what_is_seen():
    assert counted("Hello") == "5 characters"
    assert counted("👨\u200d👩\u200d👧!") == "6 characters (2 to the eye: an emoji can be several)"
    with pytest.raises(ParameterError, match=r"has 6 characters \(2 to the eye"):
        one_line("note", "👨\u200d👩\u200d👧!", 5)
