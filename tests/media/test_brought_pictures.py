"""Pictures as people bring them: damaged, odd and hostile, each kind with siblings that are made here."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from mmspack.errors import MediaError
from mmspack.fitting import fit_picture
from mmspack.fixing import fix
from mmspack.media.animation import read_animation
from mmspack.media.containers import gif, jpeg
from mmspack.media.pictures import decode, read_picture
from mmspack.media.probing import probe
from mmspack.rules.checking import check
from tests.conftest import SHARED
from tests.fitting.drawn import clouds, saved
from tests.rules.cases import other, picture

INPUTS = SHARED / "inputs" / "pictures"
FIT = {"max_bytes": 100_000, "max_size": (640, 480)}
PHOTO = clouds((640, 480))
CODINGS = {
    "baseline": {},
    "optimised": {"optimize": True},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_blocks": 16},
}


def brought(name: str) -> bytes:
    path = INPUTS / name
    if not path.is_file():
        pytest.skip("the inputs are not at hand")
    return path.read_bytes()


def coded(coding: str = "baseline", image: Image.Image = PHOTO) -> bytes:
    return saved(image, "JPEG", quality=88, **CODINGS[coding])


def scan(data: bytes) -> int:
    """Where the coded data of the first scan begin."""
    return next(one.end for one in jpeg.segments(data) if one.marker == jpeg.SOS)


def cut(data: bytes) -> bytes:
    middle = (scan(data) + len(data)) // 2
    return data[:middle] + data[middle + 2048 :]


def zeros(data: bytes) -> bytes:
    middle = (scan(data) + len(data)) // 2
    return data[:middle] + bytes(len(data) - middle - 2) + jpeg.END


def early(data: bytes) -> bytes:
    return data[: (scan(data) + len(data)) // 2] + jpeg.END


def as_text(data: bytes) -> bytes:
    """Sent as text: each line feed became two characters."""
    return data.replace(b"\n", b"\r\n")


def stray(data: bytes) -> bytes:
    middle = scan(data) + 500
    return data[:middle] + b"\xff\x8f" + data[middle:]


def repeated(data: bytes) -> bytes:
    middle = (scan(data) + len(data)) // 2
    return data[:middle] + data[middle - 4096 : middle] + data[middle:]


def blank_end(data: bytes) -> bytes:
    """The last tenth of a file that a disk never wrote: zeros are codes too, and fill all rows."""
    end = scan(data) + (len(data) - scan(data)) * 9 // 10
    return data[:end] + bytes(len(data) - end - 2) + jpeg.END


def followed_by_another(data: bytes) -> bytes:
    """Two downloads in one file: half of the one, and all of the other."""
    return data[: (scan(data) + len(data)) // 2] + coded("baseline", clouds((640, 480), 3))


def swapped_restarts(data: bytes) -> bytes:
    first, second = data.index(b"\xff\xd2"), data.index(b"\xff\xd3")
    return data[:first] + b"\xff\xd3" + data[first + 2 : second] + b"\xff\xd2" + data[second + 2 :]


DAMAGES = [cut, zeros, early, as_text, stray, repeated, blank_end, followed_by_another]


def refused_alike(data: bytes) -> None:
    """Build and check both name the damage, in the same words."""
    with pytest.raises(MediaError) as caught:
        fit_picture(data, **FIT)
    findings = [one for one in check(picture(data).data).findings if one.id == "MMS421"]
    assert [one.message for one in findings] == [f"'image1.jpg': {caught.value.problems[0].what}"]
    assert "JPEG" in str(caught.value)


@pytest.mark.parametrize("name", ["half-zero.jpg", "block-missing.jpg", "crlf.jpg", "block-of-ff.jpg"])
def test_damage_inside_a_photo_is_named_by_build_as_by_check(name):
    refused_alike(brought(name))


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_each_kind_of_damage_is_named_in_each_kind_of_jpeg(damage, coding):
    refused_alike(damage(coded(coding)))


def test_restart_markers_out_of_order_are_named():
    refused_alike(swapped_restarts(coded("restarts")))


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_sound_jpeg_is_sound_however_it_is_coded(coding, mode):
    data = coded(coding, PHOTO.convert(mode))
    assert probe(data, whole=True).error == ""
    assert fit_picture(data, **FIT).quality > 50


@pytest.mark.parametrize("padding", [b"", b"\0" * 40, b"\r\n"])
@pytest.mark.parametrize("coding", CODINGS)
def test_an_end_marker_that_is_missing_alone_is_no_damage(coding, padding):
    data = coded(coding)[:-2] + padding
    assert {one.id for one in check(picture(data).data).findings} - {"MMS422"} == {"MMS428"}
    fitted = fit_picture(data, max_bytes=len(data) + 100, max_size=(640, 480))
    assert "end marker added" in fitted.actions
    assert check(picture(fitted.data).data).findings == ()


def test_the_photo_without_end_marker_is_opened_and_fix_adds_it():
    data = brought("no-eoi.jpg")
    assert "end marker added" in fit_picture(data, **FIT).actions
    assert [one.id for one in check(picture(data).data).findings] == ["MMS428"]
    assert fix(picture(data).data).report.findings == ()


def test_padding_before_the_end_marker_is_no_damage():
    data = coded()
    for padding in (b"\0" * 500, b"\x12\x34\x56" * 8):
        assert probe(data[:-2] + padding + jpeg.END, whole=True).error == ""
    assert probe(data[:-2] + bytes(range(200)) + jpeg.END, whole=True).error


@pytest.mark.parametrize("format_", ["GIF", "PNG"])
def test_a_drawing_that_lacks_its_end_alone_is_built_with_one(format_, tmp_path):
    whole = saved(PHOTO.resize((80, 60)).quantize(16), format_)
    end = {"GIF": 1, "PNG": 12}[format_]
    name = f"image1.{format_.lower()}"
    assert [one.id for one in check(other(name, whole[:-end]).data).findings] == ["MMS421"]
    assert fit_picture(whole[:-end], **FIT).data == fit_picture(whole, **FIT).data
    with pytest.raises(MediaError, match="truncated"):
        fit_picture(whole[: len(whole) // 2], **FIT)


def test_a_photo_that_its_own_thumbnail_vouches_for_is_sound():
    small = saved(PHOTO.resize((160, 120)), "JPEG")
    exif = b"Exif\0\0" + b"II*\0\x08\0\0\0\0\0\0\0\0\0" + small
    odd = bytes(range(200)) + jpeg.END
    with_thumbnail = saved(PHOTO, "JPEG", quality=88, exif=exif)[:-2] + odd
    assert probe(with_thumbnail, whole=True).error == ""
    other_thumbnail = exif[:20] + saved(Image.new("RGB", (160, 120)), "JPEG")
    assert probe(saved(PHOTO, "JPEG", quality=88, exif=other_thumbnail)[:-2] + odd, whole=True).error


# -- one reader's word does not end the search ----------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["brand_mif1.heic", "brand_msf1.heic"])
@pytest.mark.parametrize("brand", [None, b"miaf", b"heix"])
def test_a_heic_is_opened_whatever_its_major_brand_says(name, brand):
    pytest.importorskip("pillow_heif")
    data = brought(name)
    data = data if brand is None else data[:8] + brand + data[12:]
    assert read_picture(data).format.name == "HEIC"
    assert fit_picture(data, **FIT).type == "image/jpeg"


@pytest.mark.parametrize("brand", [b"mif1", b"msf1", b"miaf"])
def test_an_avif_under_a_brand_of_any_codec_is_told_by_the_compatible_ones(brand):
    data = saved(PHOTO.resize((64, 48)), "AVIF")
    data = data[:8] + brand + data[12:]
    assert probe(data).type == "image/avif"
    assert read_picture(data).format.name == "AVIF"


def test_a_claim_that_fails_leaves_the_others_their_turn():
    with pytest.raises(MediaError, match=r"(damaged|truncated) BMP"):
        read_picture(b"BM and so on, which is a text that begins as a BMP does")


# -- limits of our own ----------------------------------------------------------------------------


def far(left: int, top: int) -> bytes:
    """Two frames, the second of which lies far outside of the screen."""
    stream = io.BytesIO()
    frames = [Image.new("L", (10, 10), colour) for colour in (10, 200)]
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], duration=100)
    data = bytearray(stream.getvalue())
    second = [block for block in gif.blocks(bytes(data)) if block.kind == gif.IMAGE][-1]
    struct.pack_into("<HHHH", data, second.start + 1, left, top, 65_535, 65_535)
    return bytes(data)


@pytest.mark.parametrize("data", [far(0, 0), far(65_000, 0), far(0, 65_000)])
def test_frames_that_reach_far_beyond_the_screen_are_refused(data):
    assert probe(data, whole=True).refused
    with pytest.raises(MediaError, match="megapixels"):
        read_picture(data)


HOST = """
import resource, sys
from PIL import Image, ImageFile
Image.MAX_IMAGE_PIXELS = {pixels}
ImageFile.LOAD_TRUNCATED_IMAGES = True
from mmspack.errors import MediaError
from mmspack.fitting import fit_picture
from mmspack.media.probing import probe
fit_picture(open(sys.argv[2], "rb").read(), max_bytes=20_000, max_size=(320, 240))
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
data = open(sys.argv[1], "rb").read()
print(probe(data, whole=True).error)
try:
    fit_picture(data, max_bytes=100_000, max_size=(640, 480))
except MediaError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.parametrize("pixels", [None, 1000])
@pytest.mark.parametrize("bomb", ["gif", "png"])
def test_our_limits_hold_whatever_the_host_does_to_pillow(tmp_path, pixels, bomb):
    """`None` refuses nothing, and 1,000 pixels would refuse the sound photo, too."""
    png = bytearray(saved(PHOTO.resize((8, 8)), "PNG"))
    png[16:24] = struct.pack(">II", 40_000, 40_000)
    png[29:33] = struct.pack(">I", zlib.crc32(png[12:29]))
    (tmp_path / "bomb").write_bytes(bytes(png) if bomb == "png" else far(0, 0))
    (tmp_path / "photo").write_bytes(coded())
    code = HOST.format(pixels=pixels)
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "bomb", tmp_path / "photo"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    probed, built = done.stdout.splitlines()
    assert probed.startswith("refused: ")
    assert "megapixels that can be opened safely" in built


def test_the_bomb_that_was_brought_is_refused():
    data = brought("decompression_bomb_extents.gif")
    assert probe(data, whole=True).refused
    with pytest.raises(MediaError, match="megapixels"):
        fit_picture(data, **FIT)


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    data = coded("progressive", PHOTO.resize((64, 48)))
    last = [one for one in jpeg.segments(data) if one.marker == jpeg.SOS][-1]
    return data[:-2] + data[last.start : -2] * count + jpeg.END


def test_a_jpeg_of_thousands_of_scans_is_refused_by_their_number():
    data = many_scans(3000)
    assert probe(data, whole=True).error.startswith("refused: 3,0")
    with pytest.raises(MediaError, match="scans of one picture are more than the 100"):
        read_picture(data)
    assert probe(many_scans(20), whole=True).scans > 20
    assert not probe(many_scans(20), whole=True).refused


# -- small and turned, and of many colours --------------------------------------------------------


def chequers(mode: str = "P") -> Image.Image:
    image = Image.new("RGB", (120, 90), "white")
    for x in range(0, 120, 10):
        image.paste(["navy", "orange", "teal"][x // 10 % 3], (x, 0, x + 5, 90 - x // 2))
    return image.quantize(8) if mode == "P" else image.convert(mode)


@pytest.mark.parametrize("mode", ["P", "RGB", "L"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_small_png_turned_upright_stays_a_small_png(orientation, mode):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(chequers(mode), "PNG", exif=exif)
    fitted = fit_picture(data, **FIT)
    assert fitted.type == "image/png"
    assert len(fitted.data) < 2 * len(data)
    assert "turned upright" in fitted.actions
    assert fitted.size == ((90, 120) if orientation >= 5 else (120, 90))
    wanted = decode(read_picture(data), fitted.size)
    assert Image.open(io.BytesIO(fitted.data)).convert("RGB").tobytes() == wanted.tobytes()


@pytest.mark.parametrize("place", ["before the pixels", "after the pixels", "in a text after the pixels"])
def test_a_png_is_turned_upright_wherever_it_says_so(place):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(chequers("RGB"), "PNG", exif=exif)
    start = data.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    chunk, without = data[start:end], data[:start] + data[end:]
    if place.startswith("in a text"):
        body = b"Raw profile type exif\0\nexif\n%8d\n%s" % (
            len(chunk) - 6,
            (b"Exif\0\0" + chunk[8:-4]).hex().encode(),
        )
        chunk = struct.pack(">L", len(body)) + b"tEXt" + body + struct.pack(">L", zlib.crc32(b"tEXt" + body))
    if not place.startswith("before"):
        data = without[:-12] + chunk + without[-12:]
    assert read_picture(data).orientation == 6
    assert read_picture(without).orientation == 1


def test_the_turned_png_that_was_brought_stays_a_small_png():
    fitted = fit_picture(brought("o6.png"), **FIT)
    assert fitted.type == "image/png"
    assert len(fitted.data) < 6000


def colourful(frames: int) -> bytes:
    """Frames of 256 colours, none of which another frame has, but for the lowest bits of blue."""
    out = [b"GIF89a", struct.pack("<HHBBB", 16, 16, 0, 0, 0)]
    pixels = Image.frombytes("P", (16, 16), bytes(range(256)))
    pixels.putpalette([level for level in range(256) for _ in range(3)])
    data = saved(pixels, "GIF", optimize=False, interlace=0)
    stored = next(block for block in gif.blocks(data) if block.kind == gif.IMAGE)
    for number in range(frames):
        palette = b"".join(struct.pack(">L", number << 8 | at)[1:] for at in range(256))
        image = struct.pack("<HHHHB", 0, 0, 16, 16, 0x87)
        out += [b"!\xf9\x04\0\x0a\0\0\0", b",", image, palette, data[stored.body - 1 : stored.end]]
    return b"".join((*out, b";"))


@pytest.mark.slow
@pytest.mark.parametrize("frames", [250, 300, 520])
def test_a_gif_with_more_colours_than_an_index_has_values_is_fitted(frames):
    data = colourful(frames)
    assert probe(data, whole=True).facts.frames == frames
    fitted = fit_picture(data, max_bytes=len(data) // 3, max_size=(320, 240))
    assert fitted.type == "image/gif"
    assert fitted.after.duration_ms == frames * 100


def test_colours_that_share_an_index_are_nearly_alike():
    taken = read_animation(colourful(520), (255, 255, 255))
    assert len(taken.palette) <= 65_535
    last = taken.palette[taken.frames[-1]].reshape(-1, 3).astype(int)
    wanted = np.array([divmod(519 << 8 | at, 256) for at in range(256)])
    assert np.abs(last[:, 1:] - np.stack((wanted[:, 0] & 255, wanted[:, 1]), axis=1)).max() <= 7


# -- broken palettes, and what is no picture that we read ------------------------------------------


def palette_png(palette: bytes | None) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 3, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0\1\2\3\4" * 4))
    colours = b"" if palette is None else chunk(b"PLTE", palette)
    return b"\x89PNG\r\n\x1a\n" + header + colours + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize("palette", [None, b""])
def test_a_png_without_its_palette_is_damaged_and_no_fault_of_ours(palette):
    data = palette_png(palette)
    if palette is None:
        with pytest.raises(MediaError, match="damaged PNG"):
            read_picture(data)
    assert [one.id for one in check(other("image1.png", data).data).findings] == ["MMS421"]


def test_the_png_without_palette_that_was_brought_is_damaged():
    with pytest.raises(MediaError, match="damaged PNG"):
        fit_picture(brought("png-plte-none.png"), **FIT)


def tiff(*tags: tuple[int, int, int]) -> bytes:
    entries = b"".join(struct.pack("<HHLL", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<LH", 8, len(tags)) + entries + bytes(4)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ", "JPEG 2000 (save it as JPEG or PNG"),
        (b"\xff\x4f\xff\x51\0\x2f\0\0", "JPEG 2000 (save it as JPEG or PNG"),
        (b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0", "ICO (save it as PNG"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG (export it as PNG"),
        (b"<svg width='1' height='1'></svg>", "SVG (export it as PNG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF (export its pages as JPEG or PNG"),
        (b"FUJIFILMCCD-RAW 0201", "a camera raw file (develop it, and save it as JPEG"),
        (b"IIRO\x08\0\0\0", "a camera raw file (develop it, and save it as JPEG"),
        (b"II*\0\x10\0\0\0CR\2\0", "a camera raw file (develop it, and save it as JPEG"),
        (tiff((0xFE, 4, 1), (0x14A, 4, 99)), "a camera raw file (develop it, and save it as JPEG"),
        (tiff((0xC612, 1, 0x0401)), "a camera raw file (develop it, and save it as JPEG"),
        (tiff((0x103, 3, 34_713)), "a camera raw file (develop it, and save it as JPEG"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "QuickTime"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "a camera raw file (develop it, and save it as JPEG"),
    ],
)
def test_what_is_no_picture_that_we_read_is_called_by_its_name_with_the_cure(data, words):
    with pytest.raises(MediaError) as caught:
        read_picture(data)
    assert words in str(caught.value)
    assert "text" not in str(caught.value)
