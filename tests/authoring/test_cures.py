"""A cure is written as its reader would type it: an option, a line of message.toml, or Python."""

from __future__ import annotations

import pytest

import mmspack
from mmspack import Message, MmspackError, Overlay, Slide
from mmspack.authoring import from_toml
from mmspack.campaign import Order, plan


def said(*slides: Slide, **keys: object) -> str:
    with pytest.raises(MmspackError) as found:
        mmspack.build(Message(slides=list(slides), **keys))
    return str(found.value)


def test_python_is_answered_in_python(beach):
    assert "(slides=[Slide(…)])" in said()
    assert "cannot be combined with keep=True" in said(Slide(image=beach, keep=True, crop="4:5"))
    assert "(such as seconds=5)" in said(Slide(text="x", seconds=0))
    assert "seconds=3, without quotes" in said(Slide(text="x", seconds="3"))
    assert 'add one, such as crop="4:5"' in said(Slide(image=beach, focus=(0.5, 0.5)))
    assert '(such as text="{{ name }}")' in said(Slide(image=beach, overlay=[Overlay(box=(0, 0, 1, 1))]))
    with pytest.raises(MmspackError, match=r"give it in values=\{'name': …\}"):
        mmspack.build(Message(slides=[Slide(text="{{ name }}")]), values={})


def test_a_file_is_answered_in_its_own_words(tmp_path, beach):
    text = '[[slides]]\nimage = "beach.jpg"\nkeep = true\ncrop = "4:5"\n'
    (tmp_path / "message.toml").write_text(text)
    with pytest.raises(MmspackError, match="cannot be combined with keep = true"):
        from_toml(tmp_path / "message.toml")


def test_a_campaign_in_python_is_told_of_arguments(tmp_path):
    (tmp_path / "message.toml").write_text('layout = "text-only"\n[[slides]]\ntext = "Hi {{ shop }}"\n')
    rows = [{"msisdn": "447700900999"}]
    order = Order(message=tmp_path, recipients=rows, country="XX")
    with pytest.raises(MmspackError) as found:
        plan(order)
    assert "--" not in str(found.value)


@pytest.fixture
def beach(tmp_path, scene):
    (tmp_path / "beach.jpg").write_bytes(scene(64, 48))
    return tmp_path / "beach.jpg"
