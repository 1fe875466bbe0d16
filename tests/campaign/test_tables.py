"""Tables as spreadsheets, databases and people write them: read as meant, or called what they are."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from mmspack.campaign import Order, plan
from mmspack.campaign.planning.numbers import read_number
from mmspack.campaign.planning.read_tables import columns_of, read_rows
from mmspack.errors import InputError, MmspackError
from tests.conftest import SHARED

TOML = 'layout = "text-only"\n[[slides]]\ntext = "Hi {{ name }}"\n'
PEOPLE = [["msisdn", "name"], ["447700901234", "Ann"], ["447700901235", "Bob"]]


def text(rows: list[list[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    return stream.getvalue()


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """A workbook with inline strings, as small as a spreadsheet would still open."""

    def cell(value: object, at: str) -> str:
        if isinstance(value, int | float):
            return f'<c r="{at}"><v>{value}</v></c>'
        return f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>' if value else ""

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    names = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1))
    ties = "".join(
        f'<Relationship Id="r{n}" Type="{rel}/worksheet" Target="worksheets/s{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{ties}'
        "</Relationships>",
    }
    for n, rows in enumerate(sheets.values(), 1):
        lines = "".join(
            f'<row r="{r}">{"".join(cell(v, f"{chr(64 + c)}{r}") for c, v in enumerate(row, 1))}</row>'
            for r, row in enumerate(rows, 1)
        )
        files[f"xl/worksheets/s{n}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def planned(tmp_path):
    (tmp_path / "message.toml").write_text(TOML)

    def of(data: bytes | Path, file: str = "people.csv", *, sheet: str = "", **order: object):
        table = data if isinstance(data, Path) else tmp_path / file
        if isinstance(data, bytes):
            table.write_bytes(data)
        order = {"country": "GB", **order}
        whole = table.with_name(f"{table.name}#{sheet}") if sheet else table
        return plan(Order(message=tmp_path / "message.toml", recipients=whole, folder=tmp_path, **order))

    return of


def bad_rows(made) -> dict[int, str]:
    if made.bad_rows is None:
        return {}
    with made.bad_rows.open(encoding="utf-8-sig", newline="") as stream:
        return {int(row["line"]): row["reason"] for row in csv.DictReader(stream)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        text(PEOPLE).encode(),
        text(PEOPLE, ";").encode("utf-8-sig"),
        text(PEOPLE, "\t").encode("utf-16"),
        text(PEOPLE, "|", "\n").encode(),
        b"sep=;\r\n" + text(PEOPLE, ";").encode(),
        b"\xef\xbb\xbf\"sep=,\"\n" + text(PEOPLE).encode(),
        b"SEP=\t\n" + text(PEOPLE, "\t").encode(),
        text([[*row, "", ""] for row in PEOPLE]).encode(),
        text([["", *row] for row in PEOPLE]).encode(),
        text([[*PEOPLE[0], ""], *PEOPLE[1:]]).encode(),
        text([[f'="{cell}"' if cell.isdigit() else cell for cell in row] for row in PEOPLE]).encode(),
        text([[*PEOPLE[0], "note", "note"], *([*row, "a", "b"] for row in PEOPLE[1:])]).encode(),
    ],
    ids=["csv", "bom", "utf-16", "bars", "sep", "sep with bom", "sep tab", "blank columns",
         "blank first column", "short rows", "formulas", "double columns that nothing uses"],
)  # fmt: skip
def test_tables_as_spreadsheets_write_them_are_read(planned, data):
    made = planned(data)
    assert (made.ready, made.bad) == (2, 0)


def test_lines_are_counted_in_the_file_itself(planned):
    made = planned(b"sep=;\nmsisdn;name\n447700901234;Ann\nx;Bob\n")
    assert list(bad_rows(made)) == [4]


@pytest.mark.parametrize(
    ("column", "rows"),
    [
        ("name", [["msisdn", "name", "name"], ["447700901234", "Ann", "Bob"]]),
        ("msisdn", [["msisdn", "name", "msisdn"], ["447700901234", "Ann", "447700901235"]]),
    ],
)
def test_a_column_that_the_message_uses_must_be_there_once(planned, column, rows):
    with pytest.raises(MmspackError, match=f"the column '{column}' occurs twice"):
        planned(text(rows).encode())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            workbook({"A": PEOPLE}),
            "is an Excel workbook under another name (rename it so that it ends in .xlsx)",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old Excel workbook under another name"),
        (b"<html><table><tr><td>msisdn</td></tr></table></html>", "is a web page (HTML), not a table"),
        (b"<!DOCTYPE html>\n<body>msisdn,name", "is a web page (HTML), not a table"),
        (text(PEOPLE).encode("utf-16-le"), "is UTF-16 without a byte order mark"),
        (text(PEOPLE).encode("utf-16-be"), "is UTF-16 without a byte order mark"),
        (b"\xff\xfea\0b", "not UTF-16"),
        (text([["msisdn", "x" * 140_000]]).encode(), "the header cannot be read"),
        (b",,\n1,2,3\n", "is empty"),
        (b"sep=;\n", "is empty"),
        (b"PK\3\4" + bytes(100), "is a zip file, not a table"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(planned, data, words):
    with pytest.raises(InputError) as caught:
        planned(data)
    assert words in str(caught.value)


@pytest.mark.slow
def test_a_workbook_is_read_itself_and_a_sheet_by_its_name(planned, tmp_path):
    other = [["name", "msisdn"], ["Cid", 447700901236], ["", ""], ["Dan", 447700901237.0]]
    data = workbook({"People": [[], *PEOPLE], "More guests": other})
    assert planned(data, "book.xlsx").ready == 2
    made = planned(data, "book.xlsx", sheet="More guests", name="more")
    assert made.ready == 2
    assert [row.line for row in read_rows(tmp_path / "book.xlsx#More guests")] == [2, 4]
    assert columns_of(tmp_path / "book.xlsx") == ("msisdn", "name")
    with pytest.raises(InputError, match=r"no sheet 'More guest'.*did you mean 'More guests'"):
        planned(data, "book.xlsx", sheet="More guest", name="other")


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"no workbook", workbook({"A": PEOPLE})[:400]])
def test_a_broken_workbook_is_one_line(planned, data):
    with pytest.raises(InputError, match="not a workbook that can be read"):
        planned(data, "book.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(planned, monkeypatch):
    monkeypatch.setattr("mmspack.campaign.planning.workbooks._MOST_UNPACKED", 1000)
    with pytest.raises(InputError, match="unpacks to"):
        planned(workbook({"A": PEOPLE}), "book.xlsx")


def test_a_column_twice_in_a_workbook_is_refused_only_where_it_is_used(planned):
    twice = [["msisdn", "name", "x", "x"], ["447700901234", "Ann", "1", "2"]]
    assert planned(workbook({"A": twice}), "book.xlsx").ready == 1
    twice[0][2] = "name"
    with pytest.raises(MmspackError, match="the column 'name' occurs twice"):
        planned(workbook({"A": twice}), "twice.xlsx", name="twice")


@pytest.mark.parametrize(
    ("number", "country", "kind"),
    [
        ("02079460000", "GB", "landline"),
        ("0800 123456", "GB", "toll-free number"),
        ("+33 8 99 12 34 56", None, "premium-rate number"),
        ("+1 800 555 2673", "US", "toll-free number"),
        ("+49 30 901820", None, "landline"),
        ("+44 7700 900123", None, ""),
        ("(415) 555-2671", "US", ""),
        ("+52 55 1234 5670", None, ""),
    ],
)
def test_a_number_that_gets_no_mms_says_what_it_is(number, country, kind):
    assert read_number(number, country).kind == kind


@pytest.mark.slow
def test_landlines_are_bad_rows_unless_they_are_asked_for(planned):
    rows = [["msisdn", "name"], ["447701234567", "a"], ["02079460000", "b"], ["0800123456", "c"]]
    made = planned(text(rows).encode())
    assert made.ready == 1
    assert bad_rows(made) == {
        3: "the number is a landline, which cannot receive MMS",
        4: "the number is a toll-free number, which cannot receive MMS",
    }
    assert planned(text(rows).encode(), landlines=True, name="all").ready == 2


@pytest.mark.parametrize(
    ("old", "country", "msisdn"),
    [
        ("+52 1 55 1234 5678", None, 525512345678),
        ("5215512345679", "MX", 525512345679),
        ("044 55 1234 5671", "MX", 525512345671),
        ("01 55 1234 5673", "MX", 525512345673),
        ("+55 11 8765 4322", None, 5511987654322),
        ("11 8765 4322", "BR", 5511987654322),
        ("011 8765-4322", "BR", 5511987654322),
    ],
)
def test_old_forms_are_read_in_the_form_of_today(old, country, msisdn):
    found = read_number(old, country)
    assert (found.msisdn, found.renewed) == (msisdn, True)


@pytest.mark.parametrize(
    ("number", "country"),
    [("+52 55 1234 5670", "MX"), ("+55 11 98765 4321", "BR"), ("+55 11 3765 4322", "BR"),
     ("5512345672", "MX"), ("+1 521 555 1234", "US"), ("+44 7700 900123", "GB")],
)  # fmt: skip
def test_todays_numbers_are_not_taken_for_old_ones(number, country):
    assert not read_number(number, country).renewed


WORDS = [
    "NULL",
    "null",
    "nan",
    "NaN",
    "None",
    "undefined",
    "#N/A",
    "#REF!",
    "[object Object]",
    "(null)",
    "<NA>",
]


@pytest.mark.slow
@pytest.mark.parametrize("word", WORDS)
def test_a_programs_word_for_nothing_is_a_bad_row_unless_it_is_allowed(planned, word):
    rows = [["msisdn", "name"], ["447701234567", "Ann"], ["447701234568", f" {word} "]]
    made = planned(text(rows).encode())
    assert bad_rows(made) == {3: f"name is {word!r}, a program's word for a missing value"}
    assert planned(text(rows).encode(), allowed_words=(word,), name="allowed").ready == 2


@pytest.mark.parametrize("name", ["Null", "Nan", "Nil", "Nonesuch", "Undefined Ltd", "Mr NULLER"])
def test_names_of_people_are_not_taken_for_nothing(planned, name):
    assert planned(text([["msisdn", "name"], ["447701234567", name]]).encode()).ready == 1


def test_only_columns_that_the_message_uses_are_looked_at(planned):
    rows = [["msisdn", "name", "note"], ["447701234567", "Ann", "NULL"]]
    assert planned(text(rows).encode()).ready == 1


@pytest.fixture
def campaign(tmp_path):
    (tmp_path / "message.toml").write_text(TOML)
    rows = [["msisdn", "name"], ["447701234567", "Ann"], ["02079460000", "b"], ["447701234568", "NULL"]]
    rows += [[f"0207946{n:04}", "c"] for n in range(10)]
    rows += [["+52 1 55 1234 5678", "d"], ["+44 7700 900999", "e"]]
    (tmp_path / "people.csv").write_text(text(rows))
    return ("campaign", "plan", "message.toml", "-r", "people.csv", "--country", "GB")


@pytest.mark.slow
def test_bad_rows_are_counted_on_the_screen_by_reason_with_their_first_lines(campaign, mmspack):
    out = mmspack(*campaign).out
    assert "  11 × the number is a landline, which cannot receive MMS: lines 3, 5, 6, 7, 8 …" in out
    assert "  1 × name is 'NULL', a program's word for a missing value: line 4" in out
    assert "1 number of a valid length, but not known to be in use: line 16" in out
    assert "1 number in an old format, converted to the current one: line 15" in out
    assert "(profile uk)" in out


@pytest.mark.slow
def test_a_plan_is_wrapped_at_words_and_its_command_stays_whole(campaign, mmspack, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    lines = mmspack(*campaign).out.splitlines()
    at = lines.index("  11 × the number is a landline, which cannot")
    assert lines[at + 1].startswith("      receive MMS: lines 3,")
    assert lines[-1].startswith("  mmspack campaign run test_a_plan_is_wrapped")


@pytest.mark.slow
def test_strict_planning_ends_with_an_error_where_rows_were_left_out(campaign, mmspack, tmp_path):
    ran = mmspack(*campaign, "--strict", "--json")
    assert ran.code == 1
    document = json.loads(ran.out)
    assert document["exit_code"] == 1
    assert document["reasons"][0]["rows"] == 11
    assert document["reasons"][0]["lines"] == [3, 5, 6, 7, 8]
    (tmp_path / "people.csv").write_text(text(PEOPLE))
    assert mmspack(*campaign, "--strict", "--name", "fine").code == 0


def shared(name: str) -> Path:
    path = SHARED / "inputs" / "tables" / name
    if not path.is_file():
        pytest.skip("the folder of inputs is not here")
    return path


@pytest.mark.parametrize("name", ["blankcols", "sep", "sep_comma", "sep_bom", "utf16", "formula"])
def test_a_table_that_was_refused_is_read(planned, name):
    made = planned(shared(f"{name}.csv"))
    assert made.ready >= 1
    assert made.bad == 0


def test_a_column_that_is_there_twice_is_refused_where_the_message_uses_it(planned, tmp_path):
    with pytest.raises(MmspackError, match="the column 'name' occurs twice"):
        planned(shared("dupcol.csv"))
    (tmp_path / "message.toml").write_text('layout = "text-only"\n[[slides]]\ntext = "Hi"\n')
    assert planned(shared("dupcol.csv")).ready == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [("book-renamed", "Excel workbook"), ("html", "web page"), ("utf16le-nobom", "byte order mark"),
     ("csv-header-140k", "the header cannot be read")],
)  # fmt: skip
def test_a_file_that_is_no_table_is_called_what_it_is(planned, name, words):
    with pytest.raises(InputError, match=words):
        planned(shared(f"{name}.csv"))


@pytest.mark.parametrize(
    ("name", "country", "left_out", "reason"),
    [
        ("names", "GB", [2, 3, 4, 12, 13, 14, 15], "a program's word for a missing value"),
        ("gb", "GB", [2, 5, 6], "which cannot receive MMS"),
        ("us", "US", [4], "a toll-free number, which cannot receive MMS"),
        ("fr", "FR", [11, 12], "which cannot receive MMS"),
    ],
)
def test_rows_that_nobody_meant_are_left_out_with_their_reason(planned, name, country, left_out, reason):
    found = bad_rows(planned(shared(f"{name}.csv"), country=country))
    assert [line for line, words in found.items() if words.endswith(reason)] == left_out


@pytest.mark.parametrize(("name", "country", "old"), [("mx", "MX", [2, 3, 5, 7]), ("br", "BR", [3])])
def test_old_forms_are_sent_to_and_their_lines_named(planned, name, country, old):
    made = planned(shared(f"{name}.csv"), country=country)
    assert (made.bad, made.renewed, made.first_lines["renewed"]) == (0, len(old), old)
