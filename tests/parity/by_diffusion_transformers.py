"""Writes what diffusers' transformers of FLUX, Stable Diffusion 3, Z-Image and Lumina 2 compute, and their keys.

    pip install .[parity] && python -m tests.parity.by_diffusion_transformers

writes tests/data/parity/diffusion_transformers.npz, the outputs of small networks with made-up weights in fp32 and the
noise levels of runs, and diffusion_transformers.json.xz, the names and shapes of the released ones' weights, with the
tensors of single files from which diffusers converts them, as [name, first row, number of rows]. The converters get
tensors of one column that contain the numbers of their rows. Every row has to be used once.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import diffusers
import numpy as np
import torch
from diffusers.loaders import single_file_utils
from diffusers.pipelines.flux import pipeline_flux
from diffusers.pipelines.flux2.pipeline_flux2 import compute_empirical_mu
from torch import Tensor

from gdm_studio.networks.diffusion_transformers.configurations import Flux2Config, SD3Config, ZImageConfig
from tests.parity.transformers import ANSWERS, KEYS, RELEASED, RUNS, SMALL, Inputs, Kind, inputs_of, made_up

# More rows than any tensor has.
MOST_ROWS = 2**20
CONVERTERS = {
    "FluxTransformer2DModel": single_file_utils.convert_flux_transformer_checkpoint_to_diffusers,
    "ChromaTransformer2DModel": single_file_utils.convert_chroma_transformer_checkpoint_to_diffusers,
    "SD3Transformer2DModel": single_file_utils.convert_sd3_transformer_checkpoint_to_diffusers,
    "ZImageTransformer2DModel": single_file_utils.convert_z_image_transformer_checkpoint_to_diffusers,
    "Lumina2Transformer2DModel": single_file_utils.convert_lumina2_to_diffusers,
    "Flux2Transformer2DModel": single_file_utils.convert_flux2_transformer_checkpoint_to_diffusers,
}


@torch.no_grad()
def main() -> None:
    about = {"versions": {name: version(name) for name in ("diffusers", "torch")}, "shapes": {}}
    answers = {}
    for name, (kind, config) in SMALL.items():
        network = getattr(diffusers, kind.theirs)(**network_arguments(kind, config)).eval()
        shapes = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
        network.load_state_dict(made_up(shapes))
        about["shapes"][name] = shapes
        answers[name] = _answer(kind, network, inputs_of(config)).numpy()
    about["sigmas"] = [_sigmas(*run) for run in RUNS]
    np.savez_compressed(ANSWERS, about=np.array(json.dumps(about)), **answers)
    keys = {name: _keys(kind, config) for name, (kind, config, _) in RELEASED.items()}
    text = json.dumps(keys, separators=(",", ":"))
    KEYS.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def network_arguments(kind: Kind, config: Any) -> dict[str, Any]:
    """Return diffusers' arguments for one of our configurations."""
    if isinstance(config, ZImageConfig):
        same = {"in_channels": config.channels, "cap_feat_dim": config.context}
        if config.lumina:
            return same | {
                "hidden_size": config.width, "num_layers": config.depth, "num_refiner_layers": config.refiners,
                "num_attention_heads": config.heads, "num_kv_heads": config.value_heads, "multiple_of": 16,
                "axes_dim_rope": config.axes, "ffn_dim_multiplier": config.hidden / (4 * config.width),
            }  # fmt: skip
        return same | {
            "dim": config.width, "n_layers": config.depth, "n_refiner_layers": config.refiners,
            "n_heads": config.heads, "n_kv_heads": config.value_heads, "axes_dims": list(config.axes),
        }  # fmt: skip
    same = {
        "attention_head_dim": config.width // config.heads, "num_attention_heads": config.heads,
        "joint_attention_dim": config.context,
    }  # fmt: skip
    if isinstance(config, SD3Config):
        return same | {
            "in_channels": config.channels, "out_channels": config.channels, "num_layers": config.depth,
            "caption_projection_dim": config.width, "pooled_projection_dim": config.pooled,
            "pos_embed_max_size": config.positions, "dual_attention_layers": tuple(range(config.dual)),
            "qk_norm": "rms_norm" if config.normed else None,
        }  # fmt: skip
    same |= {
        "in_channels": config.inputs, "num_layers": config.double, "num_single_layers": config.single,
        "axes_dims_rope": config.axes,
    }  # fmt: skip
    if isinstance(config, Flux2Config):
        return same | {"guidance_embeds": config.guided}
    same |= {"out_channels": config.outputs}
    if config.approximator:
        return same | {
            "approximator_hidden_dim": config.approximator, "approximator_layers": config.approximator_layers,
        }  # fmt: skip
    return same | {"pooled_projection_dim": config.pooled, "guidance_embeds": config.guided}


def _answer(kind: Kind, network: Any, told: Inputs) -> Tensor:
    """Return the velocity eps − x0 that diffusers' network predicts for latents."""
    x, context = told.x, told.context
    height, width = x.shape[-2:]
    if kind.theirs == "SD3Transformer2DModel":
        return network(x, context, told.pooled, told.times).sample
    if kind.theirs == "ZImageTransformer2DModel":
        found = network(list(x[:, :, None]), 1 - told.times / 1000, list(context)).sample
        return -torch.stack(found)[:, :, 0]
    if kind.theirs == "Lumina2Transformer2DModel":
        return -network(x, 1 - told.times / 1000, context, torch.ones(context.shape[:2], dtype=torch.bool)).sample
    patch = 1 if kind.theirs == "Flux2Transformer2DModel" else 2
    tokens = torch.nn.functional.pixel_unshuffle(x, patch).flatten(2).transpose(1, 2)
    axes = 4 if patch == 1 else 3
    places = torch.zeros(height // patch, width // patch, axes)
    places[..., 1] += torch.arange(height // patch)[:, None]
    places[..., 2] += torch.arange(width // patch)
    words = torch.zeros(context.shape[1], axes)
    if patch == 1:
        words[:, 3] = torch.arange(len(words))
    given: dict[str, Any] = {"img_ids": places.flatten(0, 1), "txt_ids": words, "timestep": told.times / 1000}
    if told.pooled is not None:
        given["pooled_projections"] = told.pooled
    if told.guidance is not None:
        given["guidance"] = told.guidance
    found = network(tokens, context, **given).sample.transpose(1, 2).unflatten(2, places.shape[:2])
    return torch.nn.functional.pixel_shuffle(found, patch)


def _sigmas(name: str, tokens: int, steps: int) -> list[float]:
    """Return the noise levels that diffusers' pipeline visits, with the published configuration of its scheduler."""
    even = np.linspace(1.0, 1 / steps, steps)
    if name == "FLUX.1 schnell":
        scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0)
        scheduler.set_timesteps(sigmas=even)
    elif name.startswith(("FLUX.1", "FLUX.2")):
        scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True)
        mu = pipeline_flux.calculate_shift(tokens) if "FLUX.1" in name else compute_empirical_mu(tokens, steps)
        scheduler.set_timesteps(sigmas=even, mu=mu)
    else:
        scheduler = diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0)
        scheduler.set_timesteps(**({"sigmas": even} if name == "Z-Image" else {"num_inference_steps": steps}))
    return [float(sigma) for sigma in scheduler.sigmas]


def _keys(kind: Kind, config: Any) -> dict[str, Any]:
    """Return by diffusers' name of each weight its shape, and the rows of single files that it consists of."""
    arguments = network_arguments(kind, config) | ({"multiple_of": 256} if getattr(config, "lumina", False) else {})
    with torch.device("meta"):
        network = getattr(diffusers, kind.theirs)(**arguments)
    single: dict[str, Tensor] = {}
    for weight in kind.weights(config):
        source = weight.sources[0]
        if source.name not in single:
            rows = source.rows or weight.shape[0]
            numbers = torch.arange(rows, dtype=torch.float64) + MOST_ROWS * len(single)
            single[source.name] = numbers[:, None] if len(weight.shape) > 1 else numbers
    names = list(single)
    every = torch.cat([numbers.flatten() for numbers in single.values()])
    made = CONVERTERS[kind.theirs](dict(single))
    shapes = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    assert made.keys() == shapes.keys(), made.keys() ^ shapes.keys()
    assert torch.equal(torch.cat([weight.flatten() for weight in made.values()]).sort().values, every)
    return {name: [shapes[name], _segments(weight.flatten().long(), names)] for name, weight in made.items()}


def _segments(rows: Tensor, names: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return the tensors of a single file, with first row and number of rows, whose rows follow each other."""
    breaks = (rows.diff() != 1).nonzero().flatten() + 1
    parts = rows.tensor_split(breaks)
    return [(names[int(part[0]) // MOST_ROWS], int(part[0]) % MOST_ROWS, len(part)) for part in parts]


if __name__ == "__main__":
    main()
