"""Names of files that come from names of people and tracks, which may be any text."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

_PLAIN = re.compile(r"[\w-][\w.-]*", re.ASCII)
MOST_CHARACTERS = 100
_DIGITS = 12


def file_name(text: str) -> str:
    """A name for a file or folder: the text itself where that will do, else another for another.

    Letters, digits, `-`, `_` and `.` stay; all else is written as in a URL, and what is too long
    is cut and ends in a digest.
    """
    name = text if _PLAIN.fullmatch(text) else quote(text, safe="", errors="replace")
    name = re.sub(r"^\.", "%2E", name).replace("~", "%7E") or "%"
    if len(name) <= MOST_CHARACTERS:
        return name
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:_DIGITS]
    return f"{name[: MOST_CHARACTERS - _DIGITS - 1]}-{digest}"
