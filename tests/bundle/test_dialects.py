"""What a gateway expects of the zip, and how its slides name their parts."""

from __future__ import annotations

import pytest

from mmspack.fixing import fix
from mmspack.inspecting import inspect
from mmspack.message import Message, Slide
from mmspack.pipeline import build
from mmspack.rules.checking import check
from mmspack.smil.tree import parse
from tests.rules.scenes import AMR, photo

MESSAGE = Message(slides=[Slide(image=photo(), text="Hello"), Slide(audio=AMR, text="Bye")], subject="Hi")


def test_plain_names_are_written_unless_the_dialect_says_otherwise():
    assert all(not src.startswith("cid:") for src in parse(build(MESSAGE).bundle.smil.data).sources)


def test_parts_are_named_by_their_content_id_where_the_dialect_wants_it():
    plain, built = build(MESSAGE), build(MESSAGE, dialect="sendmms-cid")
    assert parse(built.bundle.smil.data).sources == (
        *("cid:image1.jpg", "cid:text1.txt"),
        *("cid:audio2.amr", "cid:text2.txt"),
    )
    assert [part.name for part in built.bundle.parts] == [part.name for part in plain.bundle.parts]
    assert built.report.findings == ()


@pytest.mark.parametrize("dialect", ["sendmms", "sendmms-cid"])
def test_such_a_bundle_is_right_for_every_reader_and_needs_no_repair(dialect):
    data = build(MESSAGE, dialect="sendmms-cid").bundle.data
    assert check(data, dialect=dialect).findings == ()
    assert not fix(data, dialect=dialect).changed
    assert all(not reader.loses for reader in inspect(data).readers)


def test_the_prefix_counts_in_the_budget():
    """Four letters for each medium: the message is fitted to what is left beside them."""
    longer = len(build(MESSAGE, dialect="sendmms-cid").bundle.smil.data)
    assert longer - len(build(MESSAGE).bundle.smil.data) == 4 * 4
    assert build(MESSAGE, dialect="sendmms-cid").report.budget.spare_bytes >= 0


def test_the_command_knows_the_dialect(mmspack, tmp_path):
    (tmp_path / "hello.txt").write_text("Hello")
    ran = mmspack("build", "hello.txt", "-o", "a.zip", "--dialect", "sendmms-cid")
    assert ran.code == 0
    assert mmspack("check", "a.zip", "--dialect", "sendmms-cid").code == 0
