"""A gateway on this machine that speaks the SendMMS contract and keeps what it is sent in an inbox."""

from mmspack.sandbox.accounts import SandboxAccount, read_accounts
from mmspack.sandbox.chaos import MODES, Chaos, parse_chaos
from mmspack.sandbox.inbox import Envelope, Inbox, StoredMessage, inbox_path
from mmspack.sandbox.server import Sandbox

__all__ = [
    "MODES",
    "Chaos",
    "Envelope",
    "Inbox",
    "Sandbox",
    "SandboxAccount",
    "StoredMessage",
    "inbox_path",
    "parse_chaos",
    "read_accounts",
]
