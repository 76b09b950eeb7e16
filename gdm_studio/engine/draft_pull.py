"""Pull of a denoiser's predictions towards the drafts from which its images start, at low noise."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gdm_studio.maths.noise_path import Denoise, NoiseLevel

# Share of the way to the draft without noise, and the noise ratio at which it is half as large. A network smears fine
# lines at low noise, at which its draft still has them.
SHARE = 0.5
HALF_RATIO = 0.5
# Distance from the draft (RMS of the latents) at which the share is half as large, and how steeply it falls there.
# Images that follow their draft are within 0.45 of it. Those of other contents, such as the parent's of a branch, are
# farther away than 0.65, and would get a ghost of the draft.
HALF_DISTANCE = 0.6
STEEPNESS = 8
# Noise ratio from which an image-to-image run decides on its shapes. Below, they are those of the start image.
MIN_START_RATIO = 2.0


def pull_to_drafts(
    denoise: Denoise, drafts: Sequence[Tensor | None], count: int, mask: Tensor | None = None
) -> Denoise:
    """Wrap a denoiser of `count` images so that at low noise its prediction of x0 moves towards the draft of each.

    The prediction moves by SHARE / (1 + (ratio / HALF_RATIO)²) of the way at a noise ratio, and by less the less the
    image follows its draft in the area of the inpainting mask (1, 1, h, w) in 0 … 1. `drafts` has the draft (1, …) of
    each image for each prompt in turn. The predictions of an image do not change if one of its drafts is missing, or if
    those of two prompts differ, as in an interpolation.
    """
    whole = [_find_common_draft(drafts[image::count]) for image in range(count)]
    if not (found := [each for each in whole if each is not None]):
        return denoise
    draft = torch.cat([torch.zeros_like(found[0]) if each is None else each for each in whole])
    is_pulled = torch.tensor([each is not None for each in whole], device=draft.device)[:, None, None, None]

    def pulled(x: Tensor, at: NoiseLevel) -> Tensor:
        x0 = denoise(x, at)
        way = draft - x0
        share = SHARE / (1 + (at.ratio / HALF_RATIO) ** 2)
        return torch.where(is_pulled, x0 + share * _measure_agreement(way, mask) * way, x0)

    return pulled


def _find_common_draft(drafts: Sequence[Tensor | None]) -> Tensor | None:
    """Return the draft of an image that is the same for all of its prompts, or None if there is none."""
    first, *others = drafts
    is_common = first is not None and all(each is not None and first.equal(each) for each in others)
    return first if is_common else None


def _measure_agreement(way: Tensor, mask: Tensor | None) -> Tensor:
    """Return how far images follow their drafts, (N, 1, 1, 1) in 0 … 1, by their differences (N, C, h, w)."""
    squares = way.square().mean(1, keepdim=True)
    weights = torch.ones_like(squares) if mask is None else mask.expand_as(squares)
    # Rows are summed one by one, so that an image does not depend on its batch.
    means = [(row * weight).sum() / weight.sum() for row, weight in zip(squares, weights, strict=True)]
    distance = torch.stack(means).sqrt()[:, None, None, None]
    return 1 / (1 + (distance / HALF_DISTANCE) ** STEEPNESS)
