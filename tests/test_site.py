"""The documentation as a site: whole, without warnings, and readable without a network."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from mmspack import profiles
from mmspack.authoring.schema import json_schema
from mmspack.cli import app
from tests.cli.test_documents import leaves
from tests.conftest import ROOT
from tests.test_examples import PAGES, examples

pytest.importorskip("sphinx")
pytest.importorskip("griffe")
SITE = ROOT / "docs" / "site"
MODULES = ("mmspack", "mmspack.authoring", "mmspack.campaign", "mmspack.gateway", "mmspack.sandbox")
"""Whose `__all__` is a promise."""


@pytest.fixture
def made(monkeypatch):
    """A module of the site's own."""
    monkeypatch.syspath_prepend(str(SITE))
    return importlib.import_module


@pytest.fixture(scope="module")
def entries() -> dict[str, str]:
    """What the reference says of each Python name."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(SITE))
        pages = importlib.import_module("names").names_pages()
    entry = re.compile(r"^## `([\w.]+)`\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    return {name: text for page in pages.values() for name, text in entry.findall(page)}


@pytest.mark.slow
def test_every_public_name_is_in_the_reference_with_its_docstring(entries):
    for module in MODULES:
        for name in importlib.import_module(module).__all__:
            assert f"{module}.{name}" in entries
    for name, text in entries.items():
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL).strip()
        assert prose, f"{name} says nothing"


@pytest.mark.slow
def test_every_name_that_a_page_imports_is_in_the_reference(entries):
    modules = {name.rpartition(".")[0] for name in entries}
    for page in PAGES:
        for language, text in examples(page):
            for node in ast.walk(ast.parse(text)) if language == "python" else ():
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mmspack"):
                    for one in node.names:
                        name = f"{node.module}.{one.name}"
                        assert name in entries or name in modules, f"{page}: {name}"


def test_every_command_and_option_is_in_the_reference(made):
    page = made("commands").commands_page()
    for names, command in leaves(typer.main.get_command(app)):
        assert f"## `mmspack {' '.join(names)}`" in page
        for one in command.params:
            assert one.param_type_name == "argument" or one.opts[0] in page


def test_every_key_and_every_profile_is_in_the_reference_with_its_source(made):
    pages = made("data").data_pages()
    schema = json_schema()
    for table in (schema, *schema["$defs"].values()):
        for key, one in table["properties"].items():
            row = rf"^\| `{key}` \| .+ \| {re.escape(one['description'])} \|$"
            assert re.search(row, pages["keys"], re.MULTILINE), key
    for name, profile in profiles.load().items():
        section = pages["profiles"].partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert profile.source in section, name
        assert profile.date in section, name


def test_every_page_of_the_docs_is_on_the_site(made):
    build = made("build")
    listed = {page for pages in build.PARTS.values() for page in pages}
    assert listed == {path.stem for path in (ROOT / "docs").glob("*.md")} | build.GENERATED


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path):
    done = subprocess.run(
        [sys.executable, SITE / "build.py", tmp_path], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "searchindex.js").is_file()
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "theme-toggle" in index
    for page in tmp_path.glob("*.html"):
        html = page.read_text("utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]*\ssrc=\"([^\"]*)\"", html)
        loaded += re.findall(r"<link[^>]*rel=\"(?:stylesheet|icon|preload)\"[^>]*href=\"([^\"]*)\"", html)
        assert not [one for one in loaded if one.startswith(("http:", "https:", "//"))], page.name
    for style in Path(tmp_path, "_static").rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", style.read_text("utf-8")), style.name


def test_every_link_of_the_readme_is_whole_and_leads_to_a_file(made):
    homes = made("build").HOMES
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert len(links) > 20
    for link in links:
        home = next((home for home in homes if link.startswith(home)), None)
        assert home, f"{link}: a page of a package index cannot follow it"
        assert (ROOT / link.removeprefix(f"{home}/")).is_file(), link


def test_every_command_takes_the_options_that_the_readme_promises_for_all(made):
    without = {"sandbox", "listen", "schema", "completion", "config password"}
    for names, command in leaves(typer.main.get_command(app)):
        options = {option for one in command.params for option in one.opts}
        assert ("--json" in options) == (" ".join(names) not in without), names
        assert "--quiet" in options, names
