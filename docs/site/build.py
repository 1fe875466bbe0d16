"""The documentation as a site, offline:

    python docs/site/build.py [FOLDER]

Takes the pages of `docs/`, adds the reference of the Python names (from their docstrings), of the
commands (from their options), of message.toml (from its schema) and of the profiles, and lets Sphinx make
HTML of them, with every warning an error. Nothing is loaded from the network, neither to build the site
nor to read it. Needs `pip install -e . --group docs`.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from commands import commands_page
from data import data_pages
from names import PAGES, names_pages
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(__file__).resolve().parent
PARTS = {
    "Learn": ("tutorial",),
    "How to": (
        "message-toml",
        "film",
        "preview",
        "checking",
        "gateway",
        "doors",
        "sandbox",
        "campaign",
        "scale",
        "binary",
    ),
    "Reference": ("commands", "keys", "profiles", *PAGES, "json", "rules", "formats"),
    "Explanation": ("fitting", "film", "quality", "architecture", "dependencies", "contributing", "words"),
}
"""Each page of the site in its part."""
GENERATED = {"commands", "keys", "profiles", *PAGES}
OUTSIDE = re.compile(
    r"\]\((?!https?:|#)(?:\.\./)?((?:benchmarks|samples|LICENSE|CHANGELOG|mmspack|tests)[^)]*)\)"
)
"""Links to files that are in the repository and not on the site."""


HOMES = (
    "https://github.com/mmspack/mmspack/blob/main",
    "https://raw.githubusercontent.com/mmspack/mmspack/main",
)
"""Where the README's links lead, and its pictures."""


def index() -> str:
    """The first page: the README's first paragraphs, and the contents."""
    readme = (ROOT / "README.md").read_text("utf-8").split("\n## ")[0]
    for home in HOMES:  # a page of a package index needs whole addresses, the site does not
        readme = readme.replace(f"]({home}/docs/", "](")
    trees = [
        f"\n```{{toctree}}\n:caption: {part}\n:maxdepth: 1\n\n" + "\n".join(pages) + "\n```\n"
        for part, pages in PARTS.items()
    ]
    return readme + "\n" + "".join(trees)


def write_sources(folder: Path) -> None:
    """The sources of the site: pages as they are, and those that are made of the code."""
    for path in (ROOT / "docs").iterdir():
        if path.suffix == ".md":
            text = OUTSIDE.sub(r"](#)", path.read_text("utf-8"))
            text = re.sub(r"\[([^\]]*)\]\(#\)", r"\1", text)
            (folder / path.name).write_text(text.replace("](../README.md", "](index.md"), "utf-8")
        elif path.suffix == ".png":
            shutil.copy(path, folder / path.name)
    (folder / "index.md").write_text(index(), "utf-8")
    (folder / "commands.md").write_text(commands_page(), "utf-8")
    for name, text in (*names_pages().items(), *data_pages().items()):
        (folder / f"{name}.md").write_text(text, "utf-8")


def build(target: Path) -> None:
    """Write the site to `target`. Exits with 1 after a warning."""
    with tempfile.TemporaryDirectory() as work:
        sources = Path(work) / "sources"
        sources.mkdir()
        write_sources(sources)
        app = Sphinx(
            srcdir=sources, confdir=SITE, outdir=target, doctreedir=Path(work) / "doctrees",
            buildername="html", warningiserror=True, status=None, freshenv=True,
        )  # fmt: skip
        app.build()
    if app.statuscode:
        sys.exit("the site has warnings")


if __name__ == "__main__":
    out = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "site")
    build(out)
    print(f"{len(list(out.glob('*.html')))} pages: {out / 'index.html'}")
