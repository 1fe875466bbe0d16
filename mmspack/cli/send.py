"""`mmspack send`: one message to one recipient, and an outcome in words and as an exit code."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import INTERRUPTED, count, emit_json, guarded, note
from mmspack.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from mmspack.gateway import Account, SendRequest
    from mmspack.model import Bundle, Outcome

SANDBOX_USER, SANDBOX_PASSWORD = "demo", "nothing-secret"


@guarded
def send(
    source: Annotated[
        Path | None, typer.Argument(metavar="BUNDLE", help="A zip, or a message folder to build first.")
    ] = None,
    to: Annotated[str, typer.Option(metavar="MSISDN", help="The recipient: 447700900999.")] = "",
    sender: Annotated[
        str | None, typer.Option("--from", metavar="MSISDN", help="The sender; else MMSPACK_FROM.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The subject, in place of the bundle's own.")] = None,
    note_text: Annotated[
        str, typer.Option("--note", help="For the billing record, at most 160 characters.")
    ] = "",
    subaccount: Annotated[str, typer.Option(help="For the billing record, at most 10 characters.")] = "",
    delivery_report: Annotated[
        bool, typer.Option("--delivery-report", metavar="", help="Ask for one.")
    ] = False,
    read_report: Annotated[bool, typer.Option("--read-report", metavar="", help="Ask for one.")] = False,
    gateway: Annotated[
        str | None, typer.Option(metavar="NAME|URL", help="A gateway of the config file, or its address.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="Address where the gateway fetches the zip.")
    ] = None,
    get: Annotated[
        bool, typer.Option("--get", metavar="", help="With --url: ask by GET and not by POST.")
    ] = False,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", metavar="", help="With --url: do not fetch it first.")
    ] = False,
    profile: options.ProfileNames = None,
    values: options.Values = None,
    no_check: Annotated[
        bool, typer.Option("--no-check", metavar="", help="Send it whatever the check says.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Show the request and send nothing.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Send a message to one recipient; without a gateway, to the sandbox on this machine.

    The account comes from MMSPACK_GATEWAY, MMSPACK_USER, MMSPACK_PASSWORD and MMSPACK_FROM, or from the
    config file; there is no option for the password.

    \b
    mmspack send summer-sale.zip --to 447700900999 --from 447700900111
    mmspack send samples/summer-sale --to 447700900999 --from 447700900111
    mmspack send summer-sale.zip --url https://www.example.com/summer.zip --to 447700900999
    """
    from mmspack.gateway import Gateway, describe_request, find_account

    if source is None and url is None:
        raise UsageError("name the BUNDLE to send, or the --url of a hosted one")
    if get and url is None:
        raise UsageError("--get goes with --url: a bundle is sent by POST")
    if not to:
        raise UsageError("--to is missing: the recipient's number", hint="for instance --to 447700900999")
    if url is None:
        bundle = None if source is None else _bundle(source, profile, values)
    else:
        bundle = None if no_verify else _hosted(url, source)
    if subject is None:
        subject = bundle.subject if bundle else ""
    account = find_account(gateway)
    with ExitStack() as stack:
        client = Gateway.from_account(account or _sandbox(stack, dry_run=dry_run))
        request = client.request(
            bundle if url is None else None,
            to=to,
            sender=sender,
            subject=subject,
            note=note_text,
            subaccount=subaccount,
            deliveryreport=delivery_report,
            readreport=read_report,
            url=url,
            method="GET" if get else "POST",
        )
        if bundle is not None and not no_check:
            _prove(bundle, url or str(source), profile, subject)
        preview = describe_request(request)
        for warning in preview.warnings if account else ():
            note(f"warning: {warning}")
        if dry_run:
            _show_preview(str(preview), as_json)
            return
        outcome, interrupted = _deliver(stack.enter_context(client), request)
    outcome = replace(outcome, sandbox=account is None)
    code = _exit_code(outcome, interrupted)
    if as_json:
        emit_json("send", code, outcome=asdict(outcome))
    else:
        _tell(outcome)
    raise typer.Exit(code)


def _bundle(source: Path, profile: str | None, values: list[str] | None) -> Bundle:
    """The bundle of a zip, or of a message folder that is built in memory."""
    if source.is_dir() or source.suffix.lower() == ".toml":
        from mmspack.cli.build import read_message
        from mmspack.pipeline import build

        message, _ = read_message([source], None, None, values)
        return build(message, profile, profile_files=options.profile_files(None)).bundle
    from mmspack.packing.reading import open_bundle

    return open_bundle(source)


def _hosted(url: str, source: Path | None) -> Bundle:
    """The bundle that an address serves, proved to be that of `source` where one is named."""
    from mmspack.gateway.hosting import fetch_hosted, verify_hosted
    from mmspack.packing.reading import open_bundle

    if source is None:
        return open_bundle(fetch_hosted(url)[1])
    bundle = open_bundle(source)
    verify_hosted(url, bundle)
    return bundle


def _prove(bundle: Bundle, name: str, profile: str | None, subject: str) -> None:
    """Refuse to send what a phone or a carrier would lose. Exits with 1."""
    from mmspack import checking
    from mmspack.cli.shell import console
    from mmspack.cli.tables import show_findings
    from mmspack.pipeline import resolve_profiles

    wanted = resolve_profiles(profile, options.profile_files(None))
    reports = [checking.check(bundle, profile=one, subject=subject, name=name) for one in wanted]
    if all(report.ok for report in reports):
        return
    show_findings(console(stderr=True), reports)
    errors = len({finding for report in reports for finding in report.errors})
    note(f"nothing was sent: the check found {count(errors, 'error')} (--no-check sends it all the same)")
    raise typer.Exit(1)


def _sandbox(stack: ExitStack, *, dry_run: bool) -> Account:
    """The embedded gateway's account, the gateway running until `stack` closes."""
    from mmspack.gateway import Account, Secret
    from mmspack.gateway.addresses import PATH
    from mmspack.sandbox import Sandbox, inbox_path

    url = f"http://127.0.0.1{PATH}"
    if not dry_run:
        url = stack.enter_context(Sandbox(inbox=inbox_path())).url
    return Account(name="sandbox", url=url, user=SANDBOX_USER, password=Secret(SANDBOX_PASSWORD))


def _deliver(client: object, request: SendRequest) -> tuple[Outcome, bool]:
    """The outcome, and whether the person interrupted it."""
    from mmspack.gateway import Gateway, SendInterrupted

    if not isinstance(client, Gateway):
        raise ConfigError("no gateway to send to")
    try:
        return client.deliver(request), False
    except SendInterrupted as stopped:
        return stopped.outcome, True


def _exit_code(outcome: Outcome, interrupted: bool) -> int:
    from mmspack.gateway import error_of
    from mmspack.model import Result

    if outcome.result is Result.ACCEPTED:
        return 0
    if interrupted and outcome.result is Result.NOT_SENT:
        return INTERRUPTED
    return error_of(outcome).exit_code


def _show_preview(text: str, as_json: bool) -> None:
    if as_json:
        emit_json("send", 0, dry_run=True, request=text.splitlines())
    else:
        typer.echo(text)
        typer.echo("Nothing was sent (--dry-run).")


def _tell(outcome: Outcome) -> None:
    from mmspack.model import Result
    from mmspack.sandbox import inbox_path

    accepted = outcome.result is Result.ACCEPTED
    typer.echo(f"{outcome.to}: {outcome.summary}", err=not accepted)
    if outcome.advice and not accepted:
        typer.echo(f"  → {outcome.advice}", err=True)
    if outcome.sandbox:
        typer.echo("No gateway is configured, so the sandbox took it: nothing left this machine.")
        typer.echo(f"It lies in the inbox {inbox_path()}; look at it with: mmspack sandbox")
