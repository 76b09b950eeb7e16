"""Checks of generated images against closed forms: final variances, the exact probability flow, and the mode that a
prompt selects.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gdm_studio.maths.processes import vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.verify.check_result import Row, at_least, at_most, close, equal
from gdm_studio.verify.exact_model import LAWS, ExactLibrary, furthest, request, run_engine
from gdm_studio.verify.reference_values import KNOWN, STEPS, VARIANCE

LINEAR = vp("linear")
LARGE = (4, 128, 128)
COUNT = 3
# Tolerance for the variance of these numbers, about five standard errors.
CHANCE = 0.015
# Steps after which every deterministic sampler has converged to the flow.
FINE = 200
# Tolerance for samplers of first order.
NEAR = {1: 0.02}
# Tolerance for samplers of higher order.
NEARER = 5e-4


def check_pictures() -> Iterator[Row]:
    """Check generated images: final variances, the exact probability flow, and the mode of each prompt."""
    for name, known in KNOWN.items():
        for steps, variance in zip(STEPS[:2], known, strict=False):
            found = _generate_values(name, steps)
            yield close(f"{name}, {steps} steps, {found.size} numbers: variance", found.var(), variance, share=CHANCE)
    for temperature in (1.0, 0.4):
        found = _generate_values("analytic_ddpm", 10, knobs={"last_noise": 1.0}, temperature=temperature)
        title = f"analytic_ddpm, 10 steps, temperature {temperature:g}: variance"
        yield close(title, found.var(), temperature * VARIANCE, share=CHANCE)
    for name, spec in SAMPLERS.items():
        if not spec.stochastic and not spec.own_law and not spec.needs:
            run = run_engine(request(sampler=name, steps=FINE, prompt="line"), ExactLibrary(LINEAR))
            exact = LAWS["line"].flow(run.start / run.path[0].alpha, run.ratios[0], 0.0)
            away = furthest([run.steps[-1].x.double().numpy()], [exact])
            yield at_most(f"{name}, {FINE} steps: from the exact flow, off by", away, NEAR.get(spec.order, NEARER))
    yield from _check_prompt_modes()


def _generate_values(name: str, steps: int, **fields: object) -> np.ndarray:
    """Generate images in the engine for data N(0.3, 0.25), and return all their numbers with the mean subtracted."""
    library = ExactLibrary(LINEAR, variance=VARIANCE, latent=LARGE)
    wanted = request(sampler=name, steps=steps, spacing="linspace", prompt="line", count=COUNT, **fields)
    last = run_engine(wanted, library).steps[-1].x.double().numpy()
    return np.asarray(last - LAWS["line"].mean)


def _check_prompt_modes() -> Iterator[Row]:
    """Check that a prompt selects one mode of the data, that both modes are equally frequent without a prompt, and that
    stronger guidance moves the samples farther out.
    """
    for prompt, share in (("", 0.5), ("right", 1.0), ("left", 0.0)):
        right = _generate_final_latents(prompt, 1.0)
        title = f"prompt {prompt!r}: share of numbers above 0"
        yield equal(title, (right > 0).mean(), share, tolerance=0.01)
    means = [float(_generate_final_latents("right", scale).mean()) for scale in (1.0, 3.0, 6.0)]
    yield close("guidance 1: mean of the mode asked for", means[0], LAWS["right"].mean, share=0.02)
    for scale, low, high in zip((3, 6), means, means[1:], strict=False):
        yield at_least(f"guidance {scale}: its mean, above that of less guidance by", high - low, 0.02)


def _generate_final_latents(prompt: str, scale: float) -> np.ndarray:
    library = ExactLibrary(LINEAR, latent=(4, 64, 64))
    wanted = request(sampler="heun", steps=40, prompt=prompt, guidance_scale=scale)
    return np.asarray(run_engine(wanted, library).steps[-1].x.double().numpy())
