"""What providers' own libraries do when an answer is lost: copies of one message, beside ours in one run.

    python benchmarks/send/sdks.py

A server made of bare sockets takes each request whole and then answers 500, cuts the connection, or resets
it. Copies above 1 are messages that a phone may get twice.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mmspack.bundle.bundle import pack
from mmspack.gateway import Gateway, doors
from mmspack.gateway.twilio.door import Twilio
from mmspack.model import Part
from tests.gateway.raw_gateway import Connection, RawGateway, replies

TO, FROM = "447700900999", "447700900111"
BUNDLE = pack([Part("hello.txt", "text/plain", b"Hello")])


def cut(connection: Connection) -> None:
    """Close in order after the request."""
    connection.request()


def reset(connection: Connection) -> None:
    """Reset after the request."""
    connection.request()
    connection.reset()


BEHAVIOURS = {"500": replies("500 Internal Server Error", b""), "cut": cut, "reset": reset}


def ours(door: str) -> Callable[[str], Any]:
    """One send through a door of ours."""

    def send(origin: str) -> Any:
        made = Twilio() if door == "twilio" else doors.make(door)
        with Gateway(origin, user="AC1", password="key", door=made) as gateway:
            return gateway.attempt(BUNDLE, to=TO, sender=FROM).result

    return send


def twilio(origin: str) -> Any:
    """Twilio's library, unmodified but for its base address."""
    from twilio.rest import Client

    client = Client("AC" + "1" * 32, "token")
    client.api.base_url = origin
    return client.messages.create(to=f"+{TO}", from_=f"+{FROM}", body="Hello").status


def telnyx(origin: str) -> Any:
    """Telnyx's library, unmodified but for its base address."""
    from telnyx import Telnyx

    return Telnyx(api_key="key", base_url=origin).messages.send(to=f"+{TO}", from_=f"+{FROM}", text="Hello")


def infobip(origin: str) -> Any:
    """Infobip's library, unmodified but for its base address: it has no MMS, so it sends a text."""
    from infobip_api_client import models
    from infobip_api_client.api.sms_api import SmsApi
    from infobip_api_client.api_client import ApiClient
    from infobip_api_client.configuration import Configuration

    settings = Configuration(host=origin, api_key="key")
    content = models.SmsMessageContent(models.SmsTextContent(text="Hello"))
    message = models.SmsMessage(sender=FROM, destinations=[models.SmsDestination(to=TO)], content=content)
    return SmsApi(ApiClient(settings)).send_sms_messages(models.SmsRequest(messages=[message]))


def main() -> None:
    """Count, and print a table. Ends with 1 where one of ours sent more than one copy."""
    senders: dict[str, Callable[[str], Any]] = {f"mmspack, {name}": ours(name) for name in doors.names()}
    libraries = {"twilio": twilio, "telnyx": telnyx, "infobip-api-python-client": infobip}
    for name, send in libraries.items():
        try:
            senders[f"{name} {importlib.metadata.version(name)}"] = send
        except importlib.metadata.PackageNotFoundError:
            print(f"{name} is not installed: pip install --group bench\n")
    print(f"| sender | {' | '.join(f'copies after {name}' for name in BEHAVIOURS)} |")
    print(f"|---|{'---|' * len(BEHAVIOURS)}")
    twice = False
    for name, send in senders.items():
        copies = []
        for behave in BEHAVIOURS.values():
            with RawGateway([behave]) as raw, contextlib.suppress(Exception):
                send(raw.url.removesuffix("/SendMMS"))
            copies.append(len(raw.received))
        twice |= name.startswith("mmspack") and max(copies) > 1
        print(f"| {name} | {' | '.join(map(str, copies))} |", flush=True)
    raise SystemExit(int(twice))


if __name__ == "__main__":
    main()
