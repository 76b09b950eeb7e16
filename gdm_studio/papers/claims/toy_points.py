"""Measurements of claims on points of the plane, whose distribution is known exactly (see `toy_points`).

Each measurement can also be made of the ablation, with `context.broken`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch

from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.maths.exact.distance import neighbour_auc, sliced_w1
from gdm_studio.maths.noise_path import CLEAN, Array, NoiseLevel
from gdm_studio.maths.optimal_variance import ScoreNorms, analytic_variance
from gdm_studio.maths.samplers.inversion import invert
from gdm_studio.maths.spacings.optimal import LEVELS, pair_costs, shortest
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.papers.claims.chain_bound import Side, chain_bounds, entropy
from gdm_studio.papers.claims.claim_inputs import SEEDS, ClaimContext, summarise
from gdm_studio.papers.claims.convergence import convergence_order
from gdm_studio.papers.claims.point_distances import (
    Terms,
    largest_prediction,
    noise_error,
    prediction_error,
    start_error,
    terms_of_runs,
)
from gdm_studio.papers.claims.single_steps import STEPS_BACK, local_error, step_back_error
from gdm_studio.papers.claims.toy_point_measurements import COUNT, UNEVEN, Plane, points_of
from gdm_studio.papers.system_description import Measurement, System
from gdm_studio.papers.systems.normalizing_flow import negative_log_likelihood

# The number of points, per seed, whose likelihood is computed by the ODE.
LIKELIHOOD_COUNT = 4096
# The number of points that are generated from the same z.
POINTS_PER_Z = 8
# The number and the spacing of the steps of runs that are compared with the truth.
TERM_STEPS, TERM_SPACING = 50, "exponential"
# The step counts of Langevin dynamics where it takes hundreds of evaluations per step.
LANGEVIN_STEPS = {"ncsn": 10}
# The run of a generator of a single step.
ONE_STEP = (("euler", 1, "linspace"),)
# Solvers whose coefficients are for steps of equal length.
EVEN_SOLVERS = ("pndm",)
# The number of steps in which solvers of different orders differ most.
FINE_STEPS = 40
# The number of steps of an adaptive solver that are compared one by one.
LOCAL_STEPS = 10


def _measure_usual_terms(
    context: ClaimContext,
    plane: Plane,
    system: System,
    *,
    steps: Mapping[str, int] | None = None,
    predicts: bool = True,
) -> Terms:
    """Measure the terms of a system whose samplers all come near the truth in TERM_STEPS steps: states, spread, shares,
    fresh numbers and, unless `predicts` is False, predictions.

    `steps` overrides the number of steps of samplers.
    """
    if context.broken:
        return {}
    runs = [(each, (steps or {}).get(each, TERM_STEPS), TERM_SPACING) for each in system.samplers]
    found = _measure_terms(context, plane, runs)
    if predicts:
        path = plane.path(TERM_STEPS, TERM_SPACING)
        found["prediction"] = [prediction_error(plane, path, seed) for seed in range(SEEDS)]
        if "range" in system.claim.terms:
            found["range"] = [largest_prediction(plane, path, seed) for seed in range(SEEDS)]
    return found


def _measure_terms(context: ClaimContext, plane: Plane, runs: Sequence[tuple[str, int, str]]) -> Terms:
    """Measure the terms of runs, which are named by sampler, number of steps and spacing. Ablations have no terms."""
    if context.broken:
        return {}
    every = ([plane.run(name, steps, seed, spacing=each) for name, steps, each in runs] for seed in range(SEEDS))
    found = terms_of_runs(plane, every)
    backward = [run for run in runs if run[0] in STEPS_BACK]
    if backward:
        found["step"] = [max(step_back_error([name], plane.path(steps, each)) for name, steps, each in backward)]
    return found


def _measure_solver_terms(context: ClaimContext, plane: Plane, system: System, spacing: str) -> Terms:
    """Measure the usual terms of an ODE solver, its errors in FINE_STEPS steps relative to DDIM's, for whole runs and
    for single steps, and its order of convergence.

    A solver of higher order has a small fraction of DDIM's error, unless one of its coefficients is wrong. Its order is
    that of its weakest part, which may be its first steps.
    """
    found = _measure_usual_terms(context, plane, system)
    if not context.broken:
        path = plane.path(FINE_STEPS, spacing)
        found["fine"] = [fine_error(plane, system.samplers[0], seed, spacing) for seed in range(SEEDS)]
        found["local"] = [local_error(plane, system.samplers, path, seed=0)]
        sampler = system.samplers[0]
        found["order"] = [convergence_order(plane, sampler, seed=0, even_ratios=sampler in EVEN_SOLVERS)]
    return found


def _measure_sde_terms(context: ClaimContext, plane: Plane, system: System) -> Terms:
    """Measure the usual terms of a score SDE, and the error of the single steps of its ODE solver."""
    found = _measure_usual_terms(context, plane, system)
    if not context.broken:
        path = plane.path(LOCAL_STEPS, TERM_SPACING)
        found["local"] = [local_error(plane, system.samplers, path, seed=0)]
    return found


def _measure_started_terms(context: ClaimContext, plane: Plane, system: System) -> Terms:
    """Measure the usual terms of a system whose runs start from a generator's points, and the error of the start."""
    found = _measure_usual_terms(context, plane, system)
    if not context.broken:
        path = plane.path(TERM_STEPS, TERM_SPACING)
        found["start"] = [start_error(plane, path, seed) for seed in range(SEEDS)]
    return found


def fine_error(plane: Plane, sampler: str, seed: int, spacing: str) -> float:
    """Return a solver's error in FINE_STEPS steps, divided by the error of DDIM with the same number of network
    evaluations.
    """
    start, exact = plane.solve_exact_ends(seed, spacing)
    own, evaluations = plane.counted_sample(sampler, FINE_STEPS, seed, start=start, spacing=spacing)
    other, _ = plane.counted_sample("ddim", evaluations, seed, start=start, spacing=spacing)
    return distance(own, exact) / distance(other, exact)


def _measure_guided_terms(context: ClaimContext, plane: Plane, system: System, scale: float) -> Terms:
    """Measure the terms of a system with guidance: predictions with guidance for every class, and runs without."""
    if context.broken:
        return {}
    found = _measure_usual_terms(context, plane, system, predicts=False)
    path = plane.path(TERM_STEPS, TERM_SPACING)

    def exact(x: np.ndarray, at: NoiseLevel, index: int) -> np.ndarray:
        """Return x̂_0 + s·(x̂_0(y) − x̂_0), of exact predictions with and without the class y."""
        without, with_class = plane.mixture.denoise(x, at), plane.mixture.only(index).denoise(x, at)
        return without + scale * (with_class - without)

    def error(seed: int, index: int, label: str) -> float:
        denoise = plane.guided(path, seed, label, scale)
        of_class = plane.mixture.only(index)
        return prediction_error(plane, path, seed, denoise=denoise, exact=partial(exact, index=index), mixture=of_class)

    labels = plane.card.accepts.labels
    found["prediction"] = [max(error(seed, *each) for each in enumerate(labels)) for seed in range(SEEDS)]
    return found


def points_at_modes(context: ClaimContext, system: System) -> Measurement:
    """Measure how well the points that DDPM generates in 100 steps cover the modes of the true distribution.

    The value is the fraction of points at a mode, minus the error of the modes' relative frequencies. In the ablation,
    the network does not receive the noise level.
    """
    plane = context.plane(system)
    used = plane.without_time() if context.broken else plane
    batches = [used.sample("ddpm", 100, seed) for seed in range(SEEDS)]
    true = plane.mixture.sample(COUNT, seed=9)
    floor = plane.at_modes(true) - plane.mode_error(true)
    values = [plane.at_modes(each) - plane.mode_error(each) for each in batches]
    return summarise(values, COUNT, floor, _measure_usual_terms(context, used, system))


def inversion_error(context: ClaimContext, system: System) -> Measurement:
    """Measure how exactly DDIM restores points that were first encoded as noise by its inversion, with 100 steps in
    each direction.

    The value is the root-mean-square error divided by the standard deviation of the data. In the ablation the decoder
    adds fresh noise (η = 1).
    """
    plane = context.plane("ddpm-points")
    path = plane.path(100)
    errors = []
    for seed in range(SEEDS):
        x = true = plane.draw_held_out(COUNT, seed)
        with torch.no_grad():
            for step in invert(plane.denoiser(path, seed), true, path):
                x = step.x
        again = plane.sample("ddpm" if context.broken else "ddim", 100, seed, start=x)
        errors.append(float(np.sqrt(np.square(again - points_of(true)).mean())) / plane.card.data_scale)
    return summarise(errors, COUNT, 0.0, _measure_usual_terms(context, plane, system))


def analytic_bound(context: ClaimContext, system: System) -> Measurement:
    """Measure how much Analytic-DPM's variances improve the likelihood bound over DDPM's fixed variances.

    The value is the difference of the bounds on held-out points, in nats per point, for chains of 10, 25 and 50 even
    steps. It is compared with the better of β and β̃. The variances are measured on training points. In the ablation
    they belong to other noise levels.
    """
    plane = context.plane("ddpm-points")
    params: dict[str, Any] = {}
    if context.broken:
        logs, norms = zip(*plane.norms.table, strict=True)
        others = ScoreNorms(tuple(zip(logs, norms[::-1], strict=True)))
        params["reverse_variance"] = analytic_variance(others, data_scale=plane.card.data_scale)
    gains, bounds = [], []
    for steps in (10, 25, 50):
        path = plane.path(steps)
        own, *fixed = chain_bounds(plane, path, Side(system.samplers[0], params), Side("ddpm"), Side("ddpm_large"))
        bounds.append(own)
        gains.append(own - min(fixed))
    above = {"above": [bounds[-1] - entropy(plane)]}
    return summarise(gains, COUNT, terms=_measure_usual_terms(context, plane, system) | above)


def trajectory_bound(context: ClaimContext, system: System) -> Measurement:
    """Measure how much optimally chosen timesteps improve the likelihood bound over even and quadratic timesteps.

    The value is the difference of the bounds on held-out points, in nats per point, for 5, 10 and 25 steps. The better
    of even and quadratic timesteps counts. The search uses variances measured on training points. In the ablation it
    uses the same variance at every noise level.
    """
    plane = context.plane("ddpm-points")
    process = plane.stage.diffusion.process
    spacing = system.settings["spacing"]
    gains, bounds = [], []
    for steps in (5, 10, 25):
        path = plane.path(steps, spacing)
        if context.broken:
            ratios = process.ratios[:: -(-len(process.ratios) // LEVELS)]
            nodes = shortest(pair_costs(ratios, [plane.card.data_scale**2] * len(ratios)), steps)
            path = (*(process.coordinates(ratios[node - 1]) for node in nodes[:0:-1]), CLEAN)
        paths = (path, plane.path(steps), plane.path(steps, "quadratic"))
        own, *others = (chain_bounds(plane, each, Side(system.samplers[0]))[0] for each in paths)
        bounds.append(own)
        gains.append(own - min(others))
    above = {"above": [bounds[-1] - entropy(plane)]}
    return summarise(gains, COUNT, terms=_measure_usual_terms(context, plane, system) | above)


def learned_variance_bound(context: ClaimContext, system: System) -> Measurement:
    """Measure how much a network's learned variance improves the likelihood bound over the best fixed variance.

    The value is the difference of the bounds on held-out points, over all steps of the whole chain but the last, in
    bits per coordinate. The fixed variances are β, β̃ and their geometric mean (v = ½). The ablation uses the geometric
    mean, which is the output of an untrained network, in place of the learned variance.
    """
    plane = context.plane(system)
    path = plane.path(len(plane.stage.diffusion.process.ratios))

    sampler = system.samplers[0]

    def fixed(v: float) -> Side:
        return Side(sampler, {"learned_variance": lambda x, at: torch.full_like(x, v)})

    sides = (Side(sampler), fixed(0.0), fixed(0.5), fixed(1.0))
    gains = []
    for seed in range(SEEDS):
        nats = chain_bounds(plane, path, *sides, seed=seed, count=COUNT // 4, with_ends=False)
        own = nats[2] if context.broken else nats[0]
        gains.append((own - min(nats[1:])) / 2 / math.log(2))
    return summarise(gains, COUNT // 4, terms=_measure_usual_terms(context, plane, system))


def bound_beside_ddpm(context: ClaimContext, system: System) -> Measurement:
    """Measure whether training with the variational bound as the loss gives a model a better bound than DDPM's.

    The value is the difference of the bounds on held-out points, in nats per point, for 100 even steps with optimal
    variances. The ablation is DDPM's network, which was not trained with the bound.
    """
    own, ddpm = context.plane("ddpm-points" if context.broken else system), context.plane("ddpm-points")
    bounds = [chain_bounds(each, each.path(100), Side("analytic_ddpm"))[0] for each in (own, ddpm)]
    above = {"above": [bounds[0] - entropy(own)]}
    return summarise([bounds[0] - bounds[1]], COUNT, terms=_measure_usual_terms(context, own, system) | above)


def ode_law(context: ClaimContext, system: System) -> Measurement:
    """Measure whether the probability-flow ODE samples the same distribution as the SDE.

    The value is the sliced W1 distance between points of the ODE and of the SDE, minus the distance between two samples
    of the SDE. In the ablation, the ODE follows the whole score instead of half of it.
    """
    plane = context.plane(system)
    denoise: Any = None
    apart = []
    for seed in range(SEEDS):
        if context.broken:
            denoise = _create_double_score(plane.denoiser(plane.path(20), seed))
        ode = plane.sample("ode_rk45", 20, seed, denoise=denoise)
        sde, other = (plane.sample("pc", 200, seed + shift, snr=0.0) for shift in (100, 200))
        apart.append(sliced_w1(ode, sde) - sliced_w1(other, sde))
    return summarise(apart, COUNT, terms=_measure_sde_terms(context, plane, system))


def _create_double_score(denoise: Any) -> Any:
    """Return a denoiser with twice the score of `denoise`, for an ablation."""

    def twice(x: Array, at: NoiseLevel) -> Array:
        return 2 * denoise(x, at) - x / at.alpha

    return twice


def corrector_excess(context: ClaimContext, system: System) -> Measurement:
    """Measure whether a sampler with corrector steps is better than a sampler with twice as many predictor steps.

    The value is the excess sliced W1 distance of 100 steps with a corrector, minus the distance of 200 steps without.
    Both need the same number of network evaluations. In the ablation the corrector does nothing.
    """
    plane = context.plane(system)
    gains = []
    for seed in range(SEEDS):
        corrected = plane.sample("pc", 100, seed, spacing="exponential", snr=0.0 if context.broken else 0.16)
        plain = plane.sample("pc", 200, seed, spacing="exponential", snr=0.0)
        gains.append(plane.excess(corrected, seed) - plane.excess(plain, seed))
    return summarise(gains, COUNT, terms=_measure_sde_terms(context, plane, system))


def nats_beside_vp(context: ClaimContext, system: System) -> Measurement:
    """Measure whether a score SDE assigns a higher likelihood to held-out points than the variance-preserving (VP) SDE.

    The value is the difference of the exact negative log-likelihoods, in nats per point. Both networks have equal
    training, and both likelihoods are computed at the same lowest noise level. In the ablation, both sides use VP's
    network.
    """
    vp = context.plane("score-sde-vp-points")
    own = vp if context.broken else context.plane(system)
    least = max(each.stage.diffusion.process.ratios[0] for each in (own, vp))
    differences, above = [], []
    for seed in range(SEEDS):
        (known, _), (found, true) = (each.log_likelihood(LIKELIHOOD_COUNT, seed, least=least) for each in (vp, own))
        differences.append(known - found)
        above.append(true - found)
    return summarise(differences, LIKELIHOOD_COUNT, terms=_measure_sde_terms(context, own, system) | {"above": above})


def annealed_weights(context: ClaimContext, system: System) -> Measurement:
    """Measure whether annealed Langevin dynamics samples two distant modes with their correct weights.

    The value is the error of the fraction of points at the larger mode. There are 10 noise levels of 100 steps each, as
    in the paper. The ablation takes the same number of steps, all at the lowest noise level.
    """
    plane = context.plane(system)
    found = []
    for seed in range(SEEDS):
        if context.broken:
            path = plane.path(10, "exponential")
            denoise, lowest = plane.denoiser(path, seed), path[-2]
            x, noise = 0.8 * torch.randn(1, 1, COUNT, 2, generator=torch.manual_seed(seed)), KeyedNoise([seed])
            # The default step size of the sampler, which takes steps x + a/2·score + √a·z.
            size = 0.1 * lowest.sigma**2
            for step in range(1000):
                score = (denoise(x, lowest) - x) / lowest.sigma**2
                x = x + size * score + math.sqrt(2 * size) * noise(step, x)
            points = points_of(x)
        else:
            points = plane.sample("ncsn", 10, seed, spacing="exponential")
        found.append(plane.mode_error(points))
    floor = plane.mode_error(plane.mixture.sample(COUNT, seed=9))
    return summarise(found, COUNT, floor, _measure_usual_terms(context, plane, system, steps=LANGEVIN_STEPS))


def four_step_modes(context: ClaimContext, system: System) -> Measurement:
    """Measure the fraction of generated points near a mode after only 4 steps. It is compared with 4 Gaussian backward
    steps of a perfect denoiser.

    The value is the difference of the two fractions. In the ablation, the generator's z is zero, so that it predicts a
    single point.
    """
    plane = context.plane(system)
    ceiling = plane.at_modes(plane.sample("ddpm", 4, 0, denoise=plane.exact_denoiser()))
    found = []
    for seed in range(SEEDS):
        path = plane.path(4)
        silent = plane.stage.denoiser([Conditioning()], path, lambda at, like, draw=0: torch.zeros_like(like))
        points = plane.sample("ddpm", 4, seed, denoise=silent if context.broken else None)
        found.append(plane.at_modes(points) - ceiling)
    terms = _measure_terms(context, plane, (("ddpm", 4, "linspace"),))
    return summarise(found, COUNT, plane.at_modes(plane.mixture.sample(COUNT, seed=9)) - ceiling, terms)


def generator_modes(context: ClaimContext, system: System) -> Measurement:
    """Measure how much larger the fraction of generated points near a mode is for a GAN than for a VAE.

    The value is the difference of the two fractions. The ablation is the VAE's generator, which is trained without a
    discriminator.
    """
    vae = context.plane("vae-points")
    own = vae if context.broken else context.plane(system)
    pairs = [[each.at_modes(each.sample("euler", 1, seed)) for each in (own, vae)] for seed in range(SEEDS)]
    return summarise([first - second for first, second in pairs], COUNT, terms=_measure_terms(context, own, ONE_STEP))


def modes_missed(context: ClaimContext, system: System) -> Measurement:
    """Measure how unevenly a one-step generator covers the modes of the true distribution.

    The value is the total variation distance between the frequencies and the true weights of the modes. In the ablation
    the generator gets the same z for every point.
    """
    plane = context.plane(system)
    found = []
    for seed in range(SEEDS):
        points = plane.sample("euler", 1, seed)
        found.append(plane.mode_error(np.repeat(points[:1], COUNT, axis=0) if context.broken else points))
    return summarise(
        found, COUNT, plane.mode_error(plane.mixture.sample(COUNT, seed=9)), _measure_terms(context, plane, ONE_STEP)
    )


def truncated_start(context: ClaimContext, system: System) -> Measurement:
    """Measure how much sampling in 10 steps improves if its noisy starting points are generated by a GAN.

    The value is the ratio of the two excess sliced W1 distances. The other start is Gaussian noise with the variance of
    the noisy data. In the ablation both sides start from Gaussian noise.
    """
    plane = context.plane(system)
    first = plane.path(10)[0]
    ratios = []
    for seed in range(SEEDS):
        spread = math.sqrt((first.alpha * plane.card.data_scale) ** 2 + first.sigma**2)
        draws = spread * torch.randn(2, 1, 1, COUNT, 2, generator=torch.manual_seed(seed))
        plain, again = (plane.excess(plane.sample("ddpm", 10, seed, start=each), seed) for each in draws)
        own = again if context.broken else plane.excess(plane.sample("ddpm", 10, seed), seed)
        ratios.append(max(own, 0.0) / plain)
    return summarise(ratios, COUNT, terms=_measure_started_terms(context, plane, system))


def repaired_generator(context: ClaimContext, system: System) -> Measurement:
    """Measure how many more of a VAE's points lie near a mode after diffusion has added noise to them and removed it
    again.

    The value is the difference of the two fractions. In the ablation, the points are noised but not denoised.
    """
    plane = context.plane(system)
    vae = context.plane("vae-points")
    gains = []
    for seed in range(SEEDS):
        before = vae.at_modes(vae.sample("euler", 1, seed))
        path = plane.path(50)
        points = points_of(plane.start(path, seed)) if context.broken else plane.sample("ddpm", 50, seed)
        gains.append(plane.at_modes(points) - before)
    return summarise(gains, COUNT, terms=_measure_started_terms(context, plane, system))


def shared_z_modes(context: ClaimContext, system: System) -> Measurement:
    """Measure how often diffusion reaches the same mode from different noise if it is conditioned on the same latent z.

    The value is the fraction of points at the most frequent mode among the POINTS_PER_Z points of one z, whose initial
    and fresh noise differ. In the ablation, every point has its own z.
    """
    plane = context.plane(system)
    found = []
    for seed in range(SEEDS):
        path = plane.path(50)
        own = torch.randn(1, 1, COUNT, 2, generator=torch.manual_seed(500 + seed))
        shared = own[:, :, ::POINTS_PER_Z].repeat_interleave(POINTS_PER_Z, dim=2)
        z = own if context.broken else shared
        denoise = plane.stage.denoiser([Conditioning()], path, lambda at, like, draw=0, z=z: z)
        points = plane.sample("ddpm", 50, seed, denoise=denoise)
        modes = plane.modes(points).reshape(-1, POINTS_PER_Z)
        found.append(float(np.mean([np.bincount(each).max() / POINTS_PER_Z for each in modes])))
    return summarise(found, COUNT, terms=_measure_usual_terms(context, plane, system, predicts=False))


def excess_beside_ddpm(context: ClaimContext, system: System) -> Measurement:
    """Measure whether a system's points after 10 steps are closer to the true distribution than DDPM's.

    The value is the ratio of the two excess sliced W1 distances. The ablation is DDPM with other seeds.
    """
    ddpm = context.plane("ddpm-points")
    own = ddpm if context.broken else context.plane(system)
    ratios = []
    for seed in range(SEEDS):
        first = own.excess(own.sample("ddpm", 10, seed + SEEDS * context.broken), seed)
        ratios.append(first / ddpm.excess(ddpm.sample("ddpm", 10, seed), seed))
    return summarise(ratios, COUNT, terms=_measure_usual_terms(context, own, system, predicts=False))


def noise_law(context: ClaimContext, system: System) -> Measurement:
    """Measure whether DDPM with non-Gaussian noise generates better points in 10 steps than DDPM with Gaussian noise.

    The value is the ratio of the two excess sliced W1 distances. Each side uses the better of two fixed variances. The
    ablation is DDPM's network with Gaussian noise and the system's own sampler.
    """
    ddpm = context.plane("ddpm-points")
    own = ddpm if context.broken else context.plane(system)
    ratios = []
    for seed in range(SEEDS):
        fixed = min(ddpm.excess(ddpm.sample(each, 10, seed), seed) for each in ("ddpm", "ddpm_large"))
        found = min(own.excess(own.sample(each, 10, seed + SEEDS), seed) for each in ("ddpm", "ddpm_large"))
        ratios.append(found / fixed)
    terms = _measure_usual_terms(context, own, system)
    if not context.broken:
        terms["noise"] = [noise_error(own, system.samplers, seed) for seed in range(SEEDS)]
    return summarise(ratios, COUNT, terms=terms)


def prior_hole(context: ClaimContext, system: System) -> Measurement:
    """Measure whether a learned prior generates the same latents as the encoder, or also latents in the holes between
    them.

    The value is the area under the ROC curve of a nearest-neighbour classifier of both: 0.5 for identical
    distributions, 1 if they do not overlap. In the ablation, the latents are drawn from N(0, I).
    """
    plane = context.plane(system)
    found = []
    for seed in range(SEEDS):
        mean, log_variance = plane.stage.autoencoder.posterior(plane.draw_held_out(COUNT, seed))
        noise = torch.randn(2, *mean.shape, generator=torch.manual_seed(seed))
        encoded = points_of(mean + (0.5 * log_variance).exp() * noise[0])
        drawn = points_of(noise[1]) if context.broken else plane.generate_latents("ddim", 100, seed)
        found.append(neighbour_auc(encoded, drawn))
    return summarise(found, COUNT, 0.5)


def class_by_guidance(context: ClaimContext, system: System) -> Measurement:
    """Measure how much guidance increases the fraction of generated points that lie in the region of their class.

    The region of a class is where it is the most probable class under the exact distribution. Without guidance, a
    system with classifier guidance is not conditioned on the class. In the ablation, neither side has guidance.
    """
    plane = context.plane(system)
    # The guidance scale that turns guidance off: 1 for classifier-free guidance, 0 for classifier guidance.
    none = 1.0 if system.weights_from else 0.0
    scales = (none if context.broken else plane.card.default_request().guidance_scale, none)
    gains = []
    for seed in range(SEEDS):
        shares = []
        for scale in scales:
            in_class = [
                (plane.most_probable_modes(plane.guided_sample("ddpm", 50, seed, label, scale)) == index).mean()
                for index, label in enumerate(plane.card.accepts.labels)
            ]
            shares.append(float(np.mean(in_class)))
        gains.append(shares[0] - shares[1])
    return summarise(gains, COUNT, terms=_measure_guided_terms(context, plane, system, scales[0]))


def solver_error(context: ClaimContext, system: System) -> Measurement:
    """Measure how much more accurate an ODE solver is in 10 steps than DDIM with equally many evaluations.

    The value is the ratio of the mean distances from the points to which the exact solution of the ODE leads. The steps
    differ in log-SNR, except those of EVEN_SOLVERS. In the ablation, both sides are DDIM with 10 steps.
    """
    plane = context.plane("ddpm-points")
    spacing = TERM_SPACING if system.samplers[0] in EVEN_SOLVERS else UNEVEN
    ratios = []
    for seed in range(SEEDS):
        start, exact = plane.solve_exact_ends(seed, spacing)
        sampler = "ddim" if context.broken else system.samplers[0]
        own, evaluations = plane.counted_sample(sampler, 10, seed, start=start, spacing=spacing)
        other, _ = plane.counted_sample("ddim", evaluations, seed, start=start, spacing=spacing)
        ratios.append(distance(own, exact) / distance(other, exact))
    return summarise(ratios, COUNT, terms=_measure_solver_terms(context, plane, system, spacing))


def corrected_error(context: ClaimContext, system: System) -> Measurement:
    """Measure whether UniPC's points after 10 steps are more accurate than DPM-Solver++ 2M's.

    The value is the ratio of the errors. Both solvers have order 2 and one evaluation per step. In the ablation, both
    sides are DPM-Solver++ 2M.
    """
    plane = context.plane("ddpm-points")
    ratios = []
    for seed in range(SEEDS):
        start, exact = plane.solve_exact_ends(seed, UNEVEN)
        samplers = ("dpmpp_2m" if context.broken else system.samplers[0], "dpmpp_2m")
        runs = [plane.counted_sample(each, 10, seed, start=start, spacing=UNEVEN) for each in samplers]
        (own, evaluations), (other, as_many) = runs
        assert evaluations == as_many, "the solvers have equally many evaluations"
        ratios.append(distance(own, exact) / distance(other, exact))
    return summarise(ratios, COUNT, terms=_measure_solver_terms(context, plane, system, UNEVEN))


def heun_error(context: ClaimContext, system: System) -> Measurement:
    """Measure how much more accurate Heun's method is in 18 steps than Euler's method with equally many evaluations.

    The value is the ratio of the errors. Both follow EDM's ODE at EDM's noise levels. In the ablation, both sides use
    Euler's method.
    """
    plane = context.plane(system)
    ratios = []
    for seed in range(SEEDS):
        start, exact = plane.solve_exact_ends(seed, "karras")
        sampler, steps = ("euler", 35) if context.broken else ("heun", 18)
        own, evaluations = plane.counted_sample(sampler, steps, seed, start=start, spacing="karras")
        other, _ = plane.counted_sample("euler", evaluations, seed, start=start, spacing="karras")
        ratios.append(distance(own, exact) / distance(other, exact))
    return summarise(ratios, COUNT, terms=_measure_solver_terms(context, plane, system, "karras"))


def distance(points: np.ndarray, others: np.ndarray) -> float:
    """Return the mean Euclidean distance between corresponding points of two arrays (N, 2)."""
    return float(np.linalg.norm(points - others, axis=1).mean())


def straight_lines(context: ClaimContext, system: System) -> Measurement:
    """Measure whether 8 steps along the straight lines of flow matching give better points than 8 steps of DDIM.

    The value is the ratio of the excess sliced W1 distances. DDIM takes 8 even timesteps with DDPM's network, which has
    equal training. The ablation is DDIM with other seeds. The term "order" is that of Heun's method along the lines.
    """
    own, ddpm = context.plane(system), context.plane("ddpm-points")
    ratios = []
    for seed in range(SEEDS):
        points = ddpm.sample("ddim", 8, seed + SEEDS) if context.broken else own.sample("flow_euler", 8, seed)
        ratios.append(own.excess(points, seed) / ddpm.excess(ddpm.sample("ddim", 8, seed), seed))
    terms = _measure_usual_terms(context, own, system)
    if not context.broken:
        terms["order"] = [convergence_order(own, "flow_heun", seed=0, even_ratios=False)]
    return summarise(ratios, COUNT, terms=terms)


def two_step_modes(context: ClaimContext, system: System) -> Measurement:
    """Measure how much better the points of a consistency model are than those of its teacher, if both use 2 steps.

    The value is the difference of the fraction of points at a mode minus the error of the modes' relative frequencies.
    The teacher follows its ODE. In the ablation the teacher's network takes the steps of a consistency model.
    """
    teacher = context.plane("edm-points")
    own = teacher if context.broken else context.plane(system)
    gains = []
    for seed in range(SEEDS):
        points = own.sample("lcm", 2, seed, spacing="trailing")
        plain = teacher.sample("euler", 2, seed, spacing="trailing")
        first, second = (teacher.at_modes(each) - teacher.mode_error(each) for each in (points, plain))
        gains.append(first - second)
    return summarise(gains, COUNT, terms=_measure_terms(context, own, (("lcm", 2, "trailing"),)))


def flow_likelihood(context: ClaimContext, system: System) -> Measurement:
    """Measure how far a normalizing flow's likelihood of held-out points is from the best possible one.

    The value is −log p under the flow, minus −log p under the true distribution, in nats per point. The ablation is the
    flow without coupling layers, N(0, I), scaled to the variance of the data.
    """
    plane = context.plane(system)
    gaps = []
    for seed in range(SEEDS):
        points = plane.draw_held_out(COUNT, seed)
        true = -plane.mixture.log_density(points_of(points), CLEAN).mean()
        if context.broken:
            z = points / plane.card.data_scale
            nats = 0.5 * (z.square() + math.log(2 * math.pi)).sum(dim=-1) + 2 * math.log(plane.card.data_scale)
        else:
            with torch.no_grad():
                nats = negative_log_likelihood(plane.stage.networks["generator"], points)
        gaps.append(float(nats.mean() - true))
    return summarise(gaps, COUNT, 0.0, _measure_terms(context, plane, ONE_STEP))


# All measurements of this module.
MEASUREMENTS: tuple[Callable[..., Measurement], ...] = (
    points_at_modes,
    inversion_error,
    analytic_bound,
    trajectory_bound,
    learned_variance_bound,
    bound_beside_ddpm,
    ode_law,
    corrector_excess,
    nats_beside_vp,
    annealed_weights,
    four_step_modes,
    generator_modes,
    modes_missed,
    truncated_start,
    repaired_generator,
    shared_z_modes,
    excess_beside_ddpm,
    noise_law,
    prior_hole,
    class_by_guidance,
    solver_error,
    corrected_error,
    heun_error,
    straight_lines,
    two_step_modes,
    flow_likelihood,
)
