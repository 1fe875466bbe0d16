"""A template ends, whatever it asks for: within counted steps and bounded memory."""

from __future__ import annotations

import tracemalloc

import pytest

from mmspack import Message, Slide, build
from mmspack.authoring.bounded import MAX_STEPS, _Allowance
from mmspack.authoring.templating import render_text
from mmspack.errors import AuthoringError
from mmspack.smil.layouts import SlideNames, render


def growing(start: str, step: str) -> str:
    """A template in which a value grows 60 times."""
    return f"{{% set n = namespace(x={start}) %}}{{% for i in range(60) %}}{step}{{% endfor %}}"


GREEDY = {
    "two loops": "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    "a loop over a very long range": "{% for i in range(10 ** 9) %}x{% endfor %}",
    "a loop that writes much": "{% for i in range(9999) %}" + "x" * 500 + "{% endfor %}",
    "a recursive loop": "{% for i in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}",
    "a recursive loop over much": "{% set r = range(9999) %}{% for i in r recursive %}"
    "{% if loop.depth == 1 %}{{ loop(r) }}{% endif %}{% endfor %}",
    "a macro that calls itself": "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "a power": "{{ 10 ** (10 ** 8) }}",
    "a power of a power": "{{ (2 ** 4000) ** 4000 }}",
    "squares": growing("3", "{% set n.x = n.x * n.x %}") + "{{ n.x }}",
    "a text a billion times": "{{ 'x' * 10 ** 9 }}",
    "a billion times a text": "{{ 1000000000 * 'x' }}",
    "a list a billion times": "{{ [0] * 1000000000 }}",
    "a text doubled": growing("'xx'", "{% set n.x = n.x + n.x %}"),
    "a text joined": growing("'xx'", "{% set n.x = n.x ~ n.x %}"),
    "a list in a list": growing("[1]", "{% set n.x = [n.x, n.x] %}") + "{{ n.x == 1 }}{{ n.x }}",
    "a block that is set": growing("'xx'", "{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}"),
    "center": "{{ 'x'|center(1000000000) }}",
    "center by a method": "{{ 'x'.center(1000000000) }}",
    "zfill": "{{ 'x'.zfill(1000000000) }}",
    "indent": "{{ 'x\n'|indent(1000000000) }}",
    "indent of many lines": "{{ ('x\n' * 9999)|indent(9999) }}",
    "batch": "{{ [1]|batch(1000000000, 'x')|list }}",
    "slice": "{{ [1]|slice(1000000000, 'x')|list }}",
    "format": "{{ '%1000000000d'|format(1) }}",
    "format by an operator": "{{ '%1000000000d' % 1 }}",
    "format by a method": "{{ '{:1000000000}'.format(1) }}",
    "format with a width from elsewhere": "{{ '{:{}}'.format(1, 1000000000) }}{{ '%*d' % (1000000000, 1) }}",
    "replace": "{{ ('x' * 99999).replace('x', 'y' * 99999) }}",
    "join": "{{ range(9999)|join('y' * 99999) }}",
    "join by a method": "{{ ('y' * 99999).join(['x'] * 9999) }}",
    "expandtabs": "{{ '\t'.expandtabs(1000000000) }}",
    "wordwrap": "{{ ('x ' * 9999)|wordwrap(1, True, 'y' * 9999) }}",
    "map to center": "{{ ['x']|map('center', 1000000000)|list }}",
    "lipsum": "{{ lipsum(n=100000) }}",
    "sum of lists": "{{ ([[1]] * 9999)|sum(start=[]) }}",
    "a long template": "{{ 1 }}" * 40_000,
    "nested brackets": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "nested loops": "{% for i in [1] %}" * 30 + "{% endfor %}" * 30,
    "a number with too many digits": "{{ 2 ** 4000 * 2 ** 4000 }}",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", GREEDY)
def test_a_greedy_template_is_refused_in_one_line_and_little_memory(name):
    tracemalloc.start()
    try:
        with pytest.raises(AuthoringError) as caught:
            render_text(GREEDY[name], {}, where="text")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 300


LONG_TEXT = growing("'x'", "{% if i < 18 %}{% set n.x = n.x ~ n.x %}{% endif %}")
LONG_LIST = growing("[1]", "{% if i < 13 %}{% set n.x = n.x + n.x %}{% endif %}")
READ = [
    *((LONG_TEXT, work) for work in (
        "set b = n.x|wordcount", "set b = n.x.count('xxy')", "if 'xxy' in n.x %}{% endif", "set b = n.x[1:]",
        "if n.x is upper %}{% endif", "if n.x == n.x %}{% endif")),
    *((LONG_LIST, work) for work in (
        "set b = n.x|sort|first", "set b = n.x|map(attribute='real')|sum", "if 2 in n.x %}{% endif",
        "if 2 is in n.x %}{% endif", "set b = n.x|select('even')|first")),
]  # fmt: skip
"""What reads much and makes little of it."""


@pytest.mark.slow
@pytest.mark.parametrize(("long", "work"), READ)
def test_what_is_read_again_and_again_is_counted_however_little_comes_of_it(long, work):
    loops = "{% for i in range(9000) %}{% for j in range(9) %}{% " + work + " %}{% endfor %}{% endfor %}"
    with pytest.raises(AuthoringError, match=f"more than {MAX_STEPS:,} steps"):
        render_text(long + loops, {}, where="text")


def test_the_steps_are_counted_and_not_timed(monkeypatch):
    counted = []
    step = _Allowance.step
    monkeypatch.setattr(
        _Allowance, "step", lambda self, count=1: (counted.append(count), step(self, count))[1]
    )
    with pytest.raises(AuthoringError, match=f"more than {MAX_STEPS:,} steps"):
        render_text(GREEDY["two loops"], {}, where="text")
    assert sum(counted) <= 1.1 * MAX_STEPS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "{% for name in names %}{{ loop.index }}/{{ loop.length }} {{ name }}\n{% endfor %}",
            "1/2 Ada\n2/2 Bo\n",
        ),
        (
            "{{ names|join(' & ') }}, {{ '%.2f' % price }}, {{ '{:>6.1f}'.format(price) }}",
            "Ada & Bo, 9.50,    9.5",
        ),
        ("{% macro hi(who) %}Hi {{ who }}!{% endmacro %}{{ hi('Ada') }}{{ hi('Bo') }}", "Hi Ada!Hi Bo!"),
        ("{{ ('-' * 10) ~ price ~ names[0] }}", "----------9.5Ada"),
        ("{% for row in [1, 2, 3]|batch(2, 0) %}{{ row|join }};{% endfor %}", "12;30;"),
        ("{{ 2 ** 10 + 3 }} {{ price|round(1) }} {{ 'x'|center(5) }}|", "1027 9.5   x  |"),
        ("{{ missing|default('nobody') }} {{ names|map('upper')|join(' ') }}", "nobody ADA BO"),
        (
            "{% for a in tree recursive %}{{ a.name }}{{ loop(a.below) if a.below }}{% endfor %}",
            "rootleaf",
        ),
    ],
)
def test_an_ordinary_template_does_what_it_did(text, said):
    tree = [{"name": "root", "below": [{"name": "leaf", "below": []}]}]
    values = {"names": ["Ada", "Bo"], "price": 9.5, "tree": tree}
    assert render_text(text, values, where="text") == said


def test_subjects_and_texts_are_bounded_alike():
    message = Message(
        subject="{{ 'x' * 10 ** 9 }}", slides=[Slide(text="{{ 9 ** (9 ** 9) }}")], layout="text-only"
    )
    with pytest.raises(AuthoringError) as caught:
        build(message, values={})
    assert len(caught.value.problems) == 2


def test_a_layout_is_bounded_too(tmp_path):
    (tmp_path / "greedy.smil.j2").write_text("{# Greedy. #}" + GREEDY["two loops"])
    slide = SlideNames(number=1, dur=5000, text="text1.txt")
    with pytest.raises(AuthoringError, match=r"more than .* steps"):
        render("greedy", [slide], width=480, height=640, folders=[tmp_path])
