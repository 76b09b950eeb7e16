"""Cases of the comparison with diffusers' pipelines of 2025 and 2026, on small models with made-up weights."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from gdm_studio.networks.diffusion_transformers.anima_configuration import AnimaConfig, anima_weights
from gdm_studio.networks.diffusion_transformers.configurations import Flux2Config, Weights, flux2_weights
from gdm_studio.networks.diffusion_transformers.ernie_image_configuration import ErnieImageConfig, ernie_image_weights
from gdm_studio.networks.diffusion_transformers.ideogram4_configuration import Ideogram4Config, ideogram4_weights
from gdm_studio.networks.diffusion_transformers.krea2_configuration import Krea2Config, krea2_weights
from gdm_studio.networks.diffusion_transformers.qwen_image_configuration import QwenImageConfig, qwen_image_weights
from tests.helpers import tiny_transformers
from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs

FILE = FOLDER / "recent_pipelines.json.xz"
PROMPT, NEGATIVE = "a photo of an astronaut riding a horse on mars, highly detailed", "blurry"
# Longer than the 512 tokens that most models take.
LONG = "a red fox beside a lake, " * 100
STEPS = 4
# Width and height, which differ so that swapped axes are noticed.
SIZE = (160, 128)
# Area to which Qwen-Image-Edit's references are resized here in place of a megapixel, with which an image takes ten
# times as long, and its sizes that the cases have.
REFERENCE_AREA = 256 * 256
REFERENCE_SIZES = ((256, 256), (320, 224))
# Strides at which numbers of the latents and of an image are compared.
EVERY_LATENT, EVERY_PIXEL = 83, 1499


def read_stored() -> dict[str, Any]:
    """Return the stored numbers of each case."""
    stored: dict[str, Any] = json.loads(lzma.decompress(FILE.read_bytes()))
    return stored


def write_stored(numbers: Mapping[str, Any]) -> None:
    FILE.write_bytes(lzma.compress(json.dumps(numbers, separators=(",", ":")).encode(), preset=9))


@dataclass(frozen=True)
class Case:
    """An image of one of the models of `tiny_transformers.KINDS`."""

    kind: str
    guidance: float = 1.0
    prompt: str = PROMPT
    negative: str = NEGATIVE
    # Sizes (width, height) of the reference images.
    references: tuple[tuple[int, int], ...] = ()
    # Number of first steps that are left out, because the run starts from an image.
    skipped: int = 0
    # Whether a LoRA changes layers of the first block.
    lora: bool = False
    # Guidance that the network takes as its input, or None.
    distilled_guidance: float | None = None
    # Layout in which the test reads the model.
    layout: str = "files"


CASES: Mapping[str, Case] = {
    "Qwen-Image": Case("qwen-image", guidance=4.0),
    "Qwen-Image without guidance": Case("qwen-image", layout="folder"),
    "Qwen-Image, empty prompts": Case("qwen-image", guidance=4.0, prompt="", negative=""),
    "Qwen-Image, long prompt": Case("qwen-image", guidance=4.0, prompt=LONG),
    "Qwen-Image from an image": Case("qwen-image", guidance=4.0, skipped=2),
    "Qwen-Image with a LoRA": Case("qwen-image", guidance=4.0, lora=True),
    "Qwen-Image-Edit": Case("qwen-image edit", guidance=4.0, references=REFERENCE_SIZES[:1]),
    "Qwen-Image-Edit 2509": Case("qwen-image edit 2509", references=((256, 256), (97, 301))),
    "Qwen-Image-Edit 2511": Case("qwen-image edit 2511", guidance=4.0, references=REFERENCE_SIZES[1:], layout="folder"),
    "Krea 2": Case("krea 2", guidance=5.5),
    "Krea 2, empty prompts": Case("krea 2", guidance=5.5, prompt="", negative=""),
    "Krea 2, long prompt": Case("krea 2", guidance=5.5, prompt=LONG),
    "Krea 2 with a LoRA": Case("krea 2", guidance=5.5, lora=True),
    "Krea 2 Turbo": Case("krea 2 turbo", layout="folder"),
    "FLUX.2 dev": Case("flux2 dev", negative="", distilled_guidance=4.0),
    "FLUX.2 dev, empty prompt": Case("flux2 dev", negative="", distilled_guidance=2.5, prompt="", layout="folder"),
    "FLUX.2 dev, long prompt": Case("flux2 dev", negative="", distilled_guidance=4.0, prompt=LONG),
    "FLUX.2 dev with references": Case(
        "flux2 dev", negative="", distilled_guidance=4.0, references=((160, 128), (128, 192))
    ),
    "FLUX.2 dev with a LoRA": Case("flux2 dev", negative="", distilled_guidance=4.0, lora=True),
    "ERNIE-Image": Case("ernie-image", guidance=4.0),
    "ERNIE-Image, empty prompts": Case("ernie-image", guidance=4.0, prompt="", negative="", layout="folder"),
    "ERNIE-Image, long prompt": Case("ernie-image", guidance=4.0, prompt=LONG),
    "ERNIE-Image with a LoRA": Case("ernie-image", guidance=4.0, lora=True),
    "ERNIE-Image Turbo": Case("ernie-image turbo"),
    "Anima": Case("anima", guidance=4.5),
    "Anima, empty prompts": Case("anima", guidance=4.5, prompt="", negative="", layout="folder"),
    "Anima, long prompt": Case("anima", guidance=4.5, prompt=LONG),
    "Anima with a LoRA": Case("anima", guidance=4.5, lora=True),
    "Anima Turbo": Case("anima turbo"),
    "Ideogram 4": Case("ideogram 4", guidance=7.0, negative=""),
    "Ideogram 4 without guidance": Case("ideogram 4", negative=""),
    "Ideogram 4, empty prompt": Case("ideogram 4", guidance=7.0, prompt="", negative="", layout="folder"),
    "Ideogram 4, long prompt": Case("ideogram 4", guidance=3.0, prompt=LONG, negative=""),
    "Ideogram 4 with a LoRA": Case("ideogram 4", guidance=7.0, negative="", lora=True),
}
# The released networks: the table of their weights, their configurations, and their numbers of parameters, which are
# those of diffusers' networks.
RELEASED: Mapping[str, tuple[Callable[[Any], Weights], Any, int]] = {
    "Qwen-Image": (qwen_image_weights, QwenImageConfig(), 20_430_401_088),
    "Krea 2": (krea2_weights, Krea2Config(), 12_820_073_036),
    "FLUX.2 dev": (
        flux2_weights,
        Flux2Config(width=6144, heads=48, double=8, single=48, context=15360, guided=True),
        32_223_281_152,
    ),
    "ERNIE-Image": (ernie_image_weights, ErnieImageConfig(), 8_033_490_048),
    "Anima": (anima_weights, AnimaConfig(), 2_091_068_928),
    "Ideogram 4": (ideogram4_weights, Ideogram4Config(), 9_279_288_448),
}
# Layers that a LoRA changes, by their names in diffusers.
_LAYERS = {
    "qwen-image": ("attn.to_q", "attn.add_k_proj", "attn.to_out.0", "img_mlp.net.0.proj", "txt_mod.1"),
    "flux2 dev": ("attn.to_q", "attn.add_k_proj", "attn.to_out.0", "ff.linear_in", "ff_context.linear_out"),
    "krea 2": ("attn.to_q", "attn.to_gate", "attn.to_out.0", "ff.gate", "ff.down"),
    "ernie-image": ("self_attention.to_q", "self_attention.to_out.0", "mlp.gate_proj", "mlp.linear_fc2"),
    "ideogram 4": ("attention.to_q", "attention.to_out.0", "feed_forward.w1", "feed_forward.w2", "adaln_modulation"),
    "anima": ("attn1.to_q", "attn2.to_k", "attn2.to_out.0", "ff.net.0.proj", "norm3.linear_2"),
}
RANK = 4


def lora_of(kind: str) -> dict[str, Tensor]:
    """Return a made-up LoRA of the first block, in the layout of diffusers."""
    network = tiny_transformers.components(kind)["transformer"]
    found = {}
    block = f"{'layers' if kind in ('ernie-image', 'ideogram 4') else 'transformer_blocks'}.0"
    names = [f"{block}.{layer}" for layer in _LAYERS[kind]]
    if kind == "anima":
        names.append("text_conditioner.blocks.0.cross_attn.q_proj")
    for name in names:
        rows, columns = network[f"{name}.weight"].shape
        whole = name if name.startswith("text_conditioner") else f"transformer.{name}"
        found[f"{whole}.lora_A.weight"] = inputs(f"down {name}", RANK, columns).float() / columns**0.5
        found[f"{whole}.lora_B.weight"] = inputs(f"up {name}", rows, RANK).float() / RANK
    return found
