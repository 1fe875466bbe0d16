"""The documentation as a site: whole, without warnings, and readable without a network."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import mmspack
import mmspack.campaign
import mmspack.gateway
from mmspack.cli import app
from tests.cli.test_documents import leaves
from tests.conftest import ROOT

pytest.importorskip("sphinx")
pytest.importorskip("griffe")
SITE = ROOT / "docs" / "site"
MODULES = {"python": mmspack, "gateway-python": mmspack.gateway, "campaign-python": mmspack.campaign}


@pytest.fixture
def made(monkeypatch):
    """A module of the site's own."""
    monkeypatch.syspath_prepend(str(SITE))
    return importlib.import_module


@pytest.mark.slow
def test_every_public_name_is_in_the_reference_with_its_docstring(made):
    pages = made("names").names_pages()
    for page, module in MODULES.items():
        entries = dict(re.findall(r"^## `([\w.]+)`\n(.*?)(?=^## |\Z)", pages[page], re.MULTILINE | re.DOTALL))
        assert set(entries) == {f"{module.__name__}.{name}" for name in module.__all__}
        for name, text in entries.items():
            prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL).strip()
            assert prose, f"{name} says nothing"


def test_every_command_and_option_is_in_the_reference(made):
    page = made("commands").commands_page()
    for names, command in leaves(typer.main.get_command(app)):
        assert f"## `mmspack {' '.join(names)}`" in page
        for one in command.params:
            assert one.param_type_name == "argument" or one.opts[0] in page


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
