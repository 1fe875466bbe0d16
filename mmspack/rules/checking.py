"""`check()`: the selected rules over an opened bundle, and what they found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mmspack import profiles, rules
from mmspack.arguments import shown
from mmspack.bundle import dialects
from mmspack.bundle.dialects import Dialect, DialectName
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.opened import Opened, Source, open_source
from mmspack.errors import ConfigError, UsageError
from mmspack.model import BuildNotes, Finding, Report, Severity
from mmspack.profiles import Profile
from mmspack.rules import Hit, Rule
from mmspack.rules.terms import Mode, ModeName, Terms, terms_of

_OFF = "off"


def check(
    source: Source | Opened,
    *,
    profile: Profile | str = profiles.DEFAULT,
    subject: str | None = None,
    name: str = "",
    select: str | Sequence[str] = (),
    ignore: str | Sequence[str] = (),
    mode: ModeName = Mode.WARNING,
    dialect: Dialect | DialectName | str = dialects.SENDMMS,
    strict: bool = False,
    notes: Mapping[str, BuildNotes] | None = None,
) -> Report:
    """Check a bundle, a zip (its path, bytes or an open file), a folder of parts, or a bare SMIL file.

    `subject` is what will be sent with it (None: the one noted in the manifest); it counts towards the size.
    `select` and `ignore` take ids or prefixes of ids (`MMS2`). `mode` is a creation mode of the MMS
    conformance document: `restricted` (its limits are errors), `warning` or `free`. With `strict`, a
    warning counts as an error. `notes` are what a build knows of parts (`mmspack.model.BuildNotes`), by their
    names: a bundle alone does not tell what its sources were like. Never raises because content is bad;
    raises `InputError` for a file that cannot be read, `UsageError` and `ConfigError` for names that do not
    exist.
    """
    chosen = rules.selected(_ids("select", select), _ids("ignore", ignore))
    terms = terms_of(profile, mode=mode, dialect=dialect, subject=subject, notes=notes)
    (report,) = check_each(source, [terms], name=name, chosen=chosen, strict=strict)
    return report


def _ids(name: str, given: object) -> tuple[str, ...]:
    """The ids of an argument: one, or several."""
    if isinstance(given, str):
        return (given,)
    if isinstance(given, Iterable):
        ids = tuple(given)
        if all(isinstance(one, str) for one in ids):
            return ids
    raise UsageError(f"expected ids of rules, found {shown(given)}", where=name, hint=f'{name}=["MMS2"]')


def check_each(
    source: Source | Opened,
    terms: Iterable[Terms],
    *,
    name: str = "",
    chosen: Sequence[Rule] | None = None,
    strict: bool = False,
) -> tuple[Report, ...]:
    """One report for each of `terms`. The bundle is opened once, and each part is probed once.

    `chosen` are the rules that are asked; None: all. Raises as `check` does.
    """
    opened = open_source(source)
    return tuple(
        Report(
            file=name or opened.called,
            profile=one.profile.name,
            findings=judge(opened, one, chosen, strict=strict),
            budget=one.budget_of(opened.for_dialect(one.dialect)),
        )
        for one in terms
    )


def judge(
    opened: Opened, terms: Terms, chosen: Sequence[Rule] | None = None, *, strict: bool = False
) -> tuple[Finding, ...]:
    """The findings of the chosen rules (None: all), in the order in which a person reads the parts.

    Raises `ConfigError` where the profile gives a severity to a rule that does not exist.
    """
    opened = opened.for_dialect(terms.dialect)
    weights = _weights(terms.profile)
    witnesses = _Witnesses(opened, terms)
    found = []
    for rule in rules.all_rules() if chosen is None else chosen:
        severity = _severity(rule, terms, weights, strict=strict)
        if severity is not None:
            found += [_finding(rule, severity, hit) for hit in witnesses.unheard(rule)]
    return in_reading_order(found, opened)


class _Witnesses:
    """What the rules find in one bundle. Each is asked at most once, however many yield to it."""

    def __init__(self, opened: Opened, terms: Terms) -> None:
        self._opened, self._terms = opened, terms
        self._found: dict[str, tuple[Hit, ...]] = {}

    def unheard(self, rule: Rule) -> Sequence[Hit]:
        """The hits of a rule about which no rule has spoken to which it yields."""
        own = self._hits(rule)
        if not own or not rule.yields_to:
            return own
        heard = {self._subject(hit) for id_ in rule.yields_to for hit in self._hits(rules.get(id_))}
        return [hit for hit in own if self._subject(hit) not in heard]

    def _hits(self, rule: Rule) -> tuple[Hit, ...]:
        if rule.id not in self._found:
            applies = rule.applies(self._opened)
            self._found[rule.id] = tuple(rule.hits(self._opened, self._terms)) if applies else ()
        return self._found[rule.id]

    def _subject(self, hit: Hit) -> tuple[object, ...]:
        """What a hit is about: a part; or a place, where the manifest or the presentation itself is wrong."""
        smil = self._opened.smil.name if self._opened.smil else None
        if hit.about is None and hit.part in (MANIFEST, smil):
            return hit.part, hit.line, hit.column
        return (hit.about or hit.part,)


def in_reading_order(findings: Iterable[Finding], opened: Opened) -> tuple[Finding, ...]:
    """Findings as a person meets them: the bundle as a whole, the manifest, then part after part."""
    places = {name: at for at, name in enumerate((None, MANIFEST, *(part.name for part in opened.parts)))}
    return tuple(
        sorted(findings, key=lambda f: (places.get(f.part, len(places)), f.line or 0, f.column or 0, f.id))
    )


def _severity(
    rule: Rule, terms: Terms, weights: Sequence[tuple[str, str]], *, strict: bool
) -> Severity | None:
    """What a finding of the rule weighs here; None: the profile leaves the rule out."""
    own = [weight for prefix, weight in weights if rule.id.startswith(prefix)]
    if own and own[-1] == _OFF:
        return None
    of_class = terms.profile.content_class is not None
    severity = Severity(own[-1]) if own else rule.severity_in(terms.mode, of_class=of_class)
    return Severity.ERROR if strict and severity is Severity.WARNING else severity


def _weights(profile: Profile) -> list[tuple[str, str]]:
    """The profile's own severities as pairs of a rule's id, or the beginning of one, and a weight."""
    pairs = []
    for text in profile.severities:
        prefix, _, weight = (piece.strip() for piece in text.partition("="))
        known = bool(prefix) and any(rule.id.startswith(prefix.upper()) for rule in rules.all_rules())
        if not known or weight not in (*Severity, _OFF):
            hint = f"write MMS422={Severity.INFO}, with {', '.join(Severity)} or {_OFF}"
            raise ConfigError(
                f"severities: {text!r} cannot be read", where=f"profile {profile.name}", hint=hint
            )
        pairs.append((prefix.upper(), weight))
    return pairs


def _finding(rule: Rule, severity: Severity, hit: Hit) -> Finding:
    return Finding(
        id=rule.id,
        severity=severity,
        message=hit.message,
        part=hit.part,
        line=hit.line,
        column=hit.column,
        about=hit.about or hit.part,
        title=rule.title,
        reason=rule.reason,
        source=str(rule.source),
        fix=hit.fix or rule.fix,
    )
