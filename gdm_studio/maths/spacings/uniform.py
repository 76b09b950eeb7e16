"""Spacings with evenly spaced timesteps and their variants, which differ in whether the first and the last timestep are
included.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.schedules.table_interpolation import look_up
from gdm_studio.maths.spacings.registry import spacing

LCM_GRID = 50
PAPER = "Lin et al. 2024, arXiv:2305.08891, table 2"


@spacing(
    "trailing",
    title=QT_TRANSLATE_NOOP("Setting", "Uniform, trailing"),
    summary=QT_TRANSLATE_NOOP("Setting", "Even timesteps that begin at full noise."),
    paper=PAPER,
)
def trailing(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at evenly spaced timesteps that include the noisiest one: T − i·T/steps
    − 1, rounded.
    """
    check_step_count(ratios, steps)
    return [ratios[round(len(ratios) * (1 - i / steps)) - 1] for i in range(steps)]


@spacing(
    "leading",
    title=QT_TRANSLATE_NOOP("Setting", "Uniform, leading"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Even timesteps that end at the last one and never reach full noise, as in the DDIM paper."
    ),
    paper=PAPER,
)
def leading(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at evenly spaced timesteps that include the least noisy one:
    i·floor(T/steps), falling to 0.
    """
    check_step_count(ratios, steps)
    stride = len(ratios) // steps
    return [ratios[i * stride] for i in reversed(range(steps))]


@spacing(
    "leading_1",
    title=QT_TRANSLATE_NOOP("Setting", "Uniform, leading from 1"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "Like Uniform, leading, one timestep later: DDIM of ComfyUI and AUTOMATIC1111, and Stable Diffusion's own.",
    ),
    paper=f"{PAPER}, with steps_offset 1",
)
def leading_1(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at evenly spaced timesteps that end one above the least noisy one:
    i·floor(T/steps) + 1, falling to 1.
    """
    check_step_count(ratios[1:], steps)
    stride = len(ratios) // steps
    return [ratios[i * stride + 1] for i in reversed(range(steps))]


@spacing(
    "linspace",
    title=QT_TRANSLATE_NOOP("Setting", "Uniform, both ends"),
    summary=QT_TRANSLATE_NOOP("Setting", "Even timesteps with the first and the last."),
    paper=PAPER,
)
def linspace(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at evenly spaced timesteps from T − 1 to 0, both ends included,
    rounded.
    """
    check_step_count(ratios, steps)
    last = len(ratios) - 1
    return [ratios[round(last * (1 - i / max(steps - 1, 1)))] for i in range(steps)]


@spacing(
    "normal",
    title=QT_TRANSLATE_NOOP("Setting", "Normal"),
    summary=QT_TRANSLATE_NOOP(
        "Setting",
        "Uniform with both ends, between the model's timesteps too: AUTOMATIC1111's Uniform, ComfyUI's Normal.",
    ),
    paper="k-diffusion, DiscreteSchedule.get_sigmas",
)
def normal(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at evenly spaced timesteps from T − 1 to 0, not rounded but
    interpolated in their logarithm.
    """
    return [look_up(ratios, (len(ratios) - 1) * (1 - i / max(steps - 1, 1))) for i in range(steps)]


@spacing(
    "simple",
    title=QT_TRANSLATE_NOOP("Setting", "Simple"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Every so many of the model's timesteps, from full noise down: ComfyUI's Simple."
    ),
    paper="ComfyUI, simple_scheduler",
)
def simple(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at the timesteps T − 1 − floor(i·T/steps), which include the noisiest
    one.
    """
    check_step_count(ratios, steps)
    return [ratios[-1 - i * len(ratios) // steps] for i in range(steps)]


@spacing(
    "sgm_uniform",
    title=QT_TRANSLATE_NOOP("Setting", "SGM Uniform"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Even timesteps from full noise that stop one step before the last, between timesteps too."
    ),
    paper="Stability AI's generative-models; ComfyUI, normal_scheduler with sgm",
)
def sgm_uniform(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at timesteps (T − 1)·(1 − i/steps), not rounded but interpolated in
    their logarithm.
    """
    return [look_up(ratios, (len(ratios) - 1) * (1 - i / steps)) for i in range(steps)]


@spacing(
    "lcm_50",
    title=QT_TRANSLATE_NOOP("Setting", "LCM, of 50 timesteps"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "For latent consistency models: only the fifty timesteps that they were distilled on."
    ),
    paper="Luo et al. 2023, arXiv:2310.04378, section 4.3, with k = 20 of 1000",
)
def lcm_50(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run of a consistency model (LCM) from the 50 timesteps T·k/50 − 1: step i uses
    index floor(50·i/steps), counted from the noisiest. Raises BadRequest above 50 steps.
    """
    count = min(len(ratios), LCM_GRID)
    grid = [ratios[len(ratios) * k // count - 1] for k in range(count, 0, -1)]
    check_step_count(grid, steps)
    return [grid[i * len(grid) // steps] for i in range(steps)]


@spacing(
    "quadratic",
    title=QT_TRANSLATE_NOOP("Setting", "Quadratic"),
    summary=QT_TRANSLATE_NOOP(
        "Setting", "Timesteps that grow as squares, up to four fifths of full noise: small steps at the end."
    ),
    paper="Song et al. 2021, arXiv:2010.02502, appendix D.2",
)
def quadratic(ratios: Sequence[float], steps: int) -> list[float]:
    """Choose the noise ratios for a run's steps at quadratically spaced, distinct timesteps floor(0.8·T·f²), where f
    falls evenly from 1 to 0.
    """
    check_step_count(ratios, steps)
    root = math.sqrt(0.8 * len(ratios))
    squares = [math.floor((root * (1 - i / max(steps - 1, 1))) ** 2) for i in range(steps)]
    # Squares cluster at the end, where rounding down would return a timestep twice.
    return [ratios[max(square, steps - 1 - i)] for i, square in enumerate(squares)]


def check_step_count(ratios: Sequence[float], steps: int) -> None:
    """Raise BadRequest if a run has more steps than the noise schedule has timesteps."""
    if steps > len(ratios):
        raise BadRequest(f"This spacing has {len(ratios)} timesteps; choose at most that many steps, not {steps}.")
