"""Memorised training drawings, stored as components of their latents and looked up by name and style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate, combinations
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.models.families.icons.drawing_table import DrawingTable, read_table, write_table
from gdm_studio.networks.icons.special_tokens import ANY_STYLE
from gdm_studio.networks.icons.unet import PriorNetwork

# Minimum number of drawings in a style for transferring other drawings to that style.
LEAST = 16
# Components below this fraction of a quantisation step become zero.
DEAD_ZONE = 0.62
# Ridge penalty, relative to the mean square of the regression's inputs.
RIDGE = 1.0
# Number of leading components that the regression predicts.
LEADING = 704
# Fraction of a drawing's deviation from the mean that is transferred unchanged. Without it, the parts that the
# regression cannot predict would become grey.
OWN = 0.5
# Number of components that are compared at once.
CHUNK = 64


class PrototypeBasis(nn.Module):
    """Table of the training images ("drawings") that a model has memorised. It is called as `prototypes(ids, styles) ->
    (known, components)` on the CPU, with the token ids of the images' names.

    Drawings are memorised because, even after long training, a network reproduces them less exactly than their
    components.

    If neither the prompt nor the target names a style, the result is the mean of the two most similar drawings of the
    name. The mean of all drawings would blur views from several sides. If the name has no drawing in the target style,
    `StyleTransfer` converts the drawings in other styles. In both cases only drawings in the `blended` styles are used,
    if there are any. Raises ValueError if rows and components do not match.
    """

    rows: Tensor

    def __init__(self, tables: Sequence[DrawingTable]) -> None:
        super().__init__()
        first = tables[0]
        for table in tables:
            if (table.width, table.step) != (first.width, first.step):
                raise ValueError(
                    f"components of {first.width} and {table.width} in steps of {first.step} and {table.step}"
                )
            if table.rows.ndim != 2 or table.rows.shape[1] == 0 or table.width == 0 or not 0 < table.step < 1000:
                raise ValueError(f"{table.rows.shape} names have {table.width} components in steps of {table.step}")
        if not all(type(style) is int for style in first.blended):
            raise ValueError(f"{first.blended} are no styles")
        self.width = first.width
        self.step = first.step
        self.blended = first.blended
        self._tables = tuple(tables)
        # Number of rows in front of each table.
        self._first_rows = [0, *accumulate(len(table.rows) for table in tables)]
        # (n, L) int16: the token ids of each drawing's style and name.
        self.register_buffer("rows", torch.from_numpy(np.concatenate([table.rows for table in tables])))
        # Style transfers by target style, created on first use.
        self._transfers: dict[int, StyleTransfer | None] = {}
        # The rows that are most similar to a row, by row and count. Computed on first use.
        self._similar: dict[tuple[int, int], Tensor] = {}

    @classmethod
    def of(cls, rows: Tensor, components: Tensor, step: float, blended: Sequence[int]) -> PrototypeBasis:
        """Create a table from `rows` (n, L) int16 and components (n, K) int8 in units of `step`."""
        if not rows.ndim == components.ndim == 2 or len(rows) != len(components):
            raise ValueError(f"{tuple(rows.shape)} names have components of shape {tuple(components.shape)}")
        return cls([DrawingTable.of(rows.cpu().numpy(), components.cpu().numpy(), step, blended)])

    def select(self, places: Sequence[int]) -> Tensor:
        """Return the components (m, K) int8 of the drawings in the given rows, in units of `step`. Raises ModelError if
        the table's file is damaged.
        """
        wanted = np.array(places, dtype=np.intp).reshape(-1)
        found = np.empty((len(wanted), self.width), np.int8)
        for table, start in zip(self._tables, self._first_rows, strict=False):
            is_here = (wanted >= start) & (wanted < start + len(table.rows))
            if is_here.any():
                found[is_here] = table.components(wanted[is_here] - start)
        return torch.from_numpy(found)

    @cached_property
    def components(self) -> Tensor:
        """Components (n, K) int8 of all drawings, in units of `step`."""
        return self.select(range(len(self.rows)))

    @cached_property
    def _drawn(self) -> dict[tuple[int, ...], dict[int, int]]:
        """For each name, given by its token ids, the table row of its drawing in each style."""
        drawn: dict[tuple[int, ...], dict[int, int]] = {}
        for place, (style, *name) in enumerate(self.rows.tolist()):
            drawn.setdefault(_without_padding(name), {})[style] = place
        return drawn

    def combine(self, other: PrototypeBasis) -> PrototypeBasis:
        """Combine two tables of memorised training images into one table that contains the images of both.

        Raises ValueError if their components differ in width or step.
        """
        return PrototypeBasis([*self._tables, *other._tables])

    def without_first(self, count: int) -> PrototypeBasis:
        """Return a copy of the table without its first `count` training images, for example to recover the second of
        two tables combined by `combine`.
        """
        return PrototypeBasis.of(self.rows[count:], self.components[count:], self.step, self.blended)

    def drawings(self, name: Sequence[int]) -> Mapping[int, int]:
        """Look up a memorised training image by the token ids of its name. Returns a mapping from each style in which
        it exists to its row in the table.
        """
        return self._drawn.get(_without_padding(name), {})

    def vary(self, row: int, numbers: Tensor, share: float) -> Tensor:
        """Vary a memorised training image by interpolating its components (K,) towards a mixture of similar images.

        The mixture consists of the nearest drawings of the same style, one for each of the `numbers`, weighted by their
        softmax. `share` (0 … 1) is the fraction of the distance.
        """
        own = self.select([row])[0].float() * self.step
        nearest = self._find_neighbours(row, len(numbers))
        if not len(nearest):
            return own
        similar = self.select(nearest.tolist()).float() * self.step
        mixture = torch.softmax(numbers[: len(nearest)].float(), 0) @ similar
        return own + share * (mixture - own)

    def vary_drawings(self, ids: Tensor, numbers: Tensor, shares: Tensor) -> tuple[Tensor, Tensor]:
        """Look up several memorised training images by token ids (N, L), which include a style, and vary each of them
        by the method `vary`.

        Returns a mask of the known drawings (N,) and the components (N, K), which are zero for unknown drawings.
        `numbers` (N, M) and `shares` (N,) are the parameters of `vary`.
        """
        rows = [self._drawn.get(_without_padding(name), {}).get(style) for style, *name in ids.tolist()]
        nothing = torch.zeros(self.width)
        found = [
            nothing if row is None else self.vary(row, mixing, float(share))
            for row, mixing, share in zip(rows, numbers, shares, strict=True)
        ]
        return torch.tensor([row is not None for row in rows]), torch.stack(found)

    def _find_neighbours(self, row: int, count: int) -> Tensor:
        """Return the table rows of the `count` training images that are most similar to the image in the given row.
        Only images in the same style are compared.
        """
        if (row, count) not in self._similar:
            own, style = self.select([row])[0].numpy(), int(self.rows[row, 0])
            others = (self.rows[:, 0] == style).nonzero()[:, 0].numpy()
            parts = [table.of_style(style) for table in self._tables if style in table.styles]
            distances = np.concatenate([_square_distances(part, own) for part in parts])
            is_other = others != row
            nearest = distances[is_other].argsort(kind="stable")[:count]
            self._similar[row, count] = torch.from_numpy(others[is_other][nearest])
        return self._similar[row, count]

    def forward(self, ids: Tensor, styles: Tensor, *, carries: bool = True) -> tuple[Tensor, Tensor]:
        """Look up memorised training images by the token ids (N, L) of their names, in the styles (N,).

        Returns a mask of the memorised names (N,), and the components of their images (N, K), which are 0 for other
        names. If the ids of a name contain a style, only the drawing in that style is found. Otherwise the mean of the
        name's drawings is transferred to the style in `styles`, unless `carries` is False.
        """
        found = [self._find(row, style, carries) for row, style in zip(ids.tolist(), styles.tolist(), strict=True)]
        nothing = torch.zeros(self.width)
        known = torch.tensor([each is not None for each in found])
        return known, torch.stack([nothing if each is None else each for each in found]) * self.step

    def _find(self, row: Sequence[int], style: int, carries: bool) -> Tensor | None:
        """Return the components of a memorised training image in a style, in units of `step`. Returns None if no image
        of this name is memorised.
        """
        stated_style, *name = row
        drawn = self._drawn.get(_without_padding(name), {})
        if stated_style != ANY_STYLE:
            return self.select([drawn[stated_style]])[0].float() if stated_style in drawn else None
        if not drawn:
            return None
        if style == ANY_STYLE:
            return self._blend_most_similar(self._select_rows(drawn))
        mean = self._mean_components(self._select_rows(drawn))
        if carries and style not in self._transfers:
            self._transfers[style] = self._fit_transfer(style)
        carried = self._transfers[style] if carries else None
        return carried(mean) if carried else mean

    def transfer(self, row: int) -> Tensor | None:
        """Estimate the components (K,) of a memorised training image from images of the same object in different
        styles.

        The result serves as the draft of an object in a style that has no drawing of it. Returns None if there are no
        other drawings, or too few drawings in the style.
        """
        style, *name = self.rows[row].tolist()
        others = {each: place for each, place in self._drawn[_without_padding(name)].items() if each != style}
        if style not in self._transfers:
            self._transfers[style] = self._fit_transfer(style)
        transfer = self._transfers[style]
        return (
            transfer(self._mean_components(self._select_rows(others))) * self.step
            if transfer is not None and others
            else None
        )

    def _select_rows(self, drawn: Mapping[int, int]) -> list[int]:
        return [drawn[each] for each in self.blended if each in drawn] or [*drawn.values()]

    def _mean_components(self, places: list[int]) -> Tensor:
        return self.select(places).float().mean(0)

    def _blend_most_similar(self, places: list[int]) -> Tensor:
        def apart(pair: list[int]) -> float:
            return float(torch.dist(*self.select(pair).float()))

        return self._mean_components(min(([*pair] for pair in combinations(places, 2)), key=apart, default=places))

    def _fit_transfer(self, style: int) -> StyleTransfer | None:
        """Fit the regression that converts training images from other styles to `style`. Returns None if too few
        objects have images in both.
        """
        pairs = {drawn[style]: self._select_rows({each: place for each, place in drawn.items() if each != style})
                 for drawn in self._drawn.values() if style in drawn and len(drawn) > 1}  # fmt: skip
        if len(pairs) < LEAST:
            return None
        return StyleTransfer(self.select([*pairs]).float(), torch.stack([*map(self._mean_components, pairs.values())]))

    def write(self, path: Path, **facts: str) -> None:
        """Save the table as a safetensors file, with `facts` in its header. Raises StorageError if it cannot be
        written.
        """
        table = self._tables[0]
        if len(self._tables) > 1:
            table = DrawingTable.of(self.rows.numpy(), self.components.numpy(), self.step, self.blended)
        write_table(path, table, **facts)

    @classmethod
    def read(cls, path: Path) -> PrototypeBasis:
        """Load a table of memorised training images from a safetensors file that `write` has saved.

        Raises ValueError, TypeError, LookupError, OSError or SafetensorError for an invalid file.
        """
        return cls([read_table(path)])


class StyleTransfer:
    """Regression that estimates how an object looks in a style in which no training image ("drawing") of it is
    memorised. Images are represented by components.

    It is a ridge regression (Hoerl and Kennard 1970) from the mean of an object's drawings in other styles, (n, K), to
    its drawing in this style, (n, K). Part of each drawing's deviation from the overall mean is added unchanged. The
    regression is limited to the first LEADING components, since those of fine detail cannot be predicted.
    """

    def __init__(self, drawings: Tensor, others: Tensor) -> None:
        self.centre = others.mean(0)
        self.mean = drawings.mean(0)
        drawings, others = drawings[:, :LEADING], others[:, :LEADING]
        deviation = others - self.centre[:LEADING]
        identity = torch.eye(others.shape[1])
        # One is added so that the penalty is positive even if all inputs are equal.
        ridge = RIDGE * deviation.square().sum(1).mean() + 1
        # (LEADING, LEADING)
        self.weights = torch.linalg.solve(
            deviation.T @ deviation + ridge * identity, deviation.T @ (drawings - self.mean[:LEADING])
        )

    def __call__(self, others: Tensor) -> Tensor:
        """Estimate the components (K,) of an object's image in the target style from the mean (K,) of its training
        images in other styles.
        """
        deviation = others - self.centre
        predicted = self.mean + OWN * deviation
        predicted[:LEADING] += deviation[:LEADING] @ self.weights
        return predicted


def latents_of_prompts(
    sketch: PriorNetwork,
    recall: PrototypeBasis | None,
    ids: Tensor,  # (N, L)
    pooled: Tensor,  # (N, D)
    styles: Tensor,  # (N,)
    size: torch.Size,
    *,
    carries: bool = True,
) -> Tensor:
    """Estimate noise-free latents (N, C, h, w) for N prompts directly from the text, without diffusion.

    These are a memorised training drawing if `recall` has one for the prompt and the style, else the draft that the
    network `sketch` has for the prompt. `ids` (tokens) and `pooled` (text features) encode the same prompts, `styles`
    are the indices of the requested styles, and `size` is (h, w). Without `carries`, `recall` averages the drawings of
    an object in other styles instead of converting them to the requested style.
    """
    drawn: Tensor = sketch(pooled, size)
    if recall is None:
        return drawn
    known, components = (part.to(pooled.device) for part in recall(ids, styles, carries=carries))
    return torch.where(known[:, None, None, None], sketch.from_components(components, size), drawn)


def quantized(components: Tensor, step: float) -> Tensor:
    """Round components to int8, in units of `step`. Small ones become zero, since they would need more bits than they
    are worth.
    """
    levels = components / step
    levels = torch.where(levels.abs() < DEAD_ZONE, 0.0, levels.round().clamp(-127, 127))
    return levels.to(torch.int8)


def _without_padding(row: Sequence[int]) -> tuple[int, ...]:
    """Return token ids as a tuple without the padding, which has the id 0."""
    return tuple(filter(None, row))


def _square_distances(drawings: NDArray[np.int8], own: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return the square distances (m,) of drawings (K, m) from the components (K,) of one drawing. They are exact."""
    found = np.zeros(drawings.shape[1], np.int64)
    # Parts of this size fit in the processor's cache.
    for start in range(0, len(own), CHUNK):
        part = slice(start, start + CHUNK)
        found += np.square(np.subtract(drawings[part], own[part, None], dtype=np.int16), dtype=np.int32).sum(0)
    return found
