"""`mmspack campaign preview`: see what a recipient will get, before anything is planned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.campaign.options import AllowWords, Country, DefaultIfBlank, Landlines, Table
from mmspack.cli.preview import THEMES, show_file
from mmspack.cli.shell import emit_json, guarded, note
from mmspack.errors import AuthoringError, DoesNotFit, MediaError, UsageError

if TYPE_CHECKING:
    from mmspack.campaign.build.press import Press
    from mmspack.campaign.planning.sampling import Sample, Sampler
    from mmspack.previewing.view import View
    from mmspack.recipe import Recipe

MAX_SAMPLES = 50
"""Recipients that are shown at a time: the message of each is built."""


@guarded
def campaign_preview(
    message: Annotated[Path, typer.Argument(metavar="MESSAGE", help="A message.toml, or its folder.")],
    recipients: Annotated[Path, Table],
    line: Annotated[
        list[int] | None, typer.Option(metavar="N", help="A line of the table; can be repeated.")
    ] = None,
    worst: Annotated[
        int,
        typer.Option(
            min=1,
            max=MAX_SAMPLES,
            help="Without --line: how many of the worst cases (longest, rarest letters).",
        ),
    ] = 1,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file to write: of one recipient as `mmspack preview`; of several .html, .png, .pdf.",
        ),
    ] = None,
    to_column: Annotated[str, typer.Option(help="The column that holds the phone numbers.")] = "msisdn",
    country: Country = None,
    landlines: Landlines = False,
    allow_words: AllowWords = None,
    default_if_blank: DefaultIfBlank = None,
    profile: options.ProfileNames = None,
    values: options.Values = None,
    layouts: options.LayoutFolders = None,
    profiles: options.ProfileFiles = None,
    allow_outside: options.AllowOutside = False,
    theme: Annotated[str, typer.Option(help="auto, light or dark.")] = "auto",
    no_open: Annotated[bool, typer.Option("--no-open", metavar="", help="Do not open a browser.")] = False,
    as_json: options.Json = False,
) -> None:
    """Show what a recipient will get: the row of a line, or the worst cases of the table.

    \b
    mmspack campaign preview message.toml -r people.csv --line 3
    mmspack campaign preview message.toml -r people.csv --worst 12
    mmspack campaign preview message.toml -r people.csv --worst 12 -o contact-sheet.pdf
    """
    from mmspack.campaign.planning.sampling import Sampler
    from mmspack.files import write_whole

    if theme not in THEMES:
        raise UsageError(f"--theme {theme!r}", hint="auto, light or dark")
    if len(line or ()) > MAX_SAMPLES:
        raise UsageError(f"--line is given {len(line or ()):,} times", hint=f"the maximum is {MAX_SAMPLES}")
    sampler = Sampler(
        message,
        recipients,
        values=options.values_of(values),
        to_column=to_column,
        country=country,
        landlines=landlines,
        allowed_words=allow_words or (),
        default_if_blank=default_if_blank or (),
        allow_outside=options.outside_allowed(allow_outside),
    )
    recipe = options.recipe_of(profile, profiles, layouts)
    samples = sampler.at(line) if line else sampler.worst(worst)
    several = len(samples) > 1
    target = output or options.temporary_file("recipients.html" if several else "preview.html")
    render = _sheet if several else _single
    path = write_whole(target, render(sampler, sampler.press(recipe), samples, recipe, target, theme))
    for sample in samples:
        if fault := sampler.left_out(sample):
            note(f"line {sample.row.line} would be left out: {fault}")
    if as_json:
        rows = [{"line": sample.row.line, "why": sample.why} for sample in samples]
        emit_json("campaign_preview", 0, path=str(path), bytes=path.stat().st_size, recipients=rows)
    else:
        show_file(path, browse=output is None and not no_open)


def _single(
    sampler: Sampler, press: Press, samples: list[Sample], recipe: Recipe, target: Path, theme: str
) -> bytes:
    from mmspack.previewing.outputs import Style, endings, output_of

    ending = target.suffix.lower()
    if ending not in endings():
        raise UsageError(
            "a preview cannot be written in this format",
            where=target,
            hint=f"end the name in {', '.join(endings())}",
        )
    view = _view(sampler, press, samples[0], recipe)
    if ending == ".pdf":
        from mmspack.campaign.planning.cases import recipients_of

        view = replace(view, recipients=recipients_of(sampler, press))
    return output_of(ending).render(view, Style(theme=theme))


def _sheet(
    sampler: Sampler, press: Press, samples: list[Sample], recipe: Recipe, target: Path, theme: str
) -> bytes:
    from mmspack.previewing.contacts import Contact, contact_sheet
    from mmspack.previewing.stepping import stepping_page

    ending = target.suffix.lower()
    if ending not in (".html", ".png", ".pdf"):
        raise UsageError(
            "a preview of several recipients is a page or a contact sheet",
            where=target,
            hint="end the name in .html, .png or .pdf",
        )
    contacts = []
    for sample in samples:
        fault = sampler.left_out(sample)
        try:
            view = _view(sampler, press, sample, recipe)
            warning = f"Would be left out: {fault}" if fault else ""
            contacts.append(Contact(caption=_caption(sample), view=view, warning=warning))
        except (AuthoringError, DoesNotFit, MediaError) as error:
            # What is special about the row is most often why it cannot be made.
            why = "; ".join(map(str, error.problems))
            contacts.append(Contact(caption=f"Line {sample.row.line}", warning=f"Cannot be made: {why}"))
    if ending == ".html":
        html = stepping_page(contacts, theme=theme, title=sampler.name, source=sampler.table.name)
        return html.encode()
    return contact_sheet(contacts, ending, theme, title=sampler.name, source=sampler.table.name)


def _caption(sample: Sample) -> str:
    return f"Line {sample.row.line}{f': {sample.why}' if sample.why else ''}"


def _view(sampler: Sampler, press: Press, sample: Sample, recipe: Recipe) -> View:
    """The message as the campaign would send it: merged, not fitted for this recipient alone."""
    from mmspack.previewing.composing import view_of
    from mmspack.previewing.inscriptions import inscriptions_of

    bundle = sampler.merged(press, sample).bundle
    profiles = recipe.profiles_of(sampler.message.profile)
    return view_of(
        bundle,
        profiles,
        name=f"{sampler.table.name}, line {sample.row.line}",
        subject=bundle.subject,
        drawn=inscriptions_of(sampler.filled(sample)),
    )
