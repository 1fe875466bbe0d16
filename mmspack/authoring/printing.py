"""Which values a template may print: those that read as text, and not as Python writes them."""

from __future__ import annotations

from mmspack.arguments import named

_NO_TEXT = (bytes, bytearray, memoryview, list, tuple, dict, set, frozenset)


def print_fault(value: object) -> str:
    """Why `value` would not be sent as a person has it: `a list`; empty where it would."""
    kind = type(value)
    plain = kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__
    return named(kind) if plain or isinstance(value, _NO_TEXT) else ""


def print_cure(value: object) -> str:
    """What to write instead."""
    if isinstance(value, list | tuple | set | frozenset):
        return "print its items: {{ name | join(', ') }}"
    if isinstance(value, dict):
        return "print one of its values: {{ name.key }}"
    return "give a text, a number or a date"
