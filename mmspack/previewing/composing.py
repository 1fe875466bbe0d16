"""A message laid out for the eye: any bundle, ours or foreign, made into a `View`.

Nothing here raises because a bundle is bad: a preview shows what a phone would make of it.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from mmspack.bundle.found import FoundPart
from mmspack.bundle.opened import Form, Opened, Source, open_source
from mmspack.media.formats import CARDS, canonical, format_of
from mmspack.media.texts import charset_of, read_text
from mmspack.model import Finding, Kind, Report
from mmspack.previewing.cards import read_card
from mmspack.previewing.inscriptions import Inscriptions
from mmspack.previewing.view import Look, Original, PartView, Placed, SlideView, View
from mmspack.profiles import Profile, tightest
from mmspack.rules.checking import check_each
from mmspack.rules.terms import terms_of
from mmspack.smil.boxes import Box, place, screen
from mmspack.smil.tree import Medium, Par, Presentation, clock_ms, reference
from mmspack.words import count

UNTIMED_MS = 5000
"""How long a slide is shown here when its SMIL gives no time."""
DEFAULT_MS = 8000
"""How long old Android shows each slide that it makes itself when the SMIL cannot be read."""
MAX_SLIDES = 100
"""Slides that are shown: ten are many."""
MAX_BYTES = 12_000_000
"""Bytes of pictures, sounds and films that are shown, all together: twenty times the largest message."""
MAX_TEXT = 50_000
"""Characters of a text that are shown."""

_MEDIA = (Look.PICTURE, Look.SOUND, Look.FILM)


def view_of(
    source: Source | Opened,
    profile: Profile | Sequence[Profile],
    *,
    name: str = "",
    subject: str | None = None,
    sender: str = "",
    built: datetime.datetime | None = None,
    reports: Sequence[Report] = (),
    originals: Mapping[str, Original] | None = None,
    labels: Mapping[str, str] | None = None,
    drawn: Mapping[int, Inscriptions] | None = None,
) -> View:
    """The view of a bundle, checked against one profile or several (`reports`: the check has been made).

    `subject` is what will be sent with it; None: the one noted in the manifest. `sender` is who it comes
    from, as a phone names them, and `built` when it was built. `originals` are the pictures before the fit,
    and `labels` the names of the author's files, by part name; `drawn` is what overlays drew, by number of
    the slide. Raises `InputError` for a file that cannot be read.
    """
    opened = open_source(source)
    profiles = (profile,) if isinstance(profile, Profile) else tuple(profile)
    if not reports:
        reports = check_each(opened, [terms_of(one, subject=subject) for one in profiles], name=name)
    findings = tuple(dict.fromkeys(finding for report in reports for finding in report.findings))
    budgets = [report.budget for report in reports if report.budget is not None]
    size = _screen(opened, tightest(profiles))
    slides, note = _slides(opened, size, findings)
    return View(
        name=name or (os.fspath(source) if isinstance(source, str | os.PathLike) else ""),
        subject=opened.noted_subject if subject is None else subject,
        fallback=opened.noted_fallback,
        sender=sender,
        built=built,
        width=size[0],
        height=size[1],
        parts=tuple(_parts(opened, slides, originals or {}, labels or {}, drawn or {})),
        slides=slides,
        note=note,
        profile=", ".join(one.name for one in profiles),
        profile_title="; ".join(one.title for one in profiles),
        budget=min(budgets, key=lambda budget: budget.spare_bytes, default=None),
        sha256=hashlib.sha256(opened.source).hexdigest() if opened.form is Form.ZIP else "",
        findings=findings,
    )


# -- parts ----------------------------------------------------------------------------------------


def _parts(
    opened: Opened,
    slides: Sequence[SlideView],
    originals: Mapping[str, Original],
    labels: Mapping[str, str],
    drawn: Mapping[int, Inscriptions],
) -> Iterator[PartView]:
    left = MAX_BYTES
    numbers: dict[int | None, list[int]] = {}
    for slide in slides:
        for shown in dict.fromkeys(placed.part for placed in slide.media):
            numbers.setdefault(shown, []).append(slide.number)
    for at, part in enumerate(opened.parts):
        look = _look(part)
        left -= len(part.data) if look in _MEDIA else 0
        text = _text(part) if look in (Look.TEXT, Look.CARD, Look.PRESENTATION) else ""
        card = read_card(text) if look is Look.CARD else None
        own = numbers.get(at, ())
        yield PartView(
            name=part.name,
            label=labels.get(part.name, ""),
            look=look,
            type=_type(part, look),
            declared=part.entry.type if part.entry else "",
            data=part.data,
            text=card.title if card else text,
            card=card,
            facts=part.probe.facts,
            problem=_problem(part, left) if look in _MEDIA else "",
            original=originals.get(part.name),
            slides=tuple(own),
            drawn=tuple(one for number in own for one in drawn.get(number, ()))
            if look is Look.PICTURE
            else (),
        )


def _problem(part: FoundPart, left: int) -> str:
    """Why a medium is not shown. A damaged one is: phones show what they can of it, and so do browsers."""
    if left < 0:
        return "too large to be shown here"
    readable = part.probe.facts is not None and not part.probe.refused
    return "" if readable else part.probe.error


def _look(part: FoundPart) -> Look:
    """By the bytes first: what a part calls itself decides nothing that a browser would act on."""
    if part.is_smil:
        return Look.PRESENTATION
    seen = part.probe.type or ""
    if seen.startswith("image/"):
        row = format_of(seen)
        return Look.PICTURE if row is not None and row.in_browsers else Look.FILE
    if seen.startswith("audio/"):
        return Look.SOUND
    if seen.startswith("video/"):
        return Look.FILM
    if canonical(part.type) in CARDS or seen in CARDS:
        return Look.CARD
    if part.type == "text/plain" or (part.kind is Kind.TEXT and seen.startswith("text/")):
        return Look.TEXT
    return Look.FILE


def _type(part: FoundPart, look: Look) -> str:
    if look in _MEDIA:
        return part.probe.type or part.type
    return part.type or "application/octet-stream"


def _text(part: FoundPart) -> str:
    """Its text as it was meant, where that is certain; else as a phone shows bytes that are not UTF-8."""
    found = read_text(part.data, charset_of(part.entry.type) if part.entry else None)
    return (found.text if found else part.data.decode("utf-8", "replace"))[:MAX_TEXT]


# -- slides ---------------------------------------------------------------------------------------


def _screen(opened: Opened, profile: Profile) -> tuple[int, int]:
    found = screen(opened.presentation) if opened.presentation else None
    return found or (profile.screen_width, profile.screen_height)


def _slides(
    opened: Opened, size: tuple[int, int], findings: Sequence[Finding]
) -> tuple[tuple[SlideView, ...], str]:
    presentation = opened.presentation
    if presentation is None or not presentation.slides:
        why = opened.smil_fault.message if opened.smil_fault else "it contains no slides"
        note = (
            f"The slide layout (SMIL) cannot be played ({why})"
            if opened.smil
            else "There is no slide layout (SMIL)"
        )
        return tuple(_default_slides(opened, size)), f"{note}: old phones generate their own slides."
    found = []
    start = 0
    pars = presentation.slides[:MAX_SLIDES]
    ranks = {part.name: at for at, part in enumerate(opened.parts)}
    shown = [tuple(_media(presentation, par, size, ranks)) for par in pars]
    starts = [presentation.place(par.node)[:2] for par in pars]
    own = _own_findings(findings, opened, shown, starts)
    for at, (par, media) in enumerate(zip(pars, shown, strict=True)):
        slide = _timed(opened, par, at, start, media, own[at])
        start = slide.end_ms
        found.append(slide)
    more = len(presentation.slides) - len(pars)
    words = f"{count(more, 'more slide')} {'is' if more == 1 else 'are'} not shown"
    return tuple(found), f"Showing the first {MAX_SLIDES} slides; {words}." if more else ""


def _timed(
    opened: Opened, par: Par, at: int, start: int, media: tuple[Placed, ...], own: tuple[Finding, ...]
) -> SlideView:
    duration = par.duration_ms
    if not duration:
        ends = [placed.end_ms or 0 for placed in media]
        plays = [
            facts.duration_ms or 0
            for placed in media
            if placed.part is not None and (facts := opened.parts[placed.part].probe.facts)
            and not (opened.parts[placed.part].probe.type or "").startswith("image/")
        ]  # fmt: skip
        duration = max([*ends, *plays], default=0)
    return SlideView(
        number=at + 1,
        start_ms=start,
        duration_ms=duration or UNTIMED_MS,
        timed=bool(duration),
        media=media,
        findings=own,
    )


def _media(
    presentation: Presentation, par: Par, size: tuple[int, int], ranks: Mapping[str, int]
) -> Iterator[Placed]:
    crowded = len({medium.tag == "text" for medium in par.media if medium.tag != "audio"}) > 1
    for medium in par.media:
        src = medium.src or ""
        name = reference(src)
        box = place(presentation, medium, size, crowded=crowded)
        yield _placed(ranks.get(name), src, box, medium)


def _placed(part: int | None, src: str, box: Box, medium: Medium | None) -> Placed:
    begin = (clock_ms(medium.begin) or 0) if medium else 0
    end = clock_ms(medium.end) if medium else None
    lasts = clock_ms(medium.dur) if medium else None
    if end is None and lasts is not None:
        end = begin + lasts
    return Placed(
        part=part,
        src=src,
        left=box.left,
        top=box.top,
        width=box.width,
        height=box.height,
        fit=box.fit,
        alt=(medium.alt or "") if medium else "",
        begin_ms=begin,
        end_ms=end,
    )


def _default_slides(opened: Opened, size: tuple[int, int]) -> Iterator[SlideView]:
    """A slide for each picture, sound or film with the text after it, as phones make them."""
    groups: list[list[int]] = []
    for at, part in enumerate(opened.parts):
        look = _look(part)
        if look in (Look.PRESENTATION, Look.CARD, Look.FILE):
            continue
        looks = [_look(opened.parts[index]) for index in groups[-1]] if groups else []
        if groups and look is Look.TEXT and Look.TEXT not in looks:
            groups[-1].append(at)
        else:
            groups.append([at])
    width, height = size
    for number, group in enumerate(groups[:MAX_SLIDES], 1):
        boxes = _halves(width, height) if len(group) > 1 else [Box(0, 0, width, height, "meet")]
        media = tuple(
            _placed(at, opened.parts[at].name, box, None) for at, box in zip(group, boxes, strict=True)
        )
        yield SlideView(
            number=number,
            start_ms=(number - 1) * DEFAULT_MS,
            duration_ms=DEFAULT_MS,
            timed=False,
            media=media,
        )


def _halves(width: int, height: int) -> list[Box]:
    picture = height * 3 // 4
    return [Box(0, 0, width, picture, "meet"), Box(0, picture, width, height - picture, "scroll")]


def _own_findings(
    findings: Sequence[Finding],
    opened: Opened,
    shown: Sequence[Sequence[Placed]],
    starts: Sequence[tuple[int, int]],
) -> list[tuple[Finding, ...]]:
    """Of each slide the findings about its parts, and those about its stretch of the SMIL.

    A slide begins at a line and a column: many programs write the whole SMIL as one line.
    """
    smil = opened.smil.name if opened.smil else None
    by_part: dict[str | None, list[int]] = {}
    by_slide: list[set[int]] = [set() for _ in starts]
    for rank, finding in enumerate(findings):
        if finding.part != smil or finding.line is None:
            by_part.setdefault(finding.part, []).append(rank)
        elif (at := bisect_right(starts, (finding.line, finding.column or sys.maxsize))) > 0:
            by_slide[at - 1].add(rank)
    for ranks, media in zip(by_slide, shown, strict=True):
        for placed in media:
            if placed.part is not None:
                ranks.update(by_part.get(opened.parts[placed.part].name, ()))
    return [tuple(findings[rank] for rank in sorted(ranks)) for ranks in by_slide]
