"""A slide that asks for more of its video or sound than there is: what was asked, and what there is."""

from __future__ import annotations

import re

import pytest

from mmspack import Message, Slide, build
from mmspack.authoring.reading import from_toml
from mmspack.errors import MediaError
from tests.fitting.clips import make_film, make_wav

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def film() -> bytes:
    """Of two seconds."""
    return make_film(size=(96, 64), seconds=2, options={"crf": "20", "profile": "baseline"})


def shortfall(**keys) -> list[str]:
    """What the report says of an end that was asked for and is not there."""
    part = build(Message(slides=[Slide(**keys)]), "uk", cache=False).message.parts[0]
    return [words for words in part.actions if ", but the " in words]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"end": 30}, "end=30, but the video ends after 2.0 s"),
        ({"seconds": 30}, "seconds=30, but the video plays for 2.0 s"),
        ({"start": 0.5, "seconds": 30}, "seconds=30, but the video plays for 1.5 s from start=0.5 on"),
        ({"seconds": 30, "end": 20}, "end=20, but the video ends after 2.0 s"),
        ({"end": 19, "as_": "gif"}, "end=19, but the video ends after 2.0 s"),
        ({"seconds": 30, "keep": True}, "seconds=30, but the video plays for 2.0 s"),
    ],
)
def test_a_video_that_ends_before_it_is_to_be_cut_says_so_in_one_line(film, keys, said):
    assert shortfall(video=film, **keys) == [said]


@pytest.mark.parametrize(
    "keys",
    [{"end": 2}, {"seconds": 2}, {"end": 2.2}, {"end": 1, "seconds": 30}, {"seconds": 30, "poster": True}],
)
def test_a_video_of_which_all_is_there_that_was_asked_for_says_nothing(film, keys):
    assert shortfall(video=film, **keys) == []


def test_a_video_of_one_picture_is_shown_as_long_as_was_asked():
    one = make_film(size=(96, 64), seconds=1 / 30, sound=False)
    assert shortfall(video=one, seconds=9) == []


def test_a_sound_says_so_too_and_is_not_cut_by_the_time_of_its_slide():
    assert shortfall(audio=make_wav(1.0), end=5) == ["end=5, but the sound ends after 1.0 s"]
    assert shortfall(audio=make_wav(1.0), seconds=9) == []


@pytest.mark.parametrize("name", ["film.mp4", "voice.wav"])
@pytest.mark.parametrize("start", [2, 9])
@pytest.mark.usefixtures("engine")
def test_a_start_where_nothing_is_left_names_its_line_and_the_cure(tmp_path, film, name, start):
    (tmp_path / "film.mp4").write_bytes(film)
    (tmp_path / "voice.wav").write_bytes(make_wav(2.0))
    key = "video" if name == "film.mp4" else "audio"
    file = tmp_path / "message.toml"
    file.write_text(f'[[slides]]\n{key} = "{name}"\ntext = "Look"\nstart = {start}\n')
    with pytest.raises(MediaError) as caught:
        build(from_toml(file), "uk", cache=False)
    assert str(caught.value).endswith(
        f"message.toml:4: slide 1, start: {name}: it ends after 2.0 s: nothing is left from start = {start}"
        " (choose an earlier start)"
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"start": 1.99}, "slide 1, start: it has no frame after 1.99 s"),
        ({"start": 1.01, "end": 1.02}, "slide 1, start: it has no frame between 1.01 s and 1.02 s"),
    ],
)
def test_a_part_between_two_pictures_is_not_taken_for_damage(film, keys, said):
    with pytest.raises(MediaError, match=re.escape(f"{said} (choose another part)")):
        build(Message(slides=[Slide(video=film, **keys)]), "uk", cache=False)
