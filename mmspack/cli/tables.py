"""What `build` shows a person: the verdict, a row for each picture, sound and film, and a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mmspack.cli.findings import (
    GAP,
    limits_table,
    print_rows,
    print_table,
    show_findings,
    show_verdict,
    tell_outdated,
)
from mmspack.cli.shell import console
from mmspack.cli.wrapping import say
from mmspack.fitted import FittedPart
from mmspack.fitting.account import facts_say, is_detail
from mmspack.fitting.planning import Planned
from mmspack.fitting.quality import FAIR, POOR, whole
from mmspack.media.formats import FORMATS
from mmspack.message import Message
from mmspack.model import Facts, Kind
from mmspack.pipeline import Build
from mmspack.problem import Place
from mmspack.profiles import Profile
from mmspack.words import count, length_words, numbered, printable, size

_FILMS = {row.name for row in FORMATS if row.kind is Kind.VIDEO}


def show_build(
    built: Build, message: Message, saved: Sequence[str], left_out: Sequence[Path], *, verbose: bool = False
) -> None:
    """The whole account of a build; `saved` says what became of the file."""
    out = console()
    show_verdict(out, built.reports, more=[count(len(built.message.slides), "slide")])
    say(f"{_subject(built)}layout {message.layout}")
    for profile in built.profiles:
        say(_profile_words(profile, built, message, verbose=verbose))
    tell_outdated(out, built.profiles)
    if fitted := _fitted_words(built):
        say(fitted)
    print_rows(out, list(_every_part(built) if verbose else _media(built)))
    if not verbose:
        say(_folded(built), first="   ", further="     ")
    if verbose or len(built.reports) > 1:
        print_table(out, limits_table(built.reports))
    for line in _actions(built.message.parts):
        say(line, names=[part.label for part in built.message.parts])
    show_findings(out, built.reports, built)
    for name in message.written.outside if message.written else ():
        say(f"From outside the message's folder: {name}")
    for path in left_out:
        what = "a picture, text, sound or video" if path.is_file() else "a regular file"
        say(f"Left out: {path} (not {what})", names=[str(path)])
    if saved and verbose:
        say(f"{len(built.bundle.data):,} bytes, sha256 {built.bundle.sha256}")
    for line in saved:
        say(line)


def _subject(built: Build) -> str:
    return f"“{built.message.subject}”, " if built.message.subject else ""


def _fitted_words(built: Build) -> str:
    """What parts were reduced to: the size that the profile recommends, or why it had to be the limit."""
    budget = built.report.budget
    made_smaller = any(part.before.bytes > part.after.bytes for part in built.message.parts)
    if budget is None or not made_smaller or budget.warn_bytes in (None, budget.max_bytes):
        return ""
    if built.fitted_to < budget.max_bytes:
        return f"Fitted to {budget.profile}'s recommended size, {built.fitted_to:,} bytes"
    limit = f"Fitted to {built.fitted_to:,} bytes, {budget.profile}'s limit"
    words = f"{limit}: the recommended {budget.warn_bytes:,}"
    lifted = built.lifted
    if lifted is None:
        return f"{words} are not enough"
    gain = f"at a quality of {lifted.before:.0f} instead of {lifted.after:.0f}"
    return f"{words} would leave {lifted.label} {gain}"


def _profile_words(profile: Profile, built: Build, message: Message, *, verbose: bool) -> str:
    """Which profile was used, who chose it, and with `--verbose` who says so."""
    if built.chosen_by == "recipe":
        chosen = "--profile"
    elif built.chosen_by == "default":
        chosen = "the default; choose with --profile"
    else:
        at = message.written.locate(Place(key="profile")) if message.written else Place()
        chosen = f"{at.file}:{at.line}" if at.line else at.file or "the message"
    origin = f"set by {profile.origin}; " if profile.origin else ""
    source = f": {profile.source}" if verbose else ""
    return f"Profile {profile.name} ({chosen}), {origin}as of {profile.date}{source}"


def _media(built: Build) -> Iterator[tuple[str, ...]]:
    """A row for each medium but the texts."""
    for part in built.message.parts:
        if part.kind is not Kind.TEXT:
            label = escape(printable(part.label))
            yield _slide(part), label, _looks(part.before, part.after), _sizes(part), _quality(part)


def _folded(built: Build) -> str:
    """The texts and the slide layout, as one."""
    small = [part for part in built.message.parts if part.kind is Kind.TEXT]
    smil = built.bundle.smil
    words = [count(len(small), "text")] if small else []
    words += ["slide layout (SMIL)"] if smil else []
    total = sum(part.after.bytes for part in small) + (len(smil.data) if smil else 0)
    return f"{' + '.join(words)}: {size(total)}" if words else ""


def _slide(part: FittedPart) -> str:
    return "" if part.slide is None else str(part.slide + 1)


def _looks(before: Facts, after: Facts) -> str:
    """`JPEG 2048×1536 → 1600×1200`: format, pixels and frames, each twice only where it changed."""
    old, new = _bits(before), _bits(after)
    if old == new:
        return escape(" ".join(old))
    if old[0] == new[0]:
        return escape(f"{' '.join(old)} → {' '.join(new[1:])}")
    return escape(f"{' '.join(old)} → {' '.join(new)}")


def _bits(facts: Facts) -> list[str]:
    bits = [facts.format]
    if facts.width and facts.height:
        bits.append(f"{facts.width}×{facts.height}")
    moves = facts.frames > 1 and facts.format not in _FILMS  # of a film, its time says more
    if moves:
        bits.append(f"({facts.frames} frames)")
    if facts.duration_ms and not moves:
        bits.append(f"({length_words(facts.duration_ms)})")
    return bits


def _sizes(part: FittedPart) -> str:
    """`427 → 104 kB`; the unit twice only where it changed."""
    before, after = size(part.before.bytes), size(part.after.bytes)
    if before == after:
        return after
    number, unit = before.split(" ")
    return f"{number} → {after}" if after.endswith(f" {unit}") else f"{before} → {after}"


def _quality(part: FittedPart) -> str:
    """The predicted quality in words, coloured where a person should look at the picture."""
    if part.before == part.after and not part.actions:
        return "[dim]unchanged[/]"
    if part.quality is None:
        return escape(part.quality_words)
    words = escape(f"{part.quality_words} ({whole(part.quality)})")
    style = "bold red" if part.quality < POOR else "yellow" if part.quality < FAIR else ""
    return f"[{style}]{words}[/]" if style else words


def _actions(parts: Sequence[FittedPart]) -> Iterator[str]:
    """What was done beyond what the table shows, each once, with the slides that it concerns."""
    pairs = [
        (action, part)
        for part in parts
        for action in part.actions
        if not facts_say(action, part) and not is_detail(action)
    ]
    for action in dict.fromkeys(action for action, _ in pairs):
        slides = [part.slide + 1 for done, part in pairs if done == action and part.slide is not None]
        others = [part.label for done, part in pairs if done == action and part.slide is None]
        where = ([numbered("slide", slides)] if slides else []) + others
        yield f"{', '.join(where)}: {action}"


def _every_part(built: Build) -> Iterator[tuple[str, ...]]:
    """With `--verbose`: every part by its name in the bundle, with exact numbers."""
    smil = built.bundle.smil
    if smil:
        yield "", smil.name, "slide layout (SMIL)", f"{len(smil.data):,} B", ""
    for name, part in zip(built.names, built.message.parts, strict=True):
        before, after = (f"{' '.join(_bits(facts))} {facts.bytes:,} B" for facts in (part.before, part.after))
        looks = after if before == after else f"{before} → {after}"
        label = "" if part.label == part.after.format else escape(printable(part.label))
        yield _slide(part), name, label, escape(looks), _quality(part)


# -- plans ----------------------------------------------------------------------------------------


def show_plan(planned: Sequence[Planned], *, verbose: bool = False) -> None:
    """A table of profiles and efforts: how large and how good. Efforts that come to the same share a row."""
    out = console()
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    for heading in ("Profile", "Effort", "Total", "Fitted to", "Worst picture"):
        number = heading in ("Total", "Fitted to")
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    folded = [list(alike) for _, alike in groupby(planned, _outcome)]
    for alike in folded:
        one = alike[0]
        efforts = ", ".join(cell.effort for cell in alike)
        total = f"{one.total_bytes:,}" if one.fits else "–"
        table.add_row(escape(one.profile), efforts, total, f"{one.max_bytes:,}", _worst(one))
    print_table(out, table)
    for alike in folded:
        one = alike[0]
        if not one.fits:
            for line in one.problem.splitlines():
                say(f"{one.profile}: {line}")
            if one.hint:
                say(f"→ {one.hint}", first="  ", further="    ")
        elif verbose:
            _show_pictures(out, one)


def _outcome(one: Planned) -> tuple[object, ...]:
    return one.profile, one.max_bytes, one.problem, tuple((part.label, part.after) for part in one.parts)


def _worst(one: Planned) -> str:
    if not one.fits:
        return "[bold red]does not fit[/]"
    rated = [part for part in one.parts if part.quality is not None]
    worst = min(rated, key=lambda part: part.quality or 0.0, default=None)
    return "" if worst is None else f"{escape(printable(worst.label))}, {_quality(worst)}"


def _show_pictures(out: Console, one: Planned) -> None:
    out.print(escape(f"{one.profile}, {one.effort}:"))
    for part in one.parts:
        if part.after.width:
            words = f"{' '.join(_bits(part.after))}, {part.after.bytes:,} B"
            say(f"{part.label}: {words}", first="  ", further="    ")
