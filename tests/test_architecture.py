"""The house: imports point down, heavy packages stay where they belong, starting up stays light."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
import typer

from mmspack.cli import app
from mmspack.gateway import doors
from tests.sources import MODULES, PACKAGE, nodes_of

LAYERS = [
    {"arguments", "errors", "front", "outcome", "problem", "version", "words"},
    {"files"},
    {"source", "model"},
    {"message", "fitted"},
    {"media", "smil", "authoring", "profiles"},
    {"film"},
    {"fitting"},
    {"bundle"},
    {"facts", "recipe"},
    {"rules"},
    {"gateway", "fixing", "inspecting", "diffing"},
    {"pipeline", "sandbox", "previewing"},
    {"campaign"},
    {"cli"},
    {"__init__", "__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
HOMES = {
    "PIL": {"source", "media", "fitting", "diffing", "previewing"},
    "ajpegli": {"media"},
    "zxingcpp": {"media"},
    "av": {"film"},
    "numpy": {"media", "film", "fitting", "diffing"},
    "simplejpeg": {"media"},
    "jinja2": {"smil", "authoring", "sandbox", "previewing", "campaign"},
    "socket": {"gateway", "sandbox"},
    "lxml": {"smil", "gateway", "sandbox"},
    "watchfiles": {"previewing"},
    "httpx2": {"gateway", "sandbox"},
    "starlette": {"gateway", "sandbox", "previewing"},
    "uvicorn": {"gateway", "sandbox"},
    "sqlite3": {"gateway", "sandbox", "campaign"},
    "typer": {"cli"},
    "rich": {"cli"},
}
SERVER = "only for what serves pages"
WEB = "only once something is sent or fetched"
PIXELS = "only where there is a picture: a text is built and checked without"
TEMPLATES = "only where there is a template"
EXTRA = "an optional package"
LATE = {
    "words": {"wcwidth": "only for a text beyond ASCII"},
    "__init__": {"importlib": "only for a name that is used"},
    "__main__": {
        "mmspack.cli": "inside what turns an exception into one line",
        "mmspack.front": "only for the first page of the help",
        "mmspack.version": "only for --version",
    },
    "authoring": {
        "jinja2": TEMPLATES,
        "mmspack.authoring.bounded": TEMPLATES,
        "mmspack.profiles": "only for the schema",
        "mmspack.smil.layouts": "only for the schema",
        "mmspack.media": PIXELS,
    },
    "bundle": {
        "hashlib": "only for a bundle's hash",
        "javaproperties": "only for a manifest that is odd, or written",
        "mmspack.bundle.binary.reader": "only for a binary message",
        "mmspack.files": "only for a path",
    },
    "campaign": {
        "distributed": EXTRA,
        "fsspec": EXTRA,
        "pyarrow": EXTRA,
        "python_calamine": "only for a workbook",
        "mmspack.media.drawing": PIXELS,
        "platformdirs": "only where no folder is named",
    },
    "files": {"platformdirs": "only where no file is named"},
    "film": {"resource": "not on Windows"},
    "fitting": {"mmspack.fitting": PIXELS, "mmspack.media": PIXELS},
    "fixing": {"mmspack.fitting": PIXELS},
    "gateway": {
        "asyncio": "only for the asynchronous client",
        "httpx2": WEB,
        "mmspack.bundle.zip_reader": WEB,
        "mmspack.gateway": "only for what comes back, or for a bundle that is hosted first",
        "phonenumbers": WEB,
        "python_multipart": SERVER,
        "starlette": SERVER,
        "urllib.parse": WEB,
        "urllib.request": "only for a proxy of the environment",
        "uvicorn": SERVER,
    },
    "media": {
        "PIL": PIXELS,
        "ajpegli": EXTRA,
        "zxingcpp": EXTRA,
        "barcode": "only for a bar code",
        "ftfy": "only for a text with suspicious letters",
        "mmspack.media": PIXELS,
        "numpy": PIXELS,
        "pillow_heif": EXTRA,
        "segno": "only for a QR code",
        "simplejpeg": "only for a JPEG",
    },
    "previewing": {
        "jinja2": "only for the page: storyboards do without",
        "markupsafe": "only for the page",
        "starlette": "only for --watch",
        "typst": EXTRA,
        "watchfiles": "only for --watch",
    },
    "sandbox": {
        "httpx2": WEB,
        "mmspack": "only once the sandbox runs, or a page is asked for",
        "platformdirs": "only where no folder is named",
    },
    "smil": {"jinja2": TEMPLATES, "mmspack.authoring.bounded": TEMPLATES, "mmspack.smil": TEMPLATES},
    "source": {"PIL": PIXELS},
}
"""Packages and modules that a room imports inside of functions, with the reason.

In `cli` all may be: the file of a command is loaded for its own help and for completion as well, which need
little of what it needs to run.
"""


def wing(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def runtime_imports(path: Path) -> Iterator[tuple[str, int]]:
    """Modules that a file imports when it runs, with the line; imports for type checkers left out."""
    for_types = {
        id(node)
        for block in nodes_of(path)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in nodes_of(path):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "mmspack":
                yield from ((f"mmspack.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(PACKAGE)}:{line}"


def test_imports_point_down_the_layers():
    wrong = [
        f"{place(path, line)} imports {module} from a layer above"
        for path in MODULES
        for module, line in runtime_imports(path)
        if module.startswith("mmspack.")
        if LEVEL[module.split(".")[1]] > LEVEL[wing(path)]
    ]
    assert wrong == []


def test_heavy_packages_stay_where_they_belong():
    wrong = [
        f"{place(path, line)} imports {module}"
        for path in MODULES
        for module, line in runtime_imports(path)
        if wing(path) not in HOMES.get(module.split(".")[0], {wing(path)})
    ]
    assert wrong == []


def test_only_the_command_line_prints_or_exits():
    wrong = [
        f"{place(path, node.lineno)} calls {ast.unparse(node.func)}"
        for path in MODULES
        if wing(path) not in {"cli", "__main__"}
        for node in nodes_of(path)
        if isinstance(node, ast.Call)
        if ast.unparse(node.func) in {"print", "sys.exit", "exit", "os._exit"}
    ]
    assert wrong == []


def test_importing_mmspack_loads_nothing_heavy():
    heavy = sorted({*HOMES, "phonenumbers", "javaproperties"} - {"socket"})
    code = f"import sys, mmspack; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there():
    import mmspack

    for name in mmspack.__all__:
        assert getattr(mmspack, name) is not None
    assert set(mmspack.__all__) <= set(dir(mmspack))
    with pytest.raises(AttributeError):
        mmspack.nothing  # noqa: B018


def commands(group, *names: str) -> Iterator[tuple[tuple[str, ...], Callable[..., None]]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *names, name)
        else:
            yield (*names, name), command.callback


def test_each_command_has_a_file_of_its_name():
    found = list(commands(typer.main.get_group(app)))
    assert len(found) > 20
    for names, callback in found:
        assert inspect.unwrap(callback).__module__ == ".".join(("mmspack.cli", *names))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def all_imports(path: Path, modules: Collection[str]) -> set[str]:
    """Modules of the package that a file names, also where only a type checker reads it."""
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in modules else node.module for name in named}
    return found & set(modules) - {module_of(path)}


def test_no_modules_import_one_another_in_a_circle():
    modules = {module_of(path): path for path in MODULES}
    graph = {name: all_imports(path, modules) for name, path in modules.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' → '.join(reversed(error.args[1]))}")
    assert len(order) == len(modules)


def test_no_class_name_means_two_things():
    homes = defaultdict(list)
    for path in MODULES:
        for node in nodes_of(path):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


def test_the_table_of_rooms_is_true():
    table = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    rooms = [(int(level), name) for level, names, _ in table for name in re.findall(r"`(\w+)/?`", names)]
    assert sorted(rooms) == sorted((level, name) for name, level in LEVEL.items())
    assert {name for _, name in rooms} == {wing(path) for path in MODULES}
    for _, names, text in table:
        folders = {
            path.parent.name
            for name in re.findall(r"`(\w+)/`", names)
            for path in (PACKAGE / name).glob("*/__init__.py")
        }
        assert set(re.findall(r"`(\w+)/`", text)) == folders, names


def late_imports(path: Path) -> Iterator[tuple[str, int]]:
    for function in nodes_of(path):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    yield from ((alias.name, node.lineno) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    yield node.module, node.lineno


def is_known(module: str, reasons: Collection[str]) -> bool:
    return any(module == known or module.startswith(f"{known}.") for known in reasons)


def test_imports_stand_at_the_top_unless_there_is_a_reason():
    wrong = [
        f"{place(path, line)} imports {module} inside of a function"
        for path in MODULES
        if wing(path) != "cli"
        for module, line in late_imports(path)
        if not is_known(module, LATE.get(wing(path), {}))
    ]
    assert wrong == []


def test_every_reason_for_a_late_import_is_needed():
    late = {(wing(path), module) for path in MODULES for module, _ in late_imports(path)}
    for room, reasons in LATE.items():
        for known in reasons:
            assert any(own == room and is_known(module, {known}) for own, module in late), f"{room}: {known}"


def test_only_its_own_folders_know_a_door() -> None:
    homes = {PACKAGE / wing / name: name for wing in ("gateway", "sandbox") for name in doors.names()}
    for path in MODULES:
        own = {homes[folder] for folder in path.parents if folder in homes}
        others = {f".{name}" for name in doors.names()} - {f".{name}" for name in own}
        for node in nodes_of(path):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                assert not [one for one in others if one in module], f"{path}: {module}"
