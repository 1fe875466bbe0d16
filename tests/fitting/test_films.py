"""Films and sounds that fit: what comes out is what every phone plays, in the bytes that there are."""

from __future__ import annotations

import io
import itertools
import tempfile
from dataclasses import replace

import av
import pytest
from PIL import Image

from mmspack import Message, Slide, build, profiles
from mmspack.errors import DoesNotFit, MediaError
from mmspack.film.pyav import PyavEngine
from mmspack.fitting.film import Film
from mmspack.fitting.studio import Studio
from mmspack.media.probing import probe
from mmspack.model import Kind
from tests.fitting.clips import (
    first_frame,
    frame,
    make_film,
    make_sequence,
    make_sound,
    make_wav,
    opened,
)
from tests.rules.scenes import scene, swapped

pytestmark = pytest.mark.slow


def small(max_bytes: int, name: str = "uk"):
    return replace(profiles.get(name), max_bytes=max_bytes, warn_bytes=None)


@pytest.fixture(scope="module")
def clip() -> bytes:
    """As small as it can be without being sent unchanged: it takes 122 kB."""
    return make_film(size=(256, 144), seconds=3, options={"crf": "12"})


@pytest.fixture(scope="module")
def fitted(clip):
    """The clip in 60 kB."""
    return build(Message(slides=[Slide(video=clip, text="Look")]), small(60_000), cache=False)


def built(data: bytes, max_bytes: int, profile: str = "uk", **keys):
    message = Message(slides=[Slide(video=data, text="Look", **keys)])
    made = build(message, small(max_bytes, profile), cache=False)
    assert made.ok, made.report.findings
    total = made.report.budget.total_bytes
    assert total <= max_bytes
    return made.message.slides[0], total


def test_a_film_becomes_h264_baseline_with_aac_its_index_in_front_and_fills_the_bytes(fitted):
    slide, total = fitted.message.slides[0], fitted.report.budget.total_bytes
    part = slide.part(Kind.VIDEO)
    told, walked = opened(part.data), probe(part.data)
    assert part.type == "video/mp4"
    assert (told["video"], told["audio"], told["pixels"]) == ("h264", "aac", "yuv420p")
    assert "Baseline" in str(told["profile"])
    assert not walked.index_last
    assert fitted.ok
    assert 0.95 * 60_000 <= total <= 60_000
    assert abs(told["seconds"] - 3) < 0.1
    assert slide.duration_ms == part.after.duration_ms
    assert any("re-encoded as H.264" in words for words in part.actions)
    assert part.quality is not None


def test_the_same_film_gives_the_same_bytes(clip, fitted):
    assert built(clip, 60_000)[0].parts[0].data == fitted.message.slides[0].parts[0].data


def test_a_small_film_that_phones_play_stays_as_it_is_with_its_index_in_front():
    data = make_film(seconds=1, options={"crf": "30", "profile": "baseline"})
    assert probe(data).index_last
    slide, _ = built(data, 300_000)
    part = slide.part(Kind.VIDEO)
    assert part.actions == ("index moved to the front",)
    assert len(part.data) == len(data)
    assert opened(part.data)["frames"] == 30


@pytest.mark.parametrize(
    ("container", "codec"), [("mov", "libx264"), ("webm", "libvpx"), ("avi", "mpeg4"), ("mp4", "libx265")]
)
def test_films_that_phones_do_not_play_are_re_encoded(container, codec):
    sound = container in ("mov", "webm", "mp4")
    data = make_film(size=(160, 90), seconds=1, container=container, codec=codec, sound=sound)
    slide, _ = built(data, 300_000)
    assert opened(slide.part(Kind.VIDEO).data)["video"] == "h264"


def test_a_film_of_ten_bits_becomes_one_of_eight():
    data = make_film(size=(160, 90), seconds=1, codec="libx265", pixels="yuv420p10le")
    slide, _ = built(data, 300_000)
    assert opened(slide.part(Kind.VIDEO).data)["pixels"] == "yuv420p"
    assert "10 → 8 bits a channel" in slide.part(Kind.VIDEO).actions


MATRIX_709, MATRIX_601 = 1, 6
"""By their numbers (ITU-T H.273, table 4)."""


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("size", "matrix", "said"),
    [
        ((1280, 720), "ITU709", "colormatrix=bt709"),
        ((320, 180), "ITU601", "colormatrix=smpte170m"),
        ((320, 180), "ITU601", ""),
    ],
)
def test_colours_stay_and_the_film_says_how_they_are_coded(size, matrix, said):
    """Players guess where nothing is said, by the size: red becomes orange where one guesses wrongly."""
    options = {"crf": "2"} | ({"x264-params": said} if said else {})
    slide, _ = built(make_film(size=size, seconds=0.5, matrix=matrix, options=options, sound=False), 30_000)
    with av.open(io.BytesIO(slide.part(Kind.VIDEO).data)) as film:
        shown = next(film.decode(video=0))
        said = (shown.colorspace, shown.color_primaries, shown.color_trc)
        seen = shown.to_ndarray(format="rgb24")
    corner = seen[8 : shown.height // 6, 8 : shown.width // 6].reshape(-1, 3).mean(axis=0)
    assert said == (MATRIX_601, MATRIX_709, MATRIX_709)
    assert corner == pytest.approx((230, 20, 20), abs=7)


@pytest.mark.parametrize(
    ("turned", "corner"), [(90, "right top"), (180, "right bottom"), (270, "left bottom")]
)
def test_a_film_that_lies_on_its_side_is_turned_upright(turned, corner):
    data = make_film(size=(160, 90), seconds=1, turned=turned)
    slide, _ = built(data, 100_000)
    picture = first_frame(slide.part(Kind.VIDEO).data)
    assert (picture.width > picture.height) == (turned == 180)
    across = 0.1 if "left" in corner else 0.9
    down = 0.1 if "top" in corner else 0.9
    red, green, blue = picture.getpixel((int(picture.width * across), int(picture.height * down)))
    assert red > 150 > max(green, blue) + 40
    assert "turned upright" in slide.part(Kind.VIDEO).actions


@pytest.mark.usefixtures("engine")
def test_a_variable_frame_rate_becomes_the_constant_one_that_shows_every_frame():
    times = [at * 40 for at in range(20)] + [800 + at * 400 for at in range(3)]
    data = make_film(size=(160, 90), times=times, seconds=2, container="mov")
    slide, _ = built(data, 60_000)
    told = opened(slide.part(Kind.VIDEO).data)
    assert float(told["rate"]) == pytest.approx(25, abs=0.1)
    assert abs(told["frames"] / float(told["rate"]) - 2) < 0.5


def test_start_and_end_cut_a_film_and_seconds_ends_it(clip):
    slide, _ = built(clip, 60_000, start=0.5, end=1.5)
    assert abs(opened(slide.part(Kind.VIDEO).data)["seconds"] - 1) < 0.1
    assert slide.duration_ms == pytest.approx(1000, abs=60)
    slide, _ = built(clip, 60_000, seconds=2)
    assert abs(opened(slide.part(Kind.VIDEO).data)["seconds"] - 2) < 0.1
    assert slide.duration_ms == 2000


def test_a_muted_film_has_no_sound(clip):
    slide, _ = built(clip, 60_000, mute=True)
    assert "audio" not in opened(slide.part(Kind.VIDEO).data)
    assert "sound removed" in slide.part(Kind.VIDEO).actions


def test_a_film_may_be_cropped(clip):
    slide, _ = built(clip, 60_000, crop="1:1")
    wide, high = opened(slide.part(Kind.VIDEO).data)["size"]
    assert wide == high


def test_a_poster_is_a_still_of_the_film(clip):
    slide, _ = built(clip, 30_000, poster=True, start=1)
    part = slide.parts[0]
    assert (part.kind, part.type) == (Kind.IMAGE, "image/jpeg")
    assert Image.open(io.BytesIO(part.data)).size == (256, 144)


def test_a_film_may_become_an_animated_gif():
    slide, _ = built(make_film(size=(160, 90), seconds=1), 200_000, as_="gif")
    part = slide.parts[0]
    assert part.type == "image/gif"
    assert part.after.frames >= 8
    assert slide.duration_ms == pytest.approx(1000, abs=150)


def test_a_film_that_fits_no_gif_is_refused_with_what_helps_a_film():
    with pytest.raises(DoesNotFit) as caught:
        built(make_film(size=(320, 180), seconds=1), 20_000, as_="gif", min_quality=80)
    told = str(caught.value)
    assert "the video as an animated GIF needs" in told
    assert "still = true" not in told
    assert "a still of it: poster=True" in told


def test_kept_is_packed_byte_for_byte_or_refused(clip):
    slide, _ = built(clip, 3_000_000, keep=True)
    assert slide.part(Kind.VIDEO).data == clip
    with pytest.raises(DoesNotFit, match="unchanged"):
        built(clip, 30_000, keep=True)


@pytest.mark.parametrize("name", ["oma-video-basic", "oma-video-rich"])
def test_the_classes_of_the_oma_get_h263_at_qcif_with_amr(clip, name):
    slide, _ = built(clip, 90_000, name)
    part = slide.part(Kind.VIDEO)
    told = opened(part.data)
    assert part.type == "video/3gpp"
    assert (told["video"], told["audio"], told["size"]) == ("h263", "amr_nb", (176, 144))
    assert told["rate"] <= 15
    rate = probe(part.data).tracks[0].bits_a_second
    declared = part.data[part.data.index(b"d263") + 9]
    assert rate <= {10: 64_000, 45: 128_000}[declared] + 65_536 / told["seconds"]


def test_a_film_that_cannot_look_acceptable_is_refused_with_the_length_that_fits(clip, monkeypatch):
    spooled = []
    spool = PyavEngine.spool

    def counted(self, to, **keys):
        spooled.append(to)
        return spool(self, to, **keys)

    monkeypatch.setattr(PyavEngine, "spool", counted)
    with pytest.raises(DoesNotFit) as caught:
        built(clip, 13_000)
    assert len(spooled) == 1, "the length is found without decoding the clip again"
    told = str(caught.value)
    assert "the video of 3.0 s cannot reach an acceptable quality" in told
    assert "s fit (end = " in told
    assert "without sound, the first" in told
    end = float(told.partition("(end = ")[2].partition(")")[0])
    slide, _ = built(clip, 13_000, end=end)
    assert abs(opened(slide.part(Kind.VIDEO).data)["seconds"] - end) < 0.15


def test_a_length_that_fits_is_found_where_far_more_was_promised(clip, monkeypatch):
    monkeypatch.setattr(Film, "_part_that_fits", lambda self, *_: 1.0)
    with pytest.raises(DoesNotFit) as caught:
        built(clip, 9_000)
    end = float(str(caught.value).partition("(end = ")[2].partition(")")[0])
    assert 0.5 <= end < 2
    built(clip, 9_000, end=end)


def test_film_and_pictures_share_one_budget(clip):
    picture = Image.effect_noise((600, 450), 9).convert("RGB")
    message = Message(slides=[Slide(video=clip), Slide(image=picture, text="One")])
    made = build(message, small(80_000))
    film, image = made.message.slides[0].parts[0], made.message.slides[1].parts[0]
    assert made.report.budget.total_bytes <= 80_000
    assert len(film.data) > 15_000
    assert len(image.data) > 15_000
    heavy = build(Message(slides=[Slide(video=clip, weight=8), message.slides[1]]), small(80_000))
    assert len(heavy.message.slides[0].parts[0].data) > len(film.data)


# -- sounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "max_bytes", "codec"),
    [("uk", 40_000, "aac"), ("uk", 6_000, "amr_nb"), ("oma-image-rich", 30_000, "amr_nb")],
)
def test_a_sound_becomes_what_sounds_best_of_what_the_profile_takes(profile, max_bytes, codec):
    made = build(Message(slides=[Slide(audio=make_wav(), text="Listen")]), small(max_bytes, profile))
    part = made.message.slides[0].part(Kind.AUDIO)
    assert made.ok
    assert made.report.budget.total_bytes <= max_bytes
    assert opened(part.data)["audio"] == codec
    assert part.type in profiles.get(profile).audio_types
    assert made.message.slides[0].duration_ms == 5001


@pytest.mark.parametrize("codec", ["alac", "flac", "opus"])
def test_a_sound_in_mp4_that_few_phones_play_is_re_encoded(codec):
    lossless = make_sound("mp4", {"opus": "libopus"}.get(codec, codec))
    assert opened(lossless)["audio"] == codec
    made = build(Message(slides=[Slide(audio=lossless, text="Listen")]), small(300_000))
    sent = made.message.slides[0].part(Kind.AUDIO)
    assert opened(sent.data)["audio"] == "aac"
    assert made.ok


def test_of_a_sound_that_cannot_fit_nothing_but_the_smallest_is_made(monkeypatch):
    made = []
    kept = Studio.sound

    def counted(self, coding, *others):
        made.append(coding)
        return kept(self, coding, *others)

    monkeypatch.setattr(Studio, "sound", counted)
    message = Message(slides=[Slide(audio=make_wav(seconds=20), text="Listen")])
    with pytest.raises(DoesNotFit, match=r"the first \d+ s fit \(end = \d+\)"):
        build(message, small(9_000), cache=False)
    assert {one.bit_rate for one in made} <= {
        4_750,
        5_900,
    }  # the second one proves the limit that would be enough
    sent = build(message, small(18_000), cache=False).message.slides[0].part(Kind.AUDIO)
    assert 12_000 < len(sent.data) < 18_000


def test_a_sound_may_be_cut():
    made = build(Message(slides=[Slide(audio=make_wav(), text="Listen", start=1, end=2)]), "uk")
    assert abs(opened(made.message.slides[0].part(Kind.AUDIO).data)["seconds"] - 1) < 0.15


# -- without an engine, and with the other one ----------------------------------------------------


def test_without_an_engine_one_line_says_what_to_install(clip, monkeypatch):
    monkeypatch.setenv("MMSPACK_FILM_ENGINE", "none")
    with pytest.raises(MediaError, match="needs the extra 'video'") as caught:
        built(clip, 60_000)
    assert "pip install 'mmspack[video]'" in str(caught.value)


@pytest.mark.parametrize("profile", ["uk", "oma-video-rich"])
def test_an_ffmpeg_on_the_path_does_as_well(clip, monkeypatch, tmp_path, profile):
    binary = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    (tmp_path / "ffmpeg").symlink_to(binary)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("MMSPACK_FILM_ENGINE", "ffmpeg")
    slide, total = built(clip, 70_000, profile, crop="4:3", start=0.5)
    told = opened(slide.part(Kind.VIDEO).data)
    assert told["video"] == ("h264" if profile == "uk" else "h263")
    assert abs(told["seconds"] - 2.5) < 0.1
    assert total <= 70_000


@pytest.mark.usefixtures("engine")
def test_the_second_pass_finds_the_notes_of_the_first_in_a_folder_of_any_name(monkeypatch, tmp_path):
    folder = tmp_path / "it's: a folder, [new] = 100 %"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    _, total = built(make_film(size=(256, 144), seconds=1, options={"crf": "8"}), 30_000)
    assert total >= 0.95 * 30_000
    assert not list(folder.glob("mmspack-film-*"))


# -- pictures that move ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF"])
def test_an_animated_picture_of_another_format_keeps_moving_as_a_gif(kind):
    frames = [Image.fromarray(frame(at * 4, (200, 120))) for at in range(6)]
    stream = io.BytesIO()
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:], duration=120, loop=0)
    made = build(Message(slides=[Slide(image=stream.getvalue(), text="Look")]), "uk")
    part = made.message.slides[0].part(Kind.IMAGE)
    assert made.ok
    assert (part.type, part.after.frames) == ("image/gif", 6)
    assert part.actions[0] == f"{kind.replace('WEBP', 'WebP')} → GIF"
    assert part.before.frames == 6
    assert ", 6 frames" in described(stream.getvalue(), kind.lower())
    still = build(Message(slides=[Slide(image=stream.getvalue(), text="Look", still=True)]), "uk")
    part = still.message.slides[0].part(Kind.IMAGE)
    assert (part.before.frames, part.after.frames) == (6, 1)
    assert "first of 6 frames" in part.actions


def described(data: bytes, ending: str) -> str:
    """What `inspect` says of a picture in a bundle."""
    from mmspack.bundle.opened import open_source
    from mmspack.inspecting import describe

    name = f"image1.{ending}"
    made = scene(files={name: data, "text1.txt": b"Hello"}, smil=swapped("image1.jpg", name))
    return describe(open_source(made.data).part(name))


@pytest.mark.parametrize(("plays", "repeats"), [(0, 0), (1, None), (3, 2), (100_000, 65_535)])
def test_an_animation_plays_as_often_as_a_gif(plays, repeats):
    frames = [Image.fromarray(frame(at * 4, (96, 64))) for at in range(3)]
    stream = io.BytesIO()
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:], duration=120, loop=plays)
    assert probe(pictured_bytes(stream.getvalue())).loops == repeats


def test_the_picture_for_viewers_of_stills_is_no_frame_of_an_animated_png():
    frames = [Image.fromarray(frame(at * 4, (96, 64))) for at in range(3)]
    stream = io.BytesIO()
    warning = Image.new("RGB", (96, 64), "black")
    warning.save(stream, "PNG", save_all=True, append_images=frames, default_image=True, duration=120)
    made = Image.open(io.BytesIO(pictured_bytes(stream.getvalue())))
    assert made.n_frames == 3
    assert made.convert("RGB").getpixel((3, 3))[0] > 200


def pictured_bytes(data: bytes) -> bytes:
    made = build(Message(slides=[Slide(image=data, text="Look")]), "uk", cache=False)
    return next(part.data for part in made.bundle.parts if part.type == "image/gif")


@pytest.fixture(scope="module", params=["alone", "after a still"])
def heic_sequence(request) -> tuple[bytes, bool]:
    """A HEIC that moves, and whether it has a still picture besides."""
    if request.param == "alone":
        return make_sequence(), False
    pytest.importorskip("pillow_heif").register_heif_opener()
    stream = io.BytesIO()
    Image.fromarray(frame(0, (64, 48))).save(stream, "HEIF")
    return make_sequence(stream.getvalue()), True


def pictured(data: bytes, **keys):
    made = build(Message(slides=[Slide(image=data, text="Look", **keys)]), "uk", cache=False)
    assert made.ok
    return made.message.slides[0].part(Kind.IMAGE)


@pytest.mark.usefixtures("engine")
def test_a_heic_sequence_keeps_moving_as_a_gif_without_its_still(heic_sequence):
    part = pictured(heic_sequence[0])
    assert (part.type, part.after.frames) == ("image/gif", 10)
    assert (part.before.format, part.before.width, part.before.frames) == ("HEIC", 200, 10)
    assert part.actions[0] == "HEIC → GIF"


def test_a_heic_sequence_may_stand_still(heic_sequence):
    data, has_still = heic_sequence
    part = pictured(data, still=True)
    assert part.after.frames == 1
    assert part.after.width == (64 if has_still else 200)


def test_a_heic_sequence_without_an_engine_is_refused_in_one_line(heic_sequence, monkeypatch):
    data, has_still = heic_sequence
    monkeypatch.setenv("MMSPACK_FILM_ENGINE", "none")
    with pytest.raises(MediaError, match="an animated HEIC needs the extra 'video'") as caught:
        pictured(data)
    assert ("still=True" in str(caught.value)) == has_still


def test_a_heic_sequence_alone_is_not_kept():
    with pytest.raises(MediaError, match="not sent unchanged"):
        pictured(make_sequence(), keep=True)


def test_a_damaged_heic_sequence_is_refused_in_one_line(heic_sequence):
    data, _ = heic_sequence
    for share in (0.3, 0.6, 0.9):
        with pytest.raises(MediaError, match=r"HEIC|truncated|broken|decoded"):
            pictured(data[: int(len(data) * share)])


# -- what else knows films ------------------------------------------------------------------------


def test_inspect_says_how_a_film_is_coded(fitted):
    from mmspack.bundle.opened import open_source
    from mmspack.inspecting import describe

    (part,) = (part for part in open_source(fitted.bundle).parts if part.kind is Kind.VIDEO)
    words = describe(part)
    assert "H.264 baseline level " in words
    assert "frames/s" in words
    assert "AAC-LC mono" in words
    assert "3.0 s" in words


def test_inspect_names_the_milliseconds_of_a_film_that_is_shorter_than_a_tenth_of_a_second():
    from mmspack.bundle.opened import open_source
    from mmspack.inspecting import describe

    film = make_film(size=(96, 64), seconds=1 / 25, rate=25, sound=False)
    made = build(Message(slides=[Slide(video=film, text="Look")]), "uk", cache=False)
    (part,) = (part for part in open_source(made.bundle).parts if part.kind is Kind.VIDEO)
    assert ", 40 ms, " in describe(part)


def test_a_storyboard_shows_a_still_of_the_film(clip, tmp_path):
    from mmspack.previewing.posters import poster_of

    still = Image.open(io.BytesIO(poster_of(clip)))
    assert still.size == (256, 144)
    assert still.getpixel((30, 30))[0] > 150
    assert poster_of(b"not a film") == b""


def test_a_page_shows_a_still_of_a_film_that_the_browser_does_not_play(clip, tab):
    from mmspack.previewing.preview import preview

    made = build(Message(slides=[Slide(video=clip, text="Look", end=1)]), "oma-video-rich")
    page = tab(preview(made)).page
    films = page.locator("video[poster^='data:image/jpeg']")
    page.wait_for_function("[...document.querySelectorAll('video')].every((film) => film.error)")
    assert films.count() == 3, "two conversations and the slide player"
    seen = films.evaluate_all("(all) => all.map((film) => getComputedStyle(film).visibility)")
    assert set(seen) == {"visible"}


def test_a_slow_film_of_flat_colours_is_sent_at_its_own_rate_and_size():
    data = make_film(seconds=2, rate=8, size=(160, 120), options={"crf": "10"})
    slide, _ = built(data, 300_000, crop="1:1")
    told = opened(slide.part(Kind.VIDEO).data)
    assert (told["size"], told["rate"]) == ((120, 120), 8)


@pytest.mark.parametrize("kind", ["pq", "hlg"])
def test_the_table_for_hdr_keeps_grey_and_white_and_their_order(kind):
    from mmspack.film.tones import cube

    rows = [list(map(float, line.split())) for line in cube(kind).splitlines()[1:]]
    greys = [rows[at * (33 * 33 + 33 + 1)] for at in range(33)]
    assert all(max(row) - min(row) < 0.01 for row in greys), "grey stays grey"
    assert all(after[0] >= before[0] for before, after in itertools.pairwise(greys))
    assert (greys[0][0], greys[-1][0]) == (0.0, 1.0)
    white = {"pq": 0.58, "hlg": 0.75}[kind]  # where BT.2408 has paper
    assert 0.7 < greys[round(white * 32)][0] < 0.9


def test_a_slide_lasts_as_long_as_the_sound_of_its_film():
    pictures = make_film(size=(160, 90), seconds=1, sound=False, options={"crf": "1"})
    whole = io.BytesIO()
    with (
        av.open(io.BytesIO(pictures)) as film,
        av.open(io.BytesIO(make_wav(seconds=3))) as sound,
        av.open(whole, "w", format="mov") as out,
    ):
        shown = out.add_stream_from_template(film.streams.video[0])
        heard = out.add_stream("pcm_s16le", rate=sound.streams.audio[0].rate, layout="mono")
        for packet in film.demux(film.streams.video[0]):
            if packet.dts is not None:
                packet.stream = shown
                out.mux(packet)
        for one in sound.decode(audio=0):
            out.mux(heard.encode(one))
        out.mux(heard.encode(None))
    slide, _ = built(whole.getvalue(), 30_000)
    assert slide.duration_ms == pytest.approx(3000, abs=150)
    assert slide.parts[0].after.duration_ms == slide.duration_ms
