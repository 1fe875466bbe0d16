"""Sounds and films as people bring them: told by their tracks, and cut off where they promise too much."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from mmspack import Message, Slide, build, profiles
from mmspack.errors import MediaError
from mmspack.fitting.message import part_of
from mmspack.fitting.sources import SourceMedium
from mmspack.fitting.timed import clip_job
from mmspack.fixing import fix
from mmspack.media.probing import probe
from mmspack.model import Kind
from mmspack.problem import Place
from mmspack.rules.checking import check
from tests.conftest import SHARED
from tests.media.films import (
    H263,
    H264,
    MUSIC,
    SPEECH,
    Made,
    aac,
    amr_wb,
    av1,
    avc,
    box,
    film,
    hevc,
    midi,
    mp3,
    ogg,
    vp9,
    wav,
)
from tests.rules.cases import with_audio, with_film
from tests.rules.scenes import AMR, MIDI

INPUTS = SHARED / "inputs"


def brought(name: str) -> bytes:
    path = INPUTS / name
    if not path.is_file():
        pytest.skip("the inputs are not at hand")
    return path.read_bytes()


def ids(data: bytes, **options) -> list[str]:
    return sorted(finding.id for finding in check(data, **options).findings)


@pytest.fixture(autouse=True)
def undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files here are boxes around nothing that could be decoded: their boxes alone decide."""
    monkeypatch.setenv("MMSPACK_FILM_ENGINE", "none")


def keep_timed(source: SourceMedium):
    """The part that is made of a sound or a film which may stay as it is."""
    slide = Slide(**{source.kind.value: source.data}, keep=True)
    made = (
        clip_job(source, Message(slides=[slide]), profiles.get("uk"), "good").open().attempt(len(source.data))
    )
    return part_of(source, made, slide)


def medium(data: bytes, kind: Kind) -> SourceMedium:
    return SourceMedium(kind=kind, slide=0, place=Place(slide=1), label="recording", data=data)


# -- tracks decide, not the brand -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("brand", "tracks", "type_"),
    [
        (b"3gp4", [SPEECH], "audio/3gpp"),
        (b"3gp5", [MUSIC], "audio/3gpp"),
        (b"3g2a", [SPEECH], "audio/3gpp2"),
        (b"mp42", [MUSIC], "audio/mp4"),
        (b"isom", [MUSIC, MUSIC], "audio/mp4"),
        (b"qt  ", [MUSIC], "audio/x-quicktime"),
        (b"M4A ", [MUSIC], "audio/mp4"),
        (b"M4A ", [MUSIC, H264], "video/mp4"),
        (b"3gp4", [SPEECH, H263], "video/3gpp"),
        (b"3gp4", [H263], "video/3gpp"),
        (b"mp42", [H264, MUSIC], "video/mp4"),
        (b"3gp4", [], "video/3gpp"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("wide", [True, False])
def test_a_recording_is_what_its_tracks_are(brand, tracks, type_, first, wide):
    found = probe(film(brand, *tracks, first=first, wide=wide))
    assert (found.type, found.error) == (type_, "")
    assert found.facts.duration_ms == 3000
    assert [track.codec for track in found.tracks] == [one.codec.decode() for one in tracks]


@pytest.mark.parametrize(
    ("data", "type_", "ending"),
    [
        (film(b"3gp4", SPEECH), "audio/3gpp", "3gp"),
        (film(b"mp42", MUSIC), "audio/mp4", "m4a"),
        (film(b"3g2a", SPEECH), "audio/3gpp2", "3g2"),
        (AMR, "audio/amr", "amr"),
        (amr_wb(), "audio/amr-wb", "awb"),
        (wav(), "audio/wav", "wav"),
        (ogg(), "audio/ogg", "ogg"),
        (mp3(), "audio/mpeg", "mp3"),
        (aac(), "audio/aac", "aac"),
        (MIDI, "audio/midi", "mid"),
    ],
)
def test_a_sound_is_packed_with_the_type_and_ending_of_its_own(data, type_, ending):
    part = keep_timed(medium(data, Kind.AUDIO))
    assert (part.type, part.extension, part.data) == (type_, ending, data)


@pytest.mark.parametrize("name", ["rec_aac.3gp", "rec_mp42.m4a"])
def test_the_recordings_that_were_brought_are_sounds(name):
    part = keep_timed(medium(brought(f"sounds-and-films/{name}"), Kind.AUDIO))
    assert part.type == {"rec_aac.3gp": "audio/3gpp", "rec_mp42.m4a": "audio/mp4"}[name]
    assert part.extension == name.rpartition(".")[2]
    assert part.after.duration_ms == 20_000


def test_a_recording_is_built_into_a_message_without_a_finding(tmp_path):
    (tmp_path / "memo.3gp").write_bytes(film(b"3gp4", SPEECH))
    result = build(Message(slides=[Slide(text="Listen", audio=tmp_path / "memo.3gp")]), profile="uk")
    assert result.bundle.part("audio1.3gp").type == "audio/3gpp"
    assert result.report.findings == ()


@pytest.mark.parametrize("data", [film(b"mp42", MUSIC), AMR, b"Hello"])
def test_what_has_no_picture_is_no_video(data):
    with pytest.raises(MediaError, match=r"not a video: it is (sound alone \((M4A|AMR)\)|text)"):
        keep_timed(medium(data, Kind.VIDEO))


@pytest.mark.parametrize("data", [film(b"M4A ", H264, MUSIC), b"%PDF-1.4\n%\xe2\xe3"])
def test_what_is_no_sound_is_called_by_its_name(data):
    with pytest.raises(MediaError, match=r"not a sound: it is (a video \(MP4\)|PDF)"):
        keep_timed(medium(data, Kind.AUDIO))


def test_speech_in_a_film_container_declared_as_sound_is_right_and_fix_leaves_it():
    made = brought("zips/amr_3gp.zip")
    assert ids(made) == []
    result = fix(made)
    assert result.bundle.part("audio1.3gp").type == "audio/3gpp"
    assert result.changes == ()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("audio1.3gp", film(b"3gp4", SPEECH)),
        ("audio1.3gp", film(b"3gp5", MUSIC, first=False)),
        ("audio1.m4a", film(b"mp42", MUSIC)),
    ],
)
def test_sound_alone_is_sound_to_check_and_to_fix(name, data):
    type_ = "audio/mp4" if name.endswith("m4a") else "audio/3gpp"
    made = with_audio(data, name, types={name: type_})
    assert ids(made.data) == []
    assert fix(made.data).bundle.part(name).type == type_


def test_fix_declares_sound_alone_as_sound_and_shows_it_with_its_element():
    result = fix(with_film(film(b"3gp4", SPEECH)).data)
    assert result.bundle.part("video1.3gp").type == "audio/3gpp"
    assert b"<audio" in result.bundle.smil.data
    assert result.report.findings == ()


def test_fix_never_makes_a_film_of_a_sound_or_a_sound_of_a_film():
    made = with_audio(film(b"M4A ", H264, MUSIC), "audio1.m4a")
    assert ids(made.data) == ["MMS436"]
    assert fix(made.data).bundle.part("audio1.m4a").type == "audio/mp4"


# -- what promises more than there is -------------------------------------------------------------

CUT = [
    ("mdat", lambda: film(b"mp42", H264, samples=5000)[:-3000]),
    ("mdat", lambda: film(b"3gp4", H263, SPEECH, samples=5000, wide=True)[:-1]),
    ("moov", lambda: film(b"mp42", H264, first=False)[:-20]),
    ("moov", lambda: film(b"3gp4", SPEECH)[:60]),
]


@pytest.mark.parametrize(("what", "data"), CUT)
def test_a_film_that_was_cut_off_says_which_box_and_how_much(what, data):
    error = probe(data()).error
    assert error.startswith(f"truncated: '{what}' promises ")
    assert error.endswith(" are there")


@pytest.mark.parametrize("name", ["sounds-and-films/trunc_vfast.mp4"])
def test_the_film_that_was_cut_off_is_refused_by_build(name):
    with pytest.raises(MediaError, match="truncated: 'mdat' promises 36,739 bytes, 17,461 are there"):
        keep_timed(medium(brought(name), Kind.VIDEO))


def test_the_message_with_a_film_that_was_cut_off_has_an_error():
    assert ids(brought("zips/truncvid.zip")) == ["MMS431"]


def patched(data: bytes, kind: bytes, at: int, value: int) -> bytes:
    """The same with another number, `at` bytes after the name of the first box of a kind."""
    where = data.index(kind) + at
    return data[:where] + struct.pack(">L", value) + data[where + 4 :]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (patched(film(b"mp42", H264), b"stco", 12, 900_000), "a chunk of samples lies at byte 900,000"),
        (patched(film(b"mp42", H264), b"stco", 8, 70_000), "'stco' counts 70,000 entries and has room for 1"),
        (patched(film(b"mp42", H264), b"stsz", 16, 1 << 30), "the samples take 1,073,741,824 bytes"),
        (patched(film(b"mp42", H264), b"stsz", 8, 1 << 31), "the samples take 2,147,483,648 bytes"),
        (patched(film(b"mp42", H264), b"trak", -4, 1 << 20), "'trak' is longer than 'moov'"),
        (patched(film(b"mp42", H264), b"stsd", -4, 1 << 20), "'stsd' is longer than 'stbl'"),
        (patched(film(b"mp42", H264), b"avc1", -4, 1 << 20), "the sample description is longer than its box"),
        (patched(film(b"mp42", H264), b"tkhd", -4, 3), "'tkhd' says that it has 3 bytes"),
    ],
)
def test_a_box_that_lies_is_named(data, words):
    found = probe(data)
    assert words in found.error
    assert ids(with_film(data, types={"video1.3gp": "video/mp4"}).data, select=["MMS431"]) == ["MMS431"]


def test_bytes_after_the_last_box_are_no_box():
    assert probe(film(b"mp42", H264) + b"some notes of the camera, which begin as no box does").error == ""
    assert probe(film(b"mp42", H264) + bytes(100)).error == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (wav()[:-900], "truncated: the file promises 16,044 bytes, 15,144 are there"),
        (wav()[:4] + b"\0\0\0\0" + wav()[8:-900], "truncated: the sound promises 16,000 bytes"),
        (ogg()[:-9], "truncated Ogg: the last page is incomplete"),
        (ogg() + b"Og", "truncated Ogg: the last page is incomplete"),
        (amr_wb()[:-9], "truncated AMR-WB: the last frame is incomplete"),
        (aac()[:-9], "truncated AAC: the last frame is incomplete"),
        (midi()[:-9], "truncated MIDI: a track promises more bytes than there are"),
        (mp3(xing=True)[:-9000], "truncated MP3: its header promises"),
    ],
)
def test_a_sound_that_was_cut_off_is_told_so(data, words):
    assert words in probe(data).error
    with pytest.raises(MediaError, match="truncated"):
        keep_timed(medium(data, Kind.AUDIO))


@pytest.mark.parametrize(
    "spoiled",
    [b"Xgg", b"\0\0\0\0", b"OggS" + bytes(22) + b"\xff" * 600],
    ids=["one letter of its mark", "four zeros", "a length that leads beyond the end"],
)
def test_a_broken_page_inside_an_ogg_is_not_called_its_last(spoiled):
    whole = ogg(pages=9)
    page = whole.index(b"OggS", len(whole) // 3)
    found = probe(whole[:page] + spoiled + whole[page + len(spoiled) :])
    assert found.error == f"damaged Ogg: the page at byte {page:,} is broken, and others follow it"


@pytest.mark.parametrize(
    ("file_bytes", "sound_bytes"),
    [(0xFFFFFFFF, 0xFFFFFFFF), (0x7FFFF024, 0x7FFFF000), (0x7FFFFFFF, 0x7FFFFFFF - 36), (0, 0)],
    ids=["ffmpeg", "espeak-ng", "SoX", "zeros"],
)
def test_a_wav_from_a_pipe_which_does_not_know_its_length_is_whole(file_bytes, sound_bytes):
    data = bytearray(wav())
    data[4:8] = file_bytes.to_bytes(4, "little")
    at = data.index(b"data") + 4
    data[at : at + 4] = sound_bytes.to_bytes(4, "little")
    assert probe(bytes(data)).error == ""


# -- times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "milliseconds"),
    [
        (mp3(100), 100 * 1152 * 1000 // 44_100),
        (mp3(100, id3=True), 100 * 1152 * 1000 // 44_100),
        (mp3(100, xing=True), 100 * 1152 * 1000 // 44_100),
        (mp3(100) + b"TAG" + bytes(125), 100 * 1152 * 1000 // 44_100),
        (aac(50), 50 * 1024 * 1000 // 44_100),
        (wav(2.5), 2500),
        (ogg(4.0), 4000),
        (ogg(4.0, codec=b"\1vorbis\0\0\0\0\1" + struct.pack("<L", 48_000)), 4000),
        (amr_wb(50), 1000),
        (AMR, probe(AMR).facts.duration_ms),
        (film(b"mp42", MUSIC, seconds=7), 7000),
    ],
)
def test_how_long_a_sound_plays_is_read_from_its_frames(data, milliseconds):
    assert probe(data).facts.duration_ms == milliseconds


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("audio1.mp3", mp3(400)),
        ("audio1.mp3", mp3(400, xing=True)),
        ("audio1.m4a", film(b"M4A ", MUSIC, seconds=12)),
    ],
)
def test_a_sound_that_outlasts_its_slide_is_reported(name, data):
    assert ids(with_audio(data, name).data) == ["MMS528"]


# -- codecs ---------------------------------------------------------------------------------------

ALL = [name for name, one in profiles.load().items() if not one.content_class]


@pytest.mark.parametrize(
    ("track", "words"),
    [
        (hevc(8), "as HEVC (H.265)"),
        (hevc(10), "as HEVC (H.265) with more than 8 bits a channel"),
        (av1(8), "as AV1"),
        (av1(12), "as AV1 with more than 8 bits a channel"),
        (vp9(8), "as VP9"),
        (vp9(10), "as VP9 with more than 8 bits a channel"),
        (avc(10), "with more than 8 bits a channel"),
        (Made(b"vide", b"vvc1"), "as VVC (H.266)"),
        (Made(b"vide", b"apcn"), "as ProRes"),
        (Made(b"vide", b"encv"), "as protected video"),
        (Made(b"vide", b"mjpa"), "as 'mjpa'"),
        (Made(b"vide", b"mp4v"), ""),
        (avc(8), ""),
        (H264, ""),
        (H263, ""),
    ],
)
def test_a_codec_that_few_phones_play_is_a_warning(track, words):
    found = check(with_film(film(b"3gp4", track, MUSIC)).data).findings
    told = [finding.message for finding in found if finding.id == "MMS437"]
    assert told == ([f"'video1.3gp' is encoded {words}"] if words else [])


@pytest.mark.parametrize("name", ALL)
def test_every_profile_that_does_not_name_a_codec_warns_of_it(name):
    made = with_film(film(b"3gp4", hevc(10), MUSIC)).data
    assert "MMS437" in ids(made, profile=name)
    takes = replace(profiles.get(name), name="mine", video_codecs=("hevc", "10-bit"))
    assert "MMS437" not in ids(made, profile=takes)
    assert "MMS437" in ids(made, profile=replace(takes, video_codecs=("hevc",)))


@pytest.mark.parametrize("name", ["us", "uk", "android-default"])
def test_the_films_that_were_brought_get_their_warning(name):
    assert "MMS437" in ids(brought("zips/hevc.zip"), profile=name)
    video = brought("sounds-and-films/vav1.mp4")
    assert probe(video).tracks[0].codec == "av01"
    assert "MMS437" in ids(with_film(video, types={"video1.3gp": "video/mp4"}).data, profile=name)


def test_a_classic_class_judges_such_a_film_by_its_own_rule():
    found = ids(with_film(film(b"3gp4", hevc(8), SPEECH)).data, profile="oma-video-basic")
    assert found == ["MMS434"]


def test_a_film_with_boxes_of_no_size_ends_the_search():
    assert probe(film(b"mp42") + box(b"free") * 30_000 + struct.pack(">L4s", 4, b"free")).error == ""


# -- what is read of a track ----------------------------------------------------------------------


def test_the_size_of_the_picture_is_that_of_the_first_film():
    found = probe(film(b"mp42", MUSIC, H264._replace(size=(640, 360)), H263))
    assert (found.facts.width, found.facts.height) == (640, 360)
    assert found.codecs == ("mp4a", "avc1", "s263")
    assert [(track.width, track.height) for track in found.tracks] == [(0, 0), (640, 360), (176, 144)]


def test_headers_with_times_of_64_bits_are_read():
    movie = box(b"mvhd", b"\1" + bytes(19), struct.pack(">LQ", 600, 1800), bytes(80))
    header = box(b"tkhd", b"\1" + bytes(87), struct.pack(">LL", 320 << 16, 240 << 16))
    track = box(b"trak", header, box(b"mdia", box(b"hdlr", bytes(8), b"vide", bytes(13))))
    found = probe(box(b"ftyp", b"mp42", bytes(4)) + box(b"moov", movie, track))
    assert (found.facts.width, found.facts.height, found.facts.duration_ms) == (320, 240, 3000)
    assert found.error == ""


def test_a_film_without_an_index_says_so():
    assert probe(box(b"ftyp", b"mp42", bytes(4))).error == "truncated or empty video: no movie header"


@pytest.mark.parametrize(("profile", "bits"), [(66, 8), (100, 8), (110, 10)])
def test_the_depth_of_h264_without_its_extension_is_told_by_the_profile(profile, bits):
    config = bytes([1, profile, 0, 30, 0xFF]) + b"\xe1\0\4SPS!\1\0\3PPS"
    found = probe(film(b"mp42", H264._replace(extra=box(b"avcC", config))))
    assert found.tracks[0].bits == bits


@pytest.mark.parametrize(
    ("codec", "kind"), [(b"hvc1", b"hvcC"), (b"vp09", b"vpcC"), (b"av01", b"av1C"), (b"avc1", b"avcC")]
)
def test_a_configuration_that_is_too_short_says_nothing_of_the_depth(codec, kind):
    found = probe(film(b"mp42", H264._replace(codec=codec, extra=box(kind, b"\1"))))
    assert found.tracks[0].bits == 8
