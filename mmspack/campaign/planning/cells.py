"""The cells of a row that fill the message's variables: which of them cannot be meant as they stand."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from mmspack.errors import UsageError
from mmspack.media.slips import is_nothing
from mmspack.words import did_you_mean, either

BLANK = ("", None)
_HALF = re.compile("[\ud800-\udfff]")


def as_kept(value: object) -> object:
    """A value as JSON can keep it, a text without blanks around it."""
    if isinstance(value, str):
        return value.strip()
    return value if value is None or isinstance(value, int | float | list | dict) else str(value)


class Cells:
    """What a table's cells may be, for the variables that have a column in it.

    A default replaces a missing column. In a blank cell of a column that is there it would send one
    person's value, such as a ticket's code, to several people; so that must be asked for by name.
    """

    def __init__(
        self,
        names: Sequence[str],
        sources: Sequence[str | None],
        defaults: Mapping[str, object],
        *,
        allowed_words: Collection[str] = (),
        default_if_blank: Collection[str] = (),
    ) -> None:
        """`names` are the variables, `sources` their columns (None: this table has none)."""
        self._cells = list(zip(names, sources, strict=True))
        self._defaults = defaults
        self._words = allowed_words
        self._filled = default_if_blank

    def fault(self, fields: Sequence[object]) -> str:
        """What is wrong with the first value that cannot be meant; or an empty text."""
        for (name, column), value in zip(self._cells, fields, strict=True):
            if column is None:
                continue
            if value in BLANK:
                if name not in self._defaults:
                    return f"{column} is empty"
                default = self._defaults[name]
                if default not in BLANK and name not in self._filled:
                    cure = either(f"--default-if-blank {name}", f"default_if_blank=[{name!r}]")
                    return f"{column} is empty ({cure} would send the default {str(default)!r})"
            elif isinstance(value, str) and _HALF.search(value):
                return f"{column} holds half a character (a surrogate), which no phone shows"
            elif isinstance(value, str) and is_nothing(value) and value not in self._words:
                return f"{column} is {value!r}, a program's word for a missing value"
        return ""

    def filled(self, fields: Sequence[object]) -> list[str]:
        """The variables whose cells are blank and get a default that is not."""
        return [
            name
            for (name, _), value in zip(self._cells, fields, strict=True)
            if value in BLANK and self._defaults.get(name) not in BLANK
        ]


def prove_fillable(names: Collection[str], defaults: Mapping[str, object]) -> None:
    """Refuse names in `default_if_blank` that have no default. Raises `UsageError`."""
    for name in names:
        if name not in defaults:
            raise UsageError(
                f"{either('--default-if-blank', 'default_if_blank')} {name!r}: it has no default",
                hint=did_you_mean(
                    name,
                    defaults,
                    either(
                        f"write {name} under [variables] in message.toml, or --set {name}=…",
                        f"values={{{name!r}: …}}",
                    ),
                ),
            )
