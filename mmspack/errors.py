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
        ├── Misconfigured       2  nothing was sent: the gateway's address is wrong
        ├── AccountStopped      4  nothing more can succeed on this account
        │   └── AccountPaused   4  ... until the next day, month or top-up
        └── OutcomeUnknown      5  it may have been accepted: not safe to run again

The number is the exit code of the command line. An exception that is not in this tree was not foreseen,
and ends with 70. Defects in a bundle are not here: they are data (`mmspack.model.Finding`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Self

from mmspack.problem import NOWHERE, Problem, Where, Written, place_of
from mmspack.words import said_of_file

if TYPE_CHECKING:
    from mmspack.outcome import Outcome


class MmspackError(Exception):
    """Base of every error that mmspack raises on purpose.

    `problems` holds everything that was found wrong at once, each with its place and its cure, and is never
    empty. An error is made of one problem (`what`, `where`, `hint`) or of a list of them.
    """

    exit_code: ClassVar[int] = 3

    def __init__(
        self, what: str = "", *, where: Where = NOWHERE, hint: str = "", problems: Sequence[Problem] = ()
    ) -> None:
        super().__init__(what)
        self.problems = tuple(problems) or (Problem(what, place_of(where), hint),)

    @property
    def message(self) -> str:
        """The first problem on one line: where and what."""
        return self.problems[0].text

    @property
    def hint(self) -> str:
        """The cure, or all distinct cures of several problems."""
        return "; ".join(dict.fromkeys(problem.cure for problem in self.problems if problem.cure))

    @property
    def shared_hint(self) -> str:
        """The cure where all problems have the same one: it is shown once, after all of them."""
        return self.hint if len({problem.cure for problem in self.problems}) == 1 else ""

    @property
    def lines(self) -> tuple[str, ...]:
        """A line for each problem, with its cure unless all share one."""
        if self.shared_hint:
            return tuple(problem.text for problem in self.problems)
        return tuple(map(str, self.problems))

    def __str__(self) -> str:
        return "\n".join(self.lines) + (f" ({self.shared_hint})" if self.shared_hint else "")

    def within(self, where: Where) -> Self:
        """The same error with each of its problems in a larger place."""
        return self.of([problem.within(where) for problem in self.problems])

    def written(self, where: Written | None) -> Self:
        """The same error with file and line, where the author's own words are known."""
        return self if where is None else self.of(where.relocate(self.problems))

    def of(self, problems: Sequence[Problem]) -> Self:
        """An error of the same class about other problems."""
        return type(self)(problems=problems)


class UsageError(MmspackError):
    """The request itself is wrong: an option, a value, a combination."""

    exit_code = 2


class ConfigError(UsageError):
    """A gateway, an account or a profile is missing or set up wrongly."""


class AuthoringError(UsageError):
    """What the author wrote cannot be used: `message.toml`, a template, a layout."""


class ParameterError(UsageError):
    """A parameter breaks a rule of the door that the message goes to."""


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

    def __reduce__(self) -> tuple[type[SendError], tuple[Outcome]]:
        return type(self), (self.outcome,)

    def of(self, problems: Sequence[Problem]) -> Self:
        """The outcome says what happened: it has one problem, and keeps it."""
        del problems
        return self


class Rejected(SendError):
    """The gateway refused this request for good."""

    exit_code = 1


class NotSent(SendError):
    """Nothing was sent, or the gateway could not take it now: safe to run again."""

    exit_code = 3


class Misconfigured(SendError):
    """Nothing was sent: the gateway is elsewhere, so its address has to be corrected."""

    exit_code = 2


class AccountStopped(SendError):
    """Nothing more can succeed on this account until a person acts."""

    exit_code = 4


class AccountPaused(AccountStopped):
    """The account's limit is reached: the next day, the next month or a top-up lifts it."""


class OutcomeUnknown(SendError):
    """The request may have been accepted: sending it again may deliver it twice."""

    exit_code = 5


@contextmanager
def written_in(written: Written | None) -> Iterator[None]:
    """Whatever is raised inside names the file and the line that the author wrote."""
    try:
        with said_of_file(written is not None):
            yield
    except MmspackError as error:
        if written is None:
            raise
        raise error.written(written) from error.__cause__


def raise_all(errors: Iterable[MmspackError]) -> None:
    """Raise several errors as one; nothing where there is none.

    Its class is theirs where they are of one class. Otherwise the graver goes first: what the author has to
    change (exit code 2), then a file that cannot be read, then what does not fit.
    """
    found = list(errors)
    if not found:
        return
    problems = [problem for error in found for problem in error.problems]
    raise _kind_for(found)(problems=problems)


def _kind_for(errors: Sequence[MmspackError]) -> type[MmspackError]:
    if len({type(error) for error in errors}) == 1:
        return type(errors[0])
    for error in errors:
        if isinstance(error, UsageError):
            return type(error)
    for kind in (InputError, DoesNotFit):
        if any(isinstance(error, kind) for error in errors):
            return kind
    return type(errors[0])
