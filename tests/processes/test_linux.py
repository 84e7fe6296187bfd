from __future__ import annotations

import signal
import subprocess
import sys

import pytest

if sys.platform != "linux":
    pytest.skip("only Linux has these ties", allow_module_level=True)

SCRIPT = """
import os, sys
from harness.processes.linux import die_with_parent
die_with_parent(os.getppid() + int(sys.argv[1]))
print("alive")
"""


@pytest.mark.parametrize(("offset", "code"), [(0, 0), (1, -signal.SIGKILL)])
def test_process_whose_parent_is_gone_already_ends_at_once(offset: int, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(offset)], capture_output=True, timeout=10, check=False
    )
    assert done.returncode == code
    assert done.stdout == (b"alive\n" if code == 0 else b"")
