"""What is inside a bundle, and what each kind of phone makes of it."""

from __future__ import annotations

import json

import pytest

from mmspack.errors import BundleError
from mmspack.inspecting import Inspection, document, inspect, lines
from tests.rules.cases import AUDIO, unslid
from tests.rules.scenes import AMR, SMIL, TWO_SLIDES, Scene, broken, encrypted, packed, photo, scene, swapped


def looked_into(made: Scene) -> Inspection:
    return inspect(made.data, name="summer.zip")


def reads(made: Scene, reader: str) -> tuple[str, tuple[str, ...]]:
    found = next(one for one in looked_into(made).readers if one.reader.startswith(reader))
    return found.shows, found.loses


def test_slides_parts_and_times_are_told() -> None:
    told = "\n".join(lines(looked_into(scene(smil=TWO_SLIDES, files=unslid()))))
    for words in (
        "summer.zip: zip",
        "Slide 2, 4 s",
        "image1.jpg: JPEG 64×48",
        "text2.txt: text, 3 characters",
        "| Bye",
    ):
        assert words in told
    assert "Slide layout: message.smil, display 480×640" in told


def test_the_data_can_be_written_as_json() -> None:
    data = json.loads(json.dumps(document(looked_into(scene()))))
    assert data["slides"][0]["parts"] == ["image1.jpg", "text1.txt"]
    assert data["errors"] == 0


def test_all_readers_show_a_good_message_whole() -> None:
    for reading in looked_into(scene()).readers:
        assert reading.loses == ()


def test_old_android_loses_a_message_with_seq() -> None:
    shows, loses = reads(
        scene(smil=SMIL.replace("<body>", "<body><seq>").replace("</body>", "</seq></body>")), "Old"
    )
    assert shows == "nothing"
    assert loses == ("the whole message because of <seq>",)


def test_old_android_shows_nothing_without_a_head() -> None:
    shows, _ = reads(scene(smil=SMIL[: SMIL.index("  <head>")] + SMIL[SMIL.index("  <body>") :]), "Old")
    assert shows == "no slides"


def test_old_android_makes_slides_where_it_cannot_read_them() -> None:
    for made in (
        scene(smil=None),
        broken("</body>", ""),
        scene(smil=SMIL.replace("UTF-8", "UTF-16").encode("utf-16")),
        scene(types={"message.smil": "text/xml"}),
    ):
        assert reads(made, "Old")[0].startswith("slides of 8 s")


def test_equal_times_are_named_once() -> None:
    assert reads(scene(smil=TWO_SLIDES), "Old")[0] == "2 slides of 4 s each"
    assert reads(scene(smil=TWO_SLIDES.replace("4000ms", "6000ms", 1)), "Old")[0] == "2 slides of 6 s, 4 s"


def test_times_differ_by_reader() -> None:
    assert reads(broken("4000ms", "00:05"), "Old")[0] == "1 slide of 300 s"
    assert reads(broken("4000ms", "00:05"), "Tizen")[0] == "1 slide of 0 s"
    assert reads(broken("4000ms", "1min"), "Old")[0] == "1 slide of 60 s"
    assert reads(broken("4000ms", "1min"), "Tizen")[0] == "1 slide of 1 s"
    assert reads(broken("4000ms", "5.5s"), "Tizen")[0] == "1 slide of 5 s"
    assert reads(broken("4000ms", "5000ms "), "Tizen")[0] == "1 slide of 5 s"
    assert reads(broken("4000ms", "\u0664s"), "Tizen")[0] == "1 slide of 0 s"
    assert reads(broken("4000ms", "01:00:00.5"), "Old")[0] == "1 slide of 3630 s"
    assert reads(broken("4000ms", "00:60"), "Old")[0] == "1 slide of 0 s"
    assert reads(broken("4000ms", "0" * 5000 + ":05"), "Old")[0] == "1 slide of 0 s"


def test_a_sound_shortens_a_slide_of_exactly_five_seconds() -> None:
    at_5000 = scene(smil=AUDIO.replace("4000", "5000"), add={"audio1.amr": AMR})
    at_5001 = scene(smil=AUDIO.replace("4000", "5001"), add={"audio1.amr": AMR})
    assert reads(at_5000, "Old")[0] == "1 slide of 2 s"
    assert reads(at_5001, "Old")[0] == "1 slide of 5.001 s"


def test_what_is_missing_is_lost_on_android_and_unsettles_firefox_os() -> None:
    made = broken("image1.jpg", "beach.jpg")
    assert "'beach.jpg' in slide 1: no such part" in reads(made, "Old")[1]
    assert reads(made, "Firefox")[0].startswith("the parts as they are stored")


def test_a_second_picture_replaces_the_first() -> None:
    smil = swapped('<img src="image1.jpg" region="Image"/>', '<img src="image1.jpg"/><img src="image2.jpg"/>')
    _, loses = reads(scene(smil=smil, add={"image2.jpg": photo(48, 64)}), "Old")
    assert loses == ("'image1.jpg' in slide 1: replaced by 'image2.jpg'",)
    assert reads(broken('src="text1.txt"', 'src="image1.jpg"', manifest=None), "Old")[1] == (
        "'text1.txt': no slide shows it",
    )


def test_iphones_show_the_stored_order() -> None:
    listing = "message.smil=application/smil\ntext1.txt=text/plain\nimage1.jpg=image/jpeg\n"
    assert reads(scene(manifest=listing), "iPhones")[0].endswith("text1.txt, image1.jpg")


def test_what_cannot_be_read_is_named_with_the_reason() -> None:
    seen = looked_into(encrypted(scene(), "image1.jpg"))
    assert document(seen)["unreadable"] == ({"name": "image1.jpg", "reason": "'image1.jpg' is encrypted"},)
    told = lines(seen)
    assert told[told.index("Unreadable") + 1] == "  'image1.jpg' is encrypted"
    assert "  image1.jpg: cannot be read" in told
    assert "What each phone displays, without the unreadable parts" in told
    assert seen.readers[0].loses == ("'image1.jpg' in slide 1: it cannot be read",)


def test_a_presentation_that_cannot_be_read_is_not_said_to_be_absent() -> None:
    assert reads(encrypted(scene(), "message.smil"), "Old")[0].endswith(
        "the slide layout (SMIL) cannot be read"
    )
    assert reads(scene(smil=None), "Old")[0].endswith("there is no slide layout (SMIL)")


@pytest.mark.parametrize("data", [encrypted(scene()).data, b"root:x:0:0::/root:/bin/sh\n", b"", packed({})])
def test_a_bundle_without_a_readable_part_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError, match=r"summer\.zip: "):
        inspect(data, name="summer.zip")


def test_findings_are_counted_in_words() -> None:
    assert lines(looked_into(broken("4000ms", "00:05")))[-1] == "mmspack check reports 1 error."
    assert "mmspack check finds" not in "".join(lines(looked_into(scene())))
