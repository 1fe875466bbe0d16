"""Keyed checksums that bind together what a ledger's file says, so that damage cannot pass for data. Pure.

SQLite knows whether its pages agree with each other, not whether a number is still the one that was planned.
Each recipient therefore carries two seals: one over who they are and what they get, and one over where they
stand, with the outcome. Rows are gathered in blocks of 256, and each block keeps which rows it has and the
exclusive or of their state seals: a page from an older copy of the file holds seals that are right in
themselves, and gives itself away there.

Eight bytes let one damage in 2^64 pass. The key is the campaign's own: a row of another campaign's ledger
does not pass either.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

SEAL_BYTES = 8
BLOCK_ROWS = 256
"""Rows that vouch for each other: so few that damage holds few back, so many that blocks take no room."""
NO_DIGEST = bytes(16)
"""Of a recipient whose message has not been built, or whose digest is lost: nothing can be sent to them."""
UNSEALED = bytes(SEAL_BYTES)
"""The state seal of a recipient who is only planned."""

OutcomeRow = tuple[int, int | None, str | None, bytes | None, str | None]
"""Time, code, id, SHA-256 and reason, as they are in the file."""
Value = int | str | bytes | None

_IDENTITY = struct.Struct(">qqq").pack
_STATE = struct.Struct(">qqqq").pack


class Seals:
    """Makes the seals of one campaign."""

    def __init__(self, key: str) -> None:
        # As the salt, the key costs no block of its own: the seals are against damage, not against somebody
        # who finds the key in the file. `person` keeps the kinds apart, so that none passes for another.
        salt = bytes.fromhex(key)[: hashlib.blake2b.SALT_SIZE]
        self._identity, self._state, self._entry = (
            hashlib.blake2b(salt=salt, digest_size=SEAL_BYTES, person=kind)
            for kind in (b"identity", b"state", b"entry")
        )

    def identity(self, row: int, msisdn: int, zone: int, fields: str) -> bytes:
        """Over who a recipient is and the values of their message."""
        seal = self._identity.copy()
        seal.update(_IDENTITY(row, msisdn, zone) + fields.encode())
        return seal.digest()

    def state(
        self, row: int, state: int, due: int, tries: int, digest: bytes, outcome: OutcomeRow | None = None
    ) -> bytes:
        """Over where a recipient stands, the digest of the message that was checked, and the outcome."""
        seal = self._state.copy()
        seal.update(_STATE(row, state, due, tries) + digest)
        if outcome is not None:
            seal.update(_packed(outcome))
        return seal.digest()

    def entry(self, table: str, *values: Value) -> bytes:
        """Over a row of one of the small tables."""
        seal = self._entry.copy()
        seal.update(_packed((table, *values)))
        return seal.digest()


def _packed(values: Iterable[Value]) -> bytes:
    """The values as bytes that no other values give."""
    pieces = []
    for value in values:
        if value is None:
            pieces.append(b"-")
        elif isinstance(value, int):
            pieces.append(b"i%d;" % value)
        elif isinstance(value, bytes):
            pieces.append(b"b%d:%b" % (len(value), value))
        else:
            data = value.encode()
            pieces.append(b"s%d:%b" % (len(data), data))
    return b"".join(pieces)


def joined(one: bytes, other: bytes) -> bytes:
    """The exclusive or of two seals: adds a seal to a total, and takes it away again."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(SEAL_BYTES, "big")


def number_of(seal: bytes) -> int:
    """A seal as a number, to be joined by exclusive or."""
    return int.from_bytes(seal, "big")


def seal_of(number: int) -> bytes:
    """A total as the file keeps it."""
    return number.to_bytes(SEAL_BYTES, "big")


def bit_of(row: int) -> int:
    """What a row is in its block's number of rows."""
    return 1 << row % BLOCK_ROWS


def bits_as_bytes(bits: int) -> bytes:
    """A block's rows as the file keeps them."""
    return bits.to_bytes(BLOCK_ROWS // 8, "big")


def members(block: int, bits: int) -> list[int]:
    """The rows of a block."""
    first = block * BLOCK_ROWS
    return [first + at for at in range(BLOCK_ROWS) if bits >> at & 1]
