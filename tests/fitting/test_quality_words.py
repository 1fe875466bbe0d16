"""The words for a quality, and the number beside them."""

from __future__ import annotations

import pytest

from mmspack.fitting.quality import in_words, whole


@pytest.mark.parametrize(
    ("quality", "words", "number"),
    [
        (49.8, "visibly reduced", 49),
        (50.0, "fair", 50),
        (50.4, "fair", 50),
        (56.7, "fair", 57),
        (29.6, "poor", 29),
        (89.9, "very good", 89),
        (99.9, "no visible difference", 100),
    ],
)
def test_one_number_never_has_two_words(quality, words, number):
    assert (in_words(quality), whole(quality)) == (words, number)
    assert in_words(whole(quality)) == words
