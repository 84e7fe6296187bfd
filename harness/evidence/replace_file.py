"""Files that are written anew while others read them."""

from __future__ import annotations

import secrets
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write a file, or replace it, in one step: no reader ever sees half of it.

    Of several that do so at the same time the last one stays. Raises OSError; what was there is
    there still, then, and nothing beside it.
    """
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(3)}.new")
    try:
        fresh.write_bytes(data)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
