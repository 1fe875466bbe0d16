"""What commands print into a pipe, for people and as JSON, and their exit codes; as `said.txt` has it.

After a change: python -m tests.cli.test_said, and read what `git diff` says. What the JPEG library, the clock
and the installed packages decide is not compared: numbers, and hashes.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from lxml import html

from mmspack.__main__ import main as mmspack
from mmspack.bundle.bundle import pack
from mmspack.model import Part
from tests.rules.scenes import SMIL, TWO_SLIDES, broken, drawn, photo, saved, scene

TOLD = Path(__file__).with_name("said.txt")
COMMANDS = {
    "lists": """
layouts
layouts --json
layouts --layouts mine
layouts --layouts mine --json
layouts --layouts nowhere
profiles
profiles --json
profiles uk
profiles us-att --json
profiles ukk
profiles --profiles own.toml
profiles small --profiles own.toml
profiles --profiles lacking.toml
profiles ca
profiles --profiles broken.toml
explain
explain --json
explain MMS203
explain mms203 --json
explain MMS3
explain MMS999
doors
doors --json
doors twilio
doors twilio --json
doors twillio
schema --smil --documents
completion zsh
completion tcsh
""",
    "diff": """
diff good.zip good.zip
diff good.zip other.zip
diff good.zip other.zip --json
diff good.zip other.zip --exit-code
diff good.zip good.zip --exit-code
diff good.zip other.zip --quiet --exit-code
diff - -
diff good.zip gone.zip
diff good.zip letter
diff letter letter/message.toml --json
diff letter good.zip --dialect nope
""",
    "inspect": """
inspect good.zip
inspect good.zip --json
inspect two.zip --verbose
inspect good.zip --profile uk,oma-image-basic
inspect gone.zip
inspect letter
inspect letter --json
inspect letter --dialect nope
inspect parts
""",
    "check": """
check good.zip
check bad.zip
check bad.zip --json
check bad.zip --format github
check bad.zip --format json
check bad.zip --format sarif
check bad.zip --format sarif --json
check good.zip bad.zip
check good.zip bad.zip gone.zip
check good.zip bad.zip gone.zip --json
check gone.zip --json
check bad.zip --verbose
check bad.zip --quiet
check bad.zip --ignore MMS3
check bad.zip --ignore 'MMS2, MMS3'
check bad.zip --ignore MMS2 --ignore MMS36
check bad.zip --select MMS2,MMS3
check bad.zip --select MMS9
check warned.zip
check warned.zip --strict
check large.zip
check large.zip --strict
check large.zip other.zip --profile uk,oma-image-basic,ca
check good.zip --profile oma-text
check good.zip --profile ca
check good.zip --profile uk,us-att
check good.zip --profile uk,us-att --json
check good.zip --mode warning
check good.zip --mode restricted
check good.zip --mode nope
check good.zip --dialect nope
check good.zip --dialect vianett
check good.zip --profile ukk
check good.zip --subject 'Ten past\tfive'
check letter
check letter --verbose
check letter letter/message.toml --profile uk
check many
check many --json
check outside
check outside --allow-outside
check parts
check message.smil
check
""",
    "fix": """
fix bad.zip -o repaired.zip
fix bad.zip -o repaired.zip
fix bad.zip -o repaired.zip --force
fix good.zip -o same.zip
fix warned.zip -o warned-2.zip
fix bad.zip -o repaired.zip --force --json
fix good.zip -o same.zip --json
fix good.zip -o words.txt
fix good.zip -o shelf
fix good.zip -o shelf --force --json
fix good.zip -o good.png
fix good.zip -o good.docx
fix good.zip -o good-1.0
fix good.zip -o good.doc --force
fix good.zip -o p.zip --profile uk,us-att
fix good.zip -o p.zip --dialect nope
fix hopeless.zip -o none.zip
fix foreign.zip -o ours.zip
fix foreign.zip -o ours.zip --json
""",
    "build": """
build letter -o letter.zip
build letter -o letter.zip
build letter -o letter.zip --force --json
build letter --plan
build letter --plan --json
build letter --plan --effort fast --verbose
build letter --plan --effort fast --profile uk,oma-text
build letter --plan --effort fast --profile oma-text --json
build letter -o text.zip --profile oma-text
build letter -o l.zip --set name=Ada --subject Hi --layout image-above-text
build letter -o l.zip --force --set nam=Ada
build letter -o l.zip --set name
build letter -o l.zip --set 'first name=Ada'
build letter -o l.zip --set ' name = Ada'
build letter -o l.zip --subject 'Hi {{ nobody }}'
build letter -o l.zip --layout nope
build letter -o l.zip --effort slow
build letter -o l.zip --effort fast --no-cache
build letter -o l.zip --dialect nope
build letter -o l.zip --force --profile ukk
build letter -o l.zip --profile uk us-att
build letter -o l.zip --force --verbose --profile uk,us-att
build letter -o letter.txt
build letter/message.toml
build letter
build own --profiles own.toml
build own --profiles own.toml --json
build many -o many.zip
build many -o many.zip --json
build outside
build outside --allow-outside --json
build picture.jpg words.txt -o loose.zip
build picture.jpg words.txt
build mixed --json
build mixed --verbose
build words.txt
build nothing
build nothing/gone.toml
build
export letter.zip --as mms -o letter.mms --to 447700900999 --from 447700900111
export letter.zip --as mms -o letter.mms --to 447700900999
export letter.zip --as mms -o two.mms --to 447700900999 --to 447700900998 --subject Hi --json
export letter.zip --delivery-report --read-report
export letter --set name=Ada --profile uk
export letter.zip --as mm -o x.mms
export letter.zip --as mms -o x.mms --to 12
export letter.zip --as mms -o x.mms --from 12
export letter.zip --as mms -o x.mms --subject 'Ten\tpast'
inspect letter.mms
inspect two.mms
""",
    "publish": """
publish good.zip --to shelf --base-url https://cdn.example.com/mms/
publish good.zip --to shelf --base-url https://cdn.example.com/mms/ --json
publish bad.zip --to shelf --base-url http://cdn.example.com/mms/
publish good.zip --to shelf
publish gone.zip --to shelf
""",
    "send": """
send good.zip --to 447700900999 --from 447700900111 --dry-run
send good.zip --to 447700900999 --from 447700900111 --dry-run --json
send letter --to 447700900999 --from 447700900111 --set name=Ada --note a --delivery-report --dry-run
send letter/message.toml --to 447700900999 --from 447700900111 --read-report --subaccount b --dry-run
send many --to 447700900999 --from 447700900111 --dry-run
send many --to 447700900999 --from 447700900111 --dry-run --json
send good.zip --to 447700900999 --from 447700900111 --subject 'Hi {{ name }}' --set name=Ada --dry-run
send good.zip --to 447700900999 --from 447700900111 --set name=Ada --dry-run
send --url http://127.0.0.1:9/a.zip --no-verify --to 447700900999 --from 447700900111 --dry-run
send --url http://127.0.0.1:9/a.zip --no-verify --get --to 447700900999 --from 447700900111 --dry-run --json
send good.zip --url http://127.0.0.1:9/a.zip --to 447700900999 --from 447700900111
send --url http://127.0.0.1:9/a.zip --to 447700900999 --from 447700900111
send --to 447700900999 --from 447700900111
send good.zip --get --to 447700900999 --from 447700900111
send good.zip --layout image-only --to 447700900999 --from 447700900111
send good.zip --layouts mine --to 447700900999 --from 447700900111
send bad.zip --to 447700900999 --from 447700900111 --dry-run
send bad.zip --to 447700900999 --from 447700900111 --dry-run --no-check
send hopeless.zip --to 447700900999 --from 447700900111 --dry-run
send hopeless.zip --to 447700900999 --from 447700900111 --dry-run --no-check
send foreign.zip --to 447700900999 --from 447700900111 --dry-run --profile uk,us-att
send outside --to 447700900999 --from 447700900111 --dry-run
send good.zip --to 07700900999 --from 447700900111 --dry-run
send good.zip --to 447700900999 --subject Hi
send good.zip --to 447700900999
send good.zip
send good.zip --to 447700900999 --from 447700900111 --gateway nope
send good.zip --to 447700900999 --from 447700900111 --gateway http://127.0.0.1:9/SendMMS
send good.zip --to 447700900999 --from 447700900111 --gateway http://127.0.0.1:9/SendMMS --json
send good.zip --to 447700900999 --from 447700900111 --gateway http://127.0.0.1:9/SendMMS --dry-run
""",
    "sandbox": """
send letter --to 447700900999 --from 447700900111 --set name=Ada
send many --to 447700900999 --from 447700900111 --json
send good.zip --to 447700900008 --from 447700900111
send good.zip --to 447700900008 --from 447700900111 --json
send good.zip --to 447700900009 --from 447700900111
send good.zip --to 447700900005 --from 447700900111
sandbox --print-setup twilio
sandbox --print-setup twillio
sandbox --print-setup infobip --port 8031
sandbox --accounts gone.toml
sandbox --chaos drop
listen --command a --webhook http://127.0.0.1/
listen --command "cat 'x"
listen --gateway nope
""",
    "config": """
config show
config show --json
config show --gateway nope
config password mx
""",
    "init": """
init mine-2 --yes --subject Hi -t One -t Two --profile uk
init mine-2 --yes
init mine-3 --yes --template nope
init mine-4 --yes --layout nope
init mine-5 --yes --layout image-only --seconds 3 -i picture.jpg -i letter/map.png -t One --json
init mine-6 --yes --seconds 0
init mine-6 --yes --seconds 5s
init mine-6 --yes --template voucher -t One
init mine-6 --template voucher --profile us-att --subject Yours
init mine-7 --profile ukk
init
init mine-8 --yes -t One -i gone.jpg
""",
    "campaign": """
campaign plan letter -r people.csv --name sale
campaign plan letter -r people.csv --name sale
campaign plan letter -r people.csv --name sale-2 --json
campaign plan letter -r people.csv --name sale --replace --strict
campaign plan letter -r empty.csv --name none
campaign status letter/sale.campaign
campaign status letter/sale.campaign --json
campaign status nope
campaign report letter/sale.campaign -o report.csv
campaign report letter/sale.campaign -o report.html --json
campaign report letter/sale.campaign -o report.htm
campaign report letter/sale.campaign
campaign report letter/sale.campaign -o report.pdf
campaign pause letter/sale.campaign
campaign pause letter/sale.campaign --json
campaign resolve letter/sale.campaign
campaign resolve letter/sale.campaign --resend --drop
campaign resolve letter/sale.campaign --drop --rejected
campaign resolve letter/sale.campaign --drop --json
campaign resolve letter/sale.campaign --resend --rejected
campaign resolve letter/sale.campaign --resend --json
campaign resolve letter/sale.campaign --drop --to 447700900999
campaign resolve letter/sale.campaign --drop --to 12
campaign reconcile billing.csv --campaign letter/sale.campaign
campaign reconcile billing.csv --campaign letter/sale.campaign --json --complete --id-column id
campaign reconcile --ask --campaign letter/sale.campaign
campaign reconcile --ask --complete --campaign letter/sale.campaign
campaign reconcile --ask --id-column id --campaign letter/sale.campaign
campaign reconcile --ask --gateway nope --campaign letter/sale.campaign
campaign reconcile billing.csv --ask --campaign letter/sale.campaign
campaign reconcile --campaign letter/sale.campaign
campaign run letter/sale.campaign --end 2020-01-01
campaign run letter/sale.campaign --quiet-hours 25
campaign run letter/sale.campaign --gateway nope
campaign run letter/sale.campaign
campaign run letter/sale.campaign --json
campaign status letter/sale.campaign --quiet
campaign run letter/sale.campaign --dry-run
campaign run nope
""",
    "campaign-plans": """
campaign plan letter -r crowd.csv --name crowd --country GB --price 0.04 --rate 25/s --suppress none.csv \
--test-group two.csv --quiet-hours 20:00-09:00 --start 2099-01-02 --end 2099-01-05
campaign plan letter -r crowd.csv --name crowd-2 --country GB --price 0.04 --json --start 2020-01-01 \
--default-if-blank name --shard 1/2
campaign plan letter -r crowd.csv --name crowd-3 --country GB --end 2020-01-01
campaign plan letter -r people.csv --name s --shard 3/2
campaign plan letter -r people.csv --name s --shard 0/2
campaign plan letter -r people.csv --name s --shard 1/1025
campaign plan letter -r people.csv --name s --shard a/2
campaign plan letter -r people.csv --name s --shard 1/b
campaign plan letter -r people.csv --name s --shard 2
campaign plan letter -r people.csv --name s --rate fast
campaign plan letter -r people.csv --name s --price 3p
campaign plan letter -r people.csv --name s --per-day many
campaign plan letter -r people.csv --name s --from 12
campaign plan letter -r people.csv --name s --engine nope
campaign plan letter -r people.csv --name s --to-column phone
campaign plan letter -r people.csv --name s --set nam=Ada
campaign plan coded -r alike.csv --name coded --set town=Ayr --default-if-blank name
campaign plan coded -r alike.csv --name coded-2 --json --set town=Ayr --default-if-blank name
campaign plan words.txt -r people.csv --name s
campaign run letter/crowd.campaign --end 2099-01-06 --start 2099-01-07
""",
    "campaign-test-numbers": """
campaign plan letter -r tests.csv --name tests --rate 100/s
campaign plan letter -r tests.csv --name tests-2 --rate 100/s --json
campaign run letter/tests.campaign --connections 1
campaign run letter/tests.campaign --connections 1 --json
campaign status letter/tests.campaign
campaign status letter/tests.campaign --json
campaign report letter/tests.campaign -o report.csv
campaign resolve letter/tests.campaign --drop --to 447700900101
campaign resolve letter/tests.campaign --resend --to 447700900005
campaign resolve letter/tests.campaign --resend --rejected --json
campaign resolve letter/tests.campaign --resend --to 447700900021
campaign status letter/tests.campaign
campaign run letter/tests-2.campaign --suppress none.csv --json --connections 1
campaign resolve letter/tests-2.campaign --drop --json
campaign status letter/tests-2.campaign
campaign plan letter -r stopped.csv --name stopped --test-group two.csv --rate 100/s
campaign run letter/stopped.campaign --connections 1
campaign run letter/stopped.campaign --connections 1 --json
campaign status letter/stopped.campaign
""",
    "preview": """
preview --compare good.zip other.zip -o both.html --no-open
preview --compare good.zip -o both.html
preview --compare good.zip other.zip -o both.gif
preview --compare good.zip other.zip -o both.pdf
preview good.zip -o good.gif --no-open
preview good.zip other.zip -o several.html
preview letter -o letter.html --subject Hi --sender Mill --theme dark --no-open --json
preview letter -o letter.pdf --paper letter --no-findings
preview letter -o letter.html --theme blue
preview letter -o letter.html --paper a5
preview letter --watch -o letter.html
preview letter --watch --json
preview letter --watch --compare
preview nowhere/letter --watch
preview good.zip -o good.html --no-open
preview good.zip -o good.html --no-open --json
preview good.zip -o good.doc
preview gone.zip -o gone.html
preview message.smil -o smil.html
preview letter -o letter.html --subject 'Hi {{ name }}' --set name=Ada --layout text-only --profile us-att
preview outside -o outside.html
preview outside -o outside.html --allow-outside
preview parts -o parts.html
preview large.zip -o large.html --profile oma-image-basic
preview own -o own.html --profiles own.toml
preview words.txt picture.jpg -o loose.html
""",
    "campaign-preview": """
campaign preview letter -r people.csv -o p.html --no-open
campaign preview letter -r people.csv -o p.html --no-open --line 3 --json
campaign preview letter -r people.csv -o p.html --no-open --line 2 --line 4
campaign preview letter -r people.csv -o p.html --no-open --line 30
campaign preview letter -r people.csv -o p.html --worst 3 --theme dark
campaign preview coded -r alike.csv -o p.html --line 3 --set town=Ayr --default-if-blank name --theme light
campaign preview coded -r alike.csv -o p.html --line 3 --set town=Ayr
campaign preview coded -r alike.csv -o p.pdf --worst 2 --set town=Ayr
campaign preview letter -r crowd.csv -o p.html --country GB --landlines --allow-word NULL --worst 4
campaign preview own -r people.csv -o p.html --profiles own.toml
campaign preview own -r people.csv -o p.html --profiles own.toml --worst 2
campaign preview outside -r people.csv -o p.html
campaign preview outside -r people.csv -o p.html --allow-outside
campaign preview letter -r people.csv -o p.doc --line 3
campaign preview letter -r people.csv -o p.gif --worst 2
campaign preview letter -r people.csv -o p.png --worst 2 --json
campaign preview letter -r people.csv -o p.html --theme blue
campaign preview letter -r people.csv -o p.html --worst 51
campaign preview letter -r people.csv -o p.html --to-column phone
""",
    "slips": """
nonsense
buld letter
buld letter --json
build --sujbect Hi letter
build letter --subjects Hi
build letter --image x.jpg
build letter --image-fit cover --json
build letter --nonsense
preview letter --port eight
preview letter --port 8.5e
init --seconds 2,5s
init --seconds soon
campaign run x --rate-limit 5
campaign plan x -r y --per-day 10a
campaign plan x
config shw
campaign plann x
send --qiet
--version
""",
}
"""By what they are about; each in a folder of its own, as `furnish` leaves it."""
MESSAGES = {
    "many": 'subject = "Many"\n[fallback]\ntext = "Look at our site"\n'
    + "".join(
        f'[[slides]]\ntext = "Text number {at}, ' + "which goes on and on " * at + '"\n' for at in range(1, 7)
    )
    + '[[slides]]\nimage = "map.png"\n',
    "own": 'profile = "small"\n[[slides]]\ntext = "Hello"\nseconds = 30\n',
    "outside": '[[slides]]\nimage = "../../far.jpg"\ntext = "Far away"\n',
    "mixed": "",
    "coded": 'subject = "Code"\n[variables]\nname = "friend"\n[[slides]]\nimage = "map.png"\n'
    'text = "Dear {{ name }}"\n'
    '[[slides.overlay]]\nqr = "{{ name }}"\nbox = [0.1, 0.1, 0.4, 0.5]\n'
    '[[slides.overlay]]\nqr = "{{ town }}"\nbox = [0.5, 0.5, 0.4, 0.5]\n',
}
CROWD = """msisdn,name
447700900101,Ann 0
447700900102,Ann 1
447700900103,Ann 2
447700900104,Ann 3
447700900105,Ann 4
447700900101,Twice
07700900150,National
,Blank
12,Short
44770090010111111,Long
+442079460000,Landline
x,Letters
4.47701E+11,Lost
447700900160,
447700900161,NULL
447700900162,#REF!
447700900163,{{ x }}
0049,No number
447700900164;447700900165,Both
"""
_OF_A_PAGE = 75
_LONGEST = 120
"""Lines of a command that are held: longer ones are lists, which other tests hold."""
_NUMBER = re.compile(
    r"(?:\d[\d,.]* of )?\d[\d,.]* ?(?:bytes?\b|kB|MB|B\b|%)|\d+[.,:-]\d[\d,.:-]*|\b\d{4,}\b"
    r"|(?<=_bytes\": )\d+|(?<=\"bytes\": )\d+|(?<=\"size\": )\d+"
)
_MONTH = re.compile("January|February|March|April|May|June|July|August|September|October|November|December")
_CAMPAIGN = re.compile(r"\bmp[0-9a-f]{4,}")
_HASH = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,64}\b")


def furnish() -> None:
    """Put what the commands work with into the present folder."""
    Path("good.zip").write_bytes(scene().data)
    two = {"image1.jpg": photo(), "text1.txt": b"Hello"}
    other = {"image1.jpg": photo(48, 64), "text1.txt": b"Good bye", "extra.txt": b"More"}
    Path("other.zip").write_bytes(scene(files=other).data)
    more = {**two, "image2.jpg": saved(drawn(48, 64), "PNG"), "text2.txt": b"Good bye"}
    Path("two.zip").write_bytes(scene(smil=TWO_SLIDES, files=more).data)
    Path("bad.zip").write_bytes(broken('src="text1.txt"', 'src="gone.txt"', manifest="image1.jpg=\n").data)
    Path("warned.zip").write_bytes(broken('dur="4000ms"', 'dur="4s"').data)
    large = {"image1.jpg": photo(), "text1.txt": b"Hello", "film1.bin": bytes(310_000)}
    Path("large.zip").write_bytes(scene(files=large).data)
    Path("hopeless.zip").write_bytes(b"PK\3\4 and no more")
    Path("message.smil").write_text(TWO_SLIDES.replace("</par>", "", 1), "utf-8")
    for folder in ("letter", "mine", "nothing", "shelf", "parts"):
        Path(folder).mkdir()
    Path("mine/wide.smil.jinja").write_text("{# A wide one. #}<smil/>", "utf-8")
    Path("letter/map.png").write_bytes(saved(drawn(240, 180), "PNG"))
    Path("letter/message.toml").write_text(
        'subject = "Hello {{ name }}"\n[variables]\nname = "friend"\n'
        '[[slides]]\nimage = "map.png"\ntext = "Dear {{ name }}"\n[[slides]]\ntext = "Bye"\n',
        "utf-8",
    )
    furnish_messages()
    Path("picture.jpg").write_bytes(photo())
    Path("words.txt").write_text("Hello\n", "utf-8")
    lacking = '[small]\ntitle = "A small one"\nmax_bytes = 100_000\n'
    Path("lacking.toml").write_text(lacking, "utf-8")
    Path("own.toml").write_text(
        f'{lacking}warn_bytes = 90_000\nmax_width = 640\nmax_height = 480\nsource = "Our contract"\n'
        'date = "2020-05-04"\nnote = "Ask Ann"\n', "utf-8"
    )  # fmt: skip
    Path("broken.toml").write_text("[small\n", "utf-8")
    Path("people.csv").write_text("msisdn,name\n447700900101,Ann\n447700900102,Bob\n12,Cy\n", "utf-8")
    Path("empty.csv").write_text("msisdn,name\n", "utf-8")
    Path("crowd.csv").write_text(CROWD, "utf-8")
    Path("none.csv").write_text("msisdn\n447700900103\n", "utf-8")
    Path("two.csv").write_text("msisdn,name\n447700900201,Test One\n447700900202,Test Two\n", "utf-8")
    Path("tests.csv").write_text(
        "msisdn,name\n447700900101,Ann\n447700900005,Bob\n447700900021,Cy\n", "utf-8"
    )
    Path("stopped.csv").write_text("msisdn,name\n447700900008,Ann\n447700900101,Bob\n", "utf-8")
    Path("alike.csv").write_text("msisdn,name\n447700900101,Ann\n447700900102,\n447700900104,Cy\n", "utf-8")
    Path("billing.csv").write_text("id,to,note\n1,447700900101,x\n", "utf-8")


def furnish_messages() -> None:
    """Message folders that are special in one way each."""
    for name, text in MESSAGES.items():
        Path(name).mkdir()
        Path(name, "message.toml").write_text(text, "utf-8")
    Path("../far.jpg").write_bytes(photo())
    for folder in ("many", "coded"):
        Path(folder, "map.png").write_bytes(saved(drawn(240, 180), "PNG"))
    Path("mixed/a.txt").write_text("One", "utf-8")
    Path("mixed/message.toml").unlink()
    Path("mixed/notes.docx").write_bytes(b"PK no picture")
    Path("mixed/b.jpg").write_bytes(photo())
    for name, data in (("image1.jpg", photo()), ("text1.txt", b"Hello"), ("message.smil", SMIL.encode())):
        Path("parts", name).write_bytes(data)
    parts = [
        Part("Beach photo.jpg", "image/jpeg", photo()),
        Part("text1.txt", "text/plain", "Sale at Marlowe’s".encode("cp1252")),
    ]
    pack(parts, "Sale").save(Path("foreign.zip"))


def normal(line: str) -> str:
    """A line without what differs from machine to machine."""
    for place, word in ((str(Path.cwd()), "HERE"), (os.environ["XDG_CONFIG_HOME"], "CONFIG")):
        line = line.replace(place, word)
    return re.sub(r" +", " ", _NUMBER.sub("0", _HASH.sub("0", _CAMPAIGN.sub("mp0", line.rstrip()))))


def page_of(path: str) -> Iterator[str]:
    """The words of a page that a command has written, without dates."""
    page = html.fromstring(Path(path).read_text("utf-8"))
    for unseen in page.xpath("//style|//script"):
        unseen.drop_tree()
    yield f"$ the page {path}"
    words = (" ".join(text.split()) for text in page.itertext())
    found = [normal(text) for text in words if text and not _MONTH.search(text)]
    yield from [f"theme {page.get('data-theme')}", *found[:_OF_A_PAGE]]


def told(line: str) -> Iterator[str]:
    """The exit code of a command line, and what it prints."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", ["mmspack", *shlex.split(line)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            mmspack()
        except SystemExit as done:
            code = int(done.code or 0)
    yield f"$ {line}"
    yield f"exit {code}"
    for name, stream in (("", out), ("! ", err)):
        lines = [f"{name}{normal(one)}" for one in stream.getvalue().splitlines()]
        yield from lines[:_LONGEST]
        if len(lines) > _LONGEST:
            yield f"{name}… and more lines"
    written = re.match(r"(?:campaign )?preview .*?-o (\w+\.html)", line)
    if written and not code:
        yield from page_of(written[1])


def told_of(about: str) -> list[str]:
    """All that is said to the commands of that name, in the present folder."""
    furnish()
    return [text for line in COMMANDS[about].strip().split("\n") for text in told(line)]


def kept() -> dict[str, list[str]]:
    """What the page has, by what it is about."""
    pages = TOLD.read_text("utf-8").split("\n== ")
    return {name: lines for name, *lines in (page.removeprefix("== ").splitlines() for page in pages)}


@pytest.mark.slow
@pytest.mark.parametrize("about", COMMANDS)
def test_commands_say_what_is_written(about: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "state"))
    found, expected = ("\n".join(lines).split("\n$ ") for lines in (told_of(about), kept()[about]))
    for one, other in zip(found, expected, strict=True):
        assert one.splitlines() == other.splitlines()


def main() -> None:
    """Write the page again, or what it has about the names that are given."""
    pages = kept()
    xdg = [f"XDG_{name}_HOME" for name in ("CONFIG", "DATA", "CACHE", "STATE")]
    for about in sys.argv[1:] or COMMANDS:
        with tempfile.TemporaryDirectory() as home:
            os.environ.update(dict.fromkeys(("HOME", "MMSPACK_STATE", *xdg), home))
            Path(home, "desk").mkdir()
            os.chdir(Path(home, "desk"))
            pages[about] = told_of(about)
            os.chdir("/")
    lines = (line for about in COMMANDS for line in (f"== {about}", *pages[about]))
    TOLD.write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    main()
