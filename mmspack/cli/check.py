"""`mmspack check`: the findings about any bundle, each with its source and its cure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, error_document, finish, guarded, tell_error
from mmspack.errors import InputError, UsageError

if TYPE_CHECKING:
    from mmspack.bundle.opened import Opened
    from mmspack.model import Report
    from mmspack.profiles import Profile


class CheckOptions(TypedDict):
    """What `checking.check` takes in addition to the file and the profile."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    mode: str
    dialect: str
    strict: bool


class ReportFormat(StrEnum):
    """How `check` reports."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


@guarded
def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Bundles (zips), folders of parts, slide layouts (SMIL files), or a message.toml.",
        ),
    ],
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    subject: Annotated[
        str | None,
        typer.Option(help="The subject to be sent; overrides the bundle's own and counts towards the size."),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only rules whose id starts with this: MMS2,MMS203."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Skip rules whose id starts with this.")
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            metavar="MODE", help="How strictly the standard's limits apply: restricted, warning or free."
        ),
    ] = "warning",
    dialect: options.DialectName = "sendmms",
    strict: Annotated[bool, typer.Option("--strict", metavar="", help="Treat warnings as errors.")] = False,
    output: Annotated[
        ReportFormat | None,
        typer.Option("--format", help="Output format.", show_default="text"),
    ] = None,
    allow_outside: options.AllowOutside = False,
    as_json: options.Json = False,
) -> None:
    """Check a message, whoever built it: archive, manifest, slide layout (SMIL), parts, limits.

    \b
    mmspack check summer.zip
    mmspack check summer.zip --profile uk,us-att --strict
    mmspack check out/*.zip --format github --ignore MMS52
    """
    from mmspack.profiles import resolve

    if as_json and output not in (None, ReportFormat.JSON):
        raise UsageError(f"--json and --format {output}: choose one")
    told_as = ReportFormat.JSON if as_json else output or ReportFormat.TEXT
    wanted = resolve(profile, options.profile_files(profiles))
    settings = CheckOptions(
        select=_prefixes(select), ignore=_prefixes(ignore), mode=mode, dialect=dialect, strict=strict
    )
    outside = options.outside_allowed(allow_outside)
    reports: list[Report] = []
    unread: list[tuple[Path, InputError]] = []
    for file in files:
        try:
            reports += _judged(file, wanted, subject, settings, allow_outside=outside)
        except InputError as error:
            tell_error(error)
            unread.append((file, error))
    code = 0 if all(report.ok for report in reports) else 1
    if unread:
        code = InputError.exit_code
    finish(code, lambda: _report(told_as, reports, wanted, unread, code))


def _judged(
    file: Path,
    profiles: Sequence[Profile],
    subject: str | None,
    settings: CheckOptions,
    *,
    allow_outside: bool,
) -> list[Report]:
    """The reports about one file, a profile each. Raises `InputError` where it cannot be read."""
    from mmspack import rules
    from mmspack.rules.checking import check_each
    from mmspack.rules.terms import terms_of

    chosen = rules.selected(settings["select"], settings["ignore"])
    terms = [
        terms_of(one, mode=settings["mode"], dialect=settings["dialect"], subject=subject) for one in profiles
    ]
    source = _built(file, profiles, settings["dialect"], allow_outside=allow_outside)
    return list(check_each(source, terms, name=str(file), chosen=chosen, strict=settings["strict"]))


def _prefixes(given: Sequence[str] | None) -> tuple[str, ...]:
    """Ids, given as repeated options or separated by commas."""
    return tuple(prefix.strip() for text in given or () for prefix in text.split(","))


def _built(file: Path, profiles: Sequence[Profile], dialect: str, *, allow_outside: bool) -> Opened | Path:
    """The bundle of a message folder, built in memory; any other file as it is."""
    if not (file.suffix.lower() == ".toml" or (file / "message.toml").is_file()):
        return file
    from mmspack.authoring import from_source
    from mmspack.pipeline import build

    message, _ = from_source([file], allow_outside=allow_outside)
    return build(message, profiles, dialect=dialect).opened


def _report(
    output: ReportFormat,
    reports: Sequence[Report],
    profiles: Sequence[Profile],
    unread: Sequence[tuple[Path, InputError]],
    code: int,
) -> None:
    from mmspack.rules import reporting

    if output is ReportFormat.JSON:
        emit_json("check", code, **_document(reports, unread))
    elif output is ReportFormat.SARIF:
        typer.echo(json.dumps(reporting.sarif_document(reports), indent=2))
    elif output is ReportFormat.GITHUB:
        for line in reporting.github_lines(reports):
            typer.echo(line)
    else:
        from mmspack.cli.tables import show_reports

        show_reports(reports, profiles, unread=len(unread))


def _document(reports: Sequence[Report], unread: Sequence[tuple[Path, InputError]]) -> dict[str, Any]:
    """The reports, and the files that could not be read; the error alone where no file could."""
    from mmspack.rules import reporting

    errors = [{"file": str(file), **error_document(error)} for file, error in unread]
    if errors and not reports:
        return {"error": errors[0], "errors": errors}
    document = reporting.json_document(reports)
    return {**document, "ok": document["ok"] and not errors, "errors": errors}
