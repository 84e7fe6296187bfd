from __future__ import annotations

import pytest

from harness.sabotage.sdk.lacking_name import NAMES, lacking_name
from tests.sabotage.seams import Seams


@pytest.mark.parametrize(("identity", "gone"), [("probe1", list(NAMES)), ("alice", [])])
def test_names_are_gone_in_probes(identity: str, gone: list[str]) -> None:
    seams = Seams(identity)
    lacking_name(seams)

    assert seams.removed == gone
