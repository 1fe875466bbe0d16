"""`mmspack profiles`: what each carrier takes, who says so, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.completion import profile_names
from mmspack.cli.shell import emit_json, guarded
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
    if as_json:
        emit_json("profiles", 0, profiles=[asdict(one) for one in found])
    elif name is None:
        _list(found)
    else:
        _show(found[0])


def _list(found: list[Profile]) -> None:
    widest = max((len(one.name) for one in found), default=0)
    say(f"{'Profile':<{widest}}  {'Bytes':>9}  What it is (mmspack profiles NAME shows its source)")
    for one in found:
        say(
            f"{one.name:<{widest}}  {one.max_bytes:>9,}  {one.title}",
            further=" " * (widest + 13),
        )


def _show(one: Profile) -> None:
    say(f"{one.name}: {one.title}")
    rows = [
        ("Limit", f"{one.max_bytes:,} bytes"),
        ("Recommended", f"{one.warn_bytes:,} bytes" if one.warn_bytes else ""),
        ("Pictures", f"{one.max_width}×{one.max_height} pixels at most"),
        ("Slides", f"{one.max_slides} at most"),
        ("Source", f"{one.source} ({one.date})"),
        ("Note", one.note),
    ]
    for label, words in rows:
        if words:
            say(f"{label + ':':<13}{words}", first="  ", further=" " * 15)
