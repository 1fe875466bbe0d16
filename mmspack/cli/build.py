"""`mmspack build`: a folder, a message.toml or loose files made into a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.completion import effort_names
from mmspack.cli.shell import emit_json, finish, guarded, note
from mmspack.errors import UsageError
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.fitting.planning import Planned
    from mmspack.message import Message
    from mmspack.pipeline import Build


@guarded
def build(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SOURCE...",
            help="A message folder, a message.toml, or pictures, videos, sounds and texts in order.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="ZIP", help="The bundle (zip) to write; - is standard output."
        ),
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The subject; overrides the source's own.")] = None,
    profile: options.ProfileNames = None,
    layout: options.LayoutName = None,
    values: options.Values = None,
    layouts: options.LayoutFolders = None,
    profiles: options.ProfileFiles = None,
    dialect: options.DialectName = "sendmms",
    effort: Annotated[
        str | None,
        typer.Option(
            metavar="EFFORT",
            autocompletion=effort_names,
            help="fast, good or best: how much time to spend on picture quality. Default: good.",
        ),
    ] = None,
    plan: Annotated[
        bool,
        typer.Option("--plan", metavar="", help="Compare profiles and efforts without building anything."),
    ] = False,
    allow_outside: options.AllowOutside = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", metavar="", help="Re-encode every picture.")
    ] = False,
    force: options.Force = False,
    verbose: options.Verbose = False,
    as_json: options.Json = False,
) -> None:
    """Build a message: fit pictures, videos and sounds, write layout (SMIL) and bundle (zip), check it.

    \b
    mmspack build samples/summer-sale
    mmspack build beach.jpg hello.txt offer.gif -o summer.zip --subject "Summer sale"
    mmspack build samples/summer-sale --profile uk,us-att --set name=Ada
    mmspack build samples/summer-sale --profile uk,us-att --plan
    """
    from mmspack import pipeline
    from mmspack.cli.clip_progress import encoding
    from mmspack.cli.target import Target
    from mmspack.model import Effort

    if not sources:
        raise UsageError(
            "there is nothing to build",
            hint="for the message in this folder: mmspack build ."
            if Path("message.toml").is_file()
            else "start one with mmspack init, or name pictures and texts: build beach.jpg hello.txt",
        )
    _refuse_profiles_among(sources, profile)
    recipe = options.recipe_of(profile, profiles, layouts, effort=effort, dialect=dialect, cache=not no_cache)
    given = options.values_of(values)
    message, left_out = read_message(sources, subject, layout, given, allow_outside=allow_outside)
    if plan:
        efforts = [recipe.effort] if effort else tuple(Effort)
        with encoding(message) as progress:
            planned = pipeline.plan(message, recipe=recipe, efforts=efforts, progress=progress)
        finish(
            0 if all(one.fits for one in planned) else 1,
            lambda: _show_plan(planned, as_json=as_json, verbose=verbose),
        )
    target = output or default_output(sources)
    place = Target.of(target, force=force, as_json=as_json)
    with encoding(message) as progress:
        built = pipeline.build(message, recipe=recipe, progress=progress)
    saved = place.save(built.bundle) if built.ok else None
    if saved is None:
        _tell_refused(built)
    code = 0 if built.ok else 1

    def show() -> None:
        if as_json:
            from mmspack.cli.documents import build_document

            emit_json("build", code, **build_document(built, message, saved, left_out))
        else:
            from mmspack.cli.tables import show_build

            lines = [*saved.lines, *_filled_in(given)] if saved else []
            show_build(built, message, lines, left_out, verbose=verbose)

    finish(code, show)


def _refuse_profiles_among(sources: list[Path], profile: list[str] | None) -> None:
    """Say what was meant by `--profile uk us au`, where the shell's words become sources."""
    from mmspack.profiles import load

    more = [str(one) for one in sources if str(one) in load() and not one.exists()]
    if profile and more:
        several = ",".join([*profile, *more])
        raise UsageError(
            f"no file {more[0]!r}", hint=f"several profiles are joined by commas: --profile {several}"
        )


def _filled_in(given: dict[str, str]) -> list[str]:
    """What `--set` put into the bundle, which goes to everybody it is sent to."""
    if not given:
        return []
    values = ", ".join(f"{name} = {value}" for name, value in given.items())
    return [f"Everyone who receives this bundle sees {values}"]


def _show_plan(planned: Sequence[Planned], *, as_json: bool, verbose: bool) -> None:
    if as_json:
        from mmspack.cli.documents import plan_document

        emit_json(
            "plan", 0 if all(one.fits for one in planned) else 1, plan=[plan_document(one) for one in planned]
        )
    else:
        from mmspack.cli.tables import show_plan

        show_plan(planned, verbose=verbose)


def read_message(
    sources: list[Path],
    subject: str | None,
    layout: str | None,
    given: dict[str, str],
    *,
    allow_outside: bool = False,
) -> tuple[Message, tuple[Path, ...]]:
    """The message that `sources` describe, with the command line's overrides."""
    from dataclasses import replace

    from mmspack.authoring import from_source
    from mmspack.authoring.templating import render_text

    message, left_out = from_source(sources, given, allow_outside=options.outside_allowed(allow_outside))
    written = message.written
    if subject is not None:
        written = written and written.but(subject="--subject")
        message = replace(message, subject=render_text(subject, given, where="--subject"))
    if layout is not None:
        written = written and written.but(layout="--layout")
        message = replace(message, layout=layout)
    return replace(message, written=written), left_out


def default_output(sources: list[Path]) -> Path:
    """The default name of the bundle: the folder's, else `message.zip`, in the current folder."""
    first = sources[0].resolve()
    if len(sources) > 1:
        return Path("message.zip")
    if first.is_dir():
        return Path(f"{first.name}.zip")
    return Path(f"{first.parent.name if first.name == 'message.toml' else first.stem}.zip")


def _tell_refused(built: Build) -> None:
    """Say that nothing was written: the check found an error."""
    errors = len({finding for report in built.reports for finding in report.errors})
    note(f"no bundle was written: the check found {count(errors, 'error')}")
