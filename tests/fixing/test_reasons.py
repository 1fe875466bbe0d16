"""Each finding that `fix` leaves has its reason."""

from __future__ import annotations

import json

import pytest

from mmspack import rules
from mmspack.errors import MmspackError
from mmspack.fixing import FixResult, fix
from mmspack.rules.declaring import Remains
from tests.fixing.mending import mended
from tests.rules.cases import CASES, words
from tests.rules.scenes import SMIL, scene


def unexplained(result: FixResult) -> list[str]:
    """Findings that stay without a reason."""
    told = {(id_, one.part) for one in result.left for id_ in one.ids}
    return [
        finding.id
        for finding in result.report.findings
        if not told & {(finding.id, finding.about or finding.part), (finding.id, None)}
    ]


@pytest.mark.slow
@pytest.mark.parametrize("id_", sorted(CASES))
def test_what_stays_of_a_rules_cases_has_its_reason(id_: str) -> None:
    for bad, *_ in CASES[id_]:
        made = bad()
        try:
            result = mended(made)
        except MmspackError:
            continue  # it is refused as a whole, with its problems
        assert unexplained(result) == []
        assert all(one.what for one in result.left)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"Hi {{ name }}", Remains.WORDS),
        (b"Caf\xe9 \x81 gro\xdf", Remains.UNCERTAIN),
        ("Pay \u202egpj".encode(), Remains.WORDS),
    ],
)
def test_the_reason_says_what_a_repair_would_have_to_guess(text: bytes, reason: str) -> None:
    (one, *_) = fix(words(text).data).left
    assert (one.part, one.what) == ("text1.txt", reason)


def test_findings_of_one_part_that_stay_for_one_reason_are_together() -> None:
    (one,) = fix(words(b"Hi {name}, TODO: more").data).left
    assert one.ids == ("MMS450", "MMS452")


def test_a_repair_that_knows_better_says_it_and_nothing_is_said_twice() -> None:
    page = b"<!DOCTYPE html><html><body>Not found</body></html>"
    result = fix(scene(files={"image1.jpg": page, "text1.txt": b"Hello"}).data)
    (one,) = [one for one in result.left if one.part == "image1.jpg"]
    assert one.what == "the data is HTML: the image itself is missing"
    assert "MMS401" in one.ids


def test_a_message_without_findings_leaves_nothing() -> None:
    assert fix(scene().data).left == ()


def test_the_command_says_a_reason_once_for_all_parts_and_none_for_notes(mmspack, tmp_path) -> None:
    smil = "<par dur='4000ms'><text src='t{0}.txt' region='Text'/></par>"
    pars = "".join(smil.format(n) for n in range(6))
    head = SMIL[: SMIL.index("<par")]
    made = scene(smil=f"{head}{pars}</body></smil>", files={f"t{n}.txt": b"Hi {name}" for n in range(6)})
    (tmp_path / "a.zip").write_bytes(made.data)
    out = " ".join(mmspack("fix", "a.zip", "-o", "b.zip").out.split())
    assert "Cannot repair t0.txt, t1.txt, t2.txt and 3 more: only its author knows the right words" in out
    document = json.loads(mmspack("fix", "a.zip", "-o", "c.zip", "--json").out)
    assert {one["part"] for one in document["left"]} == {f"t{n}.txt" for n in range(6)}
    assert all(one["ids"] == ["MMS450"] for one in document["left"])


def test_every_rule_says_why_it_may_stay() -> None:
    assert all(rule.remains in set(Remains) for rule in rules.all_rules())
    assert rules.get("MMS451").remains is Remains.WORDS
