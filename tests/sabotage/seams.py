"""What a tamper puts at the seams, so that tests can call it without a participant."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.participant.tampering import Tampering

if TYPE_CHECKING:
    from harness.participant.tampering import Tamper


class Seams(Tampering):
    """Keeps the changes by the name of their seam, and patches nothing."""

    def __init__(self, identity: str = "alice") -> None:
        super().__init__(identity, fault=lambda where, error: None)
        self.changes: dict[str, Callable[..., Any]] = {}
        self.removed: list[str] = []
        self.added: dict[str, object] = {}

    def sounds(self, change: Callable[..., Any]) -> None:
        self.changes["sounds"] = change

    def pictures(self, change: Callable[..., Any]) -> None:
        self.changes["pictures"] = change

    def commands(self, change: Callable[..., Any]) -> None:
        self.changes["commands"] = change

    def told(self, change: Callable[..., Any]) -> None:
        self.changes["told"] = change

    def requests(self, change: Callable[..., Any]) -> None:
        self.changes["requests"] = change

    def events(self, change: Callable[..., Any]) -> None:
        self.changes["events"] = change

    def replace(self, path: str, make: Callable[[Any], Any]) -> None:
        self.changes[path] = make

    def remove(self, path: str) -> None:
        self.removed.append(path)

    def add(self, path: str, thing: object) -> None:
        self.added[path] = thing


def changes_of(tamper: Tamper, *, identity: str = "alice") -> dict[str, Callable[..., Any]]:
    """What a tamper puts where, in a participant of this name."""
    seams = Seams(identity)
    tamper(seams)
    return seams.changes
