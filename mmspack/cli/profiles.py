"""`mmspack profiles`: what each carrier takes, who says so, and when."""

from __future__ import annotations

from mmspack.cli import options
from mmspack.cli.shell import console, emit_json, guarded


@guarded
def profiles(files: options.ProfileFiles = None, as_json: options.Json = False) -> None:
    """List the profiles: the limits of each carrier or class, with source and date.

    \b
    mmspack profiles
    mmspack profiles --profiles our-contract.toml
    """
    import datetime
    from dataclasses import asdict

    from mmspack.profiles import load

    found = load(options.profile_files(files)).values()
    today = datetime.date.today()
    if as_json:
        described = [{**asdict(one), "outdated": one.is_outdated(today)} for one in found]
        emit_json("profiles", 0, profiles=described)
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Name", "Limit", "Warns above", "Pixels", "As of", "What it is, with its source"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "Name")
    for one in found:
        warns = f"{one.warn_bytes:,}" if one.warn_bytes else ""
        pixels = f"{one.max_width}×{one.max_height}"
        origin = f"\n{escape(f'Set by {one.origin}')}" if one.origin else ""
        words = f"{escape(one.title)}\n[dim]{escape(one.source)}[/]{origin}"
        date = f"[yellow]{one.date}\nmore than two years old[/]" if one.is_outdated(today) else one.date
        table.add_row(one.name, f"{one.max_bytes:,}", warns, pixels, date, words)
    console().print(table)
