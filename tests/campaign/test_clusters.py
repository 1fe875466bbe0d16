"""A real dask cluster on this machine: a scheduler and two workers over TCP, one of them killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mmspack.campaign import Ledger, Order, Rules, Run, State, plan, rules_of
from mmspack.campaign.build.batches import Built, Worst
from mmspack.campaign.build.dask import (
    DaskEngine,
    Store,
    build_shard,
    pack_blobs,
    read_built,
    shard_name,
    unpack_blobs,
    write_built,
)
from mmspack.errors import ConfigError, UsageError
from mmspack.gateway import Gateway, Retry
from mmspack.media.drawing import Raster
from mmspack.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("distributed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def registered(log: Path) -> int:
    return log.read_text("utf-8").count("Registered to:")


def wait_for(process: subprocess.Popen[bytes], happened: Callable[[], bool]) -> None:
    """For as long as the process lives: how long it takes to start depends on what else the machine does."""
    while not happened():
        assert process.poll() is None, "it has ended"
        time.sleep(0.05)


@pytest.fixture
def cluster(tmp_path):
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def start(module, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.{module}", *map(str, arguments)]
        with (tmp_path / f"{module}.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=tmp_path)

    where = ("--host", "127.0.0.1", "--no-dashboard")
    scheduler = start("dask_scheduler", *where, "--port", port)
    address = f"tcp://127.0.0.1:{port}"
    workers = [start("dask_worker", address, *where, "--no-nanny", "--nthreads", 1) for _ in range(2)]
    wait_for(scheduler, lambda: answers(port))
    for worker in workers:
        wait_for(worker, lambda: registered(tmp_path / "dask_worker.log") == len(workers))
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def rows_of(path):
    with Ledger.look(path) as ledger:
        return list(ledger._db.execute("select row, state, digest from recipients order by row"))


@pytest.mark.slow
def test_a_cluster_builds_what_one_process_builds_though_a_worker_dies(cluster, planned, tmp_path):
    address, workers = cluster
    alone = planned(6_000, extra="12,bad,V,\n447700990000,b\x85ad,V,\n")
    store = tmp_path / "store"
    killed = []

    def progress(stage, done):
        if stage == "build" and done and not killed:
            workers[0].send_signal(signal.SIGKILL)
            killed.append(done)

    order = Order(
        message=tmp_path / "message.toml",
        recipients=tmp_path / "people.csv",
        name="cluster",
        default_if_blank=("city",),
        rules=Rules(rate=1),
    )
    together = plan(order, engine=DaskEngine(address, str(store)), progress=progress)
    assert killed
    assert workers[0].wait() == -signal.SIGKILL
    assert rows_of(together.path) == rows_of(alone.path)
    assert (together.ready, together.bad, together.longest) == (alone.ready, alone.bad, alone.longest)
    assert together.ready == 6_000
    # Each shard's result is there once, under the name that follows from what is in it.
    results = [read_built(path.read_bytes()) for path in store.glob("shard-*")]
    assert not list(store.glob("*.part"))
    assert len(results) == 7
    assert sum(len(one.digests) for one in results) == 6_000
    # Nothing there can send: neither an account nor a ledger nor a number was handed over.
    assert not any(b"447700" in path.read_bytes() for path in store.iterdir())


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_told(planned, tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="needs a store"):
        DaskEngine("tcp://127.0.0.1:1", "")
    import distributed

    monkeypatch.setattr(distributed, "Client", lambda *_, **__: (_ for _ in ()).throw(OSError("nobody")))
    with pytest.raises(ConfigError, match="no dask scheduler responds"):
        planned(3) and plan(
            Order(message=tmp_path / "message.toml", recipients=tmp_path / "people.csv", name="other"),
            engine=DaskEngine("tcp://127.0.0.1:1", str(tmp_path / "store")),
        )
    assert not (tmp_path / "other.campaign").exists()


def test_what_travels_comes_back_as_it_was(tmp_path):
    built = Built(
        digests=[(1, b"\x00" * 16)], spoiled=[(2, "why")],
        largest=Worst(row=1, size=9), longest=Worst(row=1, size=3),
        examples={"MMS526 info": (1, "said")},
    )  # fmt: skip
    built.findings["MMS526 info"] = 4
    assert read_built(write_built(built)) == built
    blobs = {"b": b"\n\0", "a": b"", "c": b"xyz"}
    assert unpack_blobs(pack_blobs(blobs)) == blobs
    store = Store(str(tmp_path / "s"))
    store.put("x", b"1")
    time.sleep(0.01)
    store.put("x", b"1")
    assert store.get("x") == b"1"
    assert (
        shard_name(b"d", [(1, ("a",))]) == shard_name(b"d", [(1, ("a",))]) != shard_name(b"d", [(2, ("a",))])
    )


class Inline:
    """What a worker does, in this process."""

    def __init__(self, store):
        self.store = str(store)

    def build(self, base, shards):
        store = Store(self.store)
        store.put("base-x", pack_blobs(base.to_blobs()))
        for rows in shards:
            yield read_built(store.get(build_shard(self.store, "base-x", [list(row) for row in rows])))


TOML = """
[[slides]]
image = "card.jpg"

[[slides.overlay]]
box = [0.1, 0.1, 0.8, 0.3]
text = "{{ name }}"
"""


def sent(path, expected):
    with Sandbox() as sandbox, Ledger.open(path) as ledger:
        client = Gateway(sandbox.url, sender="447700900111", retry=Retry(times=0))
        list(Run(ledger=ledger, gateway=client, rules=rules_of(ledger)))
        assert ledger.counts()[State.ACCEPTED] == expected
        return {message.to: message.sha256 for message in sandbox.messages()}


@pytest.mark.slow
def test_senders_take_the_pictures_that_the_cluster_has_drawn(planned, scene, tmp_path, monkeypatch):
    (tmp_path / "card.jpg").write_bytes(scene(320, 240, "JPEG"))
    store, rules = tmp_path / "store", Rules(rate=1000)
    local = planned(8, text=TOML, rules=rules)
    order = Order(
        message=tmp_path / "message.toml", recipients=tmp_path / "people.csv", name="drawn", rules=rules
    )
    made = plan(order, engine=Inline(store))
    assert rows_of(made.path) == rows_of(local.path)
    alone = sent(local.path, 8)
    drawn = []
    real = Raster.jpeg
    monkeypatch.setattr(Raster, "jpeg", lambda self, coding: drawn.append(1) or real(self, coding))
    (media,) = store.glob("media-*")
    data = bytearray(media.read_bytes())
    data[-1] ^= 0xFF  # the last picture is damaged: it is drawn again, and sent as it was checked
    media.write_bytes(data)
    assert sent(made.path, 8) == alone
    assert len(drawn) == 1


@pytest.mark.slow
def test_without_the_store_the_sender_draws_itself(planned, scene, tmp_path):
    (tmp_path / "card.jpg").write_bytes(scene(320, 240, "JPEG"))
    planned(4, text=TOML, rules=Rules(rate=1000)).path.unlink()
    order = Order(
        message=tmp_path / "message.toml",
        recipients=tmp_path / "people.csv",
        name="drawn",
        rules=Rules(rate=1000),
    )
    made = plan(order, engine=Inline(tmp_path / "store"))
    for path in (tmp_path / "store").iterdir():
        path.unlink()
    assert len(sent(made.path, 4)) == 4
