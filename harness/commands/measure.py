"""`livekit-harness measure`."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from harness.calibration.calibrate import calibrate
from harness.commands.command import NOTHING_FOUND, Command, Example, tell
from harness.evidence.run_event import CalibrationDone
from harness.following.to_go import Estimate
from harness.judging.disturbance import BESIDE
from harness.measuring.countdown import countdown
from harness.measuring.latency_json import latency_json
from harness.measuring.latency_report import Discarded, LatencyReport
from harness.measuring.latency_text import latency_text
from harness.measuring.measured import Floors, Measured, Setting, floors_of
from harness.measuring.plan import (
    MeasureError,
    Plan,
    check_folder,
    check_minutes,
    make_folder,
    parse_profiles,
)
from harness.measuring.session import NO_CALL, Session, reason
from harness.measuring.write import HTML, write_reports
from harness.network.profile import Profile, ProfileError, load_profile
from harness.processes.keeper_client import KeeperError
from harness.run.machine_lock import MachineLock, runtime_folder
from harness.run.termination import interrupt_on_termination
from harness.server.choose import Wanted, choose
from harness.server.model import NotConfigurableError, ServerBackend, ServerError
from harness.server.names import BACKENDS
from harness.stage.machine import machine_facts, versions

INTERRUPTED = 130
MAX_CALLS = 3
"""Under a profile, as attempts at a scenario: another one where the machine was disturbed."""
FLOORS_STEADY_S = 5.0
"""Of the floors' call: holds the markers that an interval of a median takes."""
FLOORS_S = 10.0
"""About how long a calibration takes."""
MINUTES = 1.0
"""Sound has two markers a second: its 95th percentile takes 94 of them."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--profiles", default="clean", metavar="NAME|FILE,…", help="networks, a call under each")
    add(
        "--minutes",
        type=_minutes,
        default=MINUTES,
        metavar="N",
        help=f"steady state of each call (default: {MINUTES:g}); p99 of the sound takes 4",
    )
    add("--out", type=Path, metavar="DIR", help="for reports and evidence: new or empty")
    add("--json", action="store_true", help="print latency.json in place of the table")
    add("--seed", type=int, metavar="N", help="repeat another run's randomness")
    add("--lk-backend", default="auto", choices=BACKENDS, help="where livekit-server comes from")
    add(
        "--lk-url",
        metavar="URL",
        help="measure this deployment; key and secret are read from LIVEKIT_API_KEY and "
        "LIVEKIT_API_SECRET",
    )
    add("--lk-server-binary", type=Path, metavar="PATH", help="the livekit-server to run, by path")


def _minutes(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes above 0") from None


def _run(arguments: argparse.Namespace) -> int:
    minutes = check_minutes(arguments.minutes)
    profiles = parse_profiles(arguments.profiles)
    check_folder(arguments.out)
    wanted = Wanted(
        backend=arguments.lk_backend,
        url=arguments.lk_url,
        server_binary=arguments.lk_server_binary,
    )
    interrupt_on_termination()
    plan = None
    try:
        choice = choose(wanted, _say)
        plan = Plan(
            profiles=profiles,
            minutes=minutes,
            seed=secrets.randbits(32) if arguments.seed is None else arguments.seed,
            folder=make_folder(arguments.out),
        )
        _say(f"livekit-server from {choice.reason}; reports and evidence in {plan.folder}")
        measured = asyncio.run(_measure(plan, choice.backend))
    except KeyboardInterrupt:
        _say(f"interrupted: {_what_there_is(plan)}")
        return INTERRUPTED
    if arguments.json:
        tell(latency_json(measured).decode())
    else:
        tell(latency_text(measured, width=shutil.get_terminal_size().columns))
        tell(f"\nreport: {plan.folder / HTML}\n")
    doubtful = any(report.problem or report.disturbance for report in measured.reports)
    return NOTHING_FOUND if doubtful else 0


def _what_there_is(plan: Plan | None) -> str:
    """Of a run that was ended early."""
    if plan is None:
        return "nothing was started yet"
    if (report := plan.folder / HTML).exists():
        return f"what was measured until then is in {report}"
    return f"nothing was measured yet; what was recorded is in {plan.folder}"


async def _measure(plan: Plan, backend: ServerBackend) -> Measured:
    """Make the calls; the report is written anew after each, for a run may be ended in between."""
    started = datetime.now(UTC).isoformat(timespec="seconds")
    lock = MachineLock(runtime_folder(), run=str(plan.folder), say=_say)
    reports: list[LatencyReport] = []
    with Session(plan, backend) as session:
        before = await _calibrated(session, plan, lock, "before")
        for place, profile in enumerate(plan.profiles, start=1):
            label = _label(plan, place)
            report = await _undisturbed(session, profile, lock, label, plan.call_s)
            reports.append(floors_of(before).beside(report))
            if place == len(plan.profiles):
                floors = floors_of(before, await _calibrated(session, plan, lock, "after"))
            else:
                floors = floors_of(before)
            setting = _setting(plan, backend, started, session.server_version, floors)
            measured = Measured(setting=setting, reports=tuple(reports))
            write_reports(plan.folder, measured)
    return measured


def _label(plan: Plan, place: int) -> str:
    """The n-th call, and how long those still take that come after it."""
    calls = len(plan.profiles)
    rest = Estimate(seconds=plan.call_s * (calls - place), guessed_ratio=0.0)
    after = f", {rest.words} after it" if place < calls else ""
    return f"{plan.profiles[place - 1].name}, call {place} of {calls}{after}"


async def _undisturbed(
    session: Session, profile: Profile, lock: MachineLock, label: str, seconds: float
) -> LatencyReport:
    """The first call under a profile that was not disturbed, else the last one.

    With what was made before it, for whoever wonders about the folders.
    """
    discarded: list[Discarded] = []
    for number in range(1, MAX_CALLS + 1):
        async with lock.turn(alone=True) as turn, countdown(sys.stderr, label, seconds):
            report = await session.report(profile, number)
            if turn.beside:
                report = replace(report, disturbance=beside_others(report.disturbance))
        if report.disturbance is None:
            break
        why, last = f"disturbed: {report.disturbance}", number == MAX_CALLS
        _say(f"{label}: {why}" if last else f"{label}: {why}: once more")
        if not last:
            discarded.append(Discarded(folder=report.folder, reason=why))
    return replace(report, discarded=tuple(discarded))


async def _calibrated(
    session: Session, plan: Plan, lock: MachineLock, when: str
) -> CalibrationDone | str:
    """What this machine measures where there is nothing to measure, or why that is not known."""
    label = f"floors of this machine {when} the calls"
    try:
        folder = plan.folder / f"calibration-{when}"
        setup = await asyncio.to_thread(session.setup, folder, load_profile("clean"))
        async with lock.turn(alone=True), countdown(sys.stderr, label, FLOORS_S):
            return await calibrate(setup, when=when, steady_s=FLOORS_STEADY_S)
    except (*NO_CALL, ExceptionGroup) as problem:
        return f"no floors {when} the calls: {reason(problem)}"


def _setting(
    plan: Plan,
    backend: ServerBackend,
    started: str,
    server: str | None,
    floors: Floors,
) -> Setting:
    return Setting(
        started=started,
        command=("livekit-harness", *sys.argv[1:]),
        machine=machine_facts(),
        versions={"livekit-server": server or "unknown", **versions()},
        backend=backend.name,
        seed=plan.seed,
        minutes=plan.minutes,
        profiles=tuple(profile.name for profile in plan.profiles),
        floors=floors,
    )


def beside_others(disturbance: str | None) -> str:
    """Why a call is doubtful beside which other media ran: whoever waits too long goes in."""
    return "; ".join([BESIDE, *([disturbance] if disturbance else [])])


def _say(line: str) -> None:
    """Beside what is printed for others to read."""
    sys.stderr.write(f"{line}\n")


COMMAND = Command(
    name="measure",
    help="measure latency, lip-sync, freezes and loss of a call under network profiles",
    arguments=_arguments,
    run=_run,
    errors=(MeasureError, ProfileError, ServerError, NotConfigurableError, KeeperError, OSError),
    examples=(
        Example(
            line="livekit-harness measure --profiles clean,3g --minutes 4",
            does="a call on each network, long enough for the 99th percentile of the sound",
        ),
        Example(
            line="livekit-harness measure --lk-url wss://example.livekit.cloud --out cloud",
            does="a deployment that runs elsewhere; reports and evidence in `cloud`",
        ),
    ),
    exit_codes={
        0: "every call was measured",
        NOTHING_FOUND: "a call was disturbed or has a problem: what is told of it is doubtful",
        INTERRUPTED: "interrupted; what was measured until then is reported",
    },
)
