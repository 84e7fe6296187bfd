"""What was sent, as it was asked for: without it a recording is a sound and not that sound."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.evidence.json_value import read_json
from harness.evidence.sent_signal import signal_file
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone


class _Command(msgspec.Struct, frozen=True):
    tone: Tone | None = None
    picture: ColourCode | None = None


_DECODER = msgspec.json.Decoder(_Command)


def tone_of(sent: Path | None) -> Tone | None:
    """The tone whose hand-overs these are; None of anything else, and of an older run.

    Raises ValueError when what was asked for cannot be read.
    """
    return _command(sent).tone


def picture_of(sent: Path | None) -> ColourCode | None:
    """The picture whose hand-overs these are; None of anything else, and of an older run.

    Raises ValueError when what was asked for cannot be read.
    """
    return _command(sent).picture


def _command(sent: Path | None) -> _Command:
    if sent is None or not signal_file(sent).exists():
        return _Command()
    try:
        return read_json(signal_file(sent).read_bytes(), _DECODER)
    except ValueError as error:
        raise ValueError(f"{signal_file(sent).name}: {error}") from None
