"""What the recipes of all systems share: pictures, networks, averages, and the model file that they end in."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from gdm_studio.atomic import make_folder, write
from gdm_studio.engine.measure import score_norms
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import CLEAN, Point
from gdm_studio.maths.processes import Process
from gdm_studio.maths.processes.process import gaussian
from gdm_studio.maths.schedules import SCHEDULES
from gdm_studio.models.checkpoints import read_entry
from gdm_studio.models.families import systems
from gdm_studio.models.loaded import Ask
from gdm_studio.models.quantised import SCALE, quantise, restored
from gdm_studio.models.store import Store
from gdm_studio.networks.backbones import BACKBONES, Sizes, new_backbone
from gdm_studio.networks.layers import channels_last
from gdm_studio.systems.pictures import PictureSet, open_set
from gdm_studio.systems.system import System
from gdm_studio.training.ema import Ema
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    Halflife,
    LearningRate,
    Objective,
    Optimizers,
    Phase,
    Recipe,
    Samples,
    Threads,
    Warmup,
)
from gdm_studio.training.schedule import Schedule, normal

SHOWN = 256  # pixels that a picture is enlarged to, every one a square of the same colour
SEEN_BEFORE = "samples_seen_before"  # a figure: what the weights that a training began with had seen
MEASURED = 64  # pictures that score norms are measured with

Pictures = Annotated[Path, Option("Pictures", "what `gdm-studio data icons` wrote, or pictures in a folder a class")]
Size = Annotated[int, Option("Size", "of the pictures in pixels, 4 · 2^n", 8, 1024)]
NoiseSchedule = Annotated[str, Option("Noise schedule", "how noise rises with the steps", choices=tuple(SCHEDULES))]


@dataclass(frozen=True, kw_only=True)
class SystemRecipe(Recipe[nn.ModuleDict]):
    """A recipe whose networks are a system's, and whose pictures come with classes and factors."""

    system: ClassVar[System]

    data: Pictures
    size: Size = 32
    samples: Samples = 320_000
    batch: Batch = 64
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 4_000
    cooldown: Cooldown = 120_000
    optimizer: Optimizers = "muon"
    ema_halflife: Halflife = 12_000
    drop_label: Annotated[float, Option("No class", "share of the pictures without, for guidance", 0, 1)] = 0.10
    drop_factors: Annotated[float, Option("No factors", "the same of style and colour", 0, 1)] = 0.30
    threads: Threads = 2

    @property
    def product(self) -> str:  # type: ignore[override]
        """The model's file."""
        return f"{self.system.name}.safetensors"

    @cached_property
    def pictures(self) -> PictureSet:
        return open_set(self.data, self.size)

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, min(self.warmup, self.samples // 10), min(self.cooldown, self.samples))

    @abstractmethod
    def networks(self) -> dict[str, nn.Module]:
        """New ones, by their part in the model."""

    def model(self, out: Path) -> nn.ModuleDict:
        return nn.ModuleDict({name: channels_last(network) for name, network in self.networks().items()})

    def modules(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return dict(model.items())

    def identity(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {"size": self.size, "labels": list(self.pictures.labels)}

    def average(self, model: nn.ModuleDict) -> Ema:
        return Ema(list(model.parameters()), self.ema_halflife)

    def shown(self, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
        """Pictures (count, 4, S, S), and what is told of each (count, T), now and then nothing."""
        picked = rng.integers(len(self.pictures.rgba), size=count)
        label, factors = rng.random((2, count)) >= np.array([[self.drop_label], [self.drop_factors]])
        return self.pictures.data[picked], self.pictures.rows(picked, label=label, factors=factors)

    @property
    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """Of the model's card: its process, prediction, defaults."""

    @property
    def earlier(self) -> dict[str, Any]:
        """Figures of what its networks had learned before."""
        return {}

    def served(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        """The networks that draw."""
        return dict(model.items())

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        """What is otherwise than with most: the fields of `Habits` of a model in memory."""
        return {}

    def finish(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        write_model(out / self.product, self.served(model), self.card(model, seen), self.habits(model))

    def card(self, model: nn.ModuleDict, seen: int) -> dict[str, Any]:
        """What the model's card says."""
        pixel = max(1, SHOWN // self.size)
        return {
            **self.system.facts,
            "licence": self.pictures.licence,
            "size": self.size * pixel,
            "channels": 4,
            "latent": [4, self.size, self.size],
            "data_scale": round(self.pictures.scale, 4),
            "labels": list(self.pictures.labels),
            "factors": self.pictures.factors,
            "figures": {"samples_seen": seen, **self.earlier, **self.figures(model)},
            **self.facts,
        }


@dataclass(frozen=True, kw_only=True)
class DenoisingRecipe(SystemRecipe):
    """A recipe for one network that denoises: `process` and `loss` are all that most systems differ in."""

    backbone: Annotated[str, Option("Backbone", "the kind of network", choices=tuple(BACKBONES))] = "unet"
    width: Annotated[int, Option("Width", "channels of the finest level", 16, 1024)] = 64
    widest: Annotated[int, Option("Widest", "channels of the coarsest level, a multiple of its heads'", 16, 1024)] = 80
    levels: Annotated[int, Option("Levels", "each at half the size of the one before", 1, 6)] = 2
    blocks: Annotated[int, Option("Blocks", "residual ones of a level, on the way down and on the way up", 1, 8)] = 1
    patch: Annotated[int, Option("Patch", "side of the squares of pixels that the network sees as one", 1, 8)] = 2
    dropout: Annotated[float, Option("Dropout", "share of the numbers that are left out", 0, 0.9)] = 0.0
    samples: Samples = 80_000
    batch: Batch = 32
    cooldown: Cooldown = 60_000
    init: Annotated[Path | None, Option("Begin from", "a system's model file, with whose weights it begins")] = None

    def begin(self, model: nn.ModuleDict) -> int:
        """With the weights of `init` that fit by name and shape: those of a denoiser of the same sizes all do."""
        if self.init is not None:
            take_over(self.init, model)
        return 0

    @property
    def earlier(self) -> dict[str, Any]:
        if self.init is None:
            return {}
        card = said_of(self.init)
        seen = [card["figures"].get(name, 0) for name in ("samples_seen", SEEN_BEFORE)]
        return {"begun_from": card["name"], SEEN_BEFORE: sum(seen)}

    @property
    @abstractmethod
    def process(self) -> Process:
        """The forward process."""

    @property
    def predicts(self) -> str:
        """What its answer is, a key of PREDICTIONS; whatever the loss is of.

        v is the picture where noise hides it, and the noise where that is small. An answer of the noise itself is
        divided by alpha for the picture: at high noise no small network is exact enough for that.
        """
        return "v"

    @property
    def told(self) -> int:
        """Width of what the network is told."""
        return self.pictures.told

    @property
    def answers(self) -> int:
        return 1

    @cached_property
    def diffusion(self) -> Diffusion:
        return Diffusion(self.process, self.predicts, self.data_scale)

    @property
    def data_scale(self) -> float:
        """Standard deviation of what is denoised."""
        return self.pictures.scale

    @property
    def changes(self) -> dict[str, Any]:
        """What of the network's config is otherwise than it follows from the sizes."""
        return {}

    def networks(self) -> dict[str, nn.Module]:
        try:
            return {"denoiser": new_backbone(self.backbone, self.sizes, **self.changes)}
        except ValueError as error:
            raise BadRequest(f"The network {self.backbone} cannot be of these sizes: {error}.") from error

    @property
    def sizes(self) -> Sizes:
        """Of the network."""
        steps = np.linspace(self.width, self.widest, self.levels)
        widths = tuple(int(width) // 16 * 16 for width in steps)
        return Sizes(
            size=self.size, channels=4, answers=self.answers, told=self.told, patch=self.patch, widths=widths,
            blocks=self.blocks, dropout=self.dropout,
        )  # fmt: skip

    def identity(self, model: nn.ModuleDict) -> dict[str, Any]:
        sized = {name: cast(Any, network) for name, network in model.items() if hasattr(network, "config")}
        sizes = {name: asdict(network.config) for name, network in sized.items()}
        return super().identity(model) | {"process": self.process.name, "predicts": self.predicts, **sizes}

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Of every timestep."""
        return tuple(self.process.coordinates(ratio) for ratio in self.process.ratios)

    def jumps(self, rng: np.random.Generator, count: int) -> list[tuple[Point, Point]]:
        """Where each picture of a batch is noised to, and the point before: timesteps drawn evenly."""
        picked = rng.integers(len(self.points), size=count)
        return [(self.points[t], self.points[t - 1] if t else CLEAN) for t in picked]

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        pictures, told = self.shown(rng, self.batch)
        return self.noised(rng, self.data_of(model, pictures), told)

    def noised(self, rng: np.random.Generator, x0: Tensor, told: Tensor) -> tuple[Tensor, ...]:
        """x0, x where each is noised to, these points and those before them (N, 4), and what is told."""
        jumps = self.jumps(rng, self.batch)
        eps = normal(rng, *x0.shape)
        if self.process.cold or self.process.law is not gaussian:  # made picture by picture
            rows = [self.process.degrade(x0[[i]], at, eps[[i]]) for i, (at, _) in enumerate(jumps)]
            x = torch.cat(rows)
        else:
            x = self.process.degrade(x0, _of_arrays([at for at, _ in jumps]), eps)
        levels = torch.tensor([[*at, *to] for at, to in jumps], dtype=torch.float32)
        return x0, x, levels, told

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = model["denoiser"]

        def loss(x0: Tensor, x: Tensor, levels: Tensor, told: Tensor, *beside: Tensor) -> Tensor:
            at, to = points_of(levels)
            return self.loss(self.answer(network, x, at, told, *beside), x0, x, at, to)

        optimizers = OPTIMIZERS[self.optimizer](network, nn.Module(), self.learning_rate)
        return (Objective("loss", loss, list(network.parameters()), optimizers),)

    def answer(self, network: nn.Module, x: Tensor, at: Point, told: Tensor, *beside: Tensor) -> Tensor:
        """What the network says of x at points of arrays, as it is asked when it draws."""
        found: Tensor = network(self.diffusion.shown(x, at), self.time(at), told)
        return found

    def time(self, at: Point) -> Tensor:
        """What the network is told of the noise at points of arrays: (N,), of order one."""
        time: Tensor = self.diffusion.of_order_one(self.diffusion.time(at).flatten().float())
        return time

    def loss(self, answer: Tensor, x0: Tensor, x: Tensor, at: Point, to: Point) -> Tensor:
        """E‖ε − ε_θ‖², of the network's answer for x at `at`; `to` is the point before."""
        return self.missed_noise(answer, x0, x, at).square().mean()

    def missed_noise(self, answer: Tensor, x0: Tensor, x: Tensor, at: Point) -> Tensor:
        """ε − ε_θ = α/σ·(x̂_0 − x_0), of whatever the network predicts."""
        return (self.diffusion.x0(lambda *_: answer, x, at) - x0) * (at.alpha / at.sigma)

    @property
    def process_numbers(self) -> dict[str, Any]:
        """What the process of the card is made with."""
        return {}

    @property
    def defaults(self) -> dict[str, Any]:
        """What a request for the model begins with."""
        sampler = self.system.samplers[0]
        return usual(sampler=sampler, steps=100, spacing="linspace", guidance_scale=2.0)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "prediction": self.predicts,
            "process": self.card_process,
            "process_numbers": self.process_numbers,
            "learned_variance": self.answers == 2,
            "defaults": self.defaults if self.pictures.told else self.defaults | {"guidance_scale": 1.0},
        }

    @property
    def card_process(self) -> str:
        """The key of PROCESSES."""
        return self.process.name

    def finish(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        """Writes the model, and once more with its score norms, where noise is Gaussian.

        A denoiser that goes by numbers drawn beside x has none: those of a picture that it did not draw are not known.
        """
        super().finish(model, out, seen)
        habits = self.habits(model)
        if self.process.cold or self.process.law is not gaussian or habits.keys() & {"latent", "beside"}:
            return
        path = out / self.product
        card = systems.card(read_entry(path))
        (stage,) = systems.load(card, torch.device(self.device), torch.float32, Store()).stages
        indices: NDArray[np.int64] = np.arange(len(self.pictures.rgba))[:: -(-len(self.pictures.rgba) // MEASURED)]
        asks = [_ask(self.pictures, index) for index in indices]
        *_, norms = score_norms(stage, self.data_of(model, self.pictures.data[indices]).to(self.device), asks)
        facts = said_of(path) | {"score_norms": [[round(a, 4), g] for a, g in norms.table]}
        write_model(path, self.served(model), facts, habits)

    def data_of(self, model: nn.ModuleDict, pictures: Tensor) -> Tensor:
        """What is denoised, of pictures (N, 4, S, S): these themselves."""
        return pictures


@dataclass(frozen=True, kw_only=True)
class EvenPhase(Phase[nn.ModuleDict]):
    """The denoiser alone, by a loss in which every amount of noise counts alike: E‖F − target‖², of its answer F.

    The best answer is the same by any weights. The losses of DDPM and its kin count what is to be seen at high noise
    ever less: by them alone a small network learns textures, and what a thing looks like in a hundred times as long.
    """

    name: ClassVar[str] = "even"

    recipe: DenoisingRecipe

    @property
    def draw_seed(self) -> int:
        return self.seed + 1

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return self.recipe.draw(model, rng, step)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        recipe, network = self.recipe, model["denoiser"]

        def loss(x0: Tensor, x: Tensor, levels: Tensor, told: Tensor, *beside: Tensor) -> Tensor:
            at, _ = points_of(levels)
            answer, *_ = recipe.answer(network, x, at, told, *beside).chunk(recipe.answers, dim=1)
            return (answer - recipe.diffusion.target(x0, x, at)).square().mean()

        (own,) = recipe.objectives(model)
        return (replace(own, name="loss", loss=loss),)


@dataclass(frozen=True, kw_only=True)
class EvenlyBegun(DenoisingRecipe):
    """A recipe of a loss that high noise hardly counts in: it begins with another, unless it begins with weights."""

    even: Annotated[int, Option("Even start", "samples by which every noise counts alike, before its own loss", 0)] = (
        160_000
    )

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        if not self.even or self.init is not None:
            return (self,)
        return EvenPhase(
            samples=self.even, batch=self.batch, learning_rate=self.learning_rate, seed=self.seed, recipe=self,
            warmup=min(self.warmup, self.even // 10),
        ), self  # fmt: skip

    @property
    def earlier(self) -> dict[str, Any]:
        return super().earlier or {SEEN_BEFORE: self.even}


def said_of(path: Path) -> dict[str, Any]:
    """What the card in a model's header says."""
    facts: dict[str, Any] = systems.config_of(read_entry(path).metadata)["card"]
    return facts


def take_over(path: Path, model: nn.ModuleDict) -> None:
    """Gives the networks what the model file at `path` has of their weights; raises StorageError."""
    try:
        known = restored(load_file(path))
    except (SafetensorError, OSError, ValueError, LookupError) as error:
        raise StorageError(f"{path} is no model file of a system; name one that a training of them wrote.") from error
    own = model.state_dict()
    fitting = {name: value for name, value in known.items() if name in own and own[name].shape == value.shape}
    if not fitting:
        raise StorageError(f"Nothing in {path} fits these networks; name the model file of one of the same sizes.")
    model.load_state_dict(fitting, strict=False)


def usual(**settings: Any) -> dict[str, Any]:
    """What a request begins with, by the names of its fields."""
    return settings


def _ask(pictures: PictureSet, index: int) -> Ask:
    label = pictures.labels[pictures.label[index]] if pictures.label[index] >= 0 else ""
    return Ask(label=label, factors=dict(zip(pictures.factors, map(float, pictures.shares[index]), strict=True)))


def points_of(levels: Tensor) -> tuple[Point, Point]:
    """Two points of arrays (N, 1, 1, 1), of their numbers (N, 4)."""
    parts: list[Any] = list(levels[:, :, None, None, None].unbind(1))
    return Point(*parts[:2]), Point(*parts[2:])


def _of_arrays(points: Sequence[Point]) -> Point:
    alphas, sigmas = torch.tensor(points, dtype=torch.float64)[:, :, None, None, None].unbind(1)
    return Point(alphas.float(), sigmas.float())  # type: ignore[arg-type]


def write_model(path: Path, networks: dict[str, nn.Module], card: dict[str, Any], habits: dict[str, Any]) -> None:
    """A model of the family `systems` in one file: matrices and kernels as int8, all else as it is."""
    weights: dict[str, Tensor] = {}
    for part, network in networks.items():
        for key, value in network.state_dict().items():
            name = f"{part}.{key}"
            if value.ndim > 1 and len(value) > 1:
                weights[name], weights[name + SCALE] = quantise(value.detach().cpu().contiguous())
            else:
                weights[name] = value.detach().cpu().contiguous().clone()
    count = sum(value.numel() for network in networks.values() for value in network.parameters())
    sizes = {part: asdict(cast(Any, network.config)) for part, network in networks.items()}
    _write(path, weights, {"card": {**card, "parameters": count}, "networks": sizes, **habits})


def write_variant(path: Path, base: Path, card: dict[str, Any], habits: dict[str, Any]) -> None:
    """A model that draws with the networks of the file `base` beside it: a header alone."""
    parameters = systems.card(read_entry(base)).parameters
    _write(path, {}, {"card": {**card, "parameters": parameters}, "base": base.name, **habits})


def _write(path: Path, weights: dict[str, Tensor], config: dict[str, Any]) -> None:
    make_folder(path.parent)
    write(path, save(weights, {"format": "gdm-studio", "family": "systems", "config": json.dumps(config)}))
