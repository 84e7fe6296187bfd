"""What a person sees of a run while it goes on: lines, what runs now, and a page."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from shutil import get_terminal_size

import pytest

from harness.following.follower import Follower
from harness.following.page_server import PageServer
from harness.following.view import Views
from harness.run.progress import Ended, finished_line, running_line
from harness.run_options import worker_of

FIRST_WORKER = "gw0"
CLEAR = "\r\x1b[K"


class Display:
    """Shows a run on the terminal of the main process, and on a page where that is asked for.

    What runs now and how long still is for who looks: off a terminal, and without a page, nothing
    is read for it. Processes of pytest-xdist only say what the first of them has to say.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._worker: str | None = worker_of(config).get("workerid")
        self._done = 0
        self._failed = 0
        self._running: list[str] = []
        self._follower: Follower | None = None
        self._page: PageServer | None = None
        self.total = 0
        """Scenarios of the run."""
        self.processes = 1
        """That play them."""

    def follow(self, folder: Path) -> None:
        """Begin to follow the run that will have this folder, if anybody looks.

        Raises:
            UsageError: the page cannot be served.
        """
        watched = self._config.getoption("lk_watch")
        if self._worker is not None or not (watched or self._on_terminal):
            return
        self._follower = Follower(folder, processes=self.processes)
        if watched:
            try:
                self._page = PageServer(Views(self._follower))
            except OSError as error:
                raise pytest.UsageError(
                    f"--lk-watch: no page can be served on this machine: {error.strerror}; "
                    "run without it"
                ) from None
            self.say(f"follow this run: {self._page.url}")

    def close(self) -> None:
        """Tell the end of the run to who looks at the page, and end it."""
        if self._page is not None:
            self._page.close()
            self._page = None

    def hide_files(self) -> None:
        """Each scenario has a line of its own: pytest's, of a file each, are in the way."""
        if self._reporter is not None:
            self._reporter.showfspath = False

    def begins(self, scenario: str) -> None:
        """Show that it runs now, on a terminal; the line about its end takes its place."""
        if scenario not in self._running:
            self._running.append(scenario)
        self._show_running()

    def leaves(self, scenario: str) -> None:
        """It runs no more, whether or not there is anything to be said about it."""
        if scenario in self._running:
            self._running.remove(scenario)

    def ended(self, scenario: str, over: Ended) -> None:
        """Say how it ended."""
        self._done += 1
        self._failed += over.failed
        self.total = over.total or self.total
        self.leaves(scenario)
        self.say(finished_line(self._done, over))

    def say(self, line: str) -> None:
        """A whole line above what runs now; of several processes the first says it."""
        if self._reporter is None or self._worker not in (None, FIRST_WORKER):
            return
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            if self._worker is not None:  # whose standard output goes nowhere
                clear = CLEAR if sys.stderr.isatty() else ""
                print(f"{clear}{line}", file=sys.stderr, flush=True)  # noqa: T201
                return
            if self._reporter.isatty:
                self._reporter.rewrite("", erase=True)
                self._reporter.rewrite("")
            elif self._config.get_terminal_writer().width_of_current_line:
                self._reporter.write_line("")  # behind pytest's own [100%]
            self._reporter.write_line(line)
            self._reporter.flush()  # whoever reads a pipe wants it now
            self._show_running()

    def _show_running(self) -> None:
        if not self._running or self._reporter is None or not self._on_terminal:
            return
        left = self._follower.to_go() if self._follower else None
        line = running_line(
            number=self._done + len(self._running),
            total=self.total,
            scenario=self._running[-1],
            others=len(self._running) - 1,
            failed=self._failed,
            to_go=left.words if left else "",
            width=get_terminal_size().columns - 1,
        )
        self._reporter.rewrite(line, erase=True)

    @property
    def _on_terminal(self) -> bool:
        return self._reporter is not None and bool(self._reporter.isatty)

    @property
    def _reporter(self) -> pytest.TerminalReporter | None:
        found: pytest.TerminalReporter | None = self._config.pluginmanager.get_plugin(
            "terminalreporter"
        )
        return found
