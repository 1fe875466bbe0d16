"""What `fix` is given besides the bundle, and what it refuses: each of it counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from mmspack import open_bundle, profiles
from mmspack.bundle.bundle import pack
from mmspack.errors import BundleError, UsageError
from mmspack.fixing import fix
from mmspack.model import Part
from tests.rules.cases import LISTED, unzipped
from tests.rules.scenes import (
    AMR,
    MIDI,
    SMIL,
    Scene,
    broken,
    drawn,
    encrypted,
    film,
    noise,
    packed,
    photo,
    saved,
    scene,
    swapped,
)

SMS = "Your summer sale: example.com/sale"


def told(result):
    return [f"{change.part}: {change.what}" for change in result.changes]


def left(result):
    return [f"{one.part}: {one.what} ({', '.join(one.ids)})" for one in result.left]


def ids(result):
    return {finding.id for finding in result.report.findings}


def test_the_subject_that_is_given_is_written_and_counted() -> None:
    made = broken("4000ms", "4s", manifest=f"# Subject: Summer sale\n{LISTED}")
    size = sum(len(data) for name, data in unzipped(scene()).items() if name != "manifest")
    kept, given = fix(made.data), fix(made.data, subject="Winter sale in December")
    assert [kept.bundle.subject, given.bundle.subject] == ["Summer sale", "Winter sale in December"]
    assert [open_bundle(one.bundle.data).subject for one in (kept, given)] == [
        "Summer sale", "Winter sale in December",
    ]  # fmt: skip
    budgets = [one.report.budget for one in (kept, given)]
    assert [budget.content_bytes for budget in budgets if budget] == [size + 11, size + 23]
    assert fix(made.data, subject="").bundle.subject == ""
    # A good bundle is given back as it is, and the subject goes beside it.
    sound = scene().data
    good = fix(sound, subject="Winter sale")
    assert (good.bundle.subject, good.bundle.data, good.changes) == ("Winter sale", sound, ())


def test_the_fallback_stays_with_the_bundle() -> None:
    parts = [
        Part("message.smil", "application/smil", SMIL.replace("4000ms", "4s").encode()),
        Part("image1.jpg", "image/jpeg", photo()),
        Part("text1.txt", "text/plain", b"Hello"),
    ]
    made = pack(parts, "Summer sale", SMS)
    result = fix(made.data)
    assert told(result) == ["message.smil: dur='4s' changed to '4000ms'"]
    assert (result.bundle.subject, result.bundle.fallback) == ("Summer sale", SMS)
    again = open_bundle(result.bundle.data)
    assert (again.subject, again.fallback) == ("Summer sale", SMS)
    assert fix(result.bundle.data).bundle.fallback == SMS


def test_the_profile_the_dialect_and_the_name_are_those_that_are_given() -> None:
    made = scene(files={"image1.jpg": photo(900, 600), "text1.txt": b"Hello"})
    assert fix(made.data).changes == ()
    small = fix(made.data, profile="oma-image-basic", name="summer.zip")
    assert (small.report.profile, small.report.file) == ("oma-image-basic", "summer.zip")
    assert small.report.budget.max_bytes == profiles.get("oma-image-basic").max_bytes
    assert any("it exceeded the profile's pixel size" in line for line in told(small))
    assert fix(made.data, profile=profiles.get("oma-image-basic")).report.profile == "oma-image-basic"
    vianett = fix(made.data, dialect="vianett")
    assert told(vianett) == [
        "mms.smil: renamed from 'message.smil'",
        "None: manifest left out: vianett reads none",
    ]
    assert list(unzipped(Scene(vianett.bundle.data))) == ["mms.smil", "image1.jpg", "text1.txt"]


def test_a_folder_is_called_by_its_name(tmp_path) -> None:
    for name, data in unzipped(broken("4000ms", "4s")).items():
        (tmp_path / name).write_bytes(data)
    result = fix(tmp_path)
    assert result.report.file == str(tmp_path)
    assert told(result) == ["message.smil: dur='4s' changed to '4000ms'"]
    good = fix(scene().data)
    assert unzipped(Scene(result.bundle.data)) == unzipped(Scene(good.bundle.data))
    assert fix(tmp_path, name="summer").report.file == "summer"


def test_a_good_folder_becomes_a_bundle_without_a_change(tmp_path) -> None:
    for name, data in unzipped(scene()).items():
        (tmp_path / name).write_bytes(data)
    result = fix(tmp_path)
    assert (result.changes, result.report.findings) == ((), ())
    assert unzipped(Scene(result.bundle.data)) == unzipped(scene())


@pytest.mark.parametrize("name", ["", "summer.zip"])
def test_what_is_refused_says_where_what_and_the_cure(tmp_path, name: str) -> None:
    folder = tmp_path / "sale"
    folder.mkdir()
    (folder / "message.toml").write_text('[[slides]]\ntext = "Hello"\n')
    bare = tmp_path / "message.smil"
    bare.write_text(SMIL)
    for source, said in (
        (
            folder,
            "a folder with a message.toml is the source of a message, not a bundle "
            "(build it first: mmspack build {})",
        ),
        (bare, "a SMIL file alone is not a message (fix its folder or its zip)"),
    ):
        with pytest.raises(UsageError) as refused:
            fix(source, name=name)
        called = name or str(source)
        assert str(refused.value) == f"{called}: {said.format(called)}"
    for data, said in (
        (packed({}), "contains no parts"),
        (packed({"manifest": b""}), "contains no parts"),
    ):
        with pytest.raises(BundleError) as refused:
            fix(data, name=name)
        assert str(refused.value) == f"{name or 'bundle'}: {said} (rebuild the bundle from its sources)"


def test_each_reason_for_which_a_zip_cannot_be_trusted_is_given() -> None:
    with pytest.raises(BundleError) as refused:
        fix(encrypted(scene()).data, name="sale.zip")
    assert [str(problem) for problem in refused.value.problems] == [
        f"sale.zip: {name!r} is encrypted (rebuild the bundle from its sources)" for name in unzipped(scene())
    ]


# -- pictures ----------------------------------------------------------------------------------------


def picture(data: bytes, name: str = "image1.jpg", **options):
    made = scene(files={name: data, "text1.txt": b"Hello"}, smil=swapped("image1.jpg", name))
    result = fix(made.data, **options)
    return result, next(part for part in result.bundle.parts if part.type.startswith("image/"))


def test_a_picture_that_is_re_encoded_takes_about_as_many_bytes_as_before() -> None:
    """At the first attempt where that keeps its size, whatever a second one might look like."""
    grain = Image.merge("RGB", [Image.effect_noise((300, 200), 60)] * 3)
    rough = saved(grain, "JPEG", quality=15, progressive=True)
    result, part = picture(rough)
    assert told(result)[0].endswith("it was progressive")
    assert "300×200" in told(result)[0]
    assert len(part.data) <= len(rough) * 1.1
    result, part = picture(rough, profile="oma-image-basic")
    assert "it was progressive, exceeded the profile's pixel size" in told(result)[0]
    assert len(part.data) <= len(rough) * 1.1


def test_a_small_picture_may_take_12_000_bytes() -> None:
    dots = saved(drawn(160, 120).convert("RGB"), "WEBP", quality=1)
    assert len(dots) < 1500
    result, part = picture(dots, "image1.webp")
    assert "160×120" in told(result)[0]
    assert len(part.data) <= 12_000


# -- videos and sounds -------------------------------------------------------------------------------


def with_sound(name: str, data: bytes, **options):
    smil = swapped("<text src", f'<audio src="{name}"/><text src')
    return fix(scene(smil=smil, add={name: data}).data, **options)


@pytest.mark.parametrize(
    ("name", "data", "profile", "said"),
    [
        ("audio1.amr", AMR, "oma-text", "oma-text does not take sounds: remove it"),
        ("audio1.mid", MIDI, "oma-text", "MIDI is not re-encoded: export it in another format"),
    ],
)
def test_why_a_sound_stays(name: str, data: bytes, profile: str, said: str) -> None:
    result = with_sound(name, data, profile=profile)
    assert f"{name}: {said} (MMS405)" in left(result)
    assert result.bundle.part(name).data == data


def test_a_clip_that_nothing_decodes_does_not_keep_the_pictures_from_being_fitted() -> None:
    large = noise(700, 500)
    made = scene(
        smil=swapped("<text src", '<video src="video1.3gp"/><text src'),
        files={
            "image1.jpg": large,
            "text1.txt": b"Hello",
            "video1.3gp": film(b"3gp4", (b"s263", b"samr"), (176, 144)),
        },
    )
    room = replace(profiles.get("uk"), max_bytes=60_000, warn_bytes=None)
    result = fix(made.data, profile=room)
    assert "MMS501" not in ids(result)
    assert any("bytes reduced to" in line and line.startswith("image1.jpg") for line in told(result))
    assert result.bundle.part("video1.3gp").data == film(b"3gp4", (b"s263", b"samr"), (176, 144))
