"""Loaded built-in model ("icons"): conditioning, denoiser and autoencoder."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path as File
from typing import Any, TypeVar

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common.errors import ModelError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import Denoise, Noise, NoiseLevel
from gdm_studio.maths.noise_path import NoisePath as NoisePath
from gdm_studio.models.adapters.lookup import notes_on_adapters, notes_on_negative
from gdm_studio.models.attention_hooks import attention_maps, map_size, shrink_map, watch_attention
from gdm_studio.models.batch_features import BatchFeatures, FeatureDenoiser, evaluate_rows
from gdm_studio.models.families.icons.adapters import PromptAdapters
from gdm_studio.models.families.icons.drafts import DraftMaker
from gdm_studio.models.families.icons.icon_styles import STYLE_WEIGHTS
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis, latents_of_prompts
from gdm_studio.models.families.icons.object_collage import make_collage, place_drawings
from gdm_studio.models.families.icons.recolor import COLOURS, Pixels, recolor
from gdm_studio.models.families.icons.silhouettes import Silhouettes, read_silhouettes
from gdm_studio.models.families.icons.start_drawing_choice import OTHER_STYLE
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.loaded_model import AttentionReader, Conditioning, NoiseAt, PlacedPrompt, Variation
from gdm_studio.models.memory.loaded_model_cache import Key, Store, key_of
from gdm_studio.models.memory.parallel_rows import RowEvaluator, one_thread
from gdm_studio.models.memory.precision import check_finite, fast_autocast
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.prompts.object_kinds import ObjectKinds, read_kinds
from gdm_studio.models.prompts.word_tokenizer import Subject, Tokenizer
from gdm_studio.models.straight_alpha import ALPHA_MARGIN, to_premultiplied, to_straight_alpha
from gdm_studio.models.weight_storage.int8_channels import dequantized
from gdm_studio.networks.bounded_construction import load_network
from gdm_studio.networks.deep_features import DeepFeatures
from gdm_studio.networks.icons.autoencoder import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.icons.special_tokens import ANY_STYLE
from gdm_studio.networks.icons.text_encoder import TextConfig, TextEncoder
from gdm_studio.networks.icons.unet import PriorNetwork, UNet, UNetConfig
from gdm_studio.networks.layers import Attention2d, channels_last
from gdm_studio.request.generation_request import Request
from gdm_studio.request.regions import WHOLE

T = TypeVar("T")
M = TypeVar("M", bound=torch.nn.Module)
# Levels of alpha per unit, since the range between the margins is stretched to 255 levels.
_ALPHA_SCALE = 255 / (1 - 2 * ALPHA_MARGIN)


@dataclass(frozen=True)
class IconsConditioning:
    """Encoded prompts for N batch rows, which the denoising network receives besides the noisy latents.

    `tokens` (N, L, D) has the mask (N, L), and `pooled` contains vectors (N, P). `sketch` is the prior network's image
    as latents (N, C, H, W), or (N, 0) for a network without a prior. `is_followed` (N,), on the CPU, is True for rows
    whose images follow it at low noise.
    """

    tokens: Tensor
    mask: Tensor
    pooled: Tensor
    sketch: Tensor
    is_followed: Tensor

    def network_inputs(self) -> tuple[Tensor, ...]:
        """Return the encoded prompts as a tuple in the order of the network's arguments."""
        parts = (self.tokens, self.mask, self.pooled, self.sketch)
        return parts if self.sketch.ndim == 4 else parts[:3]

    def drafts(self) -> tuple[Tensor | None, ...]:
        """Return the draft (1, C, H, W) of each batch row, or None if its image does not follow it."""
        rows = zip(self.sketch.split(1), self.is_followed.tolist(), strict=True)
        return tuple(draft if is_followed else None for draft, is_followed in rows)

    def first(self, count: int) -> IconsConditioning:
        """Return the conditioning of only the first `count` batch rows."""
        return IconsConditioning(*(part[:count] for part in vars(self).values()))


@dataclass(frozen=True)
class _Denoiser(FeatureDenoiser):
    """Denoiser with the draft of each batch row, or None if its image does not follow it."""

    drafts: tuple[Tensor | None, ...]


@dataclass(frozen=True)
class IconsModel:
    """Built-in text-to-icon model in memory, with a single stage. Its autoencoder encodes premultiplied RGBA images and
    decodes to straight RGBA.
    """

    card: ModelCard
    diffusion: Diffusion
    dtype: torch.dtype
    tokenizer: Tokenizer
    text: TextEncoder
    unet: UNet
    vae: AutoencoderKL
    rows: RowEvaluator
    recall: PrototypeBasis | None = None
    # The memorised drawings with the rarer ones, or None if there are no rarer ones.
    all_drawings: PrototypeBasis | None = None
    silhouettes: Silhouettes | None = None
    # Sizes and roles of objects, by which scenes are arranged.
    kinds: ObjectKinds = ObjectKinds()

    @classmethod
    def load(
        cls,
        card: ModelCard,
        device: torch.device,
        dtype: torch.dtype,
        store: Store,
        *,
        config: dict[str, Any],
        load_tokenizer: Callable[[], Tokenizer],
        files: dict[str, File],
    ) -> IconsModel:
        """Load the networks of the built-in model onto a device, except those that are already in the store. Raises
        ModelError if the files do not match their headers.

        `config` contains the sizes of the networks. `files` maps part names to files: "unet", "text" and "vae",
        "sketch" if the U-Net's file has no prior network, "recall" if there are memorised drawings, "rare" if there are
        rarer ones, "silhouettes" if there are silhouettes, and "kinds" if there is a table of objects. The weights are
        fp32 for any number type. An out-of-memory error is not converted to ModelError, so that the engine can retry.
        """
        assert card.path is not None
        try:
            parts = _PartLoader(config, files, device, store)
            # Shared parts are loaded first, so that making room for other parts does not evict them.
            text = parts.get("text", lambda: TextEncoder(TextConfig(**config["text"])))
            vae = parts.get("vae", lambda: AutoencoderKL(_create_config(AutoencoderConfig, config["vae"])))
            unet = parts.get("unet", lambda: UNet(_create_config(UNetConfig, config["unet"])), "sketch")
            recall = parts.recall(unet.config.components) if "recall" in files else None
            all_drawings = parts.combine(recall) if recall and "rare" in files else None
            silhouettes = read_silhouettes(files["silhouettes"]) if "silhouettes" in files else None
            kinds = read_kinds(files["kinds"]) if "kinds" in files else ObjectKinds()
            tokenizer = load_tokenizer()
            _check(card, tokenizer, text, unet, vae)
        except (SafetensorError, LookupError, TypeError, ValueError, AttributeError, OSError) as error:
            raise ModelError(f"{card.path.name} is damaged; copy or download the model again.") from error
        diffusion = Diffusion(forward_process(card), card.prediction, card.data_scale)
        rows = RowEvaluator(device)
        return cls(card, diffusion, dtype, tokenizer, text, unet, vae, rows, recall, all_drawings, silhouettes, kinds)

    @property
    def device(self) -> torch.device:
        return self.rows.device

    @property
    def stages(self) -> tuple[IconsModel]:
        return (self,)

    def shape(self, request: Request) -> tuple[int, ...]:
        return self.card.latent

    def start(self, conditions: Sequence[Conditioning], path: NoisePath, noise: Noise, like: Tensor) -> Tensor:
        x: Tensor = self.diffusion.process.prior(noise, like, path[0])
        return x

    def denoiser(self, conditions: Sequence[Conditioning], path: NoisePath, noise: NoiseAt) -> Denoise:
        model, conditions = self._apply_adapters(conditions)
        cond = model.conditioning(conditions)

        def denoise(x: Tensor, at: NoiseLevel, features: BatchFeatures | None) -> Tensor:
            return model.denoised(x, at, cond.first(len(x)), features)

        # LoRAs may change how things are drawn.
        return _Denoiser(denoise, cond.drafts() if model is self else (None,) * len(conditions))

    def remarks(self, request: Request) -> Sequence[str]:
        prompts = request.positive_prompts()
        reports = (each.report for each, _ in PromptAdapters(prompts).deltas(self.unet, self.text))
        return [*notes_on_adapters(prompts), *filter(None, reports), *notes_on_negative(request)]

    def _apply_adapters(self, conditions: Sequence[Conditioning]) -> tuple[IconsModel, Sequence[Conditioning]]:
        """Return the model with the prompts' LoRAs applied (a copy, if there are any), and the conditionings without
        the LoRAs' tags.
        """
        adapters = PromptAdapters(each.text for each in conditions if not each.negative)
        if not adapters:
            return self, [*map(self._without_shown_objects, conditions)]
        unet, text = adapters.apply(self.unet, self.text)
        stripped = adapters.strip_tags(conditions)
        return replace(self, unet=unet, text=text), [*map(self._without_shown_objects, stripped)]

    def _without_shown_objects(self, condition: Conditioning) -> Conditioning:
        """Return the conditioning of what is new in a mask: without the objects that the start image already shows."""
        variation = condition.variation
        shown = variation.place.shown if variation is not None and variation.place is not None else ""
        if variation is None or not shown or condition.scene or not self._is_varied(condition):
            return condition
        _, tokenizer = self.draft_maker.find_drawings(variation)
        new = tokenizer.find_new_objects(condition.text, shown)
        return replace(condition, text=" and ".join(map(" ".join, new))) if new else condition

    @torch.no_grad()
    def conditioning(self, conditions: Sequence[Conditioning]) -> IconsConditioning:
        """Encode the prompts of a batch. Each distinct prompt is encoded once and separately, so that no row depends on
        the others.

        A positive prompt with a variation gets a draft image that depends on the seed; other prompts get the typical
        draft. If such a positive prompt has no style, its text is encoded with the card's `unstyled` style, for a
        consistent look.
        """
        found: dict[Any, tuple[Tensor, ...]] = {}
        keys = []
        for condition in conditions:
            key, encode = self._create_encoder(condition)
            if key not in found:
                found[key] = encode()
            keys.append(key)
        places = {key: place for place, key in enumerate(found)}
        wanted = [places[key] for key in keys]
        whole = IconsConditioning(
            *(
                torch.cat(parts)[torch.tensor(wanted, device=parts[0].device)]
                for parts in zip(*found.values(), strict=True)
            )
        )
        if not self.has_drafts or all(condition.window is None for condition in conditions):
            return whole
        # The rows of a tiled run get the part of the draft in their window.
        drafts: dict[Any, Pixels] = {}
        cropped: dict[Any, Tensor] = {}
        for row, (key, condition) in enumerate(zip(keys, conditions, strict=True)):
            if key not in drafts:
                drafts[key] = self.decode(whole.sketch[row : row + 1])[0].numpy()
            if (key, condition.window) not in cropped:
                cropped[key, condition.window] = self._encode_window(drafts[key], condition)
        sketch = torch.cat([cropped[key, condition.window] for key, condition in zip(keys, conditions, strict=True)])
        return replace(whole, sketch=sketch)

    @cached_property
    def draft_maker(self) -> DraftMaker:
        """Maker of the drafts that depend on the seed. Only a model with memorised drawings has one."""
        assert self.recall is not None and self.unet.sketch is not None
        return DraftMaker(
            self.card,
            self.tokenizer,
            self.recall,
            self.all_drawings,
            self.silhouettes,
            self.kinds,
            self._compose,
            partial(self._draw_typical_pixels, self.unet.sketch),
        )

    def _compose(self, components: Tensor) -> Pixels:
        """Return the drawing with the components (K,), straight RGBA (H, W, 4)."""
        assert self.unet.sketch is not None
        size = torch.Size(self.card.latent[1:])
        pixels: Pixels = self.decode(self.unet.sketch.from_components(components[None].to(self.device), size))[
            0
        ].numpy()
        return pixels

    def _draw_typical_pixels(self, sketch: PriorNetwork, subject: Subject, style: str) -> Pixels:
        pixels: Pixels = self.decode(self._create_typical_latents(sketch, subject, style))[0].numpy()
        return pixels

    @property
    def has_drafts(self) -> bool:
        return self.unet.sketch is not None

    def _encode_window(self, draft: Pixels, condition: Conditioning) -> Tensor:
        """Return the latents of the part of a draft (side, side, 4) in a window, enlarged to the size of a draft.

        In an image that is not square, the draft is in the middle, and the draft of a scene or at a place fills it.
        """
        side = draft.shape[0]
        width, height = condition.size or (side, side)
        left, top, right, bottom = condition.window or WHOLE
        whole = Image.fromarray(draft)
        size = width / (right - left), height / (bottom - top)
        is_placed = condition.variation is not None and condition.variation.place and self._is_varied(condition)
        if not condition.scene and not is_placed:
            canvas = [round(side * length / min(size)) for length in size]
            square = whole
            whole = Image.new("RGBA", (canvas[0], canvas[1]))
            whole.paste(square, ((canvas[0] - side) // 2, (canvas[1] - side) // 2))
        box = left * whole.width, top * whole.height, right * whole.width, bottom * whole.height
        part = whole.resize((side, side), Image.Resampling.BICUBIC, box=box)
        return self.encode(torch.from_numpy(np.array(part))[None])

    def _create_encoder(self, condition: Conditioning) -> tuple[Any, Callable[[], tuple[Tensor, ...]]]:
        """Return a function that encodes the prompt of one batch row, and a cache key that identifies everything on
        which the result depends.
        """
        variation = condition.variation
        scene = condition.scene
        # A single region that covers the image is its prompt alone.
        if len(scene) == 1 and scene[0].box == WHOLE:
            scene = ()
        if self.tokenizer.excludes_all(condition.text):
            condition = replace(condition, text="")
        if variation is not None and self._is_varied(condition):
            rules = (
                variation.has_rare_drawings,
                variation.has_silhouettes,
                variation.focuses,
                variation.places_objects,
                variation.is_plain_icon,
                variation.suits_style,
                variation.draws_nearest,
                variation.shows_all,
                variation.corrects_meanings,
                variation.reads_sentences,
                variation.hollows_glyphs,
                variation.follows_drawings,
                variation.reads_rare_things,
                variation.place,
            )
            numbers = (*variation.numbers.tolist(), variation.temperature, *rules)
            return (condition.text, condition.style, numbers, scene), partial(
                self._encode_varied, condition.text, condition.style, variation, scene
            )
        default = self.card.unstyled or str(self.card.defaults.get("style", ""))
        default = default if self.unet.sketch is not None and default in self.tokenizer.styles else ""
        drawn_in = condition.style or (default if condition.text and not condition.negative else "")
        return (condition.text, condition.style, drawn_in, scene), partial(
            self._encode_prompt, condition.text, condition.style, drawn_in, scene
        )

    def _is_varied(self, condition: Conditioning) -> bool:
        """Return True if the draft of a batch row depends on the seed."""
        is_empty = not condition.text.strip() or self.tokenizer.excludes_all(condition.text)
        return condition.variation is not None and self.recall is not None and not is_empty and not condition.negative

    def _encode_varied(
        self, text: str, style: str, variation: Variation, scene: Sequence[PlacedPrompt] = ()
    ) -> tuple[Tensor, ...]:
        """Encode a prompt, and create the draft image from which the U-Net starts, as the seed determines. The seed
        also selects the style if the request has none.

        Several objects in one image get a draft each; the drafts differ as if their seeds were different. The prompts
        of a `scene` get the style of the whole scene, and one draft image with the drafts in their boxes.
        """
        texts = [placed.text for placed in scene] or [text]
        tokenizer, drawn_in, all_drafts = self.draft_maker.create_drafts(texts, style, variation)
        whole = tokenizer.encode(text, drawn_in)
        encoded: tuple[Tensor, ...] = self.text(torch.tensor([whole], device=self.device))
        # The objects of a scene are in its regions.
        variation = replace(variation, place=None) if scene else variation
        pictures = [
            self.draft_maker.combine_drafts(tokenizer.arrangement(each, drawn_in), drafts, variation)[0]
            for each, drafts in zip(texts, all_drafts, strict=True)
        ]
        draft = place_drawings(pictures, [placed.box for placed in scene]) if scene else pictures[0]
        # With several threads, the sums in the encoder's 1 × 1 convolution would be split and rounded differently.
        with one_thread():
            latents = self.encode(torch.from_numpy(draft)[None])
        subjects = [subject for each in all_drafts for subject, _ in each]
        is_followed = variation.follows_drawings and all(
            self.draft_maker.has_drawing(subject, drawn_in, variation) for subject in subjects
        )
        return *encoded, latents, torch.tensor([is_followed])

    def _find_areas(self, condition: Conditioning, size: tuple[int, int]) -> dict[int, Tensor]:
        """Return the area in which each word of a prompt with several objects is drawn, 0 … 1 of shape `size` (height,
        width), by the word's index among all words.

        Returns nothing for other prompts, whose words act anywhere.
        """
        variation = condition.variation
        if variation is None or self.recall is None or condition.scene or not condition.text or condition.negative:
            return {}
        if self.unet.sketch is None:
            return {}
        tokenizer, drawn_in, (drawn,) = self.draft_maker.create_drafts([condition.text], condition.style, variation)
        if len(drawn) < 2:
            return {}
        areas: dict[int, Tensor] = {}
        _, visible = self.draft_maker.combine_drafts(tokenizer.arrangement(condition.text, drawn_in), drawn, variation)
        for (subject, _), opacity in zip(drawn, visible, strict=True):
            area = shrink_map(torch.from_numpy(opacity)[None, None], size)[0, 0] / 255
            for word in subject.used:
                areas[word.place] = torch.maximum(areas.get(word.place, area), area)
        return areas

    def _encode_prompt(
        self, text: str, style: str, drawn_in: str, scene: Sequence[PlacedPrompt] = ()
    ) -> tuple[Tensor, ...]:
        whole = self.tokenizer.encode(text, drawn_in or None)
        encoded: tuple[Tensor, ...] = self.text(torch.tensor([whole], device=self.device))
        not_followed = torch.zeros(1, dtype=torch.bool)
        if (sketch := self.unet.sketch) is None:
            return *encoded, torch.zeros(1, 0, device=self.device), not_followed
        if not scene:
            return *encoded, self._draw_typical(sketch, text, style), not_followed
        pictures = [self.decode(self._draw_typical(sketch, placed.text, style))[0].numpy() for placed in scene]
        draft = place_drawings(pictures, [placed.box for placed in scene])
        return *encoded, self.encode(torch.from_numpy(draft)[None]), not_followed

    def _draw_typical(self, sketch: PriorNetwork, text: str, style: str) -> Tensor:
        """Return the latents of the typical image of a prompt, with its objects in a collage if there are several."""
        subjects = self.tokenizer.subjects(text, style or None)
        drawn = {each: self._create_typical_latents(sketch, each, style) for each in dict.fromkeys(subjects)}
        things = [drawn[each] for each in subjects]
        return things[0] if len(things) == 1 else self._arrange_collage(things)

    def _arrange_collage(self, things: Sequence[Tensor]) -> Tensor:
        """Combine the draft images of several objects, given as latents, into the latents of one image. The drafts are
        decoded and arranged in a collage.
        """
        picture = make_collage([self.decode(each)[0].numpy() for each in things])
        return self.encode(torch.from_numpy(picture)[None])

    def _create_typical_latents(self, sketch: PriorNetwork, subject: Subject, style: str) -> Tensor:
        """Return the latents of the typical image of an object, with or without a style: a memorised training image, or
        else the draft that the prior network has for the object.

        An object in a requested colour is drawn in its usual colours and then recoloured as pixels, because latents
        have no hue.
        """
        ids = torch.tensor([subject.row])
        size = torch.Size(self.card.latent[1:])
        pooled = self.text(ids.to(self.device))[2]
        styles = torch.tensor([self.tokenizer.styles.get(style, ANY_STYLE)])
        thing = latents_of_prompts(sketch, self.recall, ids, pooled, styles, size)
        if subject.colour not in COLOURS:
            return thing
        drawn = self.decode(thing)
        turned = torch.from_numpy(recolor(drawn[0].numpy(), subject.colour, only_hues=True))[None]
        return thing + self.encode(turned) - self.encode(drawn)  # the encoder's loss cancels out

    @torch.no_grad()
    def denoised(
        self, x: Tensor, at: NoiseLevel, cond: IconsConditioning, features: BatchFeatures | None = None
    ) -> Tensor:
        """Predict the noise-free latents x0 from x at a noise level, in fp32. `cond` has one row for each row of x.

        If `features` are given, the deep features of the U-Net are computed or reused.
        """
        return self.diffusion.x0(partial(self._evaluate_unet, features), x, at, *cond.network_inputs())

    @torch.no_grad()
    def drawing(self, name: str) -> Tensor | None:
        """Return the memorised training image of the object called `name`, as straight RGBA (H, W, 4). If there are
        several, the style that seeds prefer is used.

        Returns None if the model has no drawing of it.
        """
        recall = self.all_drawings or self.recall
        ids = self.tokenizer.encode(name)[1:]
        tokens = {token: STYLE_WEIGHTS.get(style, OTHER_STYLE) for style, token in self.tokenizer.styles.items()}
        drawn = tokens.keys() & recall.drawings(ids) if recall is not None else ()
        if recall is None or self.unet.sketch is None or not drawn:
            return None
        style = max(sorted(drawn), key=lambda token: tokens[token])
        _, components = recall(torch.tensor([[style, *ids]]), torch.tensor([style]))
        size = torch.Size(self.card.latent[1:])
        return self.decode(self.unet.sketch.from_components(components.to(self.device), size))[0]

    def attention(self, conditions: Sequence[Conditioning], path: NoisePath) -> AttentionReader:
        model, conditions = self._apply_adapters(conditions)
        text = conditions[0].text
        numbered = {} if self.tokenizer.excludes_all(text) else self.tokenizer.numbered_words(text)
        words = list(numbered.values())
        cond = model.conditioning(conditions[:1])
        areas = model._find_areas(conditions[0], map_size(*self.card.latent[1:])) if words else {}
        layers = [each for each in model.unet.modules() if isinstance(each, Attention2d) and each.context is not None]

        def attend(x: Tensor, at: NoiseLevel) -> tuple[tuple[str, ...], Tensor]:
            with watch_attention(layers, Attention2d.indirect_attention) as found:
                model.denoised(x, at, cond)
            maps = attention_maps(found, words, (x.shape[-2], x.shape[-1]))
            # Each of several objects is drawn where its draft is, and its words act through the draft. The attention
            # layers cannot tell the objects apart.
            for row, place in enumerate(numbered):
                if place in areas:
                    maps[row] = areas[place] * (maps[row].mean() / areas[place].mean().clamp(min=1e-6))
            return tuple(word for word, _ in words), maps

        return attend

    def _evaluate_unet(self, features: BatchFeatures | None, scaled: Tensor, time: float, *cond: Tensor) -> Tensor:
        inputs = (scaled, torch.full((len(scaled),), time, device=self.device), *cond)
        return evaluate_rows(self.rows, self._run_unet, range(len(scaled)), features, *inputs).float()

    def _run_unet(self, *inputs: Tensor, deep: DeepFeatures | None = None) -> Tensor:
        with torch.no_grad(), torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            return self.unet(*inputs, deep=deep)

    @torch.no_grad()
    def encode(self, rgba: Tensor) -> Tensor:
        return self.rows(self._encode_premultiplied, to_premultiplied(rgba.to(self.device)))

    def _encode_premultiplied(self, pictures: Tensor) -> Tensor:
        with torch.no_grad():
            return self.vae.encode(pictures).float()

    @torch.no_grad()
    def decode(self, x0: Tensor) -> Tensor:
        return to_straight_alpha(check_finite(self.rows(self.vae.decode, x0)), haze=ALPHA_MARGIN)

    @torch.no_grad()
    def fast_decode(self, x0: Tensor) -> Tensor:
        return to_straight_alpha(self.rows(self._decode_fast, x0), haze=ALPHA_MARGIN)

    def _decode_fast(self, x0: Tensor) -> Tensor:
        with torch.no_grad(), fast_autocast(self.device):
            return self.vae.decode(x0)

    @torch.no_grad()
    def preview(self, x0: Tensor) -> Tensor:
        side = self.vae.config.factor
        height, width = x0.shape[2:]
        # Pixels of 32 bits, which are assembled from patches faster than bytes or floats.
        pictures = torch.empty(len(x0), height, side, width, side, dtype=torch.int32, device=x0.device)
        # On a CPU, images are converted one by one, since their arrays then fit in the processor's cache.
        size = 1 if x0.device.type == "cpu" else len(x0)
        with one_thread():
            for part, pixels in zip(x0.split(size), pictures.split(size), strict=True):
                self._decode_linearly(part, pixels)
            return pictures.view(torch.uint8).view(len(x0), height * side, width * side, 4).cpu()

    def _decode_linearly(self, x0: Tensor, pixels: Tensor) -> None:
        """Decode latents (N, C, H, W) by the linear branch of the decoder, and write the RGBA bytes of their images to
        `pixels` (N, H, rows, W, columns), int32 on the same device.
        """
        # Few operations, all in place, because the preview of each step is computed here.
        positions = F.pad(x0.float().flatten(2).transpose(1, 2), (0, 1), value=1.0)
        levels = torch.matmul(positions, self._linear_decoder).unflatten(2, (4, -1))
        rgb = levels[:, :, :3]
        alpha = levels[:, :, 3:]
        # Colours are divided by infinity where there is no alpha to recover them from.
        transparent = _ALPHA_SCALE * ALPHA_MARGIN
        divisor = torch.threshold_(alpha.clamp(max=_ALPHA_SCALE), transparent, torch.inf)
        # The conversion to integers rounds towards 0, so ½ is added.
        torch.addcdiv(rgb.new_tensor(0.5), rgb, divisor, out=rgb)
        alpha.sub_(transparent - 0.5)
        red, green, blue, opacity = levels.clamp_(0, 255.5).to(torch.int32).unbind(2)
        red.add_(green, alpha=1 << 8).add_(blue, alpha=1 << 16).add_(opacity, alpha=1 << 24)
        side = self.vae.config.factor
        pixels.copy_(red.unflatten(2, (side, side)).unflatten(1, x0.shape[2:]).transpose(2, 3))

    @cached_property
    def _linear_decoder(self) -> Tensor:
        """Linear branch of the decoder as a matrix, with alpha of 0 … _ALPHA_SCALE instead of −1 … 1 and premultiplied
        colours of 0 … 255 · _ALPHA_SCALE, so that colours divided by alpha are levels of 0 … 255.
        """
        matrix = self.vae.linear_decoder().float().mul_(_ALPHA_SCALE / 2)
        matrix[-1] += _ALPHA_SCALE / 2
        matrix.unflatten(1, (4, -1))[:, :3].mul_(255)
        return matrix


def _create_config(kind: type[T], config: dict[str, Any]) -> T:
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in config.items()})


@dataclass(frozen=True)
class _PartLoader:
    """Loader of the built-in model's networks by name, which takes them from the store or from their files."""

    config: dict[str, Any]
    files: dict[str, File]
    device: torch.device
    store: Store

    def get(self, name: str, make: Callable[[], M], *more: str) -> M:
        files = [self.files[part] for part in (name, *more) if part in self.files]
        what = f"icons {name} {json.dumps(self.config[name], sort_keys=True)}"
        size = sum(4 * math.prod(shape) for file in files for shape in read_header(file).shapes.values())

        def load() -> M:
            # Weights of the first file take precedence.
            weights = {key: value for file in reversed(files) for key, value in load_file(file).items()}
            module = load_network(make, _without_prefix(name, dequantized(weights))).to(self.device)
            return (module if name == "text" else channels_last(module)).eval().requires_grad_(False)

        return self.store.part(key_of(what, files, self.device, torch.float32), size, load)

    def recall(self, width: int) -> PrototypeBasis:
        """Return the memorised training images, each stored as components of a prior network that has `width` of them.

        Raises ValueError if the drawings have a different width.
        """
        key, size = self._key_of_drawings("recall"), self.files["recall"].stat().st_size
        found = self.store.part(key, size, partial(PrototypeBasis.read, self.files["recall"]))
        if found.width != width:
            raise ValueError(f"drawings of {found.width} components for a sketch of {width}")
        return found

    def combine(self, recall: PrototypeBasis) -> PrototypeBasis:
        """Combine the memorised training images in `recall` with those of rarer objects."""
        key = self._key_of_drawings("recall", "rare")
        size = sum(self.files[name].stat().st_size for name in ("recall", "rare"))
        return self.store.part(key, size, lambda: recall.combine(PrototypeBasis.read(self.files["rare"])))

    def _key_of_drawings(self, *names: str) -> Key:
        """Return the key of a table of drawings that consists of one or two files."""
        files = [self.files[name] for name in names]
        return key_of(f"icons drawings {' '.join(names)}", files, self.device, torch.float32)


def _check(card: ModelCard, tokenizer: Tokenizer, text: TextEncoder, unet: UNet, vae: AutoencoderKL) -> None:
    """Raise LookupError, TypeError or ValueError if the networks and the tokenizer do not match each other or the model
    card.
    """
    channels = (unet.config.in_channels, unet.config.out_channels, vae.config.latent_channels)
    if set(channels) != {card.latent[0]}:
        raise ValueError(f"latents of {channels} channels")
    if not all(isinstance(words, str) for words in tokenizer.emoji.values()):
        raise TypeError("names of emoji are not all text")
    for style in (None, *(style.id for style in card.styles)):
        tokenizer.encode(" ".join(tokenizer.vocab[-9:]), style)
    if len(tokenizer.vocab) > len(text.table) or tokenizer.length > len(text.position):
        raise ValueError("the text encoder does not know all words")


def _without_prefix(prefix: str, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(f"{prefix}."): w for name, w in weights.items() if name.startswith(f"{prefix}.")}
