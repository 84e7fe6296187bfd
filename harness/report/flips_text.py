"""How often verdicts changed over all stored runs, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.judging.flips import Flip, FlipCount, Said, Series, Setting, count_flips, series_of
from harness.report.stored_runs import StoredRun, StoredRuns
from harness.report.words import NOTHING, printable, value_range, value_text


def series_of_runs(runs: Sequence[StoredRun]) -> tuple[Series, ...]:
    """The verdicts of stored runs, sorted into series."""
    return series_of((run.name, run.findings) for run in runs)


def flips_line(stored: StoredRuns) -> str:
    """`over 12 stored runs: 0 flips in 1182 repeats, …`; empty where nothing was repeated."""
    counted = count_flips(series_of_runs(stored.runs))
    runs = _many(len(stored.runs), "stored run")
    return f"over {runs}: {count_text(counted)}" if counted.repeats else ""


def flips_text(stored: StoredRuns) -> str:
    """All flips and repeats, then each clause in each setting; those that flip first."""
    series = series_of_runs(stored.runs)
    runs = _many(len(stored.runs), "stored run")
    lines = [f"{runs}: {count_text(count_flips(series))}"]
    for setting in dict.fromkeys(one.setting for one in series):
        lines += ["", setting_text(setting)]
        lines += _clauses([one for one in series if one.setting == setting])
    if stored.skipped:
        lines += ["", *skipped_lines(stored)]
    return printable("\n".join(lines)) + "\n"


def skipped_lines(stored: StoredRuns) -> list[str]:
    """`skipped 2 runs (the last is 2026…-791d74): sabotage swallow-mute`, one line a reason."""
    lines = []
    for why, number in Counter(stored.skipped.values()).items():
        names = [name for name, reason in stored.skipped.items() if reason == why]
        which = names[0] if number == 1 else f"the last is {names[-1]}"
        lines.append(f"skipped {_many(number, 'run')} ({which}): {why}")
    return lines


def count_text(counted: FlipCount) -> str:
    """`2 flips in 1182 repeats, at most 0.53 % (95 %)`."""
    flips, repeats = _many(counted.flips, "flip"), _many(counted.repeats, "repeat")
    if not counted.repeats:
        return "nothing was repeated"
    return f"{flips} in {repeats}, at most {_percent(counted.at_most_ratio)} (95 %)"


def setting_text(setting: Setting) -> str:
    """`livekit-server 1.13.5, python 1.2.0, profile clean`."""
    return ", ".join(
        [f"livekit-server {setting.server}", *setting.sdk, f"profile {setting.profile}"]
    )


def verdicts_text(said: Sequence[Said]) -> str:
    """`15 PASS, 1 FAIL; 41.3 to 78 ms`."""
    numbers = Counter(one.finding.verdict.value for one in said)
    counted = ", ".join(f"{number} {verdict}" for verdict, number in numbers.most_common())
    return f"{counted}; {value_range([one.finding for one in said])}"


def _clauses(series: Sequence[Series]) -> list[str]:
    by_clause: dict[str, list[Series]] = {}
    for one in sorted(series, key=lambda one: one.clause):
        by_clause.setdefault(one.clause, []).append(one)
    rows = [(count_flips(members), clause, members) for clause, members in by_clause.items()]
    lines = [f"  {'clause':<10} {'flips':>5} of repeats  at most (95 %)  verdicts"]
    for counted, clause, members in sorted(rows, key=lambda row: -row[0].flips):
        verdicts = verdicts_text([said for one in members for said in one.said])
        most = _percent(counted.at_most_ratio) if counted.repeats else NOTHING
        lines.append(
            f"  {clause:<10} {counted.flips:>5} of {counted.repeats:<7}  {most:<14}  {verdicts}"
        )
        lines += [f"    {_flip(flip)}" for one in members for flip in one.flips]
    return lines


def _flip(flip: Flip) -> str:
    before, after = flip.before.finding, flip.after.finding
    return (
        f"{before.verdict} → {after.verdict} in {flip.after.run}: {value_text(after)}, "
        f"before {value_text(before)}; {after.scenario}"
    )


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.{0 if ratio >= 0.1 else 2}{'f' if ratio >= 0.1 else 'g'}} %"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
