"""Classifier-free guidance."""

from __future__ import annotations

from collections.abc import Callable

from gdm_studio.maths.path import Array, Denoise, Point

DenoisePair = Callable[[Array, Point], tuple[Array, Array]]  # (x, at) -> x0 with the prompt, x0 without


def guided(pair: DenoisePair, guidance_scale: float) -> Denoise:
    """x0 = without + guidance_scale·(with − without) (Ho and Salimans 2022, arXiv:2207.12598, eq. 6; 1 is unguided)."""

    def denoise(x: Array, at: Point) -> Array:
        with_prompt, without = pair(x, at)
        return without + guidance_scale * (with_prompt - without)

    return denoise
