"""Matroska and WebM as programs write them: told apart by head and codecs, with their tracks and length."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from mmspack import Message, Slide, build, profiles
from mmspack.media.probing import probe
from mmspack.model import Kind
from tests.fitting.clips import in_container, make_film, make_sound


@pytest.fixture(scope="module")
def web() -> bytes:
    return make_film(size=(96, 64), seconds=1, container="webm", codec="libvpx")


@pytest.fixture(scope="module")
def film() -> bytes:
    return make_film(size=(96, 64), seconds=1, container="matroska")


@pytest.mark.parametrize(
    ("container", "codec", "type_", "ending"),
    [
        ("webm", "libvpx", "video/webm", "webm"),
        ("matroska", "libvpx", "video/x-matroska", "mkv"),
        ("matroska", "libx264", "video/x-matroska", "mkv"),
    ],
)
def test_a_kept_film_is_named_as_what_it_is_and_its_slide_lasts_as_long(container, codec, type_, ending):
    data = make_film(size=(96, 64), seconds=2, rate=15, container=container, codec=codec)
    made = build(Message(slides=[Slide(video=data, text="Look", keep=True)]), "uk", cache=False)
    part = made.message.slides[0].part(Kind.VIDEO)
    assert part.data == data
    assert (part.type, made.names[0]) == (type_, f"video1.{ending}")
    assert made.message.slides[0].duration_ms == pytest.approx(2000, abs=50)
    assert (part.after.width, part.after.height) == (96, 64)


def test_a_film_whose_head_says_webm_and_whose_codec_is_another_one_is_matroska(film):
    renamed = film.replace(b"matroska", b"webm\0\0\0\0", 1)
    assert probe(renamed).type == "video/x-matroska"


@pytest.mark.parametrize(("container", "type_"), [("webm", "audio/webm"), ("matroska", "audio/x-matroska")])
def test_sound_alone_is_a_sound(container, type_):
    data = make_sound(container, "libopus", seconds=2)
    assert probe(data).type == type_
    made = build(Message(slides=[Slide(audio=data, text="Listen")]), "uk", cache=False)
    assert made.message.slides[0].part(Kind.AUDIO).type == "audio/mp4"


def test_a_profile_that_takes_webm_gets_it_as_it_is(web):
    takes_it = replace(profiles.get("uk"), video_types=("video/webm",))
    made = build(Message(slides=[Slide(video=web, text="Look")]), takes_it, cache=False)
    assert made.message.slides[0].part(Kind.VIDEO).data == web


def test_the_tracks_are_told(film, web):
    tracks = {track.kind: track for track in probe(film).tracks}
    assert (tracks["vide"].codec, tracks["vide"].samples, tracks["soun"].rate) == ("avc1", 30, 48_000)
    assert probe(web).codecs == ("vp08", "Opus")


class Live(io.BytesIO):
    """Where a recorder writes that cannot go back to fill in a length."""

    def seekable(self) -> bool:
        return False


def test_what_is_recorded_live_has_no_length_and_is_no_damage(web):
    told = probe(in_container(web, "webm", "video", Live()))
    assert (told.type, told.error, told.codecs) == ("video/webm", "", ("vp08",))


def test_every_cut_and_every_changed_byte_of_the_head_is_read_without_an_exception(film):
    for at in range(0, 700):
        probe(film[:at])
        probe(film[:at] + b"\xff" + film[at + 1 :])
        probe(film[:at] + b"\0" + film[at + 1 :])
