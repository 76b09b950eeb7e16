"""Loaded cascade: a model whose stages generate a small image from a caption and then upscale it.

The first stage may be a prior that draws an image embedding instead (DALL·E 2). Each later stage takes the result of
the previous one.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path as File
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.errors import ModelError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.guidance import classifier_guided
from gdm_studio.maths.noise_path import Denoise, Noise, NoiseLevel, NoisePath, step_from
from gdm_studio.maths.processes.coordinates import PURE_NOISE
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.families.papers.caption_vocabulary import CaptionWords
from gdm_studio.models.families.papers.cascade_settings import AUGMENTATION, CLIP_GUIDANCE, TEXT_DIFFERENCE
from gdm_studio.models.families.papers.system_networks import load_part
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.loaded_model import Conditioning, NoiseAt
from gdm_studio.models.memory.loaded_model_cache import Placement, Store
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.memory.precision import check_finite
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.straight_alpha import to_premultiplied, to_straight_alpha
from gdm_studio.models.weight_storage.int8_channels import dequantized
from gdm_studio.networks.papers.cascades.caption_transformer import CaptionTransformer
from gdm_studio.networks.papers.cascades.cascade_unet import CascadeUNet
from gdm_studio.networks.papers.cascades.contrastive_text_image_model import ContrastiveModel
from gdm_studio.networks.papers.cascades.prior_transformer import PriorTransformer
from gdm_studio.request.generation_request import Request

# Number of image embeddings that a prior draws. The best one is used.
CANDIDATES = 2
# Side in pixels of the image that shows embeddings, and the value that it shows as fully blue or red.
EMBEDDING_SIDE, EMBEDDING_REACH = 64, 3.0
# Limits of the side of a stage's images in pixels.
LEAST_SIDE, MOST_SIDE = 8, 1024
# Factor of the gradient if `clip_guidance` is 1.
MOST_CLIP_GUIDANCE = 300.0


@dataclass(frozen=True)
class StageSpec:
    """Description of one stage of a cascade (a multi-stage model), as stored in the header of the model file."""

    # "prior", "base" or "upsampler".
    kind: str
    # Name of the stage's network.
    network: str
    # Side of the stage's images in pixels, or 0 for a prior.
    size: int
    # Fraction of the request's steps.
    share: float
    # Standard deviation of the stage's data.
    data_scale: float
    # Key of PREDICTIONS.
    prediction: str = "v"


@dataclass(frozen=True)
class CascadeModel:
    """Loaded cascade: a caption encoder and several stages, each with a denoising network. They generate a small image
    and then upscale it.
    """

    card: ModelCard
    device: torch.device
    dtype: torch.dtype
    networks: Mapping[str, nn.Module]
    words: CaptionWords
    specs: tuple[StageSpec, ...]
    stages: tuple[CascadeStage, ...] = field(init=False)
    rows: RowEvaluator = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", RowEvaluator(self.device))
        kinds: dict[str, type[CascadeStage]] = {"prior": PriorStage, "base": BaseStage, "upsampler": UpsamplerStage}
        object.__setattr__(self, "stages", tuple(kinds[spec.kind](self, spec) for spec in self.specs))

    @classmethod
    def load(
        cls,
        card: ModelCard,
        device: torch.device,
        dtype: torch.dtype,
        store: Store,
        *,
        config: Mapping[str, Any],
        base: File,
    ) -> CascadeModel:
        """Load the networks of a cascade's file onto a device, except those that are already in the store. Raises
        ModelError if the file does not match its header.

        An out-of-memory error is not converted to ModelError, so that the engine can retry.
        """
        try:
            weights = dequantized(load_file(base))
            sizes = config["networks"]
            placement = Placement(device, torch.float32, store)
            networks = {name: load_part(name, each, weights, base, placement) for name, each in sizes.items()}
            specs = stage_specs(config)
            words = from_json(CaptionWords, config["captions"])
            _check(networks, specs, words)
            return cls(card, device, dtype, networks, words, specs)
        except (SafetensorError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError) as error:
            raise ModelError(f"{base.name} is damaged; copy or download the model again.") from error

    @property
    def contrastive(self) -> ContrastiveModel | None:
        """Contrastive network (like CLIP) that embeds images and captions in the same space, or None if the cascade has
        none.
        """
        found = self.networks.get("contrastive")
        return found if isinstance(found, ContrastiveModel) else None

    def read(self, conditions: Sequence[Conditioning]) -> Tensor:
        """Convert the prompts of a batch to word numbers (N, L) that the networks can read. Negative rows of guidance
        are treated as empty prompts.
        """
        texts = ["" if condition.negative else condition.text for condition in conditions]
        return torch.tensor(self.words.encode_all(texts), device=self.device)

    def captions(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Encode captions, given as word numbers (N, L), to tokens (N, L, D) and pooled vectors (N, D)."""
        network: Any = self.networks["caption"]
        with torch.no_grad():
            tokens = self.rows(lambda rows: network(rows)[0], ids)
        return tokens, tokens[:, -1]

    def text_embeddings(self, ids: Tensor) -> Tensor:
        """Return the contrastive network's embeddings (N, D) of captions, given as word numbers."""
        assert self.contrastive is not None
        with torch.no_grad():
            return self.rows(self.contrastive.embed_captions, ids)

    def image_embeddings(self, images: Tensor) -> Tensor:
        """Return the contrastive network's embeddings (N, D) of noise-free images (N, 4, H, W) of any size."""
        assert self.contrastive is not None
        with torch.no_grad():
            return self.rows(self.contrastive.embed_images, F.adaptive_avg_pool2d(images, self.contrastive.config.size))


class CascadeStage(ABC):
    """Base class for the stages of a cascade. A stage evaluates its denoising network in the model's number type."""

    def __init__(self, model: CascadeModel, spec: StageSpec) -> None:
        self._model = model
        self.spec = spec
        self.network: Any = model.networks[spec.network]
        self.diffusion = Diffusion(forward_process(model.card), spec.prediction, spec.data_scale)

    def shape(self, request: Request) -> tuple[int, ...]:
        return (self._model.card.channels, self.spec.size, self.spec.size)

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        x: Tensor = self.diffusion.process.prior(noise, like, path[0])
        return x

    @abstractmethod
    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        """Return the denoising function (x, noise level) → x0 of this stage, where row i of x has the conditioning
        `conditions[i]`.
        """

    def encode(self, rgba: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(to_premultiplied(rgba.to(self._model.device)), self.spec.size)

    def decode(self, x0: Tensor) -> Tensor:
        return to_straight_alpha(check_finite(x0))

    def fast_decode(self, x0: Tensor) -> Tensor:
        return to_straight_alpha(x0)

    def preview(self, x0: Tensor) -> Tensor:
        return to_straight_alpha(x0)

    def times(self, x: Tensor, time: Any) -> Tensor:
        """Return a tensor (N,) with the same time for all rows of x, scaled to the network's time input."""
        return torch.full((len(x),), self.diffusion.of_order_one(time), device=self._model.device)

    def evaluate(self, network: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
        """Evaluate a network separately for each batch row, in the model's number type, and return the result
        in fp32.
        """

        def run(*row: Tensor) -> Tensor:
            is_other = self._model.dtype != torch.float32
            with torch.no_grad(), torch.autocast(self._model.device.type, self._model.dtype, enabled=is_other):
                return network(*row)

        return self._model.rows(run, *inputs).float()

    def prediction(self, inputs: Mapping[str, Tensor]) -> Callable[[Tensor, float], Tensor]:
        """Return a function (scaled x, time) → output of the stage's U-Net. Each tensor in `inputs` is passed to the
        network by name, with one row for each row of x.
        """

        def network(x: Tensor, time: Tensor, *values: Tensor) -> Tensor:
            answer: Tensor = self.network(x, time, **dict(zip(inputs, values, strict=True)))
            return answer

        def predict(shown: Tensor, time: float) -> Tensor:
            rows = (each[: len(shown)] for each in inputs.values())
            return self.evaluate(network, shown, self.times(shown, time), *rows)

        return predict


class PriorStage(CascadeStage):
    """Cascade stage that generates CANDIDATES image embeddings from a caption, like the prior of DALL·E 2. The shape of
    its data is (1, CANDIDATES, D).
    """

    def shape(self, request: Request) -> tuple[int, ...]:
        return (1, CANDIDATES, self.network.config.embedding)

    def encode(self, rgba: Tensor) -> Tensor:
        embedding = self._model.image_embeddings(to_premultiplied(rgba.to(self._model.device)))
        return self.network.scaled(embedding)[:, None, None].expand(-1, 1, CANDIDATES, -1).contiguous()

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        ids = self._model.read(conditions)
        tokens, _ = self._model.captions(ids)
        texts = self._model.text_embeddings(ids)

        def predict(shown: Tensor, time: float) -> Tensor:
            both = shown.flatten(0, 2)  # (N · CANDIDATES, D)
            inputs = (each[: len(shown)].repeat_interleave(CANDIDATES, dim=0) for each in (tokens, texts))
            return self.evaluate(self.network, both, self.times(both, time), *inputs).view_as(shown)

        return lambda x, at: self.diffusion.x0(predict, x, at)

    def decode(self, x0: Tensor) -> Tensor:
        return self.preview(check_finite(x0))

    def fast_decode(self, x0: Tensor) -> Tensor:
        return self.preview(x0)

    def preview(self, x0: Tensor) -> Tensor:
        """Visualise both candidate embeddings as coloured squares, one above the other, from blue (negative numbers) to
        red (positive numbers).
        """
        rows = x0.flatten(1).float().cpu()  # (N, CANDIDATES · D)
        columns = 2 ** math.ceil(math.log2(rows.shape[1]) / 2)
        rows = F.pad(rows, (0, columns * columns - rows.shape[1])).unflatten(1, (columns, columns))
        share = (rows / EMBEDDING_REACH).clamp(-1, 1)
        red, blue = 1 - (-share).clamp(min=0), 1 - share.clamp(min=0)
        rgba = torch.stack([red, 1 - share.abs(), blue, torch.ones_like(red)], dim=-1)
        pixel = max(1, EMBEDDING_SIDE // columns)
        levels = (255 * rgba).round().to(torch.uint8)
        return levels.repeat_interleave(pixel, dim=1).repeat_interleave(pixel, dim=2)


class BaseStage(CascadeStage):
    """Cascade stage that generates a small image from a caption, and from an image embedding if a prior precedes it.

    Control images, and the difference between two prompts, move that embedding along great circles (Ramesh et al. 2022,
    section 3).
    """

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        ids = self._model.read(conditions)
        tokens, pooled = self._model.captions(ids)
        inputs = {"tokens": tokens, "pooled": pooled}
        # The control images belong to the request, so they are the same in all rows.
        hints = conditions[0].hints if self.network.config.image_embedding else ()
        targets = [self._model.image_embeddings(to_premultiplied(hint.rgba.to(ids.device))) for hint in hints]
        if self.network.config.image_embedding:
            inputs["image"] = self.choose_embeddings(conditions, ids)
        if self.network.config.inpainting:
            inputs["known"] = torch.cat([self._create_known_part(condition) for condition in conditions])

        @cache
        def prediction(acting: tuple[bool, ...]) -> Callable[[Tensor, float], Tensor]:
            if not self.network.config.image_embedding:
                return self.prediction(inputs)
            mixed = inputs["image"]
            for hint, target, acts in zip(hints, targets, acting, strict=True):
                mixed = slerp(mixed, target, hint.weight) if acts else mixed
            return self.prediction({**inputs, "image": self._add_text_difference(mixed, conditions, ids)})

        def denoise(x: Tensor, at: NoiseLevel) -> Tensor:
            acting = tuple(hint.acts_in(step_from(path, at), len(path) - 1) for hint in hints)
            found: Tensor = self.diffusion.x0(prediction(acting), x, at)
            return found

        weight = conditions[0].factors.get(CLIP_GUIDANCE, 0.0)
        if not weight or self._model.contrastive is None:
            return denoise
        return classifier_guided(denoise, partial(self._compute_agreement_gradient, ids), weight * MOST_CLIP_GUIDANCE)

    def _create_known_part(self, condition: Conditioning) -> Tensor:
        """Return the known part of the start image in the format of `known_part`. Without a start image or a mask, no
        pixel is known.
        """
        picture, mask = condition.picture, condition.mask
        if picture is None or mask is None:
            channels, side = self._model.card.channels, self.spec.size
            return torch.zeros(1, channels + 1, side, side, device=self._model.device)
        return known_part(picture, mask)

    def choose_embeddings(self, conditions: Sequence[Conditioning], ids: Tensor) -> Tensor:
        """Return the image embedding that conditions each row: the candidate of the prior that agrees best with the
        caption's embedding.

        Rows on the negative side of guidance have no embedding, which is represented by NaN.
        """
        (prior,) = (network for network in self._model.networks.values() if isinstance(network, PriorTransformer))
        texts = self._model.text_embeddings(ids)
        chosen = []
        for condition, text in zip(conditions, texts, strict=True):
            if condition.before is None or condition.negative:
                chosen.append(torch.full_like(text, torch.nan))
                continue
            candidates = prior.unscaled(condition.before[0, 0])  # (CANDIDATES, D)
            chosen.append(candidates[(candidates @ text).argmax()])
        return torch.stack(chosen)

    def _add_text_difference(self, images: Tensor, conditions: Sequence[Conditioning], ids: Tensor) -> Tensor:
        """Move image embeddings (N, D) towards the normalised difference between the embeddings of prompt and negative
        prompt, such as "winter" − "summer".

        Rows whose negative prompt has no known word are not changed.
        """
        amount = conditions[0].factors.get(TEXT_DIFFERENCE, 0.0)
        texts = [condition.negative_text for condition in conditions]
        before = torch.tensor(self._model.words.encode_all(texts), device=ids.device)
        changes = before.any(dim=1) & (before != ids).any(dim=1)
        if not amount or not changes.any():
            return images
        difference = self._model.text_embeddings(ids) - self._model.text_embeddings(before)
        return torch.where(changes[:, None], slerp(images, difference, amount), images)

    def _compute_agreement_gradient(self, ids: Tensor, x: Tensor, at: NoiseLevel) -> Tensor:
        """Return the gradient, with respect to x, of the cosine between the contrastive embeddings of x and the
        captions (CLIP guidance). It has the shape of x.

        Nichol et al. 2021, equation 8. It is zero for an empty caption.
        """
        contrastive = self._model.contrastive
        assert contrastive is not None

        def gradient(x: Tensor, ids: Tensor) -> Tensor:
            with torch.enable_grad():
                x = x.detach().requires_grad_()
                times = self.times(x, self.diffusion.time(at))
                images = contrastive.embed_images(self.diffusion.scaled_input(x, at), times)
                agreement = (images * contrastive.embed_captions(ids)).sum()
                (found,) = torch.autograd.grad(agreement, x)
            return found * (ids != 0).any(dim=1)[:, None, None, None]

        return self._model.rows(gradient, x, ids[: len(x)])


class UpsamplerStage(CascadeStage):
    """Cascade stage that upscales the image of the previous stage. It ignores the caption and guidance."""

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        # The rows of one image differ only in their prompts, so that the first of them gives the result of all.
        images = _count_rows_per_prompt(conditions)
        befores = [condition.before for condition in conditions[:images] if condition.before is not None]
        small = torch.cat(befores).clamp(-1, 1)
        inputs = {"small": small}
        if self.network.config.augmented:
            amount = torch.tensor([conditions[0].factors.get(AUGMENTATION, 0.0)], device=small.device)
            inputs["level"] = noise_of_amount(amount).expand(images, 2)
            alpha, sigma = inputs["level"][:, :, None, None, None].unbind(1)
            inputs["small"] = alpha * small + sigma * noise(PURE_NOISE, small)
        predict = self.prediction(inputs)

        def denoise(x: Tensor, at: NoiseLevel) -> Tensor:
            found: Tensor = self.diffusion.x0(predict, x[:images], at).clamp(-1, 1)
            return torch.cat([found] * (len(x) // images))

        return denoise


def slerp(start: Tensor, end: Tensor, amount: float) -> Tensor:
    """Interpolate spherically between directions (N, D): return the unit vectors on the great circle from `start`,
    `amount` times the way to `end`.
    """
    start, end = F.normalize(start, dim=-1), F.normalize(end, dim=-1)
    angle = torch.atan2((end - start).norm(dim=-1, keepdim=True), (end + start).norm(dim=-1, keepdim=True)) * 2
    # Equal directions have no unique great circle, and are returned unchanged.
    across = F.normalize(end - (start * end).sum(dim=-1, keepdim=True) * start, dim=-1)
    return (amount * angle).cos() * start + (amount * angle).sin() * across


def known_part(images: Tensor, masks: Tensor) -> Tensor:
    """Return the input (N, C + 1, H, W) by which an inpainting network knows the unmasked pixels: the images, set to 0
    where `masks` (N, 1, H, W) are at least 1/2, and a channel that is 1 at the known pixels.
    """
    is_known = (masks < 0.5).to(images)
    return torch.cat([images * is_known, is_known], dim=1)


def noise_of_amount(amount: Tensor) -> Tensor:
    """Return alpha and sigma (N, 2) for the noise that is added to small images before they are upscaled. The amounts
    (N,) range from 0 (no noise) to 1 (only noise).
    """
    angle = amount * (math.pi / 2)
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def _count_rows_per_prompt(conditions: Sequence[Conditioning]) -> int:
    """Return the number of adjacent batch rows that belong to one prompt. In a batch with two prompts, the second one
    begins where the batch's first image occurs again.
    """
    first = conditions[0].before
    again = [row for row, condition in enumerate(conditions) if row and condition.before is first]
    return again[0] if again else len(conditions)


def stage_specs(config: Mapping[str, Any]) -> tuple[StageSpec, ...]:
    """Parse the descriptions of a cascade's stages from the file's header. Raises LookupError, TypeError or ValueError
    if they are malformed or cannot follow each other.
    """
    specs = from_json(tuple[StageSpec, ...], config["stages"])
    kinds = [spec.kind for spec in specs]
    first = kinds[0] if kinds else ""
    expected = ["prior", "base"] if first == "prior" else ["base"]
    if kinds != [*expected, *["upsampler"] * (len(kinds) - len(expected))] or len(kinds) > 4:
        raise ValueError("its stages are in another order")
    if not all(0 < spec.share <= 1 and 0 < spec.data_scale < 100 for spec in specs):
        raise ValueError("a stage is out of range")
    return specs


def _check(networks: Mapping[str, nn.Module], specs: Sequence[StageSpec], words: CaptionWords) -> None:
    """Raise ValueError if the networks of a cascade do not match its stages or its word list."""
    caption = networks["caption"]
    if not isinstance(caption, CaptionTransformer):
        raise ValueError("it has no caption transformer")
    if (caption.config.words, caption.config.length) != (len(words.words) + 1, words.length):
        raise ValueError("its captions have other words")
    priors = [network for network in networks.values() if isinstance(network, PriorTransformer)]
    contrastive = networks.get("contrastive")
    if isinstance(contrastive, ContrastiveModel):
        if (contrastive.config.words, contrastive.config.length) != (caption.config.words, caption.config.length):
            raise ValueError("its contrastive model has other words")
    elif priors:
        raise ValueError("it has a prior without a contrastive model")
    size = 0
    for spec in specs:
        network = networks[spec.network]
        if spec.kind == "prior":
            if not isinstance(network, PriorTransformer) or not _fits_prior(network, caption, contrastive):
                raise ValueError("its prior does not match its captions")
            continue
        if not isinstance(network, CascadeUNet):
            raise ValueError("a stage has another network")
        factor = spec.size // size if size else 1
        if network.config.factor != factor or (size and spec.size != factor * size):
            raise ValueError("a stage enlarges by another factor")
        if not LEAST_SIDE <= spec.size <= MOST_SIDE or spec.size % network.config.patch:
            raise ValueError("the images of a stage have an impossible size")
        if network.config.caption not in (0, caption.config.width):
            raise ValueError("a stage does not match the captions")
        if network.config.image_embedding and [each.config.embedding for each in priors] != [
            network.config.image_embedding
        ]:
            raise ValueError("a stage does not match the prior")
        size = spec.size


def _fits_prior(prior: PriorTransformer, caption: CaptionTransformer, contrastive: nn.Module | None) -> bool:
    """Return True if the sizes of a prior network match the caption encoder and the embeddings of the contrastive
    network.
    """
    config = prior.config
    embedding = contrastive.config.width if isinstance(contrastive, ContrastiveModel) else 0
    captions = caption.config
    return (config.caption, config.length, config.embedding) == (captions.width, captions.length, embedding)
