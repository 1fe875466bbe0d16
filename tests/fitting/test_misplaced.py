"""Media under the wrong key: what they are is said, and a cure that does not lead to a second error."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmspack import Message, Slide, build
from mmspack.errors import AuthoringError, MediaError
from mmspack.model import Kind
from tests.fitting.clips import make_film, make_sound, make_wav, opened
from tests.rules.scenes import AMR


@pytest.fixture(scope="module")
def film() -> bytes:
    return make_film(size=(96, 64), seconds=1)


def refused(folder: Path, key: str, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    with pytest.raises(MediaError) as caught:
        build(Message(slides=[Slide(text="Look", **{key: folder / name})]), "uk", cache=False)
    return str(caught.value)


@pytest.mark.parametrize("codec", ["aac", "pcm_s16le"])
def test_quicktime_with_sound_alone_is_a_sound(tmp_path, codec):
    (tmp_path / "memo.mov").write_bytes(make_sound("mov", codec))
    made = build(Message(slides=[Slide(audio=tmp_path / "memo.mov", text="Listen")]), "uk", cache=False)
    part = made.message.slides[0].part(Kind.AUDIO)
    assert made.ok
    assert part.type == "audio/mp4"
    assert opened(part.data)["audio"] == "aac"


@pytest.mark.parametrize("name", ["memo.mov", "memo.mp4"])
def test_sound_alone_that_is_named_as_a_video_is_to_be_named_as_audio(tmp_path, name):
    said = refused(tmp_path, "video", name, make_sound(name.rpartition(".")[2]))
    assert f"slide 1, video: {name}: not a video: it is sound alone" in said
    assert said.endswith(f'(name it as audio="{name}")')
    build(Message(slides=[Slide(audio=tmp_path / name, text="Listen")]), "uk", cache=False)


def test_a_video_with_a_picture_s_name_is_to_be_renamed_since_the_name_alone_would_be_refused(tmp_path, film):
    said = refused(tmp_path, "image", "wrong.jpg", film)
    assert "not a picture: it is a video (MP4)" in said
    assert said.endswith('(rename it to wrong.mp4, and name it as video="wrong.mp4")')
    (tmp_path / "wrong.jpg").rename(tmp_path / "wrong.mp4")
    build(Message(slides=[Slide(video=tmp_path / "wrong.mp4", text="Look")]), "uk", cache=False)


def test_a_sound_or_a_picture_with_another_name_is_told_likewise(tmp_path, scene):
    said = refused(tmp_path, "image", "tone.png", make_wav(1))
    assert said.endswith('it is sound alone (WAV) (rename it to tone.wav, and name it as audio="tone.wav")')
    said = refused(tmp_path, "video", "beach.mp4", scene(64, 48))
    assert said.endswith('it is a picture (JPEG) (rename it to beach.jpg, and name it as image="beach.jpg")')


def refused_by_name(folder: Path, key: str, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    with pytest.raises(AuthoringError) as caught:
        build(Message(slides=[Slide(text="Look", **{key: folder / name})]), "uk", cache=False)
    return str(caught.value)


@pytest.mark.parametrize("key", ["video", "audio"])
def test_a_film_that_is_named_as_a_picture_is_to_be_renamed_and_not_to_be_called_a_picture(
    tmp_path, film, key
):
    said = refused_by_name(tmp_path, key, "clip.jpg", film)
    assert "'clip.jpg' is a picture by its name, but holds a video (MP4)" in said
    assert said.endswith('(rename it to clip.mp4, and name it as video="clip.mp4")')
    (tmp_path / "clip.jpg").rename(tmp_path / "clip.mp4")
    build(Message(slides=[Slide(video=tmp_path / "clip.mp4", text="Look")]), "uk", cache=False)


def test_a_picture_or_a_sound_that_is_named_as_a_film_is_to_be_renamed(tmp_path, scene):
    said = refused_by_name(tmp_path, "image", "beach.mov", scene(64, 48))
    assert "'beach.mov' is a video by its name, but holds a picture (JPEG)" in said
    assert said.endswith('(rename it to beach.jpg, and name it as image="beach.jpg")')
    said = refused_by_name(tmp_path, "image", "tone.mp4", make_wav(1))
    assert said.endswith('(rename it to tone.wav, and name it as audio="tone.wav")')


def test_a_file_that_is_what_its_name_says_is_only_named_under_another_key(tmp_path, film, scene):
    said = refused_by_name(tmp_path, "video", "beach.jpg", scene(64, 48))
    assert said.endswith("""'beach.jpg' is a picture by its name, not a video (image="beach.jpg")""")
    said = refused_by_name(tmp_path, "image", "clip.mp4", film)
    assert said.endswith("""'clip.mp4' is a video by its name, not a picture (video="clip.mp4")""")


def test_bytes_have_no_name_to_be_changed(film):
    with pytest.raises(MediaError, match=r"it is a video \(MP4\) \(name it as video=…\)"):
        build(Message(slides=[Slide(image=film, text="Look")]), "uk")
    with pytest.raises(MediaError, match=r"it is sound alone \(AMR\) \(name it as audio=…\)"):
        build(Message(slides=[Slide(video=AMR, text="Look")]), "uk")


def test_a_container_that_tells_its_tracks_only_when_it_is_open_is_refused_in_one_line():
    sound = make_sound("avi", "pcm_s16le")
    for keys in ({}, {"poster": True}, {"as_": "gif"}):
        with pytest.raises(MediaError, match="not a video: it is sound alone"):
            build(Message(slides=[Slide(video=sound, text="Look", **keys)]), "uk", cache=False)
