"""A message as the two conversations show it that nearly all recipients use.

iPhones keep the order in which parts are stored and give each its own bubble; the subject is a bold first
line. Google Messages shows films, sounds and contacts first, then all pictures as one collage, then every
text in one bubble. docs/preview.md names the source of each trait.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mmspack.previewing.linking import Stretch, stretches
from mmspack.previewing.view import Look, View
from mmspack.words import characters

LONG_TEXT = 900
"""Characters from which an iPhone shortens a text, with an arrow that opens it. Apple gives no number."""

_MOST_LARGE = 3
"""Emoji that an iPhone still draws large; from four on they stand in a bubble."""
_LONGEST_LARGE = 60
"""Code points that three emoji can have: a family or a flag of a nation has up to about 15."""
_EMOJI = re.compile(
    "(?:[\U0001f000-\U0001faff\U000e0020-\U000e007f\u200d\u2705\u26a1\u2728\u274c\u2753\u2757\u2b50]"
    "|[\u2194-\u2bff]\ufe0f)+"
)
"""Characters that are emoji by themselves, and symbols that U+FE0F makes into one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One bubble. Its look is that of its parts; several parts are pictures in a pile or a collage."""

    look: Look
    parts: tuple[int, ...] = ()
    """Indices in `View.parts`."""
    subject: str = ""
    words: tuple[Stretch, ...] = ()
    long: bool = False
    emoji: bool = False
    """One to three emoji and nothing else: an iPhone draws them large, without a bubble."""


def on_iphone(view: View) -> tuple[Bubble, ...]:
    """Every part in stored order; two or more pictures in a row are one pile."""
    return tuple(_titled(view, _piled(view)))


def _piled(view: View) -> Iterator[Bubble]:
    pile: list[int] = []
    for at, part in view.shown:
        if part.look is Look.PICTURE and not part.problem:
            pile.append(at)
            continue
        if pile:
            yield Bubble(look=Look.PICTURE, parts=tuple(pile))
            pile = []
        if part.look is Look.TEXT:
            if part.text.strip():
                yield Bubble(
                    look=Look.TEXT,
                    parts=(at,),
                    words=stretches(part.text),
                    long=len(part.text) > LONG_TEXT,
                    emoji=_is_emoji(part.text.strip()),
                )
        else:
            yield Bubble(look=part.look, parts=(at,))
    if pile:
        yield Bubble(look=Look.PICTURE, parts=tuple(pile))


def _is_emoji(text: str) -> bool:
    if len(text) > _LONGEST_LARGE or not _EMOJI.fullmatch(text):
        return False
    return characters(text) <= _MOST_LARGE


def _titled(view: View, bubbles: Iterator[Bubble]) -> Iterator[Bubble]:
    """The subject is the first line of the first text, or a bubble of its own where there is none."""
    left = view.subject
    found = list(bubbles)
    if left and all(bubble.look is not Look.TEXT for bubble in found):
        yield Bubble(look=Look.TEXT, subject=left)
        left = ""
    for bubble in found:
        if left and bubble.look is Look.TEXT:
            yield replace(bubble, subject=left)
            left = ""
        else:
            yield bubble


def on_google(view: View) -> tuple[Bubble, ...]:
    """By kind: films, sounds, cards and files, then the pictures, then all texts with the subject."""
    return tuple(_by_kind(view))


def _by_kind(view: View) -> Iterator[Bubble]:
    good = [(at, part) for at, part in view.shown if part.look is Look.PICTURE and not part.problem]
    for look in (Look.FILM, Look.SOUND, Look.CARD, Look.FILE):
        yield from (Bubble(look=look, parts=(at,)) for at, part in view.shown if part.look is look)
    bad = [at for at, part in view.shown if part.look is Look.PICTURE and part.problem]
    yield from (Bubble(look=Look.PICTURE, parts=(at,)) for at in bad)
    if good:
        yield Bubble(look=Look.PICTURE, parts=tuple(at for at, _ in good))
    texts = [part.text.strip("\n") for _, part in view.shown if part.look is Look.TEXT and part.text.strip()]
    if texts or view.subject:
        yield Bubble(look=Look.TEXT, subject=view.subject, words=stretches("\n".join(texts)))
