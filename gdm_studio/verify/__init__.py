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
    "tables": noise_level_tables.check_tables,
    "predictions": predictions.check_predictions,
    "controls": engine_guidance.check_controls,
    "noise": keyed_noise.check_noise,
    "resuming": resumed_runs.check_resuming,
    "pictures": generated_images.check_pictures,
    # The mathematics alone.
    "processes": forward_processes.check_processes,
    "variances": reference_values.check_variances,
    "edm": reference_values.check_preconditioning,
    "gaussians": samplers_on_gaussians.check_gaussians,
    "noisy": samplers_on_gaussians.check_noisy,
    "order": convergence_order.check_order,
    "mixtures": samplers_on_mixtures.check_mixtures,
    "temperature": samplers_on_gaussians.check_temperature,
    "laws": expected_distributions.check_own_laws,
    "diversity": samplers_on_mixtures.check_diversity,
    "extremes": samplers_on_mixtures.check_extremes,
    "analytic": analytic_dpm.check_analytic,
    "spacing": optimal_spacing.check_spacing,
    "likelihood": likelihood.check_likelihood,
    "inversion": inversion.check_inversion,
    "guidance": guidance.check_guidance,
    "langevin": langevin.check_langevin,
    "cold": cold_diffusion.check_cold,
}

__all__ = ["CHECKS", "Check", "Row"]
