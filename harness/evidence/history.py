"""Verdicts of runs whose folders are gone: what stays when the oldest make room for new ones.

`history.ndjson` stands beside the run folders: one finding a line, with the run that made it and
the load that run was under. Evidence, notes and remarks go with the folder.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from filelock import FileLock

from harness.evidence.finding import Finding
from harness.evidence.json_value import read_json
from harness.evidence.replace_file import replace_file
from harness.evidence.run_event import FindingMade, RunEvent, RunStarted, decode, event_files

HISTORY = "history.ndjson"
LOCK = ".history.lock"
LIMIT_BYTES = 32 * 2**20
"""Of the file, some 200 runs of every scenario; what would grow beyond forgets its older half."""
LOCK_LIMIT_S = 10.0
LOAD = "load"
"""What else the machine did on purpose during a run: its name among the facts of the machine."""


@dataclass(frozen=True, kw_only=True)
class PastRun:
    """What a run found."""

    name: str
    """Of its folder, which begins with its date."""
    load: str = ""
    """What else the machine did on purpose: `one core kept busy`; empty for nothing."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class History:
    """The runs of the file, oldest first."""

    runs: tuple[PastRun, ...] = ()
    damaged: int = 0
    """Lines that cannot be read, and are passed over."""


@dataclass(frozen=True, kw_only=True)
class _Line:
    run: str
    load: str = ""
    finding: Finding


_LINE = msgspec.json.Decoder(_Line)


def remember(folder: Path) -> None:
    """Add the findings of a run folder to the history beside it, before the folder is removed.

    Only once, whoever asks how often; a run under a sabotage tells nothing of the verdicts' truth.
    Raises OSError when the file cannot be written; filelock.Timeout, one too, when others hold it.
    """
    lines = b"".join(_lines_of(folder))
    if not lines:
        return
    file = folder.parent / HISTORY
    with FileLock(folder.parent / LOCK, timeout=LOCK_LIMIT_S):
        known = file.read_bytes() if file.exists() else b""
        if _beginning(folder.name) in known:
            return
        if len(known) + len(lines) > LIMIT_BYTES:
            replace_file(file, _newer_half(known) + lines)
            return
        _append(file, (b"\n" if known and not known.endswith(b"\n") else b"") + lines)


def read_history(root: Path) -> History:
    """What the history of a reports folder holds; empty where there is none.

    Raises OSError when it cannot be read.
    """
    try:
        lines = (root / HISTORY).read_bytes().splitlines()
    except FileNotFoundError:
        return History()
    damaged = 0
    runs: dict[tuple[str, str], list[Finding]] = {}
    for line in lines:
        try:
            read = read_json(line, _LINE)
        except ValueError:
            damaged += bool(line)
        else:
            runs.setdefault((read.run, read.load), []).append(read.finding)
    return History(
        runs=tuple(
            PastRun(name=name, load=load, findings=tuple(findings))
            for (name, load), findings in sorted(runs.items(), key=lambda item: item[0])
        ),
        damaged=damaged,
    )


def _lines_of(folder: Path) -> list[bytes]:
    events = list(_events_of(folder))
    started = next((event for event in events if isinstance(event, RunStarted)), None)
    if started is None or started.sabotage:
        return []
    load = started.machine.get(LOAD, "")
    findings = [event.finding for event in events if isinstance(event, FindingMade)]
    return [
        msgspec.json.encode(_Line(run=folder.name, load=load, finding=_bare(finding))) + b"\n"
        for finding in findings
        if not finding.cell.sabotage
    ]


def _events_of(folder: Path) -> Iterable[RunEvent]:
    """What can be read; that the rest cannot was said while the folder was there."""
    for file in event_files(folder):
        for line in file.read_bytes().splitlines():
            try:
                yield decode(line)
            except ValueError:
                continue


def _bare(finding: Finding) -> Finding:
    """Without what only the folder explains."""
    return replace(finding, reason="", evidence=(), seen=None, notes=(), remarks=())


def _beginning(run: str) -> bytes:
    return b'{"run":' + msgspec.json.encode(run) + b","


def _newer_half(known: bytes) -> bytes:
    """From the first line of a run on."""
    lines = known.splitlines(keepends=True)
    runs = [line.partition(b",")[0] for line in lines]
    start = next(
        (n for n in range(len(lines) // 2, len(lines)) if runs[n] != runs[n - 1]), len(lines)
    )
    return b"".join(lines[start:])


def _append(file: Path, lines: bytes) -> None:
    fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(fd).st_size
        if os.write(fd, lines) < len(lines):
            os.ftruncate(fd, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(fd)
