"""Pictures of every mode, turned every way, come out upright, in sRGB and in the size asked for."""

import contextlib
import io
import struct
import sys
import zlib

import pytest
from PIL import BmpImagePlugin, Image, ImageCms, ImageOps

from mmspack.errors import MediaError
from mmspack.media.pictures import decode, read_picture
from mmspack.media.probing import probe
from tests.conftest import SHARED
from tests.fitting.drawn import clouds
from tests.peak import only_on_linux, peak_of

RED, GREEN, BLUE, GREY = (200, 40, 40), (40, 160, 60), (40, 60, 190), (128, 128, 128)
PHOTOS = SHARED / "photos"


def corners(size=(64, 48)):
    """Red top left, green top right, blue bottom left, grey bottom right."""
    image = Image.new("RGB", size, RED)
    half = (size[0] // 2, size[1] // 2)
    image.paste(GREEN, (half[0], 0, size[0], half[1]))
    image.paste(BLUE, (0, half[1], half[0], size[1]))
    image.paste(GREY, (half[0], half[1], *size))
    return image


def saved(image, kind="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def look(image):
    width, height = image.size
    return [image.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3)]


def near(found, wanted, tolerance=10):
    return all(
        abs(a - b) <= tolerance for p, q in zip(found, wanted, strict=True) for a, b in zip(p, q, strict=True)
    )


def decoded(data, size=(32, 24), **options):
    return decode(read_picture(data), size, **options)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_every_exif_orientation_comes_out_upright(orientation, kind):
    wanted = corners((160, 120))
    undo = {5: 5, 6: 8, 7: 7, 8: 6}.get(orientation, orientation)
    turn = Image.Exif()
    turn[0x0112] = undo
    stored = wanted.copy()
    stored.getexif()[0x0112] = undo
    stored = ImageOps.exif_transpose(stored)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(saved(stored, kind, exif=exif))
    assert picture.size == (160, 120)
    result = decode(picture, (40, 30))
    assert result.size == (40, 30)
    assert near(look(result), [RED, GREEN, BLUE, GREY])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_crop_box_is_in_upright_pixels(orientation):
    wanted = corners((160, 120))
    undo = {6: 8, 8: 6}.get(orientation, orientation)
    stored = wanted.copy()
    stored.getexif()[0x0112] = undo
    stored = ImageOps.exif_transpose(stored)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(saved(stored, "JPEG", exif=exif, quality=95))
    result = decode(picture, (20, 15), box=(80, 0, 160, 60))
    assert near([result.getpixel((10, 7))], [GREEN])


MODES = {
    "CMYK JPEG": lambda: saved(corners().convert("CMYK"), "JPEG", quality=95),
    "CMYK TIFF": lambda: saved(corners().convert("CMYK"), "TIFF"),
    "RGB JPEG": lambda: saved(corners(), "JPEG", quality=95),
    "progressive JPEG": lambda: saved(corners(), "JPEG", quality=95, progressive=True),
    "palette PNG": lambda: saved(corners().quantize(8)),
    "palette GIF": lambda: saved(corners(), "GIF"),
    "opaque RGBA": lambda: saved(corners().convert("RGBA")),
    "WebP": lambda: saved(corners(), "WEBP", lossless=True),
    "AVIF": lambda: saved(corners(), "AVIF", quality=95),
    "BMP": lambda: saved(corners(), "BMP"),
    "TIFF": lambda: saved(corners(), "TIFF"),
    "TIFF LZW": lambda: saved(corners(), "TIFF", compression="tiff_lzw"),
    "YCbCr TIFF": lambda: saved(corners().convert("YCbCr"), "TIFF"),
    "LAB TIFF": lambda: saved(lab(corners()), "TIFF"),
    "interlaced PNG": lambda: png(corners(), interlace=True),
    "16-bit RGB PNG": lambda: png(corners(), depth=16),
}


def lab(image):
    return ImageCms.profileToProfile(
        image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )


def png(image, *, depth=8, interlace=False):
    """A PNG that Pillow does not write: 16 bits a channel, or Adam7 interlaced."""
    width, height = image.size

    def row(y, columns):
        pixels = [image.getpixel((x, y)) for x in columns]
        return b"\0" + b"".join(bytes([c]) * (depth // 8) for pixel in pixels for c in pixel)

    passes = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ]
    if not interlace:
        passes = [(0, 0, 1, 1)]
    raw = b"".join(row(y, range(x0, width, dx)) for x0, y0, dx, dy in passes for y in range(y0, height, dy))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, int(interlace))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("name", MODES)
def test_every_colour_mode_looks_the_same(name):
    assert near(look(decoded(MODES[name]())), [RED, GREEN, BLUE, GREY], tolerance=14)


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "I", "F", "LA"])
def test_every_grey_mode_is_read(mode):
    ends = (0, 255) if mode == "1" else (20, 230)
    half = Image.new("L", (64, 48), ends[0])
    half.paste(ends[1], (32, 0, 64, 48))
    if mode == "I;16":
        data = saved(
            Image.frombytes("I;16", half.size, b"".join(struct.pack("<H", v * 257) for v in half.tobytes()))
        )
    elif mode in ("I", "F"):
        data = saved(half.convert(mode), "TIFF")
    else:
        data = saved(half.convert(mode))
    result = decoded(data)
    assert result.mode == "RGB"
    dark, light = result.getpixel((4, 12))[0], result.getpixel((28, 12))[0]
    assert dark < 25
    assert light > 225


def test_a_wide_gamut_profile_is_converted_to_srgb():
    primaries = wide_gamut_profile()
    data = saved(Image.new("RGB", (32, 32), (200, 60, 60)), "JPEG", quality=100, icc_profile=primaries)
    picture = read_picture(data)
    assert not picture.colours_are_srgb
    red, green, _ = decode(picture, (32, 32)).getpixel((16, 16))
    assert red > 212, "the same numbers mean a stronger red in Display P3"
    assert green < 56


def wide_gamut_profile():
    """Display P3 (primaries of DCI-P3, white of D65, sRGB's curve) as a version 2 ICC profile."""

    def fixed(value):
        return struct.pack(">i", round(value * 65536))

    def xyz(*values):
        return b"XYZ \0\0\0\0" + b"".join(fixed(v) for v in values)

    text = b"P3 for tests"
    desc = b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + b"\0" + b"\0" * 78
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags = [
        (b"desc", desc),
        (b"wtpt", xyz(0.9642, 1.0, 0.8249)),
        (b"rXYZ", xyz(0.51512, 0.24120, -0.00105)),
        (b"gXYZ", xyz(0.29198, 0.69225, 0.04189)),
        (b"bXYZ", xyz(0.15710, 0.06657, 0.78407)),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
    ]
    at = 128 + 4 + 12 * len(tags)
    table, body = b"", b""
    for name, value in tags:
        value += b"\0" * (-len(value) % 4)
        table += name + struct.pack(">II", at + len(body), len(value))
        body += value
    size = at + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += b"".join(fixed(v) for v in (0.9642, 1.0, 0.8249))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def test_a_profile_that_says_srgb_changes_nothing():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert read_picture(saved(corners(), "JPEG", icc_profile=profile)).colours_are_srgb


def test_a_broken_profile_is_no_reason_to_stop():
    data = saved(corners(), "JPEG", quality=95, icc_profile=b"no profile at all")
    assert near(look(decoded(data)), [RED, GREEN, BLUE, GREY])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_transparency_shows_the_background(mode):
    image = Image.new("RGBA", (40, 40), (10, 10, 10, 0))
    image.paste((0, 0, 0, 255), (0, 0, 20, 40))
    stored = image.quantize(4) if mode == "P" else image.convert("RGBA" if mode == "PA" else mode)
    data = saved(stored)
    result = decoded(data, (40, 40), background="#20a040")
    assert near([result.getpixel((35, 20)), result.getpixel((5, 20))], [(0x20, 0xA0, 0x40), (0, 0, 0)])


def test_a_transparent_colour_in_an_rgb_png_shows_the_background():
    data = saved(corners(), transparency=RED)
    assert near([decoded(data, (64, 48), background="white").getpixel((10, 10))], [(255, 255, 255)])


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (3, 2)])
def test_tiny_and_thin_pictures(size):
    for kind in ("PNG", "JPEG", "GIF"):
        data = saved(Image.new("RGB", size, GREEN), kind)
        assert near([decoded(data, (1, 1)).getpixel((0, 0))], [GREEN])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"this is a note\nand no picture", "not a picture: it is text"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x00\x01\x02\x03\xff\xfe" * 9, "not a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "damaged PNG"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "JPEG"),
    ],
)
def test_what_is_no_picture_is_named(data, words):
    with pytest.raises(MediaError, match=words):
        decoded(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
def test_truncated_files_are_refused(kind):
    data = saved(Image.effect_noise((300, 200), 60).convert("RGB"), kind)
    with pytest.raises(MediaError, match=f"(?i)(truncated|damaged) {kind}"):
        decoded(data[: len(data) // 2])


def bomb(width, height):
    return png_of_size(width, height)


def png_of_size(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 999))
        + chunk(b"IEND", b"")
    )


def test_a_pixel_bomb_is_refused():
    with pytest.raises(MediaError, match="30,000 × 30,000 pixels"):
        read_picture(png_of_size(30_000, 30_000))


@only_on_linux
def test_a_pixel_bomb_is_refused_by_its_header(tmp_path):
    (tmp_path / "bomb.png").write_bytes(png_of_size(30_000, 30_000))
    start = "import contextlib, sys; from mmspack.errors import MediaError;"
    start += "from mmspack.media.pictures import read_picture; data = open(sys.argv[1], 'rb').read()\n"
    read = "with contextlib.suppress(MediaError): read_picture(data)"
    grown = peak_of(start + read, tmp_path / "bomb.png") - peak_of(start, tmp_path / "bomb.png")
    assert grown < 50_000_000


def run_length(width: int, height: int) -> bytes:
    """A black BMP of 8 bits a pixel, run-length encoded."""
    row = b"\xff\0" * (width // 255) + bytes([width % 255, 0]) + b"\0\0"
    pixels = row * height + b"\0\1"
    at = 14 + 40 + 4 * 256
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(pixels), 2835, 2835, 256, 0)
    return b"BM" + struct.pack("<IHHI", at + len(pixels), 0, 0, at) + info + bytes(4 * 256) + pixels


def test_a_few_bytes_that_stand_for_megapixels_are_not_decoded_one_by_one(monkeypatch):
    decoded = []
    kept = BmpImagePlugin.BmpRleDecoder.decode
    monkeypatch.setattr(
        BmpImagePlugin.BmpRleDecoder, "decode", lambda *given: decoded.append(1) or kept(*given)
    )
    with pytest.raises(MediaError, match="2 megapixels"):
        read_picture(run_length(3000, 2000))
    assert not probe(run_length(3000, 2000), whole=True).error
    assert not decoded
    assert probe(run_length(60, 40), whole=True).error == ""
    assert decode(read_picture(run_length(60, 40)), (60, 40)).size == (60, 40)
    assert len(decoded) == 2


@pytest.mark.slow
@pytest.mark.skipif(not PHOTOS.is_dir(), reason="no camera files here")
def test_a_heic_photo_is_read():
    pytest.importorskip("pillow_heif")
    picture = read_picture((PHOTOS / "sign.heic").read_bytes())
    assert picture.size == (3024, 4032)
    assert decode(picture, (120, 160)).size == (120, 160)


def test_heic_without_its_package_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(MediaError) as caught:
        read_picture(b"\0\0\0\x18ftypheic" + b"\0" * 40)
    assert "pillow-heif" in str(caught.value)
    assert caught.value.hint == "pip install 'mmspack[heic]'"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "kind"), [("RGB", "BMP"), ("L", "BMP"), ("RGB", "TIFF"), ("RGBA", "TIFF"), ("CMYK", "TIFF")]
)
def test_large_uncompressed_pictures_come_out_as_compressed_ones(mode, kind):
    planes = Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90)
    drawn = Image.merge("RGB", planes).resize((3601, 2403)).convert(mode)
    strips = decoded(saved(drawn, kind), (400, 267))
    whole = decoded(saved(drawn, "TIFF", compression="tiff_lzw"), (400, 267))
    assert near([*zip(strips.tobytes())], [*zip(whole.tobytes())], tolerance=1)


def test_an_uncompressed_picture_whose_end_is_missing_is_refused():
    data = saved(Image.new("RGB", (4000, 3000), "navy"), "BMP")
    with pytest.raises(MediaError, match="truncated BMP"):
        decoded(data[:-50_000], (400, 300))


@pytest.fixture(scope="module")
def heic() -> bytes:
    heif = pytest.importorskip("pillow_heif")
    stream = io.BytesIO()
    heif.from_pillow(clouds((640, 480), 3)).save(stream, quality=80)
    return stream.getvalue()


def test_a_whole_heic_is_read(heic):
    assert read_picture(heic).size == (640, 480)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_half_a_heic_is_no_picture(heic, share):
    """Its decoder shows what is missing in green, and says nothing."""
    with pytest.raises(MediaError, match="truncated HEIC"):
        read_picture(heic[: int(share * len(heic))])


@pytest.mark.parametrize("at", [0.3, 0.5, 0.8])
def test_a_heic_with_a_hole_is_no_picture(heic, at):
    """As of a file that was not quite downloaded."""
    start = int(at * len(heic))
    with pytest.raises(MediaError, match="damaged HEIC"):
        read_picture(heic[:start] + bytes(1024) + heic[start + 1024 :])


def test_a_heic_whose_boxes_lie_ends_in_a_line(heic):
    place = heic.index(b"iloc")
    for at in range(place - 4, place + 40):
        for value in (0, 1, 127, 255):
            changed = heic[:at] + bytes((value,)) + heic[at + 1 :]
            with contextlib.suppress(MediaError):
                read_picture(changed)


def test_a_pointer_of_git_lfs_is_named_as_one():
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
    with pytest.raises(MediaError, match="git-lfs pointer") as caught:
        read_picture(pointer)
    assert "git lfs pull" in (caught.value.hint or "")
