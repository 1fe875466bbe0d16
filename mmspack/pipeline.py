"""`build()`: the calls in order, from a message to a checked bundle."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmspack.bundle import dialects
from mmspack.bundle.dialects import SENDMMS, Dialect
from mmspack.errors import AuthoringError, DoesNotFit, UsageError
from mmspack.model import Bundle, Effort, FittedMessage, Message, Report, Slide
from mmspack.problem import Place, Problem
from mmspack.profiles import DEFAULT, Profile, get, tightest
from mmspack.words import choose_from

if TYPE_CHECKING:
    from mmspack.bundle.assembling import Assembly
    from mmspack.bundle.opened import Opened
    from mmspack.fitting.planning import Planned

Profiles = str | Profile | Sequence[str | Profile] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A built message: the bundle, what was done to each part, and one report a profile."""

    message: FittedMessage
    names: tuple[str, ...]
    """Name in the bundle of each of `message.parts`."""
    bundle: Bundle
    opened: Opened = field(repr=False, compare=False)
    """The bundle as the check opened it: whoever asks more of it need not open it again."""
    reports: tuple[Report, ...]
    fitted_to: int = 0
    """Bytes that the message was fitted to: what the tightest profile advises, or its limit."""

    @property
    def report(self) -> Report:
        """The report for the tightest profile, to which the message was fitted."""
        return min(self.reports, key=lambda report: report.budget.max_bytes if report.budget else 0)

    @property
    def ok(self) -> bool:
        """True when no profile's report holds an error."""
        return all(report.ok for report in self.reports)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the bundle, whole or not at all. Raises `OutputError`."""
        return self.bundle.save(path)


def build(
    message: Message,
    profile: Profiles = None,
    *,
    values: Mapping[str, object] | None = None,
    layout_folders: Sequence[Path] = (),
    profile_files: Sequence[Path] = (),
    effort: str = "good",
    cache: bool = True,
    dialect: str | Dialect = SENDMMS,
) -> Build:
    """Fit, lay out, pack and check a message.

    `profile` is a name, several names with commas, `Profile` values, or None for the message's own
    (else `uk`); with several, the message is fitted to the tightest and judged by each. It is fitted to
    the profile's `warn_bytes` where there are any, and to `max_bytes` only where that cannot be. With
    `values` the texts and the subject are templates; without, they are taken as they are. Raises
    `AuthoringError`, `InputError`, `DoesNotFit`. Defects that remain are in the reports.
    """
    from mmspack.authoring.templating import render_message
    from mmspack.bundle.opened import open_source
    from mmspack.bundle.zip_writer import pack
    from mmspack.rules.checking import check_each
    from mmspack.rules.terms import Terms

    if effort not in set(Effort):
        raise UsageError(f"no effort {effort!r}", hint=choose_from(Effort))
    wanted = resolve_profiles(profile or message.profile, profile_files)
    target = tightest(wanted)
    spoken = dialects.get(dialect) if isinstance(dialect, str) else dialect
    prove_sendable(message)
    ready = render_message(message, values)
    made = _make(ready, target, effort, layout_folders=layout_folders, cache=cache, dialect=spoken)
    bundle = pack(made.assembly.parts, ready.subject, manifest=spoken.manifest)
    terms = [Terms(profile=one, dialect=spoken, subject=ready.subject) for one in wanted]
    opened = open_source(bundle, spoken)
    reports = check_each(opened, terms)
    return Build(
        message=made.fitted,
        names=made.assembly.names,
        bundle=bundle,
        opened=opened,
        reports=reports,
        fitted_to=made.fitted_to,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """A message fitted to a profile and laid out, and the bytes that it was fitted to."""

    fitted: FittedMessage
    assembly: Assembly
    fitted_to: int


def _make(
    message: Message,
    profile: Profile,
    effort: str,
    *,
    layout_folders: Sequence[Path],
    cache: bool,
    dialect: Dialect,
) -> _Made:
    """Fit to the size that raises no warning, where that cannot be to the limit itself, and lay out."""
    from mmspack.bundle.assembling import assemble, reserved_bytes
    from mmspack.fitting import fit
    from mmspack.fitting.overlays import draw_overlays

    message = draw_overlays(message, profile)
    reserved = reserved_bytes(message, profile, layout_folders)
    advised = replace(profile, max_bytes=min(profile.warn_bytes or profile.max_bytes, profile.max_bytes))
    fitted, to = None, advised
    if advised != profile:
        with contextlib.suppress(DoesNotFit):
            fitted = fit(message, advised, reserved_bytes=reserved, effort=effort, cache=cache, explain=False)
    if fitted is None:
        fitted, to = fit(message, profile, reserved_bytes=reserved, effort=effort, cache=cache), profile
    assembly = assemble(fitted, message.layout, profile, layout_folders, smil_name=dialect.smil_name)
    return _Made(fitted, assembly, to.max_bytes)


def plan(
    message: Message,
    profile: Profiles = None,
    *,
    efforts: Sequence[str] = tuple(Effort),
    values: Mapping[str, object] | None = None,
    layout_folders: Sequence[Path] = (),
    profile_files: Sequence[Path] = (),
    cache: bool = True,
    dialect: str | Dialect = SENDMMS,
) -> list[Planned]:
    """What a build would come to, for each profile at each effort, without writing any.

    Takes what `build` takes and raises what it raises; what does not fit is told in the result.
    """
    from mmspack.authoring.templating import render_message

    prove_sendable(message)
    ready = render_message(message, values)
    spoken = dialects.get(dialect) if isinstance(dialect, str) else dialect

    def one(target: Profile, effort: str) -> Planned:
        return _plan(ready, target, effort, layout_folders=layout_folders, cache=cache, dialect=spoken)

    wanted = resolve_profiles(profile or message.profile, profile_files)
    return [one(target, effort) for target in wanted for effort in efforts]


def _plan(
    message: Message,
    profile: Profile,
    effort: str,
    *,
    layout_folders: Sequence[Path],
    cache: bool,
    dialect: Dialect,
) -> Planned:
    from mmspack.fitting.planning import Planned
    from mmspack.profiles.budget import measure

    try:
        made = _make(message, profile, effort, layout_folders=layout_folders, cache=cache, dialect=dialect)
    except DoesNotFit as error:
        return Planned(
            profile=profile.name,
            effort=effort,
            max_bytes=profile.max_bytes,
            problem="\n".join(error.lines),
            hint=error.shared_hint,
        )
    return Planned(
        profile=profile.name,
        effort=effort,
        max_bytes=made.fitted_to,
        total_bytes=measure(made.assembly.parts, message.subject, profile).total_bytes,
        parts=made.fitted.parts,
    )


def resolve_profiles(wanted: Profiles, files: Sequence[Path] = ()) -> tuple[Profile, ...]:
    """Profiles by name or value, in order and once each. Raises `ConfigError`."""
    if not wanted and wanted != "":
        wanted = DEFAULT
    if isinstance(wanted, str | Profile):
        wanted = [wanted]
    names = [bit for one in wanted for bit in ([one] if isinstance(one, Profile) else one.split(","))]
    found = [one if isinstance(one, Profile) else get(one.strip(), files) for one in names]
    return tuple(dict.fromkeys(found))


def prove_sendable(message: Message) -> None:
    """Refuse what no message can hold: no slide, an empty slide, a subject of several lines."""
    if not isinstance(message, Message):
        raise AuthoringError(
            f"expected a Message, found {type(message).__name__}", hint="mmspack.Message(slides=[…])"
        )
    problems = []
    if not message.slides and not message.attachments:
        problems.append(Problem("the message has no slides"))
    if any(ord(character) < 32 or ord(character) == 127 for character in message.subject):
        problems.append(Problem("contains a line break or another control character", Place(key="subject")))
    for number, slide in enumerate(message.slides, 1):
        if not isinstance(slide, Slide):
            what = f"expected a Slide, found {type(slide).__name__}"
            problems.append(Problem(what, Place(slide=number)))
            continue
        problems += [problem.within(Place(slide=number)) for problem in _slide_problems(slide)]
    if problems:
        raise AuthoringError(problems=problems)


def _slide_problems(slide: Slide) -> list[Problem]:
    problems = []
    media = [kind for kind in ("image", "video", "audio") if getattr(slide, kind) is not None]
    if not media and not slide.text:
        cure = "add an image, a text, a sound or a video"
        problems.append(Problem("the slide is empty", cure=cure))
    if "video" in media and len(media) > 1:
        problems.append(Problem("a slide with a video cannot have an image or audio"))
    if slide.text is not None and not isinstance(slide.text, str | os.PathLike):
        what = f"expected text or a path, found {type(slide.text).__name__}"
        problems.append(Problem(what, Place(key="text")))
    if not isinstance(slide.seconds, int | float):
        problems.append(Problem(f"expected a number, found {slide.seconds!r}", Place(key="seconds")))
    elif not 0 < slide.seconds <= 3600:
        what = f"{slide.seconds:g} is not between 0 and 3600"
        problems.append(Problem(what, Place(key="seconds")))
    return problems
