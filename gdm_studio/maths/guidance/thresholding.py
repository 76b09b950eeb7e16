"""Thresholding, which limits the predicted image to the value range of images."""

from __future__ import annotations

from gdm_studio.maths.arrays import image_quantile
from gdm_studio.maths.noise_path import Array, Denoise, NoiseLevel


def thresholded(denoise: Denoise, share: float, bound: float) -> Denoise:
    """Return a denoiser with dynamic thresholding, which prevents oversaturated colours (Saharia et al. 2022,
    arXiv:2205.11487, section 2.3).

    Each image is clipped at the `share` quantile (0 … 1) of its absolute values and scaled to ±bound, or clipped at
    ±bound if the quantile is smaller.
    """

    def denoised(x: Array, at: NoiseLevel) -> Array:
        x0 = denoise(x, at)
        limit = image_quantile(abs(x0), share).clip(bound)
        return x0.clip(-limit, limit) * (bound / limit)

    return denoised


def clipped(denoise: Denoise, bound: float) -> Denoise:
    """Return a denoiser that clips the predicted image x0 to ±bound, the value range of images (Ho et al. 2020,
    arXiv:2006.11239, section 3.3).
    """

    def denoised(x: Array, at: NoiseLevel) -> Array:
        return denoise(x, at).clip(-bound, bound)

    return denoised
