"""Checks of the engine against exact laws: closed forms, identities and convergence.

Each function in CHECKS runs a family of checks and yields its rows. Its docstring is the family's title on the command
line. The comparison of every sampler, schedule and spacing with a reference implementation is in tests/maths.
"""

from gdm_studio.verify import (
    analytic_dpm,
    cold_diffusion,
    convergence_order,
    engine_guidance,
    expected_distributions,
    forward_processes,
    generated_images,
    guidance,
    inversion,
    keyed_noise,
    langevin,
    likelihood,
    noise_level_tables,
    optimal_spacing,
    predictions,
    reference_values,
    resumed_runs,
    samplers_on_gaussians,
    samplers_on_mixtures,
)
from gdm_studio.verify.check_result import Check, Row

CHECKS: dict[str, Check] = {
    # Through `generate`.
    "tables": noise_level_tables.tables,
    "predictions": predictions.predictions,
    "controls": engine_guidance.controls,
    "noise": keyed_noise.noise,
    "resuming": resumed_runs.resuming,
    "pictures": generated_images.pictures,
    # The mathematics alone.
    "processes": forward_processes.processes,
    "variances": reference_values.variances,
    "edm": reference_values.preconditioning,
    "gaussians": samplers_on_gaussians.gaussians,
    "noisy": samplers_on_gaussians.noisy,
    "order": convergence_order.order,
    "mixtures": samplers_on_mixtures.mixtures,
    "temperature": samplers_on_gaussians.temperature,
    "laws": expected_distributions.own_laws,
    "diversity": samplers_on_mixtures.diversity,
    "extremes": samplers_on_mixtures.extremes,
    "analytic": analytic_dpm.analytic,
    "spacing": optimal_spacing.spacing,
    "likelihood": likelihood.likelihood,
    "inversion": inversion.inversion,
    "guidance": guidance.guidance,
    "langevin": langevin.langevin,
    "cold": cold_diffusion.cold,
}

__all__ = ["CHECKS", "Check", "Row"]
