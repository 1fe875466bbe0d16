"""Where messages are built, by the name that `--engine` takes."""

from __future__ import annotations

import contextlib

from mmspack.campaign.build.dask import DaskEngine
from mmspack.campaign.build.engine import Engine
from mmspack.campaign.build.local import LocalEngine, processors
from mmspack.errors import UsageError
from mmspack.words import either


def engine_of(name: str, store: str = "") -> Engine:
    """`local`, `local:4`, or `dask://host:8786` with the address of a shared store. Raises `UsageError`."""
    kind, _, rest = name.partition(":")
    if kind == "local":
        with contextlib.suppress(ValueError):
            return LocalEngine(int(rest) if rest else processors())
    if kind == "dask" and rest.startswith("//"):
        return DaskEngine(f"tcp:{rest}", store)
    raise UsageError("neither local:N nor dask://host:port", where=f"{either('--engine', 'engine')} {name!r}")
