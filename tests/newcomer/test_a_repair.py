"""A repair: one function in `mmspack/fixing/`; `docs/rules.md` is written by a command."""

from __future__ import annotations

from tests.rules.test_checking import WRITE_THE_PAGE

REPAIR = '''

@edits("MMS312", step=Step.FRAME)
def remove_parameters(_bench: Bench, tree: Node) -> list[str]:
    """Media without elements of their own, which no phone reads."""
    done = []
    for node in tree.all(*MEDIA):
        for child in node.children:
            done.append(f"<{child.name}> removed from <{node.name}>")
            editing.remove(child)
    return done
'''
BAD = "from tests.rules.cases import CASES; open('bad.zip', 'wb').write(CASES['MMS312'][0][0]().data)"


def test_a_repair_is_one_function(checkout):
    checkout.python(BAD)
    assert "MMS312" in checkout.mmspack("check", "bad.zip").out
    checkout.append("mmspack/fixing/frame.py", REPAIR)
    fixed = checkout.mmspack("fix", "bad.zip", "-o", "good.zip")
    assert fixed.code == 0, fixed.err
    assert "<param> removed from <text>" in fixed.out
    assert "MMS312" not in checkout.mmspack("check", "good.zip").out
    assert "mmspack fix repairs it" in checkout.mmspack("explain", "mms312").out

    # A test asks for the page of rules, which a command writes.
    documented = ("tests/rules/test_checking.py", "-k", "page_of_rules")
    assert checkout.tests(*documented).code == 1
    checkout.python(WRITE_THE_PAGE)
    assert checkout.tests(*documented).code == 0
    assert checkout.tests("tests/fixing/test_registry.py", "-k", "MMS312 or order").code == 0
    assert checkout.touched == ["mmspack/fixing/frame.py"]
