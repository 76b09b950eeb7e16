"""Outputs of transformers' text encoders and diffusers' autoencoders for random weights, computed in double precision.

    pip install .[parity] && python -m tests.parity.by_parts

writes tests/data/parity/parts.npz: for every network the names and shapes of its weights, and its outputs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from diffusers.loaders import single_file_utils

from tests.parity.numbers import FOLDER
from tests.parity.parts import KLEIN_LAYERS, LENGTHS, token_ids, token_mask
from tests.parity.weights import inputs, weights

FILE = FOLDER / "parts.npz"
LEVELS = 3
VAE: dict[str, Any] = {
    "block_out_channels": (32, 64, 64),
    "down_block_types": ("DownEncoderBlock2D",) * LEVELS,
    "up_block_types": ("UpDecoderBlock2D",) * LEVELS,
    "layers_per_block": 1,
}
FACTORS = {"flux1": (0.1159, 0.3611), "sd3": (0.0609, 1.5305)}
T5: dict[str, Any] = {
    "vocab_size": 100, "d_model": 48, "d_kv": 16, "d_ff": 80, "num_layers": 3, "num_heads": 4, "is_gated_act": True,
    "feed_forward_proj": "gated-gelu", "dropout_rate": 0.0,
}  # fmt: skip
QWEN3: dict[str, Any] = {
    "vocab_size": 100, "hidden_size": 48, "intermediate_size": 80, "num_attention_heads": 4, "num_key_value_heads": 2,
    "head_dim": 16, "rms_norm_eps": 1e-6, "rope_parameters": {"rope_type": "default", "rope_theta": 1e6},
    "max_position_embeddings": 1024,
}  # fmt: skip
GEMMA2: dict[str, Any] = {
    "vocab_size": 100, "hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 3, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 256, "query_pre_attn_scalar": 256, "pad_token_id": 0,
}  # fmt: skip

Shapes = dict[str, tuple[int, ...]]
Answer = tuple[str, Shapes, dict[str, torch.Tensor]]


def main() -> None:
    packages = ("diffusers", "transformers", "torch")
    about: dict[str, Any] = {"versions": {name: version(name) for name in packages}, "shapes": {}}
    answers: dict[str, np.ndarray] = {}
    with torch.no_grad():
        for name, shapes, parts in (*_vaes(), _flux2_vae(), *_t5(), *_decoders()):
            about["shapes"][name] = shapes
            answers |= {f"{name}.{part}": answer.float().numpy() for part, answer in parts.items()}
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **answers)


def _vaes() -> Iterator[Answer]:
    for name, (shift, scale) in FACTORS.items():
        vae = diffusers.AutoencoderKL(
            **VAE, latent_channels=16, use_quant_conv=False, use_post_quant_conv=False, shift_factor=shift,
            scaling_factor=scale,
        )  # fmt: skip
        shapes = _fill(vae)
        answers = {f"diffusers.{part}": answer for part, answer in _coded(vae, shift, scale).items()}
        single = {f"vae.{each}": weight for each, weight in weights(_single_file(shapes)).items()}
        vae.load_state_dict(single_file_utils.convert_ldm_vae_checkpoint(single, dict(vae.config)))
        yield name, shapes, answers | {f"single.{part}": each for part, each in _coded(vae, shift, scale).items()}


def _coded(vae: Any, shift: float, scale: float) -> dict[str, torch.Tensor]:
    """Encode and decode as diffusers' pipelines do."""
    mean = vae.encode(inputs("pictures", 1, 3, 16, 24)).latent_dist.mode()
    decoded = vae.decode(inputs("latents", 1, 16, 4, 6) / scale + shift).sample
    return {"encoded": (mean - shift) * scale, "decoded": decoded}


def _single_file(shapes: Shapes) -> Shapes:
    """Return the shapes by the names of a single file, which has convolutions for linear layers.

    diffusers converts from these names and not to them.
    """
    from gdm_studio.models.families.stable_diffusion.weight_names import vae_from_diffusers

    ours = vae_from_diffusers(shapes)
    is_point = {name: ".mid.attn_1." in ours[name] and len(shape) == 2 for name, shape in shapes.items()}
    return {ours[name]: (*shape, 1, 1) if is_point[name] else shape for name, shape in shapes.items()}


def _flux2_vae() -> Answer:
    vae = diffusers.AutoencoderKLFlux2(**VAE, latent_channels=32)
    shapes = _fill(vae)
    statistics = {"bn.running_mean": (128,), "bn.running_var": (128,)}
    made = weights(statistics)
    vae.bn.running_mean.copy_(made["bn.running_mean"])
    vae.bn.running_var.copy_(made["bn.running_var"].abs())
    pipeline = diffusers.Flux2KleinPipeline
    mean, root = vae.bn.running_mean.view(1, -1, 1, 1), torch.sqrt(vae.bn.running_var.view(1, -1, 1, 1) + 1e-4)
    encoded = pipeline._patchify_latents(vae.encode(inputs("pictures", 1, 3, 16, 24)).latent_dist.mode())
    latents = pipeline._unpatchify_latents(inputs("latents", 1, 128, 2, 3) * root + mean)
    return "flux2", shapes | statistics, {"encoded": (encoded - mean) / root, "decoded": vae.decode(latents).sample}


def _t5() -> Iterator[Answer]:
    for name, config, kind in (
        ("t5", transformers.T5Config(**T5), transformers.T5EncoderModel),
        ("umt5", transformers.UMT5Config(**T5), transformers.UMT5EncoderModel),
    ):
        encoder = kind(config)
        shapes = _fill(encoder)
        ids, mask = token_ids(max(LENGTHS)), token_mask()
        plain = encoder(ids).last_hidden_state
        yield (
            name,
            shapes,
            {"plain": plain[:, ::7], "masked": encoder(ids, attention_mask=mask).last_hidden_state[:, ::7]},
        )


def _decoders() -> Iterator[Answer]:
    qwen3 = transformers.Qwen3ForCausalLM(transformers.Qwen3Config(**QWEN3, num_hidden_layers=28))
    gemma2 = transformers.Gemma2Model(transformers.Gemma2Config(**GEMMA2, attn_implementation="eager"))
    ids, mask = token_ids(max(LENGTHS)), token_mask()
    for name, decoder in (("qwen3", qwen3), ("gemma2", gemma2)):
        shapes = _fill(decoder)
        states = decoder(ids, attention_mask=mask.long(), output_hidden_states=True).hidden_states
        answers = {"second_last": states[-2][:, ::7], "last": states[-1][:, ::7]}
        if name == "qwen3":
            stacked = torch.stack([states[layer] for layer in KLEIN_LAYERS], dim=1)
            answers["klein"] = stacked.permute(0, 2, 1, 3).flatten(2)[:, ::7]
        yield name, shapes, answers


def _fill(network: torch.nn.Module) -> Shapes:
    """Give a network the weights that belong to its names, and return names and shapes."""
    network.double().eval()
    shapes = {name: tuple(weight.shape) for name, weight in network.named_parameters()}
    network.load_state_dict(weights(shapes), strict=False)
    return shapes


if __name__ == "__main__":
    main()
