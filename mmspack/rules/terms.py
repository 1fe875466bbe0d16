"""What a bundle is judged against: the profile, the creation mode, the gateway, the subject to be sent."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mmspack import profiles
from mmspack.arguments import shown
from mmspack.bundle import dialects
from mmspack.bundle.dialects import SENDMMS, Dialect, DialectName
from mmspack.bundle.opened import Opened
from mmspack.errors import UsageError
from mmspack.model import Budget, BuildNotes, Part
from mmspack.profiles import Profile
from mmspack.profiles.budget import measure
from mmspack.words import choose_from


class Mode(enum.StrEnum):
    """Creation modes of the MMS conformance document: how strictly its own limits are taken."""

    RESTRICTED = "restricted"
    WARNING = "warning"
    FREE = "free"


ModeName = Mode | Literal["restricted", "warning", "free"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a bundle is checked against. One opened bundle can be checked against any number of them."""

    profile: Profile = field(default_factory=lambda: profiles.get(profiles.DEFAULT))
    mode: Mode = Mode.WARNING
    dialect: Dialect = SENDMMS
    subject: str | None = None
    """The subject that will be sent with it; None: the one noted in the manifest."""
    notes: Mapping[str, BuildNotes] = field(default_factory=dict, hash=False)
    """What a build knows of parts, by their names: it alone saw the sources."""

    def subject_of(self, opened: Opened) -> str:
        """The subject that counts."""
        return opened.noted_subject if self.subject is None else self.subject

    def budget_of(self, opened: Opened) -> Budget | None:
        """The size against the profile; None for a bare SMIL file."""
        if not opened.has_content:
            return None
        parts = [Part(part.name, part.type, part.data) for part in opened.parts]
        return measure(parts, self.subject_of(opened), self.profile)


def terms_of(
    profile: Profile | str = profiles.DEFAULT,
    *,
    mode: ModeName | str = Mode.WARNING,
    dialect: Dialect | DialectName | str = SENDMMS,
    subject: str | None = None,
    notes: Mapping[str, BuildNotes] | None = None,
) -> Terms:
    """Terms from names. Raises `UsageError` and `ConfigError` for names that do not exist."""
    if not isinstance(profile, str | Profile):
        what = f"expected one name or a Profile, found {shown(profile)}"
        raise UsageError(what, where="profile", hint="check against several one after the other")
    return Terms(
        profile=profiles.get(profile) if isinstance(profile, str) else profile,
        mode=mode_of(mode),
        dialect=dialects.get(dialect) if isinstance(dialect, str) else dialect,
        subject=subject,
        notes=notes or {},
    )


def mode_of(name: Mode | str) -> Mode:
    """The creation mode of that name. Raises `UsageError`."""
    try:
        return Mode(name)
    except ValueError:
        raise UsageError(f"no mode {name!r}", hint=choose_from(Mode)) from None
