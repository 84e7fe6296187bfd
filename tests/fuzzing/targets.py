"""All targets."""

from __future__ import annotations

from tests.fuzzing.files import FILES
from tests.fuzzing.target import Target

TARGETS: tuple[Target, ...] = (*FILES,)
