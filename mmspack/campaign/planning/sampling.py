"""The message as one recipient will get it, before a campaign is planned: of a line, or the worst cases."""

from __future__ import annotations

import heapq
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from mmspack.authoring.compiling import compiled
from mmspack.authoring.finding import FILE_NAME
from mmspack.authoring.templating import refuse_strays, render_message
from mmspack.campaign.build.freezing import freeze
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.press import Copywriter, Merged, Press, values_of
from mmspack.campaign.planning.cells import Cells, as_kept, prove_fillable
from mmspack.campaign.planning.longest import TRIED, concerns_a_recipient, empty_slides
from mmspack.campaign.planning.matching import matched_columns, template_of
from mmspack.campaign.planning.numbers import country_of, read_number
from mmspack.campaign.planning.read_tables import (
    NUMBER_COLUMN,
    TableRow,
    columns_of,
    number_column,
    read_rows,
)
from mmspack.errors import InputError, MmspackError, UsageError
from mmspack.media.fonts import missing
from mmspack.message import Message, Overlay
from mmspack.problem import Place
from mmspack.recipe import Recipe
from mmspack.source import read_source
from mmspack.words import count


@dataclass(frozen=True, slots=True)
class Sample:
    """A row of the table that is worth a look."""

    row: TableRow
    why: str
    """What is special about it: how long its copy is, its rarest letter; empty for one that was asked for."""
    rare: bool = False
    """It is among the worst for its letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Whom a plan would send to."""

    numbers: int
    undrawn: int
    """Rows that are left out since no font has a letter that would be drawn."""
    longest: tuple[Sample, ...]
    """Those with the longest copy, the longest first."""


class Sampler:
    """A message and its table: which rows are worth a look, and what each recipient will get."""

    def __init__(
        self,
        message: Path,
        table: Path,
        *,
        values: Mapping[str, object] | None = None,
        allow_outside: bool = False,
        to_column: str = NUMBER_COLUMN,
        country: str | None = None,
        landlines: bool = False,
        allowed_words: Collection[str] = (),
        default_if_blank: Collection[str] = (),
    ) -> None:
        """What decides which rows can be sent to is as in an `Order`.

        Raises `AuthoringError` for the message and for columns that do not match it, `InputError` for the
        table, `UsageError`.
        """
        self._country, self._landlines = country_of(country), landlines
        self._numbers = number_column(table, columns_of(table), to_column)
        self._source, self._table = message, table
        self._message, variables = template_of(message, allow_outside=allow_outside)
        refuse_strays(self._message, values or {}, variables)
        self._defaults: dict[str, object] = {**variables, **(values or {})}
        self._matched = matched_columns(self._message, table, self._defaults)
        prove_fillable(default_if_blank, self._defaults)
        self._cells = Cells(
            tuple(self._matched), tuple(self._matched.values()), self._defaults,
            allowed_words=allowed_words, default_if_blank=default_if_blank,
        )  # fmt: skip
        texts = {
            at: slide.text for at, slide in enumerate(self._message.slides) if isinstance(slide.text, str)
        }
        self._writer = Copywriter(self._message.subject, texts, self._message.fallback)
        self._drawn = [
            (compiled(one.text, where=Place(slide=number, key="overlay")), _font_of(one))
            for number, slide in enumerate(self._message.slides, 1)
            for one in slide.overlay
            if one.text
        ]

    def at(self, lines: Sequence[int]) -> list[Sample]:
        """The rows at these lines of the file, in this order. Raises `InputError` for a line without one."""
        wanted = set(lines)
        found: dict[int, TableRow] = {}
        last = 0
        for row in read_rows(self._table):
            last = row.line
            if row.line in wanted:
                found[row.line] = row
                if len(found) == len(wanted):
                    break
        for line in lines:
            if line not in found:
                raise UsageError(
                    f"no recipient in line {line}", where=self._table, hint=f"the last is {last}"
                )
            if found[line].problem:
                raise InputError(f"line {line}: {found[line].problem}", where=self._table)
        return [Sample(found[line], "") for line in lines]

    def worst(self, number: int) -> list[Sample]:
        """The rows with the longest copy and those with the rarest letters in turn, each row once.

        Reads the table twice, and holds `number` rows of each kind.
        """
        frequency: Counter[str] = Counter()
        longest: list[_Ranked] = []
        for row in self._usable():
            values = self._values(row)
            size = self._writer.write(values).bytes
            _keep(longest, (size, -row.line, Sample(row, f"{size:,} bytes of text")), number)
            frequency.update(self._letters(values))
        if not longest:
            raise InputError("contains no recipients", where=self._table)
        rarest: list[_Ranked] = []
        for row in self._usable():
            values = self._values(row)
            letters = self._letters(values)
            if lost := self._without_font(values):
                why = f"no font here has {', '.join(map(repr, lost[:3]))}"
                _keep(rarest, (1, -row.line, Sample(row, why, rare=True)), number)
            elif letters:
                letter = min(sorted(letters), key=frequency.__getitem__)
                why = f"rare letter {letter!r} ({count(frequency[letter], 'row')})"
                _keep(rarest, (-frequency[letter], -row.line, Sample(row, why, rare=True)), number)
        ranked = [[one[2] for one in sorted(heap, reverse=True)] for heap in (longest, rarest)]
        turns = [sample for pair in zip_longest(*ranked) for sample in pair if sample is not None]
        first: dict[int, Sample] = {}
        for sample in turns:
            first.setdefault(sample.row.line, sample)
        return list(first.values())[:number]

    def _usable(self) -> Iterator[TableRow]:
        return (row for row in read_rows(self._table) if not row.problem)

    def left_out(self, sample: Sample) -> str:
        """Why a plan would leave the row out for its number or a cell; empty where it would not."""
        number = read_number(sample.row.values.get(self._numbers), self._country)
        return number.refusal(landlines=self._landlines) or self._cells.fault(self._fields(sample.row))

    def ranked(self, number: int) -> Ranking:
        """How many numbers a plan would send to, before suppression, and the rows with the longest copy."""
        longest: list[_Ranked] = []
        numbers, undrawn = set(), 0
        for row in self._usable():
            sample = Sample(row, "")
            if self.left_out(sample):
                continue
            values = self._values(row)
            if self._without_font(values):
                undrawn += 1
                continue
            numbers.add(read_number(row.values.get(self._numbers), self._country).msisdn)
            _keep(longest, (self._writer.write(values).bytes, -row.line, sample), number)
        if not longest:
            raise InputError("no recipient can be sent to", where=self._table)
        ranked = tuple(sample for _, _, sample in sorted(longest, reverse=True))
        return Ranking(numbers=len(numbers), undrawn=undrawn, longest=ranked)

    def _without_font(self, values: Mapping[str, object]) -> list[str]:
        """The letters that overlays would draw for a row and no font has."""
        return [letter for fill, font in self._drawn for letter in missing(fill(values), font)]

    def press(self, recipe: Recipe) -> Press:
        """The message fitted as a plan fits it: beside the longest copy of the whole table.

        Reads the table once. Raises what `freeze` raises, `InputError` where no row can be used.
        """
        longest: list[_Ranked] = []
        shapes = set()
        for row in self._usable():
            sample = Sample(row, "")
            if self.left_out(sample):
                continue
            copy = self._writer.write(self._values(row))
            if not empty_slides(self._message, copy.shape):
                shapes.add(copy.shape)
                _keep(longest, (copy.bytes, -row.line, sample), TRIED)
        if not longest:
            raise InputError("no recipient can be sent to", where=self._table)
        tried = [sample for _, _, sample in sorted(longest, reverse=True)]
        for sample in tried:
            try:
                return Press(self._frozen(sample, shapes, recipe))
            except MmspackError as error:
                # A plan leaves such a row out, too.
                if sample is tried[-1] or not concerns_a_recipient(error):
                    raise
        raise AssertionError("the last row returns or raises")

    def _frozen(self, worst: Sample, shapes: Iterable[str], recipe: Recipe) -> Base:
        return freeze(
            self._message,
            defaults=self._defaults,
            columns=tuple(self._matched),
            worst=self._values(worst.row),
            shapes=sorted(shapes),
            recipe=recipe,
        )

    def merged(self, press: Press, sample: Sample) -> Merged:
        """The message of that row as a campaign sends it. Raises `AuthoringError`, `DoesNotFit`."""
        return press.merge(self._fields(sample.row))

    def filled(self, sample: Sample) -> Message:
        """The message with its templates filled in for that row. Raises `AuthoringError`."""
        return render_message(self._message, self._values(sample.row))

    @property
    def name(self) -> str:
        """What the message is called: its folder's name, or that of a file with another name."""
        file = self._source / FILE_NAME if self._source.is_dir() else self._source
        return file.resolve().parent.name if file.name == FILE_NAME else file.stem

    @property
    def table(self) -> Path:
        """The table that it reads."""
        return self._table

    @property
    def message(self) -> Message:
        """The message with its templates unfilled."""
        return self._message

    def _values(self, row: TableRow) -> dict[str, object]:
        return values_of(tuple(self._matched), self._fields(row), self._defaults)

    def _fields(self, row: TableRow) -> list[object]:
        return [as_kept(row.values.get(column)) for column in self._matched.values()]

    def _letters(self, values: Mapping[str, object]) -> set[str]:
        """The characters of what is the row's own."""
        text = "".join(str(values[name]) for name in self._matched)
        return {char for char in unicodedata.normalize("NFC", text) if not char.isspace()}


def _font_of(overlay: Overlay) -> bytes | None:
    return None if overlay.font is None else read_source(overlay.font, what="font")


_Ranked = tuple[int, int, Sample]
"""How bad it is, then the earlier of two rows first."""


def _keep(heap: list[_Ranked], one: _Ranked, number: int) -> None:
    if len(heap) < number:
        heapq.heappush(heap, one)
    elif one[:2] > heap[0][:2]:
        heapq.heapreplace(heap, one)
