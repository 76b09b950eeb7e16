"""The upscaler: its shipped file, and errors about unusable files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError
from gdm_studio.models.model_library import Library
from gdm_studio.models.upscalers import built_in_upscaler as upscaler

SHIPPED = Path(str(paths.resources())) / "models" / "upscaler"


def test_the_shipped_upscaler_is_small_and_matches_its_card() -> None:
    network = upscaler.load(torch.device("cpu"))
    numbers = sum(parameter.numel() for parameter in network.parameters())
    card = json.loads((SHIPPED / upscaler.CARD).read_text(encoding="utf-8"))
    assert numbers == card["parameters"] <= 150_000
    assert (SHIPPED / upscaler.WEIGHTS).stat().st_size <= 400_000
    # The upscaler must be better than the filter it replaces.
    for before in ("x2", "x4", "decoded_x2"):
        for part in ("rgb", "alpha"):
            assert card["figures"][f"psnr_{before}_{part}"] > card["figures"][f"psnr_lanczos_{before}_{part}"]


def test_the_upscaler_is_not_listed_as_a_model() -> None:
    assert "upscaler" not in [card.name for card in Library().cards()]


def test_an_invalid_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(ModelError, match="not an upscaler"):
        upscaler.load(torch.device("cpu"), path)
    save_file({"a": torch.zeros(1)}, path, {"format": upscaler.FORMAT, "config": "{}"})
    with pytest.raises(ModelError, match="damaged"):
        upscaler.load(torch.device("cpu"), path)
    with pytest.raises(ModelError):
        upscaler.load(torch.device("cpu"), tmp_path / "missing.safetensors")
