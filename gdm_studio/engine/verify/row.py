"""One checked number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import SupportsFloat


@dataclass(frozen=True)
class Row:
    """`measured` against `expected`: equal to it within `tolerance`, at least, at most it, or without any claim."""

    what: str
    measured: float
    relation: str = ""  # "=", "≥", "≤"; "" where the figure is only reported
    expected: float | None = None
    tolerance: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether the claim holds; a figure that is only reported always does, and one that is no number never."""
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


def equal(what: str, measured: SupportsFloat, expected: SupportsFloat, *, tolerance: float) -> Row:
    """`measured` = `expected` ± tolerance."""
    return Row(what, float(measured), "=", float(expected), tolerance)


def close(what: str, measured: SupportsFloat, expected: float, *, share: float) -> Row:
    """`measured` = `expected`, off by no more than `share` of it."""
    return equal(what, measured, expected, tolerance=share * abs(expected))


def at_least(what: str, measured: SupportsFloat, expected: SupportsFloat) -> Row:
    """`measured` ≥ `expected`."""
    return Row(what, float(measured), "≥", float(expected))


def at_most(what: str, measured: SupportsFloat, expected: SupportsFloat) -> Row:
    """`measured` ≤ `expected`."""
    return Row(what, float(measured), "≤", float(expected))


def reported(what: str, measured: SupportsFloat) -> Row:
    """A figure worth knowing that nothing is claimed about."""
    return Row(what, float(measured))
