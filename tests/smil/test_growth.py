"""No presentation is super-linear: twice as much of anything is at most 2.2 times the work.

The work is counted in lines of Python that run, which does not depend on the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from mmspack import profiles
from mmspack.bundle.opened import open_source
from mmspack.diffing import diff
from mmspack.fixing import fix
from mmspack.inspecting import inspect
from mmspack.previewing.composing import view_of
from mmspack.rules.checking import check
from mmspack.smil.gate import MAX_BYTES, SmilError, admit, without_doctype
from tests.rules.cases import unzipped
from tests.rules.scenes import photo, scene

pytestmark = pytest.mark.slow

MANY = 40
MOST = 2.2
IMG = '<img src="image1.jpg"/>'

Made = tuple[str, dict[str, bytes]]


def smil(body: str, regions: str = "") -> str:
    return (
        '<smil><head><layout><root-layout width="480" height="640"/>'
        '<region id="Image" left="0" top="0" width="480" height="480"/>'
        f'<region id="Text" left="0" top="480" width="480" height="160"/>{regions}</layout></head>'
        f"<body>{body}</body></smil>"
    )


def slide(image: object = "image1.jpg", text: str = "text1.txt", place: str = "Image") -> str:
    return f'<par dur="5s"><img src="{image}" region="{place}"/><text src="{text}" region="Text"/></par>'


def regions(count: int) -> str:
    return "".join(f'<region id="r{at}" left="0" top="0" width="100%" height="100%"/>' for at in range(count))


def placed(count: int) -> str:
    return "".join(f'<img src="image1.jpg" region="r{at}"/>' for at in range(count))


def attributes(count: int) -> str:
    return " ".join(f'a{at}="1"' for at in range(count))


def parts(count: int) -> dict[str, bytes]:
    names = range(1, count + 1)
    return {f"image{at}.jpg": photo() for at in names} | {f"text{at}.txt": b"Hello" for at in names}


DIMENSIONS: dict[str, Callable[[int], Made]] = {
    "slides": lambda n: (smil(slide() * n), parts(1)),
    "regions": lambda n: (smil(slide(), regions(n)), parts(1)),
    "slides and regions": lambda n: (
        smil("".join(slide(place=f"r{at}") for at in range(n)), regions(n)), parts(1)),
    "media of a slide": lambda n: (smil("<par>" + IMG * n + "</par>"), parts(1)),
    "media, each in its region": lambda n: (smil("<par>" + placed(n) + "</par>", regions(n)), parts(1)),
    "attributes": lambda n: (
        smil(f'<par {attributes(n)}><img src="image1.jpg" {attributes(n)}/></par>'), parts(1)),
    "elements with attributes": lambda n: (smil(f"<par {attributes(20)}/>" * n), parts(1)),
    "names": lambda n: (
        smil("".join(slide(f"image{at}.jpg", f"text{at}.txt") for at in range(1, n + 1))), parts(n)),
    "names that are not there": lambda n: (
        smil("".join(slide(f"no{at}", "x.txt") for at in range(n))), parts(1)),
    "elements": lambda n: (smil("<x/>" * n), parts(1)),
    "elements in a slide": lambda n: (smil("<par>" + f"<a>{IMG}</a>" * n + "</par>"), parts(1)),
    "sequences": lambda n: (smil(f"<seq>{slide()}</seq>" * n), parts(1)),
    "depth": lambda n: (smil("<par>" * (n // 2) + slide() + "</par>" * (n // 2)), parts(1)),
    "heads": lambda n: (smil(slide()).replace("<head>", "<head/>" * n + "<head>"), parts(1)),
    "layouts": lambda n: (smil(slide()).replace("<layout>", "<layout/>" * n + "<layout>"), parts(1)),
    "regions in the body": lambda n: (smil('<region id="a"/>' * n + slide()), parts(1)),
    "prefixes": lambda n: (smil("".join(f'<b:par xmlns:b="u{at}"/>' for at in range(n)) + slide()), parts(1)),
    "words and comments": lambda n: (smil(f"<par>w<!-- c -->{IMG}</par>" * n), parts(1)),
}  # fmt: skip
QUESTIONS: dict[str, Callable[[bytes], object]] = {
    "check": check,
    "fix": fix,
    "inspect": inspect,
    "preview": lambda data: view_of(data, profiles.get("uk")),
    "diff": lambda data: diff(data, data),
}


def steps(asked: Callable[[bytes], object], data: bytes) -> int:
    """Lines that run while a question is answered."""
    count = 0

    def line(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        asked(data)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_twice_as_much_is_at_most_twice_the_work(dimension: str, question: str) -> None:
    asked = QUESTIONS[question]
    made = [
        scene(smil=text, files=files).data for text, files in map(DIMENSIONS[dimension], (MANY, 2 * MANY))
    ]
    asked(made[0])  # what is loaded once is not counted
    few, many = (steps(asked, data) for data in made)
    assert many <= MOST * few, f"{few:,} steps became {many:,}"


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_each_dimension_is_read_by_the_gate(dimension: str) -> None:
    """A presentation that is refused would be judged fast whatever the rules do."""
    text, files = DIMENSIONS[dimension](2 * MANY)
    assert open_source(scene(smil=text, files=files).data).presentation is not None
    assert set(unzipped(scene(smil=text, files=files))) >= set(files)


@pytest.mark.parametrize(
    "piece",
    [b"<!DOCTYPE a[", b"<!DOCTYPE a[<!--", b"<!DOCTYPE a[<?", b"\"'", b"<!--", b"<?", b" ", b"<!A ", b"]"],
)
@pytest.mark.timeout(20)
def test_a_declaration_as_long_as_a_presentation_may_be_is_read_in_one_pass(piece: bytes) -> None:
    """By the square of their number these bytes would take hours."""
    data = (b"<!DOCTYPE a[" + piece * MAX_BYTES)[:MAX_BYTES]
    without_doctype(data)
    with pytest.raises(SmilError):
        admit(data)
