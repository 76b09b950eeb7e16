"""Reference images as a text encoder sees them: resized, and encoded to features."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from gdm_studio.models.capabilities import size_of_area
from gdm_studio.models.families.diffusion_transformers.conditioning import SeenImage
from gdm_studio.networks.text_encoders.qwen25_vl import MERGED, PATCH

# Side of the square of pixels that becomes one token.
TOKEN = PATCH * MERGED


@torch.no_grad()
def see_image(vision: nn.Module, rgba: Tensor, area: int = 0) -> SeenImage:
    """Encode an image (1, H, W, 4) of RGBA levels for a text encoder, resized to about `area` pixels unless that is 0.
    Transparent pixels are white.
    """
    levels = rgba[0].float()
    opacity = levels[..., 3:] / 255
    over_white = (levels[..., :3] * opacity + 255 * (1 - opacity)).round().to(torch.uint8)
    picture = Image.fromarray(np.asarray(over_white.cpu()))
    # As in the released pipeline, which resizes twice.
    if area:
        picture = picture.resize(size_of_area(area, picture.width / picture.height), Image.Resampling.LANCZOS)
    width, height = (max(1, round(side / TOKEN)) * TOKEN for side in picture.size)
    picture = picture.resize((width, height), Image.Resampling.BICUBIC)
    device = next(vision.parameters()).device
    pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1).float().to(device) / 255
    return SeenImage(vision(pixels).cpu(), (picture.height // TOKEN, picture.width // TOKEN))
