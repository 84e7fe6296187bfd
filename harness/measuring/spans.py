"""What was done to a call over its time: phases of the profile, and times when nothing passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import LedgerError
from harness.measuring.call import PUBLISHER, SUBSCRIBER, Call
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.profile_text import words

SILENT_NS = 200 * NS_PER_MS
"""Sound alone sends fifty packets a second: without any for so long, the way was cut."""
MOST = 100
"""Longest that are told."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A time with a word. Monotonic ns."""

    since_ns: int
    until_ns: int
    words: str
    kind: Literal["phase", "fault"]


def phases(profile: Profile, call: Call) -> Iterator[Span]:
    """The phases of a profile that were in force during the call; none where there is but one."""
    origin_ns = call.profile_ns
    if origin_ns is None or len(profile.phases) < 2:
        return
    ends = [*(phase.at_ns + origin_ns for phase in profile.phases[1:]), call.until_ns]
    for number, (phase, end_ns) in enumerate(zip(profile.phases, ends, strict=True), start=1):
        since_ns = max(call.sound_asked_ns, phase.at_ns + origin_ns)
        if since_ns < (until_ns := min(end_ns, call.until_ns)):
            yield Span(
                since_ns=since_ns,
                until_ns=until_ns,
                words=f"phase {number}: {_what(phase)}",
                kind="phase",
            )


def faults(call: Call) -> Iterator[Span]:
    """Times of 200 ms and more in which the gateway passed no media on, the longest hundred."""
    for who, direction, way in ((PUBLISHER, "up", "up"), (SUBSCRIBER, "down", "down")):
        try:
            packets = call.ledger.packets(
                participant=who, direction=direction,  # type: ignore[arg-type]
                since_ns=call.sound_asked_ns, until_ns=call.until_ns,
            )  # fmt: skip
        except LedgerError:
            continue
        left = np.sort(packets["departure_ns"][packets["fate"] == PacketFate.FORWARDED])
        steps = np.diff(left)
        longest = np.sort(np.argsort(steps)[-MOST:])
        for place in longest[steps[longest] >= SILENT_NS].tolist():
            since_ns, until_ns = int(left[place]), int(left[place + 1])
            length_ms = (until_ns - since_ns) / NS_PER_MS
            told = f"nothing passed {way} for {length_ms:.0f} ms"
            yield Span(since_ns=since_ns, until_ns=until_ns, words=told, kind="fault")


def _what(phase: Phase) -> str:
    """In words, each once, whatever direction it is for."""
    said = dict.fromkeys(words(impairment) for impairment in phase.impairments)
    return "; ".join(said) or "clean"
