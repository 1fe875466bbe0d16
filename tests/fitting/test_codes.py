"""A QR code or bar code that scans before a picture is fitted scans after it, or the account says so."""

import io

import barcode
import pytest
import segno
import zxingcpp
from PIL import Image

import mmspack
from mmspack.fitting import fit_picture
from mmspack.media import scanning
from mmspack.media.codes import has_qr_code
from tests.fitting.drawn import KINDS, clouds, saved

PHONE = (1080, 1080)
TEXT = "https://example.com/offer/12345"


def qr(module, text=TEXT):
    stream = io.BytesIO()
    segno.make_qr(text, error="m").save(stream, kind="png", scale=module, border=4)
    return Image.open(stream).convert("RGB")


def bars():
    stream = io.BytesIO()
    barcode.get("code128", "MMS-2026-4711", writer=barcode.writer.ImageWriter()).write(stream)
    return Image.open(stream).convert("RGB")


def scanned(data):
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(data)).convert("RGB"))]


def photo_with(code, size=PHONE, place=(120, 90)):
    image = clouds(size)
    image.paste(code, place)
    return image


@pytest.mark.parametrize("limit", [8_000, 20_000, 60_000])
@pytest.mark.parametrize("module", [4, 8, 14])
def test_a_drawn_qr_code_scans_after_the_fit(module, limit):
    fitted = fit_picture(saved(qr(module)), max_bytes=limit, max_size=PHONE)
    assert scanned(fitted.data) == [TEXT]


@pytest.mark.parametrize("limit", [12_000, 40_000])
def test_a_drawn_bar_code_scans_after_the_fit(limit):
    fitted = fit_picture(saved(bars()), max_bytes=limit, max_size=PHONE)
    assert scanned(fitted.data) == ["MMS-2026-4711"]


@pytest.fixture(params=["zxing-cpp", ""], ids=["with the extra", "without"])
def reader(request, monkeypatch):
    """What reads codes while a picture is fitted, if anything does."""
    if not request.param:
        monkeypatch.setattr(scanning, "installed", lambda: "")
    return request.param


@pytest.mark.slow
@pytest.mark.parametrize("limit", [20_000, 30_000, 60_000, 120_000])
@pytest.mark.parametrize("module", [3, 4, 6])
def test_a_qr_code_in_a_photo_scans_after_the_fit_or_the_account_says_so(module, limit, reader):
    source = saved(photo_with(qr(module)), "JPEG", quality=92)
    assert scanned(source) == [TEXT]
    fitted = fit_picture(source, max_bytes=limit, max_size=PHONE)
    assert len(fitted.data) <= limit
    assert scanned(fitted.data) == [TEXT] or "its QR code may no longer scan" in fitted.actions


@pytest.mark.slow
def test_a_photo_that_would_shrink_is_kept_large_for_its_qr_code(reader):
    with_code = fit_picture(saved(photo_with(qr(3)), "JPEG", quality=92), max_bytes=40_000, max_size=PHONE)
    without = fit_picture(saved(clouds(PHONE), "JPEG", quality=92), max_bytes=40_000, max_size=PHONE)
    assert without.size[0] < PHONE[0]
    assert with_code.size == PHONE
    assert "kept large for its QR code" in with_code.actions
    assert scanned(with_code.data) == [TEXT]


@pytest.mark.parametrize("turn", [0, 8, 90, 180])
def test_bars_in_a_photo_scan_after_the_fit_at_any_angle(turn):
    code = bars().convert("RGBA").rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    source = saved(photo_with(code.convert("RGB")), "JPEG", quality=92)
    assert scanned(source) == ["MMS-2026-4711"]
    fitted = fit_picture(source, max_bytes=30_000, max_size=PHONE)
    assert scanned(fitted.data) == ["MMS-2026-4711"] or fitted.notes.lost_codes == ("barcode",)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_code_that_is_too_small_once_the_photo_has_the_phones_size_is_a_finding(kind, tmp_path):
    """Nobody who looks at the small picture sees that a code on a poster far away did scan."""
    photo = photo_with(qr(3), size=(2000, 1500), place=(1200, 400))
    (tmp_path / f"poster.{kind.lower()}").write_bytes(saved(photo, kind, quality=92))
    built = mmspack.build(
        mmspack.Message(slides=[mmspack.Slide(image=tmp_path / f"poster.{kind.lower()}")]),
        profile="oma-image-rich",
    )
    (found,) = [one for one in built.report.findings if one.id == "MMS533"]
    assert (found.part, found.severity) == ("image1.jpg", "warning")
    assert "QR code may no longer scan" in found.message
    assert [part.notes.lost_codes for part in built.message.parts] == [("QR code",)]


def test_codes_that_scan_at_the_phones_size_are_not_a_finding(tmp_path):
    (tmp_path / "poster.jpg").write_bytes(saved(photo_with(qr(8)), "JPEG", quality=92))
    built = mmspack.build(mmspack.Message(slides=[mmspack.Slide(image=tmp_path / "poster.jpg")]))
    assert "MMS533" not in {one.id for one in built.report.findings}


def test_what_a_second_build_takes_from_the_cache_has_still_lost_its_code(tmp_path):
    (tmp_path / "poster.jpg").write_bytes(
        saved(photo_with(qr(3), size=(2000, 1500), place=(1200, 400)), "JPEG", quality=92)
    )
    message = mmspack.Message(slides=[mmspack.Slide(image=tmp_path / "poster.jpg")])
    first, second = (mmspack.build(message, profile="oma-image-rich").report.findings for _ in range(2))
    assert first == second
    assert "MMS533" in {one.id for one in second}


@pytest.mark.parametrize("module", [3, 5, 9])
def test_a_qr_code_is_found_where_there_is_one(module):
    assert has_qr_code(photo_with(qr(module)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(KINDS))
def test_no_qr_code_is_found_where_there_is_none(kind):
    assert not any(has_qr_code(KINDS[kind]((640, 480), seed)) for seed in range(4))
    assert not has_qr_code(KINDS[kind]((5, 900), 3))
