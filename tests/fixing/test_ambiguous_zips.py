"""A zip that readers read differently is rewritten where its parts are beyond doubt, else refused."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import pytest

from mmspack.bundle.zip_reader import read_archive
from mmspack.errors import BundleError
from mmspack.fixing import FixResult, fix
from mmspack.rules.checking import check
from tests.bundle.ambiguous_zips import siblings
from tests.bundle.hostile_zips import GOOD
from tests.conftest import SHARED
from tests.rules.cases import LISTED, unzipped
from tests.rules.scenes import SMIL, Scene, packed, scene

INPUTS = SHARED / "inputs" / "zips"
REWRITTEN = {
    "w-go-store": "without data descriptors",
    "dd-stored-sig": "without data descriptors",
    "attr-unix-dirmode": "marked as files",
    "ver-needed-both-99": "for readers of any version",
    "extra-over-both": "without extra fields",
    "flag-bit5-both": "without unsupported flags",
    "cd-disk1": "as one file",
}
REFUSED = ["up-two-first-lies", "attr-beos-symlink-txt", "comment-partial-eocd"]
FINE = ["z-zip64-extra", "w-infozip-fz"]


@functools.cache
def zips() -> Mapping[str, bytes]:
    return siblings()


def handed_over(name: str) -> bytes:
    path = INPUTS / f"{name}.zip"
    if not path.is_file():
        pytest.skip("the shared inputs are not here")
    return path.read_bytes()


def is_mended(result: FixResult) -> bool:
    """True where the result has no error, is read without a defect, and is not changed again."""
    data = result.bundle.data
    return result.report.ok and not read_archive(data).defects and not fix(data).changed


@pytest.mark.parametrize("name", REWRITTEN)
def test_writing_an_ambiguous_zip_again_is_a_change_that_says_so(name: str) -> None:
    data = handed_over(name)
    result = fix(data)
    assert [change.what for change in result.changes if "ambiguous zip rewritten" in change.what]
    assert REWRITTEN[name] in result.changes[0].what
    assert is_mended(result)


@pytest.mark.parametrize("name", REFUSED)
def test_a_zip_of_which_nobody_knows_what_was_meant_is_refused(name: str) -> None:
    with pytest.raises(BundleError):
        fix(handed_over(name))


@pytest.mark.parametrize("name", FINE)
def test_zip64_that_all_readers_read_alike_is_left_alone(name: str) -> None:
    data = handed_over(name)
    result = fix(data)
    assert result.report.ok
    assert all("rewritten" not in change.what for change in result.changes)


@pytest.mark.parametrize(
    "name",
    [
        "descriptors: stored without a signature",
        "descriptors: deflated long, and zip64",
        "attributes: NTFS, bit volume",
        "attributes: Amiga folder",
        "versions: directory needs 63",
        "versions: both need 255",
        "extras: three bytes: both",
        "extras: libarchive's folder: local",
        "extras: Xceed's name: directory",
        "flags: bit 15, method 8",
        "flags: bit 4, method 0",
        "disks: disk 2",
        "disks: disk 65535",
        "zip64: directory, offset alone",
        "zip64: both headers",
    ],
)
def test_siblings_are_rewritten_with_the_same_parts(name: str) -> None:
    result = fix(zips()[name])
    assert "ambiguous zip rewritten" in result.changes[0].what
    assert is_mended(result)
    assert {part.name: part.data for part in result.bundle.parts} == {
        entry.name.decode(): entry.data for entry in GOOD[:2]
    }


@pytest.mark.parametrize(
    "name",
    [
        "extras: another name: directory",
        "extras: two names, the second lies: both",
        "attributes: OS X, link",
        "attributes: folder with bytes",
        "zip64: local lies",
        "ends: comment: another zip",
        "orders: a file and a folder",
    ],
)
def test_siblings_that_could_mean_something_else_are_refused(name: str) -> None:
    with pytest.raises(BundleError):
        fix(zips()[name])


# -- text in the place of a picture ---------------------------------------------------------------------

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0\nsize 12345\n"
NOT_PICTURES = {
    "a pointer": POINTER,
    "an error in JSON": b'{"error": {"code": 404, "message": "not found"}}',
    "a note": b"Picture follows tomorrow.",
    "a page": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
}


def picture_missing(result: FixResult) -> bool:
    """True where the part stays what it was declared as, with its error and the reason why it stays."""
    reasons = {change.part: change.what for change in result.left}
    return (
        any(finding.id == "MMS401" and finding.part != "text1.txt" for finding in result.report.findings)
        and "image1.jpg" in {part.name for part in result.bundle.parts}
        and "is missing" in reasons.get("image1.jpg", "")
    )


@pytest.mark.parametrize("what", NOT_PICTURES)
def test_text_in_a_pictures_place_is_a_missing_picture(what: str) -> None:
    made = scene(files={"image1.jpg": NOT_PICTURES[what], "text1.txt": b"Hello"})
    result = fix(made.data)
    assert picture_missing(result)
    assert b"<img" in result.bundle.parts[0].data


@pytest.mark.parametrize("what", NOT_PICTURES)
def test_without_a_manifest_too(what: str) -> None:
    made = scene(files={"image1.jpg": NOT_PICTURES[what], "text1.txt": b"Hello"}, manifest=None)
    result = fix(made.data)
    types = {part.name: part.type for part in result.bundle.parts}
    assert types["image1.jpg"] == "image/jpeg"
    assert not result.report.ok


def test_the_pointer_that_was_handed_over_stays_an_error() -> None:
    assert picture_missing(fix(handed_over("img-is-lfs")))


def test_a_text_that_is_named_as_one_is_a_text_whatever_it_is_declared_as() -> None:
    result = fix(scene(types={"text1.txt": "image/jpeg"}).data)
    assert result.report.ok
    assert {part.name: part.type for part in result.bundle.parts}["text1.txt"] == "text/plain"


# -- names that are written otherwise -------------------------------------------------------------------

WRITTEN = [
    " image1.jpg",
    "image1.jpg ",
    "/image1.jpg",
    "./image1.jpg",
    ".\\image1.jpg",
    "image1.jpg#x",
    "image1.jpg?x",
    "image1.jpeg",
    "image1.JPG",
    "image1",
    "pictures\\image1.jpg",
    "pictures/image1.jpg",
    "C:\\a\\image1.jpg",
    "image1%2Ejpg",
]


def escaped(name: str) -> str:
    return "".join(f"\\{c}" if c in "\\ #:" else c for c in name)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_line_that_writes_a_name_otherwise_means_the_file(name: str) -> None:
    made = scene(manifest=LISTED.replace("image1.jpg", escaped(name)))
    assert [finding.id for finding in check(made.data).findings] == ["MMS203"]
    result = fix(made.data)
    assert is_mended(result)
    assert {part.name for part in result.bundle.parts} == {"message.smil", "image1.jpg", "text1.txt"}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_slide_that_writes_a_name_otherwise_shows_the_file(name: str) -> None:
    result = fix(scene(smil=SMIL.replace("image1.jpg", name)).data)
    assert is_mended(result)
    assert b'src="image1.jpg"' in result.bundle.parts[0].data


@pytest.mark.parametrize("name", [one for one in WRITTEN if not one.startswith("C:")])
def test_a_file_that_is_named_otherwise_stays_in_the_message(name: str) -> None:
    files = unzipped(scene())
    files[name] = files.pop("image1.jpg")
    result = fix(packed(files))
    assert is_mended(result)
    assert len(result.bundle.parts) == 3


@pytest.mark.parametrize("name", [one for one in WRITTEN if not one.startswith("C:") and "%" not in one])
def test_where_all_agree_on_an_odd_name_one_finding_is_enough(name: str) -> None:
    files = unzipped(
        scene(smil=SMIL.replace("image1.jpg", name), manifest=LISTED.replace("image1.jpg", escaped(name)))
    )
    files[name] = files.pop("image1.jpg")
    assert len({finding.id for finding in check(packed(files)).findings}) <= 1
    assert is_mended(fix(packed(files)))


def test_one_of_two_files_is_not_guessed() -> None:
    made = scene(
        manifest=LISTED.replace("image1.jpg", "image.jpeg"), add={"a/image.jpg": b"1", "b/image.jpg": b"2"}
    )
    assert "MMS203" in {finding.id for finding in check(made.data).findings}


@pytest.mark.parametrize("ending", ["jpg", "txt"])
def test_a_decomposed_name_is_reported_and_joined(ending: str) -> None:
    name, other = ("cafe\u0301.jpg", "text1.txt") if ending == "jpg" else ("image1.jpg", "cafe\u0301.txt")
    composed = SMIL.replace("image1.jpg", name.replace("e\u0301", "\u00e9")).replace(
        "text1.txt", other.replace("e\u0301", "\u00e9")
    )
    files = unzipped(scene())
    made = packed(
        {
            "message.smil": composed.encode(),
            name: files["image1.jpg"],
            other: files["text1.txt"],
            "manifest": LISTED.replace("image1.jpg", name.replace("e\u0301", "\\u00e9"))
            .replace("text1.txt", other.replace("e\u0301", "\\u00e9"))
            .encode(),
        }
    )
    assert [finding.id for finding in check(made).findings] == ["MMS131"]
    assert is_mended(fix(made))


def test_the_decomposed_name_that_was_handed_over() -> None:
    data = handed_over("nfd")
    (finding,) = check(data).findings
    assert (finding.id, "NFD" in finding.message) == ("MMS131", True)
    assert is_mended(fix(data))


def test_a_line_with_its_accents_apart_says_what_differs() -> None:
    made = scene(
        smil=SMIL.replace("image1", "caf\u00e9"),
        files={"caf\u00e9.jpg": unzipped(scene())["image1.jpg"], "text1.txt": b"Hello"},
        manifest=LISTED.replace("image1", "cafe\\u0301"),
    )
    messages = [finding.message for finding in check(made.data).findings if finding.id == "MMS203"]
    assert messages
    assert all("accents encoded differently" in message for message in messages)
    assert isinstance(made, Scene)
