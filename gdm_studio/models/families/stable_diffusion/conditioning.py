"""Prompt encoding for the U-Net, in windows of tokens with weighted words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from gdm_studio.models.families.stable_diffusion.checkpoint_layout import Text
from gdm_studio.models.families.stable_diffusion.token_windows import WINDOW, Token, Tokens, tokenize
from gdm_studio.models.families.stable_diffusion.variants import SIZES, Variant
from gdm_studio.models.prompts.a1111_syntax import Weighted
from gdm_studio.networks.region_text import mean_by_area
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.tokenizer import BEGIN, END, ClipTokenizer, WordPart, decode
from gdm_studio.networks.stable_diffusion.unet import sinusoidal

# Vectors (count, width) by embedding and text encoder.
Vectors = Mapping[str, Mapping[Text, Tensor]]


@dataclass(frozen=True)
class TextConditioning:
    """Encoded prompt for one batch row of the U-Net: text (1, L, C) and, for SDXL and similar models, a vector of
    pooled text and sizes (1, V).
    """

    context: Tensor
    vector: Tensor | None = None
    # Tokens of each prompt in `context`, and the share (1, R, h, w) of each at each position of the latents, for
    # regions that act by attention. Otherwise () and None.
    lengths: tuple[int, ...] = ()
    shares: Tensor | None = None

    def on(self, device: torch.device) -> TextConditioning:
        """Return a copy of the encoded prompt on the given device."""
        return TextConditioning(self.context.to(device), None if self.vector is None else self.vector.to(device))

    def zeros(self) -> TextConditioning:
        """Return an encoded prompt of zeros with the same shape. Some models were trained with it in place of an empty
        prompt.
        """
        return TextConditioning(
            torch.zeros_like(self.context), None if self.vector is None else torch.zeros_like(self.vector)
        )

    def with_sizes(self, sizes: Sequence[float]) -> TextConditioning:
        """Return a copy with the embeddings of image sizes appended to the pooled text, as SDXL requires (Podell et al.
        2023, sec. 2.2).
        """
        if self.vector is None:
            return self
        waves = sinusoidal(torch.tensor(sizes, device=self.vector.device), SIZES)
        return TextConditioning(self.context, torch.cat([self.vector, waves.reshape(1, -1)], dim=1))


def join_prompts(prompts: Sequence[TextConditioning], shares: Tensor) -> TextConditioning:
    """Join encoded prompts that act by attention with the given shares (1, R, h, w).

    The vectors, which act in the whole image, are averaged by the areas of the prompts.
    """
    vectors = [each.vector for each in prompts if each.vector is not None]
    vector = mean_by_area(vectors, shares) if vectors else None
    lengths = tuple(each.context.shape[1] for each in prompts)
    return TextConditioning(torch.cat([each.context for each in prompts], dim=1), vector, lengths, shares)


@torch.no_grad()
def encode_prompts(
    kind: Variant,
    encoders: Sequence[ClipText],
    windows: Iterable[Sequence[Weighted]],
    *,
    skip: int = 0,
    embeddings: Vectors = MappingProxyType({}),
) -> TextConditioning:
    """Encode the token windows of a prompt with a model's text encoders, with the same results as AUTOMATIC1111's web
    UI.

    The pooled text comes from the first window. `skip` is the number of additional layers to skip at the end of a text
    encoder. `embeddings` contains vectors that replace tokens.
    """
    lengths = {word: len(next(iter(vectors.values()))) for word, vectors in embeddings.items()}
    chunks_by_encoder = _tokenize_for(encoders, windows, lengths)
    sides = []
    pooled = None
    for place, clip in enumerate(encoders):
        pad = kind.pads[place] if kind.pads else END
        vectors = {word: each[kind.texts[place]] for word, each in embeddings.items()}
        found = [_encode_window(kind, clip, chunk, pad, skip, vectors) for chunk in chunks_by_encoder[place]]
        sides.append(torch.cat([context for context, _ in found], dim=1))
        pooled = found[0][1]
    return TextConditioning(torch.cat(sides, dim=-1), pooled if kind.size_count else None)


def _tokenize_for(
    encoders: Sequence[ClipText], windows: Iterable[Sequence[Weighted]], embeddings: Mapping[str, int]
) -> list[list[Tokens]]:
    """Return the chunks of a prompt's tokens for each text encoder. Where one has more chunks than the other, because
    their vocabularies differ, the other gets empty ones.
    """
    found: list[list[Tokens]] = [[] for _ in encoders]
    for window in windows:
        each = [list(tokenize(window, embeddings, clip.tokenizer)) for clip in encoders]
        most = max(map(len, each))
        for chunks, here in zip(found, each, strict=True):
            chunks += [*here, *([] for _ in range(most - len(here)))]
    return found


def words_with_positions(
    windows: Iterable[Sequence[Weighted]],
    embeddings: Mapping[str, int] = MappingProxyType({}),
    tokenizer: ClipTokenizer | None = None,
) -> list[tuple[str, list[int]]]:
    """Return each word of a prompt with the positions of its tokens in the encoded text, for attention maps.
    `tokenizer` is the text encoder's, if it is not CLIP's own.
    """
    found: list[tuple[str, list[int]]] = []
    chunks = [chunk for window in windows for chunk in tokenize(window, embeddings, tokenizer)]
    for number, chunk in enumerate(chunks):
        here: list[int] = []  # tokens of a word that is not complete yet
        for place, (token, _) in enumerate(chunk, start=number * (WINDOW + 2) + 1):
            if isinstance(token, tuple):
                word, part = token[:2]
                found += [(word, [])] if part == 0 else []
                found[-1][1].append(place)
                continue
            found += [("", [])] if not here else []
            here.append(token)
            text, ended = decode(here)
            found[-1] = (text, [*found[-1][1], place])
            here = [] if ended else here
    return found


def _encode_window(
    kind: Variant, clip: ClipText, tokens: Tokens, pad: int, skip: int, embeddings: Mapping[str, Tensor]
) -> tuple[Tensor, Tensor | None]:
    """Encode one window of tokens with a CLIP text encoder. Returns the text (1, 77, C) and the pooled text.

    Word weights leave the mean of the text unchanged.
    """
    device = clip.position_embedding.weight.device
    behind = [pad] * (WINDOW - len(tokens))
    known = (_id_of(token) for token, _ in tokens)
    embedded = clip.embed(torch.tensor([[BEGIN, *known, END, *behind]], device=device))
    for place, (token, _) in enumerate(tokens, start=1):
        if isinstance(token, tuple) and not isinstance(token, WordPart):
            embedded[0, place] = embeddings[token[0]][token[1]].to(embedded)
    found = clip(embedded, torch.tensor([len(tokens) + 1], device=device))
    text = clip.skip_layers(found, kind.skip + skip, norm=kind.norm)
    if all(weight == 1 for _, weight in tokens):
        return text, found.pooled
    strengths = torch.tensor([1.0, *(weight for _, weight in tokens), 1.0, *(1.0 for _ in behind)], device=device)
    weighed = text * strengths[None, :, None]
    before = text.mean()
    after = weighed.mean()
    return torch.where(after == 0, weighed, weighed * (before / after)), found.pooled


def _id_of(token: Token) -> int:
    """Return the id with which a token is embedded. The vectors of embeddings replace that of END."""
    if isinstance(token, WordPart):
        return token.id
    return END if isinstance(token, tuple) else token
