"""IP-Adapter (Ye et al. 2023, arXiv:2308.06721): image prompts for Stable Diffusion, by attention to encoded images."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.stable_diffusion.configurations import IPAdapterConfig as IPAdapterConfig
from gdm_studio.networks.stable_diffusion.configurations import ResamplerConfig

# Channels of each head of a resampler.
HEAD = 64


class IPAdapter(nn.Module):
    """Network that converts an encoded image to tokens, called as `adapter(encoded)`, and the keys and values with
    which each cross-attention layer of a U-Net attends to them.

    `layers` are in the order of `UNet.cross_attentions`.
    """

    def __init__(self, config: IPAdapterConfig) -> None:
        super().__init__()
        self.config = config
        resampler = config.resampler
        self.image_proj = Projection(config) if resampler is None else Resampler(config, resampler)
        self.layers = nn.ModuleList(KeyValue(config.context, width) for width in config.widths)

    @property
    def sees_patches(self) -> bool:
        """True for an IP-Adapter Plus, which sees the hidden states of all patches instead of the pooled image."""
        return self.config.resampler is not None

    def forward(self, encoded: Tensor) -> Tensor:
        """Convert pooled images (N, inputs) or, for an IP-Adapter Plus, hidden states (N, P, inputs) to tokens (N,
        tokens, context).
        """
        tokens: Tensor = self.image_proj(encoded)
        return tokens


class KeyValue(nn.Module):
    """Linear layers for the keys and values of image tokens in one cross-attention layer."""

    def __init__(self, context: int, width: int) -> None:
        super().__init__()
        self.to_k = nn.Linear(context, width, bias=False)
        self.to_v = nn.Linear(context, width, bias=False)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Return the keys and values (N, T, width) of tokens (N, T, context)."""
        return self.to_k(tokens), self.to_v(tokens)


class Projection(nn.Module):
    """Linear layer that converts a pooled image (N, inputs) to normalised tokens (N, tokens, context)."""

    def __init__(self, config: IPAdapterConfig) -> None:
        super().__init__()
        self.context = config.context
        self.proj = nn.Linear(config.inputs, config.tokens * config.context)
        self.norm = nn.LayerNorm(config.context)

    def forward(self, pooled: Tensor) -> Tensor:
        tokens: Tensor = self.norm(self.proj(pooled).unflatten(1, (-1, self.context)))
        return tokens


class Resampler(nn.Module):
    """Transformer in which learned queries read the patches of an image (N, P, inputs). The result is (N, tokens,
    context).
    """

    def __init__(self, config: IPAdapterConfig, resampler: ResamplerConfig) -> None:
        super().__init__()
        width = resampler.width
        self.latents = nn.Parameter(torch.empty(1, config.tokens, width))
        self.proj_in = nn.Linear(config.inputs, width)
        self.proj_out = nn.Linear(width, config.context)
        self.norm_out = nn.LayerNorm(config.context)
        self.layers = nn.ModuleList(
            nn.ModuleList(
                [_PerceiverAttention(width, resampler.attention), _create_feed_forward(width, resampler.hidden)]
            )
            for _ in range(resampler.layers)
        )

    def forward(self, patches: Tensor) -> Tensor:
        x = self.proj_in(patches)
        latents = self.latents.expand(len(x), -1, -1)
        for layer in self.layers:
            assert isinstance(layer, nn.ModuleList)
            attention, feed_forward = layer
            latents = latents + attention(x, latents)
            latents = latents + feed_forward(latents)
        tokens: Tensor = self.norm_out(self.proj_out(latents))
        return tokens


class _PerceiverAttention(nn.Module):
    """Attention of latents (N, L, width) to an image (N, P, width) and to themselves."""

    def __init__(self, width: int, inside: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.to_q = nn.Linear(width, inside, bias=False)
        self.to_kv = nn.Linear(width, 2 * inside, bias=False)
        self.to_out = nn.Linear(inside, width, bias=False)

    def forward(self, x: Tensor, latents: Tensor) -> Tensor:
        latents = self.norm2(latents)
        both = torch.cat([self.norm1(x), latents], dim=1)
        parts = (self.to_q(latents), *self.to_kv(both).chunk(2, dim=-1))
        query, key, value = (part.unflatten(-1, (-1, HEAD)).transpose(1, 2) for part in parts)
        mixed = F.scaled_dot_product_attention(query, key, value)
        out: Tensor = self.to_out(mixed.transpose(1, 2).flatten(2))
        return out


def _create_feed_forward(width: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(
        nn.LayerNorm(width), nn.Linear(width, hidden, bias=False), nn.GELU(), nn.Linear(hidden, width, bias=False)
    )
