"""Grouping of images into sections by day or month, with headings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby

from gdm_studio.ui.translation import date_text, translate

MICRO = 1_000_000


def days_of(moments: Sequence[int]) -> list[tuple[date, int]]:
    """Group images by the local day of their creation, and return (day, number of images) pairs, oldest day first.

    `moments` are the images' creation timestamps in µs since 1970, in ascending order.
    """
    days = []
    start = 0
    while start < len(moments):
        day = _day_of(moments[start])
        after = bisect_left(moments, _midnight_of(day + timedelta(days=1)), start)
        days.append((day, max(after - start, 1)))
        start += days[-1][1]
    return days


def sections_of(days: Sequence[tuple[date, int]], today: date, columns: int, *, more: int = 0) -> list[tuple[str, int]]:
    """Divide a gallery grid's images into sections by day, and return (heading, number of images) pairs.

    `days` is the result of `days_of`, and `more` is the number of images in progress, which count for today. Days are
    merged into months if most of them would fill less than half a line of `columns` images.
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
    """Return the heading for a month's images, such as "November", with the year unless it is the current one."""
    if month.year == today.year:
        return date_text(month, translate("dates", "MMMM"))
    return date_text(month, translate("dates", "MMMM yyyy"))


def day_words(day: date, today: date) -> str:
    """Return the heading for a day's images: "Today", "Yesterday" or "Tuesday, 17 November".

    The year is added unless it is the current one.
    """
    if day == today:
        return translate("days", "Today")
    if day == today - timedelta(days=1):
        return translate("days", "Yesterday")
    if day.year == today.year:
        return date_text(day, translate("dates", "dddd, d MMMM"))
    return date_text(day, translate("dates", "dddd, d MMMM yyyy"))


def _day_of(moment: int) -> date:
    try:
        return datetime.fromtimestamp(moment / MICRO).date()
    except (ValueError, OverflowError, OSError):
        return date.max - timedelta(days=1)


def _midnight_of(day: date) -> int:
    try:
        return round(datetime.combine(day, time()).timestamp() * MICRO)
    except (ValueError, OverflowError, OSError):
        return 2**63 - 1
