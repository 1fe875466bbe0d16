"""The preview page in a real browser, with the network off."""

from __future__ import annotations

import io
import random
import re
import wave as wavefile
from dataclasses import replace

import pytest
from PIL import Image

from mmspack import Message, Slide, build
from mmspack.previewing.composing import view_of
from mmspack.previewing.originals import originals_of
from mmspack.previewing.rendering import page, page_assets, trouble_page
from mmspack.profiles import get
from mmspack.smil.tree import parse
from tests.previewing.preview_tools import Tab, serious_faults, zipped

pytestmark = pytest.mark.slow

UK = get("uk")
TIMES = (
    (0, "First words"),
    (4900, "First words"),
    (5100, "Second words"),
    (11000, "Third words\non two lines"),
)


@pytest.fixture(scope="module")
def html(view) -> str:
    return page(view)


@pytest.mark.parametrize(("ms", "text"), TIMES)
def test_the_slide_that_is_seen_is_the_one_that_the_smil_says(tab, html, ms, text):
    opened = tab(html)
    opened.seek(ms)
    assert opened.playing().strip() == text
    assert opened.page.locator("#surface .slide:visible").count() == 1


def test_it_plays_in_time(browser, tmp_path, html):
    opened = Tab(browser, offline=True)
    opened.page.clock.install(time=0)
    (tmp_path / "p.html").write_text(html, "utf-8")
    opened.page.goto((tmp_path / "p.html").as_uri())
    opened.page.clock.pause_at(1000)
    opened.page.get_by_role("button", name="Play", exact=True).click()
    seen = []
    for step in (0, 4900, 200, 5900):
        opened.page.clock.run_for(step)
        seen.append(opened.playing().strip())
    assert seen == [text for _, text in TIMES]
    opened.page.clock.run_for(7000)
    assert opened.page.locator("#now").inner_text() == "0:17.0"
    assert opened.page.get_by_role("button", name="Play", exact=True).is_visible()
    opened.context.close()


def test_the_timing_of_the_page_is_that_of_the_smil_reader(tab, html):
    """Random presentations: the script's slide at any time is the one that the reader's times give."""
    opened = tab(html)
    dice = random.Random(7)
    for _ in range(40):
        written = [
            dice.choice(["{}ms", "{}s", "{}"]).format(dice.randint(1, 20)) for _ in range(dice.randint(1, 12))
        ]
        pars = "".join(f'<par dur="{dur}"><text src="t.txt"/></par>' for dur in written)
        smil = f"<smil><head/><body>{pars}</body></smil>".encode()
        durations = [par.duration_ms for par in parse(smil).slides]
        view = view_of(zipped([("a.smil", "application/smil", smil), ("t.txt", "text/plain", b"x")]), UK)
        slides = [{"start": slide.start_ms, "duration": slide.duration_ms} for slide in view.slides]
        times = [dice.randint(0, sum(durations) + 10) for _ in range(30)] + [sum(durations[:2]), 0]
        said = opened.page.evaluate(
            "([slides, times]) => times.map((ms) => Timing.slideAt(slides, ms))", [slides, times]
        )
        assert said == [_slide_at(durations, ms) for ms in times]
        assert opened.page.evaluate("(slides) => Timing.total(slides)", slides) == sum(durations)


def _slide_at(durations: list[int], ms: int) -> int:
    for at in range(len(durations)):
        if ms < sum(durations[: at + 1]):
            return at
    return len(durations) - 1


def test_the_timing_module_steps_and_tells_the_time(tab, html):
    opened = tab(html)
    slides = [{"start": 0, "duration": 5000}, {"start": 5000, "duration": 5000}]

    def call(name: str, *arguments: object) -> object:
        return opened.page.evaluate("([name, args]) => Timing[name](...args)", [name, list(arguments)])

    assert call("next", slides, 1200) == 5000
    assert call("next", slides, 7000) == 10000
    assert call("previous", slides, 7000) == 5000
    assert call("previous", slides, 5500) == 0
    assert call("previous", [], 0) == 0
    assert call("slideAt", [], 0) == -1
    assert [call("clock", ms) for ms in (0, 4999, 61_040)] == ["0:00.0", "0:04.9", "1:01.0"]
    medium = {"begin": 1000, "end": 3000}
    shown = [call("isShown", medium, slides[1], ms) for ms in (5999, 6000, 7999, 8000)]
    assert shown == [False, True, True, False]


def test_it_is_worked_by_keyboard(tab, html):
    opened = tab(html)
    keys = opened.page.keyboard
    keys.press("ArrowRight")
    assert opened.playing().strip() == "Second words"
    keys.press("End")
    assert opened.playing().startswith("Third words")
    keys.press("Home")
    keys.press(".")
    assert opened.page.locator("#now").inner_text() == "0:00.1"
    keys.press("Space")
    assert opened.page.get_by_role("button", name="Pause").is_visible()
    keys.press("Space")
    assert opened.page.get_by_role("button", name="Play", exact=True).is_visible()


def test_the_four_screens_differ_where_they_must(tab, html):
    opened = tab(html)
    played, iphone, google, glanced = (
        opened.page.locator(name) for name in ("#played", "#iphone", "#google", "#glanced")
    )
    assert "Second words" not in played.inner_text()
    texts = iphone.inner_text()
    assert texts.index("Three slides") < texts.index("First words") < texts.index("Second words")
    assert iphone.locator("img").count() == google.locator("img").count() == 2
    assert iphone.locator(".words").count() == 3
    assert google.locator(".words").inner_text() == "First words\nSecond words\nThird words\non two lines"
    assert google.locator(".about").inner_text() == "Subject: Three slides"
    assert "First words" in glanced.inner_text()
    assert "Second words" not in glanced.inner_text()
    assert glanced.locator("img").count() == 1
    for picture in opened.page.locator(".screen img:visible").all():
        assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0


def test_boxes_are_laid_out_as_the_smil_says(tab, view, html):
    opened = tab(html)
    screen = opened.page.locator("#surface").bounding_box()
    for placed, box in zip(
        view.slides[0].media, opened.page.locator("#surface .slide:visible .medium").all(), strict=True
    ):
        seen = box.bounding_box()
        scale = screen["width"] / view.width
        assert seen["y"] - screen["y"] == pytest.approx(placed.top * scale, abs=1.5)
        assert seen["height"] == pytest.approx(placed.height * scale, abs=1.5)
    assert screen["height"] / screen["width"] == pytest.approx(view.height / view.width, abs=0.01)


def test_the_phones_change_their_looks(tab, html):
    opened = tab(html)
    phone = opened.page.locator("#played")

    def text_size() -> float:
        return phone.evaluate("(screen) => parseFloat(getComputedStyle(screen).fontSize)")

    before = (text_size(), phone.evaluate("(screen) => screen.clientWidth"))
    opened.page.get_by_label("Large text").check()
    opened.page.get_by_label("Right to left").check()
    opened.page.get_by_label("Screen").select_option(label="Feature phone, 240 × 320")
    assert phone.get_attribute("dir") == "rtl"
    assert text_size() > before[0]
    assert phone.evaluate("(screen) => screen.clientWidth") == 240 < before[1]
    opened.page.get_by_label("Theme").select_option("dark")
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 14, 18)"


def test_original_and_fitted_lie_under_a_slider(tab, html):
    opened = tab(html)
    pair = opened.page.locator(".pair").first
    assert pair.locator("img").count() == 2
    slider = pair.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    assert pair.evaluate("(pair) => pair.style.getPropertyValue('--cut')") == "0%"


def test_sizes_add_up_to_the_limit(tab, view, html):
    opened = tab(html)
    cells = opened.page.locator(".shares tbody tr td:nth-child(2)").all_inner_texts()
    assert sum(int(cell.replace(",", "")) for cell in cells) == view.budget.max_bytes


def test_it_asks_for_nothing_and_complains_of_nothing(tab, html):
    opened = tab(html)
    opened.page.wait_for_timeout(200)
    assert opened.complaints == []
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []


EVIL = "<script>window.pwned = 1; alert(1)</script>"
HANDLER = '"><img src=x onerror="window.pwned = 2"><svg onload="window.pwned = 3">'


@pytest.fixture(scope="module")
def hostile(scene) -> str:
    """A page of a message whose every string is script."""
    name, text = f"{HANDLER}.jpg", "</script><script>window.pwned = 4</script>.txt"
    escaped = [
        value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") for value in (name, text)
    ]
    smil = (
        f'<smil><head><layout><region id="{escaped[0]}" fit="x"/></layout>'
        f'</head><body><par dur="5s"><img src="{escaped[0]}" alt="{escaped[0]}" region="{escaped[0]}"/>'
        f'<text src="{escaped[1]}"/><ref src="javascript:window.pwned=5"/></par></body></smil>'
    )
    vcard = f"BEGIN:VCARD\r\nFN:{EVIL}\r\nEND:VCARD\r\n"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned = 6">{EVIL}</svg>'
    parts = [
        (f"{EVIL}.smil", "application/smil", smil.encode()),
        (name, "image/jpeg", scene()),
        (text, "text/plain", f"{EVIL}{HANDLER}{{{{ 7 * 7 }}}}".encode()),
        ("c.vcf", "text/x-vCard", vcard.encode()),
        ("d.svg", "image/svg+xml", svg.encode()),
        ("e.jpg", "image/jpeg", svg.encode()),
        ("f.html", "text/html", EVIL.encode()),
        ("g.txt", f"text/plain; charset={EVIL}", EVIL.encode()),
    ]
    return page(view_of(zipped(parts), UK, name=f"{HANDLER}.zip", subject=EVIL))


def test_a_message_full_of_script_stays_text(tab, hostile):
    opened = tab(hostile)
    opened.page.wait_for_timeout(300)
    assert opened.page.evaluate("window.pwned") is None
    assert opened.complaints == []
    assert opened.page.locator("script").count() == 4
    assert opened.page.locator("h1").inner_text() == EVIL
    assert EVIL + HANDLER in opened.playing()
    assert "{{ 7 * 7 }}" in opened.playing()
    assert opened.page.locator("[onerror], [onload], iframe, object, embed").count() == 0
    # The style is ours, held by its hash, and has shapes of our own.
    addresses = re.findall(r"data:([^;,\"]*)", re.sub("<style>.*?</style>", "", hostile, flags=re.DOTALL))
    assert set(addresses) <= {"image/jpeg", ""}


def test_no_trouble_page_runs_what_it_tells(tab):
    opened = tab(trouble_page(EVIL, [EVIL, HANDLER], EVIL))
    assert opened.page.evaluate("window.pwned") is None
    assert EVIL in opened.page.locator("main").inner_text()
    assert HANDLER in opened.page.locator("main").inner_text()


def test_the_browser_itself_chooses_the_font_of_emoji():
    # Where Linux has one and it is named after `sans-serif`, Chromium draws digits and blanks with it.
    assert "Emoji" not in page_assets()[0]


def test_the_policy_allows_our_own_and_nothing_else(html):
    said = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1]
    rules = dict(rule.split(" ", 1) for rule in said.replace("&#39;", "'").split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == rules["media-src"] == "data:"
    assert all(source.startswith("'sha256-") for source in rules["script-src"].split())
    assert "unsafe" not in said
    assert " style=" not in html


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_no_serious_fault(tab, scene, theme, width):
    parts = [
        (
            "a.smil",
            "application/smil",
            b'<smil><head/><body><par dur="5sec"><img src="p.jpg"/><text src="t.txt"/></par></body></smil>',
        ),
        ("p.jpg", "image/jpeg", scene()),
        ("t.txt", "text/plain", b"long words " * 120),
        ("q.jpg", "image/jpeg", scene()[:-30]),
    ]
    view = view_of(zipped(parts), UK, subject="A message with findings")
    assert view.findings
    opened = tab(page(view, theme=theme), viewport={"width": width, "height": 900})
    assert serious_faults(opened) == []


def test_axe_finds_no_serious_fault_in_a_healthy_page_and_a_trouble_page(tab, html):
    assert serious_faults(tab(html)) == []
    assert serious_faults(tab(trouble_page("m.toml", ["slide 1, image: no file"], "look again"))) == []


def test_the_page_of_a_600_kb_message_is_below_1_2_mb():
    pictures = []
    for sigma in (90, 100, 110):
        stream = io.BytesIO()
        Image.effect_noise((1500, 1200), sigma).convert("RGB").save(stream, "JPEG", quality=90)
        pictures.append(stream.getvalue())
    message = Message(subject="Large", slides=[Slide(image=picture, text="x") for picture in pictures])
    roomy = replace(UK, max_bytes=600_000, warn_bytes=None)
    result = build(message, roomy, effort="fast")
    view = view_of(result.bundle, roomy, reports=result.reports, originals=originals_of(result, message))
    assert view.budget.total_bytes > 550_000
    assert any(part.original for part in view.parts)
    assert len(page(view).encode()) < 1_200_000


def test_it_works_without_script(browser, tmp_path, html):
    context = browser.new_context(java_script_enabled=False, offline=True)
    opened = context.new_page()
    (tmp_path / "p.html").write_text(html, "utf-8")
    opened.goto((tmp_path / "p.html").as_uri())
    assert "Second words" in opened.locator("#iphone").inner_text()
    context.close()


def wave(seconds: float) -> bytes:
    """A WAV of silence."""
    stream = io.BytesIO()
    with wavefile.open(stream, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(16000 * seconds)))
    return stream.getvalue()


def test_a_sound_follows_the_slide(tab):
    smil = (
        b'<smil><head/><body><par dur="2s"><text src="t.txt"/></par>'
        b'<par dur="3s"><text src="t.txt"/><audio src="s.wav" begin="1s"/></par></body></smil>'
    )
    parts = [
        ("a.smil", "application/smil", smil),
        ("t.txt", "text/plain", b"words"),
        ("s.wav", "audio/wav", wave(2)),
        ("r.amr", "audio/amr", b"#!AMR\n" + (b"\x3c" + bytes(31)) * 50),
    ]
    opened = tab(page(view_of(zipped(parts), UK)))
    sound = opened.page.locator("#surface audio")
    sound.evaluate(
        "(audio) => new Promise((done) => audio.readyState ? done() : audio.onloadedmetadata = done)"
    )
    opened.seek(4500)
    opened.page.wait_for_timeout(200)
    assert sound.evaluate("(audio) => audio.currentTime") == pytest.approx(1.5, abs=0.1)
    assert sound.evaluate("(audio) => audio.paused")
    opened.seek(3100)
    opened.page.keyboard.press("Space")
    opened.page.wait_for_timeout(600)
    assert not sound.evaluate("(audio) => audio.paused")
    opened.seek(500)
    assert sound.evaluate("(audio) => audio.paused")
    assert "sound that phones play" in opened.page.locator("#iphone").inner_text()
