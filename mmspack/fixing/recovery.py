"""A presentation that cannot be read at all, made readable where one small thing keeps it from being XML."""

from __future__ import annotations

from dataclasses import replace

from mmspack.bundle.found import Content
from mmspack.bundle.opened import Opened
from mmspack.fixing.registry import recovers
from mmspack.smil.source import begun_at_the_first_byte, declared_as_utf8, ended_with_the_root, is_readable

_STEPS = (
    (begun_at_the_first_byte, "blanks before the XML declaration removed"),
    (declared_as_utf8, "declared as UTF-8"),
    (ended_with_the_root, "content after </smil> removed"),
)


@recovers("MMS303")
def recovered(opened: Opened) -> tuple[Opened, list[str]]:
    """The message with its presentation made readable, and what was done; or the message as it is.

    This comes before everything else: which parts are shown, and where, only a readable presentation says.
    """
    smil = opened.smil
    if smil is None or is_readable(smil.data):
        return opened, []
    data, done = smil.data, []
    for repair, words in _STEPS:
        after = repair(data)
        if after != data:
            data = after
            done.append(words)
    if not done or not is_readable(data):
        return opened, []
    return replace(opened, contents={**opened.contents, smil.name: Content(data)}), done
