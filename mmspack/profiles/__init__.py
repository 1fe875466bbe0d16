"""Limits as dated data: what a carrier, a class or a phone takes, who says so, and when.

The data are in the TOML files beside this module. A user's own file adds profiles or changes single
values of these (`load(extra=[path])`).
"""

from __future__ import annotations

import datetime
import functools
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from mmspack.arguments import shown
from mmspack.errors import AuthoringError, ConfigError
from mmspack.files import read_bytes
from mmspack.problem import Place, Problem
from mmspack.words import did_you_mean, nearest

DEFAULT = "uk"
MAX_AGE_DAYS = 2 * 365 + 1
"""Two years, one of which may be a leap year."""
DERIVED = ("name", "origin")
"""Fields that no profile file sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The limits that a message is fitted to and checked against, in bytes and pixels."""

    name: str
    title: str
    """One line for a person."""
    max_bytes: int
    """The whole message: above it, an error."""
    warn_bytes: int | None = None
    """Above it, a warning."""
    max_width: int
    max_height: int
    turn: bool = True
    """A portrait picture may use the box turned by 90 degrees."""
    screen_width: int = 480
    screen_height: int = 640
    """Root-layout of the presentation."""
    count_headers: bool = True
    """The operator counts part headers too; the standard does not (TS 23.140 4.4)."""
    content_class: str | None = None
    """OMA content class, where the profile is one."""
    image_types: tuple[str, ...] = ("image/jpeg", "image/gif", "image/png")
    """Formats that may stay as they are."""
    audio_types: tuple[str, ...] = (
        *("audio/amr", "audio/3gpp", "audio/mpeg", "audio/mp4", "audio/midi", "audio/sp-midi"),
    )
    video_types: tuple[str, ...] = ("video/3gpp", "video/mp4")
    video_codecs: tuple[str, ...] = ()
    """What its phones play beyond H.263, MPEG-4 Visual and H.264: `hevc`, `av1`, `vp9`, `10-bit`."""
    subject_max: int = 40
    """Characters in the subject that the provider takes: above it, a warning. 40: OMA CONF 10.2.5."""
    subject_emoji: bool = True
    """The provider takes emoji in a subject."""
    max_slides: int = 10
    """Slides: above it, a warning (the editor of Android's stock reader)."""
    severities: tuple[str, ...] = ()
    """Rules that weigh otherwise here, by id or beginning: `MMS422=info`, `MMS52=off`. The last one wins."""
    source: str
    """Where the numbers were published."""
    date: str
    """When the oldest of the numbers was published, or read where its page has no date; ISO 8601."""
    note: str = ""
    origin: str = field(default="", compare=False)
    """The file of the user's own that has the last word about it; empty: built in."""

    def __post_init__(self) -> None:
        """Raises `ConfigError` with every field that is not of its kind, or contradicts another."""
        problems = []
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, list):
                object.__setattr__(self, one.name, value := tuple(value))
            optional = value is None and str(one.type).endswith("| None")
            if not optional and not _fits(str(one.type), value):
                what = f"expected {_WORDS[str(one.type)]}, found {shown(value)}"
                problems.append(Problem(what, Place(key=f"{self.name}.{one.name}")))
        if problems:
            raise ConfigError(problems=problems)
        if self.warn_bytes is not None and self.warn_bytes > self.max_bytes:
            # Of `replace(get("uk"), max_bytes=30_000)`: nothing is recommended above the limit.
            object.__setattr__(self, "warn_bytes", None)
        try:
            datetime.date.fromisoformat(self.date)
        except ValueError:
            where = Place(key=f"{self.name}.date")
            raise ConfigError(
                f"{self.date!r} is not a date", where=where, hint="such as 2026-03-01"
            ) from None

    def is_outdated(self, today: datetime.date) -> bool:
        """True when its numbers are more than two years old: carriers change without notice."""
        return (today - datetime.date.fromisoformat(self.date)).days > MAX_AGE_DAYS


def load(extra: Iterable[str | os.PathLike[str]] = ()) -> dict[str, Profile]:
    """All profiles by name: the built-in ones, then each file of `extra` over them.

    Raises `ConfigError` that names the file, the profile and the key.
    """
    found = {name: _built_in(name) for name in _shipped()}
    for path in map(Path, extra):
        text = read_bytes(path, what="profile file").decode("utf-8", "replace")
        for name, values in _tables(path.name, text):
            found[name] = replace(_make(str(path), name, values, found.get(name)), origin=str(path))
    return found


def get(name: str, extra: Sequence[str | os.PathLike[str]] = ()) -> Profile:
    """One profile by name. Raises `ConfigError` with the nearest name."""
    if not extra and name in _shipped():
        return _built_in(name)  # alone: to make them all takes longer than to judge a message
    found = load(extra)
    if name in found:
        return found[name]
    raise ConfigError(f"no profile {name!r}", hint=_meant(name.lower(), found))


def _meant(name: str, known: Mapping[str, Profile]) -> str:
    """The profile that a name was probably meant to be, which is never one of another country."""
    alone = next((word for word in re.split(r"[\W_]+", name) if word in known), None)
    near = nearest(name, known)
    if near is not None and ("-" not in near or name.startswith(near.partition("-")[0])):
        return f"did you mean {near!r}?"
    if alone is not None:
        return f"did you mean {alone!r}?"
    if near is not None:
        return f"{near!r} is {known[near].title}; see: mmspack profiles"
    if re.fullmatch("[a-z]{2}", name):  # a country's code
        return (
            "did you mean 'uk'?" if name == "gb" else "'world' suits other countries; see: mmspack profiles"
        )
    return "see: mmspack profiles"


Profiles = str | Profile | Iterable[str | Profile] | None
"""Profiles as a caller gives them: a name, names with commas, values, or several of these."""


def named(wanted: Profiles) -> tuple[str | Profile, ...]:
    """What a caller gave as single names and values, in order; empty where nothing was given.

    An empty text is a name that does not exist: `--profile ""` is a slip and no wish for the default.
    Raises `AuthoringError` for anything that is neither a name nor a profile.
    """
    if wanted is None:
        return ()
    if isinstance(wanted, str | Profile):
        wanted = (wanted,)
    found: list[str | Profile] = []
    for one in wanted if isinstance(wanted, Iterable) and not isinstance(wanted, bytes) else (wanted,):
        if isinstance(one, Profile):
            found.append(one)
        elif isinstance(one, str):
            found += [name.strip() for name in one.split(",")]
        else:
            raise AuthoringError(
                f"expected a name or a Profile, found {type(one).__name__}",
                where="profile",
                hint=f'profile="{DEFAULT}"',
            )
    return tuple(found)


def resolve(wanted: Profiles, files: Sequence[Path] = ()) -> tuple[Profile, ...]:
    """Profiles by name or value, in order and once each; the default where none is wanted.

    Raises `ConfigError` for a name that does not exist, `AuthoringError` for a value of a wrong type.
    """
    names = named(wanted) or (DEFAULT,)
    return tuple(dict.fromkeys(one if isinstance(one, Profile) else get(one, files) for one in names))


def tightest(profiles: Iterable[Profile]) -> Profile:
    """A profile whose every limit is the smallest of all, named by the one with the fewest bytes."""
    chosen = sorted(profiles, key=lambda profile: profile.max_bytes)
    first = chosen[0]
    warns = [profile.warn_bytes for profile in chosen if profile.warn_bytes is not None]
    return replace(
        first,
        warn_bytes=min(warns) if warns else None,
        max_width=min(profile.max_width for profile in chosen),
        max_height=min(profile.max_height for profile in chosen),
        turn=all(profile.turn for profile in chosen),
        count_headers=any(profile.count_headers for profile in chosen),
        image_types=_common([profile.image_types for profile in chosen]),
        audio_types=_common([profile.audio_types for profile in chosen]),
        video_types=_common([profile.video_types for profile in chosen]),
        video_codecs=_common([profile.video_codecs for profile in chosen]),
        subject_max=min(profile.subject_max for profile in chosen),
        subject_emoji=all(profile.subject_emoji for profile in chosen),
        max_slides=min(profile.max_slides for profile in chosen),
    )


def _common(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(item for item in lists[0] if all(item in other for other in lists[1:]))


@functools.cache
def _shipped() -> Mapping[str, tuple[str, Mapping[str, object]]]:
    """The tables of the built-in profiles by name, each with its file."""
    return {
        name: (path.name, values)
        for path in sorted(Path(__file__).parent.glob("*.toml"))
        for name, values in _tables(path.name, path.read_text("utf-8"))
    }


@functools.cache
def _built_in(name: str) -> Profile:
    file, values = _shipped()[name]
    return _make(file, name, values, None)


def _tables(file: str, text: str) -> Iterable[tuple[str, Mapping[str, object]]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not TOML: {error}", where=Place(file=file)) from error
    shared = {key: value for key, value in data.items() if not isinstance(value, dict)}
    if shared and not any(isinstance(values, dict) for values in data.values()):
        raise ConfigError(
            "contains no profile", where=Place(file=file), hint="each profile is a table: [our-contract]"
        )
    for name, values in data.items():
        if isinstance(values, dict):
            yield name, {**shared, **values}


_TYPES = {field.name: str(field.type) for field in fields(Profile)}


def _make(file: str, name: str, values: Mapping[str, object], base: Profile | None) -> Profile:
    def place(key: str) -> Place:
        return Place(file=file, key=f"{name}.{key}")

    problems = []
    for key, value in values.items():
        if key not in _TYPES or key in DERIVED:
            problems.append(Problem("unknown key", place(key), did_you_mean(key, _TYPES.keys() - DERIVED)))
        elif not _fits(_TYPES[key], value):
            problems.append(Problem(f"expected {_WORDS[_TYPES[key]]}, found {value!r}", place(key)))
    clean = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    if not problems and base is None:
        missing = {"title", "max_bytes", "max_width", "max_height", "source", "date"} - clean.keys()
        problems += [Problem("missing", place(key)) for key in sorted(missing)]
    if problems:
        raise ConfigError(problems=problems)
    most, advised = (clean.get(key, getattr(base, key, None)) for key in ("max_bytes", "warn_bytes"))
    if isinstance(most, int) and isinstance(advised, int) and advised > most:
        raise ConfigError(f"{advised:,} is above max_bytes {most:,}", where=place("warn_bytes"))
    try:
        return replace(base, **clean) if base else Profile(name=name, **clean)  # type: ignore[arg-type]
    except ConfigError as error:
        raise error.within(Place(file=file)) from None


_WORDS = {
    "int": "a whole number above 0",
    "int | None": "a whole number above 0",
    "bool": "true or false",
    "str": "text",
    "str | None": "text",
    "tuple[str, ...]": "a list of strings",
}


def _fits(kind: str, value: object) -> bool:
    if kind.startswith("int"):
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if kind == "bool":
        return isinstance(value, bool)
    if kind.startswith("tuple"):
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    return isinstance(value, str)
