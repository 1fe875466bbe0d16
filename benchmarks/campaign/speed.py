"""How fast campaigns are made, each figure against its rival in the same run.

    python benchmarks/campaign/speed.py                 # table, merge, overlay, ledger, processes
    python benchmarks/campaign/speed.py ledger --rows 1000000
    python benchmarks/campaign/speed.py merge --memory --room 2    # half of what is asked for

Times are of the processor (`process_time`), medians of interleaved rounds, so that a busy machine tells
little less than an idle one; those on the disk and of several processes are of the clock. Noise stands in
where there are no photos in `../shared/photos`. Exits with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import random
import resource
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import jinja2
import segno
from PIL import Image, ImageDraw, ImageFont

from benchmarks.goals import Goals, add_room
from mmspack.bundle.manifest import format_manifest
from mmspack.campaign.build.batches import build_rows
from mmspack.campaign.build.freezing import freeze
from mmspack.campaign.build.frozen import Base
from mmspack.campaign.build.local import LocalEngine
from mmspack.campaign.build.press import Copywriter, Press, values_of
from mmspack.campaign.ledger.ledger import Ledger
from mmspack.campaign.planning.numbers import read_number
from mmspack.campaign.planning.read_tables import read_rows
from mmspack.message import Message, Overlay, Slide
from mmspack.profiles import resolve
from mmspack.recipe import Recipe

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7
GOALS = Goals()
PROFILES = resolve("uk")
TEXTS = [
    "Dear {{ name }}, your voucher {{ code }} is worth ten pounds.",
    "Show {{ code }} at the till, {{ name }}.",
    "It is good until {{ day }} in {{ city }}.",
    "See you soon, {{ name }}!",
]


def pictures(count: int, size: tuple[int, int], most: int) -> list[bytes]:
    """JPEGs of at most so many bytes, of photos where there are any."""
    found = sorted((ROOT.parent / "shared" / "photos").glob("*.jpg"))[:count]
    made = []
    for at in range(count):
        if at < len(found):
            with Image.open(found[at]) as photo:
                photo.draft("RGB", (size[0] * 2, size[1] * 2))
                image = photo.convert("RGB").resize(size)
        else:
            image = Image.effect_noise(size, 60).convert("RGB")
        for quality in range(95, 5, -3):
            stream = io.BytesIO()
            image.save(stream, "JPEG", quality=quality, optimize=True)
            if len(stream.getvalue()) <= most:
                break
        made.append(stream.getvalue())
    return made


def rows(count: int) -> list[tuple[str, ...]]:
    chance = random.Random(1)
    return [
        (f"Ada {at % 977}", f"V{chance.randrange(10**8):08}", f"{1 + at % 28} May", "Leeds")
        for at in range(count)
    ]


COLUMNS = ("name", "code", "day", "city")


def compared(
    ours: Callable[[], None],
    rival: Callable[[], None],
    each: int,
    clock: Callable[[], float],
    after: Callable[[], None] = lambda: None,
) -> tuple[str, float, float]:
    """Both, in turns: what each does a second, in words; how often ours does, and how many times the rival.

    `after` is not timed.
    """
    mine, theirs = [], []
    for _ in range(ROUNDS):
        for work, times in ((rival, theirs), (ours, mine)):
            begin = clock()
            work()
            times.append((clock() - begin) / each)
            after()
    one, other = statistics.median(mine), statistics.median(theirs)
    words = f"{1 / one:>9,.0f}/s  against {1 / other:>7,.0f}/s  = {other / one:.1f} times"
    return words, 1 / one, other / one


def each_of(make: Callable[[tuple[str, ...]], object], people: list[tuple[str, ...]]) -> Callable[[], None]:
    def work() -> None:
        for row in people:
            make(row)

    return work


def merge(*, disk: bool) -> None:
    """Four pictures kept, four personal texts, 300 kB."""
    images = pictures(4, (800, 600), 70_000)
    message = Message(
        subject="For {{ name }}",
        slides=[Slide(image=data, text=text, seconds=8) for data, text in zip(images, TEXTS, strict=True)],
    )
    worst = {"name": "N" * 30, "code": "V" * 10, "day": "31 May", "city": "C" * 20}
    base = freeze(message, defaults={}, columns=COLUMNS, worst=worst, shapes=["0,1,2,3"])
    people, each = rows(400), 400
    press = Press(base)
    sample = press.merge(people[0])
    smil = sample.bundle.parts[0]
    templates = [jinja2.Template(text) for text in TEXTS]
    subject = jinja2.Template("For {{ name }}")

    def naive(row: tuple[str, ...]) -> bytes:
        values = dict(zip(COLUMNS, row, strict=True))
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("message.smil", smil.data)
            names = [("message.smil", "application/smil")]
            for at, (data, template) in enumerate(zip(images, templates, strict=True), 1):
                archive.writestr(f"image{at}.jpg", data)
                archive.writestr(f"text{at}.txt", template.render(values))
                names += [(f"image{at}.jpg", "image/jpeg"), (f"text{at}.txt", "text/plain")]
            archive.writestr("manifest", format_manifest(names, subject.render(values)))
        return stream.getvalue()

    def ours(row: tuple[str, ...]) -> bytes:
        merged = press.merge(row)
        if not all(report.ok for report in press.check(merged)):
            raise SystemExit("a merged message is not sound")
        return merged.bundle.data

    print(f"text merge, {len(sample.bundle.data):,} bytes a bundle, rendered, assembled and checked")
    words, _, times = compared(each_of(ours, people), each_of(naive, people), each, time.process_time)
    print(f"  in memory        {words}   ({GOALS.at_least('merge, in memory', times, 5)})")
    if disk:
        to_disk(ours, naive, people)


def to_disk(
    ours: Callable[[tuple[str, ...]], bytes],
    naive: Callable[[tuple[str, ...]], bytes],
    people: list[tuple[str, ...]],
) -> None:
    """The same, each bundle a new file: ext4 flushes one that was cut to nothing first when it is closed."""
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".benchmark-") as base:
        folder = Path(base) / "bundles"
        folder.mkdir()

        def written(make: Callable[[tuple[str, ...]], bytes]) -> Callable[[], None]:
            def work() -> None:
                for at, row in enumerate(people):
                    (folder / f"{at}.zip").write_bytes(make(row))

            return work

        def empty() -> None:
            for path in folder.iterdir():
                path.unlink()

        same = ours(people[0])
        each, clock = len(people), time.perf_counter
        words, _, times = compared(written(ours), written(naive), each, clock, empty)
        print(f"  to a disk        {words}   ({GOALS.at_least('merge, to a disk', times, 2)})")
        words, _, _ = compared(written(lambda _: same), written(naive), each, clock, empty)
        print(f"  the same bytes   {words}   (nothing but written: the bound)")


def overlay() -> None:
    """A text and a QR code on a picture of 640 x 480."""
    font = next(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"), None)
    stream = io.BytesIO()
    with Image.open(io.BytesIO(pictures(1, (1600, 1200), 400_000)[0])) as image:
        image.save(stream, "JPEG", quality=88)
    source = stream.getvalue()
    boxes = (
        Overlay(box=(0.05, 0.75, 0.6, 0.2), text="{{ name }}: {{ code }}", font=font, background="white"),
        Overlay(box=(0.7, 0.55, 0.3, 0.42), qr="https://example.com/{{ code }}"),
    )
    message = Message(slides=[Slide(image=source, text=TEXTS[0], overlay=boxes)])
    profile = replace(PROFILES[0], max_width=640, max_height=480, max_bytes=100_000, warn_bytes=None)
    worst = {"name": "N" * 12, "code": "V" * 9, "day": "", "city": ""}
    base = freeze(
        message, defaults={}, columns=COLUMNS, recipe=Recipe(profile=profile), worst=worst, shapes=["0"]
    )
    press, people, each = Press(base), rows(30), 30
    smil = press.merge(people[0]).bundle.parts[0]
    face = ImageFont.truetype(str(font), 40) if font else ImageFont.load_default(40)
    template = jinja2.Template(TEXTS[0])

    def naive(row: tuple[str, ...]) -> bytes:
        values = dict(zip(COLUMNS, row, strict=True))
        with Image.open(io.BytesIO(source)) as opened:
            image = opened.convert("RGB")
        image.thumbnail((640, 480), Image.Resampling.LANCZOS)
        pen = ImageDraw.Draw(image)
        pen.rectangle((32, 360, 416, 456), fill="white")
        pen.text((40, 380), f"{values['name']}: {values['code']}", fill="black", font=face)
        code = io.BytesIO()
        segno.make(f"https://example.com/{values['code']}", error="m").save(
            code, kind="png", scale=6, border=4
        )
        with Image.open(code) as qr:
            image.paste(qr.convert("RGB").resize((190, 190), Image.Resampling.NEAREST), (450, 270))
        for quality in range(95, 5, -5):
            made = io.BytesIO()
            image.save(made, "JPEG", quality=quality, optimize=True)
            if made.tell() <= 90_000:
                break
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("message.smil", smil.data)
            archive.writestr("image1.jpg", made.getvalue())
            archive.writestr("text1.txt", template.render(values))
            archive.writestr(
                "manifest", "message.smil=application/smil\nimage1.jpg=image/jpeg\ntext1.txt=text/plain\n"
            )
        return stream.getvalue()

    def ours(row: tuple[str, ...]) -> None:
        if not all(report.ok for report in press.check(press.merge(row))):
            raise SystemExit("a drawn message is not sound")

    words, speed, times = compared(each_of(ours, people), each_of(naive, people), each, time.process_time)
    asked = GOALS.at_least("overlay, a second", speed, 150), GOALS.at_least("overlay, times", times, 5)
    print("personal overlay, 640 x 480, rendered, drawn, assembled and checked")
    print(f"  in memory        {words}   ({'; '.join(asked)})")


def table(count: int = 20_000) -> None:
    """A table read: numbers normalised, copy measured; and messages of two short texts."""
    writer = Copywriter("For {{ name }}", dict(enumerate(TEXTS)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        lines = (f"+{447_700_000_000 + at * 37},{','.join(row)}\n" for at, row in enumerate(rows(count)))
        path.write_text(f"msisdn,{','.join(COLUMNS)}\n" + "".join(lines))

        def read() -> None:
            for row in read_rows(path):
                read_number(row.values["msisdn"])
                writer.write(values_of(COLUMNS, [row.values[name] for name in COLUMNS], {}))

        message = Message(layout="text-only", slides=[Slide(text=text) for text in TEXTS[:2]])
        worst = {"name": "N" * 30, "code": "V" * 10, "day": "31 May", "city": "C" * 20}
        base = freeze(message, defaults={}, columns=COLUMNS, worst=worst, shapes=["0,1"])
        press, people = Press(base), list(enumerate(rows(count)))

        def checked() -> None:
            build_rows(press, people)

        for what, work in (
            ("read, normalised, copy measured", read),
            ("short texts alone, checked", checked),
        ):
            times = []
            for _ in range(3):
                begin = time.process_time()
                work()
                times.append(time.process_time() - begin)
            print(f"rows {what}: {count / statistics.median(times):,.0f}/s")


def ledger(count: int) -> None:
    """Recipients planned and reserved, on this disk, with synchronous = FULL."""
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".benchmark-") as folder:
        path = Path(folder) / "speed.campaign"
        with Ledger.create(path, {}) as book:
            zone, begin = book.zone(""), time.perf_counter()
            step = 7_919  # numbers in no order, as tables have them
            for row in range(count):
                book.add(
                    row,
                    447_000_000_000 + row * step % 1_000_003 + row // 1_000_003 * 10**7,
                    zone,
                    ["Ada", "V12345678"],
                )
                if row % 1000 == 999:
                    book.commit()
            book.commit()
            for batch in book.planned():
                book.built([(one.row, b"d" * 16) for one in batch])
            book.finish_plan()
            planned = time.perf_counter()
            while book.reserve(32, now=1):
                pass
            reserved = time.perf_counter()
            book.finish_plan()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        both = count / (reserved - begin)
        print(f"ledger, {count:,} recipients, synchronous = FULL")
        print(f"  planned          {count / (planned - begin):>9,.0f}/s")
        print(f"  reserved by 32   {count / (reserved - planned):>9,.0f}/s")
        print(f"  both             {both:>9,.0f}/s   ({GOALS.at_least('ledger, a second', both, 10_000)})")
        beside = path.stat().st_size / count - len('["Ada", "V12345678"]')
        asked = GOALS.at_most("ledger, bytes a recipient", beside, 150)
        print(f"  bytes a recipient {beside:>8.0f}     beside its own   ({asked})")
        print(f"  most memory      {memory:,.0f} MB   ({GOALS.at_most('ledger, MB', memory, 300)})")


def processes(count: int = 6_000) -> None:
    """Rows built and checked by one process and by two."""
    images = pictures(4, (800, 600), 70_000)
    message = Message(slides=[Slide(image=d, text=t, seconds=8) for d, t in zip(images, TEXTS, strict=True)])
    worst = {"name": "N" * 30, "code": "V" * 10, "day": "31 May", "city": "C" * 20}
    base = freeze(message, defaults={}, columns=COLUMNS, worst=worst, shapes=["0,1,2,3"])
    people = list(enumerate(rows(count)))
    shards = [people[at : at + 500] for at in range(0, count, 500)]

    def times(workers: int) -> float:
        """Seconds a row once all workers have started: what a spawned one imports is a second's work."""
        begin = 0.0

        def given() -> Iterator[list[tuple[int, tuple[str, ...]]]]:
            nonlocal begin
            started = time.perf_counter() + 4
            while time.perf_counter() < started:
                yield people[:20]
            begin = time.perf_counter()
            yield from shards * 4

        for _ in LocalEngine(workers).build(base, given()):
            pass
        return (time.perf_counter() - begin) / (4 * count)

    one, two = times(1), times(2)
    print("rows built and checked by processes of this machine")
    print(f"  one              {1 / one:>9,.0f}/s")
    alone, beside = unaided(base, people, 1), unaided(base, people, 2)
    bound = alone / beside
    # Where two processes that share nothing gain less than that, two that share the work cannot gain it.
    asked = GOALS.at_least("two processes, times one", one / two, min(1.7, 0.95 * bound))
    print(f"  two              {1 / two:>9,.0f}/s  = {one / two:.2f} times   ({asked})")
    print(f"  two, handed nothing and handing nothing back: {bound:.2f} times (the machine's bound)")


def unaided(base: Base, people: list[tuple[int, tuple[str, ...]]], workers: int) -> float:
    """Seconds a row of processes that have their rows already and keep what comes of them."""
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(workers)
    with context.Pool(workers, _prepare, (base.to_blobs(), people, together)) as pool:
        return statistics.mean(pool.map(_press_all, [4] * workers, chunksize=1)) / workers


_prepared: list[tuple[Press, list[tuple[int, tuple[str, ...]]], Barrier]] = []


def _prepare(blobs: dict[str, bytes], people: list[tuple[int, tuple[str, ...]]], together: Barrier) -> None:
    _prepared.append((Press(Base.from_blobs(blobs)), people, together))
    build_rows(_prepared[0][0], people[:20])


def _press_all(times: int) -> float:
    press, people, together = _prepared[0]
    together.wait()  # so that each worker has taken one
    begin = time.perf_counter()
    for _ in range(times):
        build_rows(press, people)
    return (time.perf_counter() - begin) / (times * len(people))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("what", nargs="*", default=["table", "merge", "overlay", "ledger", "processes"])
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--memory", action="store_true", help="leave out what is written to a disk")
    add_room(options)
    given = options.parse_args()
    GOALS.room = given.room
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    every: dict[str, Callable[[], None]] = {
        "table": table,
        "merge": lambda: merge(disk=not given.memory),
        "overlay": overlay,
        "ledger": lambda: ledger(given.rows),
        "processes": processes,
    }
    for name in given.what:
        every[name]()
    GOALS.finish()


if __name__ == "__main__":
    main()
