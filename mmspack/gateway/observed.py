"""What a client saw of one request, and what a door says that it means."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmspack.gateway.secrets import Secret
from mmspack.outcome import Result
from mmspack.words import cleaned

MAX_ANSWER = 64 * 1024
"""Bytes of an answer that are read; a longer one holds no id."""
MAX_REASON = 200
"""Characters of the gateway's own words that an outcome keeps."""

SANDBOX_HEADER = "MMSpack-Sandbox"
"""In every answer of the sandbox. It is believed only from this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """All that the uploader saw of one request."""

    whole: bool
    """The request went out to its last byte, so that the gateway may have acted on it."""
    status: int | None = None
    """HTTP status, or None when no answer began."""
    type: str = ""
    """The answer's Content-Type as it was written."""
    body: bytes = field(default=b"", repr=False)
    complete: bool = False
    """The answer's body arrived to its end."""
    location: str = ""
    """Where a redirect pointed, without query and password."""
    sandbox: bool = False
    """The answer says that it comes from the sandbox."""
    fault: str = ""
    """What broke the exchange off, as a phrase for a person; empty when nothing did."""
    secret: Secret | None = None
    """The password that went out, which a gateway may echo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an answer means for the recipient and for the account."""

    result: Result
    summary: str
    advice: str
    retry: bool = False
    """The gateway did not take it, and asks for another try: the only answer after which one follows."""
    hold: bool = False
    ends_run: bool = False
    """The next request would meet the same: a campaign ends."""
    pause: str = ""
    id: str | None = None
    """The id by which the gateway knows the message."""
    code: int | None = None
    """The gateway's own number for a refusal."""
    reason: str = ""
    """The gateway's own words, without the password, at most `MAX_REASON` characters."""


def quoted(seen: Observed, text: str) -> str:
    """The gateway's words as an outcome keeps them: cleaned, without the password, not too long.

    The password goes before anything is cut: half of one would not be recognised.
    """
    blot = seen.secret.blot if seen.secret is not None else str
    return blot(cleaned(blot(text)))[:MAX_REASON]
