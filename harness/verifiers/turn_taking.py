"""How somebody of whom nothing is known takes turns: answers, yields, keeps silent.

Turns are those of a synthetic speaker (`harness.signals.turns`), as it spoke them; what is heard
of the other is judged by its level alone (`sound_activity`). All times are those of a person who
speaks and listens: the way there, the answer, and the way back.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording
from harness.signals.turns import Turn
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.proof import Witness, require_alive
from harness.verifiers.sound import TIME_ERROR_MS
from harness.verifiers.sound_activity import HEARD_DBFS, Activity, sound_activity


@in_unit("ms")
def response_time(
    recording: AudioRecording, turns: Sequence[Turn], *, above_dbfs: float = HEARD_DBFS
) -> Measurement:
    """Time from the end of a turn to the first sound that begins after it: the longest of all.

    A sound that began before the end of the turn is no answer to it. `at_least` where a turn was
    not answered before the next one began.

    Args:
        recording: What is heard of who answers.
        turns: At least one, which the recording covers to the beginning of the next.
        above_dbfs: Root mean square over 10 ms above which it is heard.
    """
    activity = sound_activity(recording, above_dbfs=above_dbfs)
    waits = [_wait_ms(activity, turn) for turn in _some(turns)]
    unanswered = [n for n, (_, answered) in enumerate(waits, start=1) if not answered]
    words = ", ".join(f"{ms:.0f}" if answered else "none" for ms, answered in waits)
    slowest = max(range(len(waits)), key=lambda place: waits[place][0])
    return Measurement(
        value=waits[slowest][0],
        unit="ms",
        error=0.0 if unanswered else TIME_ERROR_MS,
        at_least=bool(unanswered),
        rests_on=len(waits),
        notes=(f"answers after {words} ms",),
        evidence=(activity.file,),
        seen=Seen(series=Series.LEVEL, file=activity.file, since_ns=turns[slowest].end_ns),
    )


@in_unit("ms")
def barge_in_time(
    recording: AudioRecording,
    turns: Sequence[Turn],
    *,
    alive: Witness,
    above_dbfs: float = HEARD_DBFS,
) -> Measurement:
    """Time from the beginning of a turn that interrupts to the other's last sound in it.

    The longest of all turns at whose beginning the other was to be heard; `at_least` where it was
    still to be heard when the turn ended. Rests on the witness during each of them: what the
    interrupter says, recorded by the same receiver, is one.

    Args:
        recording: What is heard of who is interrupted.
        turns: Those of the interrupter.
        alive: Proof that silence was heard, and not nothing.
        above_dbfs: Root mean square over 10 ms above which it is heard.
    """
    activity = sound_activity(recording, above_dbfs=above_dbfs)
    interrupting = [turn for turn in _some(turns) if activity.at(turn.begin_ns)]
    if not interrupting:
        raise NoEvidenceError(
            f"{activity.file}: nothing was to be heard when any of {len(turns)} turns began, so "
            "nothing was interrupted: leave less time between the turns"
        )
    for turn in interrupting:
        activity.require(turn.begin_ns, turn.end_ns)
        witness = require_alive(alive, turn.begin_ns, turn.end_ns)
    ends = [(t, activity.between(t.begin_ns, t.end_ns)[-1][1]) for t in interrupting]
    times_ms = [(end_ns - turn.begin_ns) / NS_PER_MS for turn, end_ns in ends]
    slowest = max(range(len(ends)), key=times_ms.__getitem__)
    lasting = any(end_ns == turn.end_ns for turn, end_ns in ends)
    words = ", ".join(f"{ms:.0f}" for ms in times_ms)
    return Measurement(
        value=times_ms[slowest],
        unit="ms",
        error=TIME_ERROR_MS,
        at_least=lasting,
        rests_on=len(ends),
        notes=(f"{len(ends)} of {len(turns)} turns interrupted; silent after {words} ms",),
        evidence=(activity.file, witness),
        seen=Seen(series=Series.LEVEL, file=activity.file, since_ns=ends[slowest][0].begin_ns),
    )


@in_unit("ms")
def unasked_sound(
    recording: AudioRecording, *, since_ns: int, until_ns: int, above_dbfs: float = HEARD_DBFS
) -> Measurement:
    """How much is to be heard in [since, until), where nobody has asked for anything.

    Rests on a sound that is heard later: the receiver was alive, and the other can be heard.
    """
    activity = sound_activity(recording, above_dbfs=above_dbfs)
    activity.require(since_ns, until_ns)
    heard = activity.between(since_ns, until_ns)
    if not any(end > until_ns for _, end in activity.spans):
        raise NoEvidenceError(
            f"{activity.file}: nothing was heard after the time asked for, so that silence in it "
            "proves nothing"
        )
    return Measurement(
        value=sum(end - begin for begin, end in heard) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS * len(heard),
        rests_on=len(heard),
        notes=(f"{len(heard)} sounds",),
        evidence=(activity.file,),
    )


@in_unit("ms")
def longest_pause(
    recording: AudioRecording, turns: Sequence[Turn], *, above_dbfs: float = HEARD_DBFS
) -> Measurement:
    """The longest silence inside an answer, between two of its sounds; 0 where there is none.

    An answer is what begins after a turn and before the next one. What the decoder conceals is no
    silence. Rests on an answer to each turn.
    """
    activity = sound_activity(recording, above_dbfs=above_dbfs)
    pauses_ns = [0]
    for number, turn in enumerate(_some(turns), start=1):
        activity.require(turn.end_ns, turn.next_ns)
        answer = [s for s in activity.spans if turn.end_ns <= s[0] < turn.next_ns]
        if not answer:
            raise NoEvidenceError(f"{activity.file}: turn {number} has no answer")
        pauses_ns += [later[0] - earlier[1] for earlier, later in pairwise(answer)]
    return Measurement(
        value=max(pauses_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS if len(pauses_ns) > 1 else 0.0,
        rests_on=len(turns),
        notes=(f"{len(pauses_ns) - 1} pauses in {len(turns)} answers",),
        evidence=(activity.file,),
    )


def _wait_ms(activity: Activity, turn: Turn) -> tuple[float, bool]:
    """How long a turn waited, and whether an answer came before the next one."""
    activity.require(turn.end_ns, turn.next_ns)
    begins = [begin for begin, _ in activity.spans if turn.end_ns <= begin < turn.next_ns]
    return ((begins or [turn.next_ns])[0] - turn.end_ns) / NS_PER_MS, bool(begins)


def _some(turns: Sequence[Turn]) -> Sequence[Turn]:
    if not turns:
        raise NoEvidenceError("no turn of the speaker lies in the time asked for")
    return turns
