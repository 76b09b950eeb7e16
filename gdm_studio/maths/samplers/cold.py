"""The two samplers of cold diffusion, which restore the image and then degrade it again slightly less."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.maths.samplers.registry import sampler

PAPER = "Bansal et al. 2022, arXiv:2208.09392"

# (x0, at, eps) -> x, the `degrade` method of a process.
Degrade = Callable[[Array, NoiseLevel, Array], Array]


@sampler(
    "cold_2",
    title=QT_TRANSLATE_NOOP("Setting", "Cold"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Takes off what the degradation adds at each step: forgives a restoration that is wrong."
    ),
    paper=f"{PAPER}, algorithm 2",
    steps=(10, 200),
    default_steps=50,
    default_spacing="linspace",
    own_law=True,
    temperature=QT_TRANSLATE_NOOP(
        "Setting", "Nothing is drawn on the way: temperature only bends the restorations, which is forgiven."
    ),
    needs="degrade",
)
def cold_2(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    degrade: Degrade | None = None,
) -> Iterator[Step]:
    """Sample with algorithm 2 of cold diffusion, which is robust against wrong restorations: x′ = x − D(x0, at) + D(x0,
    to).

    The random part of the degradation D is the image's initial noise, the same at every step. For D = x0 + sigma·e the
    result is the true image for any output of `denoise`. Raises BadRequest without `degrade`.
    """
    put_back = _check_degrade(degrade)
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0, eps = denoise(x, at), noise(0, x)
        x = x - put_back(x0, at, eps) + put_back(x0, to, eps)
        yield Step(i + 1, of, to, x, x0)


@sampler(
    "cold_1",
    title=QT_TRANSLATE_NOOP("Setting", "Cold, naive"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Restores, and degrades the restoration again: every error of the restoration stays."
    ),
    paper=f"{PAPER}, algorithm 1",
    steps=(10, 200),
    default_steps=50,
    default_spacing="linspace",
    own_law=True,
    temperature=QT_TRANSLATE_NOOP(
        "Setting", "Nothing is drawn on the way: temperature only bends the restorations, and that stays."
    ),
    needs="degrade",
)
def cold_1(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    degrade: Degrade | None = None,
) -> Iterator[Step]:
    """Sample with algorithm 1 of cold diffusion: restore the clean image x0, and degrade it again slightly less, x′ =
    D(x0, to).

    The random part of the degradation D is the image's initial noise, as in `cold_2`. Raises BadRequest without
    `degrade`.
    """
    put_back = _check_degrade(degrade)
    of = len(path) - 1
    for i in range(start, of):
        to = path[i + 1]
        x0 = denoise(x, path[i])
        x = put_back(x0, to, noise(0, x0))
        yield Step(i + 1, of, to, x, x0)


def _check_degrade(degrade: Degrade | None) -> Degrade:
    if degrade is None:
        raise BadRequest("Cold diffusion needs a model trained on a degradation; choose another scheduler.")
    return degrade
