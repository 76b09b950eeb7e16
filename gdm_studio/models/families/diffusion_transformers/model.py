"""Loaded diffusion transformer: denoiser, text encoders and autoencoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.errors import ModelError
from gdm_studio.maths.noise_path import Denoise, NoiseLevel, NoisePath, step_from
from gdm_studio.models.adapters.lookup import notes_on_negative
from gdm_studio.models.attention_hooks import attention_maps, map_size, shrink_map, watch_attention
from gdm_studio.models.batch_features import BatchFeatures, FeatureDenoiser, evaluate_rows
from gdm_studio.models.families.diffusion_transformers import image_prompts
from gdm_studio.models.families.diffusion_transformers.adapters import PromptAdapters
from gdm_studio.models.families.diffusion_transformers.checkpoint_layout import (
    Layout,
    layout_of,
    unconditional_layout,
)
from gdm_studio.models.families.diffusion_transformers.conditioning import (
    T5_IDS,
    Encoders,
    Prompt,
    PromptEncoders,
    SeenImage,
    encode_prompt,
    join_prompts,
    words_with_positions,
)
from gdm_studio.models.families.diffusion_transformers.control import (
    Control,
    acting_controls,
    check_fits,
    encode_for_anima,
    rest_channels,
    sees_rest,
)
from gdm_studio.models.families.diffusion_transformers.cost import step_cost
from gdm_studio.models.families.diffusion_transformers.image_prompts import (
    ImageEncoders,
    ImagePrompt,
    with_image_prompts,
)
from gdm_studio.models.families.diffusion_transformers.loader import load_control, load_transformer
from gdm_studio.models.families.diffusion_transformers.previews import linear_preview
from gdm_studio.models.families.diffusion_transformers.reference_images import see_image
from gdm_studio.models.families.diffusion_transformers.variants import Variant
from gdm_studio.models.families.shared_parts.control_images import composite_on_black
from gdm_studio.models.families.shared_parts.latent_model import ImageCodec, LatentModel
from gdm_studio.models.families.shared_parts.loader import load_clip, load_decoder, load_t5, load_vae, load_vision
from gdm_studio.models.families.shared_parts.part_layout import Part
from gdm_studio.models.families.shared_parts.prompt_tokenizer import (
    TOKENIZED,
    PromptTokenizer,
    load_shipped_tokenizer,
    load_tokenizer,
)
from gdm_studio.models.families.shared_parts.refiner_and_hires import StagedModel, second_pass
from gdm_studio.models.families.stable_diffusion.loader import TextEncoders
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.flow_shifts import TOKEN
from gdm_studio.models.loaded_model import AttentionReader, Conditioning, LoadedModel, NoiseAt
from gdm_studio.models.memory.loaded_model_cache import Placement, Store
from gdm_studio.models.memory.parallel_rows import RowEvaluator
from gdm_studio.models.memory.precision import is_fast
from gdm_studio.models.memory.residency import fit_streams
from gdm_studio.models.model_card import ModelCard, control_files
from gdm_studio.models.prompts.a1111_syntax import without_adapter_tags
from gdm_studio.models.required_parts import UNCONDITIONAL
from gdm_studio.models.upscalers.network import UpscalingNetwork, load_upscaler
from gdm_studio.networks.diffusion_transformers.anima import Anima
from gdm_studio.networks.diffusion_transformers.anima_configuration import AnimaConfig
from gdm_studio.networks.diffusion_transformers.anima_control import AnimaControlNet
from gdm_studio.networks.diffusion_transformers.blocks import (
    CrossAttention,
    Heads,
    JointAttention,
    text_attention,
)
from gdm_studio.networks.diffusion_transformers.configurations import ZImageConfig
from gdm_studio.networks.diffusion_transformers.redux import Redux
from gdm_studio.networks.diffusion_transformers.scaled_autoencoder import (
    FLUX_1,
    IDEOGRAM_4,
    STABLE_DIFFUSION_3,
)
from gdm_studio.networks.diffusion_transformers.z_image_blocks import MULTIPLE
from gdm_studio.networks.region_text import RegionLayout
from gdm_studio.networks.stable_diffusion.tokenizer import END
from gdm_studio.request.conditioning import REFERENCE
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import has_second_pass


@dataclass(frozen=True)
class DiffusionTransformer(LatentModel):
    """Diffusion transformer (such as FLUX.1 or Stable Diffusion 3) in memory, with a single stage. Images are
    opaque.
    """

    layout: Layout
    network: nn.Module
    texts: TextEncoders[str, nn.Module]
    tokenizers: Mapping[str, PromptTokenizer]
    # Transformer that predicts without the prompt, or None.
    unconditional: nn.Module | None
    # Adapters that prompts can name.
    adapters: PromptAdapters
    # Network that enlarges images for the second pass, or None.
    upscaler: UpscalingNetwork | None = None
    # ControlNets by name.
    controls: Mapping[str, nn.Module] = field(default_factory=dict)
    # Networks that make tokens of image prompts, by name, and their image encoders.
    redux: Mapping[str, Redux] = field(default_factory=dict)
    image_encoders: ImageEncoders | None = None

    @classmethod
    def load(cls, card: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> DiffusionTransformer:
        """Load the transformer and the autoencoder onto a device, unless they are already in the store. Raises
        ModelError.

        Text encoders are loaded on first use.
        """
        assert card.path is not None
        placement = Placement(device, dtype, store)
        entry = read_entry(card.path)
        layout = layout_of(entry)
        parts = layout.find_parts(entry, card.beside)
        # T5 overflows in fp16.
        wide = torch.bfloat16 if dtype == torch.float16 else dtype
        codec = _load_codec(parts.pop("vae"), layout.variant, placement)
        second = parts.pop(UNCONDITIONAL, None)

        def text(name: str, place: torch.device) -> nn.Module:
            # An encoder runs on the CPU if the device lacks memory, and most CPUs only emulate bf16.
            is_slow = place.type == "cpu" and not is_fast(wide, place)
            return _load_text_encoder(parts[name], Placement(place, torch.float32 if is_slow else wide, store))

        sizes = {name: part.network.bytes_in(wide.itemsize) for name, part in parts.items()}
        tokenizers = {name: load_tokenizer(part) for name, part in parts.items() if part.kind in TOKENIZED}
        if isinstance(layout.config, AnimaConfig):
            tokenizers[T5_IDS] = load_shipped_tokenizer("t5", card.path.name, layout.config.vocabulary)
        network = load_transformer(entry, layout, placement)
        unconditional = None
        if second is not None:
            other = unconditional_layout(second, layout)
            unconditional = load_transformer(read_entry(second.path), other, placement)
        texts = TextEncoders(text, sizes, device)
        files = control_files(card)
        controls = {name: load_control(file, placement) for name, file in files.items()}
        redux = {name: each for name, each in controls.items() if isinstance(each, Redux)}
        for name, each in redux.items():
            image_prompts.check_fits(name, each, layout.config.context)
        image_encoders = image_prompts.load_image_encoders(card, {name: files[name] for name in redux}, placement)
        controls = {name: each for name, each in controls.items() if name not in redux}
        for name, control in controls.items():
            check_fits(name, control, network)
        if any(sees_rest(control) for control in controls.values()):
            card = replace(card, accepts=replace(card.accepts, controls_see_rest=True))
        upscaler = card.beside.get("upscaler")
        return cls(
            card,
            device,
            dtype,
            codec,
            layout=layout,
            network=network,
            texts=texts,
            tokenizers=tokenizers,
            unconditional=unconditional,
            adapters=PromptAdapters(network, layout.weights, texts, card.base),
            upscaler=load_upscaler(upscaler, device, store) if upscaler is not None else None,
            controls=controls,
            redux=redux,
            image_encoders=image_encoders,
        )

    def for_request(self, request: Request) -> LoadedModel:
        card = self.card.for_request(request)
        if card is self.card:
            return self
        first = replace(self, card=card)
        if not has_second_pass(request):
            return first
        # The noise levels depend on the size of the image.
        larger = replace(self, card=self.card.for_second_pass(request))
        return StagedModel(card, self.device, self.dtype, (first, second_pass(larger, request, self.upscaler)))

    @property
    def stages(self) -> tuple[DiffusionTransformer]:
        return (self,)

    @property
    def variant(self) -> Variant:
        return self.layout.variant

    def shape(self, request: Request) -> tuple[int, ...]:
        width, height = request.size or self.card.sizes()[0]
        return self.card.latent[0], height // self.variant.pixels, width // self.variant.pixels

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        (found,) = self.denoisers([conditions], path, noise)
        return found

    def denoisers(
        self, batches: Sequence[Sequence[Conditioning]], path: NoisePath, noise: NoiseAt
    ) -> Sequence[Denoise]:
        self.fast_decoder.update()
        network, prompts = self._encode_prompts(batches[0])
        seen = self._encode_image_prompts(batches[0][0])
        return [self._create_denoiser(conditions, path, network, prompts, seen) for conditions in batches]

    @torch.no_grad()
    def attention(self, conditions: Sequence[Conditioning], path: NoisePath) -> AttentionReader:
        self.fast_decoder.update()
        network, prompts = self._encode_prompts(conditions)
        seen = self._encode_image_prompts(conditions[0])
        denoise = self._create_denoiser(conditions, path, network, prompts, seen)
        shares = self._get_prompt_shares(conditions)
        config = self.layout.config
        images = self._see_references(conditions[0])
        parts = self._get_prompt_encoders(self.texts)
        texts = map(without_adapter_tags, conditions[0].texts)
        words_of_prompts = [words_with_positions(parts, text, images) for text in texts]
        layers = [layer for name, layer in network.named_modules() if _attends_to_text(name, layer)]
        # FLUX.2's latents are patches already.
        patch = TOKEN // self.variant.pixels

        def attend(x: Tensor, at: NoiseLevel) -> tuple[tuple[str, ...], Tensor]:
            size = x.shape[-2], x.shape[-1]
            height, width = (side // patch for side in size)
            first = _select_prompts(at, path, prompts, seen, shares)[0]
            lengths = [_text_length(config, each) for each in first.lengths or (first.context.shape[1],)]
            begins = accumulate(lengths, initial=0)
            words = [
                (word, [begin + place for place in places])
                for begin, of_prompt in zip(begins, words_of_prompts, strict=False)
                for word, places in of_prompt
            ]
            text = sum(lengths)
            tokens = sorted({place for _, places in words for place in places})
            # The last map of `text_attention` is the attention to the whole text.
            order = {token: number for number, token in enumerate(tokens)}
            rows = [*((word, [order[place] for place in places]) for word, places in words), ("", [len(tokens)])]

            def look(layer: nn.Module, heads: Heads, *given: Any) -> Tensor:
                is_cross = isinstance(layer, CrossAttention)
                rotation, bias = (None, *given) if is_cross else (*given, None, None)[:2]
                found = text_attention(heads, rotation, text, height * width, tokens, bias=bias, is_cross=is_cross)
                return shrink_map(found.unflatten(2, (height, width)), map_size(*size))

            with watch_attention(layers, look) as found:
                denoise(x, at)
            maps = attention_maps(found, rows, size)
            return tuple(word for word, _ in words), maps[:-1] / maps[-1:].clamp(min=torch.finfo(maps.dtype).tiny)

        return attend

    def _encode_prompts(self, conditions: Sequence[Conditioning]) -> tuple[nn.Module, list[tuple[Prompt, ...]]]:
        """Return the transformer, to which the LoRAs of the prompts are applied, and the encoded prompts of each
        row.
        """
        network, encoders = self.adapters.networks(
            text for each in conditions if not each.negative for text in each.texts
        )
        images = self._see_references(conditions[0])
        known: dict[tuple[str, bool], Prompt] = {}
        prompts = []
        for condition in conditions:
            for text in condition.texts:
                key = text, condition.negative
                if key not in known:
                    known[key] = self._encode_prompt(replace(condition, text=text), network, encoders, images)
            prompts.append(tuple(known[text, condition.negative] for text in condition.texts))
        del encoders
        self.texts.rest()
        return network, prompts

    def _create_denoiser(
        self,
        conditions: Sequence[Conditioning],
        path: NoisePath,
        network: nn.Module,
        prompts: Sequence[tuple[Prompt, ...]],
        seen: Sequence[ImagePrompt],
    ) -> Denoise:
        """Create the denoising function for encoded prompts and image prompts."""
        guidance = conditions[0].factors.get("told_guidance")
        # All rows of a run have the same images.
        beside = self._create_fill_input(conditions[0]) if self.variant.fills else None
        references = [self.encode(hint.rgba).to(self.dtype) for hint in conditions[0].hints if hint.kind == REFERENCE]
        controls = self._encode_controls(conditions[0])
        shares = self._get_prompt_shares(conditions)
        self._make_room(conditions, _join_rows(prompts, seen, shares), references, controls)

        def denoise(x: Tensor, at: NoiseLevel, features: BatchFeatures | None) -> Tensor:
            acting = acting_controls(controls, step_from(path, at), len(path) - 1)
            current = _select_prompts(at, path, prompts, seen, shares)

            def velocity(shown: Tensor, time: float) -> Tensor:
                if beside is not None:
                    shown = torch.cat([shown, beside.expand(len(shown), -1, -1, -1)], dim=1)
                return self._predict_velocity(
                    network, current[: len(x)], guidance, features, shown, time, references, acting
                )

            found: Tensor = self.diffusion.x0(velocity, x, at)
            return found

        return FeatureDenoiser(denoise)

    def _get_prompt_shares(self, conditions: Sequence[Conditioning]) -> list[Tensor | None]:
        """Return the shares of the prompts in each row, or None for rows with one prompt."""
        return [each.shares.to(self.device) if each.parts else None for each in conditions]

    def remarks(self, request: Request) -> Sequence[str]:
        return [*self.adapters.remarks(request.positive_prompts()), *notes_on_negative(request)]

    def _encode_image_prompts(self, condition: Conditioning) -> list[ImagePrompt]:
        """Encode the image prompts. All rows of a run have the same ones."""
        images = [hint for hint in condition.hints if hint.kind in self.redux]
        if not images or self.image_encoders is None:
            return []
        return image_prompts.encode_image_prompts(self.redux, self.image_encoders, images, self.device, self.dtype)

    @torch.no_grad()
    def _encode_controls(self, condition: Conditioning) -> list[Control]:
        """Encode the control images. All rows of a run have the same ones."""
        used = [hint for hint in condition.hints if hint.kind in self.controls and hint.weight]
        width, height = condition.size or self.card.sizes()[0]
        size = [side // self.variant.pixels * self.variant.pixels for side in (height, width)]
        found = []
        for hint in used:
            levels = composite_on_black(hint.rgba.to(self.device), size)
            network = self.controls[hint.kind]
            if isinstance(network, AnimaControlNet):
                tokens = encode_for_anima(network, 2 * levels - 1, condition)
                found.append(Control(network, hint, tokens))
                continue
            latents = self.encode_latents(2 * levels - 1).to(self.dtype)
            if sees_rest(network):
                latents = torch.cat([latents, rest_channels(condition, latents)], dim=1)
            found.append(Control(network, hint, latents))
        return found

    def _make_room(
        self,
        conditions: Sequence[Conditioning],
        prompts: Sequence[Prompt],
        references: Sequence[Tensor],
        controls: Sequence[Control],
    ) -> None:
        """Adjust how many weights of streamed transformers and ControlNets stay in memory, so that enough memory is
        left to evaluate the batch once.
        """
        width, height = conditions[0].size or self.card.sizes()[0]
        size = height // self.variant.pixels, width // self.variant.pixels
        others = tuple((each.shape[-2], each.shape[-1]) for each in references)
        tokens = max(prompt.context.shape[1] for prompt in prompts)

        def row_bytes() -> int:
            peak = step_cost(self.variant.family, self.layout.config, size, tokens, self.dtype, others).peak
            # A token has 2 × 2 latents.
            places = size[0] * size[1] // 4
            if any(prompt.shares is not None for prompt in prompts):
                # The bias of the attention, and a copy of it.
                peak += 2 * self.dtype.itemsize * (tokens + places) ** 2
            return peak + sum(control.residual_bytes(places) for control in controls)

        second = [] if self.unconditional is None else [self.unconditional]
        networks = [self.network, *second, *(control.network for control in controls)]
        fit_streams(networks, self.device, self.rows.rows_at_once(len(prompts)), row_bytes)

    def _see_references(self, condition: Conditioning) -> list[SeenImage]:
        """Return the reference images as the text encoder sees them. All rows of a run have the same ones."""
        if not self.variant.seen_area:
            return []
        references = (hint for hint in condition.hints if hint.kind == REFERENCE)
        images = ((hint.rgba, self.variant.seen_area) if hint.seen is None else (hint.seen, 0) for hint in references)
        return [see_image(self.texts["image_encoder"], image, area) for image, area in images]

    def _get_prompt_encoders(self, encoders: Encoders) -> PromptEncoders:
        return PromptEncoders(self.variant.family, self.layout.config, encoders, self.tokenizers)

    @torch.no_grad()
    def _encode_prompt(
        self, condition: Conditioning, network: nn.Module, encoders: Encoders, images: Sequence[SeenImage]
    ) -> Prompt:
        text = without_adapter_tags(condition.text)
        found = encode_prompt(self._get_prompt_encoders(encoders), text, negative=condition.negative, images=images)
        prompt = found.to(self.device, self.dtype)
        if prompt.ids is None:
            return prompt
        assert isinstance(network, Anima)
        return Prompt(network.text_adapter(prompt.context, prompt.ids))

    def _create_fill_input(self, condition: Conditioning) -> Tensor:
        """Return the additional input channels of FLUX.1 Fill (1, 80, h, w): the latents of the masked image, and the 8
        × 8 mask pixels of each latent pixel.

        Without a start image, a fully masked grey image is used.
        """
        width, height = condition.size or self.card.sizes()[0]
        rest = condition.rest
        mask = condition.pixel_mask
        if rest is None or mask is None:
            grey = torch.full((1, height, width, 4), 127.5)
            grey[..., 3] = 255
            rest = self.encode(grey)
            mask = torch.ones(1, 1, height, width)
        # The mask has the size of the first pass.
        larger = F.interpolate(mask, (height, width))
        pixels = F.pixel_unshuffle((larger >= 0.5).to(rest), self.variant.pixels)
        return torch.cat([rest, pixels], dim=1)

    @torch.no_grad()
    def _predict_velocity(
        self,
        network: nn.Module,
        prompts: Sequence[Prompt],
        guidance: float | None,
        features: BatchFeatures | None,
        x: Tensor,
        time: float,
        references: Sequence[Tensor] = (),
        controls: Sequence[Control] = (),
    ) -> Tensor:
        """Evaluate the transformer on a batch and return the predicted velocity. Rows with the same numbers of text
        tokens are evaluated together, and those without any by the unconditional transformer.
        """
        found: list[Tensor | None] = [None] * len(prompts)
        keys = [(prompt.context.shape[1], prompt.lengths) for prompt in prompts]
        for length, lengths in sorted({*keys}):
            places = [place for place, key in enumerate(keys) if key == (length, lengths)]
            inputs = {
                # Indexing by a list of places would wait for a GPU.
                "x": torch.cat([x[place : place + 1] for place in places]).to(self.dtype),
                "timesteps": torch.full((len(places),), time, device=self.device),
                "context": torch.cat([prompts[place].context for place in places]),
            }
            if pooled := [each for place in places if (each := prompts[place].pooled) is not None]:
                inputs["pooled"] = torch.cat(pooled)
            if guidance is not None:
                inputs["guidance"] = torch.full((len(places),), guidance, device=self.device)
            if shares := [each for place in places if (each := prompts[place].shares) is not None]:
                inputs["shares"] = torch.cat(shares)
            names = tuple(inputs)

            used = network if length or self.unconditional is None else self.unconditional

            def evaluate(
                *rows: Tensor,
                names: tuple[str, ...] = names,
                used: nn.Module = used,
                lengths: tuple[int, ...] = lengths,
                **more: Any,
            ) -> Tensor:
                given: dict[str, Any] = dict(zip(names, rows, strict=False)) | more
                if "shares" in given:
                    given["regions"] = RegionLayout(lengths, given.pop("shares"))
                if len(rows) > len(names):
                    given["references"] = rows[len(names) :]
                if controls:
                    given["control"] = [control(given) for control in controls]
                velocity: Tensor = used(**given)
                return velocity

            beside = [each.expand(len(places), -1, -1, -1) for each in references]
            output = evaluate_rows(self.rows, evaluate, places, features, *inputs.values(), *beside)
            found_rows = output.float().split(1)
            for place, row in zip(places, found_rows, strict=True):
                found[place] = row
        return torch.cat([row for row in found if row is not None])


def _select_prompts(
    at: NoiseLevel,
    path: NoisePath,
    prompts: Sequence[tuple[Prompt, ...]],
    images: Sequence[ImagePrompt],
    shares: Sequence[Tensor | None],
) -> list[Prompt]:
    """Return the encoded prompts of each row with the tokens of the image prompts that act at a noise level."""
    step = step_from(path, at)
    acting = [each for each in images if each.image.acts_in(step, len(path) - 1)]
    return _join_rows(prompts, acting, shares)


def _join_rows(
    prompts: Sequence[tuple[Prompt, ...]], images: Sequence[ImagePrompt], shares: Sequence[Tensor | None]
) -> list[Prompt]:
    """Join the encoded prompts of each row, all of which are followed by the tokens of the image prompts."""
    rows = zip(prompts, shares, strict=True)
    return [join_prompts(with_image_prompts(some, images), given) for some, given in rows]


def _attends_to_text(name: str, layer: nn.Module) -> bool:
    """Return True if a layer attends from the image to the text, which allows its attention to the words of the prompt
    to be recorded.
    """
    return isinstance(layer, JointAttention | CrossAttention) and "refiner" not in name


def _text_length(config: object, tokens: int) -> int:
    """Return the length of a prompt of `tokens` tokens inside the transformer, which may add padding."""
    return tokens + (-tokens % MULTIPLE if isinstance(config, ZImageConfig) and config.padded else 0)


def _load_codec(vae: Part, variant: Variant, placement: Placement) -> ImageCodec:
    """Load the autoencoder of a diffusion transformer, in fp32. Raises ModelError if it does not suit the model."""
    scale = STABLE_DIFFUSION_3 if variant.vae.made_for == "Stable Diffusion 3" else FLUX_1
    statistics = IDEOGRAM_4 if variant.has_own_statistics else None
    scaled = load_vae(vae, placement.in_dtype(torch.float32), scale, variant.epsilon, statistics)
    if scaled.factor != variant.pixels:
        raise ModelError(f"{vae.path.name} is a VAE for another kind of model; choose another file.")
    preview = partial(linear_preview, made_for=variant.vae.made_for, pixels=variant.pixels)
    config = scaled.autoencoder.config
    return ImageCodec(RowEvaluator(placement.device), config, scaled.encode, scaled.decode, preview, scaled.fold)


def _load_text_encoder(part: Part, placement: Placement) -> nn.Module:
    """Load one text encoder of a diffusion transformer. CLIP, which is small, is always in fp32. Raises ModelError."""
    if part.kind == "qwen25vl_vision":
        return load_vision(part, placement)
    if part.kind != "clip":
        return (load_t5 if part.kind == "t5" else load_decoder)(part, placement)
    found = load_clip(part, placement.in_dtype(torch.float32))
    if found.config.vocabulary <= END:
        raise ModelError(f"{part.path.name} has too few tokens for a text encoder; copy or download it again.")
    return found
