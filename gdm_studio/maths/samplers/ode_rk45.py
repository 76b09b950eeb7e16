"""The adaptive Runge-Kutta method of Dormand and Prince for the probability-flow ODE.

The functions wait for the device, since the acceptance of a step depends on its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.arrays import image_norm, weighted
from gdm_studio.maths.noise_path import Array, Denoise, History, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.processes.coordinates import on_curve
from gdm_studio.maths.samplers.ddim import move
from gdm_studio.maths.samplers.registry import sampler

# Dormand and Prince 1980, table 2: the time and the weights of each stage, and the weights of the fifth order minus
# those of the embedded fourth order.
_NODES = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
_STAGES: tuple[tuple[float, ...], ...] = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)

# Number of the smallest steps in an interval of the path.
_WHOLE = 2**20

Slope = Callable[[Array, float], Array]
Tolerance = Annotated[
    float,
    Param(
        QT_TRANSLATE_NOOP("Setting", "Tolerance"),
        1e-8,
        0.1,
        QT_TRANSLATE_NOOP("Setting", "Error allowed in a step; smaller is slower and more exact."),
    ),
]


@sampler(
    "ode_rk45",
    title=QT_TRANSLATE_NOOP("Setting", "RK45"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Follows the exact way to a tolerance, with as many evaluations as that takes."
    ),
    paper="Song et al. 2021, arXiv:2011.13456, section 4.3; Dormand and Prince 1980",
    order=5,
    calls_per_step=7,
    affine=False,
    steps=(5, 50),
    default_steps=10,
)
def ode_rk45(
    denoise: Denoise,
    x: Array,
    path: NoisePath,
    noise: Noise,
    *,
    start: int = 0,
    history: History = (),
    tolerance: Tolerance = 1e-4,
) -> Iterator[Step]:
    """Sample by solving the probability-flow ODE with the adaptive Dormand–Prince method, in each interval of the path
    to a relative and absolute `tolerance`.

    The ODE is du/dt = (u − x0)/t with u = x/(alpha + sigma), t = sigma/(alpha + sigma), which is finite at alpha = 0.
    The step to sigma = 0 is Euler's. Each image of x (N, …) has its own error norm and step size.
    """
    of = len(path) - 1
    for i in range(start, of):
        at, to = path[i], path[i + 1]
        x0 = denoise(x, at)
        x = move(x, x0, at, to) if to.sigma == 0 else _solve(denoise, x, x0, (at, to), tolerance)
        yield Step(i + 1, of, to, x, x0)


def _solve(denoise: Denoise, x: Array, x0: Array, interval: tuple[NoiseLevel, NoiseLevel], tolerance: float) -> Array:
    """Solve the probability-flow ODE over one interval of the path and return x at its end. `x0` is the prediction at
    its start.
    """
    at, to = interval
    size, size_to = at.alpha + at.sigma, to.alpha + to.sigma
    t, t_to = at.sigma / size, to.sigma / size_to

    def slope(u: Array, share: float) -> Array:
        now = t + share * (t_to - t)
        there = to if share == 1 else on_curve(now / (1 - now), to) if now < 1 else at
        return (t_to - t) * (u - denoise((there.alpha + there.sigma) * u, there)) / now

    return size_to * integrate(slope, x / size, (t_to - t) * (x - size * x0) / size / t, tolerance)


def integrate(slope: Slope, u: Array, start_slope: Array, tolerance: float) -> Array:
    """Solve the ODE du/ds = slope(u, s) from s = 0 to s = 1 with adaptive steps, for each row of u (N, …).
    `start_slope` is the slope at s = 0.

    The step size is halved and doubled per row. Rows at the same s with the same step share an evaluation. A step of
    1/2^20 of the interval is always accepted.
    """
    # These are copies, since rows are overwritten below.
    u, start_slope = u * 1.0, start_slope * 1.0
    place, step = [0] * len(u), [_WHOLE] * len(u)
    while min(place) < _WHOLE:
        now = min(zip(place, step, strict=True))
        ahead, last, error = _try_step(slope, u, start_slope, (now[0] / _WHOLE, now[1] / _WHOLE), tolerance)
        errors = error.reshape(-1).tolist()
        for row in [row for row, key in enumerate(zip(place, step, strict=True)) if key == now]:
            if errors[row] <= 1 or step[row] == 1:
                u[row], start_slope[row] = ahead[row], last[row]
                place[row] += step[row]
                # The method is of fifth order, so a step of twice the length has about 2⁵ times the error. Steps start
                # at multiples of their length.
                if errors[row] < 1 / 64 and place[row] % (2 * step[row]) == 0:
                    step[row] *= 2
            else:
                step[row] //= 2
    return u


def _try_step(
    slope: Slope, u: Array, start_slope: Array, span: tuple[float, float], tolerance: float
) -> tuple[Array, Array, Array]:
    """Try one Runge-Kutta step for every row of u. Returns u and the slope at the end of the step, and for each row the
    estimated error divided by the tolerance.
    """
    s, h = span
    slopes, ahead = [start_slope], u
    for node, weights in zip(_NODES, _STAGES, strict=True):
        ahead = u + h * weighted(weights, slopes)
        slopes.append(slope(ahead, s + node * h))
    error = h * weighted(_ERROR, slopes)
    return ahead, slopes[-1], image_norm(error / (tolerance * (1 + abs(u))))
