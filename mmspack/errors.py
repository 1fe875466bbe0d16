"""What can stop mmspack, as exceptions.

::

    MmspackError
    ├── UsageError              2  the request itself is wrong
    │   ├── ConfigError         2  a gateway, an account or a profile is not set up
    │   ├── AuthoringError      2  message.toml, a template or a layout cannot be used
    │   └── ParameterError      2  a SendMMS parameter breaks the documented rule
    ├── InputError              3  a file cannot be read
    │   ├── MediaError          3  a picture, sound or video is broken or refused
    │   └── BundleError         3  no gateway would take this zip
    ├── OutputError             3  a file cannot be written
    ├── DoesNotFit              1  the message cannot be made to fit the profile
    └── SendError                  a send that did not end in an id
        ├── Rejected            1  refused for good
        ├── NotSent             3  nothing was sent: safe to run again
        ├── AccountStopped      4  nothing more can succeed on this account
        │   └── AccountPaused   4  ... until the next day, month or top-up
        └── OutcomeUnknown      5  it may have been accepted: not safe to run again

The number is the exit code of the command line. Defects in a bundle are not here: they are data
(`mmspack.model.Finding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from mmspack.outcome import Outcome


class MmspackError(Exception):
    """Base of every error that mmspack raises on purpose.

    `message` is one line: where, what. `hint` is the cure, or empty. `problems` holds the lines of
    all that was found wrong at once, and is never empty.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str = "", problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems) or (message,)

    def __str__(self) -> str:
        return "\n".join(self.problems) + (f" ({self.hint})" if self.hint else "")


class UsageError(MmspackError):
    """The request itself is wrong: an option, a value, a combination."""

    exit_code = 2


class ConfigError(UsageError):
    """A gateway, an account or a profile is missing or set up wrongly."""


class AuthoringError(UsageError):
    """What the author wrote cannot be used: `message.toml`, a template, a layout."""


class ParameterError(UsageError):
    """A SendMMS parameter breaks the rule that the gateway documents."""


class InputError(MmspackError):
    """A file cannot be read."""


class MediaError(InputError):
    """A picture, a sound or a video is broken, of an unknown kind, or refused for its size."""


class BundleError(InputError):
    """The zip is one that no gateway would take."""


class OutputError(MmspackError):
    """A file cannot be written. Nothing was left behind."""


class DoesNotFit(MmspackError):
    """The message cannot be made to fit the profile."""

    exit_code = 1


class SendError(MmspackError):
    """A send that did not end in an id. `outcome` holds all that is known."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.summary, hint=outcome.advice)
        self.outcome = outcome


class Rejected(SendError):
    """The gateway refused this request for good."""

    exit_code = 1


class NotSent(SendError):
    """Nothing was sent, or the gateway could not take it now: safe to run again."""

    exit_code = 3


class AccountStopped(SendError):
    """Nothing more can succeed on this account until a person acts."""

    exit_code = 4


class AccountPaused(AccountStopped):
    """The account's limit is reached: the next day, the next month or a top-up lifts it."""


class OutcomeUnknown(SendError):
    """The request may have been accepted: sending it again may deliver it twice."""

    exit_code = 5
