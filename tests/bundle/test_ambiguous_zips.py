"""Each cause for which two readers read a zip differently has its error; what packers write has none."""

from __future__ import annotations

import functools
import struct
from collections.abc import Mapping

import pytest

from mmspack.bundle.zip_reader import read_archive
from mmspack.model import Severity
from mmspack.rules.checking import check
from tests.bundle.ambiguous_zips import siblings, unicode_name
from tests.bundle.hostile_zips import GOOD, Entry, make, with_first
from tests.conftest import SHARED

INPUTS = SHARED / "inputs" / "zips"

ERRORS = {
    "w-go-store": {"MMS126"},
    "dd-stored-sig": {"MMS126"},
    "up-two-first-lies": {"MMS106"},
    "attr-beos-symlink-txt": {"MMS116"},
    "attr-unix-dirmode": {"MMS130"},
    "ver-needed-both-99": {"MMS128"},
    "extra-over-both": {"MMS127"},
    "flag-bit5-both": {"MMS128"},
    "cd-disk1": {"MMS115"},
    "comment-partial-eocd": {"MMS105"},
    "z-zip64-extra": set(),
    "w-infozip-fz": set(),
}
"""The errors of each zip that was handed over."""

CLEAN = {
    "attributes: folder",
    "attributes: MS-DOS, bit archive",
    "attributes: Unix, regular",
    "attributes: OS X, regular",
    "attributes: plain bits",
    "bodies: deflate in one stored block",
    "bodies: empty deflate",
    "descriptors: deflated with a signature",
    "disks: comment of an entry",
    "disks: internal 1",
    "ends: a zip within",
    "ends: comment: a local header",
    "ends: comment: words",
    "extras: an unknown field: both",
    "extras: Java's mark: both",
    "extras: NTFS times: both",
    "extras: the name again: both",
    "extras: timestamp: both",
    "extras: Unicode comment: both",
    "extras: Unix owner: both",
    "flags: bit 1, method 8",
    "flags: bit 2, method 8",
    "flags: bit 11, method 0",
    "names: UTF-8: composed hangul",
    "names: UTF-8: said",
    "orders: directory turned round",
    "versions: both need 10",
    "versions: both need 45",
    "versions: made by 0xb3f",
    "zip64: behind a timestamp",
    "zip64: deflated, both",
    "zip64: directory, size alone",
    "zip64: end",
    "zip64: end that hides count here size offset",
    "zip64: field that nothing needs",
    "zip64: local alone",
}
"""What real packers write, and every reader reads alike."""


@functools.cache
def zips() -> Mapping[str, bytes]:
    return {"good": make(GOOD), **siblings()}


def errors(data: bytes) -> set[str]:
    """The errors about the zip."""
    found = check(data).findings
    return {one.id for one in found if one.severity is Severity.ERROR and one.id.startswith("MMS1")}


@pytest.mark.parametrize("name", sorted(CLEAN))
def test_what_packers_write_and_all_read_alike_is_no_defect(name: str) -> None:
    assert read_archive(zips()[name]).defects == ()


@pytest.mark.parametrize("name", ERRORS)
def test_a_zip_that_was_handed_over_has_its_error(name: str) -> None:
    path = INPUTS / f"{name}.zip"
    if not path.is_file():
        pytest.skip("the shared inputs are not here")
    assert errors(path.read_bytes()) == ERRORS[name]


SIBLINGS = {
    "stored with a descriptor": (
        "MMS126",
        [
            "descriptors: stored with a signature",
            "descriptors: stored without a signature, and sizes",
            "descriptors: of a folder",
        ],
    ),
    "a second name": (
        "MMS106",
        [
            "extras: two names, the second lies: both",
            "extras: another name: directory",
            "extras: another name: local",
            "extras: a name and a NUL: both",
        ],
    ),
    "a link": (
        "MMS116",
        [f"attributes: {host}, link" for host in ("MS-DOS", "VMS", "OS X", "NTFS", "nobody")],
    ),
    "a folder": (
        "MMS130",
        [
            "attributes: MS-DOS, bit folder",
            "attributes: Amiga folder",
            "attributes: NTFS, bit volume",
            "attributes: folder with bytes",
        ],
    ),
    "a version": ("MMS128", ["versions: both need 63", "versions: directory needs 255"]),
    "an extra field": (
        "MMS127",
        [
            "extras: half a head: both",
            "extras: three bytes: local",
            "extras: timestamp of nothing: both",
            "extras: libarchive's link: local",
            "extras: AES: both",
            "extras: strong encryption: directory",
        ],
    ),
    "a flag": ("MMS128", ["flags: bit 4, method 0", "flags: bit 12, method 8", "flags: bit 15, method 0"]),
    "a disk": ("MMS115", ["disks: disk 2", "disks: disk 65535"]),
    "a stray end": (
        "MMS105",
        [
            "ends: comment: an end signature at its end",
            "ends: comment: a whole end record and more",
            "ends: comment: another zip",
            "zip64: locator alone",
        ],
    ),
    "zip64": (
        "MMS129",
        ["zip64: directory, offset alone", "zip64: both headers", "zip64: unneeded field lies"],
    ),
    "a name": (
        "MMS131",
        [
            "names: version, host 3",
            "names: UTF-8: decomposed",
            "names: UTF-8: hangul",
            "names: too long, host 0",
            "names: dot slash, host 3",
        ],
    ),
    "a code page": (
        "MMS113",
        ["names: latin-1, host 0", "names: utf-8 unsaid, host 3", "names: cp437 and UTF-8: said"],
    ),
    "a file that is a folder": ("MMS109", ["orders: a file and a folder", "orders: a file below a file"]),
}


@pytest.mark.parametrize("cause", SIBLINGS)
def test_siblings_have_the_same_error(cause: str) -> None:
    wanted, names = SIBLINGS[cause]
    assert {name: wanted in errors(zips()[name]) for name in names} == dict.fromkeys(names, True)


# -- exactly what is wrong, and nothing else ------------------------------------------------------------

DIFFER = "'image1.jpg' has zip64 fields that readers interpret differently"
EXACTLY = {
    "attributes: MS-DOS, bit device": ("link", "'image1.jpg' is marked as a link or a device"),
    "attributes: NTFS, bit reparse": ("link", "'image1.jpg' is marked as a link or a device"),
    "attributes: Amiga folder": ("folder", "'image1.jpg' is marked as a folder"),
    "attributes: VFAT, bit folder": ("folder", "'image1.jpg' is marked as a folder"),
    "attributes: regular folder": (
        "folder",
        "'pictures/' has the name of a folder, but is marked as a file",
    ),
    "attributes: folder with bytes": (
        "folder-bytes",
        "'pictures/' has the name of a folder, but contains 1 byte",
    ),
    "descriptors: deflated with a signature, and sizes": (
        "descriptor",
        "'image1.jpg' has its sizes both before and after its data",
    ),
    "descriptors: deflated with a signature, and zip64": (
        "descriptor",
        "'image1.jpg' has its sizes both before and after its data",
    ),
    "descriptors: deflated without a signature": (
        "descriptor",
        "'image1.jpg' has a data descriptor without a signature",
    ),
    "descriptors: deflated long": ("descriptor", "'image1.jpg' has a data descriptor of zip64"),
    "descriptors: of a folder": ("descriptor", "'pictures/' is stored with a data descriptor"),
    "disks: disk 65534": ("disk", "'image1.jpg' claims to be on disk 65535"),
    "extras: a name that is cut off: local": ("extra", "'image1.jpg' has a truncated Unicode name"),
    "extras: timestamp of nothing: local": (
        "extra",
        "'image1.jpg' has an empty timestamp: bsdtar stops there",
    ),
    "extras: Xceed's name: local": (
        "extra",
        "'image1.jpg' has the extra field of another name (Xceed), 0x554e",
    ),
    "extras: another name with a wrong sum: local": (
        "mismatch",
        "'image1.jpg': its two headers differ in: Unicode name",
    ),
    "flags: bit 9, method 0": ("flags", "'image1.jpg' has the unsupported flag 0x0200"),
    "names: cp437 and UTF-8: said": (
        "name-bytes",
        "the name 'caf\u00e9.txt' is not ASCII, and not marked as UTF-8",
    ),
    "versions: local header needs 46": ("version", "'image1.jpg' requires zip version 4.6"),
    "versions: directory needs 255": ("version", "'image1.jpg' requires zip version 25.5"),
    "zip64: directory alone": ("zip64", DIFFER),
    "zip64: directory, packed size alone": ("zip64", DIFFER),
    "zip64: directory with the disk": ("zip64", DIFFER),
    "zip64: unneeded local field lies": ("zip64", DIFFER),
    "zip64: twice, the first lies": (
        "mismatch",
        "'image1.jpg': its two headers differ in: compressed size, size",
    ),
    "zip64: end lies about the entries, nothing hidden": ("directory", "its two end records disagree"),
    "zip64: end with more in it": ("directory", "its two end records disagree"),
    "zip64: end needs 99": ("directory", "its two end records disagree"),
    "zip64: end counts otherwise": ("volumes", "it is one volume of a multi-volume archive"),
    "zip64: end on two disks": ("volumes", "it is one volume of a multi-volume archive"),
    "zip64: end on no disk": ("volumes", "it is one volume of a multi-volume archive"),
    "zip64: end at a wrong place": ("directory", "its zip64 end record is not where its locator says"),
    "zip64: count without zip64": (
        "directory",
        "its end record leaves numbers to a zip64 record that is not there",
    ),
}


@pytest.mark.parametrize("name", EXACTLY)
def test_a_cause_is_one_defect_in_words_of_its_own(name: str) -> None:
    assert [(one.kind, one.message) for one in read_archive(zips()[name]).defects] == [EXACTLY[name]]


@pytest.mark.parametrize("at", [16, 20, 24 + 32, 36 + 36])
def test_every_disk_of_a_zip64_end_counts(at: int) -> None:
    """Of the zip64 end record (disk, disk of the directory) and of its locator."""
    whole = bytearray(zips()["zip64: end that hides offset"])
    begin = whole.index(b"PK\6\6")
    places = {16: begin + 16, 20: begin + 20, 56: begin + 56 + 4, 72: begin + 56 + 16}
    whole[places[at]] ^= 3
    assert [one.kind for one in read_archive(bytes(whole)).defects] == ["volumes"]


def test_plain_sizes_that_lie_are_not_saved_by_zip64() -> None:
    size = len(GOOD[0].data)
    extra = struct.pack("<2H2Q", 1, 16, size, size)
    defects = read_archive(with_first(local={"size": 1, "extra": extra})).defects
    assert [one.message for one in defects] == ["'image1.jpg': its two headers differ in: size"]


def test_a_unicode_name_that_changes_more_than_accents_is_another_name() -> None:
    for name, kinds in (("caf\u00e9.txt", ["name-bytes"]), ("evil\u00e9.txt", ["mismatch", "name-bytes"])):
        entry = Entry(name=b"caf\x82.txt", extra=unicode_name(name.encode(), of=b"caf\x82.txt"))
        archive = read_archive(make([*GOOD, entry]))
        assert [one.kind for one in archive.defects] == kinds
    wrong_sum = Entry(name=b"caf\x82.txt", extra=unicode_name("caf\u00e9.txt".encode(), of=b"x"))
    assert {one.kind for one in read_archive(make([*GOOD, wrong_sum])).defects} == {"mismatch", "name-bytes"}


def test_the_zip64_fields_of_an_entry_are_read_in_their_order() -> None:
    archive = read_archive(zips()["zip64: directory with the disk"])
    assert next((entry.name, entry.offset, entry.data) for entry in archive.entries) == (
        "image1.jpg",
        0,
        GOOD[0].data,
    )
