"""Package MMS content: pictures, text and a layout in; a checked, zipped multimedia message out.

The flow, from an author's message to a delivered one:

>>> import mmspack
>>> message = mmspack.Message(
...     subject="Summer sale",
...     slides=[mmspack.Slide(text="Twenty per cent off everything, this week only.", seconds=5)],
...     layout="text-only",
... )
>>> built = mmspack.build(message, profile="uk")
>>> built.ok
True
>>> [part.name for part in built.bundle.parts]
['message.smil', 'text1.txt']
>>> with mmspack.Sandbox() as sandbox, mmspack.Gateway(
...     sandbox.url, user="demo", password="demo"
... ) as gateway:
...     receipt = gateway.send(built.bundle, to="447700900999", sender="447700900111")
...     sandbox.messages()[0].id == receipt.id
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmspack.version import VERSION

__version__ = VERSION

if TYPE_CHECKING:
    from mmspack.bundle.bundle import Bundle
    from mmspack.bundle.zip_reader import open_bundle
    from mmspack.errors import MmspackError
    from mmspack.gateway import Gateway
    from mmspack.message import Message, Overlay, Slide
    from mmspack.model import Finding, Report, Severity
    from mmspack.outcome import Outcome, Receipt
    from mmspack.pipeline import Build, build
    from mmspack.previewing.preview import preview
    from mmspack.profiles import Profile
    from mmspack.recipe import Recipe
    from mmspack.rules.checking import check
    from mmspack.sandbox import Sandbox

_HOMES = {
    "Build": "pipeline",
    "Bundle": "bundle.bundle",
    "Finding": "model",
    "Gateway": "gateway",
    "Message": "message",
    "MmspackError": "errors",
    "Outcome": "outcome",
    "Overlay": "message",
    "Profile": "profiles",
    "Receipt": "outcome",
    "Recipe": "recipe",
    "Report": "model",
    "Sandbox": "sandbox",
    "Severity": "model",
    "Slide": "message",
    "build": "pipeline",
    "check": "rules.checking",
    "open_bundle": "bundle.zip_reader",
    "preview": "previewing.preview",
}

__all__ = [
    "Build",
    "Bundle",
    "Finding",
    "Gateway",
    "Message",
    "MmspackError",
    "Outcome",
    "Overlay",
    "Profile",
    "Receipt",
    "Recipe",
    "Report",
    "Sandbox",
    "Severity",
    "Slide",
    "build",
    "check",
    "open_bundle",
    "preview",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: `import mmspack` alone stays fast."""
    if name in _HOMES:
        import importlib

        value = getattr(importlib.import_module(f"mmspack.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'mmspack' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*(name for name in globals() if name.startswith("__")), *_HOMES})
