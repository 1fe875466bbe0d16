"""Counters in the text format that Prometheus reads."""

from __future__ import annotations

import threading
from collections import Counter

_HELP = {
    "mmspack_sandbox_requests_total": "Requests to SendMMS, by result.",
    "mmspack_sandbox_refused_total": "Requests answered with 403, by code.",
    "mmspack_sandbox_chaos_total": "Requests disturbed by chaos, by mode.",
    "mmspack_sandbox_bytes_total": "Bytes of accepted bundles.",
}


class Metrics:
    """Counters by name and label. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def accepted(self, size: int) -> None:
        """A message was stored."""
        self._add("requests", "result", "accepted")
        self._add("bytes", "", "", size)

    def refused(self, code: int) -> None:
        """A request was answered with a code."""
        self._add("requests", "result", "refused")
        self._add("refused", "code", str(code))

    def struck(self, mode: str) -> None:
        """Chaos struck a request."""
        self._add("chaos", "mode", mode)

    def _add(self, name: str, label: str, value: str, amount: int = 1) -> None:
        with self._lock:
            self._counts[f"mmspack_sandbox_{name}_total", label, value] += amount

    def text(self, *, messages: int) -> str:
        """All counters, and the messages in the inbox now."""
        with self._lock:
            counts = sorted(self._counts.items())
        lines = [
            "# HELP mmspack_sandbox_messages Messages in the inbox.",
            "# TYPE mmspack_sandbox_messages gauge",
            f"mmspack_sandbox_messages {messages}",
        ]
        for name, help_text in _HELP.items():
            lines += [f"# HELP {name} {help_text}", f"# TYPE {name} counter"]
            for (counted, label, value), count in counts:
                if counted == name:
                    lines.append(f'{name}{{{label}="{value}"}} {count}' if label else f"{name} {count}")
        return "\n".join(lines) + "\n"
