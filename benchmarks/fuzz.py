"""Whatever comes from outside: no input stops a program, takes it for long, or makes it grow.

    python -m benchmarks.fuzz [--minutes 5] [--seed 1] [--target NAME] [--keep DIR] [--json]

Each target (`tests/fuzzing`) takes input made from what our own writers write, changed at random:
bits, bytes, numbers, lines, values of JSON, parts of messages many times. The time is shared out
evenly. A finding is an exception that is not the target's documented error, a promise broken, an
input that takes more than a second of processor time (SLOW_S) or a minute of any (HANGS_S), or more
than 64 MiB of memory gained (GROWTH_BYTES). Those of one place are one finding; its first input is
kept, and can be repeated with `--repeat FILE`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import logging
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import msgspec
import psutil

from benchmarks.arguments import above_0, old_file
from harness.evidence.clock import NS_PER_S, now_ns
from tests.fuzzing.mutations import Mutator
from tests.fuzzing.target import Take, Target
from tests.fuzzing.targets import TARGETS

SLOW_S = 1.0
GROWTH_BYTES = 64 << 20
WARM_UP = 200
"""Inputs until memory counts: caches are filled, modules are imported."""
HANGS_S = 60


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must not happen, and the first input that made it."""

    what: str
    place: str
    times: int
    input: str
    """File that holds it."""


class Fuzzed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one target."""

    target: str
    inputs: int
    seconds: float
    longest_ms: float
    grown_mib: float
    findings: list[Finding]


class _Found:
    """Findings by their place."""

    def __init__(self, target: Target, keep: Path) -> None:
        self._target, self._keep = target, keep
        self._by_place: dict[tuple[str, str], tuple[int, str]] = {}

    def add(self, what: str, place: str, data: bytes) -> None:
        times, file = self._by_place.get((what, place), (0, ""))
        if not file:
            name = f"{self._target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
            path = self._keep / name.replace(" ", "-").replace(":", "").replace("/", "-")
            path.write_bytes(data)
            file = str(path)
        self._by_place[what, place] = times + 1, file

    def all(self) -> list[Finding]:
        return [
            Finding(what=what, place=place, times=times, input=file)
            for (what, place), (times, file) in self._by_place.items()
        ]


def fuzz(target: Target, *, seconds: float, seed: int, keep: Path) -> Fuzzed:
    """Give one target input for a time."""
    found = _Found(target, keep)
    inputs, longest_s, base_bytes, grown = 0, 0.0, 0, 0
    process = psutil.Process()
    with _folder() as own, _folder() as for_seeds:
        made = Mutator(target.seeds(for_seeds), Random(f"{seed} {target.name}"))
        with target.open(own) as take:
            start_ns = now_ns()
            while (now_ns() - start_ns) / NS_PER_S < seconds:
                data = made.next()
                longest_s = max(longest_s, _give(take, data, found))
                inputs += 1
                if inputs == WARM_UP:
                    base_bytes = process.memory_info().rss
            took_s = (now_ns() - start_ns) / NS_PER_S
            grown = process.memory_info().rss - base_bytes if base_bytes else 0
    if grown > GROWTH_BYTES:
        found.add(f"grew by {grown >> 20} MiB", "memory", b"")
    return Fuzzed(
        target=target.name,
        inputs=inputs,
        seconds=took_s,
        longest_ms=1000 * longest_s,
        grown_mib=grown / (1 << 20),
        findings=found.all(),
    )


class _HangsError(BaseException):
    """No input's end within HANGS_S; no code that is fuzzed takes it for an error of its own."""


def _give(take: Take, data: bytes, found: _Found) -> float:
    """Give one input; seconds of processor time that it took."""
    began_s = time.process_time()
    signal.alarm(HANGS_S)
    try:
        take(data)
    except (Exception, _HangsError) as error:  # that is what is looked for
        found.add(f"{type(error).__name__}: {error}"[:200], _place(error), data)
    finally:
        signal.alarm(0)
    took_s = time.process_time() - began_s
    if took_s > SLOW_S:
        found.add("slow", f"longer than {SLOW_S:g} s", data)
    return took_s


def _hangs(*_: object) -> None:
    raise _HangsError(f"no end within {HANGS_S} s")


def _place(error: BaseException) -> str:
    """File and line of the innermost call that is ours."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/harness/" in frame.filename] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lk-fuzz-") as name:
        yield Path(name)


def repeat(target: Target, file: Path) -> None:
    """Give a target one kept input; what it raises is raised."""
    with _folder() as own, target.open(own) as take:
        take(file.read_bytes())


def table(results: Sequence[Fuzzed], seed: int) -> str:
    """All of it, for people."""
    total = sum(one.inputs for one in results)
    rows = [
        f"| {one.target} | {one.inputs:,} | {one.inputs / one.seconds:,.0f} "
        f"| {one.longest_ms:,.0f} | {one.grown_mib:,.1f} | {len(one.findings)} |"
        for one in results
    ]
    found = [
        f"{one.target}: {finding.what} in {finding.place}, {finding.times} times: {finding.input}"
        for one in results
        for finding in one.findings
    ]
    head = "| target | inputs | a second | longest, ms | grown, MiB | findings |"
    lines = [head, "|---|---|---|---|---|---|", *rows, ""]
    return "\n".join([*lines, f"{total:,} inputs, seed {seed}: {len(found)} findings", *found])


def main() -> None:
    """Fuzz, print, and exit with 1 when something was found."""
    parser = argparse.ArgumentParser(description="whether any input stops a program")
    parser.add_argument("--minutes", type=above_0, default=5.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", action="append", help="only this one; several may be given")
    parser.add_argument("--keep", type=Path, help="where inputs of findings are kept")
    parser.add_argument("--repeat", type=old_file, help="give the --target this input alone")
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")
    arguments = parser.parse_args()
    logging.disable()
    signal.signal(signal.SIGALRM, _hangs)
    names = arguments.target or [target.name for target in TARGETS]
    chosen = [target for target in TARGETS if target.name in names]
    if len(chosen) != len(set(names)):
        parser.error(f"targets are: {', '.join(target.name for target in TARGETS)}")
    if arguments.repeat is not None:
        if not arguments.target:
            parser.error("--repeat: say with --target what the input is for")
        for target in chosen:
            repeat(target, arguments.repeat)
            print(f"{target.name}: nothing found")
        return
    keep = arguments.keep or Path(tempfile.mkdtemp(prefix="lk-fuzz-found-"))
    keep.mkdir(parents=True, exist_ok=True)
    results = []
    for target in chosen:
        seconds = 60 * arguments.minutes / len(chosen)
        results.append(fuzz(target, seconds=seconds, seed=arguments.seed, keep=keep))
        print(f"{target.name}: {results[-1].inputs} inputs", file=sys.stderr)
    print(
        msgspec.json.encode(results).decode() if arguments.json else table(results, arguments.seed)
    )
    if not any(keep.iterdir()):
        keep.rmdir()
    sys.exit(any(one.findings for one in results))


if __name__ == "__main__":
    main()
