"""What the tables of a profile must say together: citations, times, keys that need each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from harness.network.profile_lines import Path
from harness.network.profile_problems import Problem
from harness.network.profile_tables import Aimed, File, PhaseTable, Tcp, TcpWay, Way

_REFERENCE = re.compile(
    r"https?://\S+\.\S+ | \bRFC\ ?\d{3,5}\b | \bITU-[TR]\ [A-Z]+\.\d+ | \b3GPP\ TS\ ?\d\d\.\d+"
    r"| \bIEEE\ (Std\ )?\d+ | \bours:\ \S+\ \S+",
    re.VERBOSE,
)
_NO_REFERENCE = (
    "names no source that one can follow: a URL, the number of an RFC or of an ITU-T, 3GPP or "
    'IEEE document, or "ours: why"'
)
_NEEDS = (
    ("burst_packets", ("loss_ratio",)),
    ("queue_ms", ("rate_kbps", "rate_trace")),
    ("queue_bytes", ("rate_kbps", "rate_trace")),
    ("aqm", ("rate_kbps", "rate_trace")),
)
_EXCLUDES = (("queue_bytes", "queue_ms"), ("rate_trace", "rate_kbps"), ("jitter", "jitter_ms"))


def rule_problems(tables: File) -> Iterator[Problem]:
    """All that makes no sense in tables whose keys and types are right."""
    if not tables.title:
        yield Problem(("title",), "is missing: say in a line what network this is")
    if not tables.cite:
        yield Problem(("cite",), "is missing: say where the numbers come from")
    yield from _citation(tables.cite, ("cite",))
    if not tables.phase:
        yield Problem(("phase",), "is missing: a profile has at least one [[phase]]")
    yield from _times([phase.at_s for phase in tables.phase])
    for index, phase in enumerate(tables.phase):
        yield from _phase(phase, ("phase", index), ice_tcp=tables.ice_tcp)


def ways(phase: PhaseTable, path: Path) -> Iterator[tuple[Way, Path]]:
    """All tables of a phase that hold impairments of UDP, with their paths."""
    yield phase.udp.up, (*path, "udp", "up")
    yield phase.udp.down, (*path, "udp", "down")
    for index, aimed in enumerate(phase.aimed):
        yield aimed, (*path, "aimed", index)


def _citation(cite: str | None, path: Path) -> Iterator[Problem]:
    if cite and not _REFERENCE.search(cite):
        yield Problem(path, _NO_REFERENCE)


def _times(times: list[float | None]) -> Iterator[Problem]:
    for index, at_s in enumerate(times):
        if at_s is None:
            yield Problem(("phase", index, "at_s"), "is missing: when the phase begins, in seconds")
    if times and times[0]:
        yield Problem(("phase", 0, "at_s"), "must be 0 in the first phase")
    for index, (earlier, later) in enumerate(pairwise(times), 1):
        if earlier is not None and later is not None and later <= earlier:
            yield Problem(
                ("phase", index, "at_s"), f"must be later than that of the phase before, {earlier}"
            )


def _phase(phase: PhaseTable, path: Path, *, ice_tcp: bool) -> Iterator[Problem]:
    yield from _citation(phase.cite, (*path, "cite"))
    for way, place in ways(phase, path):
        yield from _way(way, place)
    for index, aimed in enumerate(phase.aimed):
        yield from _aimed(aimed, (*path, "aimed", index))
    yield from _tcp(phase.tcp.signal, (*path, "tcp", "signal"))
    yield from _tcp(phase.tcp.media, (*path, "tcp", "media"))
    if phase.tcp.media != Tcp() and not ice_tcp:
        yield Problem((*path, "tcp", "media"), "needs ice_tcp = true at the top of the file")


def _way(way: Way, path: Path) -> Iterator[Problem]:
    given = {name for name in way.__struct_fields__ if getattr(way, name) not in (None, ())}
    for key, needed in _NEEDS:
        if key in given and not given & set(needed):
            yield Problem((*path, key), f"needs {' or '.join(needed)} beside it")
    for key, other in _EXCLUDES:
        if {key, other} <= given:
            yield Problem((*path, key), f"cannot stand beside {other}: give one of them")
    for index, drop in enumerate(way.drop):
        if not drop.indices and not drop.sequences:
            yield Problem((*path, "drop", index), "drops nothing: give indices or sequences")
        if drop.layer is not None and "down" in (path[-1], getattr(way, "direction", None)):
            yield Problem((*path, "drop", index, "layer"), _NO_LAYER_DOWN)


_NO_LAYER_DOWN = "cannot be told on the way down: all layers share one SSRC there"


def _aimed(aimed: Aimed, path: Path) -> Iterator[Problem]:
    if aimed.layer is not None and aimed.direction == "down":
        yield Problem((*path, "layer"), _NO_LAYER_DOWN)
    nowhere = Aimed(
        direction=aimed.direction,
        medium=aimed.medium,
        track=aimed.track,
        layer=aimed.layer,
        codec=aimed.codec,
    )
    if aimed == nowhere:
        yield Problem(path, "says what is aimed at, but not what happens to it")


def _tcp(tcp: Tcp, path: Path) -> Iterator[Problem]:
    for name in ("up", "down"):
        way: TcpWay = getattr(tcp, name)
        if way.slicer_delay_us is not None and way.slicer_bytes is None:
            yield Problem((*path, name, "slicer_delay_us"), "needs slicer_bytes beside it")
        if tcp.cut and way != TcpWay():
            yield Problem((*path, name), "cannot stand beside cut = true: there is no connection")
