"""The recipients of a campaign as its approval sheet names them: how many, and the worst cases."""

from __future__ import annotations

from mmspack.campaign.build.press import Press
from mmspack.campaign.planning.sampling import Ranking, Sample, Sampler
from mmspack.errors import MmspackError
from mmspack.previewing.inscriptions import inscriptions_of, spelled_out
from mmspack.previewing.view import RecipientCase, Recipients
from mmspack.words import characters, count

_DRAWN = 200
"""Messages with pictures of their own that are made to find the largest: drawing one takes some 30 ms."""
_LONGEST = 20
"""Of more recipients, those with the longest copy are made."""


def recipients_of(sampler: Sampler, press: Press) -> Recipients:
    """How many a plan would send to (before suppression), and who gets the longest, largest and rarest.

    Reads the table twice more. Raises what reading the table raises.
    """
    ranking = sampler.ranked(_LONGEST)
    longest = ranking.longest
    title, largest = _largest(sampler, press, ranking)
    if largest.row.line == longest[0].row.line:
        cases = [_case(sampler, press, f"Longest text, and {title[0].lower()}{title[1:]}", largest)]
    else:
        cases = [_case(sampler, press, *one) for one in (("Longest text", longest[0]), (title, largest))]
    rarest = next((one for one in sampler.worst(_LONGEST) if one.rare and not sampler.left_out(one)), None)
    if rarest is not None:
        cases.append(_case(sampler, press, f"{rarest.why[0].upper()}{rarest.why[1:]}", rarest))
    return Recipients(number=ranking.numbers, undrawn=ranking.undrawn, cases=tuple(cases))


def _largest(sampler: Sampler, press: Press, ranking: Ranking) -> tuple[str, Sample]:
    """The largest message, and of how many: only pictures of their own make it another than the longest."""
    if not any(slide.overlay for slide in sampler.message.slides):
        return "Largest message", ranking.longest[0]
    tried = ranking.longest if ranking.numbers > _DRAWN else sampler.ranked(_DRAWN).longest
    sizes = [(size, sample) for sample in tried if (size := _size(sampler, press, sample)) is not None]
    of = f" of the {len(tried)} with the longest text" if ranking.numbers > len(tried) else ""
    return f"Largest message{of}", max(sizes, key=lambda one: one[0], default=(0, tried[0]))[1]


def _size(sampler: Sampler, press: Press, sample: Sample) -> int | None:
    """Bytes that count against the limit; None where no message can be made, which a plan leaves out."""
    try:
        merged = sampler.merged(press, sample)
    except MmspackError:
        return None
    return sum(len(part.data) for part in merged.bundle.parts) + len(merged.bundle.subject.encode())


def _case(sampler: Sampler, press: Press, title: str, sample: Sample) -> RecipientCase:
    try:
        merged = sampler.merged(press, sample)
    except MmspackError as error:
        return RecipientCase(title=title, where=f"line {sample.row.line}", words=str(error.problems[0]))
    texts = [data.decode() for _, data in merged.copy.texts]
    length = count(sum(map(characters, texts)), "character")
    budgets = [report.budget for report in press.check(merged) if report.budget]
    sizes = (f"{one.total_bytes:,} of {one.max_bytes:,} bytes ({one.profile})" for one in budgets)
    where = ", ".join((f"line {sample.row.line}", length, *sizes))
    drawn = [line for one in inscriptions_of(sampler.filled(sample)).values() for line in spelled_out(one)]
    words = [merged.bundle.subject, *texts, *drawn]
    return RecipientCase(title=title, where=where, words="\n".join(filter(None, words)))
