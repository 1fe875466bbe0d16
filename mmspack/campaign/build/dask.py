"""Messages built on a dask cluster: pure shards, named by their content, their results in a shared store.

A shard's name is a hash of the frozen message and its rows, and its result is written under that name. A
shard that is run twice, because a worker died or dask tried again, writes the same bytes to the same place:
nothing is counted twice. No gateway, no account and no ledger ever reaches a worker.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mmspack.campaign.build.batches import Built, Worst, build_rows
from mmspack.campaign.build.engine import Rows, in_order
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.press import Merged, Press
from mmspack.errors import ConfigError, InputError, OutputError, UsageError
from mmspack.problem import Place
from mmspack.words import either

if TYPE_CHECKING:
    from concurrent.futures import Future

RETRIES = 3
"""How often dask may run a shard again after a worker has died."""
_AHEAD = 16
_SIZE = 8
"""Bytes of a length."""
_REMEMBERED = 8


class DaskEngine:
    """A dask scheduler at `address`, such as `tcp://10.0.0.5:8786`.

    `store` is a folder or an address that fsspec knows, which all workers reach. Raises `ConfigError` where
    the extra is missing or there is no answer.
    """

    def __init__(self, address: str, store: str) -> None:
        if not store:
            raise UsageError(
                either("--engine dask://…: needs --store", "a dask engine needs a store"),
                hint="a shared folder, or a URL such as s3://…",
            )
        self._address, self._store, self.store = address, Store(store), store

    def build(self, base: Base, shards: Iterable[Rows]) -> Iterator[Built]:
        """What came of each shard, in order."""
        blobs = base.to_blobs()
        name = f"base-{base.digest.hex()}"
        self._store.put(name, pack_blobs(blobs))
        with _client(self._address) as client:

            def submit(rows: Rows) -> Future[Built]:
                task = client.submit(
                    build_shard, self._store.url, name, [list(row) for row in rows],
                    key=shard_name(base.digest, rows), retries=RETRIES, pure=True,
                )  # fmt: skip
                return _Later(task, self._store)  # type: ignore[return-value]

            yield from in_order(shards, submit, _AHEAD)


class _Later:
    """A dask future that gives the shard's result out of the store."""

    def __init__(self, task: Any, store: Store) -> None:
        self._task, self._store = task, store

    def result(self) -> Built:
        import distributed

        try:
            return read_built(self._store.get(self._task.result()))
        except (distributed.KilledWorker, OSError, TimeoutError) as error:
            raise OutputError(
                f"the cluster gave up on a shard: {type(error).__name__}",
                hint="plan it again: shards that are already in the store are not rebuilt",
            ) from error
        finally:
            self._task.release()

    def cancel(self) -> None:
        self._task.cancel()


class Store:
    """Named bytes in a place that all machines reach."""

    def __init__(self, url: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise ConfigError(
                "a cluster needs optional packages", hint="pip install 'mmspack[dask]'"
            ) from error
        self.url = url
        self._files, self._root = fsspec.core.url_to_fs(url)
        self._files.makedirs(self._root, exist_ok=True)

    def put(self, name: str, data: bytes) -> None:
        """Write `data` once: what is there under the name is the same."""
        path = f"{self._root}/{name}"
        if not self._files.exists(path):
            part = f"{path}.{hashlib.blake2b(data, digest_size=4).hexdigest()}.part"
            self._files.pipe_file(part, data)
            self._files.mv(part, path)

    def get(self, name: str, begin: int | None = None, end: int | None = None) -> bytes:
        """What is there under the name, or a part of it. Raises `InputError`."""
        try:
            data: bytes = self._files.cat_file(f"{self._root}/{name}", start=begin, end=end)
        except OSError as error:
            raise InputError(f"{name} is missing from the store", where=Place(file=self.url)) from error
        return data

    def has(self, name: str) -> bool:
        """Whether something is there under the name."""
        return bool(self._files.exists(f"{self._root}/{name}"))


def shard_name(base_digest: bytes, rows: Rows) -> str:
    """The name that follows from what is built: the same rows of the same message have the same."""
    digest = hashlib.blake2b(base_digest, digest_size=20)
    digest.update(json.dumps([list(row) for row in rows]).encode())
    return f"shard-{digest.hexdigest()}"


_presses: dict[tuple[str, str], Press] = {}


def build_shard(store_url: str, base_name: str, rows: list[Any]) -> str:
    """Build rows, where no worker has done it before; returns the name of the result in the store. Pure."""
    store = Store(store_url)
    press = _presses.get((store_url, base_name))
    if press is None:
        base = Base.from_blobs(unpack_blobs(store.get(base_name)))
        press = _presses[store_url, base_name] = Press(base)
    shard: Rows = [(row, tuple(fields)) for row, fields in rows]
    name = shard_name(press.base.digest, shard)
    if not store.has(name):
        pictures: dict[str, bytes] = {}

        def keep(row: int, merged: Merged) -> None:
            pictures.update((f"{row}/{slide}", data) for slide, data in press.pictures(merged).items())

        built = build_rows(press, shard, keep)
        if pictures:
            built.media = name.replace("shard-", "media-")
            store.put(built.media, pack_blobs(pictures))
        store.put(name, write_built(built))
    return name


class Pictures:
    """The pictures that a cluster has drawn, for the senders."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._heads: dict[str, dict[int, dict[int, tuple[int, int]]]] = {}

    def of(self, media: str, row: int) -> dict[int, bytes] | None:
        """A row's pictures by slide; None where they are not in the store."""
        try:
            places = self._head(media).get(row, {})
            return {slide: self._store.get(media, *place) for slide, place in places.items()} or None
        except InputError:
            return None

    def _head(self, media: str) -> dict[int, dict[int, tuple[int, int]]]:
        """Where in the file each row's pictures lie; those of a few shards are remembered."""
        if media not in self._heads:
            if len(self._heads) >= _REMEMBERED:
                del self._heads[next(iter(self._heads))]
            size = int.from_bytes(self._store.get(media, 0, _SIZE), "big")
            head: dict[int, dict[int, tuple[int, int]]] = {}
            places = _places(self._store.get(media, _SIZE, _SIZE + size), _SIZE + size)
            for name, place in places.items():
                row, _, slide = name.partition("/")
                head.setdefault(int(row), {})[int(slide)] = place
            self._heads[media] = head
        return self._heads[media]


def pictures_of(store: str) -> Pictures | None:
    """The pictures in a store; None without one. Raises `ConfigError` where the extra is missing."""
    return Pictures(Store(store)) if store else None


def write_built(built: Built) -> bytes:
    """A shard's result as JSON."""
    return json.dumps(
        {
            "digests": [[row, digest.hex()] for row, digest in built.digests],
            "spoiled": built.spoiled,
            "largest": [built.largest.row, built.largest.size],
            "longest": [built.longest.row, built.longest.size],
            "findings": built.findings,
            "examples": built.examples,
            "media": built.media,
        }
    ).encode()


def read_built(data: bytes) -> Built:
    """What `write_built` wrote."""
    found = json.loads(data)
    built = Built(
        digests=[(row, bytes.fromhex(digest)) for row, digest in found["digests"]],
        spoiled=[(row, why) for row, why in found["spoiled"]],
        largest=Worst(row=found["largest"][0], size=found["largest"][1]),
        longest=Worst(row=found["longest"][0], size=found["longest"][1]),
        examples={name: (row, said) for name, (row, said) in found["examples"].items()},
        media=found["media"],
    )
    built.findings.update(found["findings"])
    return built


def pack_blobs(blobs: Mapping[str, bytes]) -> bytes:
    """Named bytes as one: the length of a head, the head (JSON: names and sizes), then the bytes."""
    head = json.dumps([[name, len(data)] for name, data in blobs.items()]).encode()
    return b"".join((len(head).to_bytes(_SIZE, "big"), head, *blobs.values()))


def unpack_blobs(data: bytes) -> dict[str, bytes]:
    """What `pack_blobs` made one."""
    size = int.from_bytes(data[:_SIZE], "big")
    places = _places(data[_SIZE : _SIZE + size], _SIZE + size)
    return {name: data[begin:end] for name, (begin, end) in places.items()}


def _places(head: bytes, at: int) -> dict[str, tuple[int, int]]:
    places = {}
    for name, size in json.loads(head):
        places[name] = (at, at + size)
        at += size
    return places


def _client(address: str) -> Any:
    try:
        import distributed
    except ImportError as error:
        raise ConfigError("a cluster needs optional packages", hint="pip install 'mmspack[dask]'") from error
    try:
        client: Any = distributed.Client
        return client(address, timeout=20, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ConfigError("no dask scheduler responds", where=Place(file=address)) from error
