"""The login that a request bears in its Authorization header."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


def basic_login(request: Request) -> tuple[str, str]:
    """User and password of HTTP Basic (RFC 7617); two empty texts where there are none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, mark, password = base64.b64decode(token.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (user, password) if mark else ("", "")
