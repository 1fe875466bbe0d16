"""What people really bring, in `shared/inputs/`: for each file what is right, by `build`, `check` and `fix`.

Siblings of each are made by the tests of their subject, which `ELSEWHERE` names. Skipped without the folder.
"""

from __future__ import annotations

import csv
import io
import shutil
import tomllib
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from mmspack.authoring import from_source
from mmspack.errors import AuthoringError, BundleError
from mmspack.fitting.recommended import worst_quality
from mmspack.fixing import FixResult, fix
from mmspack.media.lettering import Type, reads_leftward, wrap
from mmspack.model import Severity
from mmspack.pipeline import Build, build
from mmspack.previewing.storyboard import whole_text
from mmspack.rules.checking import check
from mmspack.smil.tree import parse
from tests.conftest import SHARED
from tests.fitting.drawn import clouds, saved

INPUTS = SHARED / "inputs"
NOTES = {"MMS525", "MMS526"}
"""Notes about what is shown, which have nothing to do with what the files stand for."""

ELSEWHERE = {
    "pictures": ("media/test_brought_pictures.py",),
    "sounds-and-films": ("media/test_brought_films.py",),
    "tables": ("campaign/test_tables.py",),
    "folders": ("authoring/test_folders.py",),
    "ledger": ("campaign/test_damage.py",),
    "messages/mistakes": ("authoring/test_mistakes.py",),
    "zips": ("bundle/test_ambiguous_zips.py", "fixing/test_ambiguous_zips.py", "rules/test_linear_zips.py"),
    "texts": ("rules/cases.py", "rules/test_slips.py", "rules/test_ordinary_copy.py"),
}
"""Where siblings of each folder's files are made, and the files of the first six are judged."""


NO_MISTAKES = {"51"}
"""`alt` was a key that did not exist, and does by now."""


def brought(name: str) -> Path:
    path = INPUTS / name
    if not path.exists():
        pytest.skip("the folder of inputs is not here")
    return path


def weighty(findings) -> dict[str, Severity]:
    return {one.id: one.severity for one in findings if one.id not in NOTES}


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
ZIPS: dict[str, tuple[dict[str, Severity], set[str] | None]] = {
    # name: what `check` says, and what stays after `fix`; None where `fix` refuses it
    "amr_3gp": ({}, set()),
    "attr-beos-symlink-txt": ({"MMS116": ERROR}, None),
    "attr-unix-dirmode": ({"MMS130": ERROR}, set()),
    "cd-disk1": ({"MMS115": ERROR}, set()),
    "comment-partial-eocd": ({"MMS105": ERROR}, None),
    "cs": ({"MMS409": WARNING}, set()),
    "dd-stored-sig": ({"MMS126": ERROR}, set()),
    "extra-over-both": ({"MMS127": ERROR}, set()),
    "five-text-begin-end": ({"MMS347": WARNING}, set()),
    "flag-bit5-both": ({"MMS128": ERROR}, set()),
    "hevc": ({"MMS437": WARNING, "MMS439": INFO}, set()),
    "img-is-lfs": ({"MMS401": ERROR}, {"MMS401"}),
    "nest-outer-par": ({"MMS311": ERROR, "MMS341": ERROR, "MMS365": ERROR}, set()),
    "nfd": ({"MMS131": ERROR}, set()),
    "placeholder": ({"MMS450": WARNING}, {"MMS450"}),
    "pswincom-presentation_xml": ({"MMS218": ERROR}, set()),
    "r-layouttype": ({"MMS318": ERROR}, set()),
    "s-body-attr": ({"MMS318": ERROR}, set()),
    "truncvid": ({"MMS431": ERROR}, {"MMS431"}),
    "up-two-first-lies": ({"MMS106": ERROR}, None),
    "ver-needed-both-99": ({"MMS128": ERROR}, set()),
    "w-go-store": ({"MMS126": ERROR}, set()),
    "w-infozip-fz": ({}, set()),
    "xml-attrs-40000": ({"MMS301": ERROR}, {"MMS301"}),
    "xml-pars+regions-1000": (
        {"MMS322": WARNING, "MMS346": INFO, "MMS364": WARNING, "MMS375": INFO, "MMS507": WARNING},
        {"MMS322", "MMS364", "MMS375", "MMS507"},
    ),
    "xml-regex3-40000": ({"MMS301": ERROR}, {"MMS301"}),
    "z-zip64-extra": ({}, set()),
}


def dialect_of(name: str) -> str:
    return "pswincom" if name.startswith("pswincom") else "sendmms"


def repaired(name: str) -> FixResult:
    return fix(brought(f"zips/{name}.zip").read_bytes(), dialect=dialect_of(name))


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_is_reported_as_what_it_is(name):
    data = brought(f"zips/{name}.zip").read_bytes()
    assert weighty(check(data, dialect=dialect_of(name)).findings) == ZIPS[name][0]


@pytest.mark.slow
@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_is_repaired_where_nothing_must_be_guessed(name):
    stays = ZIPS[name][1]
    if stays is None:
        with pytest.raises(BundleError):
            repaired(name)
        return
    result = repaired(name)
    assert set(weighty(result.report.findings)) == stays
    assert {id_ for one in result.left for id_ in one.ids} >= stays
    assert not fix(result.bundle, dialect=dialect_of(name)).changed


def test_what_a_repair_must_not_touch_stays():
    lfs = repaired("img-is-lfs")
    assert lfs.bundle.part("image1.jpg").type == "image/jpeg", "a pointer is not turned into copy"
    assert repaired("amr_3gp").bundle.part("audio1.3gp").type == "audio/3gpp", "sound alone is not a film"
    slides = parse(repaired("nest-outer-par").bundle.smil.data).slides
    assert [slide.dur for slide in slides] == ["6000ms", "7000ms", "8000ms"], "the outer par alone goes"


TEXTS = {
    "bidi-override": "MMS456", "bom_mid": "MMS457", "literal_n": "MMS449", "ls": "MMS458", "mojib3": "MMS445",
    "privateuse": "MMS459", "rtf": "MMS454", "spaces": "MMS455", "tmpl2": "MMS450", "url_trailing": "MMS465",
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_has_a_finding_of_its_own_kind(name, tmp_path):
    text = brought(f"texts/{name}.txt").read_bytes()
    assert set(weighty(built_of(tmp_path, text).report.findings)) == {TEXTS[name]}


def built_of(folder: Path, text: bytes) -> Build:
    (folder / "copy.txt").write_bytes(text)
    from mmspack.message import Message, Slide

    return build(Message(slides=[Slide(text=folder / "copy.txt")], layout="text-only"))


def test_places_that_another_program_fills_are_refused_in_a_template(tmp_path):
    shutil.copy(brought("texts/tmpl2.txt"), tmp_path / "copy.txt")
    (tmp_path / "message.toml").write_text('layout = "text-only"\n[[slides]]\ntext = { file = "copy.txt" }\n')
    with pytest.raises(AuthoringError) as caught:
        from_source([tmp_path])
    assert {"'{name}'", "'*|FNAME|*'", "'${name}'"} <= {
        problem.what.partition(" ")[0] for problem in caught.value.problems
    }


def test_the_name_of_a_file_is_never_sent_as_copy(tmp_path):
    shutil.copy(brought("messages/offer-md.toml"), tmp_path / "message.toml")
    (tmp_path / "offer.md").write_text("Our offer")
    with pytest.raises(AuthoringError, match=r"'offer\.md' is the name of a file"):
        from_source([tmp_path])


@pytest.mark.slow
def test_a_message_is_not_ruined_for_the_sake_of_a_warning(tmp_path):
    """clip.toml, with a card that cannot be made smaller in place of its film and its sound."""
    lines = brought("messages/clip.toml").read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("video", "audio"))]
    (tmp_path / "message.toml").write_text("\n".join(['attachments = ["shop.vcf"]', *kept]), "utf-8")
    card = f"BEGIN:VCARD\r\nVERSION:2.1\r\nFN:Shop\r\nNOTE:{'x' * 262_000}\r\nEND:VCARD\r\n"
    (tmp_path / "shop.vcf").write_text(card)
    (tmp_path / "map.png").write_bytes(saved(clouds((900, 700), 2)))
    message, _ = from_source([tmp_path])
    built = build(message, cache=False)
    assert built.fitted_to == 300_000
    assert built.lifted.label == "map.png"
    assert worst_quality(built.message.parts) >= 35


@pytest.mark.slow
def test_six_photos_get_the_limit_and_those_that_are_poor_even_so_are_reported(tmp_path, photos):
    shutil.copy(brought("messages/listing.toml"), tmp_path / "message.toml")
    for photo in photos.glob("*.jpg"):
        shutil.copy(photo, tmp_path)
    message, _ = from_source([tmp_path])
    built = build(message)
    assert built.fitted_to == 300_000
    assert built.lifted.after > built.lifted.before + 3
    poor = [part for part in built.message.parts if part.quality is not None and part.quality < 35]
    assert len([one for one in built.report.findings if one.id == "MMS532"]) == len(poor)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["José", "£6 off", "Zoë", "محمد"])
def test_any_name_is_drawn_without_a_font_of_the_users(tmp_path, name):
    shutil.copy(brought("messages/overlay-names.toml"), tmp_path / "message.toml")
    Image.new("RGB", (600, 400), "white").save(tmp_path / "voucher.png")
    shown = []
    for value in (name, "x"):
        message, _ = from_source([tmp_path], {"n": value})
        shown.append(build(message, cache=False).message.parts[0].data)
    drawn, other = (Image.open(io.BytesIO(data)).convert("L") for data in shown)
    ink = drawn.point(lambda value: 255 * (value < 128)).getbbox()
    assert ink is not None
    left, top, right, bottom = (value / size for value, size in zip(ink, drawn.size * 2, strict=True))
    assert (left >= 0.09, top >= 0.69, right <= 0.61, bottom <= 0.91) == (True,) * 4, "within its box"
    assert ImageChops.difference(drawn, other).getbbox(), "the name, and not a placeholder for it"


@pytest.mark.slow
def test_a_campaign_draws_each_ticket_with_its_own_name_and_code(tmp_path, mmspack):
    zxingcpp = pytest.importorskip("zxingcpp")
    shutil.copy(brought("messages/ticket.toml"), tmp_path / "message.toml")
    shutil.copy(brought("messages/people.csv"), tmp_path)
    Image.new("RGB", (600, 800), "white").save(tmp_path / "ticket.png")
    ran = mmspack("campaign", "plan", tmp_path, "--recipients", "people.csv")
    assert "4 recipients ready" in ran.out
    assert "Left out: 3 bad rows, 1 duplicate" in ran.out
    assert "first_name is empty" in ran.out
    with (tmp_path / "people.csv").open(encoding="utf-8", newline="") as stream:
        rows = [
            row for row in csv.DictReader(stream) if row["code"] in ("NLF-100002", "NLF-100003", "NLF-100006")
        ]
    for row in rows:
        del row["msisdn"]
        message, _ = from_source([tmp_path], row)
        picture = Image.open(io.BytesIO(build(message, cache=False).message.parts[0].data)).convert("L")
        (code,) = zxingcpp.read_barcodes(picture)
        assert code.text == f"https://nightlights.example/t/{row['code']}"
        name = picture.crop((0, picture.height * 88 // 100, picture.width, picture.height * 96 // 100))
        assert name.getextrema()[0] < 100, "the name is drawn"


@pytest.mark.parametrize("name", ["rtl", "rtl2"])
def test_lines_of_a_right_to_left_text_keep_its_direction_wherever_they_break(name):
    slides = tomllib.loads(brought(f"messages/{name}.toml").read_text("utf-8"))["slides"]
    lines = [
        line
        for width in (120, 160, 200, 260)
        for slide in slides
        for line in wrap(slide["text"], Type(20), width)
    ]
    assert any(line.strip("\u200e\u200f ")[:1].isascii() for line in lines), "or it would show nothing"
    assert all(reads_leftward(line) for line in lines)


def test_the_storyboard_writes_a_long_recipe_whole():
    recipe = brought("messages/recipe.md").read_text("utf-8")
    assert " ".join(whole_text(recipe)).split() == recipe.split()


def test_every_file_that_was_brought_is_held_to_what_is_right():
    brought("zips")
    tests = Path(__file__).parent
    assert {path.stem for path in (INPUTS / "zips").iterdir()} == set(ZIPS)
    assert {path.stem for path in (INPUTS / "texts").iterdir()} == set(TEXTS)
    own = Path(__file__).read_text("utf-8")
    messages = {path.stem for path in (INPUTS / "messages").iterdir() if path.is_file()}
    assert not {name for name in messages if name not in own}
    for folder, homes in ELSEWHERE.items():
        words = "".join((tests / home).read_text("utf-8") for home in homes)
        if folder in ("zips", "texts"):
            continue
        names = {path.stem for path in (INPUTS / folder).iterdir()} - NO_MISTAKES
        assert not {name for name in names if name not in words}, folder
