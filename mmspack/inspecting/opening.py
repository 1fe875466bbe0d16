"""A bundle laid open for a person: refused where nothing in it can be read; what cannot be read is named."""

from __future__ import annotations

import os

from mmspack.bundle.dialects import Dialect
from mmspack.bundle.opened import Unpacked, called_by, unpack
from mmspack.bundle.part_names import meant
from mmspack.errors import BundleError
from mmspack.model import Bundle
from mmspack.problem import Place, Problem
from mmspack.profiles import Profile


def opened(
    source: Bundle | str | os.PathLike[str] | bytes, profile: Profile, dialect: Dialect, name: str = ""
) -> Unpacked:
    """The message laid open. Raises `BundleError` where no part of it can be read."""
    unpacked = unpack(source, profile, dialect=dialect)
    if not unpacked.parts:
        called = name or called_by(source)
        defects = unpacked.archive.defects if unpacked.archive else ()
        problems = [defect.message for defect in defects] or ["there is no part in it"]
        where, cure = Place(file=called), "mmspack check reports more"
        raise BundleError(problems=[Problem(what, where, cure) for what in problems])
    return unpacked


def unreadable(unpacked: Unpacked) -> dict[str, str]:
    """The files that are there and cannot be read, each with the zip reader's reason."""
    reasons: dict[str, list[str]] = {}
    for defect in unpacked.archive.defects if unpacked.archive else ():
        if defect.entry is not None:
            name = meant(defect.entry).removeprefix(unpacked.folder)
            reasons.setdefault(name, []).append(defect.message)
    return {
        # The entry that another one overlaps has no defect of its own.
        name: "; ".join(reasons.get(name, [f"{name!r} shares its bytes with another entry"]))
        for name, data in unpacked.files
        if data is None
    }
