"""What phones underline in a text: web and mail addresses, phone numbers, street addresses, dates.

Only looks are meant. iPhones find these with NSDataDetector, Android with Linkify and a model; neither
publishes its rules, so the patterns below take what is clear in English copy. Each repeat is bounded, so that
a hostile text costs no more than a long one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Link(StrEnum):
    """What a stretch of text would open."""

    NONE = ""
    WEB = "web"
    MAIL = "mail"
    PHONE = "phone"
    STREET = "street"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some characters of a text, and what a phone makes of them."""

    text: str
    link: Link = Link.NONE


_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CLOCK = r"(?:\d{1,2}(?:[:.]\d\d)?\ ?(?:am|pm)|\d{1,2}:\d\d)"
_NUMBERED = (
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\ {_MONTH}|{_MONTH}\ \d{{1,2}}(?:st|nd|rd|th)?)"
    rf"(?:,?\ (?:19|20)\d\d(?!\d))?)"
)
_ON = rf"(?:(?:today|tomorrow|tonight|{_DAY})(?:,?\ {_NUMBERED})?|{_NUMBERED})"
"""A day by its name, its number or both: `Friday 4 December 2026`."""
_ENDINGS = "com|org|net|info|biz|app|shop|store|link|co|io|me|ly|gl|uk|us|eu|ie|de|fr|es|it|nl|ca|au|nz|in"
_STREET = "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Square|Sq|Place|Way|Boulevard|Blvd|Court|Close|Hill"

_FOUND = re.compile(
    rf"""
    (?P<mail> (?<![\w.+-]) [\w.+-]{{1,64}} @ [a-z0-9-]{{1,63}} (?:\.[a-z0-9-]{{1,63}}){{1,4}} )
  | (?P<web> (?<![\w@.-]) (?:
        (?:https?://|www\.) [^\s<>"]{{1,2000}}
      | (?:[a-z0-9][a-z0-9-]{{0,62}}\.){{1,4}} (?:{_ENDINGS}) (?![\w-]) (?:/[^\s<>"]{{0,2000}})? ) )
  | (?P<date> (?<!\w) (?:
        {_ON} (?:,?\ (?:(?:at|from)\ )?{_CLOCK})?
      | {_CLOCK} (?:\ (?:on\ )?{_ON})?
      | \d{{1,2}}/\d{{1,2}}/\d{{2,4}} | \d{{4}}-\d\d-\d\d ) (?!\w) )
  | (?P<street> (?<![\w]) (?-i: \d{{1,5}}[a-z]?\ (?:[A-Z][\w'’-]{{1,20}}\ ){{1,3}} (?:{_STREET})\b
        (?:,?\ [A-Z][a-z]{{1,20}}){{0,2}} (?:,?\ [A-Z]{{1,2}}\d[A-Z\d]?\ \d[A-Z]{{2}})? ) )
  | (?P<phone> (?<![\w.,/+£$€-]) (?:\+|\(?0|\(?[2-9]\d\d[)\ .-]) [\d()\ .-]{{5,20}} \d (?![\w%]) )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
"""Of a phone number: local ones have 7, and E.164 allows 15."""
_TRAILING = ".,;:!?)'\"”’"
"""Marks after an address that belong to the sentence."""


def stretches(text: str) -> tuple[Stretch, ...]:
    """The text in order, cut where something begins or ends that a phone would underline."""
    return tuple(_cut(text))


def _cut(text: str) -> Iterator[Stretch]:
    done = 0
    for found in _FOUND.finditer(text):
        link, words = Link(found.lastgroup or ""), found[0]
        if link in (Link.WEB, Link.MAIL):
            words = words.rstrip(_TRAILING)
        if link is Link.PHONE and not _FEWEST_DIGITS <= sum(map(str.isdigit, words)) <= _MOST_DIGITS:
            continue
        if found.start() > done:
            yield Stretch(text[done : found.start()])
        yield Stretch(words, link)
        done = found.start() + len(words)
    if done < len(text):
        yield Stretch(text[done:])
