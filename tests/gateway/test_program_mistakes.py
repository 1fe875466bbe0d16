"""What a program does wrong with a gateway: refused in words, before anything is sent."""

from __future__ import annotations

import asyncio
import inspect
import logging
import pickle
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest

import mmspack.gateway
from mmspack import Gateway, Sandbox
from mmspack.bundle.bundle import Bundle, pack
from mmspack.errors import ConfigError, OutcomeUnknown, ParameterError, UsageError
from mmspack.gateway import AsyncGateway, Retry, SendInterrupted, Timeouts, outcome_of
from mmspack.gateway.listener.handing import command
from mmspack.gateway.listener.listening import Listener
from mmspack.gateway.mm7.door import MM7
from mmspack.gateway.twilio.door import Twilio
from mmspack.model import Part
from mmspack.outcome import Outcome, Result
from mmspack.sandbox.accounts import SandboxAccount
from tests.gateway.raw_gateway import RawGateway, in_a_loop, replies

TO, FROM = "447700900999", "447700900111"
ADDRESS = "https://mms.example.com/SendMMS"


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return pack([Part("hello.txt", "text/plain", b"Hello")])


@pytest.mark.parametrize(
    "seconds", [None, "5", -1, 0, float("inf"), float("nan"), True, timedelta(seconds=5)]
)
@pytest.mark.parametrize("name", ["answer", "read", "connect", "write", "request"])
def test_a_time_that_cannot_be_kept_is_refused_when_it_is_made(name: str, seconds: Any) -> None:
    with pytest.raises(ConfigError, match=rf"^{name}: "):
        Timeouts(**{name: seconds})


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"connections": 0}, "connections: 0 is less than 1"),
        ({"connections": "4"}, "connections: expected a whole number, found a str"),
        ({"timeouts": 5}, "timeouts: expected a Timeouts, found an int, 5"),
        ({"retry": 3}, "retry: expected a Retry, found an int, 3"),
        ({"line": "http://proxy.example.com"}, "line: expected a Line, found a str"),
        ({"door": MM7}, "door: expected a text or a Door, found the class MM7"),
        ({"password": b"x"}, "password: expected a text, found a bytes"),
        ({"sender": 447700900111}, "sender: expected a text, found an int"),
        (
            {"transport": httpx2.AsyncHTTPTransport()},
            "transport: an AsyncHTTPTransport has no handle_request",
        ),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused_when_the_gateway_is_made(settings: Any, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        Gateway(ADDRESS, **{"user": "acme", "password": "x", **settings})
    assert says in str(error.value)


def test_an_asynchronous_gateway_takes_no_synchronous_transport() -> None:
    with pytest.raises(ConfigError, match="has no handle_async_request"):
        AsyncGateway(ADDRESS, user="a", password="b", transport=httpx2.HTTPTransport())  # type: ignore[arg-type]


@pytest.mark.parametrize("times", [-1, 4, "1", 1.5, None])
def test_tries_that_cannot_be_are_refused(times: Any) -> None:
    with pytest.raises(ConfigError, match=r"^times: "):
        Retry(times=times)


def test_a_door_made_in_python_is_held_to_what_the_config_file_is_held_to() -> None:
    with pytest.raises(ConfigError, match=r"mm7\.numbers: 'weird' is not one of"):
        MM7(numbers="weird")
    with pytest.raises(ConfigError, match=r"mm7\.adaptations: expected"):
        MM7(adaptations="yes")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": 0},
        {"to": 447700900999},
        {"to": b"4477"},
        {"to": ["447700900999"]},
        {"subject": b"x"},
        {"note": None},
    ],
)
def test_a_parameter_of_the_wrong_kind_is_named(wrong: dict[str, Any], bundle: Bundle) -> None:
    (name,) = wrong
    with Sandbox() as sandbox, Gateway(sandbox.url) as gateway, pytest.raises(ParameterError) as error:
        gateway.send(bundle, **{"to": TO, "sender": FROM, **wrong})
    assert str(error.value).startswith(f"{name}: expected a text, found ")


class Number(str):
    """A text of a class of its own, such as NumPy's."""


def test_a_text_of_a_class_of_its_own_is_a_text(bundle: Bundle) -> None:
    with Sandbox() as sandbox, Gateway(sandbox.url) as gateway:
        assert gateway.send(bundle, to=Number(TO), sender=Number(FROM), subject=Number("Hi")).to == TO


def test_a_closed_gateway_sends_nothing(bundle: Bundle) -> None:
    with Sandbox() as sandbox:
        with Gateway(sandbox.url) as gateway:
            gateway.send(bundle, to=TO, sender=FROM)
        for use in (lambda: gateway.send(bundle, to=TO, sender=FROM), gateway.__enter__):
            with pytest.raises(UsageError, match="the gateway is closed"):
                use()
        assert len(sandbox.messages()) == 1

        async def closed() -> None:
            async with AsyncGateway(sandbox.url) as later:
                pass
            await later.send(bundle, to=TO, sender=FROM)

        with pytest.raises(UsageError, match="the gateway is closed"):
            in_a_loop(closed())
        assert len(sandbox.messages()) == 1


def test_a_gateway_is_opened_once(bundle: Bundle) -> None:
    with Sandbox() as sandbox, Gateway(sandbox.url) as gateway:
        with pytest.raises(UsageError, match="the gateway is open already"), gateway:
            pass
        assert gateway.send(bundle, to=TO, sender=FROM).id == sandbox.messages()[0].id

        async def opened_twice() -> None:
            async with AsyncGateway(sandbox.url) as awaited:
                with pytest.raises(UsageError, match="the gateway is open already"):
                    async with awaited:
                        pass
                await awaited.send(bundle, to=TO, sender=FROM)

        in_a_loop(opened_twice())
        assert len(sandbox.messages()) == 2


class Counting(httpx2.BaseTransport):
    """Answers, and counts how often it was closed."""

    closed = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert not self.closed
        request.read()
        return httpx2.Response(200, text="1000001")

    def close(self) -> None:
        self.closed += 1


def test_a_transport_of_ones_own_serves_every_send_and_is_closed_with_the_gateway(bundle: Bundle) -> None:
    transport = Counting()
    gateway = Gateway(ADDRESS, user="a", password="b", transport=transport)
    for _ in range(2):
        assert gateway.send(bundle, to=TO, sender=FROM).id == "1000001"
    assert transport.closed == 0
    with gateway:
        gateway.send(bundle, to=TO, sender=FROM)
    assert transport.closed == 1


@pytest.mark.slow
def test_threads_that_share_a_gateway_outside_with_each_close_what_they_open(bundle: Bundle) -> None:
    with RawGateway([replies("200 OK", b"1000001")]) as raw:
        gateway = Gateway(raw.url, user="acme", password="open sesame")
        barrier, outcomes = threading.Barrier(8), []

        def send() -> None:
            barrier.wait()
            outcomes.append(gateway.attempt(bundle, to=TO, sender=FROM).result)

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [Result.ACCEPTED] * 8
    assert not any(logging.getLogger(name).filters for name in ("httpx2", "httpcore2.http11"))


def test_a_fault_in_a_transport_of_ones_own_is_named_and_kept_for_the_log(
    bundle: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            return request.nonsense  # type: ignore[attr-defined, no-any-return]

    with (
        caplog.at_level(logging.DEBUG, "mmspack.gateway"),
        Gateway(ADDRESS, user="a", password="b", transport=Broken()) as gateway,
    ):
        outcome = gateway.attempt(bundle, to=TO, sender=FROM)
    assert outcome.result is Result.NOT_SENT
    assert "the transport raised AttributeError" in outcome.summary
    assert "nonsense" in caplog.text


def test_what_a_door_leaves_out_is_in_the_outcome_and_the_receipt(bundle: Bundle) -> None:
    with Sandbox() as sandbox, Gateway(f"{sandbox.origin}/mm7", door=MM7()) as gateway:
        outcome = gateway.attempt(bundle, to=TO, sender=FROM, subaccount="s")
        receipt = gateway.send(bundle, to=TO, sender=FROM, subaccount="s")
    assert any("subaccount: MM7 has none" in line for line in outcome.warnings)
    assert receipt.warnings == outcome.warnings
    with Sandbox() as sandbox, Gateway(sandbox.url) as gateway:
        assert gateway.send(bundle, to="447911123456", sender="447911123457").warnings == ()


@pytest.mark.slow
@pytest.mark.parametrize("limited", [False, True])
def test_what_became_of_a_cancelled_send_is_an_outcome(limited: bool, bundle: Bundle) -> None:
    def keep_silent(connection: Any) -> None:
        connection.request()
        connection.gateway.released.wait(10)

    async def run() -> BaseException:
        async with AsyncGateway(raw.url, user="acme", password="open sesame") as gateway:
            sending = asyncio.ensure_future(gateway.send(bundle, to=TO, sender=FROM))
            try:
                if limited:
                    await asyncio.wait_for(sending, 0.5)
                else:
                    await asyncio.sleep(0.5)
                    sending.cancel()
                    await sending
            except (asyncio.CancelledError, TimeoutError) as error:
                return error
        raise AssertionError("it was sent")

    with RawGateway([keep_silent]) as raw:
        found = outcome_of(in_a_loop(run()))
    assert found is not None
    assert (found.result, found.to, found.hold) == (Result.UNKNOWN, TO, True)


def test_every_way_in_which_a_send_ends_says_what_became_of_it() -> None:
    outcome = Outcome(result=Result.UNKNOWN, summary="outcome unknown: no answer", to=TO, hold=True)
    stopped = SendInterrupted(outcome)
    assert outcome_of(pickle.loads(pickle.dumps(stopped))) == outcome
    assert outcome_of(OutcomeUnknown(outcome)) == outcome
    assert outcome_of(ValueError("another thing")) is None


def test_no_signature_shows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMSPACK_PASSWORD", "open sesame")
    for name in mmspack.gateway.__all__:
        public: Callable[..., object] = getattr(mmspack.gateway, name)
        if callable(public):
            assert "environ(" not in str(inspect.signature(public)), name


def test_a_message_that_twilio_may_have_taken_can_be_looked_for(bundle: Bundle) -> None:
    with RawGateway([replies("500 E", b"")]) as raw:
        gateway = Gateway(
            raw.url,
            door=Twilio(store="x", store_url="https://cdn.example/mms"),
            user="AC1",
            password="b",
            timeouts=Timeouts(answer=5),
        )
        outcome = gateway.attempt(bundle, to=TO, sender=FROM)
    assert outcome.result is Result.UNKNOWN
    assert "Twilio's message log" in outcome.advice


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"chaos": "drop=1"}, "chaos: expected a Mapping, found a str"),
        ({"chaos": {"drop": "50%"}}, "drop: '50%' is not a probability"),
        ({"accounts": [{"user": "a"}]}, "accounts: expected SandboxAccount values, found a dict"),
        ({"port": "80"}, "port: expected a whole number, found a str"),
    ],
)
def test_a_sandbox_of_the_wrong_kind_is_refused_when_it_is_made(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as error:
        Sandbox(**wrong)
    assert says in str(error.value)


def test_a_sandbox_that_does_not_run_has_no_address() -> None:
    with pytest.raises(UsageError, match="not running"):
        _ = Sandbox().url


def test_an_account_of_the_sandbox_takes_its_password_as_text() -> None:
    account = SandboxAccount(user="a", password="open sesame")  # type: ignore[arg-type]
    assert "open sesame" not in repr(account)
    with Sandbox(accounts=[account]) as sandbox, Gateway(sandbox.url, user="a", password="wrong") as gateway:
        text = pack([Part("hello.txt", "text/plain", b"Hello")])
        assert gateway.attempt(text, to=TO, sender=FROM).result is Result.ACCOUNT_STOPPED


async def never_awaited(event: dict[str, Any]) -> None:
    """As a program with an event loop has it."""


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"handler": never_awaited}, "handler: is a coroutine function"),
        ({"handler": "x"}, "handler: expected a function, found a str"),
        ({"allow": None}, "allow: expected an Iterable, found None"),
    ],
)
def test_a_listener_of_the_wrong_kind_is_refused_when_it_is_made(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as error:
        Listener(**wrong)
    assert says in str(error.value)


def test_one_network_may_stand_for_a_list_of_networks() -> None:
    with Listener(allow="127.0.0.1") as listener:
        assert listener.origin.startswith("http://127.0.0.1:")


def test_a_command_is_a_list_of_words() -> None:
    with pytest.raises(UsageError, match=r"expected a list of words.*shlex\.split"):
        command("ls -l")


def test_a_handler_may_declare_its_event_as_a_dict_of_objects() -> None:
    """What mypy holds here: a dict, not only a mapping of anything."""

    def handle(event: dict[str, object]) -> None:
        event["seen"] = True

    with Listener(handler=handle) as listener:
        assert listener.origin.startswith("http://127.0.0.1:")
