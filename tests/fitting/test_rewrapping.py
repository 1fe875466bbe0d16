"""A film that phones play, but not in its container or not with its sound: its pictures stay as they are."""

from __future__ import annotations

import io

import av
import pytest

from mmspack.media.containers.iso_index import plain_edits
from mmspack.media.probing import probe
from mmspack.model import Kind
from tests.fitting.clips import copied, make_film, opened, pictures
from tests.fitting.test_films import built

pytestmark = pytest.mark.slow
_SMALL = {"crf": "20", "profile": "baseline", "g": "15"}
_SIZE = (192, 108)


@pytest.fixture(scope="module")
def recorded() -> bytes:
    """A clip as an iPhone set to "most compatible" records it."""
    return make_film(size=_SIZE, seconds=2, container="mov", options=_SMALL)


def part_of(data: bytes, max_bytes: int = 300_000, **keys):
    return built(data, max_bytes, **keys)[0].part(Kind.VIDEO)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("sound", [True, False])
def test_a_mov_that_phones_play_changes_its_container_alone(sound):
    data = make_film(size=_SIZE, seconds=2, container="mov", options=_SMALL, sound=sound)
    part = part_of(data)
    assert part.actions == ("re-wrapped, not re-encoded",)
    assert part.type == "video/mp4"
    assert part.quality == 100
    assert pictures(part.data) == pictures(data)
    told = opened(part.data)
    assert told["frames"] == 60
    assert told.get("audio") == ("aac" if sound else None)
    assert abs(told["seconds"] - 2) < 0.1
    assert not probe(part.data).index_last


def test_a_matroska_film_changes_its_container_and_a_sound_that_phones_do_not_play():
    data = make_film(size=_SIZE, seconds=2, container="matroska", options=_SMALL)
    assert opened(data)["audio"] == "opus"
    part = part_of(data)
    assert part.actions[0] == "pictures re-wrapped, not re-encoded"
    assert part.actions[1].startswith("sound: AAC")
    assert opened(part.data)["audio"] == "aac"
    assert opened(part.data)["frames"] == 60


def test_a_sound_that_leaves_no_room_is_re_encoded_and_the_pictures_are_not(recorded):
    part = part_of(recorded, len(recorded) - 5_000)
    assert part.actions[0] == "pictures re-wrapped, not re-encoded"
    assert pictures(part.data) == pictures(recorded)


def test_pictures_are_re_encoded_rather_than_their_sound_spoilt(recorded):
    seen = sum(map(len, pictures(recorded)))
    part = part_of(recorded, seen + 12_000)
    assert any("re-encoded as H.264" in words for words in part.actions)


@pytest.mark.parametrize(
    ("keys", "words"),
    [({"end": 1.0}, "cut from 0 s to 1 s"), ({"crop": "1:1"}, "cropped")],
)
def test_what_changes_the_pictures_re_encodes_them(recorded, keys, words):
    actions = part_of(recorded, **keys).actions
    assert any("re-encoded as H.264" in one for one in actions)
    assert any(words in one for one in actions)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("container", ["mov", "mp4", "matroska"])
def test_without_its_sound_a_film_keeps_its_pictures(container):
    data = make_film(size=_SIZE, seconds=2, container=container, options=_SMALL)
    seen = sum(map(len, pictures(data)))
    part = part_of(data, seen + 12_000, mute=True)
    assert part.actions == ("pictures re-wrapped, not re-encoded", "sound removed")
    assert part.type == "video/mp4"
    assert pictures(part.data) == pictures(data)
    assert "audio" not in opened(part.data)


def test_a_mov_on_its_side_is_still_turned_upright():
    part = part_of(make_film(size=_SIZE, seconds=1, container="mov", options=_SMALL, turned=90))
    assert "turned upright" in part.actions
    assert probe(part.data).tracks[0].rotation == 0


def test_a_mov_whose_edit_list_leaves_something_out_is_re_encoded(recorded):
    assert plain_edits(recorded)
    at = recorded.index(b"elst") + 16  # after size of the name, version, count and duration
    scale = 15_360  # what libavformat takes for 30 frames a second
    late = recorded[:at] + (scale // 2).to_bytes(4, "big") + recorded[at + 4 :]
    assert not plain_edits(late)
    assert "re-wrapped, not re-encoded" not in part_of(late).actions


def test_nothing_of_the_metadata_comes_along():
    stream = io.BytesIO()
    with (
        av.open(io.BytesIO(make_film(seconds=1, container="mov", options=_SMALL, sound=False))) as found,
        av.open(stream, "w", format="mov", options={"movflags": "use_metadata_tags"}) as out,
    ):
        out.metadata["location"] = "+48.1371+011.5754/"
        copied(found, out)
    assert b"+48.1371" in stream.getvalue()
    part = part_of(stream.getvalue())
    assert part.actions == ("re-wrapped, not re-encoded",)
    assert b"+48.1371" not in part.data
