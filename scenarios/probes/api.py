"""Probes: what the SDK's classes offer. Run inside a disposable participant."""

from __future__ import annotations

import inspect

from livekit import rtc


def methods_of(name: str) -> list[str]:
    """Public names of a class of `livekit.rtc`, sorted."""
    return sorted(member for member in dir(getattr(rtc, name)) if not member.startswith("_"))


def calls_of(name: str) -> dict[str, bool]:
    """Public names of a class of `livekit.rtc`, and whether each can be called."""
    held = getattr(rtc, name)
    return {member: callable(getattr(held, member)) for member in methods_of(name)}


def names() -> dict[str, bool]:
    """Public names of `livekit.rtc`, and whether each can be called."""
    return {name: callable(getattr(rtc, name)) for name in dir(rtc) if not name.startswith("_")}


def options_of(name: str) -> dict[str, bool]:
    """Public names of a class of options of `livekit.rtc`, and whether each is an option."""
    taken = inspect.signature(getattr(rtc, name)).parameters
    return {member: member in taken for member in (*methods_of(name), *taken)}
