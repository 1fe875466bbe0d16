"""Two versions of a message: which slide was which."""

from __future__ import annotations

import pytest

from mmspack.previewing.compared_page import compare_page
from mmspack.previewing.composing import view_of
from mmspack.previewing.matching import rows_of
from mmspack.profiles import get
from tests.previewing.preview_tools import serious_faults, zipped

UK = get("uk")


def view(*texts: str, **options):
    """A message with a slide for each text."""
    pars = "".join(f'<par dur="5s"><text src="{at}.txt"/></par>' for at in range(len(texts)))
    smil = f"<smil><head/><body>{pars}</body></smil>".encode()
    parts = [(f"{at}.txt", "text/plain", text.encode()) for at, text in enumerate(texts)]
    return view_of(zipped([("m.smil", "application/smil", smil), *parts]), UK, **options)


@pytest.mark.parametrize(
    ("before", "after", "marks"),
    [
        ("abc", "abc", [("same", "same")] * 3),
        ("abc", "bc", [("gone", None), ("same", "same"), ("same", "same")]),
        ("bc", "abc", [(None, "new"), ("same", "same"), ("same", "same")]),
        ("abc", "axc", [("same", "same"), ("changed: text", "changed: text"), ("same", "same")]),
        ("abc", "cab", [("moved to 1", "moved from 3"), ("same", "same"), ("same", "same")]),
        ("abcd", "adb", [("same", "same"), ("moved to 2", "moved from 4"), ("same", "same"), ("gone", None)]),
        ("abc", "acx", [("same", "same"), ("gone", None), ("same", "same"), (None, "new")]),
        ("abc", "xayc", [(None, "new"), ("same", "same"), ("changed: text",) * 2, ("same", "same")]),
        ("xabc", "ayc", [("gone", None), ("same", "same"), ("changed: text",) * 2, ("same", "same")]),
        ("", "a", [(None, "new")]),
        ("a", "", [("gone", None)]),
        ("aab", "ab", [("same", "same"), ("gone", None), ("same", "same")]),
    ],
)
def test_slides_are_recognised_by_what_they_show(before, after, marks):
    rows = rows_of(view(*before), view(*after))
    seen = [(row.old_mark if row.before else None, row.new_mark if row.after else None) for row in rows]
    assert sorted(seen, key=str) == sorted(marks, key=str)


def test_a_slide_that_is_gone_is_shown_where_it_was():
    rows = rows_of(view("a", "b", "c", "d"), view("a", "d"))
    assert [row.before.number for row in rows] == [1, 2, 3, 4]


def test_the_page_names_the_words_that_came_and_went():
    html = compare_page(view("Straw hats now £18"), view("Straw hats now £16", "More <b>"))
    assert "<del>£18</del>" in html
    assert "<ins>£16</ins>" in html
    assert "More &lt;b&gt;" in html
    assert "1 slide changed, 1 new" in html


def test_two_long_texts_are_compared_as_wholes():
    html = compare_page(view("a b " * 5000), view("a c " * 5000))
    assert html.count("<ins>") == html.count("<del>") == 1


@pytest.mark.slow
def test_the_page_hides_what_is_the_same_without_a_script(tab):
    opened = tab(compare_page(view("a", "b"), view("a", "x", "c"), theme="dark"))
    assert opened.page.locator(".pair-row:visible").count() == 5
    opened.page.get_by_label("Changes only").check()
    assert opened.page.locator(".pair-row:visible").count() == 4
    assert serious_faults(opened) == []
    assert opened.complaints == []


def test_a_picture_that_was_fitted_again_is_known_again(scene):
    def message(*pictures: bytes):
        pars = "".join(f'<par dur="5s"><img src="{at}.jpg"/></par>' for at in range(len(pictures)))
        smil = f"<smil><head/><body>{pars}</body></smil>".encode()
        parts = [(f"{at}.jpg", "image/jpeg", data) for at, data in enumerate(pictures)]
        return view_of(zipped([("m.smil", "application/smil", smil), *parts]), UK)

    wide, tall = scene(800, 300), scene(300, 800, "PNG")
    again = scene(800, 300, quality=60)
    rows = rows_of(message(wide, tall), message(tall, again))
    moved = {row.after.number: (row.before.number, row.changed) for row in rows}
    assert moved == {1: (2, ()), 2: (1, ("picture re-encoded",))}
    assert sum(row.moved for row in rows) == 1
