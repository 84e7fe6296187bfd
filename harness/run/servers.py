"""The livekit-server that scenarios run on: started when first needed, replaced when it died."""

from __future__ import annotations

from harness.evidence.clock import now_ns
from harness.evidence.run_event import VersionSeen
from harness.evidence.run_folder import RunFolder
from harness.processes.keeper_client import Keeper
from harness.server.model import (
    RunningServer,
    RunningToxiproxy,
    ServerBackend,
    ServerConfig,
    require_any_port,
)


class Servers:
    """One livekit-server at a time, with the configuration that the scenario at hand asks for.

    `worker` names this process among several that share the run folder.
    """

    def __init__(
        self, backend: ServerBackend, *, keeper: Keeper, folder: RunFolder, worker: str = ""
    ) -> None:
        self._backend = backend
        self._keeper = keeper
        self._folder = folder
        self._worker = f"{worker}-" if worker else ""
        self._started = 0
        self._running: RunningServer | None = None
        self._toxiproxies = 0
        self._toxiproxy: RunningToxiproxy | None = None
        self._versions: set[str] = set()

    def get(self, config: ServerConfig) -> RunningServer:
        """A server that answers: the running one, or a new one if that died or was set up else.

        Raises:
            ServerError: none can be had.
            NotConfigurableError: the deployment is not ours and cannot be set up like this.
        """
        running = self._running
        if running is not None and running.config == config and running.alive():
            return running
        self.stop()
        self._started += 1
        folder = self._folder.path / f"server-{self._worker}{self._started}"
        folder.mkdir()
        self._running = self._backend.start(config, self._keeper, folder)
        self.note_version(self._running.server.version)
        return self._running

    def toxiproxy(self) -> RunningToxiproxy:
        """A toxiproxy that answers: the running one, or a new one if there is none or it died.

        Raises:
            ServerError: none can be had.
            NotConfigurableError: it would listen only where a gateway cannot ask it to.
        """
        if self._toxiproxy is None or not self._toxiproxy.alive():
            self._toxiproxies += 1
            folder = self._folder.path / f"toxiproxy-{self._worker}{self._toxiproxies}"
            folder.mkdir()
            self._toxiproxy = self._backend.start_toxiproxy(self._keeper, folder)
        require_any_port(self._toxiproxy)
        return self._toxiproxy

    def stop(self) -> None:
        """Stop what runs."""
        running, self._running = self._running, None
        toxiproxy, self._toxiproxy = self._toxiproxy, None
        for program in (running, toxiproxy):
            if program is not None:
                program.stop()

    def note_version(self, version: str) -> None:
        """Write down which version a server turned out to be, once for each."""
        if version not in self._versions:
            self._versions.add(version)
            seen = VersionSeen(at_ns=now_ns(), name="livekit-server", version=version)
            self._folder.append(seen)
