"""What two zip readers that are installed here read differently is an error."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bundle.ambiguous_zips import FAMILIES
from tests.bundle.hostile_zips import GOOD
from tests.bundle.readers import Reading, readers
from tests.bundle.test_ambiguous_zips import CLEAN, errors, zips


@pytest.fixture(scope="module")
def readings() -> Mapping[str, Mapping[str, Reading]]:
    """What each reader here makes of each zip, by the zip's name."""
    found: dict[str, dict[str, Reading]] = {name: {} for name in zips()}
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, data in enumerate(zips().values()):
            paths.append(Path(folder, f"{number}.zip"))
            paths[-1].write_bytes(data)
        for reader, read in readers().items():
            with tempfile.TemporaryDirectory() as scratch:
                for name, reading in zip(zips(), read(Path(scratch), paths), strict=True):
                    found[name][reader] = reading
    return found


def _files(reading: Reading) -> frozenset[tuple[str, str]]:
    """The files, and the folders in the place of a file: a plain folder is not a part of a message."""
    return frozenset(
        (name, told) for name, told in reading.items() if told != "a folder" or name.startswith("image1.jpg")
    )


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_reader_reads_the_good_message(readings: Mapping[str, Mapping[str, Reading]]) -> None:
    assert len(readings["good"]) >= 1
    assert {_files(reading) for reading in readings["good"].values()} == {_files(readings["good"]["zipfile"])}
    assert len(readings["good"]["zipfile"]) == len(GOOD)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_zip_that_two_readers_read_differently_is_an_error(
    family: str, readings: Mapping[str, Mapping[str, Reading]]
) -> None:
    if len(readers()) < 2:
        pytest.skip("no other zip reader is installed")
    missed = [
        name
        for name, by_reader in readings.items()
        if name.startswith(f"{family}: ")
        and len({_files(reading) for reading in by_reader.values()}) > 1
        and not errors(zips()[name])
    ]
    assert missed == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", sorted(CLEAN))
def test_what_is_said_to_be_read_alike_is(name: str, readings: Mapping[str, Mapping[str, Reading]]) -> None:
    assert len({_files(reading) for reading in readings[name].values()}) == 1
