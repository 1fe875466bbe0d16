"""Films and sounds that are damaged inside: what can be decoded is sent, and a finding says so."""

from __future__ import annotations

import io
import random
import re
from fractions import Fraction

import av
import numpy as np
import pytest

from mmspack import Message, Slide, build
from mmspack.errors import MediaError
from mmspack.model import Severity
from tests.fitting.clips import damaged, in_container, make_film

pytestmark = pytest.mark.slow


def made_of(data: bytes, **keys):
    return build(Message(slides=[Slide(**(keys or {"video": data, "crop": "4:3"}))]), "uk", cache=False)


def done_to(data: bytes, **keys) -> tuple[str, ...]:
    return made_of(data, **keys).message.parts[0].actions


@pytest.fixture(scope="module")
def sharp() -> bytes:
    return make_film(size=(96, 64), seconds=2, options={"crf": "20", "profile": "baseline"})


PICTURES = re.compile(r"damaged at (\d\.\d)(?:–\d\.\d)? s: pictures are missing or wrong there")
SOUND = re.compile(r"sound damaged at (\d\.\d)(?:–\d\.\d)? s: it is missing or wrong there")


@pytest.mark.parametrize(("kind", "form"), [("video", PICTURES), ("audio", SOUND)])
def test_a_report_says_where_a_video_is_damaged(sharp, kind, form):
    said = form.fullmatch(done_to(damaged(sharp, 1.0, kind))[0])
    assert said
    assert float(said[1]) == pytest.approx(1.0, abs=0.25)
    assert not any("damaged" in words for words in done_to(sharp))


def test_several_places_are_named_and_those_that_are_cut_off_are_not(sharp):
    long = make_film(size=(96, 64), seconds=9, rate=10, options={"crf": "30", "g": "10"})
    for at in (0.5, 2.5, 4.5, 6.5, 8.2):
        long = damaged(long, at, "audio")
    said = done_to(long)[0]
    assert re.match(r"sound damaged at 0\.5\S* s, 2\.5\S* s, 4\.5\S* s and 2 more places: ", said)
    cut = done_to(long, video=long, start=2.0, end=4.0)[0]
    assert re.match(r"sound damaged at 2\.5\S* s: ", cut)


def test_a_video_of_which_the_end_is_lost_says_after_which_second():
    data = bytearray(make_film(size=(96, 64), seconds=3, container="matroska", codec="libvpx-vp9"))
    middle = len(data) // 2
    data[middle : middle + 1000] = random.Random(1).randbytes(1000)
    said = re.fullmatch(r"damaged at (\d\.\d) s: nothing can be decoded after that", done_to(bytes(data))[0])
    assert said
    assert 1.0 <= float(said[1]) <= 2.0


def test_a_gif_and_a_sound_of_a_damaged_source_say_so_too(sharp):
    assert PICTURES.fullmatch(done_to(sharp, video=damaged(sharp, 1.0), as_="gif")[0])
    whole = in_container(sharp, "adts", "audio")
    assert not any("damaged" in words for words in done_to(sharp, audio=whole))
    assert "sound damaged at" in done_to(sharp, audio=damaged(whole, 1.0, "audio"))[0]


# -- as a finding ---------------------------------------------------------------------------------


def missing(made) -> list[str]:
    """What the findings say of sources of which a part is missing."""
    return [one.message for one in made.report.findings if one.id == "MMS534"]


def keys_of(how: str, data: bytes) -> dict[str, object]:
    ways = {"re-encoded": {"crop": "4:3"}, "copied": {}, "kept": {"keep": True}, "gif": {"as_": "gif"}}
    return {"video": data, **ways[how]}


@pytest.mark.parametrize("how", ["re-encoded", "copied", "kept", "gif"])
def test_a_damaged_video_is_a_warning_however_it_is_sent(sharp, how):
    made = made_of(sharp, **keys_of(how, damaged(sharp, 1.0)))
    (said,) = missing(made)
    assert PICTURES.search(said)
    assert [one.severity for one in made.report.findings if one.id == "MMS534"] == [Severity.WARNING]
    assert made.ok
    assert not missing(made_of(sharp, **keys_of(how, sharp)))


@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_a_copy_that_holds_the_damage_is_not_said_to_be_untouched(sharp, container):
    for kind, form in (("video", PICTURES), ("audio", SOUND)):
        made = made_of(sharp, video=damaged(in_container(sharp, container), 1.0, kind))
        part = made.message.parts[0]
        assert form.fullmatch(part.actions[0])
        assert not any("re-encoded as" in words for words in part.actions)
        assert (part.quality, part.quality_words) == (None, "copied as it is, damaged")
        assert form.search(missing(made)[0])
    whole = made_of(sharp, video=in_container(sharp, container)).message.parts[0]
    assert (whole.quality, whole.quality_words) == (100, "untouched")


def test_the_damage_of_a_sound_that_is_not_sent_is_nobodys(sharp):
    assert not missing(made_of(sharp, video=damaged(sharp, 1.0, "audio"), mute=True))


def test_what_a_second_build_takes_from_the_cache_is_still_damaged(sharp):
    message = Message(slides=[Slide(video=damaged(sharp, 1.0))])
    first, second = (build(message, "uk") for _ in range(2))
    assert missing(first) == missing(second) != []
    assert first.message.parts == second.message.parts


@pytest.mark.parametrize("keys", [{}, {"keep": True}, {"crop": "1:1"}])
def test_a_video_of_which_nothing_can_be_decoded_is_refused_with_the_cure(sharp, keys):
    start = sharp.index(b"mdat") + 4
    size = int.from_bytes(sharp[start - 8 : start - 4], "big") - 8
    data = sharp[:start] + bytes(size) + sharp[start + size :]
    with pytest.raises(MediaError, match=r"cannot be decoded.*copy it again, or export it again"):
        made_of(data, video=data, **keys)


@pytest.mark.parametrize(("container", "codec"), [("adts", "aac"), ("mp3", "libmp3lame")])
def test_a_recording_that_begins_with_silence_is_not_taken_for_one_whose_end_is_lost(container, codec):
    """Its first frames take few bytes, and from them libavformat guesses a length of minutes."""
    data = silent_first(container, codec)
    made = made_of(data, audio=data)
    assert not missing(made)
    assert not any("damaged" in words for words in made.message.parts[0].actions)


def silent_first(container: str, codec: str) -> bytes:
    """Six seconds of silence and two of noise at a variable bit rate, without a header that says how long."""
    stream, noise = io.BytesIO(), np.random.default_rng(1)
    bare = {"write_xing": "0"} if container == "mp3" else {}
    with av.open(stream, "w", format=container, options=bare) as out:
        track = out.add_stream(codec, rate=48_000, options={"flags": "+qscale", "global_quality": "236"})
        track.layout = "stereo"
        length = track.codec_context.frame_size or 1024
        for at in range(0, 48_000 * 8, length):
            level = 0.0 if at < 48_000 * 6 else 0.3
            wave = np.clip(noise.normal(0, level, (2, length)), -1, 1).astype(np.float32)
            piece = av.AudioFrame.from_ndarray(wave, format="fltp", layout="stereo")
            piece.sample_rate, piece.pts, piece.time_base = 48_000, at, Fraction(1, 48_000)
            out.mux(track.encode(piece))
        out.mux(track.encode(None))
    return stream.getvalue()
