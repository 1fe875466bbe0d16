"""10,000 random requests to a running sandbox, an upload of 1 GB, and schemathesis where it is installed.

    python benchmarks/send/fuzz.py [--requests 10000] [--seed 1]

Fails for an answer of 500 or above, for a traceback in a page, for a sandbox that no longer answers, and for
one that grew by more than 200 MB. Schemathesis leaves `/api/chaos` out: it would ask for the 500s that it
then complains of.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from mmspack.bundle.bundle import pack
from mmspack.model import Part

SERVE = """
from mmspack.sandbox import Sandbox
with Sandbox(profile="uk") as sandbox:
    print(sandbox.port, flush=True)
    sandbox.wait()
"""
BUNDLE = pack([Part("hello.txt", "text/plain", b"Hello"), Part("a.jpg", "image/jpeg", bytes(5000))]).data
NAMES = [
    "user",
    "pass",
    "to",
    "from",
    "subject",
    "url",
    "note",
    "subaccount",
    "readreport",
    "id",
    "",
    "\0",
    "é",
]
VALUES = [
    "",
    "a",
    "447700900999",
    "447700900111",
    "true",
    "\r\n",
    "é" * 300,
    "http://127.0.0.1:1/",
    "%00",
    "9" * 400,
]
PATHS = [
    *("/SendMMS", "/SendMMS", "/SendMMS", "/RetrieveMMS", "/", "/api/chaos", "/api/inbound", "/api/reports"),
    *(
        "/messages/1000001",
        "/messages/1000001/mms.zip",
        "/messages/1000001/parts/a.jpg",
        "/api/messages/1000001",
    ),
    *("/livez", "/readyz", "/metrics", "/openapi.json", "/elsewhere", "/../etc/passwd", "/%00", "/inbox.css"),
]
METHODS = ["GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "FOO"]


def damaged(draw: random.Random) -> bytes:
    """The bundle with some bytes changed, cut off or repeated."""
    data = bytearray(BUNDLE)
    for _ in range(draw.randrange(4)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    if draw.random() < 0.2:
        data = data[: draw.randrange(len(data))]
    return bytes(data) * draw.choice([1, 1, 1, 2])


def structured(draw: random.Random, client: httpx2.Client, origin: str) -> httpx2.Response:
    """A request that HTTP allows."""
    fields = [(draw.choice(NAMES), draw.choice(VALUES)) for _ in range(draw.randrange(8))]
    method, address = draw.choice(METHODS), origin + draw.choice(PATHS)
    kind = draw.randrange(4)
    if kind == 0:
        return client.request(method, address, params=fields)
    if kind == 1:
        body = draw.choice([{}, [], {"drop": 0.0}, {"seed": 1}, 1, "x", None, dict(fields)])
        return client.request(method, address, json=body)
    if kind == 2:
        kinds = ["application/json", "multipart/form-data; boundary=x", "text/plain", "x"]
        return client.request(
            method,
            address,
            content=draw.randbytes(draw.randrange(3000)),
            headers={"Content-Type": draw.choice(kinds)},
        )
    good = [("user", "a"), ("pass", "b"), ("to", "447700900999"), ("from", "447700900111")]
    parts: list[tuple[str, tuple[str | None, bytes]]] = [
        (name, (None, value.encode())) for name, value in (good if draw.random() < 0.6 else fields)
    ]
    parts.append(("mms.zip", (draw.choice(["mms.zip", "é", "../x"]), damaged(draw))))
    return client.request(method, address, files=parts)


def rubbish(draw: random.Random, port: int) -> bytes:
    """What no client would write; returns the begin of the answer."""
    version = draw.choice(["HTTP/1.1", "HTTP/1.0", "HTTP/9", ""])
    head = f"{draw.choice(METHODS)} {draw.choice(PATHS)} {version}\r\n".encode()
    lines = [
        b"Host: localhost",
        b"Content-Length: 5",
        b"Content-Length: x",
        b"Transfer-Encoding: chunked",
        b"\0: \xff",
    ]
    head += b"\r\n".join(draw.sample(lines, draw.randrange(len(lines))))
    with socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
        raw.sendall(head + b"\r\n\r\n" + draw.randbytes(draw.randrange(200)))
        raw.shutdown(socket.SHUT_WR)
        try:
            return raw.recv(4096)
        except OSError:
            return b""


def huge_upload(port: int) -> bool:
    """Whether 1 GB is refused before it is sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"POST /SendMMS HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n")
        return raw.recv(100).startswith(b"HTTP/1.1 413")


def memory(process: int) -> int:
    """Megabytes that a process holds."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


def schemathesis(origin: str) -> str:
    """Run it against the description; returns the last line, or why it did not run."""
    if importlib.util.find_spec("schemathesis") is None:
        return "not installed"
    command = [sys.executable, "-m", "schemathesis.cli", "run", origin + "/openapi.json", "--url", origin]
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    done = subprocess.run(
        [*command, "--checks", checks, "--max-examples", "60", "--seed", "1", "--exclude-path", "/api/chaos"],
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-1500:])
    return "no failure" if done.returncode == 0 else f"failed with {done.returncode}: {done.stderr[-500:]}"


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    server = subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    bad: list[str] = []
    try:
        port = int(server.stdout.readline())
        origin = f"http://127.0.0.1:{port}"
        start, before = time.monotonic(), memory(server.pid)
        with httpx2.Client(trust_env=False, timeout=20) as client:
            for _ in range(given.requests):
                if draw.random() < 0.15:
                    answer, text = rubbish(draw, port), ""
                    status = int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0
                else:
                    try:
                        response = structured(draw, client, origin)
                    except (httpx2.InvalidURL, httpx2.LocalProtocolError, ValueError):
                        continue
                    except httpx2.HTTPError as error:
                        bad.append(f"no answer: {type(error).__name__}")
                        continue
                    status, text = response.status_code, response.text
                if status >= 500 or "Traceback" in text:
                    bad.append(f"HTTP {status}: {text[:200]}")
            refused = huge_upload(port)
            alive = client.get(origin + "/readyz").status_code == 200
            seconds, grown = time.monotonic() - start, memory(server.pid) - before
        print(
            f"{given.requests:,} requests in {seconds:.0f} s: {len(bad)} bad answers, {grown} MB more memory"
        )
        print(f"an upload of 1 GB is {'refused early' if refused else 'NOT refused'}; alive: {alive}")
        print(f"schemathesis: {(found := schemathesis(origin))}")
    finally:
        server.kill()
        server.wait()
    print("\n".join(bad[:10]))
    if bad or not refused or not alive or grown > 200 or found.startswith("failed"):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
