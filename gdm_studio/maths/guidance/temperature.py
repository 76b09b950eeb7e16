"""Temperature, which makes the distribution of images narrower or broader than the model's."""

from __future__ import annotations

from collections.abc import Callable

from gdm_studio.maths.noise_path import Array, Denoise, NoiseLevel

# The variance of the data, per number, that is not yet decided at a noise level.
LevelVariance = Callable[[NoiseLevel], float]


def tempered(
    denoise: Denoise, temperature: float, data_scale: float, level_variance: LevelVariance | None = None
) -> Denoise:
    """Return a denoiser whose samples vary less (temperature < 1) or more (> 1) than the model's. It is exact for
    Gaussian data.

    For data N(m, v·I) the denoiser of N(m, tau·v·I) at (alpha, sigma) is x0 + alpha·v·(1 − tau) / (tau·alpha²·v +
    sigma²) · (alpha·x0 − x). This formula is applied to any denoiser. It is finite at alpha = 0. v is `level_variance`
    at the noise level or, without it, data_scale² at every level.

    At low noise the large shapes are already decided, and images have little variance left. Assuming the whole variance
    there would drive x away from these shapes. Temperature 1 returns `denoise` itself, so no bit changes.
    """
    if temperature == 1:
        return denoise
    whole = data_scale * data_scale

    def cooler(x: Array, at: NoiseLevel) -> Array:
        x0 = denoise(x, at)
        v = whole if level_variance is None else level_variance(at)
        gain = at.alpha * v * (1 - temperature) / (temperature * at.alpha**2 * v + at.sigma**2)
        return x0 + gain * (at.alpha * x0 - x)

    return cooler
