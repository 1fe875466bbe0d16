"""`mmspack layouts`: the layouts that a message can choose."""

from __future__ import annotations

from mmspack.cli import options
from mmspack.cli.shell import emit_json, guarded
from mmspack.cli.wrapping import say


@guarded
def layouts(folders: options.LayoutFolders = None, as_json: options.Json = False) -> None:
    """List the available slide layouts.

    \b
    mmspack layouts
    mmspack layouts --layouts my-layouts
    """
    from mmspack.smil.layouts import layouts as all_layouts

    found = all_layouts(folders or ()).values()
    if as_json:
        emit_json("layouts", 0, layouts=[{"name": one.name, "description": one.description} for one in found])
        return
    widest = max((len(one.name) for one in found), default=0)
    for one in found:
        say(f"{one.name:<{widest}}  {one.description}", further=" " * (widest + 2))
