"""The probe tells what bytes are, and never raises because they are bad."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from mmspack.media.probing import probe
from tests.peak import only_on_linux, peak_of


def picture(format_: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    stream = BytesIO()
    Image.new(mode, size, "red" if mode != "RGBA" else (255, 0, 0, 0)).save(stream, format_, **options)
    return stream.getvalue()


def gif(delays: list[int], **options: object) -> bytes:
    frames = [Image.new("L", (8, 6), 40 * n) for n in range(len(delays))]
    stream = BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], duration=delays, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("format_", "type_"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("WEBP", "image/webp"),
    ],
)
def test_tells_pictures_and_their_size(format_: str, type_: str) -> None:
    found = probe(picture(format_), whole=True)
    assert found.type == type_
    assert found.error == ""
    assert found.facts is not None
    assert (found.facts.width, found.facts.height) == (40, 30)


def test_tells_a_progressive_jpeg_from_a_baseline_one() -> None:
    assert probe(picture("JPEG", progressive=True)).progressive
    assert not probe(picture("JPEG")).progressive


def test_reads_orientation_and_place_from_exif() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    found = probe(picture("JPEG", exif=exif.tobytes()))
    assert (found.orientation, found.has_exif, found.has_gps) == (6, True, True)


def test_counts_frames_and_time_of_an_animation() -> None:
    found = probe(gif([100, 200, 300], loop=0))
    assert found.animated
    assert found.delays_ms == (100, 200, 300)
    assert found.facts is not None
    assert found.facts.duration_ms == 600
    assert found.loops == 0


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF"])
def test_says_that_a_picture_is_truncated(format_: str) -> None:
    data = picture(format_, (200, 200))
    assert f"truncated {format_}" in probe(data[: len(data) - 20]).error


def test_refuses_a_bomb_without_decoding_it() -> None:
    data = bytearray(picture("PNG"))
    data[16:24] = struct.pack(">II", 30_000, 30_000)
    found = probe(bytes(data), whole=True)
    assert "900,000,000 pixels" in found.error


def test_a_picture_too_large_to_decode_is_told_by_its_header() -> None:
    stream = BytesIO()
    Image.new("1", (5000, 4000)).save(stream, "PNG")
    kept: list[Image.Image] = []
    found = probe(stream.getvalue(), whole=True, keep=kept.append)
    assert found.error == ""
    assert found.facts is not None
    assert (found.facts.width, found.facts.height) == (5000, 4000)
    assert kept == []


@pytest.mark.parametrize(
    ("data", "type_"),
    [
        (b"#!AMR\n" + bytes([0x3C, *[0] * 31]) * 50, "audio/amr"),
        (b"MThd\0\0\0\6\0\0\0\1\0\x60", "audio/midi"),
        (b"ID3\3\0\0\0\0\0\0", "audio/mpeg"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4", "video/3gpp"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "video/mp4"),
        (b"begin:vcard\r\nVERSION:2.1\r\n", "text/x-vcard"),
        (b"BEGIN:VCALENDAR\r\nVERSION:1.0\r\n", "text/x-vcalendar"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "text/calendar"),
        (b"<?xml version='1.0'?>\n<!-- hi -->\n<smil/>", "application/smil"),
        (b"\xef\xbb\xbf<smil>", "application/smil"),
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"Caf\xe9 & bar", "text/plain"),
        (b"\0\0\x09\x02" + b"\xff" * 4, "image/vnd.wap.wbmp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\x01\x02\x03\x04", None),
        (b"", None),
    ],
)
def test_tells_kinds_by_their_first_bytes(data: bytes, type_: str | None) -> None:
    assert probe(data).type == type_


def test_amr_lasts_20_ms_a_frame() -> None:
    facts = probe(b"#!AMR\n" + bytes([0x3C, *[0] * 31]) * 50).facts
    assert facts is not None
    assert facts.duration_ms == 1000


def in_several_scans(data: bytes) -> bytes:
    """A JPEG whose first scan has one of its three components."""
    at = data.index(b"\xff\xda")
    return data[:at] + b"\xff\xda\0\10\1" + data[at + 5 : at + 7] + b"\0\x3f\0" + data[at + 14 :]


@only_on_linux
@pytest.mark.parametrize("scans", ["progressive", "one after the other"])
def test_a_jpeg_in_several_scans_cannot_fill_the_memory(scans: str, tmp_path: Path) -> None:
    small = picture("JPEG", progressive=scans == "progressive", subsampling=0)
    data = bytearray(small if scans == "progressive" else in_several_scans(small))
    header = data.index(b"\xff\xc2" if scans == "progressive" else b"\xff\xc0")
    data[header + 5 : header + 9] = struct.pack(">HH", 8_000, 9_000)
    path = tmp_path / "large.jpg"
    path.write_bytes(data)
    start = "import sys, PIL.Image; from mmspack.media.probing import probe"
    start += "; data = open(sys.argv[1], 'rb').read()"
    assert peak_of(f"{start}; probe(data, whole=True)", path) - peak_of(start, path) < 50_000_000
