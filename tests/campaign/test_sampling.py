"""`campaign preview`: what one recipient gets, and the rows that are worth a look."""

from __future__ import annotations

import io
import json
import re

import pytest
from PIL import Image

from mmspack.campaign import Ledger, Order, plan
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.local import LocalEngine
from mmspack.campaign.build.press import Press
from mmspack.campaign.planning.sampling import Sampler
from mmspack.errors import AuthoringError, UsageError
from mmspack.recipe import Recipe
from tests.previewing.preview_tools import pdf_ua_faults, serious_faults

NAMES = ["Ada", "Bob", "Bea", "Zoë", "Abe", "Dee", "Abed", "Maria de la Concepcion Fernandez", "محمد", "Ede"]


@pytest.fixture
def folder(tmp_path, scene):
    (tmp_path / "card.jpg").write_bytes(scene(400, 300))
    (tmp_path / "message.toml").write_text(
        'subject = "For {{ name }}"\n[[slides]]\nimage = "card.jpg"\ntext = "Dear {{ name }}"\n'
        '[[slides.overlay]]\nbox = [0, 0, 1, 0.3]\ntext = "{{ name }}"\n',
        "utf-8",
    )
    rows = "".join(f"{447700900000 + at},{name}\n" for at, name in enumerate(NAMES))
    (tmp_path / "people.csv").write_text(f"msisdn,Name\n{rows}", "utf-8")
    return tmp_path


@pytest.fixture
def sampler(folder):
    return Sampler(folder, folder / "people.csv")


def test_a_line_gives_its_recipients_message(sampler):
    (sample,) = sampler.at([5])
    merged = sampler.merged(sampler.press(Recipe()), sample)
    assert merged.bundle.subject == "For Zoë"
    assert merged.bundle.part("text1.txt").data.decode() == "Dear Zoë"


def test_the_worst_cases_are_the_longest_copy_and_the_rarest_letters(sampler):
    names = [sample.row.values["Name"] for sample in sampler.worst(4)]
    assert names[0] == "Maria de la Concepcion Fernandez"
    assert {"Zoë", "محمد"} <= set(names)
    assert len(set(names)) == 4
    assert len(sampler.worst(50)) == len(NAMES)


def test_a_row_whose_letters_no_font_has_comes_among_the_worst(folder, mmspack):
    with (folder / "people.csv").open("a", encoding="utf-8") as table:
        table.write("12,Ada \U0003fffd\n")
    sampler = Sampler(folder, folder / "people.csv")
    sample = next(one for one in sampler.worst(2) if one.why.startswith("no font here has"))
    assert sample.row.line == len(NAMES) + 2
    assert sampler.left_out(sample)
    assert not sampler.left_out(*sampler.at([2]))
    ran = mmspack("campaign", "preview", folder, "-r", folder / "people.csv", "--worst", 2, "-o", "c.png")
    assert ran.code == 0, ran.err
    assert f"line {sample.row.line} would be left out" in ran.err


def test_what_a_plan_may_be_allowed_a_preview_may_be_allowed(folder, mmspack):
    toml = folder / "message.toml"
    toml.write_text(f'{toml.read_text("utf-8")}[variables]\nname = "friend"\n', "utf-8")
    (folder / "people.csv").write_text(
        "msisdn,name\n+496912345678,Ada\n+4915112345678,\n+4915112345679,None\n"
    )
    preview = ("campaign", "preview", folder, "-r", folder / "people.csv", "-o", "c.png")
    lines = ("--line", 2, "--line", 3, "--line", 4)
    allowed = ("--landlines", "--default-if-blank", "name", "--allow-word", "None")
    assert "no recipient can be sent to" in mmspack(*preview, *lines).err
    ran = mmspack(*preview, *lines, *allowed)
    assert (ran.code, ran.err) == (0, "")
    ran = mmspack("campaign", "plan", folder, "-r", folder / "people.csv", "--name", "spring", *allowed)
    assert "3 recipients ready" in ran.out
    ran = mmspack(*preview, "--default-if-blank", "nam")
    assert (ran.code, "did you mean 'name'" in ran.err) == (2, True)


def test_a_line_without_a_recipient_is_named(sampler):
    with pytest.raises(UsageError, match=r"no recipient in line 99 \(the last is 11\)"):
        sampler.at([2, 99])


def test_a_table_that_does_not_match_is_refused_as_by_plan(folder):
    (folder / "people.csv").write_text("msisdn,city\n447700900001,Bath\n", "utf-8")
    with pytest.raises(AuthoringError, match=re.escape("no column for {{ name }}")):
        Sampler(folder, folder / "people.csv")


@pytest.mark.slow
def test_one_recipient_is_a_page_and_several_are_a_contact_sheet(folder, mmspack):
    ran = mmspack("campaign", "preview", folder, "-r", folder / "people.csv", "--line", 5, "-o", "zoe.html")
    assert ran.code == 0, ran.err
    assert "Dear Zoë" in (folder / "zoe.html").read_text("utf-8")
    ran = mmspack("campaign", "preview", folder, "-r", folder / "people.csv", "--line", 5, "--json")
    assert json.loads(ran.out)["recipients"] == [{"line": 5, "why": ""}]
    areas = []
    for number in (2, 8):
        ran = mmspack(
            "campaign", "preview", folder, "-r", folder / "people.csv", "--worst", number, "-o", "c.png"
        )
        assert ran.code == 0, ran.err
        width, height = Image.open(io.BytesIO((folder / "c.png").read_bytes())).size
        assert 0.5 < width / height < 2, "a strip is hard to print and to look at"
        areas.append(width * height)
    assert areas[1] > 2 * areas[0]


@pytest.mark.slow
@pytest.mark.parametrize("number", [4, 6, 8])
def test_a_drawn_contact_sheet_has_no_empty_corner(folder, mmspack, number):
    sheet = folder / "c.png"
    ran = mmspack("campaign", "preview", folder, "-r", folder / "people.csv", "--worst", number, "-o", sheet)
    assert ran.code == 0, ran.err
    with Image.open(sheet) as image:
        width, height = image.size
        corner = image.convert("RGB").crop((width * 4 // 5, height * 4 // 5, width, height))
    assert len(corner.getcolors(1 << 24) or ()) > 10


def test_a_storyboard_says_in_words_what_overlays_draw(folder, mmspack):
    heights = []
    for words in ("{{ name }}", "{{ name }}, " * 40):
        toml = (folder / "message.toml").read_text("utf-8")
        (folder / "message.toml").write_text(re.sub(r'(?m)^text = "{{.*"$', f'text = "{words}"', toml))
        ran = mmspack("campaign", "preview", folder, "-r", folder / "people.csv", "--line", 2, "-o", "s.png")
        assert ran.code == 0, ran.err
        heights.append(Image.open(io.BytesIO((folder / "s.png").read_bytes())).height)
    assert heights[1] > heights[0] + 50


def contact_sheet_of(folder, mmspack):
    """Ten recipients as a PDF."""
    sheet = folder / "c.pdf"
    ran = mmspack("campaign", "preview", folder, "-r", folder / "people.csv", "--worst", 10, "-o", sheet)
    assert ran.code == 0, ran.err
    return sheet


@pytest.mark.slow
def test_a_contact_sheet_prints_on_whole_pages(folder, mmspack):
    pypdf = pytest.importorskip("pypdf")
    sheet = contact_sheet_of(folder, mmspack)
    pages = pypdf.PdfReader(sheet).pages
    assert 1 <= len(pages) <= 4
    for page in pages:
        width, height = page.mediabox[2:]
        assert (float(width), float(height)) == pytest.approx((595, 842), rel=0.01)


@pytest.mark.slow
def test_a_contact_sheet_says_in_words_what_it_shows_and_what_cannot_be_made(folder, mmspack):
    pytest.importorskip("typst")
    pypdf = pytest.importorskip("pypdf")
    with (folder / "people.csv").open("a", encoding="utf-8") as table:
        table.write("447700900077,Ada \U0003fffd\n12,Eve\n")
    lines = [one for line in (2, 5, 12, 13) for one in ("--line", line)]
    target = folder / "c.pdf"
    ran = mmspack("campaign", "preview", folder, "-r", folder / "people.csv", *lines, "-o", target)
    assert ran.code == 0, ran.err
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(target).pages)
    text = " ".join(text.split())
    assert text.startswith(f"Contact sheet: {folder.name} people.csv · 4 recipients · ")
    assert "Page 1 of 1" in text
    assert "Line 5 For Zoë" in text
    assert "Words: Zoë" in text
    assert "Line 12 Cannot be made: slide 1, overlay 1: no font here has" in text
    assert text.count("no font here has") == 1
    assert "give the overlay a font that has them" in text
    assert "Line 13 Would be left out: " in text
    assert pdf_ua_faults(target.read_bytes()) == []


def test_a_contact_sheet_without_typst_has_its_title_and_pages_too(folder, mmspack, monkeypatch):
    monkeypatch.setattr("mmspack.previewing.contacts.can_set", lambda: False)
    pypdf = pytest.importorskip("pypdf")
    sheet = contact_sheet_of(folder, mmspack)
    for page in pypdf.PdfReader(sheet).pages:
        picture = page.images[0].image.convert("L")
        head = picture.crop((0, 0, picture.width, picture.width // 12))
        assert head.getextrema()[0] < 100, "the title is drawn on each page"


def test_a_contact_sheet_that_is_no_picture_is_refused(folder, mmspack):
    ran = mmspack("campaign", "preview", folder, "-r", folder / "people.csv", "--worst", 3, "-o", "c.gif")
    assert (ran.code, "end the name in .html, .png or .pdf" in ran.err) == (2, True)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_recipients_are_stepped_through_in_the_browser(folder, mmspack, new_tab, width, theme):
    with (folder / "people.csv").open("a", encoding="utf-8") as table:
        table.write("447700900077,Ada \U0003fffd\n")
    lines = [one for line in (2, 10, 12) for one in ("--line", line)]
    target = folder / "people.html"
    assert mmspack("campaign", "preview", folder, "-r", folder / "people.csv", *lines, "-o", target).code == 0
    tab = new_tab(offline=True, viewport={"width": width, "height": 900}, color_scheme=theme)
    tab.page.goto(target.as_uri())
    phone = tab.page.frame_locator("#frame").locator("#iphone")
    assert "Dear Ada" in phone.inner_text()
    tab.page.wait_for_function("() => document.getElementById('frame').clientHeight > 600")
    tab.page.get_by_role("button", name="Next recipient").click()
    phone.get_by_text("Dear محمد").wait_for()
    assert tab.page.locator("#subject").inner_text() == "For محمد"
    assert tab.page.locator("#place").inner_text() == "2 of 3"
    assert serious_faults(tab, frames=False) == []
    tab.page.get_by_label("Recipient", exact=True).select_option(label="Line 12")
    assert "no font here has" in tab.page.locator("#warning").inner_text()
    assert not tab.page.locator("#frame").is_visible()
    assert tab.page.url.endswith("#recipient=3")
    tab.page.reload()
    assert tab.page.locator("#place").inner_text() == "3 of 3"
    tab.page.keyboard.press("k")
    phone.get_by_text("Dear محمد").wait_for()
    for wide in (width, 1024, 768):
        tab.page.set_viewport_size({"width": wide, "height": 900})
        assert tab.page.evaluate("document.documentElement.scrollWidth") == wide
    assert tab.complaints == []
    assert {address.split(":")[0] for address in tab.requests} <= {"file", "data", "about"}


@pytest.mark.slow
def test_a_preview_is_the_message_that_the_campaign_sends_to_the_byte(folder, sampler, monkeypatch):
    monkeypatch.setenv("MMSPACK_STATE", str(folder / "state"))
    made = plan(Order(message=folder, recipients=folder / "people.csv", name="x"), engine=LocalEngine(1))
    with Ledger.look(made.path) as ledger:
        press = Press(Base.from_blobs(ledger.base()))
        fields = [ledger.row(line)[1] for line in (2, 5)]
    previewed = sampler.press(Recipe())
    for line, one in zip((2, 5), fields, strict=True):
        shown = sampler.merged(previewed, *sampler.at([line]))
        assert shown.bundle.data == press.merge(one).bundle.data


@pytest.mark.slow
def test_an_approval_sheet_of_a_campaign_names_its_worst_cases(folder, mmspack):
    pytest.importorskip("typst")
    pypdf = pytest.importorskip("pypdf")
    with (folder / "people.csv").open("a", encoding="utf-8") as table:
        table.write("12,Nobody\n447700900001,Twice\n")  # no number, and one that Bob has
    words = ("campaign", "preview", folder, "-r", folder / "people.csv", "--line", 2, "-o", "approval.pdf")
    ran = mmspack(*words)
    assert ran.code == 0, ran.err
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "approval.pdf").pages)
    text = " ".join(text.split())
    assert f"{len(NAMES)} recipients. Each gets the message above" in text
    assert "Longest text" in text
    assert "line 9, " in text
    assert "Dear Maria de la Concepcion Fernandez" in text
    assert "argest message" in text
    assert "Rare letter" in text
    assert "Source people.csv, line 2" in text
    assert "Words in the picture: Maria de la Concepcion Fernandez" in text, "overlays are read, too"


def test_rows_that_cannot_be_drawn_are_counted_apart_on_an_approval_sheet(folder, mmspack):
    pytest.importorskip("typst")
    pypdf = pytest.importorskip("pypdf")
    with (folder / "people.csv").open("a", encoding="utf-8") as table:
        table.write("447700900077,Ada \U0003fffd\n")
    words = ("campaign", "preview", folder, "-r", folder / "people.csv", "--line", 2, "-o", "approval.pdf")
    assert mmspack(*words).code == 0
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "approval.pdf").pages)
    text = " ".join(text.split())
    assert f"{len(NAMES)} recipients. Each gets" in text
    assert "1 row cannot be sent to: no font here has the letters to be drawn." in text
