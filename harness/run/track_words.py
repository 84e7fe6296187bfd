"""What findings say of tracks: beside a sid, which a server draws anew, what people know it by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from harness.evidence.finding import ClauseResult
from harness.evidence.published_track import PublishedTrack

_SID = re.compile(r"\bTR_[A-Za-z0-9]+")


def with_track_words(result: ClauseResult, tracks: Mapping[str, PublishedTrack]) -> ClauseResult:
    """A result whose reason and notes name tracks beside their sids: `alice/sound1 (TR_x)`."""

    def named(sid: re.Match[str]) -> str:
        return f"{tracks[sid[0]].words} ({sid[0]})" if sid[0] in tracks else sid[0]

    def told(text: str) -> str:
        return _SID.sub(named, text)

    measured = result.measurement
    if measured is not None:
        measured = replace(measured, notes=tuple(told(note) for note in measured.notes))
    return replace(result, reason=told(result.reason), measurement=measured)
