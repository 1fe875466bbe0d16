"""What each kind of phone makes of a message, by what is known of its reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mmspack.bundle.opened import Opened, Shown, ShownSlide
from mmspack.facts.times import android_ms
from mmspack.inspecting.opening import unreadable
from mmspack.model import SMIL_TYPE, Kind
from mmspack.smil.tree import reference
from mmspack.words import count

_PLAIN_MEDIA = ("img", "text", "audio", "video", "ref")


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """One kind of phone, and what it shows."""

    reader: str
    shows: str
    loses: tuple[str, ...] = ()
    """What of the message is not shown, or shown wrongly."""
    line: int | None = None
    """Line of the presentation at which it gives up, from 1."""


def readings(opened: Opened) -> tuple[PhoneReading, ...]:
    """What old Android, iPhones and newer Androids, Tizen and Firefox OS make of it."""
    return tuple(reading(opened) for reading in (_old_android, _skipping, _tizen, _firefox_os))


def stored_order(opened: Opened) -> str:
    """The parts in words, as phones show them that skip the presentation."""
    return ", ".join(part.name for part in opened.media) or "nothing"


def _old_android(opened: Opened) -> PhoneReading:
    name = "Old Android, and apps that use its parser"
    presentation = opened.presentation
    utf16 = presentation is not None and presentation.encoding.startswith("utf-16")
    if presentation is None or utf16 or opened.foreign_encoding or _misdeclared(opened):
        why = "it cannot read the slide layout (SMIL)"
        if opened.smil is None:
            unread = unreadable(opened)
            why = "the slide layout (SMIL) cannot be read" if unread else "there is no slide layout (SMIL)"
        return PhoneReading(name, f"slides of 8 s that it generates, since {why}")
    root = presentation.root
    if [node.name for node in root.children[:2]] != ["head", "body"]:
        return PhoneReading(name, "no slides", ("everything: head and body are not the first two elements",))
    body = root.children[1]
    strange = next((node for node in body.children if node.name != "par"), None)
    strange = strange or next(
        (node for slide in opened.slides for node in slide.node.children if node.name not in _PLAIN_MEDIA),
        None,
    )
    if strange is not None:
        line = presentation.place(strange).line
        return PhoneReading(name, "nothing", (f"the whole message because of <{strange.name}>",), line)
    lost = tuple(_lost_on_android(opened))
    return PhoneReading(name, _timed(android_ms(slide) for slide in opened.slides), lost)


def _misdeclared(opened: Opened) -> bool:
    return opened.smil is not None and opened.smil.declared not in (None, SMIL_TYPE)


def _lost_on_android(opened: Opened) -> Iterator[str]:
    unread = unreadable(opened)
    for slide in opened.slides:
        kinds: dict[Kind, Shown] = {}
        for shown in slide.media:
            if shown.part is None:
                why = "it cannot be read" if reference(shown.src) in unread else "no such part"
                yield f"{shown.src!r} in slide {slide.number}: {why}"
                continue
            if shown.part.kind in kinds and kinds[shown.part.kind].part is not shown.part:
                yield f"{kinds[shown.part.kind].src!r} in slide {slide.number}: replaced by {shown.src!r}"
            kinds[shown.part.kind] = shown
        if Kind.VIDEO in kinds and len(kinds.keys() & {Kind.IMAGE, Kind.AUDIO}):
            yield f"slide {slide.number}: the video, or the media beside it"
    for part in opened.media:
        if part.name not in opened.referenced:
            yield f"{part.name!r}: no slide shows it"


def _skipping(opened: Opened) -> PhoneReading:
    cards = [part.name for part in opened.media if part.type == "text/x-vcard" and part.suffix != ".vcf"]
    lost = tuple(f"{name!r}: its name does not end in .vcf" for name in cards)
    return PhoneReading(
        "iPhones and newer Androids", f"the parts as they are stored: {stored_order(opened)}", lost
    )


def _tizen(opened: Opened) -> PhoneReading:
    if opened.presentation is None:
        return PhoneReading("Tizen", f"the parts as they are stored: {stored_order(opened)}")
    lost = [
        f"{shown.src!r} in slide {slide.number}: <ref> is dropped"
        for slide in opened.slides
        for shown in slide.media
        if shown.node.name == "ref"
    ]
    return PhoneReading("Tizen", _timed(_tizen_ms(slide) for slide in opened.slides), tuple(lost))


def _tizen_ms(slide: ShownSlide) -> int:
    """Tizen reads the leading digits, as milliseconds before `ms` and as seconds before all else."""
    value = slide.node.attributes.get("dur", "")
    digits = re.match(r"\d{1,9}", value, re.ASCII)
    if not digits or ":" in value:
        return 0
    return int(digits[0]) * (1 if "ms" in value else 1000)


def _firefox_os(opened: Opened) -> PhoneReading:
    name = "Firefox OS and KaiOS"
    missing = [shown.src for slide in opened.slides for shown in slide.media if shown.part is None]
    prefixed = opened.presentation is not None and bool(opened.presentation.root.prefix)
    if opened.presentation is None or missing or prefixed or not opened.slides:
        return PhoneReading(name, f"the parts as they are stored: {stored_order(opened)}")
    return PhoneReading(name, f"{count(len(opened.slides), 'slide')}, as in the slide layout")


def _timed(milliseconds: Iterable[int]) -> str:
    """`3 slides of 5 s, 7 s, 5 s`; `6 slides of 5 s each` where all are alike."""
    times = [f"{one / 1000:g} s" for one in milliseconds]
    if not times:
        return "no slides"
    alike = len(times) > 1 and len(set(times)) == 1
    return f"{count(len(times), 'slide')} of {f'{times[0]} each' if alike else ', '.join(times)}"
