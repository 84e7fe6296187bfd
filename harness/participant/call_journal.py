"""For probes: makes calls one after the other, and writes down what became of each at once.

A call that ends the process takes no other call's result with it: the next process of the same
probe goes on behind it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

from harness.evidence.sdk_call import SdkCall, add_call, read_calls
from harness.participant.redaction import one_line

Parameters = ParamSpec("Parameters")


class CallJournal:
    """Appends to a file. Processes may follow each other in it, one at a time."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._known = set(read_calls(self._path))

    async def attempt(
        self,
        name: str,
        call: Callable[Parameters, object],
        /,
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> None:
        """Call, await what can be awaited, write down what came of it: JSON or an exception.

        An exception is what the call ended with, and goes no further. A call that is in the
        journal already is not made again.
        """
        if name in self._known:
            return
        self._known.add(name)
        add_call(self._path, SdkCall(name=name, end="began"))
        try:
            value = call(*args, **kwargs)
            if inspect.isawaitable(value):
                value = await value
        except Exception as error:  # whatever a caller would be told
            kind, says = type(error).__name__, one_line(error)
            ended = SdkCall(name=name, end="raised", kind=kind, says=says)
        else:
            ended = SdkCall(name=name, end="returned", value=value)
        add_call(self._path, ended)
