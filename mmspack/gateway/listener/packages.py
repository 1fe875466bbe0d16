"""The packages of servers: the extra `sandbox`, without which mmspack builds, checks and sends."""

from __future__ import annotations

import importlib.util

from mmspack.errors import ConfigError

PACKAGES = ("starlette", "uvicorn", "watchfiles")
"""h11 is also in the extra, and always there: the HTTP client needs it."""


def prove_server(what: str) -> None:
    """Raises `ConfigError` where a package is missing that `what` needs to serve."""
    missing = [name for name in PACKAGES if not _is_installed(name)]
    if missing:
        raise ConfigError(f"needs {', '.join(missing)}", where=what, hint="pip install 'mmspack[sandbox]'")


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False
