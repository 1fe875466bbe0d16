"""What numbers, tables and plans are told, word for word and line for line, as `told.txt` has it.

After a change of words: python -m tests.campaign.test_words, and read what `git diff` says.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from mmspack.campaign import Order, Rules, plan
from mmspack.campaign.build.local import LocalEngine
from mmspack.campaign.planning.numbers import country_of, read_number, zones_of
from mmspack.campaign.planning.read_tables import read_rows
from mmspack.campaign.planning.sampling import Sampler
from mmspack.campaign.planning.suppression import read_suppression
from mmspack.errors import MmspackError
from tests.campaign.test_tables import PEOPLE, workbook

TOLD = Path(__file__).with_name("told.txt")
NUMBERS = (
    "", "  ", None, True, 447700900123, 447700900123.0, 447700900123.5, "447700900123", "+447700900123",
    "00447700900123", "07700900123", "(0)7700 900-123", "4.47701E+11", "447700900123.0", "44770090012",
    "4477009001234567", "+447", "12", "abc", "07911 123x", "'+447911123456", "+447911123456;",
    "447911123456", "07911123456", "02079460000", "+442079460000", "08001111111", "+448001111111",
    "09012345678", "+12025550123", "2025550123", "12025550123", "18005551212", "+5215512345678",
    "5215512345678", "0445512345678", "015512345678", "5512345678", "+551187654321", "1187654321",
    "11987654321", "+4915112345678", "015112345678", "4930123456", "030123456", "+999123456789",
    "0000000000", "+44 7911\u00a0123456", "79111234567", "89111234567", "3912345678", "390612345678",
)  # fmt: skip
COUNTRIES = (None, "GB", "US", "MX", "BR", "DE", "RU", "IT")
LETTER = (
    'layout = "text-only"\n[variables]\nend = "!"\n[[slides]]\ntext = "Hi {{ name }}, {{ code }}{{ end }}"\n'
)
TABLE = (
    "msisdn,name,code\n"
    "447700900101,Ann,A1\n"
    "447700900101,Ann,A2\n"
    "447700900102,,A3\n"
    "07700900103,Bob,A4\n"
    "+442079460000,Line,A5\n"
    "+448001111111,Free,A6\n"
    "447700900104,NULL,A7\n"
    "447700900105,Cy\n"
    "447700900106,Di,A8,more\n"
    '447700900107,"Eve,A9\n'
    "447700900108,Flo,A10\n"
    "447700900109, =1+1 ,A11\n"
    "12,Gus,A12\n"
    "447700900110,Suppressed,A13\n"
    "447911123456,Hal,A14\n"
)


def lines_of(call: Any) -> list[str]:
    """What it gives, or the error's lines with the cure."""
    try:
        found = call()
    except MmspackError as error:
        return [f"{type(error).__name__}: {problem}" for problem in error.problems]
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def numbers() -> Iterator[str]:
    for value in NUMBERS:
        for country in COUNTRIES:
            number = read_number(value, country)
            said = {name: one for name, one in asdict(number).items() if one}
            yield f"{value!r} {country or ''}: {said}"
    for text in ("UK", "gb", "Germany", " de ", ""):
        yield from (f"country {text!r}: {line}" for line in lines_of(lambda text=text: country_of(text)))
    for number in (447911123456, 33612345678, 4915112345678, 12025550123):
        yield f"zones of {number}: {len(zones_of(number).split())} {zones_of(number)[:15]}"


FILES: dict[str, bytes] = {
    "empty.csv": b"", "blank.csv": b"\n\n", "head.csv": b"msisdn,name,code\n", "wide.csv": b"a\0b\0c\0d\0",
    "page.csv": b"<!DOCTYPE html><p>", "old.csv": b"\xd0\xcf\x11\xe0aaaa", "zip.csv": b"PK\x03\x04aaaa",
    "latin.csv": "msisdn,name,code\n447700900101,Zo\u00eb,1\n".encode("latin-1"),
    "utf16.csv": "msisdn,name,code\n447700900101,Zo\u00eb,1\n".encode("utf-16"),
    "sep.csv": b"sep=;\nmsisdn;name;code\n447700900101;Ann;1\n",
    "tabs.tsv": b"msisdn\tname\tcode\n44\tA\tB\n",
    "lines.jsonl": b'{"msisdn": "447700900101", "name": "Ann", "code": 1}\n\nnot\n[1]\n', "a.pdf": b"%PDF",
    "book.xlsx": workbook({"People": [[], *PEOPLE], "More": [["msisdn"], [447700900101.0], ["x"]]}),
    "broken.xlsx": b"PK", "other.csv": b"phone,name,code\n1,2,3\n",
    "bom.jsonl": '\ufeff{"msisdn": "447700900101", "name": "Zo\u00eb", "code": "A"}\n'.encode(),
    "nul.csv": b"msisdn,name,code\n447700900101,a\0b,=1\n", "nothing.tsv": b"", "nothing.jsonl": b"\n",
    "twice.csv": b"msisdn,name,name,code\n1,2,3,4\n",
}  # fmt: skip


def tables() -> Iterator[str]:
    for name, data in FILES.items():
        Path(name).write_bytes(data)
        yield f"# {name}"
        yield from lines_of(lambda name=name: list(read_rows(Path(name))))
        yield from (f"plan: {one}" for one in lines_of(lambda name=name: planned(Path(name))))
    for name in ("book.xlsx#More", "book.xlsx#Mor", "boook.xlsx"):
        yield f"# {name}"
        yield from lines_of(lambda name=name: list(read_rows(Path(name))))


LISTS = {
    "none.csv": "", "numbers.csv": "447700900101\n\n07700900102;x\n",
    "head.txt": "msisdn\n447700900101\nx\n\n",
    "many.csv": "a,msisdn\n" + "".join(f"{at},x{at}\n" for at in range(7)), "wrong.csv": "a,b\n1,2\n",
    "short.csv": "a,msisdn\n1\n,\n2,447700900101\n",
}  # fmt: skip


def suppressions() -> Iterator[str]:
    for name, text in LISTS.items():
        Path(name).write_text(text, "utf-8")
        for country in (None, "GB"):
            yield f"# {name} {country or ''}"
            yield from lines_of(
                lambda name=name, country=country: sorted(read_suppression(Path(name), country))
            )


def planned(table: Path, **options: Any) -> list[str]:
    """A plan's figures, and its bad rows."""
    rules = options.pop("rules", Rules(rate=10, sender="447700900111", price=0.05))
    order = Order(
        message=Path("message.toml"),
        recipients=table,
        rules=rules,
        replace=True,
        **{"name": "words", **options},
    )
    made = plan(order, engine=LocalEngine(1))
    figures = {
        name: one
        for name, one in asdict(made).items()
        if one and name not in ("path", "bad_rows", "largest", "longest", "cost")
    }
    bad = made.bad_rows.read_text("utf-8-sig").splitlines() if made.bad_rows else []
    return [*(f"{name}: {one}" for name, one in figures.items()), *bad]


def plans() -> Iterator[str]:
    table = Path("people.csv")
    table.write_text(TABLE, "utf-8")
    Path("stop.csv").write_text("msisdn\n447700900110\n", "utf-8")
    group = Path("group.csv")
    group.write_text("msisdn,name,code,shop\n447911123456,Ida,T1,x\n12,Joe,T2,y\n", "utf-8")
    given: dict[str, dict[str, Any]] = {
        "as it is": {}, "with a country": {"country": "GB"}, "with landlines": {"landlines": True},
        "a suppression list": {"suppression": Path("stop.csv")}, "a test group": {"test_group": group},
        "a word": {"allowed_words": ("NULL",)}, "a shard": {"shard": (1, 2)},
        "values": {"values": {"end": "?"}},
        "a stray value": {"values": {"endd": "?"}}, "a wrong column": {"to_column": "msisdns"},
        "a wrong country": {"country": "UK"}, "no rate": {"rules": Rules(rate=0)},
        "a wrong hour": {"rules": Rules(rate=1, quiet="25:00-9")}, "a name": {"name": "a/b"},
        "quiet hours": {"country": "GB", "rules": Rules(rate=1, quiet="20:00-09:00")},
    }  # fmt: skip
    for name, options in given.items():
        yield f"# {name}"
        yield from lines_of(lambda options=options: planned(table, **options))
    corrected = Path("corrected.csv")
    bad = Path("words.bad-rows.csv")
    corrected.write_text("table,line,reason,msisdn,name,code,as read\npeople.csv,4,,'+447700900102,Bea,A3,\n"
                         "people.csv,5,still wrong,447700900103,Bob,A4,\n", "utf-8")  # fmt: skip
    yield f"# bad rows that were corrected: {bad.exists()}"
    yield from lines_of(lambda: planned(corrected))
    Path("message.toml").write_text(LETTER.replace("{{ code }}", "{{ kode }}"), "utf-8")
    yield "# a column that is not there"
    yield from lines_of(lambda: planned(table))
    Path("message.toml").write_text('[[slides]]\ntext = "{{ name }}"\n', "utf-8")
    table.write_text("msisdn,name\n447700900101,\n447700900102,\n", "utf-8")
    yield "# nothing to show for anybody"
    yield from lines_of(lambda: planned(table))


def samples() -> Iterator[str]:
    table = Path("sampled.csv")
    table.write_text(
        "msisdn,name,code\n447700900101,Ann,1\n447700900102,Bartholom\u00e4us,2\n12,x,\n", "utf-8"
    )
    made = Sampler(Path("message.toml"), table)
    for call in (lambda: made.worst(2), lambda: made.at([3, 2]), lambda: made.at([9]), lambda: made.at([4])):
        yield from (line for line in lines_of(call))


def told() -> list[str]:
    """All of it, in the present folder."""
    os.environ["MMSPACK_STATE"] = str(Path("state").resolve())
    Path("message.toml").write_text(LETTER, "utf-8")
    found = [*numbers(), *suppressions(), *tables(), *samples(), *plans()]
    return [line.replace(str(Path.cwd()), ".") for line in found]


@pytest.mark.slow
def test_numbers_tables_and_plans_are_told_as_written(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert told() == TOLD.read_text("utf-8").splitlines()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        lines = told()
    TOLD.write_text("".join(f"{line}\n" for line in lines), "utf-8")
