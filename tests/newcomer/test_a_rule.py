"""A rule: one function in the module of its subject; `docs/rules.md` is written by a command."""

from __future__ import annotations

from tests.rules.test_checking import WRITE_THE_PAGE

RULE = """

@rule(
    "MMS498",
    title="Text shouts",
    severity=Severity.INFO,
    source=OURS,
    reason="A text in capitals alone reads as shouting.",
    fix="Write it in small letters.",
    bad="EVERYTHING MUST GO",
    good="Everything must go",
    needs=Needs.CONTENT,
    reads=Reads.TYPES | Reads.TEXT,
)
def _shouting(opened: Opened) -> Iterator[Hit]:
    for part in texts(opened):
        if part.data and part.data.isupper():
            yield Hit("reads as shouting", part.name)
"""
MESSAGE = 'layout = "text-only"\n[[slides]]\ntext = "EVERYTHING MUST GO"\n'


def test_a_rule_is_one_function(checkout, tmp_path):
    checkout.append("mmspack/rules/texts.py", RULE)
    (tmp_path / "message.toml").write_text(MESSAGE)
    built = checkout.mmspack("build", tmp_path, "-o", "shout.zip")
    assert built.code == 0, built.err
    assert "reads as shouting" in checkout.mmspack("check", "shout.zip").out
    assert "A text in capitals alone" in checkout.mmspack("explain", "mms498").out

    # Two tests ask for the rest: the page of rules, which a command writes, and a good and a bad case.
    documented = ("tests/rules/test_checking.py", "-k", "page_of_rules")
    assert checkout.tests(*documented).code == 1
    checkout.python(WRITE_THE_PAGE)
    assert "Text shouts" in checkout.read("docs/rules.md")
    assert checkout.tests(*documented).code == 0
    lacking = checkout.tests("tests/rules/test_rules.py", "-k", "has_its_cases")
    assert lacking.code == 1
    assert "MMS498" in lacking.out
    assert checkout.touched == ["mmspack/rules/texts.py"]
