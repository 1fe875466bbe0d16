"""A password that cannot be printed by accident, and its removal from text and logs."""

from __future__ import annotations

import html
import logging
import re
import threading
from urllib.parse import quote, quote_plus

from mmspack.arguments import shown
from mmspack.errors import ConfigError

BLOT = "***"
_SHORT = 4
"""A password of fewer characters is blotted out where it stands alone: inside words it is chance."""
_LOGGERS = (
    "httpx2",
    "httpcore2",
    "httpcore2.connection",
    "httpcore2.http11",
    "httpcore2.http2",
    "httpcore2.proxy",
    "httpcore2.socks",
)
"""Loggers of the HTTP client that write addresses and headers; a filter holds for one logger alone."""


class Secret:
    """A password. `repr`, `str`, f-strings and pickles of it show nothing; `reveal()` gives the text."""

    __slots__ = ("_forms", "_text")

    def __init__(self, text: str) -> None:
        """Raises `ConfigError` for what is not a text."""
        if not isinstance(text, str):
            raise ConfigError(f"expected a text, found {shown(text)}", where="password")
        self._text = text
        forms = {text, quote(text, safe=""), quote(text), quote_plus(text), html.escape(text)} - {""}
        self._forms = _pattern(forms, alone=len(text) < _SHORT)

    def reveal(self) -> str:
        """The password itself: only where a request is written."""
        return self._text

    def __repr__(self) -> str:
        return BLOT

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")

    def blot(self, text: str) -> str:
        """`text` with the password blotted out, also where it is percent-encoded or escaped for HTML."""
        return self._forms.sub(BLOT, text) if self._text else text


def _pattern(forms: set[str], *, alone: bool) -> re.Pattern[str]:
    """Finds any of `forms`, the longest first; with `alone`, not within a longer word."""
    either = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if alone else either)


class LogFilter(logging.Filter):
    """Blots passwords out of what the HTTP client logs, as long as it is installed."""

    def __init__(self, *secrets: Secret) -> None:
        super().__init__()
        self._secrets = secrets
        self._users = 0
        # Threads may share a gateway that opens connections for each send.
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's text; it always passes."""
        text = record.getMessage()
        for secret in self._secrets:
            text = secret.blot(text)
        record.msg, record.args = text, ()
        return True

    def install(self) -> None:
        """Begin to filter the client's loggers; each call needs one of `remove`."""
        with self._lock:
            self._users += 1
            for name in _LOGGERS:
                logging.getLogger(name).addFilter(self)

    def remove(self) -> None:
        """Stop filtering, once nobody needs it any more."""
        with self._lock:
            self._users -= 1
            for name in () if self._users else _LOGGERS:
                logging.getLogger(name).removeFilter(self)
