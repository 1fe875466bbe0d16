"""`build()`: the calls in order, from a message to a checked bundle."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import IO, Any, overload

from mmspack.authoring.templating import refuse_strays, render_message
from mmspack.authoring.validating import prove_message
from mmspack.bundle.assembling import Assembly, assemble, reserved_bytes
from mmspack.bundle.bundle import Bundle, pack
from mmspack.bundle.dialects import Dialect, DialectName
from mmspack.bundle.opened import Opened, open_source
from mmspack.errors import DoesNotFit, UsageError, written_in
from mmspack.film.progress import Progress, ProgressMeter
from mmspack.fitted import FittedMessage
from mmspack.fitting.overlays import draw_overlays, with_history
from mmspack.fitting.planning import Planned
from mmspack.fitting.recommended import Fitted, Lifted, fit_to_profile
from mmspack.message import Message
from mmspack.model import NO_NOTES, Effort, Finding, Report
from mmspack.problem import Place
from mmspack.profiles import Profile, Profiles, tightest
from mmspack.profiles.budget import measure
from mmspack.recipe import EffortName, Folders, ProfileChooser, Recipe, recipe_from
from mmspack.rules.checking import check_each
from mmspack.rules.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A built message: the bundle, the changes to each part, and one report per profile.

    A build with `check=False` has no reports.
    """

    message: FittedMessage
    names: tuple[str, ...]
    """Name in the bundle of each of `message.parts`."""
    bundle: Bundle
    opened: Opened = field(repr=False, compare=False)
    """The bundle opened: whoever asks more of it need not open it again."""
    reports: tuple[Report, ...]
    profiles: tuple[Profile, ...] = ()
    """What it was fitted to and checked against, in order, each with its source, date and origin."""
    chosen_by: ProfileChooser = "default"
    """Who chose them: the caller's `recipe`, the `message`, or nobody: the `default`."""
    fitted_to: int = 0
    """Bytes that the message was fitted to: what the tightest profile recommends, or its limit."""
    lifted: Lifted | None = None
    """The picture for whose sake the limit was taken and not the recommended size, where it was."""

    @property
    def report(self) -> Report:
        """The report for the tightest profile, to which the message was fitted.

        Raises `UsageError` after a build with `check=False`.
        """
        if not self.reports:
            raise UsageError(_UNCHECKED, hint=_CHECK)
        return min(self.reports, key=lambda report: report.budget.max_bytes if report.budget else 0)

    @property
    def ok(self) -> bool:
        """True when no profile's report holds an error.

        Raises `UsageError` after a build with `check=False`, of which nothing is known.
        """
        if not self.reports:
            raise UsageError(_UNCHECKED, hint=_CHECK)
        return all(report.ok for report in self.reports)

    def __reduce__(self) -> tuple[object, ...]:
        # The opened bundle holds a tree of lxml's, which no other process can take: it is opened again.
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "opened"}
        return _reopened, (values,)

    def written_at(self, finding: Finding) -> Place:
        """Where the author wrote what `finding` is about: slide 1, beach.jpg. Empty for the whole message."""
        about = finding.about or finding.part
        written = dict(zip(self.names, self.message.parts, strict=True))
        if about in written:
            slide = written[about].slide
            return Place(slide=None if slide is None else slide + 1, key=written[about].label)
        tree = self.opened.smil_tree
        if self.bundle.smil is None or about != self.bundle.smil.name or tree is None:
            return Place()
        line = finding.line or 0
        begun = [slide.number for slide in self.opened.slides if tree.place(slide.node).line <= line]
        return Place(slide=max(begun)) if begun else Place(key="slide layout")

    def said_of(self, finding: Finding) -> str:
        """The message of `finding` with the author's own names: `'beach.jpg'` for the part made of it."""
        said = finding.message
        for name, part in zip(self.names, self.message.parts, strict=True):
            said = said.replace(repr(name), "the text" if part.label == "text" else repr(part.label))
        return said

    @overload
    def save(self, target: str | os.PathLike[str]) -> Path: ...

    @overload
    def save(self, target: IO[bytes]) -> None: ...

    def save(self, target: str | os.PathLike[str] | IO[bytes]) -> Path | None:
        """Write the bundle, as `Bundle.save` does."""
        return self.bundle.save(target)


def _reopened(values: dict[str, Any]) -> Build:
    """A build that came from another process."""
    return Build(**values, opened=open_source(values["bundle"]))


_UNCHECKED, _CHECK = "this build was not checked", "build without check=False"


def build(
    message: Message,
    profile: Profiles = None,
    *,
    recipe: Recipe | None = None,
    values: Mapping[str, object] | None = None,
    layout_folders: Folders = None,
    profile_files: Folders = None,
    effort: EffortName | None = None,
    cache: bool | None = None,
    dialect: DialectName | str | Dialect | None = None,
    check: bool = True,
    progress: Progress | None = None,
) -> Build:
    """Fit, lay out, pack and check a message.

    How it is built is a `recipe`, or the keywords that make one: `profile` is a name, several names with
    commas, `Profile` values, or None for the message's own (else `uk`); with several, the message is fitted
    to the tightest and checked against each. It is fitted to the profile's `warn_bytes` where there are any,
    and to `max_bytes` only where it cannot meet those, or where they would ruin a picture. With `values` the
    texts and the subject are templates; without, they are taken as they are. Without `check` there are no
    reports. `progress` is called while videos and sounds are re-encoded, from any thread, with the frames
    that have been gone through and how many there will be: each counts as often as it is decoded or encoded.
    Raises `AuthoringError`, `InputError`, `DoesNotFit`. Defects that remain are in the reports.
    """
    recipe = recipe_from(
        recipe,
        profile=profile,
        profile_files=profile_files,
        effort=effort,
        layout_folders=layout_folders,
        dialect=dialect,
        cache=cache,
    )
    prove_message(message)
    wanted = recipe.profiles_for(message)
    with written_in(message.written):
        if values is not None:
            refuse_strays(message, values)
        return _built(message, wanted, recipe, values, check=check, meter=ProgressMeter(progress))


def _built(
    message: Message,
    wanted: tuple[Profile, ...],
    recipe: Recipe,
    values: Mapping[str, object] | None,
    *,
    check: bool,
    meter: ProgressMeter,
) -> Build:
    ready = _filled(message, values)
    made = _make(ready, tightest(wanted), recipe, meter)
    bundle = pack(made.assembly.parts, ready.subject, ready.fallback, manifest=recipe.dialect.manifest)
    opened = open_source(bundle, recipe.dialect)
    named = zip(made.assembly.names, made.fitted.message.parts, strict=True)
    notes = {name: part.notes for name, part in named if part.notes != NO_NOTES}
    known = Terms(dialect=recipe.dialect, subject=ready.subject, notes=notes)
    terms = [replace(known, profile=one) for one in wanted]
    return Build(
        message=made.fitted.message,
        names=made.assembly.names,
        bundle=bundle,
        opened=opened,
        reports=check_each(opened, terms) if check else (),
        profiles=wanted,
        chosen_by=recipe.chooser_of(message.profile),
        fitted_to=made.fitted.max_bytes,
        lifted=made.fitted.lifted,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """A message fitted to a profile and laid out."""

    fitted: Fitted
    assembly: Assembly


def _make(message: Message, profile: Profile, recipe: Recipe, meter: ProgressMeter) -> _Made:
    drawn = draw_overlays(message, profile)
    folders = recipe.layout_folders
    fitted = fit_to_profile(
        drawn,
        profile,
        reserved_bytes=reserved_bytes(drawn, profile, folders, recipe.dialect),
        effort=recipe.effort,
        cache=recipe.cache,
        meter=meter,
    )
    meter.finish()
    if drawn is not message:
        fitted = replace(fitted, message=with_history(fitted.message, message))
    return _Made(fitted, assemble(fitted.message, message.layout, profile, folders, recipe.dialect))


def plan(
    message: Message,
    profile: Profiles = None,
    *,
    recipe: Recipe | None = None,
    efforts: Sequence[EffortName] = tuple(Effort),
    values: Mapping[str, object] | None = None,
    layout_folders: Folders = None,
    profile_files: Folders = None,
    cache: bool | None = None,
    dialect: DialectName | str | Dialect | None = None,
    progress: Progress | None = None,
) -> list[Planned]:
    """What a build would come to, for each profile at each effort, without writing any.

    Takes what `build` takes, with `efforts` in place of one effort, and raises what it raises; what does not
    fit is said in the result.
    """
    recipe = recipe_from(
        recipe,
        profile=profile,
        profile_files=profile_files,
        layout_folders=layout_folders,
        dialect=dialect,
        cache=cache,
    )
    prove_message(message)
    targets = recipe.profiles_for(message)
    with written_in(message.written):
        ready = _filled(message, values)
        cells = [(target, recipe.at(effort)) for target in targets for effort in efforts]
        return [
            _plan(ready, *cell, ProgressMeter(_one_of(progress, at, len(cells))))
            for at, cell in enumerate(cells)
        ]


def _one_of(progress: Progress | None, at: int, count: int) -> Progress | None:
    """What one cell of a plan reports to: as a part of all of them."""
    if progress is None:
        return None
    told = progress

    def report(done: int, total: int) -> None:
        told(at * total + done, count * total)

    return report


def _filled(message: Message, values: Mapping[str, object] | None) -> Message:
    """The message with its templates filled in, which may leave a slide empty or a subject of two lines."""
    ready = render_message(message, values)
    if values is not None:
        prove_message(ready)
    return ready


def _plan(message: Message, profile: Profile, recipe: Recipe, meter: ProgressMeter) -> Planned:
    try:
        made = _make(message, profile, recipe, meter)
    except DoesNotFit as failed:
        meter.finish()
        error = failed.written(message.written)
        return Planned(
            profile=profile.name,
            effort=recipe.effort,
            max_bytes=profile.max_bytes,
            problem="\n".join(error.lines),
            hint=error.shared_hint,
        )
    return Planned(
        profile=profile.name,
        effort=recipe.effort,
        max_bytes=made.fitted.max_bytes,
        total_bytes=measure(made.assembly.parts, message.subject, profile).total_bytes,
        parts=made.fitted.message.parts,
    )
