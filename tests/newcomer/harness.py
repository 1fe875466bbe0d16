"""A copy of the package that a test may edit as a newcomer would, and run in processes of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, Ran

COPIED = ("mmspack", "templates", "samples", "docs", "tests", "pyproject.toml", "README.md", "CHANGELOG.md")
LEFT_OUT = shutil.ignore_patterns("newcomer", "corpus", ".hypothesis", ".*_cache")
SECONDS = 500
"""The longest that a process may run, on a machine that is busy with other things."""


class Checkout:
    """A checkout of the project in a temporary folder.

    Paths are relative to its root (`"mmspack/media/formats.py"`). `touched` names what was edited or added,
    for the number of files that the table in `docs/contributing.md` promises.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self.touched: list[str] = []
        self.root.mkdir()
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                # With the times of the originals, so that Python takes their compiled files too.
                shutil.copytree(source, self.root / name, ignore=LEFT_OUT)
            elif source.is_file():
                shutil.copy2(source, self.root / name)

    def read(self, path: str) -> str:
        """The text of a file."""
        return (self.root / path).read_text("utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace `old`, which must stand in the file exactly once."""
        text = self.read(path)
        assert text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times, not once"
        self._write(path, text.replace(old, new))

    def append(self, path: str, text: str) -> None:
        """Add lines at the end of a file."""
        self._write(path, self.read(path) + text)

    def add(self, path: str, content: str | bytes) -> Path:
        """Write a file that does not exist yet, and the folders above it."""
        assert not (self.root / path).exists(), f"{path} already exists"
        return self._write(path, content)

    def _write(self, path: str, content: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        if path not in self.touched:
            self.touched.append(path)
        return target

    def mmspack(self, *arguments: object, **environment: str) -> Ran:
        """Run the command line: `checkout.mmspack("check", "summer.zip").code`."""
        return self._run(["-m", "mmspack", *map(str, arguments)], environment)

    def python(self, program: str, **environment: str) -> str:
        """What a program prints, which must end well."""
        ran = self._run(["-c", program], environment)
        assert ran.code == 0, ran.err
        return ran.out

    def script(self, *arguments: object, **environment: str) -> Ran:
        """Run `python ARGUMENT...`, for instance `script("-m", "mmspack.rules.explaining")`."""
        return self._run([*map(str, arguments)], environment)

    def tests(self, *arguments: str) -> Ran:
        """Run tests of the checkout: `checkout.tests("tests/rules", "-k", "documented").code`."""
        options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "pytest_timeout"]
        # Without the plugins that are found by themselves: to import Hypothesis takes longer than the tests.
        return self._run(["-m", "pytest", *options, *arguments], {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})

    def _run(self, arguments: list[str], environment: dict[str, str]) -> Ran:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            # No compiled files: an edit within the same second as the last would go unnoticed.
            env={
                **os.environ,
                **environment,
                "PYTHONPATH": str(self.root),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)
