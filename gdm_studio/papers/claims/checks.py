"""Measurements that verify the claims of the systems.

Each one can also measure an ablation, the system without the part that causes the claimed effect, for which the claim
must not hold.

Effects that small images do not show are measured on points in the plane, whose distribution is known exactly (see
`toy_points`). Images are generated without guidance, unless the claim is about guidance. The Fréchet distance of an
equally large set of real images is subtracted from every Fréchet distance, because small sets have large distances.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError
from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.maths.exact.distance import sliced_w1
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.families.papers import family
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.papers import recipe_of
from gdm_studio.papers.claims import cascades, toy_points
from gdm_studio.papers.claims.claim_inputs import SEEDS, ClaimContext, Measure, summarise
from gdm_studio.papers.claims.point_distances import Terms
from gdm_studio.papers.claims.toy_point_measurements import points_of
from gdm_studio.papers.system_description import Measurement, System
from gdm_studio.training.loop import Run
from gdm_studio.training.recipe import Model, Recipe

if TYPE_CHECKING:
    from gdm_studio.papers.systems.diffflow import DiffFlowRecipe
    from gdm_studio.papers.systems.diffusion2015 import BinomialChain

# The number of training samples of a network, and of its ablation.
ABLATION_SAMPLES = 6_400
# The number of training samples of DiffFlow's networks. With a quarter of them, the learned drift gains half as much.
FLOW_SAMPLES = 800_000
# The number of images that are encoded and restored.
RESTORED = 16
# The numbers of bit sequences and of points that are drawn after a training.
DRAWN_BITS, DRAWN_POINTS = 1000, 2048


# Images


def frechet_beside_ddpm(context: ClaimContext, system: System) -> Measurement:
    """Measure whether a system's images have a lower Fréchet distance from real images than DDPM's images.

    The value is the ratio of the two excess Fréchet distances. The ablation is DDPM.
    """
    own = "ddpm" if context.broken else system.model
    first, second = (context.frechet_excess(model) for model in (own, "ddpm"))
    return summarise([a / b for a, b in zip(first, second, strict=True)], context.images_per_seed)


def restored_images(context: ClaimContext, system: System) -> Measurement:
    """Measure how well an autoencoder reconstructs images, compared with upscaling a smaller image that has as many
    values as the latents.

    The value is the ratio of the two errors. The smaller image consists of as many numbers as the latents. The images
    come from `context.pictures`. In the ablation, both sides use a smaller image.
    """
    from gdm_studio.papers.training.training_images import open_dataset

    card = context.own_card(system)
    (stage, *_) = context.library.load(card.name, device=torch.device("cpu"), dtype=torch.float32).stages
    rgba = open_dataset(context.pictures, card.size).rgba[:RESTORED]
    ratios = []
    for image in rgba:
        latents = stage.encode(torch.from_numpy(image[None]))
        side = round(math.sqrt(latents.numel() / 3))
        small = _reduce_and_enlarge(image, side)
        restored = small if context.broken else stage.decode(latents).numpy()[0]
        ratios.append(_compute_rms_error(image, restored) / _compute_rms_error(image, small))
    return summarise(ratios, len(rgba))


def _reduce_and_enlarge(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Reduce an image (S, S, 4) to `side` pixels, and enlarge it to its former size."""
    small = Image.fromarray(image).resize((side, side), Image.Resampling.BOX)
    return np.array(small.resize(image.shape[:2], Image.Resampling.BICUBIC))


def _compute_rms_error(image: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the root-mean-square colour difference between two uint8 images (S, S, 3 or 4), on the scale 0 … 255."""
    apart = image[..., :3].astype(float) - other[..., :3]
    return float(np.sqrt(np.square(apart).mean()))


def restoration_ratio(context: ClaimContext, system: System) -> Measurement:
    """Measure whether Cold Diffusion's algorithm 2 restores degraded images better than its algorithm 1.

    The value is the ratio of the errors in 20 steps. The images are real ones, blurred as much as the process allows.
    In the ablation, both sides use algorithm 1.
    """
    from gdm_studio.papers.training.training_images import open_dataset

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
    """Measure the gap between the likelihood bound on heartbeat sequences and their true entropy.

    The value is in bits per sequence, and the entropy is log2 5. Three networks are trained in less than a minute. The
    ablation is the best possible network that sees each bit in isolation.
    """
    from gdm_studio.papers.systems.diffusion2015 import PULSE, BinomialRecipe, bits_of_bound, draw_bits

    found = []
    terms: Terms = {"drawn": [], "shares": [], "states": []}
    for seed in range(SEEDS):
        recipe = BinomialRecipe(seed=seed)
        rows = torch.from_numpy(recipe.rows)
        uniform = torch.rand(recipe.steps + 1, DRAWN_BITS, rows.shape[1], generator=torch.manual_seed(seed))

        def alone(x: Tensor, t: Tensor, recipe: BinomialRecipe = recipe) -> Tensor:
            """Return the probability that each original bit x_0 is 1, given only the same bit of x_t.

            This is the best guess without the other bits, since one bit in PULSE is 1.
            """
            ones = (recipe.chain.probability_of_one(torch.full_like(x, known), t) for known in (1.0, 0.0))
            pulse, none = (torch.where(x > 0.5, one, 1 - one) for one in ones)
            return pulse / PULSE / (pulse / PULSE + none * (1 - 1 / PULSE))

        with nullcontext() if context.broken else trained_model(recipe) as model:
            guess = alone if model is None else recipe.guess(model)
            bits = bits_of_bound(recipe.chain, guess, rows, draws=500, seed=seed)
            drawn = draw_bits(recipe.chain, guess, uniform)
        found.append(bits - math.log2(PULSE))
        terms["states"].append(bit_states_error(recipe.chain, rows[:DRAWN_BITS], uniform))
        occurs = (drawn[:, None] == rows.unique(dim=0)).all(dim=2).float()  # (N, PULSE)
        terms["drawn"].append(float(occurs.sum(dim=1).mean()))
        terms["shares"].append(float((occurs.mean(dim=0) - 1 / PULSE).abs().sum() / 2))
    return summarise(found, 500, 0.0, terms)


def bit_states_error(chain: BinomialChain, x0: Tensor, uniform: Tensor) -> float:
    """Return the largest error of the states x_t of backward steps with a network that knows x_0 (N, D): of the share
    of flipped bits, (1 − ᾱ_t)/2, over the standard deviation of a bit. `uniform` is as for `draw_bits`.
    """
    from gdm_studio.papers.systems.diffusion2015 import draw_bits

    errors = []

    def guess(x: Tensor, t: Tensor) -> Tensor:
        flipped = (1 - float(chain.alpha_bar(t[0]))) / 2
        errors.append(abs(float((x != x0).float().mean()) - flipped) / math.sqrt(flipped * (1 - flipped)))
        return x0

    draw_bits(chain, guess, uniform)
    return max(errors)


def nats_beside_fixed(context: ClaimContext, system: System) -> Measurement:
    """Measure how much DiffFlow's learned forward process improves the likelihood bound over a fixed forward process.

    The value is the difference in nats per point, for three training runs. The chain has 8 steps, too few for a fixed
    drift. In the ablation, both sides have a fixed drift.
    """
    from gdm_studio.papers.systems.diffflow import DiffFlowRecipe

    found, errors = [], []
    for seed in range(SEEDS):
        nats = []
        for way in ("fixed" if context.broken else "learned", "fixed"):
            recipe = DiffFlowRecipe(seed=seed, way=way, steps=8, samples=FLOW_SAMPLES, cooldown=FLOW_SAMPLES // 2)
            with trained_model(recipe) as model:
                nats.append(recipe.figures(model)["nats"])
                if len(nats) == 1 and not context.broken:
                    errors.append(_compare_drawn(recipe, model, seed))
        found.append(nats[0] - nats[1])
    return summarise(found, 2048, terms={"states": errors} if errors else {})


def _compare_drawn(recipe: DiffFlowRecipe, model: nn.ModuleDict, seed: int) -> float:
    """Return the largest sliced W1 distance between points that the exported model generates and the data, over all
    sets of points. Each distance is divided by the standard deviation of the data.
    """
    from gdm_studio.papers.systems.diffflow import SETS

    with TemporaryDirectory() as folder:
        recipe.finish(model, Path(folder), 0)
        card = family.card(read_entry(Path(folder) / recipe.product))
        (stage,) = family.load(card, torch.device("cpu"), torch.float32, Store()).stages
    path = card.points(stage.diffusion.process, "linspace", recipe.steps)
    noise, rng, errors = KeyedNoise([seed]), np.random.default_rng(seed), []
    for label, draw in SETS.items():
        true, asks = draw(DRAWN_POINTS, rng), [Conditioning(label=label)]
        x = stage.start(asks, path, noise, torch.zeros(1, 1, DRAWN_POINTS, 2))
        denoise = stage.denoiser(asks, path, denoiser_noise(noise, path, 1))
        for step in SAMPLERS[recipe.system.samplers[0]].fn(denoise, x, path, noise):
            x = step.x
        errors.append(sliced_w1(points_of(x), true) / float(true.std()))
    return max(errors)


def error_beside_ablated(context: ClaimContext, system: System) -> Measurement:
    """Measure how much the characteristic feature of a network architecture reduces its error in predicting v.

    Three pairs of networks, with and without the feature, are trained on ABLATION_SAMPLES samples each. The value is
    the ratio of their errors. In the ablation both sides are ablated networks, with different seeds.
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
    """Train a single-phase recipe in a temporary folder, and yield the trained model with its averaged weights.

    The folder is deleted afterwards.
    """
    with TemporaryDirectory() as folder:
        run = Run(recipe, Path(folder), None)
        while run.seen < run.phase.samples:
            run.take_step()
        with run.averaged():
            yield run.model


MEASUREMENTS: Mapping[str, Measure] = {
    **{each.__name__: each for each in toy_points.MEASUREMENTS},
    **cascades.MEASUREMENTS,
    "frechet_beside_ddpm": frechet_beside_ddpm,
    "restored_images": restored_images,
    "restoration_ratio": restoration_ratio,
    "bits_above_truth": bits_above_truth,
    "nats_beside_fixed": nats_beside_fixed,
    "error_beside_ablated": error_beside_ablated,
}


@dataclass(frozen=True)
class Verdict:
    """Result of verifying the claim of a published system: a measurement, or a remark that explains why nothing was
    measured.

    `broken` is True if the ablation was measured instead of the system.
    """

    system: System
    figure: Measurement | None
    remark: str = ""
    # True if the ablation was measured.
    broken: bool = False

    @property
    def holds(self) -> bool | None:
        """True if the measurements with all seeds are within the intervals of the system's claim. None if nothing was
        measured.
        """
        return None if self.figure is None else self.system.claim.outcome(self.figure) == "holds"

    @property
    def passed(self) -> bool | None:
        """True if the verification has the expected result: the claim is true for the system, or false for its
        ablation.

        None without a measurement.
        """
        if self.figure is None or not self.broken:
            return self.holds
        return not self.system.claim.range.contains(self.figure.value)


def verify_claims(context: ClaimContext, chosen: Mapping[str, System], *, retrain: bool = False) -> Iterator[Verdict]:
    """Verify the claims of published systems by measurement, and yield the verdict on each claim. Depending on the
    context, the ablations are measured instead.

    A verdict has a remark instead of a measurement if the system has no weights, or if it must be trained and `retrain`
    is False. Sets of points are so small that threads would only wait for each other.
    """
    for system in chosen.values():
        claim = system.claim
        if claim.requires == "retrain" and not retrain:
            yield Verdict(system, None, "not measured: needs --retrain", context.broken)
            continue
        try:
            if claim.requires in ("weights", "pair"):
                context.own_card(system)
            with devices.threads_of("CPU · 1 thread" if claim.requires == "points" else ""):
                figure = MEASUREMENTS[claim.figure](context, system)
            yield Verdict(system, replace(figure, measure=claim.figure), "", context.broken)
        except ModelError as error:
            yield Verdict(system, None, f"not measured: {error}", context.broken)
