"""A password that cannot be printed by accident, and its removal from text and logs."""

from __future__ import annotations

import logging
from urllib.parse import quote, quote_plus

BLOT = "***"
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
        self._text = text
        forms = {text, quote(text, safe=""), quote(text), quote_plus(text)} - {""}
        self._forms = sorted(forms, key=len, reverse=True)

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
        """`text` with the password blotted out, also where it is percent-encoded."""
        for form in self._forms:
            text = text.replace(form, BLOT)
        return text


class LogFilter(logging.Filter):
    """Blots a password out of what the HTTP client logs, as long as it is installed."""

    def __init__(self, secret: Secret) -> None:
        super().__init__()
        self._secret = secret

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's text; it always passes."""
        record.msg, record.args = self._secret.blot(record.getMessage()), ()
        return True

    def install(self) -> None:
        """Begin to filter the client's loggers."""
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)

    def remove(self) -> None:
        """Stop filtering."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)
