"""Calling a scenario's own function inside a disposable participant.

A probe does what no command does: wrong-type arguments, conversions, concurrent capture, the
examples of the documentation. What it breaks is this process and nothing else.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from livekit import rtc


class ProbeNotFound(Exception):
    """The file or the function of a probe is not there."""


class ProbeNeedsRoom(Exception):
    """The function takes the room, and the participant has joined none."""


async def run_probe(
    file: Path, function: str, args: Mapping[str, Any], room: rtc.Room | None
) -> Any:  # noqa: ANN401
    """Call `function(**args)` of the file, await what it returns if that can be awaited.

    A function with a parameter `room` is given the room. A file is loaded once: what one call
    keeps in it, the next one finds. Raises ProbeNotFound, ProbeNeedsRoom
    when there is none, or whatever the function raises.
    """
    called = _load(file, function)
    if "room" in inspect.signature(called).parameters:
        if room is None:
            raise ProbeNeedsRoom(f"{function} needs a room: probe a participant that has joined")
        called = functools.partial(called, room=room)
    result = called(**args)
    return await result if inspect.isawaitable(result) else result


def _load(file: Path, function: str) -> Callable[..., Any]:
    found = getattr(_module(file), function, None)
    if not callable(found):
        raise ProbeNotFound(f"{file} defines no function {function}")
    return found  # type: ignore[no-any-return]


@functools.cache
def _module(file: Path) -> ModuleType:
    """The file as a module, loaded once: what a call keeps there the next one finds."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise ProbeNotFound(f"{file} is not a Python file: name the file that defines the function")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
