"""The table "where a newcomer puts it" of `docs/contributing.md`: each row, done in a copy of the package."""
