"""An exception that nobody foresaw: an exit code of its own, one line, and the traceback only on request."""

from __future__ import annotations

import pytest


@pytest.fixture
def _broken(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("mmspack.smil.layouts.layouts", broken)


@pytest.mark.usefixtures("_broken")
def test_what_nobody_foresaw_ends_with_70_and_in_one_line(mmspack):
    ran = mmspack("layouts")
    assert (ran.code, ran.out) == (70, "")
    assert (
        ran.err == "mmspack: unexpected ZeroDivisionError, please report it (MMSPACK_DEBUG=1 shows where)\n"
    )


@pytest.mark.usefixtures("_broken")
def test_debugging_shows_where(mmspack, monkeypatch):
    monkeypatch.setenv("MMSPACK_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        mmspack("layouts")
