"""How much processor time Python takes on the SDK's native threads.

The SDK tells Python of each frame by calling it back on a thread of its own, so what the system
counts for that thread is partly Python. Preloaded by a keeper, this module wraps the callback
before the native library is given it. `callback_cpu_ns` is a probe for a participant.
"""

from __future__ import annotations

import ctypes
import time

from livekit.rtc import _ffi_client

_original = _ffi_client.ffi_event_callback
_taken_ns = [0]


def _timed(data: ctypes._Pointer[ctypes.c_uint8], size: int) -> None:
    """The way from native code into Python is taken twice, once of them inside the measurement."""
    start_ns = time.thread_time_ns()
    _original(data, size)
    _taken_ns[0] += time.thread_time_ns() - start_ns


def install() -> None:
    """Have this process, and what is forked from it, count."""
    _ffi_client.ffi_event_callback = _ffi_client.ffi_cb_fnc(_timed)


def callback_cpu_ns() -> int:
    """Processor time that callbacks have taken so far in this process, all threads together."""
    from benchmarks import callback_clock  # a probe's file is loaded anew

    return callback_clock._taken_ns[0]  # noqa: SLF001


if __name__ == "benchmarks.callback_clock":
    install()
