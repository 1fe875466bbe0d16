"""The doors as a person reads of them: what each can do, its settings, and its own page.

A door's folder holds a page `door.md`: how to set it up, what an unknown outcome means there, its quirks,
with the date of the facts. What the class declares is put between its first paragraph and the rest.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mmspack.gateway.accounts import setting_variable
from mmspack.gateway.door import Can, Door

_ABILITIES = {
    Can.SMIL: "carries the presentation",
    Can.SUBJECT: "carries a subject",
    Can.NOTE: "carries a note for the billing record",
    Can.SUBACCOUNT: "carries a subaccount",
    Can.DELIVERY_REPORT: "delivery reports",
    Can.READ_REPORT: "read reports",
    Can.URL: "fetches a hosted bundle",
    Can.GET: "can be asked by GET",
    Can.FALLBACK: "text to a phone without MMS",
    Can.RETRIEVE: "hands over a message from a phone when asked",
}


def document(door: type[Door]) -> dict[str, Any]:
    """A door as data: name, title, abilities, what a login needs, and the settings."""
    return {
        "name": door.name,
        "title": door.title,
        "can": sorted(can.value for can in door.can),
        "cannot": sorted(can.value for can in Can if can not in door.can),
        "needs": list(door.needs),
        "pushes": list(door.pushes),
        "settings": [
            {
                "name": one.name,
                "default": one.default,
                "variable": setting_variable(door, one),
                "secret": one.secret,
                "needed": one.needed,
                "choices": list(one.choices),
                "help": one.help,
            }
            for one in door.settings()
        ],
    }


def explanation(door: type[Door]) -> str:
    """A door's section of the page, in Markdown."""
    return "\n".join(_section(door))


def page(doors: Iterable[type[Door]]) -> str:
    """All doors as Markdown: what `docs/doors.md` holds."""
    found = tuple(doors)
    lines = [
        "# Doors: the ways in which a message is handed over",
        "",
        'An account names its door in the config file (`door = "sendmms"`), in MMSPACK_DOOR, or in Python '
        "(`Gateway(url, door=…)`). Everything else is the same at every door: commands, outcomes, exit "
        "codes, retry budget, ledger, sandbox. What a door cannot do is said before anything is sent.",
        "",
        f"| door | what it is | {' | '.join(_ABILITIES.values())} |",
        f"|---|---|{'---|' * len(_ABILITIES)}",
    ]
    for door in found:
        marks = " | ".join("yes" if can in door.can else "–" for can in _ABILITIES)
        lines.append(f"| `{door.name}` | {door.title} | {marks} |")
    lines += [
        "",
        "A message's `[fallback] text` is left out, with a warning, by doors that send no text to a phone "
        "without MMS; `--fallback` on the command line, or `fallback=` in Python, is refused there.",
    ]
    for door in found:
        lines += ["", *_section(door)]
    return "\n".join(lines) + "\n"


def _section(door: type[Door]) -> Iterator[str]:
    yield f"## {door.title} (`{door.name}`)"
    first, _, rest = _prose(door).partition("\n\n")
    yield from ("", first or (inspect.getdoc(door) or "").split("\n")[0])
    yield from ("", f"Needs: {', '.join(('url', *door.needs)) if not door.host else ', '.join(door.needs)}.")
    if door.settings():
        yield from ("", "| setting | default | what it is |", "|---|---|---|")
        for one in door.settings():
            choices = f" One of {', '.join(f'`{choice}`' for choice in one.choices)}." if one.choices else ""
            kept = " Kept secret." if one.secret else ""
            default = "needed" if one.needed else f"`{one.default}`" if one.default != "" else ""
            yield f"| `{one.name}` | {default} | {one.help}{choices}{kept} |"
    if rest:
        yield from ("", rest)


def _prose(door: type[Door]) -> str:
    page = Path(inspect.getfile(door)).with_name("door.md")
    return page.read_text("utf-8").strip() if page.is_file() else ""
