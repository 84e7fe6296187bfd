"""All targets."""

from __future__ import annotations

from tests.fuzzing.attempts import ATTEMPTS
from tests.fuzzing.files import FILES
from tests.fuzzing.gateway_http import HTTP
from tests.fuzzing.runs import RUNS
from tests.fuzzing.signalling import SIGNALLING
from tests.fuzzing.target import Target
from tests.fuzzing.wire import WIRE

TARGETS: tuple[Target, ...] = (*RUNS, *ATTEMPTS, *FILES, *SIGNALLING, *HTTP, *WIRE)
