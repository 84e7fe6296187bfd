"""Tasks that run on their own: nobody awaits them, yet none may fail unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Report = Callable[[str, BaseException], None]
"""Told where, and what happened."""


class Supervisor:
    """Starts tasks, keeps them referenced, and reports the error that ends one."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, work: Coroutine[Any, Any, None], where: str) -> asyncio.Task[None]:
        """Run `work`; `where` is how to call it if it fails."""
        task = asyncio.create_task(work, name=where)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._report(task.get_name(), error)
