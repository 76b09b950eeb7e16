"""Outlines of the areas of a flat image, as Bézier curves with few points.

The image is a planar map: every border between two areas is fitted once, and both areas use the same curve, so that
nothing shows between them. A border ends where three areas meet. Curves are fitted as in Schneider, "An Algorithm for
Automatically Fitting Digitized Curves" (Graphics Gems, 1990), with corners found before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gdm_studio.common.connected_areas import label_areas

# Points (n, 2) of a curve as (x, y): a start, followed by three points for each cubic Bézier segment.
Curve = np.ndarray

# Largest distance between the pixels' border and a curve, and a line in its place, in pixels.
_TOLERANCE = 0.8
_LINE_TOLERANCE = 0.8
# Pixels before and after a point that decide whether it is a corner, and the smallest turn there in radians.
_REACH = 9
_CORNER = 0.9
# Share of the turn within twice the reach that a corner makes within the reach. A circle makes half of it.
_SHARPNESS = 0.68
# Largest distance in pixels by which a corner that smoothing has rounded is moved outwards.
_MOST_SHARPENING = 4.0
# Largest turn in radians of a border that continues smoothly where a third area begins.
_SMOOTH_TURN = 0.6
# Points of a border that are compared with a curve. More would only take more time.
_MOST_POINTS = 160
_REFINEMENTS = 3
# Points beside another one that give the tangent there, and those that smoothing has moved at a corner.
_TANGENT_SPAN = 5
_SMOOTHED_SPAN = 5
# Cosine of the largest angle between a straight line and the tangent of the curve that it continues. A larger one shows
# as a facet of a round shape.
_MIN_TANGENT_COSINE = 0.9945
# Points on each side of another one from which its place on a smooth border is estimated, from a detailed border to a
# border with few bends. More points are used where they agree with the pixels' border within _MAX_UNEVENNESS pixels.
_SPANS = (6, 12, 24, 40)
_MAX_UNEVENNESS = 1.8
# Weights of the points around another one in its smoothed place.
_KERNEL = (1 / 9, 2 / 9, 3 / 9, 2 / 9, 1 / 9)
# (rows, columns) of a step right, down, left and up, and the pixels at its left and right side.
_STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))
_LEFT = ((-1, 0), (0, 0), (0, -1), (-1, -1))
_RIGHT = ((0, 0), (0, -1), (-1, -1), (-1, 0))
_OUTSIDE = -1
# Width in pixels by which a shape extends below another one.
_OVERLAP = 1.2


@dataclass(frozen=True)
class Shape:
    """Area of one colour, as closed outlines with the inside on their left. Holes are outlines too."""

    # Index of the colour in the palette.
    colour: int
    outlines: tuple[Curve, ...]


@dataclass
class _Border:
    """Border between two areas: the corners of pixels (n, 2) as (row, column), and the area at each side."""

    corners: np.ndarray
    left: int
    right: int
    # True for a closed border at which no third area begins.
    is_loop: bool

    def end(self, place: int) -> tuple[int, int]:
        """Return the first corner (row, column) of the border if `place` is 0, or the last one if it is -1."""
        row, column = self.corners[place].tolist()
        return row, column


def trace_shapes(areas: np.ndarray, transparent: int) -> Iterator[Shape]:
    """Yield the shapes of an image (height, width) of colour indices, from back to front.

    A shape includes the areas inside it, which are painted over it later. It also extends slightly below a neighbour
    that is painted later, so that no gap shows between the two, but not as far as the neighbour's other edges, where
    its colour would show.
    """
    regions, colours, sizes = _find_regions(areas, transparent)
    borders = _find_borders(regions)
    curves = _fit_borders(borders)
    lengths: dict[int, dict[int, int]] = defaultdict(dict)
    for border in borders:
        for own, other in ((border.left, border.right), (border.right, border.left)):
            lengths[own][other] = lengths[own].get(other, 0) + len(border.corners)
    pending = _split_connected(set(range(len(colours))), lengths)[::-1]
    while pending:
        group = pending.pop()
        base = max(group, key=lambda region: (_length_outside(region, group, lengths), sizes[region]))
        parts = _split_connected(group - {base}, lengths)
        beside = {region for part in parts if any(_length_outside(each, group, lengths) for each in part) for
                  region in part}  # fmt: skip
        yield Shape(colours[base], tuple(_join_outlines(borders, curves, group - beside, beside)))
        pending += reversed(parts)


def _find_regions(areas: np.ndarray, transparent: int) -> tuple[np.ndarray, list[int], list[int]]:
    """Return the connected areas of one colour as numbers (height + 2, width + 2), with a border of _OUTSIDE around
    the image, and the colour and the number of pixels of each.
    """
    padded = np.pad(areas, 1, constant_values=transparent)
    numbers = label_areas(padded)
    firsts = np.unique(numbers, return_index=True)[1]
    colour_of = padded.ravel()[firsts]
    is_shape = colour_of != transparent
    order = np.where(is_shape, np.cumsum(is_shape) - 1, _OUTSIDE)
    regions = order[numbers]
    sizes = np.bincount(regions[regions >= 0], minlength=int(is_shape.sum()))
    return regions, colour_of[is_shape].tolist(), sizes.tolist()


def _split_connected(group: set[int], lengths: dict[int, dict[int, int]]) -> list[set[int]]:
    """Return the parts of a group of regions that have no border with each other, in the order of their numbers."""
    parts = []
    left = set(group)
    for first in sorted(group):
        if first not in left:
            continue
        left.discard(first)
        part, queue = {first}, [first]
        while queue:
            near = lengths[queue.pop()].keys() & left
            left -= near
            part |= near
            queue += near
        parts.append(part)
    return parts


def _length_outside(region: int, group: set[int], lengths: dict[int, dict[int, int]]) -> int:
    return sum(length for other, length in lengths[region].items() if other not in group)


def _find_borders(regions: np.ndarray) -> list[_Border]:
    """Return the borders between all regions of an image that _OUTSIDE surrounds."""
    height, width = regions.shape
    # Whether the corner of a pixel (row, column) has an edge to the right or downwards, along the pixel's top or left.
    right = np.zeros((height + 1, width + 1), bool)
    down = np.zeros((height + 1, width + 1), bool)
    right[1:height, :width] = regions[1:] != regions[:-1]
    down[:height, 1:width] = regions[:, 1:] != regions[:, :-1]
    edges = np.zeros((height + 1, width + 1), np.uint8)
    edges |= right
    edges |= down.astype(np.uint8) << 1
    edges[:, 1:] |= right[:, :-1].astype(np.uint8) << 2
    edges[1:] |= down[:-1].astype(np.uint8) << 3
    is_junction = ((edges & 1) + (edges >> 1 & 1) + (edges >> 2 & 1) + (edges >> 3)) > 2
    ends = {(int(row), int(column)) for row, column in np.argwhere(is_junction)}
    free: dict[tuple[int, int], int] = {
        (int(row), int(column)): int(edges[row, column]) for row, column in np.argwhere(edges)
    }
    borders = []
    for start in [*sorted(ends), *sorted(free.keys() - ends)]:
        while free[start]:
            borders.append(_follow_border(start, free, ends, regions))
    return borders


def _follow_border(
    start: tuple[int, int], free: dict[tuple[int, int], int], ends: set[tuple[int, int]], regions: np.ndarray
) -> _Border:
    """Follow the border that begins at the corner `start`, and return it. Its edges are removed from the unused edges
    `free`.
    """
    corners = [start]
    place = start
    first = -1
    while first < 0 or (place != start and place not in ends):
        bits = free[place]
        direction = (bits & -bits).bit_length() - 1
        first = direction if first < 0 else first
        following = (place[0] + _STEPS[direction][0], place[1] + _STEPS[direction][1])
        free[place] &= ~(1 << direction)
        free[following] &= ~(1 << (direction ^ 2))
        place = following
        corners.append(place)
    left, right = ((start[0] + row, start[1] + column) for row, column in (_LEFT[first], _RIGHT[first]))
    return _Border(np.array(corners), int(regions[left]), int(regions[right]), start not in ends)


def _fit_borders(borders: Sequence[_Border]) -> list[Curve]:
    """Return a curve for each border. Where a border continues smoothly at a junction, both curves have one tangent."""
    lines = [_smooth(border) for border in borders]
    meetings: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for number, border in enumerate(borders):
        if not border.is_loop:
            meetings[border.end(0)].append((number, 0))
            meetings[border.end(-1)].append((number, -1))
    tangents: dict[tuple[int, int], np.ndarray] = {}
    for meeting in meetings.values():
        away = [_direction(lines[number] if end == 0 else lines[number][::-1]) for number, end in meeting]
        pairs = [(float(away[one] @ away[other]), one, other) for one in range(len(away)) for other in range(one)]
        turn, one, other = min(pairs)
        if turn > -np.cos(_SMOOTH_TURN):
            continue
        tangents[meeting[one]] = _unit(away[one] - away[other])
        tangents[meeting[other]] = -tangents[meeting[one]]
        # The junction is at the corner of a pixel, half a pixel beside a smooth border.
        beside = [lines[number][1 if end == 0 else -2] for number, end in (meeting[one], meeting[other])]
        for number, end in meeting:
            lines[number][end] = (beside[0] + beside[1]) / 2
    return [
        _fit_line(line, border.is_loop, tangents.get((number, 0)), tangents.get((number, -1)))
        for number, (border, line) in enumerate(zip(borders, lines, strict=True))
    ]


def _smooth(border: _Border) -> np.ndarray:
    """Return the points (n, 2) of a border as (x, y), without the steps between pixels. The ends stay in place."""
    corners = border.corners[:, ::-1] - 1.0
    middles = (corners[1:] + corners[:-1]) / 2
    if border.is_loop:
        shifted = [weight * np.roll(middles, shift, axis=0) for shift, weight in enumerate(_KERNEL, -2)]
        smooth = np.sum(shifted, axis=0)
        return np.concatenate([smooth, smooth[:1]])
    line = np.concatenate([corners[:1], middles, corners[-1:]])
    padded = np.concatenate([np.repeat(line[:1], 2, axis=0), line, np.repeat(line[-1:], 2, axis=0)])
    smooth = np.sum([weight * padded[start : start + len(line)] for start, weight in enumerate(_KERNEL)], axis=0)
    smooth[0], smooth[-1] = line[0], line[-1]
    return smooth


def _fit_line(line: np.ndarray, is_loop: bool, start: np.ndarray | None, end: np.ndarray | None) -> Curve:
    """Return a curve along the points (n, 2) of a line. `start` and `end` are the unit tangents there that point into
    the line, or None if they are free.
    """
    corners = _find_corners(line, is_loop)
    if is_loop:
        line = line[:-1]
        first = corners[0] if corners else int(line[:, 1].argmin())
        line = np.roll(line, -first, axis=0)
        places = [(corner - first) % len(line) for corner in corners]
        sharp = [_sharpen(line, place, is_loop) for place in places]
        line = np.concatenate([line, line[:1]])
        if corners:
            places.append(len(line) - 1)
            sharp.append(sharp[0])
        else:
            places, sharp = [0, len(line) - 1], [line[0], line[0]]
            start = _unit(line[min(_TANGENT_SPAN, len(line) - 1)] - line[-1 - min(_TANGENT_SPAN, len(line) - 1)])
            end = -start
    else:
        places = [0, *corners, len(line) - 1]
        sharp = [line[0], *(_sharpen(line, corner, is_loop) for corner in corners), line[-1]]
    segments = []
    for number, (one, other) in enumerate(zip(places, places[1:], strict=False)):
        is_first, is_last = number == 0, number == len(places) - 2
        # Points that smoothing has moved inwards at a corner say nothing about the lines beside it.
        skipped = min(_SMOOTHED_SPAN, (other - one) // 4)
        inner = line[one + (skipped if one in corners or (is_loop and corners) else 1) : other + 1]
        inner = inner[: -skipped or None] if not is_last or (is_loop and corners) else inner[:-1]
        points = np.concatenate([sharp[number][None], inner, sharp[number + 1][None]])
        points = _straighten(points, is_closed=is_loop and not corners)
        segments += _fit_points(points, start if is_first else None, end if is_last else None)
    return np.concatenate([sharp[0][None], *segments])


def _straighten(points: np.ndarray, *, is_closed: bool) -> np.ndarray:
    """Return the points (n, 2) of a line without corners and without its small bends. Its ends stay in place, unless it
    is closed.

    Each place is that of the parabola through the points around it (Savitzky and Golay, 1964), so that a round line
    does not shrink.
    """
    count = len(points) - is_closed
    smooth = points
    for span in _SPANS:
        if 4 * span > count:
            break
        if is_closed:
            padded = np.concatenate([points[count - span : count], points[:count], points[:span]])
        else:
            before, after = 2 * points[:1] - points[span:0:-1], 2 * points[-1:] - points[-2 : -2 - span : -1]
            padded = np.concatenate([before, points, after])
        places = np.arange(-span, span + 1)
        norm = (2 * span + 3) * (2 * span + 1) * (2 * span - 1) / 3
        weights = (3 * span**2 + 3 * span - 1 - 5 * places**2) / norm
        wide = np.stack([np.convolve(axis, weights, "valid") for axis in padded.T], axis=1)
        if is_closed:
            wide = np.concatenate([wide, wide[:1]])
        # The change from one span to another is gradual.
        is_even = np.pad(np.hypot(*(wide - points).T) <= _MAX_UNEVENNESS, span, mode="wrap" if is_closed else "edge")
        agreed = np.convolve(~is_even, np.ones(2 * span + 1), "valid") < 0.5
        padded_share = np.pad(agreed.astype(float), span // 2, mode="wrap" if is_closed else "edge")
        share = np.convolve(padded_share, np.full(span // 2 * 2 + 1, 1 / (span // 2 * 2 + 1)), "valid")[:, None]
        smooth = share * wide + (1 - share) * smooth
    if is_closed:
        smooth[-1] = smooth[0]
    return smooth


def _find_corners(line: np.ndarray, is_loop: bool) -> list[int]:
    """Return the places of the corners of a line, in order."""
    count = len(line) - is_loop
    reach = min(_REACH, count // 8)
    if reach < 3:
        return []
    places = np.arange(count)

    def turns(distance: int) -> np.ndarray:
        if is_loop:
            before, after = line[(places - distance) % count], line[(places + distance) % count]
        else:
            before, after = line[np.maximum(places - distance, 0)], line[np.minimum(places + distance, count - 1)]
        one, other = line[:count] - before, after - line[:count]
        cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
        return np.abs(np.arctan2(cross, (one * other).sum(1)))

    near, far = turns(reach), turns(2 * reach)
    is_corner = (near > _CORNER) & (near > _SHARPNESS * far)
    if not is_loop:
        is_corner[: reach // 2] = is_corner[count - reach // 2 :] = False
    corners: list[int] = []
    for place in places[is_corner][np.argsort(-near[is_corner], kind="stable")].tolist():
        distances = [abs(place - other) for other in corners]
        if all((min(each, count - each) if is_loop else each) > reach for each in distances):
            corners.append(place)
    return sorted(corners)


def _sharpen(line: np.ndarray, corner_index: int, is_loop: bool) -> np.ndarray:
    """Return the sharp corner of a line near its point `corner_index`: the intersection of the straight parts on both
    sides if it is close enough, else the point itself.
    """
    count = len(line)
    offsets = np.array([-2 * _SMOOTHED_SPAN, -_SMOOTHED_SPAN, _SMOOTHED_SPAN, 2 * _SMOOTHED_SPAN]) + corner_index
    far, near, after, farther = line[offsets % count if is_loop else np.clip(offsets, 0, count - 1)]
    one, other = near - far, after - farther
    cross = one[0] * other[1] - one[1] * other[0]
    if abs(cross) < 0.1 * np.hypot(*one) * np.hypot(*other) + 1e-9:
        return line[corner_index]
    between = after - near
    meeting = near + one * (between[0] * other[1] - between[1] * other[0]) / cross
    return meeting if np.hypot(*(meeting - line[corner_index])) <= _MOST_SHARPENING else line[corner_index]


def _fit_points(points: np.ndarray, start: np.ndarray | None, end: np.ndarray | None) -> list[np.ndarray]:
    """Return the Bézier segments (3, 2) along points (n, 2), without the first point."""
    segments: list[np.ndarray] = []
    pending = [(points, start, end)]
    while pending:
        points, start, end = pending.pop()
        if (straight := _fit_straight_segment(points, start, end)) is not None:
            segments.append(straight)
            continue
        start = _direction(points) if start is None else start
        end = _direction(points[::-1]) if end is None else end
        sample = points
        if len(points) > _MOST_POINTS:
            sample = points[np.linspace(0, len(points) - 1, _MOST_POINTS).round().astype(int)]
        segment, distances = _fit_segment(sample, start, end)
        if distances.max() <= _TOLERANCE:
            segments.append(segment)
            continue
        place = int(distances.argmax() * (len(points) - 1) / (len(sample) - 1))
        place = min(max(place, 2), len(points) - 3)
        before, after = points[max(0, place - _TANGENT_SPAN)], points[min(len(points) - 1, place + _TANGENT_SPAN)]
        tangent = _unit(before - after)
        pending.append((points[place:], -tangent, end))
        pending.append((points[: place + 1], start, tangent))
    return segments


def _fit_straight_segment(points: np.ndarray, start: np.ndarray | None, end: np.ndarray | None) -> np.ndarray | None:
    """Return the segment of a straight line if the points are on it and the tangents agree, else None."""
    first, last = points[0], points[-1]
    chord = last - first
    length = np.hypot(*chord)
    if len(points) > 5:
        if length < 1e-9:
            return None
        offset = points - first
        if np.abs(offset[:, 0] * chord[1] - offset[:, 1] * chord[0]).max() > _LINE_TOLERANCE * length:
            return None
        tangents = [tangent for tangent in (start, None if end is None else -end) if tangent is not None]
        is_bent = [tangent @ chord < _MIN_TANGENT_COSINE * length for tangent in tangents]
        if any(is_bent):
            return None
    return np.stack([first, last, last])


def _fit_segment(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a cubic segment (3, 2) along points, with these tangents, and the distance of each point from it."""
    first, last = points[0], points[-1]
    steps = np.hypot(*np.diff(points, axis=0).T)
    shares = np.concatenate([[0.0], np.cumsum(steps)])
    shares /= shares[-1] or 1.0
    for refinement in range(_REFINEMENTS + 1):
        segment = _solve_control_points(points, shares, start, end)
        controls = np.concatenate([first[None], segment])
        offset = _evaluate(controls, shares) - points
        distances = np.hypot(*offset.T)
        if distances.max() <= _TOLERANCE or distances.max() > 8 * _TOLERANCE or refinement == _REFINEMENTS:
            break
        # One step of Newton's method towards the nearest place of the curve.
        once, twice = 3 * np.diff(controls, axis=0), 6 * np.diff(controls, n=2, axis=0)
        speed, bend = _evaluate(once, shares), _evaluate(twice, shares)
        slope = (speed**2).sum(1) + (offset * bend).sum(1)
        shares = np.clip(shares - (offset * speed).sum(1) / np.where(np.abs(slope) < 1e-9, 1.0, slope), 0.0, 1.0)
    segment[-1] = last
    return segment, distances


def _solve_control_points(points: np.ndarray, shares: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the control points whose distances along the tangents fit best, by least squares."""
    first, last = points[0], points[-1]
    rest = 1 - shares
    weights = 3 * rest**2 * shares, 3 * rest * shares**2
    one, other = weights[0][:, None] * start, weights[1][:, None] * end
    fixed = (rest**3 + weights[0])[:, None] * first + (shares**3 + weights[1])[:, None] * last
    missing = points - fixed
    a, b, c = (one**2).sum(), (one * other).sum(), (other**2).sum()
    x, y = (one * missing).sum(), (other * missing).sum()
    length = np.hypot(*(last - first))
    determinant = a * c - b * b
    third = length / 3
    lengths = ((x * c - y * b) / determinant, (a * y - b * x) / determinant) if abs(determinant) > 1e-9 else (0, 0)
    if min(lengths) < 1e-3 * length or max(lengths) > 3 * np.hypot(*np.ptp(points, axis=0)):
        lengths = (third, third)
    return np.stack([first + lengths[0] * start, last + lengths[1] * end, last])


def _evaluate(controls: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the points of a Bézier curve of any degree at shares (n,) from 0 to 1, by de Casteljau's algorithm."""
    level = np.repeat(controls[None], len(shares), axis=0)
    weight = shares[:, None, None]
    while level.shape[1] > 1:
        level = (1 - weight) * level[:, :-1] + weight * level[:, 1:]
    return level[:, 0]


def _direction(line: np.ndarray) -> np.ndarray:
    """Return the unit tangent at the start of a line."""
    return _unit(line[min(_TANGENT_SPAN, len(line) - 1)] - line[0])


def _unit(vector: np.ndarray) -> np.ndarray:
    length = np.hypot(*vector)
    return vector / length if length > 1e-9 else np.array([1.0, 0.0])


def _join_outlines(
    borders: Sequence[_Border], curves: Sequence[Curve], group: set[int], neighbours: set[int]
) -> Iterator[Curve]:
    """Yield the closed outlines around a group of regions, which extends below its `neighbours`."""
    onward: dict[tuple[int, int], list[tuple[tuple[int, int], Curve]]] = defaultdict(list)
    for border, curve in zip(borders, curves, strict=True):
        if (border.left in group) == (border.right in group):
            continue
        start, end, other, directed = border.end(0), border.end(-1), border.right, curve
        if border.left not in group:
            start, end, other, directed = end, start, border.left, curve[::-1]
        if other in neighbours:
            directed = _offset_curve(directed, is_loop=border.is_loop)
        if border.is_loop:
            yield directed
        else:
            onward[start].append((end, directed))
    for start in list(onward):
        while onward[start]:
            place = start
            parts: list[Curve] = []
            while onward[place]:
                place, curve = onward[place].pop()
                parts.append(curve if not parts else curve[1:])
            yield np.concatenate(parts)


def _offset_curve(curve: Curve, *, is_loop: bool) -> Curve:
    """Return a curve moved to its right, except for the ends of an open one."""
    along = np.gradient(curve, axis=0)
    # Control points may coincide at a line's ends.
    along[(along == 0).all(1)] = curve[-1] - curve[0]
    lengths = np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    moved = curve + _OVERLAP * np.stack([-along[:, 1], along[:, 0]], axis=1) / lengths
    if is_loop:
        moved[-1] = moved[0]
    else:
        moved[0], moved[-1] = curve[0], curve[-1]
    return moved
