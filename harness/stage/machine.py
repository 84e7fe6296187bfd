"""What a run says of where it ran: the machine, and the versions of what decides its numbers."""

from __future__ import annotations

import platform
from importlib.metadata import version

import psutil

PACKAGES = ("livekit-harness", "livekit", "livekit-api", "livekit-protocol", "numpy")


def machine_facts() -> dict[str, str]:
    """System, processor, cores, memory and Python, by name."""
    memory = psutil.virtual_memory().total / 2**30
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "cores": str(psutil.cpu_count() or 0),
        "memory": f"{memory:.0f} GiB",
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Of the packages that a call rests on."""
    return {name: version(name) for name in PACKAGES}
