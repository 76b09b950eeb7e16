"""The engine against exact mathematics: a function a family of checks, each yielding its rows."""

from gdm_studio.engine.verify import (
    analytic,
    cold,
    controlling,
    gaussians,
    guidance,
    inversion,
    langevin,
    likelihood,
    mixtures,
    noise,
    order,
    own_laws,
    pictures,
    predicting,
    processes,
    resuming,
    samplers,
    spacing,
    tables,
    variances,
)
from gdm_studio.engine.verify.row import Check, Row

CHECKS: dict[str, Check] = {
    # through `generate`
    "tables": tables.tables,
    "predictions": predicting.predicting,
    "samplers": samplers.samplers,
    "controls": controlling.controlling,
    "noise": noise.noise,
    "resuming": resuming.resuming,
    "pictures": pictures.pictures,
    # the mathematics alone
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
