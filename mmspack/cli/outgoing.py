"""What `send` is about to send: a zip, a message folder built on the way, or what an address serves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mmspack.bundle.bundle import Bundle
from mmspack.cli import options
from mmspack.cli.shell import console, note
from mmspack.errors import BundleError, UsageError
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.bundle.opened import Opened
    from mmspack.pipeline import Build
    from mmspack.profiles import Profile
    from mmspack.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What a message folder is made with before it is sent."""

    recipe: Recipe
    values: dict[str, str]
    layout: str | None
    allow_outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A bundle, its name, and the profile to check it against."""

    bundle: Bundle | None
    """None for a hosted one that is not fetched."""
    opened: Opened | None
    """The bundle as it was opened to be read or built, ready to be checked; None where there is no bundle."""
    name: str
    judged_by: tuple[Profile, ...]
    built: Build | None = None
    """The message that was built of it; None for a bundle."""


def outgoing(source: Path | None, url: str | None, making: Making, *, trust: bool, verify: bool) -> Outgoing:
    """Read, build or fetch the bundle to send.

    With `trust`, a zip is taken as it is, though no gateway might take it; without `verify`, `url` is
    not fetched. Raises `BundleError`, `InputError`, and what a build raises.
    """
    from mmspack.bundle.opened import open_source, sendable
    from mmspack.bundle.zip_reader import load, zipped

    if source is not None and (source.is_dir() or source.suffix.lower() == ".toml") and url is None:
        return _built(source, making)
    for option, given in (("--layout", making.layout), ("--layouts", making.recipe.layout_folders)):
        if given:
            raise UsageError(f"{option} works with a message folder, not with a bundle")
    judged_by = making.recipe.profiles_of()
    if url is not None:
        if not verify:
            return Outgoing(bundle=None, opened=None, name=url, judged_by=judged_by)
        bundle, opened = _hosted(url, source)
        return Outgoing(bundle=bundle, opened=opened, name=url, judged_by=judged_by)
    if source is None:
        raise UsageError("name a BUNDLE to send, or give the --url of a hosted one")
    name = options.name_of(source)
    stored = options.bundle_in(source)
    data = zipped(stored if isinstance(stored, bytes) else load(stored), name)
    opened = open_source(data)
    try:
        bundle = sendable(opened, name)
    except BundleError:
        if not trust:
            raise
        bundle = Bundle((), data)
    return Outgoing(bundle=bundle, opened=opened, name=name, judged_by=judged_by)


def _built(source: Path, making: Making) -> Outgoing:
    from mmspack.cli.build import read_message
    from mmspack.cli.clip_progress import encoding
    from mmspack.pipeline import build

    message, _ = read_message(
        [source], None, making.layout, making.values, allow_outside=making.allow_outside
    )
    with encoding(message) as progress:
        built = build(message, recipe=making.recipe, progress=progress)
    judged_by = making.recipe.profiles_of(message.profile)
    return Outgoing(
        bundle=built.bundle,
        opened=built.opened,
        name=str(source),
        judged_by=judged_by,
        built=built,
    )


def _hosted(url: str, source: Path | None) -> tuple[Bundle, Opened]:
    """The bundle that a URL serves, verified to equal `source` where one is given."""
    from mmspack.bundle.opened import open_source, sendable
    from mmspack.bundle.zip_reader import load, zipped
    from mmspack.gateway.hosting import fetch_hosted, verify_hosted

    data = zipped(load(source), str(source)) if source is not None else fetch_hosted(url)[1]
    opened = open_source(data)
    bundle = sendable(opened, str(source) if source is not None else "bundle")
    if source is not None:
        verify_hosted(url, bundle)
    return bundle, opened


def prove(going: Outgoing, subject: str) -> None:
    """Refuse to send what a phone or a carrier would lose. Exits with 1."""
    from mmspack.cli.findings import show_findings
    from mmspack.rules.checking import check_each
    from mmspack.rules.terms import Terms

    if going.opened is None:
        return
    terms = [Terms(profile=one, subject=subject) for one in going.judged_by]
    reports = check_each(going.opened, terms, name=going.name)
    if all(report.ok for report in reports):
        return
    show_findings(console(stderr=True), reports, going.built)
    errors = len({finding for report in reports for finding in report.errors})
    note(f"nothing was sent: the check found {count(errors, 'error')} (--no-check sends it anyway)")
    raise typer.Exit(1)


def texts_of(going: Outgoing) -> list[str]:
    """The texts that every recipient of the bundle gets, in order."""
    from mmspack.model import Kind

    opened = going.opened
    if opened is None:
        return []
    return [part.text for part in opened.media if part.kind is Kind.TEXT and part.text]


def message_subject(going: Outgoing, given: str | None, values: dict[str, str]) -> str:
    """The subject to send: the given one, a template, or the bundle's own."""
    subject = filled(given, values, "--subject")
    if subject is not None:
        return subject
    return going.bundle.subject if going.bundle else ""


def filled(given: str | None, values: dict[str, str], option: str) -> str | None:
    """An option's text, a template, filled in; None where it was not given."""
    from mmspack.authoring.templating import render_text

    return None if given is None else render_text(given, values, where=option)


def given_values(
    source: Path | None, options_given: tuple[str | None, ...], pairs: list[str] | None
) -> dict[str, str]:
    """`--set` as values; refused where there is no template that could use them."""
    values = options.values_of(pairs)
    if (
        values
        and all(one is None for one in options_given)
        and not (source and (source.is_dir() or source.suffix.lower() == ".toml"))
    ):
        raise UsageError("--set works with a message folder: the texts of a bundle are already filled in")
    return values
