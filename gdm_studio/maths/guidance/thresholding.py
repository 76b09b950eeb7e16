"""Thresholding: keeping the numbers of the predicted picture within the range of pictures."""

from __future__ import annotations

from gdm_studio.maths.arrays import picture_quantile
from gdm_studio.maths.path import Array, Denoise, Point


def thresholded(denoise: Denoise, share: float, bound: float) -> Denoise:
    """Dynamic thresholding (Saharia et al. 2022, arXiv:2205.11487, section 2.3): each picture is clipped at the
    `share` quantile (0 … 1) of its absolute values and shrunk to ±bound; at ±bound where the quantile is less."""

    def denoised(x: Array, at: Point) -> Array:
        x0 = denoise(x, at)
        limit = picture_quantile(abs(x0), share).clip(bound)
        return x0.clip(-limit, limit) * (bound / limit)

    return denoised


def clipped(denoise: Denoise, bound: float) -> Denoise:
    """x0 within ±bound (Ho et al. 2020, arXiv:2006.11239, section 3.3: pictures in −1 … 1)."""

    def denoised(x: Array, at: Point) -> Array:
        return denoise(x, at).clip(-bound, bound)

    return denoised
