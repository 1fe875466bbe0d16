"""Servers under attack: how late `/livez` and an operator's reports are, at worst.

    python benchmarks/serve/bombard.py [--sockets 10000] [--threads 8]

1. `mmspack sandbox --profile uk` gets the files of the fuzz corpus and made-up ones that are costly to check,
   several at a time, while `/livez` is asked again and again.
2. `mmspack listen` gets thousands of connections from forty addresses that say nothing, while the operator
   pushes reports.

Each is a process of its own. Exits with 1 where `/livez` took more than a second, or a report more than the
10 seconds that operators wait for its answer. The first report queues behind the burst of connections.
"""

from __future__ import annotations

import argparse
import io
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.goals import Goals, add_room

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "fuzz" / "corpus" / "zip"
TO, FROM = "447700900999", "447700900111"


def a_zip(smil: str) -> bytes:
    """A bundle with this presentation."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("message.smil", smil)
        bundle.writestr("hello.txt", "Hello")
    return stream.getvalue()


def costly() -> Iterator[bytes]:
    """Presentations as large as the reader takes them, each in the way that was slow once."""
    regions = "".join(f'<region id="r{n}"/>' for n in range(1000))
    pars = "".join(f'<par dur="5s"><text src="hello.txt" region="r{n}"/></par>' for n in range(1000))
    yield a_zip(f"<smil><head><layout>{regions}</layout></head><body>{pars}</body></smil>")
    attributes = " ".join(f'a{n}="{n}"' for n in range(40_000))
    yield a_zip(f"<smil><body><par {attributes}/></body></smil>")
    yield a_zip("<smil><body>" + "<par>" * 40_000)
    yield a_zip("<smil><!--" + "- " * 40_000 + "--><body/></smil>")
    yield a_zip('<smil><body><par dur="' + "1" * 200_000 + 's"/></body></smil>')
    yield a_zip("<smil><body>" + "&#x41;" * 60_000 + "</body></smil>")


@contextmanager
def server(*command: str) -> Iterator[str]:
    """A command of mmspack that serves, and its address."""
    running = subprocess.Popen(
        [sys.executable, "-m", "mmspack", *command, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    assert running.stdout is not None
    line = running.stdout.readline()
    words = line.split()
    address = next(word for word in words if word.startswith("http"))
    origin = "/".join(address.split("/")[:3])
    try:
        yield origin
    finally:
        running.terminate()
        running.communicate(timeout=30)


def slowest(ask: str, over: threading.Event) -> tuple[float, int]:
    """The longest answer in seconds, and how many there were, until `over`."""
    worst, count = 0.0, 0
    with httpx2.Client(timeout=60) as client:
        while not over.is_set():
            begun = time.perf_counter()
            client.get(ask).raise_for_status()
            worst, count = max(worst, time.perf_counter() - begun), count + 1
            time.sleep(0.02)
    return worst, count


def bombarded(threads: int) -> tuple[float, int, int]:
    """The slowest `/livez` of the sandbox, how many there were, and how many files it got."""
    files = [*costly(), *(path.read_bytes() for path in sorted(CORPUS.glob("*")))]
    waiting, lock, over = list(files), threading.Lock(), threading.Event()
    with tempfile.TemporaryDirectory() as folder, server("sandbox", "--inbox", folder) as origin:

        def post() -> None:
            fields = {"user": "a", "pass": "b", "to": TO, "from": FROM}
            with httpx2.Client(timeout=600) as client:
                while True:
                    with lock:
                        if not waiting:
                            return
                        data = waiting.pop()
                    client.post(f"{origin}/SendMMS", data=fields, files={"mms.zip": ("mms.zip", data)})

        senders = [threading.Thread(target=post) for _ in range(threads)]
        for sender in senders:
            sender.start()

        def watch() -> None:
            for sender in senders:
                sender.join()
            over.set()

        threading.Thread(target=watch).start()
        worst, count = slowest(f"{origin}/livez", over)
    return worst, count, len(files)


def silenced(sockets: int) -> tuple[list[float], int]:
    """Seconds of an operator's reports beside silent connections, and how many of these there were."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sockets = min(sockets, hard - 200)
    with (
        tempfile.TemporaryDirectory() as folder,
        server("listen", "--folder", folder) as origin,
        ExitStack() as stack,
    ):
        port = int(origin.rpartition(":")[2])
        for number in range(sockets):
            source = (f"127.0.1.{number % 40 + 1}", 0)
            stack.enter_context(socket.create_connection(("127.0.0.1", port), 60, source_address=source))
        times = []
        for number in range(100):
            query = f"id={number}&requestid=1000001&to={FROM}&from={TO}&type=3&status=3"
            begun = time.perf_counter()
            httpx2.get(f"{origin}/report?{query}", timeout=60).raise_for_status()
            times.append(time.perf_counter() - begun)
    return times, sockets


def main() -> None:
    """Both attacks, and a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--sockets", type=int, default=10_000)
    options.add_argument("--threads", type=int, default=8)
    add_room(options)
    given = options.parse_args()
    goals = Goals(given.room)
    worst, count, files = bombarded(given.threads)
    print(
        f"sandbox: {files} files, {count} times /livez, the slowest {worst * 1000:.0f} ms; "
        + goals.at_most("the slowest /livez, s", worst, 1)
    )
    times, sockets = silenced(given.sockets)
    print(
        f"listen: {sockets} silent connections, the first report {times[0] * 1000:.0f} ms, "
        f"the slowest of 99 more {max(times[1:]) * 1000:.0f} ms; "
        + goals.at_most("the slowest report, s", max(times), 10)
    )
    goals.finish()


if __name__ == "__main__":
    main()
