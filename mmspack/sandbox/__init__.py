"""A gateway on this machine that speaks the SendMMS contract and keeps what it is sent in an inbox."""

from mmspack.sandbox.inbox import Inbox, StoredMessage, inbox_path
from mmspack.sandbox.server import Sandbox

__all__ = ["Inbox", "Sandbox", "StoredMessage", "inbox_path"]
