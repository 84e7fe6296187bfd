"""What became of bare SDK calls, one a line, readable also when one of them ended the process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec

from harness.evidence.json_value import read_json

End = Literal["began", "returned", "raised", "died"]


class SdkCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call, and how it ended as its caller sees it."""

    name: str
    """Which of the calls: `NV12 to RGBA`."""
    end: End
    """`began`: its process is still in it, or ended in it; `died` once somebody said so."""
    kind: str = ""
    """Type of the exception, or how the process ended: `killed by SIGABRT`."""
    says: str = ""
    """Text of the exception, or the last words of the process."""
    value: Any = None
    """What the call gave, as JSON values."""


_CALL = msgspec.json.Decoder(SdkCall)


def add_call(journal: Path, call: SdkCall) -> None:
    """Append one line. It is with the system at return, whatever becomes of the process."""
    with journal.open("ab", buffering=0) as file:
        file.write(msgspec.json.encode(call) + b"\n")


def read_calls(journal: Path) -> dict[str, SdkCall]:
    """The last word about each call, by name, in the order in which they began.

    Nothing where there is no file. Raises ValueError for what is no journal.
    """
    if not journal.exists():
        return {}
    lines = journal.read_bytes().splitlines()
    return {call.name: call for call in (read_json(line, _CALL) for line in lines)}


def that_ended(calls: Iterable[SdkCall], *ends: End) -> list[SdkCall]:
    """Those calls that ended in one of these ways."""
    return [call for call in calls if call.end in ends]
