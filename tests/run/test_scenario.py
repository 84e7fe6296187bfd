from __future__ import annotations

from harness.run.scenario import Demands
from harness.server.model import ServerConfig


def test_toxiproxy_is_needed_by_who_asks_and_by_ice_tcp() -> None:
    assert not Demands(clauses=("A-001",)).needs_toxiproxy
    assert Demands(clauses=("A-001",), toxiproxy=True).needs_toxiproxy
    assert Demands(clauses=("A-001",), server=ServerConfig(ice_tcp=True)).needs_toxiproxy
