"""A bundle is sent with its own subject, and a slip in a keyword is refused."""

from __future__ import annotations

import io

import pytest

import mmspack
from mmspack.errors import ConfigError, ParameterError, UsageError
from mmspack.gateway import AsyncGateway, Gateway
from mmspack.sandbox import Sandbox

NUMBERS = {"to": "447700900999", "sender": "447700900111"}


@pytest.fixture(scope="module")
def bundle() -> mmspack.Bundle:
    message = mmspack.Message(subject="Grüße", slides=[mmspack.Slide(text="Hello")], layout="text-only")
    return mmspack.build(message).bundle


def test_a_bundle_is_sent_with_its_own_subject_unless_another_is_given(bundle, tmp_path):
    bundle.save(tmp_path / "a.zip")
    with Sandbox() as sandbox, Gateway(sandbox.url, user="demo", password="demo") as gateway:

        def subject_of(source, **options) -> str:
            receipt = gateway.send(source, **options, **NUMBERS)
            return next(one for one in sandbox.messages() if one.id == receipt.id).subject

        for source in (
            bundle,
            bundle.data,
            tmp_path / "a.zip",
            str(tmp_path / "a.zip"),
            io.BytesIO(bundle.data),
        ):
            assert subject_of(source) == "Grüße"
        assert subject_of(bundle, subject="Other") == "Other"
        assert subject_of(bundle, subject="") == ""


@pytest.mark.parametrize("client", [Gateway, AsyncGateway])
def test_a_slip_in_a_keyword_is_refused_with_the_nearest(client, bundle):
    with pytest.raises(UsageError, match=r"passwrod: unknown setting \(did you mean 'password'\?\)"):
        client("http://127.0.0.1:1/SendMMS", user="a", passwrod="b")
    gateway = client("http://127.0.0.1:1/SendMMS", user="a", password="b")
    with pytest.raises(ParameterError, match=r"subjct: unknown parameter \(did you mean 'subject'\?\)"):
        gateway.request(bundle, subjct="Hello", **NUMBERS)
    with pytest.raises(TypeError, match="'to'"):
        gateway.request(bundle, sender="447700900111")


def test_what_is_no_bundle_is_refused(bundle):
    gateway = Gateway("http://127.0.0.1:1/SendMMS", user="a", password="b")
    for wrong in (5, [], object()):
        with pytest.raises(UsageError, match="expected a path, bytes or an open file"):
            gateway.request(wrong, **NUMBERS)
    assert issubclass(ConfigError, UsageError)
