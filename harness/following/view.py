"""What the page asks for, as JSON: how the run stands, and what ended since the page last asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import msgspec

from harness.evidence.clock import NS_PER_S, Ns
from harness.evidence.printable import printable
from harness.evidence.run_folder import REPORT
from harness.following.followed import Followed, Playing
from harness.following.follower import Follower
from harness.following.rows import Row, Terms, remarks, terms_of
from harness.report.words import clipped, wall_clock

MOST_ROWS = 200
"""In one answer; the page asks again for the rest."""
MOST_NOTES = 20
MOST_CHARACTERS = 400
VERSIONS = ("livekit-server", "livekit", "livekit-harness")


@dataclass(frozen=True, kw_only=True)
class Running:
    """A scenario that runs now."""

    scenario: str
    profile: str
    sabotage: str
    attempt: int
    """0 while it waits for a server, or for the machine."""
    since_s: float
    remarks: tuple[str, ...]
    """What went wrong with the attempts before this one."""


@dataclass(frozen=True, kw_only=True)
class View:
    """The run at one moment."""

    phase: str
    """`waiting` until anything has begun, `running`, `ended`."""
    total: int
    done: int
    failed: int
    """Scenarios with a failure."""
    to_go: str
    """In words; empty while too little is known."""
    elapsed_s: float
    running: tuple[Running, ...]
    count: int
    """Rows that there are."""
    rows: tuple[Row, ...]
    """Those since the one that was asked for."""
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    folder: str
    report: str
    """Where the report is on disk, or will be."""
    has_report: bool
    exit_code: int | None = None
    why: str = ""


class Views:
    """Makes views of a run that is followed. Thread-safe."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._lock = threading.Lock()
        self._terms: Terms | None = None
        self._rows: list[Row] = []
        self.told_end = threading.Event()
        """Set once a view has told the end of the run, with its report."""

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self._follower.look(lambda followed, _: followed.finished is not None)

    def json(self, since: int) -> bytes:
        """The view with the rows from that number on."""
        left = self._follower.to_go()
        with self._lock:
            words = left.words if left else ""
            view = self._follower.look(
                lambda followed, now_ns: self._view(followed, now_ns, since, words)
            )
        if view.phase == "ended" and view.has_report:
            self.told_end.set()
        return msgspec.json.encode(_printable(msgspec.to_builtins(view)))

    def report(self) -> bytes | None:
        """The report, once there is one."""
        try:
            return (self._follower.folder / REPORT).read_bytes()
        except OSError:
            return None

    def _view(self, followed: Followed, now_ns: Ns, since: int, to_go: str) -> View:
        started, finished = followed.started, followed.finished
        folder = self._follower.folder
        if started is not None:
            self._terms = self._terms or terms_of(started)
            new = followed.played[len(self._rows) :]
            self._rows += [self._terms.row(played) for played in new]
        end_ns = now_ns if finished is None else finished.at_ns
        return View(
            phase="ended" if finished else "running" if started else "waiting",
            total=followed.total,
            done=followed.done,
            failed=sum(row.failed for row in self._rows),
            to_go="" if finished else to_go,
            elapsed_s=round((end_ns - started.at_ns) / NS_PER_S) if started else 0,
            running=tuple(
                _running(one, now_ns) for one in followed.running.values() if finished is None
            ),
            count=len(self._rows),
            rows=tuple(self._rows[since : since + MOST_ROWS]),
            notes=self._notes(followed),
            facts=self._facts(followed),
            folder=str(folder),
            report=str(folder / REPORT),
            has_report=finished is not None and (folder / REPORT).is_file(),
            exit_code=finished.exit_code if finished else None,
            why=finished.reason if finished else "",
        )

    def _facts(self, followed: Followed) -> tuple[tuple[str, str], ...]:
        """What ran on what, as the report says it."""
        started = followed.started
        if started is None or self._terms is None:
            return ()
        gate = self._terms.gate
        facts = {
            **{name: followed.versions.get(name, "") for name in VERSIONS},
            "started": wall_clock(started.started),
            "server from": started.backend,
            "seed": str(started.seed),
            "decided by": "" if gate.is_default else gate.text,
            "sabotage": started.sabotage or "",
        }
        return tuple((name, value) for name, value in facts.items() if value)

    def _notes(self, followed: Followed) -> tuple[str, ...]:
        """What one must know about the run; of many notes the last."""
        said = [
            f"calibration {one.when} the run: {one.disturbance}"
            for one in followed.calibrations
            if one.disturbance
        ]
        if self._follower.unreadable:
            said.append(f"lines of the record that cannot be read: {self._follower.unreadable}")
        said += followed.notes
        return tuple(clipped(one, MOST_CHARACTERS) for one in said[-MOST_NOTES:])


def _running(playing: Playing, now_ns: Ns) -> Running:
    key = playing.key
    return Running(
        scenario=key.scenario,
        profile=key.profile,
        sabotage=key.sabotage or "",
        attempt=0 if playing.attempt_ns is None else len(playing.attempts) + 1,
        since_s=round((now_ns - playing.since_ns) / NS_PER_S),
        remarks=remarks(playing.attempts),
    )


def _printable(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Names come from outside: nothing that hides or turns text."""
    match value:
        case str():
            return printable(value)
        case dict():
            return {name: _printable(one) for name, one in value.items()}
        case list() | tuple():
            return [_printable(one) for one in value]
    return value
