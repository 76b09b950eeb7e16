"""Selection of the area that a word of the prompt describes: its word map, refined to the edges of the picture.

This module does not import torch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gdm_studio.engine.colour_selection import connected_to
from gdm_studio.engine.inpainting_crop import resize

if TYPE_CHECKING:
    from gdm_studio.models.prompts.prompt_reading import PromptPart

# The area is found in a picture of at most this many pixels a side, and its edge in the whole picture.
WORKING_SIDE = 256
# Number of colours by which the area and its surroundings are told apart.
_COLOUR_COUNT = 16
# Number of pixels from which the colours are chosen.
_SAMPLE_COUNT = 4096
# Rounds in which the colours of the area and the area itself are estimated in turn.
_ROUND_COUNT = 4
# Radius in working pixels of the smoothing along edges, and the variance of levels in 0 … 1 below which there is none.
_RADIUS = 8
_EPSILON = 1e-3
# Largest logarithm of the odds that the word map or the colour of a pixel contributes.
_MAX_LOG_ODDS = 4.0
# Shares of the variance of a map between its classes, from which a map counts as less blurred, and as sharp.
_CERTAINTY_RANGE = (0.75, 0.9)


@dataclass(frozen=True)
class WordMaps:
    """Words of a prompt, with the attention of each position of the image to each word, float (W, h, w)."""

    words: tuple[str, ...]
    maps: np.ndarray

    def find(self, phrase: str) -> np.ndarray | None:
        """Return the map (h, w) of a word or of several consecutive words, or None if the prompt lacks them."""
        wanted = split_words(phrase)
        words = [each.casefold() for each in self.words]
        for start in range(len(words) - len(wanted) + 1):
            if wanted and words[start : start + len(wanted)] == wanted:
                found: np.ndarray = self.maps[start : start + len(wanted)].mean(axis=0)
                return found
        return None


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation marks."""
    return re.findall(r"\w+(?:['’-]\w+)*", text.casefold())


def select_by_map(rgba: np.ndarray, word_map: np.ndarray) -> np.ndarray:
    """Return the mask of the area in a picture to which a word map belongs, uint8 (H, W) of 0 and 255.

    `rgba` is uint8 (H, W, 4) with straight alpha, and `word_map` (h, w) covers the whole picture. The map is split by
    Otsu's threshold (1979). Then the colours of the area and those of its surroundings are estimated from the area, and
    the area from the map and these colours, in turn, as in GrabCut (Rother et al. 2004). A guided filter (He et al.
    2010) aligns each estimate with the edges of the picture. Transparent pixels are never selected, and a constant map
    selects nothing.
    """
    height, width = rgba.shape[:2]
    scale = min(1.0, WORKING_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    guide = _premultiply_levels(resize(rgba, size))
    shown = _resize(word_map, size)
    spread = float(shown.std())
    if spread <= 1e-6 * float(np.abs(shown).max()):
        return np.zeros((height, width), np.uint8)
    threshold = otsu_threshold(shown)
    prior = _weigh_map(shown, threshold) * np.clip((shown - threshold) / spread, -_MAX_LOG_ODDS, _MAX_LOG_ODDS)
    labels = _quantize(guide)
    filters = _GuidedFilter(guide)
    odds = prior
    coefficients = np.zeros((*prior.shape, guide.shape[-1] + 1))
    for _ in range(_ROUND_COUNT):
        odds = prior + _colour_odds(labels, 1 / (1 + np.exp(-odds.clip(-20, 20))))
        coefficients = filters.coefficients(odds)
        odds = filters.apply(coefficients)
    if size != (width, height):
        # The edge follows the whole picture (He and Sun 2015).
        odds = _resize(coefficients[..., -1], (width, height))
        whole = _premultiply_levels(rgba, np.float32)
        for channel in range(guide.shape[-1]):
            odds += _resize(coefficients[..., channel], (width, height)) * whole[..., channel]
    # Other areas of the same colours are not what the word describes.
    selected = connected_to((odds > 0) & (rgba[..., 3] > 0), _resize(prior, (width, height)) > 0)
    return np.where(selected, np.uint8(255), np.uint8(0))


def _weigh_map(levels: np.ndarray, threshold: float) -> float:
    """Return the weight of a word map against the colours: 1 for a blurred map, and more the better a threshold splits
    it, by the share of the variance that lies between the classes.
    """
    above = levels > threshold
    share = float(above.mean())
    if not 0 < share < 1:
        return 1.0
    between = share * (1 - share) * float(levels[above].mean() - levels[~above].mean()) ** 2
    low, high = _CERTAINTY_RANGE
    return 1 + 2 * min(max((between / float(levels.var()) - low) / (high - low), 0.0), 1.0)


def otsu_threshold(levels: np.ndarray) -> float:
    """Return the threshold that splits levels into two classes of least variance (Otsu 1979)."""
    counts, edges = np.histogram(levels, 256)
    shares = counts / counts.sum()
    middles = (edges[1:] + edges[:-1]) / 2
    below = shares.cumsum()[:-1]
    means = (shares * middles).cumsum()
    between = (means[-1] * below - means[:-1]) ** 2 / np.maximum(below * (1 - below), 1e-12)
    return float(middles[between.argmax()])


def _premultiply_levels(rgba: np.ndarray, dtype: type[np.floating] = np.float64) -> np.ndarray:
    """Return the levels of a picture in 0 … 1, (H, W, 4), with premultiplied colours."""
    levels = rgba.astype(dtype) / dtype(255)
    levels[..., :3] *= levels[..., 3:]
    return levels


def _resize(levels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize levels (h, w) to `size` (width, height) by bilinear interpolation, fp32."""
    return np.array(Image.fromarray(levels.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))


def _quantize(levels: np.ndarray) -> np.ndarray:
    """Return the number of each pixel's colour among the main colours of a picture (H, W, C), int (H, W).

    They are found by k-means from colours that are far apart, and without random numbers.
    """
    pixels = levels.reshape(-1, levels.shape[-1])
    samples = pixels[:: max(1, len(pixels) // _SAMPLE_COUNT)]
    distances = _compute_square_distances(samples, samples.mean(axis=0)[None])[:, 0]
    chosen: list[np.ndarray] = []
    while len(chosen) < _COLOUR_COUNT and distances.max() > 1e-4:
        chosen.append(samples[distances.argmax()])
        to_new = _compute_square_distances(samples, chosen[-1][None])[:, 0]
        distances = np.minimum(distances, to_new) if len(chosen) > 1 else to_new
    centres = np.array(chosen or [samples[0]])
    for _ in range(12):
        nearest = _compute_square_distances(samples, centres).argmin(axis=1)
        for number in np.unique(nearest):
            centres[number] = samples[nearest == number].mean(axis=0)
    return _compute_square_distances(pixels, centres).argmin(axis=1).reshape(levels.shape[:2])


def _compute_square_distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    found: np.ndarray = ((points[:, None] - centres[None]) ** 2).sum(axis=-1)
    return found


def _colour_odds(labels: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the logarithm of the odds that a pixel of this colour is in the area, (H, W), from the share `inside` of
    each pixel that is.
    """
    count = int(labels.max()) + 1
    margin = 1e-4 * labels.size / count
    selected = np.bincount(labels.ravel(), inside.ravel(), count) + margin
    others = np.bincount(labels.ravel(), 1 - inside.ravel(), count) + margin
    odds = np.log(selected / selected.sum()) - np.log(others / others.sum())
    found: np.ndarray = odds.clip(-_MAX_LOG_ODDS, _MAX_LOG_ODDS)[labels]
    return found


class _GuidedFilter:
    """Filter that smooths levels along the edges of a picture (H, W, C), by a linear function of its colours around
    each pixel.
    """

    def __init__(self, guide: np.ndarray) -> None:
        channels = guide.shape[-1]
        self._guide_image = guide
        self._mean = _box_mean(guide)
        products = _box_mean(guide[..., :, None] * guide[..., None, :])
        covariance = products - self._mean[..., :, None] * self._mean[..., None, :]
        self._inverse = np.linalg.inv(covariance + _EPSILON * np.eye(channels))

    def coefficients(self, levels: np.ndarray) -> np.ndarray:
        """Return the coefficients of each pixel's function, (H, W, C + 1): the factors of the colours, and the
        constant.
        """
        mean = _box_mean(levels)
        covariance = _box_mean(self._guide_image * levels[..., None]) - self._mean * mean[..., None]
        factors = np.einsum("hwij,hwj->hwi", self._inverse, covariance)
        constant = mean - (factors * self._mean).sum(axis=-1)
        return _box_mean(np.concatenate([factors, constant[..., None]], axis=-1))

    def apply(self, coefficients: np.ndarray) -> np.ndarray:
        filtered: np.ndarray = (coefficients[..., :-1] * self._guide_image).sum(axis=-1) + coefficients[..., -1]
        return filtered


def _box_mean(levels: np.ndarray) -> np.ndarray:
    """Return the mean over a square around each pixel (H, W, …), with the edge of the picture repeated."""
    width = 2 * _RADIUS + 1
    for axis in (0, 1):
        length = levels.shape[axis]
        margins = [(_RADIUS + 1, _RADIUS) if each == axis else (0, 0) for each in range(levels.ndim)]
        sums = np.pad(levels, margins, mode="edge").cumsum(axis=axis)
        last = np.take(sums, range(width, width + length), axis=axis)
        levels = (last - np.take(sums, range(length), axis=axis)) / width
    return levels


def offered_words(
    prompt: str, stop_words: Sequence[str] | frozenset[str], parts: Sequence[PromptPart] = ()
) -> list[str]:
    """Return the distinct phrases of a prompt that can describe an area, in lower case: those of the model's reading
    `parts` that the image shows. Without any, these are the words without numbers and `stop_words`, which have no
    accents.
    """
    from gdm_studio.models.prompts.prompt_reading import PartState
    from gdm_studio.models.prompts.translation_dictionary import key_of

    shown = (PartState.DRAWN, PartState.IN_SOME_STYLES, PartState.GUESSED)
    phrases = dict.fromkeys(
        " ".join(split_words(part.text)) for part in parts if part.state in shown and not part.is_count
    )
    if found := [phrase for phrase in phrases if phrase]:
        return found
    words = dict.fromkeys(split_words(prompt))
    return [word for word in words if key_of(word) not in stop_words and not word.isdigit()]
