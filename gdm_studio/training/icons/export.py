"""Export of a trained `icons` model to the folder that ships: safetensors files, model card and fast variant."""

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

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.models.families.icons.family import BASE, PARTS, PRIOR_PART, PROTOTYPES_PART, part_file
from gdm_studio.models.model_card import Example
from gdm_studio.models.weight_storage.int8_channels import SCALE, quantize
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.data.licences import SOURCES
from gdm_studio.training.icons import autoencoder_training
from gdm_studio.training.icons.denoiser_recipe import GUIDANCE, TEMPERATURE
from gdm_studio.training.icons.distillation_recipe import SIGMA_LAST, FastRecipe
from gdm_studio.training.icons.networks import DATA_SCALE, SIGMA_MAX, SIGMA_MIN, IconsNetworks, load_averaged
from gdm_studio.training.table_builders.name_index import NameIndex

FAMILY, FORMAT = "icons", "gdm-studio"
# The metadata in the headers of the additional files of a model.
BESIDE = {"format": FORMAT, "part_of": FAMILY}
WEIGHTS = f"{BUILT_IN}.safetensors"
FAST = f"{BUILT_IN}-fast"
# Networks whose matrices ship in int8, and the small tables among them that do not.
PACKED = ("unet", "vae", "text")
NOT_PACKED = ("text.special", "text.position")
CARD = "card.json"
EMOJI, LINES, SHAPES = "Emoji", "Line", "Shape"
# The title and group of each style id, in display order.
STYLES = {
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
# For each style that the model no longer knows, the style that replaces it.
NEAREST = {"fluent-emoji": "fluent-emoji-flat", "noto-v1": "noto", "fxemoji": "twemoji"}
FLAT = "fluent-emoji-flat"
ROUNDED = "twemoji"
SHADED = "noto"
# Example prompts, chosen by looking at three seeds in each of these styles. The first is shown to new users, and looked
# good with every seed.
EXAMPLES = (
    Example("a fox", ROUNDED, 1),
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
# Highest values without wrong colours or shapes, seen on grids of three prompts.
GOOD_UNTIL = {"guidance_scale": 5.0, "temperature": 1.3}
FAST_GOOD_UNTIL = {"guidance_scale": 3.0, "temperature": 1.3}
FAST_DEFAULTS = dict(
    style=ROUNDED,
    sampler="euler",
    spacing="exponential",
    steps=FastRecipe.steps,
    guidance_scale=1.0,
    # The seed then chooses the same drawing and pose as for the full model. The student's noise has its temperature
    # built in, and little depends on this one.
    temperature=TEMPERATURE,
)


def export(data: Path, vae: Path, table: Path, run: Path, *, to: Path, student: Path | None = None) -> Path:
    """Export a trained `icons` model for release to the folder `to`: the run's averaged weights, and a model card.

    With `student`, the folder of an `icons-fast` run, the fast variant is exported too. Returns the path of the
    weights.
    """
    pictures = open_pictures(data)
    model, seen = load_averaged(run, table)
    decoder = autoencoder_training.load(vae)
    weights = shipped_weights({"unet": model.unet, "vae": decoder, "text": model.text})
    config = json.dumps(_build_config(model, decoder, pictures), ensure_ascii=False)
    make_folder(to)
    for part in PARTS:
        of_part = {
            name: value for name, value in weights.items() if name.startswith(f"{part}.") and not _is_sketch(name)
        }
        metadata = {"format": FORMAT, "family": FAMILY, "config": config} if part == PARTS[0] else BESIDE
        write(part_file(to / WEIGHTS, part), save(of_part, metadata))
    if sketch := {name: value for name, value in weights.items() if _is_sketch(name)}:
        write(part_file(to / WEIGHTS, PRIOR_PART), save(sketch, BESIDE))
    if model.prototypes:
        model.prototypes.write(part_file(to / WEIGHTS, PROTOTYPES_PART), **BESIDE)
    figures = {"samples_seen": seen, **_read_figures(vae)}
    card = _build_card(model, decoder, pictures, parameters=_count(model.unet, decoder, model.text), figures=figures)
    write(to / CARD, json.dumps(card, ensure_ascii=False, indent=1).encode())
    if student:
        _export_fast(student, table, parameters=card["parameters"], to=to)
    return to / WEIGHTS


def _export_fast(student: Path, table: Path, *, parameters: int, to: Path) -> None:
    """Export the fast variant of `icons`, the four-step student: its U-Net and its model card. All other networks are
    those of `icons`.
    """
    model, seen = load_averaged(student, table)
    config = {"unet": asdict(model.unet.config), "process": {"sigma_min": SIGMA_LAST, "sigma_max": SIGMA_MAX}}
    metadata = {"format": FORMAT, "family": FAMILY, BASE: WEIGHTS, "config": json.dumps(config)}
    path = to / f"{FAST}.safetensors"
    weights = shipped_weights({"unet": model.unet})
    write(path, save({name: value for name, value in weights.items() if not _is_sketch(name)}, metadata))
    card = {
        "name": FAST,
        "title": "Icons Fast",
        "summary": "Icons in four steps: a distilled student, with guidance and temperature built in.",
        "date": date.today().isoformat(),
        "parameters": parameters,
        "fast_of": BUILT_IN,
        "defaults": FAST_DEFAULTS,
        "good_until": FAST_GOOD_UNTIL,
        "figures": {"samples_seen": seen},
    }
    write(path.with_suffix(".json"), json.dumps(card, ensure_ascii=False, indent=1).encode())


def _is_sketch(name: str) -> bool:
    return name.startswith("unet.sketch.")


def shipped_weights(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """Convert network weights to the precision in which they ship: int8 for large matrices, bf16 for most others.

    Each key gets the network's name as prefix. Kernels and matrices become int8 with a scale per output channel, which
    costs the autoencoder 0.02 dB. Small tables remain exact.
    """
    weights: dict[str, Tensor] = {}
    for name, module in modules.items():
        for key, value in module.state_dict().items():
            is_packed = name in PACKED and not f"{name}.{key}".startswith(NOT_PACKED)
            if is_packed and value.ndim > 1 and value.is_floating_point():
                weights[f"{name}.{key}"], weights[f"{name}.{key}{SCALE}"] = quantize(value)
            else:
                weights[f"{name}.{key}"] = (value.bfloat16() if _is_large(value) else value).contiguous()
    return weights


def _count(*modules: nn.Module) -> int:
    return sum(value.numel() for module in modules for value in module.state_dict().values())


def _is_large(value: Tensor) -> bool:
    return value.is_floating_point() and value.numel() > 256


def _build_config(model: IconsNetworks, vae: AutoencoderKL, pictures: Pictures) -> dict[str, Any]:
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
            "names": NameIndex.of(pictures.rows, list(tokenizer.styles)).names({}),
        },
        "process": {"sigma_min": SIGMA_MIN, "sigma_max": SIGMA_MAX},
    }


def _build_card(
    model: IconsNetworks, vae: AutoencoderKL, pictures: Pictures, *, parameters: int, figures: Mapping[str, float]
) -> dict[str, Any]:
    side = pictures.size // vae.config.factor
    return {
        "name": BUILT_IN,
        "title": "Icons",
        "summary": "Small images of things, animals, food and faces, in many drawing styles, with transparency.",
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
        "styles": _list_styles(model),
        "former_styles": _list_former_styles(model),
        "defaults": DEFAULTS,
        "good_until": GOOD_UNTIL,
        "examples": [asdict(example) for example in EXAMPLES],
        "sources": _list_sources(pictures),
        "figures": figures,
    }


def _list_styles(model: IconsNetworks) -> list[dict[str, str]]:
    """Return the model card's list of styles, each with id, title and group, in the order of STYLES.

    Other styles come last, with their id as title.
    """
    known = list(model.tokenizer.styles)
    ordered = [style for style in STYLES if style in known] + [style for style in known if style not in STYLES]
    named = {style: STYLES.get(style, (style, "")) for style in ordered}
    return [{"id": style, "title": title, "group": group} for style, (title, group) in named.items()]


def _list_former_styles(model: IconsNetworks) -> list[dict[str, str]]:
    """Return the model card's entries for former styles, which only earlier models had. Each entry names the most
    similar style of this model.
    """
    known = model.tokenizer.styles
    gone = {style: near for style, near in NEAREST.items() if style not in known and near in known}
    return [{"id": style, "title": STYLES[style][0], "nearest": near} for style, near in gone.items()]


def _list_sources(pictures: Pictures) -> list[dict[str, Any]]:
    """Return the credits for the model card: each icon set with its author, licence and number of images.

    Images that are used only for the autoencoder are included.
    """
    counts = Counter((row["set"], row["author"], row["licence"], row["source"]) for row in pictures.rows)
    titles = {name: source.title for name, source in SOURCES.items()}
    return [
        {"set": name, "title": titles.get(name, ""), "author": author, "licence": licence, "url": url, "count": count}
        for (name, author, licence, url), count in counts.items()
    ]


def _read_figures(vae: Path) -> dict[str, float]:
    """Return the autoencoder's quality for the model card, the last PSNR values in the training log.
    Returns {} if there is no log.
    """
    log = vae.with_name("log.jsonl")
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    measured = [line for line in lines if "psnr_rgb" in line]
    return {key: value for key, value in measured[-1].items() if key.startswith("psnr_")} if measured else {}
