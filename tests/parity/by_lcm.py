"""Reference outputs of diffusers' U-Net with the guidance as an input, as in LCM, in double precision.

    pip install .[parity] && python -m tests.parity.by_lcm

writes tests/data/parity/lcm.npz: the names and shapes of the U-Net's weights, and its outputs.
"""

from __future__ import annotations

import json
from importlib.metadata import version

import diffusers
import numpy as np
import torch

from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs, weights

FILE = FOLDER / "lcm.npz"
SCALES = (8.0, 1.5)


def main() -> None:
    unet = diffusers.UNet2DConditionModel(
        sample_size=8, layers_per_block=1, block_out_channels=(32, 64), cross_attention_dim=768, attention_head_dim=8,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        time_cond_proj_dim=256,
    ).double().eval()  # fmt: skip
    shapes = {name: tuple(weight.shape) for name, weight in unet.named_parameters()}
    unet.load_state_dict(weights(shapes), strict=False)
    told = diffusers.LatentConsistencyModelPipeline.get_guidance_scale_embedding
    waves = told(None, torch.tensor(SCALES) - 1, embedding_dim=256, dtype=torch.float64)
    timesteps = torch.tensor([3.0, 641.5], dtype=torch.float64)
    with torch.no_grad():
        x, context = inputs("x", 2, 4, 12, 8), inputs("context", 2, 7, 768)
        answer = unet(x, timesteps, context, timestep_cond=waves).sample
    about = {"versions": {name: version(name) for name in ("diffusers", "torch")}, "shapes": shapes, "scales": SCALES}
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), answer=answer.numpy())


if __name__ == "__main__":
    main()
