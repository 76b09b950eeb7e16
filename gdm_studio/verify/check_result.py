"""Result of a check of the engine: a measured number and the relation to an expected number that it must satisfy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import SupportsFloat


@dataclass(frozen=True)
class Row:
    """Result of one check: a measured number and the relation to an expected number that it must satisfy (equal within
    `tolerance`, at least, at most, or none).
    """

    what: str
    measured: float
    # "=", "≥" or "≤"; "" if the number is only reported.
    relation: str = ""
    expected: float | None = None
    tolerance: float = 0.0

    @property
    def passed(self) -> bool:
        """True if the measured number satisfies the expected relation, or if nothing is expected. NaN never passes."""
        if self.measured != self.measured:
            return False
        if self.expected is None:
            return True
        return {
            "=": abs(self.measured - self.expected) <= self.tolerance,
            "≥": self.measured >= self.expected,
            "≤": self.measured <= self.expected,
        }[self.relation]


Check = Callable[[], Iterator[Row]]


def equal(what: str, measured: SupportsFloat, expected: SupportsFloat, *, tolerance: SupportsFloat) -> Row:
    """Create the result of a check that `measured` equals `expected` within ± `tolerance`."""
    return Row(what, float(measured), "=", float(expected), float(tolerance))


def close(what: str, measured: SupportsFloat, expected: float, *, share: float) -> Row:
    """Create the result of a check that `measured` equals `expected` within a relative tolerance of `share`."""
    return equal(what, measured, expected, tolerance=share * abs(expected))


def at_least(what: str, measured: SupportsFloat, expected: SupportsFloat) -> Row:
    """Create the result of a check that `measured` is at least `expected`."""
    return Row(what, float(measured), "≥", float(expected))


def at_most(what: str, measured: SupportsFloat, expected: SupportsFloat) -> Row:
    """Create the result of a check that `measured` is at most `expected`."""
    return Row(what, float(measured), "≤", float(expected))


def reported(what: str, measured: SupportsFloat) -> Row:
    """Create a result that reports a measured number for information, without checking it."""
    return Row(what, float(measured))
