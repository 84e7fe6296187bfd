"""A span of time, as verifiers take it."""

from __future__ import annotations

from typing import TypedDict


class Window(TypedDict):
    """Monotonic ns: `verifier(…, **Window(since_ns=muted, until_ns=unmuted))`."""

    since_ns: int
    """From here on,"""
    until_ns: int
    """up to here, which is not counted."""
