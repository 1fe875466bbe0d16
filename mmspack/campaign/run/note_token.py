"""The token that goes into `note`, and by which a billing record finds its recipient again.

It is the same whenever it is made, and holds nothing personal: whoever has no ledger cannot tell the number
from it. Whether an operator's export shows the note is not promised.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Container

TOKEN = re.compile(r"mp1:([0-9a-f]{8}):([A-Z2-7]{20})")
_LIKE_ONE = re.compile(r"(?=mp1:([0-9a-z]*))", re.IGNORECASE)
_ID = re.compile(r"[0-9a-f]{8}")
_HASH = re.compile(r"(?=([A-Z2-7]{20}))")
_BYTES = 12


def note_token(campaign: str, key: str, msisdn: int) -> str:
    """`mp1:<campaign>:<hmac>`: 33 characters. `key` is the campaign's own, in hexadecimal."""
    digest = hmac.new(bytes.fromhex(key), str(msisdn).encode(), hashlib.sha256).digest()[:_BYTES]
    return f"mp1:{campaign}:{base64.b32encode(digest).decode().rstrip('=')}"


def is_damaged(text: str, campaign: str, known: Container[str]) -> bool:
    """Whether `text` holds what may have been a note of `campaign` and is none of the `known` ones.

    A note with another whole id is foreign, whatever follows it. One with this campaign's id,
    with a damaged id, or with a known hash next to another id may belong to anyone.
    """
    rest = TOKEN.sub(lambda match: "" if match[0] in known else match[0], text)
    ids = [match[1].lower() for match in _LIKE_ONE.finditer(rest)]
    return (
        any(one == campaign or not _ID.fullmatch(one) for one in ids)
        or f"{campaign}:" in rest.lower()
        or any(f"mp1:{campaign}:{match[1]}" in known for match in _HASH.finditer(rest))
    )
