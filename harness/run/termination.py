"""SIGTERM ends a run as Ctrl-C does: a report is written and nothing is left."""

from __future__ import annotations

import signal
import threading


def interrupt_on_termination() -> None:
    """From now on; of no effect but in the main thread, as Python has it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminated)


def _terminated(*_: object) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # inherited: a shell's `… &` has it so
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)
