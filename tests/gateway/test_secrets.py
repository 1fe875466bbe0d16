"""Secrets are looked for in logs, exceptions, command lines and printed values, at every door."""

from __future__ import annotations

import base64
import logging
import pickle
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from mmspack.bundle.bundle import pack
from mmspack.errors import MmspackError
from mmspack.gateway import Gateway, Timeouts, doors
from mmspack.gateway.connecting import Line
from mmspack.gateway.door import Door
from mmspack.gateway.twilio.door import Twilio
from mmspack.model import Part
from tests.gateway.raw_gateway import Behaviour, RawGateway, replies
from tests.gateway.rows import FROM, TO, drip_the_head, reset_before_the_body, speak_no_http

PASSWORD, PROXY, TOKEN = "Zebra-9 &%/geheim", "Proxy+8 ß/diskret", "Token=7?verborgen"
BEHAVIOURS: dict[str, Behaviour] = {
    "an id": replies("200 OK", b"1000001"),
    "an echo": replies("403 No", f"{PASSWORD} is wrong\n8".encode(), f"X-Echo: {quote(PASSWORD)}"),
    "a redirect": replies("307 No", b"", f"Location: http://127.0.0.1:1/?pass={quote(PASSWORD, safe='')}"),
    "a broken answer": speak_no_http,
    "a reset": reset_before_the_body,
    "a slow head": drip_the_head,
}


def forms() -> set[str]:
    """Every form in which a secret goes over the wire."""
    found = {
        form
        for secret in (PASSWORD, PROXY, TOKEN)
        for form in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    }
    pairs = (f"acme:{PASSWORD}", f"me:{PROXY}")
    return (
        found
        | {base64.b64encode(pair.encode()).decode() for pair in pairs}
        | {"geheim", "diskret", "verborgen"}
    )


def assert_nothing_told(text: str) -> None:
    for form in forms():
        assert form not in text, form


def settings(door: str) -> dict[str, Any]:
    made: Door | str = Twilio(auth_token=TOKEN) if door == "twilio" else door
    timeouts = Timeouts(connect=5, write=5, read=2, answer=0.5)
    return {"door": made, "user": "acme", "password": PASSWORD, "timeouts": timeouts}


@pytest.mark.slow
@pytest.mark.parametrize("proxied", [False, True])
@pytest.mark.parametrize("name", BEHAVIOURS)
@pytest.mark.parametrize("door", doors.names())
def test_no_log_and_no_value_tells_a_secret(
    door: str, name: str, proxied: bool, caplog: pytest.LogCaptureFixture
) -> None:
    bundle = pack([Part("hello.txt", "text/plain", b"Hello")])
    with caplog.at_level(1), RawGateway([BEHAVIOURS[name]]) as raw:
        logging.getLogger().setLevel(1)
        through = raw.url.removesuffix("/SendMMS").replace("//", f"//me:{quote(PROXY, safe='')}@")
        line = Line(proxy=through if proxied else "")
        with Gateway(raw.url, line=line, **settings(door)) as gateway:
            outcome = gateway.attempt(bundle, to=TO, sender=FROM)
            printed = [repr(gateway), repr(gateway.door), repr(outcome), repr(line)]
            printed.append(repr(gateway.request(bundle, to=TO, sender=FROM)))
    assert raw.heads
    assert_nothing_told("\n".join([*printed, *caplog.messages, caplog.text]))
    assert_nothing_told(pickle.dumps(outcome).decode("latin-1"))


@pytest.mark.slow
@pytest.mark.parametrize("door", doors.names())
def test_no_exception_of_any_library_tells_a_secret(door: str) -> None:
    bundle = pack([Part("hello.txt", "text/plain", b"Hello")])
    hasty = Timeouts(connect=0.5, write=5, read=2, answer=0.5)
    with RawGateway([speak_no_http]) as raw:
        addresses = [
            "http://127.0.0.1:1/x",
            raw.url.replace("http:", "https:"),
            raw.url,
            "https://nowhere.invalid/x",
        ]
        for url in addresses:
            # Two of them never answer the greeting of TLS.
            with Gateway(url, **settings(door) | {"timeouts": hasty}) as gateway:
                for call in (
                    lambda gateway=gateway: gateway.send(bundle, to=TO, sender=FROM),
                    lambda gateway=gateway: gateway.retrieve("7"),
                    lambda gateway=gateway: gateway.poll(),
                    lambda gateway=gateway: gateway.send(bundle, to="x", sender=FROM),
                ):
                    with pytest.raises(MmspackError) as error:
                        call()
                    chain = "".join(traceback.format_exception(error.value))
                    assert_nothing_told(chain)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no /proc on this machine")
def test_no_command_line_tells_a_secret_while_a_message_is_sent(tmp_path: Path) -> None:
    """What `ps` shows of the sender and of all that it starts. Its environment only the owner can read."""
    (tmp_path / "hello.zip").write_bytes(pack([Part("hello.txt", "text/plain", b"Hello")]).data)
    seen: list[str] = []

    def look(connection: Any) -> None:
        connection.request()
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
            except OSError:
                continue
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n1000001")

    with RawGateway([look]) as raw:
        account = {
            "MMSPACK_GATEWAY": raw.url,
            "MMSPACK_USER": "acme",
            "MMSPACK_PASSWORD": PASSWORD,
            "MMSPACK_FROM": FROM,
            "PYTHONPATH": ":".join([str(Path(__file__).resolve().parents[2]), *sys.path]),
            "HOME": str(tmp_path),
        }
        command = [sys.executable, "-m", "mmspack", "send", "hello.zip", "--to", TO, "--no-check"]
        done = subprocess.run(
            command, cwd=tmp_path, env=account, capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done.stderr
    assert any("mmspack send hello.zip" in one for one in seen)
    for one in seen:
        if "pytest" not in one:
            assert_nothing_told(one)
