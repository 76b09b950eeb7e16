"""Loaded model of a reimplemented method from the literature: small networks for RGBA pixels, latents or points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from gdm_studio.maths.noise_path import Denoise, Noise, NoiseLevel, NoisePath
from gdm_studio.maths.processes.coordinates import PURE_NOISE
from gdm_studio.models.batch_features import evaluate_rows
from gdm_studio.models.families.papers.denoiser import (
    Denoiser,
    DenoiserWithMemory,
    LearnedVariance,
    PreviousLatents,
    ReusedFeatures,
    ReusingDenoiser,
    guided_by_classifier,
)
from gdm_studio.models.families.papers.method_parts import (
    ConstantInput,
    GeneratedInput,
    Mixing,
    Network,
    NoisedStart,
    Part,
    Predict,
    RandomInput,
    SamplingRun,
    part_of,
    parts_in,
)
from gdm_studio.models.families.papers.system_networks import load_part
from gdm_studio.models.families.papers.toy_points import PointsModel, are_points, draw_points
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.loaded_model import Conditioning, NoiseAt
from gdm_studio.models.memory.loaded_model_cache import Placement, Store
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.memory.precision import check_finite
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.straight_alpha import to_premultiplied, to_straight_alpha
from gdm_studio.models.weight_storage.int8_channels import dequantized
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.networks.papers.backbones.dit import DiT
from gdm_studio.networks.papers.backbones.rin import RIN
from gdm_studio.networks.papers.backbones.small_image_unet import PictureUNet
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
# Networks whose deep features can be reused; in a file, the backbones REUSING of `family`.
REUSING = (PictureUNet, DiT)


@dataclass(frozen=True)
class SystemModel:
    """Loaded model of a reimplemented method from the literature, with a single stage. Its data are premultiplied RGBA
    in −1 … 1, latents or points.

    It is composed of networks and of the system's `parts`. With only a denoiser, sampling starts from noise. An
    additional generator provides the initial state, or an image that the denoiser sees at every step. A generator alone
    produces the image in one evaluation. With an autoencoder, all of them work on its latents. With a classifier of
    noisy images, the denoiser has no class and is guided by the classifier's gradient.
    """

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    networks: Mapping[str, nn.Module]
    parts: tuple[Part, ...]
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
        parts: Mapping[str, Any],
    ) -> SystemModel | PointsModel:
        """Load the networks of a model file onto a device, except those that are already in the store. Raises
        ModelError if the file does not match its header.

        An out-of-memory error is not converted to ModelError, so that the engine can retry.
        """
        assert card.path is not None
        try:
            weights = dequantized(load_file(base))
            placement = Placement(device, torch.float32, store)
            networks = {name: load_part(name, each, weights, base, placement) for name, each in sizes.items()}
            if not networks:
                raise ValueError("no network")
            if "score" in networks:
                return PointsModel(card, device, dtype, networks)
            model = cls(card, device, dtype, networks, parts_in(parts))
            _check_networks(model)
        except (SafetensorError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError) as error:
            raise ModelError(f"{card.path.name} is damaged; copy or download the model again.") from error
        return model

    @property
    def stages(self) -> tuple[SystemModel]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        if "generator" not in self.networks or part_of(self.parts, GeneratedInput) is not None:
            x: Tensor = self.diffusion.process.prior(noise, like, path[0])
            return x
        eps = noise(0, like)
        images = self.generate(eps, self.conditioning(conditions))
        begin = part_of(self.parts, NoisedStart)
        if begin is None:
            return images
        return begin.add_noise(self.diffusion.process, images, path[0], noise(0, like, 1))

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        cond = self.conditioning(conditions)
        if "denoiser" in self.networks:
            return self._compose_denoiser(cond, noise)
        # The noise is the same at every level, so that the image is final after one step.
        return lambda x, at: self.generate(noise(PURE_NOISE, x), cond[: len(x)])

    def _compose_denoiser(self, cond: Tensor, noise: NoiseAt) -> Denoiser:
        """Wrap the denoising network in the parts of the system, from the network outwards."""
        run = SamplingRun(
            noise, lambda x: self.generate(noise(PURE_NOISE, x), cond[: len(x)]), has_points=are_points(self.card)
        )
        denoiser = self.networks["denoiser"]
        latents = PreviousLatents(self.evaluate, denoiser, cond) if isinstance(denoiser, RIN) else None
        reuse = ReusedFeatures()
        network: Network = partial(self.evaluate, reuse=reuse) if latents is None else latents
        for part in self.parts:
            network = part.around_network(network, run)
        learned = LearnedVariance(network, cond) if self.card.learned_variance else None
        last = network if learned is None else learned

        def predict(x: Tensor, at: NoiseLevel, cond: Tensor) -> Tensor:
            found: Tensor = self.diffusion.x0(last, x, at, cond)
            return found

        whole: Predict = predict
        for part in self.parts:
            whole = part.around_prediction(whole, run)
        if "classifier" in self.networks:
            whole = guided_by_classifier(whole, self.class_gradient, len(self.card.accepts.labels))
        if latents is not None:
            return DenoiserWithMemory(whole, cond, learned, latents)
        if isinstance(denoiser, REUSING):
            return ReusingDenoiser(whole, cond, learned, reuse)
        return Denoiser(whole, cond, learned)

    def conditioning(self, conditions: Sequence[Conditioning]) -> Tensor:
        """Convert prompts' labels and factors to the network's conditioning vectors, shape (N, classes + factors +
        constants). The class is one-hot.

        Classes and factors are zero on the negative side of guidance.
        """
        accepts = self.card.accepts
        constants = part_of(self.parts, ConstantInput)
        rows = []
        for condition in conditions:
            classes = [float(condition.label == label and not condition.negative) for label in accepts.labels]
            factors = [0.0 if condition.negative else condition.factors[param.name] for param in accepts.factors]
            rows.append([*classes, *factors, *(constants.always if constants else ())])
        return torch.tensor(rows, device=self.device).reshape(len(rows), -1)

    def evaluate(
        self, shown: Tensor, time: float, cond: Tensor, *before: Tensor, reuse: ReusedFeatures | None = None
    ) -> Tensor:
        """Evaluate the denoising network and return its output in fp32, one image per row. The output includes a
        variance if the network predicts one.

        If the network uses the previous step's latents, pass them as `before`; the result is then flat, (N, numbers),
        with the new latents after the image. `reuse` contains the deep features to compute or reuse, if any.
        """
        inputs = (shown, self._create_time_input(shown, time), cond, *before)
        features = None if reuse is None else reuse.features
        return evaluate_rows(self.rows, self._run_denoiser, range(len(shown)), features, *inputs).float()

    def _create_time_input(self, x: Tensor, time: Any) -> Tensor:
        return torch.full((len(x),), self.diffusion.of_order_one(time), device=self.device)

    def _run_denoiser(self, *inputs: Tensor, **more: Any) -> Tensor:
        with torch.no_grad(), torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            network: Any = self.networks["denoiser"]
            if len(inputs) == 3:
                answer: Tensor = network(*inputs, **more)
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
        return self._convert_to_images(self._apply_autoencoder("decode_linear", x0))

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


def _check_networks(model: SystemModel) -> None:
    """Raise ValueError if the networks of a loaded model do not match each other or the model card."""
    shape = model.card.latent
    card = model.card
    random, mixing = part_of(model.parts, RandomInput), part_of(model.parts, Mixing)
    constants = part_of(model.parts, ConstantInput)
    beside, begin = part_of(model.parts, GeneratedInput), part_of(model.parts, NoisedStart)
    z, always = (random.latent if random else 0), (constants.always if constants else ())
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
    if not 0 <= z <= math.prod(shape) or len(mixing.mixes if mixing else ()) not in (0, shape[0]):
        raise ValueError("its parts do not match its shape")
    if model.networks.keys().isdisjoint(("denoiser", "generator")):
        raise ValueError("it has neither a denoiser nor a generator")
    if (beside or begin) and "generator" not in model.networks:
        raise ValueError("it has no generator")
    if (classifier := model.networks.get("classifier")) is not None:
        _check_classifier(classifier, model)
    cond = len(card.accepts.labels) + len(card.accepts.factors) + len(always)
    networks: dict[str, Any] = {name: network for name, network in model.networks.items() if name not in ALONE}
    for name, network in networks.items():
        expected = cond + z * (name == "denoiser")
        if network.config.told != expected:
            raise ValueError(f"the {name} takes {network.config.told} numbers as conditioning, not {expected}")
    if (generator := networks.get("generator")) is not None and getattr(generator.config, "size", shape[1]) != shape[1]:
        raise ValueError("the generator makes images of another size")
    if (denoiser := networks.get("denoiser")) is not None:
        answers = 2 if card.learned_variance else 1
        seen = 2 if beside else 1
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
    random = part_of(model.parts, RandomInput)
    if (random.latent if random else 2) != 2 or any(length != 2 for length in lengths):
        raise ValueError("z has another length than a point")


def _check_classifier(classifier: Any, model: SystemModel) -> None:
    """Raise ValueError if a model's classifier has other classes or another image size than the model card, or the
    model has no denoiser that supports it.
    """
    shape = model.card.latent
    config = classifier.config
    if "denoiser" not in model.networks or isinstance(model.networks["denoiser"], RIN):
        raise ValueError("it has a classifier but no denoiser that supports it")
    seen = shape[:2] if isinstance(classifier, PointClassifier) else (config.channels, config.size)
    if config.answers != len(model.card.accepts.labels) or seen != shape[:2]:
        raise ValueError("the classifier is for other classes or images")
