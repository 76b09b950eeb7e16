"""Checks of the engine against exact laws: closed forms, identities and convergence.

Each function in CHECKS runs a family of checks and yields its rows. Its docstring is the family's title on the command
line. The comparison of every sampler, schedule and spacing with a reference implementation is in tests/maths.
"""

from gdm_studio.verify import (
    analytic,
    cold_diffusion,
    controls,
    convergence_order,
    declared_distributions,
    exact_gaussians,
    exact_mixtures,
    guidance,
    inversion,
    langevin,
    likelihood,
    noise,
    noise_level_tables,
    predictions,
    processes,
    resume,
    spacing,
    variances,
    whole_images,
)
from gdm_studio.verify.check_result import Check, Row

CHECKS: dict[str, Check] = {
    # Through `generate`.
    "tables": noise_level_tables.tables,
    "predictions": predictions.predictions,
    "controls": controls.controls,
    "noise": noise.noise,
    "resuming": resume.resuming,
    "pictures": whole_images.pictures,
    # The mathematics alone.
    "processes": processes.processes,
    "variances": variances.variances,
    "edm": variances.preconditioning,
    "gaussians": exact_gaussians.gaussians,
    "noisy": exact_gaussians.noisy,
    "order": convergence_order.order,
    "mixtures": exact_mixtures.mixtures,
    "temperature": exact_gaussians.temperature,
    "laws": declared_distributions.own_laws,
    "diversity": exact_mixtures.diversity,
    "extremes": exact_mixtures.extremes,
    "analytic": analytic.analytic,
    "spacing": spacing.spacing,
    "likelihood": likelihood.likelihood,
    "inversion": inversion.inversion,
    "guidance": guidance.guidance,
    "langevin": langevin.langevin,
    "cold": cold_diffusion.cold,
}

__all__ = ["CHECKS", "Check", "Row"]
