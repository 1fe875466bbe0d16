"""The author's side: `message.toml`, loose files, and templates made into a `Message`."""

from mmspack.authoring.loose import from_files
from mmspack.authoring.reading import from_source, from_toml
from mmspack.authoring.templating import render_message

__all__ = ["from_files", "from_source", "from_toml", "render_message"]
