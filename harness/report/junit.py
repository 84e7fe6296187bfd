"""`junit.xml`: one test case a finding, for CI systems.

    verdict                              test case
    PASS                                 passed
    PASS although a deviation is listed  failure
    FAIL                                 failure
    FAIL explained by a known deviation  skipped, with the id of the deviation
    ERROR                                error
    INCONCLUSIVE of a MUST               error
    INCONCLUSIVE of another, UNSUPPORTED skipped, with the reason
    what does not gate, INFO too         skipped in place of failure and error
    (scenario that was cut)              error

So a test case is red where its finding makes the exit code another than 0. Where that has another
reason, and no test case is red (a canary that nobody noticed, nothing judged, a damaged record),
one more says it: `the whole run`.

One suite a scenario file. The time of a scenario's attempts is shared by its test cases, so that
times add up.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET  # only written, never parsed

from harness.evidence.clock import NS_PER_S
from harness.evidence.finding import Finding, Verdict
from harness.judging.outcome import decides, is_failure, is_spared, is_unexpected_pass
from harness.report.model import CutScenario, Report
from harness.report.reproduce import reproduce
from harness.report.words import floor_words, xml_text

RUN = "livekit-harness"


def junit(report: Report) -> bytes:
    """The whole file, UTF-8."""
    root = ET.Element("testsuites", name=RUN)
    cases: dict[str, list[ET.Element]] = {}
    for finding in report.findings:
        cases.setdefault(_file(finding.scenario), []).append(_case(report, finding))
    for cut in report.cut:
        cases.setdefault(_file(cut.scenario), []).extend(_cut_cases(cut))
    red = any(_is_red(case) for group in cases.values() for case in group)
    if not report.passed and not red:
        cases[RUN] = [_run_case(report)]
    for file, elements in sorted(cases.items()):
        suite = ET.SubElement(root, "testsuite", {"name": xml_text(file), **_counts(elements)})
        suite.extend(elements)
    for name, value in _counts(element for group in cases.values() for element in group).items():
        root.set(name, value)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _case(report: Report, finding: Finding) -> ET.Element:
    case = _element(finding.clause, finding.scenario, _seconds(report, finding))
    outcome = _outcome(report, finding)
    if outcome is not None:
        tag, message = outcome
        child = ET.SubElement(case, tag, message=xml_text(message))
        child.text = xml_text("\n".join(_details(report, finding)))
    return case


def _outcome(report: Report, finding: Finding) -> tuple[str, str] | None:
    """Name of the child element and its message, or None for what passed."""
    verdict, known = finding.verdict, report.deviation_named(finding)
    message = f"{verdict}: {finding.reason}"
    if is_unexpected_pass(finding):
        message = f"PASS, though the known deviation {known} says it fails"
    elif verdict is Verdict.FAIL and finding.deviation:
        return "skipped", f"FAIL, known deviation {known}: {finding.reason}"
    elif verdict is Verdict.PASS:
        return None
    if is_failure(finding, report.clauses, report.gate):
        return "failure", message
    if decides(finding, report.clauses, report.gate):
        return "error", message
    spared = is_spared(finding, report.clauses, report.gate)
    silent = spared or verdict in {Verdict.PASS, Verdict.FAIL}  # what is INFO, too
    return "skipped", f"does not gate: {message}" if silent else message


def _details(report: Report, finding: Finding) -> list[str]:
    clause = report.clauses.get(finding.clause)
    lines = [f"{clause.statement} ({clause.level}; {clause.source})"] if clause else []
    lines += [floor_words(finding)] if finding.floor is not None else []
    lines += [*finding.notes, *finding.remarks]
    lines += [f"evidence: {file}" for file in finding.evidence]
    return [*lines, f"again: {reproduce(finding, report.started)}"]


def _run_case(report: Report) -> ET.Element:
    case = ET.Element("testcase", classname=RUN, name="the whole run", time="0.000")
    ET.SubElement(case, "error", message=xml_text(f"{report.headline}: {report.why}"))
    return case


def _is_red(case: ET.Element) -> bool:
    return case.find("failure") is not None or case.find("error") is not None


def _cut_cases(cut: CutScenario) -> list[ET.Element]:
    cases = []
    for clause in cut.clauses:
        case = _element(clause, cut.scenario, 0.0)
        ET.SubElement(case, "error", message=xml_text(f"no finding: {cut.why}"))
        cases.append(case)
    return cases


def _element(clause: str, scenario: str, seconds: float) -> ET.Element:
    test = scenario.partition("::")[2] or scenario
    module = _file(scenario).removesuffix(".py").replace("/", ".")
    return ET.Element(
        "testcase",
        classname=xml_text(module),
        name=xml_text(f"{clause} {test}"),
        time=f"{seconds:.3f}",
    )


def _seconds(report: Report, finding: Finding) -> float:
    """The finding's share of the time that its scenario took."""
    sharing = sum(
        other.scenario == finding.scenario and other.cell == finding.cell
        for other in report.findings
    )
    spent_ns = sum(attempt.ended_ns - attempt.started_ns for attempt in report.attempts_of(finding))
    return spent_ns / NS_PER_S / sharing


def _counts(cases: Iterable[ET.Element]) -> dict[str, str]:
    cases = list(cases)
    counted = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    seconds = sum(float(case.get("time", 0)) for case in cases)
    return {name: str(number) for name, number in counted.items()} | {"time": f"{seconds:.3f}"}


def _file(scenario: str) -> str:
    return scenario.partition("::")[0]
