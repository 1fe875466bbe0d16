"""One picture alone: what may be asked, what comes back, what is told."""

import io
import itertools

import pytest
from PIL import Image, ImageDraw, ImageFont

from mmspack.errors import DoesNotFit, MediaError, UsageError
from mmspack.fitting import fit_picture
from mmspack.media.jpeg import tables
from tests.fitting.drawn import KINDS, clouds, flat, saved


def opened(fitted):
    return Image.open(io.BytesIO(fitted.data)).convert("RGB")


def photo(size=(1200, 900), **options):
    return saved(clouds(size), "JPEG", quality=95, **options)


def test_what_comes_back_says_what_was_done():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    fitted = fit_picture(photo(exif=exif), max_bytes=40_000, max_size=(640, 480), turn=True)
    assert fitted.size == (480, 640)
    assert fitted.format == "JPEG"
    assert fitted.extension == "jpg"
    assert fitted.before.width == 900
    assert fitted.after.bytes == len(fitted.data)
    for words in ("turned upright", "900 × 1200 → 480 × 640", "GPS position removed", "camera data removed"):
        assert words in fitted.actions
    assert 0 <= fitted.quality <= 100
    assert fitted.quality_words


def test_the_jpeg_is_baseline_and_bare():
    fitted = fit_picture(photo(icc_profile=b"x" * 500), max_bytes=40_000, max_size=(640, 480))
    with Image.open(io.BytesIO(fitted.data)) as image:
        assert "progressive" not in image.info
        assert "icc_profile" not in image.info
        assert not image.getexif()
    assert b"\xff\xc0" in fitted.data
    assert b"\xff\xc2" not in fitted.data


def test_a_jpeg_that_fits_keeps_its_pixels_and_loses_its_metadata():
    exif = Image.Exif()
    exif[0x010F] = "Maker of cameras"
    source = photo((400, 300), exif=exif)
    fitted = fit_picture(source, max_bytes=len(source), max_size=(640, 480))
    assert b"Maker of cameras" not in fitted.data
    assert fitted.actions == ("camera data removed",)
    with Image.open(io.BytesIO(source)) as before:
        assert opened(fitted).tobytes() == before.convert("RGB").tobytes()


@pytest.mark.parametrize(
    "options",
    [
        {"progressive": True},
        {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0"},
    ],
)
def test_a_jpeg_that_phones_show_wrongly_is_made_anew(options):
    source = photo((400, 300), **options)
    fitted = fit_picture(source, max_bytes=len(source), max_size=(640, 480))
    assert b"\xff\xc2" not in fitted.data
    with Image.open(io.BytesIO(fitted.data)) as image:
        assert image.getexif().get(0x0112, 1) == 1


def test_a_lossy_source_is_not_blown_up():
    source = photo((500, 400), progressive=True)
    fitted = fit_picture(source, max_bytes=10 * len(source), max_size=(640, 480))
    assert len(fitted.data) < 1.4 * len(source)


def test_a_quality_that_was_asked_for_may_take_more_bytes_than_a_lossy_source_had():
    source = saved(clouds((500, 400)), "JPEG", quality=85, progressive=True)
    enough = fit_picture(source, max_bytes=10 * len(source), max_size=(640, 480))
    assert enough.quality < 93
    finer = fit_picture(source, max_bytes=10 * len(source), max_size=(640, 480), min_quality=93)
    assert finer.quality >= 93
    assert len(enough.data) < len(finer.data) < 10 * len(source)


@pytest.mark.slow
def test_the_most_that_can_be_reached_is_told():
    source = saved(clouds((500, 400)), "JPEG", quality=85, progressive=True)
    with pytest.raises(
        DoesNotFit, match=r"cannot reach min_quality 100 at any size: the best possible is [\d.]+"
    ) as told:
        fit_picture(source, max_bytes=10**7, max_size=(640, 480), min_quality=100)
    most = float(str(told.value).partition("possible is ")[2].partition(" (")[0])
    assert (
        fit_picture(source, max_bytes=10**7, max_size=(640, 480), min_quality=most - 0.1).quality
        >= most - 0.1
    )


@pytest.mark.slow
def test_too_few_bytes_are_told_with_those_of_the_smallest_picture():
    with pytest.raises(DoesNotFit, match="the smallest picture that can be made needs") as told:
        fit_picture(photo(), max_bytes=100, max_size=(640, 480))
    needed = int(str(told.value).partition("needs ")[2].partition(" bytes")[0].replace(",", ""))
    assert len(fit_picture(photo(), max_bytes=needed, max_size=(640, 480)).data) <= needed


def test_a_png_that_fits_stays_and_loses_its_texts():
    image = flat((200, 150))
    source = saved(image, "PNG")
    fitted = fit_picture(source, max_bytes=len(source), max_size=(640, 480))
    assert fitted.format == "PNG"
    assert opened(fitted).tobytes() == image.tobytes()


def dark_logo(mode="RGBA", size=(200, 150)):
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((20, 20, size[0] - 20, size[1] - 20), fill=(10, 10, 40, 255))
    return image.quantize(8) if mode == "P" else image.convert(mode)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "P"), ("GIF", "RGBA")])
def test_transparency_lies_on_the_background_though_the_picture_fits(kind, mode):
    source = saved(dark_logo(mode), kind)
    fitted = fit_picture(source, max_bytes=60_000, max_size=(640, 480), background="#ffcc00")
    shown = Image.open(io.BytesIO(fitted.data))
    assert not shown.has_transparency_data
    assert shown.convert("RGB").getpixel((2, 2)) == (255, 204, 0)
    assert fitted.format == kind
    assert "transparency replaced by #ffcc00" in fitted.actions
    assert fitted.quality == 100


def white_logo(size=(800, 400)):
    image = Image.new("RGBA", size, (255, 255, 255, 0))
    ImageDraw.Draw(image).text((40, 120), "LOGO", font=ImageFont.load_default(110), fill="white")
    return saved(image)


@pytest.mark.slow
@pytest.mark.parametrize("wish", [{}, {"max_size": (320, 240)}, {"types": ("image/jpeg",)}, {"crop": "1:1"}])
def test_white_writing_on_a_white_background_is_told_to_be_invisible(wish):
    wish = {"max_bytes": 60_000, "max_size": (1600, 1200)} | wish
    fitted = fit_picture(white_logo(), **wish)
    words = "nothing is visible on the background white: choose another `background`"
    assert fitted.actions[-1] == words
    assert fitted.quality == 0
    assert fitted.quality_words == "nothing visible"
    dark = fit_picture(white_logo(), **wish, background="#102030")
    assert not any("nothing visible" in action for action in dark.actions)
    assert dark.quality > 50


@pytest.mark.slow
def test_an_invisible_picture_reaches_no_quality():
    with pytest.raises(DoesNotFit, match="nothing is visible on the background white: choose another"):
        fit_picture(white_logo(), max_bytes=60_000, max_size=(1600, 1200), min_quality=50)


def test_what_is_wholly_transparent_has_nothing_to_lose():
    source = saved(Image.new("RGBA", (200, 150), (0, 0, 0, 0)))
    fitted = fit_picture(source, max_bytes=60_000, max_size=(640, 480))
    assert fitted.actions == ("transparency replaced by white",)


def test_an_alpha_channel_that_hides_nothing_is_no_reason_to_change_a_file():
    source = saved(flat((200, 150)).convert("RGBA"))
    fitted = fit_picture(source, max_bytes=len(source), max_size=(640, 480), background="red")
    assert fitted.data == source
    assert fitted.actions == ()


def test_what_is_kept_keeps_its_transparency():
    source = saved(dark_logo())
    assert fit_picture(source, max_bytes=60_000, max_size=(640, 480), keep=True).data == source


def test_sixteen_bits_become_eight():
    ramp = Image.linear_gradient("L").resize((300, 200))
    wide = Image.frombytes("I;16", ramp.size, b"".join(bytes((v, v)) for v in ramp.tobytes()))
    source = saved(wide)
    assert source[24] == 16
    fitted = fit_picture(source, max_bytes=200_000, max_size=(640, 480))
    assert fitted.format == "PNG"
    assert fitted.data[24] == 8
    assert Image.open(io.BytesIO(fitted.data)).convert("L").tobytes() == ramp.tobytes()
    assert "16 → 8 bits a channel" in fitted.actions


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_damaged_picture_is_refused_though_it_fits(kind):
    source = bytearray(saved(clouds((300, 200)), kind))
    source[len(source) // 3 : -40] = b""
    with pytest.raises(MediaError, match=kind):
        fit_picture(bytes(source), max_bytes=10**6, max_size=(640, 480))


def test_a_turned_tiff_and_a_plain_one_are_told_apart():
    turned = Image.Exif()
    turned[0x0112] = 6
    plain = fit_picture(saved(clouds((90, 60)), "TIFF"), max_bytes=30_000, max_size=(64, 48))
    upright = fit_picture(saved(clouds((90, 60)), "TIFF", exif=turned), max_bytes=30_000, max_size=(64, 48))
    assert "camera data removed" not in plain.actions
    assert "turned upright" not in plain.actions
    assert "turned upright" in upright.actions


@pytest.mark.slow
def test_one_colour_is_told_in_good_english():
    source = saved(Image.new("RGB", (900, 700), "navy"))
    actions = fit_picture(source, max_bytes=9_000, max_size=(640, 480)).actions
    assert "a single colour" in actions


@pytest.mark.slow
def test_a_profile_without_png_gets_a_gif_for_a_graphic():
    source = saved(flat((900, 700)), "PNG")
    fitted = fit_picture(source, max_bytes=20_000, max_size=(640, 480), types=("image/jpeg", "image/gif"))
    assert fitted.format == "GIF"
    assert fitted.type == "image/gif"


def text_graphic():
    image = Image.new("RGB", (1000, 700), "#10243f")
    draw = ImageDraw.Draw(image)
    for row in range(14):
        draw.text(
            (40, 20 + 46 * row),
            f"Row {row}: tickets from 12.50",
            font=ImageFont.load_default(30),
            fill="#f4d35e",
        )
    return image


@pytest.mark.slow
def test_text_in_a_graphic_stays_sharp():
    source = saved(text_graphic())
    fitted = fit_picture(source, max_bytes=16_000, max_size=(640, 480))
    jpeg = fit_picture(source, max_bytes=len(fitted.data), max_size=(640, 480), types=("image/jpeg",))
    assert fitted.format == "PNG"
    wanted = text_graphic().resize(fitted.size, Image.Resampling.LANCZOS)
    assert wrong(wanted, fitted) < wrong(wanted, jpeg) / 2


def wrong(wanted, fitted):
    shown = opened(fitted)
    shown = shown if shown.size == wanted.size else shown.resize(wanted.size)
    pairs = zip(wanted.convert("L").tobytes(), shown.convert("L").tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (wanted.width * wanted.height)


@pytest.mark.slow
def test_a_photo_never_becomes_a_palette():
    assert fit_picture(saved(clouds((900, 700))), max_bytes=40_000, max_size=(640, 480)).format == "JPEG"


@pytest.mark.slow
def test_crop_follows_the_focus():
    image = Image.new("RGB", (800, 400), "blue")
    image.paste("red", (600, 0, 800, 400))
    source = saved(image, "JPEG", quality=95)
    at = {}
    for focus in (None, (0.0, 0.5), (1.0, 0.5)):
        fitted = fit_picture(source, max_bytes=30_000, max_size=(640, 480), crop="1:1", focus=focus)
        assert fitted.size == (400, 400)
        assert "cropped to 1:1" in fitted.actions
        at[focus] = opened(fitted).getpixel((380, 200))
    assert at[1.0, 0.5][0] > 200
    assert at[None][2] > 200
    assert at[0.0, 0.5][2] > 200


@pytest.mark.parametrize(
    ("key", "wish"),
    [
        ("crop", {"crop": "wide"}),
        ("crop", {"crop": "0:4"}),
        ("focus", {"crop": "4:5", "focus": (2, 0)}),
        ("effort", {"effort": "most"}),
        ("crop", {"keep": True, "crop": "4:5"}),
        ("focus", {"focus": (0.5, 0.5)}),
        ("background", {"background": "whitish"}),
        ("max_size", {"max_size": (0, 0)}),
        ("max_size", {"max_size": (640, -1)}),
        ("max_bytes", {"max_bytes": -1}),
        ("max_bytes", {"max_bytes": 0}),
        ("min_quality", {"min_quality": 101}),
        ("max_bytes", {"max_bytes": 50_000.5}),
        ("max_size", {"max_size": (10.5, 10)}),
        ("types", {"types": ()}),
        ("types", {"types": ("image/webp",)}),
        ("types", {"types": "image/jpeg"}),
        ("still", {"keep": True, "still": True}),
    ],
)
def test_wishes_that_make_no_sense_are_refused_by_their_key(key, wish):
    with pytest.raises(UsageError, match=key):
        fit_picture(photo((40, 30)), **{"max_bytes": 30_000, "max_size": (640, 480)} | wish)


def test_a_background_that_is_no_colour_is_refused():
    source = saved(Image.new("RGBA", (900, 700), (0, 0, 0, 0)))
    with pytest.raises(UsageError, match="is not a colour"):
        fit_picture(source, max_bytes=3_000, max_size=(64, 48), background="whitish")


def test_keep_means_byte_for_byte():
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    source = photo(exif=exif)
    assert fit_picture(source, max_bytes=len(source), max_size=(64, 48), keep=True).data == source
    with pytest.raises(DoesNotFit, match=r"keep = true\), it takes"):
        fit_picture(source, max_bytes=len(source) - 1, max_size=(64, 48), keep=True)


@pytest.mark.slow
def test_an_impossible_quality_names_the_bytes_it_takes():
    with pytest.raises(DoesNotFit, match=r"min_quality 95 needs [\d,]+ bytes, but only 9,000 are left"):
        fit_picture(photo(), max_bytes=9_000, max_size=(640, 480), min_quality=95)


@pytest.mark.slow
def test_efforts_differ_in_how_well_they_fill():
    sizes = {
        effort: len(fit_picture(photo(), max_bytes=60_000, max_size=(1200, 900), effort=effort).data)
        for effort in ("fast", "good", "best")
    }
    assert sizes["fast"] >= 0.93 * 60_000
    assert sizes["good"] >= 0.97 * 60_000
    assert sizes["best"] >= 0.99 * 60_000


def screenshot(size=(640, 480)):
    """Text and flat colour around a photo: what decides between palette and JPEG."""
    image = Image.new("RGB", size, "#f4f4f8")
    image.paste(clouds((size[0] // 2, size[1] // 2)), (size[0] // 3, size[1] // 4))
    draw = ImageDraw.Draw(image)
    for row in range(size[1] // 30):
        draw.text((12, 30 * row), f"Row {row}: 12.50", font=ImageFont.load_default(20), fill="#202830")
    return image


MIXED = {
    **{name: lambda draw=draw: draw((640, 480)) for name, draw in KINDS.items()},
    "text": text_graphic,
    "screenshot": screenshot,
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(MIXED))
def test_more_bytes_never_look_worse(kind):
    wanted = MIXED[kind]()
    source = saved(wanted)
    shown = wanted.resize((480, 360), Image.Resampling.LANCZOS)
    errors, told = [], []
    for budget in (3_000, 6_000, 12_000, 25_000, 50_000, 100_000, 200_000, 400_000):
        try:
            fitted = fit_picture(source, max_bytes=budget, max_size=shown.size)
        except DoesNotFit:
            continue
        told.append(fitted.quality)
        errors.append(wrong(shown, fitted))
    assert all(more >= less - 2 for less, more in itertools.pairwise(told)), told
    slack = 1.5 if kind == "noise" else 0.5
    assert all(more <= less + slack for less, more in itertools.pairwise(errors)), errors


def test_a_text_file_is_no_picture():
    with pytest.raises(MediaError, match="it is text"):
        fit_picture(b"Dear customer,\nhello", max_bytes=9_000, max_size=(64, 48))


@pytest.mark.parametrize("step", [-4.5, -2.0, -0.5, 0.0, 1.3, 2.4])
def test_quantisation_tables_are_baseline_and_rise_with_the_step(step):
    for table, coarser in zip(tables(step), tables(step + 0.4), strict=True):
        assert len(table) == 64
        assert all(1 <= value <= 255 for value in table)
        assert all(a <= b for a, b in zip(table, coarser, strict=True))


def test_of_a_tiff_of_several_pages_the_first_is_shown_and_said_to_be():
    pages = [Image.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    source = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    made = fit_picture(source, max_bytes=50_000, max_size=(320, 240))
    assert "page 1 of 3" in made.actions
    with Image.open(io.BytesIO(made.data)) as shown:
        assert shown.convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    alone = fit_picture(saved(pages[0], "TIFF"), max_bytes=50_000, max_size=(320, 240))
    assert not any(action.startswith("page") for action in alone.actions)
