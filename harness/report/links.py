"""Addresses that a page may link to."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote


def link(file: str) -> str | None:
    """Address of a file of the run folder, or None for what leads out of it."""
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    return quote(str(path))


def web_link(address: str) -> str | None:
    """The address when it is one of the web, or None: no other kind becomes a link."""
    return address if address.startswith(("https://", "http://")) else None
