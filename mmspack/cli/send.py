"""`mmspack send`: one message to one recipient, and an outcome in words and as an exit code."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import INTERRUPTED, emit_json, finish, guarded, note
from mmspack.cli.wrapping import say
from mmspack.errors import MmspackError, UsageError
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.gateway import Account, Gateway, SendRequest
    from mmspack.outcome import Outcome

_TEXTS, _EXCERPT = 3, 66
"""Texts of the message that are shown after sending, and the characters of each: a line of a terminal."""
SANDBOX_USER, SANDBOX_PASSWORD = "demo", "nothing-secret"


@guarded
def send(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="BUNDLE",
            help="A bundle (zip), or a message folder to build first; - is standard input.",
        ),
    ] = None,
    to: Annotated[
        str, typer.Option(metavar="NUMBER", help="The recipient's phone number: 447700900999.")
    ] = "",
    sender: Annotated[
        str | None,
        typer.Option("--from", metavar="NUMBER", help="The sender's phone number. Default: MMSPACK_FROM."),
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The subject; overrides the bundle's own.")] = None,
    note_text: Annotated[
        str, typer.Option("--note", help="Note for the billing record, at most 160 characters.")
    ] = "",
    subaccount: Annotated[
        str, typer.Option(help="Subaccount for the billing record, at most 10 characters.")
    ] = "",
    fallback: Annotated[
        str | None,
        typer.Option(help="Text for a phone without MMS, if the door sends one; overrides the message's."),
    ] = None,
    delivery_report: Annotated[
        bool, typer.Option("--delivery-report", metavar="", help="Request a delivery report.")
    ] = False,
    read_report: Annotated[
        bool, typer.Option("--read-report", metavar="", help="Request a read report.")
    ] = False,
    gateway: Annotated[
        str | None, typer.Option(metavar="NAME|URL", help="A gateway named in the config file, or its URL.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="URL from which the gateway fetches the bundle.")
    ] = None,
    get: Annotated[
        bool, typer.Option("--get", metavar="", help="With --url: send the request by GET instead of POST.")
    ] = False,
    no_verify: Annotated[
        bool,
        typer.Option(
            "--no-verify", metavar="", help="With --url: do not fetch the bundle first to verify it."
        ),
    ] = False,
    profile: options.ProfileNames = None,
    profiles: options.ProfileFiles = None,
    layout: options.LayoutName = None,
    layouts: options.LayoutFolders = None,
    values: options.Values = None,
    allow_outside: options.AllowOutside = False,
    no_check: Annotated[
        bool, typer.Option("--no-check", metavar="", help="Send even if the check finds errors.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Show the request without sending it.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Send a message to one recipient; without a gateway, to the sandbox on this machine.

    The account is read from MMSPACK_GATEWAY, MMSPACK_USER, MMSPACK_PASSWORD and
    MMSPACK_FROM, or from the config file. No option takes the password.

    \b
    mmspack send summer-sale.zip --to 447700900999 --from 447700900111
    mmspack send samples/summer-sale --to 447700900999 --from 447700900111
    mmspack send summer-sale.zip --url https://www.example.com/summer.zip --to 447700900999
    """
    from mmspack.cli.outgoing import Making, filled, given_values, message_subject, outgoing, prove, texts_of
    from mmspack.gateway import Gateway, describe_request, find_account

    if get and url is None:
        raise UsageError("--get requires --url: a bundle is sent by POST")
    if not to:
        raise UsageError("--to is missing: the recipient's number", hint="such as --to 447700900999")
    given = given_values(source, (subject, fallback), values)
    making = Making(
        recipe=options.recipe_of(profile, profiles, layouts),
        values=given,
        layout=layout,
        allow_outside=allow_outside,
    )
    going = outgoing(source, url, making, trust=no_check, verify=not no_verify)
    subject = message_subject(going, subject, given)
    fallback = filled(fallback, given, "--fallback")
    account = find_account(gateway, needs_sender=sender is None)
    with ExitStack() as stack:
        client = Gateway.from_account(account or _sandbox(stack, url, dry_run=dry_run))
        request = client.request(
            going.bundle if url is None else None,
            to=to,
            sender=sender,
            subject=subject,
            note=note_text,
            subaccount=subaccount,
            deliveryreport=delivery_report,
            readreport=read_report,
            url=url,
            fallback=fallback,
            method="GET" if get else "POST",
        )
        if not no_check:
            prove(going, subject)
        content = Readable(
            subject=subject, texts=texts_of(going), values=given, fallback=request.parameters.fallback
        )
        preview = describe_request(request)
        for warning in preview.warnings if account else ():
            note(f"warning: {warning}")
        if dry_run:
            finish(0, lambda: _show_preview(str(preview), content, as_json, own=account is None))
        outcome, interrupted = _deliver(stack.enter_context(client), request)
    unconfigured = account is None
    outcome = replace(outcome, sandbox=outcome.sandbox or unconfigured)
    code = _exit_code(outcome, interrupted)
    asked = _asked_for(client, outcome)
    finish(code, lambda: _show(outcome, content, code, as_json, asked=asked, own=unconfigured), sure=True)


def _asked_for(client: Gateway, outcome: Outcome) -> str:
    """What the recipient's number makes the sandbox do; empty for an ordinary one, and elsewhere."""
    from mmspack.gateway.connecting import is_sandbox
    from mmspack.outcome import Result

    if outcome.result is Result.ACCEPTED:
        return ""
    try:
        from mmspack.sandbox.desks import failing_endings
    except ImportError:  # the extra is not installed here
        return ""
    asked = failing_endings(client.door.name).get(outcome.to[-4:], "")
    return asked if asked and (outcome.sandbox or is_sandbox(client.url)) else ""


def _sandbox(stack: ExitStack, url: str | None, *, dry_run: bool) -> Account:
    """The embedded gateway's account, the gateway running until `stack` closes."""
    from urllib.parse import urlsplit

    from mmspack.gateway import Account, Secret, doors
    from mmspack.sandbox import Sandbox, inbox_path

    address = f"http://127.0.0.1{doors.get(doors.DEFAULT).path}"
    if not dry_run:
        # Closed by default against requests that name any address; here the person named this one.
        fetch = [urlsplit(url).netloc] if url else []
        address = stack.enter_context(Sandbox(inbox=inbox_path(), fetch=fetch)).url
    return Account(
        name="sandbox",
        url=address,
        user=SANDBOX_USER,
        password=Secret(SANDBOX_PASSWORD),
        sender=os.environ.get("MMSPACK_FROM") or None,
    )


def _deliver(client: Gateway, request: SendRequest) -> tuple[Outcome, bool]:
    """The outcome, and whether the person interrupted it."""
    from mmspack.gateway import SendInterrupted
    from mmspack.outcome import Outcome, Result

    try:
        return client.deliver(request), False
    except SendInterrupted as stopped:
        return stopped.outcome, True
    except MmspackError:
        raise
    except Exception as error:  # noqa: BLE001 (whatever it was, the request may have gone out)
        return Outcome(
            result=Result.UNKNOWN,
            summary=f"outcome unknown: internal error while sending: {type(error).__name__}",
            advice="Do not send it again until the operator's record shows that it did not arrive.",
            to=request.parameters.to,
            hold=True,
        ), False


def _exit_code(outcome: Outcome, interrupted: bool) -> int:
    from mmspack.gateway import error_of
    from mmspack.outcome import Result

    if outcome.result is Result.ACCEPTED:
        return 0
    if interrupted and outcome.result is Result.NOT_SENT:
        return INTERRUPTED
    return error_of(outcome).exit_code


def _plain(outcome: Outcome) -> dict[str, object]:
    """The outcome as data: what has no value is null and no empty text."""
    return {name: None if value == "" else value for name, value in asdict(outcome).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """What the recipient reads, values filled in: a bundle built for one person must not go to another."""

    subject: str
    texts: list[str]
    values: dict[str, str]
    """What `--set` filled in."""
    fallback: str = ""
    """What a phone without MMS reads, where the door sends it."""

    @property
    def lines(self) -> list[str]:
        """Subject and texts, each shortened to a line, and the values."""
        texts = [shorten(" ".join(text.split()), _EXCERPT, placeholder=" …") for text in self.texts[:_TEXTS]]
        more = [f"… and {count(len(self.texts) - _TEXTS, 'more text')}"] if len(self.texts) > _TEXTS else []
        values = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        return [
            *([f"Subject: {self.subject}"] if self.subject else []),
            *(f"Text: {text}" for text in texts),
            *more,
            *(
                [f"Fallback text: {shorten(self.fallback, _EXCERPT, placeholder=' …')}"]
                if self.fallback
                else []
            ),
            *([f"Filled in: {values}"] if values else []),
        ]


def _show_preview(text: str, content: Readable, as_json: bool, *, own: bool) -> None:
    """`own`: without an account, it is the sandbox that the request would go to."""
    if as_json:
        emit_json(
            "send",
            0,
            dry_run=True,
            request=text.splitlines(),
            subject=content.subject,
            texts=content.texts,
            fallback=content.fallback,
        )
        return
    typer.echo(text)
    for line in content.lines:
        say(line)
    where = ": no gateway is set up, so it would go to the local sandbox" if own else ""
    say(f"Nothing was sent (--dry-run){where}.")


def _show(outcome: Outcome, content: Readable, code: int, as_json: bool, *, asked: str, own: bool) -> None:
    """`asked` is what the number makes the sandbox do; `own`: the sandbox ran for this message alone."""
    from mmspack.outcome import Result

    if as_json:
        emit_json(
            "send",
            code,
            outcome=_plain(outcome),
            subject=content.subject,
            texts=content.texts,
            fallback=content.fallback,
        )
        return
    accepted = outcome.result is Result.ACCEPTED
    mark = "✓ " if accepted else "✗ "
    say(f"{mark}{outcome.to}: {outcome.summary}", err=not accepted)
    if outcome.result is Result.NOT_SENT and outcome.gateway and not own:
        say(f"to {outcome.gateway}", err=True, first="  ", further="    ")
    if outcome.advice and not accepted:
        say(outcome.advice, err=True, first="  → ", further="    ")
    for line in content.lines if accepted else ():
        say(line, first="  ", further="    ")
    if asked:
        ending = f"…{outcome.to[-4:]}"
        say(f"The sandbox did this on purpose: {ending} is a test number ({asked}).", err=True)
    if own and accepted:
        say("No gateway is configured, so the message went to the sandbox: nothing left this machine.")
        say("View it in the inbox: mmspack sandbox")
    elif own:
        say("No gateway is configured: the message went to the sandbox on this machine.", err=True)
