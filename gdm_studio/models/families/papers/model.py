"""Loaded model of a reimplemented method from the literature: small networks for RGBA pixels, latents or points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path as File
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.guidance import classifier_guided
from gdm_studio.maths.noise_path import Denoise, Noise, NoiseLevel, NoisePath
from gdm_studio.maths.processes.coordinates import PURE_NOISE
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.families.icons.model import to_premultiplied, to_straight_alpha
from gdm_studio.models.families.papers.system_networks import load_part
from gdm_studio.models.families.papers.toy_points import PointsModel, are_points, draw_points
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.loaded_model import Conditioning, NoiseAt
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.memory.precision import check_finite
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.weight_storage.int8_channels import dequantized
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.networks.papers.backbones.rin import RIN
from gdm_studio.networks.papers.point_networks import (
    POINT_NETWORKS,
    PointAutoencoder,
    PointClassifier,
)
from gdm_studio.request.generation_request import Request

# Coordinate at the edge of an image of points.
POINTS_REACH = 1.3
# Names of networks that have no conditioning.
ALONE = ("autoencoder", "classifier")


@dataclass(frozen=True)
class SystemTraits:
    """Options by which a reimplemented published method differs from an ordinary diffusion model, as stored in the
    header of its file.
    """

    # "noised" if noise is added to the generator's image. Otherwise sampling starts from the image itself.
    begins: str = ""
    # True if predictions are clipped to −1 … 1, as in the DDPM authors' code.
    clips: bool = False
    # Constant numbers that are appended to the classes and factors of the conditioning.
    always: tuple[float, ...] = ()
    # Number of normal random numbers that serve as additional conditioning, different at each noise level.
    latent: int = 0
    # "picture" if the denoiser takes x and the generator's image as input, "sum" if it takes their sum and the image,
    # or "".
    beside: str = ""
    # Weight of the network's prediction in each channel. The exact prediction for data from N(0, I) has the remaining
    # weight.
    mixes: tuple[float, ...] = ()


def traits_in(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of `SystemTraits` that the header of a model file contains, by field name."""
    return {each.name: config[each.name] for each in fields(SystemTraits) if each.name in config}


@dataclass(frozen=True)
class SystemModel:
    """Loaded model of a reimplemented method from the literature, with a single stage. Its data are premultiplied RGBA
    in −1 … 1, latents or points.

    With only a denoiser, sampling starts from noise. An additional generator provides the initial state: the noisy
    image itself (TDPM), an image to which noise is added if the trait `begins` is "noised" (ES-DDPM), or an image that
    the denoiser sees at every step (DiffuseVAE). A generator alone produces the image in one evaluation. With an
    autoencoder, all of them work on its latents. With a classifier of noisy images, the denoiser has no class and is
    guided by the classifier's gradient.
    """

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    networks: Mapping[str, nn.Module]
    traits: SystemTraits
    diffusion: Diffusion = field(init=False)
    rows: RowEvaluator = field(init=False)

    def __post_init__(self) -> None:
        diffusion = Diffusion(forward_process(self.card), self.card.prediction, self.card.data_scale)
        object.__setattr__(self, "diffusion", diffusion)
        object.__setattr__(self, "rows", RowEvaluator(self.device))

    @classmethod
    def load(
        cls,
        card: ModelCard,
        device: torch.device,
        dtype: torch.dtype,
        store: Store,
        *,
        sizes: Mapping[str, Any],
        base: File,
        traits: Mapping[str, Any],
    ) -> SystemModel | PointsModel:
        """Load the networks of a model file onto a device, except those that are already in the store. Raises
        ModelError if the file does not match its header.

        An out-of-memory error is not converted to ModelError, so that the engine can retry.
        """
        assert card.path is not None
        try:
            weights = dequantized(load_file(base))
            networks = {name: load_part(name, each, weights, base, (device, store)) for name, each in sizes.items()}
            if not networks:
                raise ValueError("no network")
            if "score" in networks:
                return PointsModel(card, device, dtype, networks)
            model = cls(card, device, dtype, networks, from_json(SystemTraits, dict(traits)))
            _check(model)
        except (SafetensorError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError) as error:
            raise ModelError(f"{card.path.name} is damaged; copy or download the model again.") from error
        return model

    @property
    def stages(self) -> tuple[SystemModel]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        if "generator" not in self.networks or self.traits.beside:
            x: Tensor = self.diffusion.process.prior(noise, like, path[0])
            return x
        eps = noise(0, like)
        images = self.generate(eps, self.conditioning(conditions))
        if self.traits.begins == "noised":
            images = self.diffusion.process.degrade(images, path[0], noise(0, like, 1))
        return images

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        cond = self.conditioning(conditions)
        if "denoiser" in self.networks:
            kind = RememberingDenoiser if isinstance(self.networks["denoiser"], RIN) else Denoiser
            return kind(self, cond, noise)
        # The noise is the same at every level, so that the image is final after one step.
        return lambda x, at: self.generate(noise(PURE_NOISE, x), cond[: len(x)])

    def conditioning(self, conditions: Sequence[Conditioning]) -> Tensor:
        """Convert prompts' labels and factors to the network's conditioning vectors, shape (N, classes + factors +
        constants). The class is one-hot.

        Classes and factors are zero on the negative side of guidance.
        """
        accepts = self.card.accepts
        rows = []
        for condition in conditions:
            classes = [float(condition.label == label and not condition.negative) for label in accepts.labels]
            factors = [0.0 if condition.negative else condition.factors[param.name] for param in accepts.factors]
            rows.append([*classes, *factors, *self.traits.always])
        return torch.tensor(rows, device=self.device).reshape(len(rows), -1)

    def evaluate(self, shown: Tensor, time: float, cond: Tensor, *before: Tensor) -> Tensor:
        """Evaluate the denoising network and return its output in fp32, one image per row. The output includes a
        variance if the network predicts one.

        If the network uses the previous step's latents, pass them as `before`; the result is then flat, (N, numbers),
        with the new latents after the image.
        """
        return self.rows(self._run_denoiser, shown, self._create_time_input(shown, time), cond, *before).float()

    def _create_time_input(self, x: Tensor, time: Any) -> Tensor:
        return torch.full((len(x),), self.diffusion.of_order_one(time), device=self.device)

    def _run_denoiser(self, *inputs: Tensor) -> Tensor:
        with torch.no_grad(), torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            network: Any = self.networks["denoiser"]
            if len(inputs) == 3:
                answer: Tensor = network(*inputs)
                return answer
            return torch.cat([part.flatten(1) for part in network.forward_with_latents(*inputs)], dim=1)

    def class_gradient(self, x: Tensor, at: NoiseLevel, cond: Tensor) -> Tensor:
        """Return the gradient ∇ log p(class | x) of the classifier for classifier guidance, shaped like x. It is 0 for
        rows without a class.
        """

        def gradient(x: Tensor, classes: Tensor) -> Tensor:
            with torch.enable_grad():
                x = x.detach().requires_grad_()
                times = self._create_time_input(x, self.diffusion.time(at))
                logits = self.networks["classifier"](self.diffusion.scaled_input(x, at), times)
                if are_points(self.card):
                    # Every point is classified separately.
                    classes = classes[:, None]
                (found,) = torch.autograd.grad((logits.log_softmax(dim=-1) * classes).sum(), x)
            return found

        return self.rows(gradient, x, cond[: len(x), : len(self.card.accepts.labels)])

    def generate(self, eps: Tensor, cond: Tensor) -> Tensor:
        """Run the generator network on the noise `eps`, and return the images or points that it generates."""
        generator: Any = self.networks["generator"]
        with torch.no_grad():
            if are_points(self.card):
                # Every point has its own latent z.
                return self.rows(generator, eps[:, 0], cond[: len(eps)]).float()
            return self.rows(generator, eps.flatten(1)[:, : generator.config.latent], cond[: len(eps)]).float()

    def encode(self, rgba: Tensor) -> Tensor:
        if are_points(self.card):
            raise BadRequest(f"{self.card.name} draws points and cannot start from an image.")
        factor = self.autoencoder.config.factor if isinstance(self.autoencoder, AutoencoderKL) else 1
        pictures = F.adaptive_avg_pool2d(to_premultiplied(rgba.to(self.device)), factor * self.card.latent[1])
        return self._apply_autoencoder("encode", pictures)

    def decode(self, x0: Tensor) -> Tensor:
        return self._convert_to_images(check_finite(self.decode_data(x0)))

    def fast_decode(self, x0: Tensor) -> Tensor:
        return self._convert_to_images(self.decode_data(x0))

    def preview(self, x0: Tensor) -> Tensor:
        return self._convert_to_images(self._apply_autoencoder("linear", x0))

    def decode_data(self, x0: Tensor) -> Tensor:
        """Decode latents to premultiplied RGBA images or points. A model without an autoencoder returns `x0`
        unchanged.
        """
        return self._apply_autoencoder("decode", x0)

    def _convert_to_images(self, data: Tensor) -> Tensor:
        """Convert premultiplied images or points to RGBA images (N, size, size, 4) for display."""
        if are_points(self.card):
            return draw_points(data, self.card.size, reach=POINTS_REACH)
        return self._enlarge(data)

    @property
    def autoencoder(self) -> AutoencoderKL | PointAutoencoder | None:
        """Network that encodes images or points to latents and decodes them, or None if the model works on the data
        themselves.
        """
        found = self.networks.get("autoencoder")
        return found if isinstance(found, AutoencoderKL | PointAutoencoder) else None

    def _apply_autoencoder(self, way: str, data: Tensor) -> Tensor:
        if self.autoencoder is None:
            return data
        with torch.no_grad():
            return self.rows(getattr(self.autoencoder, way), data).float()

    def _enlarge(self, pictures: Tensor) -> Tensor:
        pixel = self.card.size // pictures.shape[-1]
        return to_straight_alpha(pictures).repeat_interleave(pixel, dim=1).repeat_interleave(pixel, dim=2)


def mix(linear: Tensor, found: Tensor, shares: Tensor) -> Tensor:
    """Mix the network's prediction with the exact prediction for Gaussian data: (1 − m)·linear + m·found (N, C, H, W),
    with one m per channel in `shares` (C, 1, 1).

    `linear` is the exact prediction for data from N(0, I), and `found` the network's prediction.
    """
    return torch.lerp(linear, found, shares)


class Denoiser:
    """Denoising function (x, noise level) → x0 of a reimplemented published method, with a fixed conditioning.

    `variance` is the variance that the network predicted in the last call, one row per image.
    """

    # Values from 0 to 1, shaped like x: Nichol and Dhariwal 2021, equation 15.
    variance: Tensor

    def __init__(self, model: SystemModel, cond: Tensor, noise: NoiseAt) -> None:
        self._model = model
        self._cond = cond
        self._noise = noise
        self._classes = len(model.card.accepts.labels)
        self._beside = cond[:0]  # the generator's pictures, the same all the way
        if model.card.learned_variance:
            self.variance = cond.new_zeros(0)

    def __call__(self, x: Tensor, at: NoiseLevel) -> Tensor:
        traits = self._model.traits
        cond = self._cond[: len(x)]
        if "classifier" in self._model.networks:
            cond = torch.cat([torch.zeros_like(cond[:, : self._classes]), cond[:, self._classes :]], dim=1)
        if traits.beside and len(self._beside) < len(x):
            self._beside = self._model.generate(self._noise(PURE_NOISE, x), cond)
        if traits.latent:
            noise = self._noise(at, x)
            if are_points(self._model.card):
                # Every point has its own latent z.
                cond = torch.cat([cond[:, None].expand(-1, x.shape[2], -1), noise[:, 0]], dim=2)
            else:
                cond = torch.cat([cond, noise.flatten(1)[:, : traits.latent]], dim=1)
        found: Tensor = self._model.diffusion.x0(self._predict_image, x, at, cond)
        if traits.mixes:  # for N(0, I), E[x0 | x] = alpha·x
            mixes = torch.tensor(traits.mixes, device=x.device)[:, None, None]
            found = mix(at.alpha * x, found, mixes)
        found = found.clamp(-1, 1) if traits.clips else found
        return self._apply_classifier(found, x, at) if "classifier" in self._model.networks else found

    def _apply_classifier(self, found: Tensor, x: Tensor, at: NoiseLevel) -> Tensor:
        """Change the prediction by the classifier's gradient (classifier guidance of strength 1).

        The request's guidance scale then extrapolates from the unconditional result.
        """
        gradient = partial(self._model.class_gradient, cond=self._cond)
        return classifier_guided(lambda *_: found, gradient, 1.0)(x, at)

    def _evaluate_network(self, shown: Tensor, time: float, cond: Tensor) -> Tensor:
        return self._model.evaluate(shown, time, cond)

    def _predict_image(self, shown: Tensor, time: float, cond: Tensor) -> Tensor:
        channels = shown.shape[1]
        if self._model.traits.beside:
            beside = self._beside[: len(shown)]
            shown = torch.cat([shown + beside if self._model.traits.beside == "sum" else shown, beside], dim=1)
        picture, *more = self._evaluate_network(shown, time, cond).split(shown.shape[1], dim=1)
        if more:
            self.variance = ((more[0][:, :channels] + 1) / 2).clamp(0, 1)
        return picture[:, :channels]


class RememberingDenoiser(Denoiser):
    """Denoising function whose network takes its own latents from the previous step as additional input. They are
    stored in `memory` (N, L, D).
    """

    def __init__(self, model: SystemModel, cond: Tensor, noise: NoiseAt) -> None:
        super().__init__(model, cond, noise)
        self.memory: tuple[Tensor, ...] = ()

    def _evaluate_network(self, shown: Tensor, time: float, cond: Tensor) -> Tensor:
        network: Any = self._model.networks["denoiser"]
        (before,) = self.memory or (network.initial_latents(self._cond[:, None]),)
        found = self._model.evaluate(shown, time, cond, before[: len(shown)])
        picture, latents = found.split([found.shape[1] - before[0].numel(), before[0].numel()], dim=1)
        self.memory = (torch.cat([latents.unflatten(1, before.shape[1:]), before[len(shown) :]]),)
        return picture.unflatten(1, (-1, *shown.shape[1:])).flatten(1, 2)


def _check(model: SystemModel) -> None:
    """Raise ValueError if the networks of a loaded model do not match each other or the model card."""
    shape = model.card.latent
    card = model.card
    traits = model.traits
    config = model.autoencoder.config if isinstance(model.autoencoder, AutoencoderKL) else None
    channels, factor = (config.latent_channels, config.factor) if config else (4, 1)
    if are_points(card):
        _check_points(model)
    elif any(isinstance(network, POINT_NETWORKS) for network in model.networks.values()):
        raise ValueError("its networks are of points")
    elif shape[1] != shape[2] or card.size % (factor * shape[1]) or shape[0] != channels:
        raise ValueError("its images have another shape")
    if config and config.picture_channels != 4:
        raise ValueError("the autoencoder is for other images")
    if not 0 <= traits.latent <= math.prod(shape) or len(traits.mixes) not in (0, shape[0]):
        raise ValueError("its traits do not match its shape")
    if model.networks.keys().isdisjoint(("denoiser", "generator")):
        raise ValueError("it has neither a denoiser nor a generator")
    if (traits.beside or traits.begins) and "generator" not in model.networks:
        raise ValueError("it has no generator")
    if (classifier := model.networks.get("classifier")) is not None:
        _check_classifier(classifier, model)
    cond = len(card.accepts.labels) + len(card.accepts.factors) + len(traits.always)
    networks: dict[str, Any] = {name: network for name, network in model.networks.items() if name not in ALONE}
    for name, network in networks.items():
        expected = cond + traits.latent * (name == "denoiser")
        if network.config.told != expected:
            raise ValueError(f"the {name} takes {network.config.told} numbers as conditioning, not {expected}")
    if (generator := networks.get("generator")) is not None and getattr(generator.config, "size", shape[1]) != shape[1]:
        raise ValueError("the generator makes images of another size")
    if (denoiser := networks.get("denoiser")) is not None:
        answers = 2 if card.learned_variance else 1
        seen = 2 if traits.beside else 1
        if denoiser.config.answers != answers or denoiser.config.channels != seen * shape[0]:
            raise ValueError("the denoiser's output does not match the card")
        if getattr(denoiser.config, "size", shape[1]) != shape[1]:
            raise ValueError("the denoiser is for images of another size")


def _check_points(model: SystemModel) -> None:
    """Raise ValueError if a model for points in the plane contains a network for images, or a network whose latents are
    not pairs of numbers.
    """
    if any(not isinstance(network, POINT_NETWORKS) for network in model.networks.values()):
        raise ValueError("its networks are not of points")
    parts: list[Any] = [model.networks[name] for name in ("generator", "autoencoder") if name in model.networks]
    lengths = [network.config.latent for network in parts]
    if model.traits.latent not in (0, 2) or any(length != 2 for length in lengths):
        raise ValueError("z has another length than a point")


def _check_classifier(classifier: Any, model: SystemModel) -> None:
    """Raise ValueError if the classes or the image size of a model's classifier differ from the model card's."""
    shape = model.card.latent
    config = classifier.config
    if "denoiser" not in model.networks or isinstance(model.networks["denoiser"], RIN):
        raise ValueError("it has a classifier but no denoiser that supports it")
    seen = shape[:2] if isinstance(classifier, PointClassifier) else (config.channels, config.size)
    if config.answers != len(model.card.accepts.labels) or seen != shape[:2]:
        raise ValueError("the classifier is for other classes or images")
