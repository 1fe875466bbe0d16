"""What `mmspack sandbox --print-setup` prints, for each door that the sandbox speaks."""

from __future__ import annotations

import pytest

from mmspack.gateway import doors
from mmspack.sandbox import desks


def test_the_sandbox_speaks_every_door() -> None:
    assert [desk.name for desk in desks.every()] == list(doors.names())


@pytest.mark.parametrize("door", doors.names())
def test_the_lines_name_the_sandboxs_address(door, mmspack) -> None:
    ran = mmspack("sandbox", "--print-setup", door, "--port", "8031")
    assert ran.code == 0
    assert "http://127.0.0.1:8031" in ran.out


def test_a_door_that_there_is_not_is_one_clear_line(mmspack) -> None:
    ran = mmspack("sandbox", "--print-setup", "twilo")
    assert (ran.code, "did you mean 'twilio'" in ran.err) == (2, True)
