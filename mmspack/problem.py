"""A problem as a value: where it is, what it is, and the cure. Text is made of it in one place, here.

Nothing in mmspack reads that text: what a program wants to know of a problem it asks its `Place`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mmspack.words import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a problem is. Whatever is unknown stays empty; the empty place has no text."""

    file: str = ""
    """A file or a folder, as the user named it."""
    line: int | None = None
    """Line of the file, from 1."""
    column: int | None = None
    slide: int | None = None
    """Number of the slide, from 1."""
    overlay: int | None = None
    """Number of the slide's overlay, from 1."""
    attachment: int | None = None
    """Number of the attachment, from 1."""
    key: str = ""
    """The key, the option or the parameter: `image`, `--rate`, `subject`."""
    name: str = ""
    """The thing itself, as the author or the bundle calls it: `holiday.jpg`."""

    def __str__(self) -> str:
        """`message.toml:4:2: slide 2, overlay 1, text: holiday.jpg`, each piece where it is known."""
        numbers = [str(number) for number in (self.line, self.column) if number is not None]
        counted = (("slide", self.slide), ("overlay", self.overlay), ("attachment", self.attachment))
        steps = [f"{word} {number}" for word, number in counted if number is not None]
        file = ":".join(filter(None, (self.file, *numbers)))
        return ": ".join(filter(None, (file, ", ".join(filter(None, (*steps, self.key))), self.name)))

    def __bool__(self) -> bool:
        return self != NOWHERE

    def within(self, outer: Place) -> Place:
        """This place inside `outer`: what only one of them knows is kept, and the inner one wins.

        A file inside another place is what the place names: `slide 1, image: holiday.jpg`.
        """
        if not outer:
            return self
        name = self.name or self.file or outer.name
        here = replace(self, file="", name="" if name == outer.file else name)
        known = {key: value for key in _FIELDS if (value := getattr(here, key)) not in ("", None)}
        return replace(outer, **known)


_FIELDS = tuple(Place.__dataclass_fields__)
NOWHERE = Place()
Where = Place | str | os.PathLike[str]
"""A place; or for short a path, which is a file, or text, which is a key."""


def place_of(where: Where) -> Place:
    """The place that `where` means."""
    if isinstance(where, Place):
        return where
    return Place(key=where) if isinstance(where, str) else Place(file=os.fspath(where))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong."""

    what: str
    where: Place = NOWHERE
    cure: str = ""

    @property
    def text(self) -> str:
        """Where and what, on one line, without the cure; foreign names are shown with escapes."""
        return printable(f"{self.where}: {self.what}" if self.where else self.what)

    def __str__(self) -> str:
        """The text, with the cure in brackets."""
        return f"{self.text} ({printable(self.cure)})" if self.cure else self.text

    def within(self, where: Where) -> Problem:
        """The same problem in a larger place."""
        return replace(self, where=self.where.within(place_of(where)))


@dataclass(frozen=True, slots=True)
class Written:
    """Where an author wrote what a message says: the file, and the line of each of its keys."""

    file: str
    """As the user named it."""
    lines: Mapping[Place, int]
    """Line of each key and of the head of each table; keys carry slide, overlay and attachment alone."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Keys whose value came from elsewhere, and from where: `{"layout": "--layout"}`."""
    outside: tuple[str, ...] = ()
    """Files that the message uses from outside its folder and the current one."""

    def locate(self, place: Place) -> Place:
        """The place with its file and line, as near to its key as the author wrote anything."""
        if place.slide is None and place.key in self.given:
            return replace(place, key=self.given[place.key])
        if place.file or place.key.startswith("--"):  # an option is not in the file
            return place
        bare = replace(place, name="", key=place.key.partition(",")[0])
        tries = (
            bare,
            replace(bare, key=bare.key.partition(".")[0]),
            replace(bare, key="attachments", attachment=None) if bare.attachment else bare,
            replace(bare, key=""),
            Place(slide=bare.slide),
        )
        line = next((self.lines[one] for one in tries if one in self.lines), None)
        return replace(place, file=self.file, line=line)

    def relocate(self, problems: Iterable[Problem]) -> list[Problem]:
        """The same problems with file and line."""
        return [replace(problem, where=self.locate(problem.where)) for problem in problems]

    def but(self, **given: str) -> Written:
        """The same, with values of keys that came from elsewhere."""
        return replace(self, given={**self.given, **given})
