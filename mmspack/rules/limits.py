"""MMS50x: what the profile takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mmspack.bundle.opened import Form, Opened
from mmspack.media.texts import BEYOND_ASCII, ODD
from mmspack.model import Severity
from mmspack.rules.declaring import Evidence, Hit, Needs, Reads, Remains, Source, rule
from mmspack.rules.pictures import whole_pictures
from mmspack.rules.sources import CLASSES, FIELD_SIZES, UPLOAD
from mmspack.rules.terms import Terms
from mmspack.words import counted

_PROFILE = Source("The profile's own source: mmspack profiles", Evidence.PUBLISHED)
NGINX_BYTES, PHP_BYTES = 1 << 20, 2 << 20


@rule(
    "MMS501",
    title="Message is too large",
    severity=Severity.ERROR,
    source=_PROFILE,
    reason="The carrier refuses it, or reduces the pictures as it likes. The parts and their "
    "headers count, not the zip.",
    fix="Fit it again with mmspack build or mmspack fix, or send fewer slides.",
    bad="312,400 of 300,000 bytes",
    good="297,100 of 300,000 bytes",
    needs=Needs.CONTENT,
    reads=Reads.SIZES,
    class_limit=True,
)
def _too_large(opened: Opened, terms: Terms) -> Iterator[Hit]:
    budget = terms.budget_of(opened)
    if budget and budget.spare_bytes < 0:
        parts = f"{budget.content_bytes:,} for the parts, {budget.header_bytes:,} for headers"
        words = (
            f"{budget.total_bytes:,} bytes ({parts}); the {terms.profile.name} limit is {budget.max_bytes:,}"
        )
        yield Hit(words)


@rule(
    "MMS502",
    title="Message is close to the limit",
    severity=Severity.WARNING,
    source=_PROFILE,
    reason="Networks behind the same gateway differ: some refuse, or charge twice, what others accept.",
    fix="Stay below the profile's recommended size.",
    bad="285,000 bytes (warning from 270,000)",
    good="262,000 bytes",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
    reads=Reads.SIZES,
)
def _close(opened: Opened, terms: Terms) -> Iterator[Hit]:
    budget = terms.budget_of(opened)
    if budget and budget.warn_bytes and budget.spare_bytes >= 0 and budget.total_bytes > budget.warn_bytes:
        advice = f"over the {budget.warn_bytes:,} recommended for {terms.profile.name}"
        yield Hit(f"{budget.total_bytes:,} bytes: {advice}")


@rule(
    "MMS503",
    title="Picture has more pixels than the profile",
    severity=Severity.WARNING,
    source=CLASSES,
    reason="Phones scale it down to their screen, or refuse it; the bytes are wasted either way.",
    fix="Fit it with mmspack build or mmspack fix.",
    bad="image1.jpg: 4032x3024; profile: 1600x1200",
    good="image1.jpg: 1600x1200",
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
    by_class=True,
)
def _pixels(opened: Opened, terms: Terms) -> Iterator[Hit]:
    most = (terms.profile.max_width, terms.profile.max_height)
    # A profile without pictures is reported by the picture's type.
    for part in whole_pictures(opened) if terms.profile.image_types else ():
        facts = part.probe.facts
        size = (facts.width or 0, facts.height or 0) if facts else (0, 0)
        if max(size) > max(most) or min(size) > min(most):
            name = terms.profile.name
            yield Hit(
                f"{part.name!r} has {size[0]}×{size[1]} pixels; the {name} limit is {most[0]}×{most[1]}",
                part=part.name,
            )


@rule(
    "MMS504",
    title="Picture fits the profile only when rotated",
    severity=Severity.WARNING,
    source=Source("OMA content classes: Nokia compares sides, MediaTek the area", Evidence.IMPLEMENTED),
    reason="Some phones compare width with width and height with height, and find a portrait "
    "picture too tall.",
    fix="Make it fit without rotation, or choose a profile that allows it.",
    bad="image1.jpg: 480x640; class: 640x480",
    good="image1.jpg: 360x480",
    remains=Remains.LOOK,
    needs=Needs.CONTENT,
    reads=Reads.PICTURE,
)
def _turned(opened: Opened, terms: Terms) -> Iterator[Hit]:
    most = (terms.profile.max_width, terms.profile.max_height)
    for part in whole_pictures(opened) if not terms.profile.turn else ():
        facts = part.probe.facts
        size = (facts.width or 0, facts.height or 0) if facts else (0, 0)
        inside = max(size) <= max(most) and min(size) <= min(most)
        if inside and (size[0] > most[0] or size[1] > most[1]):
            yield Hit(
                f"{part.name!r} has {size[0]}×{size[1]} pixels; the profile has {most[0]}×{most[1]}",
                part=part.name,
            )


@rule(
    "MMS505",
    title="Subject is long",
    severity=Severity.WARNING,
    source=FIELD_SIZES,
    reason="Providers and phones cut off a longer subject, or refuse the message. The conformance document "
    "requires phones to support 40 characters; each profile has its provider's own limit.",
    fix="Shorten it; put the details into the text.",
    bad="subject of 61 characters",
    good="subject of 38 characters",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=Reads.SIZES,
)
def _subject(opened: Opened, terms: Terms) -> Iterator[Hit]:
    subject, most = terms.subject_of(opened), terms.profile.subject_max
    if len(subject) > most:
        yield Hit(f"the subject has {counted(subject)}: over the {most} recommended for {terms.profile.name}")


@rule(
    "MMS506",
    title="Control character in the subject",
    severity=Severity.ERROR,
    source=Source("RFC 2822 and 5322, 2.2.1: an unstructured field holds neither CR nor LF", Evidence.CLAUSE),
    reason="A line break in a header starts another header: gateways refuse it or, worse, accept it.",
    fix="Write the subject on one line.",
    bad="Summer\\r\\nsale",
    good="Summer sale",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=Reads.SUBJECT,
    only_if=ODD,
)
def _subject_controls(opened: Opened, terms: Terms) -> Iterator[Hit]:
    match = re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", terms.subject_of(opened))
    if match:
        yield Hit(f"the subject contains U+{ord(match[0]):04X}")


_EMOJI = (
    f"{BEYOND_ASCII}(?<="
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd"
    "\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755"
    "\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\ufe0f\U0001f000-\U0001faff])"
)
"""Characters that are emoji by themselves (Unicode's Emoji_Presentation), and the sign that makes one."""


@rule(
    "MMS509",
    title="Emoji in the subject",
    severity=Severity.WARNING,
    source=_PROFILE,
    reason="The provider's documentation excludes emoji from subjects: such a message is refused, or shows "
    "question marks.",
    fix="Move the emoji into the text.",
    bad="Summer sale \U0001f389 (profile us)",
    good="Summer sale",
    remains=Remains.WORDS,
    needs=Needs.CONTENT,
    reads=Reads.SUBJECT,
    only_if=_EMOJI,
)
def _subject_emoji(opened: Opened, terms: Terms) -> Iterator[Hit]:
    match = re.search(_EMOJI, terms.subject_of(opened)) if not terms.profile.subject_emoji else None
    if match:
        yield Hit(f"the subject contains {match[0]!r}; {terms.profile.name} takes none")


@rule(
    "MMS507",
    title="Many slides",
    severity=Severity.WARNING,
    source=Source("Old Android's editor: ten slides; more are shown", Evidence.OBSERVED),
    reason="Few people page through more, and old phones cannot edit or forward such a message.",
    fix="Send fewer slides.",
    bad="14 slides",
    good="8 slides",
    remains=Remains.LOOK,
    needs=Needs.SMIL,
)
def _slides(opened: Opened, terms: Terms) -> Iterator[Hit]:
    if len(opened.slides) > terms.profile.max_slides:
        yield Hit(f"{len(opened.slides)} slides; use {terms.profile.max_slides} or fewer")


@rule(
    "MMS508",
    title="Upload is larger than servers accept by default",
    severity=Severity.INFO,
    source=UPLOAD,
    reason="nginx refuses requests above 1 MB with status 413, and PHP files above 2 MB, unless "
    "the operator has raised the limit.",
    fix="Send the URL of a hosted zip instead, or fit the message to fewer bytes.",
    bad="zip of 1,400,000 bytes",
    good="zip of 300,000 bytes",
    remains=Remains.LOOK,
    needs=Needs.ZIP,
    reads=Reads.SIZES,
)
def _upload(opened: Opened) -> Iterator[Hit]:
    size = opened.archive.size if opened.archive and opened.form is Form.ZIP else 0
    over = "nginx and PHP" if size > PHP_BYTES else "nginx"
    if size > NGINX_BYTES and opened.archive and not opened.archive.defects:
        yield Hit(f"the zip has {size:,} bytes, more than the default limit of {over}")
