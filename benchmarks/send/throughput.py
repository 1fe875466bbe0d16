"""Sends a second on loopback, as a ratio to a bare loop of the same HTTP client that posts the same bytes.

    python benchmarks/send/throughput.py [--seconds 0.5] [--rounds 15] [--doors sendmms mm7 infobip twilio]
        [--unplugged]

A bundle of 300 KB (a text, where a door places media elsewhere first) goes to a server in a process of its
own that reads it and accepts it as the door's gateway does, each with an id of its own. The two contestants
take turns in short rounds, each first in every other one; the first round warms up and is dropped, and the
median of the rounds' ratios counts. Exits with 1 where one is below what is asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.goals import Goals, add_room
from benchmarks.send.reading_server import ANSWERS, NUMBERS
from mmspack.bundle.bundle import Bundle, pack
from mmspack.gateway import AsyncGateway, Gateway
from mmspack.gateway.requests import HttpRequest
from mmspack.model import Part
from mmspack.outcome import Outcome, Result

TO, FROM = "447700900999", "447700900111"
HERE = Path(__file__).resolve().parent
GOAL = 0.85
"""Of the bare loop's sends a second."""
BUNDLE = pack(
    [Part("hello.txt", "text/plain", b"Hello"), Part("a.jpg", "image/jpeg", bytes(range(256)) * 1150)]
)
TEXT = pack([Part("hello.txt", "text/plain", b"Hello")])
BUNDLES = {"infobip": TEXT, "twilio": TEXT}
"""What these doors post themselves: media are placed before, each once."""


Speed = tuple[float, float]
"""Sends a second, and milliseconds of this process's CPU a send."""


def threaded(send: Callable[[], object], connections: int, seconds: float) -> Speed:
    """The speed with a thread for each connection."""
    end = time.perf_counter() + seconds

    def work() -> int:
        count = 0
        while time.perf_counter() < end:
            send()
            count += 1
        return count

    start, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(connections) as threads:
        total = sum(future.result() for future in [threads.submit(work) for _ in range(connections)])
    return total / (time.perf_counter() - start), 1000 * (time.process_time() - cpu) / max(total, 1)


async def awaited(send: Callable[[], Awaitable[object]], connections: int, seconds: float) -> Speed:
    """The speed with a task for each connection."""
    start, cpu = time.perf_counter(), time.process_time()

    async def work() -> int:
        count = 0
        while time.perf_counter() < start + seconds:
            await send()
            count += 1
        return count

    total = sum(await asyncio.gather(*(work() for _ in range(connections))))
    return total / (time.perf_counter() - start), 1000 * (time.process_time() - cpu) / max(total, 1)


def asked_of(gateway: Gateway, bundle: Bundle) -> HttpRequest:
    """What a send puts on the wire."""
    return gateway.request(bundle, to=TO, sender=FROM).write({})


def prove_accepted(outcome: Outcome) -> None:
    """A send that is not accepted may cost anything."""
    if outcome.result is not Result.ACCEPTED:
        raise SystemExit(outcome.summary)


def options(connections: int) -> dict[str, Any]:
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return {"trust_env": False, "timeout": 120, "limits": limits}


def compare_sync(
    url: str, door: str, connections: int, seconds: float, rounds: int
) -> tuple[list[Speed], list[Speed]]:
    bare, ours, bundle = [], [], BUNDLES.get(door, BUNDLE)
    with (
        Gateway(url, door=door, connections=connections) as gateway,
        httpx2.Client(**options(connections)) as client,
    ):
        asked = asked_of(gateway, bundle)
        prove_accepted(gateway.attempt(bundle, to=TO, sender=FROM))

        def post() -> object:
            return client.post(asked.url, content=asked.body, headers=asked.headers).text

        def send() -> object:
            return gateway.attempt(bundle, to=TO, sender=FROM)

        for turn in range(rounds + 1):
            order = [(post, bare), (send, ours)]
            for contestant, results in order if turn % 2 else reversed(order):
                results.append(threaded(contestant, connections, seconds))
    return bare[1:], ours[1:]


async def compare_async(
    url: str, door: str, connections: int, seconds: float, rounds: int
) -> tuple[list[Speed], list[Speed]]:
    bare, ours, bundle = [], [], BUNDLES.get(door, BUNDLE)
    asked = asked_of(Gateway(url, door=door), bundle)
    async with (
        AsyncGateway(url, door=door, connections=connections) as gateway,
        httpx2.AsyncClient(**options(connections)) as client,
    ):
        prove_accepted(await gateway.attempt(bundle, to=TO, sender=FROM))

        async def post() -> object:
            return (await client.post(asked.url, content=asked.body, headers=asked.headers)).text

        async def send() -> object:
            return await gateway.attempt(bundle, to=TO, sender=FROM)

        for turn in range(rounds + 1):
            order = [(post, bare), (send, ours)]
            for contestant, results in order if turn % 2 else reversed(order):
                results.append(await awaited(contestant, connections, seconds))
    return bare[1:], ours[1:]


def unplugged(door: str, rounds: int, each: int = 50) -> tuple[float, float]:
    """Microseconds of CPU of a send of the bare client and of ours, through a transport that answers at once.

    The least of the rounds: what the machine does besides can only add to it.
    """

    status, type_, write = ANSWERS[door]

    def answer(request: httpx2.Request) -> httpx2.Response:
        for _ in request.stream:  # type: ignore[union-attr]
            pass
        return httpx2.Response(status, headers={"Content-Type": type_}, content=write(next(NUMBERS)).encode())

    transport, bundle = httpx2.MockTransport(answer), BUNDLES.get(door, BUNDLE)
    with (
        Gateway("http://127.0.0.1:1/", door=door, transport=transport) as gateway,
        httpx2.Client(transport=transport) as client,
    ):
        asked = asked_of(gateway, bundle)
        ways: list[Callable[[], object]] = [
            lambda: client.post(asked.url, content=asked.body, headers=asked.headers).text,
            lambda: gateway.attempt(bundle, to=TO, sender=FROM),
        ]
        least = [float("inf"), float("inf")]
        for _ in range(rounds + 1):
            for at, way in enumerate(ways):
                began = time.process_time()
                for _ in range(each):
                    way()
                least[at] = min(least[at], (time.process_time() - began) / each)
    return 1e6 * least[0], 1e6 * least[1]


def row(bare: list[Speed], ours: list[Speed]) -> tuple[str, float]:
    """The medians as cells of a table; and the ratio."""
    ratio = statistics.median(one[0] / max(other[0], 1e-9) for one, other in zip(ours, bare, strict=True))
    speeds = [statistics.median(speed for speed, _ in results) for results in (bare, ours)]
    costs = [statistics.median(cost for _, cost in results) for results in (bare, ours)]
    return f"{speeds[0]:.0f} | {speeds[1]:.0f} | {ratio:.2f} | {costs[0]:.2f} | {costs[1]:.2f}", ratio


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--doors", nargs="+", default=["sendmms"])
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 8, 32])
    parser.add_argument("--unplugged", action="store_true", help="the CPU of a send alone, without a server")
    add_room(parser)
    given = parser.parse_args()
    if given.unplugged:
        print("| door | bare, µs of CPU | mmspack, µs of CPU | more |\n|---|---:|---:|---:|")
        for door in given.doors:
            bare, own = unplugged(door, given.rounds)
            print(f"| {door} | {bare:.0f} | {own:.0f} | {own - bare:.0f} |", flush=True)
        return
    goals = Goals(given.room)
    print(f"bundle of {len(BUNDLE.data):,} bytes\n")
    print("| client | door | connections | bare/s | mmspack/s | ratio | CPU, bare ms | CPU, mmspack ms |")
    print("|---|---|---|---|---|---|---|---|")
    for door in given.doors:
        with served(door) as url:
            for name, connections in itertools.product(("Gateway", "AsyncGateway"), given.connections):
                how = (url, door, connections, given.seconds, given.rounds)
                bare, ours = compare_sync(*how) if name == "Gateway" else asyncio.run(compare_async(*how))
                cells, ratio = row(bare, ours)
                goals.at_least(f"{name}, {door}, {connections} connections, of the bare loop", ratio, GOAL)
                print(f"| {name} | {door} | {connections} | {cells} |", flush=True)
    goals.finish()


@contextmanager
def served(door: str) -> Iterator[str]:
    """The address of a gateway of this door, in a process of its own."""
    server = subprocess.Popen(
        [sys.executable, str(HERE / "reading_server.py"), door], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/SendMMS"
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
