"""`build()`: the calls in order, from a message to a checked bundle."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmspack.errors import AuthoringError, DoesNotFit, UsageError
from mmspack.model import Bundle, Effort, FittedMessage, Message, Report, Slide
from mmspack.packing import dialects
from mmspack.packing.dialects import SENDMMS, Dialect
from mmspack.profiles import DEFAULT, Profile, get, tightest

if TYPE_CHECKING:
    from mmspack.fitting.planning import Planned

Profiles = str | Profile | Sequence[str | Profile] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A built message: the bundle, what was done to each part, and one report a profile."""

    message: FittedMessage
    names: tuple[str, ...]
    """Name in the bundle of each of `message.parts`."""
    bundle: Bundle
    reports: tuple[Report, ...]

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
    from mmspack.assembling import assemble, reserved_bytes
    from mmspack.authoring.templating import render_message
    from mmspack.checking import check
    from mmspack.fitting.overlays import draw_overlays
    from mmspack.packing.writing import pack

    if effort not in set(Effort):
        raise UsageError(f"no effort {effort!r}", hint=f"there are: {', '.join(Effort)}")
    wanted = resolve_profiles(profile or message.profile, profile_files)
    target = tightest(wanted)
    spoken = dialects.get(dialect) if isinstance(dialect, str) else dialect
    prove_sendable(message)
    message = draw_overlays(render_message(message, values), target)
    reserved = reserved_bytes(message, target, layout_folders)
    fitted = _fit_advised(message, target, reserved_bytes=reserved, effort=effort, cache=cache)
    assembly = assemble(fitted, message.layout, target, layout_folders, smil_name=spoken.smil_name)
    bundle = pack(assembly.parts, message.subject, manifest=spoken.manifest)
    reports = tuple(check(bundle, profile=one, subject=message.subject, dialect=spoken) for one in wanted)
    return Build(message=fitted, names=assembly.names, bundle=bundle, reports=reports)


def _fit_advised(
    message: Message, profile: Profile, *, reserved_bytes: int, effort: str, cache: bool
) -> FittedMessage:
    """Fit to the size that raises no warning; where that cannot be, to the limit itself."""
    from mmspack.fitting import fit

    advised = _advised(profile)
    if advised != profile:
        with contextlib.suppress(DoesNotFit):
            return fit(message, advised, reserved_bytes=reserved_bytes, effort=effort, cache=cache)
    return fit(message, profile, reserved_bytes=reserved_bytes, effort=effort, cache=cache)


def _advised(profile: Profile) -> Profile:
    return replace(profile, max_bytes=min(profile.warn_bytes or profile.max_bytes, profile.max_bytes))


def plan(
    message: Message,
    profile: Profiles = None,
    *,
    efforts: Sequence[str] = tuple(Effort),
    values: Mapping[str, object] | None = None,
    layout_folders: Sequence[Path] = (),
    profile_files: Sequence[Path] = (),
    cache: bool = True,
) -> list[Planned]:
    """What a build would come to, for each profile at each effort, without building any.

    Takes what `build` takes and raises what it raises; what does not fit is told in the result.
    """
    from mmspack.assembling import reserved_bytes
    from mmspack.authoring.templating import render_message
    from mmspack.fitting.planning import plan as plan_fits

    prove_sendable(message)
    rendered = render_message(message, values)
    wanted = [_advised(one) for one in resolve_profiles(profile or message.profile, profile_files)]
    return plan_fits(
        rendered,
        wanted,
        efforts,
        reserved_bytes=lambda one: reserved_bytes(rendered, one, layout_folders),
        cache=cache,
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
        problems.append("the message has no slides")
    if any(ord(character) < 32 or ord(character) == 127 for character in message.subject):
        problems.append("subject: holds a line break or another control character")
    for at, slide in enumerate(message.slides):
        if not isinstance(slide, Slide):
            problems.append(f"slides[{at}]: expected a Slide, found {type(slide).__name__}")
            continue
        problems += [f"slides[{at}]: {problem}" for problem in _slide_problems(slide)]
    if problems:
        raise AuthoringError(problems[0], problems=problems)


def _slide_problems(slide: Slide) -> list[str]:
    problems = []
    media = [kind for kind in ("image", "video", "audio") if getattr(slide, kind) is not None]
    if not media and not slide.text:
        problems.append("an empty slide: give it an image, a text, an audio or a video")
    if "video" in media and len(media) > 1:
        problems.append("a slide with a video takes no image and no audio")
    if slide.text is not None and not isinstance(slide.text, str | os.PathLike):
        problems.append(f"text: expected text or a path, found {type(slide.text).__name__}")
    if not isinstance(slide.seconds, int | float):
        problems.append(f"seconds: expected a number, found {slide.seconds!r}")
    elif not 0 < slide.seconds <= 3600:
        problems.append(f"seconds: {slide.seconds:g} is not above 0 and at most 3600")
    return problems
