"""The commands about a bundle that is there: `fix`, `inspect` and `diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import console, emit_json, finish, guarded
from mmspack.errors import UsageError
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.fixing import FixResult
    from mmspack.profiles import Profile


@guarded
def fix(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bundle (zip), or a folder of parts.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="ZIP", help="The repaired bundle to write.")
    ],
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    dialect: options.DialectName = "sendmms",
    as_json: options.Json = False,
) -> None:
    """Repair whatever can be repaired without a judgement call, and report what changed and what remains.

    \b
    mmspack fix foreign.zip -o repaired.zip
    """
    from mmspack.cli.build import prove_target
    from mmspack.fixing import fix as mend

    prove_target(output)
    judged_by = _one_profile(profile, profiles)
    result = mend(file, profile=judged_by, dialect=dialect, name=str(file))
    saved = result.bundle.save(output)
    code = 0 if result.report.ok else 1
    finish(code, lambda: _show_fix(result, saved, code=code, as_json=as_json))


def _show_fix(result: FixResult, saved: Path, *, code: int, as_json: bool) -> None:
    from dataclasses import asdict

    from mmspack.rules.reporting import report_document

    if as_json:
        changes = [asdict(change) for change in result.changes]
        bundle = {"path": str(saved), "sha256": result.bundle.sha256}
        why = [asdict(change) for change in result.left]
        report = report_document(result.report)
        emit_json("fix", code, bundle=bundle, changes=changes, left=why, report=report)
        return
    from mmspack.cli.tables import show_findings
    from mmspack.words import printable

    for change in result.changes:
        typer.echo(printable(f"{change.part}: {change.what}" if change.part else change.what))
    if not result.changed:
        typer.echo("Nothing to repair." if not result.left else "Nothing was repaired.")
    for one in result.left:
        typer.echo(printable(f"Cannot repair {one.part or 'the message'}: {one.what}"))
    left = result.report.findings
    if left:
        typer.echo(f"Remaining ({count(len(left), 'finding')}):")
        show_findings(console(), [result.report])
    typer.echo(f"Bundle: {saved}")


def _one_profile(names: list[str] | None, files: list[Path] | None) -> Profile:
    from mmspack.profiles import resolve

    found = resolve(names, options.profile_files(files))
    if len(found) > 1:
        raise UsageError("expected one profile, found several", where="--profile")
    return found[0]
