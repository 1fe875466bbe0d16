"""What a plan says and leaves in each case that a message or an order can bring; in `told_plans.txt`.

After a change: python -m tests.campaign.test_told_plans, and read what `git diff` says.
"""

from __future__ import annotations

import datetime
import decimal
import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

from mmspack.campaign import Ledger, Order, Plan, Rules, plan, rules_of
from mmspack.campaign.build.batches import Built, RowFields
from mmspack.campaign.build.freezing import freeze
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.local import LocalEngine
from mmspack.campaign.planning import order
from mmspack.campaign.planning.cases import recipients_of
from mmspack.campaign.planning.intake import is_in_shard
from mmspack.campaign.planning.matching import is_zip, matched_columns, template_of
from mmspack.campaign.planning.order import file_name, prove_rules
from mmspack.campaign.planning.read_tables import read_rows
from mmspack.campaign.planning.sampling import Sampler
from mmspack.campaign.planning.spooling import as_table
from mmspack.message import Message, Overlay, Slide
from mmspack.recipe import Recipe
from tests.rules.scenes import photo
from tests.telling import HEAD, answer, each, kept, said, sections_of, told, write, written

TOLD = Path(__file__).with_name("told_plans.txt")
LETTER = (
    'subject = "For {{ name }}"\nlayout = "text-only"\n[variables]\nend = "!"\nblank = ""\n'
    '[[slides]]\ntext = "Hi {{ name }}, {{ code }}{{ end }}{{ blank }}"\n'
)
CARD = (
    'subject = "Ticket"\n[variables]\nseat = ""\n[[slides]]\nimage = "card.jpg"\n'
    '[[slides.overlay]]\nbox = [0, 0, 0.5, 1]\nqr = "{{ code }}"\n'
    '[[slides.overlay]]\nbox = [0.5, 0, 0.5, 0.5]\nbarcode = "{{ seat }}7"\n'
    '[[slides.overlay]]\nbox = [0.5, 0.5, 0.5, 0.5]\ntext = "{{ name }}"\n'
)


def planned(table: Path | Any, text: str = LETTER, *, engine: Any = None, **options: Any) -> Plan:
    """A plan of a few rows."""
    written("message.toml", text)
    given: dict[str, Any] = {"rules": Rules(rate=10, price=0.05), "name": "told", **options}
    return plan(
        Order(message=Path("message.toml"), recipients=table, replace=True, **given),
        engine=engine or LocalEngine(1),
    )


def left(table: Path | Any, text: str = LETTER, **options: Any) -> list[str]:
    """All that a plan tells, keeps and leaves behind."""
    made = planned(table, text, **options)
    known = {name: one for name, one in asdict(made).items() if one}
    for name in ("path", "bad_rows", "largest"):  # how large a picture is differs from machine to machine
        known.pop(name, None)
    for name in ("findings", "examples", "tables"):  # in the order in which the rules were loaded
        known[name] = dict(sorted(known.get(name, {}).items()))
    lines = [f"{name} {one}" for name, one in known.items() if one]
    lines.append(f"largest in line {made.largest[0]}, {made.largest[1] > 0}")
    lines += made.bad_rows.read_text("utf-8-sig").splitlines() if made.bad_rows else ["no bad rows"]
    with Ledger.look(made.path) as ledger:
        lines += [
            f"{one.row} {one.msisdn} {one.state.name} {one.why} {ledger.row(one.row)}"
            for one in ledger.accounts()
        ]
        lines.append(f"zones {[(at, ' ' in names, names[:20]) for at, names in ledger.zones().items()]}")
        for name in ("name", "rules", "country", "tables", "shard", "store", "test_rows"):
            lines.append(f"{name} {ledger.setting(name, '-')}")
        summary = json.loads(json.dumps({**asdict(made), "path": None, "bad_rows": None}))
        lines.append(f"it remembers the plan {ledger.setting('plan', {}) == summary}")
    lines.append(f"left {sorted(one.name for one in Path.cwd().iterdir() if 'told' in one.name)}")
    return lines


def about_rows_of_programs() -> Iterator[str]:
    class Odd:
        pass

    values = (
        None,
        "x",
        True,
        1,
        1.0,
        1.5,
        float("nan"),
        float("inf"),
        {"a": 1.0, 2: Odd},
        {"a": {"b": 2.0}},
        [1.0, None],
        (1.0, "x"),
        np.float64(2.0),
        np.float64("nan"),
        np.int64(3),
        np.str_("s"),
        np.bool_(True),
        decimal.Decimal("19.90"),
        decimal.Decimal("NaN"),
        datetime.date(2026, 12, 1),
        datetime.datetime(2026, 12, 1, 9),
        datetime.time(9),
        np.datetime64("2026-12-01T09:00"),
        uuid.UUID(int=1),
        b"x",
        {1},
        Odd(),
        Odd,
        np.array([1]),
        [Odd()],
    )
    for value in values:
        name = re.sub(r"0x[0-9a-f]+|(?<=class ')\S*(?=Odd)|(?<=<)\S*(?=Odd)", "#", repr(value))

        def read(value: object = value) -> list[object]:
            with as_table([{"msisdn": 1, 2: value}], "people") as path:
                mode = path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777
                return [path.name, path.parent.name[:8], mode[1] == 0o700, *read_rows(path)]

        yield from (f"{name}: {line}" for line in answer(read))
    for rows in ([("a", 1)], [{"a": 1}, "text"], iter([{}, 3])):
        yield from said("rows", lambda rows=rows: list(_table_of(rows)))
    with as_table(Path("x.csv"), "people") as path:
        yield f"a path: {path}"
    for table in ([{"phone": 1}], [{"msisdn": 447700900101, "name": "A"}], []):
        yield from (
            re.sub(r"/\S*/", "/", line) for line in said(f"plan of {table}", lambda table=table: left(table))
        )


def _table_of(rows: Any) -> list[Any]:
    with as_table(rows, "people") as path:
        return list(read_rows(path))


COLUMNS = {
    "plain.csv": "msisdn,first_name,code",
    "folded.csv": "msisdn,First name,CODE",
    "both.csv": "code,First Name,first_name",
    "exact.csv": "code,first_name,x",
    "near.csv": "msisdn,firstname,coed",
    "none.csv": "a,b",
    "many.csv": ",".join(f"c{at}" for at in range(12)),
    "more.csv": ",".join(f"c{at}" for at in range(14)),
    "twice.csv": "code,code,first_name",
    "three.csv": "First Name,FIRST-NAME,first.name,code",
}


@each(*COLUMNS)
def about_columns(name: str) -> Iterator[str]:
    file = written("copy.txt", "{{ code }}")
    messages = {
        "two": Message(slides=[Slide(text="{{ first_name }} {{ code }}")]),
        "places": Message(
            subject="{{ s }}",
            fallback="{{ f }}",
            slides=[
                Slide(
                    image=photo(),
                    text=file,
                    overlay=[
                        Overlay(box=(0, 0, 1, 1), text="{{ t }}"),
                        Overlay(box=(0, 0, 1, 1), qr="{{ q }}"),
                        Overlay(box=(0, 0, 1, 1), barcode="{{ b }}"),
                    ],
                ),
                Slide(image=photo()),
                Slide(text="{{ z }}"),
            ],
        ),
    }
    head = COLUMNS[name]
    path = written(name, f"{head}\n" + ",".join("1" * len(head.split(","))) + "\n")
    for what, defaults in (("two", ()), ("two", ("code",)), ("places", ()), ("places", tuple("sftqbz"))):
        message, _ = template_of(messages[what])
        yield from said(
            f"{name} {what} {defaults}",
            lambda message=message, path=path, defaults=defaults: matched_columns(message, path, defaults),
        )


def about_messages() -> Iterator[str]:
    written("copy.txt", "{{ code }}")
    written("a.zip", b"PK\3\4")
    Path("letter").mkdir()
    written("letter/message.toml", LETTER)
    written("words.toml", '[[slides]]\ntext = "gone.txt"\n')
    written("broken.toml", "[[slides]\n")
    sources: dict[str, Any] = {
        "a zip": Path("a.zip"),
        "a folder": Path("letter"),
        "a file": Path("letter/message.toml"),
        "a file that is gone": Path("gone.toml"),
        "a text that is gone": Path("words.toml"),
        "no TOML": Path("broken.toml"),
        "no slides": Message(),
        "a wrong time": Message(slides=[Slide(text="x", seconds=-1)]),
        "a missing text": Message(slides=[Slide(text="a"), Slide(text=Path("gone.txt"))]),
    }
    for name, source in sources.items():
        yield from said(
            name,
            lambda source=source: [
                [slide.text for slide in template_of(source)[0].slides],
                template_of(source)[1],
            ],
        )
    yield f"zips {is_zip(Path('a.zip'))} {is_zip(Path('gone.zip'))} {is_zip(Path('words.toml'))}"
    outside = Path("..").resolve() / "outside.txt"
    outside.write_text("Hi {{ name }}", "utf-8")
    written("outside.toml", f'[[slides]]\ntext = "{outside.as_posix()}"\n')
    for allowed in (False, True):
        lines = said(
            f"outside {allowed}",
            lambda allowed=allowed: (
                template_of(Path("outside.toml"), allow_outside=allowed)[0].slides[0].text
            ),
        )
        yield from (line.replace(str(outside.parent), "..") for line in lines)
    outside.unlink()


def about_orders() -> Iterator[str]:
    table = written("people.csv", f"{HEAD}447700900101,Ann,A1\n")
    good: dict[str, Any] = {"message": Path("m.toml"), "recipients": table}
    wrong: tuple[dict[str, Any], ...] = (
        {},
        {"message": 1},
        {"recipients": 2},
        {"name": 3},
        {"folder": 4},
        {"to_column": 5},
        {"country": 6},
        {"suppression": 7},
        {"test_group": 8},
        {"recipe": 9},
        {"values": []},
        {"rules": {}},
        {"shard": [1, 2]},
        {"shard": (0, 1)},
        {"shard": (3, 2)},
        {"shard": (1,)},
        {"shard": (1, 2, 3)},
        {"shard": (True, 1)},
        {"shard": ("1", 2)},
        {"shard": (2, 2)},
        {"shard": (1.0, 2)},
        {"name": 3, "folder": 4},
        {"name": 3, "shard": (9, 1)},
        {
            "message": "m.toml",
            "recipients": "p.csv",
            "folder": "f",
            "suppression": "s.csv",
            "test_group": "t.csv",
        },
        {"allowed_words": "NULL", "default_if_blank": "x"},
        {"allowed_words": None, "default_if_blank": ["a", "b"]},
    )
    for given in wrong:

        def made(given: dict[str, Any] = given) -> dict[str, Any]:
            one = Order(**{**good, **given})
            return {name: getattr(one, name) for name in (*good, *given)}

        yield from said(f"order {given}", made)
    rules: tuple[dict[str, Any], ...] = (
        {},
        {"rate": 0},
        {"rate": -1},
        {"rate": 0.001},
        {"rate": order.FASTEST},
        {"rate": order.FASTEST - 1},
        {"rate": "1"},
        {"rate": True},
        {"per_day": -1},
        {"per_month": -1},
        {"price": -0.1},
        {"price": float("nan")},
        {"per_day": 1.5},
        {"per_day": 0, "price": 0},
        {"quiet": "20-9"},
        {"quiet": 1},
        {"start": "soon"},
        {"end": "late"},
        {"start": "2026-12-02T09:00Z", "end": "2026-12-01T09:00Z"},
        {"sender": "12345"},
        {"sender": "447700900111"},
        {"sender": "Shop"},
        {"sender": 5},
        {"deliveryreport": 1},
        {"per_month": "x"},
        {"rate": "x", "price": "y"},
    )
    for given in rules:
        yield from said(f"rules {given}", lambda given=given: prove_rules(Rules(**given)))
    folder = Path("shop").resolve()
    for name, toml in (
        ("", folder / "message.toml"),
        ("", folder / "sale.toml"),
        ("spring", folder / "sale.toml"),
        ("a/b", folder / "x"),
        ("a\\b", folder / "x"),
        ("a:b", folder / "x"),
        ('a"b', folder / "x"),
        (" a", folder / "x"),
        ("a.", folder / "x"),
        (".", folder / "x"),
        ("a\tb", folder / "x"),
        ("x" * 200, folder / "x"),
        ("x" * 201, folder / "x"),
        ("\u00e9" * 101, folder / "x"),
        ("", folder / f"{'y' * 201}.toml"),
    ):
        yield from said(
            f"name {name[:30]!r} {toml.name[:20]}", lambda name=name, toml=toml: file_name(name, toml)
        )


def _plans() -> dict[str, Callable[[], Any]]:
    people = Path("people.csv")
    rows = Path("rows.csv")
    fine = Path("fine.csv")
    group = Path("group.csv")
    foreign = Path("foreign.csv")
    stop = Path("stop.csv")
    return {
        "a few": lambda: left(people),
        "a country": lambda: left(fine, country="gb"),
        "defaults": lambda: left(rows, default_if_blank=("end",), values={"blank": "0"}),
        "no default": lambda: left(rows),
        "a test group": lambda: left(people, test_group=group),
        "a test group with defaults": lambda: left(rows, test_group=group, default_if_blank=("end",)),
        "a suppression list": lambda: left(people, suppression=stop, test_group=group),
        "quiet hours": lambda: left(
            foreign,
            rules=Rules(
                rate=2.5,
                quiet="20:00-09:00",
                per_day=5,
                sender="447700900111",
                start="2026-12-01T09:00+01:00",
            ),
        ),
        "another folder": lambda: left(fine, folder=Path("elsewhere")),
        "a shard": lambda: left(foreign, shard=(1, 2)),
        "the other shard": lambda: left(foreign, shard=(2, 2)),
        "a name of its own": lambda: left(fine, name=""),
        "profiles": lambda: left(fine, recipe=Recipe(profile=("us", "uk"))),
        "a message": lambda: left(fine, LETTER.replace("{{ name }}, ", "")),
    }


def _people() -> None:
    written(
        "people.csv",
        f"{HEAD}447700900101,Ann,A1\n12,Bob,A2\n447700900103, Zo\u00eb ,A3\n447700900101,Cy,A4\n",
    )
    written(
        "rows.csv", "msisdn,name,code,end\n447700900101,Ann,A1,\n447700900102,Bob,A2,?\n447700900103,,A3,\n"
    )
    written("fine.csv", f"{HEAD}447700900101,Ann,A1\n447700900102,Bobby,A22\n")
    written("group.csv", "code,msisdn,name,shop\nT1,447700900109,Ida,x\nT2,447700900101,Joe,y\nT3,12,Kim,z\n")
    written(
        "foreign.csv",
        f"{HEAD}447700900101,Ann,A1\n33612345678,Luc,A2\n12125551234,Sam,A3\n447700900102,Bob,A4\n",
    )
    written("stop.csv", "msisdn\n447700900103\n447700900101\n")


@each(*_plans())
def about_plans(name: str) -> Iterator[str]:
    _people()
    Path("elsewhere").mkdir()
    yield from said(name, _plans()[name])


def about_progress_of_clips() -> Iterator[str]:
    _people()
    made: list[tuple[str, int]] = []
    written("message.toml", LETTER)
    given = Order(message=Path("message.toml"), recipients=Path("fine.csv"))

    def fitted(*given: Any, progress: Callable[[int, int], None], **more: Any) -> Base:
        for done in (0, 1, 3):
            progress(done, 3)
        return freeze(*given, progress=progress, **more)

    with mock.patch("mmspack.campaign.planning.planner.freeze", fitted):
        plan(given, engine=LocalEngine(1), progress=lambda *one: made.append(one))
    yield f"progress of clips {made}"


def about_a_plan_of_everything() -> Iterator[str]:
    """Whatever can be noted of a row, in one plan of a test group and a table."""
    written("card.jpg", photo(400, 300))
    written("stop.csv", "msisdn\n447700900190\n")
    text = CARD.replace('seat = ""', 'seat = "7"\nend = "!"').replace('"Ticket"', '"Ticket{{ end }}"')
    text = text.replace('image = "card.jpg"', 'image = "card.jpg"\ntext = "{{ name }}{{ end }}"')
    group = written("group.csv", f"{HEAD}447700900109,Ida,T1\n12,Kim,T2\n+5215512345679,Lu,T1\n")
    table = written(
        "people.csv",
        "msisdn,name,code,end\n+5215512345678,Ann \U0003fffd,A1,\n447700900101,Bob,A1,\n"
        "+5215512345677,Cy,A2,\n"
        "447700900102 ,Di,A1,?\n447700900190,Eve,A3,?\n447700900101,Flo,A4,?\n+5215512345678,Ann,A5,?\n"
        "447700900103,,A6,?\n447700900104,Hal,A7\n+442079460000,Ivy,A8,?\n12125551234,Joe \U0003fffd,A9,\n"
        "33612345678,Luc,A2,\n12,Max,B1,?\n447700900105,NULL,B2,?\n",
    )
    yield from left(
        table, text, test_group=group, suppression=Path("stop.csv"), default_if_blank=("end",),
        rules=Rules(rate=2.5, quiet="20:00-09:00", price=0.04, sender="447700900111"),
    )  # fmt: skip


def about_progress() -> Iterator[str]:
    _people()
    people, fine = Path("people.csv"), Path("fine.csv")
    made: list[tuple[str, int]] = []
    given = Order(message=Path("message.toml"), recipients=people, name="heard", rules=Rules(rate=10))
    written("message.toml", LETTER)
    plan(given, engine=LocalEngine(1), progress=lambda *one: made.append(one))
    yield f"progress {made}"
    with mock.patch("mmspack.campaign.planning.intake.SHARD_ROWS", 2):
        made.clear()
        plan(
            Order(message=Path("message.toml"), recipients=people, name="more", rules=Rules(rate=10)),
            engine=LocalEngine(1),
            progress=lambda *one: made.append(one),
        )
        yield f"progress by two {made}"
    message = Message(subject="Hi", slides=[Slide(text="Dear {{ name }}")], layout="text-only")
    from_python = plan(Order(message=message, recipients=fine), engine=LocalEngine(1))
    yield f"from Python {from_python.path.relative_to(Path.cwd())} {from_python.name} {from_python.ready}"
    with Ledger.look(from_python.path) as ledger:
        yield f"its rules {rules_of(ledger)}"


class Shelved(LocalEngine):
    """An engine that keeps the media of each shard on a shelf, as those of a cluster do."""

    def build(self, base: Base, shards: Iterator[list[RowFields]]) -> Iterator[Built]:
        for number, built in enumerate(super().build(base, shards), 1):
            built.media = f"shelf {number}"
            yield built


def about_shelves() -> Iterator[str]:
    fine = written("fine.csv", HEAD + "".join(f"{447700900101 + at},A{at},B\n" for at in range(5)))
    for rows in (2, 1000):
        with mock.patch("mmspack.campaign.planning.planner.SHARD_ROWS", rows):
            made = planned(fine, engine=Shelved(1))
        with Ledger.look(made.path) as ledger:
            yield f"shelves of {rows}: {[ledger.media_of(one.row) for one in ledger.accounts()]}"


def about_texts_for_other_phones() -> Iterator[str]:
    text = f'{LETTER}[fallback]\ntext = "{{{{ code }}}} at {{{{ shop }}}}"\n'
    rows = f"{HEAD[:-1]},shop\n447700900101,Ann,A1,Bath\n447700900102,Bob,{'x' * 1700},Bath\n"
    rows += "447700900103,Cy,A3,\n"
    yield from said("fallback", lambda: left(written("fallback.csv", rows), text))


CODES = {
    "codes": f"{HEAD}447700900101,Ann,A1\n447700900102,Bob,A2\n447700900103,Cy,A1\n447700900104,Di,A3\n"
    "447700900105,Eve,A2\n447700900106,Flo,A1\n447700900107,Gus,A9\n12,Hal,A3\n",
    "own codes": "msisdn,name,code,seat\n447700900101,Ann,A1,1\n447700900102,Bob,A2,2\n",
    "one": f"{HEAD}447700900101,Ann,A1\n",
    "undrawn": f"{HEAD}447700900101,Ann \U0003fffd,A1\n447700900102,Bob,A2\n447700900101,Ann,A1\n",
    "never drawn": f"{HEAD}447700900101,Ann \U0003fffd,A1\n447700900102,Bob \U0003fffd,A2\n",
    "old forms undrawn": f"{HEAD}+5215512345678,Ann \U0003fffd,A1\n+5215512345679,Bob,A2\n"
    "447700900199,\U0003fffd,A3\n",
}


@each(*CODES)
def about_codes(name: str) -> Iterator[str]:
    written("card.jpg", photo(400, 300))
    table = written("codes.csv", CODES[name])
    values = {} if name == "own codes" else {"seat": "7"}
    yield from said(name, lambda: left(table, CARD, values=values))


@each("2", "5", "9")
def about_many_that_cannot_be_drawn(tries: str) -> Iterator[str]:
    """Of so many rows with the longest copy none can be drawn: then it is the message's fault."""
    written("card.jpg", photo(400, 300))
    rows = "".join(f"{447700900101 + at},{'x' * (20 - at)} \U0003fffd,A{at}\n" for at in range(7))
    table = written("rows.csv", f"{HEAD}{rows}447700900150,Bob,A\n")
    text = CARD.replace('"Ticket"', '"For {{ name }}"')
    with mock.patch("mmspack.campaign.planning.planner.TRIED", int(tries)):
        yield from said(f"{tries} tries", lambda: left(table, text, values={"seat": "7"}))


def _tiny() -> None:
    written("fine.csv", f"{HEAD}447700900101,Ann,A1\n")
    written(
        "tiny.toml",
        '[tiny]\ntitle = "No room"\nmax_bytes = 100\nmax_width = 640\nmax_height = 480\n'
        'source = "x"\ndate = "2026-11-26"\n',
    )


def about_tables_without_recipients() -> Iterator[str]:
    tables = {
        "no rows": HEAD, "one bad row": f"{HEAD}12,Ann,A1\n",
        "bad rows": f"{HEAD}12,Ann,A1\nx,Bob,A2\n,Cy,A3\n13,Di,A4\n447700900101,,A5\ny,Eve,A6\nx,Flo,A7\n",
    }  # fmt: skip
    for name, text in tables.items():
        yield from said(name, lambda text=text: left(written("wrong.csv", text)))
        bad = Path("told.bad-rows.csv")
        yield f"{name}: {bad.exists()} {sorted(one.name for one in Path.cwd().glob('*told*'))}"
        bad.unlink(missing_ok=True)
    mine = tuple(at for at in range(50) if is_in_shard(447700900100 + at, (1, 2)))
    for rows in (mine[:1], mine[:2]):
        text = HEAD + "".join(f"{447700900100 + at},A,B\n" for at in rows)
        yield from said(
            f"another shard {len(rows)}", lambda text=text: left(written("s.csv", text), shard=(2, 2))
        )
        yield from said(
            f"another shard and a bad row {len(rows)}",
            lambda text=text: left(written("s.csv", f"{text}12,x,y\n"), shard=(2, 2)),
        )


def _failing() -> dict[str, Callable[[], Any]]:
    fine, tiny = Path("fine.csv"), Path("tiny.toml")
    empty = '[[slides]]\ntext = "{{ name }}"\n[variables]\nname = ""\n'
    return {
        "nothing to show": lambda: left(
            written("blank.csv", "msisdn,name\n447700900101,\n447700900102,\n"), empty
        ),
        "no room": lambda: left(fine, recipe=Recipe(profile="tiny", profile_files=tiny)),
        "a dialect": lambda: left(fine, recipe=Recipe(dialect="sendmms-cid")),
        "a stray value": lambda: left(fine, values={"nam": "x"}),
        "a stray default": lambda: left(fine, default_if_blank=("nmae",)),
        "a stray profile": lambda: left(fine, recipe=Recipe(profile="ku")),
        "a wrong rate": lambda: left(fine, rules=Rules(rate=0)),
        "a wrong country": lambda: left(fine, country="UK"),
        "a wrong name": lambda: left(fine, name="a/b"),
        "no table": lambda: left(Path("fien.csv")),
        "no test group": lambda: left(fine, test_group=Path("gruop.csv")),
        "a test group without a column": lambda: left(
            fine, test_group=written("g.csv", "msisdn,name\n1,2\n")
        ),
        "no suppression list": lambda: left(fine, suppression=Path("stpo.csv")),
        "a message that is gone": lambda: plan(Order(message=Path("gone.toml"), recipients=fine)),
        "a bundle": lambda: plan(Order(message=written("m.zip", b"PK\3\4"), recipients=fine)),
        "a template that fails": lambda: left(fine, '[[slides]]\ntext = "{{ name / 2 }}"\n'),
        "a slide without a template": lambda: left(fine, '[[slides]]\ntext = "{% for %}"\n'),
        "a row whose template fails": lambda: left(
            written("half.csv", f"{HEAD}447700900101,4,A1\n447700900102,x,A2\n"),
            '[[slides]]\ntext = "{{ 8 // (name | int) }}{{ code }}"\n',
        ),
        "a subject too long": lambda: left(
            written("long.csv", f"{HEAD}447700900101,{'x' * 300},A\n447700900102,Bo,B\n")
        ),
    }


@each(*_failing())
def about_plans_that_fail(name: str) -> Iterator[str]:
    _tiny()
    yield from said(name, _failing()[name])


def about_what_is_there_already() -> Iterator[str]:
    _tiny()
    fine = Path("fine.csv")
    for name in (".told.campaign.part", "told.campaign"):
        written(f"{name}-wal", "of a plan that was killed")
        written(f"{name}-shm", "of a plan that was killed")
    written(".told.campaign.part.lock", "")
    planned(fine)
    yield f"cleared {sorted(one.name for one in Path.cwd().glob('*told*'))}"
    second = Order(message=Path("message.toml"), recipients=fine, name="told")
    yield from said("a second time", lambda: plan(second, engine=LocalEngine(1)))
    with Ledger.open(Path("told.campaign")) as ledger:
        assert len(ledger.reserve(1, now=2**33)) == 1
    yield from said("what has begun", lambda: planned(fine))
    Path("told.campaign").unlink()
    freezing = "mmspack.campaign.planning.planner._Planner._freeze"
    with mock.patch(freezing, side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        planned(fine)
    yield f"left {sorted(one.name for one in Path.cwd().iterdir() if 'told' in one.name)}"


WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "a country": {"country": "gb"},
    "landlines": {"landlines": True},
    "values": {"values": {"end": "?"}},
    "blank": {"default_if_blank": ("name",), "values": {"name": "friend"}},
}


def _sampling() -> None:
    written("message.toml", LETTER)
    written("card.jpg", photo(400, 300))
    Path("tickets").mkdir()
    written("tickets/card.jpg", photo(400, 300))
    written(
        "tickets/message.toml",
        CARD.replace("[variables]\n", '[variables]\nblank = ""\n').replace('"Ticket"', '"Ticket{{ blank }}"'),
    )
    written(
        "people.csv",
        f"{HEAD}447700900101,Ann,A1\n447700900102,Bartholom\u00e4us,A2\n12,Cy,A1234567890\n447700900101,Di,A4\n"
        "07700900107,Gil,A3\n07700900108,Hugh,A3\n02079460000,Land,A3\n447700900105,Zoe\u0308,A55\n"
        '447700900106,,A6\n447700900107,"x,A7\n447700900108,Ada \U0003fffd,A8\n'
        "447700900110,Al \U0003fffd,A8\n447700900109,Eve,A9\n",
    )


@each(*(f"{source} {way}" for source in ("message.toml", "tickets") for way in WAYS))
def about_samples(case: str) -> Iterator[str]:
    _sampling()
    source, way = case.split(" ", 1)
    options = dict(WAYS[way])
    if source == "tickets":
        options.pop("values", None)
        options.pop("default_if_blank", None)
    sampler = Sampler(Path(source), Path("people.csv"), **options)
    yield f"{sampler.name} {sampler.table} {sampler.message.subject}"
    yield from _sampled(sampler)


def about_samples_that_fail() -> Iterator[str]:
    _sampling()
    people = Path("people.csv")
    broken = written("broken.csv", f"{HEAD}447700900101,Ann\n")
    none = written("none.csv", HEAD)
    bad = written("bad.csv", f"{HEAD}12,Ann,A1\n")
    for table in (broken, none, bad):
        for call in (
            lambda one: one.worst(2),
            lambda one: one.ranked(2),
            lambda one: one.press(Recipe()),
            lambda one: one.at([2]),
        ):
            yield from said(
                f"{table}", lambda table=table, call=call: call(Sampler(Path("message.toml"), table))
            )
    never = written("never.csv", f"{HEAD}447700900101,Ann \U0003fffd,A1\n447700900102,Bob \U0003fffd,A2\n")
    yield from said("never drawn", lambda: Sampler(Path("tickets"), never).press(Recipe()))
    one = written("undrawn.csv", f"{HEAD}447700900101,Anne \U0003fffd,A1\n447700900102,Bo,A2\n")
    for table in (never, one):
        sampler = Sampler(Path("tickets"), table)
        with mock.patch.object(Sampler, "_without_font", return_value=[]):
            yield from said(f"fitted {table}", lambda sampler=sampler: sampler.press(Recipe()).base.columns)
    outside = Path("..").resolve() / "outside.txt"
    outside.write_text("Hi {{ name }}", "utf-8")
    written("outside.toml", f'[[slides]]\ntext = "{outside.as_posix()}"\n')
    yield from (
        line.replace(str(outside.parent), "..")
        for line in said("outside", lambda: Sampler(Path("outside.toml"), people).name)
    )
    outside.unlink()
    for given in (
        {"values": {"enD": 1}},
        {"to_column": "phone"},
        {"default_if_blank": ("x",)},
        {"country": "UK"},
        {"allowed_words": ("x",), "allow_outside": True},
    ):
        yield from said(
            f"sampler {given}", lambda given=given: Sampler(Path("message.toml"), people, **given).name
        )
    for source in (Path("gone.toml"), Path("no/folder")):
        yield from said(f"sampler of {source}", lambda source=source: Sampler(source, people).name)


def _sampled(sampler: Sampler) -> Iterator[str]:
    for number in (1, 2, 3, 20):
        yield from said(
            f"worst {number}",
            lambda sampler=sampler, number=number: [
                (one.row.line, one.why, one.rare, sampler.left_out(one)) for one in sampler.worst(number)
            ],
        )
    for number in (1, 3, 20):
        found = sampler.ranked(number)
        yield f"ranked {number}: {found.numbers} {found.undrawn} {[one.row.line for one in found.longest]}"
    for lines in ([2], [3, 2, 3], [8], [99], [4]):
        yield from said(
            f"at {lines}",
            lambda sampler=sampler, lines=lines: [
                (one.row.line, one.why, one.rare) for one in sampler.at(lines)
            ],
        )
    press = sampler.press(Recipe())
    for line in (2, 6):
        merged = sampler.merged(press, *sampler.at([line]))
        yield f"merged {line}: {merged.bundle.subject} {[one.decode() for _, one in merged.copy.texts]}"
        filled = sampler.filled(*sampler.at([line]))
        yield f"filled {line}: {filled.subject} {[slide.text for slide in filled.slides]}"
    yield from said("cases", lambda sampler=sampler, press=press: _cases(sampler, press))
    cases = "mmspack.campaign.planning.cases"
    with mock.patch(f"{cases}._DRAWN", 3), mock.patch(f"{cases}._LONGEST", 2):
        yield from said("cases of many", lambda sampler=sampler, press=press: _cases(sampler, press))


def _cases(sampler: Sampler, press: Any) -> list[str]:
    found = recipients_of(sampler, press)
    lines = [f"{found.number} {found.undrawn}"]
    for one in found.cases:
        where = re.sub(r"\d[\d,]*( of [\d,]+ bytes)", r"#\1", one.where)
        lines.append(f"{one.title} | {where} | {one.words!r}")
    return lines


SECTIONS = sections_of(globals())


@pytest.mark.slow
@pytest.mark.parametrize("name", SECTIONS)
def test_a_plan_tells_and_leaves_what_is_written(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert told(SECTIONS[name]) == kept(TOLD, name)


if __name__ == "__main__":
    write(TOLD, SECTIONS)
