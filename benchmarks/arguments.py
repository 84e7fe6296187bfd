"""What benchmarks are asked for, refused at once where it cannot be: types for argparse."""

from __future__ import annotations

import argparse
from pathlib import Path

LEAST_MINUTES, MOST_MINUTES = 1, 300
LEAST_PACKETS = 10
MOST_DELAY_MS = 15_000.0
"""Markers in an order tell a delay up to 15.5 s."""


def count(text: str) -> int:
    """A whole number, 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 or more")
    return int(text)


def above_0(text: str) -> float:
    """A number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return value


def minutes(text: str) -> float:
    """A time that has enough samples for a trend, and not too many: 1 to 300."""
    value = above_0(text)
    if not LEAST_MINUTES <= value <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"{text}: {LEAST_MINUTES} to {MOST_MINUTES} minutes")
    return value


def millions(text: str) -> int:
    """A number of packets, given in millions: ten at least."""
    packets = int(above_0(text) * 1e6)
    if packets < LEAST_PACKETS:
        raise argparse.ArgumentTypeError(f"{text} million are less than {LEAST_PACKETS} packets")
    return packets


def delays_ms(text: str) -> list[float]:
    """Numbers between commas."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list such as 0,20,80") from None
    if not all(0 <= value <= MOST_DELAY_MS for value in values):
        raise argparse.ArgumentTypeError(f"{text}: delays are 0 to {MOST_DELAY_MS:g} ms")
    if not any(values):
        raise argparse.ArgumentTypeError(f"{text}: name a delay other than 0")
    return values


def old_file(text: str) -> Path:
    """A file that is there."""
    file = Path(text)
    if not file.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {file}")
    return file


def new_file(text: str) -> Path:
    """A file that can be written once all is measured."""
    file = Path(text)
    if not file.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {file.parent}: make it first")
    if file.is_dir():
        raise argparse.ArgumentTypeError(f"{file} is a folder: name a file")
    return file
