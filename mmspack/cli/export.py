"""`mmspack export`: a message in a form other than the zipped bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, guarded, is_dash, note, take_stdout, write_stdout
from mmspack.errors import UsageError

FORMS = ("mms",)


@guarded
def export(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="A bundle (zip), a binary message, or a message folder; - is standard input.",
        ),
    ],
    form: Annotated[str, typer.Option("--as", metavar="FORM", help="mms: a binary M-Send.req.")] = "mms",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The file to write; - is standard output."),
    ] = None,
    to: Annotated[
        list[str] | None, typer.Option(metavar="NUMBER", help="A recipient; may be repeated.")
    ] = None,
    sender: Annotated[
        str, typer.Option("--from", metavar="NUMBER", help="The sender. Default: the operator adds it.")
    ] = "",
    subject: Annotated[str | None, typer.Option(help="The subject; overrides the message's own.")] = None,
    delivery_report: Annotated[
        bool, typer.Option("--delivery-report", metavar="", help="Request a delivery report.")
    ] = False,
    read_report: Annotated[
        bool, typer.Option("--read-report", metavar="", help="Request a read report.")
    ] = False,
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    layouts: options.LayoutFolders = None,
    values: options.Values = None,
    allow_outside: options.AllowOutside = False,
    as_json: options.Json = False,
) -> None:
    """Write a message in the binary form (M-Send.req) that phones, modems and mmsd accept.

    \b
    mmspack export summer-sale.zip --as mms -o summer.mms --to 447700900999
    mmspack export samples/summer-sale -o summer.mms
    """
    from mmspack.bundle.binary.writer import write_mms
    from mmspack.bundle.zip_reader import open_bundle
    from mmspack.cli.build import read_message
    from mmspack.cli.clip_progress import encoding
    from mmspack.files import write_whole
    from mmspack.gateway.parameters import msisdn, one_line
    from mmspack.pipeline import build

    if form not in FORMS:
        raise UsageError(f"{form!r} is not a form", where="--as", hint=f"choose from: {', '.join(FORMS)}")
    recipients = [msisdn("--to", number) for number in to or []]
    number = msisdn("--from", sender) if sender else ""
    if source.is_dir() or source.suffix.lower() == ".toml":
        given = options.values_of(values)
        message, _ = read_message([source], None, None, given, allow_outside=allow_outside)
        recipe = options.recipe_of(profile, profiles, layouts)
        with encoding(message) as progress:
            bundle = build(message, recipe=recipe, progress=progress).bundle
    else:
        bundle = open_bundle(options.bundle_in(source))
    data = write_mms(
        bundle,
        to=recipients,
        sender=number,
        subject=None if subject is None else one_line("--subject", subject),
        deliveryreport=delivery_report,
        readreport=read_report,
    )
    if is_dash(output):
        write_stdout(take_stdout(as_json=as_json), data)
        return
    target = write_whole(output or _default_name(source), data)
    if as_json:
        emit_json("export", 0, path=str(target), bytes=len(data), parts=len(bundle.parts))
        return
    typer.echo(f"{target}: {len(data):,} bytes, {len(bundle.parts)} parts")
    if not recipients:
        note("the message has no recipient: --to adds one")


def _default_name(source: Path) -> Path:
    return Path("message.mms" if is_dash(source) else f"{source.resolve().stem}.mms")
