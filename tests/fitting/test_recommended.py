"""The recommended size is kept to, unless it ruins a picture that the limit saves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmspack import profiles
from mmspack.errors import DoesNotFit
from mmspack.fitting.recommended import MUCH, RUINED, fit_to_profile, worst_quality
from mmspack.message import Message, Slide
from mmspack.model import Kind, Severity
from mmspack.pipeline import build, plan
from tests.fitting.drawn import clouds, noise, saved

UK = profiles.get("uk")
PHOTO = saved(clouds((800, 600), 3), "JPEG", quality=92)


def tight(max_bytes: int, warn_bytes: int | None = None):
    return replace(UK, name="tight", max_bytes=max_bytes, warn_bytes=warn_bytes)


def of(limit: int, **slide: object) -> float:
    return (
        build(Message(slides=[Slide(image=PHOTO, **slide)]), tight(limit), cache=False)
        .message.parts[0]
        .quality
    )


@pytest.mark.slow
def test_the_limit_is_taken_where_the_recommended_size_ruins_a_picture():
    message = Message(slides=[Slide(image=PHOTO)])
    poor, fine = of(7_000), of(30_000)
    assert poor < RUINED < fine
    built = build(message, tight(30_000, 7_000), cache=False)
    assert built.fitted_to == 30_000
    assert built.message.parts[0].quality == fine
    assert (built.lifted.label, built.lifted.before, built.lifted.after) == ("image", poor, fine)
    assert "MMS502" in {one.id for one in built.report.findings}, "above the recommended size, and said so"


@pytest.mark.slow
def test_the_recommended_size_is_kept_to_where_the_limit_gains_no_more_than_a_few_points():
    message = Message(slides=[Slide(image=PHOTO)])
    built = build(message, tight(7_100, 7_000), cache=False)
    assert built.message.parts[0].quality < RUINED
    assert (built.fitted_to, built.lifted) == (7_000, None)


@pytest.mark.slow
def test_the_recommended_size_is_kept_to_where_it_looks_fair():
    message = Message(slides=[Slide(image=PHOTO)])
    assert of(25_000) >= RUINED
    assert of(200_000) - of(25_000) > MUCH
    built = build(message, tight(200_000, 25_000), cache=False)
    assert (built.fitted_to, built.lifted) == (25_000, None)
    assert not built.report.findings


@pytest.mark.slow
@pytest.mark.parametrize("beside", ["a film", "a sound"])
def test_what_cannot_be_made_smaller_does_not_ruin_the_picture_beside_it(beside):
    """As two real messages had it: 28 kB more turned a map from 16 to 98."""
    from tests.fitting.clips import make_film
    from tests.rules.scenes import AMR

    film = make_film(size=(96, 64), seconds=1)
    medium = {"a film": {"video": film}, "a sound": {"audio": AMR * 1 + AMR[6:] * 8}}[beside]
    message = Message(slides=[Slide(**medium, keep=True), Slide(image=PHOTO)])
    rest = sum(
        len(part.data)
        for part in build(message, UK, cache=False).message.parts
        if part.kind is not Kind.IMAGE
    )
    built = build(message, tight(rest + 40_000, rest + 8_000), cache=False)
    assert built.fitted_to == rest + 40_000
    assert built.lifted.before < RUINED < worst_quality(built.message.parts)


@pytest.mark.slow
def test_a_plan_takes_the_same_size_as_the_build():
    message = Message(slides=[Slide(image=PHOTO)])
    (row,) = plan(message, tight(30_000, 7_000), efforts=["good"], cache=False)
    assert row.max_bytes == 30_000


def test_what_does_not_fit_the_recommended_size_is_not_said_to_ruin_anything():
    kept = saved(noise((150, 120)))
    message = Message(slides=[Slide(image=kept, keep=True)])
    made = fit_to_profile(message, tight(len(kept) + 500, len(kept) - 500), reserved_bytes=0)
    assert (made.max_bytes, made.lifted) == (len(kept) + 500, None)


@pytest.mark.slow
def test_a_quality_of_the_message_holds_for_each_picture_without_one_of_its_own():
    other = saved(clouds((800, 600), 8), "JPEG", quality=92)
    limit = tight(26_000)
    slides = [Slide(image=PHOTO), Slide(image=other, min_quality=10, weight=0.01)]
    with pytest.raises(DoesNotFit, match="min_quality 97"):
        build(Message(slides=slides, min_quality=97), limit, cache=False)
    first, second = build(Message(slides=slides, min_quality=55), limit, cache=False).message.parts
    assert first.quality >= 55
    assert second.quality >= 10


@pytest.mark.slow
def test_the_command_says_in_one_line_why_it_went_to_the_limit(mmspack, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(PHOTO)
    (tmp_path / "own.toml").write_text("[uk]\nmax_bytes = 30000\nwarn_bytes = 7000\n")
    out = " ".join(mmspack("build", "photo.jpg", "-o", "a.zip", "--profiles", "own.toml").out.split())
    assert (
        "Fitted to 30,000 bytes, uk's limit: the recommended 7,000 would leave photo.jpg at a quality of"
        in out
    )


@pytest.mark.slow
def test_a_poor_picture_is_a_warning_with_its_number_and_the_slide(mmspack, tmp_path):
    built = build(Message(slides=[Slide(text="Hello"), Slide(image=PHOTO)]), tight(6_000), cache=False)
    quality = built.message.parts[1].quality
    assert quality < 35
    (found,) = [one for one in built.report.findings if one.id == "MMS532"]
    assert found.severity is Severity.WARNING
    assert f"quality of {quality:.0f} of 100" in found.message
    assert built.written_at(found).slide == 2
    fine = build(Message(slides=[Slide(image=PHOTO)]), tight(30_000), cache=False)
    assert "MMS532" not in {one.id for one in fine.report.findings}
