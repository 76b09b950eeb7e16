"""FLUX.1 (Black Forest Labs 2024), and Chroma, which computes all modulations with one small network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.networks.deep_features import DeepFeatures, reuse_residual
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    GeluFeedForward,
    JointBlock,
    JointCondition,
    Modulation,
    Modulations,
    ParallelBlock,
    ShiftAndScale,
    Stream,
    grid_positions,
    latents_of,
    rotary_positions,
    tokens_of,
)
from gdm_studio.networks.diffusion_transformers.configurations import INDEX_WAVES, WAVES, Flux1Config
from gdm_studio.networks.diffusion_transformers.control_residuals import ControlResiduals, add_residuals
from gdm_studio.networks.papers.backbones.dit import modulate
from gdm_studio.networks.region_text import RegionLayout, joint_bias
from gdm_studio.networks.stable_diffusion.unet import perceptron, sinusoidal

THETA = 10_000.0
# Conditions of the blocks for text and image, of the single blocks, and modulations of the last layer.
Conditions = tuple[Sequence[JointCondition], Sequence[Tensor | Modulations], Modulations]


class Flux1Blocks(nn.Module):
    """Embeddings and blocks that the transformer `Flux1` and its ControlNets have in common."""

    def __init__(self, config: Flux1Config) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.image_in = nn.Linear(config.inputs, width)
        self.text_in = nn.Linear(config.context, width)
        self.time_in = nn.Identity() if config.approximator else perceptron(WAVES, width)
        self.pooled_in = perceptron(config.pooled, width) if config.pooled else None
        self.guidance_in = perceptron(WAVES, width) if config.guided else None
        self.approximator = Approximator(config) if config.approximator else None
        self.joint = nn.ModuleList(_create_joint_block(config) for _ in range(config.double))
        self.parallel = nn.ModuleList(_create_parallel_block(config) for _ in range(config.single))

    def embed_condition(
        self, timesteps: Tensor, pooled: Tensor | None, guidance: Tensor | None, dtype: torch.dtype
    ) -> Tensor:
        """Return the activated embedding (N, width) of the time, the pooled text and the guidance scale, which
        modulates all blocks.
        """
        embedding = self.time_in(sinusoidal(timesteps, WAVES).to(dtype))
        if self.guidance_in is not None and guidance is not None:
            embedding = embedding + self.guidance_in(sinusoidal(1000 * guidance, WAVES).to(dtype))
        if self.pooled_in is not None:
            embedding = embedding + self.pooled_in(pooled)
        return F.silu(embedding)


class Flux1(Flux1Blocks):
    """Denoising transformer of FLUX.1 and Chroma, called as `network(x, timesteps, context, pooled, guidance)`.

    It returns the velocity eps − x0 with the height and width of x, which must be even. Text tokens all have position
    0.
    """

    def __init__(self, config: Flux1Config) -> None:
        super().__init__(config)
        width = config.width
        self.last_modulation = nn.Identity() if config.approximator else ShiftAndScale(width)
        self.out = nn.Linear(width, config.outputs)

    def forward(
        self,
        x: Tensor,  # (N, inputs / 4, H, W)
        timesteps: Tensor,  # (N,), 0 … 1000, may be fractional
        context: Tensor,  # (N, L, context)
        pooled: Tensor | None = None,  # (N, pooled)
        guidance: Tensor | None = None,  # (N,), the guidance scale
        references: Sequence[Tensor] = (),  # latents (N, inputs / 4, h, w) of reference images
        control: Sequence[ControlResiduals] = (),  # those of all ControlNets
        regions: RegionLayout | None = None,  # where the prompts act of which the context consists
        deep: DeepFeatures | None = None,  # those of all blocks but the first
    ) -> Tensor:
        height, width = (side // 2 for side in x.shape[-2:])
        image = self.image_in(torch.cat([tokens_of(each) for each in (x, *references)], dim=1))
        text = self.text_in(context)
        # Tokens of reference images differ from those of x by their first position (FLUX.1 Kontext).
        grids = [grid_positions(each.shape[-2] // 2, each.shape[-1] // 2, first=1) for each in references]
        positions = torch.cat([torch.zeros(text.shape[1], 3, dtype=torch.long), grid_positions(height, width), *grids])
        rotation = rotary_positions(positions, self.config.axes, THETA, x.device)
        bias = joint_bias(regions, (height, width), image)
        doubles, singles, last = self._compute_conditions(timesteps, pooled, guidance, x.dtype)
        of_joint, of_parallel = [each.joint for each in control], [each.parallel for each in control]
        image, text = self.joint[0](image, text, doubles[0], rotation, bias)
        image = add_residuals(image, of_joint, 0, len(self.joint))

        def run_later_blocks() -> Tensor:
            of_image, of_text = image, text
            for number, (block, c) in islice(enumerate(zip(self.joint, doubles, strict=True)), 1, None):
                of_image, of_text = block(of_image, of_text, c, rotation, bias)
                of_image = add_residuals(of_image, of_joint, number, len(self.joint))
            words = text.shape[1]
            tokens = torch.cat([of_text, of_image], dim=1)
            for number, (block, modulations) in enumerate(zip(self.parallel, singles, strict=True)):
                tokens = block(tokens, modulations, rotation, bias)
                tokens = add_residuals(tokens, of_parallel, number, len(self.parallel), words)
            return tokens[:, words:]

        image = reuse_residual(deep, image, run_later_blocks)
        image = modulate(image[:, : height * width], *last)
        return latents_of(self.out(image), height, width)

    def _compute_conditions(
        self, timesteps: Tensor, pooled: Tensor | None, guidance: Tensor | None, dtype: torch.dtype
    ) -> Conditions:
        if self.approximator is not None:
            conditions: Conditions = self.approximator(timesteps, dtype)
            return conditions
        c = self.embed_condition(timesteps, pooled, guidance, dtype)
        return [c] * len(self.joint), [c] * len(self.parallel), self.last_modulation(c)


class Approximator(nn.Module):
    """Network of Chroma that computes the shifts, scales and gates of all transformer blocks. Its inputs are the time
    and the index of each modulation.
    """

    def __init__(self, config: Flux1Config) -> None:
        super().__init__()
        wide = config.approximator
        layers = config.approximator_layers
        self.config = config
        self.into = nn.Linear(2 * INDEX_WAVES, wide)
        self.norms = nn.ModuleList(nn.RMSNorm(wide, eps=1e-6) for _ in range(layers))
        self.layers = nn.ModuleList(perceptron(wide, wide) for _ in range(layers))
        self.out = nn.Linear(wide, config.width)

    def forward(self, timesteps: Tensor, dtype: torch.dtype) -> Conditions:
        config = self.config
        sizes = [3] * config.single + [6] * (2 * config.double) + [2]
        indices = torch.arange(sum(sizes), device=timesteps.device)
        waves = sinusoidal(1000 * indices, INDEX_WAVES)[None].expand(len(timesteps), -1, -1)
        time = sinusoidal(timesteps, INDEX_WAVES // 2)
        # The guidance scale is 0 in every released model.
        guidance = sinusoidal(torch.zeros_like(timesteps), INDEX_WAVES // 2)
        told = torch.cat([time, guidance], dim=1)[:, None].expand(-1, len(indices), -1)
        h = self.into(torch.cat([told, waves], dim=-1).to(dtype))  # (N, indices, wide)
        for norm, layer in zip(self.norms, self.layers, strict=True):
            h = h + layer(norm(h))
        parts = [part.split(1, dim=1) for part in self.out(h).split(sizes, dim=1)]
        images = parts[config.single : config.single + config.double]
        texts = parts[config.single + config.double : -1]
        return list(zip(images, texts, strict=True)), list(parts[: config.single]), parts[-1]


def _create_joint_block(config: Flux1Config) -> JointBlock:
    width = config.width
    image, text = (Stream(Attention(width, config.heads), GeluFeedForward(width, 4 * width)) for _ in ("image", "text"))
    if config.approximator:
        return JointBlock(image, text)
    return JointBlock(image, text, Modulation(width, 6), Modulation(width, 6))


def _create_parallel_block(config: Flux1Config) -> ParallelBlock:
    width = config.width
    return ParallelBlock(
        Attention(width, config.heads, has_out=False),
        GeluFeedForward(width, 4 * width, has_down=False),
        nn.Linear(5 * width, width),
        None if config.approximator else Modulation(width, 3),
    )
