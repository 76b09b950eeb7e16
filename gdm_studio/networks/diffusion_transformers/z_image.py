"""Z-Image (Tongyi 2025) and Lumina-Image 2.0 (Qin et al. 2025, arXiv:2503.21758): one stream of text and image."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, run_later_blocks
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    JointAttention,
    Modulation,
    Rotation,
    SwiGlu,
    grid_positions,
    latents_of,
    rotary_positions,
    tokens_of,
)
from gdm_studio.networks.diffusion_transformers.configurations import WAVES, ZImageConfig
from gdm_studio.networks.stable_diffusion.unet import sinusoidal

# Text and image are padded to multiples of this number of tokens.
MULTIPLE = 32
EPS = 1e-5


class ZImage(nn.Module):
    """Denoising transformer of Z-Image and Lumina 2, called as `network(x, timesteps, context)`.

    It returns the velocity eps − x0 with the shape of x, whose sides must be even. The released networks count the time
    from noise to image and predict x0 − eps; both are converted here. The context must not be padded.
    """

    def __init__(self, config: ZImageConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.image_in = nn.Linear(4 * config.channels, width)
        self.text_norm = nn.RMSNorm(config.context, eps=EPS)
        self.text_in = nn.Linear(config.context, width)
        self.time_in = nn.Sequential(
            nn.Linear(WAVES, config.time_hidden), nn.SiLU(), nn.Linear(config.time_hidden, config.time)
        )
        if config.padded:
            self.image_pad = nn.Parameter(torch.zeros(1, width))
            self.text_pad = nn.Parameter(torch.zeros(1, width))
        self.noise_refiner = nn.ModuleList(SandwichBlock(config) for _ in range(config.refiners))
        self.context_refiner = nn.ModuleList(SandwichBlock(config, modulated=False) for _ in range(config.refiners))
        self.layers = nn.ModuleList(SandwichBlock(config) for _ in range(config.depth))
        self.last_scale = nn.Linear(config.time, width)
        self.out = nn.Linear(width, 4 * config.channels)

    def forward(
        self,
        x: Tensor,  # (N, channels, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        pooled: Tensor | None = None,  # not used
        guidance: Tensor | None = None,  # not used
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        config = self.config
        height, width = (side // 2 for side in x.shape[-2:])
        image = self.image_in(tokens_of(x, channels_last=True))
        text = self.text_in(self.text_norm(context))
        if config.padded:
            image, text = _pad(image, self.image_pad), _pad(text, self.text_pad)
        of_text, of_image = self._compute_rotations(height, width, text.shape[1], image.shape[1], x.device)
        time = 1 - timesteps / 1000 if config.lumina else 1000 - timesteps
        embedding = self.time_in(sinusoidal(time, WAVES).to(x.dtype))
        c = F.silu(embedding) if config.lumina else embedding
        for block in self.noise_refiner:
            image = block(image, of_image, c)
        for block in self.context_refiner:
            text = block(text, of_text)
        tokens = torch.cat([text, image], dim=1)
        rotation = torch.cat([of_text[0], of_image[0]]), torch.cat([of_text[1], of_image[1]])
        tokens = self.layers[0](tokens, rotation, c)
        tokens = run_later_blocks(deep, self.layers, tokens, rotation, c)
        image = tokens[:, text.shape[1] : text.shape[1] + height * width]
        scale = 1 + self.last_scale(F.silu(embedding))[:, None]
        image = F.layer_norm(image, image.shape[-1:], eps=1e-6) * scale
        return -latents_of(self.out(image), height, width, channels_last=True)

    def _compute_rotations(
        self, height: int, width: int, words: int, places: int, device: torch.device
    ) -> tuple[Rotation, Rotation]:
        """Compute the rotary position embeddings of the text tokens and of the image tokens.

        Along the first axis, the image's positions continue after the text's.
        """
        config = self.config
        first = 0 if config.lumina else 1
        text = torch.zeros(words, 3, dtype=torch.long)
        text[:, 0] = torch.arange(first, first + words)
        # Padding tokens of the image have position 0.
        image = torch.zeros(places, 3, dtype=torch.long)
        image[: height * width] = grid_positions(height, width, first=first + words)
        of_text, of_image = (rotary_positions(each, config.axes, config.theta, device) for each in (text, image))
        return of_text, of_image


class SandwichBlock(nn.Module):
    """Transformer block with a normalisation before and after both the attention and the feed-forward network (sandwich
    norm).

    With `modulated`, linear layers of `c` (N, time) scale their inputs and, after tanh, gate their outputs.
    """

    def __init__(self, config: ZImageConfig, *, modulated: bool = True) -> None:
        super().__init__()
        width = config.width
        self.attention = Attention(width, config.heads, value_heads=config.value_heads, eps=EPS, bias=False)
        self.mix = JointAttention()
        self.feed_forward = SwiGlu(width, config.hidden)
        self.attention_norm = nn.RMSNorm(width, eps=EPS)
        self.attention_out_norm = nn.RMSNorm(width, eps=EPS)
        self.feed_forward_norm = nn.RMSNorm(width, eps=EPS)
        self.feed_forward_out_norm = nn.RMSNorm(width, eps=EPS)
        self.modulation = Modulation(width, 4, source=config.time) if modulated else None

    def forward(self, tokens: Tensor, rotation: Rotation, c: Tensor | None = None) -> Tensor:
        scales: tuple[Tensor | float, ...] = (1.0, 1.0)
        gates: tuple[Tensor | float, ...] = (1.0, 1.0)
        if self.modulation is not None:
            first_scale, first_gate, last_scale, last_gate = self.modulation(c)
            scales = 1 + first_scale, 1 + last_scale
            gates = first_gate.tanh(), last_gate.tanh()
        attended = self.mix(self.attention(self.attention_norm(tokens) * scales[0]), rotation)
        tokens = tokens + gates[0] * self.attention_out_norm(self.attention.out(attended))
        added = self.feed_forward(self.feed_forward_norm(tokens) * scales[1])
        return tokens + gates[1] * self.feed_forward_out_norm(added)


def _pad(tokens: Tensor, pad: Tensor) -> Tensor:
    """Append copies of the learned padding token `pad` (1, width) until the number of tokens is a multiple of
    MULTIPLE.
    """
    missing = -tokens.shape[1] % MULTIPLE
    return torch.cat([tokens, pad.to(tokens.dtype).expand(len(tokens), missing, -1)], dim=1)
