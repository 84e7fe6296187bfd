from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.clauses.claims import documentation
from harness.evidence.finding import Verdict
from harness.evidence.measurement import Seen, Series
from harness.evidence.printable import printable
from harness.evidence.run_event import CanaryDone, RunEvent
from harness.judging.outcome import ExitCode
from harness.report.baseline import keep_baseline
from harness.report.html import code, drawn, html
from harness.report.model import Report, read_report
from tests.judging.test_proof import BOTH, CLAUSES, proof
from tests.report.comparisons import FAILS, FIXED, LATER, WORSE, changed
from tests.report.conftest import gated
from tests.report.pictures.evidence import MUTED_S, at, attempt, write_attempt
from tests.report.proofs import write_proof

FROM_OUTSIDE = ("iframe", "object", "embed", "img", "base")
MOST_BYTES = 4_000_000
"""Of a page with 2,000 cells; what is left of 5 MB is for pictures of failures."""


class Page(HTMLParser):
    """What a browser would see: elements, addresses, ids; and whether each tag is closed."""

    VOID = ("meta", "link", "input", "br", "line", "circle", "image")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        self.addresses += [
            value for key in ("href", "src", "action") if (value := named.get(key)) is not None
        ]
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.fixture
def page(run: Path) -> Page:
    return Page(html(read_report(run)))


@pytest.fixture
def later(run: Path, tmp_path: Path) -> Report:
    """A run of another server than the one that is its baseline; one finding has evidence."""
    folder = tmp_path / "later"
    changed(folder, FAILS, FIXED, WORSE, LATER)
    keep_baseline(folder, [run])
    write_attempt(folder / attempt().folder)
    report = read_report(folder)
    failed, *others = report.findings
    sound = f"{attempt().folder}/bob/alice-sound1.wav"
    muted = Seen(series=Series.LEVEL, file=sound, since_ns=at(MUTED_S))
    drawn = replace(failed, evidence=(sound,), seen=muted)
    of_it = replace(attempt(), scenario=failed.scenario, cell=failed.cell)
    rest = [one for one in report.attempts if one.scenario != failed.scenario]
    return replace(report, findings=(drawn, *others), attempts=(of_it, *rest))


def bare(text: str) -> str:
    """Without style, script and what zlib made of pictures; of the claims the first nine."""
    text = re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[^&]*", "sha256", text)
    text = re.sub(r"(?<=;base64,)[^\"]*", "", text)
    return re.sub(r'<tr id="claim-10">.*?(?=</tbody>)', "", text, flags=re.DOTALL)


def test_what_was_broken_on_purpose_is_said_first(run: Path) -> None:
    report = read_report(run)
    assert report.started is not None
    broken = replace(report.started, sabotage="holes", breaks="sound has <holes>")
    assert "holes: sound has &lt;holes&gt;" in html(replace(report, started=broken))


def test_the_page(run: Path, golden: Callable[[str, str], None]) -> None:
    """Without the claims, which are many and not of this run."""
    report = read_report(run)
    clauses = {id_: replace(one, claims=(), informs=()) for id_, one in report.clauses.items()}
    golden("report.html", bare(html(replace(report, clauses=clauses))))


def test_the_page_with_changes_pictures_and_claims(
    later: Report, golden: Callable[[str, str], None]
) -> None:
    page = html(later)
    for part in ('id="changes"', 'id="claim-1"', 'id="picture-1"', "data:image/png;base64,"):
        assert page.count(part) == 1
    golden("report-of-a-change.html", bare(page))


def test_the_page_of_a_proof(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    golden("proof.html", bare(html(read_report(write_proof(tmp_path / "proof")))))


def test_every_tag_is_closed_and_every_id_is_one(page: Page) -> None:
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))


def test_nothing_comes_from_elsewhere(page: Page) -> None:
    assert not set(page.tags) & set(FROM_OUTSIDE)
    assert page.tags.count("script") == page.tags.count("style") == page.tags.count("link") == 1
    outside = [address for address in page.addresses if ":" in address]
    pages = {one.address for one in documentation().pages if one.address}
    assert {*outside} - pages == {"data:,", "https://example.org/issues/1"}


@pytest.mark.parametrize("part", ["script", "style"])
def test_the_policy_names_the_one_script_and_the_one_style(run: Path, part: str) -> None:
    text = html(read_report(run))
    [inside] = re.findall(f"<{part}>(.*?)</{part}>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
    [policy] = re.findall('http-equiv="Content-Security-Policy" content="([^"]+)"', text)

    assert f"{part}-src &#39;sha256-{digest}&#39;;" in policy
    assert policy.startswith("default-src &#39;none&#39;;")
    assert "unsafe" not in policy
    assert inside == printable(inside)


def test_nothing_has_a_style_or_a_handler_of_its_own(run: Path) -> None:
    text = html(read_report(run))
    assert not re.findall(r"<[^>]* (?:style|on\w+)=", text.partition("<body>")[2])


def test_links_within_the_page_lead_somewhere(page: Page) -> None:
    targets = [address[1:] for address in page.addresses if address.startswith("#")]
    assert targets
    assert set(targets) <= set(page.ids)


def test_names_from_outside_are_text(run: Path) -> None:
    text = html(read_report(run))
    assert text.count("<script") == 1
    assert "&lt;script&gt;alert(1)" in text


def test_a_finding_has_all_that_a_reader_needs(run: Path) -> None:
    text = html(read_report(run))
    for needed in (
        *("Not conformant", "Nothing of a muted microphone is forwarded.", "41.25 ms"),
        *("31.25 to 51.25 ms", "≤ 300 ms", "five times the worst", "--lk-seed=81", "seed 81"),
        *('href="attempts/test_silence%5B48000%5D/2/bob/tone.wav"', "<dt>Floor</dt><dd>0.4 ms"),
        *("unexpected PASS", "FAIL, known", "sound, one way", "50.8 ms ± 4.5", "2026-11-21 00:05"),
        *("Nobody judges this one.", "pytest scenarios/ -k &#39;mute or dark&#39;"),
    ):
        assert needed in text, needed


def test_the_network_of_a_finding_is_told(run: Path) -> None:
    text = html(read_report(run))
    assert '<a href="#network-1">clean</a>, seed 81' in text
    _, told = text.split('<details class="card" id="network-1">')
    assert told.index("Nothing is done &lt;script&gt;") < told.index(
        "from 0 s for good\n  all  nothing"
    )


def test_without_words_about_networks_there_is_no_place_for_them(run: Path) -> None:
    report = read_report(run)
    assert report.started is not None
    older = replace(report, started=replace(report.started, networks=()))
    text = html(older)
    assert 'id="networks"' not in text
    assert "<dd>clean, seed 81" in text


def test_whoever_asks_about_clauses_of_his_own_alone_reads_of_these(run: Path) -> None:
    report = read_report(run)
    assert report.started is not None
    own = tuple(report.clauses)
    alone = replace(report, started=replace(report.started, own_clauses=own), asked=frozenset(own))
    text = html(alone)
    assert "the catalogue has" not in text
    assert "clause of yours without a finding" in text.replace("clauses of", "clause of")


def test_a_gate_is_named_and_what_it_leaves_out_comes_last(run: Path) -> None:
    text = html(read_report(gated(run, "MUTE-007")))
    verdict, _, rest = text.partition('<section id="first"')
    first = rest.partition("</section>")[0]

    assert "left out by the gate MUTE-007, and failed or open: 3" in verdict
    assert re.findall(r"</b>([^<]+)</span><h3>(\S+) ", first) == [
        ("unexpected PASS", "MUTE-007"),
        ("FAIL, does not gate", "MUTE-002"),
        ("ERROR, does not gate", "MUTE-005"),
        ("INCONCLUSIVE, does not gate", "MUTE-004"),
    ]
    assert re.findall(r'class="cell (\w) spared"', text) == ["F", "I", "E"]
    assert "Dashed: it would decide, and the gate MUTE-007 leaves it out." in text
    assert "Dashed" not in html(read_report(gated(run, "")))


def test_each_finding_is_counted_once_at_the_top(run: Path) -> None:
    verdict = html(read_report(run)).partition("</header>")[0]
    assert re.findall(r'<li><span class="badge (\w)"><b>\w</b>(\d+) ([^<]+)<', verdict) == [
        ("P", "1", "PASS"), ("U", "1", "UNSUPPORTED"), ("K", "1", "FAIL, known"),
        ("I", "1", "INCONCLUSIVE"), ("E", "1", "ERROR"), ("X", "1", "unexpected PASS"),
        ("F", "1", "FAIL"),
    ]  # fmt: skip
    assert "processor 2 cores, system Linux 6.1" in verdict


def test_a_lower_bound_is_said_to_be_one(run: Path) -> None:
    report = read_report(run)
    timed = next(found for found in report.findings if found.unit == "ms" and found.measured)
    never = replace(timed, measured=1001.0, interval=None)

    assert "at least 1001 ms" in html(replace(report, findings=(never,)))


@pytest.mark.parametrize("kept", range(0, 20, 3))
def test_a_run_that_was_killed_anywhere_is_a_page(
    run_of: Callable[[Callable[[RunEvent], bool]], Path], kept: int
) -> None:
    number = iter(range(100))
    folder = run_of(lambda _event: next(number) <= kept)
    assert Page(html(read_report(folder))).open == []


@pytest.mark.parametrize(
    ("code", "tone"),
    [(ExitCode.FAILED, "bad"), (ExitCode.INCONCLUSIVE, "open"), (ExitCode.ERROR, "open")],
)
def test_the_card_of_a_proof_whose_clauses_failed_as_they_must_is_as_its_outcome(
    run: Path, code: ExitCode, tone: str
) -> None:
    report = read_report(run)
    any_clause = next(iter(report.clauses.values()))
    proven = replace(
        report,
        proof=proof(*BOTH),
        clauses=dict.fromkeys([*report.clauses, *CLAUSES], any_clause),
        outcome=replace(report.outcome, exit_code=code),
    )

    assert f'<header class="card verdict {tone}">' in html(proven)


def test_two_thousand_cells_fit(run: Path) -> None:
    report = read_report(run)
    found = report.findings * 300
    many = tuple(
        replace(one, clause=f"{one.clause}{place % 500}", cell=replace(one.cell, seed=place))
        for place, one in enumerate(found[:2000])
    )
    assert len(html(replace(report, findings=many)).encode()) < MOST_BYTES


def test_pictures_stand_beside_what_rests_on_them(run: Path) -> None:
    write_attempt(run / "attempts/test_silence[48000]/1")
    report = read_report(run)
    failed = next(found for found in report.findings if found.clause == "MUTE-002")
    sound = "attempts/test_silence[48000]/1/bob/alice-sound1.wav"
    seen = replace(failed, evidence=(sound,))
    page = html(replace(report, findings=(seen,)))

    assert 'id="picture-1"' in page
    assert "How loud bob/alice-sound1.wav was" in page
    assert "data-sound>bob/alice-sound1.wav</a>" in page
    assert Page(page).open == []
    seen_only = replace(report, findings=(seen,))
    full = html(seen_only, drawn(seen_only, most_picture_bytes=1))
    assert "2 more pictures would show" in full


def test_what_stands_between_backticks_is_code_and_all_else_text() -> None:
    assert code("call `mute()` or `<b>`") == ("call <code>mute()</code> or <code>&lt;b&gt;</code>")
    assert code("a ` alone, and `` nothing in a pair") == (
        "a <code> alone, and </code>` nothing in a pair"
    )
    assert code("one ` alone") == "one ` alone"


def test_the_page_tells_of_a_canary_only_what_is_true(run: Path) -> None:
    report = read_report(run)
    assert report.started is not None
    assert "This run had no <b>canary</b>" in html(report)
    planned = replace(report, started=replace(report.started, canary=True))
    assert "This run has not played it to its end" in html(planned)
    canary = CanaryDone(
        at_ns=9, sabotage="holes", clause="MUTE-001", scenario="a::b", verdict=Verdict.FAIL,
        reason="late",
    )  # fmt: skip
    said = html(replace(planned, canary=canary))
    assert "Here: the canary, sabotage holes against MUTE-001 in a::b, was noticed." in said
    assert "had no <b>canary</b>" not in said


def test_clauses_judged_are_of_those_that_were_asked_about(run: Path) -> None:
    assert "5 of 7 that the scenarios played ask about; the catalogue has 8" in html(
        read_report(run)
    )


def test_a_claim_that_is_not_decided_is_told_in_its_words(run: Path) -> None:
    said = "also about, but not deciding, claim"
    assert re.search(said + ' <a href="#claim-3">3</a>, “[^”]+”', html(read_report(run)))


def test_what_takes_minutes_is_told_of(run: Path) -> None:
    report = read_report(run)
    assert report.started is not None
    assert "1 clause of the catalogue without a finding</summary>" in html(report)
    long = replace(report, started=replace(report.started, long_clauses=("MUTE-001", "MUTE-008")))
    said = "1 clause of the catalogue without a finding, 1 of them long: -m long</summary>"
    assert said in html(long)


def test_the_log_of_each_process_is_linked(run: Path) -> None:
    (run / "events-gw0.ndjson").touch()
    page = html(read_report(run))
    assert '<a href="events-gw0.ndjson">events-gw0.ndjson</a>, <a href="events.ndjson">' in page
