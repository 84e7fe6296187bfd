"""What findings say of tracks: beside a sid, which a server draws anew, what people know it by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from harness.evidence.finding import ClauseResult
from harness.evidence.signalling import SignallingMessage

_SID = re.compile(r"\bTR_[A-Za-z0-9]+")


def track_words(messages: Iterable[SignallingMessage]) -> dict[str, str]:
    """Sid of each track that was published to `alice/sound1`: its publisher, and its name.

    One that was given no name is `alice/audio`.
    """
    return {
        str(message.details["sid"]): f"{message.participant}/{_name(message)}"
        for message in messages
        if message.kind == "track_published" and "sid" in message.details
    }


def _name(message: SignallingMessage) -> str:
    return str(message.details.get("name") or message.details.get("type") or "a track")


def with_track_words(result: ClauseResult, words: Mapping[str, str]) -> ClauseResult:
    """A result whose reason and notes name tracks beside their sids: `alice/sound1 (TR_x)`."""

    def named(sid: re.Match[str]) -> str:
        return f"{words[sid[0]]} ({sid[0]})" if sid[0] in words else sid[0]

    def told(text: str) -> str:
        return _SID.sub(named, text)

    measured = result.measurement
    if measured is not None:
        measured = replace(measured, notes=tuple(told(note) for note in measured.notes))
    return replace(result, reason=told(result.reason), measurement=measured)
