"""The thin uploader: encode a SendMMS request, send it at most once, read the outcome."""

from mmspack.gateway.accounts import Account, config_path, find_account, read_config
from mmspack.gateway.client import Gateway, SendInterrupted
from mmspack.gateway.codes import CODES, Code
from mmspack.gateway.outcomes import error_of, receipt_or_raise
from mmspack.gateway.requests import Preview, SendRequest, describe_request
from mmspack.gateway.retrying import Retry, RetryBudget
from mmspack.gateway.secrets import Secret
from mmspack.gateway.wire import Timeouts

__all__ = [
    "CODES",
    "Account",
    "Code",
    "Gateway",
    "Preview",
    "Retry",
    "RetryBudget",
    "Secret",
    "SendInterrupted",
    "SendRequest",
    "Timeouts",
    "config_path",
    "describe_request",
    "error_of",
    "find_account",
    "read_config",
    "receipt_or_raise",
]
