"""Consistency sampling: predict the clean image, add fresh noise to it, and predict again."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoisePath, Step
from gdm_studio.maths.samplers.registry import sampler


@sampler(
    "lcm",
    title=QT_TRANSLATE_NOOP("Setting", "LCM"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "One to eight steps with a model distilled for it: predicts the picture, adds fresh noise, predicts again.",
    ),
    paper="Luo et al. 2023, arXiv:2310.04378, algorithm 3; Song et al. 2023, arXiv:2303.01469, algorithm 1",
    stochastic=True,
    steps=(1, 8),
    default_steps=4,
    default_spacing="lcm_50",
    own_law=True,
    temperature=QT_TRANSLATE_NOOP(
        "Setting", "Each step jumps to a whole picture: temperature only pulls the jumps towards the average picture."
    ),
)
def lcm(
    denoise: Denoise, x: Array, path: NoisePath, noise: Noise, *, start: int = 0, history: History = ()
) -> Iterator[Step]:
    """Sample with a consistency model (LCM): predict the clean image, and add fresh noise for the next level, x′ =
    alpha′·x0 + sigma′·z.

    `denoise` must be a consistency function that includes the boundary condition.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        x = to.alpha * x0
        if to.sigma > 0:
            x = x + to.sigma * noise(i + 1, x)
        yield Step(i + 1, of, to, x, x0)
