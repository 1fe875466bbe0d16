"""`mmspack check`: the findings about any bundle, each with its source and its cure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, error_document, finish, guarded, tell_error
from mmspack.cli.sources import built_in_memory, is_message
from mmspack.errors import InputError, UsageError

if TYPE_CHECKING:
    from mmspack.bundle.opened import Opened
    from mmspack.model import Report
    from mmspack.pipeline import Build
    from mmspack.profiles import Profile
    from mmspack.recipe import Recipe


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
            help="Bundles (zips), folders of parts, slide layouts (SMIL files), or a message.toml; "
            "- is standard input.",
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
    verbose: options.Verbose = False,
    as_json: options.Json = False,
) -> None:
    """Check a message, whoever built it: archive, manifest, slide layout (SMIL), parts, limits.

    \b
    mmspack check summer.zip
    mmspack check summer.zip --profile uk,us-att --strict
    mmspack check out/*.zip --format github --ignore MMS52
    """
    if as_json and output not in (None, ReportFormat.JSON):
        raise UsageError(f"--json and --format {output}: choose one")
    form = ReportFormat.JSON if as_json else output or ReportFormat.TEXT
    recipe = options.recipe_of(profile, profiles, dialect=dialect)
    recipe.profiles_of()  # a name that does not exist is wrong, whatever the files are
    settings = CheckOptions(
        select=_prefixes(select), ignore=_prefixes(ignore), mode=mode, dialect=dialect, strict=strict
    )
    reports: list[Report] = []
    builds: dict[str, Build] = {}
    used: list[Profile] = []
    unread: list[tuple[Path, InputError]] = []
    for file in files:
        try:
            source = _opened(file, recipe, allow_outside=allow_outside)
            reports += _reports(source, subject, settings)
            used += source.profiles
        except InputError as error:
            tell_error(error)
            unread.append((file, error))
        else:
            if source.build is not None:
                builds[source.name] = source.build
    code = 0 if all(report.ok for report in reports) else 1
    if unread:
        code = InputError.exit_code

    def show() -> None:
        if form is ReportFormat.TEXT:
            from mmspack.cli.findings import show_reports

            show_reports(reports, builds, profiles=used, unread=len(unread), verbose=verbose)
        else:
            _emit(form, reports, unread, code)

    finish(code, show)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What one file is checked as: opened, or as it was named, and against which profiles."""

    source: Opened | Path | bytes = field(repr=False)
    name: str
    profiles: tuple[Profile, ...]
    build: Build | None = field(default=None, repr=False)
    """The message that was built of it; None for a bundle."""


def _opened(file: Path, recipe: Recipe, *, allow_outside: bool) -> Examined:
    """A message folder built in memory, for its own profile where none is named; any other file as it is.

    Raises `InputError` for a file that cannot be read, and what a build raises.
    """
    name = options.name_of(file)
    if not is_message(file):
        return Examined(source=options.bundle_in(file), name=name, profiles=recipe.profiles_of())
    made = built_in_memory(file, recipe, allow_outside=allow_outside)
    return Examined(
        source=made.build.opened,
        name=name,
        profiles=recipe.profiles_of(made.message.profile),
        build=made.build,
    )


def _reports(examined: Examined, subject: str | None, settings: CheckOptions) -> tuple[Report, ...]:
    """The reports about one file, one for each profile. Raises `InputError` where it cannot be read."""
    from mmspack import rules
    from mmspack.rules.checking import check_each
    from mmspack.rules.terms import terms_of

    chosen = rules.selected(settings["select"], settings["ignore"])
    terms = [
        terms_of(one, mode=settings["mode"], dialect=settings["dialect"], subject=subject)
        for one in examined.profiles
    ]
    return check_each(examined.source, terms, name=examined.name, chosen=chosen, strict=settings["strict"])


def _prefixes(given: Sequence[str] | None) -> tuple[str, ...]:
    """Ids, given as repeated options or separated by commas."""
    return tuple(prefix.strip() for text in given or () for prefix in text.split(","))


def _emit(
    form: ReportFormat, reports: Sequence[Report], unread: Sequence[tuple[Path, InputError]], code: int
) -> None:
    from mmspack.rules import reporting

    if form is ReportFormat.JSON:
        emit_json("check", code, **_document(reports, unread))
    elif form is ReportFormat.SARIF:
        typer.echo(json.dumps(reporting.sarif_document(reports), indent=2))
    else:
        for line in reporting.github_lines(reports):
            typer.echo(line)


def _document(reports: Sequence[Report], unread: Sequence[tuple[Path, InputError]]) -> dict[str, Any]:
    """The reports, and the files that could not be read; the error alone where no file could."""
    from mmspack.rules import reporting

    errors = [{"file": str(file), **error_document(error)} for file, error in unread]
    if errors and not reports:
        return {"error": errors[0], "errors": errors}
    document = reporting.json_document(reports)
    return {**document, "ok": document["ok"] and not errors, "errors": errors}
