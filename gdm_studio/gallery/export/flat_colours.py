"""Reduction of an image to a few flat colours, as in a drawing that a designer made.

The palette comes from the inside of areas, so that the mixed colours of soft edges do not become colours of their own.
Each pixel of an edge gets the colour of one of the areas beside it, and all borders are smoothed. Distances between
colours are those of Oklab. The palette of a set keeps greys grey: there, tints of grey are further apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import numpy as np
from PIL import Image, ImageFilter

from gdm_studio.common.connected_areas import find_largest_areas, find_root, label_areas, remove_islands
from gdm_studio.common.errors import StudioError
from gdm_studio.common.pixel_masks import largest
from gdm_studio.gallery.export.edge_lines import (
    join_edge_lines,
    needs_outline,
    outline_all,
    outline_pale_parts,
)
from gdm_studio.gallery.export.export_source import WHITE, Colour
from gdm_studio.gallery.export.masks import (
    OPAQUE,
    REFERENCE_SIDE,
    grow,
    shrink,
)
from gdm_studio.gallery.export.oklab import squared_distances, squared_tint_distances, to_oklab

# Limits of the user's choices. MOST_COLOURS is also the most that an image gets as needed.
FEWEST_COLOURS = 2
MOST_COLOURS = 16
# Most colours of the palette that the images of a set share as needed.
MOST_SHARED = 24
MOST_SMOOTHING = 4.0
LARGEST_AREA = 400
# Largest distance between two colours in Oklab that are one colour to the eye in a drawing.
_SAME_COLOUR = 0.05
# Distance in Oklab below which nobody can tell two colours apart.
_EQUAL_COLOUR = 0.02
# Side of the cells of Oklab in which the colours of a set's images are one colour.
_SHARED_CELL = 0.01
# Largest distance of an image's colour from the colour of a shared palette that replaces it, where tints count.
_MAX_PALETTE_DISTANCE = 0.1
# Smallest distance, times the smaller area's share of the image, of two colours of an image that do not become one of a
# shared palette.
_MIN_SEPARATION = 0.005
# Largest difference of a channel between the neighbours of a pixel inside a flat area, of 255.
_MAX_FLAT_DIFFERENCE = 28
# Largest difference of a pixel from the lightest or the darkest around it, of 255, at which it is no mixture.
_MAX_RIDGE_DIFFERENCE = 4
_LUMA = np.array([0.299, 0.587, 0.114])
# Pixels, at the reference side, from which an edge pixel can get its colour, and to the neighbours of a flat pixel.
_EDGE_REACH = 8 / 3
_FLAT_RADIUS = 1.0
# Smallest change of colour in Oklab between the sides of a border, and the distance of those from it in pixels.
_MIN_STEP = 0.05
_STEP_DISTANCE = 1.5
# The same distance at a soft border, and the smallest change there, times the smaller area's share of the image,
# between two areas that differ to the eye. A large area needs little contrast.
_SOFT_STEP_DISTANCE = 3.0
_MIN_SOFT_STEP = 0.0026
# Smallest fraction of the difference between two areas by which the image changes at their soft border. A gradient
# changes evenly.
_MIN_STEEPNESS = 0.2
# Largest difference between two areas of one gradient.
_MAX_GRADIENT_DIFFERENCE = 0.16
# Number of colours from which the palette of an image is merged, and the most from which a shared palette is.
_SAMPLE_COLOURS = 64
_MOST_CELLS = 768
_MOST_SAMPLED = 2**16
# Pixels whose colour distances are computed at a time.
_CHUNK = 2**18
# Distance in pixels, at the reference side, up to which mirrored borders count as symmetric.
_MIRROR_TOLERANCE = 1.0
# Colours that replace those that nobody can tell from them.
_EXTREMES: tuple[Colour, ...] = ((0, 0, 0), (255, 255, 255))


class Outline(StrEnum):
    """Lines that are drawn along the edge of a flat image."""

    NONE = "none"
    # Pale parts, in a darker tone of their own, if they are a considerable part of the edge. The images of a set get
    # none, so that they stay in the style in which they are drawn.
    AS_NEEDED = "auto"
    PALE_PARTS = "pale"
    # Everything, in a dark shade of the darkest colour, outside the subject.
    ALL = "all"


@dataclass(frozen=True)
class FlatStyle:
    """Style of an image in flat colours. Lengths are in pixels of an image with REFERENCE_SIDE pixels."""

    # Largest number of colours, or None for as many as the image needs.
    colours: int | None = None
    # Radius by which borders are smoothed. 0 keeps every corner.
    smoothing: float = 1.0
    # Smaller areas, in square pixels, are removed.
    smallest_area: int = 24
    # The lines that are drawn along the edge, so that the subject is seen on its background.
    outline: Outline = Outline.AS_NEEDED
    # The background on which the image is seen. A part in a similar colour is pale.
    ground: Colour = WHITE
    # The colours to use, as those of the other images of a set. Empty means the image's own.
    palette: tuple[Colour, ...] = ()


@dataclass(frozen=True)
class FlatImage:
    """Image of flat areas: the index in the palette of each pixel, or len(palette) for a transparent pixel."""

    # (height, width), uint8
    areas: np.ndarray
    # (colours, 3), uint8
    palette: np.ndarray

    def to_rgba(self) -> np.ndarray:
        """Return the image as RGBA (height, width, 4), in which every pixel is opaque or transparent."""
        colours = np.zeros((len(self.palette) + 1, 4), np.uint8)
        colours[:-1, :3] = self.palette
        colours[:-1, 3] = 255
        return colours[self.areas]


def flatten(picture: Image.Image, style: FlatStyle) -> FlatImage:
    """Reduce an RGBA image to flat areas. Raises StudioError if it has no opaque pixels."""
    pixels = np.asarray(picture)
    scale = max(pixels.shape[:2]) / REFERENCE_SIDE
    is_opaque = remove_islands(pixels[..., 3] >= OPAQUE, round(style.smallest_area * scale**2))
    if not is_opaque.any():
        raise StudioError("There is nothing opaque in this picture; export it as PNG.")
    is_inside = _find_flat_pixels(pixels[..., :3], is_opaque, _round_radius(_FLAT_RADIUS * scale))
    palette = _choose_palette(_select_samples(pixels[..., :3], is_opaque, is_inside), style.colours)
    areas = _assign_colours(pixels[..., :3], is_inside, palette, _round_radius(_EDGE_REACH * scale))
    areas[~is_opaque] = len(palette)
    smallest = round(style.smallest_area * scale**2)
    areas = _remove_small_areas(areas, len(palette), smallest)
    areas = _merge_gradients(areas, pixels[..., :3], palette, scale)
    if style.palette:
        areas, palette = _replace_colours(areas, palette, np.array(style.palette, np.uint8))
    areas = _smooth_borders(areas, len(palette) + 1, style.smoothing * scale, _MIRROR_TOLERANCE * scale)
    areas = _balance_parts(areas, len(palette), style.smoothing * scale, _MIRROR_TOLERANCE * scale)
    # Smoothing cuts off the thin ends of areas. It also makes small parts smaller, which are kept.
    areas = _remove_small_areas(areas, len(palette), smallest // 4)
    areas, palette = _remove_unused_colours(join_edge_lines(areas, palette, scale), palette)
    return FlatImage(*_merge_equal_colours(*_apply_outline(areas, palette, style, scale), style.palette))


def flatten_set(pictures: Sequence[Image.Image], style: FlatStyle) -> Iterator[FlatImage]:
    """Reduce each of the RGBA images of a set to flat areas in one palette.

    A colour that only one image needs belongs to the palette of the following images. Raises StudioError if an image
    has no opaque pixels.
    """
    style = with_shared_palette(style, pictures)
    for picture in pictures:
        flat = flatten(picture, style)
        yield flat
        used = ((int(red), int(green), int(blue)) for red, green, blue in flat.palette)
        style = replace(style, palette=tuple(dict.fromkeys((*style.palette, *used))))


def with_shared_palette(style: FlatStyle, pictures: Iterable[Image.Image]) -> FlatStyle:
    """Return the style with one palette for all of the given RGBA images, in which every image has equal weight, and
    without the outlines that an image would get as needed, so that no image differs in style from the others.

    Raises StudioError if no image has opaque pixels.
    """
    palettes, shares = [], []
    for picture in pictures:
        small = picture.convert("RGBa")
        small.thumbnail((REFERENCE_SIDE, REFERENCE_SIDE), Image.Resampling.BICUBIC)
        try:
            flat = flatten(small.convert("RGBA"), replace(style, outline=Outline.NONE, palette=()))
        except StudioError:
            continue
        sizes = np.bincount(flat.areas.ravel(), minlength=len(flat.palette) + 1)[: len(flat.palette)]
        palettes.append(flat.palette)
        shares.append(sizes / sizes.sum())
    if not palettes:
        raise StudioError("There is nothing opaque in these pictures; export them as PNG.")
    palette = _choose_shared_palette(np.concatenate(palettes), np.concatenate(shares), style.colours or MOST_SHARED)
    outline = Outline.NONE if style.outline is Outline.AS_NEEDED else style.outline
    return replace(
        style, outline=outline, palette=tuple((int(red), int(green), int(blue)) for red, green, blue in palette)
    )


def render(flat: FlatImage, side: int) -> np.ndarray:
    """Return a flat image as RGBA (height, width, 4) with smooth edges and `side` pixels on the longer side."""
    height, width = flat.areas.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    large = Image.fromarray(flat.to_rgba()).convert("RGBa")
    # Box and bilinear filters do not overshoot, so flat areas stay flat.
    method = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    return np.asarray(large.resize(size, method).convert("RGBA"))


def _apply_outline(
    areas: np.ndarray, palette: np.ndarray, style: FlatStyle, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return an image's areas and palette with the outline of its style."""
    if style.outline is Outline.ALL:
        # The images of a set get the same line.
        return outline_all(areas, palette, scale, np.array(style.palette or palette, np.uint8))
    is_needed = style.outline is Outline.AS_NEEDED and needs_outline(areas, palette, style.ground)
    if is_needed or style.outline is Outline.PALE_PARTS:
        return outline_pale_parts(areas, palette, style.ground, scale)
    return areas, palette


def _remove_unused_colours(areas: np.ndarray, palette: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return areas and palette without the colours that no area has."""
    used = np.unique(areas[areas < len(palette)])
    return np.searchsorted(used, areas).astype(np.uint8), palette[used]


def _merge_equal_colours(
    areas: np.ndarray, palette: np.ndarray, shared: Sequence[Colour]
) -> tuple[np.ndarray, np.ndarray]:
    """Return areas and palette with one colour for all that nobody can tell apart: a shared one if there is one, black
    or white, or else that of the largest area.
    """
    sizes = np.bincount(areas.ravel(), minlength=len(palette) + 1)[:-1]
    by_size = palette[np.argsort(-sizes, kind="stable")]
    candidates = np.array([*shared, *_EXTREMES, *by_size.tolist()], np.uint8)
    lab = to_oklab(candidates)
    is_equal = squared_distances(lab, lab) < _EQUAL_COLOUR**2
    # A candidate that equals an earlier one is left out, so that no two of the others are equal.
    kept: list[int] = []
    for index in range(len(candidates)):
        if index < len(shared) or not is_equal[index, kept].any():
            kept.append(index)
    squares = squared_distances(to_oklab(palette), lab[kept])
    chosen = squares.argmin(1).tolist()
    used = list(dict.fromkeys(chosen))
    order = np.array([*map(used.index, chosen), len(used)], np.uint8)
    return _remove_unused_colours(order[areas], candidates[kept][used])


def _round_radius(length: float) -> int:
    return max(1, round(length))


def _find_flat_pixels(rgb: np.ndarray, is_opaque: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask of the pixels in flat areas, whose opaque neighbours have similar colours."""
    is_flat = shrink(is_opaque, radius)
    for channel in np.moveaxis(rgb, -1, 0):
        high = largest(np.where(is_opaque, channel, 0), radius)
        low = 255 - largest(255 - np.where(is_opaque, channel, 255), radius)
        is_flat &= high.astype(int) - low < _MAX_FLAT_DIFFERENCE
    return is_flat | _find_ridges(rgb, is_opaque, 2 * radius)


def _find_ridges(rgb: np.ndarray, is_opaque: np.ndarray, radius: int) -> np.ndarray:
    """Return a mask of the pixels that are the darkest or the lightest around them, as in the middle of a stroke.

    Such a pixel is no mixture of the colours beside it, however thin the stroke is.
    """
    grey = (rgb @ _LUMA).astype(np.uint8)
    high = largest(np.where(is_opaque, grey, 0), radius).astype(int)
    low = 255 - largest(255 - np.where(is_opaque, grey, 255), radius)
    return is_opaque & ((grey <= low + _MAX_RIDGE_DIFFERENCE) | (grey >= high - _MAX_RIDGE_DIFFERENCE))


def _select_samples(rgb: np.ndarray, is_opaque: np.ndarray, is_inside: np.ndarray) -> np.ndarray:
    """Return the colours (n, 3) from which the palette is chosen: those inside flat areas, or all colours of an image
    with few of them.
    """
    return rgb[is_inside if is_inside.sum() > 0.2 * is_opaque.sum() else is_opaque]


def _choose_palette(sample: np.ndarray, limit: int | None) -> np.ndarray:
    """Return the palette of the colours (n, 3) of an image: at most `limit`, or without it, all that differ to the eye,
    up to MOST_COLOURS.
    """
    # Pillow takes seconds for more pixels.
    sample = sample[np.linspace(0, len(sample) - 1, min(len(sample), _MOST_SAMPLED)).astype(int)]
    strip = Image.fromarray(np.ascontiguousarray(sample)[None])
    # By coverage of the colour space, so that a small area is not lost to the noise of a large one.
    few = strip.quantize(_SAMPLE_COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    return _merge_colours(*_average_groups(sample, np.asarray(few)[0]), limit or MOST_COLOURS, squared_distances)


def _choose_shared_palette(colours: np.ndarray, shares: np.ndarray, limit: int) -> np.ndarray:
    """Return the palette of at most `limit` colours that images share, of the colours (n, 3) of their palettes and the
    shares (n) of these in their images.
    """
    cells = (to_oklab(colours) / _SHARED_CELL).round().astype(int)
    indices = np.unique(cells, axis=0, return_inverse=True)[1].reshape(-1)
    if indices.max() >= _MOST_CELLS:
        # Of very many colours, the rarer ones join the nearest frequent ones.
        order = np.argsort(-np.bincount(indices, shares), kind="stable")
        means, _ = _average_groups(colours, indices, shares)
        frequent = to_oklab(means[order[:_MOST_CELLS]])
        nearest = np.empty(len(means), int)
        nearest[order[:_MOST_CELLS]] = np.arange(_MOST_CELLS)
        for rarer in np.array_split(order[_MOST_CELLS:], -(-(len(order) - _MOST_CELLS) // _MOST_CELLS)):
            nearest[rarer] = squared_tint_distances(to_oklab(means[rarer]), frequent).argmin(1)
        indices = nearest[indices]
    return _merge_colours(*_average_groups(colours, indices, shares), limit, squared_tint_distances)


def _average_groups(
    colours: np.ndarray, indices: np.ndarray, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the means (m, 3) of the groups of colours (n, 3) with equal indices (n), and the shares (m) of the groups
    in the sum of the weights (n).
    """
    weights = np.ones(len(colours)) if weights is None else weights
    sums = np.bincount(indices, weights)
    means = np.stack([np.bincount(indices, weights * channel) for channel in colours.T.astype(float)], axis=1)
    return means[sums > 0] / sums[sums > 0, None], sums[sums > 0] / sums.sum()


def _merge_colours(
    colours: np.ndarray,
    shares: np.ndarray,
    limit: int,
    measure: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Merge similar colours (n, 3), and others until at most `limit` are left. `shares` (n) are their areas, and
    `measure` returns the squared distances of Oklab colours. Returns the palette, uint8.

    Two colours cost as much to merge as they are far apart, times the square root of their areas, so that a small area
    of a different colour keeps it.
    """

    def cost(some: slice) -> np.ndarray:
        lab, weights = to_oklab(colours), np.sqrt(shares)
        squares = measure(lab[some], lab)
        costs = squares * weights[some, None] * weights / (weights[some, None] + weights)
        # Colours that look the same are merged first, whatever their areas.
        costs[squares >= _SAME_COLOUR**2] += 1
        costs[:, shares == 0] = np.inf
        return costs

    costs = cost(slice(None))
    np.fill_diagonal(costs, np.inf)
    for left in range(len(shares), 1, -1):
        first, second = map(int, np.unravel_index(costs.argmin(), costs.shape))
        if left <= limit and costs[first, second] >= 1:
            break
        pair = [first, second]
        colours[first] = np.average(colours[pair], axis=0, weights=shares[pair])
        shares[first] += shares[second]
        shares[second] = 0
        costs[second] = costs[:, second] = np.inf
        costs[first] = cost(slice(first, first + 1))[0]
        costs[first, first] = np.inf
        costs[:, first] = costs[first]
    palette: np.ndarray = colours[shares > 0].round().astype(np.uint8)
    for extreme in np.array(_EXTREMES, np.uint8):
        palette[squared_distances(to_oklab(palette), to_oklab(extreme[None]))[:, 0] < _EQUAL_COLOUR**2] = extreme
    return np.array(list(dict.fromkeys(map(tuple, palette.tolist()))), np.uint8)


def _replace_colours(areas: np.ndarray, palette: np.ndarray, shared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Replace an image's own palette by the nearest colours of a shared palette. Return its areas and new palette.

    A colour that the shared palette lacks is kept, and so is one that would become equal to another colour of the image
    from which it differs to the eye.
    """
    sizes = np.bincount(areas.ravel(), minlength=len(palette) + 1)[:-1]
    lab = to_oklab(palette)
    distances = np.sqrt(squared_tint_distances(lab, to_oklab(shared)))
    colours: list[np.ndarray] = []
    # The new index of each colour, and the nearest colour that a shared colour replaces.
    order = np.full(len(palette) + 1, len(palette), np.uint8)
    users: dict[int, int] = {}
    for index in np.argsort(distances.min(1), kind="stable").tolist():
        nearest = int(distances[index].argmin())
        is_shared = distances[index, nearest] < _MAX_PALETTE_DISTANCE
        user = users.get(nearest) if is_shared else None
        if user is not None:
            contrast = np.hypot.reduce(lab[index] - lab[user]) * min(sizes[index], sizes[user])
            if contrast < _MIN_SEPARATION * sizes.sum():
                order[index] = order[user]
                continue
            is_shared = False
        order[index] = len(colours)
        if is_shared:
            users[nearest] = index
        colours.append(shared[nearest] if is_shared else palette[index])
    order[-1] = len(colours)
    return order[areas], np.array(colours)


def _assign_colours(rgb: np.ndarray, is_inside: np.ndarray, palette: np.ndarray, reach: int) -> np.ndarray:
    """Return the index of the palette's colour for each pixel (height, width): the nearest colour inside a flat area,
    and the nearest of the areas within `reach` pixels at an edge.
    """
    lab = to_oklab(palette)
    distances = np.empty((*is_inside.shape, len(palette)), np.float32)
    flat, pixels = distances.reshape(-1, len(palette)), rgb.reshape(-1, 3)
    for start in range(0, len(flat), _CHUNK):
        chunk = to_oklab(pixels[start : start + _CHUNK])
        flat[start : start + _CHUNK] = ((chunk[:, None] - lab) ** 2).sum(-1)
    nearest = distances.argmin(-1).astype(np.uint8)
    for index in range(len(palette)):
        is_near = grow(is_inside & (nearest == index), reach)
        distances[..., index][~is_near] = np.inf
    has_neighbour = ~is_inside & np.isfinite(distances).any(-1)
    return np.where(has_neighbour, distances.argmin(-1).astype(np.uint8), nearest)


def _remove_small_areas(areas: np.ndarray, colours: int, smallest: int) -> np.ndarray:
    """Give areas of one colour with fewer than `smallest` pixels the colour that prevails around them."""
    is_kept = np.zeros(areas.shape, bool)
    for index in range(colours):
        is_kept |= remove_islands(areas == index, smallest, keep_largest=False)
    is_removed = ~is_kept & (areas < colours)
    if not is_removed.any() or not is_kept.any():
        return areas
    # The radius of a disc of that area, so that its surroundings reach its centre.
    radius = (smallest / np.pi) ** 0.5
    shares = np.stack([_blur(is_kept & (areas == index), radius) for index in range(colours)])
    return np.where(is_removed & (shares.max(0) > 0), shares.argmax(0), areas).astype(np.uint8)


def _merge_gradients(areas: np.ndarray, rgb: np.ndarray, palette: np.ndarray, scale: float) -> np.ndarray:
    """Give neighbouring areas one colour if the image does not change where they meet, as within a gradient or noise.

    A small change is enough between large areas, whose border may be soft. `scale` is that of the image compared with
    the reference side.
    """
    regions = label_areas(areas)
    colour_of = areas.ravel()[np.unique(regions, return_index=True)[1]]
    own = np.concatenate([to_oklab(palette), np.zeros((1, 3))])[colour_of]
    means = own.copy()
    steps = _measure_steps(regions, rgb, own, _round_radius(_STEP_DISTANCE * scale))
    soft_steps = _measure_steps(regions, rgb, own, _round_radius(_SOFT_STEP_DISTANCE * scale))
    sizes = np.bincount(regions.ravel())
    opaque = sizes[colour_of < len(palette)].sum()
    parents = list(range(len(colour_of)))
    for pair in sorted((pair for pair, step in steps.items() if step < _MIN_STEP), key=lambda pair: steps[pair]):
        first, second = find_root(parents, pair[0]), find_root(parents, pair[1])
        is_transparent = len(palette) in colour_of[list(pair)]
        contrast = np.hypot.reduce(means[first] - means[second])
        # A gradient that ends in another colour has several areas.
        if first == second or is_transparent or contrast > _MAX_GRADIENT_DIFFERENCE:
            continue
        is_large = soft_steps[pair] * min(sizes[first], sizes[second]) >= _MIN_SOFT_STEP * opaque
        if is_large and soft_steps[pair] >= _MIN_STEEPNESS * np.hypot.reduce(own[pair[0]] - own[pair[1]]):
            continue
        parents[first] = second
        means[second] = np.average(means[[first, second]], axis=0, weights=sizes[[first, second]])
        sizes[second] += sizes[first]
    roots = np.array([find_root(parents, region) for region in range(len(parents))])
    votes = np.zeros((len(parents), len(palette) + 1))
    np.add.at(votes, (roots[regions.ravel()], areas.ravel()), 1)
    return votes.argmax(1)[roots].astype(np.uint8)[regions]


def _measure_steps(
    regions: np.ndarray, rgb: np.ndarray, colours: np.ndarray, distance: int
) -> dict[tuple[int, int], float]:
    """Return the mean change of colour in Oklab across the border of each pair of neighbouring regions.

    The image is compared `distance` pixels to each side of the border. Where a region is thinner, its own of the
    `colours` (regions, 3) counts.
    """
    sums: dict[tuple[int, int], np.ndarray] = {}
    for numbers, image in ((regions, rgb), (regions.T, rgb.swapaxes(0, 1))):
        rows, columns = np.nonzero(numbers[:, 1:] != numbers[:, :-1])
        sides = []
        for at, away in ((columns, columns - distance), (columns + 1, columns + 1 + distance)):
            region = numbers[rows, at]
            away = np.clip(away, 0, numbers.shape[1] - 1)
            is_wide = numbers[rows, away] == region
            seen = to_oklab(image[rows, away])
            sides.append((region, np.where(is_wide[:, None], seen, colours[region])))
        (one, seen_one), (other, seen_other) = sides
        is_turned = one > other
        pairs = np.stack([np.minimum(one, other), np.maximum(one, other)], axis=1)
        change = np.where(is_turned[:, None], seen_one - seen_other, seen_other - seen_one)
        found, places = np.unique(pairs, axis=0, return_inverse=True)
        total = np.stack(
            [np.bincount(places.ravel(), weights, len(found)) for weights in (*change.T, np.ones(len(change)))], axis=1
        )
        for pair, each in zip(found.tolist(), total, strict=True):
            sums[pair[0], pair[1]] = sums.get((pair[0], pair[1]), 0) + each
    return {pair: float(np.hypot.reduce(total[:3]) / total[3]) for pair, total in sums.items()}


def _smooth_borders(areas: np.ndarray, count: int, radius: float, tolerance: float) -> np.ndarray:
    """Smooth the borders between areas: each pixel gets the index that prevails around it.

    A picture that equals its mirror image within `tolerance` pixels becomes symmetric.
    """
    shares = np.stack([_blur(areas == index, radius) for index in range(count)])
    if (mirrored := _find_mirror(areas, tolerance)) is not None:
        shares += mirrored(shares)
    return shares.argmax(0).astype(np.uint8)


def _balance_parts(areas: np.ndarray, count: int, radius: float, tolerance: float) -> np.ndarray:
    """Make each area symmetric that equals its mirror image within `tolerance` pixels, left and right or above and
    below. `count` is the index of transparent pixels.
    """
    regions = label_areas(areas)
    balanced = areas.copy()
    for region, place in find_largest_areas(regions, 2 * _round_radius(tolerance) + 1):
        mask = regions[place] == region
        colour = areas[place][mask][0]
        if colour == count:
            continue
        part = mask
        for turn in (np.asarray, np.transpose):
            if (mirrored := _find_mirror(np.where(turn(part), 0, 1), tolerance)) is not None:
                share = _blur(turn(part), radius)
                part = turn(share + mirrored(share) > 255)
        gone = mask & ~part
        if gone.any():
            others = [each for each in np.unique(areas[place]).tolist() if each != colour]
            shares = np.stack([_blur(areas[place] == each, radius) for each in others])
            balanced[place][gone] = np.array(others)[shares.argmax(0)][gone]
        balanced[place][part & ~mask] = colour
    return balanced


def _find_mirror(areas: np.ndarray, tolerance: float) -> Callable[[np.ndarray], np.ndarray] | None:
    """Return a function that mirrors an array (…, width) at the vertical axis of the image, or None if the image is not
    symmetric.
    """
    transparent = areas.max()
    columns = np.flatnonzero((areas != transparent).any(0))
    if not len(columns):
        return None
    width = areas.shape[1]
    best, fewest = None, areas.size
    for offset in range(-_round_radius(tolerance), _round_radius(tolerance) + 1):
        order = np.clip(columns[0] + columns[-1] + offset - np.arange(width), 0, width - 1)
        differs = areas != areas[:, order]
        if differs.sum() < fewest and not shrink(differs, _round_radius(tolerance)).any():
            best, fewest = order, int(differs.sum())
    return None if best is None else partial(np.take, indices=best, axis=-1)


def _blur(mask: np.ndarray, radius: float) -> np.ndarray:
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.int16)
