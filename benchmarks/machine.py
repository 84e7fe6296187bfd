"""What every benchmark says of the machine, and how it prints its numbers."""

from __future__ import annotations

import platform
from pathlib import Path

import psutil


def machine() -> str:
    """Processor, cores, Python."""
    models = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    model = models[0] if models else platform.machine()
    return f"{model}, {psutil.cpu_count()} cores, Python {platform.python_version()}"


def cell(value: float | None) -> str:
    """A number for a table: two digits below ten, thousands set apart; None is empty."""
    if value is None:
        return ""
    return f"{value:.2g}" if 0 < abs(value) < 10 else f"{value:,.0f}"
