"""`mmspack fix`: a bundle repaired."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import console, emit_json, finish, guarded
from mmspack.cli.wrapping import say
from mmspack.errors import UsageError
from mmspack.model import Severity
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.cli.target import Saved
    from mmspack.fixing import FixResult
    from mmspack.profiles import Profile


_PLACES = 3
"""Parts that are named of those that stay for one reason."""


@guarded
def fix(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A bundle (zip), or a folder of parts; - is standard input."),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="ZIP", help="The repaired bundle to write; - is standard output."
        ),
    ],
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    dialect: options.DialectName = "sendmms",
    force: options.Force = False,
    as_json: options.Json = False,
) -> None:
    """Repair whatever can be repaired without a judgement call, and report what changed and what remains.

    \b
    mmspack fix foreign.zip -o repaired.zip
    """
    from mmspack import fixing
    from mmspack.cli.clip_progress import bar
    from mmspack.cli.target import Target

    target = Target.of(output, force=force, as_json=as_json)
    chosen = one_profile(profile, profiles)
    with bar("Re-encoding clips") as progress:
        result = fixing.fix(
            options.bundle_in(file),
            profile=chosen,
            dialect=dialect,
            name=options.name_of(file),
            progress=progress,
        )
    saved = target.save(result.bundle)
    code = 0 if result.report.ok else 1
    finish(code, lambda: _show_fix(result, saved, code=code, as_json=as_json))


def _show_fix(result: FixResult, saved: Saved, *, code: int, as_json: bool) -> None:
    if as_json:
        from dataclasses import asdict

        from mmspack.cli.documents import saved_document
        from mmspack.rules.reporting import report_document

        changes = [asdict(change) for change in result.changes]
        why = [asdict(change) for change in result.left]
        report = report_document(result.report)
        emit_json("fix", code, bundle=saved_document(saved), changes=changes, left=why, report=report)
        return
    from mmspack.cli.findings import show_findings

    for change in result.changes:
        say(f"{change.part}: {change.what}" if change.part else change.what)
    if not result.changed:
        say("Nothing to repair." if not result.left else "Nothing was repaired.")
    for line in _reasons(result):
        say(line)
    left = result.report.findings
    if left:
        say(f"Remaining ({count(len(left), 'finding')}):")
        show_findings(console(), [result.report])
    elif result.changed:
        say("Nothing else was found.")
    for line in saved.lines:
        say(line)


def _reasons(result: FixResult) -> Iterator[str]:
    """Why errors and warnings stay: a line for each reason, with the parts that it is about."""
    weighty = {one.id for one in result.report.findings if one.severity is not Severity.INFO}
    places: dict[str, dict[str, None]] = {}
    for one in result.left:
        if not weighty.isdisjoint(one.ids):
            places.setdefault(one.what, {})[one.part or "the message"] = None
    for what, parts in places.items():
        named, more = ", ".join(list(parts)[:_PLACES]), len(parts) - _PLACES
        yield f"Cannot repair {named}{f' and {more:,} more' if more > 0 else ''}: {what}"


def one_profile(names: list[str] | None, files: list[Path] | None) -> Profile:
    """The one profile that the options name. Raises `UsageError` for several."""
    from mmspack.profiles import resolve

    found = resolve(names, options.profile_files(files))
    if len(found) > 1:
        raise UsageError("expected one profile, found several", where="--profile")
    return found[0]
