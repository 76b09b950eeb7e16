"""Write a trained `icons` as the folder that is shipped: safetensors files in bf16, and its card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from safetensors.torch import save
from torch import Tensor, nn

from gdm_studio.atomic import make_folder, write
from gdm_studio.models.families.icons import PARTS, part_file
from gdm_studio.networks.autoencoder_kl import AutoencoderKL
from gdm_studio.training import icons_vae
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.icons import DATA_SCALE, GUIDANCE, SIGMA_MAX, SIGMA_MIN, Trained, averaged

FAMILY = "icons"
WEIGHTS = "icons.safetensors"
CARD = "card.json"
STYLE_TITLES = {
    "twemoji": "Flat rounded",
    "noto": "Soft gradient",
    "noto-v1": "Blob",
    "fluent-emoji": "Glossy 3D",
    "fluent-emoji-flat": "Bold flat",
    "emojione": "Bright classic",
    "fxemoji": "Simple flat",
    "streamline-emojis": "Outlined cartoon",
}
EXAMPLES = (
    "a cheerful panda",
    "a house with a red roof",
    "a strawberry",
    "a glass of red wine",
    "a bright shining star",
    "a sunflower",
    "a little red car",
    "a red heart",
    "a prickly cactus",
    "a mushroom",
    "a skull",
    "a red apple",
)
DEFAULTS = {
    "style": "noto",
    "sampler": "dpmpp_2m",
    "spacing": "karras",
    "steps": 20,
    "guidance_scale": GUIDANCE,
    "temperature": 0.8,
}


def export(data: Path, vae: Path, table: Path, run: Path, *, to: Path) -> Path:
    """Write the averaged weights of the checkpoint in `run` and the card into folder `to`; returns the path."""
    pictures = open_pictures(data)
    model, seen = averaged(run, table)
    decoder = icons_vae.load(vae)
    weights = shipped_weights({"unet": model.unet, "vae": decoder, "text": model.text})
    config = json.dumps(_config(model, decoder), ensure_ascii=False)
    make_folder(to)
    for part in PARTS:
        held = {name: value for name, value in weights.items() if name.startswith(f"{part}.")}
        metadata = {"family": FAMILY, "config": config} if part == PARTS[0] else {"part_of": FAMILY}
        write(part_file(to / WEIGHTS, part), save(held, {"format": "gdm-studio"} | metadata))
    figures = {"samples_seen": seen, **_figures(vae)}
    card = _card(model, decoder, pictures, parameters=sum(map(Tensor.numel, weights.values())), figures=figures)
    write(to / CARD, json.dumps(card, ensure_ascii=False, indent=1).encode())
    return to / WEIGHTS


def shipped_weights(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """All weights under `name.`, floating ones in bf16; the small tables of scales stay exact."""
    return {
        f"{name}.{key}": (value.bfloat16() if isinstance(value, Tensor) and _is_large(value) else value).contiguous()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }


def _is_large(value: Tensor) -> bool:
    return value.is_floating_point() and value.numel() > 256


def _config(model: Trained, vae: AutoencoderKL) -> dict[str, Any]:
    tokenizer = model.tokenizer
    return {
        "unet": asdict(model.unet.config),
        "vae": asdict(vae.config),
        "text": asdict(model.text.config),
        "tokenizer": {
            "vocab": tokenizer.vocab,
            "styles": list(tokenizer.styles),
            "length": tokenizer.length,
            "emoji": tokenizer.emoji,
        },
        "process": {"sigma_min": SIGMA_MIN, "sigma_max": SIGMA_MAX},
    }


def _card(
    model: Trained, vae: AutoencoderKL, pictures: Pictures, *, parameters: int, figures: Mapping[str, float]
) -> dict[str, Any]:
    side = pictures.size // vae.config.factor
    return {
        "name": "icons",
        "title": "Icons",
        "summary": "Small pictures of things, animals, food and faces, in eight drawing styles, with transparency.",
        "family": FAMILY,
        "date": date.today().isoformat(),
        "parameters": parameters,
        "author": "GDM Studio",
        "licence": "CC-BY-4.0",
        "size": pictures.size,
        "channels": pictures.pixels.shape[-1],
        "latent": [vae.config.latent_channels, side, side],
        "prediction": "edm",
        "process": "edm",
        "data_scale": DATA_SCALE,
        "styles": [{"id": style, "title": STYLE_TITLES.get(style, style)} for style in model.tokenizer.styles],
        "defaults": DEFAULTS,
        "examples": EXAMPLES,
        "sources": _sources(pictures),
        "figures": figures,
    }


def _sources(pictures: Pictures) -> list[dict[str, Any]]:
    """Whom to credit: each set once, with the number of its pictures."""
    counts = Counter((row["set"], row["author"], row["licence"], row["source"]) for row in pictures.rows)
    return [
        {"set": name, "author": author, "licence": licence, "url": url, "count": count}
        for (name, author, licence, url), count in counts.items()
    ]


def _figures(vae: Path) -> dict[str, float]:
    """The autoencoder's last measured quality, from its training log."""
    log = vae.with_name("log.jsonl")
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    measured = [line for line in lines if "psnr_rgb" in line]
    return {key: measured[-1][key] for key in ("psnr_rgb", "psnr_alpha")} if measured else {}
