"""Layouts: the SMIL presentation written from a template and the names of the parts.

A layout is a Jinja2 file `<name>.smil.j2` whose first line is a comment that describes it. It is given
`width` and `height` (root-layout, pixels) and `slides`, each with `number` (from 1), `dur`
(milliseconds) and the part names `image`, `video`, `audio`, `text` (empty: none); `fail(what, cure)`
refuses what the layout cannot show. Files whose names begin with `_` are for sharing between layouts.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mmspack.errors import AuthoringError
from mmspack.problem import Place
from mmspack.words import choose_from, did_you_mean, either

if TYPE_CHECKING:
    from mmspack.authoring.bounded import BoundedEnvironment

SUFFIX = ".smil.j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlideNames:
    """What a layout may say of a slide: its time and the names of its parts."""

    number: int
    dur: int
    image: str = ""
    video: str = ""
    audio: str = ""
    text: str = ""
    alt: str = ""
    """What the picture or video shows; not the name of a part."""

    @property
    def names(self) -> tuple[str, ...]:
        """The parts that the slide has."""
        return tuple(name for name in (self.image, self.video, self.audio, self.text) if name)


_VARIABLES = (
    "a layout has width, height, slides and fail; a slide has "
    + ", ".join(one.name for one in fields(SlideNames))
    + ", names"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout that can be chosen by name."""

    name: str
    description: str
    path: Path


def layouts(folders: Sequence[Path] = ()) -> dict[str, Layout]:
    """All layouts by name; a user's folders take precedence over the built-in one."""
    found: dict[str, Layout] = {}
    for folder in _folders(tuple(folders)):
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            name = path.name.removesuffix(SUFFIX)
            if not name.startswith("_") and name not in found:
                found[name] = Layout(name, _description(path), path)
    return dict(sorted(found.items()))


def render(
    layout: str,
    slides: Sequence[SlideNames],
    *,
    width: int,
    height: int,
    folders: Sequence[Path] = (),
) -> bytes:
    """The SMIL file in UTF-8, for a root-layout of `width` × `height` pixels.

    What the layout wrote is parsed again: it must be XML and show every part of every slide exactly
    once. Raises `AuthoringError` that names the layout and the part.
    """
    known = layouts(folders)
    if layout not in known:
        raise AuthoringError(
            f"no layout {layout!r}", where="layout", hint=did_you_mean(layout, known, choose_from(known))
        )
    data = _rendered(known[layout], slides, width, height, tuple(folders))
    _prove(layout, data, slides)
    return data


def _rendered(
    layout: Layout, slides: Sequence[SlideNames], width: int, height: int, folders: tuple[Path, ...]
) -> bytes:
    import jinja2
    from jinja2.utils import object_type_repr

    from mmspack.authoring.bounded import allowance

    def fail(what: str, cure: str = "") -> NoReturn:
        raise AuthoringError(f"{what}", where=f"layout {layout.name!r}", hint=cure)

    try:
        with allowance():
            template = _environment(folders).get_template(layout.path.name)
            text = template.render(width=width, height=height, slides=slides, fail=fail)
    except jinja2.TemplateSyntaxError as error:
        where = Place(file=error.filename or str(layout.path), line=error.lineno)
        raise AuthoringError(str(error.message), where=where) from error
    except jinja2.UndefinedError as error:
        what = str(error.message)
        for slide in slides[:1]:
            what = what.replace(repr(object_type_repr(slide)), "a slide")
        raise AuthoringError(what, where=layout.path, hint=_VARIABLES) from error
    except jinja2.TemplateError as error:
        raise AuthoringError(str(error.message), where=layout.path) from error
    except (ArithmeticError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise AuthoringError(str(error), where=layout.path) from error
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return ("\n".join(lines) + "\n").encode()


def _prove(layout: str, data: bytes, slides: Sequence[SlideNames]) -> None:
    """Refuse a presentation that is not XML, or that loses, moves, repeats or invents a part."""
    from mmspack.smil.gate import SmilError
    from mmspack.smil.tree import parse

    try:
        presentation = parse(data)
    except SmilError as error:
        raise AuthoringError(f"layout {layout!r} does not produce valid SMIL: {error.message}") from error
    if len(presentation.slides) != len(slides):
        found = len(presentation.slides)
        raise AuthoringError(f"layout {layout!r} produces {found} slides, but the message has {len(slides)}")
    for want, shown in zip(slides, presentation.slides, strict=True):
        sources = [medium.src for medium in shown.media]
        for name in want.names:
            if sources.count(name) != 1:
                kind = next(key for key in ("image", "video", "audio", "text") if getattr(want, key) == name)
                what = f"has no place for the {kind}" if name not in sources else f"shows the {kind} twice"
                raise AuthoringError(
                    f"layout {layout!r} {what} of slide {want.number}",
                    hint=f"choose another {either('with --layout', 'layout')}, or change the slide; "
                    "see: mmspack layouts",
                )
        if strange := [name for name in sources if name and name not in want.names]:
            raise AuthoringError(f"layout {layout!r} shows {strange[0]!r}, which slide {want.number} lacks")


@functools.cache
def _environment(folders: tuple[Path, ...]) -> BoundedEnvironment:
    import jinja2

    from mmspack.authoring.bounded import BoundedEnvironment

    # Not select_autoescape(): it goes by the last suffix and would leave `.smil.j2` unescaped.
    return BoundedEnvironment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in _folders(folders)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _folders(own: tuple[Path, ...]) -> tuple[Path, ...]:
    for folder in own:
        if not folder.is_dir():
            raise AuthoringError(f"no layout folder at {folder}")
    return (*own, built_in())


def built_in() -> Path:
    """The folder of the built-in layouts: inside the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def _description(path: Path) -> str:
    first = path.read_text("utf-8", "replace").split("\n", 1)[0].strip()
    if first.startswith("{#") and first.endswith("#}"):
        return first[2:-2].strip()
    return ""
