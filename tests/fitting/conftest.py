"""What tests of clips share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(params=["pyav", "ffmpeg"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The test runs with each of the two engines."""
    if request.param == "ffmpeg":
        (tmp_path / "ffmpeg").symlink_to(pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe())
        monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("MMSPACK_FILM_ENGINE", request.param)
    return str(request.param)
