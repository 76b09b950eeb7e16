"""The upscaler's recipe: a few steps that help, go on where they stopped, and give a file that can be used."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common.errors import StudioError
from gdm_studio.models.upscalers import built_in_upscaler as shipped
from gdm_studio.models.upscalers.stepwise_upscaling import premultiply
from gdm_studio.networks.icons.autoencoder import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.icons.upscaler import Upscaler, UpscalerConfig
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.training.upscaler.images import to_uint8
from gdm_studio.training.upscaler.quality import heldout_images, measure_quality
from gdm_studio.training.upscaler.recipe import UpscalerRecipe
from tests.training.curves import trained
from tests.training.data.made_up import drawings, write_archives
from tests.training.made_up_pictures import write_pictures

RECIPE = UpscalerRecipe(data=Path("nowhere"), subset="all", samples=32, batch=8, crop=16, warmup=16, cooldown=16)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "npm").mkdir()
    return write_archives(tmp_path / "npm", drawings())


@pytest.fixture
def vae(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    config = AutoencoderConfig(encoder=(16, 16), decoder=(16, 16, 16))
    save_file(AutoencoderKL(config).state_dict(), tmp_path / "vae.safetensors", {"config": json.dumps(asdict(config))})
    return tmp_path / "vae.safetensors"


def test_it_begins_as_bicubic() -> None:
    x = torch.rand(1, 4, 8, 8)
    smooth = torch.nn.functional.interpolate(x, scale_factor=2, mode="bicubic")
    assert torch.equal(Upscaler(UpscalerConfig())(x), smooth)


@pytest.mark.slow
def test_it_learns(tmp_path: Path, source: Path) -> None:
    data = write_pictures(tmp_path / "data")
    pictures = open_pictures(data).rgba([0, 4, 8])
    first = measure_quality(Upscaler(UpscalerConfig()), pictures, None)
    sharp = replace(RECIPE, samples=2_400, warmup=160, cooldown=1_200, soft=0.0, twice=0.0)
    path = trained(replace(sharp, data=data, source=source), tmp_path / "out")
    last = measure_quality(shipped.load(torch.device("cpu"), path), pictures, None)
    assert last["psnr_x2_rgb"] > first["psnr_x2_rgb"] + 0.2 and last["psnr_x2_alpha"] > first["psnr_x2_alpha"] + 0.2


@pytest.mark.slow
def test_it_goes_on_where_it_stopped_and_writes_what_was_measured(tmp_path: Path, source: Path, vae: Path) -> None:
    out = tmp_path / "out"
    recipe = replace(RECIPE, data=write_pictures(tmp_path / "data"), vae=vae, source=source)
    trained(replace(recipe, samples=16), out)
    path = trained(recipe, out)
    card = json.loads((out / shipped.CARD).read_text(encoding="utf-8"))
    assert card["figures"]["windows_seen"] == 32
    assert {"psnr_decoded_x2_rgb", "psnr_lanczos_decoded_x2_alpha", "psnr_x4_rgb"} <= card["figures"].keys()
    network = shipped.load(torch.device("cpu"), path)
    assert card["parameters"] == sum(parameter.numel() for parameter in network.parameters())


def test_alpha_comes_back_from_premultiplied() -> None:
    rgba = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 4), np.uint8)
    rgba[..., 3] |= 0x80
    assert abs(to_uint8(premultiply(rgba)).astype(int) - rgba).max() <= 1


def test_an_archive_without_held_out_pictures_is_one_sentence(tmp_path: Path) -> None:
    others = {prefix: {"unheard-of": "<path/>"} for prefix in drawings()}
    with pytest.raises(StudioError, match="held-out"):
        heldout_images(write_archives(tmp_path, others), 32)
