"""What the approval sheet says, as plain values for its template."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Sequence
from typing import Any

from mmspack.errors import MmspackError
from mmspack.media.fonts import legible
from mmspack.media.pictures import decode, read_picture
from mmspack.model import Finding, Severity
from mmspack.previewing.frames import own_frames
from mmspack.previewing.inscriptions import spelled_out
from mmspack.previewing.rendering import measures, seconds
from mmspack.previewing.sizes import verdict
from mmspack.previewing.view import Look, PartView, Placed, Recipients, SlideView, View
from mmspack.words import characters, count

MAX_SIDE = 1200
"""Longer side of a picture on the sheet, pixels: 300 to the inch in a column of 10 cm."""
_JPEG_QUALITY = 88
_SEVERITIES = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}
Keep = Callable[[bytes, str], str]
"""Takes a picture's bytes and its ending, and returns the name by which the template finds it."""


def facts_of(view: View, keep: Keep, *, when: datetime.datetime, paper: str, with_findings: bool) -> Any:
    """Everything that the template prints, in plain values. Pictures go to `keep`.

    PDF/UA forbids characters without a shape, and a box instead of an emoji tells a reader nothing.
    """
    return all_legible(_said(view, keep, when=when, paper=paper, with_findings=with_findings))


def all_legible(value: Any) -> Any:
    """The values, in each text of which a letter without a shape is named."""
    if isinstance(value, dict):
        return {key: all_legible(one) for key, one in value.items()}
    if isinstance(value, list):
        return [all_legible(one) for one in value]
    return legible(value) if isinstance(value, str) else value


def _said(
    view: View, keep: Keep, *, when: datetime.datetime, paper: str, with_findings: bool
) -> dict[str, Any]:
    told = verdict(view)
    return {
        "paper": {"a4": "a4", "letter": "us-letter"}[paper],
        "title": view.subject or view.name,
        "name": view.name,
        "subject": view.subject,
        "fallback": view.fallback,
        "date": f"{when.day} {when:%B %Y, %H:%M %Z}".strip(),
        "hash": view.sha256,
        "profile": view.profile_title or view.profile,
        "verdict": told.words,
        "size": told.more,
        "note": view.note,
        "length": f"{count(len(view.slides), 'slide')}, {seconds(view.total_ms)}",
        "slides": [_slide(view, slide, keep) for slide in view.slides],
        "attachments": [_attachment(part) for part in view.attachments],
        "parts": [
            {"name": part.name, "source": part.label, "type": part.type, "bytes": f"{len(part.data):,}"}
            for part in view.parts
        ],
        "recipients": None if view.recipients is None else _recipients(view.recipients),
        "findings": _findings(view.findings) if with_findings else None,
    }


def _recipients(who: Recipients) -> dict[str, Any]:
    cases = [{"title": one.title, "where": one.where, "words": one.words} for one in who.cases]
    without = f"{count(who.undrawn, 'row')} cannot be sent to: no font here has the letters to be drawn."
    return {
        "number": count(who.number, "recipient"),
        "undrawn": without if who.undrawn else "",
        "cases": cases,
    }


def _slide(view: View, slide: SlideView, keep: Keep) -> dict[str, Any]:
    shown = [(placed, view.parts[placed.part]) for placed in slide.media if placed.part is not None]
    texts = [part.text for _, part in shown if part.look is Look.TEXT]
    return {
        "number": slide.number,
        "time": seconds(slide.duration_ms) + ("" if slide.timed else " (no time given)"),
        "characters": count(sum(map(characters, texts)), "character"),
        "texts": texts,
        "media": [_medium(placed, part, keep) for placed, part in shown if part.look is not Look.TEXT],
        "missing": [placed.src for placed in slide.media if placed.part is None],
    }


def _medium(placed: Placed, part: PartView, keep: Keep) -> dict[str, Any]:
    file = ""
    moments: list[dict[str, str]] = []
    if part.look is Look.PICTURE:
        found, more = own_frames(part.data)
        moments = [{"file": keep(data, ".jpg"), "time": seconds(begin)} for begin, data in found]
        file = "" if moments else _kept(part, keep)
    words = {Look.PICTURE: "Picture", Look.SOUND: "Sound", Look.FILM: "Video"}.get(part.look, "File")
    frames = part.facts.frames if part.facts and part.facts.frames else 1
    if part.look is Look.PICTURE and frames > 1:
        words = f"Animation of {count(frames, 'frame')}"
        if moments:
            words += f"; {count(len(moments), 'frame')} that differ{'s' * (len(moments) == 1)}"
            words += f", and {more} more that are not printed" if more else ""
    lasts = f", {seconds(part.facts.duration_ms)}" if part.facts and part.facts.duration_ms else ""
    size = measures(part.facts) if part.facts else f"{len(part.data):,} bytes"
    return {
        "file": file,
        "moments": moments,
        "alt": placed.alt or f"{words}: {part.label or part.name}",
        "caption": f"{words}: {part.label or part.name} ({size}{lasts})",
        "alternative": placed.alt,
        "drawn": spelled_out(part.drawn),
        "problem": part.problem,
    }


def _kept(part: PartView, keep: Keep) -> str:
    """The picture's first frame for print; no name where it cannot be decoded."""
    try:
        picture = read_picture(part.data)
        scale = min(1.0, MAX_SIDE / max(picture.size))
        size = max(1, round(picture.size[0] * scale)), max(1, round(picture.size[1] * scale))
        image = decode(picture, size, background="white").convert("RGB")
    except MmspackError:
        return ""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_JPEG_QUALITY)
    return keep(stream.getvalue(), ".jpg")


def _attachment(part: PartView) -> dict[str, str]:
    content = part.text if part.look is Look.TEXT else ""
    if part.card is not None:
        lines = [part.card.title, part.card.under, *(f"{label}: {value}" for label, value in part.card.rows)]
        content = "\n".join(filter(None, lines))
    return {
        "name": part.label or part.name,
        "type": part.type,
        "bytes": f"{len(part.data):,}",
        "title": part.text if part.look is Look.CARD else "",
        "content": content,
    }


def _findings(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The worst first; what one rule found twenty times is explained once."""
    order = list(_SEVERITIES)
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: order.index(finding.severity)):
        groups.setdefault((finding.severity, finding.id), []).append(finding)
    return [
        {
            "severity": _SEVERITIES[severity],
            "title": found[0].title,
            "messages": [finding.message for finding in found],
            "why": found[0].reason,
            "cure": found[0].fix,
        }
        for (severity, _), found in groups.items()
    ]
