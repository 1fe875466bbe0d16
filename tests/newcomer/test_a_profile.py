"""A newcomer adds a profile: a table in one file."""

from __future__ import annotations

import json

CARRIERS = "mmspack/profiles/carriers.toml"
ROW = """
[tinyville]
title = "Tinyville Mobile"
max_bytes = 31000
warn_bytes = 29000
max_width = 320
max_height = 240
source = "A contract"
"""


def test_a_profile_is_a_table_in_one_file(checkout):
    checkout.append(CARRIERS, ROW)
    assert checkout.touched == [CARRIERS]

    built = json.loads(
        checkout.mmspack("build", "samples/one-picture", "-o", "one.zip", "-p", "tinyville", "--json").out
    )
    assert [report["profile"] for report in built["reports"]] == ["tinyville"]
    assert built["parts"][0]["after"]["width"] <= 320
    assert built["reports"][0]["budget"]["total_bytes"] <= 29000

    checked = checkout.mmspack("check", "one.zip", "--profile", "tinyville,uk")
    assert checked.code == 0, checked.err
    assert "tinyville" in checked.out

    assert "Tinyville Mobile" in checkout.mmspack("profiles").out
    profile = json.loads(checkout.mmspack("schema").out)["properties"]["profile"]
    assert "tinyville" in profile["anyOf"][0]["enum"]
    assert "did you mean 'tinyville'?" in checkout.mmspack("check", "one.zip", "-p", "tinyvile").err
