"""Blocks shared by diffusion transformers: joint attention, rotary positions, modulation, feed-forward, patches.

Tokens are (N, T, width). Sources: joint attention of text and image, Esser et al. 2024, arXiv:2403.03206, section 4;
rotary position embedding, Su et al. 2021, arXiv:2104.09864; SwiGLU, Shazeer 2020, arXiv:2002.05202.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.papers.backbones.dit import modulate

# Queries, keys and values (N, heads, T, D).
Heads = tuple[Tensor, Tensor, Tensor]
# Cosines and sines (T, D / 2) by which the pairs of numbers of a head are rotated.
Rotation = tuple[Tensor, Tensor]
# Shift, scale and gate (N, 1, width), once or several times.
Modulations = Sequence[Tensor]
# Number of attention weights that are computed at a time when they are recorded.
PART = 2**22
# Activated embedding (N, width), or the modulations of the image tokens and of the text tokens.
JointCondition = Tensor | tuple[Modulations, Modulations]


class Attention(nn.Module):
    """Projections of a multi-head attention layer: from tokens to queries, keys and values, and from the attention's
    result back to tokens.

    With `normed`, the queries and keys of each head are normalised. With `value_heads`, several heads of queries share
    one head of keys and values (Ainslie et al. 2023, arXiv:2305.13245). With `source`, keys and values come from other
    tokens of this width.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        *,
        value_heads: int = 0,
        normed: bool = True,
        eps: float = 1e-6,
        bias: bool = True,
        has_out: bool = True,
        source: int = 0,
    ) -> None:
        super().__init__()
        self.size = width // heads
        values = (value_heads or heads) * self.size
        self.query = nn.Linear(width, width, bias=bias)
        self.key = nn.Linear(source or width, values, bias=bias)
        self.value = nn.Linear(source or width, values, bias=bias)
        self.query_norm = nn.RMSNorm(self.size, eps=eps) if normed else nn.Identity()
        self.key_norm = nn.RMSNorm(self.size, eps=eps) if normed else nn.Identity()
        self.out = nn.Linear(width, width, bias=bias) if has_out else nn.Identity()

    def forward(
        self,
        tokens: Tensor,
        others: Tensor | None = None,
        changed: Callable[[str, Tensor], Tensor] = lambda layer, given: given,
    ) -> Heads:
        """Project tokens to queries, and `others` or the same tokens to keys and values. `changed` returns the input of
        the layer "q", "k" or "v", given its tokens.
        """
        seen = tokens if others is None else others
        inputs = changed("q", tokens), changed("k", seen), changed("v", seen)
        projected = self.query(inputs[0]), self.key(inputs[1]), self.value(inputs[2])
        query, key, value = (part.unflatten(-1, (-1, self.size)) for part in projected)
        normed = self.query_norm(query), self.key_norm(key), value
        query, key, value = (part.transpose(1, 2) for part in normed)
        return query, key, value


def attend(heads: Heads, rotation: Rotation | None = None, bias: Tensor | None = None) -> Tensor:
    """Compute the softmax attention of all heads, with rotary position embedding. Returns a tensor of shape (N, T,
    width). `bias` (N, 1, T, S) is added to the products of queries and keys.
    """
    query, key, value = heads
    if rotation is not None:
        query, key = rotate(query, rotation), rotate(key, rotation)
    shares = query.shape[1] != key.shape[1]
    if shares and bias is not None:
        # GPU kernels with a bias take as many heads of keys as of queries.
        key, value = (each.repeat_interleave(query.shape[1] // each.shape[1], dim=1) for each in (key, value))
        shares = False
    mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=bias, enable_gqa=shares)
    return mixed.transpose(1, 2).flatten(2)


class JointAttention(nn.Module):
    """Softmax attention over the concatenated text and image tokens. It is a module, although it has no weights, so
    that hooks can read its queries and keys.
    """

    def forward(self, heads: Heads, rotation: Rotation | None = None, bias: Tensor | None = None) -> Tensor:
        return attend(heads, rotation, bias)


class CrossAttention(nn.Module):
    """Softmax attention of image tokens to text tokens. It is a module for the same reason as `JointAttention`."""

    def forward(self, heads: Heads, bias: Tensor | None = None) -> Tensor:
        return attend(heads, None, bias)


def text_attention(
    heads: Heads,
    rotation: Rotation | None,
    text: int,
    places: int,
    tokens: Sequence[int],
    *,
    bias: Tensor | None = None,
    is_cross: bool = False,
) -> Tensor:
    """Return the attention of each image token to the text tokens with the indices `tokens`, averaged over the heads.
    The shape is (N, len(tokens) + 1, `places`), where `places` is the number of image tokens.

    The first `text` tokens belong to the text, the next `places` to the image. With `is_cross`, all queries belong to
    the image, and all keys to the text. The last row is the attention to the whole text. `bias` is that of `attend`. At
    most about PART numbers are computed at a time.
    """
    query, key, _ = heads
    if rotation is not None:
        query, key = rotate(query, rotation), rotate(key, rotation)
    shared = query.shape[1] // key.shape[1]
    rows = max(PART // key.shape[2], 1)
    first = 0 if is_cross else text
    found = []
    seen = query[:, :, first : first + places].split(rows, dim=2)
    added = [None] * len(seen) if bias is None else bias[:, 0, first : first + places].float().split(rows, dim=1)
    for part, more in zip(seen, added, strict=True):
        parts = []
        for head in range(query.shape[1]):
            products = part[:, head].float() @ key[:, head // shared].float().transpose(1, 2)
            products = products / query.shape[-1] ** 0.5
            shares = (products if more is None else products + more).softmax(dim=-1)
            whole = shares[..., :text].sum(dim=-1, keepdim=True)
            parts.append(torch.cat([shares[..., list(tokens)], whole], dim=-1))
        found.append(sum(parts[1:], parts[0]) / len(parts))
    return torch.cat(found, dim=1).transpose(1, 2)


def rotary_positions(positions: Tensor, axes: Sequence[int], theta: float, device: torch.device) -> Rotation:
    """Compute the rotary position embedding for tokens at `positions` (T, axes): the cosines and sines of their
    rotation angles, in fp32.

    In each head, axes[i] / 2 pairs of numbers are rotated by the position along axis i, at 1 to 1 / theta radians per
    step. The angles are computed in fp64 on the CPU, and copied to a GPU without waiting for it.
    """
    angles = []
    for axis, numbers in enumerate(axes):
        rates = theta ** (-torch.arange(0, numbers, 2, dtype=torch.float64) / numbers)
        angles.append(positions[:, axis, None].double() * rates)
    turned = torch.cat(angles, dim=1)
    found = turned.cos().float(), turned.sin().float()
    if device.type == "cuda":
        found = found[0].pin_memory(), found[1].pin_memory()
    return found[0].to(device, non_blocking=True), found[1].to(device, non_blocking=True)


def rotate(heads: Tensor, rotation: Rotation) -> Tensor:
    """Apply a rotary position embedding: rotate neighbouring pairs of channels in queries or keys (N, heads, T, D), in
    fp32.
    """
    cosine, sine = rotation
    first, second = heads.float().unflatten(-1, (-1, 2)).unbind(-1)
    turned = torch.stack([first * cosine - second * sine, first * sine + second * cosine], dim=-1)
    return turned.flatten(-2).to(heads.dtype)


def grid_positions(height: int, width: int, axes: int = 3, *, first: int = 0) -> Tensor:
    """Return the position of each image token in a grid, (first, row, column, 0 …), as an integer tensor (height ·
    width, axes) for rotary embeddings.
    """
    positions = torch.zeros(height, width, axes, dtype=torch.long)
    positions[..., 0] = first
    positions[..., 1] = torch.arange(height)[:, None]
    positions[..., 2] = torch.arange(width)
    return positions.flatten(0, 1)


class GeluFeedForward(nn.Module):
    """Feed-forward network of a transformer, with the tanh approximation of GELU."""

    def __init__(self, width: int, hidden: int, *, has_down: bool = True) -> None:
        super().__init__()
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width) if has_down else nn.Identity()

    def forward(self, tokens: Tensor) -> Tensor:
        out: Tensor = self.down(F.gelu(self.up(tokens), approximate="tanh"))
        return out


class SwiGlu(nn.Module):
    """Feed-forward network of a transformer whose hidden layer is gated by SiLU, without biases."""

    def __init__(self, width: int, hidden: int, *, has_down: bool = True) -> None:
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False) if has_down else nn.Identity()

    def forward(self, tokens: Tensor) -> Tensor:
        out: Tensor = self.down(F.silu(self.gate(tokens)) * self.up(tokens))
        return out


class Modulation(nn.Linear):
    """Linear layer that computes the shifts, scales and gates of a transformer block from an activated embedding:
    `count` tensors of shape (N, 1, width).
    """

    def __init__(self, width: int, count: int, *, source: int = 0, bias: bool = True) -> None:
        super().__init__(source or width, count * width, bias=bias)
        self.count = count

    def forward(self, embedding: Tensor) -> Modulations:  # type: ignore[override]
        return self.split_modulations(super().forward(embedding))

    def split_modulations(self, found: Tensor) -> Modulations:
        """Split an output (N, count · width) of the layer into the separate shifts, scales and gates."""
        return found[:, None].chunk(self.count, dim=-1)


class ShiftAndScale(nn.Module):
    """Layer that computes the shift and the scale (N, 1, width) with which a normalised tensor is modulated, from an
    activated embedding (N, width).
    """

    def __init__(self, width: int, *, bias: bool = True) -> None:
        super().__init__()
        self.shift = nn.Linear(width, width, bias=bias)
        self.scale = nn.Linear(width, width, bias=bias)

    def forward(self, embedding: Tensor) -> Modulations:
        return self.shift(embedding)[:, None], self.scale(embedding)[:, None]


class Stream(nn.Module):
    """Layers of a joint transformer block for one stream, text or image: attention projections and feed-forward
    network.
    """

    def __init__(self, attention: Attention, feed_forward: nn.Module) -> None:
        super().__init__()
        self.attention = attention
        self.feed_forward = feed_forward

    def add(self, tokens: Tensor, attended: Tensor, modulations: Modulations) -> Tensor:
        """Add the gated results of the attention and of the feed-forward network to the tokens."""
        _, _, gate, shift, scale, last_gate = modulations[:6]
        tokens = tokens + gate * self.attention.out(attended)
        out: Tensor = tokens + last_gate * self.feed_forward(modulate(tokens, shift, scale))
        return out


class JointBlock(nn.Module):
    """Transformer block in which text and image tokens have separate weights and attend to each other (MM-DiT).

    It is conditioned on `c`, an activated embedding (N, width) or, always for a block without modulation layers, the
    modulations of image and text.
    """

    def __init__(
        self,
        image: Stream,
        text: Stream,
        image_modulation: nn.Module | None = None,
        text_modulation: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.image = image
        self.text = text
        self.mix = JointAttention()
        self.image_modulation = image_modulation
        self.text_modulation = text_modulation

    def forward(
        self,
        image: Tensor,
        text: Tensor,
        c: JointCondition,
        rotation: Rotation | None = None,
        bias: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        of_image, of_text = self.modulations(c)
        attended_image, attended_text = self.attend(image, text, of_image, of_text, rotation, bias)
        return self.image.add(image, attended_image, of_image), self.text.add(text, attended_text, of_text)

    def modulations(self, c: JointCondition) -> tuple[Modulations, Modulations]:
        """Return the modulations (shifts, scales and gates) of the image tokens and of the text tokens."""
        if isinstance(c, Tensor):
            assert self.image_modulation is not None and self.text_modulation is not None
            return self.image_modulation(c), self.text_modulation(c)
        of_image, of_text = c
        return of_image, of_text

    def attend(
        self,
        image: Tensor,
        text: Tensor,
        of_image: Modulations,
        of_text: Modulations,
        rotation: Rotation | None,
        bias: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        """Compute the joint attention of image and text tokens, before the output projections. Returns the result for
        the image and the result for the text.
        """
        places = self.image.attention(modulate(image, *of_image[:2]))
        words = self.text.attention(modulate(text, *of_text[:2]))
        query, key, value = (torch.cat(parts, dim=2) for parts in zip(words, places, strict=True))
        attended = self.mix((query, key, value), rotation, bias)
        return attended[:, text.shape[1] :], attended[:, : text.shape[1]]


class ParallelBlock(nn.Module):
    """Transformer block that computes attention and feed-forward network in parallel, with common input and output
    layers.

    Dehghani et al. 2023, arXiv:2302.05442, section 2. It is conditioned on `c`, an activated embedding (N, width) or,
    for a block without a modulation layer, its modulations.
    """

    def __init__(
        self, attention: Attention, feed_forward: nn.Module, out: nn.Linear, modulation: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.attention = attention
        self.mix = JointAttention()
        self.feed_forward = feed_forward
        self.out = out
        self.modulation = modulation

    def forward(
        self, tokens: Tensor, c: Tensor | Modulations, rotation: Rotation, bias: Tensor | None = None
    ) -> Tensor:
        shift, scale, gate = self.modulation(c) if self.modulation is not None else c
        normed = modulate(tokens, shift, scale)
        attended = self.mix(self.attention(normed), rotation, bias)
        out: Tensor = tokens + gate * self.out(torch.cat([attended, self.feed_forward(normed)], dim=-1))
        return out


def tokens_of(x: Tensor, patch: int = 2, *, channels_last: bool = False) -> Tensor:
    """Split latents (N, C, H, W) into square patches, and return them as tokens (N, H/p · W/p, C · p²).

    The numbers of a token are ordered by channel, then by pixel, or with `channels_last` by pixel, then by channel.
    Raises ValueError if a side is not divisible by the patch size.
    """
    if any(side % patch for side in x.shape[-2:]):
        raise ValueError(f"latents of {tuple(x.shape[-2:])} have no whole patches of {patch}")
    pixels = x.unflatten(3, (-1, patch)).unflatten(2, (-1, patch))  # (N, C, h, p, w, p)
    order = (0, 2, 4, 3, 5, 1) if channels_last else (0, 2, 4, 1, 3, 5)
    return pixels.permute(order).flatten(3).flatten(1, 2)


def latents_of(tokens: Tensor, height: int, width: int, patch: int = 2, *, channels_last: bool = False) -> Tensor:
    """Assemble latents (N, C, height · p, width · p) from patch tokens (N, height · width, C · p²). This is the inverse
    of `tokens_of`.
    """
    sizes = (patch, patch, -1) if channels_last else (-1, patch, patch)
    numbers = tokens.unflatten(2, sizes).unflatten(1, (height, width))
    order = (0, 5, 1, 3, 2, 4) if channels_last else (0, 3, 1, 4, 2, 5)
    return numbers.permute(order).flatten(4).flatten(2, 3)
