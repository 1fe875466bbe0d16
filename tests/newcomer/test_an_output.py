"""An output of `preview`: one module in `previewing/outputs/`, and its line in `docs/preview.md`."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

TRANSCRIPT = '''"""The message as lines of text."""

from __future__ import annotations

from mmspack.previewing.outputs import Output, Style
from mmspack.previewing.view import View


def render(view: View, style: Style) -> bytes:
    """A line for each slide."""
    del style
    lines = [f"{slide.number}. {slide.duration_ms} ms, {len(slide.media)} media" for slide in view.slides]
    return "\\n".join([view.subject, *lines]).encode()


OUTPUT = Output(render)
'''


def test_an_output_takes_one_module_and_its_line_in_the_docs(checkout):
    checkout.add("mmspack/previewing/outputs/txt.py", TRANSCRIPT)
    ran = checkout.mmspack("preview", "samples/summer-sale", "-o", "sale.txt")
    assert ran.code == 0, ran.err
    subject, *slides = checkout.read("sale.txt").splitlines()
    assert subject
    assert slides[0].startswith("1. ")
    assert ".txt" in checkout.mmspack("preview", "samples/summer-sale", "-o", "sale.doc").err

    # The tests ask for its line in the docs.
    described = ("tests/previewing/test_outputs.py", "-k", "described")
    assert checkout.tests(*described).code == 1
    checkout.edit("docs/preview.md", "`.gif` plays the slides.", "`.gif` plays them, `.txt` lists them.")
    assert checkout.tests(*described).code == 0
    assert checkout.touched == ["mmspack/previewing/outputs/txt.py", "docs/preview.md"]
