"""The days of a list of pictures: where each begins, and what people call it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby

MICRO = 1_000_000


def days_of(moments: Sequence[int]) -> list[tuple[date, int]]:
    """(local day, number of moments) for each day there is, oldest first; `moments` in µs since 1970, ascending."""
    days, start = [], 0
    while start < len(moments):
        day = _day_of(moments[start])
        after = bisect_left(moments, _midnight(day + timedelta(days=1)), start)
        days.append((day, max(after - start, 1)))
        start += days[-1][1]
    return days


def sections_of(days: Sequence[tuple[date, int]], today: date, columns: int, *, more: int = 0) -> list[tuple[str, int]]:
    """(heading, number of pictures) for days in the order of a list, `more` of today before all others.

    Where they have but a few pictures each, against the `columns` there is room for, they are put into months.
    """
    if more:
        first = days[0][1] if days and days[0][0] == today else 0
        days = [(today, first + more), *days[bool(first) :]]
    count = sum(number for _, number in days)
    if len(days) < 3 or 2 * count >= columns * len(days):
        return [(day_words(day, today), number) for day, number in days]
    months = groupby(days, key=lambda each: each[0].replace(day=1))
    return [(month_words(month, today), sum(number for _, number in same)) for month, same in months]


def month_words(month: date, today: date) -> str:
    """`November`, and the year where it is another."""
    return f"{month:%B}" if month.year == today.year else f"{month:%B %Y}"


def day_words(day: date, today: date) -> str:
    """`Today`, `Yesterday`, `Tuesday, 17 November`, and the year where it is another."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    words = f"{day:%A}, {day.day} {day:%B}"
    return words if day.year == today.year else f"{words} {day.year}"


def _day_of(moment: int) -> date:
    try:
        return datetime.fromtimestamp(moment / MICRO).date()
    except (ValueError, OverflowError, OSError):
        return date.max - timedelta(days=1)


def _midnight(day: date) -> int:
    try:
        return round(datetime.combine(day, time()).timestamp() * MICRO)
    except (ValueError, OverflowError, OSError):
        return 2**63 - 1
