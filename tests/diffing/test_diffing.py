"""What changed between two bundles, as an editor would want to know it."""

from __future__ import annotations

import json

from cases import unslid
from PIL import Image, ImageDraw
from scenes import SMIL, TWO_SLIDES, Scene, broken, drawn, exif, photo, saved, scene

from mmspack.diffing import Difference, diff, document, lines
from mmspack.fixing import fix


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
    assert "640x480 → 320x240" in one.what


def test_a_picture_that_fix_turned_looks_the_same() -> None:
    sideways = with_picture(saved(drawn(160, 120).rotate(90, expand=True), "JPEG", exif=exif(orientation=6)))
    mended = fix(sideways.data).bundle.data
    difference = only(sideways, Scene(mended))
    assert difference.look is not None
    assert difference.look < 0.02
    assert "the same" in difference.what
    assert "120x160 → 160x120, turned in its pixels" in difference.what
    assert "turned by its metadata alone" in only(Scene(mended), sideways).what


def test_another_picture_is_told_as_one() -> None:
    other = Image.new("RGB", (64, 48), "yellow")
    ImageDraw.Draw(other).rectangle((5, 5, 40, 40), fill="navy")
    assert only(scene(), with_picture(saved(other, "JPEG"))).what.startswith("is another picture")


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
    assert only(scene(), broken("4000ms", "9000ms")).what == "slide 1: 4000ms became 9000ms"
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
