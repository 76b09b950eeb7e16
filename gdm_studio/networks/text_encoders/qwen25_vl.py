"""Qwen2.5-VL (Bai et al. 2025, arXiv:2502.13923) as the text encoder of Qwen-Image: language model and image encoder.

The image encoder reads patches of 14 pixels, four of which become one token of the language model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.text_encoders.decoder import DecoderConfig, rotate
from gdm_studio.networks.text_encoders.prompt_format import PromptFormat

_ASSISTANT = "<|im_end|>\n<|im_start|>assistant\n"
_SYSTEM = "<|im_start|>system\n{}<|im_end|>\n<|im_start|>user\n"
_DESCRIBE = (
    "Describe the image by detailing the color, shape, size, texture, quantity, text, spatial relationships of the"
    " objects and background:"
)
_EDIT = (
    "Describe the key features of the input image (color, shape, size, texture, objects, background), then explain how"
    " the user's text instruction should alter or modify the image. Generate a new image that meets the user's"
    " requirements while maintaining consistency with the original input where appropriate."
)
# The hidden states of the tokens after the system prompt. At most 512 of them are used.
QWEN_IMAGE = PromptFormat(_SYSTEM.format(_DESCRIBE), _ASSISTANT, tokens=34 + 512, masked=True, dropped=34)
# Longer than any prompt with its images; the released pipelines have no limit.
QWEN_IMAGE_EDIT = PromptFormat(_SYSTEM.format(_EDIT), _ASSISTANT, tokens=64 + 4096, masked=True, dropped=64)
# Token that stands for a part of an image, and the tokens around an image.
IMAGE, IMAGE_BEGIN, IMAGE_END = "<|image_pad|>", "<|vision_start|>", "<|vision_end|>"
# Pixels of a patch, patches of a token, along each side, and frames of a patch: an image is seen as two equal frames.
PATCH, MERGED, FRAMES = 14, 2, 2
# Side of a window of attention in tokens. Every eighth layer attends to the whole image.
WINDOW = 4
WHOLE_EVERY = 8
# Base of the rotary frequencies of the image encoder.
THETA = 1e4
# Mean and standard deviation of the colours that the image encoder was trained with, for values 0 … 1.
MEAN, DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def qwen25_config(
    width: int, layers: int, heads: int, hidden: int, *, key_heads: int = 4, head: int = 128, vocabulary: int = 152064
) -> DecoderConfig:
    """Create the configuration of a Qwen2.5-VL language model with these sizes."""
    row = head * 3 // 16
    return DecoderConfig(
        vocabulary, width, layers, heads, key_heads, head, hidden, theta=1e6, bias=True,
        sections=(head // 2 - 2 * row, row, row),
    )  # fmt: skip


QWEN25_VL_7B = qwen25_config(3584, 28, 28, 18944)


@dataclass(frozen=True)
class VisionConfig:
    """Hyperparameters of the image encoder `Vision`. The defaults are those of Qwen2.5-VL 7B."""

    width: int = 1280
    layers: int = 32
    heads: int = 16
    hidden: int = 3420
    # Width of the language model.
    out: int = 3584


class Vision(nn.Module):
    """Image encoder of Qwen2.5-VL. The weight names are those of the library transformers."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbedding(config.width)
        self.blocks = nn.ModuleList(VisionLayer(config) for _ in range(config.layers))
        self.merger = Merger(config)

    def forward(self, image: Tensor) -> Tensor:
        """Encode an image (3, H, W) with values 0 … 1, whose sides are multiples of PATCH · MERGED, to the features
        (tokens, out) of its tokens, row by row.
        """
        mean, deviation = (torch.tensor(each)[:, None, None].to(image) for each in (MEAN, DEVIATION))
        frames = ((image - mean) / deviation)[None, :, None].expand(-1, -1, FRAMES, -1, -1)
        patches = self.patch_embed(frames)[0, :, 0]  # (width, rows, columns)
        rows, columns = (side // MERGED for side in patches.shape[-2:])
        order, windows = _order_in_windows(rows, columns)
        axes = torch.meshgrid(torch.arange(MERGED * rows), torch.arange(MERGED * columns), indexing="ij")
        h = _group_patches(patches)[order.to(patches.device)].flatten(0, 1)
        places = _group_patches(torch.stack(axes))[order].flatten(0, 1)  # (T, 2)
        frequencies = self.config.width // self.config.heads // 4
        rotation = rotary_by_axes(places, 2 * frequencies, THETA, h)
        for number, block in enumerate(self.blocks):
            is_whole = number % WHOLE_EVERY == WHOLE_EVERY - 1
            h = block(h, rotation, (len(h),) if is_whole else windows)
        found: Tensor = self.merger(h)
        return found[order.argsort().to(found.device)]


class PatchEmbedding(nn.Module):
    """Linear layer of the patches of an image (N, 3, FRAMES, H, W)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        size = FRAMES, PATCH, PATCH
        self.proj = nn.Conv3d(3, width, size, size, bias=False)

    def forward(self, frames: Tensor) -> Tensor:
        patches: Tensor = self.proj(frames.to(self.proj.weight.dtype))
        return patches


class VisionLayer(nn.Module):
    """Transformer layer of the image encoder, whose attention is limited to windows of patches."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.norm1 = nn.RMSNorm(config.width, eps=1e-6)
        self.norm2 = nn.RMSNorm(config.width, eps=1e-6)
        self.attn = VisionAttention(config)
        self.mlp = VisionPerceptron(config)

    def forward(self, h: Tensor, rotation: tuple[Tensor, Tensor], windows: Sequence[int]) -> Tensor:
        h = h + self.attn(self.norm1(h), rotation, windows)
        out: Tensor = h + self.mlp(self.norm2(h))
        return out


class VisionAttention(nn.Module):
    """Self-attention of the image encoder within each window."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.proj = nn.Linear(config.width, config.width)

    def forward(self, h: Tensor, rotation: tuple[Tensor, Tensor], windows: Sequence[int]) -> Tensor:
        query, key, value = self.qkv(h).unflatten(-1, (3, self.heads, -1)).permute(1, 2, 0, 3)  # (heads, T, head)
        query, key = rotate(query, rotation), rotate(key, rotation)
        parts = zip(*(each.split(list(windows), dim=1) for each in (query, key, value)), strict=True)
        mixed = torch.cat([F.scaled_dot_product_attention(*(each[None] for each in part))[0] for part in parts], dim=1)
        out: Tensor = self.proj(mixed.transpose(0, 1).flatten(1))
        return out


class VisionPerceptron(nn.Module):
    """Gated feed-forward network of the image encoder, with biases."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.width, config.hidden)
        self.up_proj = nn.Linear(config.width, config.hidden)
        self.down_proj = nn.Linear(config.hidden, config.width)

    def forward(self, h: Tensor) -> Tensor:
        out: Tensor = self.down_proj(F.silu(self.gate_proj(h)) * self.up_proj(h))
        return out


class Merger(nn.Module):
    """Perceptron that merges neighbouring patches into one token of the language model."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        inner = MERGED**2 * config.width
        self.ln_q = nn.RMSNorm(config.width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(inner, inner), nn.GELU(), nn.Linear(inner, config.out))

    def forward(self, h: Tensor) -> Tensor:
        out: Tensor = self.mlp(self.ln_q(h).unflatten(0, (-1, MERGED**2)).flatten(1))
        return out


def token_positions(ids: Sequence[int], image: int, grids: Sequence[tuple[int, int]]) -> Tensor:
    """Return the positions (3, L) of tokens along time, rows and columns. `grids` are the rows and columns of the
    images' tokens, whose id is `image`.

    An image has one time, and the text after it continues at its longer side.
    """
    found: list[Tensor] = []
    here = at = 0
    waiting = iter(grids)
    while at < len(ids):
        if ids[at] == image:
            rows, columns = next(waiting)
            place = torch.zeros(3, rows, columns, dtype=torch.long)
            place[1] = torch.arange(rows)[:, None]
            place[2] = torch.arange(columns)
            found.append(here + place.flatten(1))
            here += max(rows, columns)
            at += rows * columns
        else:
            found.append(torch.full((3, 1), here))
            here += 1
            at += 1
    return torch.cat(found, dim=1)


def rotary_by_axes(places: Tensor, width: int, theta: float, like: Tensor) -> tuple[Tensor, Tensor]:
    """Return the cosines and sines (T, 2 · axes · width / 2) of a rotary position embedding for tokens at places (T,
    axes). Each axis turns `width` / 2 frequencies, and the angles are repeated in the second half of the head.
    """
    rates = theta ** -(torch.arange(0, width, 2, dtype=torch.float32) / width)
    angles = (places[..., None].float() * rates).flatten(1).repeat(1, 2)
    return angles.cos().to(like), angles.sin().to(like)


def _group_patches(x: Tensor) -> Tensor:
    """Group the patches x (C, rows, columns) that become one token, and return (tokens, MERGED², C)."""
    blocks = x.unflatten(2, (-1, MERGED)).unflatten(1, (-1, MERGED))  # (C, rows, 2, columns, 2)
    return blocks.permute(1, 3, 2, 4, 0).flatten(2, 3).flatten(0, 1)


def _order_in_windows(rows: int, columns: int) -> tuple[Tensor, list[int]]:
    """Return the order of an image's tokens by windows of attention, and the number of patches in each window."""
    tokens = torch.arange(rows * columns).unflatten(0, (rows, columns))
    parts = [part.flatten() for band in tokens.split(WINDOW) for part in band.split(WINDOW, dim=1)]
    return torch.cat(parts), [MERGED**2 * len(part) for part in parts]
