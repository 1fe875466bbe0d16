"""Whose zip it is: names and manifest belong to the gateway that takes it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from mmspack.errors import UsageError
from mmspack.words import choose_from, did_you_mean


class Dialect(NamedTuple):
    """What a gateway expects in the zip in addition to the media."""

    name: str
    title: str
    manifest: bool
    """It reads a file named `manifest`."""
    smil_name: str | None = None
    """The name that the presentation must have, if any."""
    flat: bool = False
    """It documents that folders are refused."""
    cid: bool = False
    """A build writes `src="cid:image1.jpg"`. Old Android finds a part by a plain name only where its operator
    adds a Content-Location to the Content-ID, and by `cid:` in any case; newer phones read both."""


DialectName = Literal["sendmms", "vianett", "pswincom"]
SENDMMS = Dialect("sendmms", "SendMMS: a manifest, and a SMIL file with any name", manifest=True)
DIALECTS = {
    dialect.name: dialect
    for dialect in (
        SENDMMS,
        Dialect("sendmms-cid", 'SendMMS, parts named by src="cid:…"', manifest=True, cid=True),
        Dialect("vianett", "ViaNett: mms.smil, no manifest", manifest=False, smil_name="mms.smil"),
        Dialect("pswincom", "PSWinCom: no folders, no manifest", manifest=False, flat=True),
    )
}
"""Every dialect by its name. A new one is a row here: build, check and the help of their options know it."""


def get(name: str) -> Dialect:
    """The dialect of that name. Raises `UsageError` with the nearest one."""
    if name in DIALECTS:
        return DIALECTS[name]
    raise UsageError(f"no dialect {name!r}", hint=did_you_mean(name, DIALECTS, choose_from(DIALECTS)))
