"""Two versions of a message as one HTML page: what is gone, moved, new and reworded. Needs no script."""

from __future__ import annotations

import base64
import functools
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from mmspack.previewing import storyboard
from mmspack.previewing.matching import SlidePair, rows_of, text_of
from mmspack.previewing.rendering import asset, page_templates, policy, safe, seconds, short_clock
from mmspack.previewing.view import SlideView, View
from mmspack.words import count

if TYPE_CHECKING:
    import jinja2

_MAX_WORDS = 2000
"""Words of a text that are compared: the search for what they share is quadratic at worst."""
_QUALITY = 82


def compare_page(old: View, new: View, *, theme: str = "auto") -> str:
    """The page. `theme` is `auto`, `light` or `dark`; the drawn slides are light in `auto`."""
    style = asset("tokens.css") + asset("page.css") + asset("compare.css")
    rows = rows_of(old, new)
    return _template().render(
        old=old,
        new=new,
        rows=[_row(old, new, row, storyboard.palette_of(theme)) for row in rows],
        summary=_summary(old, new, rows),
        theme=theme,
        style=safe(style),
        policy=policy((style,), (), live=False),
    )


def _row(old: View, new: View, row: SlidePair, colours: storyboard.Palette) -> dict[str, Any]:
    texts = [text_of(view, one) if one else "" for view, one in ((old, row.before), (new, row.after))]
    both = row.before is not None and row.after is not None
    before, after = _reworded(*texts) if both else ([("", texts[0])], [("", texts[1])])
    return {
        "same": row.is_same,
        "before": row.before,
        "after": row.after,
        "old_mark": row.old_mark,
        "new_mark": row.new_mark,
        "before_picture": _drawn(old, row.before, colours),
        "after_picture": _drawn(new, row.after, colours),
        "before_words": before if texts[0] else [],
        "after_words": after if texts[1] else [],
    }


def _summary(old: View, new: View, rows: Sequence[SlidePair]) -> str:
    """`Another subject, 1 slide changed, 1 moved, 1 new, 1 gone`; where nothing has changed, that."""
    subject = ["Another subject"] if old.subject != new.subject else []
    numbers = Counter(
        kind
        for row in rows
        for kind, holds in (
            ("changed", bool(row.changed)),
            ("moved", row.moved),
            ("new", row.before is None),
            ("gone", row.after is None),
        )
        if holds
    )
    words = [f"{number} {kind}" for kind, number in numbers.items()]
    if not words:
        return "".join(subject) or "No changes that can be seen"
    first, kind = words[0].split(" ", 1)
    return ", ".join([*subject, f"{count(int(first), 'slide')} {kind}", *words[1:]])


def _drawn(view: View, slide: SlideView | None, colours: storyboard.Palette) -> str:
    """The slide's screen as a `data:` address."""
    if slide is None:
        return ""
    size = storyboard.CARD, storyboard.screen_height(view)
    stream = io.BytesIO()
    storyboard.surface(view, slide, size, colours).save(stream, "WEBP", quality=_QUALITY, method=2)
    return f"data:image/webp;base64,{base64.b64encode(stream.getvalue()).decode()}"


def _reworded(before: str, after: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Both texts in stretches; those that the other one does not have are `gone` or `new`."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    if len(old) + len(new) > 2 * _MAX_WORDS:
        kinds = ("gone", "new") if before != after else ("", "")
        return [(kinds[0], before)], [(kinds[1], after)]
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return (
        list(_stretches("gone", ((step[0], old[step[1] : step[2]]) for step in steps))),
        list(_stretches("new", ((step[0], new[step[3] : step[4]]) for step in steps))),
    )


def _stretches(kind: str, steps: Iterator[tuple[str, list[str]]]) -> Iterator[tuple[str, str]]:
    for what, words in steps:
        if words:
            yield ("" if what == "equal" else kind), "".join(words)


@functools.cache
def _template() -> jinja2.Template:
    environment = page_templates(asset)
    environment.globals.update({function.__name__: function for function in (count, seconds, short_clock)})
    return environment.get_template("compare.html.j2")
