from __future__ import annotations

import pytest

from harness.sabotage.sdk.lacking_name import lacking_name
from tests.sabotage.seams import Seams


@pytest.mark.parametrize(("identity", "gone"), [("probe1", ["StreamState"]), ("alice", [])])
def test_a_name_is_gone_in_probes(identity: str, gone: list[str]) -> None:
    seams = Seams(identity)
    lacking_name(seams)

    assert seams.removed == gone
