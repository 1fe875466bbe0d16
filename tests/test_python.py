"""The Python API as an editor shows it: signatures that name every keyword, names that are literals."""

from __future__ import annotations

import inspect
import typing

import pytest

import mmspack
from mmspack.bundle.dialects import DIALECTS, DialectName
from mmspack.gateway import AsyncGateway
from mmspack.message import LayoutName
from mmspack.model import Effort
from mmspack.recipe import EffortName
from mmspack.rules.terms import Mode, ModeName
from mmspack.smil.layouts import layouts

MESSAGE = mmspack.Message(slides=[mmspack.Slide(text="Hello & welcome")], layout="text-only", subject="Hi")


@pytest.mark.parametrize("kind", [mmspack.Gateway, AsyncGateway])
@pytest.mark.parametrize("method", ["send", "attempt", "request", "letter"])
def test_a_method_that_sends_names_its_keywords(kind, method):
    signature = inspect.signature(getattr(kind, method))
    for name in ("to", "sender", "subject", "note", "subaccount", "url", "fallback", "method"):
        assert signature.parameters[name].kind is inspect.Parameter.KEYWORD_ONLY


def test_no_public_signature_hides_keywords():
    for name in mmspack.__all__:
        value = getattr(mmspack, name)
        for one in inspect.signature(value).parameters.values():
            if one.kind is inspect.Parameter.VAR_KEYWORD:
                assert one.annotation in ("Never", typing.Never), name


def names(literal) -> set[str]:
    for one in typing.get_args(literal):
        if typing.get_origin(one) is typing.Literal:
            return set(typing.get_args(one))
    return set(typing.get_args(literal))


def test_literals_name_what_there_is():
    assert names(LayoutName) <= set(layouts())  # one that is added is taken as any text is
    assert names(DialectName) <= set(DIALECTS)
    assert names(EffortName) == {one.value for one in Effort}
    assert names(ModeName) == {one.value for one in Mode}


def test_a_preview_of_a_message_a_build_and_a_bundle(tmp_path):
    built = mmspack.build(MESSAGE)
    saved = built.save(tmp_path / "a.zip")
    pages = [mmspack.preview(one) for one in (MESSAGE, built, built.bundle, saved, built.bundle.data)]
    for page in pages:
        assert page.startswith("<!doctype html>")
        assert "Hello &amp; welcome" in page or "Hello & welcome" in page
    assert "Hello Ada" in mmspack.preview(
        mmspack.Message(slides=[mmspack.Slide(text="Hello {{ name }}")], layout="text-only"),
        values={"name": "Ada"},
    )
    with pytest.raises(mmspack.MmspackError, match="no theme 'pink'"):
        mmspack.preview(MESSAGE, theme="pink")  # type: ignore[arg-type]


def test_a_picture_that_was_examined_is_not_decoded_again(scene, monkeypatch):
    from mmspack.bundle import found

    data = scene(300, 200)
    first = found.Content(data)
    probed, looks = first.probe, first.looks
    monkeypatch.setattr(found, "probe", lambda *_, **__: pytest.fail("probed again"))
    again = found.Content(bytes(bytearray(data)))
    assert (again.probe, again.looks) == (probed, looks)
