"""`badge.svg`: the result of a run in the size of a word."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from harness.report.coverage import clauses_judged
from harness.report.model import Report
from harness.report.terminal import server_words
from harness.report.words import clipped, xml_text

GREEN, RED, GREY = "#2e7d32", "#c62828", "#5f6368"
"""White letters on each have a contrast of 5 and more."""
_LABEL = "#3c4043"
_PAD_PX = 6
_LONGEST = 60
_LONGEST_GATE = 30


def badge(report: Report) -> str:
    """An SVG of one line: which server, conformant or not, by which gate, how much was judged."""
    label = clipped(server_words(report), _LONGEST)
    message = report.headline.lower()
    if report.proof is None and not report.gate.is_default:
        message += f" ({clipped(report.gate.text, _LONGEST_GATE)})"
    if report.passed:
        message += f", {clauses_judged(report)}"
    return _svg(xml_text(label), xml_text(message), _colour(report))


def _colour(report: Report) -> str:
    if report.conformant:
        return GREEN
    return RED if report.failed else GREY


def _svg(label: str, message: str, colour: str) -> str:
    left, right = _width_px(label), _width_px(message)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" \
aria-label={quoteattr(f"{label}: {message}")}>
  <title>{escape(f"{label}: {message}")}</title>
  <clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="{left}" height="20" fill="{_LABEL}"/>
    <rect x="{left}" width="{right}" height="20" fill="{colour}"/>
  </g>
  <g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
    {_text(label, 0, left)}
    {_text(message, left, right)}
  </g>
</svg>
"""


def _text(text: str, x: int, width: int) -> str:
    """Spread over its box, whatever font there is."""
    return (
        f'<text x="{x + _PAD_PX}" y="14" textLength="{width - 2 * _PAD_PX}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )


def _width_px(text: str) -> int:
    """What Verdana of 11 px takes, about."""
    narrow = sum(letter in " .,:;!il1tfjI'|" for letter in text)
    return round(7.2 * (len(text) - narrow) + 4.4 * narrow) + 2 * _PAD_PX
