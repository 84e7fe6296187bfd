"""Whether the tests notice faults: mutants of the pure packages, each against its module's tests.

    python -m benchmarks.mutation [package …] [--count 300] [--seed 7] [--json] [--write FILE]

Needs the dependencies of the group `mutation`. A mutant is one small fault in one module
(`benchmarks.mutants`); it is killed when a test in the module's own file fails. What hangs is
killed, and counted apart. Survivors that were looked at have a reason in
`mutation_survivors.toml`; the others are printed. Ends with 1 when less than 85 % are killed, by
the lower end of Wilson's interval.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import sys
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

from benchmarks.arguments import count
from benchmarks.machine import machine
from benchmarks.mutants import ROOT, Mutant, sample
from benchmarks.mutation_fast import TestsFailError, tried_fast
from benchmarks.mutation_trial import Outcome, prepare, tests_of, tried_afresh
from harness.statistics.wilson import proportion_interval

PACKAGES = ("verifiers", "judging", "signals", "network")
LEAST_KILLED_RATIO = 0.85
LEVEL = 0.95
REASONS = Path(__file__).parent / "mutation_survivors.toml"


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a mutant may survive. No line numbers: they move."""

    module: str
    function: str
    was: str
    becomes: str
    why: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a survivor has, too."""
        return self.module, self.function, self.was, self.becomes


class Survivor(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that no test noticed."""

    module: str
    line: int
    function: str
    was: str
    becomes: str
    why: str | None
    """None when nobody has said."""


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """Mutants of one package."""

    name: str
    mutants: int
    killed: int
    """With those that hung."""
    hung: int
    low_ratio: float
    high_ratio: float
    seconds: float
    survivors: list[Survivor]
    untested: list[str]
    """Modules without a file of tests, of which no mutant was made."""
    unneeded: list[Reason]
    """Reasons for what did not survive, or is not in the sample."""

    @property
    def holds(self) -> bool:
        """Whether enough were killed."""
        return self.low_ratio >= LEAST_KILLED_RATIO


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed as JSON."""

    machine: str
    seed: int
    packages: list[Package]


def package(name: str, *, count: int, seed: int, reasons: Sequence[Reason]) -> Package:
    """Judge a sample of the mutants of a package.

    Raises:
        TestsFailError: tests fail without a mutant.
    """
    start_s = time.monotonic()
    every = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(f"harness/{name}/**/*.py"))]
    tested = [module for module in every if (ROOT / tests_of(module)).exists()]
    mutants = sample(tested, count=count, seed=seed)
    outcomes = _outcomes(mutants)
    known = {reason.key: reason for reason in reasons}
    survivors = [
        _survivor(mutant, known)
        for mutant, outcome in zip(mutants, outcomes, strict=True)
        if outcome == "survived"
    ]
    killed = len(mutants) - len(survivors)
    low, high = proportion_interval(killed, len(mutants), level=LEVEL)
    alive = {(one.module, one.function, one.was, one.becomes) for one in survivors}
    return Package(
        name=name,
        mutants=len(mutants),
        killed=killed,
        hung=outcomes.count("hung"),
        low_ratio=low,
        high_ratio=high,
        seconds=time.monotonic() - start_s,
        survivors=survivors,
        untested=[one for one in every if one not in tested and Path(one).stem != "__init__"],
        unneeded=[one for one in reasons if one.module in every and one.key not in alive],
    )


def _packages(names: Sequence[str], *, count: int, seed: int) -> list[Package]:
    """One on each processor: trials are ended by processor time, so they may share a machine."""
    judge = partial(package, count=count, seed=seed, reasons=read_reasons())
    fork = multiprocessing.get_context("fork")  # with all that `prepare` has imported
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fork) as workers:
        judged = []
        for one in workers.map(judge, names):
            _say(_row(one))  # nothing is lost of it should a later one break
            judged.append(one)
        return judged


def _outcomes(mutants: Sequence[Mutant]) -> list[Outcome]:
    """In the order of the mutants, which is by module."""
    outcomes: list[Outcome] = []
    of_module = itertools.groupby(mutants, key=lambda one: (one.module, one.before))
    for (module, before), group in of_module:
        _say(f"{len(outcomes)} of {len(mutants)}: {module}")
        sources = [mutant.after for mutant in group]
        limit_s, first = tried_fast(module, before, sources)
        outcomes += [
            tried_afresh(module, source, limit_s=limit_s) if outcome == "survived" else outcome
            for source, outcome in zip(sources, first, strict=True)
        ]
    return outcomes


def _survivor(mutant: Mutant, known: dict[tuple[str, str, str, str], Reason]) -> Survivor:
    reason = known.get((mutant.module, mutant.function, mutant.was, mutant.becomes))
    return Survivor(
        module=mutant.module,
        line=mutant.number,
        function=mutant.function,
        was=mutant.was,
        becomes=mutant.becomes,
        why=reason.why if reason else None,
    )


def read_reasons() -> list[Reason]:
    """What was written down about survivors."""
    read = tomllib.loads(REASONS.read_text())
    return msgspec.convert(read.get("survivor", []), list[Reason])


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _table(report: Report) -> str:
    head = (
        "| package | mutants | killed | of these hung | survived | killed share | 95 % | seconds |"
    )
    rows = [_row(one) for one in report.packages]
    told = [line for one in report.packages for line in _told(one)]
    about = f"{report.machine}; seed {report.seed}"
    return "\n".join([about, "", head, "|---|---|---|---|---|---|---|---|", *rows, "", *told])


def _row(one: Package) -> str:
    return (
        f"| {one.name} | {one.mutants} | {one.killed} | {one.hung} | {len(one.survivors)} "
        f"| {one.killed / max(1, one.mutants):.1%} | {one.low_ratio:.1%} to {one.high_ratio:.1%} "
        f"| {one.seconds:.0f} |"
    )


def _told(one: Package) -> list[str]:
    unexplained = [survivor for survivor in one.survivors if survivor.why is None]
    wanted = f"{LEAST_KILLED_RATIO:.0%}"
    too_few = f"{one.name}: that {wanted} are killed is not shown: it may be {one.low_ratio:.1%}"
    return [
        *([] if one.holds else [f"{too_few}; of fewer mutants (--count) less is known"]),
        f"{one.name}: of {len(one.survivors)} survivors {len(unexplained)} have no reason",
        *(
            f"  {survivor.module}:{survivor.line} {survivor.function}\n"
            f"    - {survivor.was}\n    + {survivor.becomes}"
            for survivor in unexplained
        ),
        *(
            f"  reason for what did not survive: {why.module}: {why.becomes}"
            for why in one.unneeded
        ),
        *(f"  no file of tests: {module}" for module in one.untested),
    ]


def main() -> None:
    """Judge, print, and exit with 1 when too many survive."""
    parser = argparse.ArgumentParser(description="whether the tests of pure packages notice faults")
    parser.add_argument("packages", nargs="*", metavar="package", help=f"of {', '.join(PACKAGES)}")
    parser.add_argument("--count", type=count, default=300, help="mutants of each package")
    parser.add_argument("--seed", type=int, default=7, help="of the sample")
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")
    parser.add_argument("--write", type=Path, help="keep the result as JSON in this file")
    arguments = parser.parse_args()
    if unknown := set(arguments.packages).difference(PACKAGES):
        parser.error(f"no such package: {', '.join(sorted(unknown))}; there are {PACKAGES}")
    prepare()
    try:
        report = Report(
            machine=machine(),
            seed=arguments.seed,
            packages=_packages(
                arguments.packages or PACKAGES, count=arguments.count, seed=arguments.seed
            ),
        )
    except TestsFailError as error:
        sys.exit(str(error))
    if arguments.write is not None:
        arguments.write.parent.mkdir(parents=True, exist_ok=True)
        arguments.write.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    print(msgspec.json.encode(report).decode() if arguments.json else _table(report))
    sys.exit(not all(one.holds for one in report.packages))


if __name__ == "__main__":
    main()
