"""What makes the kernel wake the relay in time.

A process that sleeps is late for two reasons: the processors are busy with others, and an idle
processor has halted. In a virtual machine the second costs about 50 µs each time, which is more
than the relay's own work. Both have an answer of the kernel, for who may use it (root, or
CAP_SYS_NICE and a writable /dev/cpu_dma_latency); for others nothing changes.
"""

from __future__ import annotations

import os
import struct
from contextlib import suppress

from harness.evidence.clock import NS_PER_MS, NS_PER_S

_LATENCY_FILE = "/dev/cpu_dma_latency"
_NO_HALT = struct.pack("=i", 0)  # microseconds: processors that are idle poll
_WINDOW_NS = 100 * NS_PER_MS
OFTEN_PER_S = 2000
"""Wake-ups a second from which on idle processors are kept from halting."""
CALM_NS = NS_PER_S
"""They may halt again after so long with fewer."""


def go_before_others() -> None:
    """Run as soon as there is something to do, whatever else runs (SCHED_FIFO)."""
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


class Wakefulness:
    """Keeps idle processors from halting while wake-ups are frequent.

    They poll then, which takes no time from any process, only power. The kernel's documentation:
    Documentation/power/pm_qos_interface.rst.
    """

    def __init__(self) -> None:
        self._file: int | None = None
        self._allowed = True
        self._count = 0
        self._since_ns = 0
        self._often_ns = 0

    @property
    def held(self) -> bool:
        """Whether processors are kept from halting."""
        return self._file is not None

    def woke(self, now_ns: int) -> None:
        """To be called after each wait."""
        self._count += 1
        passed_ns = now_ns - self._since_ns
        if passed_ns < _WINDOW_NS:
            return
        if self._count * NS_PER_S >= OFTEN_PER_S * passed_ns:
            self._often_ns = now_ns
            self._hold()
        elif now_ns - self._often_ns >= CALM_NS:
            self.release()
        self._count, self._since_ns = 0, now_ns

    def release(self) -> None:
        """Let them halt."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _hold(self) -> None:
        if self._file is not None or not self._allowed:
            return
        try:
            self._file = os.open(_LATENCY_FILE, os.O_WRONLY | os.O_CLOEXEC)
            os.write(self._file, _NO_HALT)
        except OSError:
            self._allowed = False
            self.release()
