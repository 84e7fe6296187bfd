"""What a publisher was asked to send: a JSON file beside each `.sent`.

`sound1.signal.json` holds the command that published `sound1`: its `tone`, `sweep` or `picture`,
with which anybody can read afterwards what was recorded of it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

SUFFIX = ".signal.json"


def signal_file(sent: Path) -> Path:
    """The file beside a `.sent`."""
    return sent.with_suffix(SUFFIX)


def write_signal(sent: Path, command: msgspec.Struct) -> None:
    """Write down what was asked for. Raises OSError when that cannot be."""
    signal_file(sent).write_bytes(msgspec.json.encode(command) + b"\n")
