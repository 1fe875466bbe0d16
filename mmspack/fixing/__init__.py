"""`fix()`: repair what needs no judgement call, report what changed, and leave the rest.

It works from the findings of `check`, and the result is checked again: what is left is in the report.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from mmspack import profiles
from mmspack.authoring.finding import FILE_NAME
from mmspack.bundle import dialects
from mmspack.bundle.bundle import Bundle, pack
from mmspack.bundle.dialects import Dialect
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.opened import Form, FoundPart, Opened, Source, open_source
from mmspack.errors import BundleError, UsageError
from mmspack.facts.meaning import order_meant, subject_meant
from mmspack.fixing.bench import Bench, Change, Piece
from mmspack.fixing.declaring import declared_type, note_manifest
from mmspack.fixing.names import mend_names
from mmspack.fixing.parts import mend_pictures, mend_size, mend_texts, note_types, true_type
from mmspack.fixing.presentation import mend_presentation, shown_order
from mmspack.fixing.recovery import recovered
from mmspack.fixing.strays import leave_strays_out
from mmspack.media.formats import kind_of_type, spelled
from mmspack.model import SMIL_TYPE, Part, Report
from mmspack.problem import Place, Problem
from mmspack.profiles import Profile
from mmspack.rules import checking
from mmspack.rules.terms import Terms, terms_of

__all__ = ["Change", "FixResult", "fix"]

_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FixResult:
    """The repaired bundle, what was changed, and what is left to a person."""

    bundle: Bundle
    changes: tuple[Change, ...]
    report: Report
    """The check of the repaired bundle: its findings remain."""
    left: tuple[Change, ...] = ()
    """Why something could not be repaired: a picture that does not fit at any size."""

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
) -> FixResult:
    """Repair a zip or a folder of parts. Repairing the result again changes nothing.

    Raises `BundleError` for a zip whose parts cannot be trusted or that holds none, `InputError` for one
    that cannot be read, and `UsageError` for a bare SMIL file and for a folder with a `message.toml`.
    """
    terms = terms_of(profile, dialect=dialect, subject=subject)
    opened = open_source(source, terms.dialect)
    called = name or opened.called
    changes: tuple[Change, ...] = ()
    doubtful: set[str] = set()
    # What one round brings to light (a text that is a picture), the next one repairs. A round that changes
    # nothing is the last: its findings are the report, and nothing is opened again for it.
    for left_over in range(_ROUNDS + 1, -1, -1):
        _refuse(opened, called)
        opened, recovering = recovered(opened)
        bench = _laid_out(opened, terms)
        bench.doubtful = doubtful
        for what in recovering:
            bench.did(bench.smil, what)
        if left_over:
            _mend(bench)
        bundle = _packed(bench)
        changes += tuple(bench.changes)
        if not bench.changes and opened.form is Form.ZIP:
            break
        opened = open_source(bundle, terms.dialect)
    report = Report(
        file=called, profile=terms.profile.name, findings=bench.findings, budget=terms.budget_of(opened)
    )
    return FixResult(bundle=bundle, changes=changes, report=report, left=tuple(bench.left))


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
    defects = opened.archive.defects if opened.archive else ()
    problems = [defect.message for defect in defects if defect.rewriting is None]
    if not problems and not opened.parts:
        problems = ["contains no parts"]
    if problems:
        where, cure = Place(file=name), "rebuild the bundle from its sources"
        raise BundleError(problems=[Problem(what, where, cure) for what in problems])


def _laid_out(opened: Opened, terms: Terms) -> Bench:
    findings = checking.judge(opened, terms)
    ids: dict[str | None, set[str]] = {}
    for finding in findings:
        ids.setdefault(finding.about, set()).add(finding.id)
    pieces = []
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
                given=part.entry.type if part.entry and part.declared else "",
            )
        )
    return Bench(opened, terms, findings, pieces)


def _mend(bench: Bench) -> None:
    _note_zip(bench)
    leave_strays_out(bench)
    note_types(bench)
    mend_texts(bench)
    mend_pictures(bench)
    mend_size(bench)
    mend_names(bench)
    mend_presentation(bench)
    _put_in_order(bench)


def _note_zip(bench: Bench) -> None:
    opened = bench.opened
    defects = opened.archive.defects if opened.archive else ()
    for words in dict.fromkeys(defect.rewriting for defect in defects):
        if words:
            bench.did(None, words)
    if opened.folder:
        bench.did(None, f"parts taken out of the folder {opened.folder!r}")
    if opened.junk:
        count = f"{len(opened.junk)} files" if len(opened.junk) > 1 else "a file"
        bench.did(None, f"{count} left by a file manager removed: {', '.join(opened.junk[:3])}")


def _put_in_order(bench: Bench) -> None:
    """The presentation first, then the parts as the slides show them, then the rest."""
    first = [bench.smil] if bench.smil else []
    ordered = [*first, *shown_order(bench)]
    listed = {entry.name for entry in bench.opened.manifest.entries} if bench.opened.manifest else set()
    forgotten = any(piece.old_name not in listed for piece in bench.pieces)
    if bench.ids & {"MMS215", "MMS216"} or forgotten:
        rest = [piece for piece in bench.pieces if piece not in ordered]
        if forgotten:
            meant = order_meant(bench.opened)
            rest.sort(key=lambda piece: meant.get(piece.old_name, sys.maxsize))
        bench.pieces = [*ordered, *rest]


def _packed(bench: Bench) -> Bundle:
    opened = bench.opened
    lines = [Part(piece.name, declared_type(piece), piece.data) for piece in bench.pieces]
    note_manifest(bench, lines)
    terms = bench.terms
    subject = subject_meant(opened) if terms.subject is None else terms.subject
    if subject != terms.subject_of(opened):
        bench.changes.append(Change(MANIFEST, f"subject {subject!r} written in readable form"))
    parts = tuple(Part(piece.name, spelled(piece.type), piece.data) for piece in bench.pieces)
    if not bench.changes and opened.archive is not None:
        return Bundle(parts, opened.source, subject)
    packed = pack(lines, subject, manifest=terms.dialect.manifest)
    return Bundle(parts, packed.data, subject)
