"""Films in profiles that take none, films of one picture, and what a document says of a film."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from mmspack import Message, Slide, build, profiles
from mmspack.errors import MediaError
from mmspack.model import Kind
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
