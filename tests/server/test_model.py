from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from harness.server.model import (
    NotConfigurableError,
    RunningToxiproxy,
    Server,
    require_any_port,
)


def test_secret_is_not_shown() -> None:
    server = Server(
        url="ws://127.0.0.1:1",
        api_key="key",
        api_secret="hidden",
        version="1",
        backend="binary",
        owned=True,
    )
    assert "hidden" not in repr(server)


@dataclass
class Toxiproxy:
    """One that nobody asks for anything else."""

    listen_ports: tuple[int, ...]


def test_a_toxiproxy_of_published_ports_is_of_no_use_to_a_gateway() -> None:
    require_any_port(cast("RunningToxiproxy", Toxiproxy(())))
    with pytest.raises(NotConfigurableError, match="listen on any port"):
        require_any_port(cast("RunningToxiproxy", Toxiproxy((20_000,))))
