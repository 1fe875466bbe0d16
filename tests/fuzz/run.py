"""Fuzz one target for minutes or hours.

python tests/fuzz/run.py zip --minutes 60                hypothesis, from the seeds
python tests/fuzz/run.py zip --minutes 60 --atheris      coverage-guided (pip install atheris)

A failing input is kept in `tests/fuzz/corpus/TARGET/` and is tried by every test run from then on.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.mutations import TOKENS, seeds
from tests.fuzz.targets import TARGETS
from tests.rules.scenes import TWO_SLIDES, packed, photo, scene

HERE = Path(__file__).parent

INSIDES = [
    scene().data,
    scene(smil=TWO_SLIDES, files={"image1.jpg": photo(), "text1.txt": b"Hello", "image2.jpg": photo(48, 64),
                                  "text2.txt": b"Good bye"}).data,
]  # fmt: skip


def keep(target: str, data: bytes) -> Path:
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    return path


def mutate(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randint(0, len(changed))
        what = chance.randrange(6)
        if what == 0 and at < len(changed):
            changed[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            changed[at:at] = chance.choice(TOKENS)
        elif what == 2:
            del changed[at : at + chance.randint(1, 200)]
        elif what == 3:
            changed[at : at + 4] = chance.choice(TOKENS)
        elif what == 4:
            other = chance.choice(others)
            begin = chance.randint(0, len(other))
            changed[at:at] = other[begin : begin + chance.randint(1, 400)]
        else:
            changed[at : at + 2] = chance.randbytes(2)
    return bytes(changed[:200_000])


def mutate_inside(others: list[bytes], chance: random.Random) -> bytes:
    """A sound zip of a good message, in which one or two parts are broken or swapped."""
    with zipfile.ZipFile(io.BytesIO(chance.choice(INSIDES))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(chance.randint(1, 2)):
        name = chance.choice(sorted(parts))
        kind = {"manifest": "manifest", "message.smil": "smil"}.get(name, "media")
        own = chance.random() < 0.7
        parts[name] = mutate(parts[name] if own else chance.choice(seeds(kind)), others, chance)
    return packed(parts)


def run(target: str, seconds: float, seed: int) -> None:
    chance, good, check = random.Random(seed), seeds(target), TARGETS[target]
    pool, ends, tried, slowest = list(good), time.monotonic() + seconds, 0, 0.0
    while time.monotonic() < ends:
        inside = target in ("check", "fix") and chance.random() < 0.8
        data = mutate_inside(good, chance) if inside else mutate(chance.choice(pool), good, chance)
        began = time.perf_counter()
        try:
            check(data)
        except Exception as error:
            sys.stderr.write(f"{target}: {type(error).__name__}: {error}: kept as {keep(target, data)}\n")
            raise
        slowest, tried = max(slowest, time.perf_counter() - began), tried + 1
        if chance.random() < 0.02:
            pool.append(data)
            pool = [*good, *pool[len(good) :][-200:]]
    sys.stdout.write(
        f"{target}: {tried:,} inputs in {seconds:.0f} s, none broke a promise; slowest {slowest:.2f} s\n"
    )


def run_atheris(target: str, seconds: float) -> None:
    """Coverage-guided. What it finds on its way lies in a temporary folder; only a failing input is kept."""
    import atheris

    check: Callable[[bytes], None] = TARGETS[target]
    atheris.instrument_all()
    kept = HERE / "corpus" / target
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(seeds(target)):
            (Path(folder) / f"seed{number}").write_bytes(data)
        # The engine itself grows by some kilobytes an input; the targets do not.
        limits = [f"-max_total_time={seconds:.0f}", "-rss_limit_mb=12000", f"-artifact_prefix={kept}/"]
        atheris.Setup([sys.argv[0], *limits, folder], check)
        atheris.Fuzz()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--atheris", action="store_true")
    chosen = parser.parse_args()
    for name in TARGETS if chosen.target == "all" else [chosen.target]:
        if chosen.atheris:
            run_atheris(name, chosen.minutes * 60)
        else:
            run(name, chosen.minutes * 60, chosen.seed)
