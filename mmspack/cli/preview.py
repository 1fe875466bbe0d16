"""`mmspack preview`: see a message as phones will show it, before it is sent."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.cli import options
from mmspack.cli.shell import emit_json, finish, guarded, is_dash, note, take_stdout, write_stdout
from mmspack.errors import InputError, UsageError
from mmspack.previewing.outputs import Style, endings, output_of
from mmspack.problem import NOWHERE
from mmspack.words import count

if TYPE_CHECKING:
    from mmspack.previewing.watching import Made
    from mmspack.recipe import Recipe

THEMES = ("auto", "light", "dark")
PAPERS = ("a4", "letter")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRequest:
    """What is to be previewed, and how it is to be built."""

    sources: tuple[Path, ...]
    subject: str | None
    sender: str
    layout: str | None
    values: list[str]
    recipe: Recipe
    allow_outside: bool


@guarded
def preview(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            help="A bundle (- is standard input), a message folder, a message.toml, or loose files.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=f"The file to write, in the format of its extension: {', '.join(endings())}; "
            "- is standard output.",
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", metavar="", help="Serve the page and rebuild it on every save.")
    ] = False,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", metavar="", help="Show two bundles side by side: the old one, then the new one."
        ),
    ] = False,
    subject: Annotated[str | None, typer.Option(help="The subject; overrides the source's own.")] = None,
    sender: Annotated[
        str, typer.Option(metavar="NAME", help="The sender, as the phones show it: a name or a number.")
    ] = "",
    profile: options.ProfileNames = None,
    layout: options.LayoutName = None,
    values: options.Values = None,
    allow_outside: options.AllowOutside = False,
    layouts: options.LayoutFolders = None,
    profiles: options.ProfileFiles = None,
    theme: Annotated[str, typer.Option(help="auto, light or dark.")] = "auto",
    paper: Annotated[str, typer.Option(help="a4 or letter, for an approval sheet (.pdf).")] = "a4",
    no_findings: Annotated[
        bool, typer.Option("--no-findings", metavar="", help="Leave the findings off the approval sheet.")
    ] = False,
    port: Annotated[int, typer.Option(help="The port for --watch; 0 picks a free one.")] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", metavar="", help="Do not open a browser.")] = False,
    as_json: options.Json = False,
) -> None:
    """Show a message as phones display it: on an iPhone, in Google Messages, as slides, on a lock screen.

    \b
    mmspack preview samples/summer-sale
    mmspack preview --watch samples/summer-sale
    mmspack preview summer-sale.zip -o storyboard.png
    mmspack preview samples/summer-sale -o approval.pdf
    mmspack preview --compare old.zip new.zip
    """
    if theme not in THEMES:
        raise UsageError(f"--theme {theme!r}", hint="auto, light or dark")
    if paper not in PAPERS:
        raise UsageError(f"--paper {paper!r}", hint="a4 or letter")
    wanted = PreviewRequest(
        sources=tuple(sources),
        subject=subject,
        sender=sender,
        layout=layout,
        values=values or [],
        recipe=options.recipe_of(profile, profiles, layouts),
        allow_outside=allow_outside,
    )
    if watch:
        if compare or output or as_json:
            raise UsageError("--watch serves a page", hint="leave out --output, --compare and --json")
        _serve(wanted, theme, port, browse=not no_open)
        return
    style = Style(theme=theme, paper=paper, findings=not no_findings)
    if is_dash(output):
        write_stdout(take_stdout(as_json=as_json), _rendered(wanted, None, style, compare=compare)[0])
        return
    path = _written(wanted, output, style, compare=compare)
    if as_json:
        finish(0, lambda: emit_json("preview", 0, path=str(path), bytes=path.stat().st_size))
    show_file(path, browse=output is None and not no_open)


def _written(wanted: PreviewRequest, output: Path | None, style: Style, *, compare: bool) -> Path:
    from mmspack.files import write_whole

    data, ending = _rendered(wanted, output, style, compare=compare)
    return write_whole(output or options.temporary_file(f"preview{ending}"), data)


def _rendered(
    wanted: PreviewRequest, output: Path | None, style: Style, *, compare: bool
) -> tuple[bytes, str]:
    """The preview's bytes, and the ending of their format. Without a name: a page."""
    from mmspack.previewing.approval.setting import can_set

    ending = output.suffix.lower() if output else ".html"
    chosen = output_of(ending) if ending in endings() else None
    if chosen is None or (compare and chosen.compare is None):
        fitting = [one for one in endings() if not compare or output_of(one).compare]
        raise UsageError(
            f"a {'comparison' if compare else 'preview'} cannot be written in this format",
            where=output or NOWHERE,
            hint=f"end the name in {', '.join(fitting)}",
        )
    if compare and chosen.compare:
        if len(wanted.sources) != 2:
            raise UsageError("--compare needs two sources", hint="mmspack preview --compare old.zip new.zip")
        old, new = (_made(wanted, (source,)).view for source in wanted.sources)
        if ending == ".pdf":
            note("only pictures of the slides; for text that can be searched, end the name in .html")
        return chosen.compare(old, new, style), ending
    data = chosen.render(_made(wanted, originals=chosen.originals).view, style)
    if ending == ".pdf" and not can_set():
        note("only pictures of the slides; for text that can be searched: pip install 'mmspack[sheet]'")
    return data, ending


def _made(wanted: PreviewRequest, sources: Sequence[Path] | None = None, *, originals: bool = True) -> Made:
    """The view of a bundle as it is, or of a source built on the way."""
    from mmspack.cli.build import read_message
    from mmspack.cli.clip_progress import encoding
    from mmspack.pipeline import build
    from mmspack.previewing.composing import view_of
    from mmspack.previewing.inscriptions import inscriptions_of
    from mmspack.previewing.originals import originals_of
    from mmspack.previewing.watching import Made, files_of

    sources = list(sources or wanted.sources)
    name = options.name_of(sources[0]) if len(sources) == 1 else count(len(sources), "file")
    recipe = wanted.recipe
    if len(sources) == 1 and _is_bundle(sources[0]):
        view = view_of(
            options.bundle_in(sources[0]),
            recipe.profiles_of(),
            name=name,
            subject=wanted.subject,
            sender=wanted.sender,
            built=_saved(sources[0]),
        )
        return Made(view, tuple(sources), sources[0].read_bytes() if sources[0].is_file() else b"")
    message, _ = read_message(
        sources,
        wanted.subject,
        wanted.layout,
        options.values_of(wanted.values),
        allow_outside=wanted.allow_outside,
    )
    with encoding(message) as progress:
        built = build(message, recipe=recipe, progress=progress)
    view = view_of(
        built.opened,
        recipe.profiles_of(message.profile),
        name=name,
        subject=message.subject,
        sender=wanted.sender,
        built=datetime.datetime.now().astimezone(),
        reports=built.reports,
        originals=originals_of(built, message) if originals else None,
        labels={name: part.label for name, part in zip(built.names, built.message.parts, strict=True)},
        drawn=inscriptions_of(message),
    )
    return Made(
        view,
        (*_own_files(sources), *files_of(message), *recipe.profile_files, *recipe.layout_folders),
        built.bundle.data,
    )


def _saved(path: Path) -> datetime.datetime | None:
    """When the file was last written; None for a folder, whose time says nothing of what is in it."""
    if not path.is_file():
        return None
    return datetime.datetime.fromtimestamp(path.stat().st_mtime).astimezone()


def _is_bundle(path: Path) -> bool:
    """A zip or a binary message by its first bytes or its name, or a bare SMIL file."""
    if is_dash(path) or path.suffix.lower() in (".zip", ".mms", ".smil", ".smi", ".sml"):
        return True
    from mmspack.bundle.binary.tokens import is_mms

    if not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            begun = stream.read(2)
    except OSError:  # whoever reads all of it says why it cannot be read
        return False
    return begun == b"PK" or is_mms(begun)


def _own_files(sources: Sequence[Path]) -> tuple[Path, ...]:
    """The files that are read first: the message.toml of a folder, else the sources themselves."""
    return tuple(source / "message.toml" if source.is_dir() else source for source in sources)


def show_file(path: Path, *, browse: bool) -> None:
    """Say what was written, and open it where a person waits for it."""
    typer.echo(f"Preview: {path} ({path.stat().st_size:,} bytes)")
    if browse:
        _browse(path.resolve().as_uri())


def _browse(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        note(f"no browser could be opened; visit {address}")


def _serve(wanted: PreviewRequest, theme: str, port: int, *, browse: bool) -> None:
    from mmspack.previewing.serving import PageServer
    from mmspack.previewing.watching import Workbench, watch

    first = wanted.sources[0]
    folder = first if first.is_dir() else first.parent
    if not folder.is_dir():
        raise InputError("no such folder", where=folder)
    bench = Workbench(
        lambda: _made(wanted),
        name=str(first),
        folder=folder,
        files=_own_files(wanted.sources),
        theme=theme,
        sheet=lambda view: output_of(".pdf").render(view, Style(theme=theme)),
    )

    def told() -> None:
        typer.echo(f"Build failed: {bench.problem}" if bench.problem else "Built.")

    bench.rebuild()
    with PageServer(bench.document, port=port) as server:
        typer.echo(f"Preview: {server.url}")
        typer.echo("The page is rebuilt on every save. Press Ctrl-C to stop.")
        told()
        if browse:
            _browse(server.url)
        watch(bench, told=told)
