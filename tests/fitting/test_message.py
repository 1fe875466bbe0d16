"""A whole message into a profile."""

import io
import random
import re
from dataclasses import replace

import pytest
from PIL import Image

from mmspack import profiles
from mmspack.errors import DoesNotFit, InputError, MediaError
from mmspack.fitting import fit
from mmspack.message import Message, Slide
from mmspack.model import Kind
from tests.fitting.drawn import clouds, saved

UK = profiles.get("uk")


def noise(size, kind="JPEG", seed=1, **options):
    small = Image.frombytes("RGB", (64, 48), random.Random(seed).randbytes(64 * 48 * 3))
    stream = io.BytesIO()
    small.resize(size, Image.Resampling.BICUBIC).save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.slow
def test_the_whole_message_fits_and_keeps_its_order():
    slides = [Slide(image=noise((2000, 1500), seed=n), text=f"Slide {n} & chips") for n in range(4)]
    fitted = fit(Message(slides=slides, subject="Hello"), UK, reserved_bytes=4000)
    assert sum(len(part.data) for part in fitted.parts) + 4000 <= UK.max_bytes
    assert [part.kind for part in fitted.slides[0].parts] == [Kind.IMAGE, Kind.TEXT]
    assert fitted.slides[2].part(Kind.TEXT).data == b"Slide 2 & chips"
    assert fitted.subject == "Hello"


def test_all_broken_sources_are_told_at_once(tmp_path):
    (tmp_path / "text.jpg").write_text("this is no picture\n" * 9)
    (tmp_path / "cut.jpg").write_bytes(noise((1600, 1200))[:20000])
    (tmp_path / "beach.jpg").write_bytes(noise((64, 48)))
    slides = [Slide(image=tmp_path / name) for name in ("text.jpg", "cut.jpg", "beech.jpg")]
    with pytest.raises(InputError) as caught:
        fit(Message(slides=slides), UK, reserved_bytes=0)
    told = str(caught.value)
    assert "slide 1, image: text.jpg: not a picture" in told
    assert "slide 3, image: no file" in told
    assert f"did you mean {str(tmp_path / 'beach.jpg')!r}?" in told


def test_a_truncated_jpeg_is_named(tmp_path):
    (tmp_path / "cut.jpg").write_bytes(noise((1600, 1200))[:20000])
    with pytest.raises(MediaError, match=r"slide 1, image: cut\.jpg: truncated JPEG"):
        fit(Message(slides=[Slide(image=tmp_path / "cut.jpg")]), UK, reserved_bytes=0)


def test_attachments_that_are_too_large_are_named(tmp_path):
    (tmp_path / "jane.vcf").write_bytes(b"BEGIN:VCARD\r\nVERSION:2.1\r\n" + b"X" * 400_000)
    with pytest.raises(DoesNotFit, match=r"jane\.vcf, 400,026 bytes"):
        fit(Message(slides=[], attachments=[tmp_path / "jane.vcf"]), UK, reserved_bytes=0)


def test_a_slide_with_sound_never_lasts_exactly_five_seconds():
    sound = b"#!AMR\n" + (b"\x3c" + b"\0" * 31) * 50
    timed = fit(Message(slides=[Slide(audio=sound), Slide(text="Hi")]), UK, reserved_bytes=0)
    assert [slide.duration_ms for slide in timed.slides] == [5001, 5000]
    assert timed.slides[0].parts[0].data == sound
    assert timed.slides[0].parts[0].type == "audio/amr"


@pytest.mark.parametrize(
    ("saved", "expected"),
    [
        ("é".encode("utf-8-sig"), "é"),
        ("é".encode("utf-16"), "é"),
        ("Café: 2 €".encode("cp1252"), "Café: 2 €"),
        ("🎉 عرض".encode(), "🎉 عرض"),
    ],
)
def test_text_files_become_utf8(tmp_path, saved, expected):
    (tmp_path / "copy.txt").write_bytes(saved)
    part = fit(Message(slides=[Slide(text=tmp_path / "copy.txt")]), UK, reserved_bytes=0).parts[0]
    assert part.data == expected.encode()
    assert (part.type, part.extension) == ("text/plain", "txt")


@pytest.mark.parametrize("saved", ["สวัสดี".encode("tis-620"), "Café ".encode() + b"\xe9"])
def test_a_text_file_in_no_known_charset_is_refused_and_not_guessed(tmp_path, saved):
    (tmp_path / "copy.txt").write_bytes(saved)
    with pytest.raises(MediaError, match=r"slide 1, text: .*copy\.txt: .*not UTF-8"):
        fit(Message(slides=[Slide(text=tmp_path / "copy.txt")]), UK, reserved_bytes=0)


@pytest.mark.slow
def test_min_quality_holds_though_the_others_pay():
    photos = [noise((1200, 900), seed=n) for n in range(4)]
    tight = profiles.Profile(
        name="tight", title="", max_bytes=60_000, max_width=640, max_height=480, source="", date="2026-01-01"
    )
    plain = fit(
        Message(slides=[Slide(image=photo) for photo in photos]), tight, reserved_bytes=0, cache=False
    )
    wanted = plain.parts[0].quality + 6
    slides = [Slide(image=photo, min_quality=wanted if n == 0 else None) for n, photo in enumerate(photos)]
    lifted = fit(Message(slides=slides), tight, reserved_bytes=0, cache=False)
    assert lifted.parts[0].quality >= wanted
    assert lifted.parts[0].after.bytes > plain.parts[0].after.bytes
    assert sum(part.after.bytes for part in lifted.parts) <= 60_000


def test_wishes_that_are_impossible_together_name_the_bytes_that_are_missing():
    slides = [Slide(image=noise((800, 600), seed=n), keep=True) for n in range(3)]
    tight = profiles.Profile(
        name="tight", title="", max_bytes=100_000, max_width=640, max_height=480, source="", date="2026-01-01"
    )
    with pytest.raises(DoesNotFit) as caught:
        fit(Message(slides=slides), tight, reserved_bytes=0, cache=False)
    assert "only 99,968 are left" in str(caught.value)
    limit = int(
        re.search(r"a limit of ([\d,]+) bytes would be enough", caught.value.hint)[1].replace(",", "")
    )
    total = sum(len(slide.image) for slide in slides)
    assert total <= limit < total + 200
    assert fit(Message(slides=slides), replace(tight, max_bytes=limit), reserved_bytes=0, cache=False).parts


@pytest.mark.slow
@pytest.mark.parametrize("limit", [140_000, 170_000, 230_000])
def test_photos_leave_no_more_than_a_hundredth_of_the_message_unused(limit):
    slides = [
        Slide(image=saved(clouds((1600, 1200), seed), "JPEG", quality=93)) for seed in (3, 7, 11, 13, 17)
    ]
    profile = replace(UK, max_bytes=limit, warn_bytes=None)
    fitted = fit(Message(slides=slides), profile, reserved_bytes=0, cache=False)
    assert 0.99 * limit <= sum(len(part.data) for part in fitted.parts) <= limit


@pytest.mark.slow
def test_a_tight_budget_makes_no_stamp_of_one_slide(photos):
    names = ("f40_garden.jpg", "note3_theatre.jpg", "d90_book.jpg", "oppo_stones.jpg")
    tight = replace(UK, max_bytes=100_000, warn_bytes=None)
    message = Message(slides=[Slide(image=photos / name) for name in names])
    fitted = fit(message, tight, reserved_bytes=2_000, cache=False)
    sizes = [len(part.data) for part in fitted.parts]
    assert sum(sizes) <= 98_000
    assert max(sizes) < 5 * min(sizes)
    assert all(min(part.after.width, part.after.height) >= 200 for part in fitted.parts)


def test_a_comment_in_the_source_goes_nowhere():
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(stream, "JPEG", comment=b"SECRET", quality=98)
    message = Message(slides=[Slide(image=stream.getvalue(), crop="4:3")])
    assert b"SECRET" not in fit(message, UK, reserved_bytes=2_000, cache=False).parts[0].data
