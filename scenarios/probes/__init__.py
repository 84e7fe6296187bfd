"""Functions that a participant calls: bare SDK calls, in a process that may end by them."""

from pathlib import Path

PROBES = Path(__file__).parent
