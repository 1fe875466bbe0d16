"""Which values a template may print: those that read as text, and not as Python writes them."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, ValuesView

from mmspack.arguments import named

_ITEMS = (list, tuple, set, frozenset, range, Iterator, KeysView, ItemsView, ValuesView)
_NO_TEXT = (bytes, bytearray, memoryview, dict, *_ITEMS)


def print_fault(value: object) -> str:
    """Why `value` would not be sent as a person has it: `a list`; empty where it would."""
    kind = type(value)
    # A method that was not called, `{{ name.upper }}`, describes itself as `<built-in method …>`.
    plain = kind.__str__ is object.__str__ and (
        kind.__repr__ is object.__repr__ or callable(value) or kind.__module__.startswith("jinja2.")
    )
    return named(kind) if plain or isinstance(value, (bool, *_NO_TEXT)) else ""


def print_cure(value: object) -> str:
    """What to write instead."""
    if isinstance(value, _ITEMS):
        return "print its items: {{ name | join(', ') }}"
    if callable(value):
        return "put () behind its name"
    if isinstance(value, dict):
        return "print one of its values: {{ name.key }}"
    if isinstance(value, bool):
        return "print words that depend on it: {{ 'yes' if name else 'no' }}"
    return "give a text, a number or a date"
