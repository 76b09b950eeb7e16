"""Reference outputs of diffusers' and transformers' Stable Diffusion networks with made-up weights, in float64.

    pip install .[parity] && python -m tests.parity.by_transformers

writes tests/data/parity/networks.npz: the names and shapes of each network's weights in these libraries, and its
outputs; and one hash of the tokens of 10,000 prompts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from diffusers.loaders import single_file_utils

from gdm_studio.models.families.stable_diffusion.weight_names import unet_from_diffusers
from tests.parity.by_tokenizer import clip_tokenizer
from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs, prompts, weights

FILE = FOLDER / "networks.npz"
PROMPTS = 10_000
UNETS: dict[str, dict[str, Any]] = {
    "sd1": {
        "block_out_channels": (32, 64),
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "cross_attention_dim": 768,
        "attention_head_dim": 8,
    },
    "sd2": {
        "block_out_channels": (64, 128),
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "cross_attention_dim": 48,
        "attention_head_dim": (1, 2),
        "use_linear_projection": True,
        "in_channels": 9,
    },
    "sdxl": {
        "block_out_channels": (64, 128, 128),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "cross_attention_dim": 48,
        "attention_head_dim": (1, 2, 2),
        "use_linear_projection": True,
        "transformer_layers_per_block": (1, 1, 2),
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": 64,
    },
}
TEXTS = {"openai": (64, "quick_gelu", 0), "openclip": (128, "gelu", 24)}  # width, activation, projection
PREFIX = "model.diffusion_model."
EVERY = 8  # token of a prompt is compared
POOLED = 16  # of the vector that the XL is told; the rest are sines of six sizes


def main() -> None:
    packages = ("diffusers", "transformers", "torch")
    about: dict[str, Any] = {"versions": {name: version(name) for name in packages}, "shapes": {}}
    answers: dict[str, np.ndarray] = {}
    with torch.no_grad():
        for name, shapes, parts in (*_unets(), _vae(), *_texts(), _tiny()):
            about["shapes"][name] = shapes
            answers |= {f"{name}.{part}": answer.numpy() for part, answer in parts.items()}
    tokenizer = clip_tokenizer()
    tokens = [tokenizer(prompt, add_special_tokens=False)["input_ids"] for prompt in prompts(PROMPTS)]
    about["tokens"] = hashlib.sha256(json.dumps(tokens).encode()).hexdigest()
    about["some"] = [[prompt, ids] for prompt, ids in zip(prompts(60), tokens, strict=False)]
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **answers)


Made = tuple[str, dict[str, tuple[int, ...]], dict[str, torch.Tensor]]


def _unets() -> Iterator[Made]:
    for name, config in UNETS.items():
        unet = diffusers.UNet2DConditionModel(sample_size=8, layers_per_block=2, **config)
        shapes = _filled(unet)
        x = inputs("x", 2, unet.config.in_channels, 12, 8)
        context = inputs("context", 2, 7, config["cross_attention_dim"])
        timesteps = torch.tensor([3.0, 641.5], dtype=torch.float64)
        sizes = 100 * inputs("sizes", 2, 6).abs()
        told = {"text_embeds": inputs("pooled", 2, POOLED), "time_ids": sizes} if name == "sdxl" else {}
        answers = {"diffusers": unet(x, timesteps, context, added_cond_kwargs=told).sample}
        single = {f"{PREFIX}{each}": weight for each, weight in weights(_single_file_names(shapes)).items()}
        unet.load_state_dict(single_file_utils.convert_ldm_unet_checkpoint(single, dict(unet.config)))
        yield name, shapes, answers | {"single_file": unet(x, timesteps, context, added_cond_kwargs=told).sample}


def _single_file_names(shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Return the names of weights in single files. diffusers can only convert from these names, not to them."""
    return {unet_from_diffusers(shapes)[name]: shape for name, shape in shapes.items()}


def _vae() -> Made:
    vae = diffusers.AutoencoderKL(
        block_out_channels=(32, 64, 64),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=2,
    )
    shapes = _filled(vae)
    law = vae.encode(inputs("pictures", 1, 3, 16, 24)).latent_dist
    decoded = vae.decode(inputs("latents", 1, 4, 4, 6)).sample
    return "vae", shapes, {"mean": law.mean, "log_variance": law.logvar, "decoded": decoded}


def _texts() -> Iterator[Made]:
    for name, (width, activation, projection) in TEXTS.items():
        config = transformers.CLIPTextConfig(
            hidden_size=width, intermediate_size=4 * width, num_hidden_layers=3, num_attention_heads=width // 64,
            hidden_act=activation, projection_dim=projection or 8, bos_token_id=49406, eos_token_id=49407,
        )  # fmt: skip
        kind = transformers.CLIPTextModelWithProjection if projection else transformers.CLIPTextModel
        text = kind(config)
        shapes = _filled(text)
        answer = text(token_ids(), output_hidden_states=True)
        parts = {f"hidden.{skip}": answer.hidden_states[-skip][:, ::EVERY] for skip in (1, 2, 3)}
        if projection:
            parts["pooled"] = answer.text_embeds
        else:
            parts["last"] = answer.last_hidden_state[:, ::EVERY]
        yield name, shapes, parts


def _tiny() -> Made:
    tiny = diffusers.AutoencoderTiny()
    shapes = _filled(tiny)
    pictures = inputs("tiny", 1, 3, 16, 24).tanh()
    latents = tiny.encode(pictures).latents
    return "tiny", shapes, {"latents": latents, "decoded": tiny.decode(latents).sample}


def token_ids() -> torch.Tensor:
    """Return token ids (2, 77) of two prompts, which end at the tokens 9 and 70."""
    ids = torch.arange(2 * 77).reshape(2, 77) * 311 % 49000
    ids[0, 9:], ids[1, 70:] = 49407, 49407
    return ids


def _filled(network: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    """Fill a network with the made-up weights of its names, and return its names and shapes."""
    network.double().eval()
    shapes = {name: tuple(weight.shape) for name, weight in network.named_parameters()}
    network.load_state_dict(weights(shapes), strict=False)
    return shapes


if __name__ == "__main__":
    main()
