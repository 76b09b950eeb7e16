"""Search for a model's parts in the models folders: tensors decide, and missing parts are named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.shared_parts.part_layout import part_in, parts_of
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.model_library import Library
from gdm_studio.models.required_parts import FLUX_1_VAE, FLUX_2_VAE, RequiredPart
from tests.helpers import tiny_transformers

# The text encoder and the VAE of the small Z-Image.
PARTS = tiny_transformers.components("z-image")
QWEN, VAE = PARTS["text_encoder"], PARTS["vae"]


@pytest.fixture
def models() -> Path:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    save(paths.models_dir() / "tiny.safetensors", tiny_transformers.transformer_in_one_file("z-image"))
    return paths.models_dir()


def test_parts_are_found_by_their_tensors_whatever_their_names(models: Path) -> None:
    save(models / "ae.safetensors", QWEN)
    save(models / "qwen_3_4b.safetensors", VAE)
    save(models / "t5xxl_fp16.safetensors", tiny_transformers.components("klein")["vae"])
    (models / "broken.safetensors").write_bytes(b"nothing")
    library = Library()
    card = library.card("tiny")
    assert card.beside == {"text_encoder": models / "ae.safetensors", "vae": models / "qwen_3_4b.safetensors"}
    assert card.summary == "Z-Image; text encoders: ae; VAE: qwen_3_4b"
    assert {line.name: line.family for line in library.model_table() if line.path.parent == models} == {
        "tiny": "Z-Image",
        "ae": "Text encoder · Qwen3",
        "qwen_3_4b": "VAE · FLUX.1 or Stable Diffusion 3",
        "t5xxl_fp16": "VAE · FLUX.2",
    }
    assert [each.path.stem for each in library.refused()] == ["broken"]


def test_a_models_own_parts_come_first(models: Path) -> None:
    whole = {f"model.diffusion_model.{name}": weight for name, weight in file_of("z-image").items()}
    whole |= {f"text_encoders.qwen3_4b.transformer.{name}": weight for name, weight in QWEN.items()}
    save(models / "tiny.safetensors", whole)
    save(models / "qwen_3_4b.safetensors", QWEN)
    save(models / "ae.safetensors", VAE)
    assert Library().card("tiny").beside == {"vae": models / "ae.safetensors"}


def test_the_parts_of_another_models_folder_are_found(models: Path) -> None:
    folder = tiny_transformers.write_folder(models / "pipeline", "z-image")
    assert Library().card("tiny").beside == {"text_encoder": folder, "vae": folder}
    save(models / "zzz.safetensors", VAE)
    found = Library().card("tiny").beside
    assert found == {"text_encoder": folder, "vae": models / "zzz.safetensors"}


def test_of_equal_parts_the_usual_name_is_preferred(models: Path) -> None:
    save(models / "a.safetensors", QWEN)
    for name in ("b", "AE", "sd3_vae"):
        save(models / f"{name}.safetensors", {**VAE, "decoder.conv_in.bias": torch.rand(32)})
    assert Library().card("tiny").beside["vae"] == models / "AE.safetensors"
    (models / "AE.safetensors").unlink()
    assert Library().card("tiny").beside["vae"] == models / "b.safetensors"


def test_missing_parts_are_named_with_their_usual_files(models: Path) -> None:
    qwen = "text encoder Qwen3 of width 32"
    library = Library()
    (refused,) = library.refused()
    lacks = "tiny.safetensors lacks its"
    assert refused.reason == f"{lacks} {qwen} and VAE of FLUX.1 (ae.safetensors). Put them into the models folder."
    (line,) = (line for line in library.model_table() if line.name == "tiny")
    assert line.family == "Diffusion transformer · Z-Image" and line.unusable == refused.reason
    save(models / "ae.safetensors", VAE)
    library.refresh()
    (refused,) = library.refused()
    assert refused.reason == f"{lacks} {qwen}. Put it into the models folder."
    with pytest.raises(ModelError, match="lacks its text encoder"):
        library.card("tiny")


def test_a_file_that_lost_its_part_is_reported(models: Path) -> None:
    file = save(models / "ae.safetensors", VAE)
    assert part_in(file, FLUX_1_VAE).network.parameters == sum(weight.numel() for weight in VAE.values())
    for wanted, title in ((FLUX_2_VAE, "VAE of FLUX.2"), (RequiredPart("t5", 4096), "text encoder T5-XXL")):
        with pytest.raises(ModelError, match=f"ae.safetensors does not contain the {title}; choose another file."):
            part_in(file, wanted)


def test_few_parts_of_a_file_that_claims_very_many_are_described(tmp_path: Path) -> None:
    name = "encoder.block.0.layer.0.SelfAttention.q.weight"
    many = {f"text_encoders.t{number}.transformer.{name}": torch.zeros(1, 1) for number in range(2000)}
    many |= {f"text_encoders.t{number}.transformer.shared.weight": torch.zeros(1, 1) for number in range(2000)}
    assert len(parts_of(read_entry(save(tmp_path / "many.safetensors", many)))) == 8


def file_of(kind: str) -> Mapping[str, Tensor]:
    return tiny_transformers.transformer_in_one_file(kind)


def save(file: Path, weights: Mapping[str, Tensor]) -> Path:
    save_file({name: weight.contiguous() for name, weight in weights.items()}, file)
    return file
