"""The JSON documents of the commands: `docs/json.md` describes each key."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mmspack.cli.target import Saved
from mmspack.fitted import FittedPart
from mmspack.fitting.planning import Planned
from mmspack.message import Message
from mmspack.model import Facts
from mmspack.pipeline import Build
from mmspack.profiles import Profile
from mmspack.rules.reporting import report_document


def build_document(
    built: Build, message: Message, saved: Saved | None, left_out: Sequence[Path]
) -> dict[str, Any]:
    """What `build` did."""
    smil = built.bundle.smil
    return {
        "ok": built.ok,
        "bundle": None if saved is None else saved_document(saved),
        "subject": built.message.subject,
        "slides": [slide.duration_ms for slide in built.message.slides],
        "parts": [part_document(*pair) for pair in zip(built.names, built.message.parts, strict=True)],
        "smil": None if smil is None else {"name": smil.name, "bytes": len(smil.data)},
        "profiles": [profile_document(one, built.chosen_by) for one in built.profiles],
        "reports": [report_document(report) for report in built.reports],
        "fitted_to": built.fitted_to,
        "lifted": None if built.lifted is None else asdict(built.lifted),
        "left_out": [str(path) for path in left_out],
        "outside": list(message.written.outside if message.written else ()),
    }


def saved_document(saved: Saved) -> dict[str, Any]:
    """A bundle that was written."""
    return {"path": saved.path, "sha256": saved.sha256, "replaced": saved.replaced}


def profile_document(profile: Profile, chosen_by: str) -> dict[str, Any]:
    """One profile that was used, and where it came from."""
    return {
        "name": profile.name,
        "title": profile.title,
        "chosen_by": chosen_by,
        "origin": profile.origin or None,
        "source": profile.source,
        "date": profile.date,
        "outdated": profile.is_outdated(datetime.date.today()),
    }


def part_document(name: str, part: FittedPart) -> dict[str, Any]:
    """One part before and after."""
    return {
        "name": name,
        "kind": part.kind.value,
        "slide": _number(part),
        "source": part.label,
        "type": part.type,
        "before": facts_document(part.before),
        "after": facts_document(part.after),
        "actions": list(part.actions),
        "quality": None if part.quality is None else round(part.quality, 1),
        "quality_words": part.quality_words,
    }


def _number(part: FittedPart) -> int | None:
    """Its slide's number from 1."""
    return None if part.slide is None else part.slide + 1


def facts_document(facts: Facts) -> dict[str, Any]:
    """Size of a medium: bytes, pixels, milliseconds."""
    return {
        "bytes": facts.bytes,
        "format": facts.format,
        "width": facts.width,
        "height": facts.height,
        "frames": facts.frames,
        "duration_ms": facts.duration_ms,
    }


def plan_document(planned: Planned) -> dict[str, Any]:
    """One profile at one effort."""
    return {
        "profile": planned.profile,
        "effort": planned.effort,
        "fits": planned.fits,
        "total_bytes": planned.total_bytes,
        "max_bytes": planned.max_bytes,
        "worst_quality": planned.worst_quality,
        "parts": [
            {
                "source": part.label,
                "kind": part.kind.value,
                "slide": _number(part),
                "after": facts_document(part.after),
            }
            for part in planned.parts
        ],
        "problems": planned.problem.splitlines(),
        "hint": planned.hint,
    }
