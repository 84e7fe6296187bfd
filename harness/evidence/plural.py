"""A number and what it counts, in words."""

from __future__ import annotations


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 packet`, `2 packets`; `many` is the plural of what does not take an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
