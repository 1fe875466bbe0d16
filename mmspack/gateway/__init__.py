"""The thin uploader: a door encodes the request, it is sent at most once, and the door reads the outcome."""

from typing import TYPE_CHECKING

from mmspack.files import config_path
from mmspack.gateway.accounts import Account, Setting, find_account, show_config, store_password
from mmspack.gateway.client import Gateway, SendInterrupted
from mmspack.gateway.config_file import read_config
from mmspack.gateway.door import Door
from mmspack.gateway.hosting import Hosted, publish, verify_hosted
from mmspack.gateway.inbound import InboundMessage
from mmspack.gateway.outcomes import error_of, outcome_of, receipt_or_raise
from mmspack.gateway.reports import DeliveryReport
from mmspack.gateway.requests import Preview, SendRequest, describe_request
from mmspack.gateway.retrying import Retry, RetryBudget
from mmspack.gateway.secrets import Secret
from mmspack.gateway.wire import Timeouts

if TYPE_CHECKING:
    from mmspack.gateway.async_client import AsyncGateway

__all__ = [
    "Account",
    "AsyncGateway",
    "DeliveryReport",
    "Door",
    "Gateway",
    "Hosted",
    "InboundMessage",
    "Preview",
    "Retry",
    "RetryBudget",
    "Secret",
    "SendInterrupted",
    "SendRequest",
    "Setting",
    "Timeouts",
    "config_path",
    "describe_request",
    "error_of",
    "find_account",
    "outcome_of",
    "publish",
    "read_config",
    "receipt_or_raise",
    "show_config",
    "store_password",
    "verify_hosted",
]


def __getattr__(name: str) -> object:
    """Import the asynchronous client, and asyncio with it, when it is first used."""
    if name == "AsyncGateway":
        from mmspack.gateway.async_client import AsyncGateway

        return AsyncGateway
    raise AttributeError(f"module 'mmspack.gateway' has no attribute {name!r}")
