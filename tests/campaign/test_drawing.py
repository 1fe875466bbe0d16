"""Personal pictures: what is drawn can be read and fits its box and its bytes, or is refused."""

from __future__ import annotations

import io
import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from mmspack.authoring.reading import read_toml
from mmspack.campaign import Ledger, Rules, Run, State, rules_of
from mmspack.campaign.build.freezing import freeze
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.press import Press
from mmspack.errors import AuthoringError, DoesNotFit, MediaError, UsageError
from mmspack.gateway import Gateway, Retry
from mmspack.media.drawing import Raster, draw, place
from mmspack.media.fonts import PACKAGES, face_of, font_for
from mmspack.media.lettering import Type, draw_on_base
from mmspack.message import Message, Overlay, Slide
from mmspack.profiles import resolve
from mmspack.recipe import Recipe
from mmspack.rules.checking import check
from mmspack.sandbox import Sandbox

BOX = (0.5, 0.25, 0.5, 0.5)


def canvas(size=(400, 300)):
    return Image.new("RGB", size, (200, 60, 60))


def changed(image):
    return ImageChops.difference(image, canvas(image.size)).getbbox()


@pytest.mark.parametrize(
    "text", ["Hi", "V123456", "A much longer line than the box is wide", "one\ntwo\nthree"]
)
def test_a_text_fills_its_box_and_stays_in_it(text):
    image = canvas()
    draw(image, Overlay(box=BOX, text=text))
    left, top, right, bottom = changed(image)
    box = place(Overlay(box=BOX), image.size)
    assert box[0] <= left <= right <= box[2]
    assert box[1] <= top <= bottom <= box[3]
    assert right - left > 0.8 * (box[2] - box[0]) or bottom - top > 0.4 * (box[3] - box[1])


def test_a_text_that_only_a_large_screen_shows_is_refused():
    text = "m" * 140
    with pytest.raises(DoesNotFit, match="140 characters are not legible"):
        draw(canvas((1600, 1200)), Overlay(box=(0.0, 0.1, 1.0, 0.2), text=text))
    draw(canvas((1600, 1200)), Overlay(box=(0.0, 0.1, 1.0, 0.2), text=text[:70]))
    draw(canvas((1600, 1200)), Overlay(box=(0.0, 0.1, 1.0, 0.9), text="\n".join([text[:70]] * 2)))


def test_a_text_stands_where_it_is_told_to():
    edges = {}
    for align in ("left", "center", "right"):
        image = canvas((400, 100))
        draw(image, Overlay(box=(0.25, 0.1, 0.5, 0.3), text="Hi", align=align))
        edges[align] = changed(image)
    assert edges["left"][0] < edges["center"][0] < edges["right"][0]
    assert abs(edges["left"][0] - 100) < 6
    assert abs(edges["right"][2] - 300) < 6


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_a_text_does_not_touch_the_edge_of_its_background(align):
    image = Image.new("RGB", (640, 480), "teal")
    text = "Ada Lovelace, seat D3"
    draw(image, Overlay(box=(0.1, 0.4, 0.8, 0.2), text=text, color="black", background="white", align=align))
    box = place(Overlay(box=(0.1, 0.4, 0.8, 0.2)), image.size)
    ink = ImageChops.invert(image.crop(box).convert("L")).point(lambda level: 255 * (level > 128)).getbbox()
    assert ink[0] >= 8
    assert ink[2] <= box[2] - box[0] - 8


def test_right_to_left_letters_stand_in_their_order_and_are_joined():
    path = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not path.is_file():
        pytest.skip("no font with Hebrew and Arabic letters here")
    font = path.read_bytes()

    def drawn(text):
        image = canvas((600, 60))
        draw(image, Overlay(box=(0, 0, 1, 1), text=text, align="right"), font)
        return image

    # The first letter stands at the right; set the wrong way it would be the last one.
    aleph = changed(drawn("א"))
    assert drawn("אבגדה").crop(aleph).tobytes() == drawn("א").crop(aleph).tobytes()
    assert drawn("הדגבא").crop(aleph).tobytes() != drawn("א").crop(aleph).tobytes()
    basic = ImageFont.truetype(io.BytesIO(font), 40, layout_engine=ImageFont.Layout.BASIC)
    raqm = ImageFont.truetype(io.BytesIO(font), 40, layout_engine=ImageFont.Layout.RAQM)
    assert bytes(basic.getmask("سلام")) != bytes(raqm.getmask("سلام"))


NAMES = {
    "Latin": "Zoë Łukasz İbrahim £5 €9",
    "Greek": "Ελένη",
    "Cyrillic": "Нина",
    "Vietnamese": "Nguyễn Thị Hạnh",
    "Arabic": "محمد",
    "Persian": "پریسا",
    "Urdu": "ٹیپو",
    "Armenian": "Արամ",
    "Bengali": "অদিতি",
    "Devanagari": "अदिति",
    "Ethiopic": "ሰላም",
    "Georgian": "ნინო",
    "Gujarati": "અમિત",
    "Gurmukhi": "ਅਮਨ",
    "Hebrew": "שלום",
    "Kannada": "ಕಮಲ",
    "Khmer": "សុខា",
    "Lao": "ສົມ",
    "Malayalam": "അമ്മു",
    "Myanmar": "အောင်",
    "Oriya": "ଅମିତ",
    "Sinhala": "අමල්",
    "Tamil": "கமலா",
    "Telugu": "రమ",
    "Thai": "สมชาย",
    "emoji": "Ada 🎉",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_drawn_whatever_its_script(name):
    image = canvas((600, 60))
    draw(image, Overlay(box=(0, 0, 1, 1), text=name))
    left, _, right, _ = changed(image)
    assert right - left > 20


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_is_always_installed_has_the_letters(name):
    packages = [package for package, extra in PACKAGES.items() if not extra]
    fonts = {font_for(letter) for letter in name if not letter.isspace() and letter != "🎉"}
    assert all(any(package in str(font) for package in packages) for font in fonts), fonts


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_vowel_sign_is_drawn_with_its_letter(name):
    letters = name.split()[0]
    fonts = {font_for(letter) for letter in letters if not unicodedata.category(letter).startswith("M")}
    if len(fonts) > 1:
        pytest.skip("letters of several fonts")
    whole = ImageFont.truetype(fonts.pop(), 30)
    image, alone = canvas((300, 60)), canvas((300, 60))
    draw_on_base(image, (5, 45), letters, Type(30), (0, 0, 0))
    ImageDraw.Draw(alone).text((5, 45), letters, font=whole, fill=(0, 0, 0), anchor="ls")
    assert image.tobytes() == alone.tobytes()


def test_a_name_in_another_script_stands_in_its_place_in_the_line():
    def drawn(text):
        image = canvas((600, 60))
        draw_on_base(image, (5, 45), text, Type(30), (0, 0, 0))
        return image

    # The Latin word keeps its place at the left of what is read first.
    whole, alone = drawn("For محمد now"), drawn("For")
    word = changed(alone)
    assert whole.crop(word).tobytes() == alone.crop(word).tobytes()
    # In a line that begins with Arabic it stands at the left as well: it is read last.
    mixed = drawn("محمد For")
    assert mixed.crop(word).tobytes() == alone.crop(word).tobytes()


def test_a_long_name_is_wrapped_where_that_makes_it_larger():
    def height_of_letters(text):
        image = canvas((400, 160))
        draw(image, Overlay(box=(0, 0, 1, 1), text=text))
        pixels = np.asarray(image.convert("L"))
        inked = (pixels != pixels[0, -1]).any(axis=1)
        return inked, int(inked.sum())

    import numpy as np

    name = "Maria de la Concepcion Fernandez"
    rows, inked = height_of_letters(name)
    gaps = np.flatnonzero(np.diff(rows.astype(int)))
    assert len(gaps) > 2, "it is in one line"
    assert inked > height_of_letters(name.replace(" ", "_"))[1]


def test_codes_are_read_by_a_reader_after_jpeg():
    cv2 = pytest.importorskip("cv2")
    import numpy as np

    image = canvas((640, 480))
    draw(image, Overlay(box=(0.6, 0.1, 0.38, 0.5), qr="https://shop.example.com/v/V123456?n=Ünal"))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=40)
    pixels = np.asarray(Image.open(io.BytesIO(stream.getvalue())))[:, :, ::-1]
    assert cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(pixels))[0] == (
        "https://shop.example.com/v/V123456?n=Ünal"
    )


def test_a_barcode_is_drawn_in_whole_pixels_with_its_quiet_zone():
    import barcode

    image = canvas((640, 480))
    draw(image, Overlay(box=(0.05, 0.3, 0.9, 0.4), barcode="501234567890", symbology="ean13"))
    row = [image.getpixel((x, 240)) for x in range(640)]
    code = [pixel for pixel in row if pixel != (200, 60, 60)]
    modules = barcode.get_barcode_class("ean13")("501234567890").build()[0]
    scale = len(code) // (len(modules) + 20)
    assert len(code) == scale * (len(modules) + 20)
    read = "".join("1" if pixel == (0, 0, 0) else "0" for pixel in code[scale // 2 :: scale])
    assert read == "0" * 10 + modules + "0" * 10


def test_a_barcode_holds_what_was_given_and_no_character_more():
    import barcode

    def read(text, symbology):
        image = canvas((640, 480))
        draw(image, Overlay(box=(0.05, 0.3, 0.9, 0.4), barcode=text, symbology=symbology))
        code = [image.getpixel((x, 240)) for x in range(640)]
        code = [pixel for pixel in code if pixel != (200, 60, 60)]
        runs = "".join("1" if pixel == (0, 0, 0) else "0" for pixel in code)
        scale = min(len(run) for run in runs.strip("0").replace("01", "0 1").replace("10", "1 0").split())
        return runs.strip("0")[scale // 2 :: scale]

    whole = barcode.get_barcode_class("ean13")("400638133393").build()[0]
    assert read("4006381333931", "ean13") == read("400638133393", "ean13") == whole
    plain = barcode.get_barcode_class("code39")("AB-1", add_checksum=False).build()[0]
    assert read("AB-1", "code39") == plain.strip("0")


@pytest.mark.parametrize(
    ("overlay", "error", "words"),
    [
        (
            Overlay(box=(0, 0, 0.1, 0.05), text="far too long to be read in there"),
            DoesNotFit,
            "not legible in a box",
        ),
        (Overlay(box=(0, 0, 0.1, 0.1), qr="https://example.com/12345"), DoesNotFit, "the QR code needs"),
        (Overlay(box=(0, 0, 0.2, 0.2), barcode="ABCDEFGHIJKLMNOP"), DoesNotFit, "the barcode needs"),
        (Overlay(box=BOX, barcode="12", symbology="ean13"), MediaError, "cannot be encoded as ean13"),
        (
            Overlay(box=BOX, barcode="4006381333932", symbology="ean13"),
            MediaError,
            "the check digit is wrong: 2 instead of 1",
        ),
        (
            Overlay(box=BOX, barcode="40063813339312", symbology="ean13"),
            MediaError,
            "would read as '4006381333931'",
        ),
        (Overlay(box=BOX, barcode="12345671", symbology="ean8"), MediaError, "the check digit is wrong"),
        (Overlay(box=BOX, barcode="abc", symbology="code39"), MediaError, "would read as 'ABC'"),
        (Overlay(box=BOX, qr="x" * 5000), DoesNotFit, "does not fit into a QR code"),
        (Overlay(box=BOX, text="Ada \U0003fffd"), MediaError, r"no font here has .*\(U\+3FFFD\)"),
    ],
)
def test_what_cannot_be_drawn_is_told(overlay, error, words):
    with pytest.raises(error, match=words):
        draw(canvas(), overlay)


@pytest.fixture(scope="module")
def drawn(scene):
    message = Message(
        subject="Hi",
        slides=[
            Slide(
                image=scene(800, 600, "JPEG", quality=92),
                text="Dear {{ name }}",
                overlay=(
                    Overlay(box=(0.05, 0.7, 0.5, 0.2), text="{{ name }}", background="white"),
                    Overlay(box=(0.6, 0.4, 0.4, 0.55), qr="V{{ code }}"),
                ),
            ),
            Slide(image=scene(320, 200), text="Same"),
        ],
    )  # fmt: skip
    profiles = resolve("uk")
    worst = {"name": "Maximiliane", "code": "1234567"}
    base = freeze(message, defaults={}, columns=("name", "code"), worst=worst, shapes=["0,1"])
    return Press(Base.from_blobs(base.to_blobs())), base, profiles


def test_each_recipients_picture_is_their_own_within_the_bytes(drawn):
    press, base, profiles = drawn
    seen = set()
    for name, code in (("Ada", "1"), ("Maximilian", "99999999"), ("Bo", "x" * 40)):
        merged = press.merge((name, code))
        (report,) = press.check(merged)
        whole = check(merged.bundle, profile=profiles[0], subject="Hi")
        assert [f for f in report.findings if f.id != "MMS525"] == [
            f for f in whole.findings if f.id != "MMS525"
        ]
        assert report.ok
        picture = merged.bundle.part("image1.jpg").data
        assert len(picture) <= base.drawings[0]["bytes"]
        assert merged.bundle.part("image2.jpg").data == base.blobs["kept/image2.jpg"]
        seen.add(picture)
        with Image.open(io.BytesIO(picture)) as image:
            assert image.format == "JPEG"
    assert len(seen) == 3
    assert press.merge(("Ada", "1")).digest == press.merge(("Ada", "1")).digest


@pytest.mark.parametrize(("limit", "optimize"), [(60_000, False), (9_000, True)])
def test_huffman_tables_are_made_for_the_picture_where_they_save_bytes(limit, optimize):
    """A large picture would gain little by them, for three times the work."""
    noise = Image.effect_noise((400, 300), 40).filter(ImageFilter.GaussianBlur(1)).convert("RGB")
    coding, data = Raster(noise).fitted_coding(limit)
    assert coding.optimize is optimize
    assert 0.85 * limit < len(data) <= 0.96 * limit
    assert Raster(noise).jpeg(coding) == data
    assert abs(len(Raster(noise).jpeg(coding._replace(optimize=True))) / len(data) - 1) < 0.04


def test_a_code_that_its_box_cannot_hold_is_a_bad_row(drawn):
    with pytest.raises(DoesNotFit, match=r"slide 1, overlay 2: .*QR code"):
        drawn[0].merge(("Ada", "x" * 2000))


@pytest.mark.slow
def test_whoever_has_the_wrong_check_digit_is_a_bad_row_and_the_rest_goes_on(planned, scene, tmp_path):
    (tmp_path / "card.jpg").write_bytes(scene(400, 300))
    text = (
        '[[slides]]\nimage = "card.jpg"\ntext = "Dear {{ name }}"\n'
        '[[slides.overlay]]\nbox = [0.1, 0.6, 0.8, 0.3]\nbarcode = "{{ ean }}"\nsymbology = "ean13"\n'
    )
    table = tmp_path / "tickets.csv"
    # The longest copies are the ones whose codes cannot be drawn.
    table.write_text(
        "msisdn,name,ean\n447700901000,Ada,4006381333931\n447700901001,Maximiliana,4006381333932\n"
        "447700901002,Maximilian,\n447700901003,Bob,400638133393\n447700901004,Maximus,1\n"
    )
    made = planned(recipients=table, text=text)
    assert (made.ready, made.bad) == (2, 3)
    told = made.bad_rows.read_text("utf-8-sig")
    assert "the check digit is wrong" in told
    assert "ean is empty" in told
    assert "447700901004,Maximus,1" in told
    with Ledger.look(made.path) as ledger:
        assert ledger.counts()[State.BUILT] == 2
    table.write_text("msisdn,name,ean\n447700901001,Max,4006381333932\n")
    made.path.unlink()
    with pytest.raises(UsageError, match="no recipients left"):
        planned(recipients=table, text=text)


def test_animated_pictures_are_refused(scene):
    frames = [Image.new("RGB", (40, 40), color) for color in ("red", "blue")]
    stream = io.BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:])
    slide = Slide(image=stream.getvalue(), overlay=(Overlay(box=(0, 0, 1, 1), text="{{ a }}"),))
    with pytest.raises(AuthoringError, match="the picture is animated"):
        freeze(
            Message(slides=[slide]), defaults={}, columns=("a",), recipe=Recipe(profile="uk"),
            worst={"a": "x"}, shapes=[""],
        )  # fmt: skip


TOML = """
[[slides]]
image = "card.jpg"

[[slides.overlay]]
box = [0.1, 0.1, 0.5, 0.2]
text = "{{ name }}"

[[slides.overlay]]
box = [0.6, 0.3, 0.4, 0.6]
qr = "https://example.com/{{ code }}"
"""


@pytest.mark.slow
def test_from_message_toml_to_the_gateway(planned, scene, tmp_path):
    (tmp_path / "card.jpg").write_bytes(scene(640, 480, "JPEG"))
    made = planned(6, text=TOML, extra="447700902000," + "x" * 4000 + ",V,\n", rules=Rules(rate=1000))
    assert (made.ready, made.bad) == (6, 1)
    assert "not legible in a box" in made.bad_rows.read_text("utf-8-sig")
    with Sandbox() as sandbox, Ledger.open(made.path) as ledger:
        client = Gateway(sandbox.url, sender="447700900111", retry=Retry(times=0))
        list(Run(ledger=ledger, gateway=client, rules=rules_of(ledger)))
        assert ledger.counts()[State.ACCEPTED] == 6
        pictures = {message.bundle.part("image1.jpg").data for message in sandbox.messages()}
    assert len(pictures) == 6


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('box = [0.1, 0.1, 0.5, 0.2]\ntext = "a"\nqr = "b"', "one of text, qr and barcode"),
        ('box = [0.6, 0.1, 0.5, 0.2]\ntext = "a"', "not within the picture"),
        ('box = [0.1, 0.1, 0.5]\ntext = "a"', "box"),
        ('box = [0.1, 0.1, 0.5, 0.2]\ntxt = "a"', "did you mean 'text'"),
    ],
)
def test_wrong_tables_are_told_by_their_place(tmp_path, scene, table, words):
    (tmp_path / "card.jpg").write_bytes(scene())
    (tmp_path / "message.toml").write_text(f'[[slides]]\nimage = "card.jpg"\n[[slides.overlay]]\n{table}\n')
    with pytest.raises(AuthoringError, match=words) as error:
        read_toml(tmp_path / "message.toml")
    assert "slide 1, overlay 1" in str(error.value)


def test_an_overlay_needs_a_picture(tmp_path):
    (tmp_path / "message.toml").write_text(
        '[[slides]]\ntext = "a"\n[[slides.overlay]]\nbox = [0.0, 0.0, 1.0, 1.0]\ntext = "b"\n'
    )
    with pytest.raises(AuthoringError, match="the slide has none"):
        read_toml(tmp_path / "message.toml")


def test_the_table_is_in_the_schema(mmspack):
    schema = json.loads(mmspack("schema").out)
    assert {"box", "qr", "barcode", "font"} <= set(schema["$defs"]["OverlayTable"]["properties"])
    assert replace(Slide(), overlay=()).overlay == ()


@pytest.mark.slow
def test_a_single_build_draws_them_too(mmspack, scene, tmp_path):
    (tmp_path / "card.jpg").write_bytes(scene(640, 480, "JPEG"))
    (tmp_path / "message.toml").write_text(TOML)
    assert mmspack("build", "message.toml", "-o", "a.zip", "--set", "name=Ada", "--set", "code=1").code == 0
    assert mmspack("build", "message.toml", "-o", "b.zip", "--set", "name=Bob", "--set", "code=1").code == 0
    ran = mmspack("build", "message.toml", "-o", "c.zip", "--set", "name=Ada")
    assert (ran.code, "slide 1, overlay 2, qr: unknown variable 'code'" in ran.err) == (2, True)
    ran = mmspack("build", "message.toml", "-o", "c.zip", "--set", "name=Ada", "--set", f"code={'x' * 2000}")
    assert (ran.code, "slide 1, overlay 2: " in ran.err) == (1, True)
    assert (tmp_path / "a.zip").read_bytes() != (tmp_path / "b.zip").read_bytes()


def flat(path, size, kind):
    image = Image.new("RGB", size, (240, 240, 250))
    image.paste((20, 60, 140), (0, 0, size[0], size[1] // 5))
    image.save(path, kind)


CODES = """
[[slides.overlay]]
box = [0.05, 0.75, 0.5, 0.2]
barcode = "{{ ean }}"
symbology = "ean13"

[[slides.overlay]]
box = [0.7, 0.3, 0.3, 0.42]
qr = "https://example.com/v/{{ code }}"
"""
EANS = (
    "msisdn,name,ean,code\n447700901000,Ada,4006381333931,V1\n447700901001,Bob,4006381333931,V2\n"
    f"447700901002,Cy,4006381333931,{'V' * 100}\n"
)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "kind"), [((640, 480), "JPEG"), ((1280, 960), "PNG")])
def test_a_flat_picture_takes_the_messages_spare_bytes_for_its_codes(planned, tmp_path, size, kind):
    cv2 = pytest.importorskip("cv2")
    import numpy as np

    flat(tmp_path / "card", size, kind)
    (tmp_path / "people.csv").write_text(EANS)
    made = planned(
        recipients=tmp_path / "people.csv",
        text=f'[[slides]]\nimage = "card"\ntext = "{{{{ name }}}}"\n{CODES}',
    )
    assert (made.ready, made.bad) == (3, 0)
    assert made.largest[1] <= made.limit
    with Ledger.look(made.path) as ledger:
        base = Base.from_blobs(ledger.base())
    picture = Press(base).merge(
        [{"name": "Ada", "ean": "4006381333931", "code": "V1"}[c] for c in base.columns]
    )
    pixels = np.asarray(Image.open(io.BytesIO(picture.bundle.part("image1.jpg").data)))[:, :, ::-1]
    read = cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(pixels))[0]
    assert read == "https://example.com/v/V1"
    assert len(picture.bundle.data) < 100_000, "no more bytes than it looks good with"


@pytest.mark.slow
def test_flat_pictures_share_what_is_left_beside_a_photo_and_no_row_is_too_large(planned, scene, tmp_path):
    for name in ("one", "two"):
        flat(tmp_path / name, (640, 480), "JPEG")
    (tmp_path / "photo").write_bytes(scene(400, 300))
    (tmp_path / "people.csv").write_text(EANS)
    text = "".join(f'[[slides]]\nimage = "{name}"\n{CODES}' for name in ("one", "two"))
    text += '[[slides]]\nimage = "photo"\ntext = "{{ name }}"\n'
    made = planned(recipients=tmp_path / "people.csv", text=text, recipe=Recipe(profile="uk"))
    assert (made.ready, made.bad) == (3, 0)
    with Ledger.look(made.path) as ledger:
        base = Base.from_blobs(ledger.base())
    first, second = (base.drawings[at]["bytes"] for at in (0, 1))
    assert first == second
    kept = sum(len(data) for key, data in base.blobs.items() if key.startswith(("kept/", "smil/")))
    # Whoever fills both is still within the message's limit.
    assert first + second + kept <= made.limit


def test_chinese_letters_are_drawn_in_the_regular_weight() -> None:
    package = pytest.importorskip("manimgx_fonts_cjk")
    file = str(Path(package.__file__).parent / "NotoSansCJK-VF.otf.ttc")

    def ink(face: ImageFont.FreeTypeFont) -> int:
        picture = Image.new("L", (200, 80))
        ImageDraw.Draw(picture).text((5, 5), "李小龙", fill=255, font=face)
        return sum(picture.tobytes())

    regular = ImageFont.truetype(file, 48)
    regular.set_variation_by_axes([400])
    assert ink(face_of(file, 48)) == ink(regular) > ink(ImageFont.truetype(file, 48))
