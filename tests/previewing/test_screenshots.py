"""The pictures of the documentation, taken from the real pages: run with MMSPACK_SCREENSHOTS=docs."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from mmspack import Gateway, Message, Sandbox, Slide, build
from mmspack.authoring import from_source
from mmspack.previewing.composing import view_of
from mmspack.previewing.originals import originals_of
from mmspack.previewing.outputs import Style
from mmspack.previewing.outputs.png import render as storyboard
from mmspack.previewing.rendering import page
from mmspack.profiles import get
from tests.previewing.preview_tools import zipped

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "summer-sale"
LARGEST = 300_000


@pytest.fixture(scope="module")
def sale():
    """The sample that the documentation shows."""
    message, _ = from_source([SAMPLE], {})
    made = build(message, "uk")
    return view_of(
        made.bundle,
        get("uk"),
        name="summer-sale.zip",
        sender="Marlowe’s",
        reports=made.reports,
        originals=originals_of(made, message),
        labels={name: part.label for name, part in zip(made.names, made.message.parts, strict=True)},
    )


def keep(folder: Path | None, name: str, png: bytes) -> None:
    """Check that it shows something, and write it where pictures are wanted: small, by a palette."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    assert len(picture.getcolors(1 << 24) or ()) > 500
    if folder is None:
        return
    palette = picture.quantize(256, Image.Quantize.MEDIANCUT, kmeans=2)
    stream = io.BytesIO()
    picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(stream, "PNG", optimize=True)
    assert stream.tell() < LARGEST
    (folder / name).write_bytes(stream.getvalue())


def shot(tab, html: str, ms: int, size: tuple[int, int], theme: str) -> bytes:
    opened = tab(html, viewport={"width": size[0], "height": size[1]}, color_scheme=theme)
    opened.seek(ms)
    opened.page.wait_for_timeout(150)
    return opened.page.screenshot()


def test_the_preview(tab, sale, screenshots):
    keep(screenshots, "preview.png", shot(tab, page(sale), 6200, (1360, 860), "light"))


ARABIC = Message(
    subject="تخفيضات الصيف",
    slides=(
        Slide(image=SAMPLE / "beach.jpg", text="مرحبا! تبدأ التخفيضات يوم السبت الساعة 9 صباحا.", seconds=6),
        Slide(image=SAMPLE / "hat.jpg", text="قبعات بسعر 18 جنيها. اتصل بنا على 020 7946 0145.", seconds=6),
    ),
)
WIDTHS = (1440, 1024, 768, 390)
SMALLER = 0.45


@pytest.mark.parametrize(("name", "theme"), [("light", "light"), ("dark", "dark"), ("rtl", "light")])
def test_a_page_of_screenshots_at_every_width(tab, sale, screenshots, name, theme):
    html = page(sale)
    if name == "rtl":
        made = build(ARABIC, "uk")
        html = page(view_of(made.bundle, get("uk"), name="sale.zip", reports=made.reports))
    opened = tab(html, color_scheme=theme)
    taken = []
    # What stands where is the same in both schemes: where no pictures are wanted, dark is looked at twice.
    for width in WIDTHS if screenshots or theme == "light" else WIDTHS[::3]:
        opened.page.set_viewport_size({"width": width, "height": 1000})
        opened.page.reload()
        opened.page.locator("#rtl").evaluate("(box, on) => { if (on) box.click(); }", name == "rtl")
        opened.page.wait_for_timeout(150)
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width, (
            "nothing hangs over the edge"
        )
        taken.append(Image.open(io.BytesIO(opened.page.screenshot())).convert("RGB"))
    small = [
        one.resize((round(one.width * SMALLER), round(one.height * SMALLER)), Image.Resampling.LANCZOS)
        for one in taken
    ]
    sheet = Image.new(
        "RGB", (sum(one.width + 12 for one in small) + 12, small[0].height + 24), (120, 126, 138)
    )
    left = 12
    for one in small:
        sheet.paste(one, (left, 12))
        left += one.width + 12
    stream = io.BytesIO()
    sheet.save(stream, "PNG")
    keep(screenshots, f"screens-{name}.png", stream.getvalue())


def test_findings_beside_their_slides(tab, screenshots):
    smil = (
        b'<smil>\n<head><layout><root-layout width="480" height="640"/>\n'
        b'<region id="Image" top="0" width="480" height="400" fit="slice"/>\n'
        b'<region id="Text" top="400" width="480" height="240"/></layout></head>\n<body>\n'
        b'<par dur="5sec"><img src="Beach Photo.jpg" region="Image"/>'
        b'<text src="hello.txt" region="Text"/></par>\n'
        b'<par dur="4000ms"><img src="hat.jpg" region="image"/><text src="offer.txt" region="Text"/></par>\n'
        b"</body></smil>"
    )
    parts = [
        ("message.smil", "application/smil", smil),
        ("Beach Photo.jpg", "image/jpeg", (SAMPLE / "beach.jpg").read_bytes()),
        ("hello.txt", "text/plain", b"Summer is not over yet: our sale starts on Saturday at 9am."),
        ("offer.txt", "text/plain", "“Straw hats now £18”".encode("cp1252")),
    ]
    view = view_of(zipped(parts), get("uk"), name="from-the-agency.zip", subject="Summer sale")
    assert view.findings
    keep(screenshots, "preview-findings.png", shot(tab, page(view), 1200, (1360, 860), "dark"))


def test_the_storyboard(sale, screenshots):
    picture = Image.open(io.BytesIO(storyboard(sale, Style()))).convert("RGB")
    stream = io.BytesIO()
    picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.LANCZOS).save(
        stream, "PNG"
    )
    keep(screenshots, "storyboard.png", stream.getvalue())


def test_the_inbox(new_tab, screenshots, sale):
    """Seven messages of the samples, to numbers that nobody has."""
    names = ("summer-sale", "voucher", "greetings", "one-picture", "bare-folder")
    with Sandbox(profile="uk", magic=False) as sandbox, Gateway(sandbox.url, user="demo") as gateway:
        for number, name in enumerate((*names, *names[:2])):
            message, _ = from_source([SAMPLE.parent / name], {})
            gateway.send(
                build(message, "uk").bundle,
                to=f"4477009006{13 * number + 9:02}",
                sender="447700900111",
                subject=message.subject or "Market day",
                note="" if number % 3 else "batch 7",
            )
        tab = new_tab(viewport={"width": 1360, "height": 640})
        tab.page.goto(sandbox.origin)
        tab.page.get_by_text("Live", exact=True).wait_for()
        tab.page.locator(".badge.fine").nth(6).wait_for()
        tab.page.wait_for_timeout(400)
        keep(screenshots, "inbox.png", tab.page.screenshot())


def test_a_phone_alone(tab, sale, screenshots):
    keep(screenshots, "preview-iphone.png", shot(tab, page(sale), 0, (390, 844), "dark"))
