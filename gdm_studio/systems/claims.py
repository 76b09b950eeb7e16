"""Measurements that verify the claims of the systems.

Each measurement can also be made of an ablation: the system without the part that causes the claimed effect. The claim
must not hold for the ablation.

Some effects cannot be seen in small images. They are measured on points in the plane, whose distribution is known
exactly (see `plane`). Images are generated without guidance, unless the claim is about guidance. Every Fréchet distance
is reduced by the distance that an equally large set of real images has, because a small set has a large distance by
itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.maths.exact.distance import sliced_w1
from gdm_studio.maths.path import Array, NoiseLevel
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.card import ModelCard
from gdm_studio.models.library import Library
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.row_evaluator import whole_batches
from gdm_studio.request.request import Request
from gdm_studio.systems import recipe_of
from gdm_studio.systems.judge import FILE, Judge, load_judge
from gdm_studio.systems.plane import COUNT, Plane, points_of
from gdm_studio.systems.system import Measurement, System
from gdm_studio.training.evaluation.cached_generator import CachedGenerator, ProgressCallback
from gdm_studio.training.evaluation.statistics import frechet_distance
from gdm_studio.training.loop import Run
from gdm_studio.training.recipe import Model, Recipe

# The number of sampling seeds. The interval of a measurement ranges from the lowest to the highest of their results.
SEEDS = 3
# The number of images per seed. With fewer than about 500 images, a Fréchet distance is mostly its own bias.
IMAGES_PER_SEED = 512
# The number of images that are generated from the same latent vector z.
IMAGES_PER_Z = 8
# The number of training samples of a network, and of its ablation.
ABLATION_SAMPLES = 6_400
# The number of points, per seed, whose likelihood is computed by the ODE.
LIKELIHOOD_COUNT = 4096


@dataclass(frozen=True)
class ClaimContext:
    """The inputs for measuring claims: the installed models, the judge, and optionally training images."""

    library: Library
    judge_file: Path
    images_per_seed: int = IMAGES_PER_SEED
    show: ProgressCallback = lambda title, done, of: None
    # The dataset for measurements that train networks.
    data: Path | None = None
    # Whether the ablation is measured instead of the system.
    broken: bool = False

    @cached_property
    def judge(self) -> Judge:
        return load_judge(self.judge_file)

    @property
    def pictures(self) -> Path:
        """The folder of the training dataset. Raises ModelError if none was given."""
        if self.data is None:
            raise ModelError("needs --data, the output of `gdm-studio data icons`")
        return self.data

    def card(self, model: str) -> ModelCard:
        """Return the card of a system's model. Raises ModelError if it is not trained yet."""
        found = next((each for each in self.library.cards() if each.name == model and each.family == "systems"), None)
        if found is None:
            raise ModelError("not trained yet")
        return found

    def plane(self, system: System | str) -> Plane:
        """Load a system's model of points. Raises ModelError if it is not trained yet."""
        name = system if isinstance(system, str) else system.points_model
        return Plane.load(self.library, self.card(name).name)

    def generate_images(self, model: str, **settings: object) -> list[NDArray[np.uint8]]:
        """Generate one batch of images per seed, with the model's default settings changed by `settings`.

        The images of a batch have the classes returned by `labels`. Guidance is off unless `settings` sets it.
        """
        card = self.card(model)
        drawings = CachedGenerator.of(self.library, card.name, self.show)
        batches: list[list[NDArray[np.uint8]]] = [[] for _ in range(SEEDS)]
        settings = {"guidance_scale": 1.0, **settings} if card.accepts.guidance else settings
        for index, (label, count) in enumerate(Counter(self.labels(card)).items(), start=1):
            conditioning = {"label": label} if label else {}
            request = _changed(drawings.base, seed=10_000 * index, count=SEEDS * count, **{**conditioning, **settings})
            with whole_batches():
                images = drawings.generate(card.name, [request])
            for batch, part in zip(batches, np.split(images, SEEDS), strict=True):
                batch.append(part)
        return [np.concatenate(parts) for parts in batches]

    def labels(self, card: ModelCard) -> list[str]:
        """Return the class of each image of a batch, sorted by class. All classes occur equally often."""
        names = card.accepts.labels or ("",)
        return sorted((names[index % len(names)] for index in range(self.images_per_seed)), key=names.index)

    @cached_property
    def frechet_floor(self) -> float:
        """The mean Fréchet distance of real images, in sets as large as the generated ones."""
        real, count = self.judge.real, min(self.images_per_seed, len(self.judge.real))
        draws = [np.random.default_rng(seed).permutation(len(real))[:count] for seed in range(SEEDS)]
        return float(np.mean([frechet_distance(real[indices], real) for indices in draws]))

    def frechet_excess(self, model: str, **settings: object) -> list[float]:
        """Return each seed's Fréchet distance, minus that of an equally large set of real images."""
        distances = [
            frechet_distance(self.judge.features(images), self.judge.real)
            for images in self.generate_images(model, **settings)
        ]
        return [max(distance - self.frechet_floor, 1e-3) for distance in distances]


Measure = Callable[[ClaimContext, System], Measurement]


def shipped_judge() -> Path:
    """Return the path of the judge's weights that ship with the program."""
    return Path(str(paths.resources())) / "systems" / FILE


# Points of the plane


def points_at_modes(context: ClaimContext, system: System) -> Measurement:
    """Measure how many points generated in 100 steps lie at a mode of the distribution.

    The value is the fraction of points at a mode, minus the error of the modes' relative frequencies. In the ablation
    the network is not given the noise level.
    """
    plane = context.plane(system)
    used = plane.without_time() if context.broken else plane
    batches = [used.sample("ddpm", 100, seed) for seed in range(SEEDS)]
    true = plane.mixture.sample(COUNT, seed=9)
    floor = plane.at_modes(true) - plane.mode_error(true)
    return summarise([plane.at_modes(each) - plane.mode_error(each) for each in batches], COUNT, floor)


def inversion_error(context: ClaimContext, system: System) -> Measurement:
    """Measure how exactly points are reconstructed after encoding them as noise and decoding them, in 100 steps each.

    The value is the root-mean-square error divided by the standard deviation of the data. In the ablation the decoder
    adds fresh noise (η = 1).
    """
    plane = context.plane("ddpm-points")
    path = plane.path(100)
    errors = []
    for seed in range(SEEDS):
        true = plane.held_out(COUNT, seed)
        denoise, x = plane.denoiser(path, seed), path[-2].alpha * true
        with torch.no_grad():
            for at, to in zip(path[-2:0:-1], path[-3::-1], strict=True):
                x0 = denoise(x, at)
                x = to.alpha * x0 + to.sigma / at.sigma * (x - at.alpha * x0)
        again = plane.sample("ddpm" if context.broken else "ddim", 100, seed, start=x)
        errors.append(float(np.sqrt(np.square(again - points_of(true)).mean())) / plane.card.data_scale)
    return summarise(errors, COUNT, 0.0)


def analytic_bound(context: ClaimContext, system: System) -> Measurement:
    """Measure how much analytic step variances improve the likelihood bound over the better of β and β̃.

    The value is the difference of the bounds on held-out points, in nats per point, for chains of 10, 25 and 50 even
    steps. The covariances are measured on training points. In the ablation they belong to other noise levels.
    """
    plane = context.plane("ddpm-points")
    covariances = plane.covariances()
    used = covariances[::-1] if context.broken else covariances
    gains = []
    for steps in (10, 25, 50):
        nodes = plane.even(steps)
        fixed = min(plane.bound(nodes, each, covariances) for each in ("small", "large"))
        gains.append(plane.bound(nodes, "analytic", used) - fixed)
    return summarise(gains, COUNT)


def trajectory_bound(context: ClaimContext, system: System) -> Measurement:
    """Measure how much optimal timesteps improve the likelihood bound over the better of even and quadratic timesteps.

    The value is the difference of the bounds on held-out points, in nats per point, for 5, 10 and 25 steps. The search
    uses covariances measured on training points. In the ablation it uses the same covariance at every noise level.
    """
    plane = context.plane("ddpm-points")
    covariances = plane.covariances()
    known = [plane.card.data_scale**2] * len(covariances) if context.broken else covariances
    gains = []
    for steps in (5, 10, 25):
        last = len(covariances) - 1
        quadratic = [0, *np.unique([1 + round((index / (steps - 1)) ** 2 * last) for index in range(steps)]).tolist()]
        usual = min(plane.bound(nodes, "analytic", covariances) for nodes in (plane.even(steps), quadratic))
        gains.append(plane.bound(plane.best(steps, known), "analytic", covariances) - usual)
    return summarise(gains, COUNT)


def learned_variance_bound(context: ClaimContext, system: System) -> Measurement:
    """Measure how much a learned variance improves the likelihood bound over the best fixed variance.

    The value is the difference of the bounds on held-out points, over the whole chain, in bits per coordinate. The
    fixed variances are β, β̃ and their geometric mean (v = ½). The geometric mean is the output of an untrained
    network, and the ablation uses it in place of the learned variance.
    """
    from gdm_studio.systems.ddpm import bound

    plane = context.plane(system)
    process = plane.stage.diffusion.process
    levels = [process.coordinates(ratio) for ratio in process.ratios]
    true = plane.held_out(COUNT // 4)
    gains = []
    for seed in range(SEEDS):
        totals = dict.fromkeys(("learned", "small", "half", "large"), 0.0)
        noise = np.random.default_rng(seed)
        for at, to in zip(levels[1:], levels, strict=False):
            x = at.alpha * true + at.sigma * torch.from_numpy(noise.normal(size=true.shape)).float()
            denoise = plane.denoiser((at,), seed)
            with torch.no_grad():
                found = denoise(x, at)
                learned = torch.full_like(x, 0.5) if context.broken else denoise.variance.reshape(x.shape)
            both = (_batched(at), _batched(to))
            fixed = {"small": 0.0, "half": 0.5, "large": 1.0}
            shares = {"learned": learned} | {name: torch.full_like(x, share) for name, share in fixed.items()}
            for name, share in shares.items():
                totals[name] += float(bound(true, found, share, *both).mean())
        gains.append(totals.pop("learned") - min(totals.values()))
    return summarise(gains, COUNT // 4)


def _batched(at: NoiseLevel) -> NoiseLevel:
    alpha, sigma = (torch.full((1, 1, 1, 1), each) for each in at)
    return NoiseLevel(alpha, sigma)  # type: ignore[arg-type]


def bound_beside_ddpm(context: ClaimContext, system: System) -> Measurement:
    """Measure the likelihood bound of the system's network relative to that of DDPM's network.

    The value is the difference on held-out points, in nats per point, for 100 even steps with optimal variances. The
    ablation is DDPM's network, which was not trained by the bound.
    """
    own, ddpm = context.plane("ddpm-points" if context.broken else system), context.plane("ddpm-points")
    bounds = [each.bound(each.even(100), "analytic", each.covariances()) for each in (own, ddpm)]
    return summarise([bounds[0] - bounds[1]], COUNT)


def ode_law(context: ClaimContext, system: System) -> Measurement:
    """Measure whether the ODE generates the same distribution as the SDE.

    The value is the sliced W1 distance between points of the ODE and of the SDE, minus the distance between two samples
    of the SDE. In the ablation the ODE follows the whole score instead of half of it.
    """
    plane = context.plane(system)
    denoise: Any = None
    apart = []
    for seed in range(SEEDS):
        if context.broken:
            denoise = _with_doubled_score(plane.denoiser(plane.path(20), seed))
        ode = plane.sample("ode_rk45", 20, seed, denoise=denoise)
        sde, other = (plane.sample("pc", 200, seed + shift, snr=0.0) for shift in (100, 200))
        apart.append(sliced_w1(ode, sde) - sliced_w1(other, sde))
    return summarise(apart, COUNT)


def _with_doubled_score(denoise: Any) -> Any:
    """Return a denoiser whose score is twice that of `denoise`."""

    def twice(x: Array, at: NoiseLevel) -> Array:
        return 2 * denoise(x, at) - x / at.alpha

    return twice


def corrector_excess(context: ClaimContext, system: System) -> Measurement:
    """Measure whether corrector steps are better than twice as many predictor steps.

    The value is the excess sliced W1 distance of 100 steps with a corrector, minus that of 200 steps without one. Both
    need the same number of network evaluations. In the ablation the corrector does nothing.
    """
    plane = context.plane(system)
    gains = []
    for seed in range(SEEDS):
        corrected = plane.sample("pc", 100, seed, spacing="exponential", snr=0.0 if context.broken else 0.16)
        plain = plane.sample("pc", 200, seed, spacing="exponential", snr=0.0)
        gains.append(plane.excess(corrected, seed) - plane.excess(plain, seed))
    return summarise(gains, COUNT)


def nats_beside_vp(context: ClaimContext, system: System) -> Measurement:
    """Measure the exact negative log likelihood of held-out points relative to that of the VP network.

    The value is the difference in nats per point. Both networks have equal training, and both likelihoods are computed
    at the same lowest noise level. In the ablation VP's network is on both sides.
    """
    vp = context.plane("score-sde-vp-points")
    own = vp if context.broken else context.plane(system)
    least = max(each.stage.diffusion.process.ratios[0] for each in (own, vp))
    return summarise(
        [
            vp.log_likelihood(LIKELIHOOD_COUNT, seed, least=least)
            - own.log_likelihood(LIKELIHOOD_COUNT, seed, least=least)
            for seed in range(SEEDS)
        ],
        LIKELIHOOD_COUNT,
    )


def annealed_weights(context: ClaimContext, system: System) -> Measurement:
    """Measure how well annealed Langevin dynamics reproduces the weights of two modes.

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
    return summarise(found, COUNT, floor)


def four_step_modes(context: ClaimContext, system: System) -> Measurement:
    """Measure how many points lie at a mode after 4 steps, relative to 4 Gaussian steps with the exact denoiser.

    The value is the difference of the two fractions. In the ablation the generator's z is zero, so that it predicts a
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
    return summarise(found, COUNT, plane.at_modes(plane.mixture.sample(COUNT, seed=9)) - ceiling)


def generator_modes(context: ClaimContext, system: System) -> Measurement:
    """Measure how many more points of a GAN than of a VAE lie at a mode.

    The value is the difference of the two fractions. The ablation is the VAE's generator, which is trained without a
    discriminator.
    """
    vae = context.plane("vae-points")
    own = vae if context.broken else context.plane(system)
    pairs = [[each.at_modes(each.sample("euler", 1, seed)) for each in (own, vae)] for seed in range(SEEDS)]
    return summarise([first - second for first, second in pairs], COUNT)


def modes_missed(context: ClaimContext, system: System) -> Measurement:
    """Measure how far the mode frequencies of a one-step generator's points are from the true mode weights.

    The value is the total variation distance. In the ablation the generator gets the same z for every point.
    """
    plane = context.plane(system)
    found = []
    for seed in range(SEEDS):
        points = plane.sample("euler", 1, seed)
        found.append(plane.mode_error(np.repeat(points[:1], COUNT, axis=0) if context.broken else points))
    return summarise(found, COUNT, plane.mode_error(plane.mixture.sample(COUNT, seed=9)))


def truncated_start(context: ClaimContext, system: System) -> Measurement:
    """Measure how much better 25 steps from a generated start are than 25 steps from Gaussian noise.

    The Gaussian noise has the variance of the noisy data at the start. The value is the ratio of the two excess sliced
    W1 distances. In the ablation both sides start from Gaussian noise.
    """
    plane = context.plane(system)
    first = plane.path(25)[0]
    ratios = []
    for seed in range(SEEDS):
        spread = math.sqrt((first.alpha * plane.card.data_scale) ** 2 + first.sigma**2)
        draws = spread * torch.randn(2, 1, 1, COUNT, 2, generator=torch.manual_seed(seed))
        plain, again = (plane.excess(plane.sample("ddpm", 25, seed, start=each), seed) for each in draws)
        own = again if context.broken else plane.excess(plane.sample("ddpm", 25, seed), seed)
        ratios.append(max(own, 0.0) / plain)
    return summarise(ratios, COUNT)


def repaired_generator(context: ClaimContext, system: System) -> Measurement:
    """Measure how many more points of a VAE lie at a mode after they are noised and denoised.

    The value is the difference of the two fractions. In the ablation the points are noised but not denoised.
    """
    plane = context.plane(system)
    vae = context.plane("vae-points")
    gains = []
    for seed in range(SEEDS):
        before = vae.at_modes(vae.sample("euler", 1, seed))
        path = plane.path(50)
        points = points_of(plane.start(path, seed)) if context.broken else plane.sample("ddpm", 50, seed)
        gains.append(plane.at_modes(points) - before)
    return summarise(gains, COUNT)


# Images


def accuracy_by_guidance(context: ClaimContext, system: System) -> Measurement:
    """Measure how many more images are recognised by the judge with the model's default guidance than without guidance.

    A system with classifier guidance is not conditioned on the class if guidance is off. In the ablation neither side
    has guidance.
    """
    card = context.card(system.model)
    labels = context.labels(card)
    # The guidance scale that turns guidance off: 1 for classifier-free guidance, 0 for classifier guidance.
    none = 1.0 if system.weights_from else 0.0
    scales = (none if context.broken else card.default_request().guidance_scale, none)
    own, plain = (context.generate_images(system.model, guidance_scale=scale) for scale in scales)
    pairs = zip(own, plain, strict=True)
    found = [context.judge.accuracy(a, labels) - context.judge.accuracy(b, labels) for a, b in pairs]
    return summarise(found, context.images_per_seed)


def _frechet_beside(other: str, *, own_steps: int | None = None, steps: int | None = None, broken: str = "") -> Measure:
    """Return a measurement of the system's excess Fréchet distance, divided by that of the model `other`.

    The ablation measures the images of the model `broken` instead, which by default is `other`.
    """

    def ratio(context: ClaimContext, system: System) -> Measurement:
        own = (broken or other) if context.broken else system.model
        first, second = (
            context.frechet_excess(model, **({} if count is None else {"steps": count}))
            for model, count in ((own, own_steps), (other, steps))
        )
        return summarise([a / b for a, b in zip(first, second, strict=True)], context.images_per_seed)

    return ratio


def noise_law(context: ClaimContext, system: System) -> Measurement:
    """Measure the excess Fréchet distance at 10 steps, divided by that of DDPM.

    DDPM has the better of its two fixed variances. The ablation is DDPM's network with Gaussian noise.
    """
    own = context.frechet_excess("ddpm", sampler="ddpm", steps=10) if context.broken else None
    own = context.frechet_excess(system.model, steps=10) if own is None else own
    fixed = [context.frechet_excess("ddpm", sampler=each, steps=10) for each in ("ddpm", "ddpm_large")]
    return summarise([a / min(b) for a, *b in zip(own, *fixed, strict=True)], context.images_per_seed)


def class_consistency(context: ClaimContext, system: System) -> Measurement:
    """Measure how often images generated from the same z show the same class.

    The value is the fraction of images that have the most frequent class among the images of their z. Images of the
    same z differ in the diffusion noise, and they are generated without class conditioning. In the ablation every image
    has a z of its own.
    """
    card = context.card(system.model)
    (stage,) = context.library.load(card.name, device=torch.device("cpu"), dtype=torch.float32).stages
    request = card.default_request()
    factors = {factor.name: factor.default for factor in card.accepts.factors}
    path = card.points(stage.diffusion.process, request.spacing, request.steps)
    found = []
    for seed in range(SEEDS):
        shares = []
        for index in range(context.images_per_seed // IMAGES_PER_Z):
            first = 10_000 * (seed + 1) + index
            z = KeyedNoise(range(first * 100, first * 100 + IMAGES_PER_Z) if context.broken else [first] * IMAGES_PER_Z)
            asks = [Conditioning(factors=factors)] * IMAGES_PER_Z
            noise = KeyedNoise(range(IMAGES_PER_Z))
            x = stage.start(asks, path, noise, torch.zeros(IMAGES_PER_Z, *card.latent))
            denoise = stage.denoiser(asks, path, denoiser_noise(z, path, IMAGES_PER_Z))
            for step in SAMPLERS[request.sampler].fn(denoise, x, path, noise):
                x = step.x
            shares.append(np.bincount(context.judge.classes(stage.decode(x).numpy())).max() / IMAGES_PER_Z)
        found.append(float(np.mean(shares)))
    return summarise(found, context.images_per_seed)


def restoration_ratio(context: ClaimContext, system: System) -> Measurement:
    """Measure the restoration error of Cold Diffusion's algorithm 2, divided by that of algorithm 1, in 20 steps.

    Real images are restored that were blurred as much as the process allows. In the ablation algorithm 1 is on both
    sides.
    """
    from gdm_studio.systems.dataset import open_dataset

    card = context.card(system.model)
    (stage,) = context.library.load(card.name, device=torch.device("cpu"), dtype=torch.float32).stages
    pictures = open_dataset(context.pictures, card.latent[-1])
    _, held_out = pictures.split(drawings=True)
    real, path = (
        pictures.data[held_out][: context.images_per_seed],
        card.points(stage.diffusion.process, "linspace", 20),
    )
    factors = {factor.name: factor.default for factor in card.accepts.factors}
    asks = [Conditioning(factors=factors)] * len(real)
    ratios = []
    for seed in range(SEEDS):
        noise = KeyedNoise(range(seed * 1000, seed * 1000 + len(real)))
        errors = []
        for sampler in ("cold_1" if context.broken else "cold_2", "cold_1"):
            x = stage.diffusion.process.degrade(real, path[0], noise(0, real))
            denoise = stage.denoiser(asks, path, denoiser_noise(noise, path, len(real)))
            for step in SAMPLERS[sampler].fn(denoise, x, path, noise, degrade=stage.diffusion.process.degrade):
                x = step.x
            errors.append(float((x - real).square().mean().sqrt()))
        ratios.append(errors[0] / errors[1])
    return summarise(ratios, len(real))


# Trainings


def bits_above_truth(context: ClaimContext, system: System) -> Measurement:
    """Measure how far the bound on heartbeat sequences is above their true entropy log2 5, in bits per sequence.

    Three networks are trained, which takes less than a minute. The ablation is the best possible network that sees each
    bit alone.
    """
    from gdm_studio.systems.diffusion2015 import PULSE, BinomialRecipe, bits_of_bound

    found = []
    for seed in range(SEEDS):
        recipe = BinomialRecipe(seed=seed)
        rows = torch.from_numpy(recipe.rows)

        def alone(x: Tensor, t: Tensor, recipe: BinomialRecipe = recipe) -> Tensor:
            """Return P(x_0 = 1 | x_t) of each bit by itself, given that one bit in PULSE is 1."""
            ones = (recipe.chain.probability_of_one(torch.full_like(x, known), t) for known in (1.0, 0.0))
            pulse, none = (torch.where(x > 0.5, one, 1 - one) for one in ones)
            return pulse / PULSE / (pulse / PULSE + none * (1 - 1 / PULSE))

        if context.broken:
            bits = bits_of_bound(recipe.chain, alone, rows, draws=500, seed=seed)
        else:
            with trained_model(recipe) as model:
                bits = bits_of_bound(recipe.chain, recipe.guess(model), rows, draws=500, seed=seed)
        found.append(bits - math.log2(PULSE))
    return summarise(found, 500, 0.0)


def nats_beside_fixed(context: ClaimContext, system: System) -> Measurement:
    """Measure DiffFlow's likelihood bound relative to the bound with a fixed forward process.

    The value is the difference in nats per point, for three trainings. The chain has 8 steps, which are too few for a
    fixed drift. In the ablation both sides have a fixed drift.
    """
    from gdm_studio.systems.diffflow import DiffFlowRecipe

    found = []
    for seed in range(SEEDS):
        nats = []
        for way in ("fixed" if context.broken else "learned", "fixed"):
            recipe = DiffFlowRecipe(seed=seed, way=way, steps=8, samples=200_000, cooldown=100_000)
            with trained_model(recipe) as model:
                nats.append(recipe.figures(model)["nats"])
        found.append(nats[0] - nats[1])
    return summarise(found, 2048)


def error_beside_ablated(context: ClaimContext, system: System) -> Measurement:
    """Measure a network's error of v, divided by that of its ablation.

    Three pairs of networks are trained on ABLATION_SAMPLES samples. In the ablation both sides are ablated networks,
    with different seeds.
    """
    kind = recipe_of(system.name)
    found: list[float] = []
    for seed in range(SEEDS):
        errors = []
        sides = (
            (("ablated", seed + SEEDS), ("ablated", seed)) if context.broken else (("whole", seed), ("ablated", seed))
        )
        for network, own_seed in sides:
            recipe = kind(
                data=context.pictures,
                samples=ABLATION_SAMPLES,
                cooldown=ABLATION_SAMPLES // 2,
                seed=own_seed,
                network=network,
            )
            with trained_model(recipe) as model:
                errors.append(recipe.error(model))
            context.show(system.title, len(found) * 2 + len(errors), 2 * SEEDS)
        found.append(errors[0] / errors[1])
    return summarise(found)


@contextmanager
def trained_model(recipe: Recipe[Model]) -> Iterator[Model]:
    """Train a single-phase recipe in a temporary folder, and yield the model with its averaged weights."""
    with TemporaryDirectory() as folder:
        run = Run(recipe, Path(folder), None)
        while run.seen < run.phase.samples:
            run.take_step()
        with run.averaged():
            yield run.model


MEASUREMENTS: Mapping[str, Measure] = {
    "points_at_modes": points_at_modes,
    "inversion_error": inversion_error,
    "analytic_bound": analytic_bound,
    "trajectory_bound": trajectory_bound,
    "learned_variance_bound": learned_variance_bound,
    "bound_beside_ddpm": bound_beside_ddpm,
    "ode_law": ode_law,
    "corrector_excess": corrector_excess,
    "nats_beside_vp": nats_beside_vp,
    "annealed_weights": annealed_weights,
    "four_step_modes": four_step_modes,
    "generator_modes": generator_modes,
    "modes_missed": modes_missed,
    "truncated_start": truncated_start,
    "repaired_generator": repaired_generator,
    "accuracy_by_guidance": accuracy_by_guidance,
    "frechet_beside_vae": _frechet_beside("vae"),
    "frechet_beside_ddpm": _frechet_beside("ddpm"),
    "frechet_beside_ddpm_10": _frechet_beside("ddpm", own_steps=10, steps=10),
    "noise_law": noise_law,
    "class_consistency": class_consistency,
    "restoration_ratio": restoration_ratio,
    "bits_above_truth": bits_above_truth,
    "nats_beside_fixed": nats_beside_fixed,
    "error_beside_ablated": error_beside_ablated,
}


@dataclass(frozen=True)
class Verdict:
    """The result of verifying a system's claim: a measurement, or a remark that explains why there is none."""

    system: System
    figure: Measurement | None
    remark: str = ""
    # Whether the ablation was measured.
    broken: bool = False

    @property
    def holds(self) -> bool | None:
        """True if the results of all seeds meet the claim; None if there is no measurement."""
        return None if self.figure is None else self.system.claim.outcome(self.figure) == "holds"

    @property
    def passed(self) -> bool | None:
        """True if the claim holds for the system, or fails for its ablation; None if there is no measurement."""
        if self.figure is None or not self.broken:
            return self.holds
        return not self.system.claim.holds(self.figure.value)


def verify_claims(context: ClaimContext, chosen: Mapping[str, System], *, retrain: bool = False) -> Iterator[Verdict]:
    """Measure the claims of the given systems, or of their ablations, and yield a verdict for each.

    The verdict has a remark instead of a measurement if the system has no weights, or if it would have to be trained
    and `retrain` is False.
    """
    for system in chosen.values():
        claim = system.claim
        if claim.requires == "retrain" and not retrain:
            yield Verdict(system, None, "needs --retrain", context.broken)
            continue
        try:
            if claim.requires in ("weights", "pair"):
                context.card(system.model)
            figure = MEASUREMENTS[claim.figure](context, system)
            yield Verdict(system, replace(figure, measure=claim.figure), "", context.broken)
        except ModelError as error:
            yield Verdict(system, None, str(error), context.broken)


def summarise(values: Sequence[float], count: int = 0, floor: float | None = None) -> Measurement:
    """Return a measurement with the mean, minimum and maximum of the values.

    `count` is the number of images or points behind each value, and `floor` the value of real images or points.
    """
    return Measurement(float(np.mean(values)), min(values), max(values), count, floor)


def _changed(request: Request, **settings: Any) -> Request:
    return Request(**{**vars(request), **settings})
