"""The modules of the package as syntax trees, parsed once for all tests that look at them."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "mmspack"
MODULES = sorted(PACKAGE.rglob("*.py"))


@functools.cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module, in the order of `ast.walk`."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))
