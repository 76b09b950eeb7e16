"""Connected areas of an image, found by a union of runs of equal pixels (two-pass labelling)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

# Number of areas that are looked at one by one, each of which takes a pass over the image.
MOST_AREAS = 100


def label_areas(areas: np.ndarray) -> np.ndarray:
    """Return the number (height, width) of the connected area of equal values that each pixel of an image is in, from 0
    in the order of the values. Pixels are connected along edges, not corners.
    """
    numbers = np.empty(areas.shape, np.int32)
    count = 0
    for value in np.unique(areas):
        runs, parents = _connect_runs(areas == value)
        roots, indices = np.unique([find_root(parents, index) for index in range(len(parents))], return_inverse=True)
        for (row, start, end), index in zip(runs.tolist(), indices.tolist(), strict=True):
            numbers[row, start:end] = count + index
        count += len(roots)
    return numbers


def find_largest_areas(
    numbers: np.ndarray, margin: int, *, among: np.ndarray | None = None
) -> Iterator[tuple[int, tuple[slice, slice]]]:
    """Yield the numbers of the MOST_AREAS largest areas of `label_areas`, the largest first, with the rows and columns
    of their bounding boxes, `margin` pixels wider at each side.

    `among` are the numbers to choose from, if not all.
    """
    sizes = np.bincount(numbers.ravel())
    candidates = np.arange(len(sizes)) if among is None else among
    order = np.argsort(-sizes[candidates], kind="stable")[:MOST_AREAS]
    for number in candidates[order].tolist():
        box = Image.fromarray(numbers == number).getbbox()
        assert box is not None
        left, top, right, bottom = box
        yield number, np.s_[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]


def remove_islands(mask: np.ndarray, smallest: int, *, keep_largest: bool = True) -> np.ndarray:
    """Return a mask (height, width) without its connected areas of fewer than `smallest` pixels.

    With `keep_largest`, the largest area is kept in any case. Pixels are connected along edges, not corners. The time
    is linear in the number of runs of equal pixels.
    """
    runs, parents = _connect_runs(mask)
    if not len(runs):
        return mask.copy()
    roots = np.array([find_root(parents, index) for index in range(len(parents))])
    sizes = np.bincount(roots, runs[:, 2] - runs[:, 1])
    is_small = sizes < smallest
    if keep_largest:
        is_small &= sizes < sizes.max()
    kept = mask.copy()
    for row, start, end in runs[is_small[roots]]:
        kept[row, start:end] = False
    return kept


def find_root(parents: list[int], index: int) -> int:
    """Return the root of the tree that an index is in. Later searches along the same path are shorter."""
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _connect_runs(mask: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Return the runs (row, start, end) of a mask in reading order, and the parent of each in the forest of connected
    runs.
    """
    padded = np.pad(mask.astype(np.int8), ((0, 0), (1, 1)))
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    parents = list(range(len(rows)))
    above, current = 0, 0
    firsts = np.searchsorted(rows, np.arange(mask.shape[0] + 1)).tolist()
    start_list, end_list = starts.tolist(), ends.tolist()
    for row in range(1, mask.shape[0]):
        above, current, last = firsts[row - 1], firsts[row], firsts[row + 1]
        while above < firsts[row] and current < last:
            if start_list[above] < end_list[current] and start_list[current] < end_list[above]:
                parents[find_root(parents, current)] = find_root(parents, above)
            if end_list[above] < end_list[current]:
                above += 1
            else:
                current += 1
    return np.stack([rows, starts, ends], axis=1), parents
