"""The pictures that both diffusers' pipelines and we make: of which small checkpoint, how, with which adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tests.parity.numbers import FOLDER
from tests.parity.weights import weights

FILE = FOLDER / "pipelines.npz"
PROMPT, NEGATIVE = "a photo of an astronaut riding a horse on mars, highly detailed", "blurry"
STEPS, GUIDANCE, SIDE = 4, 5.0, 64
EVERY = 4  # pixel of a picture is compared, along both axes


@dataclass(frozen=True)
class Case:
    """A picture; the adapter's strength is 0 for none."""

    kind: str  # of `tiny_stable.KINDS`
    sampler: str
    spacing: str
    prediction: str = "epsilon"
    clip_skip: int = 1  # as AUTOMATIC1111's web UI counts it
    adapter: float = 0.0

    @property
    def told(self) -> Mapping[str, str]:
        """Return the metadata of a single-file checkpoint."""
        return {"modelspec.prediction_type": "v"} if self.prediction == "v_prediction" else {}


CASES: Mapping[str, Case] = {
    "sd1.ddim": Case("sd1", "ddim", "leading_1"),
    "sd1.euler": Case("sd1", "euler", "karras"),
    "sd1.dpmpp_2m": Case("sd1", "dpmpp_2m", "trailing"),
    "sd1.dpmpp_2m.karras": Case("sd1", "dpmpp_2m", "karras"),
    "sd1.clip_skip": Case("sd1", "ddim", "leading_1", clip_skip=2),
    "sd1.adapter": Case("sd1", "dpmpp_2m", "trailing", adapter=0.8),
    "inpainting.ddim": Case("inpainting", "ddim", "leading_1"),
    "inpainting.dpmpp_2m": Case("inpainting", "dpmpp_2m", "trailing"),
    "sd2.ddim": Case("sd2", "ddim", "leading_1", "v_prediction"),
    "sd2.dpmpp_2m": Case("sd2", "dpmpp_2m", "trailing", "v_prediction"),
    "sd2.clip_skip": Case("sd2", "ddim", "leading_1", "v_prediction", clip_skip=2),
    "sd2.adapter": Case("sd2", "ddim", "leading_1", "v_prediction", adapter=-0.7),
    "sd2.euler": Case("sd2", "euler", "karras", "v_prediction"),
    "sdxl.euler": Case("sdxl", "euler", "karras"),
    "sdxl.ddim": Case("sdxl", "ddim", "leading_1"),
    "sdxl.dpmpp_2m": Case("sdxl", "dpmpp_2m", "trailing"),
    "sdxl.adapter": Case("sdxl", "ddim", "leading_1", adapter=0.6),
}
TEXTS = {  # what kohya's trainer puts before the layers of each text encoder, and its width
    "sd1": {"lora_te": 768}, "sd2": {"lora_te": 1024}, "sdxl": {"lora_te1": 768, "lora_te2": 1280},
}  # fmt: skip
CONTEXT = {"sd1": 768, "sd2": 1024, "sdxl": 2048}  # width of the text that the U-Net attends to
RANK, ALPHA = 3, 2.0


def adapter(kind: str) -> dict[str, Tensor]:
    """Return a LoRA in kohya's layout: two layers of the U-Net, all linear layers of two blocks per text encoder."""
    attention = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn"
    layers = {f"{attention}1_to_q": (64, 64), f"{attention}2_to_k": (64, CONTEXT[kind])}
    for prefix, width in TEXTS[kind].items():
        for layer in range(2):
            place = f"{prefix}_text_model_encoder_layers_{layer}"
            layers |= {f"{place}_self_attn_{each}_proj": (width, width) for each in ("q", "k", "v", "out")}
            layers |= {f"{place}_mlp_fc1": (4 * width, width), f"{place}_mlp_fc2": (width, 4 * width)}
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, (out, wide) in layers.items():
        shapes |= {f"{layer}.lora_down.weight": (RANK, wide), f"{layer}.lora_up.weight": (out, RANK)}
    found = {name: 3 * weight.float() for name, weight in weights(shapes).items()}
    return found | {f"{layer}.alpha": torch.tensor(ALPHA) for layer in layers}


def drawing() -> np.ndarray:
    """Return an image for inpainting, (SIDE, SIDE, 3) uint8."""
    return np.random.Generator(np.random.PCG64(7919)).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def mask() -> np.ndarray:
    """Return a mask (SIDE, SIDE) uint8: 255 in the left half and the lower right corner, aligned with latents."""
    found = np.zeros((SIDE, SIDE), np.uint8)
    found[:, : SIDE // 2] = found[SIDE - 16 :, SIDE - 24 :] = 255
    return found
