"""What `preview -o` can write."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmspack import Message, Slide, build
from mmspack.previewing.outputs import endings, output_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "preview.md").read_text("utf-8")


@pytest.mark.parametrize("ending", endings())
def test_every_output_is_written_listed_and_described(mmspack, tmp_path, ending):
    build(Message(slides=[Slide(text="Hello")], layout="text-only"), "uk").save(tmp_path / "a.zip")
    ran = mmspack("preview", "a.zip", "-o", f"shown{ending}")
    assert ran.code == 0, ran.err
    assert (tmp_path / f"shown{ending}").stat().st_size > 0
    assert ending in mmspack("preview", "a.zip", "-o", "shown.doc").err
    assert f"`{ending}`" in PAGE


def test_an_output_that_cannot_compare_is_not_offered_for_a_comparison(mmspack, tmp_path):
    build(Message(slides=[Slide(text="Hello")], layout="text-only"), "uk").save(tmp_path / "a.zip")
    ran = mmspack("preview", "--compare", "a.zip", "a.zip", "-o", "both.doc")
    assert ran.code == 2
    offered = ran.err.split("end the name in ")[1]
    assert all((ending in offered) == bool(output_of(ending).compare) for ending in endings())
