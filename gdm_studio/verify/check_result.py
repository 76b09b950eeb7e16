"""The result type of the engine's checks: a measured number and the relation that it must satisfy."""

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
        """True if the measured number satisfies the expected relation. A number that is only reported passes, and NaN
        never does.
        """
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
    """Create the result of a check that `measured` differs from `expected` by at most the fraction `share` of it."""
    return equal(what, measured, expected, tolerance=share * abs(expected))


def at_least(what: str, measured: SupportsFloat, expected: SupportsFloat) -> Row:
    """Create the result of a check that `measured` is at least `expected`."""
    return Row(what, float(measured), "≥", float(expected))


def at_most(what: str, measured: SupportsFloat, expected: SupportsFloat) -> Row:
    """Create the result of a check that `measured` is at most `expected`."""
    return Row(what, float(measured), "≤", float(expected))


def reported(what: str, measured: SupportsFloat) -> Row:
    """Create a result row that only reports a measured number, without an expected value."""
    return Row(what, float(measured))
