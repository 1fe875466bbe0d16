"""A bundle laid open for a person: refused where nothing in it can be read; what cannot be read is named."""

from __future__ import annotations

from mmspack.bundle.dialects import Dialect
from mmspack.bundle.opened import Opened, Source, open_source
from mmspack.bundle.part_names import meant
from mmspack.errors import BundleError
from mmspack.problem import Place, Problem


def open_readable(source: Source | Opened, dialect: Dialect, name: str = "") -> Opened:
    """The bundle, opened. Raises `BundleError` where no part of it can be read."""
    opened = open_source(source, dialect)
    if not opened.parts:
        defects = opened.archive.defects if opened.archive else ()
        problems = [defect.message for defect in defects] or ["contains no parts"]
        where, cure = Place(file=name or opened.called), "mmspack check reports more"
        raise BundleError(problems=[Problem(what, where, cure) for what in problems])
    return opened


def unreadable(opened: Opened) -> dict[str, str]:
    """The files that are there and cannot be read, each with the zip reader's reason."""
    reasons: dict[str, list[str]] = {}
    for defect in opened.archive.defects if opened.archive else ():
        if defect.entry is not None:
            name = meant(defect.entry).removeprefix(opened.folder)
            reasons.setdefault(name, []).append(defect.message)
    return {
        # The entry that another one overlaps has no defect of its own.
        name: "; ".join(reasons.get(name, [f"{name!r} shares its bytes with another entry"]))
        for name, content in opened.contents.items()
        if content is None
    }
