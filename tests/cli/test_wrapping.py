"""Text in a terminal: wrapped at words, and no name is broken."""

from __future__ import annotations

import pytest

from mmspack.cli.wrapping import rewrapped, wrapped


@pytest.mark.parametrize("width", range(20, 70))
def test_a_name_with_blanks_is_never_broken(width):
    name = "Ice cream at the pier.jpg"
    lines = wrapped(f"slide 1, {name}: the picture is too large, and {name} again", width, names=[name])
    assert sum(line.count(name) for line in lines) == 2
    assert all(len(line) <= width or name in line for line in lines)


def test_a_word_that_is_longer_than_the_terminal_stays_whole():
    path = "a/" * 40 + "picture.jpg"
    assert path in wrapped(f"Wrote {path}", 30)


def test_a_pipe_gets_one_line():
    assert wrapped("word " * 100, None) == [("word " * 100).rstrip()]


def test_a_quoted_text_keeps_its_mark_in_every_line():
    lines = list(rewrapped(["      | " + "word " * 30], 40))
    assert len(lines) > 3
    assert all(line.startswith("      | ") and len(line) <= 40 for line in lines)
