"""A Report for whoever reads it: lines for a person, data for a script, SARIF and GitHub for a pipeline.

Nothing here prints. What comes out of a bundle (names, above all) is made printable: a hostile name
must not steer a terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from mmspack.model import Finding, Report, Severity
from mmspack.words import count, printable

FORMATS = ("text", "json", "sarif", "github")
MOST_ALIKE = 20
"""Findings of one rule about one file that are reported individually; the others are counted."""
_SARIF_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def place(report: Report, finding: Finding) -> str:
    """Where a finding is: `summer.zip/message.smil:12:5`."""
    file = printable(report.file)
    if finding.part is not None and PurePath(report.file).name != finding.part:
        file += f"/{printable(finding.part)}"
    numbers = [str(number) for number in (finding.line, finding.column) if number is not None]
    return ":".join([file, *numbers])


def headline(finding: Finding) -> str:
    """What is wrong, on one line: `warning: 'a.jpg' is not listed [MMS204]`."""
    return f"{_WORDS[finding.severity]}: {printable(finding.message)} [{finding.id}]"


def details(finding: Finding) -> tuple[tuple[str, str], ...]:
    """What explains a finding: why it matters, the cure, the source, each with its label."""
    return ("why", finding.reason), ("fix", finding.fix), ("source", finding.source)


def distinct(reports: Sequence[Report]) -> list[tuple[Report, Finding]]:
    """The findings in order, once where several profiles agree about a file."""
    found = {
        (report.file, finding): (report, finding)
        for report in reversed(reports)
        for finding in report.findings
    }
    order = [(report.file, finding) for report in reports for finding in report.findings]
    return [found[key] for key in dict.fromkeys(order)]


def _told(report: Report) -> list[tuple[Finding, int]]:
    """The findings that are reported individually, and with a rule's last one how many more there are."""
    kept: list[Finding] = []
    last: dict[str, int] = {}
    number: Counter[str] = Counter()
    for finding in report.findings:
        number[finding.id] += 1
        if number[finding.id] <= MOST_ALIKE:
            last[finding.id] = len(kept)
            kept.append(finding)
    more = {at: number[id_] - MOST_ALIKE for id_, at in last.items()}
    return [(finding, max(0, more.get(at, 0))) for at, finding in enumerate(kept)]


def alike(more: int) -> str:
    """The words for findings that are only counted."""
    return f"and {more:,} more like this"


def summary(reports: Sequence[Report], unread: int = 0) -> str:
    """One line: how many files, how many findings of each severity, and how many files could not be read."""
    not_read = f"{count(unread, 'file')} could not be read" if unread else ""
    if not_read and not reports:
        return f"Nothing checked: {not_read}"
    files = len({report.file for report in reports})
    found = [finding for _, finding in distinct(reports)]
    numbers = {severity: sum(finding.severity is severity for finding in found) for severity in Severity}
    words = ", ".join(count(number, _WORDS[severity]) for severity, number in numbers.items() if number)
    told = f"{count(files, 'file')} checked: {words or 'no findings'}"
    return f"{told}; {not_read}" if not_read else told


def json_document(reports: Sequence[Report]) -> dict[str, Any]:
    """The reports as JSON-ready data."""
    return {
        "ok": all(report.ok for report in reports),
        "reports": [report_document(report) for report in reports],
    }


def report_document(report: Report) -> dict[str, Any]:
    """One report as JSON-ready data; `docs/json.md` describes each key."""
    budget = report.budget
    return {
        "file": report.file,
        "profile": report.profile,
        "ok": report.ok,
        "counts": {severity.value: len(report.of(severity)) for severity in Severity},
        "budget": None
        if budget is None
        else {
            "content_bytes": budget.content_bytes,
            "header_bytes": budget.header_bytes,
            "total_bytes": budget.total_bytes,
            "max_bytes": budget.max_bytes,
            "warn_bytes": budget.warn_bytes,
            "spare_bytes": budget.spare_bytes,
        },
        "findings": [
            {
                "id": finding.id,
                "severity": finding.severity.value,
                "part": finding.part,
                "line": finding.line,
                "column": finding.column,
                "about": finding.about,
                "message": finding.message,
                "title": finding.title,
                "reason": finding.reason,
                "source": finding.source,
                "fix": finding.fix,
            }
            for finding, _ in _told(report)
        ],
        "more": {finding.id: more for finding, more in _told(report) if more},
    }


def sarif_document(reports: Sequence[Report]) -> dict[str, Any]:
    """The reports as SARIF 2.1.0, for code scanning and editors."""
    findings = {finding.id: finding for report in reports for finding in report.findings}
    ids = sorted(findings)
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "mmspack",
                        "rules": [_sarif_rule(findings[id_]) for id_ in ids],
                    }
                },
                "results": [
                    _sarif_result(report, finding, more, ids.index(finding.id))
                    for report in reports
                    for finding, more in _told(report)
                ],
            }
        ],
    }


def _sarif_rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "shortDescription": {"text": finding.title},
        "fullDescription": {"text": finding.reason},
        "help": {"text": f"{finding.fix}\n\nSource: {finding.source}"},
        "defaultConfiguration": {"level": _SARIF_LEVEL[finding.severity]},
    }


def _sarif_result(report: Report, finding: Finding, more: int, index: int) -> dict[str, Any]:
    where = place(report, finding)
    location: dict[str, Any] = {"artifactLocation": {"uri": PurePath(report.file).as_posix()}}
    if finding.line is not None and PurePath(report.file).name == finding.part:
        # Lines of a part inside a zip would be taken for lines of the zip.
        location["region"] = {"startLine": finding.line}
        if finding.column is not None:
            location["region"]["startColumn"] = finding.column
    return {
        "ruleId": finding.id,
        "ruleIndex": index,
        "level": _SARIF_LEVEL[finding.severity],
        "message": {"text": f"{where}: {_message(finding, more)}"},
        "locations": [
            {"physicalLocation": location, "logicalLocations": [{"fullyQualifiedName": where}]},
        ],
    }


def github_lines(reports: Sequence[Report]) -> list[str]:
    """The findings as workflow commands, which GitHub shows beside the change."""
    lines = []
    for report in reports:
        for finding, more in _told(report):
            properties = {"file": report.file, "title": f"{finding.id} {finding.title}"}
            if finding.line is not None and PurePath(report.file).name == finding.part:
                properties["line"] = str(finding.line)
            told = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
            message = f"{place(report, finding)}: {_message(finding, more)}. {finding.fix}"
            lines.append(f"::{_GITHUB_LEVEL[finding.severity]} {told}::{_escaped(message)}")
    return lines


def _message(finding: Finding, more: int) -> str:
    return printable(finding.message) + (f" ({alike(more)})" if more else "")


def _escaped(text: str, more: Iterable[str] = "") -> str:
    """Percent-escapes, which workflow commands want for line ends and for what ends a property."""
    for character in ("%", "\r", "\n", *more):
        text = text.replace(character, f"%{ord(character):02X}")
    return text
