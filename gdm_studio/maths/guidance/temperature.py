"""Temperature: how far from the model's mean its pictures may stray."""

from __future__ import annotations

from gdm_studio.maths.path import Array, Denoise, Point


def tempered(denoise: Denoise, temperature: float, data_scale: float) -> Denoise:
    """Samples a sharper (< 1) or broader (> 1) distribution; exact for Gaussian data of variance data_scale².

    For data N(m, s²·I) the denoiser of N(m, tau·s²·I) at (alpha, sigma) is
    x0 + alpha·s²·(1 − tau) / (tau·alpha²·s² + sigma²) · (alpha·x0 − x): that is what is returned, for any denoiser.
    Finite at alpha = 0. Temperature 1 returns `denoise` itself, so it changes no bit.
    """
    if temperature == 1:
        return denoise
    variance = data_scale * data_scale

    def cooler(x: Array, at: Point) -> Array:
        x0 = denoise(x, at)
        gain = at.alpha * variance * (1 - temperature) / (temperature * at.alpha**2 * variance + at.sigma**2)
        return x0 + gain * (at.alpha * x0 - x)

    return cooler
