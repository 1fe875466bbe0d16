"""Colours as phones show them: wide and high dynamic range, other spaces, other numbers."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from mmspack.errors import MediaError
from mmspack.fitting import fit_picture
from mmspack.media.pictures import decode, read_picture

PQ, HLG = 16, 18


def saved(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def coded(image, transfer):
    """A PNG that says (in a cICP chunk) how its light is coded, with the primaries of BT.2020."""
    data = saved(image, "PNG")
    chunk = b"cICP" + bytes([9, transfer, 0, 1])
    whole = struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return data[:33] + whole + data[33:]


def shown(data, size=(256, 8)):
    return np.asarray(decode(read_picture(data), size))


def greys():
    return Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (8, 1))).convert("RGB")


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_a_picture_of_high_dynamic_range_is_tone_mapped(transfer):
    pixels = shown(coded(greys(), transfer))[4].astype(int)
    assert np.ptp(pixels, axis=1).max() <= 1, "grey stays grey"
    assert (np.diff(pixels[:, 0]) >= 0).all()
    if transfer == PQ:
        assert 215 <= pixels[148][0] <= 245, "paper white, 203 cd/m², is bright, and leaves room for lights"
        assert pixels[148][0] < pixels[180][0] <= 255, "what is brighter than paper is not cut off"


def test_the_account_says_that_colours_were_converted():
    fitted = fit_picture(coded(greys().resize((640, 480)), PQ), max_bytes=200_000, max_size=(640, 480))
    assert "colours converted to sRGB" in fitted.actions


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_an_avif_of_high_dynamic_range_is_tone_mapped(transfer):
    data = bytearray(saved(greys(), "AVIF", quality=95))
    at = data.find(b"colrnclx")
    data[at + 8 : at + 12] = struct.pack(">HH", 9, transfer)
    plain = shown(saved(greys(), "AVIF", quality=95))[4].astype(int)
    mapped = shown(bytes(data))[4].astype(int)
    assert abs(mapped - plain).max() > 25
    assert np.ptp(mapped, axis=1).max() <= 6


def test_a_lab_tiff_keeps_its_colours():
    wanted = Image.new("RGB", (40, 30), (200, 60, 40))
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    lab = ImageCms.profileToProfile(wanted, *profiles, outputMode="LAB")
    pixels = shown(saved(lab, "TIFF"), (40, 30)).astype(int)
    assert abs(pixels[10, 10] - (200, 60, 40)).max() <= 4


def test_a_float_tiff_is_read():
    levels = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (48, 1))
    pixels = shown(saved(Image.fromarray(levels), "TIFF"), (64, 48)).astype(int)
    assert pixels[20, 0].max() <= 3
    assert pixels[20, 63].min() >= 252


def test_lossless_jpeg_and_jpeg_xl_get_one_clear_line():
    lossless = saved(greys(), "JPEG").replace(b"\xff\xc0", b"\xff\xc3", 1)
    with pytest.raises(MediaError, match="lossless JPEG, which few programs open"):
        read_picture(lossless)
    with pytest.raises(MediaError, match="not a picture: it is JPEG XL"):
        read_picture(b"\xff\x0a" + bytes(100))


@pytest.mark.parametrize("limit", [20_000, 60_000])
def test_a_smooth_gradient_does_not_band(limit):
    across, down = np.meshgrid(np.linspace(0, 1, 800), np.linspace(0, 1, 600))
    planes = [40 + 60 * across + 40 * down, 90 + 50 * down, 160 + 70 * across]
    image = Image.fromarray(np.stack(planes, axis=-1).astype(np.uint8))
    fitted = fit_picture(saved(image, "PNG"), max_bytes=limit, max_size=(800, 600))
    made = np.asarray(Image.open(io.BytesIO(fitted.data)).convert("RGB")).astype(float)
    if fitted.size != image.size:
        made = np.asarray(Image.fromarray(made.astype(np.uint8)).resize(image.size, Image.Resampling.BICUBIC))
    away = np.abs(made - np.stack(planes, axis=-1))
    assert away.mean() < 2
    assert np.quantile(away, 0.999) <= 6, "a band would be further off"
