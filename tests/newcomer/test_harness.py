"""What the other rows rely on: the copy is what runs, and the original stays as it is."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


def test_what_is_edited_is_what_runs(checkout):
    checkout.edit("mmspack/version.py", 'VERSION = "', 'VERSION = "9.9.')
    assert checkout.mmspack("--version").out.startswith("mmspack 9.9.")
    assert checkout.python("import mmspack; print(mmspack.__version__)").startswith("9.9.")
    assert checkout.touched == ["mmspack/version.py"]
    assert 'VERSION = "9.9.' not in (ROOT / "mmspack/version.py").read_text("utf-8")


def test_the_copy_builds_and_runs_its_own_tests(checkout):
    checkout.add(
        "tests/test_of_a_newcomer.py", "def test_runs(mmspack):\n    assert mmspack('layouts').code == 0\n"
    )
    ran = checkout.tests("tests/test_of_a_newcomer.py")
    assert ran.code == 0, ran.out
    assert "1 passed" in ran.out


def test_an_edit_of_what_is_not_there_fails(checkout):
    with pytest.raises(AssertionError, match="0 times, not once"):
        checkout.edit("mmspack/__init__.py", "nothing of the kind", "")
