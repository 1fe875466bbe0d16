"""What is merged quickly is what is built slowly: the same bytes, and the same verdict."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mmspack.authoring.compiling import compiled
from mmspack.authoring.templating import render_text
from mmspack.campaign.build.freezing import freeze
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.judging import Judge
from mmspack.campaign.build.press import Press
from mmspack.errors import AuthoringError, MmspackError
from mmspack.message import Message, Slide
from mmspack.model import BuildNotes
from mmspack.pipeline import build
from mmspack.profiles import resolve
from mmspack.rules.checking import check

pytestmark = pytest.mark.slow

PROFILES = resolve("uk")
ODD = "‮\x07é Ã© � \U0001f389 \x85ﬁ BEGIN:VCARD %PDF- <html> GIF89a BM \ufeff â€™"


@pytest.fixture(scope="module")
def message(scene):
    return Message(
        subject="For {{ name }}",
        slides=[
            Slide(image=scene(320, 240), text="{{ name }}", seconds=5),
            Slide(image=scene(160, 120, "PNG"), text="Same for all.", seconds=2),
            Slide(text="{{ text }}", seconds=7.5),
            Slide(image=scene(200, 100), text="{{ more }}"),
        ],
    )


@pytest.fixture(scope="module")
def press(message):
    base = freeze(
        message,
        defaults={"name": "friend"},
        columns=("name", "text", "more"),
        worst={"name": "N" * 200, "text": "T" * 3000, "more": "M" * 2000},
        shapes=["0,1,2,3", "0,1,2"],
    )
    return Press(Base.from_blobs(base.to_blobs()))


def slowly(message: Message, press: Press, values: dict[str, str]):
    """The same message by `build`, its pictures as they were fitted for all."""
    kept = [
        press.base.blobs.get(f"kept/image{at + 1}.{kind}")
        for at, kind in enumerate(("jpg", "png", "", "jpg"))
    ]
    slides = [
        replace(slide, image=data, keep=True) if data else slide
        for slide, data in zip(message.slides, kept, strict=True)
    ]
    return build(replace(message, slides=slides), list(PROFILES), values=values)


texts = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=60),
    st.sampled_from(ODD.split()).flatmap(
        lambda odd: st.builds(lambda a: f"{odd}{a}", st.text("ab \n", max_size=9))
    ),
    st.text("abc d\n", min_size=1, max_size=1500),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text("Ada Ünß <&>=", max_size=50), text=texts, more=st.one_of(st.just(""), texts))
def test_a_merged_message_is_the_built_one(message, press, name, text, more):
    values = {"name": name or "friend", "text": text, "more": more}
    assume(not any(value.lower().endswith(".txt") or "\ufeff" in value for value in values.values()))
    assume("<smil" not in text.lower() + more.lower())
    merged = press.merge((name, text, more))
    built = slowly(message, press, values)
    assert merged.bundle == built.bundle
    assert merged.bundle.data == built.bundle.data
    for report, profile in zip(press.check(merged), PROFILES, strict=True):
        whole = check(merged.bundle, profile=profile, subject=merged.bundle.subject)
        assert report.findings == whole.findings
        assert report.budget == whole.budget


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 1200), st.integers(0, 40), st.integers(0, 60)), min_size=2, max_size=6)
)
def test_lengths_learnt_from_one_message_hold_for_another(press, lengths):
    """Long and short, in any order: what was silent once must not hide a finding later."""
    for characters, lines, subject in lengths:
        text = ("x" * characters + "\n" * lines)[: characters + lines]
        merged = press.merge(("n" * subject, text, "hello"))
        (report,) = press.check(merged)
        assert (
            report.findings
            == check(merged.bundle, profile=PROFILES[0], subject=merged.bundle.subject).findings
        )


def test_rules_that_look_at_nothing_personal_are_asked_once(press):
    press.check(press.merge(("Ada", "Hello", "you")))
    (judge,) = press._shapes["0,1,2,3"].judges(True, False)
    moving = {rule.id for rule in judge.moving}
    assert {"MMS441", "MMS443", "MMS501", "MMS505", "MMS522", "MMS529"} <= moving
    assert not moving & {"MMS101", "MMS203", "MMS301", "MMS503"}


def test_most_messages_are_judged_without_asking_a_rule(press, monkeypatch):
    """The short cut is taken: once the lengths are learnt, a plain message costs no rule at all."""
    asked = []
    whole = Judge._ask
    monkeypatch.setattr(
        Judge, "_ask", lambda self, rules, subject: asked.extend(rules) or whole(self, rules, subject)
    )
    for name in ("Ada Lovelace", "Grace", "Alan", "Édouard", "Søren"):
        press.check(press.merge((name, f"Dear {name}, hello", "See you")))
    first = len(asked)
    for number in range(50):
        press.check(press.merge(("Ada", f"Dear Ada, {number}", "you")))
    assert len(asked) == first


def test_a_word_that_a_rule_waits_for_is_asked_about(press):
    for _ in range(2):
        (report,) = press.check(press.merge(("Ada", "Fish &amp; chips", "you")))
        assert "MMS449" in {finding.id for finding in report.findings}
        (report,) = press.check(press.merge(("Ada", "Fish and chips", "you")))
        assert "MMS449" not in {finding.id for finding in report.findings}


def test_a_judge_that_would_skip_a_rule_is_found_out(press, monkeypatch):
    """The comparison above can fail: a judge that takes everything for plain misses a control character."""
    merged = press.merge(("Ada", "A beginning that is long enough, then a bell \x07", "you"))
    monkeypatch.setattr(Judge, "_asked_about", lambda *_: [])
    monkeypatch.setattr("mmspack.campaign.build.plain_texts._ODD_IN_ASCII", re.compile(r"(?!)"))
    (report,) = press.check(merged)
    assert report.findings != check(merged.bundle, profile=PROFILES[0], subject="For Ada").findings


def test_two_recipients_of_one_copy_share_a_digest_and_others_do_not(press):
    first, same, other = (
        press.merge(row).digest for row in (("A", "b", "c"), ("A", "b", "c"), ("A", "bc", ""))
    )
    assert first == same != other
    assert len(first) == 16


def test_what_an_earlier_version_noted_of_pictures_is_still_known():
    base = freeze(Message(slides=[Slide(text="Hi")]), defaults={}, columns=(), worst={}, shapes=["0"])
    blobs = base.to_blobs()
    head = json.loads(blobs["message.json"])
    head |= {"qualities": {"kept/a.jpg": 12.5}, "lost_codes": {"kept/b.jpg": ["QR code"]}}
    del head["notes"]
    found = Base.from_blobs({**blobs, "message.json": json.dumps(head).encode()}).notes
    assert found == {
        "kept/a.jpg": BuildNotes(quality=12.5),
        "kept/b.jpg": BuildNotes(lost_codes=("QR code",)),
    }


def test_a_slide_that_would_be_empty_is_a_bad_row(press):
    with pytest.raises(AuthoringError, match="a slide would be empty"):
        press.merge(("Ada", "", "more"))


def test_a_subject_of_two_lines_is_a_bad_row(press):
    with pytest.raises(AuthoringError, match="subject: contains a line break"):
        press.merge(("Ada\nBcc: all", "text", ""))


def test_a_byte_order_mark_is_no_text(press):
    merged = press.merge(("Ada", "\ufeffHello", "\ufeff"))
    assert merged.bundle.part("text3.txt").data == b"Hello"
    assert "text4.txt" not in {part.name for part in merged.bundle.parts}


def test_a_text_that_looks_like_a_file_is_a_text(press, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("do not send me")
    merged = press.merge(("Ada", str(secret), ""))
    assert merged.bundle.part("text3.txt").data == str(secret).encode()


TEMPLATES = [
    "{{ a }}", "x{{a}}y{{ b }}\n", "{% if a %}{{ a }}{% endif %}", "{{ a|upper }}", "{# c #}{{ a }}",
    "{{ none }}", "{ {{ a }} }",
    "a\r\nb{{ a }}\r", "{{ a }}}}", "{{ range }}", "plain", "{{ a.b }}", "{{a}}{{c}}",
]  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES)
@settings(max_examples=25, deadline=None)
@given(
    values=st.fixed_dictionaries(
        {"a": st.one_of(st.text(), st.integers(), st.booleans(), st.none()), "b": st.text()}
    )
)
def test_a_template_made_ready_gives_what_it_gives_otherwise(template, values):
    def outcome(fill):
        try:
            return fill()
        except MmspackError as error:
            return str(error)

    ready = outcome(lambda: compiled(template, where="t")(values))
    assert ready == outcome(lambda: render_text(template, values, where="t"))
