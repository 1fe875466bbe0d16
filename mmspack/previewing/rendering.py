"""A `View` as one HTML page that needs nothing else: no network, no file beside it.

Nothing of a message can act in it. The policy names our own scripts and style by their hashes; texts are
escaped, or reach the script as JSON and the page as `textContent`; media are `data:` addresses whose types
come from our own list and not from the message.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Any

from mmspack.media.formats import FORMATS
from mmspack.model import Facts, Finding, Kind, Severity
from mmspack.previewing.conversation import on_google, on_iphone
from mmspack.previewing.posters import poster_of
from mmspack.previewing.sizes import share_of_limit, shares, verdict
from mmspack.previewing.view import Look, Original, PartView, Placed, View
from mmspack.words import count, length_words

if TYPE_CHECKING:
    import jinja2

SCREENS = (
    ("Phone, 360 × 780", 360, 780, False),
    ("Large phone, 412 × 892", 412, 892, False),
    ("Small phone, 320 × 568", 320, 568, False),
    ("Feature phone, 240 × 320", 240, 320, True),
    ("Tablet, 600 × 800", 600, 800, True),
)
"""Screens to choose from, in CSS pixels, and whether a screen is for the slide player alone."""
DATA_TYPES = frozenset(
    row.key
    for row in FORMATS
    if row.kind in (Kind.AUDIO, Kind.VIDEO) or (row.kind is Kind.IMAGE and row.in_browsers)
)
"""The types that a `data:` address may have. SVG and HTML are not among them."""

_GLYPHS = {
    Look.PICTURE: "▣",
    Look.SOUND: "♪",
    Look.FILM: "▶",
    Look.TEXT: "¶",
    Look.CARD: "☰",
    Look.FILE: "◇",
    Look.PRESENTATION: "≡",
}
SAMPLE_SENDER = "07700 900123"
"""Whom the conversation is with where nobody said: a number of Ofcom's range for drama, which nobody has."""
_EMPTY = View(name="", width=480, height=640)


def page(view: View, *, theme: str = "auto", version: str = "", framed: bool = False) -> str:
    """The preview page. `theme` is `auto`, `light` or `dark`; `version` makes it a page of watch mode.

    `framed` is for a page that stands inside another: without title, and telling its height to the frame.
    """
    return _render(view, theme=theme, version=version, framed=framed)


def trouble_page(
    name: str, problems: Sequence[str], hint: str = "", *, theme: str = "auto", version: str = ""
) -> str:
    """The page of watch mode while the message cannot be built: the errors in place of the picture."""
    view = replace(_EMPTY, name=name, subject="Preview")
    return _render(view, theme=theme, version=version, problems=tuple(problems), hint=hint)


def _render(
    view: View,
    *,
    theme: str,
    version: str,
    problems: tuple[str, ...] = (),
    hint: str = "",
    framed: bool = False,
) -> str:
    style, own = page_assets()
    scripts = ([] if problems else own) + ([asset("live.js")] if version else [])
    budget = view.budget
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            view=view,
            sender=view.sender or SAMPLE_SENDER,
            built=f"{view.built.day} {view.built:%B %Y, %H:%M}" if view.built else "",
            version=version,
            problems=problems,
            hint=hint,
            look={"theme": theme, "framed": framed},
            screens=_screens(),
            verdict=verdict(view),
            shares=shares(view),
            warn_at=share_of_limit(budget.warn_bytes or 0, budget) if budget else 0,
            limit_at=share_of_limit(budget.max_bytes, budget) if budget else 0,
            compared=[(at, part) for at, part in view.shown if part.original is not None],
            data=_data(view, live=bool(version)),
            style=safe(style),
            scripts=[safe(script) for script in scripts],
            policy=policy((style,), scripts, live=bool(version)),
        )
    )


def _screens() -> list[dict[str, Any]]:
    return [
        {"name": name, "width": width, "height": height, "chosen": at == 0, "player": player}
        for at, (name, width, height, player) in enumerate(SCREENS)
    ]


def first_phone(view: View, addresses: Mapping[str, str]) -> str:
    """HTML that a page shows over the frame of `page(framed=True)` until that has painted.

    It is the first phone with its content, without script; `first_style()` is its style. `addresses` are
    where the page has its media and the stills of films, by part name: it loads them sooner than a frame
    without rights could.
    """
    parts = tuple(replace(part, url=addresses.get(part.name, "")) for part in view.parts)
    return (
        _templates()
        .get_template("first.html.j2")
        .render(
            view=replace(view, parts=parts),
            sender=view.sender or SAMPLE_SENDER,
            verdict=verdict(view),
            screens=_screens(),
        )
    )


@functools.cache
def first_style() -> str:
    """The style of `first_phone`, which holds within it alone."""
    # The window that the page's rules ask about is the frame, which is narrower than the window here.
    style = page_assets()[0].replace("@media (max-width", "@container first (max-width")
    return f"@scope (.first) {{\n{style}{asset('first.css')}}}\n"


def page_assets() -> tuple[str, list[str]]:
    """The style of the page, and its scripts."""
    style = asset("tokens.css") + asset("page.css") + asset("phones.css")
    return style, [asset(name) for name in ("timing.js", "player.js", "phones.js")]


def policy(styles: Sequence[str], scripts: Sequence[str], *, live: bool) -> str:
    """The content security policy: our own styles and scripts by hash, media by `data:`, nothing else."""
    own = " ".join(_hash(script) for script in scripts) or "'none'"
    rules = [
        "default-src 'none'",
        "img-src data:",
        "media-src data:",
        f"style-src {' '.join(map(_hash, styles))}",
        f"script-src {own}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join([*rules, *(["connect-src 'self'"] if live else [])])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# -- what the script is given ---------------------------------------------------------------------


def _data(view: View, *, live: bool) -> dict[str, Any]:
    return {
        "width": view.width,
        "height": view.height,
        "live": live,
        "slides": [
            {
                "start": slide.start_ms,
                "duration": slide.duration_ms,
                "media": [_placed(view, placed) for placed in slide.media],
            }
            for slide in view.slides
        ],
    }


def _placed(view: View, placed: Placed) -> dict[str, Any]:
    part = view.parts[placed.part] if placed.part is not None else None
    return {
        "part": placed.part,
        "src": placed.src,
        "name": part.name if part else placed.src,
        "look": part.look.value if part else "missing",
        "left": placed.left,
        "top": placed.top,
        "width": placed.width,
        "height": placed.height,
        "fit": placed.fit,
        "begin": placed.begin_ms,
        "end": placed.end_ms,
    }


# -- words for the template -----------------------------------------------------------------------


def poster_address(part: PartView) -> str:
    """A still of a film as a `data:` address, for browsers that lack its codec; empty where there is none."""
    still = poster_of(part.data)
    return f"data:image/jpeg;base64,{base64.b64encode(still).decode()}" if still else ""


def address(part: PartView | Original) -> str:
    """Where a page has a part: in the page itself, or elsewhere; empty where its type is not one of ours."""
    if part.type not in DATA_TYPES:
        return ""
    if isinstance(part, PartView) and part.url:
        return part.url
    return f"data:{part.type};base64,{base64.b64encode(part.data).decode()}"


def seconds(ms: int) -> str:
    """`5 s`, `2.5 s`, `40 ms`."""
    return length_words(ms).replace(".0 s", " s")


def clock(ms: int) -> str:
    """`0:05.0`, as the page's own clock has it."""
    return f"{ms // 60_000}:{ms % 60_000 // 1000:02}.{ms % 1000 // 100}"


def short_clock(ms: int) -> str:
    """`0:05`, and `0:05.5` where tenths matter."""
    return clock(ms).removesuffix(".0")


def minutes(ms: int) -> str:
    """`0:05`, as phones write a film's length: whole seconds, and not less than one."""
    whole = max(1, round(ms / 1000))
    return f"{whole // 60}:{whole % 60:02}"


def initials(name: str) -> str:
    """One or two letters for a face; empty for a number, where phones draw a person."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()


def is_number(sender: str) -> bool:
    """Whether a sender is a phone number or a short code, which hardly anybody has among the contacts."""
    return sender.removeprefix("+").replace(" ", "").isdigit()


def can_be_called(sender: str) -> bool:
    """Whether phones offer a call: not for the name of a sender, nor for a short code (3 to 6 digits)."""
    return is_number(sender) and sum(map(str.isdigit, sender)) > 6


def alt_of(view: View, part: int) -> str:
    """What is said where the part cannot be seen: the author's `alt`, else the name of the file."""
    placed = (one.alt for slide in view.slides for one in slide.media if one.part == part and one.alt)
    return next(placed, "") or view.parts[part].label or view.parts[part].name


def measures(facts: Facts) -> str:
    """`JPEG 1600×1200, 95,061 bytes`."""
    size = f" {facts.width}×{facts.height}" if facts.width and facts.height else ""
    return f"{facts.format}{size}, {facts.bytes:,} bytes"


def part_facts(part: PartView) -> str:
    """The facts shown beside a part's name."""
    bits = [f"{len(part.data):,} B"]
    if part.facts and part.facts.width and part.look is not Look.TEXT:
        bits.insert(0, f"{part.facts.width}×{part.facts.height}")
    if part.facts and part.facts.duration_ms and part.look in (Look.SOUND, Look.FILM):
        bits.insert(0, seconds(part.facts.duration_ms))
    return " · ".join(bits)


def kind_words(part: PartView) -> str:
    """What a part is that is named and not shown."""
    words = {Look.CARD: "contact or calendar entry", Look.SOUND: "sound that phones play"}
    return words.get(part.look, part.declared or part.type)


def glyph(part: PartView) -> str:
    """A sign for the part's kind."""
    return _GLYPHS[part.look]


def worst(findings: Sequence[Finding]) -> str:
    """The severity of the worst of some findings."""
    order = list(Severity)
    return min((finding.severity for finding in findings), key=order.index).value


def page_templates(read: Callable[[str], str]) -> jinja2.Environment:
    """Templates of HTML pages, by name from `read`: every value escaped, an unknown one an error."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FunctionLoader(read),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _templates() -> jinja2.Environment:
    environment = page_templates(asset)
    words = (
        address, alt_of, can_be_called, clock, count, glyph, initials, is_number, kind_words, measures,
        minutes, on_google, on_iphone, part_facts, poster_address, seconds, short_clock, worst,
    )  # fmt: skip
    environment.globals.update({function.__name__: function for function in words})
    return environment


def safe(own: str) -> Any:
    """Our own style or script, which is not escaped."""
    import markupsafe

    return markupsafe.Markup(own)  # noqa: S704 - a file of this package


@functools.cache
def asset(name: str) -> str:
    """A file of the page: a template, a style sheet or a script."""
    return resources.files("mmspack.previewing").joinpath("page", name).read_text("utf-8")
