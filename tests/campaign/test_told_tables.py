"""How numbers, tables, lists and cells are read, and what is said where they cannot be; in `told_tables.txt`.

After a change: python -m tests.campaign.test_told_tables, and read what `git diff` says.
"""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from mmspack.campaign.planning import numbers, text_tables, workbooks
from mmspack.campaign.planning.cells import Cells, as_kept, prove_fillable
from mmspack.campaign.planning.intake import is_in_shard
from mmspack.campaign.planning.numbers import Number, country_of, read_number, zones_by_country, zones_of
from mmspack.campaign.planning.read_tables import columns_of, columns_twice, number_column, read_rows
from mmspack.campaign.planning.reasons import Reasons, in_lines
from mmspack.campaign.planning.suppression import read_suppression
from mmspack.campaign.planning.write_tables import (
    BadRows,
    holds_bad_rows,
    mended_rows,
    safe_cell,
    written_whole,
)
from mmspack.words import said_in_shell
from tests.campaign.test_tables import workbook
from tests.telling import HEAD, answer, each, kept, said, sections_of, told, write, written

TOLD = Path(__file__).with_name("told_tables.txt")


GIVEN = (
    "tel:+44 7911 123456", "TEL:07911123456", "teL07911123456", "+\uff14\uff14 7911 123456",
    "\uff0b447911123456", "\u0664\u0664\u0667\u0669\u0661\u0661\u0661\u0662\u0663\u0664\u0665\u0666",
    "447911123456;", "447911123456;;", "44791112345\u00b2", "44\u20147911123456", "[447911123456]",
    "+44+7911123456", "++447911123456", "\ufeff447911123456", "00447911123456", "0044", "00", "+", "-",
    "4,47911E+11", "4.47911123456e11", "4.47911123456E11", "447911123456E0", "4.4791112345678901E+16",
    "447911123456.0", "447911123456.00", "44791.0", 447911123456.0, 4479.5, False, 0, b"44", ["44"],
    "077009004", "07700900", "7911123456", "0791112345", "079111234567", "447911", "+44791112345678",
    "+1", "+12", "+1202", "+120255501", "+12025550123", "+120255501234", "+999", "+0447911123456",
    "+442079460000", "+448081570000", "+449098790000", "+448448710000", "+445612345678", "+447012345678",
    "+447640123456", "+33612345678", "+33123456789", "0612345678", "06 12 34 56 7", "+3906123456",
    "3331234567", "393331234567", "+491701234567", "01701234567", "1701234567", "491701234567",
    "17012345678", "4917012345678", "+5491123456789", "91123456789", "5215512345678", "+5215512345678",
    "0445512345678", "0455512345678", "015512345678", "0415512345678", "+551187654321", "+551137654321",
    "+550187654321", "01187654321", "1187654321", "1137654321", "0187654321", "551187654321",
    "4792345678", "14792345678", "2125551234", "12125551234", "+4792345678", "92345678", "12", "44x",
)  # fmt: skip


@each(*map(str, range(4)))
def about_numbers(portion: str) -> Iterator[str]:
    for value in GIVEN[int(portion) :: 4]:
        meant: dict[str, list[str]] = {}
        for country in (None, "GB", "US", "DE", "IT", "FR", "MX", "BR", "NO", "AR", "JM"):
            known = {name: one for name, one in asdict(read_number(value, country)).items() if one}
            meant.setdefault(str(known), []).append(country or "-")
        yield from (f"{value!r} {' '.join(countries)}: {known}" for known, countries in meant.items())


def about_countries_and_zones() -> Iterator[str]:
    with said_in_shell():
        yield f"in a shell: {read_number('07911123456').problem}"
    for number in (
        Number(), Number(problem="x"), Number(msisdn=1), Number(msisdn=1, kind="landline"),
        Number(msisdn=1, kind="pager"), Number(problem="x", kind="landline"),
    ):  # fmt: skip
        yield f"{number}: {number.refusal()!r} {number.refusal(landlines=True)!r}"
    for text in (None, "", " ", "gb", " Gb ", "UK", "uk", "ZZ", "England", "001"):
        yield from said(f"country {text!r}", lambda text=text: country_of(text))
    for digits in (
        447911123456, 33612345678, 491701234567, 12125551234, 14165551234, 18765551234, 79161234567,
        77011234567, 61412345678, 262692123456, 80012345678,
    ):  # fmt: skip
        names = zones_of(digits).split()
        yield f"zones of {digits}: {len(names) > 1} {names[:1]} {sorted(names) == names}"
    zones_by_country.cache_clear()
    with mock.patch.object(numbers, "_SYSTEM_ZONES", Path("no such file")):
        yield f"zones of the package: {[zones_by_country()[one] for one in ('GB', 'JM', 'DE')]}"
    zones_by_country.cache_clear()
    shards = [[is_in_shard(447700900000 + at, (one, 3)) for one in (1, 2, 3)].index(True) for at in range(40)]
    yield f"shards {shards} {is_in_shard(1, (1, 1))}"


TABLES: dict[str, str | bytes] = {
    "plain.csv": f"{HEAD}447700900101,Ann,A1\n\n,,\n447700900102,Bob\n447700900105\n"
    "447700900103,Cy,A3,\n447700900104,Di,A4,x\n",
    "crlf.csv": b"msisdn,name,code\r\n447700900101,Ann,A1\r\n447700900102,Bob\r\n",
    "quotes.csv": f'{HEAD}447700900101,"Ann, A",A1\n447700900102,"Bob\nB",A2\n447700900103,"Cy,A3\n'
    '447700900104,Di"x,A4\n447700900105,"Eve"x,A5\n447700900106,Flo,A6\n',
    "swallowed.csv": f'{HEAD}447700900101,Ann,"A1\n447700900102,Bob,A2"\n447700900103,Cy,A3\n',
    "formulas.csv": f'{HEAD}"=""447700900101""","=""A""n""",=1\n',
    "blank.csv": ",msisdn,,name\n1,447700900101,2,Ann\n",
    "twice.csv": "msisdn,name,name,name\n1,A,B,C\n",
    "numbered.csv": "msisdn,name,name (2),name\n1,A,B,C\n",
    "semicolons.csv": "msisdn;name,x;code\n1;A;B\n",
    "bars.txt": "msisdn|name\n1|A\n",
    "tabs.tsv": "msisdn\tname\n1\tA\n",
    "one.csv": "msisdn\n1\n2\n",
    "sep.csv": '"SEP=|"\nmsisdn|name\n1|A\n',
    "sep2.csv": "sep=;\nmsisdn;name\n1;A\nx\n",
    "sep3.csv": "sep=ab\n1\n",
    "bom.csv": "\ufeffmsisdn,name\n1,Zo\u00eb\n",
    "utf16.csv": "msisdn\tname\n1\tZo\u00eb\n".encode("utf-16"),
    "le.csv": "msisdn,name".encode("utf-16-le"),
    "be.csv": "msisdn,name".encode("utf-16-be"),
    "abc.csv": b"a\0b",
    "latin.csv": b"msisdn,name\n1,Zo\xeb\n",
    "cut.csv": b"\xff\xfea",
    "empty.csv": "",
    "blank2.csv": "\n",
    "commas.csv": ",,\n",
    "sepalone.csv": "sep=;",
    "spaces.csv": "  \n",
    "long.csv": f"msisdn,{'x' * 140_000}\n1,2\n",
    "page.csv": b"\xef\xbb\xbf  <HTML>",
    "page2.csv": b"<table>",
    "page3.csv": b"<?xml version='1.0'?>",
    "angle.csv": b"<b>,c\n1,2\n",
    "zip.csv": b"PK\3\4" + bytes(90),
    "old.csv": b"\xd0\xcf\x11\xe0",
    "book.csv": b"PK\3\4 xl/ ",
    "book2.csv": b"PK\3\4 [Content_Types].xml",
    "far.csv": b"PK\3\4" + b" " * 5000 + b"xl/",
    "phones.csv": "447700900101,Ann\n447700900102,Bob\n",
    "dates.csv": "2026-12-01,name\n1,2\n",
    "short.csv": "12345678,name\n1,2\n",
    "near.csv": "Mssdin,name\n1,2\n",
    "case.csv": " MSISDN ,Name\n447700900101,Ann\n",
    "rows.jsonl": '\ufeff{"msisdn": 1, "name": "A", "deep": {"a": [1]}}\n\n  \nnot\n[1]\n'
    '"x"\n{"\\u0000problem": "p"}\n',
    "rows.ndjson": '{"name": 1}\n'
    + "x" * 10_050
    + "\n"
    + '["'
    + "y" * 10_050
    + '"]\n'
    + "[" * 100_000
    + "\n",
    "latin.jsonl": b'{"name": "Zo\xeb"}\n',
    "rows.JSONL": '{"a": null}\n',
    "none.jsonl": "",
    "broken.parquet": b"PAR1",
    "a.doc": "x",
    "bare": "x",
    "broken.xlsx": b"PK\3\4",
    "text.xlsx": b"hello",
    "broken.xls": b"hello",
    "broken.ods": b"hello",
    "book.xlsx": workbook(
        {
            "People": [
                [],
                ["msisdn", " name ", "", "name"],
                [447700900101.0, "Ann", "x", 1.5],
                ["", "", "", ""],
                ["447700900102", "Bob"],
            ],
            "More": [["msisdn"], [1]],
            "Nothing": [],
        }
    ),
}


@each(*map(str, range(5)))
def about_tables(portion: str) -> Iterator[str]:
    for name in list(TABLES)[int(portion) :: 5]:
        yield from _table(name)


def _table(name: str) -> Iterator[str]:
    path = written(name, TABLES[name])
    told = answer(lambda path=path: list(read_rows(path)))
    yield from (f"{name}: {line if len(line) < 500 else f'{line[:160]} … {len(line)}'}" for line in told)
    for call in (
        columns_of,
        lambda path: sorted(columns_twice(path)),
        lambda path: number_column(path, columns_of(path)),
    ):
        lines = answer(lambda path=path, call=call: call(path))
        yield from (f"{name}: {line[:300]}" for line in lines if line not in told)


def about_sheets() -> Iterator[str]:
    written("book.xlsx", TABLES["book.xlsx"])
    for name in (
        "book.xlsx#More",
        "book.xlsx#Moer",
        "book.xlsx#Nothing",
        "book.xlsx#",
        "bok.xlsx",
        "no/b.csv",
        "rows.csv",
        "gone.csv#x",
        "folder.csv",
    ):
        Path("folder.csv").mkdir(exist_ok=True)
        yield from said(f"table {name}", lambda name=name: list(read_rows(Path(name))))
        yield f"sheet {name}: {workbooks.split_sheet(Path(name))} {workbooks.is_workbook(Path(name))}"
    written("a#b.xlsx", b"")
    written("c#d.csv", b"")
    yield f"sheet {workbooks.split_sheet(Path('c#d.csv'))} {workbooks.split_sheet(Path('c#d.xlsx#e'))}"
    yield f"sheet {workbooks.split_sheet(Path('a#b.xlsx'))}"
    written("none.xlsx", workbook({}))
    yield from said("no sheets", lambda: list(read_rows(Path("none.xlsx"))))
    written("one.csv", "msisdn\n1\n")
    for columns in ((), ("a", "b"), ("phone", "Numbers"), ("Nummer", "number")):
        yield from said(
            f"column of {columns}", lambda columns=columns: number_column(Path("one.csv"), columns, "Number")
        )
    with mock.patch.object(workbooks, "_MOST_UNPACKED", 2000):
        yield from (
            re.sub(r"to [\d,]+", "to #", line)
            for line in said("bomb", lambda: list(read_rows(Path("book.xlsx"))))
        )
    written("broken.parquet", b"PAR1")
    with mock.patch.dict(sys.modules, {"pyarrow": None}):
        yield from said("without pyarrow", lambda: list(read_rows(Path("broken.parquet"))))
    broken = Path("unread.csv")
    if Path("/proc/self/mem").exists():
        broken.symlink_to("/proc/self/mem")  # a file that opens and cannot be read
        assert answer(lambda: list(read_rows(broken))) == [
            "InputError: unread.csv: cannot be read: input/output error"
        ]


def about_cells_of_tables() -> Iterator[str]:
    for value in (
        1.0,
        1.5,
        "x",
        True,
        datetime.date(2026, 12, 1),
        datetime.time(9, 5),
        datetime.datetime(2026, 12, 1, 9),
        datetime.timedelta(hours=1),
        10**30 * 1.0,
    ):
        yield f"plain {value!r}: {workbooks._plain(value)!r}"
    yield f"apart {text_tables.apart(['a', '', 'a', '', 'a', 'b'])}"
    for text in ("=", "=1", '=""', '="a"', 'x="a"', '=a"', '="a"b"'):
        yield f"cell {text}: {text_tables.cell(text)}"


def about_suppression() -> Iterator[str]:
    lists = {
        "gone.csv": None,
        "none.csv": "",
        "blank.csv": "\n",
        "head.csv": "msisdn\n",
        "phone.csv": "Telephone\n447700900101\n",
        "numbers.csv": "447700900101\n\n , \n+44 7700 900102;x\n447700900103\tx\n447700900104|x\n"
        "07700900105,y\n",
        "two.csv": "name,MSISDN\nAnn,447700900101\n,\nBob,\n",
        "wrong.csv": "name,phone\nAnn,1\n",
        "many.csv": "msisdn\n" + "".join(f"x{at}\n" for at in range(7)),
        "five.csv": "msisdn\n" + "".join(f"x{at}\n" for at in range(5)),
        "broken.csv": 'msisdn,why\n447700900101,x,y\n"447,x\n447700900102\n',
        "either.csv": "msisdn\n4792345678\n",
        "lines.jsonl": '{"msisdn": 447700900101}\nnot\n{"msisdn": null}\n{"other": 1}\n',
        "code.csv": "a1\n447700900101\n",
    }
    for name, text in lists.items():
        path = Path(name) if text is None else written(name, text)
        for country in (None, "GB", "US"):
            yield from said(
                f"{name} {country or ''}",
                lambda path=path, country=country: [sorted(read_suppression(path, country))],
            )


def about_cells() -> Iterator[str]:
    defaults = {"b": "B", "c": "", "e": 0}
    cells = [
        Cells(("a", "b", "c", "d"), ("A", "bb", "C", None), defaults),
        Cells(
            ("a", "b", "c", "d"),
            ("A", "bb", "C", None),
            defaults,
            allowed_words=("NULL",),
            default_if_blank=("b",),
        ),
    ]
    rows: tuple[tuple[object, ...], ...] = (
        ("x", "y", "z", "w"),
        ("", "y", "z", None),
        (None, "y", "z", ""),
        ("x", "", "z", "w"),
        ("x", None, "", ""),
        ("NULL", "y", "z", "w"),
        ("x", "nan", "z", "NULL"),
        ("x", "y", "\ud800", "w"),
        (0, 1.5, False, ["x"]),
        ("", "nan", "z", "w"),
        ("x", "y", "NULL", "\udfff"),
    )
    for row in rows:
        for one in cells:
            yield from said(
                f"cells {row!r}", lambda one=one, row=row: [repr(one.fault(row)), one.filled(row)]
            )
    for value in (" x ", "", None, 1, 1.5, True, ["a"], {"a": 1}, b"x", datetime.date(2026, 12, 1)):
        yield f"kept {value!r}: {as_kept(value)!r}"
    for names in ((), ("b",), ("bb",), ("zzz",), ("c", "e", "x")):
        yield from said(f"fillable {names}", lambda names=names: prove_fillable(names, defaults))


def about_reasons() -> Iterator[str]:
    for number, lines in ((1, [7]), (2, [7, 1200]), (9, [1, 2, 3, 4, 5]), (5, [1, 2, 3, 4, 5])):
        yield in_lines(number, lines)
    found = Reasons()
    for at in range(50):
        found.count(f"reason {at}", at)
    for at in range(7):
        found.count("reason 3", 100 + at)
        found.count(f"the number already occurs in line {at} of people.csv", at)
        found.count(f"has {at} cells, but the header has 3", at)
        found.count(f"has {at} cell, but the header has 3", at)
    yield from (f"reasons {name}: {one}" for name, one in found.most_frequent().items())
    few = Reasons()
    for at in range(7):
        few.count(f"the number already occurs in line {at} of people.csv", at)
        few.count(f"has {at} cells, but the header has 3", at)
    few.count("has 1 cell, but the header has 2", 9)
    yield from (f"few {name}: {one}" for name, one in few.most_frequent().items())


def about_bad_rows() -> Iterator[str]:
    for value in (
        "x",
        None,
        1,
        "=1",
        "+1",
        " -1",
        "@a",
        "\tx",
        "\r",
        "\nx",
        "\uff1d1",
        "\uff0b",
        "\uff0d",
        "\uff20",
        "a\0b",
        "'x",
        "",
        "\ud800",
        " x",
        "'=1",
    ):
        yield f"safe {value!r}: {safe_cell(value)!r}"
    for columns in (
        (),
        ("table", "line", "reason"),
        ("table", "line", "reason", "x"),
        ("line", "table", "reason"),
        ("table", "line"),
    ):
        yield f"bad rows {columns}: {holds_bad_rows(columns)}"
    path = Path("told.bad-rows.csv").resolve()
    bad = BadRows(path, ["msisdn", "=name", "line", "as read", "reason"])
    yield f"mode {oct(path.with_name(f'.{path.name}.part').stat().st_mode & 0o777)} {path.exists()}"
    bad.write(Path("a/people.csv"), 3, "why", {"msisdn": "+1", "=name": None, "line": 9}, "raw,\u00eb")
    bad.write(Path("b.csv"), 4, "left out before (why): correct it, and clear its reason", {"msisdn": 2})
    yield f"finished {bad.finish() == path} {bad.rows} {path.read_bytes()!r}"
    path.write_text(path.read_text("utf-8").replace("a/people.csv", "p").replace(",why,", ",,"), "utf-8")
    yield from (f"read again {row}" for row in mended_rows(read_rows(path)))
    path.write_text("table,line,reason,msisdn\nb,2, still ,'=1\nb,3,,'x\nb,4,x,\"1\n", "utf-8")
    yield from (f"read again {row}" for row in mended_rows(read_rows(path)))
    none = BadRows(path.with_name("none.csv"), ["a"])
    yield f"nothing {none.finish()} {none.rows}"
    gone = BadRows(path.with_name("gone.csv"), ["a"])
    gone.abandon()
    gone.abandon()
    yield from said("no folder", lambda: BadRows(Path("no/such.csv"), []))
    with written_whole(Path("whole.csv")) as stream:
        stream.write("\u00eb\n")
        yield f"not yet {Path('whole.csv').exists()} {oct(Path('.whole.csv.part').stat().st_mode & 0o777)}"
    yield f"whole {Path('whole.csv').read_bytes()!r}"

    def fails(error: BaseException) -> None:
        with written_whole(Path("half.csv")) as stream:
            stream.write("x")
            raise error

    yield from said("a full disk", lambda: fails(OSError(28, "No space left on device")))
    yield from said("no folder to write in", lambda: written_whole(Path("no/such.csv")).__enter__())
    full = BadRows(path.with_name("full.csv"), ["a"])
    with mock.patch.object(full, "_table") as table:
        table.writerow.side_effect = OSError(28, "No space left on device")
        yield from said("a full disk of bad rows", lambda: full.write(Path("a"), 1, "x", {}))
    full.abandon()
    yield f"left {sorted(one.name for one in Path.cwd().iterdir())}"


SECTIONS = sections_of(globals())


@pytest.mark.slow
@pytest.mark.parametrize("name", SECTIONS)
def test_a_table_is_read_and_called_what_is_written(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert told(SECTIONS[name]) == kept(TOLD, name)


if __name__ == "__main__":
    write(TOLD, SECTIONS)
