"""Kill one process of a run at a random moment, many times: what becomes of the run?

    python -m benchmarks.kill [--times 100] [--seed 1] [--victim NAME] [--keep DIR] [--json]

A run of three short scenarios with a livekit-server of its own (the embedded one) and toxiproxy,
every second one under pytest-xdist: one scenario's clause holds, one's does not, one is about a bad
network. Somewhere between its start and its usual end one process is killed (SIGKILL): pytest, a
worker of xdist, the keeper, the gateway, the relay, a participant, a guest (a program of the
user's own), the watcher, livekit-server, toxiproxy, each as often as the others. Then it is looked

- whether the run ends within BOUND_S of the kill,
- whether a verdict is wrong: a PASS of what does not hold or was not judged, a FAIL of what holds,
  a run that says that it is conformant,
- whether there is a report, or `livekit-harness report` makes one,
- what is left of it: processes, ports, locks, temporary files.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import msgspec
import psutil

from benchmarks.arguments import count
from benchmarks.kill_family import KINDS, MAIN, WORKER, Family, left_files, taken_ports
from benchmarks.kill_project import FAILS, HOLDS, project_in
from benchmarks.machine import machine
from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.finding import Verdict
from harness.evidence.run_event import AttemptFinished
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import RunFolderError, run_folders
from harness.judging.outcome import ExitCode
from harness.report.model import Report, read_report
from harness.server import embedded
from tests.user_project import UserProject

BOUND_S = 60.0
"""From the kill to the end of the run: a scenario may take as long, by default."""
GONE_S = 10.0
"""Then all that it started has ended: the keeper gives two seconds before it kills, twice."""
LOOK_S = 0.02
REPORTED = {0, ExitCode.INCONCLUSIVE, ExitCode.NOTHING_JUDGED}
"""Of `livekit-harness report`: it made the report, and says what of the record there is."""
MOST_LATER_S = 3.0


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """When a process is killed."""

    at_s: float
    """From the start of the run, or once it is there after that, and"""
    later_s: float
    """so long again: else those that are there for moments would only be killed at their birth."""


class Killed(msgspec.Struct, frozen=True, kw_only=True):
    """One run, and what became of it."""

    number: int
    victim: str
    xdist: bool
    at_s: float | None
    """From the start; None when the run had ended before there was such a process."""
    ended_s: float
    """From the kill to the end of pytest; from its start where nothing was killed."""
    exit_code: int | None
    """None when it had not ended within BOUND_S."""
    verdicts: dict[str, str]
    wrong: list[str]
    """Verdicts that must not be."""
    left: list[str]
    """What was left behind."""
    untidy: list[str]
    """What a user should not have to see, and is no wrong verdict."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed as JSON."""

    machine: str
    seed: int
    usual_s: float
    """How long a run takes that nobody disturbs."""
    runs: list[Killed]


def one_run(
    number: int, *, victim: str | None, xdist: bool, moment: Moment, folder: Path
) -> Killed:
    """Start a run, kill one of its processes, and look."""
    (folder / "temporary").mkdir(parents=True)
    project = project_in(folder)
    log = folder / "output.txt"
    with _running(folder, log, xdist=xdist) as process:
        family = Family(process.pid)
        start_ns = now_ns()
        kill_ns = _kill(family, process, victim, moment, start_ns)
        since_ns = kill_ns or start_ns
        try:
            code: int | None = process.wait(BOUND_S)
        except subprocess.TimeoutExpired:
            code = None
            family.look()
        ended_s = _since(since_ns)
    wrong, untidy, verdicts = _judged(project, victim if kill_ns else None, code)
    return Killed(
        number=number,
        victim=victim or "nobody",
        xdist=xdist,
        at_s=(kill_ns - start_ns) / NS_PER_S if kill_ns else None,
        ended_s=ended_s,
        exit_code=code,
        verdicts=verdicts,
        wrong=wrong,
        left=_left(family, project),
        untidy=[*untidy, *_seen_by_the_user(log)],
    )


@contextlib.contextmanager
def _running(folder: Path, log: Path, *, xdist: bool) -> Iterator[subprocess.Popen[bytes]]:
    """Pytest in a folder; killed at the end."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--lk-backend=embedded"]
    command.append(f"--basetemp={folder / 'pytest'}")  # pytest leaves this behind by itself
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*command, *(["-n", "2"] if xdist else [])],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder / "temporary")},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _kill(
    family: Family,
    process: subprocess.Popen[bytes],
    victim: str | None,
    moment: Moment,
    start_ns: int,
) -> int | None:
    """Look on until the moment has come and the victim is there; when it was killed."""
    there_ns = None
    while process.poll() is None and _since(start_ns) < BOUND_S:
        found = family.look()
        if _since(start_ns) < moment.at_s or victim not in found:
            there_ns = None
        else:
            there_ns = there_ns or now_ns()
            if _since(there_ns) >= moment.later_s:
                family.note_ports()
                with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself meanwhile
                    found[victim][-1].kill()
                    return now_ns()
        time.sleep(LOOK_S)
    return None


def _judged(
    project: UserProject, victim: str | None, code: int | None
) -> tuple[list[str], list[str], dict[str, str]]:
    """Wrong verdicts, untidiness, and the verdicts."""
    wrong = [] if code is not None else [f"no end within {BOUND_S:g} s"]
    if code == 0:
        wrong.append("exit code 0")
    folders = run_folders(project.folder / "reports")
    if not folders:  # it was killed before it had begun
        return wrong, [] if victim in (MAIN, WORKER) else ["no run folder"], {}
    untidy = []
    if victim != MAIN and not (folders[-1] / "report.html").exists():
        untidy.append("no report of its own")
    program = "import sys; from harness.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "report", str(folders[-1])]
    made = subprocess.run(command, capture_output=True, timeout=BOUND_S, check=False)
    if made.returncode not in REPORTED or not (folders[-1] / "report.html").exists():
        wrong.append(f"no report: {made.stderr.decode(errors='replace')[-200:]}")
    try:
        report = read_report(folders[-1])
    except RunFolderError as error:
        return [*wrong, f"no report: {error}"], untidy, {}
    verdicts = {finding.clause: finding.verdict.value for finding in report.findings}
    return [*wrong, *_wrong(report)], untidy, verdicts


def _wrong(report: Report) -> list[str]:
    wrong = ["conformant"] if report.conformant else []
    passed = {
        result.clause
        for event in read_events(report.folder).of(AttemptFinished)
        for result in event.attempt.results
        if result.verdict is Verdict.PASS and event.attempt.error is None
    }
    for finding in report.findings:
        match finding.verdict:
            case Verdict.FAIL if finding.clause in HOLDS:
                wrong.append(f"{finding.clause} FAIL: {finding.reason}")
            case Verdict.PASS if finding.clause == FAILS:
                wrong.append(f"{FAILS} PASS")
            case Verdict.PASS if finding.clause not in passed:
                wrong.append(f"{finding.clause} PASS, though no attempt judged it")
            case Verdict.UNSUPPORTED:
                wrong.append(f"{finding.clause} UNSUPPORTED: {finding.reason}")
    if report.complete and len(report.findings) < len((*HOLDS, FAILS)):
        wrong.append("complete, though not all was judged")
    return wrong


def _left(family: Family, project: UserProject) -> list[str]:
    """What is left once all had time to end."""
    start_ns = now_ns()
    while (family.alive() or project.processes()) and _since(start_ns) < GONE_S:
        time.sleep(LOOK_S)
    left = family.alive()
    left += [f"process: {' '.join(one.cmdline())[:80]}" for one in _told(project.processes())]
    left += taken_ports(family.ports)
    left += left_files(project.folder / "temporary")
    return left


def _told(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if process.is_running()]


def _seen_by_the_user(log: Path) -> list[str]:
    said = log.read_text(errors="replace")
    return [word for word in ("Traceback", "INTERNALERROR") if word in said]


def _since(at_ns: int) -> float:
    return (now_ns() - at_ns) / NS_PER_S


def kill_many(folder: Path, *, times: int, seed: int, victims: Sequence[str]) -> Results:
    """Undisturbed runs, to know how long they take; then runs until so many had a kill.

    Interrupted, it gives what there is.
    """
    usual: dict[bool, float] = {}
    for xdist in (False, True):
        own = folder / f"usual-{xdist}"
        run = one_run(0, victim=None, xdist=xdist, moment=Moment(at_s=0, later_s=0), folder=own)
        if run.exit_code != 1 or run.left or run.wrong:
            raise SystemExit(f"a run that nobody disturbs is not as it must be: {run}")
        usual[xdist] = run.ended_s
    runs: list[Killed] = []
    with contextlib.suppress(KeyboardInterrupt):
        runs.extend(_runs(folder, Random(seed), usual, times=times, victims=victims))
    return Results(machine=machine(), seed=seed, usual_s=max(usual.values()), runs=runs)


def _runs(
    folder: Path,
    random: Random,
    usual: dict[bool, float],
    *,
    times: int,
    victims: Sequence[str],
) -> Iterator[Killed]:
    """Runs until so many had a kill.

    One that ended before its moment had come says how long a run takes now, and counts as none.
    """
    killed = 0
    for number in range(1, 2 * times + 1):
        victim = victims[killed % len(victims)]
        xdist = victim == WORKER or random.random() < 0.5
        own = folder / f"{number:03}"
        moment = Moment(
            at_s=random.uniform(0, usual[xdist]), later_s=random.uniform(0, MOST_LATER_S)
        )
        run = one_run(number, victim=victim, xdist=xdist, moment=moment, folder=own)
        _say(run)
        yield run
        if not (run.wrong or run.left or run.untidy):
            shutil.rmtree(own, ignore_errors=True)
        if run.at_s is None:
            usual[xdist] = min(usual[xdist], run.ended_s)
        else:
            killed += 1
        if killed == times:
            return


def _say(run: Killed) -> None:
    at = "never" if run.at_s is None else f"at {run.at_s:.1f} s"
    said = ", ".join([*run.wrong, *run.left, *run.untidy]) or "as it must be"
    with_xdist = " -n 2" if run.xdist else ""
    print(
        f"{run.number}{with_xdist}: {run.victim} killed {at}; ended {run.ended_s:.1f} s later "
        f"with {run.exit_code}; {run.verdicts}; {said}",
        file=sys.stderr,
    )


def table(results: Results) -> str:
    """All of it, for people."""
    rows = []
    for victim in KINDS:
        runs = [run for run in results.runs if run.victim == victim]
        killed = [run for run in runs if run.at_s is not None]
        if not killed:
            continue
        ended_s = [run.ended_s for run in killed]
        verdicts = [verdict for run in killed for verdict in run.verdicts.values()]
        counted = ", ".join(
            f"{verdicts.count(verdict)} {verdict}" for verdict in Verdict if verdict in verdicts
        )
        rows.append(
            f"| {victim} | {len(killed)} | {statistics.median(ended_s):.1f} s "
            f"| {max(ended_s):.1f} s | {counted} | {sum(bool(run.wrong) for run in runs)} "
            f"| {sum(bool(run.left) for run in runs)} | {sum(bool(run.untidy) for run in runs)} |"
        )
    wrong = sum(bool(run.wrong) for run in results.runs)
    left = sum(bool(run.left) for run in results.runs)
    missed = sum(run.at_s is None for run in results.runs)
    kills = len(results.runs) - missed
    said = (
        f"{kills} kills, seed {results.seed}; {missed} more runs ended before theirs: "
        f"{wrong} with wrong verdicts, {left} with leftovers"
    )
    head = "| killed | times | ended after | at most | verdicts | wrong | leftovers | untidy |"
    return "\n".join([
        f"{results.machine}; a run takes {results.usual_s:.0f} s", "",
        head, "|---|---|---|---|---|---|---|---|", *rows, "",
        said,
    ])  # fmt: skip


def main() -> None:
    """Kill, print, and exit with 1 when a verdict was wrong or something was left."""
    parser = argparse.ArgumentParser(description="what becomes of a run whose processes are killed")
    parser.add_argument("--times", type=count, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--victim", action="append", choices=KINDS, help="only these")
    parser.add_argument("--keep", type=Path, help="where the folders of odd runs stay")
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if embedded.built(embedded.LIVEKIT, embedded.default_cache()) is None:
        parser.error("no livekit-server was built yet: run `pytest scenarios -m smoke` first")
    keep = arguments.keep or Path(tempfile.mkdtemp(prefix="lk-kill-"))
    victims = arguments.victim or KINDS
    results = kill_many(keep, times=arguments.times, seed=arguments.seed, victims=victims)
    print(msgspec.json.encode(results).decode() if arguments.json else table(results))
    sys.exit(any(run.wrong or run.left for run in results.runs))


if __name__ == "__main__":
    main()
