"""What rivals made of a picture, remembered from run to run: they change only with their version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path


class Memory:
    """Figures by the content of a source, the rival and its limits; without a file for this run alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, list[float]] = {}
        if path is not None and path.exists():
            self._known = json.loads(path.read_text("utf-8"))

    def get(self, source: bytes, what: object, measure: Callable[[], list[float]]) -> list[float]:
        """The figures of `measure`, remembered by `source` and `what`."""
        key = hashlib.sha256(source + repr(what).encode()).hexdigest()[:32]
        if key not in self._known:
            self._known[key] = measure()
            if self._path is not None:
                self._path.write_text(json.dumps(self._known), "utf-8")
        return self._known[key]
