"""Spacings even in the timesteps of the table; the three conventions differ in which end they hold."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gdm_studio.errors import BadRequest
from gdm_studio.maths.schedules.table import look_up
from gdm_studio.maths.spacings.spec import spacing

LCM_GRID = 50
PAPER = "Lin et al. 2024, arXiv:2305.08891, table 2"


@spacing("trailing", title="Uniform, trailing", summary="Even timesteps that begin at full noise.", paper=PAPER)
def trailing(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps T − i·T/steps − 1, rounded."""
    fits(ratios, steps)
    return [ratios[round(len(ratios) * (1 - i / steps)) - 1] for i in range(steps)]


@spacing(
    "leading",
    title="Uniform, leading",
    summary="Even timesteps that end at the last one and never reach full noise, as in the DDIM paper.",
    paper=PAPER,
)
def leading(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps i·floor(T/steps), falling to 0."""
    fits(ratios, steps)
    stride = len(ratios) // steps
    return [ratios[i * stride] for i in reversed(range(steps))]


@spacing(
    "leading_1",
    title="Uniform, leading from 1",
    summary="Like Uniform, leading, one timestep later: DDIM of ComfyUI and AUTOMATIC1111, and Stable Diffusion's own.",
    paper=f"{PAPER}, with steps_offset 1",
)
def leading_1(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps i·floor(T/steps) + 1, falling to 1."""
    fits(ratios[1:], steps)
    stride = len(ratios) // steps
    return [ratios[i * stride + 1] for i in reversed(range(steps))]


@spacing("linspace", title="Uniform, both ends", summary="Even timesteps with the first and the last.", paper=PAPER)
def linspace(ratios: Sequence[float], steps: int) -> list[float]:
    """`steps` timesteps from T−1 to 0, rounded."""
    fits(ratios, steps)
    last = len(ratios) - 1
    return [ratios[round(last * (1 - i / max(steps - 1, 1)))] for i in range(steps)]


@spacing(
    "normal",
    title="Normal",
    summary="Uniform with both ends, between the model's timesteps too: AUTOMATIC1111's Uniform, ComfyUI's Normal.",
    paper="k-diffusion, DiscreteSchedule.get_sigmas",
)
def normal(ratios: Sequence[float], steps: int) -> list[float]:
    """Even timesteps from T−1 to 0, not rounded; between entries in log."""
    return [look_up(ratios, (len(ratios) - 1) * (1 - i / max(steps - 1, 1))) for i in range(steps)]


@spacing(
    "simple",
    title="Simple",
    summary="Every so many of the model's timesteps, from full noise down: ComfyUI's Simple.",
    paper="ComfyUI, simple_scheduler",
)
def simple(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps T − 1 − floor(i·T/steps)."""
    fits(ratios, steps)
    return [ratios[-1 - i * len(ratios) // steps] for i in range(steps)]


@spacing(
    "sgm_uniform",
    title="SGM Uniform",
    summary="Even timesteps from full noise that stop one step before the last, between timesteps too.",
    paper="Stability AI's generative-models; ComfyUI, normal_scheduler with sgm",
)
def sgm_uniform(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps (T − 1)·(1 − i/steps), not rounded; between entries in log."""
    return [look_up(ratios, (len(ratios) - 1) * (1 - i / steps)) for i in range(steps)]


@spacing(
    "lcm_50",
    title="LCM, of 50 timesteps",
    summary="For latent consistency models: only the fifty timesteps that they were distilled on.",
    paper="Luo et al. 2023, arXiv:2310.04378, section 4.3, with k = 20 of 1000",
)
def lcm_50(ratios: Sequence[float], steps: int) -> list[float]:
    """Of the fifty timesteps T·k/50 − 1, those at floor(50·i/steps) from the noisiest; raises BadRequest beyond 50."""
    count = min(len(ratios), LCM_GRID)
    grid = [ratios[len(ratios) * k // count - 1] for k in range(count, 0, -1)]
    fits(grid, steps)
    return [grid[i * len(grid) // steps] for i in range(steps)]


@spacing(
    "quadratic",
    title="Quadratic",
    summary="Timesteps that grow as squares, up to four fifths of full noise: small steps at the end.",
    paper="Song et al. 2021, arXiv:2010.02502, appendix D.2",
)
def quadratic(ratios: Sequence[float], steps: int) -> list[float]:
    """Timesteps floor(0.8·T·share²), the share falling evenly from 1 to 0, each timestep its own."""
    fits(ratios, steps)
    root = math.sqrt(0.8 * len(ratios))
    squares = [math.floor((root * (1 - i / max(steps - 1, 1))) ** 2) for i in range(steps)]
    # squares crowd at the end, where rounding down would visit a timestep twice
    return [ratios[max(square, steps - 1 - i)] for i, square in enumerate(squares)]


def fits(ratios: Sequence[float], steps: int) -> None:
    """Raises BadRequest where there are fewer timesteps than steps."""
    if steps > len(ratios):
        raise BadRequest(f"This spacing has {len(ratios)} timesteps; ask for at most that many steps, not {steps}.")
