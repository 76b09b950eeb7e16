"""Stacks of near-identical images: consecutive images that look alike or differ only in their seeds."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.gallery.database import transaction
from gdm_studio.gallery.database_connection import Connection
from gdm_studio.gallery.folder_scan import SLICE
from gdm_studio.gallery.index import LAST, Index, check_types
from gdm_studio.gallery.similarity import SimilaritySearch

if TYPE_CHECKING:
    from gdm_studio.gallery.saved_image import Picture

# Images per step of `update` and of `read`, and number of pairs that `compare` reads at once.
ROWS, READ, PAIRS = 1_000, 10_000, 16
# Longest time between two consecutive images of a stack, in microseconds.
LONGEST_GAP = 3_600 * 10**6
# Values of the column `joins`: the image does not join the previous image's stack, it does, or its pixels have to be
# compared first.
NO, YES, UNDECIDED = 0, 1, 2
# Minimum visual similarity (0 … 1) of two images of a stack whose settings differ.
LEAST_SIMILARITY = 0.92


@dataclass
class StackRanges:
    """Stacks of near-identical consecutive images, each stored as the creation timestamps (µs) of its first and last
    image. The stacks are in ascending order and do not overlap.
    """

    firsts: array[int] = field(default_factory=lambda: array("q"))
    lasts: array[int] = field(default_factory=lambda: array("q"))

    def find(self, moment: int) -> int:
        """Return the index of the stack that contains the image with this creation timestamp, or -1 if no stack
        contains it.
        """
        place = bisect_right(self.firsts, moment) - 1
        return place if place >= 0 and moment <= self.lasts[place] else -1

    def append_pair(self, before: int, moment: int) -> None:
        """Record that the image created at `moment` is in the same stack as the image before it, created at `before`
        (timestamps in µs).

        Pairs must be added in ascending order.
        """
        if self.lasts and self.lasts[-1] == before:
            self.lasts[-1] = moment
        else:
            self.firsts.append(before)
            self.lasts.append(moment)


class Stacks:
    """Stacks of near-identical images in the gallery. For each image, the index stores whether it belongs to the same
    stack as the image before it.

    It does if it was created at most an hour later, and either only the seeds differ or the pixels are nearly the same.
    Methods raise StorageError.
    """

    def __init__(self, connection: Connection, similarity: SimilaritySearch) -> None:
        self._connection = connection
        self._similarity = similarity

    def update(self) -> Iterator[int]:
        """Update the stacks with new images: decide from its settings whether each belongs to the stack of the image
        before it. Works in steps of about 10 ms, newest images first.

        Yields the number of images compared in each step.
        """
        newest = LAST
        while newest:
            compared, newest = self._connection.run(partial(_join_by_settings, newest=newest))
            yield compared

    def compare(self) -> Iterator[int]:
        """Compare the pixels of consecutive images to decide whether they form a stack, if their settings did not
        decide it in `update`. Works in steps of about 10 ms, newest images first.

        Yields the number of images that joined a stack in each step.
        """
        while pairs := self._connection.run(_find_undecided):
            until = time.perf_counter() + SLICE
            decided: list[tuple[int, int]] = []
            for before, moment in pairs:
                pictures = self._connection.run(partial(Index.at, moments=(before, moment)))
                decided.append((YES if self._are_alike(pictures) else NO, moment))
                if time.perf_counter() > until:
                    break
            self._connection.run(partial(_save_decisions, decided=decided))
            yield sum(joins == YES for joins, _ in decided)

    def read(self) -> Iterator[StackRanges]:
        """Read the stacks of the gallery, and yield all those read so far about every 10 ms.

        The last value is complete.
        """
        ranges = StackRanges()
        after = 0
        while pairs := self._connection.run(partial(_read_joined, after=after)):
            for before, moment in pairs:
                ranges.append_pair(before, moment)
            after = pairs[-1][1]
            yield ranges
        yield ranges

    def _are_alike(self, pictures: list[Picture]) -> bool:
        return len(pictures) == 2 and self._similarity.between(*pictures) >= LEAST_SIMILARITY


def _join_by_settings(index: Index, newest: int) -> tuple[int, int]:
    """Decide from the settings whether each of the next ROWS images, back in time from the timestamp `newest`, is in
    the same stack as the image before it. Returns the number of images compared and the next `newest`, or 0 at the end.
    """
    sql = "SELECT row, series FROM pictures WHERE row <= ? ORDER BY row DESC LIMIT ?"
    rows = list(check_types(index.connection.execute(sql, (newest, ROWS)), int, str))
    if not rows:
        return 0, 0
    sql = "SELECT row, before FROM stacks WHERE row BETWEEN ? AND ?"
    known = dict(check_types(index.connection.execute(sql, (rows[-1][0], rows[0][0])), int, int))
    pairs: list[tuple[int, int, int]] = []
    for (row, series), (before, previous) in zip(rows, rows[1:], strict=False):
        if known.get(row) != before:
            near = row - before <= LONGEST_GAP
            pairs.append((row, before, (YES if series == previous else UNDECIDED) if near else NO))
    with transaction(index.connection):
        index.connection.executemany("INSERT OR REPLACE INTO stacks VALUES (?, ?, ?)", pairs)
    return len(pairs), rows[-1][0] if len(rows) == ROWS else 0


def _find_undecided(index: Index) -> list[tuple[int, int]]:
    """Return the newest pairs of consecutive images whose pixels must be compared to decide whether they form a stack,
    as (earlier timestamp, later timestamp).
    """
    sql = f"SELECT before, row FROM stacks WHERE joins = {UNDECIDED} ORDER BY row DESC LIMIT {PAIRS}"
    return list(check_types(index.connection.execute(sql), int, int))


def _save_decisions(index: Index, decided: list[tuple[int, int]]) -> None:
    with transaction(index.connection):
        index.connection.executemany("UPDATE stacks SET joins = ? WHERE row = ?", decided)


def _read_joined(index: Index, after: int) -> list[tuple[int, int]]:
    """Return the next pairs of consecutive images in the same stack, as (earlier timestamp, later timestamp), for
    images created after the timestamp `after`.
    """
    sql = f"SELECT before, row FROM stacks WHERE joins = {YES} AND row > ? ORDER BY row LIMIT {READ}"
    return list(check_types(index.connection.execute(sql, (after,)), int, int))
