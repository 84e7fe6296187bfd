"""What forked programs need: imported once by the keeper, so that joining costs no start."""

from __future__ import annotations

from harness.participant.handle import WORKER
from harness.processes.watcher_client import PROGRAM as WATCHER

PRELOAD = ("harness.gateway.program", WORKER, WATCHER)
"""Modules of all that a stage forks."""
