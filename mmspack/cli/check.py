"""`mmspack check`: the findings about any bundle, each with its source and its cure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, finish, guarded, tell_error
from mmspack.errors import InputError

if TYPE_CHECKING:
    from mmspack.model import Bundle, Report
    from mmspack.profiles import Profile


class Settings(TypedDict):
    """What `checking.check` takes besides the file and the profile."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    mode: str
    dialect: str
    strict: bool


class Format(StrEnum):
    """How `check` reports."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


@guarded
def check(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Zips, folders of parts, SMIL files, or a message.toml."),
    ],
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    subject: Annotated[
        str | None, typer.Option(help="The subject to be sent, in place of the bundle's own; it counts.")
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only rules that begin so: MMS2, MMS203.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="ID", help="Not rules that begin so.")] = None,
    mode: Annotated[
        str, typer.Option(metavar="MODE", help="How the standard's limits bind: restricted, warning, free.")
    ] = "warning",
    dialect: options.DialectName = "sendmms",
    strict: Annotated[
        bool, typer.Option("--strict", metavar="", help="A warning counts as an error.")
    ] = False,
    output: Annotated[Format, typer.Option("--format", help="For people, scripts, scanners, GitHub.")] = (
        Format.TEXT
    ),
    as_json: options.Json = False,
) -> None:
    """Check a message, ours or foreign: archive, manifest, presentation, parts, limits.

    \b
    mmspack check summer.zip
    mmspack check summer.zip --profile uk,us-att --strict
    mmspack check out/*.zip --format github --ignore MMS52
    """
    from mmspack.pipeline import resolve_profiles

    wanted = resolve_profiles(profile, options.profile_files(profiles))
    settings = Settings(
        select=tuple(select or ()), ignore=tuple(ignore or ()), mode=mode, dialect=dialect, strict=strict
    )
    judged = [_judged(file, wanted, subject, settings) for file in files]
    reports = [report for some in judged for report in some]
    code = 0 if all(report.ok for report in reports) else 1
    if not all(judged):
        code = InputError.exit_code
    finish(code, lambda: _report(Format.JSON if as_json else output, reports, code))


def _judged(file: Path, profiles: Sequence[Profile], subject: str | None, settings: Settings) -> list[Report]:
    """The reports about one file, a profile each; what cannot be read is told and passed over."""
    from mmspack import checking

    try:
        source = _built(file, profiles, settings["dialect"])
        return [
            checking.check(source, profile=one, subject=subject, name=str(file), **settings)
            for one in profiles
        ]
    except InputError as error:
        tell_error(error)
        return []


def _built(file: Path, profiles: Sequence[Profile], dialect: str) -> Bundle | Path:
    """The bundle of a message folder, built in memory; any other file as it is."""
    if not (file.suffix.lower() == ".toml" or (file / "message.toml").is_file()):
        return file
    from mmspack.authoring import from_source
    from mmspack.pipeline import build

    message, _ = from_source([file])
    return build(message, profiles, dialect=dialect).bundle


def _report(output: Format, reports: Sequence[Report], code: int) -> None:
    from mmspack import reporting

    if output is Format.JSON:
        emit_json("check", code, **reporting.json_document(reports))
    elif output is Format.SARIF:
        typer.echo(json.dumps(reporting.sarif_document(reports), indent=2))
    elif output is Format.GITHUB:
        for line in reporting.github_lines(reports):
            typer.echo(line)
    else:
        from mmspack.cli.tables import show_reports

        show_reports(reports)
