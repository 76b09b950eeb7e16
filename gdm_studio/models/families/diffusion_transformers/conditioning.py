"""Prompt encoding for diffusion transformers: hidden states and pooled outputs of the text encoders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.models.families.diffusion_transformers.variants import Family
from gdm_studio.models.families.shared_parts.prompt_tokenizer import PromptTokenizer
from gdm_studio.networks.region_text import mean_by_area
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.tokenizer import BEGIN, END
from gdm_studio.networks.text_encoders import gemma2, mistral, qwen3, qwen25_vl, t5
from gdm_studio.networks.text_encoders.prompt_format import PromptFormat

# Number of tokens that CLIP reads, including the tokens that begin and end a prompt.
TOKENS = 77
# Name of Anima's second tokenizer, for whose token ids there is no text encoder.
T5_IDS = "t5"
# Families whose pipelines in diffusers replace a word "x" of several vectors, which a folder adds to the vocabulary of
# its text encoders, by the words "x", "x_1", "x_2" … In prompts for others, each of them is written.
EXPANDING = ("flux1", "chroma")
# Padding token of prompts for OpenCLIP bigG.
BIG_G_PAD = 0


@dataclass(frozen=True)
class Prompt:
    """Encoded prompt for one batch row: text tokens (1, L, C) and, for some networks, a pooled text vector (1, P).

    For Anima, these are the hidden states and the token ids (1, M) from which the network's text adapter computes the
    text tokens.
    """

    context: Tensor
    pooled: Tensor | None = None
    ids: Tensor | None = None
    # Tokens of each prompt in `context`, and the share (1, R, h, w) of each at each position of the latents, for
    # regions that act by attention. Otherwise () and None.
    lengths: tuple[int, ...] = ()
    shares: Tensor | None = None

    def to(self, device: torch.device, dtype: torch.dtype) -> Prompt:
        """Return a copy of the encoded prompt on the given device, in the given number type."""
        pooled = None if self.pooled is None else self.pooled.to(device, dtype)
        ids = None if self.ids is None else self.ids.to(device)
        return Prompt(self.context.to(device, dtype), pooled, ids)


def join_prompts(prompts: Sequence[Prompt], shares: Tensor | None) -> Prompt:
    """Join encoded prompts that act by attention with the given shares (1, R, h, w), or return the only one.

    Pooled vectors, which act in the whole image, are averaged by the areas of the prompts.
    """
    if shares is None:
        return prompts[0]
    vectors = [each.pooled for each in prompts if each.pooled is not None]
    pooled = mean_by_area(vectors, shares) if vectors else None
    lengths = tuple(each.context.shape[1] for each in prompts)
    return Prompt(torch.cat([each.context for each in prompts], dim=1), pooled, lengths=lengths, shares=shares)


@dataclass(frozen=True)
class SeenImage:
    """Reference image as seen by a text encoder: the features (rows · columns, width) of its tokens, and their grid."""

    features: Tensor
    # Rows and columns.
    grid: tuple[int, int]


# Text encoders and their tokenizers by the name of the part. CLIP's tokenizer is not among them.
Encoders = Mapping[str, Any]
Tokenizers = Mapping[str, PromptTokenizer]


@dataclass(frozen=True)
class PromptEncoders:
    """Text encoders of a diffusion transformer with their tokenizers, and the transformer's own configuration."""

    family: Family
    config: Any
    encoders: Encoders
    tokenizers: Tokenizers


@torch.no_grad()
def encode_prompt(parts: PromptEncoders, text: str, *, negative: bool, images: Sequence[SeenImage] = ()) -> Prompt:
    """Encode one prompt with the text encoders of a diffusion transformer, and return a batch of one row.

    `negative` marks a negative prompt, which Lumina 2 encodes without its system prompt, and Ideogram 4 as no tokens.
    Other families ignore it.
    `images` are reference images, which the text encoders of some families see.
    """
    if parts.family.startswith("qwen_image"):
        return _encode_for_qwen_image(parts, text, images)
    return _ENCODERS[parts.family](parts, text, negative)


def words_with_positions(
    parts: PromptEncoders, text: str, images: Sequence[SeenImage] = ()
) -> list[tuple[str, list[int]]]:
    """Return each word of a prompt, in lower case, with the positions of its tokens in the encoded text, for attention
    maps. `images` are the reference images that the text encoder sees.
    """
    spans = list(_iter_token_spans(parts, text, images))
    last = max((end for _, _, end in spans), default=0)
    found = []
    for word in _WORD.finditer(text, 0, last):
        places = [place for place, begin, end in spans if begin < word.end() and end > word.start()]
        found.append((word[0].lower(), places))
    return [(word, places) for word, places in found if places]


def _iter_token_spans(parts: PromptEncoders, text: str, images: Sequence[SeenImage]) -> Iterator[tuple[int, int, int]]:
    """Yield each token of the prompt as (position in the encoded text, start, end), where start and end are character
    positions.
    """
    family, tokenizers = parts.family, parts.tokenizers
    first = 0
    if family == "sd3":
        # The folder of a CLIP may add words to its tokenizer.
        clip: ClipText = parts.encoders["text_encoder"]
        spans = clip.tokenizer.spans(text, expands=False)
        yield from ((place, *span) for place, span in enumerate(spans[: TOKENS - 2], 1))
        first = TOKENS
    part, form = _FORMATS[family]
    if family == "flux1" and not parts.config.guided:
        form = t5.FLUX_1_SCHNELL
    form = _with_images(form, family, images)
    expands = family in EXPANDING
    spans = tokenizers[part].spans(form.wrap(text), form.tokens, expands=expands) if part in tokenizers else []
    before = len(form.before)
    if form.left:
        first += form.tokens - len(spans)
    for place, (begin, end) in enumerate(spans, first - form.dropped):
        if begin < end and begin < before + len(text) and end > before:
            yield place, begin - before, end - before


def _encode_for_flux1(parts: PromptEncoders, text: str, negative: bool) -> Prompt:
    encoder = parts.encoders["text_encoder"]
    ids, ends = _tokenize_for_clip(text, END, encoder, expands=True)
    hidden = encoder(encoder.embed(ids), ends).hidden[-1]
    # The pooled text is the hidden state of the end token, without CLIP's projection.
    pooled = encoder.final_layer_norm(hidden[:, int(ends)])
    form = t5.FLUX_1_DEV if parts.config.guided else t5.FLUX_1_SCHNELL
    tokenizer = parts.tokenizers["text_encoder_2"]
    tokens = tokenizer.encode(text, form.tokens, expands=True)
    return Prompt(_encode_with_t5(form, parts.encoders["text_encoder_2"], tokenizer, tokens), pooled)


def _encode_for_chroma(parts: PromptEncoders, text: str, negative: bool) -> Prompt:
    encoder = parts.encoders["text_encoder"]
    tokenizer = parts.tokenizers["text_encoder"]
    ids = tokenizer.encode(text, t5.CHROMA.tokens, expands=True)
    # The network receives the prompt and one padding token, to which no token of the text encoder attends.
    padded = [*ids, tokenizer.pad][: t5.CHROMA.tokens]
    mask = torch.arange(len(padded)) < len(ids)
    place = _device_of(encoder)
    return Prompt(encoder.encode(torch.tensor([padded], device=place), mask[None].to(place)))


def _encode_for_sd3(parts: PromptEncoders, text: str, negative: bool) -> Prompt:
    contexts = []
    pooled = []
    for part, pad in (("text_encoder", END), ("text_encoder_2", BIG_G_PAD)):
        encoder: ClipText = parts.encoders[part]
        ids, ends = _tokenize_for_clip(text, pad, encoder, expands=False)
        found = encoder(encoder.embed(ids), ends)
        contexts.append(encoder.skip_layers(found, 2, norm=False).cpu())
        # Files without a projection use the identity.
        whole = encoder.final_layer_norm(found.hidden[-1][:, int(ends)]) if found.pooled is None else found.pooled
        pooled.append(whole.cpu())
    clip = torch.cat(contexts, dim=-1)
    # The network was also trained with zeros in place of T5.
    long = torch.zeros(1, t5.STABLE_DIFFUSION_3.tokens, parts.config.context)
    if "text_encoder_3" in parts.tokenizers:
        tokenizer = parts.tokenizers["text_encoder_3"]
        tokens = tokenizer.encode(text, t5.STABLE_DIFFUSION_3.tokens)
        long = _encode_with_t5(t5.STABLE_DIFFUSION_3, parts.encoders["text_encoder_3"], tokenizer, tokens).cpu()
    context = torch.cat([F.pad(clip, (0, long.shape[-1] - clip.shape[-1])), long.to(clip)], dim=1)
    return Prompt(context, torch.cat(pooled, dim=-1))


def _create_decoder_encoding(prompt_format: PromptFormat) -> Callable[[PromptEncoders, str, bool], Prompt]:
    """Return a function that encodes prompts as the hidden states of a decoder-only language model."""

    def encode(parts: PromptEncoders, text: str, negative: bool) -> Prompt:
        encoder = parts.encoders["text_encoder"]
        tokenizer = parts.tokenizers["text_encoder"]
        used = replace(prompt_format, before="") if negative and prompt_format is gemma2.LUMINA_2 else prompt_format
        ids, mask = used.batch([tokenizer.encode(used.wrap(text))], tokenizer.pad)
        place = _device_of(encoder)
        return Prompt(encoder.encode(ids.to(place), mask.to(place), used.layers)[:, used.dropped :])

    return encode


def _encode_for_anima(parts: PromptEncoders, text: str, negative: bool) -> Prompt:
    t5_tokenizer = parts.tokenizers[T5_IDS]
    ids, _ = t5.ANIMA.batch([t5_tokenizer.encode(text, t5.ANIMA.tokens)], t5_tokenizer.pad)
    tokenizer = parts.tokenizers["text_encoder"]
    tokens = tokenizer.encode(text, qwen3.ANIMA.tokens)
    if not tokens:
        # The adapter's attention to zeros has no effect.
        return Prompt(torch.zeros(1, 1, parts.config.text), ids=ids)
    encoder = parts.encoders["text_encoder"]
    states, mask = qwen3.ANIMA.batch([tokens], tokenizer.pad)
    place = _device_of(encoder)
    return Prompt(encoder.encode(states.to(place), mask.to(place), qwen3.ANIMA.layers), ids=ids)


def _encode_for_ideogram4(parts: PromptEncoders, text: str, negative: bool) -> Prompt:
    if negative:
        # The unconditional transformer gets no text.
        return Prompt(torch.zeros(1, 0, parts.config.context))
    found = _create_decoder_encoding(qwen3.IDEOGRAM_4)(parts, text, negative)
    # The numbers of a token are ordered by channel, then by layer.
    return Prompt(found.context.unflatten(-1, (parts.config.taps, -1)).transpose(-1, -2).flatten(-2))


def _encode_for_qwen_image(parts: PromptEncoders, text: str, images: Sequence[SeenImage]) -> Prompt:
    family, encoder, tokenizer = parts.family, parts.encoders["text_encoder"], parts.tokenizers["text_encoder"]
    form = _with_images(_FORMATS[family][1], family, images)
    ids, mask = form.batch([tokenizer.encode(form.wrap(text))], tokenizer.pad)
    device = _device_of(encoder)
    seen: dict[str, Any] = {}
    if images:
        (token,) = tokenizer.encode(qwen25_vl.IMAGE)
        features = torch.cat([image.features.to(device) for image in images])
        places = qwen25_vl.token_positions(ids[0].tolist(), token, [image.grid for image in images])
        seen = {"images": (token, features), "places": places}
    hidden = encoder.encode(ids.to(device), mask.to(device), form.layers, **seen)
    return Prompt(hidden[:, form.dropped :])


def _with_images(prompt_format: PromptFormat, family: Family, images: Sequence[SeenImage]) -> PromptFormat:
    """Return a prompt format in which tokens for reference images precede the prompt."""
    before = prompt_format.before
    for number, image in enumerate(images, 1):
        rows, columns = image.grid
        title = f"Picture {number}: " if family == "qwen_image_edit_plus" else ""
        tokens = qwen25_vl.IMAGE * (rows * columns)
        before += f"{title}{qwen25_vl.IMAGE_BEGIN}{tokens}{qwen25_vl.IMAGE_END}"
    return replace(prompt_format, before=before) if images else prompt_format


def _encode_with_t5(
    prompt_format: PromptFormat, encoder: Any, tokenizer: PromptTokenizer, tokens: Sequence[int]
) -> Tensor:
    """Encode the token ids of a prompt with T5 and return its hidden states, including those of the padding tokens."""
    ids, _ = prompt_format.batch([tokens], tokenizer.pad)
    hidden: Tensor = encoder.encode(ids.to(_device_of(encoder)))
    return hidden


def _tokenize_for_clip(text: str, pad: int, encoder: ClipText, *, expands: bool) -> tuple[Tensor, Tensor]:
    """Convert a prompt to CLIP's token ids (1, TOKENS) and the index of its end token (1,). Longer prompts are
    truncated.
    """
    ids = [BEGIN, *encoder.tokenizer.ids(text, expands=expands)[: TOKENS - 2], END]
    place = _device_of(encoder)
    padded = torch.tensor([[*ids, *[pad] * (TOKENS - len(ids))]], device=place)
    return padded, torch.tensor([len(ids) - 1], device=place)


def _device_of(network: nn.Module) -> torch.device:
    return next(network.parameters()).device


# Words and single punctuation marks of a prompt.
_WORD = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
# The last text encoder whose tokens are in the context, and the format of its prompts.
_FORMATS: Mapping[Family, tuple[str, PromptFormat]] = {
    "flux1": ("text_encoder_2", t5.FLUX_1_DEV),
    "chroma": ("text_encoder", t5.CHROMA),
    "sd3": ("text_encoder_3", t5.STABLE_DIFFUSION_3),
    "flux2": ("text_encoder", qwen3.FLUX_2_KLEIN),
    "flux2_dev": ("text_encoder", mistral.FLUX_2_DEV),
    "z_image": ("text_encoder", qwen3.Z_IMAGE),
    "lumina": ("text_encoder", gemma2.LUMINA_2),
    "krea2": ("text_encoder", qwen3.KREA_2),
    "ernie_image": ("text_encoder", mistral.ERNIE_IMAGE),
    "anima": (T5_IDS, t5.ANIMA),
    "ideogram4": ("text_encoder", qwen3.IDEOGRAM_4),
    "qwen_image": ("text_encoder", qwen25_vl.QWEN_IMAGE),
    "qwen_image_edit": ("text_encoder", qwen25_vl.QWEN_IMAGE_EDIT),
    "qwen_image_edit_plus": ("text_encoder", qwen25_vl.QWEN_IMAGE_EDIT),
}
_ENCODERS: Mapping[Family, Callable[[PromptEncoders, str, bool], Prompt]] = {
    "flux1": _encode_for_flux1,
    "chroma": _encode_for_chroma,
    "sd3": _encode_for_sd3,
    "flux2": _create_decoder_encoding(qwen3.FLUX_2_KLEIN),
    "flux2_dev": _create_decoder_encoding(mistral.FLUX_2_DEV),
    "z_image": _create_decoder_encoding(qwen3.Z_IMAGE),
    "lumina": _create_decoder_encoding(gemma2.LUMINA_2),
    "krea2": _create_decoder_encoding(qwen3.KREA_2),
    "ernie_image": _create_decoder_encoding(mistral.ERNIE_IMAGE),
    "anima": _encode_for_anima,
    "ideogram4": _encode_for_ideogram4,
}
