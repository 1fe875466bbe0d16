"""Profiles are dated data: each build says which one it used, who chose it, and whether it is old."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mmspack import profiles
from mmspack.errors import ConfigError
from mmspack.message import Message, Slide
from mmspack.model import Severity
from mmspack.pipeline import build
from mmspack.recipe import Recipe
from mmspack.rules.checking import check
from tests.rules.scenes import noise, scene

TODAY = datetime.date(2026, 11, 26)
WORDS = Message(slides=[Slide(text="Hello")], layout="text-only")


@pytest.mark.parametrize(
    ("name", "limit", "subject"),
    [
        ("us", 500_000, 80),
        ("us-tollfree", 525_000, 80),
        ("us-shortcode", 600_000, 80),
        ("us-10dlc", 1_000_000, 80),
        ("us-att", 525_000, 80),
        ("us-att-10dlc", 1_000_000, 80),
        ("us-tmobile", 525_000, 80),
        ("us-verizon", 525_000, 80),
        ("ca", 1_000_000, 40),
        ("fr", 614_400, 40),
        ("au", 500_000, 64),
        ("au-telstra", 2_000_000, 64),
        ("au-optus", 1_500_000, 64),
        ("au-vodafone", 500_000, 64),
        ("world", 300_000, 66),
        ("clicksend", 250_000, 20),
        ("uk", 300_000, 40),
    ],
)
def test_a_profile_holds_the_smallest_limit_that_was_published_for_what_it_names(
    name: str, limit: int, subject: int
) -> None:
    found = profiles.get(name)
    assert (found.max_bytes, found.subject_max) == (limit, subject)
    assert (found.warn_bytes or 0) <= limit


@pytest.mark.parametrize("name", ["us-att", "us-tmobile", "us-verizon"])
def test_a_carrier_without_a_number_type_is_never_looser_than_one_of_its_number_types(name: str) -> None:
    kinds = [one for one in profiles.load().values() if one.name.startswith(name)]
    assert len(kinds) > 1
    assert profiles.get(name).max_bytes <= min(one.max_bytes for one in kinds)
    assert profiles.get("us").max_bytes <= profiles.get(name).max_bytes


def test_every_profile_has_a_source_and_a_date_on_which_it_could_be_read() -> None:
    for one in profiles.load().values():
        assert one.source, one.name
        assert datetime.date.fromisoformat(one.date) <= TODAY, one.name


def test_a_profile_is_outdated_after_two_years_to_the_day() -> None:
    made = replace(profiles.get("uk"), date="2024-03-01")
    assert not made.is_outdated(datetime.date(2026, 3, 1))
    assert made.is_outdated(datetime.date(2026, 3, 3))
    assert [one.name for one in profiles.load().values() if one.is_outdated(TODAY)] == [
        "ca",
        "fr",
        "android-default",
    ]


@pytest.mark.parametrize("name", ["fr", "android-default"])
def test_what_phones_send_is_a_warning_and_never_an_error(name: str) -> None:
    made = scene(files={"image1.jpg": noise(900, 800), "text1.txt": b"Hello"})
    found = {one.id: one.severity for one in check(made.data, profile=name).findings}
    assert found["MMS501"] is Severity.WARNING


def test_a_build_knows_who_chose_its_profiles() -> None:
    assert build(WORDS).chosen_by == "default"
    assert [one.name for one in build(WORDS).profiles] == ["uk"]
    assert build(replace(WORDS, profile="ca")).chosen_by == "message"
    made = build(replace(WORDS, profile="ca"), recipe=Recipe(profile="us,fr"))
    assert (made.chosen_by, [one.name for one in made.profiles]) == ("recipe", ["us", "fr"])


def test_a_build_names_the_file_that_changed_a_profile(tmp_path: Path) -> None:
    own = tmp_path / "contract.toml"
    own.write_text('[uk]\nwarn_bytes = 290000\nsource = "annex 2"\n')
    (made,) = build(WORDS, profile="uk", profile_files=own).profiles
    assert (made.origin, made.source, made.warn_bytes) == (str(own), "annex 2", 290_000)
    assert profiles.get("uk").origin == ""
    own.write_text('[uk]\norigin = "elsewhere"\n')
    with pytest.raises(ConfigError, match="unknown key"):
        build(WORDS, profile="uk", profile_files=own)


OWN = """
[old]
title = "An old contract"
max_bytes = 300000
max_width = 640
max_height = 480
source = "annex 2"
date = "2001-01-01"

[new]
title = "A new contract"
max_bytes = 300000
max_width = 640
max_height = 480
source = "annex 3"
date = "{today}"
"""


def flat(text: str) -> str:
    """Without the breaks of lines, which depend on the terminal."""
    return " ".join(text.split())


def test_the_commands_say_which_profile_was_used_and_whether_it_is_old(mmspack, tmp_path: Path) -> None:
    (tmp_path / "message.toml").write_text(
        'profile = "old"\nlayout = "text-only"\n[[slides]]\ntext = "Hello"\n'
    )
    (tmp_path / "own.toml").write_text(OWN.format(today=datetime.date.today()))
    build_it = ("build", "message.toml", "-o", "a.zip", "--profiles", "own.toml")
    out = flat(mmspack(*build_it, "--verbose").out)
    assert "Profile old (message.toml:1), set by own.toml; as of 2001-01-01: annex 2" in out
    assert "Profile old is more than two years old (2001-01-01)" in out
    out = flat(mmspack(*build_it, "-p", "new").out)
    assert "Profile new (--profile), set by own.toml; as of" in out
    assert "two years old" not in out
    document = json.loads(mmspack(*build_it, "--json").out)
    (profile,) = document["profiles"]
    assert (profile["name"], profile["chosen_by"], profile["outdated"]) == ("old", "message", True)
    out = flat(mmspack("check", "a.zip", "-p", "new,old", "--profiles", "own.toml").out)
    assert "Profile old is more than two years old" in out
    assert "Profile new" not in out
    assert "more than two years old" in flat(mmspack("profiles", "--profiles", "own.toml").out)


def test_a_build_without_a_profile_says_that_it_took_the_default(mmspack, tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("Hello")
    out = flat(mmspack("build", "hello.txt", "-o", "a.zip").out)
    assert "Profile uk (the default; choose with --profile), as of" in out
