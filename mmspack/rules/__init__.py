"""What can be wrong with a message: one declaration a rule, by subject.

>>> get("MMS203").severity
<Severity.ERROR: 'error'>
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Collection

from mmspack.errors import UsageError
from mmspack.rules.declaring import FAMILIES, REGISTRY, Hit, Reads, Rule, Source
from mmspack.rules.explaining import document, explanation
from mmspack.rules.explaining import page as _page
from mmspack.words import nearest

__all__ = [
    "FAMILIES",
    "Hit",
    "Reads",
    "Rule",
    "Source",
    "all_rules",
    "document",
    "explanation",
    "get",
    "page",
    "selected",
]

_SUBJECTS = (
    "archive",
    "archive_names",
    "manifest",
    "order",
    "types",
    "structure",
    "layout",
    "overlaps",
    "timing",
    "references",
    "elements",
    "names",
    "texts",
    "escapes",
    "slips",
    "pictures",
    "sounds",
    "films",
    "limits",
    "advice",
    "losses",
)


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by id."""
    for subject in _SUBJECTS:
        importlib.import_module(f"mmspack.rules.{subject}")
    return tuple(REGISTRY[id_] for id_ in sorted(REGISTRY))


def get(id_: str) -> Rule:
    """The rule of that id, in any case of letters. Raises `UsageError`."""
    known = {rule.id: rule for rule in all_rules()}
    wanted = id_.strip().upper()
    if wanted in known:
        return known[wanted]
    # Nearer than names: MMS529 looks like MMS999, and has nothing to do with it.
    near = nearest("MMS" + re.sub(r"\D", "", wanted), known, cutoff=0.9)
    raise UsageError(f"no rule {id_!r}", hint=f"did you mean {near!r}?" if near else "see: mmspack explain")


def selected(select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """The rules whose ids begin with one of `select` (none: all) and with none of `ignore`.

    Raises `UsageError` for a prefix that no rule has.
    """
    for prefix in (*select, *ignore):
        if not prefix or not any(rule.id.startswith(prefix.upper()) for rule in all_rules()):
            get(prefix)
    chosen = tuple(prefix.upper() for prefix in select)
    ignored = tuple(prefix.upper() for prefix in ignore)
    return tuple(
        rule
        for rule in all_rules()
        if (not chosen or rule.id.startswith(chosen)) and not (ignored and rule.id.startswith(ignored))
    )


def page(repaired: Collection[str]) -> str:
    """All rules as Markdown: what `docs/rules.md` holds. `repaired`: ids of the rules that `fix` repairs."""
    return _page(all_rules(), repaired)
