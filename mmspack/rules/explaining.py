"""A rule in full: as text, as data, and all of them as the page `docs/rules.md`.

`repaired` are the ids of the rules that `fix` repairs: `mmspack.fixing.repaired_ids()`. Rules stand below
`fix` and do not know it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from mmspack.rules.declaring import FAMILIES, Rule
from mmspack.rules.terms import Mode

_WIDTH = 88


def document(rule: Rule, repaired: Collection[str]) -> dict[str, Any]:
    """The rule as JSON-ready data."""
    return {
        "id": rule.id,
        "family": rule.family,
        "title": rule.title,
        "severity": rule.severity.value,
        "severity_by_mode": {mode.value: rule.severity_in(mode).value for mode in Mode},
        "reason": rule.reason,
        "source": rule.source.text,
        "evidence": rule.source.evidence.value,
        "fix": rule.fix,
        "fixable": rule.id in repaired,
        "bad": rule.bad,
        "good": rule.good,
    }


def explanation(rule: Rule, repaired: Collection[str], width: int = _WIDTH) -> str:
    """The rule as a person reads it, its prose wrapped at `width` columns."""
    blocks = [
        f"{rule.id}  {rule.title}",
        f"Severity: {severity_words(rule)}. Area: {rule.family}.",
        "",
        *_wrapped("Why", rule.reason, width),
        *_wrapped("Source", str(rule.source), width),
        *_wrapped("Fix", rule.fix, width),
    ]
    if rule.id in repaired:
        blocks += ["", "mmspack fix repairs it where that needs no judgement call."]
    blocks += ["", "Wrong:", *_indented(rule.bad), "Right:", *_indented(rule.good)]
    return "\n".join(blocks)


def severity_words(rule: Rule) -> str:
    """Its severity, and where the creation mode changes it."""
    if rule.class_limit:
        return f"{rule.severity.value} (against a content class: depends on the creation mode)"
    if not rule.by_class:
        return rule.severity.value
    strict = rule.severity_in(Mode.RESTRICTED).value
    free = rule.severity_in(Mode.FREE).value
    return f"{rule.severity.value} ({strict} in mode restricted, {free} in mode free)"


def page(rules: Iterable[Rule], repaired: Collection[str]) -> str:
    """All rules as Markdown: what `docs/rules.md` holds."""
    return "\n".join(_page_lines(tuple(rules), repaired)) + "\n"


def _page_lines(rules: tuple[Rule, ...], repaired: Collection[str]) -> Iterator[str]:
    yield "# The rules of `mmspack check`"
    yield ""
    yield (
        f"{len(rules)} rules. This page is generated from their declarations in `mmspack/rules/`; "
        "`mmspack explain ID` shows one."
    )
    for hundred, family in FAMILIES.items():
        yield from ("", f"## MMS{hundred}xx: {family}")
        for rule in rules:
            if rule.id[3] == hundred:
                yield from _section(rule, repaired)


def _section(rule: Rule, repaired: Collection[str]) -> Iterator[str]:
    yield from ("", f"### {rule.id}: {rule.title}", "")
    by_fix = ", repaired by `mmspack fix`" if rule.id in repaired else ""
    yield f"**{severity_words(rule)}**{by_fix}. {rule.reason}"
    yield from ("", f"*Fix:* {rule.fix}", "", f"*Source:* {rule.source}", "")
    yield from ("```", *(f"wrong:  {line}" for line in rule.bad.split("\n")))
    yield from (*(f"right:  {line}" for line in rule.good.split("\n")), "```")


def _wrapped(label: str, text: str, width: int) -> list[str]:
    words = f"{label}: {text}"
    return textwrap.wrap(words, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.split("\n")]
