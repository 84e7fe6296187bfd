"""How often verdicts changed over all stored runs, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from harness.evidence.history import HISTORY
from harness.evidence.plural import plural
from harness.evidence.printable import printable
from harness.judging.flips import FlipCount, Repeat, Said, Series, Setting, count_flips, series_of
from harness.judging.near_limit import NearLimit, near_limits
from harness.report.stored_runs import StoredRuns
from harness.report.words import NOTHING, limit_text, value_range, value_text

MOST_NEAR = 20


def flips_line(stored: StoredRuns) -> str:
    """`over 12 stored runs: 0 flips in 1182 repeats, …`; empty where nothing was repeated."""
    counted = count_flips(series_of(stored.verdicts))
    runs = plural(len(stored.verdicts), "stored run")
    return f"over {runs}: {count_text(counted)}" if counted.repeats else ""


def flips_text(stored: StoredRuns) -> str:
    """All flips and repeats, each clause in each setting, those that flip first; then what may."""
    series = series_of(stored.verdicts)
    runs = plural(len(stored.verdicts), "stored run")
    lines = [f"{runs}: {count_text(count_flips(series))}", *load_lines(stored, series)]
    loads = sorted({said.load for one in series for said in one.said})
    for setting in dict.fromkeys(one.setting for one in series):
        for load in loads:
            lines += _setting([one for one in series if one.setting == setting], load)
    lines += _near(near_limits(series))
    if stored.skipped or stored.damaged:
        lines += ["", *skipped_lines(stored)]
    return printable("\n".join(lines)) + "\n"


def load_lines(stored: StoredRuns, series: Sequence[Series]) -> list[str]:
    """`12 runs with one core kept busy: …`, a line each kind of run; none where all are alike."""
    runs = Counter(run.load for run in stored.verdicts)
    if len(runs) < 2:
        return []
    return [
        f"  {plural(number, 'run')} {load_text(load)}: "
        + count_text(count_flips(series, of=partial(_is_under, load=load)))
        for load, number in sorted(runs.items())
    ]


def load_text(load: str) -> str:
    """`with one core kept busy`, `without load`."""
    return f"with {load}" if load else "without load"


def skipped_lines(stored: StoredRuns) -> list[str]:
    """`skipped 2 runs (the last is 2026…-791d74): sabotage swallow-mute`, one line a reason."""
    lines = []
    for why, number in Counter(stored.skipped.values()).items():
        names = [name for name, reason in stored.skipped.items() if reason == why]
        which = names[0] if number == 1 else f"the last is {names[-1]}"
        lines.append(f"skipped {plural(number, 'run')} ({which}): {why}")
    if stored.damaged:
        lines.append(f"skipped {plural(stored.damaged, 'line')} of {HISTORY} that cannot be read")
    return lines


def count_text(counted: FlipCount) -> str:
    """`2 flips in 1182 repeats, at most 0.53 % (95 %)`."""
    flips, repeats = plural(counted.flips, "flip"), plural(counted.repeats, "repeat")
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


def _setting(series: Sequence[Series], load: str) -> list[str]:
    """The clauses of one setting in one kind of run; empty where there was none."""
    by_clause: dict[str, list[Series]] = {}
    for one in sorted(series, key=lambda one: one.clause):
        if any(said.load == load for said in one.said):
            by_clause.setdefault(one.clause, []).append(one)
    if not by_clause:
        return []
    under = partial(_is_under, load=load)
    rows = [
        (count_flips(members, of=under), clause, members) for clause, members in by_clause.items()
    ]
    head = setting_text(series[0].setting)
    lines = ["", f"{head}, {load_text(load)}" if load else head]
    lines.append(f"  {'clause':<10} {'flips':>5} of repeats  at most (95 %)  verdicts")
    for counted, clause, members in sorted(rows, key=lambda row: -row[0].flips):
        said = [said for one in members for said in one.said if said.load == load]
        most = _percent(counted.at_most_ratio) if counted.repeats else NOTHING
        lines.append(
            f"  {clause:<10} {counted.flips:>5} of {counted.repeats:<7}  {most:<14}  "
            + verdicts_text(said)
        )
        repeats = [repeat for one in members for repeat in one.repeats if under(repeat)]
        lines += [f"    {flip_text(repeat)}" for repeat in repeats if repeat.flipped]
    return lines


def _near(found: Sequence[NearLimit]) -> list[str]:
    """What has not flipped and may; empty where nothing may."""
    if not found:
        return []
    lines = [
        "",
        "near their limits: repeats lie farther apart than from it, so chance may cross it",
    ]
    for near in found[:MOST_NEAR]:
        one, limit = near.series, limit_text(near.series.said[-1].finding)
        loaded = sum(bool(said.load) for said in one.said)
        lines.append(
            f"  {one.clause:<10} {verdicts_text(one.said)}, limit {limit}"
            f"{f', {loaded} of them under load' if loaded else ''}; "
            f"{one.scenario} ({setting_text(one.setting)})"
        )
    more = len(found) - MOST_NEAR
    return [*lines, *([f"  and {more} more"] if more > 0 else [])]


def flip_text(repeat: Repeat) -> str:
    """`PASS → FAIL in 20261121…: 350.5 ms, before 41.25 ms; scenarios/…`."""
    before, after = repeat.before.finding, repeat.after.finding
    return (
        f"{before.verdict} → {after.verdict} in {repeat.after.run}: {value_text(after)}, "
        f"before {value_text(before)}; {after.scenario}"
    )


def _is_under(repeat: Repeat, load: str) -> bool:
    return repeat.after.load == load


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.{0 if ratio >= 0.1 else 2}{'f' if ratio >= 0.1 else 'g'}} %"
