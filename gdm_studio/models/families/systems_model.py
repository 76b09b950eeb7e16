"""A system of the literature in memory: a small network over the pixels of RGBA pictures, and what it begins with."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path as File
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.errors import ModelError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.guidance import classifier_guided
from gdm_studio.maths.path import Denoise, Noise, Path, Point
from gdm_studio.maths.processes.coordinates import PURE_NOISE
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families.icons_model import premultiplied, straight
from gdm_studio.models.families.points_model import PointsModel
from gdm_studio.models.loaded import Ask, NoiseAt
from gdm_studio.models.precision import finite
from gdm_studio.models.process import process_of
from gdm_studio.models.quantised import restored
from gdm_studio.models.rows import Rows
from gdm_studio.models.store import Store, key_of
from gdm_studio.models.typed import from_plain
from gdm_studio.networks.autoencoder_kl import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.backbones import saved_backbone
from gdm_studio.networks.backbones.rin import RIN
from gdm_studio.networks.generator import Generator, GeneratorConfig
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.noisy_classifier import NoisyClassifier, NoisyClassifierConfig
from gdm_studio.networks.points import PointNetwork, PointNetworkConfig
from gdm_studio.request import Request

# a network's part in the model -> how one of its sizes is made
NETWORKS: Mapping[str, Callable[[dict[str, Any]], nn.Module]] = {
    "denoiser": saved_backbone,
    "generator": lambda sizes: Generator(GeneratorConfig(**sizes)),
    **dict.fromkeys(("drift", "score"), lambda sizes: PointNetwork(PointNetworkConfig(**sizes))),
    "classifier": lambda sizes: NoisyClassifier(NoisyClassifierConfig(**sizes)),
    "autoencoder": lambda sizes: AutoencoderKL(AutoencoderConfig(**sizes)),
}

Place = tuple[torch.device, Store]
ALONE = ("autoencoder", "classifier")  # told nothing of the picture
LARGEST, MOST_SIZES = 4096, 24  # of a header's sizes


@dataclass(frozen=True)
class Habits:
    """What a system does otherwise than most."""

    begins: str = ""  # "noised" where what the generator draws is noised, else it is what the chain begins with
    clips: bool = False  # what it predicts is kept to −1 … 1, as in the authors' code of DDPM
    always: tuple[float, ...] = ()  # what it is told beside classes and factors, whatever is asked
    latent: int = 0  # how many normal numbers of its own the denoiser is told besides, others at every point
    beside: str = ""  # "picture": the denoiser sees the generator's beside x; "sum": beside the sum of both
    mixes: tuple[float, ...] = ()  # of every channel, the network's share; the rest is as though data were N(0, I)


def habits_in(config: Mapping[str, Any]) -> dict[str, Any]:
    """What of a header is one of them."""
    return {each.name: config[each.name] for each in fields(Habits) if each.name in config}


@dataclass(frozen=True)
class SystemModel:
    """A LoadedModel and its only stage: premultiplied RGBA in −1 … 1, shown with every pixel as a square.

    With a denoiser alone it begins in noise. With a generator beside it, it begins in what that makes: the noisy
    picture itself (TDPM), or, where its habits say "noised", a clean one that is noised (ES-DDPM); or the generator's
    picture is shown to the denoiser all the way (DiffuseVAE). A generator alone draws in one go, whatever the steps.
    With an autoencoder, all of this happens to its latents. With a classifier of noisy pictures the denoiser is told no
    class: that one's gradient leads to it.
    """

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    networks: Mapping[str, nn.Module]
    habits: Habits
    diffusion: Diffusion = field(init=False)
    rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        diffusion = Diffusion(process_of(self.card), self.card.prediction, self.card.data_scale)
        object.__setattr__(self, "diffusion", diffusion)
        object.__setattr__(self, "rows", Rows(self.device))

    @classmethod
    def load(
        cls,
        card: ModelCard,
        device: torch.device,
        dtype: torch.dtype,
        store: Store,
        *,
        sizes: Mapping[str, Any],  # of the networks in the file `base`
        base: File,
        habits: Mapping[str, Any],
    ) -> SystemModel | PointsModel:
        """Reads what is not in the store; raises ModelError where the file does not hold what its header promises.

        Memory running out is no damage: it is raised as it comes, for the engine to find a remedy.
        """
        assert card.path is not None
        try:
            weights = restored(load_file(base))
            networks = {name: _part(name, each, weights, base, (device, store)) for name, each in sizes.items()}
            if not networks:
                raise ValueError("no network")
            if "score" in networks:
                return PointsModel(card, device, dtype, networks)
            model = cls(card, device, dtype, networks, from_plain(Habits, dict(habits)))
            _check(model)
        except (SafetensorError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError) as error:
            raise ModelError(f"{card.path.name} is damaged; copy or download the model again.") from error
        return model

    @property
    def stages(self) -> tuple[SystemModel]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, asks: Sequence[Ask], path: Path, noise: Noise, like: Tensor) -> Tensor:
        if "generator" not in self.networks or self.habits.beside:
            x: Tensor = self.diffusion.process.prior(noise, like, path[0])
            return x
        eps = noise(0, like)
        made = self.generated(eps, self.told(asks))
        if self.habits.begins == "noised":
            made = self.diffusion.process.degrade(made, path[0], noise(0, like, 1))
        return made

    def denoiser(self, asks: Sequence[Ask], path: Path, noise: NoiseAt) -> Denoise:
        told = self.told(asks)
        if "denoiser" in self.networks:
            kind = RememberingDenoiser if isinstance(self.networks["denoiser"], RIN) else Denoiser
            return kind(self, told, noise)
        # the same numbers at every point, so that the picture is there after one step and stays
        return lambda x, at: self.generated(noise(PURE_NOISE, x), told[: len(x)])

    def told(self, asks: Sequence[Ask]) -> Tensor:
        """(N, classes + factors), one and the share of each; all zero for nothing, and on the negative side."""
        accepts = self.card.accepts
        rows = []
        for ask in asks:
            classes = [float(ask.label == label and not ask.negative) for label in accepts.labels]
            factors = [0.0 if ask.negative else ask.factors[knob.name] for knob in accepts.factors]
            rows.append([*classes, *factors, *self.habits.always])
        return torch.tensor(rows, device=self.device).reshape(len(rows), -1)

    def answers(self, shown: Tensor, time: float, told: Tensor, *before: Tensor) -> Tensor:
        """What the denoiser says, in fp32: pictures, and beside each its variance where it tells one.

        With what it thought `before`, flat: (N, numbers of the pictures and of what it thinks now).
        """
        return self.rows(self._denoise, shown, self._times(shown, time), told, *before).float()

    def _times(self, x: Tensor, time: Any) -> Tensor:
        return torch.full((len(x),), self.diffusion.of_order_one(time), device=self.device)

    def _denoise(self, *inputs: Tensor) -> Tensor:
        with torch.no_grad(), torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            network: Any = self.networks["denoiser"]
            if len(inputs) == 3:
                answer: Tensor = network(*inputs)
                return answer
            return torch.cat([part.flatten(1) for part in network.remembering(*inputs)], dim=1)

    def class_gradient(self, x: Tensor, at: Point, told: Tensor) -> Tensor:
        """∇ log p(class | x), shaped like x; 0 where no class is told."""

        def gradient(x: Tensor, classes: Tensor) -> Tensor:
            with torch.enable_grad():
                x = x.detach().requires_grad_()
                times = self._times(x, self.diffusion.time(at))
                logits = self.networks["classifier"](self.diffusion.shown(x, at), times)
                (found,) = torch.autograd.grad((logits.log_softmax(dim=1) * classes).sum(), x)
            return found

        return self.rows(gradient, x, told[: len(x), : len(self.card.accepts.labels)])

    def generated(self, eps: Tensor, told: Tensor) -> Tensor:
        """A picture of the first of the numbers of its noise."""
        generator: Any = self.networks["generator"]
        with torch.no_grad():
            return self.rows(generator, eps.flatten(1)[:, : generator.config.latent], told[: len(eps)]).float()

    def encode(self, rgba: Tensor) -> Tensor:
        factor = self.autoencoder.config.factor if self.autoencoder else 1
        pictures = F.adaptive_avg_pool2d(premultiplied(rgba.to(self.device)), factor * self.card.latent[1])
        return self._through("encode", pictures)

    def decode(self, x0: Tensor) -> Tensor:
        return self._enlarged(finite(self._through("decode", x0)))

    def glimpse(self, x0: Tensor) -> Tensor:
        return self._enlarged(self._through("decode", x0))

    def preview(self, x0: Tensor) -> Tensor:
        return self._enlarged(self._through("linear", x0))

    @property
    def autoencoder(self) -> AutoencoderKL | None:
        """Between pixels and what is denoised, where these are two things."""
        found = self.networks.get("autoencoder")
        return found if isinstance(found, AutoencoderKL) else None

    def _through(self, way: str, data: Tensor) -> Tensor:
        if self.autoencoder is None:
            return data
        with torch.no_grad():
            return self.rows(getattr(self.autoencoder, way), data).float()

    def _enlarged(self, pictures: Tensor) -> Tensor:
        pixel = self.card.size // pictures.shape[-1]
        return straight(pictures).repeat_interleave(pixel, dim=1).repeat_interleave(pixel, dim=2)


def mixed(linear: Tensor, found: Tensor, shares: Tensor) -> Tensor:
    """(1 − m)·linear + m·found (N, C, H, W), of shares m (C, 1, 1): what is right of N(0, I), and what is found."""
    return torch.lerp(linear, found, shares)


class Denoiser:
    """A denoiser that is told something; `variance` is what its last answers said of it, a row each."""

    variance: Tensor  # in 0 … 1, shaped like x: Nichol and Dhariwal 2021, equation 15

    def __init__(self, model: SystemModel, told: Tensor, noise: NoiseAt) -> None:
        self._model = model
        self._told = told
        self._noise = noise
        self._classes = len(model.card.accepts.labels)
        self._beside = told[:0]  # the generator's pictures, the same all the way
        if model.card.learned_variance:
            self.variance = told.new_zeros(0)

    def __call__(self, x: Tensor, at: Point) -> Tensor:
        habits, told = self._model.habits, self._told[: len(x)]
        if "classifier" in self._model.networks:
            told = torch.cat([torch.zeros_like(told[:, : self._classes]), told[:, self._classes :]], dim=1)
        if habits.beside and len(self._beside) < len(x):
            self._beside = self._model.generated(self._noise(PURE_NOISE, x), told)
        if habits.latent:
            told = torch.cat([told, self._noise(at, x).flatten(1)[:, : habits.latent]], dim=1)
        found: Tensor = self._model.diffusion.x0(self._picture, x, at, told)
        if habits.mixes:  # of N(0, I) alone, E[x0 | x] = alpha·x
            mixes = torch.tensor(habits.mixes, device=x.device)[:, None, None]
            found = mixed(at.alpha * x, found, mixes)
        found = found.clamp(-1, 1) if habits.clips else found
        return self._steered(found, x, at) if "classifier" in self._model.networks else found

    def _steered(self, found: Tensor, x: Tensor, at: Point) -> Tensor:
        """Classifier guidance of strength 1; the scale is the request's, between this and what no class is told of."""
        gradient = partial(self._model.class_gradient, told=self._told)
        return classifier_guided(lambda *_: found, gradient, 1.0)(x, at)

    def _answers(self, shown: Tensor, time: float, told: Tensor) -> Tensor:
        return self._model.answers(shown, time, told)

    def _picture(self, shown: Tensor, time: float, told: Tensor) -> Tensor:
        channels = shown.shape[1]
        if self._model.habits.beside:
            beside = self._beside[: len(shown)]
            shown = torch.cat([shown + beside if self._model.habits.beside == "sum" else shown, beside], dim=1)
        picture, *more = self._answers(shown, time, told).split(shown.shape[1], dim=1)
        if more:
            self.variance = ((more[0][:, :channels] + 1) / 2).clamp(0, 1)
        return picture[:, :channels]


class RememberingDenoiser(Denoiser):
    """A denoiser whose network goes on from what it thought at the step before: `memory` is its latents, (N, L, D)."""

    def __init__(self, model: SystemModel, told: Tensor, noise: NoiseAt) -> None:
        super().__init__(model, told, noise)
        self.memory: tuple[Tensor, ...] = ()

    def _answers(self, shown: Tensor, time: float, told: Tensor) -> Tensor:
        network: Any = self._model.networks["denoiser"]
        (before,) = self.memory or (network.unremembered(self._told[:, None]),)
        found = self._model.answers(shown, time, told, before[: len(shown)])
        picture, latents = found.split([found.shape[1] - before[0].numel(), before[0].numel()], dim=1)
        self.memory = (torch.cat([latents.unflatten(1, before.shape[1:]), before[len(shown) :]]),)
        return picture.unflatten(1, (-1, *shown.shape[1:])).flatten(1, 2)


def _part(name: str, sizes: dict[str, Any], weights: dict[str, Tensor], file: File, place: Place) -> nn.Module:
    """The network from the store, or of these weights, which are all in the file."""
    own = {key.removeprefix(f"{name}."): weight for key, weight in weights.items() if key.startswith(f"{name}.")}
    device, store = place
    key = key_of(f"systems {name} {json.dumps(sizes, sort_keys=True)}", [file], device, torch.float32)

    def load() -> nn.Module:
        return channels_last(_made(name, sizes, own).to(device)).eval().requires_grad_(False)

    return store.part(key, 4 * sum(weight.numel() for weight in own.values()), load)


def _made(name: str, sizes: dict[str, Any], own: dict[str, Tensor]) -> nn.Module:
    """A network of these sizes with its weights; raises LookupError, TypeError or ValueError."""
    plain = {key: size for key, size in sizes.items() if key != "backbone"}
    numbers = [each for size in plain.values() for each in (size if isinstance(size, list) else [size])]
    if not all(isinstance(each, bool | int | float) and 0 <= each <= LARGEST for each in numbers):
        raise ValueError("a size is out of range")
    if len(numbers) > MOST_SIZES or any(sizes.get(key, 1) > MOST_SIZES for key in ("blocks", "depth", "layers")):
        raise ValueError("it has too many layers")
    own = {key: weight.float() for key, weight in own.items()}
    try:
        with torch.device("meta"):  # a header that promises more than its file holds costs no memory
            network = NETWORKS[name](sizes)
        network.load_state_dict(own, assign=True)
    except RuntimeError as error:  # sizes, names or shapes that do not fit
        raise ValueError(str(error)) from error
    return network


def _check(model: SystemModel) -> None:
    """Raises ValueError where the networks do not go together, or not with the card."""
    shape, card, habits = model.card.latent, model.card, model.habits
    config = model.autoencoder.config if model.autoencoder else None
    channels, factor = (config.latent_channels, config.factor) if config else (4, 1)
    if shape[1] != shape[2] or card.size % (factor * shape[1]) or shape[0] != channels:
        raise ValueError("its pictures have another shape")
    if config and config.picture_channels != 4:
        raise ValueError("the autoencoder is of other pictures")
    if not 0 <= habits.latent <= math.prod(shape) or len(habits.mixes) not in (0, shape[0]):
        raise ValueError("its habits are those of another shape")
    if model.networks.keys().isdisjoint(("denoiser", "generator")):
        raise ValueError("it has nothing to draw with")
    if (habits.beside or habits.begins) and "generator" not in model.networks:
        raise ValueError("it has no generator")
    if (classifier := model.networks.get("classifier")) is not None:
        _check_classifier(classifier, model)
    told = len(card.accepts.labels) + len(card.accepts.factors) + len(habits.always)
    networks: dict[str, Any] = {name: network for name, network in model.networks.items() if name not in ALONE}
    for name, network in networks.items():
        expected = told + habits.latent * (name == "denoiser")
        if network.config.told != expected:
            raise ValueError(f"the {name} is told {network.config.told} numbers, not {expected}")
    if (generator := networks.get("generator")) is not None and generator.config.size != shape[1]:
        raise ValueError("the generator makes pictures of another size")
    if (denoiser := networks.get("denoiser")) is not None:
        answers, seen = 2 if card.learned_variance else 1, 2 if habits.beside else 1
        if denoiser.config.answers != answers or denoiser.config.channels != seen * shape[0]:
            raise ValueError("the denoiser answers otherwise than the card says")
        if getattr(denoiser.config, "size", shape[1]) != shape[1]:
            raise ValueError("the denoiser is made for pictures of another size")


def _check_classifier(classifier: Any, model: SystemModel) -> None:
    """Raises ValueError where it tells other classes apart than the card names, or other pictures."""
    shape, config = model.card.latent, classifier.config
    if "denoiser" not in model.networks or isinstance(model.networks["denoiser"], RIN):
        raise ValueError("it has a classifier and no denoiser for it")
    if config.answers != len(model.card.accepts.labels) or (config.channels, config.size) != shape[:2]:
        raise ValueError("the classifier is of other classes or pictures")
