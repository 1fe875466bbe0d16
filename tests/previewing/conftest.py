"""A real browser without a network, and messages to look at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mmspack import Message, Slide, build
from mmspack.pipeline import Build
from mmspack.previewing.composing import view_of
from mmspack.previewing.originals import originals_of
from mmspack.previewing.view import View
from mmspack.profiles import get


@pytest.fixture(scope="session")
def built(scene) -> tuple[Build, Message]:
    """Three slides of 5, 5 and 7 seconds."""
    message = Message(
        subject="Three slides",
        slides=(
            Slide(image=scene(2400, 1800), text="First words", seconds=5),
            Slide(image=scene(700, 900, "PNG"), text="Second words", seconds=5),
            Slide(text="Third words\non two lines", seconds=7),
        ),
    )
    return build(message, "uk"), message


@pytest.fixture(scope="session")
def view(built) -> View:
    """The three slides as they are seen."""
    result, message = built
    return view_of(
        result.bundle,
        get("uk"),
        name="three.zip",
        reports=result.reports,
        originals=originals_of(result, message),
    )


@pytest.fixture(scope="session")
def screenshots() -> Path | None:
    """Where pictures for the documentation go: only when MMSPACK_SCREENSHOTS is set."""
    folder = os.environ.get("MMSPACK_SCREENSHOTS")
    return Path(folder) if folder else None
