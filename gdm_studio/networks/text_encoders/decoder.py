"""Decoder-only language models, whose hidden states serve as encoded prompts.

One network with switches: RMS normalisation (Zhang and Sennrich 2019, arXiv:1910.07467), rotary positions (Su et al.
2021, arXiv:2104.09864), grouped queries (Ainslie et al. 2023, arXiv:2305.13245) and gated perceptrons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.text_encoders.layers import Perceptron, embedding

# Numbers of turns in the length of the first training between which YaRN changes frequencies.
FAST, SLOW = 32, 1


@dataclass(frozen=True)
class Yarn:
    """Change of rotary frequencies for texts that are longer than those of the first training (YaRN, Peng et al. 2023,
    arXiv:2309.00071, section 3.2).

    Frequencies that turn less than SLOW times in `length` tokens are divided by `factor`, and those that turn more than
    FAST times are kept.
    """

    factor: float
    length: int


@dataclass(frozen=True)
class DecoderConfig:
    """Hyperparameters of the language model `Decoder`: its sizes, and the options in which Qwen3 and Gemma 2 differ."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    # Heads of keys and values, each shared by heads / key_heads queries.
    key_heads: int
    # Channels per head.
    head: int
    # Width inside the perceptron.
    hidden: int
    # Base of the rotary frequencies.
    theta: float
    # True if queries and keys are normalised per head.
    head_norm: bool = False
    # True if the outputs of attention and perceptron are normalised too.
    sandwich: bool = False
    # True if normalised values are multiplied by 1 + weight instead of the weight.
    offset: bool = False
    # True if the perceptron's gate is a GELU (tanh approximation) instead of a SiLU.
    gelu: bool = False
    # Bound of the attention's logits, approached smoothly; 0 for none.
    softcap: float = 0.0
    # True if token embeddings are multiplied by the root of the width.
    scaled: bool = False
    # True if the layers of queries, keys and values have biases.
    bias: bool = False
    # Number of rotary frequencies that are turned by each axis (time, row, column) of a token's position. () if
    # positions have one axis.
    sections: tuple[int, ...] = ()
    # Added to the mean square of values before their normalisation.
    eps: float = 1e-6
    # True if the output of the last layer is normalised.
    final_norm: bool = True
    # Change of the rotary frequencies, or None.
    yarn: Yarn | None = None


class Decoder(nn.Module):
    """Causal language model that serves as a text encoder. It has no output layer, because only its hidden states are
    used.
    """

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = embedding(config.vocabulary, config.width)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = _create_norm(config, config.width) if config.final_norm else nn.Identity()

    def encode(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        layers: Sequence[int] = (-1,),
        *,
        images: tuple[int, Tensor] | None = None,
        places: Tensor | None = None,
    ) -> Tensor:
        """Encode prompts to hidden states (N, L, width · len(layers)), concatenated from several layers along the
        channels.

        `ids` are token ids (N, L), and `mask` (N, L) is False at padding. The states of padding before a prompt do not
        depend on other tokens. `layers` are numbered
        as in `PromptFormat.layers`. Layers after the last one are not evaluated. `images` are the id of the tokens that
        stand for images, and the features (count, width) that replace their embeddings. `places` are the tokens'
        positions (axes, L), or None for those of a plain text.
        """
        count = self.config.layers
        wanted = [number % (count + 1) for number in layers]
        h = self.embed_tokens(ids)
        if self.config.scaled:
            h = h * torch.tensor(self.config.width**0.5, dtype=h.dtype)
        if images is not None:
            token, features = images
            h = h.masked_scatter((ids == token)[..., None], features.to(h))
        turns = torch.arange(ids.shape[1], dtype=torch.float32)[:, None]
        if places is not None:
            turns = _spread_over_frequencies(places, self.config.sections)
        positions = rotary(turns, self.config, h)
        seen = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool, device=ids.device).tril()
        if mask is not None:
            seen = seen & mask[:, None, None, :]
        # Not all devices have defined results for tokens that see nothing: those see themselves, without an effect.
        blind = ~seen.any(dim=-1, keepdim=True)
        seen = seen | (blind & torch.eye(ids.shape[1], dtype=torch.bool, device=ids.device))
        states = {0: h}
        for number in range(max(wanted)):
            states[number + 1] = h = self.layers[number](h, positions, seen, blind)
            if number not in wanted:
                del states[number]
        if -1 in layers:
            states[-1] = self.norm(h)
        return torch.cat([states[layer if layer == -1 else layer % (count + 1)] for layer in layers], dim=-1)


class Layer(nn.Module):
    """Transformer layer of a language model: attention and a gated feed-forward network, each with a residual
    connection. The weight names are those of the library transformers.
    """

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.sandwich = config.sandwich
        self.input_layernorm = _create_norm(config, config.width)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = _create_norm(config, config.width)
        self.mlp = Perceptron(config.width, config.hidden, gelu=config.gelu)
        if config.sandwich:
            self.pre_feedforward_layernorm = _create_norm(config, config.width)
            self.post_feedforward_layernorm = _create_norm(config, config.width)

    def forward(self, h: Tensor, positions: tuple[Tensor, Tensor], seen: Tensor, blind: Tensor) -> Tensor:
        mixed = self.self_attn(self.input_layernorm(h), positions, seen, blind)
        if self.sandwich:
            h = h + self.post_attention_layernorm(mixed)
            out: Tensor = h + self.post_feedforward_layernorm(self.mlp(self.pre_feedforward_layernorm(h)))
            return out
        h = h + mixed
        out = h + self.mlp(self.post_attention_layernorm(h))
        return out


class Attention(nn.Module):
    """Causal self-attention layer with rotary position embedding and grouped queries."""

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        inner = config.heads * config.head
        outer = config.key_heads * config.head
        self.q_proj = nn.Linear(config.width, inner, bias=config.bias)
        self.k_proj = nn.Linear(config.width, outer, bias=config.bias)
        self.v_proj = nn.Linear(config.width, outer, bias=config.bias)
        self.o_proj = nn.Linear(inner, config.width, bias=False)
        self.q_norm = _create_norm(config, config.head) if config.head_norm else None
        self.k_norm = _create_norm(config, config.head) if config.head_norm else None

    def forward(self, h: Tensor, positions: tuple[Tensor, Tensor], seen: Tensor, blind: Tensor) -> Tensor:
        parts = (part(h).unflatten(-1, (-1, self.config.head)) for part in (self.q_proj, self.k_proj, self.v_proj))
        query, key, value = parts  # (N, L, heads, head)
        if self.q_norm is not None and self.k_norm is not None:
            query, key = self.q_norm(query), self.k_norm(key)
        query, key, value = (part.transpose(1, 2) for part in (query, key, value))
        query, key = rotate(query, positions), rotate(key, positions)
        shared = self.config.heads // self.config.key_heads
        key, value = (part.repeat_interleave(shared, dim=1) for part in (key, value))
        attended = self._attend(query, key, value, seen).masked_fill(blind, 0)
        mixed = attended.transpose(1, 2).flatten(2)
        out: Tensor = self.o_proj(mixed)
        return out

    def _attend(self, query: Tensor, key: Tensor, value: Tensor, seen: Tensor) -> Tensor:
        bound = self.config.softcap
        if not bound:
            return F.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        logits = query @ key.transpose(-1, -2) * self.config.head**-0.5
        logits = (bound * (logits / bound).tanh()).masked_fill(~seen, -torch.inf)
        return logits.float().softmax(-1).to(value.dtype) @ value


class OffsetRMSNorm(nn.RMSNorm):
    """RMS normalisation layer that multiplies by 1 + weight, in fp32, as in Gemma."""

    def forward(self, x: Tensor) -> Tensor:
        # The sum would be rounded too much in bf16.
        wide = torch.promote_types(x.dtype, torch.float32)
        out = F.rms_norm(x.to(wide), self.normalized_shape, 1 + self.weight.to(wide), self.eps)
        return out.to(x.dtype)


def rotary(places: Tensor, config: DecoderConfig, like: Tensor) -> tuple[Tensor, Tensor]:
    """Return the cosines and sines (L, head) of the rotary position embedding for tokens at `places` (L, 1), or (L,
    head / 2) if each frequency has a position of its own. The angles of the first half of the channels are repeated in
    the second half.
    """
    # Powers on the CPU are the same for every device.
    frequencies = config.theta ** -(torch.arange(0, config.head, 2, dtype=torch.float32) / config.head)
    if config.yarn is not None:
        frequencies = _stretch_frequencies(frequencies, config, config.yarn)
    angles = (places * frequencies).repeat(1, 2)
    return angles.cos().to(like), angles.sin().to(like)


def _stretch_frequencies(frequencies: Tensor, config: DecoderConfig, yarn: Yarn) -> Tensor:
    """Divide the slow ones of the rotary frequencies by YaRN's factor."""

    def index_of(turns: int) -> float:
        """Return the index of the frequency that turns this number of times in the length of the first training."""
        return config.head * math.log(yarn.length / (turns * 2 * math.pi)) / (2 * math.log(config.theta))

    first, last = max(math.floor(index_of(FAST)), 0), min(math.ceil(index_of(SLOW)), config.head - 1)
    slow = ((torch.arange(len(frequencies)) - first) / max(last - first, 1e-3)).clamp(0, 1)
    return frequencies * (1 - slow) + frequencies / yarn.factor * slow


def _spread_over_frequencies(places: Tensor, sections: Sequence[int]) -> Tensor:
    """Return the position (L, frequencies) of each token by which each rotary frequency turns, from its positions
    (axes, L) along the axes.
    """
    axes = torch.repeat_interleave(torch.arange(len(sections)), torch.tensor(sections))
    return places[axes].T.float()


def rotate(x: Tensor, positions: tuple[Tensor, Tensor]) -> Tensor:
    """Apply the rotary position embedding to queries or keys x (…, L, head), by rotating each pair of channels i and i
    + head/2.
    """
    cosines, sines = positions
    first, second = x.chunk(2, dim=-1)
    return x * cosines + torch.cat([-second, first], dim=-1) * sines


def _create_norm(config: DecoderConfig, width: int) -> nn.RMSNorm:
    return (OffsetRMSNorm if config.offset else nn.RMSNorm)(width, eps=config.eps)
