"""Conditioning of a model: prompts, control images, and a start image, which inpainting preserves outside its mask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gdm_studio.engine import image_inputs
from gdm_studio.engine.image_inputs import MaskedRegion
from gdm_studio.engine.prompt_mixture import PromptMixture, PromptPart, interpolation_mixture, region_box
from gdm_studio.maths.noise_path import Denoise, NoiseLevel
from gdm_studio.models.adapters.lookup import adapters_named_in, blank_adapters, trained_words
from gdm_studio.models.capabilities import PLAIN, factors_of, size_of_area
from gdm_studio.models.loaded_model import (
    Conditioning,
    LoadedControlImage,
    OpaqueStage,
    PlacedPrompt,
    SharedPrompt,
    Stage,
)
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.upscalers.stepwise_upscaling import fill_transparent
from gdm_studio.request.conditioning import REFERENCE
from gdm_studio.request.generation_request import (
    FITS_REFERENCES,
    HAS_REGION_ADAPTERS,
    KEEPS_ALPHA,
    KEEPS_ENLARGED_REST,
    ONLY_MASKED,
    ControlImage,
    Request,
)
from gdm_studio.request.regions import WHOLE

# Exact middle grey, which a network receives as 0.
GREY = np.array([127.5, 127.5, 127.5, 255], np.float32)
# Alpha below which the colour of a pixel is too coarse to be known. Of 255.
FAINTEST_COLOUR = 8
# Largest ratio of the sides of a reference image with an area. A longer one is stretched, since it would become large.
_LONGEST_SHAPE = 16


@dataclass(frozen=True)
class EncodedStartImage:
    """Start image of an image-to-image run, encoded for one stage of the model, with its inpainting mask."""

    # The encoded image, (1, …).
    data: Tensor
    # The mask (1, 1, h, w) in 0 … 1, where 1 is inpainted. None if the whole image is inpainted.
    mask: Tensor | None = None
    # The encoded image (1, …) with a grey inpainted area. None unless the model requires it.
    masked_data: Tensor | None = None
    # The mask in the pixels of the image (1, 1, H, W), if there is `masked_data`.
    pixel_mask: Tensor | None = None
    # The part of the whole start image that is generated, if it is only a part.
    region: MaskedRegion | None = None

    def constrain(self, denoise: Denoise) -> Denoise:
        """Wrap the denoiser for inpainting. Outside the mask, its prediction of x0 is replaced by the start image.

        Replacing x0 rather than x makes the known part exact at every noise level and for every sampler. (Lugmayr et
        al. 2022, arXiv:2201.09865, replace x at each step.)
        """
        if (mask := self.mask) is None:
            return denoise

        def denoise_inside_the_mask(x: Tensor, at: NoiseLevel) -> Tensor:
            return torch.lerp(self.data, denoise(x, at), mask)

        return denoise_inside_the_mask


@dataclass(frozen=True)
class StartImage:
    """Start image of an image-to-image run, resized to the model's image size, with its inpainting mask."""

    # The image (H, W, 4), uint8 with straight alpha.
    rgba: np.ndarray
    # The mask (H, W) in 0 … 1, where 1 is inpainted. None if the whole image is inpainted.
    mask: np.ndarray | None = None
    # Loads the same start image and mask at another size (width, height). None for images of earlier rules.
    at_size: Callable[[tuple[int, int]], StartImage] | None = None
    # The part of the whole start image that `rgba` and `mask` are, if only the masked area is generated.
    region: MaskedRegion | None = None
    # True if images of a model without alpha get the transparency of this image.
    keeps_alpha: bool = False

    def encode_for(self, stage: Stage, *, with_rest: bool = False) -> EncodedStartImage:
        """Encode the start image and its inpainting mask for a stage of the model.

        With `with_rest`, also encode the image with its masked area filled with grey.
        """
        rgba = colours_for(stage, self.rgba) if self.keeps_alpha else self.rgba
        data = encode_image(stage, rgba)
        if self.mask is None:
            return EncodedStartImage(data)
        mask = _reduce_mask(self.mask, data)
        if not with_rest:
            return EncodedStartImage(data, mask, region=self.region)
        masked_data = encode_image(stage, np.where(self.mask[..., None] < 0.5, rgba, GREY))
        pixel_mask = torch.from_numpy(self.mask).float()[None, None].to(data.device)
        return EncodedStartImage(data, mask, masked_data, pixel_mask, self.region)

    def restore(self, generated: np.ndarray) -> np.ndarray:
        """Return the generated image with the original pixels and their transparency, as `restore_original` does.

        The original is first fitted to the size of the generated image, which a second pass may have enlarged. A
        smaller image, such as one stopped in an early stage, is returned unchanged, as is an enlarged image under
        earlier generation rules. A generated region is blended into the whole original, which keeps its size.
        """
        if self.region is not None:
            return self.region.blend_in(generated, keeps_alpha=self.keeps_alpha)
        if self.mask is None and not self.keeps_alpha:
            return generated
        height, width = generated.shape[:2]
        if (height, width) != self.rgba.shape[:2]:
            if self.at_size is None or height < self.rgba.shape[0]:
                return generated
            return self.at_size((width, height)).restore(generated)
        weights = None if self.mask is None else image_inputs.feathered(self.mask)
        return image_inputs.restore_original(generated, self.rgba, weights, keeps_alpha=self.keeps_alpha)


def load_start_image(card: ModelCard, request: Request) -> StartImage | None:
    """Load the start image and the inpainting mask of a request. Returns None if the request has no start image. Raises
    BadRequest.
    """
    if not request.image:
        return None
    size = request.size or card.sizes()[0]
    may_keep_alpha = request.rules >= KEEPS_ALPHA
    if request.mask and request.inpaint_area == ONLY_MASKED:
        region = image_inputs.load_region(request.mask, request.image, request.inpaint_padding, size)
        keeps_alpha = may_keep_alpha and image_inputs.has_matte(region.picture, is_masked=True)
        return StartImage(*region.fit(size), region=region, keeps_alpha=keeps_alpha)
    original = image_inputs.load(request.image)
    keeps_alpha = may_keep_alpha and image_inputs.has_matte(original, is_masked=bool(request.mask))

    def load(size: tuple[int, int], picture: Image.Image | None = None) -> StartImage:
        # The original is not kept in memory for a second pass.
        rgba = image_inputs.fit_image(picture or image_inputs.load(request.image), size)
        mask = image_inputs.load_fitted_mask(request.mask, request.image, size) if request.mask else None
        at_size = load if request.rules >= KEEPS_ENLARGED_REST else None
        return StartImage(rgba, mask, at_size, keeps_alpha=keeps_alpha)

    return load(size, original)


def encode_image(stage: Stage, rgba: np.ndarray) -> Tensor:
    """Encode an RGBA image, uint8 (H, W, 4), as the data that a model stage denoises, such as latents, with shape (1,
    …).
    """
    return stage.encode(torch.from_numpy(np.array(rgba))[None])


def colours_for(stage: Stage, rgba: np.ndarray) -> np.ndarray:
    """Return an RGBA image, uint8 (H, W, 4), as a model stage should see it if its results keep the image's alpha.

    For a stage without alpha, the image becomes opaque. Its visible pixels keep their colours, which are not mixed with
    a background, and transparent pixels get the colours around them, so that no background shows at the edges.
    """
    if not isinstance(stage, OpaqueStage):
        return rgba
    known = rgba[..., 3] >= FAINTEST_COLOUR
    if not known.any():
        return np.full_like(rgba, 255)
    levels = torch.from_numpy(rgba[..., :3].astype(np.float32)).permute(2, 0, 1)
    colours = fill_transparent(levels, torch.from_numpy(known.astype(np.float32))[None]).permute(1, 2, 0)
    opaque = np.full_like(rgba, 255)
    opaque[..., :3] = colours.round().clamp(0, 255).numpy()
    return opaque


def conditioning_of(
    card: ModelCard,
    request: Request,
    start_image: EncodedStartImage | None,
    *,
    guided: bool,
    mixture: PromptMixture | None = None,
) -> list[Conditioning]:
    """Return the model's conditioning (text, image size, control images, …) for each prompt of the mixture or, without
    one, of the request's interpolation.

    If `guided`, the negative prompts come last. Raises BadRequest, and ModelError if the model's dictionary is damaged.
    """
    reader = card.for_rules(request.rules)
    negative_text = reader.translate(request.negative_prompt).text
    shared = Conditioning(
        negative_text=negative_text,
        plain=request.grammar == PLAIN,
        factors=factors_of(card.accepts, request),
        size=request.size or card.sizes()[0],
        picture=start_image.data if start_image else None,
        mask=start_image.mask if start_image else None,
        rest=start_image.masked_data if start_image else None,
        pixel_mask=start_image.pixel_mask if start_image else None,
        hints=_load_hints(card, request, start_image.region if start_image else None),
    )
    # Guidance amplifies the difference between prompt and negative prompt. Style and class are only set for the
    # prompts, so that guidance strengthens them too.
    mixture = mixture or interpolation_mixture(request)
    scene = _scene_of(reader, request, mixture)
    prompts = [
        replace(
            shared,
            text=each.adapters + _translate(reader, each.text),
            style=request.style,
            label=request.label,
            scene=scene,
            adapters=each.adapters,
            parts=_shared_prompts(reader, parts),
        )
        for each, parts in zip(mixture.prompts, mixture.parts or [()] * len(mixture.prompts), strict=True)
    ]
    if not guided:
        return prompts
    negatives = [negative_text if text is None else reader.translate(text).text for text in mixture.negatives]
    return [
        *prompts,
        *(
            replace(
                shared,
                text=text,
                negative_text=text,
                negative=True,
                adapters=adapters,
                parts=_shared_prompts(reader, mixture.negative_parts, negative_text),
            )
            for text, adapters in zip(negatives, mixture.negative_adapters, strict=True)
        ),
    ]


def _shared_prompts(reader: ModelCard, parts: Sequence[PromptPart], own: str = "") -> tuple[SharedPrompt, ...]:
    """Return translated prompts that act by attention. `own` is the text of a negative prompt of None."""
    return tuple(
        SharedPrompt(own if part.text is None else _translate(reader, part.text), part.share[None, None].float())
        for part in parts
    )


def _scene_of(reader: ModelCard, request: Request, mixture: PromptMixture) -> tuple[PlacedPrompt, ...]:
    """Return the prompts of the regions that have an effect, with their boxes, after that of the whole image."""
    if not request.regions:
        return ()
    active = {each.region for each in mixture.prompts}

    def read(prompt: str) -> str:
        # Before, the tags of LoRAs were read as words, which could choose a drawing.
        text = _translate(reader, prompt)
        return blank_adapters(text)[0].strip() if request.rules >= HAS_REGION_ADAPTERS else text

    base = [PlacedPrompt(read(request.prompt), WHOLE)] if None in active else []
    return (
        *base,
        *(
            PlacedPrompt(read(region.prompt), region_box(region))
            for number, region in enumerate(request.regions)
            if number in active
        ),
    )


def translate_image_prompt(card: ModelCard, request: Request) -> str:
    """Translate the prompt of the start image as the request's prompt, without the tags of LoRAs. Raises ModelError if
    the model's dictionary is damaged.
    """
    return blank_adapters(_translate(card.for_rules(request.rules), request.shown_prompt))[0].strip()


def _translate(reader: ModelCard, prompt: str) -> str:
    """Translate a prompt to English words that the model knows, using the model's dictionary.

    Adapter tags are not translated.
    """
    if reader.dictionary is None:
        return prompt
    files = dict(adapters_named_in([prompt]))
    text, tags = blank_adapters(prompt, files)
    return f"{reader.translate(text, trained_words(files.values())).text}{tags}"


def _load_hints(card: ModelCard, request: Request, region: MaskedRegion | None) -> tuple[LoadedControlImage, ...]:
    """Load the control images and the reference images of a request. Control images are cut to `region`, if it is the
    only part of the image that is generated.
    """
    has_areas = card.accepts.reference_area and request.rules >= FITS_REFERENCES
    size = request.size or card.sizes()[0]
    return tuple(
        _load_reference(hint, card)
        if hint.kind == REFERENCE and has_areas
        else _load_control_image(hint, size, card, region)
        for hint in request.hints
    )


def _load_reference(hint: ControlImage, card: ModelCard) -> LoadedControlImage:
    """Load a reference image at the areas of its model, each time from the original as in diffusers."""
    width, height = image_inputs.size_of(hint.image)
    shape = min(max(width / height, 1 / _LONGEST_SHAPE), _LONGEST_SHAPE)
    sizes = (size_of_area(area, shape) for area in (card.accepts.reference_area, card.accepts.seen_area))
    rgba, seen = (
        torch.from_numpy(np.array(image_inputs.load_reference(hint.image, card.accepts.multiple, (size,))))[None]
        for size in sizes
    )
    return LoadedControlImage(hint.kind, rgba, hint.weight, hint.start, hint.end, seen)


def _load_control_image(
    hint: ControlImage, size: tuple[int, int], card: ModelCard, region: MaskedRegion | None
) -> LoadedControlImage:
    if hint.kind == REFERENCE:
        pixels = image_inputs.load_reference(hint.image, card.accepts.multiple, card.accepts.reference_sizes)
    elif hint.kind in card.accepts.image_prompts:
        pixels = image_inputs.load_image_prompt(hint.image, card.accepts.image_prompt_side)
    elif region is not None:
        pixels = region.load_control_image(hint.image, size, hint.preprocessor)
    else:
        pixels = image_inputs.load_control_image(hint.image, size, hint.preprocessor)
    rgba = torch.from_numpy(np.array(pixels))[None]
    return LoadedControlImage(hint.kind, rgba, hint.weight, hint.start, hint.end)


def _reduce_mask(mask: np.ndarray, data: Tensor) -> Tensor:
    """Reduce an inpainting mask to the resolution of the latents, with shape (1, 1, h, w).

    Each value is the maximum over the pixels that it affects.
    """
    pixels = torch.from_numpy(mask).float()[None, None]
    return torch.nn.functional.adaptive_max_pool2d(pixels, data.shape[-2:]).to(data.device)
