"""The figures of the systems' claims: each function draws with the shipped weights what it needs, and measures it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray

from gdm_studio import paths
from gdm_studio.engine.noise import KeyedNoise, of_denoiser
from gdm_studio.errors import ModelError
from gdm_studio.maths.analytic import ScoreNorms
from gdm_studio.maths.path import Point
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings.optimal import pair_costs, path_cost, shortest
from gdm_studio.models.card import ModelCard
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import Ask
from gdm_studio.models.process import process_of
from gdm_studio.models.rows import together
from gdm_studio.request import Request
from gdm_studio.systems import recipe_of
from gdm_studio.systems.judge import FILE, Judge, coverage, load_judge
from gdm_studio.systems.system import Figure, System
from gdm_studio.training.evaluation.drawing import Drawings, Show
from gdm_studio.training.evaluation.statistics import frechet_distance
from gdm_studio.training.loop import Run
from gdm_studio.training.recipe import Model, Recipe

SEEDS = 3  # of sampling: the interval of a figure is over these
EACH = 128  # pictures of each
OF_ONE = 8  # pictures of one z
BRIEFLY = 6_400  # samples of a network and of its ablation
LEVELS = 100  # of the chain whose bound is compared


@dataclass(frozen=True)
class Bench:
    """What claims are measured with: the models that there are, and the judge."""

    library: Library
    judge_file: Path
    each: int = EACH
    show: Show = lambda title, done, of: None
    data: Path | None = None  # pictures to train with

    @cached_property
    def judge(self) -> Judge:
        return load_judge(self.judge_file)

    @property
    def pictures(self) -> Path:
        """What to train with; raises ModelError where nothing was named."""
        if self.data is None:
            raise ModelError("needs --data, what `gdm-studio data icons` wrote")
        return self.data

    def card(self, model: str) -> ModelCard:
        """Of a system's model; raises ModelError where it is not trained yet."""
        found = next((each for each in self.library.cards() if each.name == model and each.family == "systems"), None)
        if found is None:
            raise ModelError("not trained yet")
        return found

    def drawn(self, model: str, **settings: object) -> list[NDArray[np.uint8]]:
        """Pictures by the model's own settings, but for those given, a batch a seed; their classes are `labels`."""
        card = self.card(model)
        drawings = Drawings.of(self.library, card.name, self.show)
        seeds: list[list[NDArray[np.uint8]]] = [[] for _ in range(SEEDS)]
        for place, (label, many) in enumerate(Counter(self.labels(card)).items(), start=1):
            told = {"label": label} if label else {}
            request = _changed(drawings.base, seed=10_000 * place, count=SEEDS * many, **told, **settings)
            with together():
                drawn = drawings.draw(card.name, [request])
            for made, part in zip(seeds, np.split(drawn, SEEDS), strict=True):
                made.append(part)
        return [np.concatenate(parts) for parts in seeds]

    def labels(self, card: ModelCard) -> list[str]:
        """The class of each picture of a batch, every class as often, those of one together."""
        names = card.accepts.labels or ("",)
        return sorted((names[place % len(names)] for place in range(self.each)), key=names.index)

    def frechet(self, model: str, **settings: object) -> list[float]:
        """Of each seed's pictures to the real ones, in what the judge sees."""
        return [frechet_distance(self.judge.features(made), self.judge.real) for made in self.drawn(model, **settings)]


Measure = Callable[[Bench, System], Figure]


def shipped_judge() -> Path:
    """Where the judge is."""
    return Path(str(paths.resources())) / "systems" / FILE


def accuracy(bench: Bench, system: System) -> Figure:
    """Share of the pictures whose class the judge recognises."""
    labels = bench.labels(bench.card(system.model))
    return over([bench.judge.accuracy(made, labels) for made in bench.drawn(system.model)])


def accuracy_by_guidance(bench: Bench, system: System) -> Figure:
    """The same by the model's own guidance, less that without any: where a classifier guides, with no class told."""
    labels, none = bench.labels(bench.card(system.model)), 1.0 if system.weights_of else 0.0
    own, plain = (bench.drawn(system.model, **each) for each in ({}, {"guidance_scale": none}))
    pairs = zip(own, plain, strict=True)
    return over([bench.judge.accuracy(a, labels) - bench.judge.accuracy(b, labels) for a, b in pairs])


def covered(bench: Bench, system: System) -> Figure:
    """Share of the real pictures that a made one is near to."""
    made = bench.drawn(system.model)
    return over([coverage(bench.judge.real, bench.judge.features(each)) for each in made])


def frechet(bench: Bench, system: System) -> Figure:
    """Fréchet distance to the real pictures, in what the judge sees."""
    return over(bench.frechet(system.model))


def _frechet_at(steps: int) -> Measure:
    def ratio(bench: Bench, system: System) -> Figure:
        own = bench.frechet(system.model, sampler=system.samplers[0], steps=steps, spacing="linspace")
        usual = bench.frechet(system.model, sampler="ddpm_large", steps=steps, spacing="linspace")
        return over([a / b for a, b in zip(own, usual, strict=True)])

    return ratio


def frechet_of_ode(bench: Bench, system: System) -> Figure:
    """Fréchet distance of the probability-flow ODE's pictures over that of predictor and corrector."""
    ode, pc = bench.frechet(system.model, sampler="ode_rk45", steps=20), bench.frechet(system.model, steps=200)
    return over([a / b for a, b in zip(ode, pc, strict=True)])


def frechet_of_corrector(bench: Bench, system: System) -> Figure:
    """Fréchet distance with correctors over that without, with as many predictor steps."""
    corrected = bench.frechet(system.model, steps=100)
    plain = bench.frechet(system.model, steps=100, knobs={"snr": 0.0})
    return over([a / b for a, b in zip(corrected, plain, strict=True)])


def bound_of_analytic(bench: Bench, system: System) -> Figure:
    """Bits a number of the bound of the chain of 10, 25 and 50 even steps, less those of the better fixed variance."""
    return over([
        _bound(bench, system, steps, "analytic")
        - min(_bound(bench, system, steps, each) for each in ("small", "large"))
        for steps in (10, 25, 50)
    ])


def bound_of_trajectory(bench: Bench, system: System) -> Figure:
    """Bits a number of the bound along the best 5, 10 and 25 jumps, less those of even ones."""
    return over([
        _bound(bench, system, steps, "analytic", best=True) - _bound(bench, system, steps, "analytic")
        for steps in (5, 10, 25)
    ])


def _bound(bench: Bench, system: System, steps: int, variance: str, *, best: bool = False) -> float:
    """Bits a number, but for what every path has in common; of LEVELS noise levels that may be visited."""
    card = bench.card(system.model)
    all_ratios, norms = process_of(card).ratios, ScoreNorms(card.score_norms)
    ratios = [all_ratios[round(place * (len(all_ratios) - 1) / (LEVELS - 1))] for place in range(LEVELS)]
    errors = [norms.covariance(Point(1.0, ratio)) for ratio in ratios]
    costs = pair_costs(ratios, errors, variance=variance)
    even = [0, *(1 + round(place * (LEVELS - 1) / (steps - 1)) for place in range(steps))]
    return path_cost(costs, shortest(costs, steps) if best else even) / np.log(2)


def bound_beside_ddpm(bench: Bench, system: System) -> Figure:
    """Bits a number of the bound of 100 even steps, less those of DDPM's network; both with the best variances."""
    from gdm_studio.systems.ddpm import DDPM

    return over([_bound(bench, system, LEVELS, "analytic") - _bound(bench, DDPM, LEVELS, "analytic")])


def bits_above_truth(bench: Bench, system: System) -> Figure:
    """Bits a sequence of heartbeats by the bound, less log2 5, of three trainings: under a minute."""
    from gdm_studio.systems.diffusion2015 import PULSE, BinomialRecipe, bits_of_bound

    found = []
    for seed in range(SEEDS):
        recipe = BinomialRecipe(seed=seed)
        with trained(recipe) as model:
            rows = torch.from_numpy(recipe.rows)
            bits = bits_of_bound(recipe.coins, recipe.guess(model), rows, draws=500, seed=seed)
        found.append(bits - math.log2(PULSE))
    return over(found)


def nats_beside_fixed(bench: Bench, system: System) -> Figure:
    """Nats a point of DiffFlow's bound, less those of the chain whose way to the noise is fixed, of three trainings."""
    from gdm_studio.systems.diffflow import DiffFlowRecipe

    found = []
    for seed in range(SEEDS):
        nats = []
        for way in ("learned", "fixed"):
            recipe = DiffFlowRecipe(seed=seed, way=way)
            with trained(recipe) as model:
                nats.append(recipe.figures(model)["nats"])
        found.append(nats[0] - nats[1])
    return over(found)


def error_beside_ablated(bench: Bench, system: System) -> Figure:
    """Error of v of a network over that of its ablation, both trained by BRIEFLY samples, of three trainings."""
    from gdm_studio.systems.backbones import NETWORKS

    kind = recipe_of(system.name)
    found: list[float] = []
    for seed in range(SEEDS):
        errors = []
        for network in NETWORKS:
            recipe = kind(data=bench.pictures, samples=BRIEFLY, cooldown=BRIEFLY // 2, seed=seed, network=network)
            with trained(recipe) as model:
                errors.append(recipe.error(model))
            bench.show(system.title, len(found) * 2 + len(errors), 2 * SEEDS)
        found.append(errors[0] / errors[1])
    return over(found)


@contextmanager
def trained(recipe: Recipe[Model]) -> Iterator[Model]:
    """What a recipe of one phase makes, with the average of its weights."""
    with TemporaryDirectory() as folder:
        run = Run(recipe, Path(folder), None)
        while run.seen < run.phase.samples:
            run.take_step()
        with run.averaged():
            yield run.model


def _beside(other: str, measure: Callable[[Bench, str], list[float]]) -> Measure:
    """What `measure` finds of the system over what it finds of another, seed by seed."""

    def ratio(bench: Bench, system: System) -> Figure:
        pairs = zip(measure(bench, system.model), measure(bench, other), strict=True)
        return over([own / beside for own, beside in pairs])

    return ratio


def _coverages(bench: Bench, model: str) -> list[float]:
    return [coverage(bench.judge.real, bench.judge.features(made)) for made in bench.drawn(model)]


def coverage_above_ddpm_4(bench: Bench, system: System) -> Figure:
    """Coverage at 4 steps less that of DDPM's network at as many; a difference, for the latter's may be nothing."""
    made = (bench.drawn(system.model, steps=4), bench.drawn("ddpm", sampler="ddpm", steps=4, spacing="linspace"))
    own, other = ([coverage(bench.judge.real, bench.judge.features(each)) for each in one] for one in made)
    return over([a - b for a, b in zip(own, other, strict=True)])


def class_kept(bench: Bench, system: System) -> Figure:
    """Share of the pictures whose class is that of most with the same z, under other noise; they are told no class."""
    card = bench.card(system.model)
    (stage,) = bench.library.load(card.name, device=torch.device("cpu"), dtype=torch.float32).stages
    request, factors = card.usual(), {knob.name: knob.default for knob in card.accepts.factors}
    path = card.points(stage.diffusion.process, request.spacing, request.steps)
    found = []
    for seed in range(SEEDS):
        shares = []
        for place in range(bench.each // OF_ONE):
            z = KeyedNoise([10_000 * (seed + 1) + place] * OF_ONE)
            asks, noise = [Ask(factors=factors)] * OF_ONE, KeyedNoise(range(OF_ONE))
            x = stage.start(asks, path, noise, torch.zeros(OF_ONE, *card.latent))
            for step in SAMPLERS[request.sampler].fn(stage.denoiser(asks, path, of_denoiser(z, path, OF_ONE)), x, path,
                                                     noise):  # fmt: skip
                x = step.x
            shares.append(np.bincount(bench.judge.classes(stage.decode(x).numpy())).max() / OF_ONE)
        found.append(float(np.mean(shares)))
    return over(found)


def _at_steps(own: int, beside: int, other: str) -> Measure:
    """Fréchet distance at so many steps over that of another system at so many."""

    def ratio(bench: Bench, system: System) -> Figure:
        pairs = zip(bench.frechet(system.model, steps=own), bench.frechet(other, steps=beside), strict=True)
        return over([first / second for first, second in pairs])

    return ratio


def cold_ratio(bench: Bench, system: System) -> Figure:
    """Fréchet distance of pictures made in 20 steps by algorithm 2 over that by algorithm 1."""
    two, one = (bench.frechet(system.model, sampler=each, steps=20) for each in ("cold_2", "cold_1"))
    return over([a / b for a, b in zip(two, one, strict=True)])


def bits_beside_vp(bench: Bench, system: System) -> Figure:
    """Bits a number that the ODE gives 8 pictures, less those of the network of VP."""
    from gdm_studio.systems.likelihood import bits_of_model

    few = replace(bench, each=8)
    pictures, labels = few.drawn(system.model)[0], few.labels(few.card(system.model))
    own, other = (bits_of_model(bench.library, name, pictures, labels) for name in (system.model, "score-sde-vp"))
    return over([a - b for a, b in zip(own, other, strict=True)])


FIGURES: Mapping[str, Measure] = {
    "accuracy": accuracy,
    "accuracy_by_guidance": accuracy_by_guidance,
    "coverage": covered,
    "frechet": frechet,
    "frechet_ratio_10": _frechet_at(10),
    "frechet_ratio_25": _frechet_at(25),
    "frechet_of_ode": frechet_of_ode,
    "frechet_of_corrector": frechet_of_corrector,
    "bound_of_analytic": bound_of_analytic,
    "bound_of_trajectory": bound_of_trajectory,
    "bits_beside_vp": bits_beside_vp,
    "coverage_beside_gan": _beside("gan", _coverages),
    "frechet_beside_vae": _beside("vae", Bench.frechet),
    "frechet_beside_ddpm": _beside("ddpm", Bench.frechet),
    "frechet_beside_ddpm_100": _at_steps(10, 100, "ddpm"),
    "frechet_beside_ddpm_10": _at_steps(10, 10, "ddpm"),
    "coverage_above_ddpm_4": coverage_above_ddpm_4,
    "class_kept": class_kept,
    "cold_ratio": cold_ratio,
    "bound_beside_ddpm": bound_beside_ddpm,
    "bits_above_truth": bits_above_truth,
    "nats_beside_fixed": nats_beside_fixed,
    "error_beside_ablated": error_beside_ablated,
}


@dataclass(frozen=True)
class Verdict:
    """What became of a system's claim: its figure, or why there is none."""

    system: System
    figure: Figure | None
    remark: str = ""

    @property
    def holds(self) -> bool | None:
        """None where it was not measured."""
        return None if self.figure is None else self.system.claim.holds(self.figure.value)


def verdicts(bench: Bench, chosen: Mapping[str, System], *, retrain: bool = False) -> Iterator[Verdict]:
    """Measures the claim of each, as far as there are weights for it."""
    for system in chosen.values():
        if system.claim.needs == "retrain" and not retrain:
            yield Verdict(system, None, "needs --retrain")
            continue
        try:
            if system.claim.needs != "retrain":
                bench.card(system.model)
            yield Verdict(system, FIGURES[system.claim.figure](bench, system))
        except ModelError as error:
            yield Verdict(system, None, str(error))


def over(values: Sequence[float]) -> Figure:
    """Their mean, with the least and the most of them."""
    return Figure(float(np.mean(values)), min(values), max(values))


def _changed(request: Request, **settings: object) -> Request:
    return Request(**{**vars(request), **settings})
