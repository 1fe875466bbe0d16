"""The text for a phone without MMS: from `message.toml` to the door that sends it, and past the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmspack import Gateway, Message, Slide, build, open_bundle
from mmspack.authoring.reading import from_toml
from mmspack.bundle.bundle import pack
from mmspack.errors import AuthoringError, ParameterError
from mmspack.fixing import fix
from mmspack.gateway import describe_request, doors
from mmspack.model import MAX_FALLBACK, Part
from mmspack.sandbox import Sandbox

TO, FROM = "447700900999", "447700900111"
SMS = "Our sale, £5 off:\nhttps://www.example.com/é"
TOML = 'layout = "text-only"\n[fallback]\ntext = "{}"\n[[slides]]\ntext = "Hello"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "message.toml"
    path.write_text(text, "utf-8")
    return path


def options_of(request: Any) -> Any:
    return json.loads(request.write({}).body)["messages"][0].get("options", {})


def infobip() -> Gateway:
    return Gateway("https://x.api.infobip.com", door="infobip", password="key", sender=FROM)


def test_it_is_a_template_in_message_toml_and_travels_in_the_zip(tmp_path: Path) -> None:
    message = from_toml(written(tmp_path, TOML.format("Hi {{ name }}: no MMS?")), {"name": "Ada"})
    path = build(message).save(tmp_path / "a.zip")
    assert open_bundle(path).fallback == "Hi Ada: no MMS?"
    request = infobip().request(path, to=TO)
    assert options_of(request)["smsFailover"] == {"sender": FROM, "text": "Hi Ada: no MMS?"}


def test_a_bundle_keeps_it_whatever_becomes_of_its_parts() -> None:
    bundle = build(
        Message(slides=[Slide(text="Hello")], fallback=SMS, layout="text-only", subject="S")
    ).bundle
    assert bundle.with_part("text1.txt", b"Bye").fallback == SMS
    assert open_bundle(bundle.with_subject("T").data).fallback == SMS
    assert open_bundle(fix(bundle.data).bundle.data).fallback == SMS
    assert open_bundle(bundle.with_fallback("Short").data).fallback == "Short"
    assert open_bundle(bundle.with_fallback("").data).fallback == ""
    assert (open_bundle(bundle.data).subject, open_bundle(bundle.data).fallback) == ("S", SMS)


def test_what_is_given_with_the_send_goes_before_the_message_s_own() -> None:
    bundle = pack([Part("text1.txt", "text/plain", b"Hello")], "", SMS)
    assert options_of(infobip().request(bundle, to=TO, fallback="Now"))["smsFailover"]["text"] == "Now"
    assert "smsFailover" not in options_of(infobip().request(bundle, to=TO, fallback=""))


@pytest.mark.parametrize("name", sorted({*doors.names()} - {"infobip"}))
def test_a_door_that_sends_no_texts_leaves_the_message_s_own_out_and_says_so(name: str) -> None:
    bundle = pack([Part("text1.txt", "text/plain", b"Hello")], "", SMS)
    gateway = Gateway("http://127.0.0.1:1/", door=name, user="AC1", password="key", sender=FROM)
    warnings = describe_request(gateway.request(bundle, to=TO)).warnings
    title = gateway.door.title
    assert f"fallback: {title} sends no text to phones without MMS, so it is left out" in warnings
    with pytest.raises(ParameterError, match=f"fallback: {title} sends no text"):
        gateway.request(bundle, to=TO, fallback="Call us")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('fallback = "Call us"', "message.toml:1: fallback: expected a table"),
        ("[fallback]", "message.toml:1: fallback: the text is missing"),
        ('[fallback]\ntext = ""', "message.toml:1: fallback: the text is missing"),
        ("[fallback]\ntext = 5", r"message.toml:1: fallback: expected text, found 5"),
        ('[fallback]\ntexts = "a"', "fallback.texts: unknown key .did you mean 'text'"),
        (
            f'[fallback]\ntext = "{"x" * 1601}"',
            "fallback: has 1,601 characters; a text message has at most 1,600",
        ),
        ('[fallback]\ntext = "Hi {name}"', "fallback: '{name}' is not a placeholder"),
        ("[fallback]\ntext = '''Hi {{ nam }}'''", "fallback: unknown variable 'nam'"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, table: str, says: str) -> None:
    path = written(tmp_path, f'{table}\n[variables]\nname = "A"\n[[slides]]\ntext = "Hello {{{{ name }}}}"\n')
    with pytest.raises(AuthoringError, match=says) as caught:
        from_toml(path)
    assert len(caught.value.problems) == 1


def test_the_limit_holds_for_what_values_make_of_it_and_on_the_command_line(
    mmspack: Any, tmp_path: Path
) -> None:
    written(tmp_path, TOML.format("{{ name }}"))
    long = mmspack("send", tmp_path, "--to", TO, "--from", FROM, "--set", f"name={'x' * 1601}", "--dry-run")
    assert (long.code, "fallback: has 1,601 characters" in long.err) == (2, True)
    given = mmspack(
        "send", tmp_path, "--to", TO, "--from", FROM, "--set", "name=x", "--fallback", "y" * 1601, "--dry-run"
    )
    assert given.code == 2
    assert MAX_FALLBACK == 1600


def test_the_command_line_shows_what_is_sent_and_warns_of_what_is_not(
    mmspack: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, TOML.format("No MMS? Call us"))
    with Sandbox() as sandbox:
        origin = sandbox.url.removesuffix("/SendMMS")
        for name, value in {"GATEWAY": origin, "DOOR": "infobip", "PASSWORD": "key", "USER": ""}.items():
            monkeypatch.setenv(f"MMSPACK_{name}", value)
        ran = mmspack("send", tmp_path, "--to", TO, "--from", FROM, "--json")
        assert (ran.code, json.loads(ran.out)["fallback"]) == (0, "No MMS? Call us")
        (message,) = sandbox.messages()
        assert message.bundle.fallback == "No MMS? Call us"
        monkeypatch.setenv("MMSPACK_GATEWAY", sandbox.url)
        monkeypatch.setenv("MMSPACK_DOOR", "sendmms")
        monkeypatch.setenv("MMSPACK_USER", "acme")
        ran = mmspack("send", tmp_path, "--to", TO, "--from", FROM)
        assert ran.code == 0
        assert "warning: fallback: SendMMS sends no text to phones without MMS, so it is left out" in ran.err
        assert "Fallback text" not in ran.out
    assert "for phones without MMS: No MMS? Call us" in mmspack("inspect", built(tmp_path)).out


def built(folder: Path) -> Path:
    return build(from_toml(folder / "message.toml")).save(folder / "a.zip")


def test_two_bundles_that_differ_in_it_are_not_equal(mmspack: Any, tmp_path: Path) -> None:
    one = pack([Part("text1.txt", "text/plain", b"Hello")], "", "Call us")
    one.save(tmp_path / "a.zip")
    one.with_fallback("Write to us").save(tmp_path / "b.zip")
    ran = mmspack("diff", tmp_path / "a.zip", tmp_path / "b.zip")
    assert ran.out == "fallback text: 'Call us' became 'Write to us'\n"


def test_the_sandbox_refuses_a_text_that_infobip_would_refuse() -> None:
    with Sandbox() as sandbox:
        origin = sandbox.url.removesuffix("/SendMMS")
        gateway = Gateway(origin, door="infobip", password="key", sender=FROM)
        bundle = pack([Part("text1.txt", "text/plain", b"Hello")])
        assert gateway.send(bundle, to=TO, fallback="x" * MAX_FALLBACK).id
        assert len(sandbox.messages()[0].bundle.fallback) == MAX_FALLBACK
