"""DDPM with the larger of its two fixed variances; with the smaller one it is DDIM at eta 1, and stands there."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.maths.path import Array, Denoise, Noise, Path, Step
from gdm_studio.maths.samplers.ddim import ancestral_sigma, move, transition_sigma
from gdm_studio.maths.samplers.spec import sampler


@sampler(
    "ddpm_large",
    title="DDPM, large variance",
    summary="The original sampler with the forward step's variance: too noisy below some hundred steps.",
    paper="Ho et al. 2020, arXiv:2006.11239, algorithm 2 with sigma² = beta",
    stochastic=True,
    default_steps=250,
    default_spacing="linspace",
)
def ddpm_large(
    denoise: Denoise,
    x: Array,
    path: Path,
    noise: Noise,
    *,
    start: int = 0,
    carry: tuple[Array, ...] = (),
) -> Iterator[Step]:
    """The posterior mean of q(x′ | x, x0), plus noise of variance beta; none in the last step."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        x = move(x, x0, at, to, ancestral_sigma(at, to))
        if to.sigma > 0:
            x = x + transition_sigma(at, to) * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)
