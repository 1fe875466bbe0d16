"""The commands around a gateway besides sending: `listen`, `publish` and `config`."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, guarded, note
from mmspack.errors import UsageError

config = typer.Typer(
    help="Show which gateway and account are used, and keep a password in the keyring.",
    no_args_is_help=True,
)


@guarded
def listen(
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Where reports and messages are kept.")] = Path(
        "mailbox"
    ),
    port: Annotated[int, typer.Option(metavar="PORT", help="The port to serve; 0 takes a free one.")] = 8026,
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to serve on.")] = "127.0.0.1",
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="NETWORK", help="Who may push: the operator's addresses; else this machine."),
    ] = None,
    proxy: Annotated[
        list[str] | None, typer.Option(metavar="NETWORK", help="Your own proxies, whose word is believed.")
    ] = None,
    command: Annotated[
        str | None, typer.Option(metavar="COMMAND", help="Run for each event, which it reads as JSON.")
    ] = None,
    webhook: Annotated[str, typer.Option(metavar="URL", help="Post each event there as JSON.")] = "",
) -> None:
    """Receive delivery reports and messages from phones, until Ctrl-C.

    \b
    mmspack listen --allow 83.166.68.0/23 --command "python on_report.py"
    mmspack listen --port 8026 --webhook http://127.0.0.1:9000/mms
    """
    from mmspack.gateway import Secret, handing
    from mmspack.gateway.listening import LOOPBACK, Listener

    if command is not None and webhook:
        raise UsageError("--command and --webhook: choose one")
    handler = None
    if command is not None:
        handler = handing.command(_words(command), secret=Secret(os.environ.get("MMSPACK_PASSWORD", "")))
    handler = handing.webhook(webhook) if webhook else handler
    running = Listener(
        folder, handler=handler, allow=allow or LOOPBACK, proxies=proxy or (), host=host, port=port
    )
    with running:
        typer.echo(f"Reports:  {running.origin}/report")
        typer.echo(f"Messages: {running.origin}/inbound")
        typer.echo(f"Kept in:  {folder}")
        running.wait()


def _words(command: str) -> list[str]:
    """The command's words, as a shell would split them."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--command: {str(error).lower()}") from None


@guarded
def publish(
    source: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The zip to publish.")],
    to: Annotated[str, typer.Option(metavar="DIR|URL", help="A folder, or s3://bucket/path and the like.")],
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="The address under which that folder is served.")
    ] = "",
    as_json: options.Json = False,
) -> None:
    """Put a bundle where a gateway can fetch it, under a name made of its content.

    \b
    mmspack publish summer-sale.zip --to /var/www/mms --base-url https://www.example.com/mms
    """
    from mmspack.gateway import publish as put
    from mmspack.packing.reading import open_bundle

    bundle = open_bundle(source)
    address = put(bundle, to, base_url=base_url)
    if as_json:
        emit_json("publish", 0, address=address, sha256=bundle.sha256, bytes=len(bundle.data))
    else:
        typer.echo(address)
    if not address.startswith(("http://", "https://")):
        note("a gateway cannot fetch that address: --base-url gives the public one")


@config.command("show")
@guarded
def show(
    gateway: Annotated[
        str | None, typer.Option(metavar="NAME|URL", help="A gateway of the config file, or its address.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show every value that a send would use and where it comes from; never a password.

    \b
    mmspack config show
    """
    from mmspack.gateway import show_config

    settings = show_config(gateway)
    if as_json:
        emit_json(
            "config", 0, settings=[{"name": s.name, "value": s.value, "source": s.source} for s in settings]
        )
        return
    for setting in settings:
        typer.echo(f"{setting.name:<11} {setting.value:<40} {setting.source}")


@config.command("password")
@guarded
def password(
    gateway: Annotated[str, typer.Argument(metavar="NAME", help="A gateway of the config file.")],
    user: Annotated[str, typer.Option(metavar="USER", help="The account's user.")],
) -> None:
    """Ask for a gateway's password and keep it in the system's keyring.

    \b
    mmspack config password mx --user acme
    """
    from mmspack.gateway import Secret, store_password
    from mmspack.gateway.accounts import OTHER_PLACES

    if not sys.stdin.isatty():
        raise UsageError("config password: asks at a terminal, and there is none", hint=OTHER_PLACES)
    secret = typer.prompt("Password", hide_input=True)
    store_password(gateway, user, Secret(secret))
    typer.echo(f"The keyring holds the password of {user} on {gateway}.")
