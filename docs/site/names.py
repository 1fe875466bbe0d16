"""The reference of the public Python names, made of their signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence

import griffe

import mmspack
import mmspack.authoring
import mmspack.campaign
import mmspack.errors
import mmspack.gateway
import mmspack.sandbox

PAGES: dict[str, tuple[str, dict[str, Sequence[str]]]] = {
    "python": ("Python: messages, bundles, checks", {"mmspack": mmspack.__all__}),
    "tools-python": (
        "Python: files, profiles, repairs, comparisons",
        {
            "mmspack.authoring": mmspack.authoring.__all__,
            "mmspack.profiles": ("get", "load"),
            "mmspack.fixing": ("fix", "FixResult", "Change", "Left"),
            "mmspack.inspecting": ("inspect", "Inspection", "SlideSummary", "PartSummary", "PhoneReading"),
            "mmspack.diffing": ("diff", "Difference"),
            "mmspack.bundle.binary.reader": ("read_mms", "BinaryMessage"),
            "mmspack.bundle.binary.writer": ("write_mms",),
        },
    ),
    "gateway-python": (
        "Python: gateways",
        {
            "mmspack.gateway": mmspack.gateway.__all__,
            "mmspack.gateway.listener.listening": ("Listener", "create_listener"),
            "mmspack.gateway.listener.mailbox": ("Mailbox", "Event"),
            "mmspack.gateway.listener.handing": ("command", "webhook", "HandlingFailed"),
        },
    ),
    "campaign-python": ("Python: campaigns", {"mmspack.campaign": mmspack.campaign.__all__}),
    "sandbox-python": ("Python: the sandbox", {"mmspack.sandbox": mmspack.sandbox.__all__}),
}
"""Each page: its title, and its names by the module from which they are imported."""
_DOCTEST = re.compile(r"^(?P<indent> *)>>> .*(?:\n(?P=indent)\S.*)*", re.MULTILINE)


def names_pages() -> dict[str, str]:
    """The pages by name, in Markdown."""
    package = griffe.load("mmspack", resolve_aliases=True)
    pages = {}
    for page, (title, modules) in PAGES.items():
        blocks = []
        for module, names in modules.items():
            found = package if module == "mmspack" else package[module.removeprefix("mmspack.")]
            blocks += [block for name in names for block in _entry(f"{module}.{name}", found[name])]
        pages[page] = "\n".join([f"# {title}", "", *_errors(page), *blocks]) + "\n"
    return pages


def _errors(page: str) -> Iterator[str]:
    """The tree of exceptions, on the first page."""
    if page == "python":
        yield from ("## Errors", "", "```text", _cleaned(mmspack.errors.__doc__ or ""), "```", "")


def _entry(name: str, thing: griffe.Object | griffe.Alias) -> Iterator[str]:
    target = thing.final_target if isinstance(thing, griffe.Alias) else thing
    yield from (f"## `{name}`", "")
    if isinstance(target, griffe.Class):
        yield from _class(name.rpartition(".")[2], target)
    elif isinstance(target, griffe.Function):
        yield from (*_signature(name.rpartition(".")[2], target), _prose(target), "")
    else:
        yield from (_prose(target), "")


def _class(name: str, thing: griffe.Class) -> Iterator[str]:
    init = thing.members.get("__init__")
    if isinstance(init, griffe.Function):
        yield from _signature(name, init)
    yield from (_prose(thing), "")
    if isinstance(init, griffe.Function) and init.docstring:
        yield from (_prose(init), "")
    for member in thing.members.values():
        public = not member.name.startswith("_") and not member.is_alias
        if public and isinstance(member, griffe.Attribute) and "property" not in member.labels:
            yield from _attribute(member)
    for member in thing.all_members.values():
        if isinstance(member, griffe.Alias) and member.inherited:
            member = member.final_target
        if member.name.startswith("_") or member.is_alias:
            continue
        if isinstance(member, griffe.Function):
            yield from (f"### `{name}.{member.name}()`", "", *_signature(member.name, member))
            yield from (_prose(member), "")
        elif isinstance(member, griffe.Attribute) and "property" in member.labels:
            yield from (f"### `{name}.{member.name}`", "", _prose(member), "")


def _attribute(one: griffe.Attribute) -> Iterator[str]:
    kind = f": {one.annotation}" if one.annotation else ""
    words = f"\n  {_cleaned(one.docstring.value)}" if one.docstring else ""
    yield from (f"- `{one.name}{kind}`{words}", "")


def _signature(name: str, function: griffe.Function) -> Iterator[str]:
    """The call as it is written, a keyword a line where there are many."""
    words = []
    star = False
    for one in function.parameters:
        if one.name in ("self", "cls") or one.kind is griffe.ParameterKind.var_keyword:
            continue
        if one.kind is griffe.ParameterKind.keyword_only and not star:
            star = True
            words.append("*")
        value = f" = {one.default}" if one.default is not None else ""
        words.append(f"{one.name}{f': {one.annotation}' if one.annotation else ''}{value}")
    returns = f" -> {function.returns}" if function.returns and function.name != "__init__" else ""
    short = f"{name}({', '.join(words)}){returns}"
    body = "".join(f"    {word},\n" for word in words)
    yield from ("```python", short if len(short) < 90 else f"{name}(\n{body}){returns}", "```", "")


def _prose(thing: griffe.Object) -> str:
    return _DOCTEST.sub(lambda found: f"```python\n{found[0]}\n```", _cleaned(_said(thing)))


def _said(thing: griffe.Object) -> str:
    return thing.docstring.value if thing.docstring else ""


def _cleaned(text: str) -> str:
    return inspect.cleandoc(text)
