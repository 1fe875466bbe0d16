"""The phrases that many places need: each is put into words here, once."""

from __future__ import annotations

import contextlib
import contextvars
import difflib
import re
from collections.abc import Iterable, Iterator


def count(number: int, noun: str) -> str:
    """`1 slide`, `3 slides`, `1,200 slides`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def characters(text: str) -> int:
    """The characters that a person counts: an emoji, a flag or a letter with its accents is one."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in graphemes(text))


def graphemes(text: str) -> Iterator[str]:
    """What a person sees as one character each: a flag is two code points, a family up to seven."""
    import wcwidth

    return wcwidth.iter_graphemes(text)


def counted(text: str) -> str:
    """`44 characters`, as providers count them; where a person counts otherwise: `44 characters (38 …)`."""
    seen = characters(text)
    said = count(len(text), "character")
    return said if seen == len(text) else f"{said} ({seen:,} to the eye: an emoji can be several)"


def size(number: int) -> str:
    """Bytes as a person compares them: `952 B`, `104 kB`, `4.2 MB` (1 kB is 1,000 bytes)."""
    if number < 1_000:
        return f"{number} B"
    return f"{number / 1_000:,.0f} kB" if number < 999_500 else f"{number / 1_000_000:,.1f} MB"


def numbered(noun: str, numbers: Iterable[int]) -> str:
    """`slide 2`, `slides 1–3, 5`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [
        str(run[0]) if len(run) == 1 else f"{run[0]}{'–' if len(run) > 2 else ', '}{run[-1]}" for run in runs
    ]
    several = len(runs) > 1 or any(len(run) > 1 for run in runs)
    return f"{noun}{'s' if several else ''} {', '.join(words)}"


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The one of `known` that `name` was probably meant to be, or None.

    `cutoff` is the least likeness, from 0 to 1; 0.6 (that of `difflib`) forgives two slips in a short word.
    """
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean 'x'?` with the nearest of `known`; `otherwise` where none is near."""
    near = nearest(name, known)
    return otherwise if near is None else f"did you mean {near!r}?"


class _Audience:
    """Who reads what is said: somebody at a command line, or a program's author."""

    in_shell = False
    # Two builds of one program may run side by side, one of a file and one of a value.
    in_file = contextvars.ContextVar("in_file", default=False)
    has_source = contextvars.ContextVar("has_source", default=True)


@contextlib.contextmanager
def said_in_shell() -> Iterator[None]:
    """While it is open, in all threads, cures name the options of the command line."""
    before, _Audience.in_shell = _Audience.in_shell, True
    try:
        yield
    finally:
        _Audience.in_shell = before


@contextlib.contextmanager
def said_of_file(from_file: bool) -> Iterator[None]:
    """While it is open, cures show keys as the author wrote them: in a file, or in Python."""
    token = _Audience.in_file.set(from_file)
    try:
        yield
    finally:
        _Audience.in_file.reset(token)


@contextlib.contextmanager
def said_of_bundle() -> Iterator[None]:
    """While it is open, cures name no key of a message: there is a bundle, and not its source."""
    token = _Audience.has_source.set(False)
    try:
        yield
    finally:
        _Audience.has_source.reset(token)


def in_source(cure: str, otherwise: str = "") -> str:
    """A cure by a key of the message; `otherwise` for who has the bundle alone."""
    return cure if _Audience.has_source.get() else otherwise


def either(shell: str, python: str) -> str:
    """A cure as its reader takes it: an option at the command line, an argument in a program."""
    return shell if _Audience.in_shell else python


def keyed(line: str) -> str:
    """A line of message.toml as the message's author would write it: `keep = true`, in Python `keep=True`."""
    key, equals, value = line.partition(" = ")
    if not equals or _Audience.in_shell or _Audience.in_file.get():
        return line
    return f"{key}={ {'true': 'True', 'false': 'False'}.get(value, value) }"


def table(toml: str, python: str) -> str:
    """A table of message.toml, or the value that a program makes in its place."""
    return toml if _Audience.in_shell or _Audience.in_file.get() else python


def length_words(milliseconds: float) -> str:
    """How long something plays: `12.3 s`, and below a tenth of a second `40 ms`."""
    return f"{milliseconds:.0f} ms" if 0 < milliseconds < 100 else f"{milliseconds / 1000:.1f} s"


def choose_from(names: Iterable[str]) -> str:
    """`there are: a, b, c`."""
    return f"there are: {', '.join(names)}"


def system_reason(error: OSError) -> str:
    """Why the operating system refused: `no such file or directory`."""
    return (error.strerror or str(error)).lower()


def reason_of(error: Exception) -> str:
    """Why a file or a database could not be used, in the system's words or in SQLite's."""
    return system_reason(error) if isinstance(error, OSError) else str(error)


def is_damaged(error: Exception) -> bool:
    """Whether SQLite says that a database is damaged, or is not one."""
    # Not by the class: a broken constraint is a DatabaseError too.
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


_UNSAFE = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls: they move the cursor, clear the screen, set its title
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that change the direction of what follows
    r"\u2028\u2029"  # breaks that only some programs see
    r"\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # invisible
    r"\ud800-\udfff"  # half a character
)
_LINES = re.compile(f"[{_UNSAFE}]+")
_LINE = re.compile(f"[{_UNSAFE}\\s]+")


def cleaned(text: str, *, lines: bool = False) -> str:
    """Foreign words, safe to show: one line without control characters and marks of direction.

    It is used where such words come in: an answer's, a command's, a peer's. With `lines`, line breaks stay.
    """
    return (
        _LINES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
        if lines
        else _LINE.sub(" ", text).strip()
    )


def is_clean(text: str) -> bool:
    """Whether there are no control characters but tabs and line breaks, and no marks of direction."""
    return _LINES.search(text) is None


def safe_json(text: str) -> str:
    """A JSON document with escapes for what a terminal would obey, or nobody would see: the same data."""

    def escape(found: re.Match[str]) -> str:
        units = found[0].encode("utf-16-be", "surrogatepass").hex()
        return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))

    return _LINES.sub(escape, text)


def printable(text: str) -> str:
    """`text` with control and other unprintable characters as escapes: safe in a terminal and on one line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
