"""`fix()`: repair what needs no judgement call, report what changed, and leave the rest.

It works from the findings of `check`, and the result is checked again: what is left is in the report.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmspack import profiles
from mmspack.authoring.finding import FILE_NAME
from mmspack.bundle import dialects
from mmspack.bundle.bundle import Bundle, pack
from mmspack.bundle.dialects import Dialect
from mmspack.bundle.found import FoundPart
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.opened import Form, Opened, Source, open_source
from mmspack.errors import BundleError, UsageError
from mmspack.facts.meaning import fallback_meant, subject_meant, types_meant
from mmspack.film.progress import Progress, ProgressMeter
from mmspack.fixing.bench import Bench, Change, Left, Piece
from mmspack.fixing.manifest import declared_parts
from mmspack.fixing.parts import true_type
from mmspack.fixing.reasons import with_reasons
from mmspack.fixing.recovery import recovered
from mmspack.fixing.registry import all_repairs, repaired_ids
from mmspack.media.formats import kind_of_type, spelled
from mmspack.model import SMIL_TYPE, Part, Report
from mmspack.problem import Place, Problem
from mmspack.profiles import Profile
from mmspack.rules import checking
from mmspack.rules.terms import Terms, terms_of
from mmspack.words import said_of_bundle

__all__ = ["Change", "FixResult", "Left", "fix", "repaired_ids"]

_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FixResult:
    """The repaired bundle, what was changed, and what is left to a person."""

    bundle: Bundle
    changes: tuple[Change, ...]
    report: Report
    """The check of the repaired bundle: its findings remain."""
    left: tuple[Left, ...] = ()
    """Why each of its findings stays: a picture fits at no size, words are known to their author alone."""

    @property
    def changed(self) -> bool:
        """False when there was nothing to repair, and the bundle is the given one byte for byte."""
        return bool(self.changes)


def fix(
    source: Source | Opened,
    *,
    profile: Profile | str = profiles.DEFAULT,
    dialect: Dialect | str = dialects.SENDMMS,
    subject: str | None = None,
    name: str = "",
    progress: Progress | None = None,
) -> FixResult:
    """Repair a zip or a folder of parts. Repairing the result again changes nothing.

    `progress` is called while videos and sounds are re-encoded, as that of `build` is.
    Raises `BundleError` for a zip whose parts cannot be trusted or that holds none, `InputError` for one
    that cannot be read, and `UsageError` for a bare SMIL file and for a folder with a `message.toml`.
    """
    terms = terms_of(profile, dialect=dialect, subject=subject)
    opened = open_source(source, terms.dialect)
    with said_of_bundle():
        return _fixed(opened, terms, name or opened.called, ProgressMeter(progress))


def _fixed(opened: Opened, terms: Terms, called: str, meter: ProgressMeter) -> FixResult:
    changes: tuple[Change, ...] = ()
    doubtful: set[str] = set()
    # What one round brings to light (a text that is a picture), the next one repairs. A round that changes
    # nothing is the last: its findings are the report, and nothing is opened again for it.
    for left_over in range(_ROUNDS + 1, -1, -1):
        _refuse(opened, called)
        opened, recovering = recovered(opened)
        bench = _laid_out(opened, terms, meter)
        bench.doubtful = doubtful
        for what in recovering:
            bench.did(bench.smil, what)
        if left_over:
            _repair(bench)
        bundle = _packed(bench)
        changes += tuple(bench.changes)
        if not bench.changes and opened.form is Form.ZIP:
            break
        opened = open_source(bundle, terms.dialect)
    meter.finish()
    report = Report(
        file=called, profile=terms.profile.name, findings=bench.findings, budget=terms.budget_of(opened)
    )
    return FixResult(
        bundle=bundle, changes=changes, report=report, left=with_reasons(bench.left, report.findings)
    )


def _repair(bench: Bench) -> None:
    every = all_repairs()
    for repair in every:
        if not repair.last:
            repair.run(bench)
    if bench.changes:
        return  # the next round sees what comes of it
    bench.left.clear()
    for repair in every:
        repair.run(bench)


def _refuse(opened: Opened, name: str) -> None:
    if opened.form is Form.SMIL:
        raise UsageError(
            "a SMIL file alone is not a message", where=Place(file=name), hint="fix its folder or its zip"
        )
    if opened.form is Form.FOLDER and FILE_NAME in opened.names:
        raise UsageError(
            f"a folder with a {FILE_NAME} is the source of a message, not a bundle",
            where=Place(file=name),
            hint=f"build it first: mmspack build {name}",
        )
    folders = sorted({at for at, _, last in map(_parted, opened.names) if last.lower() == MANIFEST})
    if len(folders) > 1 and "" not in folders:
        what = f"there are {len(folders)} messages in it, in the folders {', '.join(map(repr, folders[:5]))}"
        raise BundleError(what, where=Place(file=name), hint="zip each of these folders by itself")
    defects = opened.archive.defects if opened.archive else ()
    problems = [defect.message for defect in defects if defect.rewriting is None]
    if not problems and not opened.parts:
        problems = ["contains no parts"]
    if problems:
        where, cure = Place(file=name), "rebuild the bundle from its sources"
        raise BundleError(problems=[Problem(what, where, cure) for what in problems])


def _parted(name: str) -> tuple[str, str, str]:
    return name.rpartition("/")


def _laid_out(opened: Opened, terms: Terms, meter: ProgressMeter) -> Bench:
    findings = checking.judge(opened, terms)
    ids: dict[str | None, set[str]] = {}
    for finding in findings:
        ids.setdefault(finding.about, set()).add(finding.id)
    pieces, told = [], types_meant(opened)
    for part in opened.parts:
        type_ = true_type(part, opened)
        pieces.append(
            Piece(
                name=part.name,
                old_name=part.name,
                type=type_,
                data=part.data,
                kind=FoundPart(part.name, part.content).kind if part.is_smil else kind_of_type(type_),
                is_smil=type_ == SMIL_TYPE,
                ids=frozenset(ids.get(part.name, ())),
                given=part.entry.type if part.entry and part.declared else told.get(part.name, ""),
            )
        )
    return Bench(opened, terms, findings, pieces, meter=meter)


def _packed(bench: Bench) -> Bundle:
    opened = bench.opened
    terms = bench.terms
    subject = subject_meant(opened) if terms.subject is None else terms.subject
    if subject != terms.subject_of(opened):
        bench.changes.append(Change(MANIFEST, f"subject {subject!r} written in readable form"))
    fallback = fallback_meant(opened)
    if fallback != opened.noted_fallback:
        bench.changes.append(Change(MANIFEST, "fallback text written in readable form"))
    parts = tuple(Part(piece.name, spelled(piece.type), piece.data) for piece in bench.pieces)
    if not bench.changes and opened.archive is not None:
        return Bundle(parts, opened.source, subject, fallback)
    packed = pack(declared_parts(bench), subject, fallback, manifest=terms.dialect.manifest)
    return Bundle(parts, packed.data, subject, fallback)
