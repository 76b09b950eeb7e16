"""The upscaler's file: what is shipped, and what is said of one that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio import paths
from gdm_studio.errors import ModelError
from gdm_studio.models import upscaler
from gdm_studio.models.library import Library

SHIPPED = Path(str(paths.resources())) / "models" / "upscaler"


def test_what_is_shipped_is_small_and_as_its_card_says() -> None:
    network = upscaler.load(torch.device("cpu"))
    numbers = sum(parameter.numel() for parameter in network.parameters())
    card = json.loads((SHIPPED / upscaler.CARD).read_text(encoding="utf-8"))
    assert numbers == card["parameters"] <= 150_000
    assert (SHIPPED / upscaler.WEIGHTS).stat().st_size <= 400_000
    for before in ("x2", "x4", "decoded_x2"):  # better than the filter it is there to replace
        for part in ("rgb", "alpha"):
            assert card["figures"][f"psnr_{before}_{part}"] > card["figures"][f"psnr_lanczos_{before}_{part}"]


def test_it_is_no_model_to_make_pictures_with() -> None:
    assert "upscaler" not in [card.name for card in Library().cards()]


def test_a_file_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(ModelError, match="not an upscaler"):
        upscaler.load(torch.device("cpu"), path)
    save_file({"a": torch.zeros(1)}, path, {"format": upscaler.FORMAT, "config": "{}"})
    with pytest.raises(ModelError, match="damaged"):
        upscaler.load(torch.device("cpu"), path)
    with pytest.raises(ModelError):
        upscaler.load(torch.device("cpu"), tmp_path / "missing.safetensors")
