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

from mmspack.__main__ import main
from tests.rules.scenes import TWO_SLIDES, broken, drawn, photo, saved, scene

TOLD = Path(__file__).with_name("said.txt")
COMMANDS = """
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
diff good.zip good.zip
diff good.zip other.zip
diff good.zip other.zip --json
diff good.zip other.zip --exit-code
diff good.zip good.zip --exit-code
diff good.zip other.zip --quiet --exit-code
diff - -
diff good.zip gone.zip
inspect good.zip
inspect good.zip --json
inspect two.zip --verbose
inspect good.zip --profile uk,oma-image-basic
inspect gone.zip
inspect letter
check good.zip
check bad.zip
check bad.zip --json
check bad.zip --format github
check bad.zip --format sarif
check good.zip bad.zip
check good.zip bad.zip gone.zip --json
check bad.zip --verbose
check bad.zip --quiet
check bad.zip --ignore MMS3
check bad.zip --select MMS2,MMS3
check bad.zip --select MMS9
check warned.zip
check warned.zip --strict
check good.zip --profile uk,us-att
check good.zip --mode warning
check good.zip --mode nope
check good.zip --dialect nope
check good.zip --subject 'Ten past\tfive'
check letter
check message.smil
check
fix bad.zip -o repaired.zip
fix bad.zip -o repaired.zip
fix bad.zip -o repaired.zip --force
fix good.zip -o same.zip
fix bad.zip -o repaired.zip --force --json
fix hopeless.zip -o none.zip
build letter -o letter.zip
build letter -o letter.zip
build letter -o letter.zip --force --json
build letter --plan
build letter --plan --json
build letter -o l.zip --set name=Ada --subject Hi --layout image-above-text
build letter -o l.zip --force --set nam=Ada
build letter -o l.zip --force --profile ukk
build letter -o l.zip --force --verbose --profile uk,us-att
build letter -o letter.txt
build picture.jpg words.txt -o loose.zip
build nothing
build nothing/gone.toml
export letter.zip --as mms -o letter.mms --to 447700900999 --from 447700900111
export letter.zip --as mms -o letter.mms --to 447700900999
export letter.zip --as mms -o two.mms --to 447700900999 --to 447700900998 --subject Hi --json
export letter.zip --as mm -o x.mms
export letter.zip --as mms -o x.mms --to 12
inspect letter.mms
publish good.zip --to shelf --base-url https://cdn.example.com/mms/
publish good.zip --to shelf --base-url https://cdn.example.com/mms/ --json
publish bad.zip --to shelf --base-url http://cdn.example.com/mms/
publish gone.zip --to shelf
send good.zip --to 447700900999 --from 447700900111 --dry-run
send good.zip --to 447700900999 --from 447700900111 --dry-run --json
send letter --to 447700900999 --from 447700900111 --set name=Ada --note a --delivery-report --dry-run
send bad.zip --to 447700900999 --from 447700900111 --dry-run
send good.zip --to 07700900999 --from 447700900111 --dry-run
send good.zip --to 447700900999
send good.zip
send good.zip --to 447700900999 --from 447700900111 --gateway nope
config show
config show --json
config show --gateway nope
init mine-2 --yes --subject Hi -t One -t Two --profile uk
init mine-2 --yes
init mine-3 --yes --template nope
init mine-4 --yes --layout nope
campaign plan letter -r people.csv --name sale
campaign plan letter -r people.csv --name sale
campaign plan letter -r people.csv --name sale-2 --json
campaign plan letter -r empty.csv --name none
campaign status letter/sale.campaign
campaign status letter/sale.campaign --json
campaign status nope
campaign report letter/sale.campaign -o report.csv
campaign report letter/sale.campaign -o report.html --json
campaign report letter/sale.campaign -o report.pdf
campaign pause letter/sale.campaign
campaign pause letter/sale.campaign --json
campaign resolve letter/sale.campaign
campaign resolve letter/sale.campaign --resend --drop
campaign resolve letter/sale.campaign --drop --json
campaign resolve letter/sale.campaign --resend --rejected
campaign resolve letter/sale.campaign --drop --to 447700900999
campaign reconcile billing.csv --campaign letter/sale.campaign
campaign reconcile billing.csv --campaign letter/sale.campaign --json --complete --id-column id
campaign reconcile --ask --campaign letter/sale.campaign
campaign reconcile --campaign letter/sale.campaign
campaign run letter/sale.campaign
campaign status letter/sale.campaign --quiet
preview --compare good.zip other.zip -o both.html --no-open
preview good.zip -o good.gif --no-open
preview letter -o letter.html --subject Hi --sender Mill --theme dark --no-open --json
campaign preview letter -r people.csv -o p.html --no-open
campaign preview letter -r people.csv -o p.html --no-open --line 3 --json
campaign preview letter -r people.csv -o p.html --no-open --line 30
preview good.zip -o good.html --no-open
preview good.zip -o good.html --no-open --json
preview good.zip -o good.doc
preview gone.zip -o gone.html
nonsense
buld letter
build --sujbect Hi letter
--version
"""
_LONGEST = 40
"""Lines of a command that are held: longer ones are lists, which other tests hold."""
_NUMBER = re.compile(
    r"(?:\d[\d,.]* of )?\d[\d,.]* ?(?:bytes?\b|kB|MB|B\b|%)|\d+[.,:-]\d[\d,.:-]*|\b\d{4,}\b"
    r"|(?<=_bytes\": )\d+|(?<=\"bytes\": )\d+|(?<=\"size\": )\d+"
)
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
    Path("hopeless.zip").write_bytes(b"PK\3\4 and no more")
    Path("message.smil").write_text(TWO_SLIDES.replace("</par>", "", 1), "utf-8")
    for folder in ("letter", "mine", "nothing", "shelf"):
        Path(folder).mkdir()
    Path("mine/wide.smil.jinja").write_text("{# A wide one. #}<smil/>", "utf-8")
    Path("letter/map.png").write_bytes(saved(drawn(240, 180), "PNG"))
    Path("letter/message.toml").write_text(
        'subject = "Hello {{ name }}"\n[variables]\nname = "friend"\n'
        '[[slides]]\nimage = "map.png"\ntext = "Dear {{ name }}"\n[[slides]]\ntext = "Bye"\n',
        "utf-8",
    )
    Path("picture.jpg").write_bytes(photo())
    Path("words.txt").write_text("Hello\n", "utf-8")
    Path("own.toml").write_text('[small]\ntitle = "A small one"\nmax_bytes = 100_000\n', "utf-8")
    Path("broken.toml").write_text("[small\n", "utf-8")
    Path("people.csv").write_text("msisdn,name\n447700900101,Ann\n447700900102,Bob\n12,Cy\n", "utf-8")
    Path("empty.csv").write_text("msisdn,name\n", "utf-8")
    Path("billing.csv").write_text("id,to,note\n1,447700900101,x\n", "utf-8")


def told(line: str) -> Iterator[str]:
    """The exit code of a command line, and what it prints."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.object(sys, "argv", ["mmspack", *shlex.split(line)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as done:
            code = int(done.code or 0)
    yield f"$ {line}"
    yield f"exit {code}"
    places = {str(Path.cwd()): "HERE", os.environ["XDG_CONFIG_HOME"]: "CONFIG"}
    for name, stream in (("", out), ("! ", err)):
        lines = []
        for one in stream.getvalue().splitlines():
            for place, word in places.items():
                one = one.replace(place, word)
            plain = _NUMBER.sub("0", _HASH.sub("0", _CAMPAIGN.sub("mp0", one)))
            lines.append(name + re.sub(r" +", " ", plain.rstrip()))
        yield from lines[:_LONGEST]
        if len(lines) > _LONGEST:
            yield f"{name}… and more lines"


@pytest.mark.slow
def test_commands_say_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMSPACK_STATE", str(tmp_path / "state"))
    furnish()
    expected = TOLD.read_text("utf-8").split("\n$ ")
    found = "\n".join(text for line in COMMANDS.split("\n")[1:-1] for text in told(line)).split("\n$ ")
    for one, kept in zip(found, expected, strict=True):
        assert one.splitlines() == kept.splitlines()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        xdg = (f"XDG_{name}_HOME" for name in ("CONFIG", "DATA", "CACHE", "STATE"))
        os.environ.update(dict.fromkeys(("HOME", "MMSPACK_STATE", *xdg), home))
        Path(home, "desk").mkdir()
        os.chdir(Path(home, "desk"))
        furnish()
        lines = [text for line in COMMANDS.split("\n")[1:-1] for text in told(line)]
    TOLD.write_text("".join(f"{line}\n" for line in lines), "utf-8")
