"""Text and subject as templates: `Hello {{ name }}` with values from the caller."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmspack.errors import AuthoringError, MmspackError
from mmspack.files import read_bytes
from mmspack.model import Copy, Message, Overlay, Slide

if TYPE_CHECKING:
    import jinja2
    import jinja2.sandbox


def render_message(message: Message, values: Mapping[str, object] | None, *, where: str = "") -> Message:
    """`message` with subject and texts filled in; text files are read.

    Without `values` (None) texts are no templates and stay as they are. Plain text is never HTML-escaped.

    Raises `AuthoringError` with every problem at once: an unknown
    variable, a syntax error, a text file that is missing or is not UTF-8.
    """
    prefix = f"{where}: " if where else ""
    problems: list[MmspackError] = []

    def fill(key: str, text: str) -> str:
        if values is None:
            return text
        try:
            return render_text(text, values, where=prefix + key)
        except MmspackError as error:
            problems.append(error)
            return ""

    def slide_text(index: int, slide: Slide) -> str | None:
        key = f"slides[{index}].text"
        try:
            text = text_of(slide, where=prefix + key)
        except MmspackError as error:
            problems.append(error)
            return None
        return None if text is None else Copy(fill(key, text))

    def slide_overlay(index: int, slide: Slide) -> tuple[Overlay, ...]:
        where = [f"slides[{index}].overlay[{number}]" for number in range(len(slide.overlay))]
        return tuple(
            replace(
                overlay,
                text=fill(f"{key}.text", overlay.text),
                qr=fill(f"{key}.qr", overlay.qr),
                barcode=fill(f"{key}.barcode", overlay.barcode),
            )
            for key, overlay in zip(where, slide.overlay, strict=True)
        )

    subject = fill("subject", message.subject)
    slides = tuple(
        replace(slide, text=slide_text(at, slide), overlay=slide_overlay(at, slide))
        for at, slide in enumerate(message.slides)
    )
    raise_all(problems)
    return replace(message, subject=subject, slides=slides)


def jinja_template(text: str, *, where: str) -> jinja2.Template:
    """A template ready to be filled in. Raises `AuthoringError` that begins with `where`."""
    import jinja2

    try:
        return _environment().from_string(text)
    except jinja2.TemplateSyntaxError as error:
        raise AuthoringError(f"{where}: line {error.lineno} of the template: {error.message}") from error
    except RecursionError as error:
        raise AuthoringError(f"{where}: the template fails: {error}") from error


def render_text(
    text: str, values: Mapping[str, object], *, where: str, template: jinja2.Template | None = None
) -> str:
    """One template filled in. Raises `AuthoringError` that begins with `where`.

    `template` is the text made ready by `jinja_template`, where it is used many times.
    """
    if "{" not in text:
        return text
    import jinja2

    ready = template if template is not None else jinja_template(text, where=where)
    try:
        return ready.render(values)
    except jinja2.UndefinedError as error:
        raise AuthoringError(f"{where}: {_unknown(text, values) or error.message}") from error
    except (
        jinja2.TemplateError,
        ArithmeticError,
        TypeError,
        ValueError,
        LookupError,
        RecursionError,
    ) as error:
        raise AuthoringError(f"{where}: the template fails: {error}") from error
    except (AttributeError, MemoryError) as error:
        raise AuthoringError(f"{where}: the template fails: {error}") from error


def refuse_strays(message: Message, given: Collection[str], declared: Collection[str] = ()) -> None:
    """Refuse values that no template takes: a slip in a name would send the default to everybody.

    Raises `AuthoringError`.
    """
    known = set(declared) | variables_of(message.subject)
    for at, slide in enumerate(message.slides):
        known |= variables_of(text_of(slide, where=f"slides[{at}].text") or "")
        for overlay in slide.overlay:
            known |= variables_of(overlay.text) | variables_of(overlay.qr) | variables_of(overlay.barcode)
    problems = []
    for name in sorted(set(given) - known):
        near = difflib.get_close_matches(name, known, n=1)
        problems.append(
            f"no template takes the variable {name!r}" + (f" (did you mean {near[0]!r}?)" if near else "")
        )
    if problems:
        raise AuthoringError(problems[0], problems=problems)


def names_text_file(text: str) -> bool:
    """Whether a text names a file: one line that ends in `.txt`."""
    return text.lower().endswith(".txt") and "\n" not in text


def variables_of(text: str) -> set[str]:
    """Names that a template takes from outside; empty for a template that does not parse."""
    import jinja2
    import jinja2.meta

    try:
        return jinja2.meta.find_undeclared_variables(_environment().parse(text))
    except jinja2.TemplateSyntaxError:
        return set()


def text_of(slide: Slide, *, where: str) -> str | None:
    """A slide's copy as a string: as given, or read from the file that it names, without a BOM.

    Raises `InputError` where the file is missing, `AuthoringError` where it is not UTF-8.
    """
    if slide.text is None:
        return None
    if isinstance(slide.text, str) and (isinstance(slide.text, Copy) or not names_text_file(slide.text)):
        return slide.text
    path = Path(slide.text)
    data = read_bytes(path, what="text file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AuthoringError(
            f"{where}: {path.name} is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x})",
            hint="save it as UTF-8",
        ) from error
    return text.replace("\r\n", "\n").removesuffix("\n")


def raise_all(problems: list[MmspackError]) -> None:
    """Raise what was found as one error: the first one's class, every problem's line."""
    if not problems:
        return
    lines = [str(line) for problem in problems for line in _lines(problem)]
    kind = next((type(problem) for problem in problems if problem.exit_code == 2), type(problems[0]))
    raise kind(problems[0].message, problems=lines)


def _lines(problem: MmspackError) -> list[str]:
    if not problem.hint:
        return list(problem.problems)
    return [*problem.problems[:-1], f"{problem.problems[-1]} ({problem.hint})"]


def _unknown(text: str, values: Mapping[str, object]) -> str:
    for name in sorted(variables_of(text) - set(values)):
        near = difflib.get_close_matches(name, list(values), n=1)
        cure = f"did you mean {near[0]!r}?" if near else f"give it with --set {name}=…"
        return f"unknown variable {name!r} ({cure})"
    return ""


@functools.cache
def _environment() -> jinja2.sandbox.ImmutableSandboxedEnvironment:
    import jinja2
    import jinja2.sandbox

    return jinja2.sandbox.ImmutableSandboxedEnvironment(
        autoescape=False,  # plain text: "Fish & chips" arrives as it is
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
