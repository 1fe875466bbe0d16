"""What changed between two bundles, as an editor would want to know it."""

from __future__ import annotations

import json

import pytest
from PIL import Image, ImageDraw

from mmspack.diffing import Difference, diff, document, lines
from mmspack.errors import BundleError
from mmspack.fixing import fix
from tests.rules.cases import unslid
from tests.rules.scenes import (
    SMIL,
    TWO_SLIDES,
    Scene,
    broken,
    drawn,
    encrypted,
    exif,
    packed,
    photo,
    saved,
    scene,
)


def changes(old: Scene, new: Scene) -> list[tuple[str, str | None]]:
    return [(one.kind, one.part) for one in diff(old.data, new.data)]


def only(old: Scene, new: Scene) -> Difference:
    (one,) = diff(old.data, new.data)
    return one


def with_picture(data: bytes, **options: object) -> Scene:
    return scene(files={"image1.jpg": data, "text1.txt": b"Hello"}, **options)


def test_equal_messages_do_not_differ() -> None:
    assert diff(scene().data, scene().data) == ()
    assert lines(()) == ["No difference that a phone would show."]


def test_a_picture_saved_again_looks_the_same() -> None:
    again = saved(drawn(640, 480), "JPEG", quality=60)
    one = only(with_picture(photo(640, 480)), with_picture(again))
    assert one.what.startswith("looks the same")
    assert one.look is not None
    assert one.look < 0.004


def test_a_picture_scaled_down_looks_the_same_and_tells_its_size() -> None:
    one = only(with_picture(photo(640, 480)), with_picture(photo(320, 240)))
    assert "looks" in one.what
    assert "the same" in one.what
    assert "640×480 → 320×240" in one.what


def test_a_picture_that_fix_turned_looks_the_same() -> None:
    sideways = with_picture(saved(drawn(160, 120).rotate(90, expand=True), "JPEG", exif=exif(orientation=6)))
    mended = fix(sideways.data).bundle.data
    difference = only(sideways, Scene(mended))
    assert difference.look is not None
    assert difference.look < 0.02
    assert "the same" in difference.what
    assert "120×160 → 160×120, rotated in its pixels" in difference.what
    assert "rotated by metadata only" in only(Scene(mended), sideways).what


def test_another_picture_is_told_as_one() -> None:
    other = Image.new("RGB", (64, 48), "yellow")
    ImageDraw.Draw(other).rectangle((5, 5, 40, 40), fill="navy")
    assert only(scene(), with_picture(saved(other, "JPEG"))).what.startswith(
        "is a different picture (pixels differ by "
    )


def test_a_broken_picture_cannot_be_compared() -> None:
    assert only(scene(), with_picture(photo()[:30])).what.startswith("cannot be compared")


def test_words_that_changed_are_shown() -> None:
    old = scene(files={"image1.jpg": photo(), "text1.txt": b"Hats now 20 pounds, until Sunday"})
    new = scene(files={"image1.jpg": photo(), "text1.txt": b"Hats now 18 pounds, until Sunday"})
    assert lines(diff(old.data, new.data)) == ["text1.txt: '20' became '18'"]


def test_another_text_is_shown_whole() -> None:
    new = scene(files={"image1.jpg": photo(), "text1.txt": b"Good bye then"})
    assert only(scene(), new).what == "'Hello' became 'Good bye then'"


def test_parts_come_and_go() -> None:
    assert changes(scene(), scene(smil=TWO_SLIDES, files=unslid())) == [
        ("added", "image2.jpg"), ("added", "text2.txt"), ("slides", None),
    ]  # fmt: skip
    assert changes(scene(smil=TWO_SLIDES, files=unslid()), scene()) == [
        ("removed", "image2.jpg"), ("removed", "text2.txt"), ("slides", None),
    ]  # fmt: skip


def test_a_renamed_part_is_one_part() -> None:
    smil = SMIL.replace("image1.jpg", "beach.jpg")
    assert changes(scene(), scene(smil=smil, files={"beach.jpg": photo(), "text1.txt": b"Hello"})) == [
        ("renamed", "beach.jpg")
    ]


def test_times_and_order_are_told() -> None:
    assert only(scene(), broken("4000ms", "9000ms")).what == "slide 1: 4 s became 9 s"
    listing = "message.smil=application/smil\ntext1.txt=text/plain\nimage1.jpg=image/jpeg\n"
    assert changes(scene(), scene(manifest=listing)) == [("order", "text1.txt")]


def test_what_fix_did_can_be_seen() -> None:
    old = scene(files={"image1.jpg": photo(), "text1.txt": b"Caf\xe9"})
    kinds = changes(old, Scene(fix(old.data).bundle.data))
    assert kinds == [("changed", "text1.txt")]


def test_the_data_can_be_written_as_json() -> None:
    data = json.loads(json.dumps(document(diff(scene().data, broken("4000ms", "9000ms").data))))
    assert data["equal"] is False
    assert data["differences"][0]["kind"] == "time"


def test_parts_without_slides_are_matched_by_their_rank() -> None:
    old = scene(smil=None, files={"1 beach.jpg": photo(640, 480), "1 text.txt": b"Caf\xe9"}, manifest=None)
    new = Scene(fix(old.data).bundle.data)
    assert changes(old, new) == [
        ("renamed", "1-beach.jpg"),
        ("renamed", "1-text.txt"),
        ("changed", "1-text.txt"),
    ]


def test_a_changed_declaration_is_told_with_its_parameters() -> None:
    latin = scene(types={"text1.txt": "text/plain;charset=iso-8859-1"})
    one = only(latin, scene(types={"text1.txt": "text/plain; charset=utf-8"}))
    assert one.what == "declared as text/plain; charset=utf-8, was text/plain; charset=iso-8859-1"
    assert diff(latin.data, scene(types={"text1.txt": "text/plain; Charset=ISO-8859-1"}).data) == ()


def test_a_picture_of_another_type_is_told_with_its_type_and_its_look() -> None:
    png = scene(
        files={"image1.jpg": saved(drawn(64, 48), "PNG"), "text1.txt": b"Hello"},
        types={"image1.jpg": "image/png"},
    )
    told = [one.what for one in diff(scene().data, png.data)]
    assert told[0] == "declared as image/png, was image/jpeg"
    assert "look" in told[1]


def told(old: Scene, new: Scene) -> list[str]:
    return lines(diff(old.data, new.data))


TOP_TEXT = SMIL.replace('top="480"', 'top="@"').replace('top="0"', 'top="160"').replace('top="@"', 'top="0"')


@pytest.mark.parametrize(
    ("smil", "words"),
    [
        (
            SMIL.replace("image1.jpg", "nosuch.jpg"),
            ["slide 1: shows 'nosuch.jpg' (no such part), text1.txt; showed image1.jpg, text1.txt"],
        ),
        (
            TOP_TEXT,
            [
                "slide 1: picture in 480×480 at 0,160, was in 480×480 at 0,0",
                "slide 1: text in 480×160 at 0,0, was in 480×160 at 0,480",
            ],
        ),
        (
            SMIL.replace('"480" height="640"', '"176" height="208"').replace('"meet"', '"slice"'),
            ["display: 480×640 became 176×208", "slide 1: picture fit slice, was meet"],
        ),
        (
            SMIL.replace('"text1.txt"', '"text1.txt" begin="3000ms" end="4000ms"'),
            ["slide 1: text begin none became 3 s, end none became 4 s"],
        ),
        (
            SMIL.replace('top="480"', 'top="480.5"'),
            ["slide 1: text in 480×160 at 0,0, was in 480×160 at 0,480"],
        ),
        (
            SMIL.replace('<img src="image1.jpg"', '<ref src="image1.jpg"'),
            ["slide 1: picture in <ref>, was in <img>"],
        ),
        (SMIL.replace("UTF-8", "UTF-16").encode("utf-16"), ["message.smil: written in utf-16, was utf-8"]),
        (
            SMIL.replace("</body>", ""),
            ["slide layout (SMIL): was 1 slide, now cannot be read (mismatched tag in line 16)"],
        ),
        (None, ["slide layout (SMIL): was 1 slide, now none"]),
    ],
)
def test_what_the_presentation_changes_is_told(smil: str | bytes | None, words: list[str]) -> None:
    changed = told(scene(), scene(smil=smil))
    assert [line for line in changed if not line.startswith(("Tizen", "Firefox"))] == words


@pytest.mark.parametrize(
    "smil",
    [
        SMIL.replace('"480"', '"480px"'),
        SMIL.replace('"Image"', '"Picture"'),
        SMIL.replace("UTF-8", "utf8"),
        SMIL.replace('"text1.txt"', '"text1.txt" begin="0s"'),
        SMIL.replace("    <par", "\n\n    <par"),
        SMIL.replace(
            '<img src="image1.jpg" region="Image"/>\n      <text src="text1.txt" region="Text"/>',
            '<text src="text1.txt" region="Text"/><img src="cid:image1.jpg" region="Image"/>',
        ),
    ],
)
def test_what_no_phone_shows_otherwise_is_no_difference(smil: str) -> None:
    assert smil != SMIL
    assert told(scene(), scene(smil=smil)) == ["No difference that a phone would show."]


def test_a_layout_that_changed_for_all_slides_is_told_once() -> None:
    old, new = (scene(smil=smil, files=unslid()) for smil in (TWO_SLIDES, TWO_SLIDES.replace("meet", "fill")))
    assert told(old, new) == ["every slide: picture fit fill, was meet"]


def test_a_presentation_declared_as_another_type_is_told() -> None:
    new = scene(types={"message.smil": "text/xml"})
    assert told(scene(), new) == ["message.smil: declared as text/xml, was application/smil"]


def test_what_a_phone_loses_over_the_structure_is_told() -> None:
    smil = SMIL.replace("<body>", "<body><seq>").replace("</body>", "</seq></body>")
    (line,) = told(scene(), scene(smil=smil))
    assert line.startswith(
        "Old Android, and apps that use its parser: nothing, loses the whole message because of <seq>;"
    )


def test_slides_are_counted_in_words() -> None:
    old, new = scene(), scene(smil=TWO_SLIDES, files=unslid())
    assert "1 slide became 2" in told(old, new)
    assert "2 slides became 1" in told(new, old)


def test_of_many_differences_of_a_kind_twenty_are_told() -> None:
    pars = [f'<par dur="{number}000ms"><img src="image1.jpg"/></par>' for number in range(1, 31)]
    head, tail = SMIL[: SMIL.index("<par")], "</body></smil>"
    old, new = (scene(smil=head + "".join(some) + tail) for some in (pars, pars[::-1]))
    assert len(told(old, new)) == 21
    assert told(old, new)[-1] == "and 10 more like this"
    assert len(diff(old.data, new.data)) == 30


def test_parts_that_cannot_be_read_are_neither_removed_nor_added() -> None:
    for name in ("image1.jpg", "message.smil", "manifest"):
        closed = encrypted(scene(), name)
        assert told(scene(), closed) == [f"{name}: cannot be read in the new bundle: {name!r} is encrypted"]
        assert told(closed, scene()) == [f"{name}: cannot be read in the old bundle: {name!r} is encrypted"]
        assert told(closed, closed) == [f"{name}: cannot be read in either bundle: {name!r} is encrypted"]


def test_a_bundle_without_a_readable_part_is_refused() -> None:
    for data in (encrypted(scene()).data, b"root:x:0:0::/root:/bin/sh\n", b"", packed({})):
        for pair in ((data, scene().data), (scene().data, data), (data, data)):
            with pytest.raises(BundleError):
                diff(*pair)


@pytest.mark.slow
def test_why_pictures_cannot_be_compared_is_told() -> None:
    wbmp = with_picture(b"\0\0\x09\x02" + b"\xff" * 4)
    large = with_picture(saved(Image.new("L", (4000, 2500)), "PNG"))
    assert "cannot be compared (after: WBMP is not compared" in only(scene(), wbmp).what
    assert "cannot be compared (before: 10,000,000 pixels, more than 8,000,000)" in only(large, scene()).what
    tiff = only(with_picture(saved(drawn(64, 48), "TIFF")), scene()).what
    assert tiff.startswith("cannot be compared (before: TIFF is not analysed")
    assert "?" not in tiff
