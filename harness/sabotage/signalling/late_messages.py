"""Messages of the server that come seconds late: of who speaks.

An interceptor answers at once, so what it holds back goes with the next message of the same way
once its time has come. Clients are told to ping every second: a second is the most that is added.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from livekit.protocol import rtc

from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.signalling import Direction
from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

PING_S = 1
Way = tuple[str, str, Direction]
"""Room, participant, and who sends."""


class Late:
    """Holds back what is of one kind.

    Args:
        kind: Of the messages.
        late_s: How long at least.
        clock: Monotonic ns.
    """

    def __init__(self, kind: str, late_s: float, clock: Callable[[], int] = now_ns) -> None:
        self._kind = kind
        self._late_ns = int(late_s * NS_PER_S)
        self._clock = clock
        self._held: dict[Way, deque[tuple[int, Signal]]] = {}

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if isinstance(message, rtc.SignalResponse) and message.HasField("join"):
            message.join.ping_interval = PING_S
        held = self._held.setdefault((signal.room, signal.participant, signal.direction), deque())
        if signal.kind == self._kind:
            held.append((self._clock() + self._late_ns, signal))
            return []
        due = []
        while held and held[0][0] <= self._clock():
            due.append(held.popleft()[1])
        return [*due, signal]


def late_speakers() -> Late:
    """Longer than somebody speaks."""
    return Late("speakers_changed", 4.0)


SABOTAGE = Sabotage(
    name="late-speakers",
    breaks="everybody is told 4 s late who speaks",
    kills=frozenset({"SPK-001", "SPK-002", "SPK-010", "SPK-012"}),
    interceptors=(f"{__name__}:{late_speakers.__name__}",),
)
