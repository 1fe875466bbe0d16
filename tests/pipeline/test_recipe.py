"""How a message is built is one value, and whatever is wrong with it is said in one line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mmspack import Message, Recipe, Slide, build
from mmspack.errors import AuthoringError, ConfigError, UsageError
from mmspack.pipeline import plan
from mmspack.profiles import get

MESSAGE = Message(slides=[Slide(text="Hello")], layout="text-only", profile="us-att")
OURS = '[uk]\nwarn_bytes = 5000\n[ours]\ntitle = "Ours"\nmax_bytes = 9000\nmax_width = 9\nmax_height = 9\n'
OURS += 'source = "contract"\ndate = "2026-03-01"\n'


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    path = tmp_path / "ours.toml"
    path.write_text(OURS)
    return path


def test_keywords_and_a_recipe_build_the_same(ours):
    given = {"profile": "ours,uk", "profile_files": [ours], "effort": "fast", "dialect": "vianett"}
    by_recipe = build(MESSAGE, recipe=Recipe(**given))
    assert build(MESSAGE, **given) == by_recipe
    assert [part.name for part in by_recipe.bundle.parts] == ["mms.smil", "text1.txt"]
    assert [report.profile for report in by_recipe.reports] == ["ours", "uk"]
    assert by_recipe.fitted_to == 5000


def test_the_message_names_the_profile_where_the_recipe_does_not():
    assert build(MESSAGE).report.profile == "us-att"
    assert build(MESSAGE, recipe=Recipe(profile="us-verizon")).report.profile == "us-verizon"
    assert build(replace(MESSAGE, profile=None)).report.profile == "uk"


@pytest.mark.parametrize(
    "profile", ["uk,us-att", ["uk", "us-att"], ["uk", get("us-att")], ("uk, us-att", "uk")]
)
def test_profiles_come_in_any_shape(profile):
    found = Recipe(profile=profile).profiles_of()
    assert [one.name for one in found] == ["uk", "us-att"]


def test_one_path_need_not_be_a_list(ours):
    assert Recipe(profile_files=str(ours)) == Recipe(profile_files=[ours])
    assert Recipe(layout_folders="mine").layout_folders == (Path("mine"),)
    assert Recipe(layout_folders=(name for name in ("a", "b"))).layout_folders == (Path("a"), Path("b"))


def test_a_recipe_and_a_keyword_beside_it_are_refused():
    with pytest.raises(
        UsageError, match=r"recipe and effort: .* \(dataclasses\.replace\(recipe, effort=…\)\)"
    ):
        build(MESSAGE, recipe=Recipe(), effort="best")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"profile": 5}, "profile: expected a name or a Profile, found int"),
        ({"profile": ["uk", None]}, "profile: expected a name or a Profile, found NoneType"),
        ({"profile": b"uk"}, "profile: expected a name or a Profile, found bytes"),
        ({"profile_files": 5}, "profile_files: expected paths, found int"),
        ({"layout_folders": ["a", 5]}, "layout_folders: expected a path, found int"),
        ({"effort": 3}, "effort: expected text, found int"),
        ({"dialect": 5}, "dialect: expected a name, found int"),
        ({"cache": "yes"}, "cache: expected True or False, found str"),
        ({"recipe": "uk"}, "recipe: expected a Recipe, found str"),
    ],
)
def test_a_value_of_a_wrong_type_is_one_error_with_its_key(given, said):
    with pytest.raises(AuthoringError) as caught:
        build(MESSAGE, **given)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"effort": "great"}, UsageError, r"no effort 'great' \(there are: fast, good, best\)"),
        ({"dialect": "vianet"}, UsageError, r"no dialect 'vianet' \(did you mean 'vianett'\?\)"),
        ({"profile": "uk2"}, ConfigError, r"no profile 'uk2' \(did you mean 'uk'\?\)"),
        ({"profile": ""}, ConfigError, "no profile ''"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_with_the_nearest(given, kind, said):
    with pytest.raises(kind, match=said):
        build(MESSAGE, **given)


def test_an_unknown_keyword_is_named():
    with pytest.raises(TypeError, match="efort"):
        build(MESSAGE, efort="best")
    with pytest.raises(TypeError, match="efort"):
        Recipe(efort="best")


def test_a_plan_takes_the_recipe_and_efforts_of_its_own():
    rows = plan(MESSAGE, recipe=Recipe(profile="uk"), efforts=["fast", "best"])
    assert [(row.profile, row.effort) for row in rows] == [("uk", "fast"), ("uk", "best")]
    with pytest.raises(UsageError, match="no effort 'great'"):
        plan(MESSAGE, efforts=["great"])


def test_a_build_without_a_check_has_no_reports_and_the_same_bytes():
    built = build(MESSAGE, check=False)
    assert built.reports == ()
    assert built.bundle.data == build(MESSAGE).bundle.data
    with pytest.raises(UsageError, match="not checked"):
        _ = built.report


def test_a_campaign_refuses_a_dialect_that_it_cannot_send(tmp_path):
    from mmspack.campaign import Order
    from mmspack.campaign import plan as plan_campaign

    (tmp_path / "message.toml").write_text('[[slides]]\ntext = "Hello"\n')
    (tmp_path / "people.csv").write_text("msisdn\n447700900001\n")
    order = Order(
        message=tmp_path / "message.toml",
        recipients=tmp_path / "people.csv",
        recipe=Recipe(dialect="vianett"),
    )
    with pytest.raises(UsageError, match="dialect 'vianett'"):
        plan_campaign(order)
