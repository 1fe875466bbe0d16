"""Tickets for a festival: a table of names in 22 scripts and one emoji, each with a QR code of its own.

    python benchmarks/campaign/tickets.py [--rows 1000] [--sheet tickets.png]

Plans the campaign, sends it to the sandbox, and reads the QR code of every bundle that arrived (zxing-cpp).
Exits with 1 where a name became a bad row, or where a code does not read as its row says.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from pathlib import Path

import zxingcpp
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.goals import Goals
from mmspack.bundle.zip_reader import open_bundle
from mmspack.campaign import Ledger, Order, Rules, Run, plan, rules_of
from mmspack.campaign.build.local import LocalEngine
from mmspack.gateway import Gateway, Retry
from mmspack.sandbox import Inbox, Sandbox
from tests.campaign.test_drawing import NAMES

MESSAGE = """
subject = "Your ticket, {{ name }}"

[[slides]]
image = "card.png"
text = "Dear {{ name }}, see you there."

[[slides.overlay]]
box = [0.05, 0.08, 0.55, 0.25]
text = "{{ name }}"
background = "white"

[[slides.overlay]]
box = [0.62, 0.4, 0.36, 0.56]
qr = "https://tickets.example.com/{{ code }}?n={{ name }}"
"""
FIRST = 447_700_000_000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rows", type=int, default=1000)
    options.add_argument("--sheet", type=Path, help="a contact sheet with one ticket of each script")
    given = options.parse_args()
    names = [name.removesuffix(" £5 €9") for name in NAMES.values()]
    goals = Goals()
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        os.environ["MMSPACK_STATE"] = base
        _card().save(folder / "card.png")
        (folder / "message.toml").write_text(MESSAGE, "utf-8")
        rows = [(FIRST + at * 7, f"{names[at % len(names)]} {at}", f"T{at:06}") for at in range(given.rows)]
        table = "".join(f"{number},{name},{code}\n" for number, name, code in rows)
        (folder / "people.csv").write_text(f"msisdn,name,code\n{table}", "utf-8")
        order = Order(
            message=folder / "message.toml", recipients=folder / "people.csv", name="tickets",
            rules=Rules(rate=50_000, sender="447700900111"),
        )  # fmt: skip
        made = plan(order, engine=LocalEngine(2))
        inbox = Inbox(None, max_messages=10**6, max_bytes=10**10)
        with Sandbox(inbox=inbox, magic=False) as sandbox, Ledger.open(made.path) as ledger:
            gateway = Gateway(sandbox.url, connections=4, retry=Retry(times=0))
            for _ in Run(ledger=ledger, gateway=gateway, rules=rules_of(ledger), connections=4):
                pass
            arrived = {message.to: message.data for message in sandbox.messages()}
    pictures = {number: _picture(arrived.get(str(number))) for number, _, _ in rows}
    read = sum(
        _read(pictures[number]) == f"https://tickets.example.com/{code}?n={name}"
        for number, name, code in rows
    )
    print(f"{given.rows:,} names in {len(names)} scripts and languages")
    print(f"  bad rows   {made.bad:>6,}  {goals.at_most('bad rows', made.bad, 0)}")
    print(f"  codes read {read:>6,}  {goals.at_least('codes read', read, given.rows)}")
    if given.sheet:
        _sheet([pictures[number] for number, _, _ in rows[: len(names)]]).save(given.sheet)
    goals.finish()


def _card() -> Image.Image:
    card = Image.linear_gradient("L").resize((1000, 640)).convert("RGB")
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, 1000, 640), fill="#24486b")
    for at in range(40):
        pen.ellipse(
            (at * 53 % 1000 - 30, at * 97 % 640 - 30, at * 53 % 1000 + 40, at * 97 % 640 + 40), fill="#2f5d89"
        )
    return card


def _picture(bundle: bytes | None) -> Image.Image:
    if bundle is None:
        return Image.new("RGB", (8, 8))
    part = next(part for part in open_bundle(bundle).parts if part.type.startswith("image/"))
    return Image.open(io.BytesIO(part.data)).convert("RGB")


def _read(picture: Image.Image) -> str:
    found = zxingcpp.read_barcodes(picture)
    return found[0].text if found else ""


def _sheet(pictures: list[Image.Image]) -> Image.Image:
    small = [picture.resize((360, 230)) for picture in pictures]
    columns = 4
    sheet = Image.new("RGB", (columns * 370 + 10, -(-len(small) // columns) * 240 + 10), "white")
    for at, picture in enumerate(small):
        sheet.paste(picture, (10 + at % columns * 370, 10 + at // columns * 240))
    return sheet


if __name__ == "__main__":
    main()
