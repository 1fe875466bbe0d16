"""A copy of the package for each test of a newcomer's day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.newcomer.harness import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A copy of the project to edit and to run: see `Checkout`."""
    return Checkout(tmp_path)
