"""What livekit-server printed during an attempt that somebody must look at, beside its evidence."""

from __future__ import annotations

import logging

from harness.evidence.finding import Attempt, Verdict
from harness.server.model import RunningServer
from harness.stage.stage import StageSetup

log = logging.getLogger(__name__)

SERVER_LOG = "livekit-server.log"


def keep_server_log(attempt: Attempt, setup: StageSetup, running: RunningServer) -> None:
    """Write it into the attempt's folder: what came since the server first spoke of its room.

    Nothing is written where all passed, or where the server is not ours.
    """
    if attempt.error is None and all(one.verdict is Verdict.PASS for one in attempt.results):
        return
    lines = running.log_lines()
    first = next((n for n, line in enumerate(lines) if f'"{setup.room}"' in line), len(lines))
    if not lines[first:]:
        return
    try:
        (setup.folder / SERVER_LOG).write_text("\n".join([*lines[first:], ""]), encoding="utf-8")
    except OSError:
        log.warning("the server's log of an attempt could not be kept in %s", setup.folder)
