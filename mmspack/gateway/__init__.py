"""The thin uploader: encode a SendMMS request, send it at most once, read the outcome."""

from typing import TYPE_CHECKING

from mmspack.gateway.accounts import (
    Account,
    Setting,
    config_path,
    find_account,
    read_config,
    show_config,
    store_password,
)
from mmspack.gateway.client import Gateway, SendInterrupted
from mmspack.gateway.hosting import Hosted, publish, verify_hosted
from mmspack.gateway.retrying import Retry, RetryBudget
from mmspack.gateway.secrets import Secret
from mmspack.gateway.sendmms.codes import CODES, Code
from mmspack.gateway.sendmms.inbound import InboundMessage, read_inbound
from mmspack.gateway.sendmms.outcomes import error_of, receipt_or_raise
from mmspack.gateway.sendmms.reports import DeliveryReport, read_report
from mmspack.gateway.sendmms.requests import Preview, SendRequest, describe_request
from mmspack.gateway.wire import Timeouts

if TYPE_CHECKING:
    from mmspack.gateway.async_client import AsyncGateway

__all__ = [
    "CODES",
    "Account",
    "AsyncGateway",
    "Code",
    "DeliveryReport",
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
    "publish",
    "read_config",
    "read_inbound",
    "read_report",
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
