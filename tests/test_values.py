"""What all values share: they cross to another process, and none floods a log when it is shown."""

from __future__ import annotations

import dataclasses
import importlib
import pickle
import pkgutil
import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

import mmspack
from mmspack import errors
from mmspack.errors import MmspackError, SendError
from mmspack.outcome import Outcome, Result

SHORT = {"digest", "seal", "signature", "brands"}
"""Fields of bytes that are shown: a few of them."""
OPTIONAL = {"mmspack.__main__"}


def kinds(base: type[MmspackError]) -> list[type[MmspackError]]:
    return [base, *(found for kind in base.__subclasses__() for found in kinds(kind))]


@pytest.mark.parametrize("result", Result)
@pytest.mark.parametrize("kind", [kind for kind in kinds(SendError) if kind.__module__ == errors.__name__])
def test_a_send_that_failed_survives_pickling(kind, result):
    outcome = Outcome(result=result, summary="sent to nobody", advice="Wait.", to="447700900999", code=8)
    error = pickle.loads(pickle.dumps(kind(outcome)))
    assert (type(error), error.outcome, str(error)) == (kind, outcome, str(kind(outcome)))


@pytest.mark.parametrize("kind", [kind for kind in kinds(MmspackError) if not issubclass(kind, SendError)])
def test_an_error_survives_pickling(kind):
    error = kind("no such file")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.problems) == (kind, str(error), error.problems)


def refuse(code: int) -> None:
    raise errors.Rejected(Outcome(result=Result.REJECTED, summary="refused", code=code))


@pytest.mark.slow
def test_a_refusal_in_another_process_arrives_and_the_pool_goes_on():
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        for code in (5, 6):
            with pytest.raises(errors.Rejected) as caught:
                pool.submit(refuse, code).result()
            assert caught.value.outcome.code == code


def classes() -> list[type]:
    found = {}
    for module in pkgutil.walk_packages(mmspack.__path__, "mmspack."):
        if module.name not in OPTIONAL:
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, type) and value.__module__.startswith("mmspack"):
                    found[f"{value.__module__}.{value.__qualname__}"] = value
    return [found[name] for name in sorted(found)]


@pytest.mark.slow
def test_no_value_shows_its_bytes():
    shown = [
        f"{kind.__module__}.{kind.__qualname__}.{field.name}"
        for kind in classes()
        if dataclasses.is_dataclass(kind) and kind.__repr__ is not object.__repr__
        for field in dataclasses.fields(kind)
        if field.repr and field.name not in SHORT and re.search(r"\bbytes\b", str(field.type))
        if "Callable" not in str(field.type)
    ]
    assert shown == []


def test_a_message_and_what_is_made_of_it_are_shown_in_a_few_words(scene):
    picture = scene(1600, 1200)
    message = mmspack.Message(
        subject="Hi", slides=[mmspack.Slide(image=picture, text="Hello")], attachments=[b"BEGIN:VCARD" * 9999]
    )
    built = mmspack.build(mmspack.Message(slides=[mmspack.Slide(image=picture, text="Hello")]))
    for value in (message, message.slides[0], built, built.bundle, built.message, built.report):
        assert len(repr(value)) < 5_000, type(value)
    assert f"{len(picture):,} bytes" in repr(message)
