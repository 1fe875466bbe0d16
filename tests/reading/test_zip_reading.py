"""The zip reader believes nothing: every hostile zip ends in the defect that it has, and in no other."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile

import pytest
from hostile_zips import GOOD, HOSTILE, Entry, _descriptor, make
from hypothesis import given
from hypothesis import strategies as st

from mmspack.errors import BundleError, InputError
from mmspack.packing.reading import open_bundle, read_archive


def kinds(data: bytes) -> list[str]:
    return [defect.kind for defect in read_archive(data).defects]


def test_reads_a_good_zip() -> None:
    archive = read_archive(make(GOOD))
    assert archive.defects == ()
    assert [(entry.name, entry.data) for entry in archive.entries] == [
        (e.name.decode(), e.data) for e in GOOD
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_reads_what_zipfile_writes(method: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("café.txt", "x" * 1000)
        archive.mkdir("folder")
    found = read_archive(stream.getvalue())
    assert found.defects == ()
    assert [(entry.name, entry.is_folder) for entry in found.entries] == [
        ("café.txt", False),
        ("folder/", True),
    ]


def test_reads_a_streamed_zip_with_data_descriptors() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    stream = Pipe()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "x" * 1000)
    found = read_archive(stream.getvalue())
    assert found.defects == ()
    assert found.entries[0].data == b"x" * 1000


def test_a_right_descriptor_is_no_defect() -> None:
    assert kinds(_descriptor(GOOD[0].data)) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_has_its_defect_and_no_other(name: str) -> None:
    kind, construct = HOSTILE[name]
    data = construct()
    tracemalloc.start()
    began = time.perf_counter()
    found = {defect.kind for defect in read_archive(data).defects}
    took, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == {kind}
    assert took < 2
    assert peak < 100_000_000


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_zip_opens_as_a_bundle(name: str) -> None:
    with pytest.raises(BundleError) as caught:
        open_bundle(HOSTILE[name][1]())
    assert "\n" not in caught.value.message


def test_one_bad_entry_does_not_hide_the_others() -> None:
    archive = read_archive(HOSTILE["bad checksum"][1]())
    assert [entry.data is None for entry in archive.entries] == [True, False, False]


@pytest.mark.parametrize("cut", range(0, len(make(GOOD)), 64))
def test_a_truncated_zip_has_one_defect(cut: int) -> None:
    assert len(kinds(make(GOOD)[:cut])) == 1


@given(st.data())
def test_any_single_changed_byte_is_noticed_or_harmless(data: st.DataObject) -> None:
    whole = make(GOOD)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    archive = read_archive(changed)
    if not archive.defects:
        assert [entry.data for entry in archive.entries] == [entry.data for entry in GOOD]


def test_opens_a_bundle_in_the_order_of_its_manifest() -> None:
    listing = b"# theirs\ntext1.txt : text/plain\nimage1.jpg image/JPEG\n"
    bundle = open_bundle(make([*GOOD[:2], Entry(name=b"manifest", data=listing)]))
    assert [(part.name, part.type) for part in bundle.parts] == [
        ("text1.txt", "text/plain"),
        ("image1.jpg", "image/jpeg"),
    ]


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (GOOD[:2], "no file named 'manifest'"),
        ([GOOD[0], Entry(name=b"manifest", data=b"# nothing\n")], "lists no part"),
    ],
)
def test_refuses_a_zip_that_is_no_bundle(entries: list[Entry], words: str) -> None:
    with pytest.raises(BundleError, match=words):
        open_bundle(make(entries))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InputError, match=r"nowhere\.zip: cannot read the bundle"):
        open_bundle("nowhere.zip")
