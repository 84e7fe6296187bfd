"""The toxiproxy of a gateway: started where a profile needs one, and again when it hangs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from harness.gateway.config import ToxiproxyAddress
from harness.processes.keeper_client import Keeper
from harness.server.choose import Wanted, toxiproxy_program
from harness.server.model import Progress
from harness.server.programs import ToxiproxyProcess, start_toxiproxy


@dataclass(kw_only=True)
class OwnToxiproxy:
    """A toxiproxy of this machine, whatever else could start one: it has to reach any upstream."""

    program: Path
    keeper: Keeper
    folder: Path
    process: ToxiproxyProcess

    @classmethod
    def start(cls, keeper: Keeper, folder: Path, progress: Progress) -> Self:
        """Find it, or build it, and start it.

        Raises:
            ServerError: it cannot be had, or does not start.
        """
        program = toxiproxy_program(Wanted(), progress)
        process = start_toxiproxy(program, keeper, folder)
        return cls(program=program, keeper=keeper, folder=folder, process=process)

    @property
    def address(self) -> ToxiproxyAddress:
        """Where its API is, also after it was started again."""
        return ToxiproxyAddress(host=self.process.api_host, port=self.process.api_port)

    def restart(self) -> None:
        """End it, by force, and start it with its API at the same address.

        Raises:
            ServerError: it does not start.
        """
        self.process.stop()
        self.process = start_toxiproxy(
            self.program, self.keeper, self.folder, api_port=self.process.api_port
        )
