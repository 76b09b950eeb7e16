"""A model file of the built-in family with a few thousand random weights: real files and a real, fast network."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.models.families.icons.family import PARTS, part_file
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.networks.icons.autoencoder import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.icons.text_encoder import TextConfig, TextEncoder
from gdm_studio.networks.icons.unet import UNet, UNetConfig

NAME = "tiny"
SIDE = 64
LATENT = (4, 16, 16)
WORDS = ("a", "red", "blue", "disc", "fox", "owl", "##s")
STYLES = ("plain", "dark")
UNET = UNetConfig(
    in_channels=LATENT[0], out_channels=LATENT[0], channels=(16, 32), blocks=1, head=16, embedding=32, context=16,
    pooled=16,
)  # fmt: skip
TEXT = TextConfig(words=64 + len(WORDS), word_width=8, width=16, layers=1, heads=2, length=8)
VAE = AutoencoderConfig(
    latent_channels=LATENT[0], fold=2, encoder=(8, 8), decoder=(16, 8), decoder_blocks=(1, 1)
)  # fmt: skip


def write(
    folder: Path,
    *,
    seed: int = 0,
    weight: float | None = None,
    tokenizer: Mapping[str, object] | None = None,
    card: Mapping[str, object] | None = None,
) -> Path:
    """Write the model "tiny", a model file of the built-in family with small random networks, into `folder`.

    The weights depend on `seed` alone; `weight` fills the whole U-Net instead. `tokenizer` and `card` override entries
    of the tokenizer's configuration and of the card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        parts = {"unet": UNet(UNET), "text": TextEncoder(TEXT), "vae": AutoencoderKL(VAE)}
        for parameter in (each for part in parts.values() for each in part.parameters()):
            parameter.data.normal_(std=0.1)
    if weight is not None:
        for parameter in parts["unet"].parameters():
            parameter.data.fill_(weight)
    config = {
        **{part: asdict(module.config) for part, module in parts.items()},
        "process": {"sigma_min": 0.002, "sigma_max": 80.0},
        "tokenizer": {"vocab": WORDS, "styles": STYLES, "length": TEXT.length, "emoji": {}} | dict(tokenizer or {}),
    }
    for part in PARTS:
        weights = {f"{part}.{name}": value.contiguous() for name, value in parts[part].state_dict().items()}
        told = {"family": "icons", "config": json.dumps(config)} if part == PARTS[0] else {"part_of": "icons"}
        save_file(weights, part_file(folder / f"{NAME}.safetensors", part), {"format": "gdm-studio"} | told)
    (folder / "card.json").write_text(json.dumps(_card(parts) | dict(card or {})), encoding="utf-8")
    return folder / f"{NAME}.safetensors"


class TinyLibrary(Library):
    """Model library of tests that contains only the model "tiny", which it writes into the user's models folder."""

    def __init__(self) -> None:
        super().__init__()
        # The header's order varies, so writing the model again would give other bytes.
        if not (paths.models_dir() / NAME).exists():
            write(paths.models_dir() / NAME)
            for file in (paths.models_dir() / NAME).iterdir():
                # Files must look old: the library reads new ones again once they have stopped changing.
                os.utime(file, (86_400, 86_400))
        self.refresh()

    def cards(self) -> list[ModelCard]:
        return [self.card(NAME)]

    def is_loaded(self, name: str, *, device: torch.device | None = None, dtype: torch.dtype | None = None) -> bool:
        return super().is_loaded(name, device=device or torch.device("cpu"), dtype=dtype or torch.float32)


def _card(parts: dict[str, torch.nn.Module]) -> dict[str, object]:
    return {
        "name": NAME,
        "title": "Tiny",
        "summary": "Random weights.",
        "family": "icons",
        # The window chooses the newest model.
        "date": "2099-01-01",
        "parameters": sum(each.numel() for part in parts.values() for each in part.parameters()),
        "author": "GDM Studio's tests",
        "licence": "CC0-1.0",
        "size": SIDE,
        "channels": 4,
        "latent": LATENT,
        "prediction": "edm",
        "process": "edm",
        "data_scale": 0.5,
        "styles": [{"id": style, "title": style.title()} for style in STYLES],
        "examples": ["a red disc", "a blue fox"],
        "defaults": {"steps": 4, "guidance_scale": 2.0},
    }
