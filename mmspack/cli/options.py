"""Options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mmspack.bundle.dialects import DIALECTS
from mmspack.cli.completion import layout_names, profile_names
from mmspack.cli.shell import is_dash, read_stdin
from mmspack.errors import UsageError

if TYPE_CHECKING:
    from mmspack.recipe import Recipe

Json = Annotated[bool, typer.Option("--json", metavar="", help="Print a JSON document.")]
ProfileNames = Annotated[
    list[str] | None,
    typer.Option(
        "--profile",
        "-p",
        metavar="NAME[,NAME]",
        help="The carrier limits to apply; see: mmspack profiles.",
        autocompletion=profile_names,
    ),
]
ProfileFiles = Annotated[
    list[Path] | None,
    typer.Option("--profiles", metavar="FILE", help="A TOML file with your own profiles."),
]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", metavar="", help="Show everything.", rich_help_panel="Output"),
]
Force = Annotated[
    bool,
    typer.Option("--force", metavar="", help="Overwrite the file even if it is not a bundle."),
]
LayoutName = Annotated[
    str | None,
    typer.Option(
        "--layout",
        metavar="NAME",
        help="The slide layout; see: mmspack layouts.",
        autocompletion=layout_names,
    ),
]
LayoutFolders = Annotated[
    list[Path] | None,
    typer.Option("--layouts", metavar="DIR", help="A folder with your own layouts."),
]
DialectName = Annotated[
    str,
    typer.Option(
        "--dialect",
        metavar="NAME",
        help=f"The gateway's bundle format (dialect): {', '.join(DIALECTS)}.",
    ),
]
AllowOutside = Annotated[
    bool,
    typer.Option(
        "--allow-outside",
        metavar="",
        help="Also use files outside both the message's folder and the current folder.",
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Value of a template variable; may be repeated."),
]


def bundle_in(path: Path) -> Path | bytes:
    """A bundle as an option or argument names it; `-` reads standard input. Raises `UsageError`."""
    if not is_dash(path):
        return path
    from mmspack.bundle.zip_reader import MAX_ARCHIVE_BYTES

    return read_stdin(MAX_ARCHIVE_BYTES)


def name_of(path: Path) -> str:
    """What messages call a file that was named on the command line."""
    return "standard input" if is_dash(path) else str(path)


def values_of(pairs: list[str] | None) -> dict[str, str]:
    """`--set` pairs as a mapping. Raises `UsageError`."""
    values = {}
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UsageError(
                f"--set {pair!r}: does not have the form NAME=VALUE", hint="such as --set name=Ada"
            )
        values[name.strip()] = value
    return values


def outside_allowed(given: bool) -> bool:
    """`--allow-outside`, or `allow_outside = true` in the user's own config file."""
    from mmspack.errors import ConfigError, InputError
    from mmspack.files import config_path, read_bytes

    if given:
        return True
    path = config_path()
    try:
        if b"allow_outside" not in read_bytes(path):  # the rest is about gateways, which take long to load
            return False
    except InputError:
        return False
    from mmspack.gateway.config_file import read_config

    try:
        return read_config(path).allow_outside
    except ConfigError:  # that is for those commands to report that need a gateway
        return False


def recipe_of(
    profile: list[str] | None,
    profiles: list[Path] | None,
    layouts: list[Path] | None = None,
    *,
    effort: str | None = None,
    dialect: str | None = None,
    cache: bool = True,
) -> Recipe:
    """How to build, as the options say. Raises `UsageError` for an unknown effort or dialect."""
    from mmspack.recipe import Recipe

    return Recipe(
        profile=profile,
        profile_files=profile_files(profiles),
        layout_folders=layouts,
        effort=effort,  # type: ignore[arg-type]  # any text may stand on a command line
        dialect=dialect,
        cache=cache,
    )


def profile_files(given: list[Path] | None) -> list[Path]:
    """The profile files to read: the user's own in the configuration folder, then those given."""
    import platformdirs

    own = platformdirs.user_config_path("mmspack") / "profiles.toml"
    return [*([own] if own.is_file() else []), *(given or [])]


def temporary_file(name: str) -> Path:
    """A path for a file that is only looked at."""
    import tempfile

    return Path(tempfile.mkdtemp(prefix="mmspack-")) / name
