"""Mending: what can be mended is, once; what cannot is told; nothing else is touched."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from mmspack import profiles
from mmspack.bundle.zip_reader import read_archive
from mmspack.errors import BundleError, UsageError
from mmspack.fixing import FixResult, fix, repaired_ids
from mmspack.media.probing import probe
from mmspack.model import Severity
from mmspack.rules.checking import check
from mmspack.smil.tree import parse
from tests.bundle.hostile_zips import HOSTILE, Entry, make
from tests.fitting.drawn import clouds
from tests.fixing.mending import mended
from tests.rules.cases import CASES, FILM, LISTED, unslid, unzipped, with_film
from tests.rules.scenes import (
    AMR,
    SMIL,
    TWO_SLIDES,
    Scene,
    broken,
    drawn,
    exif,
    noise,
    packed,
    photo,
    saved,
    scene,
    swapped,
)  # fmt: skip

NEED_TASTE = [("MMS304", 1), ("MMS326", 1), ("MMS361", 4), ("MMS361", 5), ("MMS361", 8), ("MMS401", 1)]
"""Cases of repaired rules that are too far gone: UTF-16 with a DOCTYPE, points beside pixels, a file
that is nowhere or is no part, unknown bytes."""
UNCOVERED = {("MMS345", 2): {"MMS350"}, ("MMS367", 1): {"MMS376"}}
"""What is seen once the rest is mended: that an hour is long, and that some phones show no card."""
FIXABLE = [(id_, number) for id_ in sorted(repaired_ids()) for number in range(len(CASES[id_]))]
ALL = [(id_, number) for id_, pairs in CASES.items() for number in range(len(pairs))]


def told(result: FixResult) -> list[str]:
    return [f"{change.part}: {change.what}" for change in result.changes]


@pytest.mark.slow
@pytest.mark.parametrize(("id_", "number"), [case for case in FIXABLE if case not in NEED_TASTE])
def test_what_a_rule_promises_to_mend_is_mended(id_: str, number: int) -> None:
    result = mended(CASES[id_][number][0]())
    assert result.changed
    assert id_ not in {finding.id for finding in result.report.findings}
    assert result.report.ok


@pytest.mark.slow
@pytest.mark.parametrize(("id_", "number"), ALL)
def test_mending_makes_nothing_worse_and_a_second_time_changes_nothing(id_: str, number: int) -> None:
    made = CASES[id_][number][0]()
    try:
        first = mended(made)
    except (BundleError, UsageError):
        return
    before = {finding.id for finding in check(made.data, **made.options).findings}
    assert {finding.id for finding in first.report.findings} <= before | UNCOVERED.get((id_, number), set())
    second = mended(Scene(first.bundle.data, made.options))
    assert second.changes == ()
    assert second.bundle.data == first.bundle.data


@pytest.mark.slow
@pytest.mark.parametrize(("id_", "number"), ALL)
def test_a_good_message_is_left_byte_for_byte(id_: str, number: int) -> None:
    made = CASES[id_][number][1]()
    try:
        result = mended(made)
    except UsageError:
        return
    assert told(result) == []
    assert result.bundle.data == made.data


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused_or_made_clean(name: str) -> None:
    data = HOSTILE[name][1]()
    archive = read_archive(data)
    if archive.entries and all(defect.rewriting is not None for defect in archive.defects):
        assert fix(data).report.ok
    else:
        with pytest.raises(BundleError):
            fix(data)


def test_a_bundle_made_by_hand_on_a_mac() -> None:
    beach, hat = photo(), photo(48, 64, progressive=True, exif=exif(orientation=6, gps=(51.0, 0.0, 0.0)))
    made = packed(
        {
            "Summer offer/1 beach.jpg": beach,
            "Summer offer/1 text.txt": "\ufeffSonne am Strand".encode(),
            "Summer offer/2 hut.jpg": hat,
            "Summer offer/2 hut.txt": "Schöne Hüte, 20 €".encode("cp1252"),
            "__MACOSX/Summer offer/._1 beach.jpg": b"\0\5\x16\7",
            "Summer offer/.DS_Store": b"\0\0\0\1Bud1",
        }
    )
    named = {finding.id for finding in check(made).findings}
    assert named >= {
        "MMS122",
        "MMS123",
        "MMS201",
        "MMS214",
        "MMS422",
        "MMS424",
        "MMS425",
        "MMS441",
        "MMS442",
        "MMS462",
    }
    result = fix(made)
    assert result.report.findings == ()
    parts = {part.name: part for part in result.bundle.parts}
    assert list(parts) == ["1-beach.jpg", "1-text.txt", "2-hut.jpg", "2-hut-2.txt"]
    assert parts["1-beach.jpg"].data == beach
    assert parts["1-text.txt"].data.decode() == "Sonne am Strand"
    assert parts["2-hut-2.txt"].data.decode() == "Schöne Hüte, 20 €"
    hut = probe(parts["2-hut.jpg"].data)
    assert not hut.progressive
    assert not hut.has_gps
    assert hut.facts is not None
    assert (hut.facts.width, hut.facts.height) == (64, 48), "the picture stands upright"
    assert fix(result.bundle).changes == ()
    assert any("Windows-1252" in line for line in told(result))


def test_a_bundle_made_by_powershell_on_windows() -> None:
    inside = unzipped(scene())
    made = make([Entry(name=f"summer\\{name}".encode(), data=data) for name, data in inside.items()])
    assert [finding.id for finding in check(made).findings] == ["MMS125"]
    result = fix(made)
    assert result.report.findings == ()
    assert told(result) == [
        "None: backslashes in names replaced by slashes",
        "None: parts taken out of the folder 'summer/'",
    ]
    assert unzipped(Scene(result.bundle.data)) == inside


def test_a_bundle_made_by_bsdtar() -> None:
    inside = unzipped(scene())
    made = make(
        [
            Entry(name=b"./", data=b"", attributes=0o040755 << 16),
            *(Entry(name=f"./{name}".encode(), data=data) for name, data in inside.items()),
        ]
    )
    assert [finding.id for finding in check(made).findings] == ["MMS131"]
    result = fix(made)
    assert result.report.findings == ()
    assert told(result) == ["None: './' removed from names"]
    assert unzipped(Scene(result.bundle.data)) == inside


def test_two_names_that_one_slash_makes_one_are_refused() -> None:
    pictures = [Entry(name=b"a/image1.jpg", data=photo()), Entry(name=b"a\\image1.jpg", data=photo(48, 64))]
    with pytest.raises(BundleError, match="the same name to half of the readers"):
        fix(make(pictures))


def test_a_message_that_is_too_large_is_fitted() -> None:
    pictures = {"image1.jpg": noise(500, 400), "image2.jpg": noise(400, 500)}
    made = scene(smil=TWO_SLIDES, files={**pictures, "text1.txt": b"One", "text2.txt": b"Two"})
    assert not check(made.data).ok
    result = mended(made)
    assert result.report.findings == ()
    budget = result.report.budget
    assert budget is not None
    assert 200_000 < budget.total_bytes <= 270_000


def test_the_references_follow_the_names() -> None:
    smil = SMIL.replace("image1.jpg", "my beach.jpg").replace("text1.txt", "caf\u00e9.txt")
    result = mended(
        scene(smil=smil, files={"my beach.jpg": photo(), "caf\u00e9.txt": b"Hello"}, manifest=None)
    )
    assert [part.name for part in result.bundle.parts] == ["message.smil", "my-beach.jpg", "cafe.txt"]
    assert parse(result.bundle.parts[0].data).sources == ("my-beach.jpg", "cafe.txt")
    assert "my-beach.jpg: renamed from 'my beach.jpg'" in told(result)


def test_a_name_that_looks_like_an_address_keeps_its_picture() -> None:
    made = scene(smil=swapped("image1.jpg", "shop:1.jpg"), files={"shop:1.jpg": photo(), "text1.txt": b"Hi"},
                 manifest=LISTED.replace("image1.jpg", "shop\\:1.jpg"))  # fmt: skip
    assert [finding.id for finding in check(made.data).findings] == ["MMS132"]
    result = mended(made)
    assert result.report.findings == ()
    assert parse(result.bundle.parts[0].data).sources == ("shop-1.jpg", "text1.txt")


@pytest.mark.parametrize("src", ["CID:image1.jpg", "Cid:IMAGE1.jpg", "cid:image1.jpg>", "CID:<image1.jpg>"])
def test_a_content_id_is_written_as_phones_look_it_up(src: str) -> None:
    result = mended(broken("image1.jpg", src.replace("<", "&lt;").replace(">", "&gt;")))
    assert result.report.findings == ()
    assert told(result) == [f"message.smil: src={src!r} changed to 'image1.jpg'"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("00:05", "5000ms"), ("1:00", "60000ms"), ("5S", "5000ms"), ("5 sec", "5000ms"), ("7500", "7500ms"),
     ("8", "8000ms"), ("2.5s", "2500ms"), ("1min", "60000ms"), ("indefinite", "5000ms"), ("", "5000ms"),
     ("2.5", "2500ms"), ("5s ", "5000ms"), ("\uff17\uff15\uff10\uff10", "7500ms"), ("999999h", "5000ms"),
     ("99999999999999ms", "5000ms"), ("499999", "499999ms")],
)  # fmt: skip
def test_times_are_written_in_milliseconds_as_they_were_meant(value: str, expected: str) -> None:
    result = mended(broken("4000ms", value))
    assert parse(result.bundle.parts[0].data).slides[0].dur == expected
    assert result.report.findings == ()


def test_a_slide_with_a_film_never_lasts_exactly_5000_ms() -> None:
    made = with_film(FILM)
    files = unzipped(made)
    files["message.smil"] = files["message.smil"].replace(b"4000ms", b"00:05")
    result = fix(packed(files))
    assert parse(result.bundle.parts[0].data).slides[0].dur == "5001ms"


def test_slides_come_out_of_containers() -> None:
    smil = swapped("<body>", "<body><seq>").replace(
        "</body>", '<img src="image2.jpg" dur="3s"/></seq></body>'
    )
    result = mended(scene(smil=smil, add={"image2.jpg": photo(48, 64)}))
    slides = parse(result.bundle.parts[0].data).slides
    assert [(slide.dur, [medium.src for medium in slide.media]) for slide in slides] == [
        ("4000ms", ["image1.jpg", "text1.txt"]),
        ("3000ms", ["image2.jpg"]),
    ]
    assert result.report.findings == ()


def test_what_needs_taste_is_left_and_told() -> None:
    result = mended(broken("image1.jpg", "beach.jpg"))
    assert not result.report.ok
    assert "MMS361" in {finding.id for finding in result.report.of(Severity.ERROR)}
    assert result.changes == ()


def test_a_dialect_without_a_manifest_gets_none() -> None:
    result = fix(scene().data, dialect="vianett")
    assert set(unzipped(Scene(result.bundle.data))) == {"mms.smil", "image1.jpg", "text1.txt"}
    assert result.report.findings == ()
    back = fix(result.bundle.data, dialect="sendmms")
    assert unzipped(Scene(back.bundle.data))["manifest"].splitlines() == [
        b"mms.smil=application/smil", b"image1.jpg=image/jpeg", b"text1.txt=text/plain",
    ]  # fmt: skip


def test_a_folder_becomes_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "beach.jpg").write_bytes(photo())
    (tmp_path / "copy.txt").write_bytes(b"Hello")
    result = fix(tmp_path)
    assert result.report.findings == ()
    assert [part.name for part in result.bundle.parts] == ["beach.jpg", "copy.txt"]


def test_a_picture_of_a_type_that_phones_do_not_take_becomes_one_that_they_do() -> None:
    smil = SMIL.replace("image1.jpg", "image1.webp")
    made = scene(smil=smil, files={"image1.webp": saved(drawn(300, 200), "WEBP"), "text1.txt": b"Hello"})
    result = mended(made)
    assert result.report.findings == ()
    (picture,) = [part for part in result.bundle.parts if part.type.startswith("image/")]
    assert picture.name in ("image1.jpg", "image1.png")
    assert Image.open(io.BytesIO(picture.data)).size == (300, 200)


@pytest.mark.parametrize(
    "declared", ["<!ELEMENT smil ANY>", '<!ENTITY a SYSTEM "file:///etc/passwd">', '<?a ]> "?><!-- ]> -->']
)
def test_a_doctype_that_changes_nothing_is_taken_out_and_hides_nothing(declared: str) -> None:
    smil = swapped("<smil>", f"<!DOCTYPE smil [{declared}]>\n<smil>").replace("image1.jpg", "image2.jpg")
    made = scene(smil=smil.replace("<body>", "<body><seq>").replace("</body>", "</seq></body>"))
    assert [finding.id for finding in check(made.data).findings] == ["MMS302", "MMS310", "MMS361"]
    result = mended(made)
    assert b"DOCTYPE" not in result.bundle.parts[0].data
    assert [finding.id for finding in result.report.findings] == ["MMS361"]


@pytest.mark.parametrize("declared", ['<!ATTLIST par dur CDATA "9000ms">', "<!ENTITY % a 'b'>"])
def test_a_doctype_that_may_say_more_of_the_slides_is_left_and_told(declared: str) -> None:
    doctype = f"<!DOCTYPE smil [{declared}]>"
    smil = swapped("<smil>", f"{doctype}\n<smil>").replace(' dur="4000ms"', "")
    result = mended(scene(smil=smil))
    assert result.changes == ()
    assert [finding.id for finding in result.report.findings] == ["MMS302", "MMS341"]
    files = {"my beach.jpg": photo(), "text1.txt": b"Hello"}
    renamed = mended(scene(smil=smil.replace("image1.jpg", "my beach.jpg"), files=files, manifest=None))
    assert renamed.bundle.parts[0].data.decode() == smil.replace("image1.jpg", "my-beach.jpg")
    assert [finding.id for finding in renamed.report.findings] == ["MMS302", "MMS341"]
    assert fix(renamed.bundle).changes == ()


def test_a_smil_file_alone_is_no_message() -> None:
    with pytest.raises(UsageError, match="alone is not a message"):
        fix(SMIL.encode())


def test_order_follows_the_slides() -> None:
    listing = "message.smil=application/smil\ntext2.txt=text/plain\nimage2.jpg=image/jpeg\n" + LISTED[30:]
    result = mended(scene(smil=TWO_SLIDES, files=unslid(), manifest=listing))
    names = [part.name for part in result.bundle.parts]
    assert names == ["message.smil", "image1.jpg", "text1.txt", "image2.jpg", "text2.txt"]


def test_sound_is_kept_as_it_is() -> None:
    made = scene(
        smil=SMIL.replace("<text", '<audio src="audio1.amr"/><text'), add={"audio1.amr": AMR}, manifest=None
    )
    assert mended(made).bundle.part("audio1.amr").data == AMR


@pytest.mark.parametrize(
    "manifest",
    [
        b"C.jpg=image/jpeg\nA.txt=text/plain\nB.jpg=image/jpeg\n",
        "c.jpg=image/jpeg\na.txt=text/plain\nb.jpg=image/jpeg\n".encode("utf-16"),
        b"c.jpg,image/jpeg\na.txt,text/plain\nb.jpg,image/jpeg\n",
        b'{"c.jpg": "image/jpeg", "a.txt": "text/plain", "b.jpg": "image/jpeg"}',
        b"./c.jpg=image/jpeg\n./a.txt=text/plain\n./b.jpg=image/jpeg\n",
        b"pictures\\c.jpg=image/jpeg\n# b.jpg=later\na.txt=text/plain\npictures\\b.jpg=image/jpeg\n",
    ],
)
def test_the_order_that_a_wrong_manifest_means_is_kept(manifest: bytes) -> None:
    made = packed({"a.txt": b"Hello", "b.jpg": photo(), "c.jpg": photo(48, 64), "manifest": manifest})
    result = fix(made)
    assert [part.name for part in result.bundle.parts] == ["c.jpg", "a.txt", "b.jpg"]
    assert result.report.ok


@pytest.mark.parametrize(
    ("name", "encoding"), [("manifest", "utf-8-sig"), ("manifest", "utf-16"), ("manifest.txt", "ascii")]
)
def test_a_subject_survives_the_mending_of_its_manifest(name: str, encoding: str) -> None:
    lines = "# Subject: Summer sale\nb.jpg=image/jpeg\na.txt=text/plain\n"
    result = fix(packed({"a.txt": b"Hello", "b.jpg": photo(), name: lines.encode(encoding)}))
    assert result.bundle.subject == "Summer sale"
    assert [part.name for part in result.bundle.parts] == ["b.jpg", "a.txt"]
    assert "manifest: subject 'Summer sale' written in readable form" in told(result)
    assert fix(result.bundle).changes == ()


@pytest.mark.parametrize("name", ["manifest", "MANIFEST", "manifest.txt", "a/b/manifest"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_fallback_and_charsets_survive_too(name: str, encoding: str) -> None:
    """Nothing else says in what a text was written, or what those get who cannot receive pictures."""
    lines = "# Fallback: Summer sale\\: 20 % off\na.txt=text/plain; charset=windows-1250\n"
    folder = name.rpartition("manifest")[0] if "/" in name else ""
    copy = "Zażółć gęślą jaźń".encode("windows-1250")
    result = fix(packed({f"{folder}a.txt": copy, name: lines.encode(encoding)}))
    assert result.bundle.fallback == "Summer sale: 20 % off"
    assert [part.data.decode() for part in result.bundle.parts] == ["Zażółć gęślą jaźń"]
    assert result.report.ok
    assert fix(result.bundle).changes == ()


def test_pictures_are_fitted_once_and_after_everything_else() -> None:
    """What is added to the layout counts, and no picture is made of one that was made before."""
    room = replace(profiles.get("uk"), max_bytes=60_000, warn_bytes=55_000)
    slides = "".join(f'<par dur="5s"><img src="b{at}.jpeg"/></par>' for at in range(6))
    files = {f"b{at}.jpg": saved(clouds((400, 300), at), "JPEG", quality=92) for at in range(6)}
    smil = f"<smil><head><layout/></head><body>{slides}</body></smil>"
    result = fix(scene(smil=smil, files=files).data, profile=room)
    fitted = [line for line in told(result) if "so that the message fits" in line]
    assert len(fitted) == len({line.partition(":")[0] for line in fitted}) == 6
    assert "MMS502" not in {finding.id for finding in result.report.findings}
    assert len(result.bundle.data) <= 55_000


def test_two_messages_in_one_zip_are_not_made_one() -> None:
    """Which one was meant is for a person to say."""
    files = {"manifest": b"a.txt=text/plain\n", "a.txt": b"Hello"}
    both = {f"{folder}/{name}": data for folder in ("summer", "winter") for name, data in files.items()}
    with pytest.raises(BundleError, match="2 messages in it, in the folders 'summer', 'winter'"):
        fix(packed(both))
    alone = fix(packed({f"summer/{name}": data for name, data in files.items()}))
    assert alone.report.ok


def test_the_source_of_a_message_is_built_and_not_mended(tmp_path: Path) -> None:
    (tmp_path / "message.toml").write_text('[[slides]]\ntext = "Hello"\n')
    (tmp_path / "README.md").write_text("How to build it")
    with pytest.raises(UsageError, match="is the source of a message, not a bundle"):
        fix(tmp_path)


def test_a_picture_named_in_latin_1_is_kept() -> None:
    result = mended(CASES["MMS113"][0][0]())
    assert [part.name for part in result.bundle.parts] == ["message.smil", "cafe.jpg", "text1.txt"]
    assert parse(result.bundle.parts[0].data).sources == ("cafe.jpg", "text1.txt")
    assert result.report.findings == ()


def test_names_with_dots_get_a_stem_each_at_once() -> None:
    pictures = {f"photo.{number}.jpg": photo(40 + number, 48) for number in range(9)}
    result = mended(scene(smil=None, files=pictures))
    assert result.report.findings == ()
    assert len({part.name.partition(".")[0] for part in result.bundle.parts}) == 9
    assert fix(result.bundle).changes == ()


@pytest.mark.parametrize("type_", ["image/*", "image//jpeg", "image/jpeg;image/jpeg", "image/jpeg/x"])
def test_a_type_that_is_none_is_written_by_the_bytes(type_: str) -> None:
    result = mended(scene(types={"image1.jpg": type_}))
    assert told(result) == [f"image1.jpg: declared as image/jpeg (was {type_!r})"]
    assert result.report.findings == ()


def test_a_folder_with_nothing_in_it_is_left_out() -> None:
    result = fix(packed({**unzipped(scene()), "x/": b""}))
    assert told(result) == ["None: empty folder 'x/' removed"]
    assert unzipped(Scene(result.bundle.data)) == unzipped(scene())


def test_a_page_saved_in_the_place_of_a_picture_does_not_become_a_part_of_its_own_right() -> None:
    page = b"<!DOCTYPE html><html><head><title>404</title></head><body>Not found</body></html>"
    made = scene(files={"image1.jpg": page, "text1.txt": b"Hello"})
    result = fix(made.data)
    assert not result.report.ok
    assert result.bundle.part("image1.jpg").type == "image/jpeg"
    assert [one.what for one in result.left] == ["the data is HTML: the image itself is missing"]


@pytest.mark.slow
def test_a_film_that_cannot_be_made_smaller_tells_the_limit_that_would_do() -> None:
    moving = io.BytesIO()
    frames = [Image.effect_noise((160, 120), 90).convert("P") for _ in range(30)]
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:], duration=100)
    made = scene(
        files={"image1.gif": moving.getvalue(), "text1.txt": b"Hello"},
        smil=swapped("image1.jpg", "image1.gif"),
    )
    result = fix(made.data, profile="oma-image-basic")
    assert "MMS501" in {finding.id for finding in result.report.findings}
    assert [one.part for one in result.left] == [None]
    assert "image1.gif: the animated GIF of" in result.left[0].what
    assert "would be enough" in result.left[0].what
