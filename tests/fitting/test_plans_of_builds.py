"""A plan tells what a build makes, and more effort is never worse."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from mmspack import profiles
from mmspack.message import Message, Slide
from mmspack.pipeline import build, plan
from tests.fitting.drawn import clouds, flat, moving, noise, saved

pytestmark = pytest.mark.slow

UK = profiles.get("uk")
EFFORTS = ("fast", "good", "best")


def photo(seed, size=(500, 375)):
    return saved(clouds(size, seed), "JPEG", quality=92)


# Made when a test asks for them: a collection of the quick tests draws nothing.
MESSAGES: dict[str, Callable[[], list[Slide]]] = {
    "photos": lambda: [Slide(image=photo(n), text=f"Slide {n}") for n in range(4)],
    "a graphic among photos": lambda: [
        Slide(image=saved(flat((450, 350)))),
        Slide(image=photo(2)),
        Slide(image=saved(noise((150, 100)), "JPEG"), text="noise"),
    ],
    "an animation": lambda: [Slide(image=moving((100, 75), frames=8)), Slide(image=photo(5), text="Hello")],
    "text alone": lambda: [Slide(text="Hello")],
}


def tight(max_bytes, **changes):
    return replace(UK, name="tight", max_bytes=max_bytes, **{"warn_bytes": None} | changes)


@pytest.mark.slow
@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("profile", [UK, tight(20_000), tight(25_000, warn_bytes=17_000)])
def test_a_plan_is_what_the_build_makes(name, profile):
    message = Message(slides=MESSAGES[name](), subject="Grüße")
    (row,) = plan(message, profile, efforts=["good"], cache=False)
    built = build(message, profile, effort="good", cache=False)
    assert row.fits
    assert row.parts == built.message.parts
    assert row.total_bytes == built.report.budget.total_bytes
    assert row.max_bytes == built.fitted_to


def test_what_cannot_be_held_to_the_advice_is_planned_as_it_is_built():
    kept = saved(noise((150, 120)))
    message = Message(slides=[Slide(image=kept, keep=True)])
    profile = tight(len(kept) + 5_000, warn_bytes=len(kept))
    (row,) = plan(message, profile, efforts=["good"], cache=False)
    built = build(message, profile, cache=False)
    assert row.fits
    assert row.max_bytes == built.fitted_to == profile.max_bytes
    assert row.total_bytes == built.report.budget.total_bytes


@pytest.mark.slow
@pytest.mark.parametrize("name", ["photos", "a graphic among photos", "an animation"])
@pytest.mark.parametrize("max_bytes", [18_000, 30_000, 47_000])
def test_more_effort_is_never_worse(name, max_bytes):
    rows = plan(Message(slides=MESSAGES[name]()), tight(max_bytes), efforts=EFFORTS, cache=False)
    worst = [row.worst_quality for row in rows]
    # Less effort predicts and more effort measures: the numbers are off by tenths, and where both make the
    # same sizes and bytes, they are of one quality whatever was predicted.
    for less, more in pairwise(rows):
        alike = all(_alike(*parts) for parts in zip(less.parts, more.parts, strict=True))
        assert alike or more.worst_quality >= less.worst_quality - 0.3, worst


def _alike(part, other):
    one, two = part.after, other.after
    return (one.width, one.height) == (two.width, two.height) and two.bytes == pytest.approx(
        one.bytes, rel=0.001
    )


def test_a_plan_tells_what_does_not_fit():
    message = Message(slides=[Slide(image=photo(1), text="Hello")])
    rows = plan(
        message, [UK, tight(2_500, max_width=64, max_height=48)], efforts=["fast", "good"], cache=False
    )
    assert [(row.profile, row.effort, row.fits) for row in rows] == [
        ("uk", "fast", True),
        ("uk", "good", True),
        ("tight", "fast", False),
        ("tight", "good", False),
    ]
    assert rows[1].total_bytes <= UK.max_bytes
    assert rows[2].problem
    assert "would be enough" in rows[2].hint
