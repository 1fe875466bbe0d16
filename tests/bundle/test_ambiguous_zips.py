"""Each cause for which two readers read a zip differently has its error; what packers write has none."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import pytest

from mmspack.bundle.zip_reader import read_archive
from mmspack.model import Severity
from mmspack.rules.checking import check
from tests.bundle.ambiguous_zips import siblings
from tests.bundle.hostile_zips import GOOD, make
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
