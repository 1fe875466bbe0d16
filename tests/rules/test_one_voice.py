"""One defect, one rule: what used to be told twice, and where a finding points."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmspack.fixing import fix
from mmspack.inspecting import inspect
from mmspack.model import Severity
from mmspack.rules.checking import check
from mmspack.smil.tree import parse
from tests.bundle.hostile_zips import GOOD, make
from tests.rules.cases import (
    CARD,
    FILM,
    IMG,
    LISTED,
    TEXT,
    heard,
    picture,
    unzipped,
    with_alt,
    with_card,
    with_film,
)
from tests.rules.scenes import SMIL, TWO_SLIDES, Scene, broken, film, packed, photo, scene, swapped


def told(made: Scene, **options: object) -> list[str]:
    return [finding.id for finding in check(made.data, **{**made.options, **options}).findings]


@pytest.mark.parametrize(
    ("doctype", "line", "column"),
    [
        ("<!DOCTYPE smil>", 2, 1),
        ("<!-- a --><!DOCTYPE smil\n  PUBLIC '-//W3C//DTD SMIL 1.0//EN'\n  'http://localhost/a.dtd'>", 2, 11),
        ("\n\n  <!DOCTYPE smil [<!ENTITY a 'b'>]>", 4, 3),
    ],
)
def test_a_doctype_is_shown_where_it_begins(doctype: str, line: int, column: int) -> None:
    found = check(broken("<smil>", f"{doctype}<smil>").data).findings
    assert [(one.line, one.column) for one in found if "document type" in one.message] == [(line, column)]


def test_an_empty_presentation_is_an_empty_part_and_no_broken_xml() -> None:
    assert told(scene(smil="")) == ["MMS406"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<layout>", "<!--", ["MMS321"]),  # an empty head: no second word about each medium's region
        ('<root-layout width="480" height="640"/>', '<root-layout width="0" height="0"/>', ["MMS321"]),
        ("region id=", "region regionName=", ["MMS323", "MMS323"]),
    ],
)
def test_a_layout_is_told_of_once(old: str, new: str, expected: list[str]) -> None:
    smil = SMIL.replace(old, new)
    assert told(scene(smil=smil.replace("</layout>", "-->") if new == "<!--" else smil)) == expected


TEXT_REGION = '<region id="Text" left="0" top="480" width="480" height="160" fit="scroll"/>'
DISPLAY = '<root-layout width="480" height="640"/>'
NESTED = SMIL.replace("<layout>", "<switch><layout>").replace("</layout>", "</layout></switch>")
LAYOUT = SMIL[SMIL.index("<layout>") : SMIL.index("</head>")]
MISPLACED = {
    "in a switch": (NESTED, "MMS309"),
    "in a switch, and empty": (swapped(LAYOUT, "<switch><layout/></switch>"), "MMS309"),
    "in a head of the head": (
        SMIL.replace("<head>", "<head><head>").replace("</head>", "</head></head>"),
        "MMS309",
    ),
    "in a second head": (SMIL.replace("<head>", "<head/><head>"), "MMS308"),
    "beside the head": (swapped(LAYOUT, "").replace("</head>", f"</head>{LAYOUT}"), "MMS308"),
    "in the body": (swapped(LAYOUT, "").replace("<body>", f"<body>{LAYOUT}"), "MMS310"),
    "in a slide": (swapped(LAYOUT, "").replace("</par>", f"{LAYOUT}</par>"), "MMS311"),
    "without a head": (SMIL.replace("<head>", "").replace("</head>", ""), "MMS306"),
    "a region in the head": (swapped(TEXT_REGION, "").replace("</head>", f"{TEXT_REGION}</head>"), "MMS309"),
    "the display in the head": (swapped(DISPLAY, "").replace("<head>", f"<head>{DISPLAY}"), "MMS309"),
    "all in the head": (SMIL.replace("<layout>", "").replace("</layout>", ""), "MMS309"),
}


@pytest.mark.parametrize("where", MISPLACED)
def test_a_layout_in_the_wrong_place_is_one_defect_and_is_put_into_the_head(where: str) -> None:
    smil, expected = MISPLACED[where]
    made = scene(smil=smil)
    assert set(told(made)) == {expected}
    result = fix(made.data)
    assert result.report.findings == ()
    layout = parse(result.bundle.part("message.smil").data)
    assert len(list(layout.root.all("layout"))) == 1
    assert (layout.width, [region.id for region in layout.regions]) == ("480", ["Image", "Text"])
    assert fix(result.bundle).changes == ()


@pytest.mark.parametrize(
    ("old", "new"), [("<body>", "<body><layout/>"), ("</layout>", "</layout><switch><layout/></switch>")]
)
def test_of_two_layouts_none_is_chosen(old: str, new: str) -> None:
    made = broken(old, new)
    result = fix(made.data)
    assert result.changes == ()
    assert [finding.id for finding in result.report.findings] == told(made)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('id="Text"', 'id="Image"', ["MMS324"]),
        ('height="160"', 'height="0%"', ["MMS330"]),
        ('height="160"', 'height="25.5%"', ["MMS326"]),
        (
            "    </layout>",
            '<region id="Text" left="0" top="0" width="480" height="640"/></layout>',
            ["MMS322"],
        ),
    ],
)
def test_a_region_is_told_of_once(old: str, new: str, expected: list[str]) -> None:
    assert told(broken(old, new)) == expected


def test_media_without_a_region_overlap_in_those_that_phones_take_for_them() -> None:
    over = SMIL.replace('top="480"', 'top="0"')
    assert set(told(scene(smil=over.replace(' region="Image"', "").replace(' region="Text"', "")))) == {
        "MMS331",
        "MMS374",
    }
    assert set(told(scene(smil=over.replace(' region="Text"', ' region="Words"')))) == {"MMS331", "MMS372"}
    beside_a_card = over.replace(IMG, '<ref src="shop.vcf"/>')
    assert told(scene(smil=beside_a_card, files={"text1.txt": b"Hello", "shop.vcf": CARD})) == ["MMS376"]


@pytest.mark.parametrize("written", ["", "indefinite", "4S", "4sec", "0s", "4s", "4000ms", "5000ms"])
@pytest.mark.parametrize("playing", [3000, 8000])
def test_check_and_inspect_agree_how_long_a_sound_keeps_its_slide(written: str, playing: int) -> None:
    made = heard(written, playing)
    (slide,) = inspect(made.data).slides
    found = check(made.data, profile=made.options["profile"]).findings
    assert slide.milliseconds in (playing, 4000 if written.startswith("4") and playing < 4000 else playing)
    assert not [finding for finding in found if finding.severity is Severity.ERROR]
    shrinks = [finding for finding in found if finding.id == "MMS347"]
    assert bool(shrinks) == (written == "5000ms" and slide.milliseconds < 5000)


def test_a_source_that_is_no_part_needs_no_region_too() -> None:
    assert told(broken('<img src="image1.jpg" region="Image"/>', '<img src="beach.jpg"/>')) == ["MMS361"]


def test_media_without_a_slide_are_one_defect() -> None:
    body = SMIL[: SMIL.index("<par")] + IMG + TEXT + "</body></smil>"
    (finding,) = check(scene(smil=body).data).findings
    assert (finding.id, finding.message) == ("MMS310", "<img> and 1 more in the body")


def test_a_class_without_pictures_is_told_of_once() -> None:
    assert told(picture(photo(400, 300)), profile="oma-text") == ["MMS405"]


def test_backslashes_of_one_packer_are_one_defect() -> None:
    data = make([replace(entry, name=b"a\\" + entry.name) for entry in GOOD])
    (finding,) = check(data).findings
    assert finding.id == "MMS125"
    assert finding.message.endswith(", and so do 2 more")


@pytest.mark.parametrize("src", ["image1", "cid:image1", "IMAGE1.JPG", "media/image1.jpg", "image1%2Ejpg"])
def test_a_wrong_source_is_told_the_part_that_it_means(src: str) -> None:
    (finding,) = check(broken("image1.jpg", src).data).findings
    assert finding.message == f"{src!r} is not a part; did you mean 'image1.jpg'?"


@pytest.mark.parametrize("src", ["CID:image1.jpg", "manifest", "cid:manifest", "MESSAGE.SMIL"])
def test_no_phone_is_said_to_show_a_source_that_is_no_part(src: str) -> None:
    made = broken("image1.jpg", src)
    assert told(made) == ["MMS361"]
    assert fix(made.data).report.ok == src.startswith("CID")
    old_android, _, _, firefox_os = inspect(made.data).readers
    assert old_android.loses == (f"{src!r} in slide 1: no such part", "'image1.jpg': no slide shows it")
    assert firefox_os.shows.startswith("the parts as they are stored")


def test_two_ways_to_write_an_accent_are_told_apart() -> None:
    smil = SMIL.replace("image1.jpg", "cafe\u0301.jpg")
    made = scene(smil=smil, files={"caf\u00e9.jpg": photo(), "text1.txt": b"Hello"}, manifest=None)
    (finding,) = check(made.data, select=["MMS361"]).findings
    assert "accents encoded differently" in finding.message


@pytest.mark.parametrize(("mode", "severity"), [("restricted", "error"), ("warning", "info")])
def test_a_card_of_today_is_outside_the_content_classes_alone(mode: str, severity: str) -> None:
    made = with_card(CARD.replace(b"2.1", b"3.0"))
    assert check(made.data, profile="uk", mode=mode).findings == ()
    (finding,) = check(made.data, profile="oma-image-basic", mode=mode).findings
    assert (finding.id, finding.severity) == ("MMS447", severity)


def test_formats_are_named_without_an_article() -> None:
    wide = b"#!AMR-WB\n" + bytes([0x04, *[0] * 17]) * 20
    (finding,) = check(
        scene(smil=None, files={"audio1.mid": wide}, types={"audio1.mid": "audio/midi"}).data,
        select=["MMS401"],
    ).findings
    assert finding.message.endswith("its bytes are AMR-WB")


@pytest.mark.parametrize("tag", ["image", "Img", "picture"])
def test_a_part_that_an_unknown_element_shows_is_not_told_of_too(tag: str) -> None:
    assert told(broken("<img", f"<{tag}")) == ["MMS311"]


def test_a_region_in_capitals_is_an_attribute_that_is_none() -> None:
    made = broken('1.jpg" region', '1.jpg" REGION')
    assert told(made) == ["MMS370"]
    assert fix(made.data).report.findings == ()


def test_names_in_capitals_beside_the_right_ones_stay() -> None:
    made = broken('<img src="image1.jpg"', '<img SRC="beach.jpg" src="image1.jpg"')
    assert told(made) == ["MMS370"]
    assert fix(made.data).changes == ()


def test_a_presentation_in_latin_1_is_written_in_utf_8() -> None:
    made = scene(smil=with_alt("Caf\u00e9").replace("UTF-8", "ISO-8859-1").encode("iso-8859-1"))
    (finding,) = check(made.data).findings
    assert (finding.id, finding.severity) == ("MMS315", Severity.ERROR)
    assert "cannot read the slide layout" in inspect(made.data).readers[0].shows
    result = fix(made.data)
    assert result.report.findings == ()
    assert 'alt="Caf\u00e9"'.encode() in result.bundle.part("message.smil").data


def test_a_card_that_is_declared_as_a_text_need_not_be_in_a_slide() -> None:
    assert told(scene(add={"shop.vcf": CARD}, types={"shop.vcf": "text/plain"})) == ["MMS401"]
    assert told(scene(add={"more.txt": b"Hello"})) == ["MMS364"]


SECOND = IMG.replace("1.jpg", "2.jpg")
FILMED = '<video src="video1.3gp" region="Image"/>'
CARDS = '<ref src="a.vcf"/><ref src="b.vcf"/>'


@pytest.mark.parametrize(
    ("made", "expected", "left"),
    [
        (scene(types={"image1.jpg": "text/plain"}), ["MMS401"], []),
        (scene(types={"text1.txt": "image/jpeg"}), ["MMS401"], []),
        (scene(add={"a.vcf": photo()}), ["MMS401", "MMS364"], ["MMS364"]),
        (broken("image1.jpg", "text1.txt"), ["MMS367"], ["MMS367"]),
        (broken("image1.jpg", "cid:text1.txt"), ["MMS367"], ["MMS367"]),
        (broken(IMG, f"<seq>{IMG}{SECOND}</seq>", add={"image2.jpg": photo(48, 64)}), ["MMS311"], ["MMS311"]),
        (broken(IMG, IMG + FILMED, add={"video1.3gp": FILM}), ["MMS366"], ["MMS366"]),
        (broken(IMG, IMG + IMG), ["MMS365"], []),
        (broken(TEXT, TEXT + CARDS, add={"a.vcf": CARD, "b.vcf": CARD}), ["MMS365", *["MMS376"] * 2],
         ["MMS376"] * 2),
    ],
)  # fmt: skip
def test_what_a_slide_shows_is_told_of_once_and_mended_without_a_new_word(
    made: Scene, expected: list[str], left: list[str]
) -> None:
    assert told(made) == expected
    result = fix(made.data)
    assert [finding.id for finding in result.report.findings] == left
    assert fix(result.bundle.data).changes == ()


def test_two_pictures_of_which_one_is_declared_as_a_text_are_two_pictures() -> None:
    smil = swapped(IMG, IMG + SECOND)
    made = scene(smil=smil, add={"image2.jpg": photo(48, 64)}, types={"image2.jpg": "text/plain"})
    assert sorted(told(made)) == ["MMS365", "MMS401"]
    assert fix(made.data).report.findings == ()


def test_a_picture_twice_in_one_slide_and_again_in_the_next_is_in_two_slides() -> None:
    smil = swapped("image2", "image1", TWO_SLIDES).replace(IMG, IMG + IMG, 1)
    made = scene(smil=smil, add={"text2.txt": b"Bye"})
    (finding,) = check(made.data, select=["MMS375"]).findings
    assert finding.message == "'image1.jpg' is shown in 2 slides"


def test_a_file_that_nobody_lists_is_told_of_and_left_out_whatever_its_name_resembles() -> None:
    made = scene(add={"IMAGE1.jpg": photo(48, 64)}, manifest=LISTED)
    assert told(made) == ["MMS110", "MMS204"]
    result = fix(made.data)
    assert result.report.findings == ()
    assert [part.name for part in result.bundle.parts] == ["message.smil", "image1.jpg", "text1.txt"]


@pytest.mark.parametrize("type_", ["text/vcard", "text/directory"])
@pytest.mark.parametrize(
    ("name", "card", "expected"),
    [
        ("shop.vcf", CARD.replace(b"Shop", b"Caf\xe9"), "MMS441"),
        ("shop.vcf", b"\xef\xbb\xbf" + CARD, "MMS442"),
        ("shop.vcf", CARD[:-12], "MMS446"),
        ("shop.vcf", CARD.replace(b"2.1", b"4.0"), "MMS447"),
        ("shop.txt", CARD, "MMS448"),
    ],
)
def test_a_card_is_judged_as_one_by_any_name_of_its_type(
    type_: str, name: str, card: bytes, expected: str
) -> None:
    made = scene(smil=None, files={"text1.txt": b"Hello", name: card}, types={name: type_})
    assert sorted(told(made)) == ["MMS402", expected]


def packed_as(names: dict[str, str], **options: object) -> Scene:
    """The good message, its files under other names in the zip."""
    files = unzipped(scene(**options))
    return Scene(packed({names.get(name, name): data for name, data in files.items()}), options)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            packed_as({"image1.jpg": "m/image1.jpg"}),
            "'image1.jpg' is not in the zip; did you mean 'm/image1.jpg'?",
        ),
        (packed_as({"manifest": "m/manifest"}), "the manifest is named 'm/manifest'"),
        (
            packed_as({"image1.jpg": "m/image1.jpg"}, manifest=None, dialect="pswincom"),
            "'m/image1.jpg' is in a folder",
        ),
        (scene(manifest=LISTED.encode("utf-16-le")), "the file is UTF-16 without a byte order mark"),
        (scene(manifest=LISTED + "\0"), "it contains a NUL byte"),
        (scene(manifest=LISTED.replace("jpg=", "jpg\0=")), "it contains a NUL byte"),
        (
            scene(manifest=LISTED.replace("image1", "./image1")),
            "'./image1.jpg' is not in the zip; did you mean 'image1.jpg'?",
        ),
        (
            scene(manifest=LISTED.replace("image1", "imgae1")),
            "'imgae1.jpg' is not in the zip; did you mean 'image1.jpg'?",
        ),
        (
            scene(manifest=LISTED.replace("image1", "cid:image1")),
            "'cid' has the type 'image1.jpg=image/jpeg'; did you mean 'image1.jpg'?",
        ),
        (scene(add={"old.smil": SMIL.encode()}, manifest=LISTED), "'old.smil' is not in the manifest"),
        (scene(add={".hidden": b"x"}, manifest=LISTED), "'.hidden' is not in the manifest"),
        (scene(add={"image1.jpg~": b"x"}, manifest=LISTED), "'image1.jpg~' is not in the manifest"),
        (scene(add={"a.txt ": b"x"}, manifest=LISTED), "'a.txt ' is not in the manifest"),
        (
            scene(types={"image1.jpg": "x-foo/bar"}),
            "'image1.jpg' is x-foo/bar; uk does not allow it",
        ),
        (scene(types={"text1.txt": "text/html"}), "'text1.txt' is HTML; uk does not allow it"),
        (
            scene(manifest=LISTED + "image1.jpg=image/gif\n"),
            "'image1.jpg' is declared as image/gif in the last of 2 lines, its bytes are JPEG",
        ),
    ],
)
def test_one_defect_is_told_once(made: Scene, expected: str) -> None:
    options = {key: value for key, value in made.options.items() if key == "dialect"}
    assert [finding.message for finding in check(made.data, **options).findings] == [expected]
    mended = fix(made.data, **options)
    assert {finding.id for finding in mended.report.findings} <= {"MMS405"}
    assert mended.bundle.part("image1.jpg").data == photo()


def test_a_missing_file_is_told_of_beside_one_that_nobody_lists() -> None:
    """`image3.jpg` is no misspelling of `image2.jpg`."""
    made = scene(add={"image3.jpg": photo(48, 64)}, manifest=LISTED + "image2.jpg=image/jpeg\n")
    assert told(made) == ["MMS203", "MMS204"]


def test_an_unlisted_file_behind_a_backslash_is_told_of_once() -> None:
    data = make([*GOOD, replace(GOOD[0], name=b"x\\y.jpg")])
    assert [finding.id for finding in check(data).findings] == ["MMS125"]


def test_a_film_of_a_type_that_the_class_does_not_take_is_told_of_once() -> None:
    made = with_film(film(b"mp42", (b"avc1", b"mp4a"), (640, 480)), types={"video1.3gp": "video/mp4"})
    assert "MMS434" not in told(made, profile="oma-video-rich", mode="restricted")
    assert "MMS405" in told(made, profile="oma-video-rich", mode="restricted")


def test_the_class_of_texts_has_no_cards() -> None:
    assert told(with_card(CARD), profile="oma-text", mode="restricted") == ["MMS405"]
    assert told(with_card(CARD), profile="oma-image-basic", mode="restricted") == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("Caf\u00e9 is open".encode("utf-16"), "is UTF-16"),
        (b"\xfe\xff" + "Caf\u00e9 is open".encode("utf-16-be"), "is UTF-16"),
        ("Caf\u00e9 is open".encode("utf-16-le"), "is UTF-16 without a byte order mark"),
        ("Hello".encode("utf-32"), "is UTF-32"),
    ],
)
def test_wide_texts_are_called_what_they_are(data: bytes, words: str) -> None:
    (finding,) = check(scene(files={"image1.jpg": photo(), "text1.txt": data}).data).findings
    assert (finding.id, finding.message) == ("MMS441", f"'text1.txt' {words}")


def test_a_format_that_is_not_known_is_not_taken_and_not_broken() -> None:
    jp2 = b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 500
    made = scene(files={"image1.jpg": jp2, "text1.txt": b"Hello"}, types={"image1.jpg": "image/jp2"})
    assert told(made) == ["MMS405"]
    assert told(
        scene(files={"image1.jpg": b"", "text1.txt": b"Hello"}, types={"image1.jpg": "image/jp2"})
    ) != ["MMS405"]
