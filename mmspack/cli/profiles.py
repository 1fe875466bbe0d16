"""`mmspack profiles`: what each carrier takes, who says so, and when."""

from __future__ import annotations

import datetime
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.completion import profile_names
from mmspack.cli.shell import PIPE_WIDTH, console, emit_json, guarded, text_width
from mmspack.cli.wrapping import say

if TYPE_CHECKING:
    from mmspack.profiles import Profile


@guarded
def profiles(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A profile, such as uk.", autocompletion=profile_names),
    ] = None,
    files: options.ProfileFiles = None,
    as_json: options.Json = False,
) -> None:
    """List the profiles, which hold the limits of a carrier or a class; or show one with its source.

    \b
    mmspack profiles
    mmspack profiles uk
    mmspack profiles --profiles our-contract.toml
    """
    from dataclasses import asdict

    from mmspack.profiles import get, load

    extra = options.profile_files(files)
    found = list(load(extra).values()) if name is None else [get(name, extra)]
    today = datetime.date.today()
    if as_json:
        described = [{**asdict(one), "outdated": one.is_outdated(today)} for one in found]
        emit_json("profiles", 0, profiles=described)
    elif name is None:
        _list(found)
    else:
        _show(found[0])


def _list(found: list[Profile]) -> None:
    widest = max((len(one.name) for one in found), default=0)
    say(f"{'Profile':<{widest}}  {'Bytes':>9}  What it is (source: mmspack profiles NAME)")
    room = (text_width() or PIPE_WIDTH) - widest - 13
    for one in found:
        title = shorten(one.title, room, placeholder=" …")
        say(f"{one.name:<{widest}}  {one.max_bytes:>9,}  {title}")
    old = [one.name for one in found if one.is_outdated(datetime.date.today())]
    if old:
        say(f"Limits that are more than two years old: {', '.join(old)}")


def _show(one: Profile) -> None:
    from mmspack.cli.findings import tell_outdated

    say(f"{one.name}: {one.title}")
    rows = [
        ("Limit", f"{one.max_bytes:,} bytes"),
        ("Recommended", f"{one.warn_bytes:,} bytes" if one.warn_bytes else ""),
        ("Pictures", f"up to {one.max_width}×{one.max_height} pixels"),
        ("Slides", f"up to {one.max_slides}"),
        ("Source", f"{one.source} ({one.date})"),
        ("Set by", one.origin),
        ("Note", one.note),
    ]
    for label, words in rows:
        if words:
            say(f"{label + ':':<13}{words}", first="  ", further=" " * 15)
    tell_outdated(console(), [one])
