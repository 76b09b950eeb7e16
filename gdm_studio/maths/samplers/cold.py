"""Cold diffusion's two samplers: restore the picture, degrade it again by a little less."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gdm_studio.errors import BadRequest
from gdm_studio.maths.path import Array, Carry, Denoise, Noise, Path, Point, Step
from gdm_studio.maths.samplers.spec import sampler

PAPER = "Bansal et al. 2022, arXiv:2208.09392"

Degrade = Callable[[Array, Point, Array], Array]  # (x0, at, eps) -> x: `degrade` of a process


@sampler(
    "cold_2",
    title="Cold",
    summary="Takes off what the degradation adds at each step: forgives a restoration that is wrong.",
    paper=f"{PAPER}, algorithm 2",
    steps=(10, 200),
    default_steps=50,
    default_spacing="linspace",
    own_law=True,
    temperature="Nothing is drawn on the way: temperature only bends the restorations, which is forgiven.",
    needs="degrade",
)
def cold_2(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (),
    degrade: Degrade | None = None
) -> Iterator[Step]:
    """x′ = x − D(x0, at) + D(x0, to). D's random part is the picture's own start noise, the same at every step.

    For D = x0 + sigma·e it ends in the true picture whatever `denoise` says. Raises BadRequest without `degrade`.
    """
    put_back = _checked(degrade)
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0, eps = denoise(x, at), noise(0, x)
        x = x - put_back(x0, at, eps) + put_back(x0, to, eps)
        yield Step(i + 1, of, to, x, x0)


@sampler(
    "cold_1",
    title="Cold, naive",
    summary="Restores and degrades the restoration anew: every error of the restoration stays.",
    paper=f"{PAPER}, algorithm 1",
    steps=(10, 200),
    default_steps=50,
    default_spacing="linspace",
    own_law=True,
    temperature="Nothing is drawn on the way: temperature only bends the restorations, and that stays.",
    needs="degrade",
)
def cold_1(
    denoise: Denoise, x: Array, path: Path, noise: Noise, *, start: int = 0, carry: Carry = (),
    degrade: Degrade | None = None
) -> Iterator[Step]:
    """x′ = D(x0, to), D's random part as in algorithm 2. Raises BadRequest without `degrade`."""
    put_back = _checked(degrade)
    of = len(path) - 1
    for i in range(start, of):
        to = path[i + 1]
        x0 = denoise(x, path[i])
        x = put_back(x0, to, noise(0, x0))
        yield Step(i + 1, of, to, x, x0)


def _checked(degrade: Degrade | None) -> Degrade:
    if degrade is None:
        raise BadRequest("Cold diffusion needs a model trained on a degradation; choose another scheduler.")
    return degrade
