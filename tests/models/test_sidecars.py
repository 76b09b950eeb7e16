"""Configurations beside weight files: PEFT's adapter_config.json and the NAME.yaml of a checkpoint."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.adapters.adapter_file import adapter_deltas, read_adapter
from gdm_studio.models.adapters.lookup import find_adapter
from gdm_studio.models.families.stable_diffusion import family
from gdm_studio.models.importer import import_model
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.networks.stable_diffusion.unet import UNet
from tests.helpers import tiny_stable
from tests.helpers.tiny_stable import SMALL

PLACE = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
RANK = 4


@pytest.fixture
def models(_own_home: Path) -> Path:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    return paths.models_dir()


def write_peft(folder: Path, config: Any = None, *, name: str = "adapter_model") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.safetensors"
    numbers = torch.Generator().manual_seed(3)
    factors = {"A": torch.randn(RANK, 768, generator=numbers), "B": torch.randn(64, RANK, generator=numbers)}
    save_file({f"base_model.model.{PLACE}.lora_{side}.weight": factor for side, factor in factors.items()}, file)
    if config is not None:
        (folder / "adapter_config.json").write_text(config if isinstance(config, str) else json.dumps(config), "utf-8")
    return file


def change_of(file: Path) -> Tensor:
    """Return the change of the one layer that the adapter has."""
    unet = UNet(SMALL)
    (delta,) = adapter_deltas(read_adapter(file), {"unet": unet}).deltas["unet"].values()
    return delta.matrix(torch.zeros(64, 768))


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        (None, 1.0),
        ({"r": 4, "lora_alpha": 8}, 2.0),
        ({"r": 4, "lora_alpha": 2}, 0.5),
        ({"r": 4, "lora_alpha": 8, "use_rslora": True}, 4.0),
        ({"r": 4, "lora_alpha": 8, "alpha_pattern": {"attn2.to_k": 12}}, 3.0),
        ({"r": 4, "lora_alpha": 8, "alpha_pattern": {"attn1.to_k": 12}}, 2.0),
        ({"r": 4, "lora_alpha": 8, "alpha_pattern": {f"^{PLACE}": 12, "to_k": 16}}, 3.0),
        ({"r": 4, "lora_alpha": 8, "alpha_pattern": {r"attn2\.to_k$": 12}}, 3.0),
        ({"peft_type": "LORA"}, 1.0),
    ],
)
def test_a_peft_adapter_has_the_strength_of_its_configuration(config: Any, scale: float, tmp_path: Path) -> None:
    plain = change_of(write_peft(tmp_path / "plain"))
    assert torch.allclose(change_of(write_peft(tmp_path / "own", config)), scale * plain, rtol=1e-4, atol=1e-4)


LOHA = {f"hada_w{number}_{side}": shape for number in "12" for side, shape in (("a", (64, RANK)), ("b", (RANK, 768)))}
LOKR = {"lokr_w1": (4, 4), "lokr_w2_a": (16, RANK), "lokr_w2_b": (RANK, 192)}
WHOLE_LOKR = {"lokr_w1": (4, 4), "lokr_w2": (16, 192)}


@pytest.mark.parametrize(
    ("kind", "shapes"), [("LOHA", LOHA), ("LOKR", LOKR), ("LOKR", WHOLE_LOKR)], ids=["loha", "lokr", "whole lokr"]
)
def test_a_loha_or_lokr_of_peft_has_the_strength_of_its_configuration(
    kind: str, shapes: dict[str, tuple[int, ...]], tmp_path: Path
) -> None:
    """Its files have no alphas. For two whole matrices, which have no rank, PEFT divides by that of its settings."""

    def change(config: dict[str, Any]) -> Tensor:
        file = write_peft(tmp_path, {"peft_type": kind, "r": 4, "alpha": 4} | config)
        numbers = torch.Generator().manual_seed(3)
        factors = {name: torch.randn(shape, generator=numbers) for name, shape in shapes.items()}
        save_file({f"base_model.model.{PLACE}.{name}": factor for name, factor in factors.items()}, file)
        return change_of(file)

    plain, is_whole = change({}), shapes is WHOLE_LOKR
    assert plain.any()
    assert torch.allclose(change({"alpha": 9}), 9 / 4 * plain, rtol=1e-4, atol=1e-4)
    assert torch.allclose(change({"alpha": 9, "alpha_pattern": {"to_k": 2}}), 2 / 4 * plain, rtol=1e-4, atol=1e-4)
    assert torch.allclose(
        change({"rank_pattern": {"attn2.to_k": 8}}), plain * (4 / 8 if is_whole else 1), rtol=1e-4, atol=1e-4
    )
    with pytest.raises(ModelError, match="is damaged"):
        change({"alpha": "much"})


@pytest.mark.parametrize("prefix", ["", "unet."])
@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"init_lora_weights": "pissa_niter_4"}, "subtracts from the model's weights"),
        ({"alpha_pattern": {".*attn2.*": 2}}, "by the pattern"),
    ],
)
def test_a_peft_adapter_that_would_give_another_image_is_refused(
    config: dict[str, Any], words: str, prefix: str, models: Path
) -> None:
    """PEFT changes the weights below such a LoRA, or reads the key as a regular expression."""
    file = write_peft(models / "ink", {"lora_alpha": 8} | config)
    if prefix:
        given = {f"{prefix}{name}": values for name, values in load_file(file).items()}
        stated = {f"{prefix}{key}": value for key, value in {"lora_alpha": 8, **config}.items()}
        save_file(given, file, {"lora_adapter_metadata": json.dumps(stated)})
    (refused,) = Library().refused()
    assert refused.path == file and words in refused.reason
    with pytest.raises(ModelError, match=words):
        read_adapter(file)


def test_a_configuration_applies_to_the_file_of_peft_only(tmp_path: Path) -> None:
    plain = change_of(write_peft(tmp_path / "plain"))
    assert torch.equal(change_of(write_peft(tmp_path / "own", {"lora_alpha": 8}, name="ink")), plain)


@pytest.mark.parametrize(
    "config",
    ["", "[]", "{", "[" * 100_000, '{"lora_alpha": "many"}', '{"lora_alpha": [8]}', '{"lora_alpha": Infinity}'],
)
def test_an_invalid_configuration_is_refused(config: str, models: Path) -> None:
    file = write_peft(models / "ink", config)
    (refused,) = Library().refused()
    assert refused.path == file and "adapter" in refused.reason and refused.reason.endswith(".")
    with pytest.raises(ModelError):
        read_adapter(file)


def test_a_configuration_that_appears_or_changes_is_noticed(models: Path) -> None:
    file = write_peft(models / "ink")
    os.utime(file, (86_400, 86_400))
    library = Library()
    assert not library.refused()
    write_peft(models / "ink", "{")
    os.utime(file, (86_400, 86_400))
    assert library.refresh() and len(library.refused()) == 1
    write_peft(models / "ink", {"lora_alpha": 8})
    os.utime(file, (86_400, 86_400))
    assert library.refresh() and not library.refused()


def test_a_copied_adapter_keeps_its_configuration(models: Path, tmp_path: Path) -> None:
    file = write_peft(tmp_path / "ink", {"lora_alpha": 8})
    library = Library()
    line = import_model(file, library)
    assert line.name == "ink" and line.path == models / "ink" / "adapter_model.safetensors"
    assert torch.equal(change_of(line.path), change_of(file))


V_PREDICTION = """model:
  base_learning_rate: 1.0e-4
  target: ldm.models.diffusion.ddpm.LatentDiffusion
  params:
    parameterization: "v"
    linear_start: 0.00085
    linear_end: 0.0120
"""
SGM = """model:
  target: sgm.models.diffusion.DiffusionEngine
  params:
    denoiser_config:
      params:
        scaling_config:
          target: sgm.modules.diffusionmodules.denoiser_scaling.VScaling
"""


def card_with(models: Path, config: bytes | str, **metadata: str) -> ModelCard:
    tiny_stable.write(models / "furry.safetensors", words=8, told=metadata)
    data = config if isinstance(config, bytes) else config.encode()
    (models / "furry.yaml").write_bytes(data)
    return Library().card("furry")


@pytest.mark.parametrize(
    ("config", "prediction"),
    [
        (V_PREDICTION, "v"),
        (V_PREDICTION.replace('"v"', "'v'  # not eps"), "v"),
        (V_PREDICTION.replace('"v"', "x0"), "x0"),
        (V_PREDICTION.replace("\n", "\r\n"), "v"),
        (SGM, "v"),
        (V_PREDICTION.replace("    parameterization", "    # parameterization"), "epsilon"),
        (V_PREDICTION.replace('"v"', '"w"'), "epsilon"),
        ("a: b", "epsilon"),
        (b"\xff\xfe\x00" * 99, "epsilon"),
        ("!!python/object/apply:os.system ['exit 1']\n" * 3, "epsilon"),
        ("a: &a [x]\nb: &b [*a, *a]\n" * 100_000, "epsilon"),
    ],
    ids=range(11),
)
def test_the_prediction_is_read_from_the_yaml_beside_a_checkpoint(
    models: Path, config: bytes | str, prediction: str
) -> None:
    card = card_with(models, config)
    assert card.prediction == prediction and models / "furry.yaml" in card.files


def test_the_betas_are_read_from_the_yaml_beside_a_checkpoint(models: Path) -> None:
    card = card_with(models, V_PREDICTION.replace("0.00085", "1e-3").replace("0.0120", "nan"))
    assert card.process_numbers["options"] == {"beta_start": 0.001, "beta_end": 0.012}


def test_the_metadata_of_a_checkpoint_overrides_the_yaml(models: Path) -> None:
    assert card_with(models, V_PREDICTION, **{"modelspec.prediction_type": "epsilon"}).prediction == "epsilon"


def test_a_yaml_without_a_prediction_means_epsilon_for_stable_diffusion_2(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prefer the configuration to the guess from the weights."""
    monkeypatch.setattr(family, "_measure_spread", lambda entry: 1.0)
    tiny_stable.write(models / "two.safetensors", "sd2", words=8)
    assert Library().card("two").prediction == "v"
    (models / "two.yaml").write_text(V_PREDICTION.replace('    parameterization: "v"\n', ""), "utf-8")
    assert Library().card("two").prediction == "epsilon"


@pytest.mark.slow
def test_a_copied_checkpoint_keeps_its_yaml(models: Path, tmp_path: Path) -> None:
    file = tiny_stable.write(tmp_path / "furry.safetensors")
    (tmp_path / "furry.yaml").write_text(V_PREDICTION, "utf-8")
    line = import_model(file, Library())
    assert line.card is not None and line.card.prediction == "v" and line.path.with_suffix(".yaml").is_file()


def test_two_loras_of_the_same_name_can_both_be_used(models: Path, tmp_path: Path) -> None:
    files = [write_peft(tmp_path / folder, name="v1.Ink") for folder in ("one", "other")]
    save_file({name: 2 * weight for name, weight in load_file(files[1]).items()}, files[1])
    for file in files:
        file.with_suffix(".yaml").write_text("{}", "utf-8")
    names = [import_model(file, Library()).name for file in (*files, files[1])]
    assert names == ["v1.Ink", "v1.Ink (2)", "v1.Ink (2)"]
    for file, name in zip(files, names, strict=False):
        found = find_adapter(name)
        assert found.read_bytes() == file.read_bytes() and found.with_suffix(".yaml").is_file()
