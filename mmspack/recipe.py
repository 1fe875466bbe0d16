"""How a message is built, as one value: `build`, `plan`, `send`, `preview` and `campaign` take a `Recipe`.

What is built is the message's; how it is built is the recipe's: for which profiles, with how much effort,
with whose layouts, for which gateway's reader, and whether earlier fits may be reused.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mmspack.bundle import dialects
from mmspack.bundle.dialects import SENDMMS, Dialect, DialectName
from mmspack.errors import AuthoringError, ConfigError, UsageError, written_in
from mmspack.model import Effort
from mmspack.profiles import Profile, Profiles, named, resolve
from mmspack.words import choose_from, either

if TYPE_CHECKING:
    from mmspack.message import Message

Folders = str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None
"""One path, several, or none."""
ProfileChooser = Literal["recipe", "message", "default"]
"""Who chose a build's profiles: the caller, the message's author, or nobody."""
EffortName = Effort | Literal["fast", "good", "best"]


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class Recipe:
    """How a message is built. Two equal recipes build the same bytes from the same message."""

    profile: tuple[str | Profile, ...]
    """What the message is fitted to and checked against; empty: the message's own, else `uk`."""
    profile_files: tuple[Path, ...]
    """TOML files that add profiles or change values of the built-in ones; the last one wins."""
    effort: Effort
    layout_folders: tuple[Path, ...]
    """Folders of layouts that are looked through before the built-in ones."""
    dialect: Dialect
    """The gateway whose reader takes the zip."""
    cache: bool
    """Reuse what an earlier build found for the same picture and the same limits."""

    def __init__(
        self,
        *,
        profile: Profiles = None,
        profile_files: Folders = None,
        effort: EffortName | None = None,
        layout_folders: Folders = None,
        dialect: DialectName | str | Dialect | None = None,
        cache: bool | None = None,
    ) -> None:
        """None is the default everywhere. `profile` is a name, several with commas, or `Profile` values.

        Raises `AuthoringError` for a value of a wrong type, `UsageError` for an effort or a dialect that
        does not exist. Profile names are looked up by `profiles_of`, which also knows the message's own.
        """
        values: dict[str, object] = {
            "profile": named(profile),
            "profile_files": _paths("profile_files", profile_files),
            "effort": _effort(effort),
            "layout_folders": _paths("layout_folders", layout_folders),
            "dialect": _dialect(dialect),
            "cache": _flag("cache", cache),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def at(self, effort: EffortName) -> Recipe:
        """The same recipe with another effort."""
        return replace(self, effort=_effort(effort))

    def chooser_of(self, own: str | None = None) -> ProfileChooser:
        """Who chose the profiles of a build; `own` is the message's."""
        if self.profile:
            return "recipe"
        return "default" if own is None else "message"

    def profiles_of(self, own: str | None = None) -> tuple[Profile, ...]:
        """The profiles of a build, in order and once each; `own` is the message's, used where none is set.

        Raises `ConfigError` for a name that does not exist.
        """
        try:
            return resolve(self.profile or own, self.profile_files)
        except ConfigError as error:
            raise error.within(either("--profile", "profile") if self.profile else "profile") from None

    def profiles_for(self, message: Message) -> tuple[Profile, ...]:
        """The profiles of a message's build, as `profiles_of`; its own are refused with their line."""
        with written_in(None if self.profile else message.written):
            return self.profiles_of(message.profile)


def recipe_from(given: Recipe | None, **keywords: object) -> Recipe:
    """The given recipe, or one made of the keywords that are not None.

    Raises `UsageError` where both are there: one of them would be ignored.
    """
    set_ = {name: value for name, value in keywords.items() if value is not None}
    if given is None:
        return Recipe(**set_)  # type: ignore[arg-type]
    if not isinstance(given, Recipe):
        raise AuthoringError(
            f"expected a Recipe, found {_type(given)}", where="recipe", hint='Recipe(profile="uk")'
        )
    if set_:
        names = ", ".join(sorted(set_))
        raise UsageError(
            f"recipe and {names}: the recipe already says how to build",
            hint=f"dataclasses.replace(recipe, {next(iter(sorted(set_)))}=…)",
        )
    return given


def _effort(given: object) -> Effort:
    if given is None:
        return Effort.GOOD
    if not isinstance(given, str):
        raise AuthoringError(f"expected text, found {_type(given)}", where="effort", hint=choose_from(Effort))
    try:
        return Effort(given)
    except ValueError:
        raise UsageError(f"no effort {str(given)!r}", hint=choose_from(Effort)) from None


def _dialect(given: object) -> Dialect:
    if given is None:
        return SENDMMS
    if isinstance(given, Dialect):
        return given
    if isinstance(given, str):
        return dialects.get(given)
    raise AuthoringError(
        f"expected a name, found {_type(given)}", where="dialect", hint=choose_from(dialects.DIALECTS)
    )


def _paths(key: str, given: object) -> tuple[Path, ...]:
    """One path or several. A lone text is one path, never a sequence of letters."""
    if given is None:
        return ()
    if isinstance(given, str | os.PathLike):
        given = (given,)
    if not isinstance(given, Iterable) or isinstance(given, bytes):
        raise AuthoringError(
            f"expected paths, found {_type(given)}", where=key, hint=f'{key}=["folder/name"]'
        )
    found = []
    for one in given:
        if not isinstance(one, str | os.PathLike) or isinstance(os.fspath(one), bytes):
            raise AuthoringError(
                f"expected a path, found {_type(one)}", where=key, hint=f'{key}=["folder/name"]'
            )
        found.append(Path(one))
    return tuple(found)


def _flag(key: str, given: object) -> bool:
    if given is None:
        return True
    if isinstance(given, bool):
        return given
    raise AuthoringError(f"expected True or False, found {_type(given)}", where=key)


def _type(value: object) -> str:
    return type(value).__name__
