"""What the commands show a person: the parts before and after, the limits, the findings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from mmspack.cli.shell import console, count
from mmspack.model import Facts, Finding, FittedPart, Message, Report, Severity
from mmspack.pipeline import Build

_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def show_build(built: Build, message: Message, saved: Path | None, left_out: Sequence[Path]) -> None:
    """The whole account of a build."""
    out = console()
    subject = f"“{built.message.subject}”, " if built.message.subject else ""
    out.print(escape(f"{subject}{count(len(built.message.slides), 'slide')}, layout {message.layout}"))
    out.print(_parts_table(built))
    out.print(_limits_table(built.reports))
    show_findings(out, built.reports)
    for path in left_out:
        out.print(escape(f"Left out: {path} (not a picture, text, sound or video)"))
    if saved is not None:
        out.print(
            escape(f"Bundle: {saved} ({len(built.bundle.data):,} bytes, sha256 {built.bundle.sha256[:16]}…)")
        )


def show_reports(reports: Sequence[Report]) -> None:
    """The findings of `check`, file by file, and a summary."""
    out = console()
    show_findings(out, reports)
    if any(report.budget for report in reports):
        out.print(_limits_table(reports))


def show_findings(out: Console, reports: Sequence[Report]) -> None:
    """Each finding once where profiles agree: errors and warnings whole, notes in a line."""
    several = len({report.file for report in reports}) > 1
    seen: set[tuple[str, Finding]] = set()
    for report in reports:
        for finding in report.findings:
            if (report.file, finding) not in seen:
                seen.add((report.file, finding))
                _show_finding(out, report.file if several else "", finding)
    found = [finding for _, finding in seen]
    counts = [
        count(number, word)
        for severity, word in _WORDS.items()
        if (number := sum(finding.severity is severity for finding in found))
    ]
    more = ""
    if found:
        example = min(finding.id for finding in found)
        more = f" (mmspack explain {example} tells more)"
    out.print(f"Findings: {', '.join(counts) or 'none'}{more}")


_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def _show_finding(out: Console, file: str, finding: Finding) -> None:
    place = ":".join(str(bit) for bit in (finding.part, finding.line, finding.column) if bit is not None)
    where = " ".join(bit for bit in (file, place) if bit)
    severity = f"[{_COLOURS[finding.severity]}]{_WORDS[finding.severity]} {finding.id}[/]"
    out.print(f"{severity} {escape(where)}{': ' if where else ''}{escape(finding.message)}")
    if finding.severity is not Severity.INFO:
        for label, text in (("why", finding.reason), ("fix", finding.fix), ("source", finding.source)):
            out.print(Padding(f"[dim]{label}:[/] {escape(text)}", (0, 0, 0, 4)))


def _parts_table(built: Build) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Part", "Source", "Before", "After", "Quality", "What was done"):
        table.add_column(heading, overflow="fold")
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


def _untouched(part: FittedPart) -> str:
    return "kept as it is" if part.before == part.after else ""


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
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in (["File"] if several else []) + [
        "Profile",
        "Content",
        "+ headers",
        "Total",
        "Limit",
        "To spare",
        "",
    ]:
        table.add_column(heading, justify="left" if heading in ("File", "Profile", "") else "right")
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
