"""Why findings stay: each one that `fix` leaves has its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mmspack import rules
from mmspack.fixing.bench import Left
from mmspack.fixing.registry import repaired_ids
from mmspack.model import Finding
from mmspack.rules.declaring import Remains


def with_reasons(known: Sequence[Left], findings: Iterable[Finding]) -> tuple[Left, ...]:
    """What repairs said of the findings that stay, and for each other finding what its rule says.

    Findings about one part that stay for the same reason are together.
    """
    told = {(id_, one.part) for one in known for id_ in one.ids}
    others: dict[tuple[str | None, str], dict[str, None]] = {}
    for finding in findings:
        part = finding.about or finding.part
        if not told & {(finding.id, part), (finding.id, None)}:
            others.setdefault((part, _why(finding.id)), {})[finding.id] = None
    return (*known, *(Left(part, what, tuple(ids)) for (part, what), ids in others.items()))


def _why(id_: str) -> str:
    remains = rules.get(id_).remains
    if remains is Remains.CHOICE and id_ in repaired_ids():
        return Remains.UNCERTAIN.value
    return remains.value
