"""Write a trained `icons` as the folder that is shipped: safetensors files, its card, and its quick variant."""

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
from gdm_studio.models.card import Example
from gdm_studio.models.families.icons import BASE, PARTS, RECALL, SKETCH, part_file
from gdm_studio.models.quantised import SCALE, quantise
from gdm_studio.networks.autoencoder_kl import AutoencoderKL
from gdm_studio.request import BUILT_IN
from gdm_studio.training import icons_vae
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.data.licences import SOURCES
from gdm_studio.training.fast import SIGMA_LAST, FastRecipe
from gdm_studio.training.icons import GUIDANCE, TEMPERATURE
from gdm_studio.training.icons_networks import DATA_SCALE, SIGMA_MAX, SIGMA_MIN, Trained, averaged
from gdm_studio.training.names import Drawings

FAMILY, FORMAT = "icons", "gdm-studio"
BESIDE = {"format": FORMAT, "part_of": FAMILY}  # in the headers of a model's other files
WEIGHTS = f"{BUILT_IN}.safetensors"
FAST = f"{BUILT_IN}-fast"
PACKED = ("unet", "vae")
CARD = "card.json"
EMOJI, LINES, SHAPES = "Emoji", "Line", "Shape"
STYLES = {  # id -> (title, group)
    "noto": ("Soft gradient", EMOJI),
    "fluent-emoji": ("Glossy 3D", EMOJI),
    "fluent-emoji-flat": ("Bold flat", EMOJI),
    "twemoji": ("Flat rounded", EMOJI),
    "emojione": ("Bright classic", EMOJI),
    "noto-v1": ("Blob", EMOJI),
    "fxemoji": ("Simple flat", EMOJI),
    "streamline-emojis": ("Outlined cartoon", EMOJI),
    "fluent-emoji-high-contrast": ("Ink glyph", SHAPES),
    "icon-park": ("Bold outline", LINES),
    "streamline-color": ("Duotone line", LINES),
    "streamline-ultimate-color": ("Outlined pastel", LINES),
    "streamline-freehand-color": ("Ink sketch", LINES),
    "streamline-cyber-color": ("Angular line", LINES),
    "streamline-plump-color": ("Chunky line", LINES),
    "streamline-flex-color": ("Curvy line", LINES),
    "streamline-sharp-color": ("Sharp line", LINES),
    "emojione-monotone": ("One-colour emoji", SHAPES),
    "icon-park-twotone": ("Two-tone", SHAPES),
    "streamline-color/flat": ("Flat duotone", SHAPES),
    "streamline-plump-color/flat": ("Chunky flat", SHAPES),
    "streamline-flex-color/flat": ("Curvy flat", SHAPES),
    "streamline-sharp-color/flat": ("Sharp flat", SHAPES),
    "streamline-kameleon-color": ("On a coloured disc", SHAPES),
    "streamline-kameleon-color/duo": ("On a pale disc", SHAPES),
    "streamline-stickies-color": ("Neon sticker", SHAPES),
    "streamline-stickies-color/duo": ("Neon two-tone", SHAPES),
    "fluent-color": ("Smooth gradient", SHAPES),
    "glyphs-poly": ("Minimal flat", SHAPES),
    "flat-color-icons": ("Material flat", SHAPES),
}
NEAREST = {"fluent-emoji": "fluent-emoji-flat", "noto-v1": "noto", "fxemoji": "twemoji"}  # where they are not learned
FLAT, ROUNDED, SHADED = "fluent-emoji-flat", "twemoji", "noto"
EXAMPLES = (  # chosen by looking at the pictures of three seeds in each of these styles
    Example("a fox", ROUNDED, 1),  # the first that people meet: of each seed it came out well
    Example("a red apple", FLAT, 1),
    Example("a penguin", ROUNDED, 1),
    Example("a cheerful panda", SHADED, 1),
    Example("a hamburger", ROUNDED, 3),
    Example("a camera", SHADED, 1),
    Example("a rocket", FLAT, 2),
    Example("a rainbow", FLAT, 1),
    Example("a sunflower", ROUNDED, 1),
    Example("a cactus", FLAT, 2),
    Example("a mushroom", SHADED, 1),
    Example("a strawberry", FLAT, 1),
    Example("a house", SHADED, 1),
    Example("a butterfly", ROUNDED, 1),
    Example("a ghost", SHADED, 1),
    Example("a robot", FLAT, 1),
    Example("a crown", ROUNDED, 1),
    Example("a guitar", ROUNDED, 1),
    Example("a golden bell", SHADED, 1),
    Example("a fox and an owl", ROUNDED, 1),
    Example("an owl", SHADED, 1),
    Example("a blue fish", SHADED, 3),
    Example("a snowman", SHADED, 2),
    Example("a sailboat", ROUNDED, 1),
)
DEFAULTS = dict(
    style=ROUNDED,
    sampler="dpmpp_2m",
    spacing="karras",
    steps=20,
    guidance_scale=GUIDANCE,
    temperature=TEMPERATURE,
)
FAST_DEFAULTS = dict(
    style=ROUNDED,
    sampler="euler",
    spacing="exponential",
    steps=FastRecipe.steps,
    guidance_scale=1.0,
    temperature=1.0,
)


def export(data: Path, vae: Path, table: Path, run: Path, *, to: Path, student: Path | None = None) -> Path:
    """Write the averaged weights of the checkpoint in `run` and the card into folder `to`; returns the path.

    With `student`, a folder of `icons-fast`, its variant is written beside it.
    """
    pictures = open_pictures(data)
    model, seen = averaged(run, table)
    decoder = icons_vae.load(vae)
    weights = shipped_weights({"unet": model.unet, "vae": decoder, "text": model.text})
    config = json.dumps(_config(model, decoder, pictures), ensure_ascii=False)
    make_folder(to)
    for part in PARTS:
        held = {name: value for name, value in weights.items() if name.startswith(f"{part}.") and not _sketches(name)}
        metadata = {"format": FORMAT, "family": FAMILY, "config": config} if part == PARTS[0] else BESIDE
        write(part_file(to / WEIGHTS, part), save(held, metadata))
    if sketch := {name: value for name, value in weights.items() if _sketches(name)}:
        write(part_file(to / WEIGHTS, SKETCH), save(sketch, BESIDE))
    if model.recall:
        model.recall.write(part_file(to / WEIGHTS, RECALL), **BESIDE)
    figures = {"samples_seen": seen, **_figures(vae)}
    card = _card(model, decoder, pictures, parameters=_count(model.unet, decoder, model.text), figures=figures)
    write(to / CARD, json.dumps(card, ensure_ascii=False, indent=1).encode())
    if student:
        _export_fast(student, table, parameters=card["parameters"], to=to)
    return to / WEIGHTS


def _export_fast(student: Path, table: Path, *, parameters: int, to: Path) -> None:
    """The student's U-Net, and what is its own in its card; sketch, text encoder, autoencoder are those of `icons`."""
    model, seen = averaged(student, table)
    config = {"unet": asdict(model.unet.config), "process": {"sigma_min": SIGMA_LAST, "sigma_max": SIGMA_MAX}}
    metadata = {"format": FORMAT, "family": FAMILY, BASE: WEIGHTS, "config": json.dumps(config)}
    path = to / f"{FAST}.safetensors"
    weights = shipped_weights({"unet": model.unet})
    write(path, save({name: value for name, value in weights.items() if not _sketches(name)}, metadata))
    card = {
        "name": FAST,
        "title": "Icons Fast",
        "summary": "Icons in four steps: a student of it, with guidance and temperature built in.",
        "date": date.today().isoformat(),
        "parameters": parameters,
        "fast_of": BUILT_IN,
        "defaults": FAST_DEFAULTS,
        "figures": {"samples_seen": seen},
    }
    write(path.with_suffix(".json"), json.dumps(card, ensure_ascii=False, indent=1).encode())


def _sketches(name: str) -> bool:
    return name.startswith("unet.sketch.")


def shipped_weights(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """All weights under `name.`: kernels and matrices of U-Net and autoencoder as int8 with a scale an output channel
    (the autoencoder loses 0.02 dB by it), other floating ones in bf16; small tables stay exact."""
    weights: dict[str, Tensor] = {}
    for name, module in modules.items():
        for key, value in module.state_dict().items():
            if name in PACKED and value.ndim > 1 and value.is_floating_point():
                weights[f"{name}.{key}"], weights[f"{name}.{key}{SCALE}"] = quantise(value)
            else:
                weights[f"{name}.{key}"] = (value.bfloat16() if _is_large(value) else value).contiguous()
    return weights


def _count(*modules: nn.Module) -> int:
    return sum(value.numel() for module in modules for value in module.state_dict().values())


def _is_large(value: Tensor) -> bool:
    return value.is_floating_point() and value.numel() > 256


def _config(model: Trained, vae: AutoencoderKL, pictures: Pictures) -> dict[str, Any]:
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
            "lexicon": tokenizer.lexicon,
            "names": Drawings.of(pictures.rows, list(tokenizer.styles)).names({}),
        },
        "process": {"sigma_min": SIGMA_MIN, "sigma_max": SIGMA_MAX},
    }


def _card(
    model: Trained, vae: AutoencoderKL, pictures: Pictures, *, parameters: int, figures: Mapping[str, float]
) -> dict[str, Any]:
    side = pictures.size // vae.config.factor
    return {
        "name": BUILT_IN,
        "title": "Icons",
        "summary": "Small pictures of things, animals, food and faces, in many drawing styles, with transparency.",
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
        "styles": _styles(model),
        "former_styles": _former_styles(model),
        "defaults": DEFAULTS,
        "examples": [asdict(example) for example in EXAMPLES],
        "sources": _sources(pictures),
        "figures": figures,
    }


def _styles(model: Trained) -> list[dict[str, str]]:
    """The styles that the model knows, in the order of STYLES; others last, under their own names."""
    known = list(model.tokenizer.styles)
    ordered = [style for style in STYLES if style in known] + [style for style in known if style not in STYLES]
    named = {style: STYLES.get(style, (style, "")) for style in ordered}
    return [{"id": style, "title": title, "group": group} for style, (title, group) in named.items()]


def _former_styles(model: Trained) -> list[dict[str, str]]:
    """The styles that it no longer knows, and the nearest that draws for each."""
    known = model.tokenizer.styles
    gone = {style: near for style, near in NEAREST.items() if style not in known and near in known}
    return [{"id": style, "title": STYLES[style][0], "nearest": near} for style, near in gone.items()]


def _sources(pictures: Pictures) -> list[dict[str, Any]]:
    """Whom to credit: each set once, with the number of its pictures; those that taught the autoencoder alone too."""
    counts = Counter((row["set"], row["author"], row["licence"], row["source"]) for row in pictures.rows)
    titles = {name: source.title for name, source in SOURCES.items()}
    return [
        {"set": name, "title": titles.get(name, ""), "author": author, "licence": licence, "url": url, "count": count}
        for (name, author, licence, url), count in counts.items()
    ]


def _figures(vae: Path) -> dict[str, float]:
    """The autoencoder's last measured quality, from its training log."""
    log = vae.with_name("log.jsonl")
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    measured = [line for line in lines if "psnr_rgb" in line]
    return {key: value for key, value in measured[-1].items() if key.startswith("psnr_")} if measured else {}
