"""One attempt: a fresh stage, the scenario's body on it, and the judgement after it has closed."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.clauses.model import Clause
from harness.evidence.clock import now_ns
from harness.evidence.finding import Attempt, Cell, ClauseResult, Verdict
from harness.evidence.measurement import unsupported
from harness.evidence.published_track import published_tracks
from harness.evidence.signalling import read_signalling
from harness.judging.disturbance import BESIDE, disturbance
from harness.run.judge import Judge, MisusedJudge
from harness.run.scenario import Scenario
from harness.run.track_words import with_track_words
from harness.stage.errors import (
    GatewayDied,
    GatewayError,
    GuestDied,
    ParticipantDied,
    StageError,
    Unsupported,
)
from harness.stage.load import MACHINE
from harness.stage.stage import Stage, StageSetup, open_stage

log = logging.getLogger(__name__)

HARNESS = Path(__file__).parent.parent
TRACE = "traceback.txt"
"""In the folder of an attempt that broke: for the next engineer."""
NOT_PLAYED = "the harness could not play it"
"""Why an attempt says nothing of the deployment, nor of what was broken in it."""
OWN_MISTAKES = (
    MisusedJudge, AssertionError, AttributeError, LookupError, NameError, TypeError, ValueError,
)  # fmt: skip
"""What a scenario's own code raises when it is wrong; it would raise it each time."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an attempt is to be."""

    scenario: Scenario
    clauses: Sequence[Clause]
    number: int
    cell: Cell
    folder: str
    """Relative to the run folder."""


@dataclass(kw_only=True)
class _Performance:
    """What became of a scenario's body."""

    judge: Judge
    sdk: dict[str, str] = field(default_factory=dict)
    health: dict[str, dict[str, float | None]] = field(default_factory=dict)
    media_s: float = 0.0
    unmet: tuple[str, ...] = ()
    error: str | None = None
    final: bool = False
    unsupported: str | None = None


async def perform(plan: Plan, setup: StageSetup) -> Attempt:
    """Run one attempt to its end, whatever happens in it, and judge it."""
    started = now_ns()
    done = _Performance(judge=Judge(plan.clauses))
    await _play(plan, setup, done)
    plan = replace(plan, cell=replace(plan.cell, sdk=done.sdk))
    if done.unsupported is not None:
        return unsupported_attempt(plan, done.unsupported, started_ns=started, tried=True)
    if done.error is not None:
        broken = error_attempt(plan, done.error, started_ns=started, final=done.final)
        return replace(broken, health=done.health, disturbance=_of_machine(done.health))
    return replace(
        _empty(plan, started),
        media_s=done.media_s,
        results=tuple(
            _unproven(result, done.unmet) for result in _answered(done.judge, setup.folder)
        ),
        disturbance=disturbance(done.health),
        health=done.health,
    )


def _of_machine(health: Mapping[str, Mapping[str, float | None]]) -> str | None:
    """Whether the machine was too busy for an attempt that broke, whose others may be silent."""
    machine = {who: figures for who, figures in health.items() if who == MACHINE}
    return disturbance(machine) if machine else None


def _answered(judge: Judge, folder: Path) -> tuple[ClauseResult, ...]:
    try:
        tracks = published_tracks(read_signalling(folder))
    except (OSError, ValueError):  # whose clause rests on this record says so
        tracks = {}
    return tuple(with_track_words(result, tracks) for result in judge.answer())


def _unproven(result: ClauseResult, unmet: Sequence[str]) -> ClauseResult:
    """The result, no PASS where something that was done to the network met no packet.

    Args:
        result: Of one clause; what failed has failed without it, too.
        unmet: As `Stage.unmet`.
    """
    if not unmet or result.verdict is not Verdict.PASS or result.measurement is None:
        return result
    why = f"not under what it is about: {unmet[0]}"
    return replace(
        result,
        verdict=Verdict.INCONCLUSIVE,
        reason=why,
        measurement=replace(result.measurement, value=None, error=0.0, missing=why),
    )


def error_attempt(
    plan: Plan, error: str, *, started_ns: int | None = None, final: bool = False
) -> Attempt:
    """An attempt that could not run to its end; `final`: to try again is no use."""
    return replace(_empty(plan, started_ns), error=error, final=final)


def unsupported_attempt(
    plan: Plan, why: str, *, started_ns: int | None = None, tried: bool = False
) -> Attempt:
    """An attempt at what is not there; `tried`: a check said so, and not its setting alone."""
    results = tuple(
        ClauseResult(
            clause=clause.id,
            verdict=Verdict.UNSUPPORTED,
            reason=why,
            measurement=unsupported(clause.unit, why) if tried else None,
        )
        for clause in plan.clauses
    )
    return replace(_empty(plan, started_ns), results=results)


def beside_others(attempt: Attempt) -> Attempt:
    """The attempt, with the note that others ran on the machine meanwhile."""
    return replace(disturbed(attempt, BESIDE), beside=True)


def disturbed(attempt: Attempt, why: str) -> Attempt:
    """The attempt, with one more reason why its times cannot be trusted, which comes first."""
    known = [why, *([attempt.disturbance] if attempt.disturbance else [])]
    return replace(attempt, disturbance="; ".join(known))


def _empty(plan: Plan, started_ns: int | None) -> Attempt:
    at_ns = now_ns()
    return Attempt(
        scenario=plan.scenario.nodeid,
        number=plan.number,
        cell=plan.cell,
        folder=plan.folder,
        started_ns=at_ns if started_ns is None else started_ns,
        ended_ns=at_ns,
        media_s=0.0,
    )


async def _play(plan: Plan, setup: StageSetup, done: _Performance) -> None:
    limit_s = plan.scenario.demands.limit_s
    limit = asyncio.timeout(limit_s)
    stage: Stage | None = None
    try:
        async with limit, open_stage(setup) as stage:
            await plan.scenario.body(stage=stage, judge=done.judge)
    except Exception as error:  # whatever it is, it is this attempt's and no other's
        cause = _first(error)
        if isinstance(cause, Unsupported):
            done.unsupported = str(cause)
            return
        _keep_trace(setup.folder)
        # a scenario may have time limits of its own, which end in the same exception
        late = isinstance(cause, TimeoutError) and limit.expired()
        done.error = f"the scenario took more than {limit_s:g} s" if late else _one_line(cause)
        done.final = isinstance(cause, (GatewayDied, GuestDied, ParticipantDied, *OWN_MISTAKES))
        if isinstance(cause, OWN_MISTAKES):
            done.error += f" ({_place(cause)}; see {plan.folder}/{TRACE})"
    finally:
        if stage is not None:
            _take_notes(stage, done)


def _take_notes(stage: Stage, done: _Performance) -> None:
    done.sdk = dict(stage.sdk)
    done.health = dict(stage.health)
    done.media_s = stage.media_s
    done.unmet = stage.unmet


def _first(error: BaseException) -> BaseException:
    """Of a group of failures the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or "no further word"
    return (
        text
        if isinstance(error, StageError | GatewayError | GuestDied | ParticipantDied)
        else f"{type(error).__name__}: {text}"
    )


def _place(error: BaseException) -> str:
    """File and line of the innermost call that is not the harness's own."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if not Path(f.filename).is_relative_to(HARNESS)]
    frame = (theirs or frames)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _keep_trace(folder: Path) -> None:
    """The traceback is for the next engineer, not for the report."""
    try:
        (folder / TRACE).write_text(traceback.format_exc())
    except OSError:
        log.warning("the traceback of an attempt could not be kept in %s", folder)
