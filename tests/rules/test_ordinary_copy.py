"""The rules about copy are quiet on what people really write, and hear what is really wrong.

`MMSPACK_TEXTS=1 pytest tests/rules/test_ordinary_copy.py` judges every text; the suite judges each fourth.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from mmspack import rules
from mmspack.bundle.found import Content
from mmspack.bundle.opened import open_source
from mmspack.media.mojibake import mojibake
from mmspack.rules.checking import judge
from mmspack.rules.terms import terms_of
from tests.rules.real_copy import texts
from tests.rules.scenes import scene

pytestmark = pytest.mark.slow
ENOUGH = 20_000
EACH = int(os.environ.get("MMSPACK_TEXTS", "4"))
"""One text of so many is judged: those of a language lie together, so that each has its share."""
COPY = ["MMS444", "MMS445", "MMS449", *(f"MMS4{number}" for number in range(50, 61)), "MMS465"]


@pytest.fixture(scope="module")
def real() -> tuple[tuple[str, str], ...]:
    found = texts()
    if len(found) < ENOUGH:
        pytest.skip("too few gettext catalogues here")
    return found


def test_at_most_one_ordinary_text_in_a_thousand_raises_an_alarm(real):
    opened, terms = open_source(scene().data), terms_of()
    part = opened.part("text1.txt")
    asked = [rules.get(id_) for id_ in COPY]
    alarms: Counter[str] = Counter()
    heard = []
    judged = real[::EACH]
    for language, text in judged:
        part.content = Content(text.encode())
        found = judge(opened, terms, asked)
        alarms.update({finding.id for finding in found})
        heard += [(language, finding.id, text) for finding in found]
    share = 1000 * len({text for _, _, text in heard}) / len(judged)
    assert share <= 1, f"{share:.2f} in 1,000 of {len(judged):,}: {dict(alarms)}, such as {heard[:5]}"
    assert len({language for language, _ in judged}) >= 100


@pytest.mark.parametrize(
    ("charset", "languages", "least"),
    [
        ("latin-1", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 95),
        ("cp1252", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 92),
        ("cp1250", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 88),
        ("cp1251", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 85),
        ("cp1253", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 80),
        ("cp1254", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 92),
        ("cp1255", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 82),
        ("cp1256", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 82),
        ("cp1257", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 70),
        ("mac_roman", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 92),
        ("cp437", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 92),
        ("cp850", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 92),
        ("cp852", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 92),
        ("cp866", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 82),
        ("koi8_r", "de fr es pl cs tr ru uk el ar he ja zh_CN ko th vi", 82),
        ("gbk", "de fr es cs tr ru uk el ar he th vi", 75),
        ("cp932", "ru uk el th", 75),
    ],
)
def test_a_wrong_conversion_is_heard_in_the_languages_that_suffer_from_it(real, charset, languages, least):
    """Each machine has catalogues of its own: a little less is asked for than docs/checking.md says."""
    for language in languages.split():
        known = [text for of, text in real if of == language and not text.isascii()]
        sound = known[:: max(1, len(known) // 300)]  # of all catalogues here: one may have odd words
        broken = [text.encode().decode(charset, "ignore") for text in sound]
        heard = sum(mojibake(text) is not None for text in broken)
        assert 100 * heard >= least * len(sound), f"{charset}, {language}: {heard} of {len(sound)}"
