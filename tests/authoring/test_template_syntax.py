"""Templates that cannot be read: each wrong tag is named with its cure, together with all other mistakes."""

from __future__ import annotations

import pytest

from mmspack.authoring.compiling import compiled, names_in
from mmspack.authoring.templating import jinja_template, render_text
from mmspack.errors import AuthoringError


def problems(text: str) -> list[str]:
    with pytest.raises(AuthoringError) as found:
        jinja_template(text, where="text")
    return [str(problem) for problem in found.value.problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {{ name", "text: '{{ name' is not closed (write {{ name }})"),
        ("Hi {{ name }, {{ city }}", "text: '{{ name },' is not closed (write {{ name }})"),
        ("Hi {{ first name }}", "text: '{{ first name }}': a name is one word (write {{ first_name }})"),
        ("Hi {{ first-name now }}", "text: '{{ first-name now }}': a name is one word"),
        ("Hi {{ }}", "text: '{{ }}' names no value (write a place for a value as {{ name }})"),
        ("{% if vip %}Hello", "text: '{% if vip %}' has no end (add {% endif %})"),
        ("Hello{% endif %}", "text: '{% endif %}' closes nothing"),
        ("Hello {% if vip", "text: '{% if vip' is not closed (end it with %})"),
        ("Hello {# note", "text: '{# note' is not closed (end it with #})"),
        ("one\ntwo {{ name\n", "text: line 2 of it: '{{ name' is not closed"),
    ],
)
def test_a_wrong_tag_is_shown_with_its_cure(text, said):
    assert problems(text)[0].startswith(said)


def test_every_wrong_tag_is_named():
    found = problems("{{ first name }} {% if a %} {{ last name }} {{ city")
    assert [one.partition("'")[2].partition("'")[0] for one in found] == [
        "{{ first name }}",
        "{{ last name }}",
        "{{ city",
        "{% if a %}",
    ]


def test_a_tag_in_raw_text_is_text():
    assert len(problems("{% raw %}{{ a b }}{% endraw %} {{ c d }}")) == 1


def test_a_wrong_template_comes_with_all_other_mistakes(tmp_path, mmspack):
    (tmp_path / "message.toml").write_text(
        'subject = "Hi {{ name"\n[[slides]]\nimage = "none.jpg"\ntext = "{{ first name }}"\nsecnds = 3\n'
    )
    ran = mmspack("build", "message.toml")
    assert ran.code == 2
    lines = ran.err.splitlines()
    assert [line.split(": ")[2].partition(",")[0] for line in lines] == ["subject", *["slide 1"] * 3]
    assert "none.jpg" in ran.err
    assert "secnds" in ran.err


@pytest.mark.parametrize(
    "text",
    ["Hello {% if vip", "{{ name", "Hi {# note", "{{ }}", "{% if vip %}Hello", "{% set a = 1 %}{{ b c }}"],
)
def test_one_mistake_is_named_once(text):
    assert len(problems(text)) == 1


def test_a_template_that_nests_too_deeply_is_refused_in_words():
    assert problems("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}") == [
        "text: the template is nested too deeply"
    ]


VALUES = {"name": "Ann", "code": 7, "empty": "", "none": None, "item": "<b>", "loop": "x"}


@pytest.mark.parametrize(
    "text",
    [
        "", "No places.", "a } b }} c", "Hi {{ name }}!", "{{name}}{{code}}", "{{ name }}\r\n{{ code }}\r",
        "{{ empty }}", "{{ none }}", "{{ item }}", "{{ loop }}", "{{ name|upper }}", "{{ true }}",
        "{% if code %}a{% endif %}", "{# left out #}{{ name }}", "{ {{ name }} }", "{{ missing }}",
        "{{ name }} {{ missing }}", "{{ name }", "{{ range }}",
    ],
)  # fmt: skip
def test_a_template_made_ready_for_a_campaign_gives_what_one_message_gives(text):
    def said(fill):
        try:
            return fill()
        except AuthoringError as error:
            return str(error)

    plainly = said(lambda: render_text(text, VALUES, where="text"))
    assert said(lambda: compiled(text, where="text")(VALUES)) == plainly


def test_a_campaign_asks_for_the_names_that_its_templates_take():
    assert names_in("Hi {{ name }}, {% if vip %}{{ code }}{% endif %}") == {"name", "vip", "code"}
    assert names_in("No places.") == set()
