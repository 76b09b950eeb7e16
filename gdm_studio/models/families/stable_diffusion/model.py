"""Loaded Stable Diffusion model: conditioning, denoiser and autoencoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.maths.noise_path import Denoise, NoiseLevel, NoisePath, step_from
from gdm_studio.models.adapters.lookup import notes_on_embeddings, notes_on_joining, notes_on_negative
from gdm_studio.models.attention_hooks import attention_maps, watch_attention
from gdm_studio.models.batch_features import BatchFeatures, FeatureDenoiser, evaluate_rows
from gdm_studio.models.capabilities import CHOOSE_VAE, NO_VAE, PLAIN
from gdm_studio.models.families.shared_parts.latent_model import ImageCodec, LatentModel
from gdm_studio.models.families.shared_parts.refiner_and_hires import PartialStage, StagedModel, second_pass
from gdm_studio.models.families.stable_diffusion.adapters import PromptAdapters
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import TEXTS, Network, layout_with_parts
from gdm_studio.models.families.stable_diffusion.conditioning import (
    TextConditioning,
    Vectors,
    encode_prompts,
    join_prompts,
    words_with_positions,
)
from gdm_studio.models.families.stable_diffusion.control import check_fits, encode_controls, with_controls
from gdm_studio.models.families.stable_diffusion.cost import step_cost
from gdm_studio.models.families.stable_diffusion.image_prompts import (
    ImagePrompt,
    encode_image_prompts,
    load_image_encoders,
    with_image_prompts,
)
from gdm_studio.models.families.stable_diffusion.loader import Networks, load_control, load_networks
from gdm_studio.models.families.stable_diffusion.variants import Variant, missing_texts, variant_of, with_scale_of
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.loaded_model import (
    AttentionReader,
    Conditioning,
    LoadedControlImage,
    LoadedModel,
    NoiseAt,
    Stage,
)
from gdm_studio.models.memory.loaded_model_cache import Placement, Store
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.memory.residency import fit_streams
from gdm_studio.models.model_card import ModelCard, control_files
from gdm_studio.models.prompts.a1111_syntax import parse_prompt
from gdm_studio.models.prompts.mixed_prompts import is_composed
from gdm_studio.models.upscalers.network import load_upscaler
from gdm_studio.networks.region_text import RegionText, feature_size
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.ip_adapter import IPAdapter
from gdm_studio.networks.stable_diffusion.unet import Attention, TransformerBlock, UNet
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import has_second_pass

# Pixels per latent, along each side.
PIXELS = 8
# Aesthetic scores of a refiner on the negative and positive side of guidance (Podell et al. 2023, section 2.5).
UGLY, PLEASING = 2.5, 6.0
# Linear map from latents to RGB in −1 … 1, fitted by K. Turner (versions 1 and 2) and T. A. Vass (XL).
LINEAR = ((0.298, 0.207, 0.208), (0.187, 0.286, 0.173), (-0.158, 0.189, 0.264), (-0.184, -0.271, -0.473))
LINEAR_XL = ((0.471, 0.471, 0.471), (-0.471, -0.039, 0.078), (0.196, 0.118, -0.039), (-0.549, -0.392, -0.275))
MIDDLE, MIDDLE_XL = (0.0, 0.0, 0.0), (0.176, 0.098, 0.020)

# Conditioning of a row in the course of a run. Each entry applies up to and including a step.
Script = list[tuple[int, TextConditioning]]


@dataclass(frozen=True)
class EncodedPrompts:
    """Encoded prompts of a run, with the networks and images that all its denoisers share."""

    # The U-Net, to which the LoRAs of the prompts are applied.
    unet: UNet
    # The conditioning of each row, one script for each of its prompts. Rows that are evaluated without the image to be
    # edited come last.
    scripts: Sequence[tuple[Script, ...]]
    image_prompts: Sequence[ImagePrompt]


@dataclass(frozen=True)
class StableDiffusion(LatentModel):
    """Stable Diffusion model in memory, with a single stage. Images are opaque, and each latent pixel covers 8 × 8
    image pixels.
    """

    kind: Variant
    networks: Networks

    @classmethod
    def load(
        cls, card: ModelCard, device: torch.device, dtype: torch.dtype, store: Store, default_vae: Network | None = None
    ) -> StableDiffusion:
        """Load the networks of a Stable Diffusion checkpoint onto a device, except those that are already in the store.
        Raises ModelError.

        Parts such as the VAE may come from other files. `default_vae` is used if the model has no autoencoder of its
        own.
        """
        assert card.path is not None
        placement = Placement(device, dtype, store)
        layout = layout_with_parts(card)
        kind = variant_of(read_entry(card.path), layout)
        if missing := missing_texts(kind, layout):
            raise ModelError(
                translatable(
                    "{model} has no text encoder ({kinds}); put one into the models folder.",
                    model=card.name,
                    kinds=", ".join(missing),
                )
            )
        if "vae" not in layout.networks:
            if default_vae is None:
                raise ModelError(f"{card.name} {NO_VAE}.", remedy=CHOOSE_VAE, model=card.name)
            layout = replace(layout, networks={**layout.networks, "vae": default_vae})
        if "vae" in layout.from_elsewhere:
            kind = with_scale_of(kind, layout.networks["vae"])
        read = load_networks(card.path.name, layout, kind, placement)
        if controls := control_files(card):
            files = layout.networks["unet"].files
            nets = {n: load_control(file, placement, read.unet, files) for n, file in controls.items()}
            for name, net in nets.items():
                check_fits(name, net, read.unet)
            adapters = {name: net for name, net in nets.items() if isinstance(net, IPAdapter)}
            followed = {name: net for name, net in nets.items() if not isinstance(net, IPAdapter)}
            encoders = load_image_encoders(card, {name: controls[name] for name in adapters}, placement)
            read = replace(read, controls=followed, image_adapters=adapters, image_encoders=encoders)
        if (upscaler := card.beside.get("upscaler")) is not None:
            read = replace(read, upscaler=load_upscaler(upscaler, device, store))
        vae = read.vae
        codec = ImageCodec(
            RowEvaluator(device),
            vae.config,
            lambda pictures: kind.scale * vae.encode(pictures)[0],
            lambda latents: vae.decode(latents / kind.scale),
            partial(_decode_linearly, of_xl=bool(kind.size_count)),
        )
        if (other := card.beside.get("refiner")) is None:
            return cls(card, device, dtype, codec, kind, read)
        if not other.accepts.refines:
            raise ModelError(f"{other.name} is not a refiner; choose an SDXL refiner, or none.")
        texts = {part: file for part, file in other.beside.items() if part in TEXTS}
        refiner = cls.load(replace(other, beside=texts), device, dtype, store, layout.networks["vae"])
        helping = replace(refiner, kind=replace(refiner.kind, is_refiner=True))
        return cls(card, device, dtype, codec, kind, replace(read, refiner=helping))

    def for_request(self, request: Request) -> LoadedModel:
        card = self.card.for_request(request)
        if card is self.card:
            return self
        stages: list[Stage] = [self]
        if request.refiner and self.networks.refiner is not None:
            stages = [PartialStage(self), PartialStage(self.networks.refiner, is_joined=True)]
        if has_second_pass(request):
            stages.append(second_pass(self, request, self.networks.upscaler))
        return StagedModel(card, self.device, self.dtype, tuple(stages))

    @property
    def stages(self) -> tuple[StableDiffusion]:
        return (self,)

    @cached_property
    def adapters(self) -> PromptAdapters:
        """Object that loads the LoRAs and embeddings named in prompts, and applies them to this model's networks."""
        return PromptAdapters(
            self.networks, self.card.base, None if self.kind.is_refiner else self.card.beside.get("adapter")
        )

    def shape(self, request: Request) -> tuple[int, ...]:
        width, height = request.size or self.card.sizes()[0]
        return self.card.latent[0], height // PIXELS, width // PIXELS

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        (found,) = self.denoisers([conditions], path, noise)
        return found

    def denoisers(
        self, batches: Sequence[Sequence[Conditioning]], path: NoisePath, noise: NoiseAt
    ) -> Sequence[Denoise]:
        self.fast_decoder.update()
        prompts = self._encode_prompts(batches[0], path)
        return [self._create_denoiser(conditions, path, prompts) for conditions in batches]

    def _encode_prompts(self, conditions: Sequence[Conditioning], path: NoisePath) -> EncodedPrompts:
        conditions = [*conditions, *self._without_image(conditions)]
        unet, texts = self.adapters.networks(self._iter_prompts_with_adapters(conditions))
        embeddings = self.adapters.vectors(text for condition in conditions for text in condition.texts)
        known: dict[tuple[str, bool], Script] = {}
        scripts = []
        for condition in conditions:
            for text in condition.texts:
                key = text, condition.negative
                if key not in known:
                    alone = replace(condition, text=text, parts=())
                    known[key] = self._create_script(alone, texts, embeddings, len(path) - 1)
            scripts.append(tuple(known[text, condition.negative] for text in condition.texts))
        del texts
        self.networks.texts.rest()
        # The image prompts belong to the request, so they are the same in all rows.
        images = () if self.kind.is_refiner else conditions[0].hints
        return EncodedPrompts(unet, scripts, self._encode_image_prompts(images))

    def _without_image(self, conditions: Sequence[Conditioning]) -> list[Conditioning]:
        """Return the rows that are evaluated again without the image to be edited, for image guidance."""
        image_guidance = conditions[0].factors.get("image_guidance", 1.0)
        guides = [each for each in conditions if each.negative and each.picture is not None and image_guidance != 1]
        return [replace(each, picture=None) for each in guides]

    def _create_denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, prompts: EncodedPrompts) -> Denoise:
        """Create the denoising function for encoded prompts."""
        shown_image = conditions
        image_guidance = conditions[0].factors.get("image_guidance", 1.0)
        without_image = self._without_image(conditions)
        conditions = [*shown_image, *without_image]
        unet, scripts, image_prompts = prompts.unet, prompts.scripts, prompts.image_prompts
        shares = [each.shares.to(self.device) if each.parts else None for each in conditions]
        self._make_room(conditions)

        network = (
            _set_distilled_guidance(unet, conditions[0].factors.get("told_guidance", 1.0) - 1)
            if unet.config.guidance
            else unet
        )
        width, height = conditions[0].size or self.card.sizes()[0]
        # The control images belong to the request, so they are the same in all rows.
        images = () if self.kind.is_refiner else conditions[0].hints
        pixels = [side // PIXELS * PIXELS for side in (height, width)]
        followed = [image for image in images if image.kind in self.networks.controls]
        controls = encode_controls(self.networks.controls, followed, pixels, self.device, self.dtype)
        beside = None
        if self.card.accepts.sees_rest:
            beside = torch.cat([self._create_inpainting_input(condition) for condition in conditions])
        elif self.card.accepts.edits:
            beside = torch.cat([self._create_editing_input(condition) for condition in conditions])

        def predict(x: Tensor, at: NoiseLevel, features: BatchFeatures | None) -> Tensor:
            step = step_from(path, at)
            rows = [_conditioning_at(step, *row) for row in zip(scripts[: len(x)], shares, strict=False)]
            more = () if beside is None else (beside[: len(x)],)
            acting = [control for control in controls if control.image.acts_in(step, len(path) - 1)]
            controlled = with_controls(network, acting)
            seen = [each for each in image_prompts if each.image.acts_in(step, len(path) - 1)]
            negatives = [condition.negative for condition in conditions[: len(x)]] if seen else None
            controlled = with_image_prompts(controlled, unet, seen)
            evaluate = partial(self._evaluate_unet, controlled, rows, features, negatives)
            x0: Tensor = self.diffusion.x0(evaluate, x, at, *more)
            return x0

        def with_image_guidance(x: Tensor, at: NoiseLevel, features: BatchFeatures | None) -> Tensor:
            """Predict x0 with image guidance, which strengthens the influence of the image to be edited. It is computed
            on the rows with the negative prompt, which come last.

            Combined with prompt guidance, this is equation 3 of Brooks et al. 2023. Without prompt guidance it has no
            effect, as in diffusers.
            """
            if len(x) < len(shown_image):
                return predict(x, at, features)
            whole = predict(torch.cat([x, x[-len(without_image) :]]), at, features)
            x0, blind = whole.split([len(x), len(without_image)])
            change = (image_guidance - 1) * (x0[-len(blind) :] - blind)
            return x0 + change.repeat(len(x) // len(blind), 1, 1, 1)

        return FeatureDenoiser(with_image_guidance if without_image else predict)

    def _encode_image_prompts(self, images: Sequence[LoadedControlImage]) -> list[ImagePrompt]:
        adapters, encoders = self.networks.image_adapters, self.networks.image_encoders
        seen = [image for image in images if image.kind in adapters]
        return encode_image_prompts(adapters, encoders, seen, self.device, self.dtype) if encoders is not None else []

    def _make_room(self, conditions: Sequence[Conditioning]) -> None:
        """Adjust how many weights of streamed networks stay in memory, so that enough memory is left to evaluate the
        batch once.
        """
        width, height = conditions[0].size or self.card.sizes()[0]

        def row_bytes() -> int:
            return step_cost(self.networks.unet.config, height // PIXELS, width // PIXELS, self.dtype).peak

        networks = [self.networks.unet, *self.networks.controls.values(), *self.networks.image_adapters.values()]
        fit_streams(networks, self.device, self.rows.rows_at_once(len(conditions)), row_bytes)

    @torch.no_grad()
    def attention(self, conditions: Sequence[Conditioning], path: NoisePath) -> AttentionReader:
        prompts = self._encode_prompts(conditions, path)
        denoise = self._create_denoiser(conditions, path, prompts)
        layers = [block.attn2 for block in prompts.unet.modules() if isinstance(block, TransformerBlock)]
        embeddings = self.adapters.vectors(text for condition in conditions for text in condition.texts)
        lengths = {word: len(next(iter(vectors.values()))) for word, vectors in embeddings.items()}
        # The encoded text has the positions of the first encoder.
        tokenizer = next(iter(self.networks.texts.values())).tokenizer
        first = conditions[0]
        scripts = [parse_prompt(text, len(path) - 1, plain=first.plain) for text in first.texts]

        def attend(x: Tensor, at: NoiseLevel) -> tuple[tuple[str, ...], Tensor]:
            step = step_from(path, at)
            height, width = x.shape[-2:]
            words: list[tuple[str, list[int]]] = []
            tokens = 0
            for script, prompt in zip(scripts, prompts.scripts[0], strict=True):
                windows = next(each.windows for each in script if step <= each.until)
                found_words = words_with_positions(windows, lengths, tokenizer)
                words += [(word, [tokens + place for place in places]) for word, places in found_words]
                tokens += _segment_at(step, prompt).context.shape[1]

            def look(layer: Attention, h: Tensor, context: Tensor | RegionText) -> Tensor:
                shares = layer.token_attention(h, context)  # (1, T, S)
                return shares.transpose(1, 2).unflatten(2, feature_size(h.shape[1], height, width))

            with watch_attention(layers, look) as found:
                denoise(x, at)
            return tuple(word for word, _ in words), attention_maps(found, words, (height, width))

        return attend

    def remarks(self, request: Request) -> Sequence[str]:
        if self.kind.is_refiner:
            return ()
        prompts = request.positive_prompts()
        is_plain = request.grammar == PLAIN
        notes = self.adapters.remarks(prompts, plain=is_plain)
        if is_plain:
            return notes
        joined = [each for each in prompts if not is_composed(each, self.card.accepts, request)]
        found = (note for prompt in (*joined, *request.negative_prompts()) for note in notes_on_joining(prompt))
        return [
            *notes,
            *dict.fromkeys(found),
            *(note for each in request.negative_prompts() for note in notes_on_embeddings(each)),
            *notes_on_negative(request),
        ]

    def _iter_prompts_with_adapters(self, conditions: Sequence[Conditioning]) -> Iterator[str]:
        """Yield the prompts whose tags may name LoRAs: all prompts that are neither negative nor plain text without
        tags.
        """
        return (
            text
            for condition in conditions
            if not (condition.negative or condition.plain or self.kind.is_refiner)
            for text in condition.texts
        )

    def _create_inpainting_input(self, condition: Conditioning) -> Tensor:
        """Return the additional input channels of an inpainting U-Net, (1, 5, h, w): the mask and the latents of the
        masked image.

        The masked area is filled with grey.
        """
        width, height = condition.size or self.card.sizes()[0]
        mask = condition.mask
        rest = condition.rest
        if mask is None or rest is None:
            rest = self.encode_latents(torch.zeros(1, 3, height, width, device=self.device))
            mask = torch.ones_like(rest[:, :1])
        return torch.cat([(mask >= 0.5).to(rest), rest], dim=1)

    def _create_editing_input(self, condition: Conditioning) -> Tensor:
        """Return the additional input channels of an image-editing U-Net (InstructPix2Pix), (1, 4, h, w): the unscaled
        latents of the image, or zeros.
        """
        if condition.picture is not None:
            return condition.picture / self.kind.scale
        width, height = condition.size or self.card.sizes()[0]
        return torch.zeros(1, self.card.latent[0], height // PIXELS, width // PIXELS, device=self.device)

    def _create_script(
        self, condition: Conditioning, texts: Sequence[ClipText], embeddings: Vectors, steps: int
    ) -> Script:
        sizes = self._size_conditioning(condition)
        most = min(text.config.layers for text in texts) - self.kind.skip
        skip = 0 if self.kind.is_refiner else min(round(condition.factors["clip_skip"]) - 1, most)
        script: Script = []
        # A repeated text is encoded only once.
        encoded: dict[object, TextConditioning] = {}
        for segment in parse_prompt(condition.text, steps, plain=condition.plain):
            if segment.windows not in encoded:
                cond = encode_prompts(self.kind, texts, segment.windows, skip=skip, embeddings=embeddings)
                if self.kind.zeroes_empty_negative and condition.negative and not condition.text.strip():
                    cond = cond.zeros()
                encoded[segment.windows] = cond.with_sizes(sizes).on(self.device)
            script.append((segment.until, encoded[segment.windows]))
        return script

    def _size_conditioning(self, condition: Conditioning) -> list[float]:
        """Return the size conditioning of SDXL: original size, crop (always zero) and target size, each as (height,
        width).

        For a refiner, an aesthetic score replaces the target size.
        """
        width, height = map(float, condition.size or self.card.sizes()[0])
        if self.kind.has_aesthetic_score:
            score = UGLY if condition.negative else condition.factors.get("aesthetic", PLEASING)
            return [height, width, 0.0, 0.0, score]
        return [height, width, 0.0, 0.0, height, width]

    @torch.no_grad()
    def _evaluate_unet(
        self,
        unet: Callable[..., Tensor],
        conds: Sequence[TextConditioning],
        features: BatchFeatures | None,
        negatives: Sequence[bool] | None,
        x: Tensor,
        time: float,
        *beside: Tensor,
    ) -> Tensor:
        """Evaluate the U-Net on a batch. Rows whose encoded texts have the same lengths are evaluated together.

        With image prompts, `negatives` states which rows have the negative prompt.
        """
        # Indexing by a list of places would wait for a GPU.
        shown = torch.cat([x, *beside], dim=1).split(1)
        found: list[Tensor | None] = [None] * len(conds)
        keys = [(each.context.shape[1], each.lengths) for each in conds]
        for key in sorted({*keys}):
            places = [place for place, each in enumerate(keys) if each == key]
            some = torch.cat([shown[place] for place in places]).to(self.dtype)
            inputs = [some, torch.full((len(places),), time, device=self.device)]
            inputs.append(torch.cat([conds[place].context for place in places]).to(self.dtype))
            vectors = [vector for place in places if (vector := conds[place].vector) is not None]
            if vectors:
                inputs.append(torch.cat(vectors).to(self.dtype))
            if negatives is not None:
                inputs.append(torch.tensor([negatives[place] for place in places], device=self.device))
            network = unet
            shares = [share for place in places if (share := conds[place].shares) is not None]
            if shares:
                inputs.append(torch.cat(shares))
                network = _with_regions(unet, conds[places[0]].lengths)
            output = evaluate_rows(self.rows, network, places, features, *inputs)
            for place, row in zip(places, output.float().split(1), strict=True):
                found[place] = row
        return torch.cat([row for row in found if row is not None])


def _segment_at(step: int, script: Script) -> TextConditioning:
    """Return the encoded prompt that applies at a step."""
    return next(each for until, each in script if step <= until)


def _conditioning_at(step: int, scripts: Sequence[Script], shares: Tensor | None) -> TextConditioning:
    """Return the conditioning of a row at a step, given the scripts of its prompts and their shares, if there are
    several.
    """
    prompts = [_segment_at(step, script) for script in scripts]
    return prompts[0] if shares is None else join_prompts(prompts, shares)


def _with_regions(network: Callable[..., Tensor], lengths: tuple[int, ...]) -> Callable[..., Tensor]:
    """Return a function that evaluates the U-Net with the texts of several regions, of these lengths. Its last
    positional argument (N, R, h, w) contains the shares of the regions.
    """

    def answer(x: Tensor, timesteps: Tensor, context: Tensor, *cond: Tensor, **more: Any) -> Tensor:
        *others, shares = cond
        return network(x, timesteps, RegionText(context, lengths, shares), *others, **more)

    return answer


def _decode_linearly(x0: Tensor, *, of_xl: bool) -> Tensor:
    """Convert latents to a rough image (N, 3, H, W) with one matrix for all pixels."""
    factors, middle = (LINEAR_XL, MIDDLE_XL) if of_xl else (LINEAR, MIDDLE)
    rgb = torch.einsum("nchw,cr->nrhw", x0.float().cpu(), torch.tensor(factors))
    return F.interpolate(rgb + torch.tensor(middle)[:, None, None], scale_factor=float(PIXELS))


def _set_distilled_guidance(unet: UNet, guidance: float) -> Callable[..., Tensor]:
    """Return a function that evaluates a guidance-distilled U-Net with its guidance input set to `guidance`, the
    guidance scale minus 1.
    """

    def answer(x: Tensor, *cond: Tensor, **more: Any) -> Tensor:
        strengths = x.new_full((len(x),), guidance, dtype=torch.float32)
        found: Tensor = unet(x, *cond, guidance=strengths, **more)
        return found

    return answer
