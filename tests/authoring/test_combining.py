"""Every key of a slide with every kind of medium: it does something, or it is refused with place and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmspack import Message, Overlay, Slide, build
from mmspack.authoring.keys import SLIDE
from mmspack.authoring.validating import problems_of
from mmspack.errors import AuthoringError
from mmspack.model import Kind
from tests.fitting.clips import make_film, make_wav, opened

MEDIA = {
    "text": {"text": "Look"},
    "image": {"image": Path("beach.jpg")},
    "sound": {"audio": Path("tone.wav")},
    "both": {"image": Path("beach.jpg"), "audio": Path("tone.wav")},
    "video": {"video": Path("clip.mp4")},
    "still of it": {"video": Path("clip.mp4"), "poster": True},
    "GIF of it": {"video": Path("clip.mp4"), "as_": "gif"},
}
VALUES = {
    "seconds": 3, "start": 1, "end": 2, "mute": True, "poster": True, "as": "gif", "weight": 2,
    "min_quality": 40, "keep": True, "still": True, "crop": "4:5", "alt": "A beach",
    "overlay": [Overlay(box=(0, 0, 1, 1), text="Ada")],
}  # fmt: skip
WORKS = {
    "text": {"seconds"},
    "image": {"seconds", "weight", "min_quality", "keep", "still", "crop", "alt", "overlay"},
    "sound": {"seconds", "start", "end", "weight", "min_quality", "keep"},
    "both": {"seconds", "start", "end", "weight", "min_quality", "keep", "still", "crop", "alt", "overlay"},
    "video": {
        "seconds",
        "start",
        "end",
        "mute",
        "poster",
        "as",
        "weight",
        "min_quality",
        "keep",
        "crop",
        "alt",
    },
    "still of it": {"seconds", "start", "poster", "weight", "min_quality", "crop", "alt"},
    "GIF of it": {"seconds", "start", "end", "as", "weight", "min_quality", "crop", "alt"},
}
WORKS_KEPT = {
    "image": {"seconds", "keep", "alt"},
    "sound": {"seconds", "keep"},
    "both": {"seconds", "start", "end", "weight", "keep", "alt"},
    "video": {"seconds", "keep", "alt"},
}


def test_every_key_is_in_the_table():
    told_elsewhere = {"image", "video", "audio", "text", "focus"}
    assert set(VALUES) == set(SLIDE) - told_elsewhere


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize(
    ("medium", "keep"), [*((one, False) for one in WORKS), *((one, True) for one in WORKS_KEPT)]
)
def test_a_key_works_or_is_refused(medium, name, keep):
    works = WORKS_KEPT if keep else WORKS
    kept = {"keep": True} if keep else {}
    slide = Slide(**MEDIA[medium] | kept | {SLIDE[name].attribute: VALUES[name]})
    problems = problems_of(Message(slides=[slide]))
    if name in works[medium]:
        assert problems == []
    else:
        (problem,) = problems
        assert problem.where.key == name or name in ("keep", "poster")  # named at the key that it rules out
        assert problem.cure


def test_a_video_that_is_kept_is_not_cut_by_its_slide_and_that_is_said():
    clip = make_film(size=(96, 64), seconds=2, rate=10)
    with pytest.raises(AuthoringError, match=r"seconds=1 would cut it, but keep=True sends all 2\.0 s of it"):
        build(Message(slides=[Slide(video=clip, keep=True, seconds=1)]), "uk", cache=False)
    made = build(Message(slides=[Slide(video=clip, keep=True, seconds=2)]), "uk", cache=False)
    assert made.message.slides[0].part(Kind.VIDEO).data == clip


def test_the_sound_beside_a_kept_picture_is_cut(scene):
    slide = Slide(image=scene(64, 48), audio=make_wav(2), keep=True, start=1)
    made = build(Message(slides=[slide]), "uk", cache=False)
    assert made.message.slides[0].part(Kind.IMAGE).data == scene(64, 48)
    assert opened(made.message.slides[0].part(Kind.AUDIO).data)["seconds"] == pytest.approx(1, abs=0.15)
