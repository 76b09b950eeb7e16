"""DDPM: ancestral sampling with the posterior's mean and one of its two fixed variances."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.maths.path import Array, Denoise, Noise, Path, Step
from gdm_studio.maths.samplers.ddim import ancestral_sigma, move, transition_sigma
from gdm_studio.maths.samplers.spec import sampler


@sampler(
    "ddpm",
    title="DDPM",
    summary="The original sampler, small variance: fresh noise at every step, best with many steps.",
    paper="Ho et al. 2020, arXiv:2006.11239, algorithm 2 with sigma² = beta-tilde",
    stochastic=True,
    default_steps=100,
    default_spacing="linspace",
)
@sampler(
    "ddpm_large",
    title="DDPM, large variance",
    summary="The original sampler with the forward step's variance: too noisy below some hundred steps.",
    paper="Ho et al. 2020, arXiv:2006.11239, algorithm 2 with sigma² = beta",
    stochastic=True,
    default_steps=250,
    default_spacing="linspace",
    preset={"large": True},
)
def ddpm(
    denoise: Denoise,
    x: Array,
    path: Path,
    noise: Noise,
    *,
    start: int = 0,
    carry: tuple[Array, ...] = (),
    large: bool = False,
) -> Iterator[Step]:
    """The posterior mean of q(x′ | x, x0), plus noise of beta-tilde (`large`: beta); none in the last step."""
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        small = ancestral_sigma(at, to)
        x = move(x, x0, at, to, small)
        if to.sigma > 0:
            x = x + (transition_sigma(at, to) if large else small) * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)
