"""What `fix` makes of presentations: readable, framed, and naming the parts that were meant."""

from __future__ import annotations

import pytest

from mmspack.fixing import FixResult, fix
from mmspack.rules.checking import check
from mmspack.smil.tree import parse
from tests.rules.cases import IMG, PAR, TEXT, unslid
from tests.rules.scenes import SMIL, TWO_SLIDES, photo, scene, swapped


def smil_of(result: FixResult) -> str:
    return result.bundle.part("message.smil").data.decode()


def told(result: FixResult) -> list[str]:
    return [change.what for change in result.changes]


# -- readable --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\n" + SMIL.encode(), "blanks before the XML declaration removed"),
        (b" \r\n\t" + SMIL.encode(), "blanks before the XML declaration removed"),
        (b"\xef\xbb\xbf  " + SMIL.encode(), "blanks before the XML declaration removed"),
        (
            "\ufeff\ufeff\u00a0\u200b".encode() + SMIL.encode(),
            "blanks before the XML declaration removed",
        ),
        ("\u3000".encode() + SMIL.partition("\n")[2].encode(), "blanks before the XML declaration removed"),
        (SMIL.encode().strip() + b"\0\0\0", "content after </smil> removed"),
        (SMIL.encode() + b"Sent with Phone 7\n", "content after </smil> removed"),
        (SMIL.encode() + b"</body></smil>", "content after </smil> removed"),
        (SMIL.replace("UTF-8", "UTF-16").encode(), "declared as UTF-8"),
        (SMIL.replace("UTF-8", "x-phone").encode(), "declared as UTF-8"),
        (
            SMIL.replace("UTF-8", "utf8mb4").replace("<img", '<img alt="Caf\u00e9"').encode(),
            "declared as UTF-8",
        ),
    ],
)  # fmt: skip
def test_one_small_thing_that_keeps_a_presentation_from_being_xml_is_taken_out(
    data: bytes, what: str
) -> None:
    result = fix(scene(smil=data).data)
    assert told(result) == [what]
    assert result.report.findings == ()
    bare = smil_of(result).removeprefix("\ufeff").replace(' alt="Caf\u00e9"', "")
    assert bare.strip() in (SMIL.strip(), SMIL.partition("\n")[2].strip())
    assert fix(result.bundle).changes == ()


@pytest.mark.parametrize(
    "data",
    [
        SMIL + SMIL.partition("\n")[2],
        SMIL + '<par><img src="image2.jpg"/></par>',
        SMIL.replace("</par>", ""),
        "\n" + SMIL.replace("</par>", ""),
        SMIL.replace("</smil>", ""),
    ],
)
def test_what_may_show_something_or_is_broken_otherwise_is_left(data: str) -> None:
    result = fix(scene(smil=data).data)
    assert smil_of(result) == data
    assert not result.report.ok


def test_names_follow_a_presentation_that_had_to_be_made_readable_first() -> None:
    files = {"my beach.jpg": photo(), "text1.txt": b"Hello"}
    made = scene(smil="\n" + swapped("image1.jpg", "my beach.jpg"), files=files, manifest=None)
    result = fix(made.data)
    assert result.report.findings == ()
    assert parse(smil_of(result).encode()).sources == ("my-beach.jpg", "text1.txt")


# -- names of parts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "src",
    [" image1.jpg", "image1.jpg ", "/image1.jpg", "/media/image1.jpg", ".\\image1.jpg", "..\\a\\IMAGE1.jpg",
     "C:\\Users\\Ann\\image1.jpg", "file:///C:/Users/Ann/image1.jpg", "FILE://localhost/tmp/image1.jpg",
     "image1.jpg#x", "image1.jpg?v=2", "image1.jpeg", "image1.JPE",
     "image1%2Ejpg", "image1", "cid:image1.jpeg"],
)  # fmt: skip
def test_a_source_that_means_the_only_part_of_its_name_is_written_so(src: str) -> None:
    made = scene(smil=swapped("image1.jpg", src))
    (finding,) = check(made.data).findings
    assert finding.id == "MMS361"
    assert finding.message.endswith("did you mean 'image1.jpg'?")
    result = fix(made.data)
    assert told(result) == [f"src={src!r} changed to 'image1.jpg'"]
    assert smil_of(result) == SMIL


@pytest.mark.parametrize(
    "src", ["image2.jpg", "image1.png", "#image1.jpg", "/", "..", "img1.jpg", "//h/image1.jpg"]
)
def test_a_source_that_may_mean_anything_is_left(src: str) -> None:
    result = fix(scene(smil=swapped("image1.jpg", src)).data)
    assert result.changes == ()
    assert not result.report.ok


def test_of_two_parts_that_a_source_may_mean_none_is_chosen() -> None:
    files = {"image1.jpg": photo(), "image1.jpe": photo(48, 64), "text1.txt": b"Hello"}
    result = fix(scene(smil=swapped("image1.jpg", "image1.jpeg"), files=files).data)
    assert "image1.jpeg" in smil_of(result)


# -- the frame -------------------------------------------------------------------------------------

HEAD = SMIL[SMIL.index("  <head>") : SMIL.index("  <body>")]
BODY = SMIL[SMIL.index("  <body>") : SMIL.index("</smil>")]


@pytest.mark.parametrize(
    ("smil", "what"),
    [
        (SMIL.replace(HEAD, "").replace(BODY, BODY + HEAD), "head moved before the body"),
        (SMIL.replace("  <head>", "  <metadata/>\n  <head>"), "<metadata> next to head and body removed"),
        (SMIL.replace("  <body>", "  <m><a b='c'/>d</m>\n  <body>"), "<m> next to head and body removed"),
        (SMIL.replace("</smil>", "  <foot/>\n</smil>"), "<foot> next to head and body removed"),
        (
            SMIL.replace("<smil>\n", "<smil>\n<x>\n").replace("</smil>", "</x>\n</smil>"),
            "head and body moved out of <x>",
        ),
        (
            SMIL.replace("<smil>\n", "<smil>\n<smil>\n").replace("</smil>", "</smil>\n</smil>"),
            "head and body moved out of <smil>",
        ),
        (SMIL.replace(BODY, f"<div>\n{BODY}</div>\n"), "body moved out of <div>"),
        (SMIL.replace(HEAD, f"<x>\n{HEAD}</x>\n"), "head moved out of <x>"),
    ],
)  # fmt: skip
def test_head_and_body_become_the_first_two_elements(smil: str, what: str) -> None:
    assert not check(scene(smil=smil).data).ok or "foot" in what
    result = fix(scene(smil=smil).data)
    assert told(result) == [what]
    assert result.report.findings == ()
    assert smil_of(result) == SMIL


def test_an_element_beside_the_body_that_shows_something_is_left() -> None:
    smil = swapped("</smil>", '<par><img src="image2.jpg"/></par></smil>')
    result = fix(scene(smil=smil).data)
    assert 'src="image2.jpg"' in smil_of(result)


# -- slides ----------------------------------------------------------------------------------------

TWO = {**unslid()}


@pytest.mark.parametrize(
    "opening",
    ["<par>", '<par dur="9s">', "<seq>", "<par><seq>", "<par><par>"],
)
def test_what_stands_round_slides_goes_and_the_slides_keep_their_times(opening: str) -> None:
    closing = "".join(f"</{name}>" for name in reversed(opening.replace(' dur="9s"', "")[1:-1].split("><")))
    smil = TWO_SLIDES.replace("<body>", f"<body>{opening}").replace("</body>", f"{closing}</body>")
    smil = smil.replace('"4000ms"', '"6000ms"', 1)
    result = fix(scene(smil=smil, files=TWO).data)
    assert told(result) == ["slides moved directly into the body"]
    assert result.report.findings == ()
    slides = parse(smil_of(result).encode()).slides
    assert [(slide.dur, len(slide.media)) for slide in slides] == [("6000ms", 2), ("4000ms", 2)]


def test_pars_round_single_media_are_one_slide() -> None:
    smil = SMIL.replace(IMG, f"<par>{IMG}</par>").replace(TEXT, f"<par>{TEXT}</par>")
    result = fix(scene(smil=smil).data)
    assert smil_of(result) == SMIL
    assert PAR in smil_of(result)
