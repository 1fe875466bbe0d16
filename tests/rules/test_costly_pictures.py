"""Pictures of a few bytes and millions of pixels: what `check` decodes of one message has an end."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mmspack.media.allowance import DecodingAllowance, is_run_length_bmp
from mmspack.media.formats import format_of
from mmspack.model import Report
from mmspack.rules.checking import check
from tests.peak import only_on_linux, peak_of
from tests.rules.scenes import gif, packed, photo, plain_png, saved

SIDE = 2_800
SLIDE = '<par dur="5s"><img src="{}" region="Image"/></par>'
SMIL = (
    '<smil><head><layout><root-layout width="320" height="240"/><region id="Image" left="0" top="0" '
    'width="320" height="240"/></layout></head><body>{}</body></smil>'
)


def message(pictures: list[bytes], ending: str) -> bytes:
    names = [f"image{number}.{ending}" for number in range(1, len(pictures) + 1)]
    smil = SMIL.format("".join(SLIDE.format(name) for name in names)).encode()
    return packed({"message.smil": smil, **dict(zip(names, pictures, strict=True))})


def undecoded(report: Report) -> list[str | None]:
    return [finding.part for finding in report.findings if finding.id == "MMS429"]


def different_pngs(number: int) -> list[bytes]:
    return [plain_png(SIDE - count) for count in range(number)]


def test_what_comes_after_many_pixels_is_not_decoded_and_says_so() -> None:
    found = check(message(different_pngs(9), "png"))
    assert undecoded(found) == ["image8.png", "image9.png"]


def test_the_same_is_said_when_it_is_checked_again() -> None:
    data = message(different_pngs(9), "png")
    assert undecoded(check(data)) == undecoded(check(data))


def test_a_message_may_cost_exactly_what_is_allowed() -> None:
    allowance = DecodingAllowance(100)
    assert allowance.take(60)
    assert not allowance.take(41)
    assert allowance.take(40)
    assert not allowance.take(1)


def test_a_jpeg_in_one_scan_costs_an_eighth() -> None:
    large = [saved(Image.new("L", (5_000 - number, 5_000)), "JPEG", quality=1) for number in range(20)]
    assert undecoded(check(message(large, "jpg"))) == ["image20.jpg"]


def test_a_picture_that_is_shown_again_and_again_is_decoded_once() -> None:
    assert undecoded(check(message([plain_png(SIDE)] * 30, "png"))) == []


def test_pictures_as_people_send_them_are_all_decoded() -> None:
    photos = [photo(1600 + number, 1200) for number in range(20)]
    assert undecoded(check(message(photos, "jpg"))) == []
    animations = [gif("white", "red", *["navy"] * number) for number in range(1, 20)]
    assert undecoded(check(message(animations, "gif"))) == []


def test_what_is_decoded_is_still_found_to_be_damaged() -> None:
    broken = plain_png(SIDE)[:-40]
    ids = {(finding.id, finding.part) for finding in check(message([broken], "png")).findings}
    assert ("MMS421", "image1.png") in ids


@pytest.mark.parametrize(
    ("type_", "header", "compression", "slow"),
    [
        ("image/bmp", 40, 1, True),
        ("image/bmp", 40, 2, True),
        ("image/bmp", 124, 1, True),
        ("image/bmp", 40, 0, False),
        ("image/bmp", 40, 3, False),
        ("image/bmp", 12, 1, False),  # there are colours where later headers have the compression
        ("image/gif", 40, 1, False),
    ],
)
def test_only_a_bmp_that_says_so_is_run_length_encoded(
    type_: str, header: int, compression: int, slow: bool
) -> None:
    row = format_of(type_)
    assert row is not None
    data = bytes(14) + struct.pack("<I12xI", header, compression)
    assert is_run_length_bmp(row, data) is slow


def test_a_jpeg_without_its_end_is_not_called_damaged_unread() -> None:
    found = check(message([*different_pngs(7), in_many_scans(3_000)[:-2]], "png"))
    assert not [one for one in found.findings if one.id in ("MMS421", "MMS428")]
    assert "image8.png" in undecoded(found)


def run_length_bmp_of_16_colours(side: int) -> bytes:
    return run_length_bmp(side, kind=2)


def run_length_bmp(side: int, kind: int = 1) -> bytes:
    body = b"\xff\0" * (side // 255 + 1)
    rows = (body[: 2 * (side // 255)] + bytes((side % 255, 0)) + b"\0\0") * side + b"\0\1"
    header = struct.pack(
        "<IiiHHIIiiII", 40, side, side, 1, 8 if kind == 1 else 4, kind, len(rows), 0, 0, 256, 0
    )
    palette = bytes(4 * 256)
    start = 14 + len(header) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + palette + rows


def in_many_scans(side: int) -> bytes:
    return saved(Image.new("RGB", (side, side)), "JPEG", quality=1, progressive=True)


def webp(side: int) -> bytes:
    return saved(Image.new("RGB", (side, side)), "WEBP", lossless=True, method=0)


@pytest.mark.parametrize(
    ("made", "ending", "side", "whole"),
    [
        pytest.param(run_length_bmp, "bmp", 1_400, 1, id="run-length encoded BMP"),
        pytest.param(run_length_bmp_of_16_colours, "bmp", 1_400, 1, id="run-length encoded BMP, 16 colours"),
        pytest.param(in_many_scans, "jpg", 3_000, 2, id="progressive JPEG"),
        pytest.param(webp, "webp", 2_600, 5, id="WebP"),
    ],
)
def test_kinds_that_take_longer_count_for_more(
    made: Callable[[int], bytes], ending: str, side: int, whole: int
) -> None:
    found = check(message([made(side - number) for number in range(whole + 2)], ending))
    assert undecoded(found) == [f"image{whole + 1}.{ending}", f"image{whole + 2}.{ending}"]


@only_on_linux
def test_a_message_of_large_pictures_stays_within_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "message.zip"
    path.write_bytes(message([webp(2_600 - number) for number in range(6)], "webp"))
    program = "import sys; from mmspack.rules.checking import check; check(sys.argv[1])"
    assert peak_of(program, path) < 200_000_000


def test_a_picture_of_too_many_pixels_is_named_with_their_number() -> None:
    found = [one for one in check(message([plain_png(4_000)], "png")).findings if one.id == "MMS429"]
    assert "16,000,000 pixels" in found[0].message
