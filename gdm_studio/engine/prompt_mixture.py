"""Mixture of a model's predictions for several prompts, with weights that can differ between the parts of an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor

from gdm_studio.engine import image_inputs
from gdm_studio.engine.region_masks import mask_box
from gdm_studio.models.adapters.lookup import blank_adapters
from gdm_studio.models.capabilities import PLAIN
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.mixed_prompts import MixedPrompt, has_attention_regions, mixed_prompts
from gdm_studio.request.generation_request import HAS_REGION_ADAPTERS, Request
from gdm_studio.request.regions import MAX_REGIONS, Box, Region

# Width of a region's soft edge as a fraction of the image's width and height, centred on the edge of its box.
SOFT_EDGE = 1 / 16
# Weights that differ less than this from 0 or 1 are 0 or 1.
_ROUNDING = 1e-6
# A number for the whole image, or a map (h, w).
Weight = float | Tensor


@dataclass(frozen=True)
class PromptPart:
    """Prompt that acts by attention, with its share (h, w) at each position. A negative prompt of None is that of the
    request.
    """

    text: str | None
    share: Tensor


@dataclass(frozen=True)
class PromptMixture:
    """Weights with which the predictions for the prompts of a request are added.

    The prediction "with the prompt" is Σ wᵢ·xᵢ + (1 − Σ wᵢ)·n, where n is the prediction for the negative prompt.
    Guidance with scale s then gives n + s·Σ wᵢ·(xᵢ − n), as in composable diffusion (Liu et al. 2022, arXiv:2206.01714)
    and A1111's web UI. For regions, the weights at each position add up to 1 (MultiDiffusion, Bar-Tal et al. 2023,
    arXiv:2302.08113).
    """

    # The prompts that have an effect.
    prompts: tuple[MixedPrompt, ...]
    weights: tuple[Weight, ...]
    # 1 − Σ wᵢ, or None if it is 0 everywhere.
    rest: Weight | None
    # The negative prompts, of which None is the request's own, with weights that add up to 1.
    negatives: tuple[str | None, ...] = (None,)
    negative_weights: tuple[Weight, ...] = (1.0,)
    # The tags of the LoRAs with which each negative prompt is evaluated, see `MixedPrompt.adapters`.
    negative_adapters: tuple[str, ...] = ("",)
    # The prompts that act by attention in place of each of `prompts`, and of the only negative prompt, where there are
    # several.
    parts: tuple[tuple[PromptPart, ...], ...] = ()
    negative_parts: tuple[PromptPart, ...] = ()

    @property
    def needs_negative(self) -> bool:
        """True if the prediction with the prompt depends on the negative prompt."""
        return self.rest is not None

    def combine(self, predictions: Sequence[Tensor]) -> tuple[Tensor, Tensor | None]:
        """Return the predictions with and without the prompt, given those for each prompt and, if there are more, for
        each negative prompt.
        """
        count = len(self.prompts)
        found = _weighted_sum(self.weights, predictions[:count])
        if len(predictions) == count:
            return found, None
        without = _weighted_sum(self.negative_weights, predictions[count:])
        return (found if self.rest is None else found + _convert_like(self.rest, without) * without), without


def prompt_mixture(card: ModelCard, request: Request, grid: tuple[int, int]) -> PromptMixture:
    """Return the mixture of predictions for a request. `grid` is the size (h, w) of the maps of its regions.

    Prompts without weight are left out. Raises BadRequest if there are too many, or if a mask is missing.
    """
    prompts = mixed_prompts(card.accepts, request)
    if has_attention_regions(request):
        return _attention_mixture(request, grid)
    areas: list[Weight] = [*region_maps(request, grid)] if request.regions else [1.0]
    places = [place_of(each) for each in prompts]
    weighed = [(each, _scale_weight(areas[place], each.weight)) for each, place in zip(prompts, places, strict=True)]
    # If all weights are 0, one prompt remains with the weight 0.
    found = [(each, weight) for each, weight in weighed if weight is not None] or [(prompts[0], 0.0)]
    sums = [0.0] * len(areas)
    for each, place in zip(prompts, places, strict=True):
        sums[place] += each.weight
    # The difference of 1 − Σ from 0 may be a rounding error of an interpolation.
    rests = [w for area, total in zip(areas, sums, strict=True) if (w := _scale_weight(area, 1 - total)) is not None]
    adapters = _adapters_of_areas(request, prompts)
    negatives: dict[tuple[str | None, str], Weight] = {}
    owners = [None, *(region.negative or None for region in request.regions)]
    for owner, area in zip(zip(owners, adapters, strict=True), areas, strict=True):
        if _scale_weight(area, 1.0) is not None:
            negatives[owner] = area + negatives[owner] if owner in negatives else area
    negatives = {owner: _simplify_weight(area) for owner, area in negatives.items()}
    return PromptMixture(
        tuple(replace(each, adapters=adapters[place_of(each)]) for each, _ in found),
        tuple(_simplify_weight(w) for _, w in found),
        sum(rests[1:], rests[0]) if rests else None,
        tuple(text for text, _ in negatives),
        tuple(negatives.values()),
        tuple(tags for _, tags in negatives),
    )


def _attention_mixture(request: Request, grid: tuple[int, int]) -> PromptMixture:
    """Return the mixture for a request whose regions act by attention: one prediction for each prompt of the
    interpolation with all regions, and one for the negative prompts.

    Areas without a position are left out, so that a region that covers everything is its prompt alone.
    """
    base, *areas = region_maps(request, grid)
    regions = [*zip(request.regions, areas, strict=True)]
    wholes = request.prompt_weights()
    if not _has_weight(base):
        # The words of the whole image have no effect then, but its LoRAs act everywhere.
        plain = request.grammar == PLAIN
        wholes = {"" if plain else "".join(blank_adapters(text)[1] for text in wholes): 1.0}
    prompts, parts = [], []
    for text, weight in wholes.items():
        shared = _join_equal([(text, base), *((region.prompt, area) for region, area in regions)])
        if not _has_weight(base):
            shared = replace(shared[0], text=text + (shared[0].text or "")), *shared[1:]
        prompts.append(MixedPrompt(shared[0].text or "", weight))
        parts.append(shared)
    negatives = _join_equal([(None, base), *((region.negative or None, area) for region, area in regions)])
    return PromptMixture(
        tuple(prompts),
        tuple(wholes.values()),
        None,
        (negatives[0].text,),
        parts=tuple(each if len(each) > 1 else () for each in parts),
        negative_parts=negatives if len(negatives) > 1 else (),
    )


def _join_equal(shares: Sequence[tuple[str | None, Tensor]]) -> tuple[PromptPart, ...]:
    """Return the prompts that have a position, each once, with their shares."""
    found: dict[str | None, Tensor] = {}
    for text, share in shares:
        if _has_weight(share):
            found[text] = found[text] + share if text in found else share
    return tuple(PromptPart(text, share) for text, share in found.items())


def _has_weight(share: Tensor) -> bool:
    return _scale_weight(share, 1.0) is not None


def place_of(prompt: MixedPrompt) -> int:
    """Return 0 for a prompt of the whole image, and 1 + the index of its region for others."""
    return 0 if prompt.region is None else prompt.region + 1


def _adapters_of_areas(request: Request, prompts: Sequence[MixedPrompt]) -> list[str]:
    """Return the tags of the LoRAs that act in the area of the request's prompt and in that of each region.

    The LoRAs of the request's prompt act everywhere, and those of a region only there. If both name the same LoRA, the
    region's strength counts in it, because its tag is the last one.
    """
    tags = [""] * (1 + len(request.regions))
    if request.regions and request.rules >= HAS_REGION_ADAPTERS and request.grammar != PLAIN:
        for each in prompts:
            tags[place_of(each)] += blank_adapters(each.text)[1] if each.weight else ""
    return [tags[0], *(tags[0] + own for own in tags[1:])]


def interpolation_mixture(request: Request) -> PromptMixture:
    """Return the mixture of predictions for the prompts of a request's interpolation only."""
    weights = request.prompt_weights()
    prompts = tuple(MixedPrompt(text, weight) for text, weight in weights.items())
    return PromptMixture(prompts, tuple(weights.values()), None)


def region_maps(request: Request, grid: tuple[int, int]) -> list[Tensor]:
    """Return the share of the request's prompt, and of each region's, at each position of a grid (h, w), fp32. They add
    up to 1.

    Regions have soft edges, and where they overlap they share the position by their weights. Without a prompt for the
    whole image, the regions share what remains equally.
    """
    marks = [region.weight * _create_region_map(region, grid) for region in request.regions]
    total = torch.stack(marks).sum(0)
    maps = [mark / total.clamp(min=1) for mark in marks]
    base = (1 - total).clamp(min=0)
    if not any(map(str.strip, request.prompt_weights())):
        maps = [each + base / len(maps) for each in maps]
        base = torch.zeros_like(base)
    return [base, *maps]


def region_box(region: Region) -> Box:
    """Return the box of a region: its own, or the bounding box of the white part of its mask."""
    return mask_box(region.mask) if region.mask else region.box


# For the regions of a request at the sizes of two stages. Names are hashes of the pixels.
@lru_cache(maxsize=2 * MAX_REGIONS)
def _load_mask_map(name: str, grid: tuple[int, int]) -> Tensor:
    """Return a stored mask, averaged to a grid (h, w), with values 0 … 1."""
    levels = torch.from_numpy(image_inputs.load_region_mask(name)).float()[None, None]
    return torch.nn.functional.interpolate(levels, grid, mode="area")[0, 0]


def _create_region_map(region: Region, grid: tuple[int, int]) -> Tensor:
    """Return the map of one region, with values 0 … 1."""
    if region.mask:
        return _load_mask_map(region.mask, grid)
    left, top, right, bottom = region.box
    return _compute_box_profile(top, bottom, grid[0])[:, None] * _compute_box_profile(left, right, grid[1])


def _compute_box_profile(start: float, end: float, count: int) -> Tensor:
    """Return the profile of a box along one axis at `count` positions: 1 inside and 0 outside, with linear edges.

    The edges of two boxes at the same place add up to 1. The image's own edges are not soft.
    """
    at = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    found = torch.ones(count, dtype=torch.float64)
    if start > 0:
        found *= ((at - start) / SOFT_EDGE + 0.5).clamp(0, 1)
    if end < 1:
        found *= ((end - at) / SOFT_EDGE + 0.5).clamp(0, 1)
    return found.float()


def _scale_weight(area: Weight, factor: float) -> Weight | None:
    """Return a weight times a number, or None if it is 0 everywhere."""
    found = area * factor
    largest = found.abs().max().item() if isinstance(found, Tensor) else abs(found)
    return found if largest > _ROUNDING else None


def _simplify_weight(weight: Weight) -> Weight:
    """Return a map that is 1 everywhere as the number 1, so that multiplying by it changes no bits."""
    ones = isinstance(weight, Tensor) and bool((weight - 1).abs().max() < _ROUNDING)
    return 1.0 if ones else weight


def _weighted_sum(weights: Sequence[Weight], predictions: Sequence[Tensor]) -> Tensor:
    if len(predictions) == 1 and not isinstance(weights[0], Tensor) and weights[0] == 1:
        return predictions[0]
    first, *rest = (_convert_like(weight, each) * each for weight, each in zip(weights, predictions, strict=True))
    return sum(rest, first)


def _convert_like(weight: Weight, like: Tensor) -> Weight:
    return weight.to(like) if isinstance(weight, Tensor) else weight
