"""A short run of the fuzz targets. Long runs: `python tests/fuzz/run.py TARGET --minutes 60`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import mutated, rezipped, seeds
from tests.fuzz.targets import TARGETS

pytestmark = pytest.mark.slow

SHORT = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("target", TARGETS)
def test_any_bytes(target: str) -> None:
    SHORT(given(st.binary(max_size=300))(TARGETS[target]))()


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_broken_copies_of_good_bytes(target: str) -> None:
    SHORT(given(mutated(target))(TARGETS[target]))()


@pytest.mark.slow
@pytest.mark.parametrize("target", ["check", "fix"])
def test_one_broken_part_in_a_good_message(target: str) -> None:
    SHORT(given(rezipped())(TARGETS[target]))()


@pytest.mark.parametrize("target", TARGETS)
def test_the_seeds_and_the_kept_corpus(target: str) -> None:
    for data in seeds(target):
        TARGETS[target](data)


def test_the_corpus_belongs_to_targets() -> None:
    assert {path.name for path in (Path(__file__).parent / "corpus").iterdir()} <= set(TARGETS)
