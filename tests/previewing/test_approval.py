"""The approval sheet: a PDF that is read, searched, heard and signed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from mmspack import build
from mmspack.authoring import from_toml
from mmspack.previewing.composing import view_of
from mmspack.profiles import get
from tests.previewing.preview_tools import pdf_ua_faults, zipped

pytest.importorskip("typst")
pypdf = pytest.importorskip("pypdf")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(path.parent.name for path in (ROOT / "samples").glob("*/message.toml"))
LIGATURES = re.compile("[\u0623\u0625\u0627\u0644]\u0644?\u0627|\u0641\u064a|[\u064b-\u0652]|\ufe0f|\u200d")
"""Letters that one glyph shows, and marks: they look right, but `pdftotext` gives them in another order."""
MARKS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"), " ")


@pytest.fixture
def sheet(mmspack, tmp_path):
    """The sheet of a source as PyPDF reads it, and the words that `pdftotext` finds in it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here")

    def made(source, *options):
        target = tmp_path / "approval.pdf"
        ran = mmspack("preview", source, "-o", target, "--no-open", *options)
        assert ran.code == 0, ran.err
        text = subprocess.run(
            ["pdftotext", str(target), "-"], capture_output=True, text=True, check=True
        ).stdout
        return pypdf.PdfReader(io.BytesIO(target.read_bytes())), words_of(text.translate(MARKS))

    return made


def words_of(text):
    return unicodedata.normalize("NFKC", text).split()


def letters_of(words):
    """Words without what stands at either end of them: signs change sides in right-to-left text."""
    return {found for word in words for found in re.findall(r"\w+", unicodedata.normalize("NFKC", word))}


def folder(tmp_path, *slides, head=""):
    texts = "\n".join(f'[[slides]]\ntext = """{text}"""' for text in slides)
    (tmp_path / "message.toml").write_text(f"{head}\n{texts}", "utf-8")
    return tmp_path


@pytest.mark.parametrize("name", SAMPLES)
def test_every_word_of_a_sample_is_found_in_its_sheet(sheet, name):
    _, words = sheet(ROOT / "samples" / name)
    built = build(from_toml(ROOT / "samples" / name / "message.toml"))
    copy = [part.data.decode() for part in built.bundle.parts if part.type.startswith("text/plain")]
    assert copy
    for text in copy:
        plain = [word for word in text.split() if not LIGATURES.search(word)]
        lost = letters_of(plain) - letters_of(words)
        assert lost == set()


def test_every_word_of_a_folder_without_a_recipe_is_found_in_its_sheet(sheet):
    source = ROOT / "samples" / "bare-folder"
    _, words = sheet(source)
    copy = [path.read_text("utf-8") for path in source.glob("*.txt")]
    assert copy
    assert letters_of(" ".join(copy).split()) - letters_of(words) == set()


def test_a_recipe_of_6000_characters_is_there_to_the_last_word(sheet, tmp_path):
    recipe = " ".join(f"Step{number}: stir slowly." for number in range(300))
    reader, words = sheet(folder(tmp_path, recipe))
    assert not set(recipe.split()) - set(words)
    assert len(reader.pages) >= 2


def test_right_to_left_copy_can_be_searched(sheet, tmp_path):
    copy = "مرحبا محمد! تبدأ التخفيضات يوم السبت", "שלום! המבצע מתחיל", "پریسا ٹیپو"
    _, words = sheet(folder(tmp_path, *copy))
    for text in copy:
        assert not set(words_of(text)) - set(words)


def test_twenty_slides_keep_their_headings_with_their_copy(sheet, tmp_path):
    reader, words = sheet(folder(tmp_path, *(f"Copy of slide {number}." for number in range(1, 21))))
    assert len(reader.pages) > 1
    for page in reader.pages:
        lines = [line for line in page.extract_text().splitlines() if line.strip()]
        # The last line is the footer's: nothing is headed at the foot of a page without what follows.
        assert not lines[-2].startswith("Slide ")
    assert words.count("Copy") == 20


def test_markup_in_a_message_is_text(sheet, tmp_path):
    _, words = sheet(folder(tmp_path, '#read("/etc/hostname") *bold* $x$ <b> \\\\u{41} #image'))
    assert {'#read("/etc/hostname")', "*bold*", "$x$", "<b>", "#image"} <= set(words)


def test_it_is_tagged_titled_and_says_what_is_approved(sheet, tmp_path):
    reader, words = sheet(ROOT / "samples" / "summer-sale")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "Summer sale"
    assert "pdfuaid:part" in reader.xmp_metadata.stream.get_data().decode()
    assert {"beach.jpg", "Approved", "Signature:", "SHA-256"} <= set(words)
    assert [word for word in words if len(word) == 64]


def alternative_texts(reader):
    """The alternative texts of the pictures, in the order in which they are read."""
    found = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.append(node.get("/Alt"))
            kids = node.get("/K", [])
            for kid in kids if isinstance(kids, list) else [kids]:
                if hasattr(kid, "get_object") and not isinstance(kid.get_object(), int):
                    walk(kid)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_every_frame_that_differs_is_printed_with_its_time(sheet):
    reader, words = sheet(ROOT / "samples" / "summer-sale")
    assert sum(", at " in text for text in alternative_texts(reader)) == 12
    assert {"frames", "differ:"} <= set(words)


def test_who_signs_signs_this_bundle(sheet):
    _, words = sheet(ROOT / "samples" / "summer-sale")
    (digest,) = {word.rstrip(".") for word in words if len(word) >= 64}
    assert sum(word.startswith(digest) for word in words) == 2
    text = " ".join(words)
    assert "Approved with these changes" in text
    assert "Role, company" in text
    assert text.lower().startswith("approval sheet")


def test_pictures_are_described_for_those_who_do_not_see_them(sheet):
    reader, _ = sheet(ROOT / "samples" / "summer-sale")
    found = alternative_texts(reader)
    assert len(found) == 2 + 12, "each frame of offer.gif says another percentage"
    assert "Picture: beach.jpg" in found


def test_the_authors_alternative_text_is_read_instead_of_a_file_name(sheet, tmp_path, scene):
    (tmp_path / "tent.jpg").write_bytes(scene())
    alt = 'A red tent & a "lake"'
    (tmp_path / "message.toml").write_text(f"[[slides]]\nimage = 'tent.jpg'\nalt = '{alt}'\n", "utf-8")
    reader, words = sheet(tmp_path)
    assert alternative_texts(reader) == [alt]
    assert "tent" in words


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_paper_is_the_one_that_is_asked_for(sheet, tmp_path, paper, size):
    reader, _ = sheet(folder(tmp_path, "Hello"), "--paper", paper)
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_what_overlays_draw_is_printed_as_text(sheet, tmp_path, scene):
    (tmp_path / "card.jpg").write_bytes(scene(400, 300))
    (tmp_path / "message.toml").write_text(
        'variables = { code = "" }\n[[slides]]\nimage = "card.jpg"\n'
        '[[slides.overlay]]\nbox = [0, 0, 0.5, 1]\nqr = "https://example.com/{{ code }}"\n'
        '[[slides.overlay]]\nbox = [0.5, 0, 0.5, 0.3]\ntext = "Row 7"\n',
        "utf-8",
    )
    _, words = sheet(tmp_path, "--set", "code=A17")
    text = " ".join(words)
    assert "QR code in the picture: https://example.com/A17" in text
    assert "Words in the picture: Row 7" in text


def test_what_one_rule_finds_many_times_is_explained_once(sheet, tmp_path):
    bundle = tmp_path / "broken.zip"
    bundle.write_bytes(zipped([(f"{at}.jpg", "image/jpeg", b"not a picture") for at in range(12)]))
    found = view_of(bundle, get("uk")).findings
    assert len(found) >= 12
    _, words = sheet(bundle)
    text = " ".join(words)
    for finding in found:
        assert " ".join(words_of(finding.message)) in text
        assert text.count(" ".join(words_of(finding.reason))) == 1


def test_findings_can_be_left_off(sheet, tmp_path):
    source = folder(tmp_path, "Hello {{ first }}", head='variables = { first = "" }')
    _, words = sheet(source)
    assert "Findings" in words
    _, words = sheet(source, "--no-findings")
    assert "Findings" not in words


def test_an_attachment_is_printed_with_its_content(sheet, tmp_path):
    (tmp_path / "shop.vcf").write_bytes(
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Shop;Corner\r\nTEL:+4420\r\nEND:VCARD\r\n"
    )
    _, words = sheet(folder(tmp_path, "Hello", head='attachments = ["shop.vcf"]'))
    assert {"Attachments", "shop.vcf", "Corner", "Shop", "phone:", "+4420"} <= set(words)
    assert "BEGIN:VCARD" not in words, "nobody signs a format"


def test_a_paper_that_there_is_not_is_refused(mmspack):
    ran = mmspack("preview", ROOT / "samples" / "summer-sale", "-o", "a.pdf", "--paper", "a5")
    assert (ran.code, "a4 or letter" in ran.err) == (2, True)


@pytest.mark.parametrize("name", [*SAMPLES, "bare-folder", "cards", "pages"])
def test_a_checker_of_pdf_ua_finds_no_fault(sheet, tmp_path, name):
    source = ROOT / "samples" / name
    if name == "cards":  # attachments, right-to-left copy, a table of parts without sources
        source = tmp_path / "shop.toml"
        (tmp_path / "shop.vcf").write_text("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Shop\r\nEND:VCARD\r\n")
        source.write_text('attachments = ["shop.vcf"]\n[[slides]]\ntext = "مرحبا بكم"\n', "utf-8")
    if name == "pages":  # 20 slides, and a text that runs over pages
        slides = [*(f"Copy of slide {number}." for number in range(19)), "Step: stir slowly. " * 320]
        source = folder(tmp_path, *slides, head='subject = "Long"')
    sheet(source)
    assert pdf_ua_faults((tmp_path / "approval.pdf").read_bytes()) == []


def test_the_checker_of_pdf_ua_tells_a_sheet_from_pictures_on_pages():
    stream = io.BytesIO()
    Image.new("RGB", (40, 40)).save(stream, "PDF")
    assert any("TAGGED" in fault for fault in pdf_ua_faults(stream.getvalue()))


def test_a_sheet_for_several_profiles_names_all_of_them(sheet):
    _, words = sheet(ROOT / "samples" / "summer-sale", "--profile", "uk,us,au")
    text = " ".join(words)
    for network in ("United Kingdom", "United States", "Australia"):
        assert network in text
    assert "Fits UK, US, AU limits" in text
