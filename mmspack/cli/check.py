"""`mmspack check`: the findings about any bundle, each with its source and its cure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, guarded


@guarded
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Bundles to check.")],
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    subject: Annotated[
        str | None, typer.Option(help="The subject to be sent, in place of the bundle's own; it counts.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Check a bundle, ours or foreign: structure, presentation, parts, limits.

    \b
    mmspack check summer.zip
    mmspack check summer.zip --profile uk,us-att
    """
    from mmspack import checking
    from mmspack.pipeline import resolve_profiles

    wanted = resolve_profiles(profile, options.profile_files(profiles))
    reports = [
        checking.check(file, profile=one, subject=subject, name=str(file)) for file in files for one in wanted
    ]
    code = 0 if all(report.ok for report in reports) else 1
    if as_json:
        from mmspack.cli.documents import report_document

        emit_json("check", code, ok=code == 0, reports=[report_document(report) for report in reports])
    else:
        from mmspack.cli.tables import show_reports

        show_reports(reports)
    raise typer.Exit(code)
