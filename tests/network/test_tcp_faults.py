from __future__ import annotations

import msgspec
import pytest

from harness.network.tcp_faults import Toxic


def test_a_toxic_is_named_by_type_and_stream() -> None:
    assert Toxic(type="latency", attributes={"latency": 5}).name == "latency_downstream"


@pytest.mark.parametrize("wrong", ['"type":"dance"', '"type":"latency","toxicity":0.5'])
def test_what_toxiproxy_has_not_or_cannot_repeat_is_refused(wrong: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode("{" + wrong + "}", type=Toxic)
