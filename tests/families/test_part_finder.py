"""Search for a model's parts in the models folders: tensors decide, and missing parts are named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.parts.finder import (
    FLUX_1_VAE,
    FLUX_2_VAE,
    STABLE_DIFFUSION_3_VAE,
    Wanted,
    find_parts,
)
from gdm_studio.models.families.parts.layout import parts_of
from gdm_studio.models.files.checkpoints import read_entry

QWEN, T5 = Wanted("qwen3", 6), Wanted("t5", 5)
# The weights by which each part is recognised.
QWEN_WEIGHTS = {"model.embed_tokens.weight": (9, 6), "model.layers.0.self_attn.q_norm.weight": (2,)}
T5_WEIGHTS = {"shared.weight": (9, 5), "encoder.block.0.layer.0.SelfAttention.q.weight": (4, 5)}
VAE_WEIGHTS = {"decoder.mid.block_1.conv1.weight": (8, 8, 3, 3), "decoder.conv_in.weight": (8, 16, 3, 3)}
FLUX_2_WEIGHTS = {**VAE_WEIGHTS, "decoder.conv_in.weight": (8, 32, 3, 3), "bn.running_mean": (128,)}
DENOISER = {"double_blocks.0.img_attn.qkv.weight": (3, 3)}


def test_parts_are_found_by_their_tensors_whatever_their_names(tmp_path: Path) -> None:
    model = write(tmp_path / "denoiser.safetensors", DENOISER)
    places = [
        write(tmp_path / "t5xxl_fp16.safetensors", VAE_WEIGHTS),
        write(tmp_path / "ae.safetensors", QWEN_WEIGHTS),
        write(tmp_path / "qwen_3_4b.safetensors", T5_WEIGHTS),
        write(tmp_path / "clip_l.safetensors", FLUX_2_WEIGHTS),
    ]
    (tmp_path / "broken.safetensors").write_bytes(b"nothing")
    wanted = {"text": QWEN, "more": T5, "vae": FLUX_1_VAE, "other": FLUX_2_VAE}
    found = find_parts(model, wanted, [tmp_path / "broken.safetensors", tmp_path / "gone.safetensors", *places])
    assert {key: part.path.name for key, part in found.items()} == {
        "text": "ae.safetensors",
        "more": "qwen_3_4b.safetensors",
        "vae": "t5xxl_fp16.safetensors",
        "other": "clip_l.safetensors",
    }


def test_a_models_own_parts_come_first(tmp_path: Path) -> None:
    inside = {f"text_encoders.qwen3_4b.transformer.{name}": shape for name, shape in QWEN_WEIGHTS.items()}
    model = write(tmp_path / "whole.safetensors", {**DENOISER, **inside})
    other = write(tmp_path / "qwen_3_4b.safetensors", QWEN_WEIGHTS)
    vae = write(tmp_path / "vae.safetensors", VAE_WEIGHTS)
    found = find_parts(model, {"text": QWEN, "vae": FLUX_1_VAE}, [other, vae])
    assert found["text"].path == model and found["vae"].path == vae


def test_the_parts_of_another_models_folder_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "pipeline"
    for component, weights in {"text_encoder_2": T5_WEIGHTS, "vae": VAE_WEIGHTS}.items():
        write(folder / component / "model.safetensors", weights)
    named = {"text_encoder_2": ["transformers", "T5"], "vae": ["diffusers", "AutoencoderKL"]}
    (folder / "model_index.json").write_text(json.dumps(named))
    model = write(tmp_path / "denoiser.safetensors", DENOISER)
    found = find_parts(model, {"text": T5, "vae": STABLE_DIFFUSION_3_VAE}, [folder])
    assert {part.component for part in found.values()} == {"text_encoder_2", "vae"}


def test_of_equal_parts_the_usual_name_is_preferred(tmp_path: Path) -> None:
    model = write(tmp_path / "denoiser.safetensors", DENOISER)
    places = [
        write(tmp_path / name, VAE_WEIGHTS) for name in ("a.safetensors", "sd3_vae.safetensors", "AE.safetensors")
    ]
    wanted = {"flux": FLUX_1_VAE, "sd3": STABLE_DIFFUSION_3_VAE}
    found = find_parts(model, wanted, places)
    assert [found[key].path.name for key in wanted] == ["AE.safetensors", "sd3_vae.safetensors"]
    assert find_parts(model, {"vae": FLUX_1_VAE}, places[:2])["vae"].path == places[0]


def test_missing_parts_are_named_with_their_usual_files(tmp_path: Path) -> None:
    model = write(tmp_path / "z_image_turbo.safetensors", DENOISER)
    vae = write(tmp_path / "vae.safetensors", VAE_WEIGHTS)
    wanted = {"text": Wanted("qwen3", 2560), "vae": FLUX_1_VAE}
    with pytest.raises(ModelError) as error:
        find_parts(model, wanted, [vae])
    assert str(error.value) == (
        "z_image_turbo.safetensors lacks its text encoder Qwen3 4B (qwen_3_4b.safetensors)."
        " Put it into the models folder."
    )
    with pytest.raises(ModelError) as error:
        find_parts(model, wanted | {"t5": Wanted("t5", 4096), "odd": T5}, [])
    assert str(error.value) == (
        "z_image_turbo.safetensors lacks its text encoder Qwen3 4B (qwen_3_4b.safetensors), VAE of FLUX.1"
        " (ae.safetensors), text encoder T5-XXL (t5xxl_fp16.safetensors) and text encoder T5 of width 5."
        " Put them into the models folder."
    )


def test_few_parts_of_a_file_that_claims_very_many_are_described(tmp_path: Path) -> None:
    name = "encoder.block.0.layer.0.SelfAttention.q.weight"
    many = {f"text_encoders.t{number}.transformer.{name}": (1, 1) for number in range(2000)}
    many |= {f"text_encoders.t{number}.transformer.shared.weight": (1, 1) for number in range(2000)}
    assert len(parts_of(read_entry(write(tmp_path / "many.safetensors", many)))) == 8


def write(file: Path, shapes: Mapping[str, tuple[int, ...]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: torch.zeros(shape) for name, shape in shapes.items()}, file)
    return file
