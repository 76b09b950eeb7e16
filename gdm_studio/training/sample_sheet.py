"""Sample sheets that show the progress of a model in training, always with the same prompts and noise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gdm_studio.common.atomic_files import make_folder, open_replacement
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.guidance import guided
from gdm_studio.maths.noise_path import Array, NoiseLevel
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.models.prompts.word_tokenizer import Tokenizer
from gdm_studio.networks.icons.autoencoder import AutoencoderKL

PROMPTS = (
    "cat", "fox", "lion", "octopus", "butterfly", "turtle", "apple", "strawberry", "pizza", "hamburger", "cake",
    "red heart", "tree", "rose", "car", "rocket", "sailboat", "house", "grinning face", "ghost", "robot", "guitar",
    "soccer ball", "crown",
)  # fmt: skip
COLUMNS = 8
STEPS = 14
# The grey level of the background.
BACKGROUND = 255


class SheetModel(Protocol):
    """Protocol of a model in training that can generate the images of a sample sheet."""

    @property
    def tokenizer(self) -> Tokenizer: ...

    @property
    def diffusion(self) -> Diffusion: ...

    def denoised(self, x: Tensor, at: NoiseLevel, ids: Tensor) -> Tensor:
        """Predict the clean latents x0 (N, C, h, w) from noisy latents x and the prompt tokens `ids` (N, L)."""


@torch.inference_mode()
def write(
    path: Path,
    model: SheetModel,
    vae: AutoencoderKL,
    prompts: tuple[str, ...] = PROMPTS,
    *,
    latent: Sequence[int],
    guidance: float,
    styles: Sequence[str] = (),
) -> None:
    """Generate a sample sheet, a PNG with one image per prompt that shows the progress of training, and write it to
    `path`.

    There is one image per prompt, with alternating styles: all styles of the model, if `styles` is empty. `latent` is
    the shape (C, h, w) of one image's latents.
    Raises StorageError.
    """
    pictures = sample(model, vae, prompts, latent=latent, guidance=guidance, styles=styles)
    size = pictures.shape[1]
    rows = -(-len(pictures) // COLUMNS)
    sheet = np.full((rows * size, COLUMNS * size, 3), BACKGROUND, np.uint8)
    for index, picture in enumerate(pictures):
        y, x = index // COLUMNS * size, index % COLUMNS * size
        sheet[y : y + size, x : x + size] = picture
    make_folder(path.parent)
    with open_replacement(path) as file:
        Image.fromarray(sheet).save(file, "PNG")


def sample(
    model: SheetModel,
    vae: AutoencoderKL,
    prompts: tuple[str, ...],
    *,
    latent: Sequence[int],
    guidance: float,
    styles: Sequence[str] = (),
) -> np.ndarray:
    """Generate the images (N, H, W, 3), uint8, of a sample sheet with DPM++ 2M and guidance.

    They are composited over the sheet's background.
    """
    styles = styles or list(model.tokenizer.styles)
    chosen = [styles[(index + index // COLUMNS) % len(styles)] for index in range(len(prompts))]
    device = next(vae.parameters()).device
    with_prompt = torch.tensor([model.tokenizer.encode(p, s) for p, s in zip(prompts, chosen, strict=True)])
    without = torch.tensor([model.tokenizer.encode("")] * len(prompts))
    ids = torch.cat([with_prompt, without]).to(device)

    def pair(x: Array, at: NoiseLevel) -> tuple[Tensor, Tensor]:
        both = model.denoised(torch.cat([x, x]), at, ids)
        return both.chunk(2)[0], both.chunk(2)[1]

    path = model.diffusion.process.path("karras", STEPS)
    generator = torch.Generator().manual_seed(0)
    x = path[0].sigma * torch.randn(len(prompts), *latent, generator=generator).to(device)
    for step in SAMPLERS["dpmpp_2m"].fn(guided(pair, guidance), x, path, None):
        x = step.x
    with fast_autocast(device):
        rgba = ((vae.decode(x).float() + 1) / 2).clamp(0, 1)
    on_ground = rgba[:, :3] + (BACKGROUND / 255) * (1 - rgba[:, 3:])
    return on_ground.clamp(0, 1).mul(255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
