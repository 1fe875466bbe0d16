"""What was not to be sent is not sent, what was meant is kept, and order is order in every dialect."""

from __future__ import annotations

import re

import pytest

from mmspack.bundle.manifest import parse_manifest
from mmspack.errors import UsageError
from mmspack.fixing import FixResult, fix
from mmspack.rules.checking import check
from mmspack.smil.tree import parse
from tests.rules.cases import CARD, IMG, LISTED, PAR, TEXT, TWO, parts_alone, unslid, unzipped
from tests.rules.scenes import AMR, SMIL, TWO_SLIDES, Scene, broken, packed, photo, scene


def names(result: FixResult) -> list[str]:
    return [part.name for part in result.bundle.parts]


def told(result: FixResult) -> str:
    return "\n".join(f"{change.part}: {change.what}" for change in result.changes)


def smil_of(result: FixResult) -> bytes:
    return result.bundle.parts[0].data


def durations(result: FixResult) -> list[str | None]:
    return [slide.dur for slide in parse(smil_of(result)).slides]


# -- files that nobody meant to send ---------------------------------------------------------------


def test_what_neither_manifest_nor_slide_names_is_not_sent() -> None:
    made = scene(
        manifest=LISTED,
        add={
            "image9.jpg": photo(48, 64),
            "META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n",
            "notes.txt": b"todo",
        },
    )
    result = fix(made.data)
    assert names(result) == ["message.smil", "image1.jpg", "text1.txt"]
    assert set(unzipped(Scene(result.bundle.data))) == {*names(result), "manifest"}
    assert "'image9.jpg'" in told(result)
    assert "'notes.txt'" in told(result)
    assert result.report.findings == ()
    assert fix(result.bundle).changes == ()


def test_what_a_slide_shows_is_listed_though_the_manifest_forgot_it() -> None:
    for src in ("text1.txt", "Text1.TXT"):
        smil = SMIL.replace("text1.txt", src)
        result = fix(scene(smil=smil, manifest=LISTED.replace("text1.txt=text/plain\n", "")).data)
        assert names(result) == ["message.smil", "image1.jpg", "text1.txt"]
        assert result.report.findings == ()


def test_without_slides_a_forgotten_medium_is_a_part_and_the_folder_of_a_java_archive_is_none() -> None:
    made = parts_alone(
        manifest="image1.jpg=image/jpeg\n", add={"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n"}
    )
    assert names(fix(made.data)) == ["image1.jpg", "text1.txt"]
    alone = packed({"image1.jpg": photo(), "META-INF/x.txt": b"x"})
    assert names(fix(alone)) == ["image1.jpg"]


def test_names_in_a_manifest_that_was_saved_as_utf8_are_still_meant() -> None:
    listed = (LISTED + "Visitenkarte-Müller.vcf=text/x-vCard\n").encode()
    made = scene(manifest=listed, add={"Visitenkarte-Müller.vcf": CARD})
    result = fix(made.data)
    assert len(names(result)) == 4
    assert result.bundle.parts[-1].data == CARD


def test_a_source_finds_its_part_however_its_accents_are_composed() -> None:
    made = scene(
        smil=SMIL.replace("image1.jpg", "cafe\u0301.jpg"),
        files={"caf\u00e9.jpg": photo(), "text1.txt": b"Hello"},
        manifest=LISTED.replace("image1.jpg", "caf\\u00e9.jpg"),
    )
    result = fix(made.data)
    assert parse(smil_of(result)).sources == ("cafe.jpg", "text1.txt")
    assert result.report.findings == ()


def test_every_name_of_a_utf8_manifest_is_written_anew() -> None:
    listed = LISTED.replace("image1", "café").encode()
    made = scene(
        smil=SMIL.replace("image1", "café"), files={"café.jpg": photo(), "text1.txt": b"Hi"}, manifest=listed
    )
    result = fix(made.data)
    entries = parse_manifest(unzipped(Scene(result.bundle.data))["manifest"]).entries
    assert [(entry.name, entry.type) for entry in entries][1] == ("cafe.jpg", "image/jpeg")
    assert result.report.findings == ()


# -- order -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["vianett", "pswincom"])
def test_order_is_mended_where_there_is_no_manifest(dialect: str) -> None:
    made = packed(dict(reversed([("mms.smil", TWO_SLIDES.encode()), *unslid().items()])))
    assert "MMS216" in {finding.id for finding in check(made, dialect=dialect).findings}
    result = fix(made, dialect=dialect)
    assert list(unzipped(Scene(result.bundle.data))) == [
        "mms.smil", "image1.jpg", "text1.txt", "image2.jpg", "text2.txt",
    ]  # fmt: skip
    assert "order of the slides" in told(result)
    assert result.report.findings == ()
    assert fix(result.bundle, dialect=dialect).changes == ()


def test_no_order_is_claimed_where_it_was_right() -> None:
    result = fix(scene(manifest=LISTED.replace("image/jpeg", "image/jpg")).data)
    assert "order" not in told(result)
    assert "image1.jpg: declared as image/jpeg (was image/jpg)" in told(result)


# -- times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "meant"),
    [("10000MS", "10000ms"), ("+10s", "10000ms"), ("10,5s", "10500ms"), ("PT10S", "10000ms"),
     ("PT1M", "60000ms"), ("5,000ms", "5000ms"), ("10 sec.", "10000ms"), ("2 MIN", "120000ms"),
     ("whenever", "5000ms")],
)  # fmt: skip
def test_times_in_other_spellings_keep_their_meaning(value: str, meant: str) -> None:
    assert durations(fix(broken("4000ms", value).data)) == [meant]


def test_a_slide_without_a_time_takes_that_of_its_media() -> None:
    smil = SMIL.replace(PAR, "<par>").replace('src="text1.txt"', 'src="text1.txt" dur="12s"')
    assert durations(fix(scene(smil=smil.replace('jpg"', 'jpg" dur="3s"')).data)) == ["12000ms"]


def test_a_slide_of_5000_ms_with_a_longer_sound_is_left() -> None:
    smil = SMIL.replace("4000ms", "5000ms").replace(TEXT, TEXT + '<audio src="audio1.amr"/>')
    result = fix(scene(smil=smil, add={"audio1.amr": AMR + AMR[6:] * 4}).data)
    assert durations(result) == ["5000ms"]


# -- presentations ---------------------------------------------------------------------------------


def test_an_empty_head_gets_what_a_missing_one_gets() -> None:
    result = fix(scene(smil=re.sub(r"<head>.*</head>", "<head/>", SMIL, flags=re.DOTALL)).data)
    assert result.report.findings == ()
    assert smil_of(result).count(b"<region id=") == 2


def test_a_layout_in_points_keeps_its_shares() -> None:
    smil = re.sub(r'(width|height|top)="(\d+)"', r'\1="\2pt"', SMIL)
    result = fix(scene(smil=smil).data)
    assert result.report.findings == ()
    regions = parse(smil_of(result)).regions
    assert [(region.top, region.height) for region in regions] == [("0", "480"), ("480", "160")]


@pytest.mark.parametrize(
    "smil",
    [
        SMIL.replace(IMG, f"<switch>{IMG}</switch>"),
        SMIL.replace(IMG, f'<a href="http://www.example.com">{IMG}</a>'),
        SMIL.replace(IMG, f'<par dur="2s">{IMG}</par>'),
        SMIL.replace(PAR, PAR + "<par>").replace("</par>", "</par></par>"),
        re.sub(r"<(/?)([a-z-]+)", lambda match: f"<{match[1]}{match[2].upper()}", SMIL),
        re.sub(r"<(/?)([a-z])", r"<\1s:\2", SMIL).replace("<s:smil", '<s:smil xmlns:s="urn:s"'),
    ],
)
def test_media_come_out_of_what_old_phones_do_not_read(smil: str) -> None:
    result = fix(scene(smil=smil.replace("<?XML version", "<?xml version")).data)
    assert result.report.findings == ()
    (slide,) = parse(smil_of(result)).slides
    assert [medium.src for medium in slide.media] == ["image1.jpg", "text1.txt"]
    assert slide.dur == "4000ms"
    assert fix(result.bundle).changes == ()


def test_a_sequence_in_a_slide_needs_taste() -> None:
    smil = SMIL.replace(IMG, f"<seq>{IMG}").replace(TEXT, f"{TEXT}</seq>")
    result = fix(scene(smil=smil).data)
    assert [finding.id for finding in result.report.findings] == ["MMS311"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500), "image1.heic"),
        (b"#!AMR-WB\n" + b"\4" * 600, "image1.awb"),
    ],
)
def test_a_part_under_the_name_of_another_type_gets_its_own(data: bytes, name: str) -> None:
    result = fix(scene(files={"image1.jpg": data, "text1.txt": b"Hello"}).data)
    assert name in names(result)
    assert "MMS461" not in {finding.id for finding in result.report.findings}


def test_the_second_medium_of_a_kind_is_still_sent() -> None:
    smil = SMIL.replace(IMG, IMG + IMG.replace("1", "2"))
    result = fix(scene(smil=smil, add={"image2.jpg": TWO["image2.jpg"]}).data)
    assert names(result) == ["message.smil", "image1.jpg", "text1.txt", "image2.jpg"]


def test_the_subject_that_will_be_sent_is_judged_and_the_source_of_a_message_is_refused(tmp_path):
    assert fix(scene().data).report.findings == ()
    judged = fix(scene().data, subject="Ten past\x07five").report
    assert {finding.id for finding in judged.findings} == {"MMS506"}
    (tmp_path / "message.toml").write_text('[[slides]]\ntext = "Hi"\n', "utf-8")
    with pytest.raises(UsageError) as caught:
        fix(tmp_path)
    assert str(caught.value).endswith(f"(build it first: mmspack build {tmp_path})")
