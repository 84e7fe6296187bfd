"""All targets."""

from __future__ import annotations

from tests.fuzzing.files import FILES
from tests.fuzzing.target import Target
from tests.fuzzing.wire import WIRE

TARGETS: tuple[Target, ...] = (*FILES, *WIRE)
