"""Zip readers that people and servers use, each asked which files are in a zip, with which bytes.

Python's `zipfile` is always there. The others are asked where they are installed: `unzip` (Info-ZIP), `7z`,
`bsdtar` (libarchive, by the directory and as a stream), Java (`ZipFile` and `ZipInputStream`), Node with
yauzl (`npm install -g yauzl`), Perl with Archive::Zip and IO::Uncompress, PHP with libzip.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent
Reading = dict[str, str]
"""What a reader makes of one zip: the digest of each file by its name; empty where it refuses."""

_ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
_PATIENCE = 100


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def _run(command: Sequence[str | Path], **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        env=_ENVIRONMENT,
        timeout=_PATIENCE,
        check=False,
        **options,
    )


def _tree(folder: Path) -> Reading:
    """The files below a folder. A link, and a folder in which nothing lies, are read as what they are."""
    found: Reading = {}
    for parent, folders, names in os.walk(os.fsencode(folder)):
        for name in [*names, *folders]:
            path = os.path.join(parent, name)  # noqa: PTH118 - bytes, since a name may be in any charset
            shown = os.path.relpath(path, os.fsencode(folder)).decode("utf-8", "backslashreplace")
            if os.path.islink(path):  # noqa: PTH114
                found[shown] = "a link"
            elif os.path.isdir(path):  # noqa: PTH112
                if name in folders and not os.listdir(path):  # noqa: PTH208
                    found[shown + "/"] = "a folder"
            elif not os.path.isfile(path):  # noqa: PTH113
                found[shown] = "a device"
            else:
                os.chmod(path, 0o600)  # noqa: PTH101
                with open(path, "rb") as stream:  # noqa: PTH123
                    found[shown] = digest(stream.read())
    return found


def _extracting(*command: str, streamed: bool = False) -> Callable[[Path, Sequence[Path]], list[Reading]]:
    """A program that unpacks one zip into the folder in which it is started."""

    def read(scratch: Path, paths: Sequence[Path]) -> list[Reading]:
        readings = []
        for path in paths:
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                words = [str(path) if word == "ZIP" else word for word in command]
                if streamed:
                    with path.open("rb") as stream:
                        # A pipe, since a program may seek in a file that it is given as its input.
                        _run(["sh", "-c", 'cat | "$@"', "sh", *words], cwd=folder, stdin=stream)
                else:
                    _run(words, cwd=folder, stdin=subprocess.DEVNULL)
                readings.append(_tree(Path(folder)))
        return readings

    return read


def _listing(*command: str | Path) -> Callable[[Path, Sequence[Path]], list[Reading]]:
    """A script beside this file that reads all zips, and prints lines of number, digest and name."""

    def read(scratch: Path, paths: Sequence[Path]) -> list[Reading]:
        readings: list[Reading] = [{} for _ in paths]
        # All names of a set of thousands would not fit a command line.
        names = scratch / "names"
        names.write_text("".join(f"{path}\n" for path in paths), "utf-8")
        result = _run([*command, names])
        for line in result.stdout.decode("utf-8", "backslashreplace").split("\n"):
            number, _, rest = line.partition("\t")
            told, _, name = rest.partition("\t")
            if number.isdecimal():
                readings[int(number)][name] = told[:12] if told != "-" else "a folder"
        assert result.returncode == 0, result.stderr.decode(errors="replace")[:500]
        return readings

    return read


def _python(scratch: Path, paths: Sequence[Path]) -> list[Reading]:
    readings = []
    for path in paths:
        found: Reading = {}
        try:
            with zipfile.ZipFile(path) as archive:
                for info in archive.infolist():
                    if info.is_dir():
                        found[info.filename] = "a folder"
                        continue
                    try:
                        found[info.filename] = digest(archive.read(info))
                    except Exception:  # noqa: BLE001 - whatever stops it, it does not read this one
                        continue
        except Exception:  # noqa: BLE001
            found = {}
        readings.append(found)
    return readings


@functools.cache
def _java(kind: str) -> Callable[[Path, Sequence[Path]], list[Reading]] | None:
    if not shutil.which("java") or not shutil.which("javac"):
        return None
    return _listing("java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", HERE / "Read.java", kind)


def _works(*command: str) -> bool:
    return bool(shutil.which(command[0])) and _run(command).returncode == 0


def _node() -> Callable[[Path, Sequence[Path]], list[Reading]] | None:
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    root = _run(["npm", "root", "-g"]).stdout.decode().strip()
    _ENVIRONMENT["NODE_PATH"] = root
    return _listing("node", HERE / "read.js") if _works("node", "-e", "require('yauzl')") else None


@functools.cache
def readers() -> Mapping[str, Callable[[Path, Sequence[Path]], list[Reading]]]:
    """The readers that are here, by name."""
    perl = _works("perl", "-MArchive::Zip", "-MIO::Uncompress::Unzip", "-e", "1")
    php = _works("php", "-r", "exit(class_exists('ZipArchive') ? 0 : 1);")
    found: dict[str, Callable[[Path, Sequence[Path]], list[Reading]] | None] = {
        "zipfile": _python,
        "unzip": _extracting("unzip", "-qq", "-o", "ZIP") if shutil.which("unzip") else None,
        "7z": _extracting("7z", "x", "-y", "-snld", "ZIP") if shutil.which("7z") else None,
        "bsdtar": _extracting("bsdtar", "-xf", "ZIP") if shutil.which("bsdtar") else None,
        "bsdtar as a stream": _extracting("bsdtar", "-xf", "-", streamed=True)
        if shutil.which("bsdtar")
        else None,
        "ZipFile": _java("file"),
        "ZipInputStream": _java("stream"),
        "yauzl": _node(),
        "Archive::Zip": _listing("perl", HERE / "read.pl", "file") if perl else None,
        "IO::Uncompress": _listing("perl", HERE / "read.pl", "stream") if perl else None,
        "PHP": _listing("php", HERE / "read.php") if php else None,
    }
    return {name: read for name, read in found.items() if read is not None}
