"""What `preview` can write: a module for each ending of a file name, named as the ending.

A module in this folder is found by its name. It holds one `OUTPUT`, and nothing else has to know of it: the
command's help and errors list the modules.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmspack.previewing.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How it is to look, as far as an output can do it."""

    theme: str = "auto"
    """`auto`, `light` or `dark`."""
    paper: str = "a4"
    """`a4` or `letter`."""
    findings: bool = True
    """Whether the findings of the check are printed."""


@dataclass(frozen=True, slots=True)
class Output:
    """How a message becomes the bytes of a file."""

    render: Callable[[View, Style], bytes]
    compare: Callable[[View, View, Style], bytes] | None = None
    """Shows two messages side by side, where that can be done."""
    originals: bool = False
    """Whether it shows the sources beside what was made of them."""


def endings() -> tuple[str, ...]:
    """The endings that can be written: `.gif`, `.html` ... Loads none of them."""
    return tuple(f".{module.name}" for module in pkgutil.iter_modules(__path__))


def output_of(ending: str) -> Output:
    """The output for one of `endings()`."""
    output = importlib.import_module(f"{__name__}{ending}").OUTPUT
    if not isinstance(output, Output):
        raise TypeError(f"{__name__}{ending}: OUTPUT is not an Output")
    return output
