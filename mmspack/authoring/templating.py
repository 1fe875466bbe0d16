"""Text and subject as templates: `Hello {{ name }}` with values from the caller."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmspack.arguments import mistyped
from mmspack.authoring.template_syntax import syntax_problems
from mmspack.errors import AuthoringError, MmspackError, raise_all
from mmspack.files import not_utf8, read_bytes
from mmspack.media.formats import described
from mmspack.media.slips import template_fields
from mmspack.media.sniffing import recognise
from mmspack.message import Message, Overlay, Slide
from mmspack.model import Kind
from mmspack.problem import Place, Problem, Where, place_of
from mmspack.words import did_you_mean, either

MAX_TEXT = 5_000_000
"""Bytes of a text file: the largest message of any provider."""

_HYPHENATED = re.compile(r"\{\{\s*([^\W\d]\w*(?:-[^\W\d]\w*)+)\s*\}\}")
_MOST_MISSING = 20
"""Variables of one text that are reported as missing: each costs a rendering."""

if TYPE_CHECKING:
    import jinja2

    from mmspack.authoring.bounded import BoundedEnvironment


def render_message(message: Message, values: Mapping[str, object] | None) -> Message:
    """`message` with subject, texts and fallback filled in; text files are read.

    Without `values` (None) texts are not templates and are left unchanged. Plain text is never HTML-escaped.

    Raises `AuthoringError` with every problem at once: an unknown variable, a syntax error, a place for a
    value that is written for another program, a text file that is missing or is not UTF-8.
    """
    problems: list[MmspackError] = []

    def fill(place: Place, text: str) -> str:
        if values is None:
            return text
        problems.extend(AuthoringError(problems=[one.within(place)]) for one in foreign_fields(text))
        try:
            return render_text(text, values, where=place)
        except MmspackError as error:
            problems.append(error)
            return ""

    def slide_text(index: int, slide: Slide) -> str | None:
        place = Place(slide=index + 1, key="text")
        try:
            text = text_of(slide, where=place)
        except MmspackError as error:
            problems.append(error)
            return None
        return None if text is None else fill(place, text)

    def slide_overlay(index: int, slide: Slide) -> tuple[Overlay, ...]:
        def filled(number: int, key: str, text: str) -> str:
            return fill(Place(slide=index + 1, overlay=number, key=key), text)

        return tuple(
            replace(
                overlay,
                text=filled(number, "text", overlay.text),
                qr=filled(number, "qr", overlay.qr),
                barcode=filled(number, "barcode", overlay.barcode),
            )
            for number, overlay in enumerate(slide.overlay, 1)
        )

    subject = fill(Place(key="subject"), message.subject)
    fallback = fill(Place(key="fallback"), message.fallback)
    slides = tuple(
        replace(slide, text=slide_text(at, slide), overlay=slide_overlay(at, slide))
        for at, slide in enumerate(message.slides)
    )
    raise_all(problem.written(message.written) for problem in problems)
    return replace(message, subject=subject, fallback=fallback, slides=slides)


def jinja_template(text: str, *, where: Where) -> jinja2.Template:
    """A template ready to be filled in. Raises `AuthoringError` with the place `where`."""
    import jinja2

    from mmspack.authoring.bounded import allowance

    try:
        with allowance():
            return _environment().from_string(text)
    except jinja2.TemplateSyntaxError as error:
        found = syntax_problems(text, _environment()) or [_refused(error)]
        raise AuthoringError(problems=[problem.within(where) for problem in found]) from error
    except jinja2.TemplateError as error:
        raise AuthoringError(str(error.message), where=where) from error
    except (RecursionError, SyntaxError) as error:  # Python's compiler has limits of its own
        raise AuthoringError("the template is nested too deeply", where=where) from error
    except MemoryError as error:
        raise AuthoringError(f"the template failed: {error}", where=where) from error


def _refused(error: jinja2.TemplateSyntaxError) -> Problem:
    """What Jinja2 says of a template that it can parse: no such filter, no such test."""
    said = error.message or "cannot be read"
    name = re.search("'(\\w+)'", said)
    every = [*_environment().filters, *_environment().tests]
    return Problem(said.rstrip("."), cure=did_you_mean(name[1], every) if name else "")


def render_text(
    text: str, values: Mapping[str, object], *, where: Where, template: jinja2.Template | None = None
) -> str:
    """One template filled in. Raises `AuthoringError` with the place `where`.

    `template` is the text made ready by `jinja_template`, where it is used many times.
    """
    if "{" not in text:
        return text
    import jinja2

    from mmspack.authoring.bounded import TooMuch, Unprintable, allowance

    ready = template if template is not None else jinja_template(text, where=where)
    try:
        with allowance():
            return ready.render(values)
    except TooMuch as error:
        raise AuthoringError(str(error.message), where=where, hint="shorten what it repeats") from error
    except Unprintable as error:
        raise AuthoringError(str(error.message), where=where, hint=error.cure) from error
    except jinja2.UndefinedError as error:
        raise _unknown(text, ready, values, where, error) from error
    except RecursionError as error:
        raise AuthoringError("the template repeats itself without end", where=where) from error
    except MmspackError:
        raise
    except Exception as error:  # a template may raise anything: it is its author's to repair
        raise AuthoringError(f"the template failed: {error}", where=where) from error


def variables_in(message: Message) -> set[str]:
    """The variables that a message's templates take. Raises `InputError` for a text file."""
    return {name for text in _filled_in(message) for name in variables_of(text)}


def _filled_in(message: Message) -> Iterator[str]:
    """Every template of a message, those in text files too. Raises `InputError` for a file."""
    yield from (message.subject, message.fallback)
    for at, slide in enumerate(message.slides):
        yield text_of(slide, where=Place(slide=at + 1, key="text")) or ""
        for overlay in slide.overlay:
            yield from (overlay.text, overlay.qr, overlay.barcode)


def refuse_strays(message: Message, given: Mapping[str, object], declared: Collection[str] = ()) -> None:
    """Refuse values that no template takes: a slip in a name would send the default to everybody.

    Raises `AuthoringError`, also where `given` is not a mapping.
    """
    if problems := mistyped({"values": given}, {"values": Mapping}):
        raise AuthoringError(problems=problems)
    try:
        taken = [_variables(text) for text in _filled_in(message)]
    except MmspackError:
        return  # a text cannot be read: that is reported with everything else when they are filled in
    if None in taken:
        return  # so is a template with a slip in it, whose variables are unknown
    known = set(declared).union(*(names for names in taken if names))
    problems = [
        Problem(f"no template uses the variable {name!r}", cure=did_you_mean(name, known))
        for name in sorted(set(given) - known)
    ]
    if problems:
        raise AuthoringError(problems=problems)


_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def field_problems(message: Message) -> list[Problem]:
    """Tags that cannot be read, and places as another program has them: `{name}` would be sent as it is."""
    return [
        problem.within(where)
        for where, text in templates_of(message)
        for problem in syntax_problems(text, _environment()) or foreign_fields(text)
    ]


def foreign_fields(text: str) -> Iterator[Problem]:
    """Places in one template that are written for another program."""
    for found in template_fields(_JINJA.sub("", text)):
        name = re.sub(r"\W+", "_", found.name).strip("_").lower()
        cure = f"write {{{{ {name} }}}}; as words, write {{{{ {found.text!r} }}}}"
        yield Problem(f"{found.text!r} is not a placeholder", cure=cure)


def templates_of(message: Message) -> Iterator[tuple[Place, str]]:
    """The templates of a message, right or not, with their places; text files are not read for it."""
    every: list[tuple[Place, object]] = [
        (Place(key="subject"), message.subject),
        (Place(key="fallback"), message.fallback),
    ]
    slides: object = message.slides
    for number, slide in enumerate(slides if isinstance(slides, tuple) else (), 1):
        every.append((Place(slide=number, key="text"), getattr(slide, "text", None)))
        overlays = getattr(slide, "overlay", ())
        for at, overlay in enumerate(overlays if isinstance(overlays, tuple) else (), 1):
            for key in ("text", "qr", "barcode"):
                every.append((Place(slide=number, overlay=at, key=key), getattr(overlay, key, None)))
    yield from ((where, text) for where, text in every if isinstance(text, str))


def variables_of(text: str) -> set[str]:
    """Names that a template takes from outside; empty for a template that does not parse."""
    return _variables(text) or set()


def _variables(text: str) -> set[str] | None:
    """The same; None for a template that cannot be compiled."""
    import jinja2
    import jinja2.meta

    try:
        return jinja2.meta.find_undeclared_variables(_environment().parse(text))
    except (jinja2.TemplateError, RecursionError):
        return None


def text_of(slide: Slide, *, where: Where) -> str | None:
    """A slide's copy as a string: as given, or read from the file that it names, without a BOM.

    Raises `InputError` where the file is missing, `AuthoringError` where it is not UTF-8.
    """
    if slide.text is None:
        return None
    if isinstance(slide.text, str):
        return slide.text
    path = Path(slide.text)
    data = read_bytes(path, what="text file", max_bytes=MAX_TEXT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = recognise(data)
        if row is not None and row.kind is not Kind.TEXT:
            what = f"{path.name!r} is not a text: it is {described(row)}"
            raise AuthoringError(what, where=where, hint=row.cure or "name a text file") from error
        words, line, column = not_utf8(error)
        what = f"{path.name!r} {words}: line {line}, column {column}"
        raise AuthoringError(what, where=where, hint="save it as UTF-8") from error
    return text.replace("\r\n", "\n").removesuffix("\n")


def _unknown(
    text: str,
    template: jinja2.Template,
    values: Mapping[str, object],
    where: Where,
    error: jinja2.UndefinedError,
) -> AuthoringError:
    """All variables that are missing in one text, at once."""
    missing = sorted(variables_of(text) - set(values))
    needed = [name for name in missing[:_MOST_MISSING] if _is_needed(name, template, values, missing)]
    problems = [problem.within(where) for problem in _hyphenated(text, missing)]
    problems = problems or [
        Problem(f"unknown variable {name!r}", place_of(where), did_you_mean(name, values, _cure_for(name)))
        for name in needed or missing[:1]
    ]
    return AuthoringError(problems=problems) if problems else AuthoringError(str(error.message), where=where)


def _hyphenated(text: str, missing: Collection[str]) -> Iterator[Problem]:
    """Names with hyphens, which are subtractions to Jinja2: `{{ first-name }}`."""
    for found in _HYPHENATED.finditer(text):
        if set(found[1].split("-")) <= set(missing):
            name = found[1].replace("-", "_")
            yield Problem(f"{found[0]!r}: a name has no hyphens", cure=f"write {{{{ {name} }}}}")


def _cure_for(name: str) -> str:
    shell = "give it with --set NAME=VALUE, in [variables], or by the table of a campaign"
    return either(shell, f"give it in values={{{name!r}: …}}")


def _is_needed(
    name: str, template: jinja2.Template, values: Mapping[str, object], missing: Collection[str]
) -> bool:
    """Whether a text fails for want of this variable: one that is only asked for `is defined` is not."""
    import jinja2

    from mmspack.authoring.bounded import allowance

    others = {other: jinja2.ChainableUndefined(name=other) for other in missing if other != name}
    try:
        with allowance():
            template.render({**values, **others})
    except jinja2.UndefinedError:
        return True
    except Exception:  # noqa: BLE001 - a template may raise anything: it is reported once its values are there
        return False
    return False


@functools.cache
def _environment() -> BoundedEnvironment:
    import jinja2

    from mmspack.authoring.bounded import BoundedEnvironment

    return BoundedEnvironment(
        autoescape=False,  # plain text: "Fish & chips" arrives as it is
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
