"""A rule as it is declared, and as it is told whole."""

from __future__ import annotations

import re

import pytest

from mmspack import rules
from mmspack.errors import UsageError
from mmspack.facts.names import ends_wrongly
from mmspack.model import Severity
from mmspack.rules.declaring import FAMILIES, REGISTRY, Evidence, Hit, Needs, Rule, Source, rule
from mmspack.rules.explaining import document, explanation, severity_words
from mmspack.rules.sources import conf
from mmspack.rules.terms import Mode

WHOLE = {
    "title": "A title",
    "severity": Severity.WARNING,
    "source": Source("A source", Evidence.OBSERVED),
    "reason": "One line of two that say why it is so and what comes of it, at a length that no "
    "line has here.",
    "fix": "Fix it.",
    "bad": "wrong\nas well",
    "good": "right",
    "needs": Needs.SMIL,
}
TOLD = """MMS301  A title
Severity: warning. Area: presentation.

Why: One line of two that say why it is so and what comes of it, at a length that no
  line has here.
Source: A source (observed)
Fix: Fix it.

Wrong:
    wrong
    as well
Right:
    right"""

rules.all_rules()


def judge(opened: object) -> object:
    return iter([Hit("x")])


def made(**changes: object) -> Rule:
    return Rule(id="MMS301", asks=judge, asks_terms=None, **{**WHOLE, **changes})


def test_a_rule_is_explained_word_for_word() -> None:
    assert explanation(made(), ()) == TOLD
    assert explanation(made(), {"MMS301"}) == TOLD.replace(
        "\n\nWrong", "\n\nmmspack fix repairs it where that needs no judgement call.\n\nWrong"
    )


def test_a_rule_as_data_holds_everything() -> None:
    assert document(made(), {"MMS301"})["fixable"]
    assert document(made(by_class=True), {"MMS302"}) == {
        "id": "MMS301",
        "family": "presentation",
        "title": "A title",
        "severity": "warning",
        "severity_by_mode": {"restricted": "error", "warning": "warning", "free": "info"},
        "reason": WHOLE["reason"],
        "source": "A source",
        "evidence": "observed",
        "fix": "Fix it.",
        "fixable": False,
        "bad": "wrong\nas well",
        "good": "right",
    }


def test_the_words_for_a_severity_tell_what_the_modes_change() -> None:
    assert severity_words(made()) == "warning"
    assert severity_words(made(by_class=True)) == "warning (error in mode restricted, info in mode free)"
    of_class = "warning (against a content class: depends on the creation mode)"
    assert severity_words(made(class_limit=True)) == of_class


@pytest.mark.parametrize(
    ("changes", "of_class", "severities"),
    [
        ({}, False, ("warning", "warning", "warning")),
        ({}, True, ("warning", "warning", "warning")),
        ({"by_class": True}, False, ("error", "warning", "info")),
        ({"by_class": True}, True, ("error", "warning", "info")),
        ({"class_limit": True, "severity": Severity.ERROR}, False, ("error", "error", "error")),
        ({"class_limit": True, "severity": Severity.ERROR}, True, ("error", "warning", "info")),
        ({"by_class": True, "severity": Severity.ERROR}, False, ("error", "error", "info")),
        ({"by_class": True, "source": Source("x", Evidence.MEMORY)}, False, ("warning", "warning", "info")),
    ],
)
def test_a_mode_weighs_what_the_standard_alone_limits(
    changes: dict[str, object], of_class: bool, severities: tuple[str, ...]
) -> None:
    one = made(**changes)
    modes = (Mode.RESTRICTED, Mode.WARNING, Mode.FREE)
    assert tuple(one.severity_in(mode, of_class=of_class) for mode in modes) == severities
    if not of_class:
        assert tuple(one.severity_in(mode) for mode in modes) == severities


def test_a_declaration_keeps_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(REGISTRY, "MMS199", raising=False)
    rule("MMS199", **WHOLE)(judge)
    kept = REGISTRY.pop("MMS199")
    assert kept == Rule(id="MMS199", asks=judge, asks_terms=None, by_class=False, class_limit=False, **WHOLE)
    assert rule("MMS199", **WHOLE, by_class=True, class_limit=True)(judge) is judge
    assert REGISTRY.pop("MMS199") == Rule(
        id="MMS199", asks=judge, asks_terms=None, by_class=True, class_limit=True, **WHOLE
    )


@pytest.mark.parametrize("id_", ["MMS203", "MMS699", "mms101", "MMS1011"])
def test_an_id_that_is_taken_or_none_is_refused(id_: str) -> None:
    with pytest.raises(ValueError, match=f"^{id_}: not a new id of the form MMS101$"):
        rule(id_, **WHOLE)(judge)
    assert REGISTRY.keys() == {one.id for one in rules.all_rules()}


def test_what_a_declaration_lacks_is_named() -> None:
    with pytest.raises(ValueError, match="MMS199") as caught:
        rule("MMS199", **{**WHOLE, "fix": ""})(judge)
    assert str(caught.value) == "MMS199: a rule needs title, reason, fix, a bad and a good snippet"


def test_a_family_is_the_name_of_a_hundred() -> None:
    assert [rules.get(f"mms{hundred}01").family for hundred in FAMILIES] == list(FAMILIES.values())


def test_a_rule_that_does_not_exist_is_refused_with_the_nearest() -> None:
    for wanted, hint in (("MMS2011", r"did you mean 'MMS2\d1'\?"), ("nothing", "see: mmspack explain")):
        with pytest.raises(UsageError) as caught:
            rules.get(wanted)
        assert caught.value.message == f"no rule {wanted!r}"
        assert re.fullmatch(hint, caught.value.hint)
    assert rules.get(" mms101\n").id == "MMS101"


def test_rules_are_selected_by_the_beginnings_of_ids() -> None:
    every = rules.all_rules()
    assert rules.selected() == every
    assert {one.id[:4] for one in rules.selected(("mms1", "MMS2"))} == {"MMS1", "MMS2"}
    assert [one.id for one in rules.selected(("MMS101", "MMS2"), ("mms2",))] == ["MMS101"]
    assert {one.id[:4] for one in rules.selected((), ("MMS1", "MMS2", "MMS3"))} == {"MMS4", "MMS5"}
    for wrong in ("", "MMS6", "X"):
        with pytest.raises(UsageError, match=f"no rule '{wrong}'"):
            rules.selected((wrong,))


def test_clauses_of_the_conformance_document_are_named_in_full() -> None:
    assert str(conf("10.2", Evidence.CLAUSE)).endswith("10.2 (clause read)")
    assert "OMA" in conf("10.2", Evidence.CLAUSE).text


@pytest.mark.parametrize(
    ("name", "type_", "wrong"),
    [
        ("a.mp4", "audio/mp4", False),
        ("a.m4a", "video/mp4", False),
        ("a.3gp", "video/3gpp2", False),
        ("a.3g2", "video/3gpp", False),
        ("a.mp4", "video/3gpp", True),
        ("a.m4a", "audio/amr", True),
        ("a.JPG", "image/jpeg", False),
        ("a.xyz", "image/jpeg", False),
        ("a", "image/jpeg", True),
        ("a", "text/x-vcard", False),
        ("a", "application/octet-stream", False),
    ],
)
def test_endings_that_two_types_share_are_right_for_both(name: str, type_: str, wrong: bool) -> None:
    assert ends_wrongly(name, type_) is wrong
