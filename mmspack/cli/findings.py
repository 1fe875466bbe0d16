"""What `build`, `check`, `fix` and `send` show of reports: the findings, the limits, the verdict."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from mmspack.cli.shell import PIPE_WIDTH, WIDEST, console, is_plain, pipe_width, text_width
from mmspack.cli.wrapping import wrapped
from mmspack.model import Finding, Report, Severity
from mmspack.profiles import Profile
from mmspack.rules.reporting import MOST_ALIKE, alike, details, distinct, headline, place, summary
from mmspack.words import count, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mmspack.pipeline import Build

GAP = 2
_NARROWEST = 12
"""Columns below which folded words are no longer readable."""
COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def show_findings(out: Console | None, reports: Sequence[Report], built: Build | None = None) -> None:
    """Each finding once where profiles agree, and what explains a rule once after its last finding.

    Errors and warnings get the reason, the cure and the source; notes get a line. Of a message that was
    `built` the author's files and slides are named, of any other the places in the bundle. `out` is None for
    a plain pipe, which needs no console.
    """
    for group in _by_rule(distinct(reports)):
        severity = group[0][1].severity
        heads = _heads(group, built)
        names = {name for _, one in group for name in (one.part, one.about) if name}
        names |= {str(built.written_at(one)).rpartition(", ")[2] for _, one in group} if built else set()
        for head in heads[:MOST_ALIKE]:
            _print(out, head, COLOURS[severity], further="  ", names=names)
        if len(heads) > MOST_ALIKE:
            _print(out, alike(len(heads) - MOST_ALIKE), "", first="    ", further="    ")
        if severity is not Severity.INFO:
            for label, words in details(group[0][1]):
                _print(out, f"{label}: {words}", "dim", first="    ", further="      ", narrow=True)


def _by_rule(found: Sequence[tuple[Report, Finding]]) -> Iterator[list[tuple[Report, Finding]]]:
    """The findings of one rule about one file together, in the order of the first of each."""
    order: dict[tuple[str, str, str], list[tuple[Report, Finding]]] = {}
    for report, finding in found:
        order.setdefault((report.file, finding.id, finding.severity), []).append((report, finding))
    return iter(order.values())


def _heads(group: Sequence[tuple[Report, Finding]], built: Build | None) -> list[str]:
    """A line for each finding; those that say the same share one, with all their places."""

    def words(pair: tuple[Report, Finding]) -> str:
        finding = pair[1]
        return headline(finding if built is None else replace(finding, message=built.said_of(finding)))

    def spot(pair: tuple[Report, Finding]) -> str:
        report, finding = pair
        return place(report, finding) if built is None else printable(str(built.written_at(finding)))

    lines = []
    for said, pairs in groupby(group, words):
        places = ("; " if built else ", ").join(dict.fromkeys(filter(None, map(spot, pairs))))
        lines.append(f"{places}: {said}" if places else said)
    return lines


def _print(
    out: Console | None,
    text: str,
    style: str,
    *,
    first: str = "",
    further: str = "",
    narrow: bool = False,
    names: Iterable[str] = (),
) -> None:
    """A coloured paragraph: wrapped at words in a terminal; `narrow` text is wrapped in a pipe, too."""
    width = text_width() or (min(out.width if out else pipe_width(), WIDEST) if narrow else None)
    for line in wrapped(text, width, first=first, further=further, names=names):
        if out is None:
            typer.echo(line)
        else:
            from rich.text import Text

            out.print(Text(line, style=style), soft_wrap=True)


def show_reports(
    reports: Sequence[Report],
    builds: Mapping[str, Build] | None = None,
    *,
    profiles: Iterable[Profile] = (),
    unread: int = 0,
    verbose: bool = False,
) -> None:
    """The findings of `check`, the limits, and the verdict.

    `builds` has the messages that were built, by file; `unread` is the number of unreadable files.
    """
    out = None if is_plain() else console()
    for file in dict.fromkeys(report.file for report in reports):
        show_findings(out, [one for one in reports if one.file == file], (builds or {}).get(file))
    tell_outdated(out, profiles)
    if len(reports) == 1 and not unread:
        if verbose and reports[0].budget:
            print_table(out or console(), limits_table(reports))
        show_verdict(out, reports, name=reports[0].file)
        return
    if any(report.budget for report in reports):
        print_table(out or console(), limits_table(reports))
    _print(out, summary(reports, unread), "")


def show_verdict(
    out: Console | None, reports: Sequence[Report], *, name: str = "", more: Sequence[str] = ()
) -> None:
    """One line: whether the message fits its limits, how large it is, and how many findings there are."""
    found = [finding for _, finding in distinct(reports)]
    numbers = {severity: sum(one.severity is severity for one in found) for severity in Severity}
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    findings = ", ".join(count(number, words[kind]) for kind, number in numbers.items() if number)
    bits = [*_sizes(reports), *more, findings or "no findings"]
    mark, style = ("✗", "bold red") if numbers[Severity.ERROR] else ("✓", "green")
    if not numbers[Severity.ERROR] and numbers[Severity.WARNING]:
        style = "yellow"
    _print(out, f"{mark} {printable(name)}{': ' if name else ''}{', '.join(bits)}", style, further="  ")


def _sizes(reports: Sequence[Report]) -> Iterator[str]:
    budgets = [report.budget for report in reports if report.budget]
    if len(budgets) == 1:
        (budget,) = budgets
        yield f"{budget.total_bytes:,} of {budget.max_bytes:,} bytes ({budget.profile})"
    elif budgets:
        fits = [budget.profile for budget in budgets if budget.spare_bytes >= 0]
        yield f"fits {' and '.join(fits)}" if fits else "fits none of the profiles"


def limits_table(reports: Sequence[Report]) -> Table:
    """Size against limit, a row for each report."""
    from rich.markup import escape
    from rich.table import Table

    several = len({report.file for report in reports}) > 1
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for heading in (
        *(["File"] if several else []),
        "Profile",
        "Total",
        "Limit",
        "Spare",
        "Content",
        "Headers",
        "",
    ):
        left = heading in ("File", "Profile", "")
        table.add_column(heading, justify="left" if left else "right", no_wrap=True)
    for report in reports:
        if report.budget is None:
            continue
        budget = report.budget
        table.add_row(
            *([escape(printable(report.file))] if several else []),
            escape(report.profile),
            f"{budget.total_bytes:,}",
            f"{budget.max_bytes:,}",
            f"{budget.spare_bytes:,}",
            f"{budget.content_bytes:,}",
            f"{budget.header_bytes:,}",
            _mark(report),
        )
    return table


def tell_outdated(out: Console | None, profiles: Iterable[Profile]) -> None:
    """A line for each profile that is more than two years old."""
    today = datetime.date.today()
    for one in dict.fromkeys(profiles):
        if one.is_outdated(today):
            words = f"Profile {one.name} is more than two years old ({one.date})"
            _print(out, f"{words}: ask your provider whether its limits still hold", "yellow", further="  ")


def _mark(report: Report) -> str:
    errors, warnings = len(report.errors), len(report.of(Severity.WARNING))
    if errors:
        return f"[bold red]✗ {count(errors, 'error')}[/]"
    return f"[yellow]✓ {count(warnings, 'warning')}[/]" if warnings else "[green]✓ fits[/]"


def print_rows(out: Console, rows: Sequence[Sequence[str]]) -> None:
    """Rows in columns without headings; where the terminal is too narrow, each in two lines.

    The first cell is the number of a slide, the second a name, which is never broken.
    """
    from rich.text import Text

    cells = [[Text.from_markup(cell, emoji=False) for cell in row] for row in rows]
    widths = [max(cell.cell_len for cell in column) for column in zip(*cells, strict=True)]
    fits = sum(widths) + GAP * (len(widths) - 1) <= out.width
    for row in cells:
        number = row[0].copy()
        number.pad_right(max(1, widths[0]) - number.cell_len)
        if fits:
            line = number
            for cell, width in zip(row[1:], widths[1:], strict=True):
                line = line + Text("  ") + cell + Text(" " * (width - cell.cell_len))
            line.rstrip()
            out.print(line, soft_wrap=True)
            continue
        out.print(number + Text("  ") + row[1], soft_wrap=True)
        rest = Text(", ").join(cell for cell in row[2:] if cell.plain)
        indent = Text(" " * (max(1, widths[0]) + GAP))
        for line in rest.wrap(out, max(_NARROWEST, out.width - len(indent))):
            line.rstrip()
            out.print(indent + line, soft_wrap=True)


def print_table(out: Console, table: Table) -> None:
    """The table, or each row as a list where the terminal is too narrow: a name or number is never cut."""
    from rich.console import Group
    from rich.measure import Measurement

    columns = [
        measured.maximum if column.no_wrap else min(measured.maximum, _NARROWEST)
        for column in table.columns
        for measured in [Measurement.get(wide(out), wide(out).options, Group(*column.cells, column.header))]
    ]
    for gap in (GAP, 1):
        if sum(columns) + gap * (len(columns) - 1) <= out.width:
            table.padding = (0, gap, 0, 0)
            out.print(table)
            return
    for cells in zip(*(column.cells for column in table.columns), strict=True):
        for at, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            label = f"{column.header}: " if column.header else ""
            if cell:
                out.print(f"{'  ' if at else ''}{label}{cell}", soft_wrap=True)


def wide(out: Console) -> Console:
    """A console as wide as a name can be: measuring against a narrow one would hide what does not fit."""
    from rich.console import Console

    return Console(width=max(out.width, PIPE_WIDTH) * 10, file=out.file, color_system=None)
