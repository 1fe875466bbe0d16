"""How Sphinx makes the site: Markdown in, pages that load nothing from elsewhere out."""

from mmspack.version import VERSION

project = "mmspack"
author = "mmspack contributors"
copyright = author
release = VERSION
extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"mmspack {VERSION}"
html_show_sphinx = False
html_copy_source = False
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
# Fences of languages that Pygments does not know, or of output, are text.
highlight_language = "text"
suppress_warnings = ["misc.highlighting_failure"]
nitpicky = True
