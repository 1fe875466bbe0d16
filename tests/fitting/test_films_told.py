"""Films in profiles that take none, films of one picture, and what a document says of a film."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from mmspack import Message, Slide, build, profiles
from mmspack.errors import MediaError
from mmspack.model import Kind
from mmspack.pipeline import plan
from tests.fitting.clips import frame, make_film

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tiny() -> bytes:
    return make_film(size=(96, 64), seconds=1)


def built(data: bytes, profile: str = "uk", **keys):
    return build(Message(slides=[Slide(video=data, text="Look", **keys)]), profile, cache=False)


def test_a_profile_without_videos_is_offered_a_still_only_where_it_takes_one(tiny):
    with pytest.raises(MediaError, match=r"does not take videos \(poster=True sends a still instead\)"):
        built(tiny, "oma-image-rich")
    assert built(tiny, "oma-image-rich", poster=True).message.slides[0].parts[0].kind is Kind.IMAGE
    with pytest.raises(MediaError, match=r"takes neither videos nor pictures \(choose another profile\)"):
        built(tiny, "oma-text")


def test_no_gif_is_made_for_a_profile_that_does_not_take_it(tiny):
    with pytest.raises(MediaError, match=r"takes neither GIFs nor pictures \(choose another profile\)"):
        built(tiny, "oma-text", as_="gif")
    stream = io.BytesIO()
    frames = [Image.fromarray(frame(at * 4, (60, 40))) for at in range(3)]
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], duration=120)
    jpegs = replace(profiles.get("uk"), image_types=("image/jpeg",))
    made = build(Message(slides=[Slide(image=stream.getvalue(), text="Look")]), jpegs, cache=False)
    assert made.ok
    assert made.message.slides[0].parts[0].type == "image/jpeg"


def test_a_video_of_one_picture_is_shown_as_long_as_a_still():
    one = make_film(size=(96, 64), seconds=1 / 30, sound=False)
    slide = built(one).message.slides[0]
    assert slide.part(Kind.VIDEO).after.duration_ms < 100
    assert slide.duration_ms == built(one, keep=True).message.slides[0].duration_ms
    assert slide.duration_ms == 5001
    assert built(one, seconds=2).message.slides[0].duration_ms == 2000
    assert built(make_film(size=(96, 64), seconds=0.5, sound=False)).message.slides[0].duration_ms == 500


@pytest.mark.parametrize("keys", [{"poster": True}, {"as_": "gif"}])
@pytest.mark.usefixtures("engine")
def test_a_video_of_one_picture_may_be_sent_as_a_still(keys):
    one = make_film(size=(96, 64), seconds=1 / 30, sound=False)
    part = built(one, **keys).message.slides[0].parts[0]
    assert (part.kind, part.after.width, part.after.frames) == (Kind.IMAGE, 96, 1)


@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("webm", "libvpx"), ("avi", "mpeg4")])
def test_the_number_of_frames_and_the_length_are_told_before_and_after(container, codec):
    data = make_film(size=(96, 64), seconds=1, rate=20, container=container, codec=codec, sound=False)
    part = built(data).message.slides[0].parts[0]
    for facts in (part.before, part.after):
        assert (facts.frames, facts.width, facts.height) == (20, 96, 64)
        assert facts.duration_ms == pytest.approx(1000, abs=50)


def test_a_plan_tells_the_quality_of_a_video():
    data = make_film(size=(96, 64), seconds=1, container="mov", options={"crf": "4"})
    rows = plan(
        Message(slides=[Slide(video=data)]), replace(profiles.get("uk"), max_bytes=20_000, warn_bytes=None)
    )
    assert all(row.worst_quality == row.parts[0].quality for row in rows)
    assert all(0 < row.worst_quality < 100 for row in rows)
