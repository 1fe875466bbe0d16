"""The token that goes into `note`, and by which a billing record finds its recipient again.

It is the same whenever it is made, and holds nothing personal: whoever has no ledger cannot tell the number
from it. Whether an operator's export shows the note is not promised.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

TOKEN = re.compile(r"mp1:([0-9a-f]{8}):([A-Z2-7]{20})")
_BYTES = 12


def note_token(campaign: str, key: str, msisdn: int) -> str:
    """`mp1:<campaign>:<hmac>`: 33 characters. `key` is the campaign's own, in hexadecimal."""
    digest = hmac.new(bytes.fromhex(key), str(msisdn).encode(), hashlib.sha256).digest()[:_BYTES]
    return f"mp1:{campaign}:{base64.b32encode(digest).decode().rstrip('=')}"
