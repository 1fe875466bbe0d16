"""What the commands show a person: the parts before and after, the limits, the findings."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console, Group
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from mmspack.cli.shell import console
from mmspack.fitting.planning import Planned
from mmspack.fitting.recommended import worst_quality
from mmspack.model import Facts, Finding, FittedPart, Kind, Message, Report, Severity
from mmspack.pipeline import Build
from mmspack.problem import Place
from mmspack.profiles import Profile
from mmspack.rules.reporting import WIDTH, alike, distinct, finding_lines, summary, told
from mmspack.words import count

_GAP = 2
_NARROWEST = 12
"""Columns below which folded words are no longer read."""
_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def show_build(built: Build, message: Message, saved: Path | None, left_out: Sequence[Path]) -> None:
    """The whole account of a build."""
    out = console()
    subject = f"“{built.message.subject}”, " if built.message.subject else ""
    out.print(escape(f"{subject}{count(len(built.message.slides), 'slide')}, layout {message.layout}"))
    _print_table(out, _parts_table(built))
    _print_table(out, _limits_table(built.reports))
    for profile in built.profiles:
        out.print(escape(_profile_words(profile, built, message)))
    tell_outdated(out, built.profiles)
    words = _fitted_words(built)
    if words:
        out.print(words)
    shown = [replace(report, findings=tuple(_unknown_to_author(built, report))) for report in built.reports]
    show_findings(out, shown, lambda finding: str(built.written_at(finding)))
    found = distinct(shown)
    out.print(f"Findings: {count(len(found), 'finding') if found else 'none'}")
    for name in message.written.outside if message.written else ():
        out.print(escape(f"From outside the message's folder: {name}"))
    for path in left_out:
        out.print(escape(f"Left out: {path} (not a picture, text, sound or video)"))
    if saved is not None:
        out.print(
            escape(f"Bundle: {saved} ({len(built.bundle.data):,} bytes, sha256 {built.bundle.sha256[:16]}…)")
        )


def show_reports(reports: Sequence[Report], profiles: Iterable[Profile] = (), *, unread: int = 0) -> None:
    """The findings of `check`, file by file, the limits, and a summary; `unread`: unreadable files."""
    out = console()
    show_findings(out, reports)
    if any(report.budget for report in reports):
        _print_table(out, _limits_table(reports))
        tell_outdated(out, profiles)
    out.print(summary(reports, unread))


def _unknown_to_author(built: Build, report: Report) -> Iterator[Finding]:
    """The findings without notes about attachments: that no slide shows them is the author's own choice."""
    attached = {
        name
        for name, part in zip(built.names, built.message.parts, strict=True)
        if part.kind is Kind.ATTACHMENT
    }
    for finding in report.findings:
        if finding.severity is not Severity.INFO or (finding.about or finding.part) not in attached:
            yield finding


def show_findings(
    out: Console, reports: Sequence[Report], where: Callable[[Finding], str] | None = None
) -> None:
    """Each finding once where profiles agree: errors and warnings whole, notes in a line.

    `where` says where the author wrote what a finding is about; without it, the place in the bundle is shown.
    """
    width = min(out.width, WIDTH)
    for report, finding, more in told(distinct(reports)):
        head, *details = finding_lines(report, finding, width, where(finding) if where else None)
        out.print(Text(head, style=_COLOURS[finding.severity]), soft_wrap=True)
        if finding.severity is not Severity.INFO:
            out.print(Text("\n".join(details), style="dim"), soft_wrap=True)
        if more:
            out.print(f"    {alike(more)}")


def show_plan(planned: Sequence[Planned]) -> None:
    """A table of profiles and efforts: what would fit, how large, how good."""
    out = console()
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for heading in (
        "Profile",
        "Effort",
        "Total",
        "Fitted to",
        "Worst",
        "Pictures, or what prevents it",
    ):
        number = heading in ("Total", "Fitted to", "Worst")
        table.add_column(heading, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for one in planned:
        worst = "" if one.worst_quality is None else f"{one.worst_quality:.0f}"
        pictures = "; ".join(f"{part.label} {_facts(part.after)}" for part in one.parts if part.after.width)
        words = escape(pictures) if one.fits else f"[red]{escape(one.problem)}[/] {escape(one.hint)}"
        total = f"{one.total_bytes:,}" if one.fits else "–"
        table.add_row(escape(one.profile), one.effort, total, f"{one.max_bytes:,}", worst, words)
    _print_table(out, table)


def _print_table(out: Console, table: Table) -> None:
    """The table, or each row as a list where the terminal is too narrow: a number is never cut off."""
    columns = [
        measured.maximum if column.no_wrap else min(measured.maximum, _NARROWEST)
        for column in table.columns
        for measured in [Measurement.get(out, out.options, Group(*column.cells, column.header))]
    ]
    for gap in (_GAP, 1):
        if sum(columns) + gap * (len(columns) - 1) <= out.width:
            table.padding = (0, gap, 0, 0)
            out.print(table)
            return
    for cells in zip(*(column.cells for column in table.columns), strict=True):
        for at, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            label = f"{column.header}: " if column.header else ""
            if cell:
                out.print(f"{'  ' if at else ''}{label}{cell}")


def _parts_table(built: Build) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for heading in ("Part", "Source", "Before", "After", "Quality", "What was done"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("Before", "After"))
    if built.bundle.smil:
        table.add_row(
            built.bundle.smil.name, "layout", "", f"{len(built.bundle.smil.data):,} B", "", "written"
        )
    for name, part in zip(built.names, built.message.parts, strict=True):
        table.add_row(
            name,
            escape(part.label),
            _facts(part.before),
            _facts(part.after),
            part.quality_words
            if part.quality is None
            else f"{part.quality:.0f} {part.quality_words}".strip(),
            escape("; ".join(part.actions) or _untouched(part)),
        )
    return table


def _fitted_words(built: Build) -> str:
    """What parts were reduced to: the limit, or the smaller size that the profile recommends."""
    budget = built.report.budget
    made_smaller = any(part.before.bytes > part.after.bytes for part in built.message.parts)
    if budget is None or not made_smaller or budget.warn_bytes in (None, budget.max_bytes):
        return ""
    name = escape(budget.profile)
    if built.fitted_to < budget.max_bytes:
        words = f"Fitted to {built.fitted_to:,} bytes, {name}'s recommended size"
        return f"{words}; the limit is {budget.max_bytes:,}"
    words = f"Fitted to {built.fitted_to:,} bytes, {name}'s limit: the recommended {budget.warn_bytes:,}"
    before, after = built.worst_at_recommended, worst_quality(built.message.parts)
    if before is None or after is None:
        return f"{words} are not enough"
    return f"{words} would leave the worst picture at a quality of {before:.0f} instead of {after:.0f}"


def _profile_words(profile: Profile, built: Build, message: Message) -> str:
    """Which profile was used, who chose it, and who says so."""
    if built.chosen_by == "recipe":
        chosen = "--profile"
    elif built.chosen_by == "default":
        chosen = "the default; choose with --profile"
    else:
        at = message.written.locate(Place(key="profile")) if message.written else Place()
        chosen = f"{at.file}:{at.line}" if at.line else at.file or "the message"
    origin = f"set by {profile.origin}; " if profile.origin else ""
    return f"Profile {profile.name} ({chosen}), {origin}as of {profile.date}: {profile.source}"


def tell_outdated(out: Console, profiles: Iterable[Profile]) -> None:
    """A line for each profile that is more than two years old."""
    today = datetime.date.today()
    for one in profiles:
        if one.is_outdated(today):
            words = f"Profile {one.name} is more than two years old ({one.date})"
            out.print(escape(f"{words}: ask your provider whether its limits still hold"), style="yellow")


def _untouched(part: FittedPart) -> str:
    return "unchanged" if part.before == part.after else ""


def _facts(facts: Facts) -> str:
    bits = [facts.format]
    if facts.width and facts.height:
        bits.append(f"{facts.width}×{facts.height}")
    if facts.frames > 1:
        bits.append(f"{facts.frames} frames")
    bits.append(f"{facts.bytes:,} B")
    return escape(" ".join(bits))


def _limits_table(reports: Sequence[Report]) -> Table:
    several = len({report.file for report in reports}) > 1
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for heading in (["File"] if several else []) + [
        "Profile",
        "Content",
        "+ headers",
        "Total",
        "Limit",
        "Spare",
        "",
    ]:
        words = heading in ("File", "Profile", "")
        table.add_column(
            heading, justify="left" if words else "right", no_wrap=heading != "File", overflow="fold"
        )
    for report in reports:
        if report.budget is None:
            continue
        budget = report.budget
        table.add_row(
            *([escape(report.file)] if several else []),
            escape(report.profile),
            f"{budget.content_bytes:,}",
            f"{budget.header_bytes:,}",
            f"{budget.total_bytes:,}",
            f"{budget.max_bytes:,}",
            f"{budget.spare_bytes:,}",
            _verdict(report),
        )
    return table


def _verdict(report: Report) -> str:
    errors, warnings = len(report.errors), len(report.of(Severity.WARNING))
    if errors:
        return f"[bold red]✗ {count(errors, 'error')}[/]"
    return f"[yellow]✓ {count(warnings, 'warning')}[/]" if warnings else "[green]✓ fits[/]"
