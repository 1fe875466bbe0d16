"""Videos and sounds that a profile does not take, or that make a message too large, are re-encoded."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import av
import pytest
from PIL import Image

from mmspack import Message, Slide, build, profiles
from mmspack.errors import DoesNotFit
from mmspack.fitted import FittedPart
from mmspack.fixing import FixResult, fix
from mmspack.model import Kind
from mmspack.rules.checking import check
from tests.fitting.clips import frame, in_container, make_film, make_wav, opened, pictures, sounds
from tests.rules.scenes import noise, scene, swapped

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def film() -> bytes:
    return make_film(seconds=1, container="mov", options={"crf": "4"})


def fixed(name: str, data: bytes, profile, *, tag: str = "video") -> FixResult:
    return fix(bundle(name, data, tag), profile=profile)


def bundle(name: str, data: bytes, tag: str = "video") -> bytes:
    smil = swapped("image1.jpg", name).replace("<img", f"<{tag}")
    return scene(files={name: data, "text1.txt": b"Hello"}, smil=smil).data


def built(data: bytes, profile) -> FittedPart:
    made = build(Message(slides=[Slide(video=data, text="Hello")]), profile, cache=False)
    return made.message.slides[0].part(Kind.VIDEO)


def ids(result: FixResult) -> set[str]:
    return {finding.id for finding in result.report.findings}


def told(result: FixResult) -> list[str]:
    return [change.what for change in result.changes]


def left(result: FixResult) -> str:
    return "\n".join(one.what for one in result.left)


@pytest.mark.parametrize(
    ("profile", "ending", "codec"), [("uk", ".mp4", "h264"), ("oma-video-rich", ".3gp", "h263")]
)
def test_a_quicktime_video_becomes_what_the_profile_takes(film, profile, ending, codec):
    room = replace(profiles.get(profile), max_bytes=2_000_000, warn_bytes=None)
    result = fixed("video1.mov", film, room)
    (part,) = (part for part in result.bundle.parts if part.name.endswith(ending))
    assert opened(part.data)["video"] == codec
    assert not {"MMS405", "MMS437", "MMS434"} & ids(result)
    assert told(result)[0].startswith(f"QuickTime → {ending[1:].upper()}, {len(part.data):,} bytes (")
    assert told(result)[0].endswith("): the profile does not allow its type")
    assert part.name in result.bundle.smil.data.decode()


def test_a_quicktime_video_that_phones_play_changes_its_container_alone():
    data = make_film(seconds=1, container="mov", options={"crf": "30", "profile": "baseline"})
    result = fixed("video1.mov", data, "uk")
    (part,) = (part for part in result.bundle.parts if part.name.endswith(".mp4"))
    assert pictures(part.data) == pictures(data)
    assert any("re-wrapped, not re-encoded" in change.what for change in result.changes)
    assert "MMS405" not in ids(result)


def test_the_sound_of_a_matroska_video_is_copied_though_the_mp4_has_a_larger_index():
    coded = make_film(seconds=5, size=(96, 64), options={"crf": "40", "profile": "baseline"})
    data = in_container(coded, "matroska")
    result = fixed("video1.mkv", data, "uk")
    part = result.bundle.part("video1.mp4")
    assert len(part.data) > len(data) + 4096
    assert sounds(part.data) == sounds(data)
    assert part.data == built(data, "uk").data


@pytest.mark.parametrize("flaw", ["container", "codec", "level", "level in Matroska", "turned"])
def test_a_repaired_video_is_the_one_that_a_build_makes(flaw):
    high = {"x264-params": "level=5.1"}
    made_as = {
        "container": {"container": "avi", "codec": "mjpeg", "pixels": "yuvj420p", "sound": False},
        "codec": {"codec": "libx265"},
        "level": {"options": high},
        "level in Matroska": {"options": high},
        "turned": {"turned": 90},
    }
    data = make_film(seconds=0.5, size=(96, 64), **made_as[flaw])
    if flaw == "level in Matroska":
        data = in_container(data, "matroska")
    result = fixed("video1.mp4", data, "uk")
    part = result.bundle.part("video1.mp4")
    assert part.data == built(data, "uk").data
    assert not {"MMS405", "MMS437", "MMS438", "MMS471"} & ids(result)


def test_a_content_class_gets_speech_beside_its_pictures():
    data = make_film(seconds=0.5, size=(176, 144), rate=10, container="3gp", codec="h263")
    room = replace(profiles.get("oma-video-rich"), max_bytes=2_000_000, warn_bytes=None)
    result = fixed("video1.3gp", data, room)
    assert opened(result.bundle.part("video1.3gp").data)["audio"] == "amr_nb"
    assert "MMS434" not in ids(result)
    assert opened(built(data, room).data)["audio"] == "amr_nb"


def test_several_videos_share_what_the_message_leaves(film):
    smil = swapped("<img", '<video src="video1.mov"/></par><par dur="4s"><video')
    files = {"video1.mov": film, "video2.mov": film, "text1.txt": b"Hello"}
    made = scene(files=files, smil=smil.replace("image1.jpg", "video2.mov"))
    room = replace(
        profiles.get("uk"), max_bytes=2 * len(film) + 3_000, warn_bytes=None, video_types=("video/mp4",)
    )
    result = fix(made.data, profile=room)
    sizes = [len(part.data) for part in result.bundle.parts if part.type == "video/mp4"]
    assert len(sizes) == 2
    assert min(sizes) > 0.8 * max(sizes)
    assert result.report.ok, result.report.findings


def test_a_wav_becomes_amr_for_a_class_and_aac_for_a_smartphone():
    for profile, type_ in (("oma-image-rich", "audio/amr"), ("uk", "audio/mp4")):
        result = fixed("audio1.wav", make_wav(2, 8000), profile, tag="audio")
        assert type_ in {part.type for part in result.bundle.parts}
        assert "MMS405" not in ids(result)


def test_a_sound_in_a_plain_stream_gets_a_container_once():
    """Readers take ADTS for MP3, which is no reason to keep it where the profile has MP3 alone."""
    wav, stream = make_wav(1, 16000), io.BytesIO()
    with av.open(io.BytesIO(wav)) as source, av.open(stream, "w", format="adts") as made:
        out = made.add_stream("aac", rate=16000)
        for frame in source.decode(audio=0):
            made.mux(out.encode(frame))
        made.mux(out.encode(None))
    result = fixed("audio1.aac", stream.getvalue(), "uk", tag="audio")
    assert "audio/mp4" in {part.type for part in result.bundle.parts}
    assert "MMS405" not in ids(result)
    assert fix(result.bundle.data, profile="uk").changes == ()


def test_a_message_that_a_video_makes_too_large_is_made_to_fit(film):
    room = replace(profiles.get("uk"), max_bytes=40_000, warn_bytes=None)
    assert len(film) > 40_000
    result = fixed("video1.mov", film, room)
    assert result.report.ok, result.report.findings
    assert result.report.budget.total_bytes <= 40_000
    (part,) = (part for part in result.bundle.parts if part.name.startswith("video1"))
    words = f"{len(film):,} bytes reduced to {len(part.data):,} so that the message fits"
    assert f"QuickTime re-encoded as MP4: {words}" in told(result)
    assert fix(result.bundle.data, profile=room).changes == ()


KEYS = re.compile(r"\b(still|poster|mute|keep|start|end|seconds|min_quality)\b ?=|message\.toml")
"""Keys of a message's source, which whoever repairs a bundle does not have."""


@pytest.mark.parametrize(
    ("name", "tag", "cure"),
    [
        ("video1.mp4", "video", "the first"),
        ("audio1.wav", "audio", "the first 6 s fit; a limit of"),
        ("image1.gif", "img", "send a still picture in its place; a limit of"),
        ("image1.webp", "img", "send a still picture in its place; a limit of"),
    ],
)
def test_the_cure_of_what_does_not_fit_is_one_for_whoever_has_the_bundle_alone(name, tag, cure):
    stream = io.BytesIO()
    if tag == "video":
        stream.write(make_film(seconds=2, size=(256, 144), options={"crf": "4"}))
    elif tag == "audio":
        stream.write(make_wav(20))
    else:
        first, *others = [Image.fromarray(frame(at * 4, (200, 120))) for at in range(30)]
        first.save(stream, name.rpartition(".")[2].upper(), save_all=True, append_images=others, duration=120)
    room = replace(profiles.get("uk"), max_bytes=5_000 if tag == "img" else 6_000, warn_bytes=None)
    said = left(fixed(name, stream.getvalue(), room, tag=tag))
    assert cure in said
    assert not KEYS.search(said)
    key = {"img": "image"}.get(tag, tag)
    with pytest.raises(DoesNotFit, match=KEYS):
        build(
            Message(slides=[Slide(**{key: stream.getvalue()})]), replace(room, max_bytes=3_000), cache=False
        )


def test_a_damaged_video_stays_and_the_reason_is_given_for_each_finding(film):
    result = fixed("video1.mov", film[:-5000], replace(profiles.get("uk"), max_bytes=20_000, warn_bytes=None))
    assert {"MMS405", "MMS431", "MMS501"} <= ids(result)
    assert "it is damaged: export it again" in left(result)
    assert "no repair is certain" not in left(result)


def test_a_profile_without_videos_says_so(film):
    result = fixed("video1.mov", film, "oma-image-basic")
    assert "oma-image-basic does not take videos: remove it" in left(result)
    assert result.bundle.part("video1.mov").data


def test_without_an_engine_the_reason_names_what_to_install(film, monkeypatch):
    monkeypatch.setenv("MMSPACK_FILM_ENGINE", "none")
    result = fixed("video1.mov", film, replace(profiles.get("uk"), max_bytes=40_000, warn_bytes=None))
    assert "pip install 'mmspack[video]'" in left(result)
    assert [(one.part, one.what) for one in result.left if one.ids == ("MMS405",)] == [
        ("video1.mov", "it is re-encoded together with all that has to fit")
    ]


def test_every_reason_for_which_a_video_is_re_encoded_is_given():
    sideways = make_film(seconds=0.5, size=(160, 90), codec="libx265", turned=90)
    result = fixed("video1.mp4", sideways, "uk")
    assert told(result)[0].endswith(": not every phone plays its codec and it was not stored upright")


def test_a_video_is_re_encoded_into_what_the_other_parts_leave(film):
    """At once: a message that were too large would be fitted as a whole in another round."""
    picture = noise(300, 200)
    room = replace(profiles.get("uk"), max_bytes=len(picture) + 30_000 + 2_000, warn_bytes=None)
    smil = swapped("<img", '<video src="video1.mp4"/></par><par dur="4s"><img')
    small = make_film(seconds=1, size=(160, 90), codec="libx265")
    assert len(small) < 28_000
    files = {"video1.mp4": small, "image1.jpg": picture, "text1.txt": b"Hello"}
    seen = []
    result = fix(scene(files=files, smil=smil).data, profile=room, progress=lambda *at: seen.append(at))
    assert result.report.ok, result.report.findings
    assert not any("reduced to" in words for words in told(result))
    assert seen


def test_a_video_that_is_re_encoded_is_not_said_to_have_its_index_moved_first():
    data = make_film(size=(96, 64), seconds=1, options={"crf": "4"})
    assert "MMS439" in {finding.id for finding in check(bundle("video1.mp4", data), profile="uk").findings}
    result = fixed("video1.mp4", data, replace(profiles.get("uk"), max_bytes=30_000, warn_bytes=None))
    assert [words for words in told(result) if "index" in words] == []
    assert any("so that the message fits" in words for words in told(result))
    assert "MMS439" not in ids(result)


def test_a_video_beside_a_picture_that_is_too_large_has_its_index_moved_and_no_more():
    data = make_film(size=(96, 64), seconds=1, sound=False, options={"crf": "30", "profile": "baseline"})
    smil = swapped("image1.jpg", "video1.mp4").replace("<img", "<video")
    made = scene(files={"video1.mp4": data, "text1.txt": b"Hello", "image2.jpg": noise(600, 450)}, smil=smil)
    result = fix(made.data, profile=replace(profiles.get("uk"), max_bytes=120_000, warn_bytes=None))
    assert [change.what for change in result.changes if change.part == "video1.mp4"] == [
        "index moved to the front"
    ]
