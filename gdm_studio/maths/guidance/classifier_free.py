"""Classifier-free guidance with rescaling and a limited interval, and classifier guidance."""

from __future__ import annotations

import math
from collections.abc import Callable

from gdm_studio.maths.arrays import image_deviation, patch_norm
from gdm_studio.maths.noise_path import Array, Denoise, NoiseLevel, NoisePath

# (x, at) -> (x0 with the prompt, x0 without the prompt)
DenoisePair = Callable[[Array, NoiseLevel], tuple[Array, Array]]
# (x, at) -> gradient of log p(y | x) in x, shaped like x
Gradient = Callable[[Array, NoiseLevel], Array]
# (x, at) -> the part of x0 that does not depend on the network's output, such as `Diffusion.skipped`
Skip = Callable[[Array, NoiseLevel], Array]


def guided(
    pair: DenoisePair,
    guidance_scale: float,
    *,
    rescale: float = 0.0,
    skip: Skip | None = None,
    normed_patch: int = 0,
) -> Denoise:
    """Return a denoiser with classifier-free guidance, given a pair of predictions with and without the prompt: x0 =
    without + guidance_scale·(with − without).

    Ho and Salimans 2022, arXiv:2207.12598, eq. 6. A scale of 1 means no guidance. `rescale` (0 … 1) is how far each
    image's standard deviation is moved back to its value without guidance. This prevents oversaturated colours (Lin et
    al. 2024, arXiv:2305.08891, section 3.4). With `skip`, the standard deviation is measured on the network's own
    prediction, as in the paper and in diffusers, otherwise on x0. With `normed_patch`, each square patch of latents
    with this side gets the norm that the network's own prediction has with the prompt alone, as in Qwen-Image. `skip`
    is then required.
    """

    def denoise(x: Array, at: NoiseLevel) -> Array:
        with_prompt, without = pair(x, at)
        x0 = without + guidance_scale * (with_prompt - without)
        if normed_patch and skip is not None:
            rest = skip(x, at)
            alone, found = (patch_norm(each - rest, normed_patch) for each in (with_prompt, x0))
            x0 = rest + alone / (found + 1e-30) * (x0 - rest)
        if not rescale:
            return x0
        if skip is None:
            return factor(with_prompt, x0) * x0
        # What remains is the output times a number, and the ratio of two deviations does not depend on that number.
        rest = skip(x, at)
        return rest + factor(with_prompt - rest, x0 - rest) * (x0 - rest)

    def factor(alone: Array, found: Array) -> Array:
        # The small number avoids 0/0 for an image with zero deviation, which has nothing to rescale.
        return rescale * (image_deviation(alone) / (image_deviation(found) + 1e-30)) + (1 - rescale)

    return denoise


def limited_interval(inside: Denoise, outside: Denoise, path: NoisePath, interval: tuple[float, float]) -> Denoise:
    """Return a denoiser that applies guidance in only a part of a run: it calls `inside` in an interval of the noise
    path, and `outside` in all other steps.

    The ends of the interval are fractions of the path (0 … 1). Step i of n is inside if from ≤ i/n < until. A noise
    level between two levels of the path counts as the noisier one.

    With guidance inside and only the prompt outside, this is the limited interval of Kynkäänniemi et al. 2024
    (arXiv:2404.07724). No guidance at high noise preserves variety, and none at low noise saves time.
    """
    steps = len(path) - 1
    first, last = (math.ceil(share * steps - 1e-9) for share in interval)
    if first <= 0 and last >= steps:
        return inside
    high = math.inf if first <= 0 else path[min(first, steps)].ratio
    low = path[min(max(last, 0), steps)].ratio

    def denoise(x: Array, at: NoiseLevel) -> Array:
        return inside(x, at) if low < at.ratio <= high else outside(x, at)

    return denoise


def classifier_guided(denoise: Denoise, gradient: Gradient, scale: float) -> Denoise:
    """Return a denoiser with classifier guidance, which shifts the prediction by a classifier's gradient: x0 +
    scale·(sigma²/alpha)·grad log p(y | x).

    Dhariwal and Nichol 2021, arXiv:2105.05233, algorithm 2, where it is written as eps − scale·sigma·grad. At alpha =
    0, x is independent of y, and x0 is unchanged.
    """
    if scale == 0:
        return denoise

    def steered(x: Array, at: NoiseLevel) -> Array:
        x0 = denoise(x, at)
        return x0 + scale * at.sigma * at.ratio * gradient(x, at) if at.alpha else x0

    return steered
