"""The zip reader believes nothing: every hostile zip ends in the defect that it has, and in no other."""

from __future__ import annotations

import io
import random
import re
import struct
import time
import tracemalloc
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmspack.bundle import zip_directory, zip_reader
from mmspack.bundle.bundle import pack
from mmspack.bundle.zip_reader import open_bundle, read_archive
from mmspack.errors import BundleError, InputError
from mmspack.model import Part
from tests.bundle.hostile_zips import GOOD, HOSTILE, Entry, _descriptor, make, with_first


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


@pytest.mark.slow
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


TOLD = {
    "empty file": ["the file is empty"],
    "text": ["it is not a zip: it looks like text"],
    "jpeg": ["it is not a zip: it looks like JPEG"],
    "truncated": ["the zip is truncated after 200 bytes, before its directory"],
    "prefix": ["7 bytes before the zip"],
    "prefix with offsets that know it": ["10 bytes before the zip"],
    "prefix of an empty zip": ["1 byte before the zip"],
    "hidden entry of an empty zip": ["the entry at byte 0 is not listed in the directory"],
    "suffix": ["13 bytes after the end of the zip"],
    "two archives": ["[0-9]+ bytes before the zip, including another archive"],
    "two end records": ["it has two end records, and readers disagree about which one counts"],
    "count too high": ["the directory has 3 readable entries, but declares 4"],
    "count too low": ["the directory has 3 readable entries, but declares 2"],
    "broken record in the directory": ["the directory has 1 readable entries, but declares 3"],
    "entry that leaves the directory": ["the directory has 1 readable entries, but declares 3"],
    "directory beyond the file": ["the directory should be at byte 90,000, beyond byte [0-9,]+"],
    "stray bytes in the directory": ["the directory contains stray bytes"],
    "several volumes": ["it is one volume of a multi-volume archive"],
    "zip64 end that is not there": ["its end record leaves numbers to a zip64 record that is not there"],
    "zip64 locator": ["its zip64 end record is not where its locator says"],
    "zip64 extra that lies": ["'image1.jpg' has zip64 fields that readers interpret differently"],
    "zip64 offset": ["'image1.jpg' has zip64 fields that readers interpret differently"],
    "zip64 size that is not there": ["'image1.jpg': its two headers differ in: size"],
    "symlink of another host": ["'a.txt' is a link or a device, not a file"],
    "junction": ["'a.txt' is marked as a link or a device"],
    "folder with bytes": ["'a/' has the name of a folder, but contains 7 bytes"],
    "folder by its mode": ["'a.txt' is marked as a folder"],
    "folder marked as a file": ["'a/' has the name of a folder, but is marked as a file"],
    "label of a disk": ["'a.txt' is marked as a volume label"],
    "stored with a data descriptor": ["'image1.jpg' is stored with a data descriptor"],
    "extra field that is cut off": ["'image1.jpg' has a truncated extra field"],
    "extra field of AES": ["'image1.jpg' has the extra field of AES encryption, 0x9901"],
    "flag": ["'image1.jpg' has the unsupported flag 0x0020"],
    "version": ["'image1.jpg' requires zip version 9.9"],
    "another disk": ["'image1.jpg' claims to be on disk 2"],
    "comment without end": ["the zip comment has 65,535 bytes: some readers do not find the end of the zip"],
    "version of VMS": ["'a.txt;1' ends like a VMS version number, which unzip removes"],
    "accent apart": ["'cafe\u0301.txt' has decomposed accents \\(NFD\\), which some readers compose"],
    "file and folder": ["'image1.jpg' is a file, and 'image1.jpg/a.txt' makes a folder of it"],
    "many entries": ["257 entries, more than 256"],
    "hidden local entry": ["the entry at byte [0-9,]+ is not listed in the directory"],
    "bytes between entries": ["3 bytes outside any entry at byte [0-9,]+"] * 3,
    "overlap": ["'text2.txt' shares its bytes with 'text3.txt'"],
    "local name": ["'image1.jpg': its two headers differ in: name"],
    "local name and method": ["'image1.jpg': its two headers differ in: name, method"],
    "local method": ["'image1.jpg': its two headers differ in: method"],
    "local sizes left blank": ["'image1.jpg': its two headers differ in: checksum, compressed size, size"],
    "zip64 extra behind another": ["'image1.jpg' has zip64 fields that readers interpret differently"],
    "less than promised": ["'a.txt' is damaged: inflates to 4 bytes, but 9 are declared"],
    "local flags": ["'image1.jpg': its two headers differ in: flags"],
    "local checksum": ["'image1.jpg': its two headers differ in: checksum"],
    "local size": ["'image1.jpg': its two headers differ in: size"],
    "local compressed size": ["'image1.jpg': its two headers differ in: compressed size"],
    "compressed size beyond the directory": [
        "'image1.jpg': its two headers differ in: compressed size, length"
    ],
    "offset into nothing": ["'image1.jpg': no entry at the place given in the directory"],
    "offset beyond the file": ["'image1.jpg': no entry at the place given in the directory"],
    "data descriptor": ["'image1.jpg': its two headers differ in: data descriptor"],
    "data descriptor without a signature": ["'image1.jpg': its two headers differ in: data descriptor"],
    "second name in UTF-8": ["'image1.jpg': its two headers differ in: Unicode name"],
    "bad checksum": ["'image1.jpg' is damaged: its checksum is wrong"],
    "broken deflate": [r"'image1.jpg' is damaged: cannot be inflated \(.*\)"],
    "deflate that goes on": ["'image1.jpg' is damaged: its compressed data does not end where it should"],
    "more than promised": [
        "'bomb.txt' is damaged: inflates to more than 1,000 bytes, but 1,000 are declared"
    ],
    "bomb by ratio": [r"'bomb.txt' unpacks to [0-9,]+ times its size \(20,000,000 bytes\)"],
    "bomb by total": [f"with 't{n}.txt' it unpacks to more than 16,000,000 bytes" for n in (6, 7)],
    "encrypted": ["'image1.jpg' is encrypted"],
    "AES": ["'image1.jpg' is encrypted"],
    "zstd": ["'image1.jpg' uses compression method 93"],
    "symlink": ["'a.txt' is a link or a device, not a file"],
    "duplicate": ["'image1.jpg' occurs 2 times in the zip"],
    "case clash": ["'TEXT1.TXT' and 'text1.txt' differ only in case"],
    "traversal": ["'../../etc/passwd' points outside its folder"],
    "dot": ["'a/./b' points outside its folder"],
    "empty step": ["'a//b' points outside its folder"],
    "absolute": ["'/etc/passwd' is an absolute path"],
    "drive": ["'C:evil.exe' starts with a drive letter"],
    "traversal by backslash": [r"'\.\.\\\\evil.exe' points outside its folder"],
    "absolute by backslash": [r"'\\\\host\\\\a.txt' is an absolute path"],
    "backslash": [r"'a\\\\\w+.\w+' contains a backslash"] * 3,
    "here": [r"'\./\w+.\w+' starts with './'"] * 3,
    "no name": ["an entry has no name"],
    "NUL": [r"'a.smil\\x00.exe' contains the control character 0x00"],
    "latin-1 name": ["the name 'caf.\\.txt' is not ASCII, and not marked as UTF-8"],
    "flag without UTF-8": ["the name 'caf.\\.txt' is not ASCII, and marked as UTF-8 but is not"],
}


@pytest.mark.parametrize("name", TOLD)
def test_a_defect_is_told_with_its_numbers_and_its_entry(name: str) -> None:
    defects = read_archive(HOSTILE[name][1]()).defects
    assert len(defects) == len(TOLD[name])
    for defect, pattern in zip(defects, TOLD[name], strict=True):
        assert re.fullmatch(pattern, defect.message), defect.message
        names_one = re.match(r"(the name |with )?'", defect.message) is not None
        assert names_one == bool(defect.entry)
        assert defect.entry is None or repr(defect.entry) in defect.message or not defect.entry


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_zip_opens_as_a_bundle(name: str) -> None:
    with pytest.raises(BundleError) as caught:
        open_bundle(HOSTILE[name][1]())
    assert "\n" not in caught.value.message


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_an_entry_with_a_defect_is_not_read(name: str) -> None:
    archive = read_archive(HOSTILE[name][1]())
    doubted = {
        defect.entry for defect in archive.defects if not (defect.leaves_bytes or defect.kind == "duplicate")
    }
    for entry in archive.entries:
        assert entry.name not in doubted or entry.data is None


def test_one_bad_entry_does_not_hide_the_others() -> None:
    archive = read_archive(HOSTILE["bad checksum"][1]())
    assert [entry.data is None for entry in archive.entries] == [True, False, False]


@pytest.mark.parametrize("cut", range(0, len(make(GOOD)), 64))
def test_a_truncated_zip_has_one_defect(cut: int) -> None:
    assert len(kinds(make(GOOD)[:cut])) == 1


@settings(deadline=None)
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


def test_a_word_of_a_zip_is_a_zip_that_breaks_off() -> None:
    assert [kinds(data) for data in (b"P", b"PK", b"PK\3", b"PK\3\4")] == [["truncated"]] * 4
    assert kinds(b"PX") == ["not-zip"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\1\2\3", "it is not a zip, nor any other known type of file"),
        (b"PK\5\6\0\0", "it starts like a zip, but its end record is incomplete"),
    ],
)
def test_a_file_that_is_no_zip_is_named_by_what_it_is(data: bytes, words: str) -> None:
    (defect,) = read_archive(data).defects
    assert (defect.kind, defect.message) == ("not-zip", words)


def test_a_lying_entry_is_never_inflated_whole() -> None:
    data = HOSTILE["more than promised"][1]()
    tracemalloc.start()
    read_archive(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_an_opened_bundle_keeps_its_subject() -> None:
    packed = pack([Part("text1.txt", "text/plain", b"Hello")], "Summer sale: caf\u00e9")
    assert open_bundle(packed.data) == packed


# -- the bounds, exactly --------------------------------------------------------------------------


def test_the_bounds_themselves_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kinds(make([Entry(name=b"%d" % n) for n in range(256)])) == []
    whole = make(GOOD)
    monkeypatch.setattr(zip_directory, "MAX_ARCHIVE_BYTES", len(whole))
    monkeypatch.setattr(zip_reader, "MAX_TOTAL_BYTES", sum(len(entry.data) for entry in GOOD))
    assert kinds(whole) == []
    monkeypatch.setattr(zip_reader, "MAX_TOTAL_BYTES", sum(len(entry.data) for entry in GOOD) - 1)
    assert kinds(whole) == ["bomb"]
    monkeypatch.setattr(zip_directory, "MAX_ARCHIVE_BYTES", len(whole) - 1)
    assert [defect.message for defect in read_archive(whole).defects] == [
        f"{len(whole):,} bytes: more than {len(whole) - 1:,} are not read"
    ]


def test_a_small_part_may_have_any_ratio_and_a_large_one_a_hundredfold() -> None:
    assert kinds(make([Entry(name=b"a.bmp", data=bytes(100_000), method=8)])) == []
    assert kinds(make([Entry(name=b"a.bmp", data=bytes(100_001), method=8)])) == ["bomb"]
    packed = Entry(name=b"a.txt", data=b"x" * 200_000, method=8)
    stored = len(packed.body)
    wordy = make([Entry(name=b"a.txt", data=random.Random(1).randbytes(3000) * 40, method=8)])
    assert stored < 2000
    assert kinds(wordy) == []


def test_a_part_left_out_for_the_total_does_not_push_out_a_smaller_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = [
        Entry(name=b"a", data=b"x" * 60),
        Entry(name=b"b", data=b"x" * 50),
        Entry(name=b"c", data=b"x" * 30),
    ]
    monkeypatch.setattr(zip_reader, "MAX_TOTAL_BYTES", 100)
    archive = read_archive(make(parts))
    assert [(entry.name, entry.data is not None) for entry in archive.entries] == [
        ("a", True),
        ("b", False),
        ("c", True),
    ]


def test_harmless_extras_are_harmless() -> None:
    stamp = struct.pack("<2HBL", 0x5455, 5, 1, 0)
    agreeing = b"\1" + struct.pack("<L", zlib.crc32(b"image1.jpg")) + b"image1.jpg"
    assert kinds(with_first(extra=stamp)) == []
    assert kinds(with_first(extra=struct.pack("<2H", 0x7075, len(agreeing)) + agreeing)) == []
    assert kinds(make(GOOD, comment=b"made by hand")) == []
    assert kinds(make([*GOOD, Entry(name="caf\u00e9.txt".encode(), flags=0x800)])) == []
    assert kinds(make([*GOOD, Entry(name=b"folder/", data=b"", attributes=0o040755 << 16)])) == []


def test_a_descriptor_without_a_signature_is_a_defect_of_bytes_that_are_read() -> None:
    first = replace(GOOD[0], method=8, flags=8, local={"crc": 0, "compressed": 0, "size": 0})
    body = struct.pack("<3L", zlib.crc32(first.data), len(first.body), len(first.data))
    archive = read_archive(make([replace(first, descriptor=body), *GOOD[1:]]))
    assert [defect.kind for defect in archive.defects] == ["descriptor"]
    assert archive.entries[0].data == first.data


def test_both_of_two_overlapping_entries_are_doubted() -> None:
    archive = read_archive(HOSTILE["overlap"][1]())
    assert {entry.name for entry in archive.entries if entry.data is None} == {"text2.txt", "text3.txt"}
    assert archive.entry("image1.jpg").data == GOOD[0].data  # type: ignore[union-attr]


def test_facts_of_an_entry_are_kept() -> None:
    archive = read_archive(make(GOOD))
    entry = archive.entry("text1.txt")
    assert entry is not None
    assert (entry.method, entry.size, entry.compressed_size) == (8, 200, len(GOOD[1].body))
    assert entry.offset == 30 + len("image1.jpg") + len(GOOD[0].data)
    assert archive.size == len(make(GOOD))
    assert archive.names == ("image1.jpg", "text1.txt", "manifest")
    assert archive.entry("nothing") is None


def test_a_refused_bundle_names_every_problem_and_where_to_read_more(tmp_path: Path) -> None:
    path = tmp_path / "summer.zip"
    path.write_bytes(
        make(
            [replace(GOOD[0], packed=bytes(len(GOOD[0].data))), replace(GOOD[1], flags=1, local={"flags": 1})]
        )
    )
    with pytest.raises(BundleError) as caught:
        open_bundle(path)
    assert caught.value.lines == (
        f"{path}: 'text1.txt' is encrypted",
        f"{path}: 'image1.jpg' is damaged: its checksum is wrong",
    )
    assert caught.value.hint == "mmspack check reports more"
    with pytest.raises(BundleError, match=r"^bundle: 'text1"):
        open_bundle(path.read_bytes())


def test_an_opened_bundle_holds_the_bytes_and_the_listed_parts() -> None:
    listing = b"image1.jpg=image/jpeg\nmanifest=text/plain\ngone.jpg=image/jpeg\ntext1.txt=text/plain\n"
    data = make([*GOOD[:2], Entry(name=b"manifest", data=listing)])
    bundle = open_bundle(data)
    assert bundle.data == data
    assert [(part.name, part.data) for part in bundle.parts] == [
        ("image1.jpg", GOOD[0].data),
        ("text1.txt", GOOD[1].data),
    ]


def test_a_file_too_large_for_a_message_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "film.zip"
    with path.open("wb") as stream:
        stream.truncate(zip_reader.MAX_ARCHIVE_BYTES + 1)
    with pytest.raises(InputError, match=r"film\.zip: 16,000,001 bytes: no message is larger than 5 MB"):
        open_bundle(path)


def test_a_zip_of_nothing_and_one_with_a_long_comment_are_whole() -> None:
    assert kinds(make([])) == []
    assert kinds(make(GOOD, comment=b"x" * 60_000)) == []
    assert kinds(make(GOOD, comment=b"x" * 60_001)) == ["comment"]


@pytest.mark.parametrize("field", [4, 6, 8])
def test_each_number_that_tells_of_volumes_counts(field: int) -> None:
    whole = bytearray(make(GOOD))
    whole[whole.index(b"PK\5\6") + field] ^= 1
    assert kinds(bytes(whole)) == ["volumes"]


def test_a_zip_that_is_too_large_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_directory, "MAX_ARCHIVE_BYTES", 100)
    assert kinds(make(GOOD)) == ["huge"]


def test_a_backslash_is_a_folder_and_two_ways_to_write_one_name_are_doubles() -> None:
    archive = read_archive(
        make([Entry(name=b"a/b.txt", data=b"1"), Entry(name=b"a\\b.txt", data=b"2"), Entry(name=b"c\\")])
    )
    assert [(defect.kind, defect.message) for defect in archive.defects] == [
        ("name-backslash", r"'a\\b.txt' contains a backslash"),
        ("name-backslash", r"'c\\' contains a backslash"),
        ("duplicate", r"'a\\b.txt' and 'a/b.txt' are the same name to half of the readers"),
    ]
    assert [entry.is_folder for entry in archive.entries] == [False, False, True]
