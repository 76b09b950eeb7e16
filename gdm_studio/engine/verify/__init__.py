"""The engine against exact mathematics: a function a family of checks, each yielding its rows."""

from gdm_studio.engine.verify import (
    analytic,
    cold,
    gaussians,
    guidance,
    inversion,
    langevin,
    likelihood,
    mixtures,
    order,
    own_laws,
    processes,
    spacing,
    variances,
)
from gdm_studio.engine.verify.row import Check, Row

CHECKS: dict[str, Check] = {
    "processes": processes.processes,
    "variances": variances.variances,
    "edm": variances.preconditioning,
    "gaussians": gaussians.gaussians,
    "noisy": gaussians.noisy,
    "order": order.order,
    "mixtures": mixtures.mixtures,
    "temperature": gaussians.temperature,
    "laws": own_laws.own_laws,
    "diversity": mixtures.diversity,
    "analytic": analytic.analytic,
    "spacing": spacing.spacing,
    "likelihood": likelihood.likelihood,
    "inversion": inversion.inversion,
    "guidance": guidance.guidance,
    "langevin": langevin.langevin,
    "cold": cold.cold,
}

__all__ = ["CHECKS", "Check", "Row"]
