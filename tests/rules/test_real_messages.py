"""Presentations as phones and programs really write them: nothing that is shown rightly is an error."""

from __future__ import annotations

import pytest

from mmspack.model import Severity
from mmspack.rules.checking import check
from tests.rules.scenes import photo, scene

IPHONE = """<smil>
<head>
<layout>
 <root-layout/>
<region id="Image"/>
<region id="Text"/>
</layout>
</head>
<body>
<par dur="10s">
<img src="IMG_0807.jpeg" region="Image" />
<text src="text_0.txt" region="Text" />
</par>
</body>
</smil>
"""
ANDROID = (
    '<smil><head><layout><root-layout width="320px" height="480px"/>'
    '<region id="Image" left="0" top="0" width="320px" height="320px" fit="meet"/>'
    '<region id="Text" left="0" top="320" width="320px" height="160px" fit="meet"/></layout></head>'
    '<body><par dur="5000ms"><img src="cid:IMG_0807.jpeg" region="Image"/>'
    '<text src="cid:text_0.txt" region="Text"/></par></body></smil>'
)
NEW_ANDROID = (
    '<smil><head><layout><root-layout/><region id="Text" top="0" left="0" height="50%" width="100%"/>'
    '<region id="Image" top="50%" left="0" height="50%" width="100%"/></layout></head><body>'
    '<par dur="8000ms"><img src="IMG_0807.jpeg" region="Image"/><text src="text_0.txt" region="Text"/></par>'
    "</body></smil>"
)
NOKIA = (
    '<?xml version="1.0"?>\n<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" '
    '"http://www.w3.org/TR/REC-smil/SMIL10.dtd">\n'
    '<smil><head><meta name="generator" content="x"/><layout><root-layout width="100%" height="100%" '
    'background-color="#FFFFFF"/><region id="Image" width="100%" height="67%" left="0%" top="0%" fit="meet"/>'
    '<region id="Text" width="100%" height="33%" left="0%" top="67%" fit="scroll"/></layout></head><body>'
    '<par dur="7s"><img src="IMG_0807.jpeg" region="Image" alt="x"/><text src="text_0.txt" region="Text">'
    '<param name="foreground-color" value="#000000"/></text></par></body></smil>'
)
SAILFISH = (
    '<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><head><layout>'
    '<root-layout width="320" height="480"/>'
    '<region id="Media" left="0" top="0" width="320" height="320" fit="meet"/>'
    '<region id="Text" left="0" top="320" width="320" height="160" fit="scroll"/></layout></head>'
    '<body><par dur="4000ms"><img src="IMG_0807.jpeg" region="Media"/>'
    '<text src="text_0.txt" region="Text"/></par>'
    "</body></smil>"
)
FILES = {"IMG_0807.jpeg": photo(), "text_0.txt": b"Hello"}


def found(smil: str, **options: object) -> dict[str, Severity]:
    made = scene(smil=smil, files=FILES)
    return {finding.id: finding.severity for finding in check(made.data, **options).findings}


@pytest.mark.parametrize("smil", [IPHONE, ANDROID, NEW_ANDROID, NOKIA, SAILFISH])
def test_what_phones_write_and_show_is_no_error(smil: str) -> None:
    assert Severity.ERROR not in found(smil).values()


def test_each_habit_is_told_by_its_name() -> None:
    assert set(found(IPHONE)) == {"MMS321", "MMS346"}
    assert set(found(ANDROID)) == set()
    assert set(found(NEW_ANDROID)) == {"MMS321"}
    assert set(found(NOKIA)) == {"MMS302", "MMS312", "MMS325", "MMS327", "MMS346"}
    assert set(found(SAILFISH)) == {"MMS323"}


def test_the_restricted_mode_takes_the_standard_at_its_word() -> None:
    assert found(SAILFISH, mode="restricted") == {"MMS323": Severity.ERROR}
    assert found(ANDROID, mode="restricted") == {}
    assert set(found(NOKIA, mode="free").values()) == {Severity.WARNING, Severity.INFO}
