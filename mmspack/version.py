"""The version, where every room can read it."""

VERSION = "1.0.0rc1"
