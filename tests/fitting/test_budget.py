"""The arithmetic of one budget over several pictures."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmspack.fitting.budget import QualityCurve, share, worth

sizes = st.lists(st.integers(100, 60_000), min_size=1, max_size=12, unique=True).map(sorted)


@st.composite
def curves(draw):
    at = draw(sizes)
    values = sorted(draw(st.lists(st.floats(0, 100), min_size=len(at), max_size=len(at), unique=True)))
    return QualityCurve(tuple(zip(at, values, strict=True)), weight=draw(st.sampled_from((0.5, 1.0, 3.0))))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(curves(), min_size=1, max_size=6), st.integers(0, 300_000))
def test_shares_stay_within_the_budget_and_above_each_least(found, total):
    shares = share(found, total)
    if shares is None:
        assert sum(curve.least for curve in found) > total
        return
    assert sum(shares) <= total
    assert all(given >= curve.least for given, curve in zip(shares, found, strict=True))


def log_curve(at_ten_kilobytes, slope=12.0):
    points = [(int(1000 * 1.1**n), at_ten_kilobytes + slope * (n - 24) * 0.1375) for n in range(70)]
    return QualityCurve(tuple((size, value) for size, value in points if 0 < value < 100))


def quality(curve, size):
    return max((value for at, value in curve.points if at <= size), default=0.0)


def test_the_harder_picture_gets_more():
    easy, hard = log_curve(70), log_curve(30)
    shares = share([easy, hard], 100_000)
    assert shares is not None
    assert shares[1] > 1.5 * shares[0]


def test_the_worst_picture_gains_over_an_even_split():
    found = [log_curve(75), log_curve(60), log_curve(50), log_curve(25)]
    shares = share(found, 120_000)
    assert shares is not None
    worst = min(quality(curve, size) for curve, size in zip(found, shares, strict=True))
    assert worst > min(quality(curve, 30_000) for curve in found) + 5


def test_weight_moves_bytes():
    plain = share([log_curve(50), log_curve(50)], 60_000)
    heavy = share([QualityCurve(log_curve(50).points, weight=3.0), log_curve(50)], 60_000)
    assert plain is not None
    assert heavy is not None
    assert plain[0] == pytest.approx(plain[1], rel=0.1)
    assert heavy[0] > 1.3 * heavy[1]


def test_what_one_cannot_use_goes_to_the_others():
    small = QualityCurve(((2_000, 100.0),))
    shares = share([small, log_curve(50)], 60_000)
    assert shares is not None
    assert shares[0] == 2_000
    assert shares[1] > 50_000


def test_impossible_budgets_are_told():
    assert share([QualityCurve(((5_000, 50.0),)), QualityCurve(((6_000, 50.0),))], 10_000) is None


def test_low_quality_counts_more_than_high():
    assert worth(40) - worth(30) > 1.9 * (worth(60) - worth(50))
