"""`mmspack publish`: a bundle put where a gateway can fetch it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, guarded, note


@guarded
def publish(
    source: Annotated[
        Path, typer.Argument(metavar="BUNDLE", help="The bundle (zip) to publish; - is standard input.")
    ],
    to: Annotated[str, typer.Option(metavar="DIR|URL", help="A folder, or a URL such as s3://bucket/path.")],
    base_url: Annotated[str, typer.Option(metavar="URL", help="The public URL of that folder.")] = "",
    as_json: options.Json = False,
) -> None:
    """Upload a bundle where a gateway can fetch it, under a name derived from its content.

    \b
    mmspack publish summer-sale.zip --to /var/www/mms --base-url https://www.example.com/mms
    """
    from mmspack.bundle.zip_reader import open_bundle
    from mmspack.gateway import publish as put

    bundle = open_bundle(options.bundle_in(source))
    address = put(bundle, to, base_url=base_url)
    if as_json:
        emit_json("publish", 0, address=address, sha256=bundle.sha256, bytes=len(bundle.data))
    else:
        typer.echo(address)
    if not address.startswith(("http://", "https://")):
        note("a gateway cannot fetch from this address; give the public one with --base-url")
