"""`check()`: the selected rules over an opened bundle, and what they found."""

from __future__ import annotations

import os
from collections.abc import Sequence

from mmspack import profiles, rules
from mmspack.bundle import dialects
from mmspack.bundle.dialects import Dialect
from mmspack.bundle.manifest import NAME as MANIFEST
from mmspack.bundle.opened import Mode, Opened, called_by, unpack
from mmspack.errors import ConfigError, UsageError
from mmspack.model import Bundle, Finding, Report, Severity
from mmspack.profiles import Profile
from mmspack.rules import Hit, Rule

_OFF = "off"


def check(
    source: Bundle | str | os.PathLike[str] | bytes,
    *,
    profile: Profile | str = profiles.DEFAULT,
    subject: str | None = None,
    name: str = "",
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    mode: Mode | str = Mode.WARNING,
    dialect: Dialect | str = dialects.SENDMMS,
    strict: bool = False,
) -> Report:
    """Judge a bundle, a zip, a folder of parts, or a bare SMIL file.

    `subject` is what will be sent with it (None: the one noted in the manifest); it counts.
    `select` and `ignore` take ids or beginnings of ids (`MMS2`). `mode` is a creation mode of the MMS
    conformance document: `restricted` (its limits are errors), `warning` or `free`. With `strict`, a
    warning counts as an error. Never raises because content is bad; raises `InputError` for a file that
    cannot be read, `UsageError` and `ConfigError` for names that do not exist.
    """
    chosen = rules.selected(tuple(select), tuple(ignore))
    judged_by = profiles.get(profile) if isinstance(profile, str) else profile
    spoken = dialects.get(dialect) if isinstance(dialect, str) else dialect
    opened = unpack(source, judged_by, mode=mode_of(mode), dialect=spoken, subject=subject)
    return Report(
        file=name or called_by(source),
        profile=judged_by.name,
        findings=judge(opened, chosen, strict=strict),
        budget=opened.budget,
    )


def judge(
    opened: Opened, chosen: Sequence[Rule] | None = None, *, strict: bool = False
) -> tuple[Finding, ...]:
    """The findings of the chosen rules (None: all), in the order in which a person reads the parts.

    Raises `ConfigError` where the profile gives a severity to a rule that does not exist.
    """
    weights = _weights(opened.profile)
    found = []
    for rule in rules.all_rules() if chosen is None else chosen:
        severity = _severity(rule, opened, weights, strict=strict)
        if severity is not None and rule.applies(opened):
            found += [_finding(rule, severity, hit) for hit in rule.judge(opened)]
    places = {name: at for at, name in enumerate((None, MANIFEST, *(part.name for part in opened.parts)))}
    return tuple(
        sorted(found, key=lambda f: (places.get(f.part, len(places)), f.line or 0, f.column or 0, f.id))
    )


def _severity(
    rule: Rule, opened: Opened, weights: Sequence[tuple[str, str]], *, strict: bool
) -> Severity | None:
    """What a finding of the rule weighs here; None: the profile leaves the rule out."""
    own = [weight for prefix, weight in weights if rule.id.startswith(prefix)]
    if own and own[-1] == _OFF:
        return None
    of_class = opened.profile.content_class is not None
    severity = Severity(own[-1]) if own else rule.severity_in(opened.mode, of_class=of_class)
    return Severity.ERROR if strict and severity is Severity.WARNING else severity


def _weights(profile: Profile) -> list[tuple[str, str]]:
    """The profile's own severities as pairs of a rule's id, or the beginning of one, and a weight."""
    pairs = []
    for text in profile.severities:
        prefix, _, weight = (piece.strip() for piece in text.partition("="))
        known = bool(prefix) and any(rule.id.startswith(prefix.upper()) for rule in rules.all_rules())
        if not known or weight not in (*Severity, _OFF):
            hint = f"write MMS422={Severity.INFO}, with {', '.join(Severity)} or {_OFF}"
            raise ConfigError(f"profile {profile.name}: severities: {text!r} cannot be read", hint=hint)
        pairs.append((prefix.upper(), weight))
    return pairs


def mode_of(name: Mode | str) -> Mode:
    """The creation mode of that name. Raises `UsageError`."""
    try:
        return Mode(name)
    except ValueError:
        raise UsageError(f"no mode {name!r}", hint=f"there are: {', '.join(Mode)}") from None


def _finding(rule: Rule, severity: Severity, hit: Hit) -> Finding:
    return Finding(
        id=rule.id,
        severity=severity,
        message=hit.message,
        part=hit.part,
        line=hit.line,
        column=hit.column,
        title=rule.title,
        reason=rule.reason,
        source=str(rule.source),
        fix=rule.fix,
    )
