"""Walkers of bytes, which know a file's structure without its pixels."""
